"""Dialect fyke: ``ip.ttl < 5``, ``tcp.flags.syn``, ``dns.id = 7``: a field compared with values.

A packet without the field does not match, whatever is asked of it. Where a field is, is said in
``fyke.bpf.fields``; this module knows which test finds its header.
"""

from __future__ import annotations

from collections.abc import Callable

from fyke.bpf.fields import EITHER, LAYERS, Field
from fyke.bpf.instructions import (
    ABS,
    AD_VLAN_TAG,
    AD_VLAN_TPID,
    ALU,
    AND,
    IND,
    JEQ,
    JGE,
    JGT,
    JSET,
    LD,
    LDX,
    LSH,
    MEM,
    SKF_AD_OFF,
    B,
    H,
    K,
    W,
)
from fyke.filter.graph import Statement
from fyke.filter.lowering.arithmetic import COMPARISONS
from fyke.filter.lowering.fragment import Fragment, all_of, any_of, both, either, negate
from fyke.filter.lowering.generator import LINK, LLC, NETWORK, TRANSPORT4, WORD, Base, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.lowering.internet import words_of_ipv6
from fyke.filter.lowering.look_through import (
    HARDWARE_LENGTH,
    arp_address,
    has_header,
    is_version,
    resolves_ip,
    scoped,
)
from fyke.filter.lowering.tags import METADATA, in_tag, raw, raw_type, with_metadata
from fyke.filter.numbers import EtherType, IpProtocol
from fyke.filter.syntax import FieldTest, HardwareAddress, Network, Numbers

WIDTHS = {1: B, 2: H, 4: W}
Load = Callable[[], list[Statement]]

TRANSPORTS = {"tcp": (IpProtocol.TCP, None), "udp": (IpProtocol.UDP, None),
              "sctp": (IpProtocol.SCTP, None), "icmp": (IpProtocol.ICMP, "ip"),
              "icmp6": (IpProtocol.ICMP6, "ip6")}

#: ICMP messages with an identifier and a sequence number: echo, time stamp, information, mask.
WITH_ID = (0, 8, 13, 14, 15, 16, 17, 18)

DNS_PORTS = {IpProtocol.UDP: (53, 5353), IpProtocol.TCP: (53,)}  #: RFC 1035, RFC 6762
DNS_HEADER = 12  #: RFC 1035, 4.1.1
DNS_OVER_TCP = 2  #: octets of length before each message: RFC 1035, 4.2.2


def field_test(gen: Generator, node: FieldTest) -> Fragment:
    """A field compared with a value, or its bits tested."""
    layer, _, name = node.field.partition(".")
    field = LAYERS[layer][name]
    if layer in TRANSPORTS:
        return _transport(gen, node, layer, name, field)
    return _LAYERS[layer](gen, node, name, field)


# --- comparing ------------------------------------------------------------------------------------

def _numeric(gen: Generator, node: FieldTest, field: Field, load: Load) -> Fragment:
    """A number, or some bits of it; ``load`` brings the octets that it is in."""
    shift = max(0, field.shift)
    bits = field.mask
    if node.mask is not None and field.shift >= 0:
        bits = node.mask << shift & (field.mask or WORD)

    def loaded() -> list[Statement]:
        code = load()
        if bits:
            code.append(gen.statement(ALU | AND | K, bits))
        if field.shift < 0:
            code.append(gen.statement(ALU | LSH | K, -field.shift))
            if node.mask is not None:
                code.append(gen.statement(ALU | AND | K, node.mask))
        return code

    if node.op == "any":
        if node.mask == 0:
            return gen.always(False)
        if field.shift < 0:
            return negate(gen.jump(JEQ, 0, loaded()))
        return gen.jump(JSET, bits or WORD, load())
    value = node.values[0]
    assert isinstance(value, Numbers)
    low, high = value.low << shift, value.high << shift
    if node.op != "in":
        test, reverse = COMPARISONS[node.op]
        found = gen.jump(test, low, loaded())
        return negate(found) if reverse else found
    if low == high:
        return gen.jump(JEQ, low, loaded())
    return both(gen.jump(JGE, low, loaded()), negate(gen.jump(JGT, high, loaded())))


def _is_network(gen: Generator, node: FieldTest, version: int,
                test: Callable[[int, int], Fragment]) -> Fragment:
    """An address of this version; ``test`` compares one with an address and a mask."""
    value = node.values[0]
    assert isinstance(value, Network)
    bits = 32 if version == 4 else 128
    if value.version != version:
        found = gen.always(False)
    elif value.length == 0:
        found = gen.always(True)
    else:
        found = test(value.address, (1 << bits) - (1 << bits - value.length))
    return negate(found) if node.op == "!=" else found


def _is_address(gen: Generator, node: FieldTest, load: Load) -> Fragment:
    """An IPv4 address that ``load`` brings."""
    def test(address: int, mask: int) -> Fragment:
        code = load()
        if mask != WORD:
            code.append(gen.statement(ALU | AND | K, mask))
        return gen.jump(JEQ, address, code)

    return _is_network(gen, node, 4, test)


def _is_hardware(gen: Generator, node: FieldTest, base: Base, at: int) -> Fragment:
    value = node.values[0]
    assert isinstance(value, HardwareAddress)
    found = gen.octets(base, at, value.octets)
    return negate(found) if node.op == "!=" else found


def _at(gen: Generator, base: Base, field: Field) -> Load:
    return lambda: gen.load(base, field.at, WIDTHS[field.size])


# --- which header ---------------------------------------------------------------------------------

def _ether(gen: Generator, node: FieldTest, name: str, field: Field) -> Fragment:
    """The Ethernet header's own fields: of a tagged frame the type is the tag's."""
    link = gen.layout.link
    if not link.has_addresses or not link.may_be_tagged:
        link.refuse(gen, node.field)
    if name == "type":
        def test(place: int) -> Fragment:
            return _numeric(gen, node, field, lambda: raw_type(gen, place))

        found = test(0)
        if gen.layout.scope.live:
            taken = _numeric(gen, node, field, lambda: [
                gen.statement(LD | H | ABS, SKF_AD_OFF + AD_VLAN_TPID)])
            found = with_metadata(gen, taken, found)
    else:
        found = _is_hardware(gen, node, LINK, field.at)
    guard = link.encapsulated(gen)
    return both(guard, found) if guard else found


def _vlan(gen: Generator, node: FieldTest, name: str, field: Field) -> Fragment:
    """The tag that is next; its type is that of what is behind it."""
    if gen.layout.scope.network is None:
        gen.layout.link.refuse(gen, node.field)

    def test(place: int) -> Fragment:
        def load() -> list[Statement]:
            if place != METADATA:
                return raw(gen, LLC, place, field.at, H)
            if name == "type":
                return raw_type(gen, 0)
            return [gen.statement(LD | H | ABS, SKF_AD_OFF + AD_VLAN_TAG)]

        return _numeric(gen, node, field, load)

    return in_tag(gen, gen.layout.tags, test)


def _arp(gen: Generator, node: FieldTest, name: str, field: Field) -> Fragment:
    """ARP or RARP; addresses where they are of the kind that the field has."""
    inside = either(carried(gen, EtherType.ARP), carried(gen, EtherType.RARP))
    if field.kind == "ipv4":
        load: Load = lambda: arp_address(gen, name.startswith("target"), W)  # noqa: E731
        return all_of(inside, resolves_ip(gen), _is_address(gen, node, load))
    if field.kind == "mac":
        return all_of(inside, gen.equal(NETWORK, HARDWARE_LENGTH, B, 6), resolves_ip(gen),
                      _is_hardware(gen, node, NETWORK, field.at))
    return both(inside, _numeric(gen, node, field, _at(gen, NETWORK, field)))


def _ip(gen: Generator, node: FieldTest, name: str, field: Field) -> Fragment:
    """Of IPv4, or of either version where both have the field."""
    if field.kind == "ipv4":
        found = _is_address(gen, node, _at(gen, NETWORK, field))
    else:
        found = _numeric(gen, node, field, _at(gen, NETWORK, field))
    found = both(is_version(gen, "ip"), found)
    if name not in EITHER:
        return found
    return either(found, _ip6(gen, node, EITHER[name] if name != "proto" else name,
                              LAYERS["ip6"][EITHER[name]]))


def _ip6(gen: Generator, node: FieldTest, name: str, field: Field) -> Fragment:
    """``ip.proto`` of IPv6 is the protocol behind the extension headers."""
    if field.kind == "ip6":
        found = _is_network(gen, node, 6, lambda address, mask: words_of_ipv6(
            gen, field.at, address, mask))
    elif name == "proto":
        scope = scoped(gen).scope

        def load() -> list[Statement]:
            scoped(gen).need(scope.transport)
            return [gen.statement(LD | MEM, scope.word("proto")),
                    gen.statement(ALU | AND | K, 0xFF)]

        found = _numeric(gen, node, field, load)
    else:
        found = _numeric(gen, node, field, _at(gen, NETWORK, field))
    return both(is_version(gen, "ip6"), found)


def _transport(gen: Generator, node: FieldTest, layer: str, name: str, field: Field) -> Fragment:
    number, version = TRANSPORTS[layer]
    found = _numeric(gen, node, field, _at(gen, TRANSPORT4, field))
    if layer == "icmp" and name in ("id", "seq"):
        found = both(any_of(*(gen.equal(TRANSPORT4, 0, B, kind) for kind in WITH_ID)), found)
    return both(has_header(gen, (number,), version), found)


def _dns(gen: Generator, node: FieldTest, name: str, field: Field) -> Fragment:
    """A whole DNS header on one of its ports; of TCP the first message of a segment."""
    def over(protocol: int, before: int) -> Fragment:
        ports = any_of(*(gen.equal(TRANSPORT4, side, H, port)
                         for port in DNS_PORTS[protocol] for side in (0, 2)))
        looking = scoped(gen)
        scope = looking.scope
        looking.need(scope.payload)
        whole = gen.jump(JGE, before + DNS_HEADER, [
            gen.statement(LD | MEM, scope.word("size"))])
        layout = gen.layout
        start = layout.payload.constant + layout.network + before

        def load() -> list[Statement]:
            return [gen.statement(LDX | MEM, scope.word("payload")),
                    gen.statement(LD | IND | WIDTHS[field.size], start + field.at)]

        return all_of(has_header(gen, (protocol,), None), ports, whole,
                      _numeric(gen, node, field, load))

    return either(over(IpProtocol.UDP, 0), over(IpProtocol.TCP, DNS_OVER_TCP))


_LAYERS: dict[str, Callable[[Generator, FieldTest, str, Field], Fragment]] = {
    "ether": _ether, "vlan": _vlan, "arp": _arp, "ip": _ip, "ip6": _ip6, "dns": _dns,
}
