"""Values of routing protocols and of transports; no cut or damaged packet makes them raise."""

from __future__ import annotations

import json
import random
import struct
from typing import Any

import network_traffic as traffic
import pytest
from test_transport import text_of

import fyke

HELLO = bytes.fromhex("ffffff00 000a 12 01 00000028 0a000001 0a000002 03030303")
LINK = bytes.fromhex(
    "0001 0001 01000000" "0002 0004 02020202" "0003 0004 0a000001" "0005 0004 0000000a"
    "0006 0004 4cbebc20" "0008 0020" + "4cbebc20" * 8 + "0009 0004 00000003"
    "000b 0008 00000005 00000006" "000e 0004 02000000" "0010 0008 00000001 00000002"
    "0011 0008 00000000 4cbebc20" "00ff 0003 abcdef00")
FAST = 100000000.0


def ospf(kind: int, body: bytes, after: bytes = b"", authentication: bytes = bytes(10)) -> bytes:
    head = struct.pack(">BBHIIH", 2, kind, 24 + len(body), 0x01010101, 0, 0x1234)
    return traffic.four(89, head + authentication + body + after)


def lsa(kind: int, state: str, body: bytes) -> bytes:
    return bytes.fromhex(f"0001 02 {kind:02x} {state} 01010101 80000001 abcd") + struct.pack(
        ">H", 20 + len(body)) + body


def update(*lsas: bytes) -> bytes:
    return ospf(4, struct.pack(">I", len(lsas)) + b"".join(lsas))


def ospf3(kind: int, body: bytes) -> bytes:
    head = struct.pack(">BBHIIHBB", 3, kind, 16 + len(body), 0x01010101, 0, 0x1234, 7, 0)
    return traffic.six(89, head + body)


def lsa3(kind: int, body: bytes) -> bytes:
    return bytes.fromhex(f"0001 {kind:04x} 00000001 01010101 80000001 abcd") + struct.pack(
        ">H", 20 + len(body)) + body


def first(octets: bytes) -> Any:
    return fyke.Packet(octets).layers[-1]


LLS = bytes.fromhex("abcd 0003 0001 0004 00000001")
MD5 = bytes.fromhex("0002 0000 05 10 00000007")
TE = update(lsa(10, "01000000", bytes.fromhex("0001 0004 01010101 0002")
                + struct.pack(">H", len(LINK)) + LINK))
ROUTER = update(lsa(1, "01010101", bytes.fromhex(
    "03 00 0002 02020202 0a000001 01 01 000a 01 00 0014 0a000000 ffffff00 03 00 0005")))
PREFIX = update(lsa(10, "07000000", bytes.fromhex(
    "0001 0014 01 20 00 00 c0a80000 0002 0008 40 00 00 01 00000005")))
LABELS = update(lsa(10, "04000000", bytes.fromhex(
    "0007 0005 6e6f646531 000000 0008 0002 0001 0000 000e 000c 00000500 0001 0003 00271000")))
ROUTES = update(lsa(5, "0a000000", bytes.fromhex("ff000000 80000064 00000000 00000009")))
V3 = ospf3(4, struct.pack(">I", 2) + lsa3(0x2009, bytes.fromhex(
    "0001 2001 00000000 01010101 40 02 000a 20010db800000000")) + lsa3(0x2001, bytes.fromhex(
        "01 000013 02 00 000a 00000005 00000006 02020202")))



def sctp(*chunks: str) -> bytes:
    return traffic.four(132, bytes.fromhex("10001001 00000009 00000000" + "".join(chunks)))


def chunk(type: int, name: str, value: Any, flags: int = 0) -> dict[str, Any]:
    return {"type": type, "name": name, "flags": flags, "value": value}


SCTP = sctp(
    "0003 0013 00000005 0001 0002 00000012 616263 00",
    "0300 0018 00000005 00001000 0001 0001 0002 0003 00000004",
    "0900 000c 0001 0008 0007 0000", "0700 0008 00000009", "8400 0004",
    "8200 0016 000d 0012 00000001 00000002 00000003 0004 0000",
    "c100 0020 00000001 0005 0008 0a000001 c001 0010 00000002 0005 0008 0a000002",
    "c200 0010 00000005 0001 0001 00000009", "0e01 0004")
CASES: list[tuple[str, bytes, dict[str, Any]]] = [
    ("sctp", SCTP, {"src_port": 4096, "dst_port": 4097, "verification_tag": 9, "chunks": [
        chunk(0, "data", {"tsn": 5, "stream": 1, "seq": 2, "ppid": 18, "payload": "616263"}, 3),
        chunk(3, "sack", {"cumulative_tsn": 5, "window": 4096, "gaps": [{"start": 2, "end": 3}],
                          "duplicates": [4]}),
        chunk(9, "error", [{"kind": 1, "name": "invalid_stream", "value": "00070000"}]),
        chunk(7, "shutdown", 9), chunk(0x84, "pad", ""),
        chunk(0x82, "re_config", [{"kind": 13, "name": "reset_outgoing", "value": {
            "request": 1, "response": 2, "tsn": 3, "streams": [4]}}]),
        chunk(0xC1, "asconf", {"serial": 1, "parameters": [
            {"kind": 5, "name": "ipv4_address", "value": "10.0.0.1"},
            {"kind": 0xC001, "name": "add_address", "value": {
                "correlation": 2, "parameters": [
                    {"kind": 5, "name": "ipv4_address", "value": "10.0.0.2"}]}}]}),
        chunk(0xC2, "i_forward_tsn", {"tsn": 5, "streams": [
            {"stream": 1, "unordered": True, "number": 9}]}),
        chunk(14, "shutdown_complete", True, 1)]}),
    ("hello", ospf(1, HELLO, LLS), {
        "version": 2, "type": 1, "length": 48, "router_id": "1.1.1.1", "area_id": "0.0.0.0",
        "options": 0x12, "mask": "255.255.255.0", "hello_interval": 10, "priority": 1,
        "dead_interval": 40, "designated_router": "10.0.0.1", "backup_router": "10.0.0.2",
        "neighbors": ["3.3.3.3"], "lsas": None, "mtu": None, "auth_key_id": None,
        "lls": [{"kind": 1, "name": "options", "value": 1}]}),
    ("hello, MD5", ospf(1, HELLO, bytes(16) + LLS, MD5), {
        "auth_type": 2, "auth_key_id": 5, "auth_length": 16, "auth_seq": 7,
        "lls": [{"kind": 1, "name": "options", "value": 1}]}),
    ("description", ospf(2, bytes.fromhex("05dc 42 07 00000001") + lsa(1, "01010101", b"")), {
        "mtu": 1500, "options": 0x42, "dd_flags": 7, "dd_seq": 1, "lsas": [{
            "age": 1, "options": 2, "type": 1, "link_state_id": "1.1.1.1",
            "advertising_router": "1.1.1.1", "seq": 0x80000001, "checksum": 0xABCD, "length": 20,
            "body": None}]}),
    ("request", ospf(3, bytes.fromhex("00000001 01010101 02020202")), {
        "requests": [{"type": 1, "link_state_id": "1.1.1.1", "advertising_router": "2.2.2.2"}]}),
    ("ospf3", V3, {"version": 3, "instance": 7, "hello_interval": None}),
]
BODIES: list[tuple[str, bytes, Any]] = [
    ("router", ROUTER, {"flags": 3, "links": [
        {"type": 1, "id": "2.2.2.2", "data": "10.0.0.1", "metrics": [
            {"topology": 0, "metric": 10}, {"topology": 1, "metric": 20}]},
        {"type": 3, "id": "10.0.0.0", "data": "255.255.255.0", "metrics": [
            {"topology": 0, "metric": 5}]}]}),
    ("external", ROUTES, {"mask": "255.0.0.0", "routes": [
        {"topology": 0, "external_type": 2, "metric": 100, "forward": "0.0.0.0", "tag": 9}]}),
    ("prefix", PREFIX, [{"kind": 1, "name": "prefix", "value": {
        "route_type": 1, "prefix": "192.168.0.0/32", "flags": 0, "entries": [
            {"kind": 2, "name": "prefix_sid", "value": {
                "flags": 0x40, "topology": 0, "algorithm": 1, "is_label": False, "sid": 5}}]}}]),
    ("labels", LABELS, [
        {"kind": 7, "name": "hostname", "value": "node1"},
        {"kind": 8, "name": "algorithms", "value": [0, 1]},
        {"kind": 14, "name": "local_block", "value": {"size": 5, "entries": [
            {"kind": 1, "name": "sid_label", "value": 10000}]}}]),
    ("engineering", TE, [
        {"kind": 1, "name": "router_address", "value": "1.1.1.1"},
        {"kind": 2, "name": "link", "value": [
            {"kind": 1, "name": "link_type", "value": 1},
            {"kind": 2, "name": "link_id", "value": "2.2.2.2"},
            {"kind": 3, "name": "local_address", "value": ["10.0.0.1"]},
            {"kind": 5, "name": "te_metric", "value": 10},
            {"kind": 6, "name": "max_bandwidth", "value": FAST},
            {"kind": 8, "name": "unreserved_bandwidth", "value": [FAST] * 8},
            {"kind": 9, "name": "admin_group", "value": 3},
            {"kind": 11, "name": "link_identifiers", "value": [5, 6]},
            {"kind": 14, "name": "protection", "value": {"capabilities": 2}},
            {"kind": 16, "name": "shared_risk_groups", "value": [1, 2]},
            {"kind": 17, "name": "bandwidth_constraints", "value": {
                "model": 0, "bandwidths": [FAST]}},
            {"kind": 255, "name": "unknown_255", "value": "abcdef"}]}]),
    ("ospf3", V3, {"type": 0x2001, "link_state_id": "0.0.0.0", "advertising_router": "1.1.1.1",
                   "prefixes": [{"prefix": "2001:db8::/64", "options": 2, "metric": 10}]}),
]


@pytest.mark.parametrize(("octets", "expected"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])
def test_values(octets: bytes, expected: dict[str, Any]) -> None:
    told = first(octets).to_dict()
    assert {name: told[name] for name in expected} == expected


@pytest.mark.parametrize(("octets", "expected"), [case[1:] for case in BODIES],
                         ids=[case[0] for case in BODIES])
def test_advertisements(octets: bytes, expected: Any) -> None:
    layer = first(octets)
    assert layer.to_dict()["lsas"][0]["body"] == expected
    assert not layer.lsas.cut


def test_text_of_traffic_engineering() -> None:
    shown = text_of(TE, verbose=1).split(b"\n\t")
    assert shown[6:15] == [
        b"    Router Address TLV (1), length: 4, 1.1.1.1",
        b"    Link TLV (2), length: %d" % len(LINK),
        b"      Link Type subTLV (1), length: 1, Point-to-point (1)",
        b"      Link ID subTLV (2), length: 4, 2.2.2.2 (0x02020202)",
        b"      Local Interface IP address subTLV (3), length: 4, 10.0.0.1",
        b"      Traffic Engineering Metric subTLV (5), length: 4, Metric 10",
        b"      Maximum Bandwidth subTLV (6), length: 4, 800.000 Mbps",
        b"      Unreserved Bandwidth subTLV (8), length: 32",
        b"\tTE-Class 0: 800.000 Mbps"]


def test_text_of_signaling_after_a_digest() -> None:
    """RFC 5613 §2: the block is behind the digest."""
    shown = text_of(ospf(1, HELLO, bytes(16) + LLS, MD5), verbose=1)
    assert shown.endswith(b"LLS: checksum: 0xabcd, length: 3\n\t    Extended Options (1), "
                          b"length: 4\n\t      Options: 0x00000001 [LSDB resync]")


def test_digest_and_signaling_are_no_part_of_the_packet() -> None:
    """RFC 5709: a digest may be longer than MD5's 16 octets."""
    long = ospf(1, HELLO, bytes(32), bytes.fromhex("0002 0000 05 20 00000007"))
    assert "OSPFv2, Hello, length 48" in str(fyke.Packet(long))


@pytest.mark.parametrize("octets", [case[1] for case in CASES + BODIES],
                         ids=[case[0] for case in CASES + BODIES])
def test_nothing_raises(octets: bytes) -> None:
    choose = random.Random(16)
    start = 54 if octets[12:14] == b"\x86\xdd" else 34
    samples = [octets[:end] for end in range(start, len(octets))]
    for _ in range(200):
        damaged = bytearray(octets)
        for _ in range(choose.randint(1, 4)):
            damaged[choose.randrange(start, len(octets))] = choose.choice(
                (0, 1, 2, 4, 127, 255, choose.randrange(256)))
        samples.append(bytes(damaged))
    for sample in samples:
        packet = fyke.Packet(sample)
        json.dumps([layer.to_dict() for layer in packet.layers])
        for layer in packet.layers:
            for name in layer.to_dict():
                layer[name]
        assert str(packet)
