"""What link layers have in common: addresses, an EtherType, and the payload that it names."""

from __future__ import annotations

from fyke.hints import ClassVar
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.tables import table
from fyke.wire import Line, Truncated

ETHERTYPES = table("ethertype")
LLC = table("llc")  # one entry, 0: what follows a length instead of a type
MAX_LENGTH = 1500  # what is greater is a type (IEEE 802.3 §3.2.6)
JUMBO = 0x8870  # an 802.2 header follows, as in 802.3 (draft-ietf-isis-ext-eth)


class Frame(Layer):
    """A link layer whose payload is named by an EtherType (or is 802.2 where that is a length).

    ``carry`` ends a ``parse``: it settles what the payload is. ``write_body`` writes what stands
    between this header and the next.
    """

    __slots__ = ("body_length", "body_off", "ethertype", "frame_length")

    ethertype: int  #: type of the payload, or its length if that is at most 1500
    body_off: int  #: where the payload begins, in octets from the packet's first
    body_length: int  #: octets of payload on the wire
    frame_length: int  #: octets of the whole frame

    link_layer = True
    in_frame: ClassVar[bool] = False  #: a tag: inside another frame it does not begin one

    def clear(self) -> None:
        self.ethertype = 0
        self.body_off = 0
        self.body_length = 0
        self.frame_length = 0

    def write_pair(self, line: Line) -> bool:
        """``source > destination``, if this link layer (or one below) has addresses."""
        below = self.below
        return isinstance(below, Frame) and below.write_pair(line)

    def write_from(self, line: Line) -> None:
        """The source address."""
        if isinstance(self.below, Frame):
            self.below.write_from(line)

    def write_to(self, line: Line) -> None:
        """The destination address."""
        if isinstance(self.below, Frame):
            self.below.write_to(line)

    def write_type(self, line: Line) -> None:
        """``ethertype IPv4 (0x0800)``, or with -q the name."""
        name = ETHERTYPE_NAMES.get(self.ethertype)
        if line.style.quiet:
            line.put(name if name is not None else b"Unknown Ethertype (0x%04x)" % self.ethertype)
            return
        line.put(b"ethertype ")
        line.put(name if name is not None else b"Unknown")
        line.put(b" (0x")
        line.hex(self.ethertype, 4)
        line.char(41)

    def write_length(self, line: Line, length: int) -> None:
        """The frame's length where it has not been said, else a comma."""
        if line.length_said:
            line.put(b", ")
        else:
            line.put(b", length ")
            line.uint(length)
            line.put(b": ")
            line.length_said = True

    def write_body(self, line: Line) -> None:
        """The type and length (-e), and a payload that no layer decodes as octets."""
        line.link_header(self.body_off)
        if line.style.link_level and not (self.in_frame and isinstance(self.below, Frame)):
            line.length_said = False
        kind = self.ethertype
        if is_tag(kind):
            if not self.pkt.has(self.body_off, 4) or self.body_length < 4:
                line.protocol = b"vlan"
                raise Truncated
            if line.style.link_level:
                self.write_type(line)
                self.write_length(line, self.frame_length)
        elif kind <= MAX_LENGTH:
            self.pkt.narrow(self.body_off + self.inner_length())
            if line.style.link_level:
                line.put(b"802.3")
                if not line.length_said:
                    self.write_length(line, self.inner_length())
        elif kind != JUMBO:
            if line.style.link_level:
                self.write_type(line)
                self.write_length(line, self.frame_length)
            if ETHERTYPES.find(kind) is None:
                self.write_unknown(line)

    def write_unknown(self, line: Line) -> None:
        """Nobody decodes this type: the header, if -e has not shown it, and the octets."""
        if not line.style.link_level:
            if self.write_pair(line):
                line.put(b", ")
            self.write_type(line)
            line.put(b", length ")
            line.uint(self.frame_length)
            line.put(b": ")
        default_print(line, self.pkt, self.body_off, self.pkt.end - self.body_off)

    def carry(self) -> None:
        """Settle where the payload is and what it is; a length field bounds it."""
        kind = self.ethertype
        self.payload_off = self.body_off
        self.payload_length = self.inner_length()
        if kind <= MAX_LENGTH:
            self.pkt.narrow(self.body_off + self.payload_length)
            self.next = LLC.find(0)
        elif kind == JUMBO:
            self.next = LLC.find(0)
        else:
            self.next = ETHERTYPES.find(kind)

    def inner_length(self) -> int:
        """Octets of payload; a length field below 1501 bounds them."""
        if self.ethertype <= MAX_LENGTH and self.ethertype < self.body_length:
            return self.ethertype
        return self.body_length

    def follow(self) -> Layer | None:
        if self.short or self.next is None:
            return None
        return self.child(self.next, self.payload_off, self.payload_length)


def is_tag(ethertype: int) -> bool:
    """Whether a VLAN tag follows this EtherType (IEEE 802.1Q-2018 §9)."""
    return ethertype == 0x8100 or ethertype == 0x88A8 or ethertype in (0x9100, 0x9200)
