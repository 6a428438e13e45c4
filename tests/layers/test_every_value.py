"""Values of every layer: hostile octets give values or None, bounded, and nothing else.

Each kind is placed on random octets, on zeros, on ones, and on every prefix of what decodes well.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
import transport_traffic as transport

import fyke
from fyke.layers.directory import every
from fyke.layers.layer import Layer
from fyke.wire import Record

KINDS = sorted((kind for kind in every() if kind.__module__.startswith(
    "fyke.layers.application.")), key=lambda kind: (kind.__module__, kind.__name__))
#: What JSON may be of an octet of the packet: a list of lists multiplies.
MOST_GROWTH = 400


def values(kind: type[Layer], octets: bytes, below: Layer) -> str:
    layer = kind()
    layer.below = below
    layer = layer.at(Record(octets), 0, len(octets))
    layer.decode()
    told: dict[str, Any] = layer.to_dict()
    repr(layer)
    for name in told:
        layer[name]
    return json.dumps(told)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.__module__[24:]}:{kind.__name__}")
def test_hostile_octets(kind: type[Layer]) -> None:
    chance = random.Random(kind.__name__)
    below = fyke.Packet(transport.udp(b"", 9, 10))["udp"]
    for size in (0, 1, 2, 4, 7, 8, 12, 16, 20, 28, 40, 64, 100, 200):
        octets = [bytes(size), b"\xff" * size, b"\1" * size, b"\0\1" * (size // 2)]
        octets += [chance.randbytes(size) for _ in range(12)]
        octets += [bytes(chance.choice((0, 0, 1, 2, 4, 8, 255)) for _ in range(size))
                   for _ in range(12)]
        for one in octets:
            assert len(values(kind, one, below)) < 6000 + MOST_GROWTH * size
