"""ForCES's type-length-values (RFC 5810 §6.2, §6.3): their checks, and how they are set out."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.hexdump import print_unknown_data
from fyke.wire import Line, Record, Truncated

TLV_HEADER, ILV_HEADER = 4, 8
WIDEST = 255  # columns of indentation at most
DETAILED = 3  # how many -v show what is in them


class Invalid(Exception):
    """A TLV that cannot be: the text says why, and what holds it goes no further."""


class Tlv(NamedTuple):
    """A TLV, or an ILV whose ``type`` is an identifier; ``length`` counts the header too."""

    type: int
    length: int
    at: int  #: where it begins, in octets from the packet's first
    header: int = TLV_HEADER

    @property
    def body(self) -> int:
        return self.at + self.header

    @property
    def body_length(self) -> int:
        return self.length - self.header

    @property
    def size(self) -> int:
        """Octets with padding."""
        return aligned(self.length)

    def fault(self, left: int) -> bytes:
        """What is wrong if ``left`` octets are left for it; empty if nothing is."""
        if left < self.header:
            return b"Invalid total length"
        if self.length < self.header:
            return b"xLV too short"
        if self.length > left:
            return b"xLV too long"
        return b"data padding missing" if left < self.size else b""


def aligned(length: int) -> int:
    return (length + 3) // 4 * 4


def read_tlv(pkt: Record, at: int) -> Tlv:
    return Tlv(pkt.u16(at), pkt.u16(at + 2), at)


def read_ilv(pkt: Record, at: int) -> Tlv:
    return Tlv(pkt.u32(at), pkt.u32(at + 4), at, ILV_HEADER)


def excess(pkt: Record, at: int, left: int, what: bytes) -> bytes:
    """What is said of octets that are left over: as if the next TLV began there."""
    tlv = read_tlv(pkt, at)
    return b"\n\t\tMessy %s TLV header, type (0x%x)\n\t\texcess of %d Bytes " % (
        what, tlv.type, left - tlv.length & 0xFFFFFFFF)


def indent(columns: int) -> bytes:
    return b" " * min(columns, WIDEST)


def new_line(columns: int) -> bytes:
    """The start of a line, as tcpdump counts columns: the line feed is one of them."""
    return b"\n" + indent(columns - 1)


def write_rows(line: Line, pkt: Record, at: int, count: int, start: bytes) -> None:
    """Rows of octets, each after ``start``; Truncated where the capture ends."""
    print_unknown_data(line, pkt, at, start, count)
    if not pkt.has(at, count):
        raise Truncated
