"""LMP, VQP, wb, OTV, ZEP, NetFlow, AppleTalk and MPLS in UDP: the text is tcpdump's."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, judged, mutants, needs_tcpdump, text_of
from legacy_traffic import local_talk
from network_traffic import frame, ipv4

import fyke
from fyke.layers.application.lmp import Lmp
from fyke.layers.application.netflow import NetFlow
from fyke.layers.application.otv import Otv
from fyke.layers.application.vqp import Vqp
from fyke.layers.application.whiteboard import Whiteboard
from fyke.layers.application.zep import Zep
from fyke.layers.network.appletalk import Kip
from fyke.wire import Record

A, B, C = b"\x0a\1\2\3", b"\xe0\1\2\3", b"\0\0\0\x07"
NODE = bytes.fromhex("001122334455")
SIX = bytes.fromhex("20010db8000000000000000000000001")
BANDWIDTH = struct.pack(">f", 125000000.0)


def lmp(*objects: tuple[int, int, bytes], kind: int = 1, flags: int = 3, length: int = 0,
        first: int = 0x10) -> bytes:
    body = b"".join(struct.pack(">BBH", type_, number, 4 + len(octets)) + octets
                    for number, type_, octets in objects)
    return struct.pack(">BBBBHH", first, 0, flags, kind, length or 8 + len(body), 0) + body


SWITCHING = b"\1\x0c\x33\2" + BANDWIDTH * 2
LMP = [
    *(lmp((number, kind, octets)) for number, octets in (
        (1, C), (2, A), (3, A), (4, SIX), (5, C), (6, b"\0\1\0\2"), (7, C + C), (8, b"\0\3\0\1"
        + C + b"\2\0\x1f\x41" + BANDWIDTH + C), (9, b"\0\1\0\2"), (10, C),
        (11, b"\3\0\0\0" + A + B),
        (12, b"\7\0\0\0" + A + B), (12, b"\7\0\0\0" + A + B + SWITCHING + b"\2\x08\0\0" + C),
        (12, b"\7\0\0\0" + SIX * 2), (13, A + b"\xc0\0\0\1" + B + b"\0\0\0\2"),
        (13, SIX + b"\x40\0\0\3"), (14, A + B), (14, SIX), (20, b"\0\0\0\x1f"),
        (20, b"\0\0\0\x3f"), (51, b"\3\1\0\0"), (51, b"\5\x08\7\1" + b"\0\1\0\2\0\3\0\4" + A),
        (51, b"\6\7\0\0" + b"\0\1\0\2\0\3\0\4" + A), (51, C + b"\0\0\0\1"), (99, b"what"))
      for kind in (1, 2, 3, 4, 5, 6, 0x81)),
    *(lmp((12, 1, b"\7\0\0\0" + A + B + octets)) for octets in (
        b"\3\4\0\0", b"\2\3\0\0", b"\2\5\0\0", b"\2\x40\0\0")),
    lmp((1, 1, C), (7, 1, C + C)), lmp((1, 1, b"abc")), lmp(kind=99), lmp(flags=0), lmp(length=4),
    lmp((1, 1, C), length=99), lmp(first=0x20), lmp()[:7],
    lmp() + b"\1\1\0\2", lmp(length=16) + b"\1\1\0\2abcd",
]


def vqp(*objects: tuple[int, bytes], kind: int = 1, error: int = 0, items: int | None = None,
        version: int = 1) -> bytes:
    count = len(objects) if items is None else items
    return struct.pack(">BBBBI", version, kind, error, count, 0x1234) + b"".join(
        struct.pack(">IH", number, len(octets)) + octets for number, octets in objects)


VQP = [
    vqp((0x0C01, A), (0x0C02, b"Fa0/1\0x"), (0x0C03, b"v\x1blan"), (0x0C04, b"dom"),
        (0x0C05, b"\xff\0"), (0x0C06, NODE), (0x0C08, NODE), (0x0C09, b"octets")),
    vqp((0x0C01, b"abc")), vqp((0x0C08, b"abc")), vqp((0, b"abc")), vqp((0x0C02, b"")),
    vqp((0x0C02, b"x"), items=0), vqp((0x0C02, b"x"), items=3), vqp(kind=4, error=5),
    vqp(kind=9, error=9), vqp(version=2), vqp()[:7], vqp((0x0C02, b"x"))[:-1],
    vqp((0x0C02, b"x")) + b"\0\0\x0c", vqp(items=1) + b"\0\0\x0c",
]


def wb(kind: int, body: bytes, flags: int = 0) -> bytes:
    return A + struct.pack(">IHBB", 7, 1, kind, flags) + body


def drawn(*operations: tuple[int, int, bytes]) -> bytes:
    return b"".join(struct.pack(">IHBB", stamp, len(octets), 0, kind) + octets
                    + bytes(-len(octets) % 4) for kind, stamp, octets in operations)


PAGE = A + C
SEVERAL = drawn((2, 0, b"abc"), (14, 4, b""), (15, 5, b"abcd"), (99, 0, b""))
WB = [
    wb(4, b""), wb(4, b"", 1), wb(9, b""), wb(6, b"", 1),
    wb(1, C + PAGE + C + PAGE + b"\0\2\0\0" + A + C + B + C + b"site\x1b\0more"),
    wb(1, C + PAGE + C + PAGE + b"\0\0\0\0"), wb(1, C + PAGE + C + PAGE + b"\0\x09\0\0" + A),
    wb(1, C + PAGE), wb(2, A + PAGE + C + C), wb(2, A), wb(5, PAGE + C + C), wb(5, PAGE),
    wb(7, b"\0\0\0\2" + (C + PAGE + b"\1\0\0\0" + A + C) * 2), wb(7, b"\0\0\0\x09" + C),
    wb(7, b"\0\0\0\0"), wb(7, b"\0"), wb(0, PAGE + b"\0\0\0\1\0\0\0\6" + SEVERAL),
    wb(0, PAGE + b"\0\0\0\1\0\0\0\2" + SEVERAL), wb(0, PAGE + b"\0\0\0\6\0\0\0\5"),
    wb(0, PAGE + b"\0\0\0\1\xff\xff\xff\xff" + SEVERAL),
    wb(0, PAGE + b"\0\0\0\5\0\0\0\x09" + drawn((14, 4, b""))),
    wb(3, A + PAGE + b"\0\0\0\1\0\0\0\1" + drawn((3, 0, b"x"))), wb(3, A + PAGE), wb(4, b"")[:9],
]
INSIDE = frame(0x1234, b"abc")
OTV = [b"\x08\0\1\2\0\0\3\0" + INSIDE, b"\x47\0\1\2\0\0\3\0" + INSIDE, b"\x08\0\1\2\0\0\3\0",
       b"\x08\0\1\2\0\0\3"]


def zep(kind: int, body: bytes, stamp: int = 0xE3000000_80000000) -> bytes:
    return b"EX" + struct.pack(">BBBHBBQI", 2, kind, 15, 0x1234, 0, 99, stamp, 77) + bytes(
        10) + bytes([len(body)]) + body


WPAN = bytes.fromhex("41880c3412ffff01000102030405")
ZEP = [
    b"EX\1\x0f\x12\x34\1\x63" + bytes(7) + bytes([len(WPAN)]) + WPAN,
    b"EX\1\x0f\x12\x34\0\x63" + bytes(7) + b"\0more", b"EX\1\x0f\x12\x34\0",
    zep(1, WPAN), zep(1, WPAN, 5), zep(7, WPAN, 0xFFFFFFFF_FFFFFFFF), zep(1, b""),
    b"EX\2\2\0\0\0\5", b"EX\2\2\0\0\0\5more", b"EX\2\2\0\0\0", b"EX\2\1\0\0\0", b"E\x1b\2\1", b"E",
]


def flows(version: int, count: int, records: int | None = None) -> bytes:
    head = struct.pack(">HHIII", version, count, 123456, 1600000000, 5)
    if version != 1:
        head += struct.pack(">II", 99, 0)
    record = A + B + A + struct.pack(">HHIIIIHHBBBBHHBBHI", 1, 2, 3, 4, 5000, 6001, 80, 1024, 0,
                                     0x1B, 6, 7, 8, 9, 24, 16, 0x0102, 3)
    return head + record * (count if records is None else records)


NETFLOW = [flows(1, 1), flows(5, 2), flows(6, 1), flows(5, 12), flows(5, 3, 1), flows(9, 1),
           flows(5, 0), flows(5, 0)[:20], b"\0"]
KIP = local_talk()[19:38]
MPLS = [b"\0\1\1\x40" + ipv4(17, struct.pack(">HHHH", 1, 2, 8, 0)), b"\0\1\0\x40\0\0\1\1",
        b"\0\1\0\x40", b"\0\1"]
#: Port, word of -T, payloads.
GROUPS = {
    "lmp": (701, "", LMP), "vqp": (1589, "", VQP), "wb": (4567, "", WB), "otv": (8472, "", OTV),
    "zep": (17754, "", ZEP), "kip": (300, "", KIP), "mpls": (6635, "", MPLS[2:]),
    "-T lmp": (9, "lmp", LMP[::9]), "-T wb": (9, "wb", WB),
}
PACKETS = [transport.udp(octets, dport=port) for port, _, payloads in GROUPS.values()
           for octets in payloads]


def reword(text: str) -> str:
    """Version 5's words: a date in a ZEP header."""
    return re.sub(r"\((\d{4})/(\d\d)/(\d\d) ", r"(\1-\2-\3 ", text)


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize("group", GROUPS)
def test_as_tcpdump(group: str, options: str, tmp_path: Path) -> None:
    port, word, payloads = GROUPS[group]
    packets = [transport.udp(octets, dport=port) for octets in payloads]
    assert_same(tmp_path / "samples.pcap", packets, options, reword=reword, packet_type=word)


@needs_tcpdump
@pytest.mark.parametrize("options", ["", "-vv"])
@pytest.mark.parametrize("group", [group for group in GROUPS if group not in ("kip", "mpls")])
def test_mutants_as_tcpdump(group: str, options: str, tmp_path: Path) -> None:
    port, word, payloads = GROUPS[group]
    packets = [transport.udp(octets, dport=port) for octets in mutants(payloads)]
    for snaplen in (262144, 56, 75):
        assert_same(tmp_path / "mutants.pcap", packets, options, reword=reword, packet_type=word,
                    snaplen=snaplen)


def with_count(octets: bytes, count: int) -> bytes:
    return octets[:2] + struct.pack(">HH", count, octets[3]) + octets[6:]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
def test_netflow_as_tcpdump(options: str, tmp_path: Path) -> None:
    """tcpdump takes 32 bits for the number of records, so that the uptime's upper half is its low.

    Version 4.99 writes ACK as A, and knows no ECE and CWR here.
    """
    payloads = [octets for octets in (*NETFLOW, *mutants(NETFLOW[1:])) if len(octets) > 5]
    theirs, ours = ([transport.udp(with_count(octets, count and octets[3]), dport=9, sum_=0)
                     for octets in payloads] for count in (0, 1))
    for snaplen in (262144, 120):
        told = [re.sub(r"(?<=    6 )([FSRP]*)A([UEW]* tos)", r"\1.\2", text) for text in judged(
            tmp_path / "flows.pcap", theirs, f"{options} -T cnfp", snaplen=snaplen)]
        texts = [re.sub(r"(?<=    6 )([FSRP.U]*)[EW]+ tos", r"\1 tos", text_of(
            octets[:snaplen], 1, len(octets), packet_type="cnfp", **STYLES[options]))
            for octets in ours]
        assert [pair for pair in zip(told, texts, strict=True) if pair[0] != pair[1]] == []


def test_netflow_1() -> None:
    """Records of version 1 have 52 octets, of which tcpdump skips 48."""
    text = text_of(transport.udp(flows(1, 2), dport=9), packet_type="cnfp")
    assert text.count("10.1.2.3:80 > 224.1.2.3:1024 >> 10.1.2.3\n    6 tos 7, 3 (4 octets)") == 2


def test_prefixes() -> None:
    assert_prefixes_end(PACKETS)


def test_endless_range() -> None:
    """Where tcpdump counts on from 0, until the capture ends."""
    packet = wb(0, PAGE + b"\xff\xff\xff\xff\xff\xff\xff\xff" + drawn((2, 4, b"")))
    text = text_of(transport.udp(packet, dport=4567), verbose=1)
    assert text.endswith("10.1.2.3:7<4294967295:4294967295> < RECT >")


@pytest.mark.parametrize(("packet", "port", "kind", "expected"), [
    (LMP[0], 701, Lmp, {"version": 1, "flags": 3, "message_type": 1, "message_length": 16}),
    (VQP[7], 1589, Vqp, {"version": 1, "message_type": 4, "error": 5, "items": 0,
                         "sequence": 0x1234}),
    (WB[1], 4567, Whiteboard, {"source": "10.1.2.3", "timestamp": 7, "version": 1, "type": 4,
                               "flags": 1}),
    (OTV[0], 8472, Otv, {"flags": 8, "overlay": 0x102, "instance": 3}),
    (ZEP[4], 17754, Zep, {"version": 2, "type": 1, "channel": 15, "device": 0x1234, "crc": False,
                          "lqi": 99, "stamp": 5, "sequence": 77, "inner_length": 14}),
    (KIP[0], 300, Kip, {"dst": 255, "src": 9, "type": 2}),
])
def test_fields(packet: bytes, port: int, kind: type, expected: dict[str, object]) -> None:
    told = fyke.Packet(transport.udp(packet, dport=port))[kind].to_dict()
    assert expected.items() <= told.items()


def test_netflow_fields() -> None:
    layer = NetFlow()
    layer.at(Record(flows(5, 2)), 0, 128).decode()
    told = layer.to_dict()
    flow = told.pop("flows")[0]
    assert told == {"version": 5, "count": 2, "uptime": 123456, "seconds": 1600000000,
                    "nanoseconds": 5, "sequence": 99}
    assert (flow["src_port"], flow["dst_port"], flow["dst_as"]) == (80, 1024, 9)
