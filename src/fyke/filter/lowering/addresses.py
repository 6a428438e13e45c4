"""``host``, ``net`` and ``gateway``: where a packet comes from or goes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fyke.bpf.instructions import B, H, W
from fyke.filter.lowering.directions import PLAIN, in_direction
from fyke.filter.lowering.fragment import Fragment, all_of, any_of, both, negate
from fyke.filter.lowering.generator import NETWORK, WORD, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.lowering.layout import NOWHERE
from fyke.filter.numbers import EtherType
from fyke.filter.syntax import (
    Address6,
    ArcnetAddress,
    Dotted,
    HardwareAddress,
    Masked,
    Name,
    Number,
    Prefix,
    Qualifiers,
)

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
    _check_direction(gen, qualifiers)
    if inside.answer is False or any(mask == 0 for _, mask in networks):
        return inside  # no address, or any, will do

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
    _check_direction(gen, qualifiers)
    if inside.answer is False or any(mask == 0 for _, mask in networks):
        return inside

    def one(address: int, mask: int) -> Fragment:
        return in_direction(qualifiers.direction, lambda side: _words(
            gen, IPV6_ADDRESSES[side == "dst"], address, mask))

    return both(inside, any_of(*(one(*network) for network in networks)))


def _words(gen: Generator, offset: int, address: int, mask: int) -> Fragment:
    """An address of four words, of which those that may be anything are left out."""
    parts = []
    for index in range(4):
        shift = 32 * (3 - index)
        word_mask = mask >> shift & WORD
        if word_mask:
            word = address >> shift & WORD
            parts.append(gen.masked(NETWORK, offset + 4 * index, W, word, word_mask))
    return all_of(*parts)


def _check_direction(gen: Generator, qualifiers: Qualifiers) -> None:
    if qualifiers.direction not in PLAIN:
        gen.fail(f"'{qualifiers.direction}' is valid for 802.11 syntax only")


# --- what may be written as an address ------------------------------------------------------------

def of_name(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """``host name``, and a name alone."""
    if qualifiers.protocol == "decnet":
        gen.fail("'decnet' is not a valid qualifier for 'host'")
    if qualifiers.protocol == "link":
        address = _ethernet_address(gen, name.text, "link host NAME")
        return gen.layout.link.host(gen, address, qualifiers.direction, "link host NAME")
    return _host_by_name(gen, name.text, qualifiers)


def _host_by_name(gen: Generator, name: str, qualifiers: Qualifiers) -> Fragment:
    """All addresses of a host, of the version that the protocol has."""
    found4, found6 = gen.resolver.hosts(name)
    if not found4 and not found6:
        gen.fail(f"unknown host '{name}'")
    protocol = qualifiers.protocol
    what = "host <Internet hostname>"
    parts = []
    if found4 and protocol != "ip6":
        # Where nothing says which protocol is inside, there can be no ARP.
        only_ip = protocol is None and gen.layout.type.constant == NOWHERE
        for4 = qualifiers.replace(protocol="ip") if only_ip else qualifiers
        parts.append(ipv4(gen, [(address, WORD) for address in found4], for4, what))
    if found6 and protocol not in WITH_IPV4:
        networks = [(address, (1 << 128) - 1) for address in found6]
        parts.append(ipv6(gen, networks, qualifiers, what))
    if not parts:
        gen.fail(f"unknown host '{name}' for specified address family")
    return any_of(*parts)


def _ethernet_address(gen: Generator, name: str, word: str) -> bytes:
    """The MAC address of a name in /etc/ethers."""
    link = gen.layout.link
    if not link.has_addresses:
        link.refuse(gen, word)
    address = gen.resolver.ethernet(name)
    if address is None:
        gen.fail(f"unknown Ethernet-like host '{name}'")
    return address


def gateway(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """Sent by or to the hardware address of a host, but not its Internet address."""
    if qualifiers.protocol not in (None, "ip", "arp", "rarp"):
        gen.fail(f"'{qualifiers.protocol}' is not a valid qualifier for 'gateway'")
    if gen.layout.tunnelled:
        gen.fail("'gateway' cannot be used within VXLAN or Geneve")
    address = _ethernet_address(gen, name.text, "gateway")
    hardware = gen.layout.link.host(gen, address, "src or dst", "gateway")
    found, _ = gen.resolver.hosts(name.text)
    if not found:
        gen.fail(f"unknown host '{name.text}'")
    networks = [(number, WORD) for number in found]
    return both(hardware, ipv4(gen, networks, qualifiers, "gateway", other=True))


def network_of_name(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """``net name``, from /etc/networks."""
    if qualifiers.protocol == "decnet":
        gen.fail("'decnet' is not a valid qualifier for 'net'")
    number = gen.resolver.network(name.text)
    if not number:
        gen.fail(f"unknown network '{name.text}'")
    return ipv4(gen, [_promoted(number)], qualifiers, "net <IPv4 network name>")


def _promoted(number: int) -> Network:
    """A network of fewer than four octets, moved to the left; what is added matches anything."""
    mask = WORD
    while number and not number & 0xFF000000:
        number = number << 8 & WORD
        mask = mask << 8 & WORD
    return number, mask


def of_number(gen: Generator, number: Number, qualifiers: Qualifiers) -> Fragment:
    """``host 0x0a000001`` and ``net 10``."""
    kind = qualifiers.kind or "host"
    if qualifiers.protocol == "decnet":
        _decnet_kind(gen, kind)
        gen.fail(f"invalid DECnet address '{number.value}'")
    _refuse_gateway(gen, qualifiers, str(number.value))
    if qualifiers.protocol == "link":
        gen.fail(f"illegal link-layer address '{number.value}'")
    network = _promoted(number.value) if kind == "net" else (number.value, WORD)
    return ipv4(gen, [network], qualifiers, f"{kind} <IPv4 address>")


def of_dotted(gen: Generator, dotted: Dotted, qualifiers: Qualifiers) -> Fragment:
    """``host 10.0.0.1``, ``net 192.168``, ``decnet host 1.2``."""
    kind = qualifiers.kind or "host"
    if qualifiers.protocol == "decnet":
        _decnet_kind(gen, kind)
        return _decnet_host(gen, dotted, qualifiers)
    _refuse_gateway(gen, qualifiers, dotted.text)
    address, bits = _internet(gen, dotted)
    if qualifiers.protocol == "link":
        gen.fail(f"illegal link-layer address '{dotted.text}'")
    mask = WORD << (32 - bits) & WORD
    return ipv4(gen, [(address, mask)], qualifiers, f"{kind} <IPv4 address>")


def _refuse_gateway(gen: Generator, qualifiers: Qualifiers, text: str) -> None:
    """A gateway must have a name, to have a hardware address as well."""
    if qualifiers.kind == "gateway":
        gen.fail(f"'gateway' is not a valid qualifier for '{text}'")


def _internet(gen: Generator, dotted: Dotted) -> Network:
    """The number, moved to the left, and how many bits were written."""
    number = 0
    for part in dotted.parts:
        if part > 0xFF:
            gen.fail(f"invalid IPv4 address '{dotted.text}'", dotted.span)
        number = number << 8 | part
    bits = 8 * len(dotted.parts)
    return number << (32 - bits), bits


def network_of_prefix(gen: Generator, prefix: Prefix, qualifiers: Qualifiers) -> Fragment:
    """``net 10.0.0.0/8``."""
    address, _ = _internet(gen, prefix.network)
    gen.limit("netmask length", prefix.length, 32)
    mask = WORD << (32 - prefix.length) & WORD
    return _network(gen, (address, mask), f"{prefix.network.text}/{prefix.length}", qualifiers)


def network_of_mask(gen: Generator, masked: Masked, qualifiers: Qualifiers) -> Fragment:
    """``net 10.0.0.0 mask 255.0.0.0``."""
    address, _ = _internet(gen, masked.network)
    mask, _ = _internet(gen, masked.mask)
    text = f"{masked.network.text} mask {masked.mask.text}"
    return _network(gen, (address, mask), text, qualifiers)


def _network(gen: Generator, network: Network, text: str, qualifiers: Qualifiers) -> Fragment:
    if qualifiers.protocol == "decnet":
        gen.fail(f"'decnet' is not a valid qualifier for '{qualifiers.kind or 'host'}'")
    address, mask = network
    if address & ~mask:
        gen.fail(f"non-network bits set in \"{text}\"")
    if qualifiers.kind != "net":
        gen.fail(f"'{qualifiers.kind or 'host'}' is not a valid qualifier for '{text}'")
    return ipv4(gen, [network], qualifiers, "net <IPv4 prefix>")


def of_ipv6(gen: Generator, id: Address6, qualifiers: Qualifiers) -> Fragment:
    """``host fe80::1``, ``net fe80::/16``."""
    length = 128 if id.length is None else id.length
    if length > 128:
        gen.fail("mask length must be <= 128")
    mask = (1 << 128) - (1 << (128 - length))
    text = id.text.split("/")[0]
    if id.value & ~mask:
        gen.fail(f"non-network bits set in \"{text}/{length}\"")
    kind = qualifiers.kind or "host"
    if (kind == "host" and length != 128) or kind not in ("host", "net"):
        shown = text if length == 128 else f"{text}/{length}"
        gen.fail(f"'{kind}' is not a valid qualifier for '{shown}'")
    what = "host <IPv6 address>" if kind == "host" else "net <IPv6 prefix>"
    return ipv6(gen, [(id.value, mask)], qualifiers, what)


def of_hardware(gen: Generator, id: HardwareAddress, qualifiers: Qualifiers) -> Fragment:
    """``link host 02:00:00:00:00:01``."""
    if qualifiers.kind not in (None, "host") or qualifiers.protocol != "link":
        gen.fail("Ethernet address used in non-ether expression")
    return gen.layout.link.host(gen, id.octets, qualifiers.direction,
                                "link host XX:XX:XX:XX:XX:XX")


def of_arcnet(gen: Generator, id: ArcnetAddress, qualifiers: Qualifiers) -> Fragment:
    """``link host $2a``: an address of one octet."""
    if qualifiers.kind not in (None, "host"):
        gen.fail(f"'{qualifiers.kind}' is not a valid qualifier for '$XX'")
    if qualifiers.protocol != "link":
        gen.fail("'link' is the only valid proto qualifier for 'host $XX'")
    return gen.layout.link.short_host(gen, id.value, qualifiers.direction, "link host $XX")


# --- DECnet ---------------------------------------------------------------------------------------

#: Route header flags: short (2) or long (6) data packet format, in the lowest three bits.
SHORT, LONG, FORMAT_MASK = 0x02, 0x06, 0x07
#: A padding octet: the uppermost bit, and a length, which here counts only itself.
PADDING = 0x81
#: From the flags to source and destination, in short and long packets.
SHORT_ADDRESSES = (3, 1)
LONG_ADDRESSES = (15, 7)
MESSAGE_LENGTH = 2  #: octets before the route header


def _decnet_kind(gen: Generator, kind: str) -> None:
    if kind != "host":
        gen.fail(f"'decnet' is not a valid qualifier for '{kind}'")


def _decnet_host(gen: Generator, dotted: Dotted, qualifiers: Qualifiers) -> Fragment:
    """``decnet host area.node``, in data packets with at most one octet of padding."""
    if len(dotted.parts) != 2 or dotted.parts[0] > 63 or dotted.parts[1] > 1023:
        gen.fail(f"invalid DECnet address '{dotted.text}'")
    inside = carried(gen, EtherType.DECNET)
    _check_direction(gen, qualifiers)
    number = dotted.parts[0] << 10 | dotted.parts[1]
    address = (number & 0xFF) << 8 | number >> 8  # little-endian on the wire
    sides: dict[str, Callable[[Generator, int], Fragment]] = {
        "src": _decnet_source, "dst": _decnet_destination}
    return both(inside, in_direction(qualifiers.direction,
                                     lambda side: sides[side](gen, address)))


def _decnet_field(gen: Generator, form: int, padded: bool, distance: int,
                  address: int) -> Fragment:
    """The flags say so, and an address is at a distance from them."""
    if padded:
        flags = gen.masked(NETWORK, MESSAGE_LENGTH, H, PADDING << 8 | form,
                           0xFF00 | FORMAT_MASK)
    else:
        flags = gen.masked(NETWORK, MESSAGE_LENGTH, B, form, FORMAT_MASK)
    offset = MESSAGE_LENGTH + padded + distance
    return both(flags, gen.equal(NETWORK, offset, H, address))


def _decnet_source(gen: Generator, address: int) -> Fragment:
    short, long = SHORT_ADDRESSES[0], LONG_ADDRESSES[0]
    return any_of(_decnet_field(gen, SHORT, False, short, address),
                  _decnet_field(gen, SHORT, True, short, address),
                  _decnet_field(gen, LONG, False, long, address),
                  _decnet_field(gen, LONG, True, long, address))


def _decnet_destination(gen: Generator, address: int) -> Fragment:
    """A short packet's destination is in the same word as its flags."""
    long = LONG_ADDRESSES[1]
    return any_of(
        gen.masked(NETWORK, MESSAGE_LENGTH, W, SHORT << 24 | address << 8,
                   FORMAT_MASK << 24 | 0xFFFF00),
        gen.masked(NETWORK, MESSAGE_LENGTH, W, PADDING << 24 | SHORT << 16 | address,
                   0xFF00FFFF | FORMAT_MASK << 16),
        _decnet_field(gen, LONG, False, long, address),
        _decnet_field(gen, LONG, True, long, address))
