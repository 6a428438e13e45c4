"""Walking over what a packet holds: a cursor with an end, and lists of type, length, value.

Two things can be wrong. The capture ends: Truncated, from wire.py. What the packet says cannot
be (a length past its container): Malformed, which says what. Both end a list; the list keeps what
came before and tells by ``cut`` that it is not whole.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, Iterator, Mapping, NamedTuple
from fyke.layers.fields import Options
from fyke.wire import Record, Truncated

#: Records of one list: a hostile packet may hold 65,535 empty ones.
MOST = 1024

new = tuple.__new__  # of a NamedTuple, without the call of its own __new__: half the time


class Malformed(Exception):
    """Something in the packet cannot be; the text says what."""


class Cursor:
    """A place in a packet that moves on, and must not pass ``stop``."""

    __slots__ = ("at", "pkt", "stop")

    def __init__(self, pkt: Record, at: int, stop: int) -> None:
        self.pkt = pkt
        self.at = at
        self.stop = stop

    @property
    def left(self) -> int:
        """Octets up to the end, captured or not."""
        return self.stop - self.at

    def step(self, count: int) -> int:
        """Go past ``count`` octets; where they begin. Raises Malformed past the end."""
        if count < 0 or count > self.left:
            raise Malformed(f"{count} octets wanted, {self.left} left")
        at = self.at
        self.at += count
        return at

    def u8(self) -> int:
        return self.pkt.u8(self.step(1))

    def u16(self) -> int:
        return self.pkt.u16(self.step(2))

    def u24(self) -> int:
        return self.pkt.u24(self.step(3))

    def u32(self) -> int:
        return self.pkt.u32(self.step(4))

    def u64(self) -> int:
        return self.pkt.u64(self.step(8))

    def raw(self, count: int) -> bytes:
        """``count`` octets, copied."""
        return self.pkt.raw(self.step(count), count)

    def rest(self) -> bytes:
        """All that is left."""
        return self.raw(self.left)


class Tlv(NamedTuple):
    """One element of a list: its type, where it begins, where its value is and how long."""

    type: int
    start: int
    at: int
    size: int


def tlvs(pkt: Record, at: int, stop: int, *, type_size: int = 1, length_size: int = 1,
         counts: int = 0, singles: frozenset[int] = frozenset(), end: int = -1,
         align: int = 1, little: bool = False) -> Iterator[Tlv]:
    """Elements of type, length and value from ``at`` to ``stop``.

    ``counts``: octets of the header that the length counts too (often all of them). ``singles``
    are types that are one octet alone; ``end`` is the type that ends the list; each element is
    padded to ``align`` octets. Raises Malformed for a length that cannot be, Truncated where the
    capture ends; at most MOST elements, then Malformed.
    """
    head = type_size + length_size
    for _ in range(MOST):
        if at >= stop:
            return
        kind = number(pkt, at, type_size, little)
        if kind in singles or kind == end:
            yield new(Tlv, (kind, at, at + type_size, 0))
            if kind == end:
                return
            at += type_size
            continue
        if stop - at < head:
            raise Malformed(f"{stop - at} octets are left, an element has {head} or more")
        size = number(pkt, at + type_size, length_size, little) - counts
        if size < 0 or size > stop - at - head:
            raise Malformed(f"element {kind} of {size} octets where {stop - at - head} are left")
        yield new(Tlv, (kind, at, at + head, size))
        at += (head + size + align - 1) // align * align
    raise Malformed(f"more than {MOST} elements")


def number(pkt: Record, at: int, size: int, little: bool = False) -> int:
    """An unsigned integer of one, two or four octets (or any other number of them)."""
    if size == 1:
        return pkt.u8(at)
    if size == 2:
        return pkt.le16(at) if little else pkt.u16(at)
    return int.from_bytes(pkt.raw(at, size), "little" if little else "big")


class Option(NamedTuple):
    """An option, attribute or element of a list, as a value."""

    kind: int
    name: str
    value: Any


class Form(NamedTuple):
    """What a protocol knows of one type in its lists: text and values both come from here.

    ``read(pkt, at, size)`` gives the value of ``size`` octets at ``at``; it may raise Truncated
    or Malformed. ``least`` and ``most`` bound the size (``most`` below 0: no bound). ``write``
    is for the protocol's text; its arguments are the protocol's own.
    """

    name: str
    read: Callable[[Record, int, int], Any]
    least: int = 0
    most: int = -1
    write: Any = None

    def fits(self, size: int) -> bool:
        """Whether a value of this size can be."""
        return self.least <= size and (self.most < 0 or size <= self.most)


def raw(pkt: Record, at: int, size: int) -> bytes:
    """The octets themselves."""
    return pkt.raw(at, size)


def whole_number(pkt: Record, at: int, size: int) -> int:
    """All octets as one unsigned integer."""
    if size > 8:
        raise Malformed(f"a number of {size} octets")
    return number(pkt, at, size) if size else 0


def nothing(pkt: Record, at: int, size: int) -> bool:
    """No value: that it is there says all."""
    return True


def dotted(pkt: Record, at: int, size: int) -> str:
    """An IPv4 address."""
    if size != 4:
        raise Malformed(f"an IPv4 address of {size} octets")
    return ".".join(map(str, pkt.raw(at, 4)))


def dotted_list(pkt: Record, at: int, size: int) -> list[str]:
    """IPv4 addresses."""
    return [dotted(pkt, one, 4) for one in range(at, at + size // 4 * 4, 4)]


def text(pkt: Record, at: int, size: int) -> str:
    """Text, without zeros at its end."""
    return pkt.raw(at, size).rstrip(b"\0").decode("utf-8", "backslashreplace")


def fixed(name: str, size: int, read: Callable[[Record, int, int], Any] = whole_number,
          write: Any = None) -> Form:
    """A form whose value has one size only."""
    return Form(name, read, size, size, write)


def options(pkt: Record, elements: Iterator[Tlv], forms: Mapping[int, Form]) -> Options:
    """The values of a list by its protocol's forms; what has no form or does not fit as octets.

    Never raises: where the capture or the sense ends, ``cut`` says so.
    """
    found = Options()
    try:
        for one in elements:
            found.append(option(pkt, one, forms.get(one.type)))
    except (Truncated, Malformed):
        found.cut = True
    return found


def option(pkt: Record, one: Tlv, form: Form | None) -> Option:
    """One element's value. Raises Truncated."""
    if form is None:
        return Option(one.type, f"unknown_{one.type}", pkt.raw(one.at, one.size))
    if form.fits(one.size):
        try:
            return Option(one.type, form.name, form.read(pkt, one.at, one.size))
        except Malformed:
            pass
    return Option(one.type, form.name, pkt.raw(one.at, one.size))
