"""Fuzz target: one packet of any link type, printed in full and asked for all its fields.

The first two bytes choose the link type: of those that some layer prints. FYKE_LINK=105 holds on
to one, so that each can be fuzzed by itself.
"""

from __future__ import annotations

import os

from harness import expected, run

from fyke.layers.tables import read_rooms, table
from fyke.linktypes import LINK_TYPES
from fyke.packet import Packet

read_rooms()
PRINTED = sorted(kind.number for kind in LINK_TYPES if table("link_type").find(kind.number))
ONLY = [int(number) for number in os.environ.get("FYKE_LINK", "").split(",") if number]


def one_input(data: bytes) -> None:
    if len(data) < 2:
        return
    links = ONLY or PRINTED
    packet = Packet(data[2:], link_type=links[int.from_bytes(data[:2], "big") % len(links)])
    expected(lambda: asked(packet))


def asked(packet: Packet) -> None:
    text = str(packet)
    assert text.isprintable() or "\x1b" not in text
    for layer in packet.layers:
        repr(layer)


if __name__ == "__main__":
    run(one_input)
