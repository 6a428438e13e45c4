"""AoE, MPCP, Realtek's protocols, Arista's time stamps, TIPC and UDLD: the text is tcpdump's."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from judge import STYLES, assert_prefixes_end, assert_same, mutants, needs_tcpdump, text_of
from network_traffic import frame, icmp, ipv4, llc

import fyke
from fyke.layers.link.aoe import Aoe
from fyke.layers.link.arista import Arista
from fyke.layers.link.mpcp import Mpcp
from fyke.layers.link.realtek import Realtek
from fyke.layers.link.udld import Udld
from fyke.layers.transport.tipc import Tipc

NODE = bytes.fromhex("001122334455")
PING = ipv4(1, icmp(8, 0, b"\0\1\0\2abc"))


def aoe(command: int, argument: bytes, first: int = 0x18, error: int = 0) -> bytes:
    return frame(0x88A2, struct.pack(">BBHBBI", first, error, 2, 3, command, 0x01020304) + argument)


AOE = [
    aoe(0, b"\x53\1\2\x20\1\2\3\4\5\6\0\0" + bytes(512)), aoe(0, bytes(12)), aoe(0, bytes(11)),
    aoe(1, b"\0\x10\0\1\2\x13\0\5sh\x1b\xff!"), aoe(1, b"\0\x10\0\1\2\x1f\0\0"),
    aoe(1, b"\0\x10\0\1\2\x10\0\xffx"), aoe(1, bytes(7)),
    aoe(2, b"\0\1\0\2" + b"\0\1" + NODE + b"\0\2" + NODE), aoe(2, b"\0\2\3\1" + bytes(7)),
    aoe(2, b"\0\0\0"), aoe(3, b"\1\2" + NODE * 2), aoe(3, b"\2\1" + NODE * 2), aoe(3, b"\3"),
    aoe(9, b"?"), aoe(0, b"", 0x1F, 3), aoe(0, b"", 0x14, 99), aoe(0, b"", 0x28),
    frame(0x88A2, b"\x18\0\1"), frame(0x88A2, b"\x18"), frame(0x88A2, b""),
]


def mpcp(opcode: int, body: bytes) -> bytes:
    return frame(0x8808, struct.pack(">HI", opcode, 0x01020304) + body)


MPCP = [
    mpcp(1, bytes(40)), mpcp(2, b"\x0a" + b"\0\0\0\1\0\2" * 2 + b"\0\5"), mpcp(2, b"\0\0\7"),
    mpcp(2, b"\xf9\0\0\0\1\0\2\0\5"), mpcp(3, b"\3\x81\0\1\0\2\x10\0\3"), mpcp(3, b"\2\0"),
    mpcp(3, b"\0"), mpcp(4, b"\1\7"), mpcp(4, b"\3\7"), mpcp(4, b"\0\7"),
    mpcp(5, b"\0\1\3\0\2\3"), mpcp(5, b"\0\1\4\0\2\3"), mpcp(6, b"\1\0\2\0\3"),
    mpcp(6, b"\0\0\2\0\3"), mpcp(9, b"unknown"), frame(0x8808, b"\0\1\0"),
]
REALTEK = [frame(0x8899, octets) for octets in (
    b"\1\0\x23\x79" + bytes(40), b"\1\x80\x23\x79\5\6" + NODE + b"\1\2\3\4\5\6" + bytes(20),
    b"\1\1\x23\x79\1\2\3\4\5\6" + bytes(range(8)), b"\1\x82\x23\x79\1\2\3\4\5\6" + bytes(8),
    b"\1\x77\x23\x79", b"\2", b"\3\0", b"\x23\0", b"\4", b"\x91", b"\xa1", b"\x55", b"\1\1\x23")]


def arista(body: bytes, subtype: int = 1) -> bytes:
    return frame(0xD28B, struct.pack(">H", subtype) + body)


ARISTA = [
    arista(b"\0\x10" + struct.pack(">II", 1600000000, 5) + b"\x08\0" + PING),
    arista(b"\1\x11" + struct.pack(">II", 1600000000, 4000000005) + b"\x08\0" + PING),
    arista(b"\0\x21" + struct.pack(">HI", 60000, 4000000005) + b"\x08\0" + PING),
    arista(b"\7\x12" + struct.pack(">II", 1, 5) + b"\x81\0\0\7\x08\0" + PING),
    arista(b"\0\x10" + struct.pack(">II", 1, 5) + b"\x12\x34abc"),
    arista(b"\0\x10" + struct.pack(">II", 1, 5) + b"\0\6\4\6\3xyz"),
    arista(b"\0\x31" + bytes(20)), arista(b"abcdef", 2), arista(b""),
]
SHORT = frame(0xD28B, b"\0")


def tipc(user: int, kind: int, size: int, *words: int) -> bytes:
    first = 2 << 29 | user << 25 | size << 21 | 200
    return frame(0x88CA, struct.pack(f">{len(words) + 2}I", first, kind << 29 | 0x12345, *words))


NODES = (0x01001002, 0x01001003)
TIPC = [
    *(tipc(user, kind, 10, 0x00050006, NODES[0], 7, 8, *NODES, 9, 10, 11)
      for user in range(16) for kind in (0, 2, 3, 5)),
    tipc(0, 0, 6, 0x00050006, NODES[0], 7, 8), tipc(0, 1, 7, 1, 2, 3, 4), tipc(5, 0, 10, 1, 2, 3),
    tipc(13, 1, 6, *NODES, 4711, 1), tipc(13, 0, 6, *NODES), tipc(7, 0, 10, *range(6)),
]


def udld(tlvs: bytes, first: int = 0x21, flags: int = 1) -> bytes:
    return llc(b"\xaa\xaa\3\0\0\x0c\x01\x11" + bytes([first, flags]) + b"\x12\x34" + tlvs)


UDLD = [
    udld(b"\0\1\0\x0aSWITCH" + b"\0\2\0\7Gi\0" + b"\0\3\0\x08\0\0\0\1" + b"\0\4\0\5\7"
         + b"\0\5\0\5\5" + b"\0\6\0\7a\x1bb" + b"\0\7\0\x08\0\0\1\2"),
    udld(b"", 0x22, 3), udld(b"\0\4\0\6\7\7"), udld(b"\0\7\0\5\7"), udld(b"\0\1\0\4"),
    udld(b"\0\1\0\x40abc"), udld(b"\0\x63\0\x06ab"), udld(b"\0\1\0", 0x23, 0xFF), udld(b"", 0x3F),
    udld(b"\0\0\0\5a"),
]
PPPOE = [frame(number, b"\x11\x09\0\0\0\4\1\1\0\0") for number in (0x3C12, 0x3C13)]
GROUPS = {"pppoe": PPPOE, "aoe": AOE, "mpcp": MPCP, "realtek": REALTEK, "arista": ARISTA,
          "tipc": TIPC, "udld": UDLD}
PACKETS = [packet for group in GROUPS.values() for packet in group]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize("group", GROUPS)
def test_as_tcpdump(group: str, options: str, tmp_path: Path) -> None:
    assert_same(tmp_path / "samples.pcap", GROUPS[group], options)


@needs_tcpdump
@pytest.mark.parametrize("options", ["", "-vv"])
@pytest.mark.parametrize("group", [group for group in GROUPS if group != "pppoe"])
def test_mutants_as_tcpdump(group: str, options: str, tmp_path: Path) -> None:
    packets = ARISTA[4:] if group == "arista" else GROUPS[group]  # IP's words are version 5's
    assert_same(tmp_path / "mutants.pcap", mutants(packets, 14), options)


def test_prefixes() -> None:
    assert_prefixes_end([*PACKETS, SHORT])


def test_no_time_stamp() -> None:
    assert text_of(SHORT) == "[|arista]"


@pytest.mark.parametrize(("packet", "kind", "expected"), [
    (AOE[0], Aoe, {"version": 1, "flags": 8, "error": 0, "major": 2, "minor": 3, "command": 0,
                   "tag_number": 0x01020304}),
    (MPCP[1], Mpcp, {"opcode": 2, "timestamp": 0x01020304}),
    (REALTEK[3], Realtek, {"protocol": 1, "opcode": 2, "reply": True, "key": 0x2379}),
    (ARISTA[1], Arista, {"subtype": 1, "scale": 1, "format": 1, "hardware": 1,
                         "seconds": 1600000000, "nanoseconds": 4000000005, "type": 0x0800}),
    (TIPC[2], Tipc, {"version": 2, "user": 0, "header_size": 40, "message_size": 200,
                     "message_type": 3}),
    (UDLD[2], Udld, {"version": 1, "code": 1, "flags": 1, "checksum": 0x1234, "tlvs": [
        {"kind": 4, "name": "message_interval", "value": "0707"}]}),
])
def test_fields(packet: bytes, kind: type, expected: dict[str, object]) -> None:
    assert fyke.Packet(packet)[kind].to_dict() == expected


def test_inside_a_time_stamped_frame() -> None:
    assert fyke.Packet(ARISTA[3])[fyke.IPv4]["src"] == "10.0.0.1"
    assert "vlan 7, p 0, ethertype IPv4" in text_of(ARISTA[3], link_level=True)
