"""Room files/: the options of pcapng blocks, taken apart and put together.

In memory an option is (code, value), its numbers little endian whatever the file's byte order,
so that options can be carried from a file of one order into one of the other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from fyke.files import pcapng_blocks as blocks
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.owner import Process

Option = tuple[int, bytes]

#: Empty options of one kind behind each other that are gone past at once.
RUN = 1 << 8


class BadOption(ValueError):
    """An option that does not fit into its block; ``found`` are those in front of it."""

    def __init__(self, message: str, found: list[Option]) -> None:
        super().__init__(message)
        self.found = found


def turned(block_type: int, code: int, value: bytes) -> bytes:
    """The value with its numbers in the other byte order."""
    form = blocks.NUMBERS.get(block_type, {}).get(code) or blocks.NUMBERS_OF_ALL.get(code)
    if form is None or len(value) < struct.calcsize("<" + form):
        return value
    numbers = struct.unpack_from(">" + form, value)
    return struct.pack("<" + form, *numbers) + value[struct.calcsize("<" + form):]


def parse(block_type: int, raw: bytes, big: bool) -> list[Option]:
    """The options in ``raw``, without the end mark. Raises BadOption where one is cut off."""
    found: list[Option] = []
    order = ">HH" if big else "<HH"
    pos = 0
    while pos < len(raw):
        if pos + 4 > len(raw):
            raise BadOption(f"an option header is cut off after {len(raw) - pos} bytes", found)
        code, length = struct.unpack_from(order, raw, pos)
        pos += 4
        if code == blocks.END_OF_OPTIONS:
            break
        if pos + length > len(raw):
            raise BadOption(f"option {code} claims {length} bytes, {len(raw) - pos} are left",
                            found)
        if not length and raw.startswith(raw[pos - 4:pos] * RUN, pos):  # a flood
            found += [(code, b"")] * RUN
            pos += 4 * RUN
        value = raw[pos:pos + length]
        found.append((code, turned(block_type, code, value) if big else value))
        pos += length + (-length & 3)
    return found


def turned_names(body: bytes, big: bool) -> bytes:
    """The body of a name resolution block in the byte order ``big``, from the other one."""
    out = bytearray()
    here, there = ("<HH", ">HH") if big else (">HH", "<HH")
    pos = 0
    while pos + 4 <= len(body):
        kind, length = struct.unpack_from(here, body, pos)
        size = 4 + length + (-length & 3)
        out += struct.pack(there, kind, length) + body[pos + 4:pos + size]
        pos += size
        if kind == blocks.NRB_END:
            break
    try:
        told = parse(blocks.NAME_RESOLUTION, body[pos:], not big)
    except BadOption as error:
        told = error.found
    return bytes(out) + encode(blocks.NAME_RESOLUTION, told, big)


def encode(block_type: int, options: Iterable[Option], big: bool) -> bytes:
    """Options as a block holds them, with the end mark; nothing at all if there are none.

    Options that say that they must not be copied are left out. A value longer than 65535 octets
    is cut there.
    """
    out = bytearray()
    order = ">HH" if big else "<HH"
    for code, value in options:
        if code in blocks.NO_COPY:
            continue
        if len(value) > 0xFFFF:
            value = value[:0xFFFF]
        if big:
            value = turned(block_type, code, value)
        out += struct.pack(order, code, len(value)) + value + bytes(-len(value) & 3)
    if out:
        out += bytes(4)
    return bytes(out)


def text(value: bytes) -> str:
    """A text option: UTF-8, with what is not shown as a replacement character."""
    return value.rstrip(b"\0").decode("utf-8", "replace")


def number(value: bytes) -> int:
    """An unsigned number option."""
    return int.from_bytes(value, "little")


class Options:
    """The options of one block, in file order, repeated ones included."""

    __slots__ = ("options",)

    options: list[Option]

    def __init__(self, options: Iterable[Option] = ()) -> None:
        self.options = list(options)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.options == self.options  # type: ignore

    __hash__ = None  # type: ignore[assignment]

    def all(self, code: int) -> list[bytes]:
        """Every value of the option."""
        return [value for known, value in self.options if known == code]

    def text(self, code: int) -> str:
        """The first value of a text option, "" if there is none."""
        values = self.all(code)
        return text(values[0]) if values else ""

    def number(self, code: int) -> int | None:
        """The first value of a number option, None if there is none."""
        values = self.all(code)
        return number(values[0]) if values else None

    def set(self, code: int, value: bytes | str | int | None, size: int = 8) -> None:
        """Put one value in the place of all there are; None takes the option away.

        ``size`` is that of a number, in octets.
        """
        self.options = [option for option in self.options if option[0] != code]
        if value is None:
            return
        if isinstance(value, int):
            value = value.to_bytes(size, "little")
        elif isinstance(value, str):
            value = value.encode("utf-8", "surrogateescape")
        self.options.append((code, value))

    @property
    def comments(self) -> list[str]:
        """What people wrote about it."""
        return [text(value) for value in self.all(blocks.COMMENT)]

    def comment(self, words: str) -> None:
        """Add a comment."""
        self.options.append((blocks.COMMENT, words.encode("utf-8", "surrogateescape")))


class PacketOptions(Options):
    """What a pcapng file says about one packet: ``packet.meta`` of packets that have options.

    They are taken apart when they are asked for. As long as nobody asked, ``raw`` has them as they
    stand in the file, without an end mark, ``big`` their byte order; ``plain`` is whether all of
    them may be copied.
    """

    __slots__ = ("big", "commented", "found", "plain", "process", "raw", "said")

    #: Whether many packets share the object, which does not change; a file's writer then keeps
    #: what it made of it, and describes the process in a block of its own.
    lasting = False

    raw: bytes | None
    big: bool
    plain: bool
    found: list[Option] | None
    said: list[bytes]  #: the first comments
    commented: int  #: how many comments there are
    process: Process | None  #: whose it is, where that is told

    def __init__(self, options: Iterable[Option] = (), process: Process | None = None) -> None:
        super().__init__(options)
        self.process = process

    @classmethod
    def unread(cls, raw: bytes, big: bool, plain: bool, said: list[bytes],
               commented: int) -> PacketOptions:
        """What a reader hands out."""
        made = cls.__new__(cls)
        made.process = None
        made.raw = raw
        made.big = big
        made.plain = plain
        made.found = None
        made.said = said
        made.commented = commented
        return made

    @property
    def options(self) -> list[Option]:  # type: ignore[override]
        """As of Options. The list may be changed by whoever has it, so ``raw`` no longer counts."""
        if self.found is None:
            try:
                self.found = parse(blocks.ENHANCED_PACKET, self.raw or b"", self.big)
            except BadOption as error:
                self.found = error.found
        self.raw = None
        return self.found

    @options.setter
    def options(self, options: list[Option]) -> None:
        self.raw = None
        self.big = False
        self.plain = False
        self.found = options
        self.said = []
        self.commented = 0

    def first_comments(self, count: int) -> tuple[list[str], int]:
        """Up to ``count`` of the comments, and how many there are."""
        if self.raw is not None and len(self.said) >= min(count, self.commented):
            return [text(value) for value in self.said[:count]], self.commented
        all = self.all(blocks.COMMENT)
        return [text(value) for value in all[:count]], len(all)

    @property
    def comments(self) -> list[str]:
        """What people wrote about it."""
        if self.raw is not None and not self.commented:
            return []
        return [text(value) for value in self.all(blocks.COMMENT)]

    @property
    def flags(self) -> int | None:
        """epb_flags: bits 0-1 direction (1 in, 2 out), 2-4 reception, 5-8 FCS length …"""
        return self.number(blocks.EPB_FLAGS)

    @property
    def direction(self) -> str:
        """"in", "out", or "" if it is not told."""
        return ("", "in", "out", "")[(self.flags or 0) & 3]

    @property
    def drop_count(self) -> int | None:
        """Packets lost between this one and the one before it on the interface."""
        return self.number(blocks.EPB_DROP_COUNT)

    @property
    def packet_id(self) -> int | None:
        return self.number(blocks.EPB_PACKET_ID)

    @property
    def queue(self) -> int | None:
        return self.number(blocks.EPB_QUEUE)

    @property
    def hashes(self) -> list[tuple[int, bytes]]:
        """(algorithm, value): 2 is CRC32, 3 MD5, 4 SHA-1, 5 Toeplitz."""
        return [(value[0], value[1:]) for value in self.all(blocks.EPB_HASH) if value]

    @property
    def verdicts(self) -> list[tuple[int, bytes]]:
        """(kind, value) of what was decided about the packet."""
        return [(value[0], value[1:]) for value in self.all(blocks.EPB_VERDICT) if value]


class Interface(Options):
    """Where packets were captured: one interface description block.

    ``link_type`` is a LINKTYPE number, ``snaplen`` the most octets captured of a packet (0: no
    limit). Packets of fyke are in nanoseconds, whatever the resolution of the file.
    """

    __slots__ = ("link_type", "snaplen")

    def __init__(self, link_type: int = 1, snaplen: int = 262144, *, name: str = "",
                 filter: str = "", os: str = "", options: Iterable[Option] = ()) -> None:
        super().__init__(options)
        self.link_type = link_type
        self.snaplen = snaplen
        if name:
            self.set(blocks.IF_NAME, name)
        if filter:  # a zero octet in front: the text is an expression of libpcap's language
            self.set(blocks.IF_FILTER, b"\0" + filter.encode())
        if os:
            self.set(blocks.IF_OS, os)

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, Interface) and self.link_type == other.link_type
                and self.snaplen == other.snaplen and self.options == other.options)

    __hash__ = None  # type: ignore[assignment]

    @property
    def name(self) -> str:
        return self.text(blocks.IF_NAME)

    @property
    def description(self) -> str:
        return self.text(blocks.IF_DESCRIPTION)

    @property
    def hardware(self) -> str:
        return self.text(blocks.IF_HARDWARE)

    @property
    def os(self) -> str:
        return self.text(blocks.IF_OS)

    @property
    def filter(self) -> str:
        """The filter's expression, "" if there was none or it is given as a program."""
        values = self.all(blocks.IF_FILTER)
        return text(values[0][1:]) if values and values[0][:1] == b"\0" else ""

    @property
    def resolution(self) -> int:
        """if_tsresol as it stands in the file: a power of ten, or of two with the top bit."""
        found = self.number(blocks.IF_TSRESOL)
        return 6 if found is None else found

    @property
    def offset(self) -> int:
        """Seconds to add to every time stamp of the file."""
        values = self.all(blocks.IF_TSOFFSET)
        return int.from_bytes(values[0], "little", signed=True) if values else 0

    @property
    def fcs_length(self) -> int:
        """Octets of frame check sequence at the end of each packet; -1: not told."""
        found = self.number(blocks.IF_FCS_LENGTH)
        return -1 if found is None else found


class InterfaceStatistics(Options):
    """An interface statistics block: counters of ``interface`` at ``time`` (ns since the epoch)."""

    __slots__ = ("end", "interface", "start", "time")

    def __init__(self, interface: int, time: int, *, received: int | None = None,
                 dropped: int | None = None, accepted: int | None = None,
                 os_dropped: int | None = None, delivered: int | None = None,
                 start: int | None = None, end: int | None = None,
                 options: Iterable[Option] = ()) -> None:
        super().__init__(options)
        self.interface = interface
        self.time = time
        self.start = start
        self.end = end
        counters = {blocks.ISB_RECEIVED: received, blocks.ISB_DROPPED: dropped,
                    blocks.ISB_ACCEPTED: accepted, blocks.ISB_OS_DROPPED: os_dropped,
                    blocks.ISB_DELIVERED: delivered}
        for code, value in counters.items():
            if value is not None:
                self.set(code, value)

    @property
    def received(self) -> int | None:
        """Packets that the interface received."""
        return self.number(blocks.ISB_RECEIVED)

    @property
    def dropped(self) -> int | None:
        """Packets that the interface dropped for want of resources."""
        return self.number(blocks.ISB_DROPPED)

    @property
    def accepted(self) -> int | None:
        """Packets that the filter accepted."""
        return self.number(blocks.ISB_ACCEPTED)

    @property
    def os_dropped(self) -> int | None:
        """Packets that the operating system dropped."""
        return self.number(blocks.ISB_OS_DROPPED)

    @property
    def delivered(self) -> int | None:
        """Packets that reached the capturing program."""
        return self.number(blocks.ISB_DELIVERED)


class Section(Options):
    """A section header: byte order, and what it says of the capturing host."""

    __slots__ = ("big",)

    def __init__(self, big: bool = False, *, hardware: str = "", os: str = "",
                 application: str = "", options: Iterable[Option] = ()) -> None:
        super().__init__(options)
        self.big = big
        for code, value in ((blocks.SHB_HARDWARE, hardware), (blocks.SHB_OS, os),
                            (blocks.SHB_APPLICATION, application)):
            if value:
                self.set(code, value)

    @property
    def hardware(self) -> str:
        return self.text(blocks.SHB_HARDWARE)

    @property
    def os(self) -> str:
        return self.text(blocks.SHB_OS)

    @property
    def application(self) -> str:
        return self.text(blocks.SHB_APPLICATION)


class Block:
    """A block that is carried as it is: its body in the byte order of its section."""

    __slots__ = ("big", "body", "kind")

    def __init__(self, kind: int, body: bytes, big: bool) -> None:
        self.kind = kind
        self.body = body
        self.big = big
