"""Room files/: the pcap format, read and written (draft-ietf-opsawg-pcap; libpcap: sf-pcap.c).

A file header of 24 octets, then records: a header of 16 octets (24 in Kuznetzov's variant) and
the captured octets. The byte order is the writer's; the magic number tells it and the resolution
of the time stamps.
"""

from __future__ import annotations

import struct
import sys

from fyke.errors import OutputError, SavefileError
from fyke.files.formats import (
    PCAP_KUZNETZOV,
    PCAP_MAGICS,
    PCAP_MICROSECONDS,
    PCAP_NANOSECONDS,
)
from fyke.files.limits import effective_snaplen, max_snaplen, modern_link_type
from fyke.files.octets import Octets, Torn
from fyke.files.output import Output
from fyke.files.pcap_variants import header_size
from fyke.files.pseudo_headers import TURNED, has_any, settle, turned_back
from fyke.hints import TYPE_CHECKING, Any
from fyke.source import Source
from fyke.wire import Record

if TYPE_CHECKING:
    from fyke.files.pcapng_options import Interface

FILE_HEADER = 24
RECORD_HEADER = 16
LOOK_AHEAD = 1 << 16
KUZNETZOV_RECORD_HEADER = 24  # and: interface index, protocol, packet type

LINK_TYPE_BITS = 0x03FFFFFF
FCS_PRESENT = 0x04000000  # the four bits at the top hold the FCS length, in 16-bit units

IN_ORDER = 0  # captured length, then length on the wire
EXCHANGED = 1  # the other way round: before version 2.3, and DG/UX
MAYBE_EXCHANGED = 2  # version 2.3: some did, some did not

IF_FCS_LENGTH = 13  # pcapng_blocks, not imported before it is needed
TOO_LATE = (1 << 32) * 10**9  # nanoseconds: the field for seconds has 32 bits


class PcapReader(Source):
    """Packets from a pcap file.

    Raises SavefileError when opened on what libpcap refuses, and from ``next`` after the last
    whole packet where the file is torn or a length cannot be right.
    """

    format = "pcap"

    big: bool  #: fields are big endian
    swapped: bool  #: not in the byte order of this host
    nanoseconds: bool  #: resolution of the time stamps, else microseconds
    version: tuple[int, int]
    fcs_length: int  #: octets of frame check sequence at the end of each packet; -1: not told
    count: int  #: packets that came out
    header_size: int  #: octets in front of each packet
    sane: int  #: the longest packet that is believed
    lengths: int  #: which of the two lengths comes first
    pseudo: bool  #: packets have headers that depend on the host (pseudo_headers.py)
    compression: str  #: of the file, "" for none

    def __init__(self, octets: Octets) -> None:
        self.octets = octets
        self.count = 0
        self.compression = ""
        got = octets.need(FILE_HEADER)
        if got < FILE_HEADER:
            raise Torn(f"{octets.name}: truncated dump file; tried to read {FILE_HEADER} file "
                       f"header bytes, only got {got}")
        self.read_header(octets.window.raw(octets.pos, FILE_HEADER))
        octets.pos += FILE_HEADER
        if self.lengths == IN_ORDER:  # what is there at once tells, no pipe is waited for
            there = min(octets.filled - octets.pos, LOOK_AHEAD)
            self.header_size = header_size(octets.window.raw(octets.pos, there),
                                           self.header_size, self.big, self.fractions, self.sane)

    def read_header(self, header: bytes) -> None:
        """Take the 24 octets apart; SavefileError on what libpcap refuses."""
        self.big = int.from_bytes(header[:4], "big") in PCAP_MAGICS
        order = ">" if self.big else "<"
        magic, major, minor, _zone, _figures, snaplen, network = struct.unpack(
            order + "IHHiIII", header)
        name = self.octets.name
        if not ((major == 2 and minor <= 4) or (major, minor) == (543, 0)):
            raise SavefileError(f"{name}: unsupported pcap savefile version {major}.{minor}")
        self.version = (major, minor)
        self.swapped = self.big != (sys.byteorder == "big")
        self.nanoseconds = magic == PCAP_NANOSECONDS
        self.unit = 1 if self.nanoseconds else 1000
        self.fractions = 1000000000 // self.unit
        self.header_size = RECORD_HEADER
        self.link_type = modern_link_type(network & LINK_TYPE_BITS)
        self.fcs_length = 2 * (network >> 28) if network & FCS_PRESENT else -1
        self.pseudo = has_any(self.link_type, self.swapped)
        self.sane = max_snaplen(self.link_type)
        self.snaplen = effective_snaplen(self.link_type, snaplen)
        if magic == PCAP_KUZNETZOV:
            self.header_size = KUZNETZOV_RECORD_HEADER
            if self.link_type == 1:  # cooked captures got an Ethernet header on top
                self.snaplen = min(self.snaplen + 14, 0x7FFFFFFF)
        self.lengths = IN_ORDER
        if major == 543 or minor < 3:
            self.lengths = EXCHANGED
        elif minor == 3:
            self.lengths = MAYBE_EXCHANGED

        self.told_snaplen = self.snaplen if magic == PCAP_KUZNETZOV and snaplen else snaplen
        self.described: list[Interface] = []

    @property
    def interfaces(self) -> list[Interface]:
        """The one interface that there is, as pcapng would describe it."""
        if not self.described:
            from fyke.files.pcapng_options import Interface
            one = Interface(self.link_type, self.told_snaplen)
            if self.fcs_length >= 0:
                one.set(IF_FCS_LENGTH, self.fcs_length, size=1)
            self.described.append(one)
        return self.described

    def next(self, packet: Record) -> bool:
        octets = self.octets
        size = self.header_size
        have = octets.filled - octets.pos
        if have < size:
            have = octets.need(size)
            if have < size:
                return self.torn(size, have, "header")
        window = octets.window
        pos = octets.pos
        if self.big:
            seconds = window.u32(pos)
            fraction = window.u32(pos + 4)
            caplen = window.u32(pos + 8)
            wirelen = window.u32(pos + 12)
        else:
            seconds = window.le32(pos)
            fraction = window.le32(pos + 4)
            caplen = window.le32(pos + 8)
            wirelen = window.le32(pos + 12)
        if self.lengths and (self.lengths == EXCHANGED or caplen > wirelen):
            swap = caplen
            caplen = wirelen
            wirelen = swap
        if caplen > self.sane:
            self.refuse(caplen)
        if have < size + caplen:
            have = octets.need(size + caplen)
            if have < size + caplen:
                return self.torn(caplen, have - size, "captured")
            pos = octets.pos
            window = octets.window
        octets.pos = pos + size + caplen
        if caplen > self.snaplen:  # a wrong file header; libpcap cuts too
            caplen = self.snaplen
        packet.take(window, pos + size, caplen)
        packet.wirelen = wirelen
        packet.fraction = 0
        if fraction >= self.fractions:  # a second's part that is none: kept as it stands
            packet.fraction = fraction
            fraction = 0
        packet.time = seconds * 1000000000 + fraction * self.unit
        packet.link_type = self.link_type
        packet.interface = 0
        packet.meta = None
        if self.pseudo:
            settle(packet, self.swapped)
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
        size = self.header_size
        sane = self.sane
        big = self.big
        done = 1
        while done < count and not self.lengths and filled - pos >= size:
            caplen = window.u32(pos + 8) if big else window.le32(pos + 8)
            if caplen > sane or caplen > filled - pos - size:
                break
            pos += size + caplen
            done += 1
        octets.pos = pos
        self.count += done - 1
        return done

    def torn(self, wanted: int, got: int, what: str) -> bool:
        """The file ends here: False where it may, SavefileError in the middle of a record."""
        if self.octets.following or (got == 0 and what == "header"):
            return False
        raise Torn(
            f"{self.octets.name}: truncated dump file; tried to read {wanted} {what} bytes, "
            f"only got {got} ({self.where()})")

    def refuse(self, caplen: int) -> None:
        """A captured length that cannot be right: SavefileError."""
        limit = f"maximum of {self.sane}"
        if caplen > self.snaplen:
            limit = f"snaplen of {self.snaplen}"
        raise SavefileError(f"{self.octets.name}: invalid packet capture length {caplen}, "
                            f"bigger than {limit} ({self.where()})")

    def where(self) -> str:
        """The record at hand, in words."""
        return f"in packet {self.count + 1}, whose record begins at byte {self.octets.tell()}"

    def wait(self, timeout: float | None = None) -> bool:
        return self.octets.wait(timeout)

    def stop(self) -> None:
        """A file that is followed ends where it ends now."""
        self.octets.following = False

    def close(self) -> None:
        self.octets.close()


class PcapWriter(Output):
    """Packets into a pcap file of version 2.4, little endian.

    Raises OutputError when something cannot be written, a time stamp does not fit (the format
    ends in February 2106), or a packet is longer than the snap length, to which readers would cut
    it.
    """

    format = "pcap"

    def __init__(self, file: Any, name: str, *, link_type: int = 1, snaplen: int = 262144,
                 nanoseconds: bool = False, fcs_length: int = -1,
                 header: bool = True, **unheld: Any) -> None:
        """``unheld`` is what other formats say beside the packets."""
        Output.__init__(self, file, name)
        self.link_type = link_type
        self.snaplen = min(effective_snaplen(link_type, snaplen), max_snaplen(link_type))
        self.unit = 1 if nanoseconds else 1000
        self.foreign = sys.byteorder == "big" and link_type in TURNED
        network = link_type
        if fcs_length >= 0:
            network |= FCS_PRESENT | (fcs_length // 2) << 28
        magic = PCAP_NANOSECONDS if nanoseconds else PCAP_MICROSECONDS
        if header:
            self.line.put(struct.pack("<IHHiIII", magic, 2, 4, 0, 0, snaplen, network))
            self.push()

    def add(self, packet: Record) -> None:
        time = packet.time
        if packet.link_type != self.link_type or time < 0 or time >= TOO_LATE \
                or packet.caplen > self.snaplen:
            self.refuse(packet)
        if self.foreign:
            packet = turned_back(packet)
        line = self.line
        line.begin()
        seconds = time // 1000000000
        line.le32(seconds)
        if packet.fraction != 0:
            line.le32(packet.fraction)
        else:
            line.le32((time - seconds * 1000000000) // self.unit)
        line.le32(packet.caplen)
        line.le32(packet.wirelen)
        line.captured(packet)
        self.taken += 1
        if line.pos >= self.batch:
            self.spill()

    def size_of(self, packet: Record) -> int:
        return RECORD_HEADER + packet.caplen

    def refuse(self, packet: Record) -> None:
        """Why this packet cannot be in this file: OutputError."""
        if packet.link_type != self.link_type:
            raise OutputError(
                f"{self.name}: a pcap file holds one link type: this one {self.link_type}, the "
                f"packet has {packet.link_type}; write pcapng instead")
        if packet.caplen > self.snaplen:
            raise OutputError(f"{self.name}: a packet of {packet.caplen} bytes, the file's snap "
                              f"length is {self.snaplen}: readers would cut or refuse it")
        raise OutputError(f"{self.name}: pcap cannot hold the time {packet.time} ns (before 1970 "
                          "or after 2106); write pcapng instead")

    def whole_packets(self, data: memoryview) -> int:
        count = 0
        pos = 0
        while pos + RECORD_HEADER <= len(data):
            pos += RECORD_HEADER + int.from_bytes(data[pos + 8:pos + 12], "little")
            if pos <= len(data):
                count += 1
        return count
