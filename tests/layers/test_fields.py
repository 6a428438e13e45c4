"""The public attributes of the everyday layers: what a program reads of a packet."""

from __future__ import annotations

import json
import random
from typing import Any

import network_traffic as traffic
import pytest
import transport_traffic as transport

import fyke
from fyke.layers.application.dns_name import write_name
from fyke.layers.fields import fields_of
from fyke.layers.layer import Layer
from fyke.layers.link.vlan import Vlan
from fyke.layers.tables import ByContent, read_rooms, table
from fyke.wire import Line, Record

PING = traffic.ipv4(1, traffic.icmp(8, 0, b"\0\7\0\2data"))
HEADERS = {"dst": "01:02:03:04:05:06", "src": "00:11:22:33:44:55"}
ARP = bytes.fromhex("0001080006040001" "001122334455" "0a000001" "000000000000" "0a000002")
NAME = b"\7example\3com\0"
DNS = b"".join((
    bytes.fromhex("1234 8180 0001 0004 0001 0001"), NAME, bytes.fromhex("0001 0001"),
    bytes.fromhex("c00c 0001 0001 0000003c 0004 0a000001"),
    bytes.fromhex("c00c 000f 0001 0000003c 0009 000a 04 6d61696c c00c"),
    bytes.fromhex("c00c 0010 0001 00000000 0005 04 741b5b6d"),
    bytes.fromhex("c00c ff00 0003 00000001 0002 abcd"),
    bytes.fromhex("c00c 0006 0001 00000e10 0018 c00c c00c 00000001 00000002 00000003 00000004"
                  "00000005"),
    bytes.fromhex("00 0029 04d0 00000000 0000"),
))

CASES: list[tuple[str, bytes, type[Layer], dict[str, Any]]] = [
    ("ethernet", traffic.frame(0x0800, PING), fyke.Ethernet, {**HEADERS, "type": 0x0800}),
    ("vlan", traffic.frame(0x8100, b"\xb0\5\x08\0" + PING), Vlan,
     {"priority": 5, "dei": True, "id": 5, "type": 0x0800}),
    ("arp", traffic.frame(0x0806, ARP), fyke.Arp,
     {"hardware": 1, "protocol": 0x0800, "hardware_length": 6, "protocol_length": 4,
      "operation": 1, "sender_mac": "00:11:22:33:44:55", "sender_ip": "10.0.0.1",
      "target_mac": "00:00:00:00:00:00", "target_ip": "10.0.0.2"}),
    ("ipv4", traffic.frame(0x0800, traffic.ipv4(17, bytes(8), tos=0xB8, ttl=3, fragment=0x4000)),
     fyke.IPv4,
     {"version": 4, "header_length": 20, "tos": 0xB8, "dscp": 46, "length": 28, "id": 1,
      "flags": 2, "offset": 0, "ttl": 3, "proto": 17, "src": "10.0.0.1",
      "dst": "10.0.0.2"}),
    ("ipv4 fragment", traffic.four(17, bytes(8), fragment=0x2005), fyke.IPv4,
     {"flags": 1, "offset": 40}),
    ("ipv6", traffic.six(59, b"", first=0x6B812345), fyke.IPv6,
     {"version": 6, "traffic_class": 0xB8, "flow_label": 0x12345, "stated_length": 0,
      "next_header": 59, "hop_limit": 64, "proto": 59, "src": "2001:db8::1", "dst": "ff02::1"}),
    ("icmp", traffic.frame(0x0800, PING), fyke.Icmp,
     {"type": 8, "code": 0, "id": 7, "seq": 2}),
    ("icmp6", traffic.six(58, traffic.icmp6(128, 0, b"\0\7\0\2")), fyke.Icmp6,
     {"type": 128, "code": 0, "id": 7, "seq": 2}),
    ("udp", transport.udp(b"abc", 1025, 4000), fyke.Udp,
     {"src_port": 1025, "dst_port": 4000, "length": 11}),
    ("tcp", transport.tcp(b"abc", 40000, 7777, seq=2 ** 32 - 1, ack=2 ** 31),
     fyke.Tcp,
     {"src_port": 40000, "dst_port": 7777, "seq": 2 ** 32 - 1, "ack": 2 ** 31,
      "header_length": 20, "options": []}),
    ("dns", transport.udp(DNS, 53, 4000), fyke.Dns,
     {"id": 0x1234, "flags": 0x8180, "is_response": True, "rcode": 0, "question_count": 1,
      "answer_count": 4, "authority_count": 1, "additional_count": 1,
      "questions": [{"name": "example.com.", "type": "A", "dns_class": "IN"}]}),
]


@pytest.mark.parametrize(("octets", "kind", "expected"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])
def test_fields(octets: bytes, kind: type[Layer], expected: dict[str, Any]) -> None:
    layer = fyke.Packet(octets)[kind]
    told = layer.to_dict()
    assert {field: told[field] for field in expected} == expected
    assert list(told) == list(fields_of(kind))
    assert json.loads(json.dumps(told)) == told


def test_attributes_are_numbers_and_octets() -> None:
    packet = fyke.Packet(traffic.frame(0x0800, PING))
    assert packet[fyke.Ethernet].src == bytes.fromhex("001122334455")
    assert packet[fyke.IPv4].src == 0x0A000001
    packet = fyke.Packet(traffic.six(59, b""))
    assert packet[fyke.IPv6].src == traffic.INNER


@pytest.mark.parametrize("stream", [False, True], ids=["udp", "tcp"])
def test_dns_records(stream: bool) -> None:
    octets = transport.udp(DNS, 53, 4000)
    if stream:
        octets = transport.tcp(len(DNS).to_bytes(2, "big") + DNS, 53, 4000)
    dns = fyke.Packet(octets)[fyke.Dns]
    name = "example.com."
    assert dns.questions == [(name, "A", "IN")]
    assert dns.questions[0].type == "A"
    assert dns.answers == [
        (name, "A", "IN", 60, "10.0.0.1"), (name, "MX", "IN", 60, "10 mail.example.com."),
        (name, "TXT", "IN", 0, '"t\\027[m"'), (name, "TYPE65280", "CHAOS", 1, "\\# 2 abcd")]
    assert dns.authorities == [(name, "SOA", "IN", 3600, f"{name} {name} 1 2 3 4 5")]
    assert dns.additionals == [(".", "OPT", "CLASS1232", 0, "\\# 0")]


def test_multicast_dns_class_has_no_flush_bit() -> None:
    octets = bytes.fromhex("0000 0000 0001 0000 0000 0000") + NAME + bytes.fromhex("000c 8001")
    dns = fyke.Packet(transport.udp(octets, 5353, 5353))[fyke.Dns]
    assert dns.questions == [("example.com.", "PTR", "IN")]


@pytest.mark.parametrize("cut", range(12, len(DNS)))
def test_dns_of_every_prefix(cut: int) -> None:
    """What is there is read as in the whole message; the rest is missing, quietly."""
    whole = fyke.Packet(transport.udp(DNS, 53, 4000))[fyke.Dns]
    dns = fyke.Packet(transport.udp(DNS[:cut], 53, 4000))[fyke.Dns]
    assert dns.answers == whole.answers[:len(dns.answers)]
    assert dns.authorities == whole.authorities[:len(dns.authorities)]


def test_a_name_of_pointers_ends() -> None:
    octets = DNS[:12] + b"\xc0\x0c\0\1\0\1"
    dns = fyke.Packet(transport.udp(octets, 53, 4000))[fyke.Dns]
    assert dns.questions == []


@pytest.mark.parametrize(("count", "verdict"), [(250, b"<BAD LABEL TYPE>"), (260, b"<BAD PTR>")])
def test_a_chain_of_pointers_is_bounded(count: int, verdict: bytes) -> None:
    """Thousands of records may share it: it is left before its end, which is no label."""
    octets = b"\x80\0" + b"".join((0xC000 | 2 * i).to_bytes(2, "big") for i in range(count))
    line = Line()
    assert write_name(line, Record(octets), len(octets) - 2, 0) < 0
    assert line.text() == verdict


def every_layer() -> dict[type[Layer], str]:
    """Each registered class, and a table that names it."""
    read_rooms()
    from fyke.layers import tables
    found = {}
    for name in sorted(tables._TABLES):
        for key in table(name).keys():  # noqa: SIM118
            kind = table(name).find(key)
            assert kind is not None
            if not isinstance(kind, ByContent):  # either of two that are registered elsewhere
                found[kind] = name
    return found


@pytest.mark.parametrize(("kind", "name"), every_layer().items(),
                         ids=lambda part: getattr(part, "__qualname__", part))
def test_every_layer_tells_its_fields_as_json(kind: type[Layer], name: str) -> None:
    """Whatever the octets are, and wherever they end."""
    chance = random.Random(11)
    below = None
    if name.startswith(("udp.", "tcp.")):
        below = fyke.Packet(transport.udp(b"", 1025, 4000))[fyke.Udp]
    for size in (0, 1, 2, 4, 7, 8, 12, 16, 20, 28, 40, 60, 200):
        for octets in (bytes(size), b"\xff" * size, chance.randbytes(size)):
            layer = kind().at(Record(octets), 0, size + 20)
            layer.below = below
            layer.decode()
            told = layer.to_dict()
            assert json.loads(json.dumps(told)) == told
            assert list(told) == list(fields_of(kind))
