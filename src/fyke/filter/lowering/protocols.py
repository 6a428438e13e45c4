"""``ip``, ``tcp``, ``isis``, …: the packet carries a protocol; ``proto`` with a number or name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fyke.bpf.instructions import B
from fyke.filter.lowering.fragment import Fragment, any_of, both, either
from fyke.filter.lowering.generator import IPV6_HEADER, NETWORK, NETWORK_NO_SNAP, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.numbers import EtherType, IpProtocol, IsisPdu, Nlpid, Sap
from fyke.filter.syntax import Name, Number, Protocol, Qualifiers

IP_PROTOCOL = 9  #: RFC 791, section 3.1
IP_FRAGMENT = 6
IPV6_NEXT_HEADER = 6  #: RFC 8200, section 3
ISIS_PDU_TYPE = 4  #: ISO/IEC 10589, 9.5
ISIS_PDU_MASK = 0x1F

#: Link-layer protocols that have a word of their own.
LINK_PROTOCOLS = {
    "ip": EtherType.IP, "ip6": EtherType.IPV6, "arp": EtherType.ARP, "rarp": EtherType.RARP,
    "atalk": EtherType.ATALK, "aarp": EtherType.AARP, "decnet": EtherType.DECNET,
    "sca": EtherType.SCA, "lat": EtherType.LAT, "mopdl": EtherType.MOPDL,
    "moprc": EtherType.MOPRC, "iso": Sap.ISO, "stp": Sap.STP, "ipx": Sap.IPX,
    "netbeui": Sap.NETBEUI,
}

#: Names that ``link proto`` knows: these, and some without a word of their own.
LINK_NAMES = {**LINK_PROTOCOLS, "lldp": EtherType.LLDP, "loopback": EtherType.LOOPBACK,
              "slow": EtherType.SLOW}

#: Protocols above IP: the number, and above which IP (None: both).
IP_PROTOCOLS = {
    "sctp": (IpProtocol.SCTP, None), "tcp": (IpProtocol.TCP, None),
    "udp": (IpProtocol.UDP, None), "pim": (IpProtocol.PIM, None),
    "ah": (IpProtocol.AH, None), "esp": (IpProtocol.ESP, None),
    "icmp": (IpProtocol.ICMP, "ip"), "igmp": (IpProtocol.IGMP, "ip"),
    "igrp": (IpProtocol.IGRP, "ip"), "vrrp": (IpProtocol.VRRP, "ip"),
    "carp": (IpProtocol.CARP, "ip"), "icmp6": (IpProtocol.ICMP6, "ip6"),
}

ISO_PROTOCOLS = {"esis": Nlpid.ESIS, "isis": Nlpid.ISIS, "clnp": Nlpid.CLNP}

#: Families of IS-IS PDUs, in the order in which they are looked for.
ISIS_FAMILIES = {
    "l1": (IsisPdu.L1_PSNP, IsisPdu.L1_CSNP, IsisPdu.L1_LSP, IsisPdu.L1_IIH,
           IsisPdu.POINT_TO_POINT_IIH),
    "l2": (IsisPdu.L2_PSNP, IsisPdu.L2_CSNP, IsisPdu.L2_LSP, IsisPdu.L2_IIH,
           IsisPdu.POINT_TO_POINT_IIH),
    "iih": (IsisPdu.POINT_TO_POINT_IIH, IsisPdu.L1_IIH, IsisPdu.L2_IIH),
    "lsp": (IsisPdu.L1_LSP, IsisPdu.L2_LSP),
    "snp": (IsisPdu.L2_PSNP, IsisPdu.L1_PSNP, IsisPdu.L1_CSNP, IsisPdu.L2_CSNP),
    "csnp": (IsisPdu.L1_CSNP, IsisPdu.L2_CSNP),
    "psnp": (IsisPdu.L1_PSNP, IsisPdu.L2_PSNP),
}


def alone(gen: Generator, node: Protocol) -> Fragment:
    """A protocol as a test of its own."""
    return named(gen, node.protocol)


def named(gen: Generator, word: str) -> Fragment:
    """The packet carries the protocol of this word."""
    if word == "stp" and gen.scoped:
        from fyke.filter.lowering.look_through import stp

        return stp(gen)
    if word in LINK_PROTOCOLS:
        return carried(gen, LINK_PROTOCOLS[word])
    if word in IP_PROTOCOLS:
        number, above = IP_PROTOCOLS[word]
        return number_above(gen, number, above)
    if word in ISO_PROTOCOLS:
        return number_above(gen, ISO_PROTOCOLS[word], "iso")
    if word not in ISIS_FAMILIES:
        gen.fail(f"'{word}' cannot be used as an abbreviation")
    return any_of(*(number_above(gen, pdu, "isis") for pdu in ISIS_FAMILIES[word]))


def by_number(gen: Generator, number: Number, qualifiers: Qualifiers) -> Fragment:
    """``proto n``."""
    return number_above(gen, number.value, qualifiers.protocol)


def by_name(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """``proto name``."""
    return number_above(gen, number_of(gen, name, qualifiers), qualifiers.protocol)


def number_above(gen: Generator, number: int, protocol: str | None) -> Fragment:
    """``[protocol] proto number``."""
    if gen.scoped and protocol in (None, "ip", "ip6"):
        from fyke.filter.lowering.look_through import above

        return above(gen, number, protocol)
    if protocol is None:
        return either(_above_ip(gen, number), _above_ip6(gen, number))
    tests: dict[str, Callable[[Generator, int], Fragment]] = {
        "link": carried, "ip": _above_ip, "ip6": _above_ip6, "iso": _above_iso,
        "isis": _above_isis,
    }
    if protocol not in tests:
        gen.fail(f"'{protocol}' is not a valid qualifier for 'proto'")
    return tests[protocol](gen, number)


def number_of(gen: Generator, name: Name, qualifiers: Qualifiers) -> int:
    """The number of a protocol's name, below what the qualifiers say."""
    number = None
    protocol = qualifiers.protocol
    known: Iterable[str] = ()
    if protocol in (None, "ip", "ip6"):
        known = IP_PROTOCOLS
        number = gen.resolver.protocol(name.text)
    elif protocol in ("link", "iso"):
        names = LINK_NAMES if protocol == "link" else ISO_PROTOCOLS
        known, number = names, names.get(name.text)
    if number is None:
        words = " ".join(word for word in (protocol, qualifiers.kind) if word)
        gen.fail(f"unknown '{words}' value '{name.text}'", name.span, unknown=name.text,
                 known=known)
    return number


# --- IP -------------------------------------------------------------------------------------------

def ip_protocol(gen: Generator, number: int) -> Fragment:
    """The IPv4 header names this protocol (that it is IPv4 is checked elsewhere)."""
    gen.protocol_tests += 1
    return gen.equal(NETWORK, IP_PROTOCOL, B, number)


def ip6_protocol(gen: Generator, number: int) -> Fragment:
    """The IPv6 header names this protocol as the next one."""
    gen.protocol_tests += 1
    return gen.equal(NETWORK, IPV6_NEXT_HEADER, B, number)


def _above_ip(gen: Generator, number: int) -> Fragment:
    gen.limit("protocol number", number, 0xFF)
    return both(carried(gen, EtherType.IP), ip_protocol(gen, number))


def _above_ip6(gen: Generator, number: int) -> Fragment:
    """Right behind the IPv6 header, or behind a fragment header that is."""
    gen.limit("protocol number", number, 0xFF)
    inside = carried(gen, EtherType.IPV6)
    fragment = both(ip6_protocol(gen, IpProtocol.FRAGMENT),
                    gen.equal(NETWORK, IPV6_HEADER, B, number))
    return both(inside, either(ip6_protocol(gen, number), fragment))


# --- ISO ------------------------------------------------------------------------------------------

def _above_iso(gen: Generator, number: int) -> Fragment:
    gen.limit("ISO protocol", number, 0xFF)
    return gen.layout.link.carries_iso(gen, number)


def _above_isis(gen: Generator, number: int) -> Fragment:
    gen.limit("IS-IS PDU type", number, ISIS_PDU_MASK)
    isis = _above_iso(gen, Nlpid.ISIS)
    offset = ISIS_PDU_TYPE + gen.layout.link.iso_offset
    return both(isis, gen.masked(NETWORK_NO_SNAP, offset, B, number, ISIS_PDU_MASK))
