"""Protocols that have values and no text in tcpdump's lines.

They are looked for where values are asked and no table names a protocol (Layer.beyond), so that
the printing loop pays nothing for them and its lines stay tcpdump's. A row says who may be meant;
the class's ``claims`` looks at the payload and decides.
"""

from __future__ import annotations

from importlib import import_module

from fyke.hints import TYPE_CHECKING, NamedTuple
from fyke.wire import Record, Truncated

if TYPE_CHECKING:
    from fyke.layers.layer import Layer

ROOM = "fyke.layers.application."


class Guess(NamedTuple):
    """A protocol that a payload may be of."""

    kind: str  #: module and class
    begins: bytes  #: first octets that its messages may have
    ports: frozenset[int] | None = None  #: on one of them only; None: on any


def ports(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


ASN1_SEQUENCE = b"\x30"
#: First octets of MQTT's packets, of GTP's versions, of CoAP's, of Kerberos' messages.
MQTT = bytes(one for one in range(0x10, 0xF1) if one >> 4 == 3 or one & 15 in (0, 2))
#: The earlier claims first.
OVER_TCP = (
    Guess("tls:Tls", bytes(range(20, 25))),
    Guess("http2:Http2", b"P"),
    Guess("smb2:Smb2", b"\0"),
    Guess("http2:Http2", b"\0", ports(80, 8080, 50051)),
    Guess("mqtt:Mqtt", b"\x10"),
    Guess("mqtt:Mqtt", MQTT, ports(1883)),
    Guess("ldap:Ldap", ASN1_SEQUENCE, ports(389, 3268)),
    Guess("modbus:Modbus", bytes(range(256)), ports(502)),
    Guess("kerberos:KerberosOverTcp", b"\0", ports(88)),
    Guess("stun:Stun", b"\0\1", ports(3478)),
)
OVER_UDP = (
    Guess("stun:Stun", b"\0\1"),
    Guess("dtls:Dtls", bytes(range(20, 27))),
    Guess("wireguard:WireGuard", b"\1\2\3\4"),
    Guess("gtp:Gtp", bytes(range(0x30, 0x60)), ports(2152, 2123)),
    Guess("coap:Coap", bytes(range(0x40, 0x80)), ports(5683)),
    Guess("ldap:Ldap", ASN1_SEQUENCE, ports(389)),
)


def by_first(guesses: tuple[Guess, ...]) -> list[tuple[Guess, ...]]:
    """The guesses by the first octet of a payload: most have none."""
    return [tuple([guess for guess in guesses if first in guess.begins]) for first in range(256)]


TCP_BY_FIRST, UDP_BY_FIRST = by_first(OVER_TCP), by_first(OVER_UDP)


def over_tcp(pkt: Record, at: int, size: int, source: int, target: int) -> type[Layer] | None:
    """The kind of layer that claims a payload of TCP, or None."""
    return find(TCP_BY_FIRST, pkt, at, size, source, target)


def over_udp(pkt: Record, at: int, size: int, source: int, target: int) -> type[Layer] | None:
    """The kind of layer that claims a payload of UDP, or None."""
    return find(UDP_BY_FIRST, pkt, at, size, source, target)


def find(guesses: list[tuple[Guess, ...]], pkt: Record, at: int, size: int, source: int,
         target: int) -> type[Layer] | None:
    if size <= 0 or not pkt.has(at, 1):
        return None
    for guess in guesses[pkt.u8(at)]:
        if guess.ports is None or source in guess.ports or target in guess.ports:
            module, _, name = guess.kind.partition(":")
            kind: type[Layer] = getattr(import_module(ROOM + module), name)
            try:
                if kind.claims(pkt, at, size):
                    return kind
            except Truncated:
                continue
    return None
