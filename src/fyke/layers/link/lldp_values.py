"""The values of LLDP's TLVs: the basic ones, and those of IEEE 802.1, 802.3 and LLDP-MED."""

from __future__ import annotations

from fyke.hints import Any, Iterator, NamedTuple
from fyke.layers.cursor import (
    MOST,
    Cursor,
    Form,
    Malformed,
    Tlv,
    fixed,
    option,
    options,
    text,
    whole_number,
)
from fyke.layers.fields import Options
from fyke.layers.link.lldp_bridging import BRIDGING, DCBX
from fyke.layers.link.lldp_locations import location
from fyke.layers.plain import address
from fyke.wire import Record

END = 0
#: Subtypes of the identifiers: which is an Ethernet address, a network address, text.
CHASSIS_KINDS = {4: "ether", 5: "network", 1: "text", 2: "text", 3: "text", 6: "text", 7: "text"}
PORT_KINDS = {3: "ether", 4: "network", 1: "text", 2: "text", 5: "text", 6: "text", 7: "text"}
#: Octets of an address by its family (IANA's numbers): IPv4, IPv6, Ethernet.
AFI_SIZES = {1: 4, 2: 16, 6: 6}
IEEE_802_1, IEEE_802_3, IANA, MED = 0x0080C2, 0x00120F, 0x00005E, 0x0012BB
INTEL = 0x001B21  # whose number DCBX has


class Identifier(NamedTuple):
    """Who sends, or at which port: what kind of name, and the name."""

    subtype: int
    id: Any  #: text, an address as text, or octets


class Capabilities(NamedTuple):
    """What the sender can be, and what of it is switched on (IEEE 802.1AB-2016 §8.5.8)."""

    system: int
    enabled: int


class Management(NamedTuple):
    """An address at which the sender is managed (§8.5.9)."""

    address: Any
    numbering: int  #: what the interface's number is: 2 ifIndex, 3 port
    interface: int
    oid: bytes


class Extension(NamedTuple):
    """A TLV of an organisation."""

    oui: int
    subtype: int
    name: str
    value: Any


class PortVlan(NamedTuple):
    """Port and protocol VLAN (IEEE 802.1Q annex D)."""

    flags: int
    vlan: int


class VlanName(NamedTuple):
    """A VLAN and what it is called."""

    vlan: int
    name: str


class Aggregation(NamedTuple):
    """Link aggregation: supported (1) and enabled (2), and the port of the aggregate."""

    status: int
    port: int


class MacPhy(NamedTuple):
    """What the port negotiates (IEEE 802.3 §79.3.1)."""

    autonegotiation: int
    capability: int
    mau_type: int


class Mdi(NamedTuple):
    """Power over the cable (IEEE 802.3 §79.3.2)."""

    support: int
    pair: int
    power_class: int


class MedCapabilities(NamedTuple):
    """What LLDP-MED's sender tells, and what kind of device it is (ANSI/TIA-1057 §10.2.2)."""

    capabilities: int
    device: int


class Policy(NamedTuple):
    """A VLAN and priorities for an application (ANSI/TIA-1057 §10.2.3)."""

    application: int
    unknown: bool
    tagged: bool
    vlan: int
    priority: int
    dscp: int


class MedPower(NamedTuple):
    """Power, in tenths of a watt (ANSI/TIA-1057 §10.2.5)."""

    type: int
    source: int
    priority: int
    tenths: int


def network(octets: bytes) -> Any:
    """A family and an address: as text where the family is known."""
    if octets and len(octets) - 1 == AFI_SIZES.get(octets[0]):
        return address(octets[1:])
    return octets


def identifier(pkt: Record, at: int, size: int, kinds: dict[int, str]) -> Identifier:
    subtype = pkt.u8(at)
    kind, octets = kinds.get(subtype), pkt.raw(at + 1, size - 1)
    if kind == "ether" and len(octets) == 6:
        return Identifier(subtype, address(octets))
    if kind == "network":
        return Identifier(subtype, network(octets))
    return Identifier(subtype, text(pkt, at + 1, size - 1) if kind == "text" else octets)


def chassis(pkt: Record, at: int, size: int) -> Identifier:
    return identifier(pkt, at, size, CHASSIS_KINDS)


def port(pkt: Record, at: int, size: int) -> Identifier:
    return identifier(pkt, at, size, PORT_KINDS)


def capabilities(pkt: Record, at: int, size: int) -> Capabilities:
    return Capabilities(pkt.u16(at), pkt.u16(at + 2))


def management(pkt: Record, at: int, size: int) -> Management:
    walk = Cursor(pkt, at, at + size)
    where = network(walk.raw(walk.u8()))
    return Management(where, walk.u8(), walk.u32(), walk.raw(walk.u8()) if walk.left else b"")


def extension(pkt: Record, at: int, size: int) -> Extension:
    """A TLV of an organisation: three octets of its number, one of a type of its own."""
    oui, subtype = pkt.u24(at), pkt.u8(at + 3)
    one = Tlv(subtype, at, at + 4, size - 4)
    found = option(pkt, one, ORGANIZATIONS.get(oui, {}).get(subtype))
    return Extension(oui, subtype, found.name, found.value)


def vlan_name(pkt: Record, at: int, size: int) -> VlanName:
    walk = Cursor(pkt, at, at + size)
    number, length = walk.u16(), walk.u8()
    return VlanName(number, text(pkt, walk.step(length), length))


def protocol(pkt: Record, at: int, size: int) -> bytes:
    walk = Cursor(pkt, at, at + size)
    return walk.raw(walk.u8())


def policy(pkt: Record, at: int, size: int) -> Policy:
    word = pkt.u24(at + 1)
    return Policy(pkt.u8(at), bool(word >> 23), bool(word >> 22 & 1), word >> 9 & 0xFFF,
                  word >> 6 & 7, word & 63)


def med_power(pkt: Record, at: int, size: int) -> MedPower:
    first = pkt.u8(at)
    return MedPower(first >> 6, first >> 4 & 3, first & 15, pkt.u16(at + 1))


def of(kind: Any, *sizes: int) -> Any:
    """A reader of a record whose numbers stand one behind the other."""
    def read(pkt: Record, at: int, size: int) -> Any:
        values = []
        for one in sizes:
            values.append(whole_number(pkt, at, one))
            at += one
        return kind(*values)
    return read


AGGREGATION = fixed("link_aggregation", 5, of(Aggregation, 1, 4))

ORGANIZATIONS: dict[int, dict[int, Form]] = {
    IEEE_802_1: {
        1: fixed("port_vlan_id", 2), 2: fixed("protocol_vlan", 3, of(PortVlan, 1, 2)),
        3: Form("vlan_name", vlan_name, 3), 4: Form("protocol", protocol, 1),
        6: fixed("management_vlan", 2), 7: AGGREGATION, **BRIDGING},
    IEEE_802_3: {
        1: fixed("mac_phy", 5, of(MacPhy, 1, 2, 2)), 2: Form("power", of(Mdi, 1, 1, 1), 3),
        3: AGGREGATION, 4: fixed("max_frame_size", 2)},
    IANA: {1: Form("mud_url", text)}, INTEL: DCBX,
    MED: {
        1: fixed("med_capabilities", 3, of(MedCapabilities, 2, 1)),
        2: fixed("network_policy", 4, policy), 3: Form("location", location, 1),
        4: fixed("extended_power", 3, med_power), 5: Form("hardware_revision", text),
        6: Form("firmware_revision", text), 7: Form("software_revision", text),
        8: Form("serial_number", text), 9: Form("manufacturer", text), 10: Form("model", text),
        11: Form("asset_id", text)},
}

FORMS: dict[int, Form] = {
    END: fixed("end", 0), 1: Form("chassis_id", chassis, 2), 2: Form("port_id", port, 2),
    3: Form("ttl", lambda pkt, at, size: pkt.u16(at), 2), 4: Form("port_description", text),
    5: Form("system_name", text), 6: Form("system_description", text),
    7: Form("capabilities", capabilities, 4), 8: Form("management", management, 8),
    127: Form("organization", extension, 4),
}


def elements(pkt: Record, at: int, stop: int) -> Iterator[Tlv]:
    """Type of 7 bits, length of 9 (§8.4), up to the end or the TLV that says so."""
    for _ in range(MOST):
        if at >= stop:
            return
        if stop - at < 2:
            raise Malformed("an octet is left, a TLV has two or more")
        head = pkt.u16(at)
        kind, size = head >> 9, head & 0x1FF
        if size > stop - at - 2:
            raise Malformed(f"TLV {kind} of {size} octets where {stop - at - 2} are left")
        yield Tlv(kind, at, at + 2, size)
        if kind == END:
            return
        at += 2 + size
    raise Malformed(f"more than {MOST} TLVs")


def read(pkt: Record, at: int, stop: int) -> Options:
    """Every TLV of a data unit."""
    return options(pkt, elements(pkt, at, stop), FORMS)
