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


#: The earlier claims first.
OVER_TCP = (
    Guess("tls:Tls", bytes(range(20, 25))),
)
OVER_UDP: tuple[Guess, ...] = ()


def find(guesses: tuple[Guess, ...], pkt: Record, at: int, size: int, source: int,
         target: int) -> type[Layer] | None:
    """The kind of layer that claims a payload, or None."""
    if size <= 0 or not pkt.has(at, 1):
        return None
    first = pkt.u8(at)
    for guess in guesses:
        if first in guess.begins and (guess.ports is None or source in guess.ports
                                      or target in guess.ports):
            module, _, name = guess.kind.partition(":")
            kind: type[Layer] = getattr(import_module(ROOM + module), name)
            try:
                if kind.claims(pkt, at, size):
                    return kind
            except Truncated:
                continue
    return None
