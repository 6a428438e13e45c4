"""Multiprotocol label switching (RFC 3032); tcpdump: print-mpls.c."""

from __future__ import annotations

from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.wire import Line, Packet

LABEL_NAMES = (b"IPv4 explicit NULL", b"router alert", b"IPv6 explicit NULL", b"implicit NULL",
               *([b"rsvd"] * 12))
IPV4, IPV6, OSI = 0x0800, 0x86DD, -1
ETHERTYPES = table("ethertype")


class Mpls(Layer):
    """A label stack."""

    __slots__ = ("labels",)

    labels: list[int]  #: the stack's entries from the top, 32 bits each
    payload_off: int  #: what follows the bottom of the stack, 0 if the capture ends before

    name = "mpls"
    tag = b"mpls"
    fields = ("labels",)

    def clear(self) -> None:
        self.labels = []
        self.payload_off = 0

    def parse(self, pkt: Packet, off: int) -> None:
        at = off
        while at - off + 4 <= self.size:
            entry = pkt.u32(at)
            self.labels.append(entry)
            at += 4
            if entry & 0x100:
                self.payload_off = at
                return

    def write(self, line: Line) -> None:
        line.put(b"MPLS")
        first = True
        for entry in self.labels:
            label = entry >> 12
            line.put(b" (label %d" % label if first or not line.style.verbose
                     else b"\n\t(label %d" % label)
            first = False
            if line.style.verbose and label < len(LABEL_NAMES):
                line.put(b" (%s)" % LABEL_NAMES[label])
            line.put(b", tc %d%s, ttl %d)" % (
                entry >> 9 & 7, b", [S]" if entry & 0x100 else b"", entry & 255))
        if self.short:
            self.pkt.u8(self.pkt.end)
        if not self.payload_off:
            line.put(b" (invalid)")
            return
        rest = self.off + self.size - self.payload_off
        if rest < 1 and self.labels[-1] >> 12 not in (0, 2, 3):
            return
        if self.upper() is None:
            default_print(line, self.pkt, self.payload_off, rest)
        else:
            line.put(b"\n\t" if line.style.verbose else b" ")

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload: what the last label or the first octet tells."""
        label = self.labels[-1] >> 12
        if label in (0, 3):
            return ETHERTYPES.find(IPV4)
        if label == 2:
            return ETHERTYPES.find(IPV6)
        first = self.pkt.u8(self.payload_off)
        if 0x45 <= first <= 0x4F:
            return ETHERTYPES.find(IPV4)
        if 0x60 <= first <= 0x6F:
            return ETHERTYPES.find(IPV6)
        if 0x81 <= first <= 0x83:
            return table("llc.sap").find(0xFE)
        return None

    def follow(self) -> Layer | None:
        if self.short or not self.payload_off:
            return None
        rest = self.off + self.size - self.payload_off
        if rest < 1 and self.labels[-1] >> 12 not in (0, 2, 3):
            return None
        kind = self.upper()
        return None if kind is None else self.child(kind, self.payload_off, rest)
