"""IEEE 802.2 LLC behind whatever MAC header; and link types that have nothing else.

FDDI (RFC 1188), Token Ring (RFC 1042), RFC 1483 ATM, IP over Fibre Channel (RFC 2625).
"""

from __future__ import annotations

from fyke.bpf.instructions import B, H
from fyke.filter.links.link import Link
from fyke.filter.lowering.fragment import Fragment
from fyke.filter.lowering.generator import LLC, Generator
from fyke.filter.lowering.layout import Start
from fyke.filter.numbers import ETHERNET_MTU, EtherType, Sap

#: Unnumbered information: no connection (ISO/IEC 8802-2, 5.4).
UI = 0x03
#: Organisation codes of SNAP (RFC 1042).
ENCAPSULATED_ETHERNET = 0x000000
APPLE = 0x080007
#: Service access points for which source and destination are both compared.
PAIRED = frozenset({Sap.IP, Sap.ISO, Sap.NETBEUI})


def snap(gen: Generator, organisation: int, protocol: int) -> Fragment:
    """An LLC and a SNAP header with this organisation code and protocol."""
    header = bytes((Sap.SNAP, Sap.SNAP, UI)) + organisation.to_bytes(3, "big")
    return gen.octets(LLC, 0, header + protocol.to_bytes(2, "big"))


def pair(protocol: int) -> int:
    """A service access point as destination and source."""
    return protocol << 8 | protocol


def apple_snap(gen: Generator, protocol: int) -> Fragment:
    """SNAP as AppleTalk (Apple's code) and AppleTalk ARP (Ethernet's) use it."""
    organisation = APPLE if protocol == EtherType.ATALK else ENCAPSULATED_ETHERNET
    return snap(gen, organisation, protocol)


def llc_carries(gen: Generator, protocol: int) -> Fragment:
    """The LLC payload is this protocol."""
    if protocol in PAIRED:
        return gen.equal(LLC, 0, H, pair(protocol))
    if protocol == EtherType.ATALK:
        return snap(gen, APPLE, protocol)
    if protocol <= ETHERNET_MTU:
        gen.limit("LLC DSAP", protocol, 0xFF)
        return gen.equal(LLC, 0, B, protocol)
    gen.limit("EtherType", protocol, 0xFFFF)
    return gen.equal(LLC, 6, H, protocol)  # SNAP's protocol; the rest is taken on trust


class LlcLink(Link):
    """A link type whose payload always begins with LLC."""

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        return llc_carries(gen, protocol)

    def carries_snap(self, gen: Generator, organisation: int, protocol: int) -> Fragment:
        return snap(gen, organisation, protocol)


class AlwaysLlc(LlcLink):
    """The same, where ``llc`` is known to be true."""

    def llc(self, gen: Generator) -> Fragment:
        return gen.always(True)


class Fddi(AlwaysLlc):
    """FDDI: frame control, then two addresses."""

    start = Start(type=13, payload=13, network=8, network_no_snap=3)
    has_addresses = True
    addresses = (7, 1)


class TokenRing(AlwaysLlc):
    """IEEE 802.5 without source routing: access control, frame control, two addresses."""

    start = Start(type=14, payload=14, network=8, network_no_snap=3)
    has_addresses = True
    addresses = (8, 2)


class Rfc1483(AlwaysLlc):
    """LLC over ATM: nothing before it."""

    start = Start(type=0, payload=0, network=8, network_no_snap=3)


class ClassicalIp(LlcLink):
    """Linux's Classical IP over ATM."""

    start = Rfc1483.start


class IpOverFibreChannel(LlcLink):
    """RFC 2625: two addresses of 8 octets, of which the last 6 are a MAC address."""

    start = Start(type=16, payload=16, network=8, network_no_snap=3)
    has_addresses = True
    addresses = (10, 2)
