"""Datagrams made whole: any order, overlaps by policy, bounds, what is left over."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_packets import CLIENT, SECOND, SERVER, START, capture, ethernet, fragments, ip, udp

import fyke
from fyke.conversations.fragments import Defragmented
from fyke.source import Source
from fyke.wire import Record

ENDS = {4: (CLIENT, SERVER), 6: ("2001:db8::1", "2001:db8::2")}


class Frames(Source):
    """Frames of a list."""

    def __init__(self, frames: list[bytes], step: int = 1000) -> None:
        self.frames = list(frames)
        self.link_type = 1
        self.snaplen = 262144
        self.time = START
        self.step = step

    def next(self, packet: Record) -> bool:
        if not self.frames:
            return False
        self.time += self.step
        packet.like(Record(self.frames.pop(0), 1, self.time))
        return True


def drained(source: Source) -> list[bytes]:
    record, out = Record(), []
    while source.next(record):
        out.append(record.octets())
    return out


def whole(version: int, payload: bytes) -> bytes:
    """The datagram as it would have come in one frame; IPv4's checksum is what it must be."""
    frame = bytearray(ip(*ENDS[version], 17, payload, ident=7))
    if version == 4:
        frame[24:26] = sum_of(frame)
    return bytes(frame)


def sum_of(frame: bytes | bytearray) -> bytes:
    total = sum(frame[at] << 8 | frame[at + 1] for at in range(14, 34, 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return (total ^ 0xFFFF).to_bytes(2, "big")


@pytest.mark.parametrize("version", [4, 6])
@given(data=st.data())
def test_any_order(version: int, data: st.DataObject) -> None:
    payload = udp(1000, 2000, random.Random(1).randbytes(data.draw(st.integers(100, 3000))))
    sizes = data.draw(st.lists(st.integers(1, 12).map(lambda n: 8 * n), min_size=1, max_size=8))
    while sum(sizes) >= len(payload):
        sizes.pop()
    if not sizes:
        return
    pieces = data.draw(st.permutations(fragments(*ENDS[version], 17, payload, sizes)))
    source = Defragmented(Frames(pieces))
    assert drained(source) == [whole(version, payload)]
    assert (source.datagrams.whole, source.datagrams.overlapping) == (1, 0)


def overlapping(version: int) -> list[bytes]:
    a, b = ENDS[version]
    return [ip(a, b, 17, udp(1, 2, b"A" * 24)[:24], ident=9, more=True),
            ip(a, b, 17, b"B" * 16, ident=9, offset=16, more=True),
            ip(a, b, 17, b"C" * 8, ident=9, offset=32)]


@pytest.mark.parametrize(("policy", "expected"), [
    ("first", b"A" * 16 + b"B" * 8 + b"C" * 8), ("last", b"A" * 8 + b"B" * 16 + b"C" * 8)])
def test_overlaps_by_policy(policy: str, expected: bytes) -> None:
    (frame,) = drained(Defragmented(Frames(overlapping(4)), policy))
    assert frame[42:] == expected


def test_rfc_5722() -> None:
    """IPv6 fragments that overlap make no datagram; they come out as they are, and are told."""
    source = Defragmented(Frames(overlapping(6)))
    assert sorted(drained(source)) == sorted(overlapping(6))
    assert (source.datagrams.overlapping, source.datagrams.dropped) == (1, 1)
    assert source.datagrams.told() == ["1 datagrams are not put together, as their fragments "
                                       "overlap (RFC 5722)"]
    assert len(drained(Defragmented(Frames(overlapping(6)), "last"))) == 1


def test_the_same_fragment_twice_is_one() -> None:
    pieces = fragments(*ENDS[6], 17, udp(1, 2, bytes(100)), [48])
    source = Defragmented(Frames([pieces[0], pieces[0], pieces[1]]))
    assert len(drained(source)) == 1
    assert source.datagrams.overlapping == 0


def test_what_is_not_whole_comes_out_at_the_end() -> None:
    pieces = fragments(*ENDS[4], 17, udp(1, 2, bytes(100)), [48])
    other = ip(*ENDS[4], 17, udp(7, 8, b"x"))
    source = Defragmented(Frames([pieces[1], other]))
    assert drained(source) == [other, pieces[1]]
    assert source.datagrams.incomplete == 1


def test_an_identification_comes_again() -> None:
    """Fragments an hour apart are of two datagrams."""
    pieces = fragments(*ENDS[4], 17, udp(1, 2, bytes(100)), [48])
    source = Defragmented(Frames(pieces, step=3600 * SECOND))
    assert drained(source) == pieces
    assert source.datagrams.whole == 0


def test_what_waits_too_long_comes_out_before_the_end() -> None:
    """When a fragment of any other datagram comes, too: a capture may go on for days."""
    old, new = (ip(*ENDS[4], 17, bytes(8), ident=ident, more=True) for ident in (1, 2))
    source = Defragmented(Frames([old, new], step=61 * SECOND))
    record = Record()
    assert source.next(record) and record.octets() == old
    assert (source.datagrams.incomplete, len(source.datagrams.waiting)) == (1, 1)
    assert drained(source) == [new]


def test_damage_comes_behind_what_waits(tmp_path: Path) -> None:
    """A torn file gives its fragments first, and no later packet of another file is lost."""
    pieces = fragments(*ENDS[4], 17, udp(1, 2, bytes(100)), [48])
    path = Path(capture(tmp_path / "torn.pcap", pieces))
    path.write_bytes(path.read_bytes()[:-1])
    reader = fyke.read(path, defragment=True)
    assert next(reader).data == pieces[0]
    with pytest.raises(fyke.SavefileError, match="truncated"):
        next(reader)


def test_fragments_in_a_tunnel() -> None:
    payload = udp(1000, 2000, bytes(range(256)))
    outer = [ip("172.16.0.1", "172.16.0.2", 17,
                udp(5000, 4789, b"\x08" + bytes(7) + piece))
             for piece in fragments(*ENDS[4], 17, payload, [128])]
    (frame,) = drained(Defragmented(Frames(outer)))
    assert frame[14 + 20 + 8 + 8:] == whole(4, payload)
    assert int.from_bytes(frame[16:18], "big") == len(frame) - 14
    assert int.from_bytes(frame[38:40], "big") == len(frame) - 34


@pytest.mark.parametrize("version", [4, 6])
def test_bombs_are_bounded(version: int) -> None:
    """Overlapping, endless and impossible fragments: time and memory stay within bounds."""
    rng = random.Random(2)
    frames = []
    for number in range(20_000):
        offset = 8 * rng.randrange(8192)
        frames.append(ip(*ENDS[version], 17, bytes(8 * rng.randrange(1, 40)),
                         ident=number % 3 if number % 2 else number & 0xFFFF, offset=offset,
                         more=rng.random() < 0.99))
    source = Defragmented(Frames(frames))
    record = Record()
    count = 0
    while source.next(record):
        count += 1
        assert source.datagrams.held <= 32 << 20
        assert len(source.datagrams.waiting) <= 4096
    assert count > 10_000  # what is sent twice is one, all else comes out
    assert source.datagrams.fragments == len(frames)


def test_random_octets() -> None:
    rng = random.Random(3)
    frames = []
    for _ in range(3000):
        kind = rng.choice((0x0800, 0x86DD, 0x8100, 0x8847))
        first = b"\x45" if kind == 0x0800 else b"\x60"
        frames.append(ethernet(first + rng.randbytes(rng.randrange(80)), kind))
    assert len(drained(Defragmented(Frames(frames)))) <= len(frames)


def test_read_and_flows_of_a_file(tmp_path: Path) -> None:
    payload = udp(1000, 2000, b"hello " * 300)
    path = capture(tmp_path / "a.pcap", fragments(*ENDS[4], 17, payload, [800]))
    assert len(list(fyke.read(path))) == 2
    (packet,) = fyke.read(path, defragment=True)
    assert packet[fyke.Udp].payload == payload[8:]
    assert packet.time == START + 10**6
    (packet,) = fyke.read(path, "udp port 2000", defragment=True)
    with pytest.raises(fyke.UsageError, match="defragment"):
        fyke.read(path, defragment="best")
