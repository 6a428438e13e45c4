"""Random bytes, bit flips in every field, cuts: never a crash, never a hang, memory bounded."""

from __future__ import annotations

import gzip
import struct
import tracemalloc
from typing import Any

import pytest
from capture_samples import (
    RECORDS,
    block,
    drain_whole,
    enhanced,
    interface,
    opened,
    option,
    pcap,
    pcap_header,
    pcapng,
    section,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fyke.errors import SavefileError
from fyke.files.salvage import Salvage
from fyke.wire import Record

STATISTICS = block(5, bytes(12) + option(4, bytes(8)) + bytes(4))
KINDS = {
    "pcap": pcap(), "swapped": pcap(order=">"), "nano": pcap(magic=0xA1B23C4D),
    "kuznetzov": pcap(magic=0xA1B2CD34), "old": pcap(version=(2, 3), exchanged=True),
    "pcapng": pcapng() + STATISTICS, "big": pcapng(order=">"),
    "options": section() + interface(options=option(2, b"eth0") + option(9, b"\x09"))
    + enhanced(1, b"abc", 3, options=option(1, b"comment") + bytes(4)),
    "gzip": gzip.compress(pcap()),
}


def read(data: bytes, size: int) -> tuple[int, str]:
    """How many packets ``next`` gives, and what it complains of."""
    try:
        got, error = drain_whole(opened(data, buffer_size=size))
    except SavefileError as refused:
        return 0, str(refused)
    return len(got), str(error)


def counted(data: bytes, size: int) -> tuple[int, str]:
    """The same for ``skip``."""
    count = 0
    try:
        source = opened(data, buffer_size=size)
        while passed := source.skip(Record(), 3):
            assert 0 < passed <= 3
            count += passed
            assert source.count == count
    except SavefileError as error:
        return count, str(error)
    return count, "None"


def exhaust(data: bytes) -> int:
    """Read everything, plainly, counting and salvaging; only SavefileError may come."""
    count = 0
    for size in (128, 1 << 16):
        assert counted(data, size) == read(data, size)
    for wrap in (lambda reader: reader, Salvage):
        try:
            source: Any = wrap(opened(data, buffer_size=128))
        except SavefileError:
            continue
        got, error = drain_whole(source)
        assert error is None or isinstance(error, SavefileError), error
        assert "\n" not in str(error)
        count = len(got)
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_every_bit_flipped(kind: str) -> None:
    data = KINDS[kind]
    for at in range(min(len(data), 200)):
        for bit in range(8):
            exhaust(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:])


@pytest.mark.parametrize("kind", KINDS)
def test_every_cut(kind: str) -> None:
    data = KINDS[kind]
    for cut in range(min(len(data), 400)):
        exhaust(data[:cut])


@settings(max_examples=300)
@given(st.sampled_from(sorted(KINDS)), st.lists(st.tuples(
    st.integers(0, 2000), st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]), st.integers(1, 4)),
    max_size=4))
@example("pcapng", [(28 + 4, 0xFF, 4)])
def test_extreme_values_anywhere(kind: str, edits: list[tuple[int, int, int]]) -> None:
    data = bytearray(KINDS[kind])
    for at, value, count in edits:
        at %= len(data)
        data[at:at + count] = bytes([value]) * len(data[at:at + count])
    exhaust(bytes(data))


@settings(max_examples=200)
@given(st.sampled_from([b"", pcap_header(), pcap_header(">"), section() + interface(),
                        section(">") + interface(">"), b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd",
                        b"\x04\x22\x4d\x18", b"\xfd7zXZ\x00"]), st.binary(max_size=300))
def test_random_bytes(head: bytes, data: bytes) -> None:
    exhaust(head + data)


@pytest.mark.parametrize("data", [
    pcap_header() + struct.pack("<IIII", 0, 0, 0xFFFFFFFF, 0xFFFFFFFF),
    pcap_header(network=249, snaplen=0) + struct.pack("<IIII", 0, 0, 1 << 27, 1 << 27),
    section() + interface() + struct.pack("<III", 6, 0xFFFFFFFC, 0),
    section() + interface(link_type=189) + struct.pack("<III", 6, 1 << 27, 0),
    section() + interface() + struct.pack("<III", 0x12345, 15 << 20, 0),
])
def test_a_claim_allocates_nothing(data: bytes) -> None:
    exhaust(data)
    tracemalloc.start()
    try:
        exhaust(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 << 20


def test_interfaces_are_bounded() -> None:
    data = section() + interface() * 70000
    with pytest.raises(SavefileError, match="more than 65536 interfaces"):
        raise drain_whole(opened(data))[1] or AssertionError("read to the end")


def test_the_samples_are_read() -> None:
    assert {kind: exhaust(data) for kind, data in KINDS.items()} == {
        **dict.fromkeys(KINDS, len(RECORDS)), "options": 1}
