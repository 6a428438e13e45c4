"""Exterior Gateway Protocol (RFC 904); tcpdump: print-egp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import MOST, Malformed
from fyke.layers.fields import U8, U16, Listed, Made, Options, Renamed
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 16  # octets, the source network included
VERSION = 2
UPDATE, POLL, ACQUIRE, REACH, ERROR = 1, 2, 3, 5, 8  # types
TYPE_NAMES = {UPDATE: b"update", POLL: b"poll", ACQUIRE: b"acquire", REACH: b"reach",
              ERROR: b"error"}
CONFIRM = 1
UNSOLICITED = 0x80  # in an update's status

ACQUIRE_CODES = (b"request", b"confirm", b"refuse", b"cease", b"cease_ack")
ACQUIRE_STATUS = (b"unspecified", b"active_mode", b"passive_mode", b"insufficient_resources",
                  b"administratively_prohibited", b"going_down", b"parameter_violation",
                  b"protocol_violation")
#: The status that means something in a request or confirmation, and in the other codes.
ASKED, ENDED = (0, 1, 2), (0, 3, 4, 5, 6, 7)
REACH_CODES = (b"hello", b"i-h-u")
STATES = (b"indeterminate", b"up", b"down")
REASONS = (b"unspecified", b"bad_EGP_header_format", b"bad_EGP_data_field_format",
           b"reachability_info_unavailable", b"excessive_polling_rate", b"no_response",
           b"unsupported_version")


class Distance(NamedTuple):
    """Networks that a gateway reaches, all over the same distance."""

    internal: bool  #: the gateway is of the sender's own system
    gateway: str
    distance: int
    networks: list[str]


def of(*kinds: int) -> Callable[[Callable[[Egp], Any]], Callable[[Egp], Any]]:
    """A field that only these types of message have."""
    return lambda read: lambda egp: read(egp) if egp.type in kinds else None


class Egp(Layer):
    """A message between neighbors of two autonomous systems."""

    __slots__ = ()

    name = "egp"
    tag = b"egp"

    version = U8(0, "version of the protocol")
    type = U8(1, "type of message", names=as_text(TYPE_NAMES))
    code = U8(2, "which of this type")
    status = U8(3, "state of the sender")
    checksum = U16(4, "checksum over the message")
    asn = U16(6, "the sender's autonomous system")
    seq = U16(8, "sequence number")
    autonomous_system = Renamed("asn")
    sequence = Renamed("seq")
    hello_interval = Made("u16", of(ACQUIRE)(lambda egp: egp.pkt.u16(egp.off + 10)),
                          "least time between hellos", unit="s")
    poll_interval = Made("u16", of(ACQUIRE)(lambda egp: egp.pkt.u16(egp.off + 12)),
                         "least time between polls", unit="s")
    reason = Made("u16", of(ERROR)(lambda egp: egp.pkt.u16(egp.off + 10)), "what is wrong",
                  names={code: name.decode() for code, name in enumerate(REASONS)})
    network = Made("ipv4", of(UPDATE, POLL)(lambda egp: egp.pkt.u32(egp.off + 12)),
                   "the network that the ends share")
    distances = Listed(lambda egp: distances_of(egp), "networks and how far they are (update)")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 8)  # says whether the header is short

    def write(self, line: Line) -> None:
        line.put(b"EGP")
        if self.size < HEADER_LENGTH:
            line.put(b" [length %d < %d]" % (self.size, HEADER_LENGTH) + INVALID)
            return
        if self.version != VERSION:
            line.put(b" [version %d != %d]" % (self.version, VERSION) + INVALID)
            return
        self.pkt.raw(self.off, HEADER_LENGTH)
        line.put(b"v%d" % self.version)
        if not line.style.verbose:
            line.put(b", length %d" % self.size)
            return
        line.put(b", AS %d, seq %d, length %d" % (self.asn, self.seq, self.size))
        kind = self.type
        line.put(b", %s" % named(TYPE_NAMES, kind, b"[type %d]"))
        if kind == ACQUIRE:
            self.write_acquire(line)
        elif kind == REACH:
            self.write_reach(line)
        elif kind == POLL:
            self.write_state(line, self.status)
            line.put(b" net:")
            line.host4(self.pkt.u32(self.off + 12))
        elif kind == UPDATE:
            self.write_update(line)
        elif kind == ERROR:
            self.write_state(line, self.status)
            reason = self.pkt.u16(self.off + 10)
            line.put(b" %s" % REASONS[reason] if reason < len(REASONS)
                     else b" [reason %d]" % reason)

    def write_state(self, line: Line, status: int) -> None:
        line.put(b" state:%s" % STATES[status] if status < len(STATES)
                 else b" state:%d" % status)

    def write_acquire(self, line: Line) -> None:
        """Becoming neighbors, or no longer."""
        code, status = self.code, self.status
        if code >= len(ACQUIRE_CODES):
            line.put(b" [code %d]" % code)
            return
        line.put(b" %s" % ACQUIRE_CODES[code])
        asked = code <= CONFIRM
        if status in (ASKED if asked else ENDED):
            line.put(b" %s" % ACQUIRE_STATUS[status])
        else:
            line.put(b"%s[status %d]" % (b" " if asked else b"", status))
        if asked:
            line.put(b" hello:%d poll:%d" % (self.pkt.u16(self.off + 10),
                                             self.pkt.u16(self.off + 12)))

    def write_reach(self, line: Line) -> None:
        code = self.code
        if code < len(REACH_CODES):
            line.put(b" %s" % REACH_CODES[code])
            self.write_state(line, self.status)
        else:
            line.put(b" [reach code %d]" % code)

    def write_update(self, line: Line) -> None:
        """Which networks are reached through which gateways, by distance."""
        pkt = self.pkt
        network = pkt.u32(self.off + 12)
        inner, outer = pkt.u8(self.off + 10), pkt.u8(self.off + 11)
        if self.status & UNSOLICITED:
            line.put(b" unsolicited")
        self.write_state(line, self.status & ~UNSOLICITED)
        line.put(b" ")
        line.host4(network)
        line.put(b" int %d ext %d" % (inner, outer))
        at = Cursor(pkt, self.off + HEADER_LENGTH, self.off + self.size)
        size = class_size(network >> 24)
        prefix = network >> 8 * (4 - size) << 8 * (4 - size)
        try:
            for i in range(inner + outer):
                at.need(4 - size)
                gateway = prefix | at.number(4 - size) if size else 0
                distances = at.number(1)
                line.put(b" int " if i < inner else b" ext ")
                line.host4(gateway)
                line.put(b" (")
                write_distances(line, at, distances)
                line.put(b")")
        except Malformed as lack:
            line.put(b" [%s]" % str(lack).encode() + INVALID)


class Cursor:
    """A place in the packet that moves on with what is read; Malformed at the message's end."""

    __slots__ = ("at", "pkt", "stop")

    def __init__(self, pkt: Record, at: int, stop: int) -> None:
        self.pkt = pkt
        self.at = at
        self.stop = stop

    def number(self, size: int) -> int:
        """The next ``size`` octets."""
        self.need(size)
        at = self.at
        self.at += size
        return int.from_bytes(self.pkt.raw(at, size), "big")

    def need(self, size: int) -> None:
        """The message has so many octets more."""
        if self.stop - self.at < size:
            raise Malformed(f"length {self.stop - self.at} < {size}")


def class_size(first: int) -> int:
    """Octets of network number in an address whose first octet is ``first``; 0 for none."""
    return 1 if first < 128 else 2 if first < 192 else 3 if first < 224 else 0


def write_distances(line: Line, at: Cursor, distances: int) -> None:
    for i in range(distances):
        at.need(2)
        distance, networks = at.number(1), at.number(1)
        line.put(b"%sd%d:" % (b", " if i else b"", distance))
        for _ in range(networks):
            network = read_network(at)
            line.char(32)
            line.host4(network)


def distances_of(egp: Egp) -> Options | None:
    """An update's networks, as far as captured (RFC 904 appendix A.4)."""
    if egp.type != UPDATE:
        return None
    pkt = egp.pkt
    found = Options()
    network = pkt.u32(egp.off + 12)
    inner, outer = pkt.u8(egp.off + 10), pkt.u8(egp.off + 11)
    size = class_size(network >> 24)
    prefix = network >> 8 * (4 - size) << 8 * (4 - size)
    at = Cursor(pkt, egp.off + HEADER_LENGTH, egp.off + egp.size)
    try:
        for i in range(inner + outer):
            gateway = prefix | at.number(4 - size) if size else 0
            for _ in range(at.number(1)):
                distance = at.number(1)
                networks = [address(read_network(at)) for _ in range(at.number(1))]
                found.append(Distance(i < inner, address(gateway), distance, networks))
                if len(found) >= MOST:
                    raise Truncated
    except (Malformed, Truncated):
        found.cut = True
    return found


def read_network(at: Cursor) -> int:
    """A network number: only the octets that its class has."""
    first = at.number(1)
    size = class_size(first) or 3
    return first << 24 | (at.number(size - 1) if size > 1 else 0) << 8 * (4 - size)
