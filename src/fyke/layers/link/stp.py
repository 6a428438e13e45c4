"""Spanning tree: 802.1D, 802.1w, 802.1s, 802.1aq (IEEE 802.1Q-2018 §14); print-stp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.fields import U8, U16, Listed, Made, text_of
from fyke.layers.layer import Layer
from fyke.layers.words import as_text, bit_words
from fyke.wire import Line, Record, Truncated

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


class Instance(NamedTuple):
    """One multiple spanning tree (IEEE 802.1Q-2018 §14.4.1)."""

    id: int
    flags: int
    regional_root: str  #: priority and system identifier, and address
    path_cost: int  #: inside the region
    bridge_priority: int  #: in steps of 4096
    port_priority: int  #: in steps of 16
    remaining_hops: int


def bridge_text(pkt: Record, at: int) -> str:
    """A bridge identifier: priority and system identifier, then an address."""
    octets = pkt.raw(at, 8)
    return octets[:2].hex() + "." + octets[2:].hex(":")


def configured(read: Callable[[Stp], Any]) -> Callable[[Stp], Any]:
    """A field that topology changes lack."""
    return lambda stp: read(stp) if stp.bpdu_type in (CONFIG, RAPID_CONFIG) else None


def seconds(at: int) -> Callable[[Stp], Any]:
    """A time, in the packet 1/256 s."""
    return configured(lambda stp: stp.pkt.u16(stp.off + at) / 256)


def multiple(read: Callable[[Stp], Any]) -> Callable[[Stp], Any]:
    """A field of the multiple spanning tree's part."""
    return lambda stp: read(stp) if stp.bpdu_type == RAPID_CONFIG and (
        stp.version in (MULTIPLE, SHORTEST)) and stp.multiple_fits() else None


def instances_of(stp: Stp) -> list[Instance]:
    """One record for each instance, as far as captured."""
    found: list[Instance] = []
    pkt = stp.pkt
    try:
        if stp.bpdu_type != RAPID_CONFIG or stp.version not in (MULTIPLE, SHORTEST) or (
                not stp.multiple_fits()):
            return found
        at = stp.off + V3_OFFSET + 2
        stop = at + pkt.u16(stp.off + V3_OFFSET)
        for one in range(at + 64, stop - MSTI_LENGTH + 1, MSTI_LENGTH):
            found.append(Instance(
                pkt.u16(one + 1) & 0xFFF, pkt.u8(one), bridge_text(pkt, one + 1), pkt.u32(one + 9),
                pkt.u8(one + 13) >> 4, pkt.u8(one + 14) >> 4, pkt.u8(one + 15)))
    except Truncated:
        pass
    return found


class Stp(Layer):
    """A bridge protocol data unit."""

    __slots__ = ()

    name = "stp"
    tag = b"stp"

    protocol_id = U16(0, "0")
    version = U8(2, "0 STP, 2 RSTP, 3 MSTP, 4 SPT", names=as_text(VERSION_NAMES))
    bpdu_type = U8(3, "configuration, rapid or multiple, or topology change",
                   names=as_text(TYPE_NAMES))
    flags = Made("u8", configured(lambda stp: stp.pkt.u8(stp.off + 4)), "bits")
    port_role = Made("u8", configured(lambda stp: stp.pkt.u8(stp.off + 4) >> 2 & 3),
                     "since 802.1w", names=dict(enumerate(name.decode() for name in ROLES)))
    root = Made("text", configured(lambda stp: bridge_text(stp.pkt, stp.off + 5)),
                "root's identifier")
    root_cost = Made("u32", configured(lambda stp: stp.pkt.u32(stp.off + 13)), "way to the root")
    bridge = Made("text", configured(lambda stp: bridge_text(stp.pkt, stp.off + 17)),
                  "the sender's identifier; the regional root's in MSTP")
    port = Made("u16", configured(lambda stp: stp.pkt.u16(stp.off + 25)), "priority and number")
    message_age = Made("float", seconds(27), "since the root sent it", unit="s")
    max_age = Made("float", seconds(29), "when it is forgotten", unit="s")
    hello_time = Made("float", seconds(31), "between two of the root's", unit="s")
    forward_delay = Made("float", seconds(33), "spent in each state", unit="s")
    region = Made("text", multiple(lambda stp: text_of(stp.pkt.raw(stp.off + 39, 32))),
                  "name of the region's configuration")
    revision = Made("u16", multiple(lambda stp: stp.pkt.u16(stp.off + 71)), "of the configuration")
    digest = Made("bytes", multiple(lambda stp: stp.pkt.raw(stp.off + 73, 16)),
                  "of the configuration")
    internal_cost = Made("u32", multiple(lambda stp: stp.pkt.u32(stp.off + 89)),
                         "way to the regional root")
    cist_bridge = Made("text", multiple(lambda stp: bridge_text(stp.pkt, stp.off + 93)),
                       "the sender's identifier in MSTP")
    remaining_hops = Made("u8", multiple(lambda stp: stp.pkt.u8(stp.off + 101)), "in the region")
    instances = Listed(instances_of, "the multiple spanning trees")

    def write(self, line: Line) -> None:
        pkt = self.pkt
        if self.size < 4:
            raise Truncated
        if self.protocol_id:
            line.put(b"unknown STP version, length %d" % self.size)
            return
        version = self.version
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
        if self.version == RAPID:
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
        if self.version == SHORTEST:
            self.write_shortest(line, off + V3_OFFSET + 2 + v3)

    def write_shortest(self, line: Line, at: int) -> None:
        """What shortest path bridging adds (IEEE 802.1Q-2018 §14.4, items w to y)."""
        pkt = self.pkt
        pkt.raw(at, 87)
        line.put(b"\n\tv4len %d, AUXMCID Name " % pkt.u16(at))
        write_text(line, pkt, at + 3, 32)
        agreement, form, convention = pkt.u8(at + 53), pkt.u8(at + 55), pkt.u8(at + 56)
        line.put(b", Rev %d,\n\t\tdigest %s" % (
            pkt.u16(at + 35), pkt.raw(at + 37, 16).hex().encode()))
        line.put(b"\n\tAgreement num %d, Discarded Agreement num %d, Agreement valid-flag %d,"
                 b"\n\tRestricted role-flag: %d, Format id %d cap %d, Convention id %d cap %d,"
                 b"\n\tEdge count %d, Agreement digest %s\n" % (
                     agreement >> 6, agreement >> 4 & 3, agreement >> 3 & 1, agreement >> 2 & 1,
                     form >> 4, form & 15, convention >> 4, convention & 15, pkt.u16(at + 57),
                     pkt.raw(at + 67, 20).hex().encode()))

    def write_instance(self, line: Line, at: int) -> None:
        pkt = self.pkt
        flags = pkt.u8(at)
        line.put(b"\n\tMSTI %d, Flags [%s], port-role %s" % (
            pkt.u16(at + 1) & 0xFFF, bit_words(FLAGS, flags), ROLES[flags >> 2 & 3]))
        line.put(b"\n\t\tMSTI regional-root-id %s, pathcost %d" % (
            self.bridge_id(at + 1), pkt.u32(at + 9)))
        line.put(b"\n\t\tMSTI bridge-prio %d, port-prio %d, hops %d" % (
            pkt.u8(at + 13) >> 4, pkt.u8(at + 14) >> 4, pkt.u8(at + 15)))


def write_text(line: Line, pkt: Record, off: int, count: int) -> None:
    """Text up to a zero."""
    for i in range(count):
        if pkt.u8(off + i) == 0:
            return
        line.escaped(pkt, off + i, 1)
