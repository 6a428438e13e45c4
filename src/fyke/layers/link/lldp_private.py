"""LLDP extensions: 802.1, 802.3, LLDP-MED (ANSI/TIA-1057), DCBX, MUD (RFC 8520); print-lldp.c.

A writer returns whether the TLV's octets are to be shown as well.
"""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.link import lldp_names as names
from fyke.layers.link.text import write_padded
from fyke.layers.words import bit_words
from fyke.wire import Line, Record

BITS_HEAD = b"\n\t     Priority : 0  1  2  3  4  5  6  7\n\t     Value    : "


def write_subtype(line: Line, pkt: Record, at: int, table: dict[int, bytes]) -> int:
    subtype = pkt.u8(at + 3)
    line.put(b"\n\t  %s Subtype (%d)" % (table.get(subtype, b"unknown"), subtype))
    return subtype


DOT1_LENGTHS = {1: 6, 2: 7, 3: 6, 4: 5, 7: 9, 8: 6, 9: 25, 10: 25, 11: 6, 12: 5, 13: 9, 14: 8}


def write_dot1(line: Line, pkt: Record, at: int, size: int) -> bool:
    """IEEE 802.1Q annex D."""
    if size < 4:
        return False
    subtype = write_subtype(line, pkt, at, names.DOT1_NAMES)
    if subtype not in DOT1_LENGTHS:
        return True
    if size < DOT1_LENGTHS[subtype]:
        return False
    if subtype == 1:
        line.put(b"\n\t    port vlan id (PVID): %d" % pkt.u16(at + 4))
    elif subtype == 2:
        line.put(b"\n\t    port and protocol vlan id (PPVID): %d, flags [%s] (0x%02x)" % (
            pkt.u16(at + 5), bit_words(names.PROTOCOL_VLAN_FLAGS, pkt.u8(at + 4)), pkt.u8(at + 4)))
    elif subtype == 3:
        write_vlan_name(line, pkt, at, size)
    elif subtype == 4:
        length = pkt.u8(at + 4)
        if size >= 5 + length:
            line.put(b"\n\t    protocol identity: ")
            write_padded(line, pkt, at + 5, length)
    elif subtype == 7:
        write_aggregation(line, pkt, at)
    elif subtype == 8:
        line.put(b"\n\t    Pre-Priority CNPV Indicator" + BITS_HEAD + bits(pkt.u8(at + 4)))
        line.put(b"\n\t    Pre-Priority Ready Indicator" + BITS_HEAD + bits(pkt.u8(at + 5)))
    elif subtype in (9, 10):
        write_ets(line, pkt, at, subtype)
    elif subtype == 11:
        word = pkt.u8(at + 4)
        line.put(b"\n\t    Willing: %d, MBC: %d, RES: %d, PFC cap:%d " % (
            word >> 7, word >> 6 & 1, word >> 4 & 3, word & 15))
        line.put(b"\n\t    PFC Enable" + BITS_HEAD + bits(pkt.u8(at + 5)))
    elif subtype == 12:
        write_priorities(line, pkt, at, size)
    elif subtype == 13:
        write_evb(line, pkt, at)
    else:
        write_cdcp(line, pkt, at, size)
    return False


def bits(value: int) -> bytes:
    return b"".join([b"%-2d " % (value >> i & 1) for i in range(8)])


def write_vlan_name(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t    vlan id (VID): %d" % pkt.u16(at + 4))
    if size < 7 or size < 7 + pkt.u8(at + 6):
        return
    line.put(b"\n\t    vlan name: ")
    write_padded(line, pkt, at + 7, pkt.u8(at + 6))


def write_ets(line: Line, pkt: Record, at: int, subtype: int) -> None:
    """Enhanced transmission selection."""
    word = pkt.u8(at + 4)
    if subtype == 9:
        line.put(b"\n\t    Willing:%d, CBS:%d, RES:%d, Max TCs:%d" % (
            word >> 7, word >> 6 & 2, word >> 3 & 7, word & 7))
    else:
        line.put(b"\n\t    RES: %d" % word)
    row = b" ".join([b"%-3d"] * 8)
    octets = pkt.raw(at + 5, 4)
    halves = tuple(half for octet in octets for half in (octet >> 4, octet & 15))
    line.put(b"\n\t    Priority Assignment Table"
             b"\n\t     Priority : 0   1   2   3   4   5   6   7\n\t     Value    : "
             + row % halves)
    line.put(b"\n\t    TC Bandwidth Table"
             b"\n\t     TC%   : 0   1   2   3   4   5   6   7\n\t     Value : "
             + row % tuple(pkt.raw(at + 9, 8)))
    line.put(b"\n\t    TSA Assignment Table"
             b"\n\t     Traffic Class: 0   1   2   3   4   5   6   7\n\t     Value        : "
             + row % tuple(pkt.raw(at + 17, 8)))


def write_priorities(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t    RES: %d" % pkt.u8(at + 4))
    if size <= 5 or (size - 5) % 3:
        return
    line.put(b"\n\t    Application Priority Table")
    for i in range(at + 5, at + size, 3):
        word = pkt.u8(i)
        line.put(b"\n\t      Priority: %d, RES: %d, Sel: %d, Protocol ID: %d" % (
            word >> 5, word >> 3 & 3, word & 7, pkt.u16(i + 1)))


def write_evb(line: Line, pkt: Record, at: int) -> None:
    """Edge virtual bridging."""
    word = pkt.u8(at + 4)
    line.put(b"\n\t    EVB Bridge Status\n\t      RES: %d, BGID: %d, RRCAP: %d, RRCTR: %d" % (
        word >> 3, word >> 2 & 1, word >> 1 & 1, word & 1))
    word = pkt.u8(at + 5)
    line.put(b"\n\t    EVB Station Status\n\t      RES: %d, SGID: %d, RRREQ: %d,RRSTAT: %d" % (
        word >> 4, word >> 3 & 1, word >> 2 & 1, word & 3))
    word = pkt.u8(at + 6)
    line.put(b"\n\t    R: %d, RTE: %d, " % (word >> 5, word & 31))
    word = pkt.u8(at + 7)
    line.put(b"EVB Mode: %s [%d]" % (names.EVB_MODES[word >> 6], word >> 6))
    line.put(b"\n\t    ROL: %d, RWD: %d, " % (word >> 5 & 1, word & 31))
    word = pkt.u8(at + 8)
    line.put(b"RES: %d, ROL: %d, RKA: %d" % (word >> 6, word >> 5 & 1, word & 31))


def write_cdcp(line: Line, pkt: Record, at: int, size: int) -> None:
    """S-channel discovery."""
    word = pkt.u8(at + 4)
    line.put(b"\n\t    Role: %d, RES: %d, Scomp: %d ChnCap: %d" % (
        word >> 7, word >> 4 & 7, word >> 3 & 1, pkt.u16(at + 6) & 0xFFF))
    if (size - 8) % 3:
        return
    for i in range(at + 8, at + size, 3):
        word = pkt.u24(i)
        line.put(b"\n\t    SCID: %d, SVID: %d" % (word >> 12, word & 0xFFF))


def write_dot3(line: Line, pkt: Record, at: int, size: int) -> bool:
    """IEEE 802.3 §79."""
    if size < 4:
        return False
    subtype = write_subtype(line, pkt, at, names.DOT3_NAMES)
    least = {1: 9, 2: 7, 3: 9, 4: 6}.get(subtype)
    if least is None:
        return True
    if size < least:
        return False
    word = pkt.u8(at + 4)
    if subtype == 1:
        pmd = pkt.u16(at + 5)
        mau = pkt.u16(at + 7)
        line.put(b"\n\t    autonegotiation [%s] (0x%02x)" % (
            bit_words(names.ENABLED_FLAGS, word), word))
        line.put(b"\n\t    PMD autoneg capability [%s] (0x%04x)" % (
            bit_words(names.PMD_FLAGS, pmd, none=b"unknown"), pmd))
        line.put(b"\n\t    MAU type %s (0x%04x)" % (
            names.MAU_NAMES[mau] if mau < len(names.MAU_NAMES) else b"unknown", mau))
    elif subtype == 2:
        line.put(b"\n\t    MDI power support [%s], power pair %s, power class %s" % (
            bit_words(names.MDI_FLAGS, word), names.POWER_PAIRS.get(pkt.u8(at + 5), b"unknown"),
            names.POWER_CLASSES.get(pkt.u8(at + 6), b"unknown")))
    elif subtype == 3:
        write_aggregation(line, pkt, at)
    else:
        line.put(b"\n\t    MTU size %d" % pkt.u16(at + 4))
    return False


def write_aggregation(line: Line, pkt: Record, at: int) -> None:
    """Link aggregation: 802.3's first, now 802.1's."""
    line.put(b"\n\t    aggregation status [%s], aggregation port ID %d" % (
        bit_words(names.ENABLED_FLAGS, pkt.u8(at + 4)), pkt.u32(at + 5)))


def write_iana(line: Line, pkt: Record, at: int, size: int) -> bool:
    """Manufacturer usage description (RFC 8520 §11)."""
    if size < 8:
        return False
    if write_subtype(line, pkt, at, {1: b"MUD-URL"}) != 1:
        return True
    line.put(b"\n\t  MUD-URL=")
    line.escaped(pkt, at + 4, size - 4)
    return False


def write_med(line: Line, pkt: Record, at: int, size: int) -> bool:
    """LLDP-MED (ANSI/TIA-1057)."""
    if size < 4:
        return False
    subtype = write_subtype(line, pkt, at, names.MED_NAMES)
    if subtype not in names.MED_NAMES:
        return True
    if size < {1: 7, 2: 8, 3: 5, 4: 7}.get(subtype, 4):
        return False
    if subtype == 1:
        word = pkt.u16(at + 4)
        line.put(b"\n\t    Media capabilities [%s] (0x%04x)" % (
            bit_words(names.MED_FLAGS, word), word))
        word = pkt.u8(at + 6)
        line.put(b"\n\t    Device type [%s] (0x%02x)" % (
            names.MED_DEVICES.get(word, b"unknown"), word))
    elif subtype == 2:
        word = pkt.u8(at + 4)
        line.put(b"\n\t    Application type [%s] (0x%02x), Flags [%s]" % (
            names.MED_APPLICATIONS.get(word, b"none"), word,
            bit_words(names.POLICY_FLAGS, pkt.u8(at + 5))))
        line.put(b"\n\t    Vlan id %d, L2 priority %d, DSCP value %d" % (
            (pkt.u16(at + 5) & 0x1FFE) >> 1, (pkt.u16(at + 6) & 0x1FF) >> 6,
            pkt.u16(at + 6) & 63))
    elif subtype == 3:
        write_location(line, pkt, at, size)
    elif subtype == 4:
        write_med_power(line, pkt, at)
    else:
        line.put(b"\n\t  %s " % names.INVENTORY_NAMES[subtype])
        write_padded(line, pkt, at + 4, size - 4)
    return False


def write_med_power(line: Line, pkt: Record, at: int) -> None:
    word = pkt.u8(at + 4)
    line.put(b"\n\t    Power type [%s], Power source [%s]" % (
        b"PD device" if word & 3 else b"PSE device",
        names.POWER_SOURCES.get(word >> 4 & 3, b"none")))
    line.put(b"\n\t    Power priority [%s] (0x%02x)" % (
        names.POWER_PRIORITIES.get(word & 15, b"none"), word & 15))
    power = pkt.u16(at + 5)
    if power < 1024:
        line.put(b", Power %d.%d Watts" % divmod(power, 10))
    else:
        line.put(b", Power %d (Reserved)" % power)


def write_location(line: Line, pkt: Record, at: int, size: int) -> None:
    """Coordinates, a civic address or an emergency number."""
    kind = pkt.u8(at + 4)
    line.put(b"\n\t    Location data format %s (0x%02x)" % (
        names.LOCATION_FORMATS.get(kind, b"unknown"), kind))
    if kind == 1:
        if size >= 21:
            write_coordinates(line, pkt, at)
    elif kind == 2:
        write_civic(line, pkt, at, size)
    elif kind == 3:
        line.put(b"\n\t    ECS ELIN id ")
        write_padded(line, pkt, at + 5, size - 5)
    else:
        line.put(b"\n\t    Location ID ")
        print_unknown_data(line, pkt, at + 5, b"\n\t      ", size - 5)


def write_coordinates(line: Line, pkt: Record, at: int) -> None:
    for word, where in ((b"Lat", at + 5), (b"Long", at + 10)):
        line.put(b"\n\t    %situde resolution %d, %situde value %d" % (
            word, pkt.u8(where) >> 2, word.lower(),
            (pkt.u8(where) & 3) << 32 | pkt.u32(where + 1)))
    kind = pkt.u8(at + 15) >> 4
    line.put(b"\n\t    Altitude type %s (%d)" % (names.ALTITUDES.get(kind, b"unknown"), kind))
    line.put(b"\n\t    Altitude resolution %d, altitude value 0x%x" % (
        pkt.u16(at + 15) >> 6 & 63, pkt.u32(at + 16) & 0x3FFFFFFF))
    datum = pkt.u8(at + 20)
    line.put(b"\n\t    Datum %s (0x%02x)" % (names.DATUMS.get(datum, b"unknown"), datum))


def write_civic(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 4776 §3.1."""
    if size < 6 or pkt.u8(at + 5) < 3 or size < 7 + pkt.u8(at + 5):
        return
    rest = pkt.u8(at + 5)
    line.put(b"\n\t    LCI length %d, LCI what %s (0x%02x), Country-code " % (
        rest, names.CIVIC_WHATS.get(pkt.u8(at + 6), b"unknown"), pkt.u8(at + 6)))
    write_padded(line, pkt, at + 7, 2)
    rest -= 3
    at += 9
    while rest >= 2:
        kind = pkt.u8(at)
        length = pkt.u8(at + 1)
        line.put(b"\n\t      CA type '%s' (%d), length %d: " % (
            names.CIVIC_TYPES.get(kind, b"unknown"), kind, length))
        rest -= 2
        at += 2
        if kind == 0 or length == 0 or rest < length:
            return
        write_padded(line, pkt, at, length)
        at += length
        rest -= length


def write_dcbx(line: Line, pkt: Record, at: int, size: int) -> bool:
    """Data center bridging exchange, before IEEE took it over."""
    if size < 4:
        return False
    if write_subtype(line, pkt, at, names.DCBX_NAMES) == 1:
        return True
    stop = at + size
    at += 4
    hexdump = False
    while stop - at >= 2:
        head = pkt.u16(at)
        kind = head >> 9
        length = head & 0x1FF
        at += 2
        hexdump = False
        if kind == 0 or length == 0 or length > stop - at:
            return hexdump
        if length < {1: 10, 2: 17, 3: 6, 4: 4}.get(kind, 0):
            return hexdump
        hexdump = not write_feature(line, pkt, at, kind, length)
        if line.style.verbose > 1 or hexdump:
            print_unknown_data(line, pkt, at, b"\n\t    ", length)
        at += length
    return hexdump


def write_feature(line: Line, pkt: Record, at: int, kind: int, length: int) -> bool:
    """One DCBX TLV; False if nothing is known of it."""
    titles = {1: b"Control - Protocol Control", 2: b"Feature - Priority Group",
              3: b"Feature - Priority Flow Control", 4: b"Feature - Application"}
    if kind not in titles:
        return False
    line.put(b"\n\t    %s (type 0x%x, length %d)" % (titles[kind], kind, length))
    line.put(b"\n\t      Oper_Version: %d\n\t      Max_Version: %d" % (
        pkt.u8(at), pkt.u8(at + 1)))
    if kind == 1:
        line.put(b"\n\t      Sequence Number: %d\n\t      Acknowledgement Number: %d" % (
            pkt.u32(at + 2), pkt.u32(at + 6)))
        return True
    info = pkt.u8(at + 2)
    line.put(b"\n\t      Info block(0x%02X): Enable bit: %d, Willing bit: %d, Error Bit: %d" % (
        info, info >> 7, info >> 6 & 1, info >> 5 & 1))
    line.put(b"\n\t      SubType: %d" % pkt.u8(at + 3))
    if kind == 2:
        line.put(b"\n\t      Priority Allocation")
        groups = pkt.u32(at + 4)
        for i in range(8):
            line.put(b"\n\t          PgId_%d: %d" % (i, groups >> (28 - 4 * i) & 15))
        line.put(b"\n\t      Priority Group Allocation")
        for i in range(8):
            line.put(b"\n\t          Pg percentage[%d]: %d" % (i, pkt.u8(at + 8 + i)))
        line.put(b"\n\t      NumTCsSupported: %d" % pkt.u8(at + 16))
    elif kind == 3:
        mask = pkt.u8(at + 4)
        line.put(b"\n\t      PFC Config (0x%02X)" % mask)
        for i in range(8):
            line.put(b"\n\t          Priority Bit %d: %s" % (
                i, b"Enabled" if mask >> i & 1 else b"Disabled"))
        line.put(b"\n\t      NumTCPFCSupported: %d" % pkt.u8(at + 5))
    else:
        for i in range(at + 4, at + length - 5, 6):
            word = pkt.u24(i + 2)
            line.put(b"\n\t      Application Value"
                     b"\n\t          Application Protocol ID: 0x%04x" % pkt.u16(i))
            line.put(b"\n\t          SF (0x%x) Application Protocol ID is %s" % (
                word >> 22, b"Socket Number" if word >> 22 else b"L2 EtherType"))
            line.put(b"\n\t          OUI: 0x%06x\n\t          User Priority Map: 0x%02x" % (
                word & 0x3FFFFF, pkt.u8(i + 5)))
    return True


WRITERS: dict[int, Callable[[Line, Record, int, int], bool]] = {
    0x0080C2: write_dot1, 0x00120F: write_dot3, 0x00005E: write_iana, 0x0012BB: write_med,
    0x001B21: write_dcbx,
}
