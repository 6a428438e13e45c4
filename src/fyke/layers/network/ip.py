"""What IPv4 and IPv6 have in common: addresses, the protocol above, the pseudo header."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.fields import U8, Bits
from fyke.layers.layer import Layer
from fyke.layers.network.protocols import (
    IANA_NAMES,
    IP_PROTO_NAMES,
    NETWORK_DISK,
    NO_NEXT_HEADER,
)
from fyke.layers.tables import table
from fyke.wire import Line, Record

AUTHENTICATION = 51
PROTOCOLS = table("ip.proto")  # above either version
PROTOCOLS4 = table("ip4.proto")  # above IPv4 only
PROTOCOLS6 = table("ip6.proto")  # above IPv6 only


class IP(Layer):
    """An IP header of either version, as the transport above sees it (``self.below``).

    What is above ``upper`` is looked up in "ip.proto", then in the table of its own version.
    """

    __slots__ = ("auth_off", "carries", "family", "first", "fragment", "upper")

    family: int  #: 4 or 6: which of the two this layer reads, whatever the version field says
    first: int  #: the protocol number in the fixed header
    upper: int  #: the protocol number of the payload, after any extension headers
    auth_off: int  #: where authentication headers begin, in octets; 0 if there are none
    fragment: bool  #: more fragments follow, or this is not the first
    carries: bool  #: a payload begins here that a layer can decode

    alias = "ip"

    version = Bits(0, 1, 0xF0, "version, 4 or 6")
    ttl = U8(8, "time to live")

    @property
    def src(self) -> Any:
        """The source address: a number in IPv4, 16 octets in IPv6."""
        raise NotImplementedError

    @property
    def dst(self) -> Any:
        """The destination address, as ``src``."""
        raise NotImplementedError

    def clear(self) -> None:
        self.first = self.upper = 0
        self.auth_off = 0
        self.fragment = self.carries = False

    def choose(self) -> None:
        """Find who decodes the payload; also of a fragment, whose payload it is not."""
        self.next = PROTOCOLS.find(self.upper)
        if self.next is None:
            self.next = (PROTOCOLS4 if self.family == 4 else PROTOCOLS6).find(self.upper)

    def skip_auth(self) -> None:
        """Step over authentication headers (RFC 4302) to the payload."""
        self.auth_off = self.payload_off
        while self.upper == AUTHENTICATION:
            if self.payload_length < 12 or not self.pkt.has(self.payload_off, 12):
                self.carries = False
                return
            size = auth_length(self.pkt, self.payload_off)
            self.upper = self.pkt.u8(self.payload_off)
            self.payload_off += size
            self.payload_length -= size
        if self.payload_length < 0:
            self.carries = False

    def write_auth(self, line: Line) -> bool:
        """The authentication headers; whether what follows them can be decoded."""
        pkt = self.pkt
        at = self.auth_off
        proto = AUTHENTICATION
        while proto == AUTHENTICATION:
            line.protocol = b"ah"
            proto = pkt.u8(at)
            size = auth_length(pkt, at)
            spi = pkt.u32(at + 4)
            line.put(b"AH(")
            if line.style.verbose:
                line.put(b"length=%d(%d-bytes)," % (pkt.u8(at + 1), size))
            reserved = pkt.u16(at + 2)
            if reserved:
                line.put(b"reserved=0x%x[MustBeZero]," % reserved)
            line.put(b"spi=0x%08x," % spi)
            line.put(b"seq=0x%x,icv=0x" % pkt.u32(at + 8))
            if size > 12:
                pkt.raw(at + 12, size - 12)
                line.hex_string(pkt, at + 12, size - 12)
            line.put(b"): ")
            at += size
        return self.carries

    def write_source(self, line: Line) -> None:
        """The source address, or its name."""

    def write_target(self, line: Line) -> None:
        """The destination address, or its name."""

    def pseudo_sum(self, proto: int, length: int) -> int:
        """The sum of the pseudo header (RFC 793, RFC 8200 §8.1), to start ``Record.sum16`` with."""
        raise NotImplementedError

    def write_hosts_now(self, line: Line) -> None:
        """``src > dst: ``."""
        self.write_source(line)
        line.put(b" > ")
        self.write_target(line)
        line.put(b": ")

    def write_hosts(self, line: Line) -> None:
        """``src > dst: ``, unless extension headers came between and it stands there already."""
        if self.first == self.upper:
            self.write_hosts_now(line)

    def write_ends(self, line: Line, transport: str, sport: int, dport: int) -> None:
        """``src.port > dst.port: ``; the ports alone if the addresses stand there already."""
        if self.first == self.upper:
            self.write_source(line)
            line.char(46)
            line.port(transport, sport)
            line.put(b" > ")
            self.write_target(line)
            line.char(46)
        else:
            line.port(transport, sport)
            line.put(b" > ")
        line.port(transport, dport)
        line.put(b": ")

    def follow(self) -> Layer | None:
        if not self.carries or self.next is None:
            return None
        return self.child(self.next, self.payload_off, self.payload_length)

    def write_unknown(self, line: Line) -> None:
        """What stands for a payload that no layer decodes; nothing if one does."""
        if self.next is not None:
            return
        proto = self.upper
        other = PROTOCOLS6 if self.family == 4 else PROTOCOLS4
        if other.find(proto) is not None:
            line.put(b"[%s requires IPv%d] (invalid)" % (
                IP_PROTO_NAMES.get(proto, b"unknown"), 6 if self.family == 4 else 4))
        elif proto == NO_NEXT_HEADER:
            line.put(b"no next header")
        elif proto == NETWORK_DISK:
            line.put(b" nd %d" % self.payload_length)
        else:
            write_proto(line, proto)
            line.put(b" %d" % self.payload_length)


def should_be(stated: int, total: int) -> int:
    """What a checksum field should hold, given the folded sum over the data that contains it.

    Over zeros only it is 0xffff, the complement of 0 (RFC 1071 §1).
    """
    value = stated + (total ^ 0xFFFF)
    return (value & 0xFFFF) + (value >> 16)


def has_ports(proto: int) -> bool:
    """Whether this transport writes the addresses itself, with its ports: TCP, UDP, DCCP, SCTP."""
    return proto == 6 or proto == 17 or proto == 33 or proto == 132


def auth_length(pkt: Record, at: int) -> int:
    """Octets of the authentication header at ``at`` (RFC 4302 §2.2), 8 at least."""
    return (pkt.u8(at + 1) + 2) << 2


def write_proto(line: Line, proto: int) -> None:
    """`` name`` of a protocol number, `` ip-proto-N`` with -n or without a name."""
    name = IANA_NAMES.get(proto) if line.style.numeric == 0 else None
    line.put(b" %s" % name if name else b" ip-proto-%d" % proto)


def write_short(line: Line, what: bytes, length: int, least: int) -> None:
    """`` [length 19 < 20] (invalid)``: a length field that cannot be."""
    line.put(b" [%s %d < %d] (invalid)" % (what, length, least))
