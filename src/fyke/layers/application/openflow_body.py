"""What the writers of all OpenFlow versions share; tcpdump: print-openflow.c."""

from __future__ import annotations

from fyke.hints import Callable, NamedTuple
from fyke.layers.application.openflow_names import EXPERIMENTERS
from fyke.layers.hexdump import hex_and_ascii_print
from fyke.layers.ouis import OUI_NAMES
from fyke.layers.words import INVALID, bit_words, named
from fyke.wire import Line, Record

HEADER_LENGTH = 8

Bits = tuple[tuple[int, bytes], ...]


class Wrong(Exception):
    """A length that cannot be; what the line says about it."""


class Body:
    """A place in a message, and the octets that are left of it or of a part of it."""

    __slots__ = ("at", "left", "line", "pkt")

    def __init__(self, line: Line, pkt: Record, at: int, left: int) -> None:
        self.line = line
        self.pkt = pkt
        self.at = at
        self.left = left

    def part(self, count: int) -> Body:
        """The next octets on their own."""
        return Body(self.line, self.pkt, self.at, count)

    def skip(self, count: int) -> None:
        self.at += count
        self.left -= count

    def pad(self, count: int) -> None:
        """Past octets that must have been captured."""
        self.pkt.raw(self.at, count)
        self.skip(count)

    def u8(self) -> int:
        value = self.pkt.u8(self.at)
        self.skip(1)
        return value

    def u16(self) -> int:
        value = self.pkt.u16(self.at)
        self.skip(2)
        return value

    def u32(self) -> int:
        value = self.pkt.u32(self.at)
        self.skip(4)
        return value

    def u64(self) -> int:
        value = self.pkt.u64(self.at)
        self.skip(8)
        return value

    def ether(self) -> None:
        self.line.ether(self.pkt, self.at)
        self.skip(6)

    def host(self) -> None:
        self.line.host4(self.pkt.u32(self.at))
        self.skip(4)

    def text(self, label: bytes, size: int) -> None:
        """A text up to a zero octet, in quotes."""
        line = self.line
        line.put(label + b" '")
        have = min(size, max(self.pkt.end - self.at, 0))
        text, zero, _ = self.pkt.raw(self.at, have).partition(b"\0")
        line.escape(text)
        if not zero:
            self.pkt.raw(self.at, size)
        line.char(39)
        self.skip(size)

    def bitmap(self, label: bytes, names: Bits, assigned: int | None = None) -> None:
        """Four octets of flags."""
        value = self.u32()
        self.line.put(b"%s 0x%08x" % (label, value))
        write_bits(self.line, names, value, assigned)

    def data(self) -> None:
        """The rest as octets, with -vv."""
        if self.left:
            self.line.put(b"\n\t data (%d octets)" % self.left)
            if self.line.style.verbose > 1:
                have = self.pkt.end - self.at
                hex_and_ascii_print(self.line, self.pkt, self.at, min(self.left, have),
                                    b"\n\t  ")
            self.pkt.raw(self.at, self.left)

    def at_least(self, name: bytes, length: int, least: int) -> None:
        """Raises Wrong, as do the next two, if the length is."""
        if length < least:
            raise Wrong(b" [%s %d < %d]" % (name, length, least))

    def at_most(self, name: bytes, length: int, most: int) -> None:
        if length > most:
            raise Wrong(b" [%s %d > %d]" % (name, length, most))

    def exactly(self, name: bytes, length: int, right: int) -> None:
        if length != right:
            raise Wrong(b" [%s %d != %d]" % (name, length, right))


Writer = Callable[[Body], None]


class Message(NamedTuple):
    """How long a message's body must be, and who writes it."""

    write: Writer | None
    least: int = 0
    exact: bool = True


def write_bits(line: Line, names: Bits, value: int, assigned: int | None = None) -> None:
    """The names of the bits that are set; all that have names are assigned unless it is said."""
    if assigned is None:
        assigned = sum(bit for bit, _ in names)
    if value & assigned:
        line.put(b" (%s)" % bit_words(names, value, none=b""))
    if value & ~assigned:
        line.put(b" (bogus)")


def write_error(body: Body, kinds: dict[int, bytes], codes: dict[int, dict[int, bytes]]) -> None:
    kind = body.u16()
    body.line.put(b"\n\t type " + named(kinds, kind, b"invalid (0x%04x)"))
    body.line.put(b", code " + named(codes.get(kind, {}), body.u16(), b"invalid (0x%04x)"))
    body.data()


def vendor_name(vendor: int) -> bytes:
    return named(EXPERIMENTERS if vendor >> 24 else OUI_NAMES, vendor, b"unknown")


def write_guarded(write: Writer, body: Body) -> None:
    """Writes a part; when a length in it is wrong, says so and leaves out the rest of the part."""
    try:
        write(body)
    except Wrong as wrong:
        body.line.put(wrong.args[0] + INVALID)
        body.pkt.raw(body.at, body.left)
