# cython: boundscheck=True, wraparound=True
"""Room files/: the pcapng format, read (draft-ietf-opsawg-pcapng; libpcap: sf-pcapng.c).

A file is a row of blocks: type, length, body, length again. Sections may differ in byte order and
begin their own count of interfaces; here interfaces are numbered through the whole file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from fyke.errors import SavefileError
from fyke.files import pcapng_blocks as blocks
from fyke.files import pcapng_options as options
from fyke.files.limits import effective_snaplen, max_snaplen, modern_link_type
from fyke.files.octets import Octets, Torn
from fyke.files.pcapng_clock import Clock
from fyke.files.pcapng_processes import Processes, is_process
from fyke.files.pseudo_headers import has_any, settle
from fyke.hints import Any
from fyke.source import Source
from fyke.wire import Record

SECTION_HEADER = 0x0A0D0D0A
INTERFACE_DESCRIPTION = 1
PACKET = 2
SIMPLE_PACKET = 3
ENHANCED_PACKET = 6
INTERFACE_STATISTICS = 5
BYTE_ORDER_MAGIC = 0x1A2B3C4D
COMMENT = 1
EPB_PROCESS = 8  # of blocks, as a C number here, as are
CUSTOM = 0x0BAD
ENTERPRISE = 32622
NO_COPY_STRING = 19372
NO_COPY_BYTES = 19373
MAX_SECTION_HEADER = 1 << 20

#: Interfaces of a section, through the whole file, and descriptions that differ: equal ones are
#: kept once.
MAX_INTERFACES = 1 << 16
MAX_IN_FILE = 1 << 22
MAX_DESCRIPTIONS = 1 << 17

#: Descriptions that are known again when they come again.
REMEMBERED = 1 << 10

#: Comments of a packet that are taken out when it is read; more are looked for when asked for.
FIRST_COMMENTS = 64

RUN = options.RUN  # a C number here

#: Octets of blocks in front of the first interface that are kept for whoever carries blocks, and
#: what each costs besides.
MAX_PENDING = 16 << 20
ITEM_OVERHEAD = 200


class PcapngReader(Source):
    """Packets from a pcapng file.

    ``packet.interface`` counts in ``interfaces`` (which grows while the file is read);
    ``packet.meta`` is a PacketOptions where the packet has options. Everything that is no packet
    is handed to ``carry`` where it stands in the file, if that is set: a Block, an
    InterfaceStatistics or a Section. Raises SavefileError as PcapReader does.
    """

    format = "pcapng"
    nanoseconds = True
    fcs_length = -1
    cut_to_snaplen = False

    section: options.Section  #: the section at hand
    interfaces: list[options.Interface]
    carry: Callable[[Any], None] | None
    bare: bool  #: nobody wants the options of packets: they are passed over
    compression: str  #: of the file, "" for none
    count: int  #: packets that came out
    untimed: int  #: packets of simple packet blocks, which have no time: it is 0
    bad_options: int  #: packets and section headers of which an option was cut off

    def __init__(self, octets: Octets) -> None:
        self.octets = octets
        self.compression = ""
        self.count = 0
        self.bad_options = 0
        self.untimed = 0
        self.interfaces = []
        self.counters: dict[int, options.InterfaceStatistics] = {}
        self.unread: dict[int, tuple[bytes, bool, Clock]] = {}  # statistics that nobody asked for
        self.descriptions: dict[tuple[bytes, bool], tuple[options.Interface, Clock]] = {}
        self.read_descriptions = 0
        self.section_body = b""  # of the section at hand
        self.section_end = -1  # where its header ends
        self.comments: list[bytes] = []  # the first ones of the packet at hand
        self.commented = 0  # how many it has
        self.run = b""  # RUN times the empty option that was met last
        self.plain = False  # the packet's options can be copied as they stand
        self.clocks: list[Clock] = []
        self.clock: Any = None
        self.clock_id = 0
        self.pseudo = False
        self.carry = None
        self.bare = False
        self.processes = Processes()
        self.pending: list[Any] = []
        self.pending_size = 0
        self.opened = False
        self.max_block = blocks.MAX_BLOCK
        self.big = False
        self.open()

    @property
    def statistics(self) -> dict[int, options.InterfaceStatistics]:
        """The last of each interface."""
        for number, (body, big, clock) in self.unread.items():
            self.counters[number] = statistics_of(number, body, big, clock)
        self.unread.clear()
        return self.counters

    @property
    def swapped(self) -> bool:
        """Whether the section at hand is not in the byte order of this host."""
        return self.section.big != (sys.byteorder == "big")

    def open(self) -> None:
        """Read up to the first interface, whose link type is the source's."""
        name = self.octets.name
        while not self.interfaces:
            kind = self.block()
            if kind in (0, PACKET, SIMPLE_PACKET, ENHANCED_PACKET):
                what = ("no Interface Description Blocks" if kind == 0 else
                        "a packet block before any Interface Description Blocks")
                error = Torn if kind == 0 else SavefileError
                raise error(f"{name}: the capture file has {what}")
            self.other(kind)
        self.link_type = self.interfaces[0].link_type
        self.snaplen = effective_snaplen(self.link_type, self.interfaces[0].snaplen)
        self.opened = True

    def next(self, packet: Record) -> bool:
        octets = self.octets
        while True:
            kind = self.block()
            if kind == ENHANCED_PACKET:
                self.enhanced(packet)
            elif kind == 0:
                return False
            elif kind == SIMPLE_PACKET:
                self.simple(packet)
            elif kind == PACKET:
                self.obsolete(packet)
            else:
                self.other(kind)
                continue
            octets.pos += self.length
            self.count += 1
            return True

    def skip(self, packet: Record, count: int) -> int:
        """As Source says: ``next``, and behind it whatever is whole in the buffer and ordinary."""
        if not self.next(packet):
            return 0
        octets = self.octets
        window = octets.window
        pos = octets.pos
        filled = octets.filled
        done = 1
        while done < count:
            length = self.ordinary(window, pos, filled - pos)
            if length == 0:
                break
            pos += length
            done += 1
        octets.pos = pos
        self.count += done - 1
        return done

    def ordinary(self, window: Record, pos: int, have: int) -> int:
        """The length of the block at ``pos`` if it is whole, an enhanced packet with nothing odd.

        0 for anything else, which is for ``next``: other blocks, options, all that is refused.
        """
        if have < 32:
            return 0
        big = self.big
        if (window.u32(pos) if big else window.le32(pos)) != ENHANCED_PACKET:
            return 0
        length = window.u32(pos + 4) if big else window.le32(pos + 4)
        interface = window.u32(pos + 8) if big else window.le32(pos + 8)
        caplen = window.u32(pos + 20) if big else window.le32(pos + 20)
        if length < 32 or length > have or length > self.max_block or length & 3 \
                or interface >= len(self.clocks):
            return 0
        if caplen > length - 32 or length - 32 - caplen > 3:
            return 0
        trailer = window.u32(pos + length - 4) if big else window.le32(pos + length - 4)
        return length if trailer == length else 0

    def block(self) -> int:
        """Bring the whole next block into the buffer, at ``pos``; its type, 0 at the end.

        Its length is in ``length`` then. Raises SavefileError on lengths that cannot be right.
        """
        octets = self.octets
        have = octets.filled - octets.pos
        if have < 12:
            have = octets.need(12)
            if have < 12:
                return self.torn(12, have)
        window = octets.window
        if window.le32(octets.pos) == SECTION_HEADER:
            self.look_at_section()
        kind = window.u32(octets.pos) if self.big else window.le32(octets.pos)
        length = window.u32(octets.pos + 4) if self.big else window.le32(octets.pos + 4)
        if length < 12 or length & 3 or length > self.max_block:
            self.refuse_length(length)
        if have < length:
            have = octets.need(length)
            if have < length:
                return self.torn(length, have)
            window = octets.window
        end = octets.pos + length - 4
        trailer = window.u32(end) if self.big else window.le32(end)
        # libpcap does not look at the trailer of the file's first block; nor do we refuse for it.
        if trailer != length and (kind != SECTION_HEADER or self.opened):
            raise SavefileError(f"{octets.name}: block total length in header {length} and "
                                f"trailer {trailer} don't match ({self.where()})")
        if kind == 0:  # reserved; told apart from the end of the file
            raise SavefileError(f"{octets.name}: a block of type 0 ({self.where()})")
        self.length = length
        return kind

    def enhanced(self, packet: Record) -> None:
        """An enhanced packet block (section 4.3)."""
        pos = self.octets.pos
        window = self.octets.window
        self.fixed(20)
        if self.big:
            interface = window.u32(pos + 8)
            high = window.u32(pos + 12)
            low = window.u32(pos + 16)
            caplen = window.u32(pos + 20)
            wirelen = window.u32(pos + 24)
        else:
            interface = window.le32(pos + 8)
            high = window.le32(pos + 12)
            low = window.le32(pos + 16)
            caplen = window.le32(pos + 20)
            wirelen = window.le32(pos + 24)
        self.place(packet, interface, high, low, caplen, wirelen)

    def obsolete(self, packet: Record) -> None:
        """A packet block of old (appendix A)."""
        pos = self.octets.pos
        window = self.octets.window
        self.fixed(20)
        big = self.big
        interface = window.u16(pos + 8) if big else window.le16(pos + 8)
        drops = window.u16(pos + 10) if big else window.le16(pos + 10)
        high = window.u32(pos + 12) if big else window.le32(pos + 12)
        low = window.u32(pos + 16) if big else window.le32(pos + 16)
        caplen = window.u32(pos + 20) if big else window.le32(pos + 20)
        wirelen = window.u32(pos + 24) if big else window.le32(pos + 24)
        self.place(packet, interface, high, low, caplen, wirelen)
        if drops != 0 and drops != 0xFFFF:
            if packet.meta is None:
                packet.meta = options.PacketOptions()
            packet.meta.set(blocks.EPB_DROP_COUNT, drops)

    def place(self, packet: Record, interface: int, high: int, low: int, caplen: int,
              wirelen: int) -> None:
        """Put ``packet`` on the block's data, which begins 28 octets into the block."""
        octets = self.octets
        if self.clock is None or interface != self.clock_id:
            self.use_clock(interface)
        clock = self.clock
        if caplen > self.length - 32:
            raise SavefileError(
                f"{octets.name}: invalid packet capture length {caplen}, the block has room for "
                f"{self.length - 32} ({self.where()})")
        packet.take(octets.window, octets.pos + 28, caplen)
        packet.wirelen = wirelen
        packet.link_type = clock.link_type
        packet.interface = self.first + interface
        units = high
        units = units << 32 | low
        packet.time = clock.nanoseconds(units)
        packet.fraction = 0
        packet.meta = None
        room = (caplen + 3) // 4 * 4
        if self.length - 32 > room and not self.bare:
            packet.meta = self.packet_options(octets.pos + 28 + room, self.length - 32 - room)
        if self.pseudo:
            settle(packet, self.swapped)

    def simple(self, packet: Record) -> None:
        """A simple packet block (section 4.4): the first interface, no time."""
        octets = self.octets
        self.fixed(4)
        wirelen = (octets.window.u32(octets.pos + 8) if self.big
                   else octets.window.le32(octets.pos + 8))
        self.use_clock(0)
        clock = self.clock
        caplen = wirelen
        if clock.snaplen and caplen > clock.snaplen:
            caplen = clock.snaplen
        if caplen > self.length - 16:
            caplen = self.length - 16
        packet.take(octets.window, octets.pos + 12, caplen)
        packet.wirelen = wirelen
        packet.link_type = clock.link_type
        packet.interface = self.first
        packet.time = 0
        self.untimed += 1
        packet.fraction = 0
        packet.meta = None
        if self.pseudo:
            settle(packet, self.swapped)

    def packet_options(self, start: int, size: int) -> options.PacketOptions | None:
        """The options behind a packet's data; what can be read of them, when it is asked for."""
        end = self.look_at_options(start, start + size)
        if end < 0:
            self.bad_options += 1
            end = -end - 1
        if end == start:
            return None
        raw = self.octets.window.raw(start, end - start)
        found = options.PacketOptions.unread(raw, self.big, self.plain, self.comments,
                                             self.commented)
        if self.owned:
            found.process = self.processes.owner(found)
            found.raw = raw  # nobody else has the list that was made to see it
        return found

    def look_at_options(self, pos: int, end: int) -> int:
        """Where the options between two places of the buffer end, their end mark aside.

        -1 minus that if something is cut off there. ``commented`` counts comments, the first of
        which are in ``comments``; ``plain`` is whether all may be copied.
        """
        self.comments = []
        self.commented = 0
        self.plain = True
        self.owned = False
        window = self.octets.window
        big = self.big
        before = 0
        while pos < end:
            if end - pos < 4:
                return -1 - pos
            word = window.u32(pos) if big else window.le32(pos)
            code = word >> 16 if big else word & 0xFFFF
            length = word & 0xFFFF if big else word >> 16
            if code == 0:
                return pos
            if length == 0 and word == before and self.is_run(window, pos, end):
                if code == COMMENT:
                    self.commented += RUN
                    self.comments += [b""] * (FIRST_COMMENTS - len(self.comments))
                elif code in (NO_COPY_STRING, NO_COPY_BYTES):
                    self.plain = False
                pos += 4 * RUN
                continue
            if length > end - pos - 4:
                return -1 - pos
            if code == EPB_PROCESS:
                self.owned = True
            elif code == COMMENT:
                self.commented += 1
                if self.commented <= FIRST_COMMENTS:
                    self.comments.append(window.raw(pos + 4, length))
            elif code in (NO_COPY_STRING, NO_COPY_BYTES):
                self.plain = False
            before = word
            pos += 4 + (length + 3 & 0x1FFFC)
        if pos > end:
            self.plain = False
            return end
        return pos

    def is_run(self, window: Record, pos: int, end: int) -> bool:
        """Whether the empty option at ``pos`` stands there RUN times: a flood."""
        if end - pos < 4 * RUN:
            return False
        raw = window.raw(pos, 4 * RUN)
        if self.run[:4] != raw[:4]:
            self.run = raw[:4] * RUN
        return raw == self.run

    def use_clock(self, interface: int) -> None:
        """Make the interface of the section the one at hand."""
        if interface >= len(self.clocks):
            raise SavefileError(
                f"{self.octets.name}: a packet arrived on interface {interface}, but there's no "
                f"Interface Description Block for that interface ({self.where()})")
        self.clock = self.clocks[interface]
        self.clock_id = interface
        self.pseudo = has_any(self.clock.link_type, self.swapped)

    def fixed(self, size: int) -> None:
        """SavefileError unless the body has the ``size`` octets that its type begins with."""
        if self.length < size + 12:
            kind = self.octets.window.raw(self.octets.pos, 4)
            number = int.from_bytes(kind, "big" if self.big else "little")
            raise SavefileError(f"{self.octets.name}: block of type {number} in pcapng dump file "
                                f"is too short ({self.where()})")

    def other(self, kind: int) -> None:
        """A block that is no packet: take what it says, carry it, go past it."""
        wanted = self.carry is not None or not self.opened
        if kind == INTERFACE_STATISTICS and not wanted and self.put_aside():
            self.octets.pos += self.length
            return
        if not wanted and kind not in (
                SECTION_HEADER, INTERFACE_DESCRIPTION, INTERFACE_STATISTICS) and (
                kind != CUSTOM or not self.is_ours()):
            self.octets.pos += self.length
            return
        body = self.octets.window.raw(self.octets.pos + 8, self.length - 12)
        if kind == SECTION_HEADER:
            self.begin_section(body)
            # In front of the first interface, one that says nothing new behind another is none.
            if self.opened or self.octets.tell() != self.section_end or self.section_body != body:
                self.hand_on(self.section)
            self.section_end = self.octets.tell() + self.length
        elif kind == INTERFACE_DESCRIPTION:
            self.add_interface(body)
        elif kind == INTERFACE_STATISTICS:
            self.add_statistics(body)
        else:
            if kind == CUSTOM and is_process(body, self.big):
                self.processes.add(body)
            if wanted and (self.opened or self.pending_size <= MAX_PENDING):
                self.hand_on(options.Block(kind, body, self.big))
        self.octets.pos += self.length

    def is_ours(self) -> bool:
        """Whether a custom block has the enterprise number of those that describe processes."""
        if self.length < 16:
            return False
        pos = self.octets.pos + 8
        window = self.octets.window
        return (window.u32(pos) if self.big else window.le32(pos)) == ENTERPRISE

    def hand_on(self, item: Any) -> None:
        """Give to ``carry`` what is no packet, in file order."""
        if not self.opened:
            self.pending_size += self.length + ITEM_OVERHEAD
            if self.pending_size <= MAX_PENDING:
                self.pending.append(item)
        elif self.carry is not None:
            self.carry(item)

    def carry_to(self, carry: Callable[[Any], None]) -> None:
        """Set ``carry``, and give it what stood in front of the first interface."""
        self.carry = carry
        pending, self.pending = self.pending, []
        for item in pending:
            carry(item)

    def look_at_section(self) -> None:
        """A section header is next: its byte order, before anything else of it is believed."""
        octets = self.octets
        window = octets.window
        pos = octets.pos
        self.big = window.u32(pos + 8) == BYTE_ORDER_MAGIC
        if not self.big and window.le32(pos + 8) != BYTE_ORDER_MAGIC:
            raise SavefileError(f"{octets.name}: the file has a section with a bad byte order "
                                f"magic field ({self.where()})")
        length = window.u32(pos + 4) if self.big else window.le32(pos + 4)
        if not 28 <= length <= MAX_SECTION_HEADER:
            raise SavefileError(
                f"{octets.name}: Section Header Block in pcapng dump file has invalid length "
                f"{length}, not 28 to {MAX_SECTION_HEADER} ({self.where()})")

    def begin_section(self, body: bytes) -> None:
        """A section header block (section 4.1); interfaces are counted anew."""
        self.clocks = []
        self.clock = None
        self.first = len(self.interfaces)
        if body == self.section_body:  # nothing new, but for copies another section
            if self.carry is not None:
                self.section = options.Section(self.big, options=self.section.options)
            return
        order = "big" if self.big else "little"
        major = int.from_bytes(body[4:6], order)  # type: ignore[arg-type]
        minor = int.from_bytes(body[6:8], order)  # type: ignore[arg-type]
        if major != 1 or minor not in (0, 2):
            raise SavefileError(f"{self.octets.name}: unsupported pcapng savefile version "
                                f"{major}.{minor} ({self.where()})")
        self.section_body = body
        try:
            told = options.parse(SECTION_HEADER, body[16:], self.big)
        except options.BadOption as error:  # nothing needed to read the packets is in there
            self.bad_options += 1
            self.section_body = b""  # the next one like it is counted, too
            told = error.found
        self.section = options.Section(self.big, options=told)
        self.version = (major, minor)

    def add_interface(self, body: bytes) -> None:
        """An interface description block (section 4.2)."""
        self.fixed(8)
        if len(self.clocks) >= MAX_INTERFACES or len(self.interfaces) >= MAX_IN_FILE:
            raise SavefileError(f"{self.octets.name}: more than {MAX_INTERFACES} interfaces "
                                f"({self.where()})")
        known = self.descriptions.get((body, self.big))
        if known is None:
            self.read_descriptions += 1
            if self.read_descriptions > MAX_DESCRIPTIONS:
                raise SavefileError(f"{self.octets.name}: more than {MAX_DESCRIPTIONS} interfaces "
                                    f"that differ ({self.where()})")
            if len(self.descriptions) >= REMEMBERED:
                self.descriptions.clear()
            known = self.descriptions[body, self.big] = self.description(body)
        self.interfaces.append(known[0])
        self.clocks.append(known[1])

    def description(self, body: bytes) -> tuple[options.Interface, Clock]:
        """What an interface description block says."""
        order = "big" if self.big else "little"
        link_type = modern_link_type(
            int.from_bytes(body[:2], order))  # type: ignore[arg-type]
        snaplen = int.from_bytes(body[4:8], order)  # type: ignore[arg-type]
        found = options.Interface(link_type, snaplen, options=self.block_options(
            blocks.INTERFACE_DESCRIPTION, body[8:]))
        for code, name, size in ((blocks.IF_TSRESOL, "if_tsresol", 1),
                                 (blocks.IF_TSOFFSET, "if_tsoffset", 8)):
            for value in found.all(code):
                if len(value) != size:
                    raise SavefileError(
                        f"{self.octets.name}: Interface Description Block has {name} option with "
                        f"length {len(value)} != {size} ({self.where()})")
        self.max_block = max(self.max_block, max_snaplen(link_type) + blocks.OPTIONS_ROOM + 44)
        return found, Clock(found.resolution, found.offset, link_type, snaplen)

    def put_aside(self) -> bool:
        """Keep an interface statistics block for who may ask; False if something is odd with it."""
        if self.length < 24:
            return False
        pos = self.octets.pos
        window = self.octets.window
        number = window.u32(pos + 8) if self.big else window.le32(pos + 8)
        if number >= len(self.clocks) or self.look_at_options(pos + 20, pos + self.length - 4) < 0:
            return False
        body = window.raw(pos + 8, self.length - 12)
        self.unread[self.first + number] = body, self.big, self.clocks[number]
        return True

    def add_statistics(self, body: bytes) -> None:
        """An interface statistics block (section 4.6)."""
        self.fixed(12)
        order = "big" if self.big else "little"
        number = int.from_bytes(body[:4], order)  # type: ignore[arg-type]
        self.use_clock(number)
        self.block_options(INTERFACE_STATISTICS, body[12:])
        found = statistics_of(self.first + number, body, self.big, self.clocks[number])
        self.unread.pop(found.interface, None)
        self.counters[found.interface] = found
        self.hand_on(found)

    def block_options(self, kind: int, raw: bytes) -> list[options.Option]:
        """The options of a block that is no packet; SavefileError where one does not fit."""
        try:
            return options.parse(kind, raw, self.big)
        except options.BadOption as error:
            raise SavefileError(f"{self.octets.name}: {blocks.BLOCK_NAMES[kind]} block: {error} "
                                f"({self.where()})") from None

    def torn(self, wanted: int, got: int) -> int:
        """The file ends here: 0 where it may, SavefileError in the middle of a block."""
        if got == 0 or (self.octets.following and self.opened):
            return 0
        raise Torn(f"{self.octets.name}: truncated pcapng dump file; tried to read {wanted} "
                   f"bytes, only got {got} ({self.where()})")

    def refuse_length(self, length: int) -> None:
        """A block length that cannot be right: SavefileError."""
        if length < 12:
            why = f"block in pcapng dump file has a length of {length} < 12"
        elif length & 3:
            why = (f"block in pcapng dump file has a length of {length} that is not a multiple "
                   "of 4")
        else:
            why = f"pcapng block size {length} > maximum {self.max_block}"
        raise SavefileError(f"{self.octets.name}: {why} ({self.where()})")

    def where(self) -> str:
        """The block at hand, in words."""
        return f"in the block that begins at byte {self.octets.tell()}, after {self.count} packets"

    def wait(self, timeout: float | None = None) -> bool:
        return self.octets.wait(timeout)

    def stop(self) -> None:
        """A file that is followed ends where it ends now."""
        self.octets.following = False

    def close(self) -> None:
        self.octets.close()


def statistics_of(interface: int, body: bytes, big: bool,
                  clock: Clock) -> options.InterfaceStatistics:
    """What an interface statistics block says. Raises BadOption."""
    order = "big" if big else "little"
    found = options.InterfaceStatistics(interface, stamp(clock, body[4:12], order),
                                        options=options.parse(INTERFACE_STATISTICS, body[12:], big))
    for code, name in ((blocks.ISB_START, "start"), (blocks.ISB_END, "end")):
        values = found.all(code)
        found.set(code, None)
        if values and len(values[0]) == 8:
            setattr(found, name, stamp(clock, values[0], "little"))
    return found


def stamp(clock: Clock, raw: bytes, order: Any) -> int:
    """A time stamp of two halves, the high one first, in nanoseconds."""
    high = int.from_bytes(raw[:4], order)
    return clock.nanoseconds(high << 32 | int.from_bytes(raw[4:8], order))
