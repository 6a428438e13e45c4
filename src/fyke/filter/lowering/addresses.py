"""``host``, ``net`` and ``gateway``: the ways in which an address may be written."""

from __future__ import annotations

from fyke.filter.lowering.decnet import decnet_host
from fyke.filter.lowering.fragment import Fragment, any_of, both
from fyke.filter.lowering.generator import WORD, Generator
from fyke.filter.lowering.internet import WITH_IPV4, Network, ipv4, ipv6
from fyke.filter.lowering.layout import NOWHERE
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
    Span,
)


def of_name(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """``host name``, and a name alone."""
    if qualifiers.protocol == "decnet":
        gen.fail("'decnet' is not a valid qualifier for 'host'")
    if qualifiers.protocol == "link":
        address = _ethernet_address(gen, name, "link host NAME")
        return gen.layout.link.host(gen, address, qualifiers.direction, "link host NAME")
    return _host_by_name(gen, name, qualifiers)


def _host_by_name(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """All addresses of a host, of the version that the protocol has."""
    found4, found6 = gen.resolver.hosts(name.text)
    if not found4 and not found6:
        gen.fail(f"unknown host '{name.text}'", name.span, unknown=name.text)
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
        gen.fail(f"unknown host '{name.text}' for specified address family", name.span)
    return any_of(*parts)


def _ethernet_address(gen: Generator, name: Name, word: str) -> bytes:
    """The MAC address of a name in /etc/ethers."""
    link = gen.layout.link
    if not link.has_addresses:
        link.refuse(gen, word)
    address = gen.resolver.ethernet(name.text)
    if address is None:
        gen.fail(f"unknown Ethernet-like host '{name.text}'", name.span)
    return address


def gateway(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """Sent by or to the hardware address of a host, but not its Internet address."""
    if qualifiers.protocol not in (None, "ip", "arp", "rarp"):
        gen.fail(f"'{qualifiers.protocol}' is not a valid qualifier for 'gateway'")
    if gen.layout.tunnelled:
        gen.fail("'gateway' cannot be used within VXLAN or Geneve")
    address = _ethernet_address(gen, name, "gateway")
    hardware = gen.layout.link.host(gen, address, "src or dst", "gateway")
    found, _ = gen.resolver.hosts(name.text)
    if not found:
        gen.fail(f"unknown host '{name.text}'", name.span)
    networks = [(number, WORD) for number in found]
    return both(hardware, ipv4(gen, networks, qualifiers, "gateway", other=True))


def network_of_name(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """``net name``, from /etc/networks."""
    if qualifiers.protocol == "decnet":
        gen.fail("'decnet' is not a valid qualifier for 'net'")
    if gen.scoped:
        found = gen.resolver.prefix(name.text)
        if found is not None:
            mask = WORD << (32 - found[1]) & WORD
            return ipv4(gen, [(found[0] & mask, mask)], qualifiers, "net <IPv4 network name>")
    number = gen.resolver.network(name.text)
    if not number:
        gen.fail(f"unknown network '{name.text}'", name.span)
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
        gen.fail(f"invalid DECnet address '{number.value}'", number.span)
    _refuse_gateway(gen, qualifiers, str(number.value))
    if qualifiers.protocol == "link":
        gen.fail(f"illegal link-layer address '{number.value}'", number.span)
    network = _promoted(number.value) if kind == "net" else (number.value, WORD)
    return ipv4(gen, [network], qualifiers, f"{kind} <IPv4 address>")


def of_dotted(gen: Generator, dotted: Dotted, qualifiers: Qualifiers) -> Fragment:
    """``host 10.0.0.1``, ``net 192.168``, ``decnet host 1.2``."""
    kind = qualifiers.kind or "host"
    if qualifiers.protocol == "decnet":
        _decnet_kind(gen, kind)
        return decnet_host(gen, dotted, qualifiers)
    _refuse_gateway(gen, qualifiers, dotted.text)
    address, bits = _internet(gen, dotted)
    if qualifiers.protocol == "link":
        gen.fail(f"illegal link-layer address '{dotted.text}'", dotted.span)
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
    gen.limit("netmask length", prefix.length, 32, prefix.span)
    mask = WORD << (32 - prefix.length) & WORD
    text = f"{prefix.network.text}/{prefix.length}"
    return _network(gen, (address, mask), text, prefix.span, qualifiers)


def network_of_mask(gen: Generator, masked: Masked, qualifiers: Qualifiers) -> Fragment:
    """``net 10.0.0.0 mask 255.0.0.0``."""
    address, _ = _internet(gen, masked.network)
    mask, _ = _internet(gen, masked.mask)
    text = f"{masked.network.text} mask {masked.mask.text}"
    return _network(gen, (address, mask), text, masked.span, qualifiers)


def _network(gen: Generator, network: Network, text: str, span: Span,
             qualifiers: Qualifiers) -> Fragment:
    if qualifiers.protocol == "decnet":
        gen.fail(f"'decnet' is not a valid qualifier for '{qualifiers.kind or 'host'}'")
    address, mask = network
    if address & ~mask:
        gen.fail(f"non-network bits set in \"{text}\"", span)
    if qualifiers.kind != "net":
        gen.fail(f"'{qualifiers.kind or 'host'}' is not a valid qualifier for '{text}'")
    return ipv4(gen, [network], qualifiers, "net <IPv4 prefix>")


def of_ipv6(gen: Generator, id: Address6, qualifiers: Qualifiers) -> Fragment:
    """``host fe80::1``, ``net fe80::/16``."""
    length = 128 if id.length is None else id.length
    if length > 128:
        gen.fail("mask length must be <= 128", id.span)
    mask = (1 << 128) - (1 << (128 - length))
    text = id.text.split("/")[0]
    if id.value & ~mask:
        gen.fail(f"non-network bits set in \"{text}/{length}\"", id.span)
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


def _decnet_kind(gen: Generator, kind: str) -> None:
    if kind != "host":
        gen.fail(f"'decnet' is not a valid qualifier for '{kind}'")
