"""Slow protocols, CFM and EAP: what tcpdump 5 words anew, and the attributes."""

from __future__ import annotations

import maintenance_traffic as traffic
import pytest
from maintenance_traffic import MAC, cfm, eap, long_tlv, slow
from network_traffic import frame
from test_transport import text_of

import fyke
from fyke.layers.link.eap import Eap, Eapol
from fyke.layers.link.lacp import Marker, System
from fyke.layers.link.oam import Oam
from fyke.layers.link.slow import Ossp, Slow

LINES: list[tuple[bytes, int, bytes]] = [
    (slow(b"\x0a\0\x19\xa7\0\1abc"), 0, b"OSSP, length 9"),
    (slow(b"\x0a\0\x19\xa7\0\1abc"), 1,
     b"OSSP, length 9\n\tOUI: ITU-T (0x0019a7)\n\t0x0000:  0001 6162 63"),
    (slow(b"\x0a\0"), 1, b"OSSP, length 2\n\t\t packet is too short"),
    (slow(b"\1"), 0, b" (packet is too short)"),
    (frame(0x888E, b"\1\0\0\0"), 1, b"EAP packet (0) v1, len 0 (invalid)"),
    (frame(0x888E, b"\1\0\0\0"), 0, b"EAP packet (0) v1, len 0"),
    (eap(1, size=3), 1, b"EAP packet (0) v2, len 3,  [len 3 < 4] (invalid)"),
    (eap(2), 1, b"EAP packet (0) v2, len 4, Response (2), id 7, len 4 [len 4 < 5] (invalid)"),
    (eap(1, b"\x0d"), 1, b"EAP packet (0) v2, len 5, Request (1), id 7, len 5"
     b"\n\t\t Type TLS (13) [len 5 < 6] (invalid)"),
    (frame(0x888E, b"\1\0\0\x08\1\7\0\x20\1abc"), 1, b"EAP packet (0) v1, len 8, EAP fragment?"),
    (cfm(3, b"\0\0\0\1", long_tlv(1, b"\1") + b"\0"), 1,
     b"CFMv0 Loopback Message, MD Level 3, length 13\n\tFirst TLV offset 4"
     b"\n\t  0x0000:  0000 0001 01"
     b"\n\tSender ID TLV (0x01), length 1\n\t  (TLV too short)\n\tEnd TLV (0x00)"),
]


@pytest.mark.parametrize(("octets", "verbose", "text"), LINES)
def test_lines(octets: bytes, verbose: int, text: bytes) -> None:
    assert text_of(octets, verbose=verbose) == text


def test_fields_of_lacp() -> None:
    packet = fyke.Packet(slow(traffic.LACP))
    assert packet[Slow].to_dict() == {"subtype": 1, "version": 1}
    lacp = packet[fyke.Lacp]
    assert lacp.actor == System(0x8000, MAC.hex(":"), 13, 0x8001, 25, 0x3D)
    assert lacp.partner == System(0, "00:00:00:00:00:00", 0, 0, 0, 0)
    assert lacp.collector_delay == 5
    assert lacp.to_dict()["actor"]["system"] == MAC.hex(":")


def test_fields_of_the_other_slow_protocols() -> None:
    marker = fyke.Packet(slow(traffic.MARKER))[Marker]
    assert (marker.port, marker.system, marker.transaction) == (7, MAC, 9)
    oam = fyke.Packet(slow(b"\3\0\x50\4\1"))[Oam]
    assert (oam.flags, oam.code) == (0x50, 4)
    assert fyke.Packet(slow(b"\x0a\0\x19\xa7"))[Ossp].oui == 0x19A7


def test_fields_of_cfm() -> None:
    message = fyke.Packet(cfm(1, traffic.CHECK, long_tlv(2, b"\2") + b"\0", flags=4))[fyke.Cfm]
    assert (message.md_level, message.opcode, message.flags, message.transaction) == (3, 1, 4, 7)
    assert (message.end_point, message.tlvs) == (9, [(2, b"\2")])
    assert fyke.Packet(cfm(5, b"\0\0\0\1\x40" + MAC + MAC))[fyke.Cfm].ttl == 64


def test_fields_of_eap() -> None:
    packet = fyke.Packet(eap(2, b"\1who") + b"padding")
    assert packet[Eapol].to_dict() == {"version": 2, "type": 0, "body_length": 8}
    assert packet[Eap].to_dict() == {
        "code": 2, "id": 7, "stated_length": 8, "type": 1, "identity": "who",
        "notification": None, "wanted": None, "method_flags": None, "method_length": None,
        "subtype": None, "data": b"who".hex()}
    assert fyke.Packet(eap(3))[Eap].type is None
