"""Checked reads and bounded text: what everything else rests on."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyke.wire import Line, LineFull, Record, Truncated

READS = {"u8": (1, "big"), "u16": (2, "big"), "u24": (3, "big"), "u32": (4, "big"),
         "u48": (6, "big"), "u64": (8, "big"), "le16": (2, "little"), "le24": (3, "little"),
         "le32": (4, "little"), "le64": (8, "little")}


@given(data=st.binary(max_size=20), off=st.integers(-30, 30), name=st.sampled_from(sorted(READS)))
def test_a_read_is_right_or_refused(data: bytes, off: int, name: str) -> None:
    size, order = READS[name]
    packet = Record(data)
    if 0 <= off <= len(data) - size:
        assert getattr(packet, name)(off) == int.from_bytes(data[off:off + size], order)
    else:
        with pytest.raises(Truncated):
            getattr(packet, name)(off)


@given(data=st.binary(max_size=20), off=st.integers(-30, 30), count=st.integers(-5, 30))
def test_raw_and_has_agree(data: bytes, off: int, count: int) -> None:
    packet = Record(data)
    if off >= 0 and count >= 0 and off + count <= len(data):
        assert packet.has(off, count)
        assert packet.raw(off, count) == data[off:off + count]
    else:
        assert not packet.has(off, count)
        with pytest.raises(Truncated):
            packet.raw(off, count)


@given(data=st.binary(max_size=30), start=st.integers(-3, 40), size=st.integers(-3, 40))
def test_place_stays_within_the_buffer(data: bytes, start: int, size: int) -> None:
    packet = Record(data)
    if start >= 0 and size >= 0 and start + size <= len(data):
        packet.place(start, size)
        assert packet.raw(0, size) == data[start:start + size]
        assert packet.copy().raw(0, size) == data[start:start + size]
    else:
        with pytest.raises(Truncated):
            packet.place(start, size)


def test_narrow_and_widen_never_leave_the_capture() -> None:
    packet = Record(b"abcdef")
    packet.narrow(3)
    with pytest.raises(Truncated):
        packet.u8(3)
    packet.narrow(5)
    assert packet.end == 3
    packet.widen(100)
    assert packet.end == 6
    packet.narrow(-1)
    assert packet.end == 0


def test_the_buffer_is_pinned() -> None:
    buffer = bytearray(b"abc")
    packet = Record(buffer)
    with pytest.raises(BufferError):
        buffer.extend(b"d")
    packet.release()
    buffer.extend(b"d")


@given(st.binary(max_size=41), st.integers(0, 0xFFFF))
def test_sum16_is_the_internet_checksum(data: bytes, start: int) -> None:
    total = start
    padded = data + b"\0" * (len(data) % 2)
    for i in range(0, len(padded), 2):
        total += int.from_bytes(padded[i:i + 2], "big")
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert Record(data).sum16(0, len(data), start) == total


def written(write: str, *arguments: object) -> bytes:
    line = Line()
    getattr(line, write)(*arguments)
    return line.text()


@given(st.integers(0, 2**64 - 1))
def test_decimal_and_hexadecimal(value: int) -> None:
    assert written("uint", value) == b"%d" % value
    assert written("hex", value) == b"%x" % value
    assert written("hex", value, 8) == b"%08x" % value
    assert written("digits", value, 6) == b"%06d" % (value % 10**6)


@given(st.integers(-2**63 + 1, 2**63 - 1))
def test_signed(value: int) -> None:
    assert written("sint", value) == b"%d" % value


@given(st.one_of(st.binary(min_size=16, max_size=16), st.lists(
    st.sampled_from([b"\0\0", b"\0\1", b"\xff\xff", b"\x12\x30"]), min_size=8,
    max_size=8).map(b"".join)))
def test_ipv6_is_written_as_inet_ntop_does(address: bytes) -> None:
    assert written("ipv6", Record(address), 0).decode() == socket.inet_ntop(
        socket.AF_INET6, address)


@given(st.binary(max_size=50))
def test_nothing_unprintable_gets_through(data: bytes) -> None:
    text = written("escaped", Record(data), 0, len(data))
    assert all(32 <= octet < 127 for octet in text)
    assert written("escape", data) == text


def test_a_line_grows_and_ends() -> None:
    line = Line(size=64, limit=1000)
    for _ in range(100):
        line.put(b"0123456789")
    with pytest.raises(LineFull):
        line.char(65)
    assert line.text() == b"0123456789" * 100
    line.begin()
    line.put(b"next")
    assert line.text() == b"next"


def test_octets_are_all_that_was_captured() -> None:
    packet = Record(b"..abcdef..")
    packet.place(2, 6)
    packet.narrow(2)
    assert packet.octets() == b"abcdef"
    assert packet.copy().raw(0, 6) == b"abcdef"
