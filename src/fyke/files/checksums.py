"""Room files/: the checksums that anonymize mends: sums of 16-bit words, and SCTP's CRC."""

from __future__ import annotations

from functools import cache

CASTAGNOLI = 0x82F63B78  # bits reversed (RFC 9260, appendix A)


def total(data: bytes | bytearray) -> int:
    """The folded one's complement sum of 16-bit words (RFC 1071)."""
    if len(data) % 2:
        data = bytes(data) + b"\0"
    value = int.from_bytes(data, "big") % 0xFFFF
    return value or (0xFFFF if any(data) else 0)


def adjust(data: bytearray, at: int, old: int, new: int) -> None:
    """Bring the checksum at ``at`` in line with a new sum of what it covers (RFC 1624).

    HC' = ~(~HC + ~m + m') in one's complement arithmetic: a wrong one stays as wrong.
    """
    if at + 2 > len(data) or old == new:
        return
    value = (~(data[at] << 8 | data[at + 1]) & 0xFFFF) + (~old & 0xFFFF) + new
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    data[at:at + 2] = (~value & 0xFFFF).to_bytes(2, "big")


@cache
def crc_table() -> list[int]:
    """The CRC32c of each octet."""
    rows = list(range(256))
    for _ in range(8):
        rows = [row >> 1 ^ (CASTAGNOLI if row & 1 else 0) for row in rows]
    return rows


def crc32c_difference(old: bytes, new: bytes) -> int:
    """The bits in which the CRC32c of two texts of one length differ."""
    table = crc_table()
    value = 0
    for one, two in zip(old, new, strict=True):
        value = value >> 8 ^ table[(value ^ one ^ two) & 0xFF]
    return value
