"""Numbers and bits in words: what several protocols need to write their fields."""

from __future__ import annotations

from fyke.hints import Iterable, Mapping

INVALID = b" (invalid)"  #: what follows a field that cannot be


def bit_words(names: Iterable[tuple[int, bytes]], bits: int, between: bytes = b", ",
              none: bytes = b"none") -> bytes:
    """The names of the bits that are set, in the table's order; ``none`` without any."""
    found = between.join(name for bit, name in names if bits & bit == bit)
    return found or none


def named(names: dict[int, bytes], number: int, otherwise: bytes = b"Unknown (%d)") -> bytes:
    """The name of a number; ``otherwise``, a format or a text, if it has none."""
    name = names.get(number)
    if name is not None:
        return name
    return otherwise % number if b"%" in otherwise else otherwise


def signed(number: int, bits: int = 32) -> int:
    """What an unsigned number of so many bits is in two's complement."""
    return number - (1 << bits) if number >> bits - 1 else number


def as_text(names: Mapping[int, bytes]) -> dict[int, str]:
    """A table of a text's names as fields want it."""
    return {number: name.decode() for number, name in names.items()}
