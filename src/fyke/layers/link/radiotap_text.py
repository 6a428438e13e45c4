"""What a radiotap field says, in tcpdump's words (print-802_11.c), and the rates of 802.11n."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.wire import Line

FREQUENCY_HOPPING, A, B, G_PURE, G = 0x0880, 0x0140, 0x00A0, 0x00C0, 0x0480  # kinds of channel
TURBO, HALF, QUARTER = 0x0010, 0x4000, 0x8000
HT20, HT40_UP, HT40_DOWN = 0x10000, 0x20000, 0x40000
HAS_XCHANNEL, HAS_MCS = 1 << 18, 1 << 19
FLAG_WORDS = ((0x01, b"cfp "), (0x02, b"short preamble "), (0x04, b"wep "), (0x08, b"fragmented "),
              (0x40, b"bad-fcs "))

HT_BANDWIDTHS = (b"20 MHz", b"40 MHz", b"20 MHz (L)", b"20 MHz (U)")
VHT_BANDWIDTHS = (
    *HT_BANDWIDTHS, b"80 MHz", b"80 MHz (L)", b"80 MHz (U)", b"80 MHz (LL)", b"80 MHz (LU)",
    b"80 MHz (UL)", b"80 MHz (UU)", b"160 MHz", b"160 MHz (L)", b"160 MHz (U)", b"160 MHz (LL)",
    b"160 MHz (LU)", b"160 MHz (UL)", b"160 MHz (UU)", b"160 MHz (LLL)", b"160 MHz (LLU)",
    b"160 MHz (LUL)", b"160 MHz (UUU)", b"160 MHz (ULL)", b"160 MHz (ULU)", b"160 MHz (UUL)",
    b"160 MHz (UUU)", *(b"unknown (%d)" % number for number in range(26, 32)))

#: Rate of one stream in units of 6.5 Mb/s, by MCS index modulo 8 (IEEE 802.11-2016 §19.5).
EQUAL = (1, 2, 3, 4, 6, 8, 9, 10)
#: The same for all streams together where their modulations differ: MCS 33 to 76.
UNEQUAL = (6, 8, 10, 9, 12, 15, 8, 10, 10, 12, 14, 14, 16, 12, 15, 15, 18, 21, 21, 24, 10, 12, 14,
           12, 14, 16, 18, 16, 18, 20, 20, 22, 15, 18, 21, 18, 21, 24, 27, 24, 27, 30, 30, 33)


def ht_rate(index: int, wide: bool, short_interval: bool) -> float:
    """Megabits a second of an MCS index in 20 or 40 MHz; 0 for none that is known."""
    if index == 32:
        rate = 6.0 if wide else 0.0
    elif index < 32:
        rate = 6.5 * EQUAL[index % 8] * (index // 8 + 1)
    elif index <= 76:
        rate = 6.5 * UNEQUAL[index - 33]
    else:
        return 0.0
    if wide and index != 32:
        rate = rate * 27 / 13  # 108 carriers instead of 52
    return rate / 0.9 if short_interval else rate


def write_channel(line: Line, frequency: int, flags: int, present: int) -> None:
    line.put(b"%d MHz" % frequency)
    if present & HAS_MCS:
        line.put(b" 11n")  # whatever the flags say
    else:
        write_kind(line, flags)
    if flags & HT20:
        line.put(b" ht/20")
    elif flags & HT40_DOWN:
        line.put(b" ht/40-")
    elif flags & HT40_UP:
        line.put(b" ht/40+")
    line.char(32)


def write_kind(line: Line, flags: int) -> None:
    """Which of the old standards a channel belongs to."""
    width = b"/10Mhz" if flags & HALF else b"/5Mhz" if flags & QUARTER else b""
    if flags & FREQUENCY_HOPPING == FREQUENCY_HOPPING:
        line.put(b" FHSS")
    if flags & A == A:
        line.put(b" 11a" + width)
    if flags & G_PURE == G_PURE or flags & G == G:
        line.put(b" 11g" + width)
    elif flags & B == B:
        line.put(b" 11b")
    if flags & TURBO:
        line.put(b" Turbo")


def write_flags(line: Line, values: tuple[int, ...], present: int) -> None:
    for bit, word in FLAG_WORDS:
        if values[0] & bit:
            line.put(word)


def write_rate(line: Line, values: tuple[int, ...], present: int) -> None:
    """FreeBSD puts an MCS index here, marked by the high bit."""
    if 0x80 <= values[0] <= 0x8F:
        line.put(b"MCS %d " % (values[0] & 0x7F))
    else:
        line.put(b"%.1f Mb/s " % (values[0] / 2))


def write_plain_channel(line: Line, values: tuple[int, ...], present: int) -> None:
    if not present & HAS_XCHANNEL:
        write_channel(line, values[0], values[1], present)


def write_extended_channel(line: Line, values: tuple[int, ...], present: int) -> None:
    write_channel(line, values[1], values[0], present)


def write_mcs(line: Line, values: tuple[int, ...], present: int) -> None:
    """802.11n: which of the numbers are known comes first."""
    known, flags, index = values
    if known & 0x02:
        rate = ht_rate(index, flags & 3 == 1, bool(flags & 4)) if known & 0x05 else 0.0
        if rate:
            line.put(b"%.1f Mb/s " % rate)
        line.put(b"MCS %d " % index)
    if known & 0x01:
        line.put(HT_BANDWIDTHS[flags & 3] + b" ")
    if known & 0x04:
        line.put(b"short GI " if flags & 0x04 else b"long GI ")
    if known & 0x08:
        line.put(b"greenfield " if flags & 0x08 else b"mixed ")
    if known & 0x10:
        line.put(b"LDPC FEC " if flags & 0x10 else b"BCC FEC ")
    if known & 0x20:
        line.put(b"RX-STBC%d " % (flags >> 5 & 3))


def write_vht(line: Line, values: tuple[int, ...], present: int) -> None:
    """802.11ac: up to four users."""
    known, flags, bandwidth = values[:3]
    coding = values[7]
    for user, both in enumerate(values[3:7]):
        if both & 15:
            line.put(b"User %d MCS %d %s FEC " % (
                user, both >> 4, b"LDPC" if coding >> user & 1 else b"BCC"))
    if known & 0x40:
        line.put(VHT_BANDWIDTHS[bandwidth & 31] + b" ")
    if known & 0x04:
        line.put(b"short GI " if flags & 0x04 else b"long GI ")


def write_nothing(line: Line, values: tuple[int, ...], present: int) -> None:
    """A field that is passed over."""


Writer = Callable[[Line, tuple[int, ...], int], None]

#: Fields that are a number and its unit.
FORMATS = {0: b"%dus tsft ", 4: b"fhset %d fhpat %d ", 5: b"%ddBm signal ", 6: b"%ddBm noise ",
           7: b"%d sq ", 10: b"%ddBm tx power ", 11: b"antenna %d ", 12: b"%ddB signal ",
           13: b"%ddB noise "}
#: Those that count downwards.
NEGATED = {8: b"%d tx power ", 9: b"%ddB tx attenuation "}
WRITERS: dict[int, Writer] = {
    1: write_flags, 2: write_rate, 3: write_plain_channel, 14: write_nothing,
    18: write_extended_channel, 19: write_mcs, 20: write_nothing, 21: write_vht,
}


def write_field(line: Line, bit: int, values: tuple[int, ...], present: int) -> None:
    """One field; ``present`` is the word that announced it."""
    if bit in FORMATS:
        line.put(FORMATS[bit] % values)
    elif bit in NEGATED:
        line.put(NEGATED[bit] % -values[0])
    else:
        WRITERS[bit](line, values, present)
