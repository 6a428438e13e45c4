"""The base of every protocol layer, and the loop that writes a chain of them.

A protocol is one file with one ``Layer`` class; who follows whom is said in the folders'
``__init__.py`` by ``register`` (tables.py). Layers import ``wire`` and each other's base only.
"""

from __future__ import annotations

from typing import Any, ClassVar

from fyke.layers.plain import address, plain
from fyke.wire import Line, LineFull, Packet, Truncated

#: Layers written for one packet: a packet of nothing but nested headers must end somewhere.
MAX_DEPTH = 128
#: Levels (link, network, transport) whose layers keep all kinds of layer that were above them.
KEPT_LEVELS = 3


class Layer:
    """One decoded header: typed attributes, a line of text, and named fields.

    The same object serves one packet after the other in the printing loop; ``clear`` runs before
    each ``parse``, so that no packet shows another's values.
    """

    __slots__ = ("below", "decode_as", "have", "is_link", "kid", "kids", "level", "next",
                 "off", "payload_length", "payload_off", "pkt", "reused", "short", "size")

    pkt: Packet
    below: Any  #: the layer underneath, None at the bottom; each protocol knows which
    kid: Any  #: the layer above in the last packet
    kids: Any  #: the layers that were ever above, by class; None in the upper layers
    level: int  #: how many layers are below
    off: int  #: where this layer begins, in octets from the packet's first
    size: int  #: octets this layer has on the wire, its payload included
    have: int  #: octets of them that were captured
    is_link: bool  #: part of the link-layer header that -x leaves out
    next: Any  #: the class of the layer above, as ``parse`` found it; None if nobody knows it
    payload_off: int  #: where the payload begins, in octets from the packet's first
    payload_length: int  #: octets of payload on the wire
    decode_as: str | None  #: -T: what a transport's payload is, whatever its ports say
    reused: bool  #: layers above are kept for the next packet (a printing loop)
    short: bool  #: the capture ended inside the header: attributes after the cut are cleared

    name: ClassVar[str] = "layer"
    alias: ClassVar[str] = ""  #: a name that several kinds share: "ip" is IPv4 and IPv6
    tag: ClassVar[bytes] = b"layer"  #: what ``[|tag]`` says when the packet is cut short here
    fields: ClassVar[tuple[str, ...]] = ()  #: names of the attributes that ``to_dict`` shows
    addresses: ClassVar[tuple[str, ...]] = ()  #: those of them that are addresses
    link_layer: ClassVar[bool] = False  #: what ``is_link`` of every layer of this kind is

    def __init__(self) -> None:
        self.kid = None
        self.kids = None
        self.level = 0
        self.below = None
        self.off = 0
        self.size = 0
        self.have = 0
        self.short = False
        self.is_link = self.link_layer
        self.next = None
        self.payload_off = 0
        self.payload_length = 0
        self.decode_as = None
        self.reused = False

    def clear(self) -> None:
        """Forget the last packet: set every attribute that ``parse`` might not reach."""

    def parse(self, pkt: Packet, off: int) -> None:
        """Fill the attributes in wire order; a short header raises Truncated."""

    def decode(self) -> None:
        """Parse; what the capture cut off stays cleared and marks the layer ``short``."""
        self.short = False
        self.clear()
        try:
            self.parse(self.pkt, self.off)
        except Truncated:
            self.short = True

    def write(self, line: Line) -> None:
        """Write this layer's part of the tcpdump line. Raises Truncated where the capture ends."""

    def follow(self) -> Layer | None:
        """The layer that comes next, placed and ready to decode; None if there is none."""
        return None

    def child(self, kind: Any, off: int, length: int) -> Layer:
        """A ``kind`` above this layer: the last packet's if it was one, else another."""
        layer: Layer = self.kid
        if type(layer) is not kind:
            layer = self.another(kind)
        layer.below = self
        return layer.at(self.pkt, off, length)

    def another(self, kind: Any) -> Layer:
        """An earlier packet's ``kind``, or a new one; kept in the lowest layers only.

        There are few kinds on each level there; higher up a hostile file could fill the memory.
        """
        layer: Layer | None = None
        if self.kids is not None:
            layer = self.kids.get(kind)
        if layer is None:
            layer = kind()
            layer.level = self.level + 1
            layer.decode_as = self.decode_as
            if not self.reused:  # no cycle, so that nothing waits for the garbage collector
                return layer
            layer.reused = True
            if self.level < KEPT_LEVELS:
                if self.kids is None:
                    self.kids = {}
                self.kids[kind] = layer
        self.kid = layer
        return layer

    def at(self, pkt: Packet, off: int, size: int) -> Layer:
        """Place this layer: ``size`` octets on the wire, beginning at ``off``."""
        self.pkt = pkt
        self.off = off
        self.size = size
        self.have = pkt.end - off
        if self.have < 0:
            self.have = 0
        return self

    def __repr__(self) -> str:
        shown = "".join(f" {field}={value!r}" for field, value in self.to_dict().items())
        return f"<{self.name}{shown}{' (cut short)' if self.short else ''}>"

    def __getitem__(self, field: str) -> Any:
        """A field as people write it and JSON knows it: an address as text, octets in hexadecimal.

        The attribute of that name holds the number or the octets. LookupError for no field.
        """
        if field not in self.fields:
            raise LookupError(f"{self.name} has no field {field!r}; it has "
                              f"{', '.join(self.fields) or 'none'}")
        value = getattr(self, field)
        return address(value) if field in self.addresses else plain(value)

    def to_dict(self) -> dict[str, Any]:
        """Every field by name, as ``layer[field]`` gives it."""
        return {field: self[field] for field in self.fields}


def write_chain(first: Layer | None, line: Line) -> None:
    """Decode and write a layer and all that follow it.

    Also for what is nested inside a layer's text (an ICMP error's packet, a tunnel): a Truncated
    passes through to ``write_packet``, and ``line.protocol`` says where it happened.
    """
    layer = first
    while layer is not None:
        line.depth += 1
        if line.depth > MAX_DEPTH:
            line.put(b" [too many layers]")
            return
        if not layer.is_link:
            line.close_header()
        line.protocol = layer  # its tag is looked up only where the capture ends
        layer.decode()
        layer.write(line)
        if line.stopped:
            return
        layer = layer.follow()


def write_packet(first: Layer | None, line: Line) -> None:
    """Write one packet's text: the only place where Truncated and LineFull are caught."""
    line.begin()
    try:
        write_chain(first, line)
    except Truncated:
        line.put(b" [|%s]" % getattr(line.protocol, "tag", line.protocol))
    except LineFull:
        line.rewind(line.start + line.limit - 16)
        line.put(b" [too long]")
