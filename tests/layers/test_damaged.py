"""Where the text of a damaged packet ends, and what it still says (tcpdump 5's own words)."""

from __future__ import annotations

from typing import Any

import pytest
from judge import text_of
from network_traffic import four, frame, icmp6, six

PTP = bytes.fromhex("0002 002c 00 00 0000 0000000000000000 00000000 0102030405060708 0001 0002"
                    "fe 7f 000000000001 3b9aca00")
REQUEST = bytes.fromhex("02") + PTP[1:] + bytes.fromhex("1112131415161718 0003")
COOKED = bytes.fromhex("0000 0323 0006 000000000000 0000 8700")
RADIOTAP = bytes.fromhex("0000 0800 00000000 d400 0000 001122334455")
RELAY = bytes.fromhex("0004 0302 0000 0000000000000000 0800 1841 03cc") + four(17, bytes(8))[14:]


def ospf(kind: int, body: bytes) -> bytes:
    octets = bytes([2, kind]) + (24 + len(body)).to_bytes(2, "big") + bytes(20) + body
    return four(89, octets)


def lsa(kind: int, state: str, size: int, body: str = "") -> bytes:
    return bytes.fromhex(f"0001 00 {kind:02x} {state} 0a000001 80000001 0000 {size:04x} {body}")


ROUTER = "00 00 0002 0a000001 0a000002 01 00 0005"
CASES: list[tuple[str, bytes, dict[str, Any], str]] = [
    ("an echo with half of its numbers", six(58, icmp6(128, 0, bytes(3))), {},
     "echo request [|icmp6]"),
    ("a router advertisement that is its type alone", six(58, b"\x86"), {},
     "router advertisement [|icmp6]"),
    ("flags of PTP that nobody knows", frame(0x88F7, PTP[:6] + b"\x00\xc2" + PTP[8:]), {},
     "Flags [l1 59], NS correction: 0, sub NS correction: 0, reserved2: 0, clock identity: "
     "0x102030405060708, port id: 1, seq id: 2, control: 254 (Reserved), log message interval: "
     "127, originTimeStamp: 1.1000000000 seconds (invalid ns)"),
    ("a peer's delay request", frame(0x88F7, REQUEST), {},
     "preciseOriginTimeStamp: 1.1000000000 seconds (invalid ns), port identity: "
     "0x1112131415161718, port id: 3"),
    ("headers of OSPF go on behind a length that cannot be",
     ospf(5, lsa(1, "0a000001", 19) + lsa(2, "0a000002", 32)), {"verbose": 1},
     "\n\t    Bogus length 19 < header (20)\n\t  Advertising Router 10.0.0.1, seq 0x80000001, "
     "age 1s, length 12\n\t    Network LSA (2), LSA-ID: 10.0.0.2\n\t    Options: [none]"),
    ("a router's links that are not all there",
     ospf(4, b"\0\0\0\1" + lsa(1, "0a000001", 48, ROUTER)), {"verbose": 1},
     "metric 5 [|ospf2] [|ospf2]"),
    ("router information that is not all there",
     ospf(4, b"\0\0\0\1" + lsa(10, "04000000", 32, "0007 0005")), {"verbose": 1},
     "value:  [|ospf2] [|ospf2]"),
    ("behind a cut grace period the next advertisement is tried",
     ospf(4, b"\0\0\0\2" + lsa(9, "03000000", 28, "0001 0004")), {"verbose": 1},
     "value:  [|ospf2]\n\t  LSA #2 [|ospf2]"),
    ("a short message of NTP", four(17, bytes.fromhex("007b 007b 0010 0000 23 02 0a e9 00000000")),
     {"verbose": 1}, "Leap indicator:  (0) [length 8 < 48] (invalid)"),
    ("radiotap in a cooked capture", COOKED + RADIOTAP, {"link_type": 113},
     "Acknowledgment RA:00:11:22:33:44:55"),
    ("frame relay in a cooked capture", RELAY, {"link_type": 113},
     "IP 10.0.0.1.0 > 10.0.0.2.0"),
]


@pytest.mark.parametrize(("packet", "settings", "end"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])
def test_text(packet: bytes, settings: dict[str, Any], end: str) -> None:
    text = text_of(packet, **settings)
    assert end in text and (text.endswith(end) or not end.endswith("]"))
