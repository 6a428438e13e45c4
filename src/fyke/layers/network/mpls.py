"""Multiprotocol label switching (RFC 3032); tcpdump: print-mpls.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import Bits, Listed, Options
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

LABEL_NAMES = (b"IPv4 explicit NULL", b"router alert", b"IPv6 explicit NULL", b"implicit NULL",
               *([b"rsvd"] * 12))
IPV4, IPV6, OSI = 0x0800, 0x86DD, 0xFE
ENTRY = 4  # octets
BOTTOM = 0x100
EXPLICIT = (0, 2, 3)  # labels that say what follows
ETHERTYPES = table("ethertype")


class Label(NamedTuple):
    """An entry of the label stack (RFC 3032 §2.1)."""

    label: int
    traffic_class: int
    bottom: bool  #: the last entry
    ttl: int


def labels_of(mpls: Mpls) -> Options:
    """The stack from the top."""
    found = Options()
    at = mpls.off
    try:
        while at + ENTRY <= mpls.off + mpls.size and len(found) < MOST:
            entry = mpls.pkt.u32(at)
            at += ENTRY
            found.append(Label(entry >> 12, entry >> 9 & 7, bool(entry & BOTTOM), entry & 255))
            if entry & BOTTOM:
                return found
    except Truncated:
        pass
    found.cut = True
    return found


class Mpls(Layer):
    """A label stack."""

    __slots__ = ()

    name = "mpls"
    tag = b"mpls"

    label = Bits(0, 4, 0xFFFFF000, "the label on top")
    traffic_class = Bits(0, 4, 0x00000E00, "of the entry on top")
    bottom = Bits(0, 4, BOTTOM, "whether there is one entry only")
    ttl = Bits(0, 4, 0x000000FF, "of the entry on top")
    labels = Listed(labels_of, "the stack from the top")

    def parse(self, pkt: Record, off: int) -> None:
        at = off
        while at - off + ENTRY <= self.size:
            entry = pkt.u32(at)
            at += ENTRY
            if entry & BOTTOM:
                self.payload_off = at
                self.payload_length = off + self.size - at
                if self.payload_length > 0 or entry >> 12 in EXPLICIT:
                    self.next = upper(pkt, at, entry >> 12)
                return

    def write(self, line: Line) -> None:
        line.put(b"MPLS")
        pkt = self.pkt
        at = self.off
        stop = self.payload_off or self.off + self.size - ENTRY + 1
        label = 0
        while at < stop:
            entry = pkt.u32(at)
            label = entry >> 12
            line.put(b" (label %d" % label if at == self.off or not line.style.verbose
                     else b"\n\t(label %d" % label)
            if line.style.verbose and label < len(LABEL_NAMES):
                line.put(b" (%s)" % LABEL_NAMES[label])
            line.put(b", tc %d%s, ttl %d)" % (
                entry >> 9 & 7, b", [S]" if entry & BOTTOM else b"", entry & 255))
            at += ENTRY
        if self.short:
            raise Truncated
        if not self.payload_off:
            line.put(b" (invalid)")
            return
        if self.payload_length < 1 and label not in EXPLICIT:
            return
        if self.next is None:
            default_print(line, pkt, self.payload_off, self.payload_length)
        else:
            line.put(b"\n\t" if line.style.verbose else b" ")


def upper(pkt: Record, at: int, label: int) -> type[Layer] | None:
    """Who decodes the payload: what the last label or the first octet tells."""
    if label in (0, 3):
        return ETHERTYPES.find(IPV4)
    if label == 2:
        return ETHERTYPES.find(IPV6)
    first = pkt.u8(at)
    if 0x45 <= first <= 0x4F:
        return ETHERTYPES.find(IPV4)
    if 0x60 <= first <= 0x6F:
        return ETHERTYPES.find(IPV6)
    if 0x81 <= first <= 0x83:
        return table("llc.sap").find(OSI)
    return None
