"""Cisco Discovery Protocol; tcpdump: print-cdp.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.text import plural
from fyke.layers.words import bit_words
from fyke.wire import Line, Record, Truncated

DEVICE_ID, ADDRESS, PORT_ID, CAPABILITIES, VERSION, PLATFORM, PREFIXES = range(1, 8)
HELLO, VTP_DOMAIN, NATIVE_VLAN, DUPLEX = 8, 9, 10, 11
VOICE_REQUEST, VOICE_ASSIGNMENT, POWER, MTU, TRUST, UNTRUSTED = 14, 15, 16, 17, 18, 19
SYSTEM_NAME, MANAGEMENT, LOCATION, POWER_REQUESTED, POWER_AVAILABLE = 20, 22, 23, 25, 26
TLV_NAMES = {
    DEVICE_ID: b"Device-ID", ADDRESS: b"Address", PORT_ID: b"Port-ID",
    CAPABILITIES: b"Capability", VERSION: b"Version String", PLATFORM: b"Platform",
    PREFIXES: b"Prefixes", HELLO: b"Protocol-Hello option",
    VTP_DOMAIN: b"VTP Management Domain", NATIVE_VLAN: b"Native VLAN ID", DUPLEX: b"Duplex",
    VOICE_REQUEST: b"ATA-186 VoIP VLAN assignment", VOICE_ASSIGNMENT: b"ATA-186 VoIP VLAN request",
    POWER: b"power consumption", MTU: b"MTU", TRUST: b"AVVID trust bitmap",
    UNTRUSTED: b"AVVID untrusted ports CoS", SYSTEM_NAME: b"System Name",
    21: b"System Object ID (not decoded)", MANAGEMENT: b"Management Addresses",
    LOCATION: b"Physical Location", POWER_REQUESTED: b"Power requested",
    POWER_AVAILABLE: b"Power available",
}
TEXTS = (DEVICE_ID, PORT_ID, PLATFORM, VTP_DOMAIN, SYSTEM_NAME)
CAPABILITY_NAMES = (
    (0x01, b"Router"), (0x02, b"Transparent Bridge"), (0x04, b"Source Route Bridge"),
    (0x08, b"L2 Switch"), (0x10, b"L3 capable"), (0x20, b"IGMP snooping"),
    (0x40, b"L1 capable"),
)
NLPID_IP = 0xCC
SNAP_IPV6 = bytes.fromhex("aaaa030000 0086dd")


class Cdp(Layer):
    """Version and time to live, then TLVs."""

    __slots__ = ("ttl", "version")

    version: int
    ttl: int  #: seconds that a listener shall remember this

    name = "cdp"
    tag = b"cdp"
    fields = ("version", "ttl")

    def clear(self) -> None:
        self.version = self.ttl = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.version = pkt.u8(off)
        self.ttl = pkt.u8(off + 1)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        if self.size < 4:
            line.put(b" (packet length %d < 4) (invalid)" % self.size)
            return
        pkt.u8(off)
        line.put(b"CDPv%d, ttl: %ds" % (self.version, pkt.u8(off + 1)))
        if line.style.verbose:
            line.put(b", checksum: 0x%04x (unverified), length %d" % (
                pkt.u16(off + 2), self.size))
        at = off + 4
        stop = off + self.size
        while at < stop:
            if stop - at < 4:
                line.put(b"\n\t (remaining packet length %d < 4) (invalid)" % (stop - at))
                return
            kind = pkt.u16(at)
            size = pkt.u16(at + 2)
            name = TLV_NAMES.get(kind, b"unknown field type")
            if size < 4 or size > stop - at:
                line.put(b"%s%s (0x%02x), TLV length: %d byte%s (invalid)" % (
                    b"\n\t" if line.style.verbose else b", ", name, kind, size, plural(size)))
                return
            at += 4
            size -= 4
            pkt.raw(at, size)
            if line.style.verbose:
                line.put(b"\n\t%s (0x%04x), value length: %d byte%s: " % (
                    name, kind, size, plural(size)))
                write_value(line, pkt, at, kind, size)
            elif kind == DEVICE_ID:
                line.put(b", Device-ID ")
                write_value(line, pkt, at, kind, size)
            at += size
        if not line.style.verbose:
            line.put(b", length %d" % self.size)


def write_value(line: Line, pkt: Record, at: int, kind: int, size: int) -> None:
    """One TLV's value."""
    if kind in TEXTS:
        line.char(39)
        line.escaped(pkt, at, size)
        line.char(39)
    elif kind in (ADDRESS, MANAGEMENT):
        write_addresses(line, pkt, at, at + size)
    elif kind == CAPABILITIES:
        word = whole(pkt, at, size, 4)
        line.put(b"(0x%08x): %s" % (word, bit_words(CAPABILITY_NAMES, word)))
    elif kind == VERSION:
        write_version(line, pkt, at, size)
    elif kind == PREFIXES:
        write_prefixes(line, pkt, at, size)
    elif kind == NATIVE_VLAN:
        line.put(b"%d" % whole(pkt, at, size, 2))
    elif kind == DUPLEX:
        line.put(b"full" if whole(pkt, at, size, 1) else b"half")
    elif kind in (VOICE_REQUEST, VOICE_ASSIGNMENT):
        if size < 3:
            raise Truncated
        line.put(b"app %d, vlan %d" % (pkt.u8(at), pkt.u16(at + 1)))
    elif kind == POWER:
        line.put(b"%1.2fW" % (int.from_bytes(pkt.raw(at, size), "big") / 1000))
    elif kind == MTU:
        line.put(b"%d bytes" % whole(pkt, at, size, 4))
    elif kind in (TRUST, UNTRUSTED):
        line.put(b"0x%02x" % whole(pkt, at, size, 1))
    elif kind == LOCATION:
        line.put(b"0x%02x" % whole(pkt, at, size, 1))
        if size > 1:
            line.char(47)
            line.escaped(pkt, at + 1, size - 1)
    elif kind in (POWER_REQUESTED, POWER_AVAILABLE):
        write_power(line, pkt, at, size, kind)
    elif kind != HELLO:
        print_unknown_data(line, pkt, at, b"\n\t  ", size)


def whole(pkt: Record, at: int, size: int, least: int) -> int:
    """The number in the first ``least`` octets; a shorter TLV is cut off."""
    if size < least:
        raise Truncated
    return int.from_bytes(pkt.raw(at, least), "big")


def write_version(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"\n\t  ")
    for i in range(size):
        if pkt.u8(at + i) == 10:
            line.put(b"\n\t  ")
        else:
            line.escaped(pkt, at + i, 1)


def write_prefixes(line: Line, pkt: Record, at: int, size: int) -> None:
    if size % 5:
        raise Truncated
    line.put(b" IPv4 Prefixes (%d):" % (size // 5))
    for i in range(at, at + size, 5):
        line.char(32)
        line.ipv4(pkt.u32(i))
        line.put(b"/%d" % pkt.u8(i + 4))


def write_power(line: Line, pkt: Record, at: int, size: int, kind: int) -> None:
    """Request and management identifiers, then powers in milliwatts."""
    if size < 4:
        raise Truncated
    line.put(b"reqid %d, mgmtid %d" % (pkt.u16(at), pkt.u16(at + 2)))
    line.put(b", pwr%s " % (b"req" if kind == POWER_REQUESTED else b"avail"))
    line.put(b" ".join([b"%d mW" % pkt.u32(i) for i in range(at + 4, at + size - 3, 4)]))


def write_addresses(line: Line, pkt: Record, at: int, stop: int) -> None:
    """A list of addresses of any protocol."""
    if stop - at < 4:
        raise Truncated
    count = pkt.u32(at)
    at += 4
    while at < stop and count > 0:
        if stop - at < 2:
            raise Truncated
        kind = pkt.u8(at)
        size = pkt.u8(at + 1)
        at += 2
        if stop - at < size + 2:
            raise Truncated
        proto = pkt.raw(at, size)
        length = pkt.u16(at + size)
        at += size + 2
        if stop - at < length:
            raise Truncated
        if kind == 1 and size == 1 and proto[0] == NLPID_IP and length == 4:
            line.put(b"IPv4 (%d) " % count)
            line.host4(pkt.u32(at))
        elif kind == 2 and proto == SNAP_IPV6 and length == 16:
            line.put(b"IPv6 (%d) " % count)
            line.host6(pkt, at)
        else:
            line.put(b"pt=0x%02x, pl=%d, pb=" % (kind, size))
            line.put(b"".join([b" %02x" % octet for octet in proto]))
            line.put(b", al=%d, a=" % length)
            line.put(b"".join([b" %02x" % octet for octet in pkt.raw(at, length)]))
        at += length
        count -= 1
        if count:
            line.char(32)
