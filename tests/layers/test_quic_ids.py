"""QUIC's known identifiers: the same answer as going through all of them, the oldest first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fyke.layers.application.quic_ids import LONGEST, MOST, ConnectionIds

IDS = st.lists(st.binary(min_size=1, max_size=LONGEST) | st.sampled_from(
    [b"\x01", b"\x01\x02", b"\x01\x02\x03", b"\x02"]), max_size=30)


@given(IDS, st.binary(max_size=LONGEST) | st.sampled_from([b"\x01\x02\x03\x04", b"\x02\x02"]))
def test_as_a_search_from_the_oldest(idents: list[bytes], start: bytes) -> None:
    known = ConnectionIds()
    for ident in idents:
        known.add(ident)
    assert known.before(start) == next((one for one in idents if start.startswith(one)), None)


def test_the_oldest_leaves() -> None:
    known = ConnectionIds()
    for number in range(MOST + 1):
        known.add(number.to_bytes(2, "big"))
    assert known.before(b"\0\0rest") is None
    assert known.before(b"\0\1rest") == b"\0\1"
    assert known.before(b"\2\0rest") == b"\2\0"
    assert len(known.numbers) == MOST
