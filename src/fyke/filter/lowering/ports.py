"""``port`` and ``portrange``: TCP, UDP and SCTP over IPv4 and IPv6."""

from __future__ import annotations

from fyke.bpf.instructions import JGE, JGT, H
from fyke.filter.lowering.directions import PLAIN, in_direction
from fyke.filter.lowering.fragment import Fragment, all_of, any_of, both, either
from fyke.filter.lowering.generator import NETWORK, TRANSPORT4, TRANSPORT6, Base, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.lowering.protocols import IP_FRAGMENT, ip6_protocol, ip_protocol
from fyke.filter.numbers import EtherType, IpProtocol
from fyke.filter.syntax import Name, Number, Qualifiers, Span

#: Source and destination port are at the same place in all three (RFC 768, 9260, 9293).
SOURCE, DESTINATION = 0, 2

FRAGMENT_OFFSET = 0x1FFF  #: RFC 791, section 3.1

PROTOCOLS = {"tcp": IpProtocol.TCP, "udp": IpProtocol.UDP, "sctp": IpProtocol.SCTP}

MAX_PORT = 0xFFFF


def by_number(gen: Generator, number: Number, qualifiers: Qualifiers) -> Fragment:
    """``port n``, and ``portrange n`` of one port."""
    protocol = _protocol(gen, qualifiers)
    gen.limit("port number", number.value, MAX_PORT, number.span)
    return ports(gen, number.value, number.value, protocol, qualifiers)


def port_by_name(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """``port name``, from /etc/services."""
    protocol = _protocol(gen, qualifiers)
    number, found = _service(gen, name.text)
    if number is None:
        gen.fail(f"unknown port '{name.text}'", name.span)
    protocol = _agreed(gen, protocol, found, f"port '{name.text}'")
    return ports(gen, number, number, protocol, qualifiers)


def range_by_name(gen: Generator, name: Name, qualifiers: Qualifiers) -> Fragment:
    """``portrange 25-smtp``: two ports, each a number or a name."""
    protocol = _protocol(gen, qualifiers)
    text = name.text
    if "-" not in text:
        gen.fail(f"port range '{text}' contains no hyphen", name.span)
    if text.count("-") > 1:
        gen.fail(f"port range '{text}' contains more than one hyphen", name.span)
    low_text, high_text = text.split("-")
    if not low_text:
        gen.fail(f"port range '{text}' has no starting port", name.span)
    low, low_protocol = _port(gen, low_text, name.span)
    if not high_text:
        gen.fail(f"port range '{text}' has no ending port", name.span)
    high, high_protocol = _port(gen, high_text, name.span)
    found = low_protocol if low_protocol == high_protocol else None
    protocol = _agreed(gen, protocol, found, f"port in range '{text}'")
    for number in (low, high):
        gen.limit("port number", number, MAX_PORT, name.span)
    return ports(gen, low, high, protocol, qualifiers)


def ports(gen: Generator, low: int, high: int, protocol: int | None,
          qualifiers: Qualifiers) -> Fragment:
    """A port in a range; protocol None: any of the three.

    As libpcap since 1.11, all three lead to one comparison of the ports; or, with
    ``gen.ports_apart``, each has its own, as before that: longer at first, but shorter once
    another test of the protocol has ruled two of them out.
    """
    if gen.scoped:
        from fyke.filter.lowering.look_through import has_header

        numbers = tuple(PROTOCOLS.values()) if protocol is None else (protocol,)
        return both(has_header(gen, numbers, None),
                    _sides(gen, TRANSPORT4, low, high, qualifiers))
    if protocol is None:
        gen.shared_ports += 1
    return either(ports6(gen, low, high, protocol, qualifiers),
                  ports4(gen, low, high, protocol, qualifiers))


def ports4(gen: Generator, low: int, high: int, protocol: int | None,
           qualifiers: Qualifiers) -> Fragment:
    """Over IPv4, where only the first fragment has ports."""
    def above(*numbers: int) -> Fragment:
        found = _sides(gen, TRANSPORT4, low, high, qualifiers)
        right = any_of(*(ip_protocol(gen, number) for number in numbers))
        return all_of(right, first_fragment(gen), found)

    found = any_of(*(above(*numbers) for numbers in _numbers(gen, protocol)))
    return both(carried(gen, EtherType.IP), found)


def ports6(gen: Generator, low: int, high: int, protocol: int | None,
           qualifiers: Qualifiers) -> Fragment:
    """Over IPv6 without extension headers."""
    def above(*numbers: int) -> Fragment:
        found = _sides(gen, TRANSPORT6, low, high, qualifiers)
        return both(any_of(*(ip6_protocol(gen, number) for number in numbers)), found)

    found = any_of(*(above(*numbers) for numbers in _numbers(gen, protocol)))
    return both(carried(gen, EtherType.IPV6), found)


def first_fragment(gen: Generator) -> Fragment:
    """IPv4 and not a later fragment, which has no transport header."""
    return gen.no_bit(NETWORK, IP_FRAGMENT, H, FRAGMENT_OFFSET)


def _numbers(gen: Generator, protocol: int | None) -> tuple[tuple[int, ...], ...]:
    """The protocols, those together that have one comparison of the ports."""
    if protocol is not None:
        return ((protocol,),)
    three = (IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP)
    return tuple((each,) for each in three) if gen.ports_apart else (three,)


def _sides(gen: Generator, base: Base, low: int, high: int, qualifiers: Qualifiers) -> Fragment:
    """The port of the side or sides that the direction names."""
    if qualifiers.direction not in PLAIN:
        kind = qualifiers.kind
        gen.fail(f"'{qualifiers.direction}' is not a valid qualifier for '{kind}'")
    low, high = sorted((low, high))

    def one(side: str) -> Fragment:
        offset = SOURCE if side == "src" else DESTINATION
        if low == high:
            return gen.equal(base, offset, H, low)
        return both(gen.compare(base, offset, H, low, test=JGE),
                    gen.compare(base, offset, H, high, test=JGT, reverse=True))

    return in_direction(qualifiers.direction, one)


# --- names ----------------------------------------------------------------------------------------

def _protocol(gen: Generator, qualifiers: Qualifiers) -> int | None:
    """The protocol number of ``tcp``, ``udp`` or ``sctp``; None if none of them was said."""
    word = qualifiers.protocol
    if word is None:
        return None
    if word not in PROTOCOLS:
        gen.fail(f"'{word}' is not a valid qualifier for '{qualifiers.kind}'")
    return PROTOCOLS[word]


def _service(gen: Generator, name: str) -> tuple[int | None, int | None]:
    """The port of a service, and its protocol unless TCP and UDP have the same port for it."""
    tcp, udp = gen.resolver.port(name)
    if tcp is not None:
        return tcp, None if tcp == udp else IpProtocol.TCP
    if udp is not None:
        return udp, IpProtocol.UDP
    return None, None


def _port(gen: Generator, text: str, span: Span) -> tuple[int, int | None]:
    """One end of a range."""
    if text.isascii() and text.isalnum() and text[0].isdigit():
        number = _literal(text)
        if number is not None:
            return number, None
    port, protocol = _service(gen, text)
    if port is None:
        gen.fail(f"'{text}' is not a valid port", span)
    return port, protocol


def _literal(text: str) -> int | None:
    """A number as C writes it: decimal, 0x… or 0…; None if it is not one."""
    base = 16 if text[:2] in ("0x", "0X") else 8 if text[0] == "0" else 10
    try:
        return int(text, base)
    except ValueError:
        return None


def _agreed(gen: Generator, wanted: int | None, found: int | None, what: str) -> int | None:
    """The protocol of the qualifier, unless the service belongs to another one."""
    if wanted is not None and found is not None and wanted != found:
        owner = next(word for word, number in PROTOCOLS.items() if number == found)
        gen.fail(f"{what} is {owner}")
    return found if wanted is None else wanted
