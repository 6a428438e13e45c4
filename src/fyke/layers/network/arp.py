"""Address Resolution Protocol (RFC 826, 903, 2390, 2225); tcpdump: print-arp.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.fields import U8, U16, Made, Renamed, settable
from fyke.layers.hexdump import hex_and_ascii_print
from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.wire import Line, Record

HARDWARE, PROTOCOL, OPERATION = 0, 2, 6
REQUEST, REPLY, REVERSE_REQUEST, REVERSE_REPLY = 1, 2, 3, 4
INVERSE_REQUEST, INVERSE_REPLY, NAK = 8, 9, 10
IPV4, TRAILERS = 0x0800, 0x1000  # protocols whose addresses are IPv4 addresses
FRAME_RELAY, ATM = 15, 19  # hardware types

OPERATION_NAMES = {
    REQUEST: b"Request", REPLY: b"Reply", REVERSE_REQUEST: b"Reverse Request",
    REVERSE_REPLY: b"Reverse Reply", INVERSE_REQUEST: b"Inverse Request",
    INVERSE_REPLY: b"Inverse Reply", NAK: b"NACK Reply",
}
HARDWARE_NAMES = {
    1: b"Ethernet", 6: b"TokenRing", 7: b"ArcNet", FRAME_RELAY: b"FrameRelay", ATM: b"ATM",
    23: b"Strip", 24: b"IEEE 1394", 32: b"InfiniBand",
}


def address_of(number: int) -> Any:
    """An address as ``Arp.address`` counts them: a function for Made."""
    def where(arp: Arp) -> int:
        return -1 if arp.hardware == ATM else arp.address(number)

    return settable(lambda arp: arp.octets(number), where)


class Arp(Layer):
    """An ARP or RARP packet."""

    __slots__ = ("hardware_size", "protocol_size")

    hardware_size: int  #: octets of a hardware address
    protocol_size: int  #: octets of a protocol address

    name = "arp"
    tag = b"arp"

    hardware = U16(HARDWARE, "IANA hardware type, 1 for Ethernet")
    protocol = U16(PROTOCOL, "EtherType of the protocol whose addresses are resolved")
    hardware_length = U8(4, "a hardware address", unit="bytes")
    protocol_length = U8(5, "a protocol address", unit="bytes")
    operation = U16(OPERATION, "1 request, 2 reply (IANA ARP Parameters)")
    sender_mac = Made("mac", address_of(0), "sender's hardware address")
    sender_ip = Made("ipv4", address_of(1), "sender's protocol address")
    target_mac = Made("mac", address_of(2),
                      "target's hardware address: zeros in a request")
    target_ip = Made("ipv4", address_of(3),
                     "target's protocol address: the one asked for in a request")
    sender_hardware = Renamed("sender_mac")
    sender_protocol = Renamed("sender_ip")
    target_hardware = Renamed("target_mac")
    target_protocol = Renamed("target_ip")

    def clear(self) -> None:
        self.hardware_size = self.protocol_size = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.hardware_size = pkt.u8(off + 4)
        self.protocol_size = pkt.u8(off + 5)
        pkt.u16(off + OPERATION)

    def address(self, number: int) -> int:
        """Where the sender's (0, 1) and the target's (2, 3) addresses begin."""
        half = self.hardware_size + self.protocol_size
        return (self.off + 8 + (half if number >= 2 else 0)
                + (self.hardware_size if number & 1 else 0))

    def octets(self, number: int) -> bytes:
        """An address as ``address`` counts them. Raises Truncated."""
        if self.pkt.u16(self.off + HARDWARE) == ATM:
            return atm_octets(self.pkt, self.off, number)
        size = self.pkt.u8(self.off + (5 if number & 1 else 4))
        return self.pkt.raw(self.address(number), size)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        pkt.u64(self.off)
        hardware = pkt.u16(self.off + HARDWARE)
        protocol = pkt.u16(self.off + PROTOCOL)
        operation = pkt.u16(self.off + OPERATION)
        if hardware == ATM:
            write_atm(line, pkt, self.off, self.size, protocol, operation)
            return
        if not pkt.has(self.address(3), self.protocol_size):
            pkt.u8(pkt.end)
        if not line.style.link_level:
            line.put(b"ARP, ")
        if not self.is_ipv4(protocol) or self.hardware_size == 0 or line.style.verbose:
            line.put(b"%s (len %d), %s (len %d)" % (
                HARDWARE_NAMES.get(hardware) or b"Unknown Hardware (%d)" % hardware,
                self.hardware_size,
                ETHERTYPE_NAMES.get(protocol) or b"Unknown Protocol (0x%04x)" % protocol,
                self.protocol_size))
            if not line.style.verbose:
                self.write_length(line)
                return
            line.put(b", ")
        line.put(OPERATION_NAMES.get(operation) or b"Unknown (%d)" % operation)
        line.char(32)
        if self.write_operation(line, operation):
            self.write_length(line)
        else:
            hex_and_ascii_print(line, pkt, self.off, min(self.have, self.size))

    def write_length(self, line: Line) -> None:
        line.put(b", length ")
        line.uint(self.size)

    def is_ipv4(self, protocol: int) -> bool:
        return self.protocol_size == 4 and (protocol in (IPV4, TRAILERS))

    def write_operation(self, line: Line, operation: int) -> bool:
        """Who asks or tells what; False if nothing is known of the operation."""
        if operation == REQUEST:
            line.put(b"who-has ")
            self.write_protocol(line, 3)
            if self.nonzero(self.address(2), self.hardware_size):
                line.put(b" (")
                self.write_hardware(line, 2)
                line.char(41)
            line.put(b" tell ")
            self.write_protocol(line, 1)
        elif operation == REPLY:
            self.write_protocol(line, 1)
            line.put(b" is-at ")
            self.write_hardware(line, 0)
        elif operation in (REVERSE_REQUEST, INVERSE_REQUEST):
            line.put(b"who-is ")
            self.write_hardware(line, 2)
            line.put(b" tell ")
            self.write_hardware(line, 0)
        elif operation == REVERSE_REPLY:
            self.write_hardware(line, 2)
            line.put(b" at ")
            self.write_protocol(line, 3)
        elif operation == INVERSE_REPLY:
            self.write_hardware(line, 0)
            line.put(b" at ")
            self.write_protocol(line, 1)
        else:
            return False
        return True

    def nonzero(self, off: int, count: int) -> bool:
        while count > 0:
            if self.pkt.u8(off):
                return True
            off += 1
            count -= 1
        return False

    def write_protocol(self, line: Line, number: int) -> None:
        protocol = self.pkt.u16(self.off + PROTOCOL)
        if protocol != IPV4 and protocol != TRAILERS:
            line.put(b"<wrong proto type>")
        elif self.protocol_size != 4:
            line.put(b"<wrong len>")
        else:
            line.host4(self.pkt.u32(self.address(number)))

    def write_hardware(self, line: Line, number: int) -> None:
        write_link_address(line, self.pkt, self.address(number), self.hardware_size)


def write_link_address(line: Line, pkt: Record, off: int, count: int) -> None:
    """A link-layer address of any length: octets with colons, a name for Ethernet's."""
    if count == 0:
        line.put(b"<empty>")
    elif count == 6:
        line.ether(pkt, off)
    else:
        if not pkt.has(off, count):
            pkt.u8(pkt.end)
        line.put(pkt.raw(off, count).hex(":").encode())


def atm_places(pkt: Record, off: int) -> tuple[list[int], list[int]]:
    """Lengths of ATMARP's six addresses (RFC 2225 §8.7.1), and where they begin."""
    fields = [pkt.u8(off + at) for at in (4, 5, 8, 9, 10, 11)]
    lengths = [field if i in (2, 5) else field & 63 for i, field in enumerate(fields)]
    return lengths, [off + 12 + sum(lengths[:i]) for i in range(6)]


def atm_octets(pkt: Record, off: int, number: int) -> bytes:
    """An address of ATMARP, counted as in ``Arp.address``; subaddresses are left out."""
    lengths, starts = atm_places(pkt, off)
    place = (0, 2, 3, 5)[number]
    return pkt.raw(starts[place], lengths[place])


class AtmAddresses:
    """ATMARP's (RFC 2225 §8.7.1): number, subaddress, protocol address; the sender's come first."""

    __slots__ = ("are_ipv4", "lengths", "line", "pkt", "starts")

    def __init__(self, line: Line, pkt: Record, off: int, proto: int) -> None:
        """Raises Truncated if the capture ends before the last of them does."""
        self.line = line
        self.pkt = pkt
        self.are_ipv4 = proto in (IPV4, TRAILERS)
        self.lengths, self.starts = atm_places(pkt, off)
        if not pkt.has(self.starts[5], self.lengths[5]):
            pkt.u8(pkt.end)

    def write_protocol(self, number: int, wrong: bytes) -> None:
        if not self.are_ipv4:
            self.line.put(b"<wrong proto type>")
        elif self.lengths[number] != 4:
            self.line.put(wrong)
        else:
            self.line.host4(self.pkt.u32(self.starts[number]))

    def write_hardware(self, number: int) -> None:
        """A number, and its subaddress if it has one."""
        if self.lengths[number] == 0:
            self.line.put(b"<No address>")
            return
        self.write_octets(number)
        if self.lengths[number + 1]:
            self.line.char(44)
            self.write_octets(number + 1)

    def write_octets(self, number: int) -> None:
        octets = self.pkt.raw(self.starts[number], self.lengths[number])
        self.line.put(octets.hex(":").encode())


def write_atm(line: Line, pkt: Record, off: int, length: int, proto: int,
              operation: int) -> None:
    """ATMARP: with -v or for unusual protocols also of what the addresses are."""
    addresses = AtmAddresses(line, pkt, off, proto)
    sender, target = addresses.lengths[2], addresses.lengths[5]
    if not line.style.link_level:
        line.put(b"ARP, ")
    if not addresses.are_ipv4 or sender != 4 or target != 4 or line.style.verbose:
        line.put(b"ATM, %s (len %d/%d)" % (
            ETHERTYPE_NAMES.get(proto) or b"Unknown Protocol (0x%04x)" % proto, sender, target))
        if not line.style.verbose:
            line.put(b", length %d" % length)
            return
        line.put(b", ")
    line.put(OPERATION_NAMES.get(operation) or b"Unknown (%d)" % operation)
    line.char(32)
    if write_atm_operation(line, addresses, operation):
        line.put(b", length %d" % length)
    else:
        hex_and_ascii_print(line, pkt, off, min(pkt.end - off, length))


def write_atm_operation(line: Line, addresses: AtmAddresses, operation: int) -> bool:
    """Who asks or tells what; False if nothing is known of the operation."""
    if operation == REQUEST:
        line.put(b"who-has ")
        addresses.write_protocol(5, b"<wrong tplen>")
        if addresses.lengths[3]:
            line.put(b" (")
            addresses.write_hardware(3)
            line.char(41)
        line.put(b" tell ")
        addresses.write_protocol(2, b"<wrong splen>")
    elif operation == REPLY:
        addresses.write_protocol(2, b"<wrong splen>")
        line.put(b" is-at ")
        addresses.write_hardware(0)
    elif operation == INVERSE_REQUEST:
        line.put(b"who-is ")
        addresses.write_hardware(3)
        line.put(b" tell ")
        addresses.write_hardware(0)
    elif operation == INVERSE_REPLY:
        addresses.write_hardware(0)
        line.put(b"at ")
        addresses.write_protocol(2, b"<wrong splen>")
    elif operation == NAK:
        line.put(b"for ")
        addresses.write_protocol(2, b"<wrong splen>")
    else:
        return False
    return True
