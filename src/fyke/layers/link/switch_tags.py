"""Tags of switch chips inside Ethernet: Marvell DSA, Broadcom; print-dsa.c, print-brcmtag.c."""

from __future__ import annotations

from fyke.layers.fields import U16, U32, Mac, Made
from fyke.layers.link.ethernet import Ethernet
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

TO_CPU, FROM_CPU, TO_SNIFFER, FORWARD = range(4)
MODE_NAMES = (b"To CPU", b"From CPU", b"To Sniffer", b"Forward")
CODE_NAMES = {0: b"BPDU (MGMT) Trap", 1: b"Frame2Reg", 2: b"IGMP/MLD Trap", 3: b"Policy Trap",
              4: b"ARP Mirror", 5: b"Policy Mirror"}
REASONS = ((1, b"mirror"), (2, b"MAC learning"), (4, b"switching"), (8, b"prot term"),
           (16, b"prot snoop"), (32, b"exception"))
PORTS = tuple((1 << port, b"port %d" % port) for port in range(9))
ENGINE_NAMES = (b"None", b"Untag", b"Header", b"Reserved")


class Tagged(Ethernet):
    """Ethernet with a tag of ``tag_size`` octets after the addresses."""

    __slots__ = ()
    tag_size = 4

    tag_word = U32(12, "the tag as it stands, its last four octets")
    type = U16(16, "EtherType of the payload")

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off + 12 + self.tag_size)
        self.body_off = off + 14 + self.tag_size
        self.body_length = self.size - 14 - self.tag_size
        self.frame_length = self.size
        if self.size < 14 + self.tag_size:
            raise Truncated
        self.carry()

    def write(self, line: Line) -> None:
        if self.short:
            line.protocol = b"ether"
            raise Truncated
        if line.style.link_level:
            self.write_pair(line)
            line.put(b", ")
        self.write_tag(line, self.pkt, self.off + 12)
        line.protocol = b"ether"
        self.write_body(line)

    def write_tag(self, line: Line, pkt: Record, at: int) -> None:
        """What the switch says."""


class Dsa(Tagged):
    """Marvell's distributed switch architecture."""

    __slots__ = ()
    tag = b"dsa"

    mode = Made("u8", lambda dsa: dsa.word() >> 30, "from where to where",
                names=dict(enumerate(name.decode() for name in MODE_NAMES)))
    tagged = Made("bool", lambda dsa: bool(dsa.word() >> 29 & 1), "had a VLAN tag outside")
    device = Made("u8", lambda dsa: dsa.word() >> 24 & 31, "which switch")
    port = Made("u8", lambda dsa: dsa.word() >> 19 & 31, "its port, or trunk")
    priority = Made("u8", lambda dsa: dsa.word() >> 13 & 7, "of the frame")
    vlan = Made("u16", lambda dsa: dsa.word() & 0xFFF, "VLAN, 0 to 4095")

    def word(self) -> int:
        """The tag's four octets."""
        found: int = self.tag_word
        return found

    def write_tag(self, line: Line, pkt: Record, at: int) -> None:
        line.put(b"Marvell DSA " if line.style.link_level else b"DSA ")
        write_dsa(line, pkt, at)


class Edsa(Dsa):
    """The same with an EtherType of its own."""

    __slots__ = ()
    tag_size = 8
    tag = b"edsa"

    tag_type = U16(12, "the tag's EtherType")
    tag_word = U32(16, "the tag as it stands, its last four octets")
    type = U16(20, "EtherType of the payload")

    def write_tag(self, line: Line, pkt: Record, at: int) -> None:
        if line.style.link_level:
            line.put(b"Marvell EDSA ethertype 0x%04x (Unknown), rsvd %d %d, " % (
                pkt.u16(at), pkt.u8(at + 2), pkt.u8(at + 3)))
        else:
            line.put(b"EDSA 0x%04x, " % pkt.u16(at))
        write_dsa(line, pkt, at + 4)


def write_dsa(line: Line, pkt: Record, at: int) -> None:
    word = pkt.u32(at)
    mode = word >> 30
    device = word >> 24 & 31
    port = word >> 19 & 31
    bit18 = word >> 18 & 1
    vlan = word & 0xFFF
    tagged = word >> 29 & 1
    if not line.style.link_level:
        where = b"%d.%d" % (device, port)
        line.put((b"port %s > CPU, " % where, b"CPU > port %s, " % where,
                  b"port %s > %s Sniffer, " % (where, b"Rx" if bit18 else b"Tx"),
                  b"Forward %s %s, " % (b"trunk" if bit18 else b"port", where))[mode])
        line.put(b"VLAN %d%s, " % (vlan, b"t" if tagged else b"u"))
        return
    line.put(b"mode %s, " % MODE_NAMES[mode])
    if mode == FORWARD:
        line.put(b"dev %d, %s %d, " % (device, b"trunk" if bit18 else b"port", port))
    elif mode == FROM_CPU:
        line.put(b"target dev %d, port %d, " % (device, port))
    elif mode == TO_CPU:
        code = (word >> 17 & 3) << 1 | word >> 12 & 1
        line.put(b"source dev %d, port %d, code %s, " % (
            device, port, CODE_NAMES.get(code, b"reserved")))
    else:
        line.put(b"source dev %d, port %d, %s sniff, " % (
            device, port, b"ingress" if bit18 else b"egress"))
    line.put(b"%stagged, %sVID %d, FPri %d, " % (
        b"" if tagged else b"un", b"CFI, " if word >> 16 & 1 else b"", vlan, word >> 13 & 7))


class BroadcomTag(Tagged):
    """Broadcom's tag between the addresses and the type."""

    __slots__ = ()
    tag = b"brcm-tag"

    def write_tag(self, line: Line, pkt: Record, at: int) -> None:
        write_broadcom(line, pkt, at)


class BroadcomPrepended(Ethernet):
    """Broadcom's tag before the addresses."""

    __slots__ = ()
    tag = b"brcm-tag-prepend"

    dst = Mac(4, "destination address")
    src = Mac(10, "source address")
    type = U16(16, "EtherType of the payload")

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off + 16)
        self.body_off = off + 18
        self.body_length = self.size - 18
        self.frame_length = self.size - 4
        if self.size < 18:
            raise Truncated
        self.carry()

    def write(self, line: Line) -> None:
        self.pkt.u32(self.off)
        if line.style.link_level:
            write_broadcom(line, self.pkt, self.off)
        line.protocol = b"ether"
        if self.short:
            raise Truncated
        if line.style.link_level:
            self.write_pair(line)
            line.put(b", ")
        self.write_body(line)

    def write_pair(self, line: Line) -> bool:
        line.ether(self.pkt, self.off + 10)
        line.put(b" > ")
        line.ether(self.pkt, self.off + 4)
        return True


def write_broadcom(line: Line, pkt: Record, at: int) -> None:
    word = pkt.u32(at)
    line.put(b"BRCM tag OP: %s" % (b"IG" if word >> 29 else b"EG"))
    if word >> 29 & 1:
        line.put(b", TC: %d, TE: %s, TS: %d, DST map: [%s], " % (
            word >> 26 & 7, ENGINE_NAMES[word >> 24 & 3], word >> 23 & 1, bit_words(PORTS, word)))
    else:
        line.put(b", CID: %d, RC: [%s], TC: %d, port: %d, " % (
            word >> 16 & 255, bit_words(REASONS, word >> 8 & 255), word >> 5 & 7, word & 31))
