"""Values of the families of the application room: what a reader of a capture looks for."""

from __future__ import annotations

import struct
from typing import Any

import network_traffic
import pytest
import transport_traffic as transport
from judge import text_of

import fyke
from fyke.layers.application.rtp import Rtp


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack(">HH", kind, len(value)) + value


def six(text: str) -> bytes:
    return transport.packed(text)


LEASE = six("2001:db8::5") + struct.pack(">II", 100, 200)
SOLICIT = b"\1\x12\x34\x56" + tlv(1, b"\0\3\0\1\2\3\4\5\6\7") + tlv(
    3, struct.pack(">III", 7, 10, 20) + tlv(5, LEASE)) + tlv(6, b"\0\x17\0\x18") + tlv(
        24, b"\7example\3com\0")
RELAYED = b"\x0c\1" + six("2001:db8::1") + six("fe80::2") + tlv(9, SOLICIT) + tlv(18, b"eth0")


def eap(*parts: bytes) -> bytes:
    body = b"\1\6user" + b"".join(bytes([79, 2 + len(part)]) + part for part in parts)
    return struct.pack(">BBH", 1, 9, 20 + len(body)) + bytes(16) + body


def bgp(kind: int, body: bytes) -> bytes:
    return b"\xff" * 16 + struct.pack(">HB", 19 + len(body), kind) + body


def attribute(kind: int, value: bytes) -> bytes:
    return bytes([0x40, kind, len(value)]) + value


CAPABILITIES = b"\1\4\0\2\0\1" + b"\x41\4\0\1\0\0" + b"\x45\4\0\1\1\3" + b"\x49\4\2r1\0"
OPEN = bgp(1, b"\4\x5b\xa0\0\xb4\x0a\0\0\1" + bytes([len(CAPABILITIES) + 2, 2, len(CAPABILITIES)])
           + CAPABILITIES)
EXTENDED_OPEN = bgp(1, b"\4\xfd\xe8\0\x5a\x0a\0\0\1\xff\xff" + struct.pack(
    ">HBH", len(CAPABILITIES) + 3, 2, len(CAPABILITIES)) + CAPABILITIES)
REACH = b"\0\2\1\x10" + six("2001:db8::1") + b"\0\x20\x20\x01\x0d\xb8"
ATTRIBUTES = (attribute(1, b"\0") + attribute(2, b"\2\2" + struct.pack(">II", 65001, 70000))
              + attribute(3, b"\x0a\0\0\1") + attribute(4, struct.pack(">I", 50))
              + attribute(8, b"\xfd\xe9\0\1\xff\xff\xff\1") + attribute(14, REACH)
              + attribute(32, struct.pack(">III", 1, 2, 3)))
UPDATE = bgp(2, struct.pack(">H", 2) + b"\x08\x0b" + struct.pack(">H", len(ATTRIBUTES))
             + ATTRIBUTES + b"\x18\xc0\0\2\x10\xac\x10")
PING = network_traffic.ipv4(1, network_traffic.icmp(8, 0, bytes(4)))
MSDP = struct.pack(">BHB", 1, 20 + len(PING), 1) + bytes.fromhex(
    "0a010203 00000020 e0010203 c0000201") + PING
FRAME = bytes(12) + b"\x08\0" + PING
PACKET_IN = struct.pack(">BBHIIHHBB", 1, 10, 18 + len(FRAME), 5, 1, len(FRAME), 3, 0, 0) + FRAME
RTP = b"\x92\x80\0\7\0\0\0\x09\1\2\3\4" + bytes(8) + b"\xbe\xde\0\1abcd" + b"voice"


def layer(packet: bytes, name: str) -> dict[str, Any]:
    found: dict[str, Any] = fyke.Packet(packet)[name].to_dict()
    return found


def test_dhcp6_options_nest() -> None:
    told = layer(transport.udp(SOLICIT, 546, 547), "dhcp6")
    options = {one["name"]: one["value"] for one in told["options"]}
    assert told["xid"] == 0x123456
    assert options["client_id"]["id"] == "020304050607"
    assert options["ia_na"]["options"][0]["value"]["address"] == "2001:db8::5"
    assert options["option_request"] == [23, 24]
    assert options["dns_search_list"] == ["example.com"]
    relay = layer(transport.udp(RELAYED, 547, 547), "dhcp6")
    assert relay["xid"] is None
    assert relay["peer_address"] == "fe80::2"
    assert relay["options"][0]["value"]["options"][0]["name"] == "client_id"


@pytest.mark.parametrize("parts", [(b"\2\1\0\x09\1user",), (b"\2\1\0\x09", b"\1user")])
def test_eap_in_radius_is_a_layer(parts: tuple[bytes, ...]) -> None:
    """Also in several attributes, one behind the other (RFC 3579 §3.1)."""
    packet = fyke.Packet(transport.udp(eap(*parts), 9, 1812))
    assert [one.name for one in packet.layers][3:] == ["radius", "eap"]
    assert packet["radius"]["user_name"] == "user"
    assert packet["eap"]["type"] == 1
    assert text_of(transport.udp(eap(*parts), 9, 1812), verbose=1).count("Response") == (
        len(parts) == 1)


def test_bgp_open() -> None:
    for message in (OPEN, EXTENDED_OPEN):
        told = layer(transport.tcp(message, 179, 40000), "bgp")
        assert told["bgp_id"] == "10.0.0.1"
        assert [(one["name"], one["value"]) for one in told["capabilities"]] == [
            ("multiprotocol_extensions", {"afi": 2, "safi": 1}), ("32_bit_as_number", 65536),
            ("multiple_paths", [[1, 1, 3]]), ("unknown_73", "r1")]
    assert "Optional parameters (Extended), length" in text_of(
        transport.tcp(EXTENDED_OPEN, 179, 40000), verbose=1)


def test_bgp_update() -> None:
    told = layer(transport.tcp(bgp(4, b"") + UPDATE, 179, 40000), "bgp")
    assert [one["name"] for one in told["messages"]] == ["keepalive", "update"]
    assert told["withdrawn"][0]["prefix"] == "11.0.0.0/8"
    assert [one["prefix"] for one in told["nlri"]] == ["192.0.2.0/24", "172.16.0.0/16"]
    assert told["as_path"] == [{"type": "sequence", "path": [65001, 70000]}]
    assert (told["origin"], told["next_hop"], told["med"]) == ("igp", "10.0.0.1", 50)
    assert told["communities"] == ["65001:1", "no-export"]
    attributes = {one["name"]: one["value"] for one in
                  told["messages"][1]["body"]["attributes"]}
    assert attributes["multi_protocol_reach_nlri"]["nlri"][0]["prefix"] == "2001:db8::/32"
    assert attributes["multi_protocol_reach_nlri"]["next_hops"] == ["2001:db8::1"]
    assert attributes["large_community"] == ["1:2:3"]


@pytest.mark.parametrize(("packet", "inside"), [
    (transport.tcp(MSDP, 639, 40000), ["msdp", "ip", "icmp"]),
    (transport.tcp(PACKET_IN, 6653, 40000), ["openflow", "ether", "ip", "icmp"]),
    (transport.udp(b"\0\2\0\5\0\6\xff\3\0\x21" + PING, 1701, 1701),
     ["l2tp", "ppp", "ip", "icmp"]),
])
def test_what_a_text_shows_inside_is_a_layer(packet: bytes, inside: list[str]) -> None:
    assert [one.name for one in fyke.Packet(packet).layers][3:] == inside


@pytest.mark.parametrize("packet", [transport.tcp(MSDP, 639, 40000),
                                    transport.tcp(PACKET_IN, 6653, 40000)])
def test_it_is_shown_once(packet: bytes) -> None:
    assert text_of(packet, verbose=3).count("ICMP echo request") == 1
    assert text_of(packet).count("ICMP") == 0


def test_rip_versions_that_are_none() -> None:
    assert text_of(transport.udp(b"\1\3\0\0", 520, 520)).endswith(
        "RIPv3 [version != 1 && version != 2] (invalid)")


def test_rtp_sources_and_extension() -> None:
    packet = transport.udp(RTP, 5004, 5004)
    rtp = Rtp()
    rtp.at(fyke.Packet(packet).record, 42, len(RTP)).decode()
    assert (rtp["ssrc"], rtp["sources"], rtp["payload_type"]) == (0x01020304, [0, 0], 0)
    assert rtp["extension"] == {"profile": 0xBEDE, "data": "61626364"}
    assert rtp.payload == b"voice"


def test_newer_vendor_class_in_dhcp6() -> None:
    packet = transport.udp(b"\1\0\0\1" + tlv(16, struct.pack(">I", 9) + b"\0\3abc") + tlv(
        16, struct.pack(">I", 9) + b"\0\x09ab"), 546, 547)
    assert text_of(packet, verbose=1).endswith(
        "(vendor-class enterprise 9 (len 3 data abc)) (vendor-class enterprise 9 (len 9 ? ?))")
