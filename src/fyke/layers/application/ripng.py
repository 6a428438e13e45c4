"""RIP for IPv6 (RFC 2080); tcpdump: print-ripng.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import MOST
from fyke.layers.fields import U8, Listed, Options
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH, ENTRY_LENGTH = 4, 20
REQUEST, RESPONSE = 1, 2
COMMAND_NAMES = {REQUEST: b"req", RESPONSE: b"resp"}
VERSION = 1
INFINITY = 16  # the metric of what cannot be reached


class Route(NamedTuple):
    """An entry; its metric is 255 where the prefix is the next hop of those that follow."""

    prefix: str
    length: int
    tag: int
    metric: int


def routes_of(rip: RipNg) -> Options:
    found, pkt = Options(), rip.pkt
    at, stop = rip.off + HEADER_LENGTH, rip.off + rip.size
    try:
        while stop - at >= ENTRY_LENGTH and len(found) < MOST:
            found.append(Route(address(pkt.raw(at, 16)), pkt.u8(at + 18), pkt.u16(at + 16),
                               pkt.u8(at + 19)))
            at += ENTRY_LENGTH
        found.cut = at != stop
    except Truncated:
        found.cut = True
    return found


class RipNg(Layer):
    """A command and its routes."""

    __slots__ = ()

    name = "ripng"
    tag = b"ripng"

    command = U8(0, "1 request, 2 response")
    version = U8(1)
    routes = Listed(routes_of, "route table entries (RFC 2080 §2.1)")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size >= HEADER_LENGTH:
            pkt.u16(off)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        line.put(b"ripng")
        if self.size < HEADER_LENGTH:
            line.put(b" [length %d < %d]" % (self.size, HEADER_LENGTH) + INVALID)
            return
        if self.short:
            raise Truncated
        if self.version != VERSION:
            line.put(b" [version %d, must be %d]" % (self.version, VERSION) + INVALID)
            return
        size = self.size - HEADER_LENGTH
        name = COMMAND_NAMES.get(self.command)
        if name is None:
            line.put(b"-%d ?? %d" % (self.command, self.size) + INVALID)
            return
        off = self.off + HEADER_LENGTH
        if self.command == REQUEST and size == ENTRY_LENGTH and pkt.u8(off + 19) == INFINITY \
                and not any(pkt.raw(off, 16)):
            line.put(b"-req dump")
            return
        count = size // ENTRY_LENGTH
        line.put(b"-%s %d" % (name, count))
        if size % ENTRY_LENGTH:
            line.put(b"[%d]" % self.size)
        line.put(b":")
        for at in range(off, off + count * ENTRY_LENGTH, ENTRY_LENGTH):
            line.put(b"\n\t" if line.style.verbose > 1 else b" ")
            if not pkt.has(at, ENTRY_LENGTH):
                raise Truncated
            write_entry(line, pkt, at)
            if self.command == RESPONSE and pkt.u8(at + 19):
                line.put(b" (%d)" % pkt.u8(at + 19))
        if size % ENTRY_LENGTH:
            line.put(INVALID)


def write_entry(line: Line, pkt: Record, off: int) -> None:
    """A prefix, and its tag if it has one."""
    line.host6(pkt, off)
    line.put(b"/%d" % pkt.u8(off + 18))
    tag = pkt.u16(off + 16)
    if tag:
        line.put(b" [%d]" % tag)
