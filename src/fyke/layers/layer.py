"""The base of every protocol layer, and the loops that decode and write a chain of them.

A protocol is one file with one ``Layer`` class; who follows whom is said in the folders'
``__init__.py`` by ``register`` (tables.py). Layers import ``wire`` and each other's base only.

Decoding (``parse``) finds lengths and what comes next, and writes nothing; text (``write``) reads
what decoding and the fields say, and changes nothing. So a library that wants values decodes, a
printer decodes and writes, and both see the same layers.
"""

from __future__ import annotations

from fyke.errors import NotThere
from fyke.hints import Any, ClassVar, Iterable
from fyke.layers.fields import Field, Made, Placed, fields_of, old_names_of
from fyke.layers.tables import ByContent, read_rooms, table
from fyke.wire import Line, LineFull, Record, Truncated

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]

#: Layers decoded and written of one packet: one of nothing but nested headers must end somewhere.
MAX_DEPTH = 128
#: Levels (link, network, transport) whose layers keep all kinds of layer that were above them.
KEPT_LEVELS = 3


class Layer(Placed):
    """One decoded header: fields (fields.py), what comes next, and a line of text.

    The same object serves one packet after the other in the printing loop; ``clear`` runs before
    each ``parse``, so that no packet shows another's values.
    """

    __slots__ = ("below", "decode_as", "have", "is_link", "kept", "kid", "kids", "level", "next",
                 "other", "payload_length", "payload_off", "reused", "short", "size")

    below: Any  #: the layer underneath, None at the bottom; each protocol knows which
    kid: Any  #: the layer above in the last packet
    other: Any  #: one of another kind that was above before it; None in the upper layers
    kept: Any  #: what a loop over many packets keeps beside the layer
    kids: Any  #: the layers that were ever above, one a class; None in the upper layers
    level: int  #: how many layers are below
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
    old_names: ClassVar[tuple[str, ...]] = ()  #: what ``name`` was in earlier releases
    doubtful: ClassVar[bool] = False  #: found by its port alone: another may claim what it is
    fields: ClassVar[tuple[str, ...]] = ()  #: attributes of a layer that says no fields yet
    addresses: ClassVar[tuple[str, ...]] = ()  #: those of them that are addresses
    link_layer: ClassVar[bool] = False  #: what ``is_link`` of every layer of this kind is

    def __init__(self, **values: Any) -> None:
        """Without values a layer that is not placed yet; with them a header that has them.

        ``IPv4(src="10.0.0.9", ttl=3)`` is for ``Packet.build``. Raises UsageError for what such a
        header cannot have.
        """
        if not cython.compiled:  # else __cinit__ has seen to that
            Placed.__init__(self)
        self.kid = None
        self.other = None
        self.kept = None
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
        if values:
            from fyke.layers.making import make
            make(self, values)

    def clear(self) -> None:
        """Forget the last packet: set every attribute that ``parse`` might not reach."""

    def parse(self, pkt: Record, off: int) -> None:
        """Find where the payload is and what it is; a short header raises Truncated."""

    def decode(self) -> None:
        """Parse; what the capture cut off marks the layer ``short``."""
        self.short = False
        self.next = None
        self.payload_off = 0
        self.payload_length = 0
        self.clear()
        try:
            self.parse(self.pkt, self.off)
        except Truncated:
            self.short = True

    def write(self, line: Line) -> None:
        """Write this layer's part of the tcpdump line. Raises Truncated where the capture ends."""

    def follow(self) -> Layer | None:
        """The layer that comes next, placed and ready to decode; None if there is none."""
        if self.next is None:
            return None
        return self.child(self.next, self.payload_off, self.payload_length)

    def beyond(self) -> Layer | None:
        """As ``follow``, where that finds nobody: a protocol that has values and no text."""
        return None

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        """Whether a payload looks like one of this kind (transport/unprinted.py)."""
        return False

    def guides(self) -> Iterable[tuple[int, int]]:
        """Octets of the header that lead to the payload and name nobody: where, and how many.

        For whoever takes all else out of a header (anonymizing): types and lengths of elements.
        What fields of a fixed offset tell is kept anyway.
        """
        return ()

    def write_next(self, line: Line) -> None:
        """The text of the layers above, inside this one's; afterwards the line goes on here."""
        write_chain(self.follow(), line)

    def child(self, kind: Any, off: int, length: int) -> Layer:
        """A ``kind`` above this layer: the last packet's if it was one, else another."""
        layer: Layer = self.kid
        if type(layer) is not kind:
            if type(self.other) is kind:
                layer = self.other
                self.other = self.kid
                self.kid = layer
            else:
                if type(kind) is ByContent:
                    kind = kind.choose(self.pkt, off)
                layer = self.another(kind)
        layer.below = self
        return layer.at(self.pkt, off, length)

    def another(self, kind: Any) -> Layer:
        """An earlier packet's ``kind``, or a new one; kept in the lowest layers only.

        There are few kinds on each level there; higher up a hostile file could fill the memory.
        """
        layer: Layer
        if self.kids is not None:
            for place, kept in enumerate(self.kids):
                if type(kept) is kind:
                    if place:  # what comes often comes to stand in front
                        self.kids[place] = self.kids[place - 1]
                        self.kids[place - 1] = kept
                    layer = kept
                    self.other = self.kid
                    self.kid = layer
                    return layer
        layer = kind()
        layer.level = self.level + 1
        layer.decode_as = self.decode_as
        if not self.reused:  # no cycle, so that nothing waits for the garbage collector
            return layer
        layer.reused = True
        if self.level < KEPT_LEVELS:
            if self.kids is None:
                self.kids = []
            self.kids.append(layer)
            self.other = self.kid
        self.kid = layer
        return layer

    def at(self, pkt: Record, off: int, size: int) -> Layer:
        """Place this layer: ``size`` octets on the wire, beginning at ``off``."""
        self.pkt = pkt
        self.off = off
        self.size = size
        self.have = pkt.end - off
        if self.have < 0:
            self.have = 0
        return self

    @property
    def header(self) -> bytes:
        """The octets of this layer in front of its payload, as far as they were captured."""
        end = self.payload_off
        if end < self.off or (end == self.off and self.payload_length == 0):
            end = self.off + self.size
        return self.between(self.off, end)

    @property
    def payload(self) -> bytes:
        """The octets that this layer carries, as far as captured, without the frame's padding."""
        return self.between(self.payload_off, self.payload_off + self.payload_length)

    def between(self, start: int, stop: int) -> bytes:
        """The captured octets of a stretch of the packet.

        Of a frame, those in front of its padding; other layers know their lengths, and do not
        end where a packet inside them does.
        """
        pkt = self.pkt
        end = pkt.end
        most = end if self.is_link else pkt.caplen
        if stop > most:
            stop = most
        if not 0 <= start < stop:
            return b""
        pkt.widen(stop)
        octets = pkt.raw(start, stop - start)
        pkt.narrow(end)
        return octets

    @classmethod
    def called(cls) -> tuple[str, ...]:
        """What this kind is called: its name, what it shares with others, what it was called."""
        return (cls.name, cls.alias, *cls.old_names) if cls.alias else (cls.name, *cls.old_names)

    def __repr__(self) -> str:
        shown = "".join(f" {name}={value!r}" for name, value in self.to_dict().items())
        return f"<{self.name}{shown}{' (cut short)' if self.short else ''}>"

    def __getitem__(self, name: str) -> Any:
        """A field as people write it: an address as text, a flag's letters, a code's name.

        The attribute of that name holds the number or the octets. None where the capture ends
        before it, or the packet has no such thing; LookupError for no field.
        """
        field = fields_of(type(self)).get(name) or EVERY.get(name)
        if field is None:
            raise NotThere(self.no_field(name))
        try:
            value = field.read(self)
        except Truncated:
            return None
        return None if value is None else field.said(value)

    def no_field(self, name: str) -> str:
        """What is said of a field that is none."""
        now = old_names_of(type(self)).get(name)
        if now is not None:
            return f"{self.name} calls {name!r} {now!r} now"
        return (f"{self.name} has no field {name!r}; it has "
                f"{', '.join(fields_of(type(self))) or 'none'}")

    def to_dict(self) -> dict[str, Any]:
        """Every field by name, for JSON: numbers stay numbers; None where nothing was captured."""
        told = {}
        for name, field in fields_of(type(self)).items():
            try:
                value = field.read(self)
            except Truncated:
                value = None
            told[name] = None if value is None else field.plain(value)
        return told


#: What every layer has besides its fields, by name: columns too, but not in ``to_dict``.
EVERY: dict[str, Field] = {
    "header": Made("bytes", lambda layer: layer.header, "the octets in front of the payload"),
    "payload": Made("bytes", lambda layer: layer.payload,
                    "what the layer carries, as far as captured, without the frame's padding"),
    "payload_length": Made("u32", lambda layer: layer.payload_length, "payload on the wire",
                           unit="bytes"),
}


def field_of(kind: type[Layer], name: str) -> Field | None:
    """A field of a kind of layer, or what every layer has."""
    return fields_of(kind).get(name) or EVERY.get(name)


LINK_TYPES = table("link_type")


def first_layer(record: Record) -> Layer | None:
    """The link layer of a record, placed and not decoded; None for an unknown link type."""
    read_rooms()
    kind = LINK_TYPES.find(record.link_type)
    if kind is None:
        return None
    layer: Layer = kind()
    record.widen(record.caplen)
    return layer.at(record, 0, record.wirelen)


class Chain:
    """The layers of one packet, from ``first`` up, decoded as far as somebody asked.

    It ends where a layer is unknown or cut short, and after MAX_DEPTH.
    """

    __slots__ = ("end", "first", "found", "last", "whole")

    first: Layer | None

    def __init__(self) -> None:
        self.first = None
        self.found: list[Layer] = []
        self.last: Layer | None = None
        self.end = -1  # where reads stop for the next layer, as those below it said
        self.whole = False

    def step(self) -> bool:
        """Decode one layer more; False where there is none."""
        last = self.last
        layer: Layer | None = self.first
        if self.whole:
            return False
        if last is not None:
            last.pkt.widen(self.end)
            layer = None
            if not last.short and len(self.found) < MAX_DEPTH:
                layer = above(last)
        if layer is None:
            self.whole = True
            return False
        layer.decode()
        if self.last is last:  # no other thread was faster
            self.found.append(layer)
            self.last = layer
            self.end = layer.pkt.end
        return True

    def all(self) -> list[Layer]:
        """Every layer."""
        while self.step():
            pass
        return self.found

    def called(self, name: str) -> Layer | None:
        """The first layer of a name."""
        at = 0
        while at < len(self.found) or self.step():
            layer = self.found[at]
            if name in names_of(type(layer)):
                return self.settled(layer)
            at += 1
        return None

    def of(self, kind: Any) -> Layer | None:
        """The first layer of a class."""
        at = 0
        while at < len(self.found) or self.step():
            layer = self.found[at]
            if isinstance(layer, kind):
                return self.settled(layer)
            at += 1
        return None

    def settled(self, layer: Layer) -> Layer:
        """A frame, when the layer that it carries was asked how much of it is padding."""
        while layer.is_link and self.last is not None and self.last.is_link and self.step():
            pass
        return layer


def above(layer: Layer) -> Layer | None:
    """What follows a decoded layer, for whoever asks for values."""
    found = layer.follow()
    if found is None or found.doubtful:
        return layer.beyond() or found
    return found


_NAMES: dict[type, tuple[str, ...]] = {}


def names_of(kind: Any) -> tuple[str, ...]:
    """What a kind of layer is called, as ``Layer.called`` says."""
    found = _NAMES.get(kind)
    if found is None:
        found = _NAMES[kind] = kind.called()
    return found


def chain_of(record: Record) -> Chain:
    """The layers of a record, none of them decoded yet."""
    chain = Chain()
    chain.first = first_layer(record)
    return chain


def layers_of(record: Record) -> list[Layer]:
    """Every layer of a record, as far as somebody knows it, and the whole record to read again.

    Headers that say how long they are narrow a record to that while it is decoded.
    """
    found = chain_of(record).all()
    record.widen(record.caplen)
    return found


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
            line.resume()  # where this chain is inside another layer's text, that goes on
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
