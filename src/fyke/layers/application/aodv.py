"""Ad hoc On-Demand Distance Vector routing (RFC 3561); tcpdump: print-aodv.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.fields import U8, Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

REQUEST, REPLY, ERROR, ACKNOWLEDGMENT = 1, 2, 3, 4
TYPE_NAMES = {REQUEST: b"rreq", REPLY: b"rrep", ERROR: b"rerr", ACKNOWLEDGMENT: b"rrep-ack"}
HELLO = 1  # extension type


class Invalid(Exception):
    """A length that cannot be; the argument says which, in octets of text."""


class Unreachable(NamedTuple):
    """A destination that cannot be reached any more."""

    address: str
    sequence: int


def of(*kinds: int) -> Callable[[Callable[[Aodv], Any]], Callable[[Aodv], Any]]:
    """A field that only these types of message have."""
    return lambda read: lambda aodv: read(aodv) if aodv.type in kinds else None


def head(aodv: Aodv) -> int:
    """Where a request's or a reply's first address is."""
    return aodv.off + (8 if aodv.type == REQUEST else 4)


def address_at(aodv: Aodv, number: int) -> str:
    """The first or the second address: each has a number behind it."""
    size = aodv.address_length()
    return address(aodv.pkt.raw(head(aodv) + number * (size + 4), size))


def number_at(aodv: Aodv, number: int) -> int:
    size = aodv.address_length()
    return aodv.pkt.u32(head(aodv) + number * (size + 4) + size)


def hello_of(aodv: Aodv) -> int | None:
    """The interval in a hello extension (RFC 3561 §6.9)."""
    at = head(aodv) + 2 * (aodv.address_length() + 4)
    if aodv.off + aodv.size - at < 6 or aodv.pkt.u8(at) != HELLO:
        return None
    return aodv.pkt.u32(at + 2)


def unreachable_of(aodv: Aodv) -> Options | None:
    """An error's destinations, as many as it says and has."""
    if aodv.type != ERROR:
        return None
    found = Options()
    walk = Cursor(aodv.pkt, aodv.off + 4, aodv.off + aodv.size)
    size = aodv.address_length()
    try:
        for _ in range(min(aodv.pkt.u8(aodv.off + 3), MOST)):
            found.append(Unreachable(address(walk.raw(size)), walk.u32()))
    except (Malformed, Truncated):
        found.cut = True
    return found


class Aodv(Layer):
    """A message; addresses are those of the IP version that carries it."""

    __slots__ = ()

    name = "aodv"
    tag = b"aodv"

    type = U8(0, "of message", names={1: "route_request", 2: "route_reply", 3: "route_error",
                                     4: "acknowledgment"})
    hop_count = Made("u8", lambda aodv: aodv.pkt.u8(aodv.off + 3) if aodv.type in (1, 2)
                     else None, "of a request or reply")
    flags = U8(1, "of a request 0x80 J, 0x40 R, 0x20 G, 0x10 D, 0x08 U; of a reply 0x80 R, "
                  "0x40 A; of an error 0x80 N")
    id = Made("u32", of(REQUEST)(lambda aodv: aodv.pkt.u32(aodv.off + 4)), "of a request")
    prefix_size = Made("u8", of(REPLY)(lambda aodv: aodv.pkt.u8(aodv.off + 2) & 0x1F),
                       "of the network that a reply is for", unit="bits")
    destination = Made("text", of(REQUEST, REPLY)(lambda aodv: address_at(aodv, 0)),
                       "who is looked for")
    destination_sequence = Made("u32", of(REQUEST, REPLY)(lambda aodv: number_at(aodv, 0)))
    originator = Made("text", of(REQUEST, REPLY)(lambda aodv: address_at(aodv, 1)),
                      "who asked")
    originator_sequence = Made("u32", of(REQUEST)(lambda aodv: number_at(aodv, 1)))
    lifetime = Made("u32", of(REPLY)(lambda aodv: number_at(aodv, 1)), "of a route", unit="ms")
    hello_interval = Made("u32", of(REQUEST, REPLY)(hello_of), unit="ms")
    unreachable = Listed(unreachable_of, "an error's destinations")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off)

    def write(self, line: Line) -> None:
        line.put(b" aodv")
        kind = self.pkt.u8(self.off)
        line.put(b" " + named(TYPE_NAMES, kind, b"type %d"))
        try:
            if kind in (REQUEST, REPLY):
                self.write_route(line)
            elif kind == ERROR:
                self.write_error(line)
            else:
                line.put(b" %d" % self.size)
        except Invalid as fault:
            line.put(fault.args[0] + INVALID)

    def address_length(self) -> int:
        return 16 if self.below.below.version == 6 else 4

    def write_address(self, line: Line, at: int) -> None:
        if self.address_length() == 16:
            line.host6(self.pkt, at)
        else:
            line.host4(self.pkt.u32(at))

    def write_route(self, line: Line) -> None:
        """A request or a reply: two addresses, each with a number.

        tcpdump looks for the flags in the type, so that it never finds one.
        """
        pkt, off, size = self.pkt, self.off, self.address_length()
        request = self.type == REQUEST
        head = 8 if request else 4
        fixed = head + 2 * (size + 4)
        if self.size < fixed:
            raise Invalid(b" [message length %d < %d]" % (self.size, fixed))
        pkt.raw(off, fixed)
        line.put(b" %d " % self.size)
        if request:
            line.put(b" hops %d id 0x%08x\n\tdst " % (pkt.u8(off + 3), pkt.u32(off + 4)))
        else:
            line.put(b" prefix %d hops %d\n\tdst " % (pkt.u8(off + 2) & 0x1F, pkt.u8(off + 3)))
        at = off + head
        self.write_address(line, at)
        line.put(b" %s %d src " % (b"seq" if request else b"dseq", pkt.u32(at + size)))
        at += size + 4
        self.write_address(line, at)
        number = pkt.u32(at + size)
        line.put(b" seq %d" % number if request else b" %d ms" % number)
        if self.size - fixed >= 2:
            self.write_extension(line, off + fixed, self.size - fixed)

    def write_extension(self, line: Line, at: int, rest: int) -> None:
        kind, size = self.pkt.u8(at), self.pkt.u8(at + 1)
        if kind != HELLO:
            line.put(b"\n\text %d %d" % (kind, size))
            return
        if rest < 6:
            raise Invalid(b" [ext data length %d < 6]" % rest)
        if size < 4:
            raise Invalid(b"\n\text HELLO - bad length %d" % size)
        line.put(b"\n\text HELLO %d ms" % self.pkt.u32(at + 2))

    def write_error(self, line: Line) -> None:
        """Destinations that cannot be reached any more."""
        pkt, off, size = self.pkt, self.off, self.address_length()
        if self.size < 4:
            raise Invalid(b" [message length %d < 4]" % self.size)
        count = pkt.u8(off + 3)
        line.put(b" %s [items %d] [%d]:" % (
            b"[D]" if pkt.u8(off + 1) & 0x80 else b"", count, self.size))
        at, rest = off + 4, self.size - 4
        for _ in range(count):
            if rest < size + 4:
                raise Invalid(b" [remaining length %d < %d]" % (rest, size + 4))
            line.put(b" {")
            self.write_address(line, at)
            line.put(b"}(%d)" % pkt.u32(at + size))
            at += size + 4
            rest -= size + 4
