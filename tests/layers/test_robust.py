"""Every registered layer meets hostile octets: the packet always ends in text, nothing else.

Prefixes of sample packets, the same with octets changed, and random octets go through every link
type and through every layer that a table names. Both runs of a pair must give the same text: a
reused layer that remembers the last packet would not.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from hncp_traffic import samples as hncp_samples
from hypothesis import given, settings
from hypothesis import strategies as st
from legacy_traffic import samples as legacy_samples
from maintenance_traffic import samples as maintenance_samples
from mpls_traffic import samples as mpls_samples
from network_traffic import samples as network_samples
from osi_traffic import samples as osi_samples
from test_autorp import PACKETS as AUTORP
from test_datagram_services import PACKETS as DATAGRAMS
from test_ethertypes import PACKETS as ETHERTYPES
from test_forces import FAULTY, SOUND
from test_kerberos import PACKETS as KERBEROS
from test_lwapp import PACKETS as LWAPP
from test_old_routing import PACKETS as OLD_ROUTING
from test_rx import LISTS, PLAIN

from fyke.layers import tables
from fyke.layers.layer import Layer, write_packet
from fyke.layers.tables import ByContent, read_rooms, table
from fyke.wire import Line, Record

read_rooms()
LIMIT = 1 << 16  # octets of text that one packet may take here
HARMLESS = bytes(range(32, 127)) + b"\t\n"  # all that a terminal may be sent
TABLES = sorted(tables._TABLES)
SAMPLES = [*network_samples(), *osi_samples(), *mpls_samples(),
           *maintenance_samples(), *legacy_samples(), *hncp_samples(),
           *AUTORP, *FAULTY, *SOUND, *KERBEROS, *LWAPP, *LISTS, *PLAIN, *ETHERTYPES,
           *OLD_ROUTING, *DATAGRAMS[::7]]
STYLES: list[dict[str, Any]] = [
    {}, {"verbose": 1}, {"verbose": 3, "link_level": True}, {"quiet": 1, "link_level": True},
]


def line_for(style: dict[str, Any]) -> Line:
    line = Line(limit=LIMIT)
    line.style.numeric = 2
    for name, value in style.items():
        setattr(line.style, name, value)
    return line


def text_of(layer: Layer, line: Line, octets: bytes, wirelen: int = 0) -> bytes:
    packet = Record(octets)
    packet.wirelen = wirelen or len(octets)
    write_packet(layer.at(packet, 0, packet.wirelen), line)
    text = line.text()
    assert not text.translate(None, HARMLESS), "raw octets would reach the terminal"
    return text


def every_kind() -> list[tuple[str, int]]:
    return [(name, key) for name in TABLES for key in table(name).keys()]  # noqa: SIM118


def make(name: str, key: int) -> Layer | None:
    """The layer that a table names; transports and what is above them stand on others only."""
    if name in ("ip.proto", "ip4.proto", "ip6.proto") or name.startswith(("udp.", "tcp.")):
        return None
    kind = table(name).find(key)
    assert kind is not None
    return kind()


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_every_prefix_of_every_sample(style: dict[str, Any]) -> None:
    ethernet = table("link_type").find(1)
    assert ethernet is not None
    layer = ethernet()
    line = line_for(style)
    for octets in SAMPLES:
        step = 1 if len(octets) < 150 else 7
        for end in range(0, len(octets), step):
            text = text_of(layer, line, octets[:end], len(octets))
            fresh = text_of(ethernet(), line_for(style), octets[:end], len(octets))
            assert text == fresh


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_changed_octets(style: dict[str, Any]) -> None:
    chance = random.Random(7)
    kind = table("link_type").find(1)
    assert kind is not None
    layer = kind()
    line = line_for(style)
    for octets in SAMPLES:
        for _ in range(12):
            changed = bytearray(octets)
            for _ in range(chance.randrange(1, 5)):
                changed[chance.randrange(12, len(changed))] = chance.choice(
                    (0, 1, 255, 127, chance.randrange(256)))
            text_of(layer, line, bytes(changed))


@pytest.mark.parametrize(("name", "key"), every_kind())
def test_random_octets_in_every_layer(name: str, key: int) -> None:
    layer = make(name, key)
    if layer is None:
        kind = table(name).find(key)
        assert kind is not None
        assert isinstance(kind, ByContent) or kind.name
        return
    chance = random.Random(key)
    for style in STYLES:
        line = line_for(style)
        for size in (0, 1, 3, 7, 8, 20, 40, 64, 300):
            text_of(layer, line, chance.randbytes(size), size + chance.choice((0, 0, 1000)))
            text_of(layer, line, bytes(size))
            text_of(layer, line, b"\xff" * size)


def transports() -> list[int]:
    return sorted({*table("ip.proto").keys(), *table("ip4.proto").keys(),
                   *table("ip6.proto").keys()})


@pytest.mark.parametrize("proto", transports())
@given(payload=st.binary(max_size=120), verbose=st.integers(0, 3), six=st.booleans())
@settings(max_examples=15)
def test_random_payload_of_every_protocol(proto: int, payload: bytes, verbose: int,
                                          six: bool) -> None:
    if six:
        octets = bytes.fromhex("60000000") + len(payload).to_bytes(2, "big") + bytes(
            [proto, 64]) + bytes(32) + payload
    else:
        octets = bytes([0x45, 0]) + (20 + len(payload)).to_bytes(2, "big") + bytes(
            [0, 1, 0, 0, 64, proto]) + bytes(10) + payload
    raw = table("link_type").find(101)
    assert raw is not None
    text_of(raw(), line_for({"verbose": verbose}), octets)


@given(octets=st.binary(max_size=200), link_type=st.sampled_from(table("link_type").keys()))
@settings(max_examples=300)
def test_random_octets_on_every_link_type(octets: bytes, link_type: int) -> None:
    kind = table("link_type").find(link_type)
    assert kind is not None
    for style in STYLES:
        assert len(text_of(kind(), line_for(style), octets)) <= LIMIT
