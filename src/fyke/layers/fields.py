"""Fields of layers: each is said once, as a class attribute; values, words and types follow.

    src_port = U16(0, "source port, 0 when the sender wants no answer")
    flags = Flags(12, 2, 0x1FF, "…", {1: "F", 2: "S", …})
    proto = Made("u8", Ipv6.find_proto, "protocol number of the payload")

A field keeps nothing: it reads the packet when it is asked, so there is nothing to clear, and one
behind the end of the capture raises Truncated by itself. ``layer["x"]`` is what people write
(an address as text, a flag's letters, a code's name), None where nothing was captured;
``layer.x`` is the number or the octets, and what goes into columns.
"""

from __future__ import annotations

from fyke.hints import Any, Callable
from fyke.layers.plain import address, iso_time, plain
from fyke.wire import Record

#: Where a layer stands that nobody placed.
NOWHERE = Record(b"")

#: Types of value: what ``layer.x`` gives.
TYPES = {
    "u8": "integer of 8 bits", "u16": "integer of 16 bits", "u24": "integer of 24 bits",
    "u32": "integer of 32 bits", "u48": "integer of 48 bits", "u64": "integer of 64 bits",
    "i8": "signed integer of 8 bits", "i16": "signed integer of 16 bits",
    "i32": "signed integer of 32 bits", "i64": "signed integer of 64 bits",
    "bool": "truth", "float": "number", "ipv4": "IPv4 address", "ipv6": "IPv6 address",
    "mac": "Ethernet address", "bytes": "octets", "text": "text",
    "time": "nanoseconds since 1970, UTC", "list": "list of records", "any": "as it comes",
}


class Placed:
    """Something at an offset of a packet: what fields read from."""

    __slots__ = ("off", "pkt")

    pkt: Record
    off: int  #: where it begins, in octets from the packet's first

    def __cinit__(self) -> None:
        """Compiled: there is a packet, an empty one, before anybody placed this."""
        self.pkt = NOWHERE

    def __init__(self) -> None:
        self.pkt = NOWHERE
        self.off = 0


class Field:
    """A value of a layer: at a fixed offset, or made by a function (Made, Listed)."""

    __slots__ = ("__dict__", "at", "little", "mask", "names", "shift", "size", "type", "unit",
                 "words")

    type: str  #: one of TYPES
    at: int  #: octets from the layer's first; -1 where no offset says it
    size: int  #: octets read
    words: str  #: what it is, in a line
    unit: str  #: of a number: "bytes", "s", "ms" …
    names: Any  #: of a code: number to name

    def __init__(self, at: int, words: str = "", *, size: int = 0, unit: str = "",
                 names: Any = None, type: str = "any") -> None:
        kind = TYPES.get(type, type)
        self.__doc__ = f"{words} ({kind}, {unit})" if unit else f"{words} ({kind})"  # help()
        self.at = at
        self.size = size
        self.words = words
        self.unit = unit
        self.names = names
        self.type = type
        self.mask = 0
        self.shift = 0
        self.little = False

    def __get__(self, layer: Any, owner: Any) -> Any:
        return self if layer is None else self.read(layer)

    def __set__(self, layer: Any, value: Any) -> None:
        raise AttributeError("a layer says what is in the packet and does not change; "
                             "packet.replace(…) makes a new packet")

    def read(self, layer: Placed) -> Any:
        """The value. Raises Truncated where it was not captured."""
        raise NotImplementedError

    def said(self, value: Any) -> Any:
        """As people write it."""
        if self.names is not None and value is not None:
            return self.names.get(value, value)
        if self.type == "time" and value is not None:
            return iso_time(value)
        return self.plain(value)

    def plain(self, value: Any) -> Any:
        """As JSON knows it: integers stay integers, addresses are text, octets hexadecimal."""
        if value is None or (isinstance(value, (int, str)) and self.type not in ("ipv4",)):
            return value
        if self.type in ("ipv4", "ipv6", "mac"):
            return address(value)
        return plain(value)

    def inside(self, value: Any, part: str) -> Any:
        """What a path finds behind this field (``dns.answers.data``); None where there is none.

        Behind a code its name, ``icmp.type.name``.
        """
        if part == "name" and self.names is not None and isinstance(value, int):
            return str(self.said(value))
        return within(self.plain(value), part)


def within(value: Any, part: str) -> Any:
    """A part of a record, or of every record of a list."""
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list):
        return [within(one, part) for one in value]
    return None


class U8(Field):
    """An octet."""

    __slots__ = ()

    def __init__(self, at: int, words: str = "", *, unit: str = "", names: Any = None) -> None:
        Field.__init__(self, at, words, size=1, unit=unit, names=names, type="u8")

    def read(self, layer: Placed) -> Any:
        return layer.pkt.u8(layer.off + self.at)


class U16(Field):
    """16 bits, big endian."""

    __slots__ = ()

    def __init__(self, at: int, words: str = "", *, unit: str = "", names: Any = None) -> None:
        Field.__init__(self, at, words, size=2, unit=unit, names=names, type="u16")

    def read(self, layer: Placed) -> Any:
        return layer.pkt.u16(layer.off + self.at)


class U32(Field):
    """32 bits, big endian."""

    __slots__ = ()

    def __init__(self, at: int, words: str = "", *, unit: str = "", names: Any = None) -> None:
        Field.__init__(self, at, words, size=4, unit=unit, names=names, type="u32")

    def read(self, layer: Placed) -> Any:
        return layer.pkt.u32(layer.off + self.at)


class Number(Field):
    """An integer of any size up to eight octets, in either order of them, signed or not."""

    __slots__ = ()

    def __init__(self, at: int, size: int, words: str = "", *, unit: str = "", names: Any = None,
                 little: bool = False, signed: bool = False) -> None:
        kind = f"{'i' if signed else 'u'}{8 * size}"
        Field.__init__(self, at, words, size=size, unit=unit, names=names, type=kind)
        self.little = little

    def read(self, layer: Placed) -> Any:
        return int.from_bytes(layer.pkt.raw(layer.off + self.at, self.size),
                              "little" if self.little else "big", signed=self.type[0] == "i")


def unsigned(pkt: Record, off: int, size: int, little: bool = False) -> int:
    """The integer in ``size`` octets (1 to 8)."""
    return int.from_bytes(pkt.raw(off, size), "little" if little else "big")


class Bits(Field):
    """The bits of ``mask`` in a word of ``size`` octets at an offset; ``scale`` times of what.

    One bit is a truth unless ``type`` says otherwise.
    """

    __slots__ = ("scale",)

    def __init__(self, at: int, size: int, mask: int, words: str = "", *, unit: str = "",
                 names: Any = None, scale: int = 1, type: str = "", little: bool = False) -> None:
        shift = (mask & -mask).bit_length() - 1
        most = (mask >> shift) * scale
        fitting = "bool" if most == 1 else f"u{8 if most < 256 else 16 if most < 65536 else 32}"
        Field.__init__(self, at, words, size=size, unit=unit, names=names, type=type or fitting)
        self.mask = mask
        self.shift = shift
        self.scale = scale
        self.little = little

    def read(self, layer: Placed) -> Any:
        if self.size == 1:
            word = layer.pkt.u8(layer.off + self.at)
        elif self.little:
            word = unsigned(layer.pkt, layer.off + self.at, self.size, True)
        elif self.size == 2:
            word = layer.pkt.u16(layer.off + self.at)
        elif self.size == 4:
            word = layer.pkt.u32(layer.off + self.at)
        else:
            word = unsigned(layer.pkt, layer.off + self.at, self.size)
        value = (word & self.mask) >> self.shift
        return value == 1 if self.type == "bool" else value * self.scale


class Flags(Bits):
    """Bits with names: the number as an attribute, the names of those set as ``layer["x"]``.

    ``names``: bit of the value to its name. Names of one letter stand together ("SA"), others
    with commas. ``layer.field.NAME`` in a path is the truth of one bit, ``.letters`` are the names.
    """

    __slots__ = ("aliases", "joint")

    def __init__(self, at: int, size: int, mask: int, words: str, names: dict[int, str], *,
                 aliases: dict[str, int] | None = None, little: bool = False) -> None:
        Bits.__init__(self, at, size, mask, words, names=names, little=little,
                      type=f"u{8 if mask.bit_length() <= 8 else 16 if mask < 65536 else 32}")
        self.joint = "" if all(len(name) == 1 for name in names.values()) else ","
        self.aliases = aliases or {name.lower(): bit for bit, name in names.items()}

    def said(self, value: Any) -> Any:
        if value is None:
            return None
        return self.joint.join([name for bit, name in self.names.items() if value & bit])

    def inside(self, value: Any, part: str) -> Any:
        if part == "letters":
            return self.said(value)
        bit = self.aliases.get(part)
        return None if bit is None else value & bit != 0


class Ip4(Field):
    """An IPv4 address: a number as an attribute."""

    __slots__ = ()

    def __init__(self, at: int, words: str = "") -> None:
        Field.__init__(self, at, words, size=4, type="ipv4")

    def read(self, layer: Placed) -> Any:
        return layer.pkt.u32(layer.off + self.at)

    def said(self, value: Any) -> Any:
        return None if value is None else dotted(value)

    def plain(self, value: Any) -> Any:
        return None if value is None else dotted(value)


#: Octets in decimal, as text: putting them together is quicker than formatting numbers.
DECIMAL = tuple([str(octet) for octet in range(256)])


def dotted(number: int) -> str:
    """An IPv4 address as people write it."""
    return (f"{DECIMAL[number >> 24 & 255]}.{DECIMAL[number >> 16 & 255]}."
            f"{DECIMAL[number >> 8 & 255]}.{DECIMAL[number & 255]}")


class Octets(Field):
    """``size`` octets."""

    __slots__ = ()

    def __init__(self, at: int, size: int, words: str = "", *, type: str = "bytes") -> None:
        Field.__init__(self, at, words, size=size, type=type)

    def read(self, layer: Placed) -> Any:
        return layer.pkt.raw(layer.off + self.at, self.size)


class Ip6(Octets):
    """An IPv6 address: 16 octets as an attribute."""

    __slots__ = ()

    def __init__(self, at: int, words: str = "") -> None:
        Octets.__init__(self, at, 16, words, type="ipv6")


class Mac(Octets):
    """An Ethernet address: 6 octets as an attribute."""

    __slots__ = ()

    def __init__(self, at: int, words: str = "") -> None:
        Octets.__init__(self, at, 6, words, type="mac")


class Text(Octets):
    """``size`` octets of text, up to the first zero."""

    __slots__ = ()

    def __init__(self, at: int, size: int, words: str = "") -> None:
        Octets.__init__(self, at, size, words, type="text")

    def read(self, layer: Placed) -> Any:
        return text_of(layer.pkt.raw(layer.off + self.at, self.size))


def text_of(octets: bytes) -> str:
    """Octets up to the first zero as UTF-8; what is none of it as ``\\xff``."""
    return octets.partition(b"\0")[0].decode("utf-8", "backslashreplace")


class Made(Field):
    """A value that ``make(layer)`` works out when it is asked; None where the packet has none."""

    __slots__ = ("make",)

    def __init__(self, type: str, make: Callable[[Any], Any], words: str = "", *, unit: str = "",
                 names: Any = None) -> None:
        Field.__init__(self, -1, words, unit=unit, names=names, type=type)
        self.make = make

    def read(self, layer: Placed) -> Any:
        return self.make(layer)


def settable(make: Any, where: Callable[[Any], int]) -> Any:
    """``make`` of a field that can be set, too: ``where(layer)`` tells at which octet, or -1."""
    make.where = where
    return make


class Listed(Made):
    """A list of records (named tuples), decoded when it is asked for.

    ``keyed``: a path picks records by their name and gives their value (``tcp.options.mss``).
    ``parts``: a part of each record (``dns.questions.name``) to what gives it without making the
    records, or None where it cannot.
    """

    __slots__ = ("keyed",)

    def __init__(self, make: Callable[[Any], Any], words: str = "", *, keyed: bool = False,
                 parts: dict[str, Callable[[Any], list[Any] | None]] | None = None) -> None:
        Made.__init__(self, "list", make, words)
        self.keyed = keyed
        self.parts = parts or {}

    def inside(self, value: Any, part: str) -> Any:
        if self.keyed and isinstance(value, Options):
            found = value.get(part)
            if found is not None or not value or not hasattr(value[0], part):
                return plain(found)
        return Field.inside(self, value, part)


class Options(list[Any]):
    """Records with a ``name`` and a ``value``: a list in the packet's order.

    ``options["mss"]`` and ``options.mss`` are the value of the first of that name. ``cut``: the
    capture ended in the list, or what comes next makes no sense.
    """

    __slots__ = ("cut",)

    cut: bool

    def __init__(self, *records: Any) -> None:
        super().__init__(*records)
        self.cut = False

    def get(self, name: str, default: Any = None) -> Any:
        """The value of the first of that name, or ``default``."""
        for one in self:
            if one.name == name:
                return one.value
        return default

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return list.__getitem__(self, key)
        for one in self:
            if one.name == key:
                return one.value
        raise KeyError(key)

    def __getattr__(self, name: str) -> Any:
        for one in self:
            if one.name == name:
                return one.value
        raise AttributeError(f"no option {name!r} here; there are "
                             f"{', '.join(one.name for one in self) or 'none'}")

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str):
            return any(one.name == key for one in self)
        return list.__contains__(self, key)


class Renamed(Field):
    """A field's old name: still read, and told that it goes."""

    __slots__ = ("now",)

    def __init__(self, now: str) -> None:
        Field.__init__(self, -1, f"old name of {now}")
        self.now = now

    def read(self, layer: Placed) -> Any:
        import warnings
        name = getattr(layer, "name", "layer")
        warnings.warn(f"this field of {name} is now {self.now!r}; the old name goes with the "
                      "next release", DeprecationWarning, stacklevel=2)
        return getattr(layer, self.now)


class Unmoved(Field):
    """An attribute that a layer sets by itself, not said as a field yet."""

    __slots__ = ("attribute",)

    def __init__(self, attribute: str, type: str) -> None:
        Field.__init__(self, -1, type=type)
        self.attribute = attribute

    def read(self, layer: Placed) -> Any:
        return getattr(layer, self.attribute)

    def said(self, value: Any) -> Any:
        return self.plain(value)

    def plain(self, value: Any) -> Any:
        return address(value) if self.type == "mac" else plain(value)


_SAID: dict[type, dict[str, Field]] = {}
_OLD: dict[type, dict[str, str]] = {}


def fields_of(kind: type) -> dict[str, Field]:
    """The fields of a kind of layer and of its bases, by name, in the order they are said in."""
    found = _SAID.get(kind)
    if found is None:
        found = _SAID[kind] = gather(kind)
    return found


def old_names_of(kind: type) -> dict[str, str]:
    """Old names of fields to what they are called now."""
    found = _OLD.get(kind)
    if found is None:
        found = _OLD[kind] = {name: value.now for base in reversed(kind.__mro__)
                              for name, value in vars(base).items() if isinstance(value, Renamed)}
    return found


def gather(kind: type) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for base in reversed(kind.__mro__):
        for name, value in vars(base).items():
            if isinstance(value, Field) and not isinstance(value, Renamed):
                found.pop(name, None)  # said again by a subclass: where that says it
                found[name] = value
    addresses = getattr(kind, "addresses", ())
    for name in getattr(kind, "fields", ()):
        found.setdefault(name, Unmoved(name, "mac" if name in addresses else "any"))
    return found
