"""What LLC, PPP, PPPoE, MPLS, GRE and STP hold, as values; and hostile octets in them."""

from __future__ import annotations

import json
import random
from typing import Any

import network_traffic as traffic
import pytest

import fyke

LCP = bytes.fromhex("c021 0101 001c 0104 05d4 0305 c223 05 0506 01020304 0702 1307 02 0a000001 00")
STP = bytes.fromhex("0000 02 02 7c 8000001122334455 00000004 8000001122334466"
                    "8001 0100 1400 0200 0f00")
CASES: list[tuple[str, bytes, dict[str, Any]]] = [
    ("lcp", traffic.frame(0x880B, LCP), {
        "code": 1, "id": 1, "length": 28, "magic_number": None}),
    ("pppoe", traffic.frame(0x8863, bytes.fromhex("11 09 0000 000c 0101 0003 697370 0103 0001 07")),
     {"code": 9, "session": 0, "version": 1}),
    ("mpls", traffic.frame(0x8847, bytes.fromhex("00010040 0001f1ff") + bytes(4)),
     {"labels": [{"label": 16, "traffic_class": 0, "bottom": False, "ttl": 64},
                 {"label": 31, "traffic_class": 0, "bottom": True, "ttl": 255}]}),
    ("gre", traffic.frame(0x0800, traffic.ipv4(47, bytes.fromhex(
        "b000 6559 1234 0000 00000007 00000009"))),
     {"version": 0, "checksum": 0x1234, "offset": None, "key": 7, "sequence": 9, "ack": None}),
    ("stp", traffic.frame(len(STP) + 3, b"\x42\x42\x03" + STP),
     {"version": 2, "root": "8000.00:11:22:33:44:55", "root_cost": 4, "hello_time": 2.0,
      "port_role": 3}),
]


@pytest.mark.parametrize(("name", "octets", "expected"), CASES, ids=[one[0] for one in CASES])
def test_values(name: str, octets: bytes, expected: dict[str, Any]) -> None:
    told = fyke.Packet(octets)[name].to_dict()
    assert {field: told[field] for field in expected} == expected
    assert json.loads(json.dumps(told)) == told


def test_options_by_name() -> None:
    options = fyke.Packet(CASES[0][1])["lcp"].options
    assert options["mru"] == 1492
    assert options["authentication"][:2] == (0xC223, 5)
    assert options["endpoint"] == (2, "10.0.0.1")
    assert fyke.Packet(CASES[1][1])["pppoe"].tags["service_name"] == "isp"


@pytest.mark.parametrize("octets", [one[1] for one in CASES])
def test_hostile(octets: bytes) -> None:
    chance = random.Random(len(octets))
    for end in range(14, len(octets)):
        for _ in range(3):
            mutant = bytearray(octets[:end])
            mutant[chance.randrange(14, end) if end > 14 else 13] = chance.randrange(256)
            for layer in fyke.Packet(bytes(mutant)).layers:
                json.dumps(layer.to_dict())
