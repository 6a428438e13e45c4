"""``fyke.capture`` from threads, tasks, signals and selectors: it ends when told, leaks nothing."""

from __future__ import annotations

import asyncio
import gc
import os
import select
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from network import frame, sender

import fyke

EXPERIMENT = "ether proto 0x88b5"
SOON = 20.0  # seconds, on a busy machine


@pytest.fixture
def near(veth: tuple[str, str]) -> str:
    return veth[0]


@pytest.fixture(autouse=True)
def nothing_stays_open() -> Iterator[None]:
    """No packet socket, ring, event or epoll descriptor is left."""
    gc.collect()
    before = kinds()
    yield
    gc.collect()
    assert kinds() == before


EVENTFD = "anon_inode:[eventfd]"


def kinds() -> list[str]:
    found = []
    for handle in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{handle}")
        except OSError:
            continue
        if "anon_inode" in target or "socket" in target:
            found.append(target.split("[")[0] if "socket" in target else target)
    return sorted(found)


def send(namespace: str, numbers: Any, ethertype: int = 0x88B5) -> None:
    with sender(namespace, "far") as out:
        for number in numbers:
            out.send(frame(number.to_bytes(4, "big"), ethertype=ethertype))


def numbers_of(packets: Any) -> list[int]:
    return [int.from_bytes(packet.data[14:18], "big") for packet in packets]


class Watching(threading.Thread):
    """A thread that iterates over a capture, and what came of it."""

    def __init__(self, tap: fyke.Capture) -> None:
        super().__init__(daemon=True)
        self.tap = tap
        self.packets: list[fyke.Packet] = []
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            for packet in self.tap:
                self.packets.append(packet)
        except BaseException as error:
            self.error = error

    def ended(self) -> Watching:
        self.join(SOON)
        assert not self.is_alive(), "the iteration did not end"
        assert self.error is None, self.error
        return self


# --- stop and close, before and after it is open, from everywhere ---

@pytest.mark.parametrize("end", [fyke.Capture.stop, fyke.Capture.close])
@pytest.mark.parametrize("wait", [None, 0.0, 0.002, 0.2])
def test_ended_by_another_thread(near: str, end: Callable[[fyke.Capture], None],
                                 wait: float | None) -> None:
    """Before the thread has opened the tap, while it does, and when it waits."""
    tap = fyke.capture("near", EXPERIMENT, netns=near)
    if wait is None:
        end(tap)
    thread = Watching(tap)
    if wait is not None:
        time.sleep(wait)
        end(tap)
    before = time.monotonic()
    assert thread.ended().packets == []
    assert time.monotonic() - before < SOON / 4
    assert list(tap) == [] and tap.ended and tap.next(timeout=0) is None
    tap.close()


def test_stop_before_open_is_remembered_in_a_with(near: str) -> None:
    tap = fyke.capture("near", netns=near)
    tap.stop()
    with tap:
        assert list(tap) == []


def test_stop_keeps_what_the_kernel_holds_and_close_does_not(veth: tuple[str, str]) -> None:
    near, far = veth
    with fyke.capture("near", EXPERIMENT, netns=near) as tap:
        send(far, range(50))
        tap.stop()
        send(far, range(50))
        assert numbers_of(tap) == list(range(50))
    with fyke.capture("near", EXPERIMENT, netns=near) as tap:
        send(far, range(50))
        tap.close()
        assert list(tap) == []
        assert tap.statistics.received == 50


def test_a_capture_that_is_closed_is_not_opened_again(near: str) -> None:
    tap = fyke.capture("near", netns=near)
    with tap:
        pass
    for use in (tap.open, tap.__enter__):
        with pytest.raises(fyke.CaptureError, match="closed or at its end"):
            use()
    with pytest.raises(fyke.CaptureError, match="not open"):
        tap.fileno()


def test_several_threads_on_one_tap(veth: tuple[str, str]) -> None:
    """Each packet once; one opens it; all end."""
    near, far = veth
    tap = fyke.capture("near", EXPERIMENT, netns=near, count=400)
    threads = [Watching(tap) for _ in range(4)]
    while tap.statistics.received < 400 and not tap.ended:
        send(far, range(400))
        time.sleep(0.05)
    for thread in threads:
        thread.ended()
    assert sum(len(thread.packets) for thread in threads) == 400


@pytest.mark.parametrize("end", [fyke.Capture.stop, fyke.Capture.close])
def test_several_threads_end(near: str, end: Callable[[fyke.Capture], None]) -> None:
    tap = fyke.capture("near", EXPERIMENT, netns=near).open()
    threads = [Watching(tap) for _ in range(4)]
    time.sleep(0.1)
    enders = [threading.Thread(target=end, args=[tap]) for _ in range(4)]
    for ender in enders:
        ender.start()
    for ender in enders:
        ender.join(SOON)
    for thread in threads:
        thread.ended()
    tap.close()


def test_closed_under_a_flood(veth: tuple[str, str]) -> None:
    near, far = veth
    for _ in range(5):
        tap = fyke.capture("near", EXPERIMENT, netns=near).open()
        thread = Watching(tap)
        flood = threading.Thread(target=send, args=[far, range(3000)])
        flood.start()
        time.sleep(0.01)
        tap.close()
        thread.ended()
        flood.join()


@pytest.mark.parametrize("end", ["stop", "close"])
def test_from_a_signal_handler(near: str, end: str) -> None:
    tap = fyke.capture("near", EXPERIMENT, netns=near)
    before = signal.signal(signal.SIGALRM, lambda *_: getattr(tap, end)())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        assert list(tap) == []
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    tap.close()


def test_ctrl_c_leaves_nothing(near: str) -> None:
    class Stop(Exception):
        pass

    def handler(*_: Any) -> None:
        raise Stop

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(Stop):
            for _ in fyke.capture("near", EXPERIMENT, netns=near):
                pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# --- leaving early ---

def test_left_with_break(veth: tuple[str, str]) -> None:
    near, far = veth
    threading.Timer(0.2, send, (far, range(3))).start()
    for packet in fyke.capture("near", EXPERIMENT, netns=near, immediate=True):
        assert packet.data[14:18] == bytes(4)
        break


def test_a_loop_that_was_left_can_be_taken_up(veth: tuple[str, str]) -> None:
    near, far = veth
    with fyke.capture("near", EXPERIMENT, netns=near) as tap:
        send(far, range(5))
        first = numbers_of([next(tap)])
        for packet in tap:
            first += numbers_of([packet])
            break
        tap.stop()
        assert first + numbers_of(tap) == list(range(5))


@pytest.mark.parametrize(("options", "error"), [
    ({"filter": "port port"}, fyke.FilterError), ({"link_type": 105}, fyke.UsageError),
    ({"timestamp_type": "none of these"}, fyke.FykeError),
    ({"fanout": (1, "no way")}, fyke.UsageError)])
def test_what_cannot_be_opened_leaves_nothing(near: str, options: dict[str, Any],
                                              error: type[Exception]) -> None:
    for use in (list, fyke.Capture.open, fyke.Capture.__enter__, fyke.Capture.next):
        tap = fyke.capture("near", netns=near, **options)
        with pytest.raises(error):
            use(tap)


FORGOTTEN = {
    "open": "tap = fyke.capture('lo').open()",
    "a cycle": "tap = fyke.capture('lo').open(); tap.me = tap; del tap; import gc; gc.collect()",
    "a loop that was left": "tap = fyke.capture('lo', timeout=0.2)\nfor p in tap: break",
    "a thread": "import threading, time; tap = fyke.capture('lo'); threading.Thread(target=lambda: "
                "list(tap), daemon=True).start(); time.sleep(0.3)",
    "an exception": "tap = fyke.capture('lo').open()\ntry: 1/0\nexcept ZeroDivisionError: pass",
    "asyncio that ends": "import asyncio\nasync def go():\n    async for p in fyke.capture('lo'): "
                         "pass\nasync def main():\n    t = asyncio.create_task(go()); await "
                         "asyncio.sleep(0.2)\nasyncio.run(main())",
    "a loop that is stopped": "import asyncio\nasync def go():\n    async for p in "
                              "fyke.capture('lo'): pass\nloop = asyncio.new_event_loop()\n"
                              "t = loop.create_task(go()); loop.call_later(0.2, loop.stop)\n"
                              "loop.run_forever(); t.cancel()\n"
                              "try: loop.run_until_complete(t)\n"
                              "except asyncio.CancelledError: pass\nloop.close()",
}


@pytest.mark.parametrize("how", FORGOTTEN)
def test_what_nobody_closed(near: str, how: str) -> None:
    code = f"import fyke\n{FORGOTTEN[how]}"
    done = subprocess.run(["nsenter", "-t", near, "-n", sys.executable, "-W", "error", "-c", code],
                          capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# --- count, timeout, next, fileno ---

def test_count(veth: tuple[str, str]) -> None:
    near, far = veth
    with fyke.capture("near", EXPERIMENT, netns=near, count=3) as tap:
        send(far, range(10))
        assert numbers_of(tap) == [0, 1, 2]
        assert tap.ended and list(tap) == []
        assert tap.statistics.received >= 3


@pytest.mark.parametrize("busy", [False, True])
def test_timeout(veth: tuple[str, str], busy: bool) -> None:
    near, far = veth
    stop = threading.Event()

    def keep_sending() -> None:
        while not stop.is_set():
            send(far, range(50))

    other = threading.Thread(target=keep_sending)
    if busy:
        other.start()
    try:
        before = time.monotonic()
        got = list(fyke.capture("near", EXPERIMENT, netns=near, timeout=0.3))
        assert 0.3 <= time.monotonic() - before < SOON
        assert bool(got) == busy
    finally:
        stop.set()
        if busy:
            other.join()


def test_timeout_of_none(near: str) -> None:
    assert list(fyke.capture("near", EXPERIMENT, netns=near, timeout=0)) == []


def test_next(veth: tuple[str, str]) -> None:
    near, far = veth
    with fyke.capture("near", EXPERIMENT, netns=near) as tap:
        before = time.monotonic()
        assert tap.next(timeout=0) is None and not tap.ended
        assert tap.next(timeout=0.1) is None and not tap.ended
        assert 0.1 <= time.monotonic() - before < SOON
        threading.Timer(0.1, send, (far, range(2))).start()
        packet = tap.next(timeout=SOON)
        assert packet is not None and numbers_of([packet]) == [0]
        packet = tap.next()
        assert packet is not None and numbers_of([packet]) == [1]
        threading.Timer(0.1, tap.stop).start()
        assert tap.next() is None and tap.ended


def test_fileno(veth: tuple[str, str]) -> None:
    near, far = veth
    with (fyke.capture("near", EXPERIMENT, netns=near) as tap,
          selectors.DefaultSelector() as selector):
        assert select.select([tap], [], [], 0)[0] == []
        selector.register(tap, selectors.EVENT_READ)
        send(far, range(3))
        got: list[int] = []
        end = time.monotonic() + SOON
        while len(got) < 3 and time.monotonic() < end:
            if selector.select(1):
                while (packet := tap.next(timeout=0)) is not None:
                    got += numbers_of([packet])
        assert got == [0, 1, 2]
        threading.Timer(0.1, tap.stop).start()
        assert selector.select(SOON)  # that it is stopped wakes, too
        assert tap.next(timeout=0) is None and tap.ended
        selector.unregister(tap)


def test_before_it_is_open(near: str) -> None:
    tap = fyke.capture("near", netns=near)
    assert (tap.statistics.received, tap.ended, tap.notes) == (0, False, ())
    with pytest.raises(fyke.CaptureError, match="not open"):
        tap.fileno()
    with tap:
        assert tap.link_type.name == "EN10MB"


def test_the_older_name_of_netns(near: str) -> None:
    with fyke.capture("near", namespace=near) as tap:
        assert not tap.ended


@pytest.mark.parametrize("kind", [str, int, lambda pid: f"/proc/{pid}/ns/net"])
def test_interfaces(near: str, kind: Callable[[str], Any]) -> None:
    names = [one.name for one in fyke.interfaces(netns=kind(near))]
    assert {"near", "lo", "any"} <= set(names)
    assert "near" not in [one.name for one in fyke.interfaces()]


# --- asyncio ---

def run(main: Any) -> Any:
    return asyncio.run(asyncio.wait_for(main, SOON))


def test_async_with(veth: tuple[str, str]) -> None:
    near, far = veth

    async def main() -> list[int]:
        async with fyke.capture("near", EXPERIMENT, netns=near, count=3) as tap:
            asyncio.get_running_loop().call_later(0.1, send, far, range(5))
            return [int.from_bytes(packet.data[14:18], "big") async for packet in tap]

    assert run(main()) == [0, 1, 2]


def test_async_break(veth: tuple[str, str]) -> None:
    near, far = veth

    async def main() -> None:
        before = kinds().count(EVENTFD)
        asyncio.get_running_loop().call_later(0.1, send, far, range(5))
        async for _ in fyke.capture("near", EXPERIMENT, netns=near):
            break
        assert kinds().count(EVENTFD) == before

    run(main())


@pytest.mark.parametrize("end", [fyke.Capture.stop, fyke.Capture.close])
@pytest.mark.parametrize("from_thread", [False, True])
def test_async_ended_by_others(near: str, end: Callable[[fyke.Capture], None],
                               from_thread: bool) -> None:
    async def main() -> float:
        tap = fyke.capture("near", EXPERIMENT, netns=near)

        async def watch() -> list[fyke.Packet]:
            return [packet async for packet in tap]

        tasks = [asyncio.create_task(watch()) for _ in range(3)]
        await asyncio.sleep(0.1)
        before = time.monotonic()
        if from_thread:
            await asyncio.to_thread(end, tap)
        else:
            end(tap)
        assert await asyncio.gather(*tasks) == [[], [], []]
        took = time.monotonic() - before
        tap.close()
        return took

    assert run(main()) < SOON / 4


def test_several_tasks_get_each_packet_once(veth: tuple[str, str]) -> None:
    near, far = veth

    async def main() -> list[int]:
        found: list[int] = []
        async with fyke.capture("near", EXPERIMENT, netns=near, count=60) as tap:
            async def watch() -> None:
                async for packet in tap:
                    found.append(int.from_bytes(packet.data[14:18], "big"))
                    await asyncio.sleep(0)

            tasks = [asyncio.create_task(watch()) for _ in range(3)]
            await asyncio.sleep(0.05)
            send(far, range(60))
            await asyncio.gather(*tasks)
        return found

    assert sorted(run(main())) == list(range(60))


@pytest.mark.parametrize("busy", [False, True])
def test_a_cancelled_task(veth: tuple[str, str], busy: bool) -> None:
    """It ends at once, also where packets keep coming and the loop's body never waits."""
    near, far = veth

    async def main() -> None:
        before = kinds().count(EVENTFD)

        async def watch() -> None:
            async for _ in fyke.capture("near", EXPERIMENT, netns=near):
                pass

        stop = threading.Event()

        def keep_sending() -> None:
            while not stop.is_set():
                send(far, range(100))

        other = threading.Thread(target=keep_sending)
        task = asyncio.create_task(watch())
        await asyncio.sleep(0.05)
        if busy:
            other.start()
        try:
            for _ in range(3):
                await asyncio.sleep(0.05)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
            else:
                raise AssertionError("it went on")
        finally:
            stop.set()
            if busy:
                other.join()
        del task
        gc.collect()
        assert kinds().count(EVENTFD) == before

    run(main())


def test_cancelled_again_and_again_loses_no_packet(veth: tuple[str, str]) -> None:
    near, far = veth

    async def main() -> list[int]:
        found: list[int] = []
        async with fyke.capture("near", EXPERIMENT, netns=near, immediate=True) as tap:
            sending = asyncio.create_task(asyncio.to_thread(send_slowly, far, 200))
            while len(found) < 200:
                try:
                    packet = await asyncio.wait_for(anext(tap), 0.002)
                except TimeoutError:
                    continue
                found.append(int.from_bytes(packet.data[14:18], "big"))
            await sending
        return found

    assert run(main()) == list(range(200))


def send_slowly(namespace: str, count: int) -> None:
    with sender(namespace, "far") as out:
        for number in range(count):
            out.send(frame(number.to_bytes(4, "big")))
            if number % 10 == 0:
                time.sleep(0.003)


def test_a_task_group_that_fails(near: str) -> None:
    async def main() -> None:
        async def watch() -> None:
            async with fyke.capture("near", EXPERIMENT, netns=near) as tap:
                async for _ in tap:
                    pass

        async def fail() -> None:
            await asyncio.sleep(0.1)
            raise ZeroDivisionError

        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(watch())
            group.create_task(fail())

    with pytest.raises(ExceptionGroup):
        run(main())


# --- what a file of live packets says ---

@pytest.mark.parametrize("interface", ["near", "any"])
def test_a_pcapng_file_names_the_interface(veth: tuple[str, str], tmp_path: Path,
                                           interface: str) -> None:
    from fyke.files.reader import open_capture
    from fyke.wire import Record
    near, far = veth
    with (fyke.capture(interface, EXPERIMENT, netns=near, count=2) as tap,
          fyke.write(tmp_path / "out.pcapng", link_type=tap.link_type) as file):
        send(far, range(2))
        for packet in tap:
            file.add(packet)
    reader: Any = open_capture(tmp_path / "out.pcapng")
    record = Record()
    while reader.next(record):
        assert reader.interfaces[record.interface].name == "near"
        assert reader.interfaces[record.interface].filter == EXPERIMENT
    assert reader.count == 2
    assert reader.section.application.startswith("fyke ")
    reader.close()


@pytest.mark.parametrize("mode", ["auto", "proc"])
def test_owners_are_given_back_too(veth: tuple[str, str], mode: Any) -> None:
    near, far = veth

    async def main() -> None:
        asyncio.get_running_loop().call_later(0.1, send, far, range(3))
        async for packet in fyke.capture("near", EXPERIMENT, netns=near, process=mode):
            assert packet.process is None  # no process of this machine's has an experiment
            break

    run(main())
    with pytest.raises(fyke.FilterError):
        fyke.capture("near", "port port", netns=near, process=mode).open()
    with pytest.raises(fyke.UsageError):
        fyke.capture("near", link_type=105, netns=near, process=mode).open()
