"""IPv4 and IPv6 addresses and networks, as source or destination."""

from __future__ import annotations

from fyke.bpf.instructions import W
from fyke.filter.lowering.directions import check_direction, in_direction
from fyke.filter.lowering.fragment import Fragment, all_of, any_of, both, negate
from fyke.filter.lowering.generator import NETWORK, WORD, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.numbers import EtherType
from fyke.filter.syntax import Qualifiers
from fyke.hints import Sequence

#: Offsets of source and destination: RFC 791, RFC 826 (for IPv4 over 48-bit hardware), RFC 8200.
IPV4_ADDRESSES = (12, 16)
ARP_ADDRESSES = (14, 24)
IPV6_ADDRESSES = (8, 24)

#: Protocols whose header has IPv4 addresses.
WITH_IPV4 = {"ip": (EtherType.IP, IPV4_ADDRESSES), "arp": (EtherType.ARP, ARP_ADDRESSES),
             "rarp": (EtherType.RARP, ARP_ADDRESSES)}

#: An IPv4 address and its mask.
Network = tuple[int, int]


# --- IPv4 -----------------------------------------------------------------------------------------

def ipv4(gen: Generator, networks: Sequence[Network], qualifiers: Qualifiers,
         what: str, *, other: bool = False) -> Fragment:
    """One of the networks is the source or destination, of IP, ARP or RARP.

    With ``other`` none of them is, and still it is IP, ARP or RARP.
    """
    protocol = qualifiers.protocol
    if protocol is None:
        # No address is looked for in ARP behind MPLS labels.
        protocols = ("ip",) if gen.layout.labels else ("ip", "arp", "rarp")
        return any_of(*(_ipv4_in(gen, networks, word, qualifiers, other)
                        for word in protocols))
    if protocol not in WITH_IPV4:
        gen.fail(f"'{protocol}' is not a valid qualifier for '{what}'")
    return _ipv4_in(gen, networks, protocol, qualifiers, other)


def _ipv4_in(gen: Generator, networks: Sequence[Network], protocol: str,
             qualifiers: Qualifiers, other: bool) -> Fragment:
    number, (source, destination) = WITH_IPV4[protocol]
    inside = carried(gen, number)
    check_direction(gen, qualifiers.direction)
    if inside.answer is False or any(mask == 0 for _, mask in networks):
        return inside  # no address, or any, will do

    if gen.scoped and protocol != "ip":
        from fyke.filter.lowering.look_through import arp_addresses, resolves_ip

        found = any_of(*(arp_addresses(gen, qualifiers.direction, *network)
                         for network in networks))
        return all_of(inside, resolves_ip(gen), negate(found) if other else found)

    def one(address: int, mask: int) -> Fragment:
        return in_direction(qualifiers.direction, lambda side: gen.masked(
            NETWORK, source if side == "src" else destination, W, address, mask))

    found = any_of(*(one(*network) for network in networks))
    return both(inside, negate(found) if other else found)


# --- IPv6 -----------------------------------------------------------------------------------------

def ipv6(gen: Generator, networks: Sequence[Network], qualifiers: Qualifiers,
         what: str) -> Fragment:
    """One of the networks (128-bit numbers) is the source or destination of IPv6."""
    if qualifiers.protocol not in (None, "ip6"):
        gen.fail(f"'{qualifiers.protocol}' is not a valid qualifier for '{what}'")
    inside = carried(gen, EtherType.IPV6)
    check_direction(gen, qualifiers.direction)
    if inside.answer is False or any(mask == 0 for _, mask in networks):
        return inside

    def one(address: int, mask: int) -> Fragment:
        return in_direction(qualifiers.direction, lambda side: words_of_ipv6(
            gen, IPV6_ADDRESSES[side == "dst"], address, mask))

    return both(inside, any_of(*(one(*network) for network in networks)))


def words_of_ipv6(gen: Generator, offset: int, address: int, mask: int) -> Fragment:
    """An address of four words, of which those that may be anything are left out."""
    parts = []
    for index in range(4):
        shift = 32 * (3 - index)
        word_mask = mask >> shift & WORD
        if word_mask:
            word = address >> shift & WORD
            parts.append(gen.masked(NETWORK, offset + 4 * index, W, word, word_mask))
    return all_of(*parts)
