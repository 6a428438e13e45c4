"""Damaged captures: what is whole comes out, what was left out is told."""

from __future__ import annotations

import gzip
import random
from typing import Any

import pytest
from capture_samples import drain, opened, pcap, pcapng
from hypothesis import given, settings
from hypothesis import strategies as st

from fyke.errors import SavefileError
from fyke.files.salvage import Salvage

NOW = 1_700_000_000
RNG = random.Random(7)
MANY = [(1_700_000_000_000_000_000 + n * 1_000_000, RNG.randbytes(20 + n % 60), 20 + n % 60)
        for n in range(200)]
FORMATS = pytest.mark.parametrize("make", [pcap, pcapng])


def salvaged(data: bytes) -> tuple[list[Any], Salvage]:
    source = Salvage(opened(data, buffer_size=256))
    return drain(source), source


@FORMATS
def test_a_whole_file_is_untouched(make: Any) -> None:
    got, source = salvaged(make(MANY))
    assert got == MANY
    assert source.report() == ""


@FORMATS
def test_a_torn_end_is_skipped(make: Any) -> None:
    got, source = salvaged(make(MANY)[:-5])
    assert got == MANY[:-1]
    assert source.stretches == 1


@FORMATS
def test_a_damaged_length_costs_little(make: Any) -> None:
    data = bytearray(make(MANY))
    at = bytes(data).index(MANY[100][1])
    before = 8 if make is pcap else 24  # where the block's or the record's length is
    data[at - before] ^= 0xFF
    data[at - before + 1] ^= 0xFF
    got, source = salvaged(bytes(data))
    lost = [record for record in MANY if record not in got]
    assert len(lost) <= 2
    assert MANY[100] in lost
    assert all(record in MANY for record in got)
    assert source.stretches == 1
    offset, length = source.skipped[0]
    assert offset <= at <= offset + length
    assert f"{length} at byte {offset}" in source.report()


@FORMATS
def test_a_hole_of_zeros_and_inserted_rubbish(make: Any) -> None:
    data = make(MANY)
    middle = len(data) // 2 // 4 * 4
    zeros = data[:middle] + bytes(400) + data[middle + 400:]
    rubbish = data[:middle] + RNG.randbytes(401 if make is pcap else 400) + data[middle:]
    for broken in (zeros, rubbish):
        got, source = salvaged(broken)
        assert len([record for record in MANY if record in got]) >= len(MANY) - 12
        assert source.skipped_bytes > 300


@pytest.mark.parametrize("lost", [1, 2, 3, 5])
@pytest.mark.parametrize("order", "<>")
@FORMATS
def test_records_are_found_at_any_octet(make: Any, order: str, lost: int) -> None:
    """A copy that lost octets, or got more, moves what follows out of its alignment."""
    data = make(MANY, order)
    at = data.index(MANY[100][1])
    got, source = salvaged(data[:at] + data[at + lost:])
    assert [record for record in got if record in MANY][-98:] == MANY[-98:]
    assert source.stretches == 1
    got, _ = salvaged(data[:at] + bytes(range(lost)) + data[at:])
    assert [record for record in got if record in MANY][-98:] == MANY[-98:]


@pytest.mark.parametrize("seconds", [[0, NOW] * 4, [NOW, NOW, 0, NOW, NOW], [5, NOW], [NOW, 5],
                                     [0], [NOW, 0, 0, NOW, 0]])
def test_leaps_in_time_are_no_damage(seconds: list[int]) -> None:
    """Packets without a time of their own have 0."""
    records = [(second * 10**9, bytes(range(50)), 50) for second in seconds]
    got, source = salvaged(pcap(records))
    assert got == records
    assert source.report() == ""


def test_large_holes_cost_little_time() -> None:
    data = pcap(MANY)
    at = data.index(MANY[100][1]) - 16
    got, source = salvaged(data[:at] + bytes(1 << 21) + data[at:])
    assert got == MANY
    assert source.skipped == [(at, 1 << 21)]


def test_a_torn_compressed_file() -> None:
    packed = gzip.compress(pcap(MANY))
    got, source = salvaged(packed[:len(packed) // 2])
    assert got == MANY[:len(got)]
    assert len(got) > 50
    assert "gzip data is cut off" in source.report()


@settings(max_examples=60)
@given(st.sampled_from([pcap, pcapng]), st.integers(24, 4000), st.binary(min_size=1,
                                                                            max_size=50))
def test_rubbish_anywhere_never_hangs(make: Any, at: int, rubbish: bytes) -> None:
    data = make(MANY)
    try:
        got, source = salvaged(data[:at] + rubbish + data[at + len(rubbish):])
    except SavefileError:
        return  # the header itself
    assert len(got) > 50
    assert source.skipped_bytes <= len(data)
