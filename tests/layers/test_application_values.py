"""Values of application protocols: fields, options and records, and that no octets break them."""

from __future__ import annotations

import json
import random
from importlib import import_module
from typing import Any, NamedTuple

import pytest
import transport_traffic as transport

import fyke
from fyke.layers.fields import fields_of
from fyke.layers.layer import Layer
from fyke.wire import Record, Truncated

ROOM = "fyke.layers.application."


class Case(NamedTuple):
    """A message, the class that decodes it, and some of the values in it as people read them."""

    title: str
    kind: str
    octets: bytes
    expected: dict[str, Any]


def dhcp(options: bytes, sname: bytes = b"", file: bytes = b"") -> bytes:
    return (bytes.fromhex("01010600 3903f326 0003 8000 00000000 0a000005 0a000001 0a0000fe"
                          "000102030405") + bytes(10) + sname.ljust(64, b"\0")
            + file.ljust(128, b"\0") + bytes.fromhex("63825363") + options)


def named(*pairs: tuple[str, Any]) -> dict[str, Any]:
    return dict(pairs)


FRAME = bytes.fromhex("000102030405 060708090a0b 88b5 00000000")

CASES: list[Case] = [
    Case("dhcp header", "dhcp:Dhcp", dhcp(b"\x35\1\1\xff", b"server", b"boot\0rest"), {
        "op": "request", "hardware_type": 1, "hardware_length": 6, "hops": 0, "xid": 0x3903F326,
        "secs": 3, "flags": "B", "client_ip": "0.0.0.0", "your_ip": "10.0.0.5",
        "server_ip": "10.0.0.1", "gateway_ip": "10.0.0.254", "client_mac": "00:01:02:03:04:05",
        "server_name": "server", "boot_file": "boot", "message_type": "Discover",
        "options": named(("message_type", 1))}),
    Case("dhcp names with pointers", "dhcp:Dhcp", dhcp(
        b"\x77\x18\3eng\5apple\3com\0\6market\xc0\4\xff"), {
        "options": named(("domain_search", ["eng.apple.com", "market.apple.com"]))}),
    Case("dhcp names in two pieces", "dhcp:Dhcp", dhcp(
        b"\x77\x09\3eng\5appl\x0c\1a\x77\x0fe\3com\0\6market\xc0\4\xff"), {
        "options": named(("domain_search", ["eng.apple.com", "market.apple.com"]),
                         ("host_name", "a"))}),
    Case("dhcp classless routes", "dhcp:Dhcp", dhcp(
        b"\x79\x0d\0\x0a\0\0\1\x18\xc0\xa8\7\x0a\0\0\2\xff"), {
        "options": named(("classless_routes", [
            {"network": "0.0.0.0/0", "router": "10.0.0.1"},
            {"network": "192.168.7.0/24", "router": "10.0.0.2"}]))}),
    Case("dhcp overload", "dhcp:Dhcp", dhcp(
        b"\x34\1\3\xff", b"\x0c\1a\xff", b"\x0f\3b.c\xff"), {
        "server_name": None, "boot_file": None,
        "options": named(("overload", 3), ("domain_name", "b.c"), ("host_name", "a"))}),
    Case("dhcp relay agent", "dhcp:Dhcp", dhcp(
        b"\x52\x11\1\4\0\4\0\1\2\3abc\5\4\x0a\1\0\0\xff"), {
        "options": named(("relay_agent", [
            {"kind": 1, "name": "circuit_id", "value": "00040001"},
            {"kind": 2, "name": "remote_id", "value": "616263"},
            {"kind": 5, "name": "link_selection", "value": "10.1.0.0"}]))}),
    Case("dhcp kinds of option", "dhcp:Dhcp", dhcp(
        b"\1\4\xff\xff\xff\0\3\x08\x0a\0\0\1\x0a\0\0\2\x33\4\0\0\x0e\x10\x13\1\1\2\4\xff\xff\xf1\xf0"
        b"\x3d\7\1\0\1\2\3\4\5\x51\x0a\5\0\0\1a\1b\0xx\x5d\2\0\7\x74\1\1\x1a\1\5\xe0\0\xff"), {
        "options": named(
            ("subnet_mask", "255.255.255.0"), ("router", ["10.0.0.1", "10.0.0.2"]),
            ("lease_time", 3600), ("ip_forwarding", True), ("time_offset", -3600),
            ("client_id", {"type": 1, "id": "00:01:02:03:04:05"}),
            ("fqdn", {"flags": 5, "rcode1": 0, "rcode2": 0, "name": "a.b"}),
            ("client_architecture", [7]), ("auto_configure", 1),
            ("interface_mtu", "05"), ("unknown_224", ""))}),
    Case("vxlan", "vxlan:Vxlan", bytes.fromhex("08000000 00002a00") + FRAME,
         {"flags": "I", "vni": 42}),
    Case("vxlan-gpe", "vxlan:VxlanGpe", bytes.fromhex("0c000001 00002a00") + bytes(20),
         {"flags": "IP", "version": 0, "next_protocol": 1, "vni": 42}),
    Case("otv", "otv:Otv", bytes.fromhex("08000102 00000300") + FRAME,
         {"flags": "I", "overlay": 0x102, "instance": 3}),
    Case("geneve", "geneve:Geneve",
         bytes.fromhex("04 40 6558 00002a 00 0102 80 01 00010002 0104 03 00") + FRAME,
         {"version": 0, "options_length": 16, "flags": "C", "proto": 0x6558, "vni": 42,
          "options": [
             {"option_class": 0x102, "owner": "Open Virtual Networking (OVN)", "type": 0,
              "critical": True, "data": "00010002"},
             {"option_class": 0x104, "owner": "VMware", "type": 3, "critical": False,
              "data": ""}]}),
    Case("ntp answer of a primary server", "ntp:Ntp",
         bytes.fromhex("2401 0300 00010000 00008000 4e545300 e5f6e0e0 80000000") + bytes(8)
         + bytes.fromhex("e5f6e0e0 40000000 00000001 00000000"),
         {"leap": "no warning", "version": 4, "mode": "server", "stratum": 1, "poll": 3,
          "precision": 0, "root_delay": 10**9, "root_dispersion": 5 * 10**8,
          "reference_id": "NTS", "reference_time": "2022-04-05T15:38:08.500000000Z",
          "origin_time": None, "receive_time": "2022-04-05T15:38:08.250000000Z",
          "transmit_time": "2036-02-07T06:28:17.000000000Z", "extensions": [], "key_id": None,
          "is_response": None}),
    Case("ntp extensions and digest", "ntp:Ntp",
         bytes.fromhex("23020af6 00000000 00000000 0a000001") + bytes(32)
         + bytes.fromhex("01040010 000102030405060708090a0b 02040014") + bytes(16)
         + bytes.fromhex("00000007") + bytes(range(16)),
         {"mode": "client", "poll": 10, "precision": -10, "reference_id": "10.0.0.1",
          "extensions": named(("unique_identifier", "000102030405060708090a0b"),
                              ("nts_cookie", "00" * 16)),
          "key_id": 7, "digest": bytes(range(16)).hex()}),
    Case("ntp control", "ntp:Ntp", bytes.fromhex("16a2 0044 0618 0000 0010 0004") + b"a=1,",
         {"mode": "control message", "stratum": None, "is_response": True, "is_error": False,
          "more": True, "opcode": 2, "sequence": 0x44, "status": 0x618, "association": 0,
          "offset": 16, "count": 4}),
    Case("quic initial and handshake", "quic:Quic",
         bytes.fromhex("c0 00000001 04 01020304 02 aabb 03 cafe00 4004") + b"abcd"
         + bytes.fromhex("e0 00000001 04 01020304 00 03") + b"efg" + b"\x40short",
         {"type": "initial", "version": 1, "dcid": "01020304", "scid": "aabb", "token": "cafe00",
          "packets": [
              {"type": "initial", "version": 1, "dcid": "01020304", "scid": "aabb",
               "token": "cafe00", "length": 4, "versions": None},
              {"type": "handshake", "version": 1, "dcid": "01020304", "scid": "", "token": None,
               "length": 3, "versions": None},
              {"type": "short", "version": None, "dcid": None, "scid": None, "token": None,
               "length": None, "versions": None}]}),
    Case("quic version 2", "quic:Quic", bytes.fromhex("d0 6b3343cf 01 07 00 00 01 00"),
         {"type": "initial", "version": 0x6B3343CF, "dcid": "07", "token": ""}),
    Case("quic retry", "quic:Quic",
         bytes.fromhex("f0 00000001 00 01 09") + b"token" + bytes(16),
         {"type": "retry", "dcid": "", "scid": "09", "token": b"token".hex()}),
    Case("quic version negotiation", "quic:Quic",
         bytes.fromhex("c0 00000000 01 01 01 02 00000001 6b3343cf"),
         {"type": "version_negotiation", "version": 0, "packets": [
             {"type": "version_negotiation", "version": 0, "dcid": "01", "scid": "02",
              "token": None, "length": None, "versions": [1, 0x6B3343CF]}]}),
    Case("http request", "text:Http",
         b"GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nuser-agent:  x/1 \r\nX-Folded: a\r\n  b\r\n"
         b"Content-Length: 4\r\n\r\nbody",
         {"is_request": True, "method": "GET", "target": "/a?b=c", "version": "HTTP/1.1",
          "status": None, "reason": None, "host": "example.com", "user_agent": "x/1",
          "uri": "http://example.com/a?b=c", "content_length": 4, "content_type": None,
          "headers": [{"name": "Host", "value": "example.com"},
                      {"name": "user-agent", "value": "x/1"},
                      {"name": "X-Folded", "value": "a b"},
                      {"name": "Content-Length", "value": "4"}]}),
    Case("http response", "text:Http",
         b"HTTP/1.0 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>",
         {"is_request": False, "method": None, "target": None, "version": "HTTP/1.0",
          "status": 404, "reason": "Not Found", "content_type": "text/html", "uri": None}),
    Case("http goes on", "text:Http", b"more of a body\r\n\r\n",
         {"is_request": None, "method": None, "status": None, "headers": []}),
    Case("sip short names", "text:Sip",
         b"INVITE sip:b@example.com SIP/2.0\r\nv: SIP/2.0/UDP h\r\ni: 7@h\r\nf: <sip:a@h>\r\n"
         b"To: <sip:b@example.com>\r\nCSeq: 1 INVITE\r\nl: 0\r\n\r\n",
         {"method": "INVITE", "target": "sip:b@example.com", "version": "SIP/2.0",
          "call_id": "7@h", "from_header": "<sip:a@h>", "to_header": "<sip:b@example.com>",
          "cseq": "1 INVITE", "via": "SIP/2.0/UDP h", "content_length": 0}),
    Case("rtsp", "text:Rtsp", b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nSession: 12;timeout=60\r\n\r\n",
         {"status": 200, "version": "RTSP/1.0", "cseq": "2", "session": "12;timeout=60"}),
    Case("smtp command", "text:Smtp", b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n",
         {"is_reply": False, "command": "MAIL", "argument": "FROM:<a@b>", "code": None,
          "message": None, "lines": ["MAIL FROM:<a@b>", "RCPT TO:<c@d>"]}),
    Case("ftp reply", "text:Ftp", b"230-Welcome\r\n more\r\n230 Done\r\n",
         {"is_reply": True, "command": None, "argument": None, "code": 230,
          "message": "Welcome\n more\nDone"}),
    Case("ssh", "ssh:Ssh", b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
         {"protocol_version": "2.0", "software": "OpenSSH_9.2p1 Debian-2"}),
    Case("tftp request", "tftp:Tftp", b"\0\1a.txt\0octet\0blksize\x001428\0tsize\x000\0",
         {"opcode": "RRQ", "file": "a.txt", "mode": "octet", "block": None, "error": None,
          "options": [{"name": "blksize", "value": "1428"}, {"name": "tsize", "value": "0"}]}),
    Case("tftp block", "tftp:Tftp", b"\0\3\0\7data",
         {"opcode": "DATA", "file": None, "block": 7, "options": []}),
    Case("tftp error", "tftp:Tftp", b"\0\5\0\1not there\0",
         {"opcode": "ERROR", "error": "ENOTFOUND", "message": "not there"}),
    Case("bfd", "bfd:Bfd",
         bytes.fromhex("20c40334 00000001 00000002 000f4240 000f4240 0000c350 041c0100 00000005")
         + bytes(range(20)),
         {"version": 1, "diagnostic": "No Diagnostic", "state": "Up", "flags": 0xC4,
          "detect_multiplier": 3, "length": 52, "my_discriminator": 1, "your_discriminator": 2,
          "desired_min_tx": 1000000, "required_min_rx": 1000000, "required_min_echo": 50000,
          "authentication": {"type": 4, "length": 28, "key_id": 1, "sequence": 5,
                             "data": bytes(range(20)).hex()}}),
    Case("syslog", "syslog:Syslog", b"<165>1 - host app - \xc3\xa9\0",
         {"priority": 165, "facility": "local4", "severity": "notice",
          "message": "1 - host app - \u00e9\0"}),
    Case("syslog without priority", "syslog:Syslog", b"<a>b",
         {"priority": None, "facility": None, "severity": None, "message": None}),
]


def layer_of(kind: str, octets: bytes) -> Layer:
    module, _, name = kind.partition(":")
    layer: Layer = getattr(import_module(ROOM + module), name)()
    layer.at(Record(octets), 0, len(octets))
    layer.decode()
    return layer


def readable(layer: Layer, field: str) -> Any:
    """A field as people read it; a list of options with names as a mapping."""
    value = layer[field]
    if isinstance(value, list) and value and isinstance(value[0], dict) and set(value[0]) == {
            "kind", "name", "value"}:
        return {one["name"]: one["value"] for one in value}
    return value


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_values(case: Case) -> None:
    layer = layer_of(case.kind, case.octets)
    assert not layer.short
    assert {field: readable(layer, field) for field in case.expected} == case.expected
    told = layer.to_dict()
    assert json.loads(json.dumps(told)) == told


def examine(layer: Layer) -> None:
    """Every way to read a layer, of which none may raise anything but Truncated."""
    told = layer.to_dict()
    json.dumps(told)
    repr(layer)
    for name in fields_of(type(layer)):
        layer[name]
        try:
            getattr(layer, name)
        except Truncated:
            assert told[name] is None
    assert isinstance(layer.payload, bytes | memoryview)


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_every_prefix(case: Case) -> None:
    """Of the capture and of the message itself."""
    for cut in range(len(case.octets)):
        examine(layer_of(case.kind, case.octets[:cut]))
        layer = layer_of(case.kind, case.octets[:cut])
        layer.at(layer.pkt, 0, len(case.octets))
        layer.decode()
        examine(layer)


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_changed_octets(case: Case) -> None:
    chance = random.Random(case.title)
    for _ in range(150):
        octets = bytearray(case.octets)
        for _ in range(chance.randint(1, 8)):
            octets[chance.randrange(len(octets))] = chance.choice((0, 1, 0xFF, 0xC0, 0x7F,
                                                                  chance.randrange(256)))
        examine(layer_of(case.kind, bytes(octets)))


@pytest.mark.parametrize("kind", sorted({case.kind for case in CASES}))
def test_random_octets(kind: str) -> None:
    chance = random.Random(kind)
    for size in range(120):
        examine(layer_of(kind, chance.randbytes(size)))


def on_port(port: int, octets: bytes) -> list[str]:
    return [layer.name for layer in fyke.Packet(transport.udp(octets, 40000, port)).layers]


def test_port_8472_is_vxlan_unless_there_is_an_overlay() -> None:
    inside = ["ether", "ip", "udp"]
    assert on_port(8472, bytes.fromhex("0800000000002a00") + FRAME)[:4] == [*inside, "vxlan"]
    assert on_port(8472, bytes.fromhex("0800010200002a00") + FRAME)[:5] == [*inside, "otv", "ether"]


def test_paths_reach_options() -> None:
    layer = layer_of("dhcp:Dhcp", CASES[0].octets)
    assert layer.options.message_type == 1  # type: ignore[attr-defined]


def test_body_is_the_payload() -> None:
    octets = b"POST / HTTP/1.1\r\nHost: h\r\n\r\na\r\n\r\nb"
    layer = layer_of("text:Http", octets)
    assert bytes(layer.payload) == b"a\r\n\r\nb"
    assert bytes(layer.header) == octets[:-6]
    assert not layer.headers.cut  # type: ignore[attr-defined]
    assert layer.headers["HOST"] == layer.headers.host == "h"  # type: ignore[attr-defined]
    part = layer_of("text:Http", octets[:20])
    assert part.headers.cut  # type: ignore[attr-defined]
    assert bytes(part.payload) == b""
    assert bytes(layer_of("text:Http", b"\0\1\2").payload) == b"\0\1\2"
