"""ARCNET (ATA 878.1, RFC 1201, RFC 1051); tcpdump: print-arcnet.c."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.fields import U8, U16, Made
from fyke.layers.hexdump import hex_and_ascii_print
from fyke.layers.layer import Layer
from fyke.layers.link.link_header import LinkHeader
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")

OLD_IP, OLD_ARP, DIAGNOSE = 240, 241, 128  # types without a fragmentation header
TYPE_NAMES = {OLD_IP: b"oldip", OLD_ARP: b"oldarp", 212: b"ip", 213: b"arp", 214: b"rarp",
              221: b"atalk", 247: b"banyan", 250: b"ipx", 196: b"ipv6", DIAGNOSE: b"diag"}
#: What the type of a packet is as an EtherType.
AS_ETHERTYPE = {OLD_IP: 0x0800, 212: 0x0800, 196: 0x86DD, OLD_ARP: 0x0806, 213: 0x0806,
                214: 0x8035, 221: 0x809B}
NOVELL = 0xFA
EXCEPTION = 0xFF  # flag: a longer header follows


class Arcnet(LinkHeader):
    """Source, destination, type; for most types split flag and sequence number."""

    __slots__ = ("flag_at",)

    flag_at: int  #: octets in front of the split flag; 0 where there is none

    name = "arcnet"
    tag = b"arcnet"

    src = U8(0, "source")
    dst = U8(1, "destination")
    system_code = U8(2, "what the payload is")
    flag = Made("u8", lambda layer: layer.split(lambda pkt, at: pkt.u8(at)),
                "which fragment this is; 0 for a whole packet")
    sequence = Made("u16", lambda layer: layer.split(lambda pkt, at: pkt.u16(at + 1)),
                    "the same in all fragments of a packet")

    def clear(self) -> None:
        super().clear()
        self.flag_at = 0

    def split(self, read: Callable[[Record, int], int]) -> int | None:
        """Something of the split flag; None where the type has none."""
        return read(self.pkt, self.off + self.flag_at) if self.flag_at else None

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < 3:
            raise Truncated
        pkt.u8(off + 2)
        self.head = 3
        if self.is_fragmentable():
            at = 3
            if self.size >= 6 and pkt.has(off, 6) and pkt.u8(off + 3) == EXCEPTION:
                at = 7
            if self.size < at + 3:
                raise Truncated
            self.flag_at = at
            pkt.u16(off + at + 1)
            self.head = at + 3

    def is_fragmentable(self) -> bool:
        return self.system_code not in (OLD_IP, OLD_ARP, DIAGNOSE)

    def write(self, line: Line) -> None:
        if self.short:
            self.cut(line)
        line.link_header(self.off + self.head)
        if line.style.link_level:
            self.write_header(line)
        if self.upper() is None and not self.is_middle():
            at = self.off + self.head  # shown with -q, too
            hex_and_ascii_print(line, self.pkt, at, self.pkt.end - at)

    def write_header(self, line: Line) -> None:
        line.put(b"%02x %02x " % (self.src, self.dst))
        if line.style.quiet:
            line.put(b"%d: " % self.size)
            return
        line.put(TYPE_NAMES.get(self.system_code) or b"%02x" % self.system_code)
        if self.is_fragmentable():
            line.put(b" seqid %04x" % self.sequence)
            if self.flag & 1:
                line.put(b" (first of %d fragments)" % ((self.flag + 3) // 2))
            elif self.flag:
                line.put(b" (fragment %d)" % (self.flag // 2 + 1))
        line.put(b" %d: " % self.size)

    def is_middle(self) -> bool:
        """A fragment, and not the first."""
        flag = self.flag
        return bool(flag) and not flag & 1

    def upper(self) -> type[Layer] | None:
        if self.is_middle():
            return None
        if self.system_code == NOVELL:
            return table("ipx").find(0)
        kind = AS_ETHERTYPE.get(self.system_code)
        return None if kind is None else ETHERTYPES.find(kind)


class ArcnetLinux(Arcnet):
    """Linux gives whole packets, and two octets of offset before the type.

    tcpdump shows the offset's first octet as the type.
    """

    __slots__ = ()

    name = "arcnet-linux"

    offset = U16(2, "of a fragment; Linux gives whole packets")
    system_code = U8(4, "what the payload is")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < 5:
            raise Truncated
        pkt.u8(off + 4)
        self.head = 8 if self.is_fragmentable() else 5
        if self.size < self.head or not pkt.has(off, self.head):
            raise Truncated

    def write_header(self, line: Line) -> None:
        shown = self.offset >> 8
        line.put(b"%02x %02x " % (self.src, self.dst))
        if not line.style.quiet:
            line.put((TYPE_NAMES.get(shown) or b"%02x" % shown) + b" ")
        line.put(b"%d: " % self.size)
