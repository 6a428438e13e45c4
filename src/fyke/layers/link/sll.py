"""Linux "cooked" captures (LINKTYPE_LINUX_SLL, _LINUX_SLL2); tcpdump: print-sll.c."""

from __future__ import annotations

from _socket import if_indextoname

from fyke.hints import ClassVar
from fyke.layers.associations import associations_of
from fyke.layers.fields import U8, U16, U32, Bits, Made, Renamed
from fyke.layers.hexdump import default_print
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.link.frame import Frame, is_tag
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")
LLC = table("llc")

HEADER_LENGTH, HEADER2_LENGTH, TAG_LENGTH = 16, 20, 4  # octets
P_802_3, P_802_2 = 1, 4  # protocols that are no EtherType (linux/if_ether.h)
#: ARPHRD_ types whose frames come whole, whatever the protocol field says: as which link type
#: (radiotap, frame relay; LINKTYPE_LINUX_SLL at tcpdump.org).
WHOLE_FRAMES = {803: 127, 770: 107}
PACKET_TYPES = {0: b"In", 1: b"B", 2: b"M", 3: b"P", 4: b"Out"}


class Cooked(Frame):
    """What the header and its VLAN tags have in common: Linux's numbers for the payload."""

    __slots__ = ()

    def carry(self) -> None:
        kind = self.ethertype
        self.payload_off = self.body_off
        self.payload_length = self.body_length
        if kind == P_802_2:
            self.next = LLC.find(0)
        elif kind == P_802_3:
            self.next = table("ipx").find(0)
        elif is_tag(kind):
            self.next = SllVlan
        elif kind > 1500:
            self.next = ETHERTYPES.find(kind)

    def write_body(self, line: Line) -> None:
        kind = self.ethertype
        if is_tag(kind):
            if not self.pkt.has(self.body_off, 4):
                line.protocol = b"vlan"
                raise Truncated
        elif kind > 1500:
            if self.next is None:
                if not line.style.link_level:
                    self.write_header(line)
                default_print(line, self.pkt, self.body_off, self.pkt.end - self.body_off)
        elif self.next is None:
            default_print(line, self.pkt, self.body_off, self.pkt.end - self.body_off)

    def write_header(self, line: Line) -> None:
        """What -e shows."""


class Sll(Cooked):
    """A cooked header: who sent the packet, and what is in it."""

    __slots__ = ()

    address_at: ClassVar[int] = 6  #: octets from the header's first

    name = "sll"
    tag = b"sll"

    packet_type = U16(0, "0 to us, 1 broadcast, 2 multicast, 3 to someone else, 4 from us")
    hardware = U16(2, "ARPHRD_ type of the interface")
    address_length = U16(4, "the sender's address", unit="bytes")
    address = Made("mac", lambda layer: layer.read_address(), "sender's link-layer address")
    protocol = U16(14, "EtherType of the payload, or Linux's number of what has none")

    def read_address(self) -> bytes:
        """The sender's address: what of it fits the eight octets there. Raises Truncated."""
        return self.pkt.raw(self.off + self.address_at, min(8, self.address_length))

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off + 14)
        self.settle(HEADER_LENGTH)

    def settle(self, header: int) -> None:
        """Where the payload begins and what it is."""
        if self.size < header:
            raise Truncated
        self.body_off = self.off + header
        self.body_length = self.size - header
        self.frame_length = self.size
        whole = WHOLE_FRAMES.get(self.hardware)
        if whole is None:
            self.carry()
        else:
            self.payload_off, self.payload_length = self.body_off, self.body_length
            self.next = table("link_type").find(whole)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.body_off)
        if line.style.link_level:
            self.write_header(line)
        self.write_body(line)

    def write_body(self, line: Line) -> None:
        if self.hardware not in WHOLE_FRAMES:
            Cooked.write_body(self, line)

    def write_header(self, line: Line) -> None:
        line.put(b"%3s " % PACKET_TYPES.get(self.packet_type, b"?"))
        self.write_protocol(line)

    def write_protocol(self, line: Line) -> None:
        """The sender's address if it is Ethernet's, the protocol and the length."""
        if self.address_length == 6:
            line.ether(self.pkt, self.off + self.address_at)
            line.char(32)
        if line.style.quiet:
            return
        kind = self.ethertype
        if kind in (P_802_3, P_802_2):
            line.put(b"802.3" if kind == P_802_3 else b"802.2")
        else:
            line.put(b"ethertype %s (0x%04x)" % (
                b"Unknown" if kind <= 1500 else ETHERTYPE_NAMES.get(kind, b"Unknown"), kind))
        line.put(b", length %d: " % self.size)


class Sll2(Sll):
    """Version 2 of the header, which names the interface."""

    __slots__ = ()
    address_at = 12

    name = "sll2"
    tag = b"sll2"

    protocol = U16(0, "EtherType of the payload, or Linux's number of what has none")
    interface = U32(4, "index of the interface")
    hardware = U16(8, "ARPHRD_ type of the interface")
    packet_type = U8(10, "0 to us, 1 broadcast, 2 multicast, 3 to someone else, 4 from us")
    address_length = U8(11, "the sender's address", unit="bytes")

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off)
        pkt.u64(off + 12)
        self.settle(HEADER2_LENGTH)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.body_off)
        line.put(b"%-5s %-3s " % (interface_name(line, self.interface),
                                  PACKET_TYPES.get(self.packet_type, b"?")))
        if line.style.link_level:
            self.write_header(line)
        self.write_body(line)

    def write_header(self, line: Line) -> None:
        line.put(b"ifindex %d " % self.interface)
        self.write_protocol(line)


class SllVlan(Cooked):
    """A VLAN tag that the capture left in place."""

    __slots__ = ()

    name = "vlan"
    tag = b"vlan"

    priority = Bits(0, 2, 0xE000, "priority code point, 0 to 7")
    dei = Bits(0, 2, 0x1000, "drop eligible")
    id = Bits(0, 2, 0x0FFF, "VLAN, 0 (priority only) to 4095")
    type = U16(2, "EtherType of what was tagged")
    vlan = Renamed("id")

    def parse(self, pkt: Record, off: int) -> None:
        kind = pkt.u16(off + 2)
        self.ethertype = P_802_2 if kind <= 1500 else kind
        self.body_off = off + TAG_LENGTH
        self.body_length = self.size - TAG_LENGTH
        self.carry()

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.body_off)
        if line.style.link_level:
            line.put(b"vlan %d, p %d%s, " % (
                self.id, self.priority, b", DEI" if self.dei else b""))
        if not line.style.quiet:
            line.put(b"ethertype %s, " % ETHERTYPE_NAMES.get(self.ethertype, b"Unknown"))
        self.write_body(line)

    def write_header(self, line: Line) -> None:
        below = self.below
        if isinstance(below, Cooked):
            below.write_header(line)


def interface_name(line: Line, index: int) -> bytes:
    """This machine's name of an interface, as tcpdump prints it even for files; ``?`` if none."""
    names = associations_of(line).of("interfaces", dict)
    if index not in names:
        try:
            names[index] = if_indextoname(index).encode("ascii", "backslashreplace")
        except (OSError, OverflowError):
            names[index] = b"?"
    name: bytes = names[index]
    return name
