"""Taps that open, stop and close in the middle of a flood: nothing unjudged, nothing lost."""

from __future__ import annotations

import time

import pytest
from network import flood, frame, sender
from test_tap import EXPERIMENT, rest

from fyke.live.tap import Tap, open_tap
from fyke.wire import Record

pytestmark = pytest.mark.live


def numbers(tap: Tap, count: int) -> list[int]:
    """The ethertypes and numbers of ``count`` packets, then stop and give all the rest."""
    packet, out = Record(), []
    end = time.monotonic() + 60  # on a machine that is busy with other things
    while len(out) < count and time.monotonic() < end:
        while len(out) < count and tap.next(packet):
            out.append(packet.u16(12) << 64 | packet.u64(14))
        if len(out) < count:
            tap.wait(1)
    tap.stop()
    while True:
        while tap.next(packet):
            out.append(packet.u16(12) << 64 | packet.u64(14))
        if not tap.wait(1):
            return out


@pytest.mark.parametrize("ring", [True, False])
def test_no_unjudged_packet_gets_in(veth: tuple[str, str], ring: bool) -> None:
    with flood(veth[1], "far", (0x88B6, 0x88B5)):
        total = 0
        for _ in range(25):
            with open_tap("near", EXPERIMENT, namespace=veth[0], ring=ring) as tap:
                got = numbers(tap, 20)
            assert {number >> 64 for number in got} == {0x88B5}
            total += len(got)
    assert total >= 25 * 20


def test_stop_in_a_flood_loses_nothing(veth: tuple[str, str]) -> None:
    with flood(veth[1], "far", (0x88B5,)):
        for _ in range(10):
            with open_tap("near", namespace=veth[0]) as tap:
                got = numbers(tap, 3000)
                statistics = tap.statistics()
            assert statistics.received == len(got) + statistics.dropped and len(got) >= 3000
            assert got == sorted(set(got))
            assert got[-1] - got[0] + 1 - len(got) <= statistics.dropped


def test_every_loss_is_counted(veth: tuple[str, str]) -> None:
    sent = 20000
    with (open_tap("near", namespace=veth[0], buffer_size=0) as tap,
          sender(veth[1], "far") as out):
        data = frame(b"x" * 200)
        for _ in range(sent):
            out.send(data)
        got = rest(tap)
        statistics = tap.statistics()
    assert statistics.dropped > 0
    assert statistics.freezes > 0
    assert statistics.received == sent
    assert len(got) == sent - statistics.dropped


def test_stop_of_a_group_in_a_flood_loses_nothing(veth: tuple[str, str]) -> None:
    """A member of a fanout group is cut off in another way; each of its packets comes out.

    The second waits while the first is read, so a slow machine fills its ring: that is counted.
    """
    with flood(veth[1], "far", (0x88B5,)):
        for _ in range(10):
            with (open_tap("near", namespace=veth[0], fanout=(79, "lb")) as one,
                  open_tap("near", namespace=veth[0], fanout=(79, "lb")) as two):
                for tap in (one, two):
                    got = numbers(tap, 1000)
                    statistics = tap.statistics()
                    assert statistics.received == len(got) + statistics.dropped
                    assert len(got) >= 1000 and got == sorted(set(got))
