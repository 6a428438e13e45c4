"""Internet Control Message Protocol (RFC 792, 1191, 1256, 4884, 8335); tcpdump: print-icmp.c."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import dotted
from fyke.layers.fields import U8, U16, Listed, Made, Options, settable
from fyke.layers.layer import Layer
from fyke.layers.network.icmp_extensions import objects_of, write_extended_echo, write_multipart
from fyke.layers.network.ip import IP, should_be
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

ECHO_REPLY, UNREACHABLE, SOURCE_QUENCH, REDIRECT, ECHO = 0, 3, 4, 5, 8
ROUTER_ADVERTISEMENT, TIME_EXCEEDED, PARAMETER_PROBLEM = 9, 11, 12
TIMESTAMP, TIMESTAMP_REPLY, MASK_REPLY = 13, 14, 18
EXTENDED_ECHO, EXTENDED_ECHO_REPLY = 42, 43
PROTOCOL, PORT, NEED_FRAGMENT = 2, 3, 4  # codes of UNREACHABLE

TYPE_NAMES = {
    ECHO_REPLY: b"echo reply", SOURCE_QUENCH: b"source quench", ECHO: b"echo request",
    10: b"router solicitation", TIMESTAMP: b"time stamp request",
    TIMESTAMP_REPLY: b"time stamp reply", 15: b"information request", 16: b"information reply",
    17: b"address mask request", EXTENDED_ECHO: b"extended echo request",
    EXTENDED_ECHO_REPLY: b"extended echo reply",
}
#: What stands before and after the address, by code.
UNREACHABLE_TEXTS = {
    0: (b"net ", b" unreachable"), 1: (b"host ", b" unreachable"),
    5: (b"", b" unreachable - source route failed"),
    6: (b"net ", b" unreachable - unknown"), 7: (b"host ", b" unreachable - unknown"),
    8: (b"", b" unreachable - source host isolated"),
    9: (b"net ", b" unreachable - admin prohibited"),
    10: (b"host ", b" unreachable - admin prohibited"),
    11: (b"net ", b" unreachable - tos prohibited"),
    12: (b"host ", b" unreachable - tos prohibited"),
    13: (b"host ", b" unreachable - admin prohibited filter"),
    14: (b"host ", b" unreachable - host precedence violation"),
    15: (b"host ", b" unreachable - precedence cutoff"),
}
REDIRECT_TEXTS = {
    0: (b"redirect ", b" to net "), 1: (b"redirect ", b" to host "),
    2: (b"redirect-tos ", b" to net "), 3: (b"redirect-tos ", b" to host "),
}
MULTIPART_LEAST = 136  # octets: ICMP header and the 128 of the datagram that RFC 4884 §5.1 pads to

ETHERTYPES = table("ethertype")


#: Messages about a datagram, which follows them (RFC 792; RFC 4884 §4).
ERRORS = frozenset((UNREACHABLE, SOURCE_QUENCH, REDIRECT, TIME_EXCEEDED, PARAMETER_PROBLEM))
#: Messages with an identifier and a sequence number.
NUMBERED = frozenset((ECHO_REPLY, ECHO, TIMESTAMP, TIMESTAMP_REPLY, 15, 16, 17, MASK_REPLY))


def only(field: str, size: int, at: int, *kinds: int) -> Any:
    """A field that messages of some types have: a function for Made."""
    def where(message: Any) -> int:
        return message.off + at if message.pkt.u8(message.off) in kinds else -1

    def read(message: Any) -> Any:
        off = where(message)
        if off < 0:
            return None
        return message.pkt.u32(off) if size == 4 else (
            message.pkt.u16(off) if size == 2 else message.pkt.u8(off))
    read.__name__ = field
    return settable(read, where)


class IcmpMessage(Layer):
    """How messages of ICMP and of ICMPv6 begin."""

    __slots__ = ("kind",)

    kind: int  #: the type, for the text


    type = U8(0, "type of message")
    code = U8(1, "code: which of several of this type")
    checksum = U16(2, "over the message (ICMPv6: with a pseudo header)")

    def clear(self) -> None:
        self.kind = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.kind = pkt.u8(off)
        pkt.u16(off + 2)
        self.find_inner(pkt, off)
        pkt.u32(off + 4)

    def find_inner(self, pkt: Record, off: int) -> None:
        """Find the datagram that an error message is about."""


class Icmp(IcmpMessage):
    """An ICMP message."""

    __slots__ = ()

    name = "icmp"
    tag = b"icmp"

    id = Made("u16", only("id", 2, 4, *NUMBERED),
              "identifier of an echo, time stamp or mask message")
    seq = Made("u16", only("seq", 2, 6, *NUMBERED), "sequence number of the same")
    gateway = Made("ipv4", only("gateway", 4, 4, REDIRECT), "the router to use (redirect)")
    mtu = Made("u16", only("mtu", 2, 6, UNREACHABLE), "MTU of the next hop (RFC 1191)",
               unit="bytes")
    pointer = Made("u8", only("pointer", 1, 4, PARAMETER_PROBLEM), "byte that is wrong")
    originate = Made("u32", only("originate", 4, 8, TIMESTAMP, TIMESTAMP_REPLY),
                     "when the request left, since midnight UTC", unit="ms")
    receive = Made("u32", only("receive", 4, 12, TIMESTAMP, TIMESTAMP_REPLY),
                   "when it arrived", unit="ms")
    transmit = Made("u32", only("transmit", 4, 16, TIMESTAMP, TIMESTAMP_REPLY),
                    "when the reply left", unit="ms")
    mask = Made("ipv4", only("mask", 4, 8, 17, MASK_REPLY), "address mask")
    lifetime = Made("u16", only("lifetime", 2, 6, ROUTER_ADVERTISEMENT),
                    "how long the routers hold", unit="s")
    routers = Listed(lambda message: routers_of(message),
                     "routers and their preferences (RFC 1256)")
    extensions = Listed(lambda message: extensions_of(message),
                        "extension objects behind the datagram (RFC 4884)", keyed=True)

    def find_inner(self, pkt: Record, off: int) -> None:
        inner = off + 8
        if self.kind in ERRORS and pkt.has(inner, 4):
            self.next = ETHERTYPES.find(0x0800)
            self.payload_off = inner
            self.payload_length = pkt.u16(inner + 2)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        pkt.u16(self.off)
        start = line.pos
        line.put(b"ICMP ")
        try:
            self.write_message(line, pkt, self.off)
        except Truncated:
            line.rewind(start)
            raise
        line.put(b", length ")
        line.uint(self.size)
        if line.style.verbose:
            self.write_details(line, pkt)
        line.stop()

    def write_message(self, line: Line, pkt: Record, off: int) -> None:
        """What the message says in one phrase."""
        kind = self.kind
        if kind in (ECHO, ECHO_REPLY):
            self.write_echo(line, pkt)
        elif kind == UNREACHABLE:
            self.write_unreachable(line, pkt, off + 8)
        elif kind == REDIRECT:
            code = pkt.u8(off + 1)
            texts = REDIRECT_TEXTS.get(code) or (b"redirect-#%d " % code, b" to ")
            line.put(texts[0])
            line.host4(pkt.u32(off + 24))
            line.put(texts[1])
            line.host4(pkt.u32(off + 4))
        elif kind == ROUTER_ADVERTISEMENT:
            write_routers(line, pkt, off)
        elif kind == TIME_EXCEEDED:
            pkt.u32(off + 24)
            code = pkt.u8(off + 1)
            if code == 0:
                line.put(b"time exceeded in-transit")
            elif code == 1:
                line.put(b"ip reassembly time exceeded")
            else:
                line.put(b"time exceeded-#%d" % code)
        elif kind == PARAMETER_PROBLEM:
            code = pkt.u8(off + 1)
            if code:
                line.put(b"parameter problem - code %d" % code)
            else:
                line.put(b"parameter problem - octet %d" % pkt.u8(off + 4))
        elif kind == MASK_REPLY:
            line.put(b"address mask is 0x%08x" % pkt.u32(off + 8))
        elif kind == TIMESTAMP:
            line.put(b"time stamp query id %d seq %d" % (pkt.u16(off + 4), pkt.u16(off + 6)))
        elif kind == TIMESTAMP_REPLY:
            pkt.u32(off + 16)
            line.put(b"time stamp reply id %d seq %d: org %s, recv %s, xmit %s" % (
                pkt.u16(off + 4), pkt.u16(off + 6), clock(pkt.u32(off + 8)),
                clock(pkt.u32(off + 12)), clock(pkt.u32(off + 16))))
        elif kind in (EXTENDED_ECHO, EXTENDED_ECHO_REPLY):
            line.put(TYPE_NAMES[kind])
            line.put(b", id %d, seq %d" % (pkt.u16(off + 4), pkt.u8(off + 6)))
        else:
            line.put(TYPE_NAMES.get(kind) or b"type-#%d" % kind)

    def write_echo(self, line: Line, pkt: Record) -> None:
        number = pkt.u16(self.off + 6)
        line.put(b"echo request, id " if self.kind == ECHO else b"echo reply, id ")
        line.uint(pkt.u16(self.off + 4))
        line.put(b", seq ")
        line.uint(number)

    def write_unreachable(self, line: Line, pkt: Record, inner: int) -> None:
        """Whom the datagram at ``inner`` did not reach, and why."""
        target = pkt.u32(inner + 16)
        code = pkt.u8(self.off + 1)
        if code == PROTOCOL:
            line.host4(target)
            line.put(b" protocol %d unreachable" % pkt.u8(inner + 9))
        elif code == PORT:
            write_port(line, pkt, inner, target)
        elif code == NEED_FRAGMENT:
            line.host4(target)
            line.put(b" unreachable - need to frag")
            mtu = pkt.u16(self.off + 6)
            if mtu:
                line.put(b" (mtu %d)" % mtu)
        else:
            texts = UNREACHABLE_TEXTS.get(code) or (b"", b" unreachable - #%d" % code)
            line.put(texts[0])
            line.host4(target)
            line.put(texts[1])

    def write_details(self, line: Line, pkt: Record) -> None:
        """The checksum if it is wrong, the inner datagram, the extensions (-v)."""
        off = self.off
        length = self.size
        if not self.is_fragment() and pkt.has(off, length):
            total = pkt.sum16(off, length)
            if total != 0xFFFF:
                line.put(b" (wrong icmp cksum %x (->%x)!)" % (
                    pkt.u16(off + 2), should_be(pkt.u16(off + 2), total)))
        kind = self.kind
        if kind in ERRORS:
            self.write_inner(line, pkt, off + 8)
            line.protocol = self.tag
        if kind in (UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM):
            if length > MULTIPART_LEAST:
                write_multipart(line, pkt, off, length)
        elif kind in (EXTENDED_ECHO, EXTENDED_ECHO_REPLY):
            write_extended_echo(line, pkt, off, length, kind == EXTENDED_ECHO)

    def write_inner(self, line: Line, pkt: Record, inner: int) -> None:
        """The datagram that the message is about."""
        line.put(b"\n\t")
        if pkt.u16(inner + 2) < 4:  # tcpdump ends the packet there, then reads the length again
            raise Truncated
        end = pkt.end
        self.write_next(line)
        pkt.widen(end)  # its length field is about itself: extensions may follow

    def is_fragment(self) -> bool:
        return isinstance(self.below, IP) and self.below.fragment


class Router(NamedTuple):
    """A router of an advertisement (RFC 1256 §3.1)."""

    address: str
    preference: int


def routers_of(message: Icmp) -> Any:
    """The routers of an advertisement, None for other messages."""
    pkt, off = message.pkt, message.off
    if pkt.u8(off) != ROUTER_ADVERTISEMENT:
        return None
    found = Options()
    step = 4 * pkt.u8(off + 5)
    for at in range(off + 8, off + 8 + pkt.u8(off + 4) * step, step or 1):
        if step < 8 or not pkt.has(at, 8):
            found.cut = True
            break
        value = pkt.u32(at + 4)
        found.append(Router(dotted(pkt, at, 4), value - (value >> 31 << 32)))
    return found


def extensions_of(message: Icmp) -> Any:
    """The extension objects of an error or extended echo message, None where none can be."""
    kind = message.pkt.u8(message.off)
    if kind in (UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM):
        at = 8 + (4 * message.pkt.u8(message.off + 5) or 128)  # RFC 4884 §4, §5.5
    elif kind in (EXTENDED_ECHO, EXTENDED_ECHO_REPLY):
        at = 8
    else:
        return None
    return objects_of(message, at)


def write_port(line: Line, pkt: Record, inner: int, target: int) -> None:
    """The port that nobody listened on."""
    proto = pkt.u8(inner + 9)
    port = pkt.u16(inner + (pkt.u8(inner) & 15) * 4 + 2)
    line.host4(target)
    if proto == 6:
        line.put(b" tcp port ")
        line.port("tcp", port)
    elif proto == 17:
        line.put(b" udp port ")
        line.port("udp", port)
    else:
        line.put(b" protocol %d port %d" % (proto, port))
    line.put(b" unreachable")


def write_routers(line: Line, pkt: Record, off: int) -> None:
    """A router advertisement (RFC 1256 §3.1)."""
    seconds = pkt.u16(off + 6)
    line.put(b"router advertisement lifetime ")
    if seconds < 60:
        line.put(b"%d" % seconds)
    elif seconds < 3600:
        line.put(b"%d:%02d" % (seconds // 60, seconds % 60))
    else:
        line.put(b"%d:%02d:%02d" % (seconds // 3600, seconds % 3600 // 60, seconds % 60))
    count = pkt.u8(off + 4)
    size = pkt.u8(off + 5)
    line.put(b" %d:" % count)
    if size != 2:
        line.put(b" [size %d]" % size)
        return
    for at in range(off + 8, off + 8 + 8 * count, 8):
        line.put(b" {")
        line.host4(pkt.u32(at))
        line.put(b" %d}" % pkt.u32(at + 4))


def clock(milliseconds: int) -> bytes:
    """Milliseconds since midnight UT (RFC 792) as a time of day."""
    seconds = milliseconds // 1000
    return b"%02d:%02d:%02d.%03d" % (seconds // 3600, seconds % 3600 // 60, seconds % 60,
                                     milliseconds % 1000)
