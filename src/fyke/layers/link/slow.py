"""Slow protocols (IEEE 802.3 annex 57A): what follows a subtype; tcpdump: print-slow.c."""

from __future__ import annotations

from fyke.hints import Iterator
from fyke.layers.fields import U8, Made, Number
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.ouis import OUI_NAMES
from fyke.layers.tables import table
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record, Truncated

LACP, MARKER, OAM, OSSP = 1, 2, 3, 10
NAMES = {LACP: b"LACP", MARKER: b"MARKER", OAM: b"OAM", OSSP: b"OSSP"}
VERSIONED = (LACP, MARKER)
VERSION = 1
SUBTYPES = table("slow.subtype")
TOO_SHORT = b"\n\t\t packet is too short"
TLV_HEADER = 2  # octets, which the length counts
TERMINATOR = 0


class Slow(Layer):
    """The subtype, and the version where the protocol has one."""

    __slots__ = ()

    name = "slow"
    tag = b"slow"

    subtype = U8(0, "which protocol", names=as_text(NAMES))
    version = Made("u8", lambda slow: slow.pkt.u8(slow.off + 1)
                   if slow.subtype in VERSIONED and slow.size > 1 else None,
                   "of the protocol, where it has one")

    def parse(self, pkt: Record, off: int) -> None:
        kind = pkt.u8(off)
        skip = 2 if kind in VERSIONED else 1
        if self.size < skip or (skip == 2 and pkt.u8(off + 1) != VERSION):
            return
        self.next = SUBTYPES.find(kind)
        self.payload_off = off + skip
        self.payload_length = self.size - skip

    def write(self, line: Line) -> None:
        if self.size < 1 or (self.subtype in VERSIONED and self.size < 2):
            if self.size:
                self.pkt.u8(self.off)
            line.put(TOO_SHORT if line.style.verbose else b" (packet is too short)")
            return
        if self.short:
            raise Truncated
        name = named(NAMES, self.subtype, b"unknown (%d)")
        if self.subtype in VERSIONED and self.version != VERSION:
            line.put(b"%s version %d packet not supported" % (name, self.version))
            return
        line.put(b"%s%s, length %d" % (
            name, b"v%d" % VERSION if self.subtype in VERSIONED else b"", self.size))
        if self.subtype not in NAMES:
            print_unknown_data(line, self.pkt, self.off, b"\n\t", self.size)


class Ossp(Layer):
    """Organisation specific slow protocol (IEEE 802.3 annex 57B)."""

    __slots__ = ()

    name = "ossp"
    tag = b"slow"

    oui = Number(0, 3, "whose protocol this is")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u24(off)  # says whether the header is short

    def write(self, line: Line) -> None:
        if not line.style.verbose:
            return
        if self.size < 3:
            line.put(TOO_SHORT)
            return
        if self.short:
            raise Truncated
        line.put(b"\n\tOUI: %s (0x%06x)" % (OUI_NAMES.get(self.oui, b"Unknown"), self.oui))
        print_unknown_data(line, self.pkt, self.off + 3, b"\n\t", self.size - 3)


def each_tlv(line: Line, pkt: Record, at: int, end: int, heading: bytes,
             names: dict[int, bytes], unknown: bytes) -> Iterator[tuple[int, int, int]]:
    """Type, offset and octets (its header included) of each TLV before the terminator.

    ``heading`` is written of each, with its name, type and octets; what cannot be is said.
    """
    while at < end:
        if end - at < TLV_HEADER:
            line.put(TOO_SHORT)
            return
        kind, size = pkt.u8(at), pkt.u8(at + 1)
        line.put(heading % (names.get(kind, unknown), kind, size))
        if kind == TERMINATOR:
            return
        if size < TLV_HEADER:
            line.put(b"\n\t    ERROR: illegal length - should be >= %d" % TLV_HEADER)
            return
        if size > end - at:
            line.put(TOO_SHORT)
            return
        pkt.raw(at, size)
        yield kind, at, size
        at += size
