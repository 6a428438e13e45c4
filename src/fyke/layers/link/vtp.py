"""Cisco's VLAN Trunking Protocol; tcpdump: print-vtp.c."""

from __future__ import annotations

from fyke.layers.fields import U8, Made, text_of
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.wire import Line, Record

SUMMARY, SUBSET, REQUEST, JOIN = 1, 2, 3, 4
MESSAGE_NAMES = {
    SUMMARY: b"Summary advertisement", SUBSET: b"Subset advertisement",
    REQUEST: b"Advertisement request", JOIN: b"Join message",
}
THIRD_NAMES = {SUMMARY: b"Followers", SUBSET: b"Seq number", REQUEST: b"Rsvd",
               JOIN: b"Rsvd"}  # what the header's third octet is
HEADER_LENGTH = 36
LATEST_VERSION = 3
STATUS_NAMES = {0: b"Operational", 1: b"Suspended"}
VLAN_TYPES = {1: b"Ethernet", 2: b"FDDI", 3: b"TrCRF", 4: b"FDDI-net", 5: b"TrBRF"}
STP_TYPE, PRUNING, BRIDGE_TYPE, HOP_COUNT, BACKUP = 3, 6, 7, 9, 10
TLV_NAMES = {
    1: b"Source-Routing Ring Number TLV", 2: b"Source-Routing Bridge Number TLV",
    STP_TYPE: b"STP type TLV", 4: b"Parent VLAN TLV", 5: b"Translationally bridged VLANs TLV",
    PRUNING: b"Pruning TLV", BRIDGE_TYPE: b"Bridge Type TLV", 8: b"Max ARP Hop Count TLV",
    HOP_COUNT: b"Max STE Hop Count TLV", BACKUP: b"Backup CRF Mode TLV",
}
STP_TYPES = {1: b"SRT", 2: b"SRB", 3: b"Auto"}


class Vtp(Layer):
    """An advertisement of a VLAN configuration."""

    __slots__ = ()

    name = "vtp"
    tag = b"vtp"

    version = U8(0, "version of the protocol")
    type = U8(1, "type of message: 1 summary, 2 subset, 3 request, 4 join")
    domain = Made("text", lambda layer: text_of(layer.pkt.raw(
        layer.off + 4, min(layer.pkt.u8(layer.off + 3), 32))), "management domain")
    revision = Made("u32", lambda layer: layer.pkt.u32(layer.off + 36)
                    if layer.type in (1, 2) else None, "of the configuration")
    updater = Made("ipv4", lambda layer: layer.pkt.u32(layer.off + 40)
                   if layer.type == 1 else None, "who changed it last (summary)")
    digest = Made("bytes", lambda layer: layer.pkt.raw(layer.off + 56, 16)
                  if layer.type == 1 else None, "MD5 of the configuration (summary)")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 1)  # says whether the header is short

    def write(self, line: Line) -> None:
        if not self.write_message(line, self.pkt, self.off):
            line.put(b" (invalid)")
            self.pkt.raw(self.off, self.size)
        elif not line.style.verbose:
            self.pkt.raw(self.off, self.size)

    def write_message(self, line: Line, pkt: Record, off: int) -> bool:
        """False where something cannot be."""
        if self.size < HEADER_LENGTH:
            return False
        pkt.u8(off)
        if self.version > LATEST_VERSION:
            line.put(b"VTP [version %d > %d]" % (self.version, LATEST_VERSION))
            return False
        kind = pkt.u8(off + 1)
        line.put(b"VTPv%d, Message %s (0x%02x), length %d" % (
            self.version, MESSAGE_NAMES.get(kind, b"Unknown message type"), kind, self.size))
        if not line.style.verbose:
            return True
        line.put(b"\n\tDomain name: ")
        size = pkt.u8(off + 3)
        if size < 1 or size > 32:
            line.put(b" [MgmtD Len %d]" % size)
            return False
        write_padded(line, pkt, off + 4, size)
        line.put(b", %s: %d" % (THIRD_NAMES.get(kind, b"Unknown"), pkt.u8(off + 2)))
        at = off + HEADER_LENGTH
        if kind == SUMMARY:
            write_summary(line, pkt, at)
        elif kind == SUBSET:
            line.put(b", Config Rev %x" % pkt.u32(at))
            return write_vlans(line, pkt, at + 4, off + self.size)
        elif kind == REQUEST:
            line.put(b"\n\tStart value: %d" % pkt.u32(at))
        return True


def write_summary(line: Line, pkt: Record, at: int) -> None:
    line.put(b"\n\t  Config Rev %x, Updater " % pkt.u32(at))
    line.host4(pkt.u32(at + 4))
    line.put(b", Timestamp 0x%08x 0x%08x 0x%08x" % (
        pkt.u32(at + 8), pkt.u32(at + 12), pkt.u32(at + 16)))
    line.put(b", MD5 digest: ")
    pkt.raw(at + 20, 16)
    line.hex_string(pkt, at + 20, 16)


def write_vlans(line: Line, pkt: Record, at: int, stop: int) -> bool:
    while at < stop:
        size = pkt.u8(at)
        if size == 0:
            return True
        pkt.raw(at, size)
        if size < 12:
            return False
        line.put(b"\n\tVLAN info status %s, type %s, VLAN-id %d, MTU %d, SAID 0x%08x, Name " % (
            STATUS_NAMES.get(pkt.u8(at + 1), b"Unknown"),
            VLAN_TYPES.get(pkt.u8(at + 2), b"Unknown"), pkt.u16(at + 4), pkt.u16(at + 6),
            pkt.u32(at + 8)))
        name = pkt.u8(at + 3)
        padded = (name + 3) & ~3
        if size - 12 < padded:
            return False
        write_padded(line, pkt, at + 12, name)
        if not write_tlvs(line, pkt, at + 12 + padded, at + size):
            return False
        at += size
    return True


def write_tlvs(line: Line, pkt: Record, at: int, stop: int) -> bool:
    while at < stop:
        if stop - at < 2:
            return False
        kind = pkt.u8(at)
        words = pkt.u8(at + 1)
        line.put(b"\n\t\t%s (0x%04x) TLV" % (TLV_NAMES.get(kind, b"Unknown"), kind))
        if stop - at < words * 2 + 2:
            line.put(b" (TLV goes past the end of the packet)")
            return False
        if words != 1:
            line.put(b" [TLV length %d != 1]" % words)
            return False
        value = pkt.u16(at + 2)
        if kind == HOP_COUNT:
            line.put(b", %d" % value)
        elif kind == PRUNING:
            line.put(b", %s (%d)" % (b"Enabled" if value == 1 else b"Disabled", value))
        elif kind == STP_TYPE:
            line.put(b", %s (%d)" % (STP_TYPES.get(value, b"Unknown"), value))
        elif kind == BRIDGE_TYPE:
            line.put(b", %s (%d)" % (b"SRB" if value == 1 else b"SRT", value))
        elif kind == BACKUP:
            line.put(b", %s (%d)" % (b"Backup" if value == 1 else b"Not backup", value))
        else:
            print_unknown_data(line, pkt, at, b"\n\t\t  ", 4)
        at += 4
    return True
