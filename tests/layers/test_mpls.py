"""LDP, RSVP and LSP ping: what tcpdump 5 words anew, and the attributes."""

from __future__ import annotations

import mpls_traffic as traffic
import pytest
from mpls_traffic import ADDRESS, OTHER, item, message, tlv, unit
from network_traffic import four
from test_transport import text_of
from transport_traffic import udp

import fyke
from fyke.layers.application.lsp_ping import LspPing
from fyke.layers.application.ntp import long_time
from fyke.layers.bandwidth import float32, general, mbps

KNOWN = b", Flags: [ignore and don't forward if unknown]"
LDP_LINES = [
    b"Hop Count TLV (0x0103), length: 1" + KNOWN + b"\n\t      Hop Count: 7",
    b"Path Vector TLV (0x0104), length: 8" + KNOWN
    + b"\n\t      Path Vector: 10.0.0.7, 192.0.2.9",
    b"Status TLV (0x0300), length: 10" + KNOWN
    + b"\n\t      Status Code: Shutdown, Flags: [Fatal error and don't forward],"
      b" causing Message ID: 0x00000007, Message Type: Hello",
    b"Status TLV (0x0300), length: 10" + KNOWN
    + b"\n\t      Status Code: Success, Flags: [Advisory Notification and do forward]",
    b"Typed Wildcard FEC Capability TLV (0x050b), length: 1" + KNOWN + b"\n\t      Support",
    b"Dual-Stack Capability TLV (0x0701), length: 4" + KNOWN
    + b"\n\t      Transport Connection Preference: IPv4",
    b"Common Session Parameters TLV (0x0500), length: 14" + KNOWN
    + b"\n\t      Version: 1, Keepalive: 180s, Flags: [Downstream On Demand,"
      b" Loop Detection Enabled]\n\t      Path Vector Limit 0, Max-PDU length: 4096,"
      b" Receiver Label-Space-ID 10.0.0.7:0",
    b"Common Hello Parameters TLV (0x0400), length: 2" + KNOWN + b" [tlv length 2 < 4] (invalid)",
    b"FEC TLV (0x0100), length: 2" + KNOWN
    + b"\n\t      Prefix FEC (0x02) [tlv length 1 < 2] (invalid)",
    b"FEC TLV (0x0100), length: 12" + KNOWN
    + b"\n\t      Martini VC FEC (0x80): Ethernet VLAN, no control word, group-ID 1, VC-ID 2,"
      b" VC-info-length: 99 [tlv length 0 < 95] (invalid)",
]


@pytest.mark.parametrize(("value", "text"), list(zip(
    traffic.NEW_LDP_TLVS, LDP_LINES, strict=True)))
def test_ldp_tlvs(value: bytes, text: bytes) -> None:
    line = text_of(udp(unit(message(0x0400, value)), 646, 646), verbose=1)
    assert line.partition(b"Label Mapping Message")[2].partition(b"\n\t    ")[2] == text


def test_a_stack_of_classes() -> None:
    """Each begins after the last one's padding (tcpdump 5 steps four octets too few)."""
    line = text_of(traffic.ping(tlv(1, traffic.CLASSES[0] + traffic.CLASSES[9])), verbose=1)
    assert line.endswith(
        b"\n\t  Target FEC Stack TLV (1), length: 24"
        b"\n\t    LDP IPv4 prefix subTLV (1), length: 5\n\t      10.0.0.7/24"
        b"\n\t    BGP labeled IPv4 prefix subTLV (12), length: 5\n\t      10.0.0.7/24")


@pytest.mark.parametrize(("octets", "text"), [
    (item(134, 1, b"\0\0\0\x0f"), b"Capability Object (134) Flags: [ignore silently if unknown],"
     b" Class-Type: 1 (1), length: 8\n\t    [reserved=0x00000008 must be zero]"
     b"\n\t    Flags: [RecoveryPath Transmit Enabled, RecoveryPath Desired,"
     b" RecoveryPath Srefresh Capable]"),
    (item(12, 2, b"\0\0\0\7" b"\5\0\0\7" b"\x7f\0\0\1abcd"), b"Sender TSpec Object (12) Flags:"
     b" [reject if unknown], Class-Type: IntServ (2), length: 20"
     b"\n\t    Msg-Version: 0, length: 28"
     b"\n\t    Service Type: Controlled Load (5), break bit not set, Service length: 28"
     b"\n\t      Parameter ID: Token Bucket TSpec (127), length: 4, Flags: [0x00]"
     b" [obj_tlen 0 < 4] (invalid)"),
    (item(229, 1, b"\0\4\5\1"), b"Generalized UNI Object (229) Flags: [ignore and forward if"
     b" unknown], Class-Type: 1 (1), length: 8"
     b"\n\t    Subobject Type: Service level (5), AF: IPv4 (1), length: 4"
     b"\n\t  ERROR: sub-object is too short"),
])
def test_rsvp_objects(octets: bytes, text: bytes) -> None:
    line = text_of(four(46, traffic.rsvp(octets)), verbose=1)
    assert line.partition(b"RSVPv1")[2].partition(b"\n\t  ")[2] == text


@pytest.mark.parametrize(("word", "text"), [
    (0x4CEE6B28, b"1000.000 Mbps"), (0, b"0.000 Mbps"), (0x7F800000, b"inf Mbps"),
    (0xFF800000, b"-inf Mbps"), (0x7FC00000, b"nan Mbps"), (0xFFC00000, b"-nan Mbps"),
    (0x7F7FFFFF, b"inf Mbps"), (0x3DCCCCCD, b"0.000 Mbps")])
def test_bandwidth(word: int, text: bytes) -> None:
    assert mbps(word) == text


def test_bandwidth_has_the_digits_of_its_width() -> None:
    assert general(float32(0x3DCCCCCD), 0x3DCCCCCD) == b"0.1000000015"


def test_time_stamps_go_on_after_2036() -> None:
    assert long_time(0x80000000 << 32).endswith(b"(1968-01-20T03:14:08Z)")
    assert long_time(1 << 32).endswith(b"(2036-02-07T06:28:17Z)")


def test_fields_of_ldp() -> None:
    packet = fyke.Packet(udp(unit(message(0x0100, tlv(0x0400, b"\0\x0f\0\0"), tlv(0x401, ADDRESS)),
                                  message(0x8201, ident=9)), 646, 646))
    ldp = packet[fyke.Ldp]
    assert (ldp.lsr_id, ldp.label_space, ldp.version) == (0x0A000007, 3, 1)
    assert [(one.type, one.id, [(tlv.kind, tlv.value) for tlv in one.tlvs])
            for one in ldp.messages] == [
        (0x0100, 7, [(0x400, (15, False, False, False)), (0x401, "10.0.0.7")]), (0x0201, 9, [])]
    assert ldp.to_dict()["lsr_id"] == "10.0.0.7"


def test_fields_of_rsvp() -> None:
    octets = traffic.rsvp(item(5, 1, b"\0\0\0\7"), item(195, 1, OTHER), kind=2)
    rsvp = fyke.Packet(four(46, octets))[fyke.Rsvp]
    assert (rsvp.version, rsvp.flags, rsvp.type, rsvp.ttl) == (1, 1, 2, 255)
    assert rsvp.message_length == len(octets) == 24
    assert [(one.number, one.type) for one in rsvp.objects] == [(5, 1), (195, 1)]
    assert rsvp.objects[1].value == OTHER


def test_fields_of_lsp_ping() -> None:
    ping = fyke.Packet(traffic.ping(tlv(15, b"\0\0\0\7"), kind=2, code=3))[LspPing]
    assert (ping.type, ping.return_code, ping.return_subcode, ping.sequence) == (2, 3, 1, 6)
    assert [tuple(one) for one in ping.tlvs] == [(15, "BFD Discriminator", 7)]
    assert ping.sent == 0xD0000000 << 32 | 1 << 31
