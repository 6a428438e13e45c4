"""AppleTalk: datagrams (DDP), transactions (ATP), names (NBP), addresses (AARP); print-atalk.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Mac, Made
from fyke.layers.layer import Layer
from fyke.layers.network.appletalk_upper import node, write_names, write_transaction
from fyke.layers.tables import table
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH, SHORT_LENGTH = 13, 5
NAMES, TRANSACTIONS, EIGRP = 2, 3, 88
TYPE_NAMES = {1: b"rtmp", 5: b"rtmpReq", 4: b"echo", 22: b"IP", 23: b"ARP", 0x4B: b"KLAP"}
SOCKET_NAMES = {1: b"rtmp", 2: b"nis", 4: b"echo", 6: b"zip"}
LINK_HEADER = 3
SHORT_DDP, LONG_DDP = 1, 2  # LocalTalk link types
AARP_LENGTH = 28
APPLETALK = 0x809B  # EtherType
REQUEST, RESPONSE, PROBE = 1, 2, 3


class Ddp(Layer):
    """A datagram with the long header."""

    __slots__ = ()

    name = "ddp"
    tag = b"atalk"

    datagram_length = U16(0, "hops in the upper bits, octets in the lower ten")
    checksum = U16(2, "0 for none")
    dst_net = U16(4, "destination network")
    src_net = U16(6, "source network")
    dst_node = U8(8, "destination node")
    src_node = U8(9, "source node")
    dst_socket = U8(10, "destination socket")
    src_socket = U8(11, "source socket")
    type = U8(12, "which protocol is above", names=as_text(TYPE_NAMES))

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 12)
        self.find_payload()

    def find_payload(self) -> None:
        header = self.header_length()
        self.payload_off = self.off + header
        self.payload_length = max(self.size - header, 0)
        if self.type == EIGRP and self.size >= header:
            self.next = table("ip.proto").find(EIGRP)

    def write(self, line: Line) -> None:
        if not line.style.link_level:
            line.put(b"AT ")
        if self.size < HEADER_LENGTH:
            line.put(b" [length %d < %d]%s" % (self.size, HEADER_LENGTH, INVALID))
            return
        self.write_datagram(line, HEADER_LENGTH, b": ")

    def write_datagram(self, line: Line, header: int, colon: bytes) -> None:
        """Both ends, then what is above."""
        if self.short:
            raise Truncated
        line.put(b"%s.%s > %s.%s%s" % (
            node(self.src_net, self.src_node), socket(line, self.src_socket),
            node(self.dst_net, self.dst_node), socket(line, self.dst_socket), colon))
        at, length = self.off + header, self.size - header
        if self.type == NAMES:
            write_names(line, self.pkt, at, length, (self.src_net, self.src_node,
                                                     self.src_socket))
        elif self.type == TRANSACTIONS:
            write_transaction(line, self.pkt, at, length)
        elif self.type != EIGRP:
            line.put(b" at-%s %d" % (named(TYPE_NAMES, self.type, b"#%d"), length))

    def header_length(self) -> int:
        return HEADER_LENGTH


class DdpEthernet(Ddp):
    """The same right above an EtherType."""

    __slots__ = ()

    def write(self, line: Line) -> None:
        if line.style.verbose:
            line.put(b"et1 ")
        super().write(line)


class DdpOnLocalTalk(Ddp):
    """The long header on a LocalTalk link."""

    __slots__ = ()

    tag = b"ddp"

    def write(self, line: Line) -> None:
        header = self.header_length()
        if self.size < header:
            line.put(b" [%s length %d < %d]%s" % (
                self.tag.upper(), self.size, header, INVALID))
            return
        self.write_datagram(line, header, b":")


class ShortDdp(DdpOnLocalTalk):
    """The short header: networks are 0 and nodes are the link's."""

    __slots__ = ()

    name = "short-ddp"
    tag = b"sddp"

    def header_length(self) -> int:
        return SHORT_LENGTH

    datagram_length = U16(0, "octets in the lower ten bits")
    dst_net = Made("u16", lambda layer: 0, "the link's own network")
    src_net = Made("u16", lambda layer: 0, "the link's own network")
    dst_node = Made("u8", lambda layer: layer.below.dst, "destination node")
    src_node = Made("u8", lambda layer: layer.below.src, "source node")
    dst_socket = U8(2, "destination socket")
    src_socket = U8(3, "source socket")
    type = U8(4, "which protocol is above", names=as_text(TYPE_NAMES))
    checksum = Made("u16", lambda layer: None, "none in this header")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 4)
        self.find_payload()


class LocalTalk(Layer):
    """The link layer of AppleTalk's own cables (LINKTYPE_LTALK)."""

    __slots__ = ()

    name = "llap"
    tag = b"llap"
    link_layer = True

    dst = U8(0, "node that receives, 255 for all")
    src = U8(1, "node that sends")
    type = U8(2, "1 a datagram with a short header, 2 one with a long header, from 128 on control")

    def parse(self, pkt: Record, off: int) -> None:
        kind = {SHORT_DDP: ShortDdp, LONG_DDP: DdpOnLocalTalk}.get(pkt.u8(off + 2))
        if self.size >= LINK_HEADER:
            self.next = kind
            self.payload_off = off + LINK_HEADER
            self.payload_length = self.size - LINK_HEADER

    def write(self, line: Line) -> None:
        line.link_header(self.off + LINK_HEADER)
        if self.size < LINK_HEADER:
            line.put(b" [LLAP length %d < %d]%s" % (self.size, LINK_HEADER, INVALID))
            return
        if self.short:
            raise Truncated
        if self.type not in (SHORT_DDP, LONG_DDP):
            line.put(b"%d > %d at-lap#%d %d" % (
                self.src, self.dst, self.type, self.size - LINK_HEADER))


class Kip(LocalTalk):
    """LocalTalk frames in UDP (Kinetics Internet Protocol)."""

    __slots__ = ()

    name = "kip"

    def write(self, line: Line) -> None:
        if line.style.verbose:
            line.put(b"kip ")
        super().write(line)


def socket(line: Line, number: int) -> bytes:
    return b"%d" % number if line.style.numeric else named(SOCKET_NAMES, number, b"%d")


class Aarp(Layer):
    """Address resolution: an Ethernet address for an AppleTalk node."""

    __slots__ = ()

    name = "aarp"
    tag = b"aarp"

    hardware = U16(0, "type of the hardware addresses, 1 is Ethernet")
    protocol = U16(2, "EtherType of the addresses asked for")
    hardware_length = U8(4, "of a hardware address", unit="bytes")
    protocol_length = U8(5, "of an AppleTalk address, with an empty octet", unit="bytes")
    operation = U16(6, "what the message is", names={REQUEST: "request", RESPONSE: "response",
                                                     PROBE: "probe"})
    sender_hardware = Mac(8, "the sender's Ethernet address")
    sender_net = U16(15, "the sender's network")
    sender_node = U8(17, "the sender's node")
    target_hardware = Mac(18, "the target's Ethernet address, 0 in a request")
    target_net = U16(25, "the target's network")
    target_node = U8(27, "the target's node")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, AARP_LENGTH)

    def write(self, line: Line) -> None:
        line.put(b"aarp ")
        if self.size < AARP_LENGTH:
            line.put(b" [length %d < %d]%s" % (self.size, AARP_LENGTH, INVALID))
            return
        if self.short:
            raise Truncated
        sender = node(self.sender_net, self.sender_node)
        usual = (self.hardware == 1 and self.protocol == APPLETALK
                 and self.hardware_length == 6 and self.protocol_length == 4)
        if usual and self.operation in (REQUEST, PROBE):
            line.put(b"%s %s tell %s" % (
                b"who-has" if self.operation == REQUEST else b"probe",
                node(self.target_net, self.target_node), sender))
        elif usual and self.operation == RESPONSE:
            line.put(b"reply %s is-at " % sender)
            line.ether(self.pkt, self.off + 8)
        else:
            line.put(b"len %d op %d htype %d ptype %s halen %d palen %d" % (
                self.size, self.operation, self.hardware,
                b"0x%x" % self.protocol if self.protocol else b"0", self.hardware_length,
                self.protocol_length))
