"""Cisco Discovery Protocol; tcpdump: print-cdp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import (
    Cursor,
    Form,
    Malformed,
    Tlv,
    dotted,
    options,
    raw,
    text,
    tlvs,
    whole_number,
)
from fyke.layers.fields import U8, U16, Listed
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.text import plural
from fyke.layers.plain import address
from fyke.layers.words import INVALID, bit_words
from fyke.wire import Line, Record

DEVICE_ID = 1
HEADER_LENGTH, TLV_HEADER_LENGTH = 4, 4
NLPID, LLC = 1, 2  # kinds of protocol in an address
NLPID_IP = bytes((0xCC,))
SNAP_IPV6 = bytes.fromhex("aaaa030000 0086dd")
CAPABILITY_NAMES = (
    (0x01, b"Router"), (0x02, b"Transparent Bridge"), (0x04, b"Source Route Bridge"),
    (0x08, b"L2 Switch"), (0x10, b"L3 capable"), (0x20, b"IGMP snooping"),
    (0x40, b"L1 capable"),
)


class Address(NamedTuple):
    """One address of any protocol."""

    protocol: str  #: "ipv4", "ipv6", or the protocol's octets in hexadecimal
    address: Any


class Prefix(NamedTuple):
    """A network behind the sender (on demand routing)."""

    network: str
    length: int


class Appliance(NamedTuple):
    """What a telephone asks for or gets: its application and VLAN."""

    application: int
    vlan: int


class Location(NamedTuple):
    """Where it stands."""

    kind: int
    text: str


class Power(NamedTuple):
    """Power over the cable: who asks, and how much, in milliwatts."""

    request_id: int
    management_id: int
    milliwatts: list[int]


def read_addresses(pkt: Record, at: int, size: int) -> list[Address]:
    walk = Cursor(pkt, at, at + size)
    found = []
    for _ in range(walk.u32()):
        kind, length = walk.u8(), walk.u8()
        protocol = walk.raw(length)
        where = walk.raw(walk.u16())
        if (kind, protocol, len(where)) == (NLPID, NLPID_IP, 4):
            found.append(Address("ipv4", address(int.from_bytes(where, "big"))))
        elif (kind, protocol, len(where)) == (LLC, SNAP_IPV6, 16):
            found.append(Address("ipv6", address(where)))
        else:
            found.append(Address(protocol.hex(), where))
    return found


def read_prefixes(pkt: Record, at: int, size: int) -> list[Prefix]:
    if size % 5:
        raise Malformed("a prefix has 5 octets")
    return [Prefix(dotted(pkt, one, 4), pkt.u8(one + 4)) for one in range(at, at + size, 5)]


def read_appliance(pkt: Record, at: int, size: int) -> Any:
    return Appliance(pkt.u8(at), pkt.u16(at + 1)) if size == 3 else pkt.u16(at)


def read_location(pkt: Record, at: int, size: int) -> Location:
    return Location(pkt.u8(at), text(pkt, at + 1, size - 1))


def read_power(pkt: Record, at: int, size: int) -> Power:
    return Power(pkt.u16(at), pkt.u16(at + 2),
                 [pkt.u32(one) for one in range(at + 4, at + size - 3, 4)])


def write_text(line: Line, pkt: Record, at: int, size: int) -> None:
    line.char(39)
    line.escaped(pkt, at, size)
    line.char(39)


def write_capabilities(line: Line, pkt: Record, at: int, size: int) -> None:
    word = pkt.u32(at)
    line.put(b"(0x%08x): %s" % (word, bit_words(CAPABILITY_NAMES, word)))


def write_version(line: Line, pkt: Record, at: int, size: int) -> None:
    """Text of several lines, indented."""
    line.put(b"\n\t  ")
    for i in range(size):
        if pkt.u8(at + i) == 10:
            line.put(b"\n\t  ")
        else:
            line.escaped(pkt, at + i, 1)


def write_prefixes(line: Line, pkt: Record, at: int, size: int) -> None:
    if size % 5:
        line.put(b" [length %d is not a multiple of 5]" % size)
        pkt.raw(at, size)
        return
    line.put(b" IPv4 Prefixes (%d):" % (size // 5))
    for i in range(at, at + size, 5):
        line.char(32)
        line.ipv4(pkt.u32(i))
        line.put(b"/%d" % pkt.u8(i + 4))


def written(form: bytes) -> Callable[[Line, Record, int, int], None]:
    """A whole number in these words."""
    return lambda line, pkt, at, size: line.put(form % whole_number(pkt, at, size))


def write_duplex(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"full" if pkt.u8(at) else b"half")


def write_appliance(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"unknown 0x%04x" % pkt.u16(at) if size == 2 else
             b"app %d, vlan %d" % (pkt.u8(at), pkt.u16(at + 1)))


def write_consumption(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"%1.2fW" % (whole_number(pkt, at, size) / 1000))


def write_location(line: Line, pkt: Record, at: int, size: int) -> None:
    line.put(b"0x%02x" % pkt.u8(at))
    if size > 1:
        line.char(47)
        line.escaped(pkt, at + 1, size - 1)


def write_power(what: bytes) -> Callable[[Line, Record, int, int], None]:
    """Request and management identifiers, then powers."""
    def write(line: Line, pkt: Record, at: int, size: int) -> None:
        line.put(b"reqid %d, mgmtid %d, %s " % (pkt.u16(at), pkt.u16(at + 2), what))
        line.put(b" ".join([b"%d mW" % pkt.u32(i) for i in range(at + 4, at + size - 3, 4)]))
    return write


def write_addresses(line: Line, pkt: Record, at: int, size: int) -> None:
    """A list of addresses of any protocol; what does not fit ends it."""
    stop = at + size
    wrong = write_each_address(line, pkt, at, stop)
    if wrong:
        line.put(b" (not enough space for %s)" % wrong)
        pkt.raw(at, size)


def write_each_address(line: Line, pkt: Record, at: int, stop: int) -> bytes:
    """What there was no room for, nothing if all was well."""
    if stop - at < 4:
        return b"num"
    count = pkt.u32(at)
    at += 4
    while count:
        if stop - at < 2:
            return b"PT+PL"
        kind, size = pkt.u8(at), pkt.u8(at + 1)
        at += 2
        if stop - at < size + 2:
            return b"P+AL"
        length = pkt.u16(at + size)
        proto = pkt.raw(at, size)
        at += size + 2
        known = (kind, proto, length) in ((NLPID, NLPID_IP, 4), (LLC, SNAP_IPV6, 16))
        if not known:
            line.put(b"pt=0x%02x, pl=%d, pb=" % (kind, size))
            line.put(b"".join([b" %02x" % octet for octet in proto]))
            line.put(b", al=%d, a=" % length)
        if stop - at < length:
            return b"A"
        if not known:
            line.put(b"".join([b" %02x" % octet for octet in pkt.raw(at, length)]))
        elif length == 4:
            line.put(b"IPv4 (%d) " % count)
            line.host4(pkt.u32(at))
        else:
            line.put(b"IPv6 (%d) " % count)
            line.host6(pkt, at)
        at += length
        count -= 1
        if count:
            line.char(32)
    if stop > at:
        line.put(b" (%d bytes of stray data)" % (stop - at))
    return b""


def write_nothing(line: Line, pkt: Record, at: int, size: int) -> None:
    """What nobody documented."""
    pkt.raw(at, size)


class Words(NamedTuple):
    """How the text calls an element, and writes its value."""

    title: bytes
    write: Callable[[Line, Record, int, int], None]


FORMS: dict[int, Form] = {
    DEVICE_ID: Form("device_id", text, write=Words(b"Device-ID", write_text)),
    2: Form("addresses", read_addresses, write=Words(b"Address", write_addresses)),
    3: Form("port_id", text, write=Words(b"Port-ID", write_text)),
    4: Form("capabilities", whole_number, 4, 4, Words(b"Capability", write_capabilities)),
    5: Form("software_version", text, write=Words(b"Version String", write_version)),
    6: Form("platform", text, write=Words(b"Platform", write_text)),
    7: Form("prefixes", read_prefixes, write=Words(b"Prefixes", write_prefixes)),
    8: Form("hello", raw, write=Words(b"Protocol-Hello option", write_nothing)),
    9: Form("vtp_domain", text, write=Words(b"VTP Management Domain", write_text)),
    10: Form("native_vlan", whole_number, 2, 2, Words(b"Native VLAN ID", written(b"%d"))),
    11: Form("full_duplex", whole_number, 1, 1, Words(b"Duplex", write_duplex)),
    14: Form("voice_vlan", read_appliance, 3, 3,
             Words(b"ATA-186 VoIP VLAN assignment", write_appliance)),
    15: Form("voice_vlan_request", read_appliance, 2, 3,
             Words(b"ATA-186 VoIP VLAN request", write_appliance)),
    16: Form("power_consumption", whole_number, 1, 3,
             Words(b"power consumption", write_consumption)),
    17: Form("mtu", whole_number, 4, 4, Words(b"MTU", written(b"%d bytes"))),
    18: Form("trust", whole_number, 1, 1, Words(b"AVVID trust bitmap", written(b"0x%02x"))),
    19: Form("untrusted_cos", whole_number, 1, 1,
             Words(b"AVVID untrusted ports CoS", written(b"0x%02x"))),
    20: Form("system_name", text, write=Words(b"System Name", write_text)),
    21: Form("system_object_id", raw, write=Words(b"System Object ID (not decoded)",
                                                  write_nothing)),
    22: Form("management_addresses", read_addresses, 4, -1,
             Words(b"Management Addresses", write_addresses)),
    23: Form("location", read_location, 1, -1, Words(b"Physical Location", write_location)),
    25: Form("power_requested", read_power, 4, -1,
             Words(b"Power requested", write_power(b"pwrreq"))),
    26: Form("power_available", read_power, 4, -1,
             Words(b"Power available", write_power(b"pwravail"))),
}


class Cdp(Layer):
    """Version and time to live, then TLVs."""

    __slots__ = ()

    name = "cdp"
    tag = b"cdp"

    version = U8(0, "version of the protocol")
    ttl = U8(1, "how long a listener shall remember this", unit="s")
    checksum = U16(2, "checksum over the message")
    tlvs = Listed(lambda layer: options(layer.pkt, tlvs(
        layer.pkt, layer.off + HEADER_LENGTH, layer.off + layer.size, type_size=2, length_size=2,
        counts=TLV_HEADER_LENGTH), FORMS), "what the sender tells of itself", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)  # says whether the header is short

    def write(self, line: Line) -> None:
        pkt = self.pkt
        off = self.off
        if self.size < HEADER_LENGTH:
            line.put(b" (packet length %d < 4)" % self.size)
            self.refuse(line, off)
            return
        line.put(b"CDPv%d, ttl: %ds" % (pkt.u8(off), pkt.u8(off + 1)))
        checksum = pkt.u16(off + 2)
        if line.style.verbose:
            line.put(b", checksum: 0x%04x (unverified), length %d" % (checksum, self.size))
        at = off + HEADER_LENGTH
        stop = off + self.size
        while at < stop:
            if stop - at < TLV_HEADER_LENGTH:
                line.put(b" (remaining packet length %d < 4)" % (stop - at))
                self.refuse(line, at)
                return
            kind, size = pkt.u16(at), pkt.u16(at + 2)
            title = title_of(kind)
            if size < TLV_HEADER_LENGTH:
                line.put(b"\n\t%s (0x%04x), TLV length: %d byte%s (too short)" % (
                    title, kind, size, plural(size)) if line.style.verbose else
                    b", %s TLV length %d too short" % (title, size))
                self.refuse(line, at)
                return
            if size > stop - at:
                line.put(b" (TLV length %d > %d)" % (size, stop - at))
                self.refuse(line, at)
                return
            write_tlv(line, pkt, Tlv(kind, at, at + 4, size - 4), title)
            at += size
        if not line.style.verbose:
            line.put(b", length %d" % self.size)

    def refuse(self, line: Line, at: int) -> None:
        """What cannot be ends the text; it also tells where the rest was not captured."""
        line.put(INVALID)
        self.pkt.raw(at, self.off + self.size - at)


def title_of(kind: int) -> bytes:
    form = FORMS.get(kind)
    return b"unknown field type" if form is None else form.write.title


def write_tlv(line: Line, pkt: Record, one: Tlv, title: bytes) -> None:
    """One element; without -v the device's name only."""
    verbose = line.style.verbose
    if verbose:
        line.put(b"\n\t%s (0x%04x), value length: %d byte%s: " % (
            title, one.type, one.size, plural(one.size)))
    elif one.type == DEVICE_ID:
        line.put(b", Device-ID ")
    form = FORMS.get(one.type)
    if form is not None and not form.fits(one.size):
        line.put(b" (malformed TLV)")
    elif form is not None and (verbose or one.type == DEVICE_ID):
        form.write.write(line, pkt, one.at, one.size)
        return
    pkt.raw(one.at, one.size)
    if verbose:
        print_unknown_data(line, pkt, one.at, b"\n\t  ", one.size)
