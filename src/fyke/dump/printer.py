"""One line of text (or more, with -v and -x) for each packet: the sink that prints."""

from __future__ import annotations

from fyke.dump.timestamps import Stamp
from fyke.hints import Any
from fyke.layers.associations import associations_of
from fyke.layers.hexdump import ascii_print, default_print, hex_and_ascii_print, hex_print
from fyke.layers.layer import Layer, write_packet
from fyke.layers.tables import read_rooms, table
from fyke.source import Sink
from fyke.wire import Line, Record

#: What libpcap takes for the longest packet there is (MAXIMUM_SNAPLEN).
MAXIMUM_SNAPLEN = 262144

#: Of the comments on one packet (pcapng), as many are shown, and as many characters of each.
MAX_COMMENTS = 32
MAX_COMMENT = 2000


class Printer(Sink):
    """Prints packets as tcpdump does, into anything with ``write`` and ``flush`` for bytes."""

    __slots__ = ("as_tcpdump", "ascii", "decode_as", "eager", "first", "first_type", "hex",
                 "hex_ascii", "lengths", "line", "links", "number", "numbered", "origins", "out",
                 "owners", "sampling", "stamp", "threshold", "utf8")

    first: Layer | None

    def __init__(self, out: Any, line: Line, stamp: Stamp) -> None:
        read_rooms()
        self.out = out
        self.line = line
        self.stamp = stamp
        self.number = 0
        self.sampling = 0
        self.numbered = False
        self.lengths = False
        self.eager = False  #: -l: write after each packet
        self.hex = 0  #: -x, 2 with the link-layer header
        self.hex_ascii = 0  #: -X
        self.ascii = 0  #: -A
        self.as_tcpdump = False  #: a packet whose lengths cannot be is not shown
        self.utf8 = False  #: -A shows what is UTF-8
        self.origins: Any = None  #: dump.origins, where several taps are to be told apart
        self.threshold = 1 << 16
        self.owners = None  #: writes whose the packet is (owners.Owners), or None
        self.links = table("link_type")
        self.first = None
        self.first_type = -1
        self.decode_as: str | None = None  #: -T

    def add(self, packet: Record) -> None:
        self.number += 1
        if self.sampling <= 1 or self.number % self.sampling == 0:
            self.text(packet)
            if self.eager or self.line.pos > self.threshold:
                self.flush()

    def text(self, packet: Record) -> None:
        """Write one packet's text, its new line included, to ``line``."""
        line = self.line
        line.begin()
        if self.numbered:
            if self.number < 10000:
                line.put(b"%5d  " % self.number)
            else:
                line.uint(self.number)
                line.put(b"  ")
        if self.lengths:
            line.put(b"caplen %d, len %d, " % (packet.caplen, packet.wirelen))
        if self.plausible(line, packet) or self.shows_implausible(line, packet):
            self.stamp.write(line, packet)
            start = line.pos
            if self.origins is not None:
                if self.owners is None:
                    line.put(self.origins.label(packet.interface))
                associations_of(line).kept["interfaces"] = self.origins.interfaces(
                    packet.interface)
            self.layers(line, packet)
            if self.owners is not None:
                self.owners.write(line, start, packet)
        if packet.meta is not None:
            self.comments(line, packet.meta)
        line.start = line.pos
        line.char(10)

    def comments(self, line: Line, meta: Any) -> None:
        """What people wrote about the packet into a pcapng file, a line each, escaped."""
        if not hasattr(meta, "first_comments"):
            return
        told, count = meta.first_comments(MAX_COMMENTS)
        if self.owners is not None:
            others = self.owners.besides(meta, told)
            count -= len(told) - len(others)
            told = others
        for words in told:
            line.start = line.pos  # bounded here, whatever the packet's text took
            line.put(b"\n\tcomment: " + harmless(words[:MAX_COMMENT]))
            if len(words) > MAX_COMMENT:
                line.put(b" [%d characters more]" % (len(words) - MAX_COMMENT))
        if count > MAX_COMMENTS:
            line.start = line.pos
            line.put(b"\n\t[%d comments more]" % (count - MAX_COMMENTS))

    def plausible(self, line: Line, packet: Record) -> bool:
        """Whether the lengths can be; otherwise they are told instead of a text."""
        if lengths_fit(packet):
            return True
        faults = length_faults(packet.caplen, packet.wirelen)
        if not faults:
            return True
        line.put(b"[Invalid header: %s]" % b", ".join(faults))
        return False

    def shows_implausible(self, line: Line, packet: Record) -> bool:
        """Whether the packet follows the note. In tcpdump none does; nor where a length is 0."""
        if self.as_tcpdump or packet.caplen == 0 or packet.wirelen == 0:
            return False
        line.char(32)
        return True

    def layers(self, line: Line, packet: Record) -> None:
        layer = self.link(packet)
        if layer is None:
            line.put(b"UNSUPPORTED")
            default_print(line, packet, 0, packet.caplen)
        else:
            length = packet.wirelen if packet.wirelen > packet.caplen else packet.caplen
            write_packet(layer.at(packet, 0, length), line)
        if self.hex_ascii or self.hex or self.ascii:
            packet.widen(packet.caplen)
            line.start = line.pos  # the octets are bounded by the longest packet
            self.octets(line, packet)

    def octets(self, line: Line, packet: Record) -> None:
        """-x, -X, -A; given twice they show the link-layer header too."""
        start = line.header
        if self.hex_ascii > 1 or (not self.hex_ascii and (self.hex > 1 or (
                not self.hex and self.ascii > 1))):
            start = 0
        if start >= packet.caplen:
            return
        if self.hex_ascii:
            hex_and_ascii_print(line, packet, start, packet.caplen - start)
        elif self.hex:
            hex_print(line, packet, start, packet.caplen - start)
        elif self.utf8:
            utf8_print(line, packet, start, packet.caplen - start)
        else:
            ascii_print(line, packet, start, packet.caplen - start)

    def link(self, packet: Record) -> Layer | None:
        """The lowest layer: the last packet's, unless the link type changed."""
        if packet.link_type != self.first_type:
            kind = self.links.find(packet.link_type)
            self.first = None if kind is None else kind()
            if self.first is not None:
                self.first.decode_as = self.decode_as
                self.first.reused = True
            self.first_type = packet.link_type
        return self.first

    def flush(self) -> None:
        line = self.line
        if line.pos:
            try:
                self.out.write(memoryview(line.buf)[:line.pos])
            finally:
                line.rewind(0)
                line.begin()
        self.out.flush()

    def close(self) -> None:
        self.flush()


def utf8_print(line: Line, packet: Record, start: int, count: int) -> None:
    """-A --utf8: as ascii_print, but letters of other scripts as they are, if they are UTF-8."""
    text = packet.raw(start, count).decode("utf-8", "replace").replace("\r\n", "\n")
    shown = "".join(one if (one.isprintable() and one != "\ufffd") or one in "\t\n" else "."
                    for one in text)
    line.put(b"\n" + shown.encode())


def harmless(words: str) -> bytes:
    """Text of a file for a terminal: what is not printable as a backslash and its number."""
    if not words.isprintable():
        words = "".join(c if c.isprintable() else c.encode("unicode_escape").decode()
                        for c in words)
    return words.encode("utf-8", "replace")


def lengths_fit(packet: Record) -> bool:
    """Whether the lengths can be, and something was captured."""
    return 0 < packet.caplen <= packet.wirelen and packet.wirelen <= MAXIMUM_SNAPLEN


def length_faults(caplen: int, wirelen: int) -> list[bytes]:
    """What is wrong with a record's lengths, in tcpdump's words."""
    faults = []
    if caplen == 0:
        faults.append(b"caplen==0")
    if wirelen == 0:
        faults.append(b"len==0")
    elif wirelen < caplen:
        faults.append(b"len(%d) < caplen(%d)" % (wirelen, caplen))
    if caplen > MAXIMUM_SNAPLEN:
        faults.append(b"caplen(%d) > %d" % (caplen, MAXIMUM_SNAPLEN))
    if wirelen > MAXIMUM_SNAPLEN:
        faults.append(b"len(%d) > %d" % (wirelen, MAXIMUM_SNAPLEN))
    return faults
