"""Values that few captures hold: vendors' attributes, places, bridging, trees, mobility."""

from __future__ import annotations

import struct
from typing import Any

import pytest
import transport_traffic as transport
from network_traffic import frame, six

import fyke

BGP_HEAD = b"\xff" * 16


def tlv(kind: int, body: str) -> bytes:
    octets = bytes.fromhex(body)
    return struct.pack(">H", kind << 9 | len(octets)) + octets


def lldp(body: str) -> fyke.Packet:
    return fyke.Packet(frame(0x88CC, tlv(127, body) + tlv(0, "")))


def organization(body: str) -> Any:
    tlvs = lldp(body)["lldp"].to_dict()["tlvs"]
    return next(one["value"] for one in tlvs if one["name"] == "organization")


def vendor(number: int, body: str) -> list[dict[str, Any]]:
    octets = struct.pack(">I", number) + bytes.fromhex(body)
    attribute = bytes([26, len(octets) + 2]) + octets
    packet = struct.pack(">BBH", 2, 7, 20 + len(attribute)) + bytes(16) + attribute
    layer = fyke.Packet(transport.udp(packet, 1812, 40000))["radius"]
    value: list[dict[str, Any]] = layer.to_dict()["attributes"][0]["value"]
    return value


def mobility(body: str) -> dict[str, Any]:
    packet = fyke.Packet(six(135, bytes.fromhex(body)))
    value: dict[str, Any] = packet["ip6"].to_dict()["extensions"][0]["value"]
    return {name: one for name, one in value.items() if one is not None}


def reach(family: int, subfamily: int, body: str) -> Any:
    octets = struct.pack(">HBBB", family, subfamily, 0, 0) + bytes.fromhex(body)
    attribute = bytes([0x80, 14, len(octets)]) + octets
    update = struct.pack(">HH", 0, len(attribute)) + attribute
    message = BGP_HEAD + struct.pack(">HB", 19 + len(update), 2) + update
    layer = fyke.Packet(transport.tcp(message, 179, 40000))["bgp"]
    return layer.to_dict()["messages"][0]["body"]["attributes"][0]["value"]["nlri"]


@pytest.mark.parametrize(("number", "body", "expected"), [
    (311, "07 06 00000001 1a 05 533d41", [
        (7, 1, "mppe_encryption_policy"), (26, "S=A", "chap2_success")]),
    (9, "01 05 613d62", [(1, "a=b", "avpair")]),
    (10415, "01 05 323632 06 06 c0000201", [(1, "262", "imsi"), (6, "192.0.2.1", "sgsn_address")]),
    (8164, "0003 0006 0102", [(3, "0102", "")]),
    (429, "00000009 6869", [(9, "hi", "")]),
    (4846, "0005 05 6869", [(5, "hi", "")]),
    (99999, "07 04 6869", [(7, "hi", "")]),
    (311, "07 09 0000", [(0, "07090000", "")]),  # an attribute of more than there is
])
def test_vendors(number: int, body: str, expected: list[tuple[int, Any, str]]) -> None:
    assert [(one["type"], one["value"], one["name"]) for one in vendor(number, body)] == expected


def test_places() -> None:
    civic = organization("0012bb 03 02 0f 02 4445 03 03 42656e 13 02 3137 ff 01 78")
    assert civic["value"]["place"] == {
        "what": 2, "country": "DE", "elements": [
            {"kind": 3, "name": "city", "value": "Ben"},
            {"kind": 19, "name": "house_number", "value": "17"},
            {"kind": 255, "name": "unknown_255", "value": "78"}]}
    globe = organization("0012bb 03 01 8868000000 8bf6000000 1c00000a00 01")
    assert globe["value"]["place"] == {
        "latitude_resolution": 34, "latitude": 52.0, "longitude_resolution": 34,
        "longitude": -5.0, "altitude_type": 1, "altitude_resolution": 48, "altitude": 10.0,
        "datum": 1}
    assert organization("0012bb 03 03 313132")["value"] == {"format": 3, "place": "112"}


def test_bridging() -> None:
    assert organization("0080c2 0b 88 05")["value"] == {
        "willing": True, "bypass": False, "most_classes": 8, "enabled": 5}
    transmission = organization("0080c2 09 83 01234567 0102030405060708 0000000000000002")
    assert transmission["value"]["classes"] == list(range(8))
    assert transmission["value"]["bandwidths"] == list(range(1, 9))
    assert organization("0080c2 0c 00 61 8906")["value"] == [
        {"priority": 3, "selector": 1, "protocol": 0x8906}]
    features = organization("001b21 01 020a 0000 00000001 00000002 0606 0000 c000 0804")
    assert [(one["name"], one["value"]) for one in features["value"]] == [
        ("control", {"oper_version": 0, "max_version": 0, "sequence": 1, "acknowledgment": 2}),
        ("flow_control", {"oper_version": 0, "max_version": 0, "enabled": True, "willing": True,
                          "error": False, "subtype": 0, "value": {"enabled": 8, "classes": 4}})]


@pytest.mark.parametrize(("family", "subfamily", "body", "expected"), [
    (1, 66, "80 0000fde80000000a c0000201 ef000001",
     [{"rd": "65000:10", "source": "192.0.2.1", "group": "239.0.0.1"}]),
    (3, 1, "18 490001 10 4900", [{"prefix": "490001/24", "rd": None},
                                  {"prefix": "4900/16", "rd": None}]),
    (3, 128, "70 000011 0000fde80000000a 490001", [{"prefix": "490001/24", "rd": "65000:10"}]),
    (1, 66, "40 0000fde80000000a", []),
])
def test_routes(family: int, subfamily: int, body: str, expected: Any) -> None:
    assert reach(family, subfamily, body) == expected


@pytest.mark.parametrize(("body", "expected"), [
    ("3b0205000000 0007 c000 000a 0100 0404 0001 0002 00000000", {
        "name": "binding_update", "sequence": 7, "flags": 0xC000, "lifetime": 40}),
    ("3b0106000000 80 80 0009 0005 0102 0000", {
        "name": "binding_acknowledgement", "status": 128, "flags": 128, "sequence": 9,
        "lifetime": 20}),
    ("3b0203000000 0004 1122334455667788 99aabbccddeeff00", {
        "name": "home_test", "nonce_index": 4, "cookie": 0x1122334455667788,
        "token": 0x99AABBCCDDEEFF00}),
    ("3b0207000000 01 00 20010db8000000000000000000000001", {
        "name": "binding_error", "status": 1, "home_address": "2001:db8::1"}),
    ("3b0009000000 0001", {"name": "unknown_9"}),
])
def test_mobility(body: str, expected: dict[str, Any]) -> None:
    told = mobility(body)
    assert {name: told.get(name) for name in expected} == expected
    if expected["name"] == "binding_update":
        assert told["options"][1] == {
            "kind": 4, "name": "nonce_indices", "value": {"home": 1, "care_of": 2}}


A, B, C = (bytes.fromhex(one) for one in ("0a000001", "0a000002", "0a000003"))


@pytest.mark.parametrize(("body", "expected"), [
    (struct.pack(">BBBBI", 1, 0x28, 0, 3, 9) + A + b"\0\0\0\7" + B + b"\0\0\0\x08", {
        "flags": 0x28, "hop_count": 3, "id": 9, "destination": "10.0.0.1",
        "destination_sequence": 7, "originator": "10.0.0.2", "originator_sequence": 8,
        "lifetime": None, "hello_interval": None}),
    (struct.pack(">BBBB", 2, 0x40, 24, 2) + A + b"\0\0\0\7" + B + b"\0\0\x03\xe8"
     + b"\1\4\0\0\1\0", {
        "prefix_size": 24, "destination": "10.0.0.1", "originator": "10.0.0.2",
        "lifetime": 1000, "hello_interval": 256, "id": None}),
    (b"\3\x80\0\2" + A + b"\0\0\0\1" + B + b"\0\0\0\2", {
        "flags": 0x80, "unreachable": [{"address": "10.0.0.1", "sequence": 1},
                                       {"address": "10.0.0.2", "sequence": 2}]}),
])
def test_aodv(body: bytes, expected: dict[str, Any]) -> None:
    told = fyke.Packet(transport.udp(body, 654, 654))["aodv"].to_dict()
    assert {name: told[name] for name in expected} == expected


def test_ahcp() -> None:
    head = bytes([43, 1, 3, 4]) + bytes(4) + b"\1" * 8 + b"\xff" * 8
    said = bytes.fromhex("01 0304 0000003c 0805 0a00000118 0b05 0a00000008")
    layer = fyke.Packet(transport.udp(head + struct.pack(">BBH", 3, 0, len(said)) + said,
                                      5359, 5359))["ahcp"]
    told = layer.to_dict()
    assert told["source_id"] == "01" * 8
    assert [(one["name"], one["value"]) for one in told["options"]] == [
        ("mandatory", True), ("expires", 60), ("ipv6_address", "0a00000118"),
        ("ipv4_prefix_delegation", ["10.0.0.0/8"])]


def test_clocks() -> None:
    head = b"\x0b\2\0\x40" + bytes(30)
    announce = bytes(10) + struct.pack(">HBBBBHBQHB", 37, 0, 1, 6, 0x21, 0x4E5D, 2, 5, 1, 0x20)
    told = fyke.Packet(frame(0x88F7, head + announce))["ptp"].to_dict()
    assert {name: told[name] for name in (
        "utc_offset", "grandmaster_priority1", "grandmaster_class", "grandmaster_accuracy",
        "grandmaster_variance", "grandmaster_priority2", "grandmaster_id", "steps_removed",
        "time_source", "target_port")} == {
            "utc_offset": 37, "grandmaster_priority1": 1, "grandmaster_class": 6,
            "grandmaster_accuracy": 0x21, "grandmaster_variance": 0x4E5D,
            "grandmaster_priority2": 2, "grandmaster_id": 5, "steps_removed": 1,
            "time_source": 0x20, "target_port": None}
    managed = b"\x0d\2\0\x30" + bytes(30) + struct.pack(">QHBBBB", 7, 8, 3, 2, 1, 0)
    told = fyke.Packet(frame(0x88F7, managed))["ptp"].to_dict()
    assert [told[name] for name in ("target_clock_id", "target_port", "starting_hops", "hops",
                                    "action")] == [7, 8, 3, 2, 1]


def test_links_tell_of_themselves() -> None:
    local = struct.pack(">BBBHBBH", 1, 16, 1, 2, 4, 0x1D, 1518) + b"\0\x80\xc2\0\0\0\1"
    oam = fyke.Packet(frame(0x8809, b"\3\0\x50\0" + local + b"\0"))["oam"].to_dict()
    assert oam["tlvs"][0]["value"] == {
        "version": 1, "revision": 2, "state": 4, "configuration": 0x1D, "most": 1518,
        "oui": 0x80C2, "vendor": 1}
    frames = struct.pack(">BBHHIIQI", 2, 26, 7, 10, 1, 3, 9, 2)
    oam = fyke.Packet(frame(0x8809, b"\3\0\x50\1\0\5" + frames))["oam"].to_dict()
    assert (oam["sequence"], oam["tlvs"][0]["name"], oam["tlvs"][0]["value"]) == (5, "frame", {
        "time": 700, "window": 10, "threshold": 1, "errors": 3, "all_errors": 9, "all_events": 2})


def openflow(version: int, kind: int, body: str) -> Any:
    octets = bytes.fromhex(body)
    message = struct.pack(">BBHI", version, kind, 8 + len(octets), 7) + octets
    told = fyke.Packet(transport.tcp(message, 6653, 40000))["openflow"].to_dict()
    return told["messages"][0]["body"]


MATCH = ("003fffff 0010 000000000001 000000000002 0005 03 00 0800 20 06 0000 c0000201 c0000202 "
         "0050 0051")


@pytest.mark.parametrize(("version", "kind", "body", "expected"), [
    (1, 14, MATCH + "0000000000000009 0000 000a 0014 8000 ffffffff ffff 0001"
            "0000 0008 0010 0040 0004 0010 00000000000a 000000000000",
     {"cookie": 9, "command": 0, "idle_timeout": 10, "hard_timeout": 20, "priority": 0x8000,
      "buffer_id": 0xFFFFFFFF, "out_port": 0xFFFF, "flags": 1, "actions": [
          {"type": 0, "name": "output", "port": 16, "max_length": 64},
          {"type": 4, "name": "set_dl_src", "address": "00:00:00:00:00:0a"}]}),
    (1, 13, "00000001 0002 0008 0000 0008 0003 0000 ffff", {
        "buffer_id": 1, "in_port": 2, "actions": [
            {"type": 0, "name": "output", "port": 3, "max_length": 0}]}),
    (1, 21, "0010 000000000000 00000001 0018 0000 0001 0010 00000000 0064 000000000000", {
        "port": 16, "queues": [{"queue": 1, "properties": [{"type": 1, "rate": 100}]}]}),
    (1, 17, "0002 0000 0000000000000005 0000000000000006 00000007 00000000", {
        "type": 2, "flags": 0, "body": {"packets": 5, "bytes": 6, "flows": 7}}),
    (1, 4, "4f4e4600 01", {"vendor": 0x4F4E4600, "vendor_name": "ONF Extensions", "data": "01"}),
    (4, 24, "00000002 00000000 0000000000000009", {"role": 2, "generation": 9}),
    (1, 2, "6869", {"data": "6869"}),
    (1, 14, MATCH[:22], {}),  # a match that is not all there
])
def test_openflow(version: int, kind: int, body: str, expected: dict[str, Any]) -> None:
    told = openflow(version, kind, body) or {}
    assert {name: told.get(name) for name in expected} == expected
    if "match" in told:
        assert (told["match"]["dl_dst"], told["match"]["nw_src"], told["match"]["tp_dst"]) == (
            "00:00:00:00:00:02", "192.0.2.1", 0x51)


def capability(kind: int, body: str) -> Any:
    octets = bytes.fromhex(body)
    one = bytes([2, len(octets) + 2, kind, len(octets)]) + octets
    message = BGP_HEAD + struct.pack(">HBBHH", 29 + len(one), 1, 4, 100, 90) + A + bytes(
        [len(one)]) + one
    told = fyke.Packet(transport.tcp(message, 179, 40000))["bgp"].to_dict()
    return told["capabilities"][0]["value"]


@pytest.mark.parametrize(("kind", "body", "expected"), [
    (64, "c12c 0001 01 80", {"restarted": True, "notification": True, "time": 300, "families": [
        {"afi": 1, "safi": 1, "forwarding": True, "stale_time": None}]}),
    (71, "0002 01 00 000e10", [{"afi": 2, "safi": 1, "forwarding": False, "stale_time": 3600}]),
    (3, "0001 00 01 02 40 01 80 03", [[1, 1, 64, 1], [1, 1, 128, 3]]),
    (3, "0001 00 01 02 40 01", "00010001024001"),  # a filter that is not there: octets
    (8, "0001 04 03", [[1, 4, 3]]), (67, "4041", [64, 65]),
])
def test_capabilities(kind: int, body: str, expected: Any) -> None:
    assert capability(kind, body) == expected


@pytest.mark.parametrize(("body", "expected"), [
    ("02 01 0008 01 6d6540", {"type": 1, "identity": "me@", "wanted": None}),
    ("02 01 0007 03 0d 15", {"type": 3, "wanted": [13, 21], "identity": None}),
    ("01 01 000b 0d c0 00000400 16", {"method_flags": 0xC0, "method_length": 1024,
                                      "subtype": None}),
    ("01 01 0006 0d 20", {"method_flags": 0x20, "method_length": None}),
    ("01 01 0008 17 01 0000", {"subtype": 1, "method_flags": None}),
    ("03 01 0004", {"type": None, "identity": None, "subtype": None}),
])
def test_eap(body: str, expected: dict[str, Any]) -> None:
    octets = bytes.fromhex(body)
    told = fyke.Packet(frame(0x888E, struct.pack(">BBH", 1, 0, len(octets)) + octets))[
        "eap"].to_dict()
    assert {name: told[name] for name in expected} == expected


def test_authentication_behind_ipv4() -> None:
    header = struct.pack(">BBHII", 59, 4, 0, 7, 9) + b"\xaa" * 12
    assert fyke.Packet(transport.ethernet(transport.ip4(51, header)))["ip"].to_dict()[
        "authentication"] == {"spi": 7, "sequence": 9, "icv": "aa" * 12}
    assert fyke.Packet(transport.udp(b"")).layers[1].to_dict()["authentication"] is None


def babel(kind: int, body: str) -> dict[str, Any]:
    octets = bytes.fromhex(body)
    packet = bytes([42, 2]) + struct.pack(">H", len(octets) + 2) + bytes([kind, len(octets)]) + (
        octets)
    told: dict[str, Any] = fyke.Packet(transport.udp(packet, 6696, 6696))["babel"].to_dict()
    return {name: one for name, one in told["messages"][0].items() if one is not None}


@pytest.mark.parametrize(("kind", "body", "expected"), [
    (4, "0000 0001 0190 03 04 00000007", {"sub_tlvs": [
        {"kind": 3, "name": "timestamp", "value": [7]}]}),
    (5, "01 00 0060 0190 0a000001 00 03 08 00000007 00000009", {
        "address": "10.0.0.1", "sub_tlvs": [{"kind": 0, "name": "pad1", "value": True},
                                            {"kind": 3, "name": "timestamp", "value": [7, 9]}]}),
    (8, "01 00 18 00 0190 0001 0060 0a0000 02 02 01 06", {
        "prefix": "10.0.0.0/24", "sub_tlvs": [
            {"kind": 2, "name": "diversity", "value": [1, 6]}]}),
    (13, "01 08 18 00 0190 0001 0060 0a0000 0b", {
        "prefix": "10.0.0.0/24", "source_prefix": "11.0.0.0/8", "metric": 96}),
    (14, "01 08 10 0a 0b00", {"prefix": "10.0.0.0/8", "source_prefix": "11.0.0.0/16"}),
    (15, "01 08 0005 03 08 0102030405060708 0a 0b", {
        "seqno": 5, "hops": 3, "router_id": "01:02:03:04:05:06:07:08",
        "prefix": "10.0.0.0/8", "source_prefix": "11.0.0.0/8"}),
    (11, "0007 00000009", {"counter": 7, "time": 9}),
    (12, "0007 aabb", {"key_id": 7, "data": "aabb"}), (16, "aabb", {"data": "aabb"}),
    (17, "00000007 aabb", {"counter": 7, "data": "aabb"}), (18, "aabb", {"data": "aabb"}),
    (13, "01 08 18", {"name": "ss_update"}),  # shorter than its type has
])
def test_babel(kind: int, body: str, expected: dict[str, Any]) -> None:
    told = babel(kind, body)
    assert {name: told.get(name) for name in expected} == expected
