"""ICMP for IPv6 (RFC 4443) with its informational messages; tcpdump: print-icmp6.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.fields import Listed, Made, settable
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.network.icmp import IcmpMessage, only
from fyke.layers.network.icmp6_node import write_node_information, write_renumbering
from fyke.layers.network.icmp6_options import PREFERENCES, options_of, write_options
from fyke.layers.network.icmp6_rpl import write_rpl
from fyke.layers.network.icmp_extensions import write_extended_echo
from fyke.layers.network.ip import IP, should_be
from fyke.layers.network.mld import write_listener, write_v2_query, write_v2_report
from fyke.layers.tables import table
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")

UNREACHABLE, TOO_BIG, TIME_EXCEEDED, PARAMETER_PROBLEM = 1, 2, 3, 4
ECHO, ECHO_REPLY = 128, 129
LISTENER_QUERY, LISTENER_REPORT, LISTENER_DONE = 130, 131, 132
ROUTER_SOLICIT, ROUTER_ADVERT, NEIGHBOR_SOLICIT, NEIGHBOR_ADVERT = 133, 134, 135, 136
REDIRECT, RENUMBERING, NODE_QUERY, NODE_REPLY = 137, 138, 139, 140
INVERSE_SOLICIT, INVERSE_ADVERT, LISTENER_REPORT_V2 = 141, 142, 143
HOME_AGENT_REQUEST, HOME_AGENT_REPLY, PREFIX_SOLICIT, PREFIX_ADVERT = 144, 145, 146, 147
RPL, EXTENDED_ECHO, EXTENDED_ECHO_REPLY = 155, 160, 161

TYPE_NAMES = {
    UNREACHABLE: b"destination unreachable", TOO_BIG: b"packet too big",
    TIME_EXCEEDED: b"time exceeded in-transit", PARAMETER_PROBLEM: b"parameter problem",
    ECHO: b"echo request", ECHO_REPLY: b"echo reply",
    LISTENER_QUERY: b"multicast listener query",
    LISTENER_REPORT: b"multicast listener report", LISTENER_DONE: b"multicast listener done",
    ROUTER_SOLICIT: b"router solicitation", ROUTER_ADVERT: b"router advertisement",
    NEIGHBOR_SOLICIT: b"neighbor solicitation", NEIGHBOR_ADVERT: b"neighbor advertisement",
    REDIRECT: b"redirect", RENUMBERING: b"router renumbering",
    NODE_QUERY: b"node information query", NODE_REPLY: b"node information reply",
    INVERSE_SOLICIT: b"inverse neighbor solicitation",
    INVERSE_ADVERT: b"inverse neighbor advertisement",
    LISTENER_REPORT_V2: b"multicast listener report v2",
    HOME_AGENT_REQUEST: b"ha discovery request", HOME_AGENT_REPLY: b"ha discovery reply",
    PREFIX_SOLICIT: b"mobile router solicitation", PREFIX_ADVERT: b"mobile router advertisement",
    RPL: b"RPL", EXTENDED_ECHO: b"extended echo request",
    EXTENDED_ECHO_REPLY: b"extended echo reply", 200: b"mtrace response", 201: b"mtrace message",
}
UNREACHABLE_NAMES = {
    0: b"unreachable route", 1: b" unreachable prohibited", 2: b"beyond scope",
    3: b"unreachable address", 4: b"unreachable port",
}
PROBLEM_NAMES = {0: b"erroneous", 1: b"next header", 2: b"option", 3: b"incomplete header chain"}
#: Messages whose length stands before the details with -v.
LENGTH_FIRST = frozenset({ROUTER_SOLICIT, ROUTER_ADVERT, NEIGHBOR_SOLICIT, NEIGHBOR_ADVERT,
                          REDIRECT, HOME_AGENT_REPLY, PREFIX_ADVERT})
ROUTER_FLAGS = ((0x80, b"managed"), (0x40, b"other stateful"), (0x20, b"home agent"),
                (0x02, b"ipv6 only"))
NEIGHBOR_FLAGS = ((0x80000000, b"router"), (0x40000000, b"solicited"), (0x20000000, b"override"))


#: How many octets stand before the options of neighbour discovery (RFC 4861 §4).
OPTIONS_AT = {ROUTER_SOLICIT: 8, ROUTER_ADVERT: 16, NEIGHBOR_SOLICIT: 24, NEIGHBOR_ADVERT: 24,
              REDIRECT: 40, INVERSE_SOLICIT: 8, INVERSE_ADVERT: 8, PREFIX_ADVERT: 8}
TARGETED = (NEIGHBOR_SOLICIT, NEIGHBOR_ADVERT, REDIRECT)
LISTENING = (LISTENER_QUERY, LISTENER_REPORT, LISTENER_DONE)


def address_of(at: int, *kinds: int) -> Any:
    """The IPv6 address at an offset of messages of some types: a function for Made."""
    def where(message: Any) -> int:
        return message.off + at if message.pkt.u8(message.off) in kinds else -1

    def read(message: Any) -> Any:
        off = where(message)
        return None if off < 0 else message.pkt.raw(off, 16)
    return settable(read, where)


def neighbour_flags(message: Any) -> Any:
    kind = message.pkt.u8(message.off)
    if kind == NEIGHBOR_ADVERT:
        return message.pkt.u8(message.off + 4)
    return message.pkt.u8(message.off + 5) if kind == ROUTER_ADVERT else None


def discovery_options(message: Any) -> Any:
    """The options of neighbour discovery, None for other messages."""
    at = OPTIONS_AT.get(message.pkt.u8(message.off))
    if at is None:
        return None
    return options_of(message.pkt, message.off + at, message.off + message.size)


class Icmp6(IcmpMessage):
    """An ICMPv6 message, neighbour discovery and listener discovery included."""

    __slots__ = ()

    name = "icmp6"
    tag = b"icmp6"

    id = Made("u16", only("id", 2, 4, ECHO, ECHO_REPLY), "identifier of an echo message")
    seq = Made("u16", only("seq", 2, 6, ECHO, ECHO_REPLY), "sequence number of the same")
    mtu = Made("u32", only("mtu", 4, 4, TOO_BIG), "MTU of the next hop", unit="bytes")
    pointer = Made("u32", only("pointer", 4, 4, PARAMETER_PROBLEM), "byte that is wrong")
    target = Made("ipv6", address_of(8, *TARGETED), "address asked for, told or redirected to")
    destination = Made("ipv6", address_of(24, REDIRECT), "whom the redirect is about")
    flags = Made("u8", neighbour_flags, "flags of a neighbour (router, solicited, override) or "
                                        "router (managed, other …) advertisement")
    hop_limit = Made("u8", only("hop_limit", 1, 4, ROUTER_ADVERT), "hop limit for hosts")
    lifetime = Made("u16", only("lifetime", 2, 6, ROUTER_ADVERT),
                    "how long this router is a default router", unit="s")
    reachable_time = Made("u32", only("reachable_time", 4, 8, ROUTER_ADVERT),
                          "how long a neighbour counts as reachable", unit="ms")
    retransmit_time = Made("u32", only("retransmit_time", 4, 12, ROUTER_ADVERT),
                           "time between solicitations", unit="ms")
    max_response = Made("u16", only("max_response", 2, 4, *LISTENING),
                        "maximum response delay code of a listener query", unit="ms")
    group = Made("ipv6", address_of(8, *LISTENING), "multicast address of a listener message")
    options = Listed(discovery_options, "options of neighbour discovery", keyed=True)

    def find_inner(self, pkt: Record, off: int) -> None:
        if self.kind in (UNREACHABLE, TOO_BIG, TIME_EXCEEDED, PARAMETER_PROBLEM) and pkt.has(
                off + 8, 4) and self.size > 8:
            self.next = ETHERTYPES.find(0x86DD)
            self.payload_off = off + 8
            self.payload_length = self.size - 8

    def write(self, line: Line) -> None:
        pkt = self.pkt
        length = self.size
        line.stop()  # the datagram of an error is a layer, but no text
        if length == 0:
            line.put(b"ICMP6, length 0 (invalid)")
            return
        pkt.u8(self.off)
        if line.style.verbose:
            self.write_checksum(line, pkt)
        kind = self.kind
        line.put(b"ICMP6, ")
        line.put(TYPE_NAMES.get(kind) or b"unknown icmp6 type (%d)" % kind)
        if line.style.verbose and kind in LENGTH_FIRST:
            line.put(b", length ")
            line.uint(length)
        if self.write_message(line, pkt, self.off) and not line.style.verbose:
            line.put(b", length ")
            line.uint(length)

    def write_checksum(self, line: Line, pkt: Record) -> None:
        if not isinstance(self.below, IP):
            return
        below = self.below
        if below.fragment or not pkt.has(self.off, self.size):
            return
        start = below.pseudo_sum(58, self.size)
        total = pkt.sum16(self.off, self.size, start)
        if total == 0xFFFF:
            line.put(b"[icmp6 sum ok] ")
        else:
            line.put(b"[bad icmp6 cksum 0x%04x -> 0x%04x!] " % (
                pkt.u16(self.off + 2), should_be(pkt.u16(self.off + 2), total)))

    def write_message(self, line: Line, pkt: Record, off: int) -> bool:
        """What the message says; False if its length is not to follow."""
        kind = self.kind
        pkt.u8(off + 1)  # without its code a message says nothing but its type
        if kind in (ECHO, ECHO_REPLY):
            number = pkt.u16(off + 6)  # both, or neither is told
            line.put(b", id ")
            line.uint(pkt.u16(off + 4))
            line.put(b", seq ")
            line.uint(number)
        elif kind == NEIGHBOR_SOLICIT:
            pkt.u64(off + 16)  # the whole address, or nothing is said
            line.put(b", who has ")
            line.host6(pkt, off + 8)
            if line.style.verbose:
                write_options(line, pkt, off + 24, self.size - 24)
        elif kind == NEIGHBOR_ADVERT:
            line.put(b", tgt is ")
            line.host6(pkt, off + 8)
            if line.style.verbose:
                line.put(b", Flags [%s]" % bit_words(NEIGHBOR_FLAGS, pkt.u32(off + 4)))
                write_options(line, pkt, off + 24, self.size - 24)
        elif kind < 128:
            return self.write_error(line, pkt, off)
        else:
            return self.write_other(line, pkt, off)
        return True

    def write_error(self, line: Line, pkt: Record, off: int) -> bool:
        """An error message and the datagram that it is about."""
        kind = self.kind
        code = pkt.u8(self.off + 1)
        if kind == UNREACHABLE:
            return self.write_unreachable(line, pkt, off + 8)
        if kind == TOO_BIG:
            line.put(b", mtu %d" % pkt.u32(off + 4))
        elif kind == TIME_EXCEEDED:
            if code == 0:
                line.put(b" for ")
                line.host6(pkt, off + 32)
            elif code == 1:
                line.put(b" (reassembly)")
            else:
                line.put(b", unknown code (%d)" % code)
        elif kind == PARAMETER_PROBLEM:
            name = PROBLEM_NAMES.get(code)
            if name is not None:
                line.put(b", %s - octet %d" % (name, pkt.u32(off + 4)))
            else:
                line.put(b", code-#%d" % code)
        else:
            return self.write_unknown(line, pkt, off)
        return True

    def write_unknown(self, line: Line, pkt: Record, off: int) -> bool:
        line.put(b", length %d" % self.size)
        if line.style.verbose <= 1:
            print_unknown_data(line, pkt, off, b"\n\t", self.size)
        return False

    def write_unreachable(self, line: Line, pkt: Record, inner: int) -> bool:
        """Whom the datagram at ``inner`` did not reach, and why."""
        code = pkt.u8(self.off + 1)
        line.put(b", ")
        line.put(UNREACHABLE_NAMES.get(code) or b"unknown unreach code (%d)" % code)
        if code in (0, 1, 2, 3):
            pkt.u64(inner + 32)
        if code in (0, 1, 3):
            line.char(32)
            line.host6(pkt, inner + 24)
        elif code == 2:
            line.char(32)
            line.host6(pkt, inner + 24)
            line.put(b", source address ")
            line.host6(pkt, inner + 8)
        elif code == 4:
            write_port(line, pkt, inner)
        elif line.style.verbose <= 1:
            print_unknown_data(line, pkt, self.off, b"\n\t", self.size)
            return False
        return True

    def write_other(self, line: Line, pkt: Record, off: int) -> bool:
        """An informational message."""
        kind = self.kind
        length = self.size
        if kind == LISTENER_QUERY:
            if length == 24:
                write_listener(line, pkt, off)
            elif length >= 28:
                line.put(b" v2")
                write_v2_query(line, pkt, off, length)
            else:
                line.put(b" unknown-version (len %d) " % length)
        elif kind in (LISTENER_REPORT, LISTENER_DONE):
            write_listener(line, pkt, off)
        elif kind == LISTENER_REPORT_V2:
            write_v2_report(line, pkt, off, length)
        elif kind == ROUTER_SOLICIT:
            if line.style.verbose:
                write_options(line, pkt, off + 8, length - 8)
        elif kind == ROUTER_ADVERT:
            if line.style.verbose:
                self.write_router(line, pkt, off)
        elif kind == REDIRECT:
            line.put(b", ")
            line.host6(pkt, off + 24)
            line.put(b" to ")
            line.host6(pkt, off + 8)
            if line.style.verbose:
                write_options(line, pkt, off + 40, length - 40)
        elif kind == RENUMBERING:
            try:
                write_renumbering(line, pkt, off)
            except Truncated:
                line.put(b" [|icmp6]")
        elif kind in (NODE_QUERY, NODE_REPLY):
            write_node_information(line, pkt, off, length, kind == NODE_QUERY)
        elif kind in (HOME_AGENT_REQUEST, HOME_AGENT_REPLY, PREFIX_SOLICIT, PREFIX_ADVERT):
            self.write_mobile(line, pkt, off)
        elif kind == RPL:
            write_rpl(line, pkt, off, length)
        elif kind in (EXTENDED_ECHO, EXTENDED_ECHO_REPLY):
            line.put(b", id %d, seq %d" % (pkt.u16(off + 4), pkt.u8(off + 6)))
            if line.style.verbose:
                write_extended_echo(line, pkt, off, length, kind == EXTENDED_ECHO)
        elif kind != INVERSE_SOLICIT and kind != INVERSE_ADVERT:
            return self.write_unknown(line, pkt, off)
        return True

    def write_router(self, line: Line, pkt: Record, off: int) -> None:
        """A router advertisement (RFC 4861 §4.2)."""
        flags = pkt.u8(off + 5)
        retransmit = pkt.u32(off + 12)
        line.put(b"\n\thop limit %d, Flags [%s], pref %s, router lifetime %ds, "
                 b"reachable time %dms, retrans timer %dms" % (
                     pkt.u8(off + 4), bit_words(ROUTER_FLAGS, flags),
                     PREFERENCES[flags >> 3 & 3], pkt.u16(off + 6), pkt.u32(off + 8), retransmit))
        write_options(line, pkt, off + 16, self.size - 16)

    def write_mobile(self, line: Line, pkt: Record, off: int) -> None:
        """Home agent and mobile prefix discovery (RFC 6275 §6.5 to §6.8)."""
        kind = self.kind
        if kind in (HOME_AGENT_REQUEST, PREFIX_SOLICIT):
            line.put(b", id 0x%04x" % pkt.u16(off + 4))
        elif line.style.verbose:
            line.put(b", id 0x%04x" % pkt.u16(off + 4))
            if kind == HOME_AGENT_REPLY:
                for at in range(off + 8, min(off + self.size, pkt.end), 16):
                    pkt.raw(at, 16)
                    line.put(b", ")
                    line.host6(pkt, at)
                return
            flags = pkt.u8(off + 6)
            if flags & 0xC0:
                line.char(32)
            if flags & 0x80:
                line.char(77)
            if flags & 0x40:
                line.char(79)
            write_options(line, pkt, off + 8, self.size - 8)


def write_port(line: Line, pkt: Record, inner: int) -> None:
    """The port that nobody listened on."""
    proto = pkt.u8(inner + 6)
    at = inner + 40
    while proto not in (6, 17):
        if proto in (0, 43, 60):
            size = (pkt.u8(at + 1) + 1) << 3
        elif proto == 44:
            if pkt.u16(at + 2) & 0xFFF8:
                raise Truncated
            size = 8
        elif proto == 51:
            size = (pkt.u8(at + 1) + 2) << 2
        else:
            raise Truncated
        proto = pkt.u8(at)
        at += size
    port = pkt.u16(at + 2)
    line.put(b", ")
    line.host6(pkt, inner + 24)
    if proto == 6:
        line.put(b" tcp port ")
        line.port("tcp", port)
    else:
        line.put(b" udp port ")
        line.port("udp", port)
