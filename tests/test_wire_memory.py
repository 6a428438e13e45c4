"""Memory: every access is checked; windows on it follow it without a copy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyke.wire import Memory, Record, Truncated

ACCESSES: list[tuple[int, Callable[[Memory, int], Any]]] = [
    (1, lambda memory, off: memory.u8(off)),
    (2, lambda memory, off: memory.host16(off)),
    (4, lambda memory, off: memory.host32(off)),
    (4, lambda memory, off: memory.acquire(off)),
    (4, lambda memory, off: memory.hand_over(off, 1)),
    (1, lambda memory, off: memory.put8(off, 1)),
    (2, lambda memory, off: memory.put16(off, 1)),
    (4, lambda memory, off: memory.put32(off, 1)),
    (3, lambda memory, off: memory.move(off, 3, 0)),
    (3, lambda memory, off: memory.move(0, 3, off)),
]


@given(st.integers(0, 16), st.integers(-20, 40), st.sampled_from(ACCESSES))
def test_an_access_is_inside_or_refused(size: int, off: int,
                                        access: tuple[int, Callable[[Memory, int], Any]]) -> None:
    width, go = access
    memory = Memory(bytearray(size))
    if 0 <= off <= size - width and not (width == 3 and size < 3):
        go(memory, off)
    else:
        with pytest.raises(Truncated):
            go(memory, off)


def test_numbers() -> None:
    data = bytearray(16)
    memory = Memory(data)
    memory.hand_over(0, 0xDEADBEEF)
    assert data[:4] == (0xDEADBEEF).to_bytes(4, sys.byteorder)
    assert memory.acquire(0) == memory.host32(0) == 0xDEADBEEF
    assert memory.host16(0) == int.from_bytes(data[:2], sys.byteorder)
    memory.put16(4, 0x8100)
    memory.put32(6, 0xFFFFFFFF)
    memory.put8(10, 0x7F)
    assert data[4:11] == b"\x81\x00\xff\xff\xff\xff\x7f"
    assert memory.host32(6) == 0xFFFFFFFF
    assert memory.u8(10) == 0x7F


@given(st.binary(min_size=1, max_size=40), st.data())
def test_move_is_a_copy_that_may_overlap(content: bytes, draw: st.DataObject) -> None:
    count = draw.draw(st.integers(0, len(content)))
    start = draw.draw(st.integers(0, len(content) - count))
    to = draw.draw(st.integers(0, len(content) - count))
    data = bytearray(content)
    Memory(data).move(start, count, to)
    expected = bytearray(content)
    expected[to:to + count] = content[start:start + count]
    assert data == expected


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(Truncated):
        Memory(bytearray(8)).move(0, -1, 0)


def test_windows() -> None:
    data = bytearray(b"0123456789")
    memory = Memory(data)
    packet = Record(b"before")
    packet.on(memory, 2, 5)
    assert packet.raw(0, 5) == b"23456"
    data[2] = 65
    assert packet.u8(0) == 65
    for start, count in ((-1, 2), (8, 3), (0, -1), (11, 0)):
        with pytest.raises(Truncated):
            packet.on(memory, start, count)
    packet.hold(b"elsewhere")
    packet.on(memory, 0, 1)
    assert packet.raw(0, 1) == b"0"


def test_like() -> None:
    one = Record(b"abcdef", 101, 77)
    one.place(1, 4)
    one.wirelen, one.interface, one.meta = 99, 3, "note"
    two = Record(b"x")
    two.like(one)
    assert two.raw(0, two.caplen) == b"bcde"
    assert (two.wirelen, two.interface, two.meta, two.link_type, two.time) == (
        99, 3, "note", 101, 77)


def test_close_empties_it_and_lets_go() -> None:
    data = bytearray(8)
    memory = Memory(data)
    with pytest.raises(BufferError):
        data.append(1)
    memory.close()
    data.append(1)
    assert memory.size == 0
    with pytest.raises(Truncated):
        memory.u8(0)
    with pytest.raises(Truncated):
        Record().on(memory, 0, 1)


def test_read_only_memory_is_refused() -> None:
    with pytest.raises((BufferError, TypeError, ValueError)):
        Memory(b"read only")


def test_empty() -> None:
    assert Memory(bytearray()).size == 0
