"""Spanning tree: 802.1D, 802.1w, 802.1s, 802.1aq (IEEE 802.1Q-2018 §14); print-stp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.words import bit_words
from fyke.wire import Line, Packet, Truncated

REGULAR, RAPID, MULTIPLE, SHORTEST = 0, 2, 3, 4  # protocol versions
CONFIG, RAPID_CONFIG, TOPOLOGY_CHANGE = 0x00, 0x02, 0x80  # BPDU types
VERSION_NAMES = {REGULAR: b"802.1d", RAPID: b"802.1w", MULTIPLE: b"802.1s", SHORTEST: b"802.1aq"}
TYPE_NAMES = {CONFIG: b"Config", RAPID_CONFIG: b"Rapid STP", TOPOLOGY_CHANGE: b"Topology Change"}
FLAGS = ((0x01, b"Topology change"), (0x02, b"Proposal"), (0x10, b"Learn"), (0x20, b"Forward"),
         (0x40, b"Agreement"), (0x80, b"Topology change ACK"))
ROLES = (b"Unknown", b"Alternate", b"Root", b"Designated")
CONFIG_LENGTH = 35  # octets; one more in 802.1w
MULTIPLE_LENGTH = 102
V3_OFFSET = 36  # of the version 3 length, after which the multiple spanning tree data begins
MSTI_LENGTH = 16


class Stp(Layer):
    """A bridge protocol data unit."""

    __slots__ = ("bpdu_type", "flags", "version")

    version: int
    bpdu_type: int
    flags: int

    name = "stp"
    tag = b"stp"
    fields = ("version", "bpdu_type", "flags")

    def clear(self) -> None:
        self.version = self.bpdu_type = self.flags = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.version = pkt.u8(off + 2)
        self.bpdu_type = pkt.u8(off + 3)
        if self.bpdu_type in (CONFIG, RAPID_CONFIG):
            self.flags = pkt.u8(off + 4)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        version = self.version
        if self.size < 4:
            raise Truncated
        pkt.u8(self.off + 2)
        line.put(b"STP ")
        line.put(VERSION_NAMES.get(version) or b"Unknown STP protocol (0x%02x)" % version)
        if version not in VERSION_NAMES:
            return
        kind = pkt.u8(self.off + 3)
        line.put(b", ")
        line.put(TYPE_NAMES.get(kind) or b"Unknown BPDU Type (0x%02x)" % kind)
        if kind == CONFIG:
            self.write_config(line, CONFIG_LENGTH)
        elif kind == RAPID_CONFIG and version == RAPID:
            self.write_config(line, CONFIG_LENGTH + 1)
        elif kind == RAPID_CONFIG and version in (MULTIPLE, SHORTEST):
            if self.multiple_fits():
                self.write_multiple(line, self.size)
            else:
                line.put(b" (invalid)")

    def multiple_fits(self) -> bool:
        pkt = self.pkt
        if self.size < MULTIPLE_LENGTH or pkt.u8(self.off + 35):
            return False
        v3 = pkt.u16(self.off + V3_OFFSET) + 2
        if self.size < 36 + v3:
            return False
        if self.version == SHORTEST:
            v4 = pkt.u16(self.off + V3_OFFSET + v3) + 2
            return self.size >= 36 + v3 + v4 and v4 >= 55
        return True

    def bridge_id(self, at: int) -> bytes:
        octets = self.pkt.raw(at, 8)
        return octets[:2].hex().encode() + b"." + octets[2:].hex(":").encode()

    def write_config(self, line: Line, least: int) -> None:
        if self.size < least:
            line.put(b" (invalid)")
            return
        pkt = self.pkt
        off = self.off
        line.put(b", Flags [%s]" % bit_words(FLAGS, pkt.u8(off + 4)))
        line.put(b", bridge-id %s.%04x, length %d" % (
            self.bridge_id(off + 17), pkt.u16(off + 25), self.size))
        if not line.style.verbose:
            return
        self.write_times(line)
        line.put(b"\n\troot-id %s, root-pathcost %d" % (
            self.bridge_id(off + 5), pkt.u32(off + 13)))
        if self.bpdu_type == RAPID_CONFIG:
            line.put(b", port-role %s" % ROLES[self.flags >> 2 & 3])

    def write_times(self, line: Line) -> None:
        """Ages in seconds: the fields count 1/256 s."""
        line.put(b"\n\tmessage-age %.2fs, max-age %.2fs, hello-time %.2fs, "
                 b"forwarding-delay %.2fs" % tuple(
                     self.pkt.u16(self.off + at) / 256 for at in (27, 29, 31, 33)))

    def write_multiple(self, line: Line, length: int) -> None:
        """Common and internal spanning tree, then one record per instance."""
        pkt = self.pkt
        off = self.off
        line.put(b", CIST Flags [%s], length %d" % (bit_words(FLAGS, self.flags), length))
        if not line.style.verbose:
            return
        line.put(b"\n\tport-role %s, " % ROLES[self.flags >> 2 & 3])
        line.put(b"CIST root-id %s, CIST ext-pathcost %d" % (
            self.bridge_id(off + 5), pkt.u32(off + 13)))
        line.put(b"\n\tCIST regional-root-id %s, " % self.bridge_id(off + 17))
        line.put(b"CIST port-id %04x," % pkt.u16(off + 25))
        self.write_times(line)
        v3 = pkt.u16(off + V3_OFFSET)
        line.put(b"\n\tv3len %d, " % v3)
        at = off + V3_OFFSET + 2
        line.put(b"MCID Name ")
        write_text(line, pkt, at + 1, 32)
        line.put(b", rev %d,\n\t\tdigest %s, " % (
            pkt.u16(at + 33), pkt.raw(at + 35, 16).hex().encode()))
        line.put(b"CIST int-root-pathcost %d," % pkt.u32(at + 51))
        line.put(b"\n\tCIST bridge-id %s, " % self.bridge_id(at + 55))
        line.put(b"CIST remaining-hops %d" % pkt.u8(at + 63))
        at += 64
        rest = v3 - 64
        while rest >= MSTI_LENGTH:
            self.write_instance(line, at)
            at += MSTI_LENGTH
            rest -= MSTI_LENGTH

    def write_instance(self, line: Line, at: int) -> None:
        pkt = self.pkt
        flags = pkt.u8(at)
        line.put(b"\n\tMSTI %d, Flags [%s], port-role %s" % (
            pkt.u16(at + 1) & 0xFFF, bit_words(FLAGS, flags), ROLES[flags >> 2 & 3]))
        line.put(b"\n\t\tMSTI regional-root-id %s, pathcost %d" % (
            self.bridge_id(at + 1), pkt.u32(at + 9)))
        line.put(b"\n\t\tMSTI bridge-prio %d, port-prio %d, hops %d" % (
            pkt.u8(at + 13) >> 4, pkt.u8(at + 14) >> 4, pkt.u8(at + 15)))


def write_text(line: Line, pkt: Packet, off: int, count: int) -> None:
    """Text up to a zero."""
    for i in range(count):
        if pkt.u8(off + i) == 0:
            return
        line.escaped(pkt, off + i, 1)
