"""``fyke.capture`` in a namespace of the test's own, with ``for`` and with ``async for``."""

from __future__ import annotations

import asyncio
import threading

from network import frame, sender

import fyke

NUMBERS = 20


def send(namespace: str) -> None:
    with sender(namespace, "far") as out:
        for number in range(NUMBERS):
            out.send(frame(bytes([number])))
            out.send(frame(bytes([number]), ethertype=0x88B6))


def test_for(veth: tuple[str, str]) -> None:
    near, far = veth
    with fyke.capture("near", "ether proto 0x88b5", namespace=near) as tap:
        send(far)
        found = []
        for packet in tap:
            found.append(packet.data[14])
            if len(found) == NUMBERS:
                tap.stop()
        assert found == list(range(NUMBERS))
        assert tap.statistics.received == NUMBERS
        assert tap.statistics.dropped == 0


def test_async_for(veth: tuple[str, str]) -> None:
    near, far = veth

    async def watch() -> list[int]:
        found: list[int] = []
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        with fyke.capture("near", "ether proto 0x88b5", namespace=near) as tap:
            other = asyncio.create_task(tick())
            threading.Timer(0.2, send, (far,)).start()
            async for packet in tap:
                found.append(packet.data[14])
                if len(found) == NUMBERS:
                    tap.stop()
            other.cancel()
        assert ticks > 2  # the loop was free for others while nothing came
        return found

    assert asyncio.run(asyncio.wait_for(watch(), 10)) == list(range(NUMBERS))
