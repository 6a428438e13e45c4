"""The tap on the real kernel: what goes over a veth pair comes out of it, and nothing else."""

from __future__ import annotations

import signal
import threading
import time

import pytest
from network import frame, ip, sender

from fyke.bpf.instructions import ABS, JEQ, JMP, LD, RET, H, Instruction, K
from fyke.errors import CaptureError, UsageError
from fyke.live.tap import Tap, open_tap
from fyke.wire import Record

pytestmark = pytest.mark.live

EXPERIMENT = (  # ether proto 0x88b5
    Instruction(LD | H | ABS, 0, 0, 12), Instruction(JMP | JEQ | K, 0, 1, 0x88B5),
    Instruction(RET | K, 0, 0, 262144), Instruction(RET | K, 0, 0, 0))


def rest(tap: Tap, within: float = 5.0) -> list[Record]:
    """Stop the tap; copies of everything that it still gives."""
    tap.stop()
    packet, out = Record(), []
    end = time.monotonic() + within
    while time.monotonic() < end:
        while tap.next(packet):
            out.append(packet.copy())
        if not tap.wait(1):
            return out
    raise AssertionError("the tap did not end")


@pytest.mark.parametrize("ring", [True, False])
def test_frames_come_out_as_they_went_in(veth: tuple[str, str], ring: bool) -> None:
    sent = [frame(bytes([n]) * n * 10) for n in range(100)]
    before = time.time_ns()
    with open_tap("near", namespace=veth[0], ring=ring) as tap, sender(veth[1], "far") as out:
        for data in sent:
            out.send(data)
        got = rest(tap)
        statistics = tap.statistics()
    assert [p.raw(0, p.caplen) for p in got] == sent
    assert [p.wirelen for p in got] == [len(data) for data in sent]
    assert all(p.link_type == 1 and p.interface == 0 for p in got)
    assert before <= got[0].time <= got[-1].time <= time.time_ns()
    assert (statistics.received, statistics.dropped) == (100, 0)
    assert tap.notes == []


@pytest.mark.parametrize("ring", [True, False])
def test_filter_and_snaplen(veth: tuple[str, str], ring: bool) -> None:
    program = (*EXPERIMENT[:2], Instruction(RET | K, 0, 0, 30), EXPERIMENT[3])
    with (open_tap("near", program, snaplen=30, namespace=veth[0], ring=ring) as tap,
          sender(veth[1], "far") as out):
        for n in range(50):
            out.send(frame(bytes([n]) * 100, ethertype=0x88B5 + n % 2))
        got = rest(tap)
        assert tap.statistics().received == 25
    assert [p.raw(14, 1)[0] for p in got] == list(range(0, 50, 2))
    assert {(p.caplen, p.wirelen) for p in got} == {(30, 114)}


@pytest.mark.parametrize("block_timeout", [20, 200])
def test_stop_waits_for_the_last_block(veth: tuple[str, str], block_timeout: int) -> None:
    for _ in range(5):
        with (open_tap("near", namespace=veth[0], block_timeout=block_timeout) as tap,
               sender(veth[1], "far") as out):
            for n in range(300):
                out.send(frame(n.to_bytes(4, "big")))
            before = time.monotonic()
            got = rest(tap)
            assert time.monotonic() - before < 15  # 0.1 s is promised; the machine may be busy
        assert [int.from_bytes(p.raw(14, 4), "big") for p in got] == list(range(300))


def test_stop_ends_a_wait(veth: tuple[str, str]) -> None:
    with open_tap("near", namespace=veth[0]) as tap:
        packet = Record()
        threading.Timer(0.05, tap.stop).start()
        end = time.monotonic() + 20
        assert not tap.next(packet)
        while tap.wait(30):
            assert time.monotonic() < end
            assert not tap.next(packet)
        assert not tap.wait()


def test_nothing_enters_after_stop(veth: tuple[str, str]) -> None:
    with open_tap("near", namespace=veth[0]) as tap, sender(veth[1], "far") as out:
        out.send(frame(b"before"))
        tap.stop()
        for _ in range(100):
            out.send(frame(b"after"))
        assert [p.raw(14, 6) for p in rest(tap)] == [b"before"]


def test_unknown_interface_suggests_a_name(veth: tuple[str, str]) -> None:
    with pytest.raises(CaptureError, match="did you mean near"):
        open_tap("naer", namespace=veth[0])


def test_interface_by_index(veth: tuple[str, str]) -> None:
    index = ip("-n", veth[0], "-o", "link", "show", "near").split(":")[0]
    with open_tap(index, namespace=veth[0]) as tap:
        assert tap.name == "near"


def test_interface_that_is_down(veth: tuple[str, str]) -> None:
    ip("-n", veth[0], "link", "set", "near", "down")
    with pytest.raises(CaptureError, match="near is down"):
        open_tap("near", namespace=veth[0])


def test_link_type_that_it_does_not_have(veth: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="no link type 105"):
        open_tap("near", namespace=veth[0], link_type=105)


def test_the_ring_goes_round(veth: tuple[str, str]) -> None:
    packet, numbers, whole = Record(), [], True
    with (open_tap("near", namespace=veth[0], buffer_size=1 << 20) as tap,
          sender(veth[1], "far") as out):
        for batch in range(20):  # each takes at least one of the four blocks
            for n in range(100):
                out.send(frame((100 * batch + n).to_bytes(4, "big") + bytes(n * 10)))
            end = time.monotonic() + 30
            while time.monotonic() < end:
                if tap.next(packet):
                    numbers.append(packet.u32(14))
                    whole = whole and packet.caplen == packet.wirelen
                elif len(numbers) < 100 * (batch + 1):
                    tap.wait(1)
                else:
                    break
        assert tap.statistics().dropped == 0
    assert numbers == list(range(2000))
    assert whole


def test_stop_from_a_signal_handler(veth: tuple[str, str]) -> None:
    with open_tap("near", namespace=veth[0]) as tap:
        before = signal.signal(signal.SIGALRM, lambda *_: tap.stop())
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            assert rest_of(tap) == 0
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def rest_of(tap: Tap) -> int:
    """Packets until the tap ends; it waits without a time-out."""
    packet, count = Record(), 0
    while True:
        while tap.next(packet):
            count += 1
        if not tap.wait():
            return count


def test_stopping_does_not_wait_for_the_last_block(veth: tuple[str, str]) -> None:
    """The kernel would hold the block back for a minute; its packets come out at once."""
    with (open_tap("near", namespace=veth[0], block_timeout=60_000) as tap,
          sender(veth[1], "far") as out):
        for n in range(5):
            out.send(frame(bytes([n])))
        assert [p.u8(14) for p in rest(tap)] == list(range(5))


def test_a_ring_that_was_full_gives_nothing_twice(veth: tuple[str, str]) -> None:
    """Blocks given back and not opened anew hold the last round's count no more."""
    with (open_tap("near", namespace=veth[0], buffer_size=0) as tap,
          sender(veth[1], "far") as out):
        packet, got = Record(), []
        for n in range(4000):
            out.send(frame(n.to_bytes(2, "big") + bytes(1000)))
        end = time.monotonic() + 0.2
        while time.monotonic() < end:  # what the ring took, until it is all given back
            if tap.next(packet):
                got.append(packet.u16(14))
            else:
                tap.wait(0.01)
        assert tap.statistics().freezes
        got += [p.u16(14) for p in rest(tap)]
        statistics = tap.statistics()
    assert len(got) == len(set(got)) == statistics.received - statistics.dropped
