"""Exterior Gateway Protocol (RFC 904); tcpdump: print-egp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 16  # octets, the source network included
VERSION = 2
UPDATE, POLL, ACQUIRE, REACH, ERROR = 1, 2, 3, 5, 8  # types
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


class Egp(Layer):
    """A message between neighbors of two autonomous systems."""

    __slots__ = ("autonomous_system", "checksum", "code", "sequence", "status", "type", "version")

    version: int
    type: int
    code: int  #: what kind of ``type`` it is
    status: int
    checksum: int
    autonomous_system: int  #: the sender's
    sequence: int

    name = "egp"
    tag = b"egp"
    fields = ("version", "type", "code", "status", "checksum", "autonomous_system", "sequence")

    def clear(self) -> None:
        self.version = self.type = self.code = self.status = self.checksum = 0
        self.autonomous_system = self.sequence = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.version = pkt.u8(off)
        self.type = pkt.u8(off + 1)
        self.code = pkt.u8(off + 2)
        self.status = pkt.u8(off + 3)
        self.checksum = pkt.u16(off + 4)
        self.autonomous_system = pkt.u16(off + 6)
        self.sequence = pkt.u16(off + 8)

    def write(self, line: Line) -> None:
        if self.size < HEADER_LENGTH or not self.pkt.has(self.off, HEADER_LENGTH):
            raise Truncated
        if not line.style.verbose:
            line.put(b"EGPv%d, AS %d, seq %d, length %d" % (
                self.version, self.autonomous_system, self.sequence, self.size))
            return
        line.put(b"EGPv%d, length %d" % (self.version, self.size))
        if self.version != VERSION:
            line.put(b"[version %d]" % self.version)
        elif self.type == ACQUIRE:
            self.write_acquire(line)
        elif self.type == REACH:
            self.write_reach(line)
        elif self.type == POLL:
            line.put(b" poll")
            self.write_state(line, self.status)
            line.put(b" net:")
            line.host4(self.pkt.u32(self.off + 12))
        elif self.type == UPDATE:
            self.write_update(line)
        elif self.type == ERROR:
            line.put(b" error")
            self.write_state(line, self.status)
            reason = self.pkt.u16(self.off + 10)
            line.put(b" %s" % REASONS[reason] if reason < len(REASONS)
                     else b" [reason %d]" % reason)
        else:
            line.put(b"[type %d]" % self.type)

    def write_state(self, line: Line, status: int) -> None:
        line.put(b" state:%s" % STATES[status] if status < len(STATES)
                 else b" [status %d]" % status)

    def write_acquire(self, line: Line) -> None:
        """Becoming neighbors, or no longer."""
        line.put(b" acquire")
        if self.code >= len(ACQUIRE_CODES):
            line.put(b"[code %d]" % self.code)
            return
        line.put(b" %s" % ACQUIRE_CODES[self.code])
        asked = self.code <= CONFIRM
        if self.status in (ASKED if asked else ENDED):
            line.put(b" %s" % ACQUIRE_STATUS[self.status])
        else:
            line.put(b"%s[status %d]" % (b" " if asked else b"", self.status))
        if asked:
            line.put(b" hello:%d poll:%d" % (self.pkt.u16(self.off + 10),
                                             self.pkt.u16(self.off + 12)))

    def write_reach(self, line: Line) -> None:
        if self.code < len(REACH_CODES):
            line.put(b" %s" % REACH_CODES[self.code])
            self.write_state(line, self.status)
        else:
            line.put(b"[reach code %d]" % self.code)

    def write_update(self, line: Line) -> None:
        """Which networks are reached through which gateways, by distance."""
        pkt = self.pkt
        network = pkt.u32(self.off + 12)
        inner, outer = pkt.u8(self.off + 10), pkt.u8(self.off + 11)
        line.put(b" update")
        if self.status & UNSOLICITED:
            line.put(b" unsolicited")
        self.write_state(line, self.status & ~UNSOLICITED)
        line.put(b" ")
        line.host4(network)
        line.put(b" int %d ext %d" % (inner, outer))
        at = Cursor(pkt, self.off + HEADER_LENGTH, self.off + self.size)
        size = class_size(network >> 24)
        prefix = network >> 8 * (4 - size) << 8 * (4 - size)
        for i in range(inner + outer):
            gateway = prefix | at.number(4 - size) if size else 0
            distances = at.number(1)
            line.put(b" int " if i < inner else b" ext ")
            line.host4(gateway)
            line.put(b" (")
            write_distances(line, at, distances)
            line.put(b")")


class Cursor:
    """A place in the packet that moves on with what is read; Truncated at the end."""

    __slots__ = ("at", "pkt", "stop")

    def __init__(self, pkt: Record, at: int, stop: int) -> None:
        self.pkt = pkt
        self.at = at
        self.stop = stop

    def number(self, size: int) -> int:
        """The next ``size`` octets."""
        at = self.at
        self.skip(size)
        return int.from_bytes(self.pkt.raw(at, size), "big")

    def skip(self, size: int) -> None:
        if self.stop - self.at < size:
            raise Truncated
        self.at += size


def class_size(first: int) -> int:
    """Octets of network number in an address whose first octet is ``first``; 0 for none."""
    return 1 if first < 128 else 2 if first < 192 else 3 if first < 224 else 0


def write_distances(line: Line, at: Cursor, distances: int) -> None:
    for i in range(distances):
        distance, networks = at.number(1), at.number(1)
        line.put(b"%sd%d:" % (b", " if i else b"", distance))
        for _ in range(networks):
            first = at.number(1)
            size = class_size(first) or 3
            rest = at.number(size - 1) if size > 1 else 0
            line.char(32)
            line.host4(first << 24 | rest << 8 * (4 - size))
