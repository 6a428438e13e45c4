"""Link Layer Discovery Protocol (IEEE 802.1AB-2016); tcpdump: print-lldp.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.afi_names import AFI_NAMES
from fyke.layers.fields import Listed, Made, Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link import lldp_values
from fyke.layers.link.lldp_names import (
    CAPABILITIES,
    CHASSIS_NAMES,
    NUMBERING_NAMES,
    PORT_NAMES,
    TLV_NAMES,
)
from fyke.layers.link.lldp_private import WRITERS
from fyke.layers.link.lldp_values import AFI_SIZES, CHASSIS_KINDS, PORT_KINDS, Extension
from fyke.layers.link.text import write_padded
from fyke.layers.ouis import OUI_NAMES
from fyke.layers.words import as_text, bit_words
from fyke.wire import Line, Record, Truncated

CHASSIS_ID, PORT_ID, TTL, PORT_DESCRIPTION, SYSTEM_NAME = 1, 2, 3, 4, 5
SYSTEM_DESCRIPTION, SYSTEM_CAPABILITIES, MANAGEMENT, ORGANIZATION = 6, 7, 8, 127


class Lldp(Layer):
    """A data unit: nothing but TLVs (type of 7 bits, length of 9)."""

    __slots__ = ()

    name = "lldp"
    tag = b"lldp"

    chassis_id = Made("text", lambda lldp: lldp.part("chassis_id", "id"),
                      "who sends: an address, a name, or what its subtype says")
    chassis_id_subtype = Made("u8", lambda lldp: lldp.part("chassis_id", "subtype"),
                              "what kind of name it is", names=as_text(CHASSIS_NAMES))
    port_id = Made("text", lambda lldp: lldp.part("port_id", "id"), "at which port")
    port_id_subtype = Made("u8", lambda lldp: lldp.part("port_id", "subtype"),
                           "what kind of name it is", names=as_text(PORT_NAMES))
    ttl = Made("u16", lambda lldp: lldp.number("ttl"), "how long all this counts", unit="s")
    port_description = Made("text", lambda lldp: lldp.value("port_description"),
                            "the port's description")
    system_name = Made("text", lambda lldp: lldp.value("system_name"), "the sender's name")
    system_description = Made("text", lambda lldp: lldp.value("system_description"),
                              "the sender's hardware and software")
    capabilities = Made("u16", lambda lldp: lldp.part("capabilities", "system"),
                        "what the sender can be: 4 a bridge, 16 a router …")
    capabilities_enabled = Made("u16", lambda lldp: lldp.part("capabilities", "enabled"),
                                "what of it is switched on")
    vlan = Made("u16", lambda lldp: lldp.extension("port_vlan_id"), "the port's VLAN (802.1)")
    max_frame_size = Made("u16", lambda lldp: lldp.extension("max_frame_size"),
                          "largest frame of the port (802.3)", unit="bytes")
    tlvs = Listed(lambda lldp: lldp.read_tlvs(), "every TLV with its value", keyed=True)

    def read_tlvs(self) -> Options:
        return lldp_values.read(self.pkt, self.off, self.off + self.size)

    def value(self, name: str) -> Any:
        """The value of the first TLV of a name; None where there is none."""
        return self.read_tlvs().get(name)

    def part(self, name: str, part: str) -> Any:
        """A part of such a value; octets that are no text are shown in hexadecimal."""
        found = getattr(self.value(name), part, None)
        return found.hex() if isinstance(found, bytes) else found

    def number(self, name: str) -> int | None:
        found = self.value(name)
        return found if isinstance(found, int) else None

    def extension(self, name: str) -> int | None:
        """A number that an organisation's TLV says."""
        for one in self.read_tlvs():
            if isinstance(one.value, Extension) and one.value.name == name:
                return one.value.value if isinstance(one.value.value, int) else None
        return None

    def write(self, line: Line) -> None:
        pkt = self.pkt
        line.put(b"LLDP, length %d" % self.size)
        at = self.off
        stop = self.off + self.size
        while stop - at >= 2:
            head = pkt.u16(at)
            kind = head >> 9
            size = head & 0x1FF
            at += 2
            if line.style.verbose:
                line.put(b"\n\t%s TLV (%d), length %d" % (
                    TLV_NAMES.get(kind, b"Unknown"), kind, size))
            if kind == 0 or size == 0:
                return
            pkt.raw(at, size)
            if size > stop - at:
                raise Truncated
            hexdump = False
            if line.style.verbose or kind == SYSTEM_NAME:
                hexdump = write_tlv(line, pkt, at, kind, size)
            if line.style.verbose > 1 or (line.style.verbose and hexdump):
                print_unknown_data(line, pkt, at, b"\n\t  ", size)
            at += size


def write_tlv(line: Line, pkt: Record, at: int, kind: int, size: int) -> bool:
    """One TLV's value; whether its octets are to be shown too."""
    if kind == CHASSIS_ID:
        return write_identifier(line, pkt, at, size, CHASSIS_NAMES, CHASSIS_KINDS)
    if kind == PORT_ID:
        return write_identifier(line, pkt, at, size, PORT_NAMES, PORT_KINDS)
    if kind == TTL:
        if size < 2:
            raise Truncated
        line.put(b": TTL %ds" % pkt.u16(at))
    elif kind in (PORT_DESCRIPTION, SYSTEM_NAME):
        line.put(b": ")
        write_padded(line, pkt, at, size)
    elif kind == SYSTEM_DESCRIPTION:
        line.put(b"\n\t  ")
        write_padded(line, pkt, at, size)
    elif kind == SYSTEM_CAPABILITIES:
        if size < 4:
            raise Truncated
        for word, where in ((b"System ", at), (b"Enabled", at + 2)):
            value = pkt.u16(where)
            line.put(b"\n\t  %s Capabilities [%s] (0x%04x)" % (
                word, bit_words(CAPABILITIES, value), value))
    elif kind == MANAGEMENT:
        write_management(line, pkt, at, size)
    elif kind == ORGANIZATION:
        if size < 3:
            raise Truncated
        oui = pkt.u24(at)
        line.put(b": OUI %s (0x%06x)" % (OUI_NAMES.get(oui, b"Unknown"), oui))
        writer = WRITERS.get(oui)
        return True if writer is None else writer(line, pkt, at, size)
    else:
        return True
    return False


def write_identifier(line: Line, pkt: Record, at: int, size: int, names: dict[int, bytes],
                     kinds: dict[int, str]) -> bool:
    """A chassis or port identifier and what kind of thing it is."""
    if size < 2:
        raise Truncated
    subtype = pkt.u8(at)
    line.put(b"\n\t  Subtype %s (%d): " % (names.get(subtype, b"Unknown"), subtype))
    kind = kinds.get(subtype)
    if kind == "ether":
        if size < 7:
            raise Truncated
        line.ether(pkt, at + 1)
    elif kind == "network":
        write_network(line, pkt, at + 1, size - 1)
    elif kind == "text":
        write_padded(line, pkt, at + 1, size - 1)
    return kind is None


def write_network(line: Line, pkt: Record, at: int, size: int) -> None:
    """An address with its family."""
    if size < 1:
        raise Truncated
    family = pkt.u8(at)
    if size - 1 < AFI_SIZES.get(family, 0):
        raise Truncated
    name = AFI_NAMES.get(family, b"Unknown")
    if family not in AFI_SIZES:
        line.put(b"AFI %s (%d), no AF printer !" % (name, family))
        return
    line.put(b"AFI %s (%d): " % (name, family))
    if family == 1:
        line.host4(pkt.u32(at + 1))
    elif family == 2:
        line.host6(pkt, at + 1)
    else:
        line.ether(pkt, at + 1)


def write_management(line: Line, pkt: Record, at: int, size: int) -> None:
    """IEEE 802.1AB-2016 §8.5.9."""
    stop = at + size
    length = pkt.u8(at)
    at += 1
    if length > stop - at or length < 1:
        raise Truncated
    if length - 1 < AFI_SIZES.get(pkt.u8(at), 0):
        raise Truncated
    line.put(b"\n\t  Management Address length %d, " % length)
    write_network(line, pkt, at, length)
    at += length
    if stop - at < 5:
        raise Truncated
    subtype = pkt.u8(at)
    line.put(b"\n\t  %s Interface Numbering (%d): %d" % (
        NUMBERING_NAMES.get(subtype, b"Unknown"), subtype, pkt.u32(at + 1)))
    at += 5
    if at < stop:
        length = pkt.u8(at)
        if length > stop - at - 1:
            raise Truncated
        if length:
            line.put(b"\n\t  OID length %d" % length)
            write_padded(line, pkt, at + 1, length)
