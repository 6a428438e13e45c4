"""TLVs of connectivity fault management (IEEE 802.1Q §21.5)."""

from __future__ import annotations

from fyke.layers.afi_names import AFI_NAMES
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.link.text import write_padded
from fyke.layers.ouis import OUI_NAMES
from fyke.wire import Line, Record

HEADER_LENGTH = 3
END, SENDER, PORT, INTERFACE, PRIVATE = 0, 1, 2, 3, 31
TLV_NAMES = {END: b"End", SENDER: b"Sender ID", PORT: b"Port status",
             INTERFACE: b"Interface status", 4: b"Data", 5: b"Reply Ingress", 6: b"Reply Egress",
             PRIVATE: b"Organization Specific"}
PORT_STATES = {1: b"Blocked", 2: b"Up"}
INTERFACE_STATES = {1: b"Up", 2: b"Down", 3: b"Testing", 5: b"Dormant", 6: b"not present",
                    7: b"lower Layer down"}
MAC_ADDRESS, NETWORK_ADDRESS = 4, 5
TEXT_KINDS = (1, 2, 3, 6, 7)
CHASSIS_NAMES = {
    0: b"Reserved", 1: b"Chassis component", 2: b"Interface alias", 3: b"Port component",
    MAC_ADDRESS: b"MAC address", NETWORK_ADDRESS: b"Network address", 6: b"Interface name",
    7: b"Locally assigned",
}
TLV_TOO_SHORT = b"\n\t  (TLV too short)"


class Bad(Exception):
    """Why the message is not read any further."""


def write_tlv(line: Line, pkt: Record, at: int, end: int) -> int:
    """One TLV, and where the next begins."""
    kind = pkt.u8(at)
    line.put(b"\n\t%s TLV (0x%02x)" % (TLV_NAMES.get(kind, b"Unknown"), kind))
    if kind == END:
        raise Bad(b"")
    if end - at < HEADER_LENGTH:
        raise Bad(b"\n\t\t packet is too short")
    size = pkt.u16(at + 1)
    line.put(b", length %d" % size)
    at += HEADER_LENGTH
    if size > end - at:
        raise Bad(b"\n\t\t packet is too short")
    pkt.raw(at, size)
    if kind == SENDER:
        write_sender(line, pkt, at, at + size)
        return at + size
    shortest = {PORT: 1, INTERFACE: 1, PRIVATE: 4}.get(kind, 0)
    if size < shortest:
        raise Bad(b" (too short, must be >= %d)" % shortest)
    hexdump = kind not in (PORT, INTERFACE)
    if not hexdump:
        state = pkt.u8(at)
        names = PORT_STATES if kind == PORT else INTERFACE_STATES
        line.put(b", Status: %s (%d)" % (names.get(state, b"Unknown"), state))
    elif kind == PRIVATE:
        oui = pkt.u24(at)
        line.put(b", Vendor: %s (%d), Sub-Type %d" % (
            OUI_NAMES.get(oui, b"Unknown"), oui, pkt.u8(at + 3)))
    if hexdump or line.style.verbose > 1:
        print_unknown_data(line, pkt, at, b"\n\t  ", size)
    return at + size


def write_sender(line: Line, pkt: Record, at: int, end: int) -> None:
    """IEEE 802.1Q §21.5.3: a chassis, then a management address."""
    start = at
    if at == end:
        line.put(b" (too short, must be >= 1)")
        return
    hexdump = False
    size = pkt.u8(at)
    at += 1
    if size:
        if at == end:
            line.put(TLV_TOO_SHORT)
            return
        kind = pkt.u8(at)
        at += 1
        line.put(b"\n\t  Chassis-ID Type %s (%d), Chassis-ID length %d" % (
            CHASSIS_NAMES.get(kind, b"Unknown"), kind, size))
        if size > end - at:
            line.put(TLV_TOO_SHORT)
            return
        hexdump = write_chassis(line, pkt, at, kind, size)
        at += size
    if at < end:
        after = write_management(line, pkt, at, end)
        if after < 0:
            return
        hexdump |= after == at
        at = max(at, after)
    if hexdump or line.style.verbose > 1:
        print_unknown_data(line, pkt, start, b"\n\t  ", end - at)


def write_chassis(line: Line, pkt: Record, at: int, kind: int, size: int) -> bool:
    """Whether the octets are to be shown too."""
    if kind in TEXT_KINDS:
        write_padded(line, pkt, at, size)
    elif kind == NETWORK_ADDRESS:
        return write_network(line, pkt, at, size)
    elif kind == MAC_ADDRESS and size == 6:
        line.put(b"\n\t  MAC ")
        line.ether(pkt, at)
    else:
        if kind == MAC_ADDRESS:
            line.put(b" (invalid MAC address length)")
        return True
    return False


def write_network(line: Line, pkt: Record, at: int, size: int) -> bool:
    """An address with its family, in one octet here; whether its octets are to be shown too."""
    family = pkt.u8(at)
    line.put(b"\n\t  Network Address Type %s (%d)" % (
        AFI_NAMES.get(family, b"Unknown"), family))
    width = {1: 4, 2: 16}.get(family)
    if width is None:
        return True
    if size != 1 + width:
        line.put(b"(invalid IPv%d address length %d)" % (4 if width == 4 else 6, size - 1))
        return True
    line.put(b", ")
    if width == 4:
        line.host4(pkt.u32(at + 1))
    else:
        line.host6(pkt, at + 1)
    return False


def write_management(line: Line, pkt: Record, at: int, end: int) -> int:
    """Where the address ends; -1 where the domain leaves the TLV."""
    size = pkt.u8(at)
    at += 1
    line.put(b"\n\t  Management Address Domain Length %d" % size)
    if not size:
        return at
    if size > end - at:
        line.put(TLV_TOO_SHORT)
        return -1
    print_unknown_data(line, pkt, at, b"\n\t  Management Address Domain: ", size)
    at += size
    if at == end:
        line.put(b" (Management Address Length is missing)")
        return at
    size = pkt.u8(at)
    at += 1
    line.put(b"\n\t  Management Address Length %d" % size)
    if size > end - at:
        raise Bad(TLV_TOO_SHORT)
    if size:
        print_unknown_data(line, pkt, at, b"\n\t  Management Address: ", size)
    return at + size
