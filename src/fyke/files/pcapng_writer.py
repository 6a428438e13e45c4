# cython: boundscheck=True, wraparound=True
"""Room files/: the pcapng format, written (draft-ietf-opsawg-pcapng).

Everything has nanoseconds (if_tsresol 9). A section may have either byte order, so that blocks
which nobody here understands can be carried as they are: where the next one is of the other order,
a new section begins that says the same of the same interfaces.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable

from fyke.errors import OutputError
from fyke.files import pcapng_blocks as blocks
from fyke.files import pcapng_options as options
from fyke.files.output import Output
from fyke.files.pcapng_processes import MAX_PROCESSES, process_block
from fyke.files.pseudo_headers import TURNED, turned_back
from fyke.hints import Any
from fyke.wire import Record

ENHANCED_PACKET = 6
LARGEST_LINK_TYPE = 0xFFFF

#: Blocks whose body has no numbers that depend on the byte order, apart from those in front.
NUMBERS_IN_FRONT = {blocks.DECRYPTION_SECRETS: "II", blocks.CUSTOM: "I",
                    blocks.SYSTEMD_JOURNAL: "", blocks.NAME_RESOLUTION: ""}


class PcapngWriter(Output):
    """Packets, and everything about them, into a pcapng file.

    ``interfaces`` may be a list that somebody else lengthens while packets come (a reader's): an
    interface is described in each section before its first packet. Without a list, and for a
    packet beyond it, ``describe_new`` makes the description of each interface that comes.
    ``at_end`` is called before the file is closed, to ``carry`` what is only known then. With
    ``held`` the header waits for the first packet. Raises OutputError.
    """

    format = "pcapng"

    sections: int  #: section headers so far
    described: int  #: interfaces that were described in some section
    placed: dict[int, int]  #: numbers in the section at hand, by place in ``interfaces``
    at: int  #: the place in ``interfaces`` of the last packet's
    delivered: dict[int, int]  #: packets by their place in ``interfaces``, up to the last change

    def __init__(self, file: Any, name: str, *, link_type: int = 1, snaplen: int = 262144,
                 interfaces: list[options.Interface] | None = None,
                 section: options.Section | None = None,
                 describe_new: Callable[[Record], options.Interface] | None = None,
                 at_end: Callable[[PcapngWriter], None] | None = None,
                 held: bool = False, **always: Any) -> None:
        """``always`` is what other formats must be told: here times are in nanoseconds …"""
        Output.__init__(self, file, name)
        self.link_type = link_type
        self.snaplen = snaplen
        self.interfaces = interfaces if interfaces is not None else []
        self.own = interfaces is None
        self.numbers: dict[tuple[int, int], int] = {}
        self.describe_new = describe_new
        self.at_end = at_end
        self.delivered = {}
        self.counted = 0
        self.at = 0
        self.number = 0
        self.sections = 0
        self.described = 0
        self.placed = {}
        self.last = -1
        self.last_link_type = -1
        self.foreign = False
        self.processes: set[Any] = set()  # that are described
        self.lasting: dict[Any, bytes] = {}  # options by the meta of many packets
        told = section if section is not None else options.Section()
        self.begin_section(told, told.big)
        self.describe_all()
        if not held:
            self.push()

    def restart(self, section: options.Section) -> None:
        """While all is still ``held``: say ``section`` of the packets to come, in place of it."""
        self.line.rewind(0)
        self.line.begin()
        self.sections = self.described = 0
        self.begin_section(section, section.big)

    def begin_section(self, section: options.Section, big: bool) -> None:
        """A section header block, of the byte order ``big``; interfaces are numbered anew."""
        self.count_delivered()
        if self.line.pos:
            self.push()  # what is written at once has one byte order
        self.section = section
        self.big = big
        self.sections += 1
        body = struct.pack(self.order("IHHq"), blocks.BYTE_ORDER_MAGIC, 1, 0, -1)
        self.block(blocks.SECTION_HEADER, body + options.encode(
            blocks.SECTION_HEADER, section.options, self.big))
        self.placed.clear()
        self.lasting.clear()
        self.last = -1

    def order(self, form: str) -> str:
        """A struct format in the section's byte order."""
        return (">" if self.big else "<") + form

    def block(self, kind: int, body: bytes) -> None:
        """Any block but a packet's; the body is filled up to a multiple of four octets."""
        pad = -len(body) & 3
        length = struct.pack(self.order("I"), len(body) + pad + blocks.BLOCK_OVERHEAD)
        line = self.line
        line.begin()
        line.put(struct.pack(self.order("I"), kind) + length)
        line.put(body)
        line.put(bytes(pad) + length)
        if line.pos >= self.batch:
            self.push()

    def describe_all(self) -> None:
        """Describe the interfaces that were described nowhere yet."""
        while self.described < len(self.interfaces):
            self.describe(self.described)

    def describe(self, place: int) -> None:
        """An interface description block for the interface at ``place`` of the list."""
        interface = self.interfaces[place]
        if interface.link_type > LARGEST_LINK_TYPE:
            raise OutputError(f"{self.name}: pcapng holds link types up to {LARGEST_LINK_TYPE}, "
                              f"not {interface.link_type}; write pcap instead")
        told = options.Options(interface.options)
        told.set(blocks.IF_TSRESOL, 9, size=1)
        told.set(blocks.IF_TSOFFSET, None)
        body = struct.pack(self.order("HHI"), interface.link_type, 0, interface.snaplen)
        self.block(blocks.INTERFACE_DESCRIPTION, body + options.encode(
            blocks.INTERFACE_DESCRIPTION, told.options, self.big))
        self.placed[place] = len(self.placed)
        self.described = max(self.described, place + 1)

    def number_of(self, place: int) -> int:
        """An interface's number in the section at hand, in which it is described if need be."""
        while self.described <= place:  # in the order of the list
            self.describe(self.described)
        if place not in self.placed:
            self.describe(place)
        return self.placed[place]

    def add(self, packet: Record) -> None:
        if packet.interface != self.last or packet.link_type != self.last_link_type:
            self.use_interface(packet)
        extra = b""
        if packet.meta is not None:
            extra = self.options_of(packet)
        if self.foreign:
            packet = turned_back(packet)
        time = packet.time
        if time < 0:
            raise OutputError(f"{self.name}: pcapng cannot hold the time {time} ns (before 1970)")
        pad = (4 - (packet.caplen & 3)) & 3
        length = packet.caplen + pad + len(extra) + 32
        line = self.line
        line.begin()
        if self.big:
            line.be32(ENHANCED_PACKET)
            line.be32(length)
            line.be32(self.number)
            line.be32(time >> 32)
            line.be32(time & 0xFFFFFFFF)
            line.be32(packet.caplen)
            line.be32(packet.wirelen)
        else:
            line.le32(ENHANCED_PACKET)
            line.le32(length)
            line.le32(self.number)
            line.le32(time >> 32)
            line.le32(time & 0xFFFFFFFF)
            line.le32(packet.caplen)
            line.le32(packet.wirelen)
        line.captured(packet)
        while pad > 0:
            line.char(0)
            pad -= 1
        if extra:
            line.put(extra)
        if self.big:
            line.be32(length)
        else:
            line.le32(length)
        self.taken += 1
        if line.pos >= self.batch:
            self.spill()

    def options_of(self, packet: Record) -> bytes:
        """What stands behind the packet's data."""
        if not getattr(packet.meta, "lasting", False):
            return self.packet_options(packet)
        made = self.lasting.get(packet.meta)
        return self.lasting_options(packet) if made is None else made

    def size_of(self, packet: Record) -> int:
        size = 32 + (packet.caplen + 3) // 4 * 4
        return size + len(self.packet_options(packet)) if packet.meta is not None else size

    def use_interface(self, packet: Record) -> None:
        """Another interface than the last packet's: describe it if that is still to be done."""
        self.count_delivered()
        place = packet.interface
        if self.own or place >= len(self.interfaces):
            place = self.new_interface(packet)
        expected = self.interfaces[place].link_type
        if packet.link_type != expected:
            raise OutputError(f"{self.name}: a packet of link type {packet.link_type} cannot be "
                              f"written as one of interface {place}, whose link type is "
                              f"{expected}")
        self.number = self.number_of(place)
        self.at = place
        self.last = packet.interface
        self.last_link_type = packet.link_type
        self.foreign = self.big != (sys.byteorder == "big") and packet.link_type in TURNED

    def count_delivered(self) -> None:
        """Put the packets since the last change of interface down to that interface."""
        if self.taken > self.counted:
            self.delivered[self.at] = (self.delivered.get(self.at, 0) + self.taken
                                       - self.counted)
            self.counted = self.taken

    def new_interface(self, packet: Record) -> int:
        """The place in the list of an interface that nobody described beforehand."""
        key = (packet.interface, packet.link_type)
        if key not in self.numbers:
            self.numbers[key] = len(self.interfaces)
            self.interfaces.append(self.describe_new(packet) if self.describe_new is not None
                                   else options.Interface(packet.link_type, self.snaplen))
        return self.numbers[key]

    def packet_options(self, packet: Record) -> bytes:
        """The packet's options as its block holds them."""
        meta = packet.meta
        if not isinstance(meta, options.Options):
            return b""
        if isinstance(meta, options.PacketOptions) and meta.raw is not None and meta.plain \
                and meta.big == self.big:
            return meta.raw + bytes(4)
        return options.encode(ENHANCED_PACKET, packet.meta.options, self.big)

    def lasting_options(self, packet: Record) -> bytes:
        """The options of a packet whose meta many packets share: made once.

        Of an owner that this file does not know yet, a block tells first.
        """
        meta = packet.meta
        process = meta.process
        if process is not None:
            alike = process._replace(tid=process.pid)
            if alike not in self.processes:
                if len(self.processes) >= MAX_PROCESSES:
                    self.processes.clear()
                self.processes.add(alike)
                self.carry_block(process_block(alike))
        if len(self.lasting) >= MAX_PROCESSES:
            self.lasting.clear()
        made = self.lasting[meta] = self.packet_options(packet)
        return made

    def carry(self, item: Any) -> None:
        """Write what a PcapngReader carries: a Section, InterfaceStatistics or a Block."""
        if isinstance(item, options.InterfaceStatistics):
            self.add_statistics(item)
        elif isinstance(item, options.Section):
            if item is not self.section:
                self.describe_all()
                self.begin_section(item, item.big)
        else:
            self.carry_block(item)

    def carry_block(self, block: options.Block) -> None:
        """A block as it is: turned where its byte order differs, else in a section of its order."""
        if block.kind == blocks.CUSTOM_NO_COPY:
            return
        body = block.body
        if block.big != self.big:
            turned = self.turned(block)
            if turned is None:
                self.begin_section(self.section, block.big)
            else:
                body = turned
        self.block(block.kind, body)

    def turned(self, block: options.Block) -> bytes | None:
        """The body in the section's byte order; None where the numbers in it are not known."""
        form = NUMBERS_IN_FRONT.get(block.kind)
        if form is None or len(block.body) < struct.calcsize("<" + form):
            return None
        numbers = struct.unpack_from((">" if block.big else "<") + form, block.body)
        body = struct.pack(self.order(form), *numbers) + block.body[struct.calcsize("<" + form):]
        if block.kind == blocks.NAME_RESOLUTION:
            return options.turned_names(body, self.big)
        return body

    def add_statistics(self, counters: options.InterfaceStatistics) -> None:
        """An interface statistics block, usually at the end of a capture."""
        number = self.number_of(counters.interface)
        told = options.Options(counters.options)
        for code, time in ((blocks.ISB_START, counters.start), (blocks.ISB_END, counters.end)):
            if time is not None:
                told.set(code, struct.pack("<II", time >> 32 & 0xFFFFFFFF, time & 0xFFFFFFFF))
        body = struct.pack(self.order("III"), number,
                           counters.time >> 32 & 0xFFFFFFFF, counters.time & 0xFFFFFFFF)
        self.block(blocks.INTERFACE_STATISTICS, body + options.encode(
            blocks.INTERFACE_STATISTICS, told.options, self.big))

    def finish(self) -> None:
        if not self.interfaces:
            self.interfaces.append(options.Interface(self.link_type, self.snaplen))
        self.describe_all()
        self.count_delivered()
        if self.at_end is not None:
            self.at_end(self)

    def whole_packets(self, data: memoryview) -> int:
        order: Any = "big" if self.big else "little"
        count = 0
        pos = 0
        while pos + 8 <= len(data):
            kind = int.from_bytes(data[pos:pos + 4], order)
            pos += max(12, int.from_bytes(data[pos + 4:pos + 8], order))
            if kind == ENHANCED_PACKET and pos <= len(data):
                count += 1
        return count
