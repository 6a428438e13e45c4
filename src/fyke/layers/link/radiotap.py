"""Radiotap: what the radio knew of an 802.11 frame (www.radiotap.org); tcpdump: print-802_11.c."""

from __future__ import annotations

import struct

from fyke.hints import Any, Iterator
from fyke.layers.fields import U8, Made, Number
from fyke.layers.layer import Layer
from fyke.layers.link.link_header import LinkHeader
from fyke.layers.link.radiotap_text import write_field
from fyke.layers.link.wlan import Wlan
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 8
MAX_WORDS = 16384  # presence words: a header has at most 65535 octets
NAMESPACE, VENDOR, MORE = 29, 30, 31  # bits that mean the same in every presence word
FLAG_FCS, FLAG_PADDED = 0x10, 0x20

#: What the fields consist of, by their bit; each number is aligned to its own size.
(TSFT, FLAGS, RATE, CHANNEL, HOPPING, SIGNAL_DBM, NOISE_DBM, LOCK_QUALITY, ATTENUATION,
 ATTENUATION_DB, POWER_DBM, ANTENNA, SIGNAL_DB, NOISE_DB, RX_FLAGS) = range(15)
XCHANNEL, MCS, AMPDU, VHT = 18, 19, 20, 21
LAYOUTS = {
    TSFT: "Q", FLAGS: "B", RATE: "B", CHANNEL: "HH", HOPPING: "BB", SIGNAL_DBM: "b",
    NOISE_DBM: "b", LOCK_QUALITY: "H", ATTENUATION: "h", ATTENUATION_DB: "b", POWER_DBM: "b",
    ANTENNA: "B", SIGNAL_DB: "B", NOISE_DB: "B", RX_FLAGS: "H", XCHANNEL: "IHBB", MCS: "BBB",
    AMPDU: "IHBB", VHT: "HBBBBBBBBH",
}
CUT, UNKNOWN = -1, -2  # instead of a bit: the header ends here, or nobody knows a field's size


class Radiotap(LinkHeader):
    """A header of any length: presence words, then the fields that they announce."""

    __slots__ = ("fcs_length", "padded")

    fcs_length: int  #: octets of frame check sequence at the frame's end: 4 or 0
    padded: bool  #: the frame's header is padded to a multiple of four octets

    name = "radiotap"
    tag = b"802.11_radio"

    version = U8(0, "version of the header")
    stated_length = Number(2, 2, "of this header, as it says", unit="bytes", little=True)
    present = Number(4, 4, "which fields are there; the upper bit: another such word follows",
                     little=True)
    tsft = Made("u64", lambda layer: layer.value(TSFT),
                "the radio's clock when the first bit arrived", unit="us")
    flags = Made("u8", lambda layer: layer.value(FLAGS),
                 "of the frame: 0x10 a check sequence, 0x40 a bad one")
    rate = Made("float", lambda layer: layer.find_rate(), "data rate", unit="Mbit/s")
    frequency = Made("u16", lambda layer: layer.find_frequency(), "of the channel", unit="MHz")
    channel_flags = Made("u16", lambda layer: layer.value(CHANNEL, 1), "what kind of channel")
    signal = Made("i8", lambda layer: layer.value(SIGNAL_DBM), "power at the antenna", unit="dBm")
    noise = Made("i8", lambda layer: layer.value(NOISE_DBM), "noise at the antenna", unit="dBm")
    antenna = Made("u8", lambda layer: layer.value(ANTENNA), "number of the antenna")
    mcs = Made("u8", lambda layer: layer.value(MCS, 2), "modulation and coding scheme (802.11n)")

    def clear(self) -> None:
        super().clear()
        self.fcs_length = 0
        self.padded = False

    def parse(self, pkt: Record, off: int) -> None:
        length = pkt.le16(off + 2)
        if length < HEADER_LENGTH or not pkt.has(off, length):
            raise Truncated
        self.head = length
        self.presence_words()
        for bit, values, _ in self.walk():
            if bit == FLAGS:
                self.fcs_length = 4 if values[0] & FLAG_FCS else 0
                self.padded = bool(values[0] & FLAG_PADDED)

    def value(self, bit: int, index: int = 0) -> Any:
        """A number of the first field with this bit; None if there is none."""
        if self.short:
            return None
        for found, values, _ in self.walk():
            if found == bit:
                return values[index]
        return None

    def find_rate(self) -> float | None:
        """The field counts half megabits a second."""
        value = self.value(RATE)
        return None if value is None else value / 2

    def find_frequency(self) -> int | None:
        value: int | None = self.value(CHANNEL)
        return self.value(XCHANNEL, 1) if value is None else value

    def presence_words(self) -> list[int]:
        """The words that say which fields there are. Raises Truncated if they do not end."""
        words = []
        for index in range(MAX_WORDS):
            if 8 + 4 * index > self.head:
                raise Truncated
            words.append(self.pkt.le32(self.off + 4 + 4 * index))
            if not words[-1] >> MORE & 1:
                break
        return words

    def walk(self) -> Iterator[tuple[int, tuple[int, ...], int]]:
        """Bit, numbers and presence word of each field, as far as their sizes are known."""
        words = self.presence_words()
        cursor = Cursor(self.pkt.raw(self.off, self.head), 4 + 4 * len(words))
        first, vendor, skip = 0, False, 0
        for present in words:
            if vendor:
                if not cursor.skip(skip):
                    return
                skip = 0
            else:
                for bit in range(NAMESPACE):
                    if not present >> bit & 1:
                        continue
                    layout = LAYOUTS.get(first + bit)
                    if layout is None:
                        yield UNKNOWN, (first + bit,), present
                        return
                    values = cursor.take(layout)
                    if values is None:
                        yield CUT, (), present
                        return
                    yield first + bit, values, present
            namespace = present >> NAMESPACE & 3
            if namespace == 0:
                first += 32
            elif namespace == 1:
                first, vendor, skip = 0, False, 0
            elif namespace == 2:
                first, vendor = 0, True
                values = cursor.take("BBBBH")
                if values is None:
                    yield CUT, (), present
                else:
                    skip = values[4]

    def write(self, line: Line) -> None:
        if self.short:
            self.cut(line)
        line.link_header(self.off + self.head)
        for bit, values, present in self.walk():
            if bit == CUT:
                line.put(b" [|%s]" % self.tag)
            elif bit == UNKNOWN:
                line.put(b"[bit %d] " % values[0])
            else:
                write_field(line, bit, values, present)

    def upper(self) -> type[Layer] | None:
        return Wlan


class Cursor:
    """Numbers of a header one after the other, little endian, aligned from its beginning."""

    __slots__ = ("at", "octets")

    def __init__(self, octets: bytes, at: int) -> None:
        self.octets = octets
        self.at = at

    def skip(self, count: int) -> bool:
        """Whether the header is long enough."""
        if self.at + count > len(self.octets):
            return False
        self.at += count
        return True

    def take(self, layout: str) -> tuple[int, ...] | None:
        """The numbers of a layout (struct's letters); None if the header ends before."""
        values = []
        for letter in layout:
            size = struct.calcsize("<" + letter)
            at = (self.at + size - 1) // size * size
            if at + size > len(self.octets):
                return None
            values.append(struct.unpack_from("<" + letter, self.octets, at)[0])
            self.at = at + size
        return tuple(values)
