"""IS-IS, ES-IS and CLNP: what tcpdump 5 words anew, and the attributes."""

from __future__ import annotations

import osi_traffic as traffic
import pytest
from osi_traffic import ADDRESS, LSP, NODE, SYSTEM, lsp, osi, reach, tlv
from test_transport import text_of

import fyke
from fyke.layers.layer import write_packet
from fyke.layers.link.ethernet import Ethernet
from fyke.layers.network.clnp import Clnp
from fyke.layers.network.esis import EsIs
from fyke.layers.network.osi_parts import fletcher, identifier
from fyke.wire import Line, Record

LAN_SEGMENT = SYSTEM + b"\0\0\x12"
TLVS = [
    (tlv(7, b"\0\5\0\1\0\2"), b"Instance Identifier TLV #7, length: 6\n"
     b"\t      Instance ID: 5, ITIDs(2): 1, 2"),
    (tlv(7, b"\0\5"), b"Instance Identifier TLV #7, length: 2"),
    (tlv(13, b"\1" + SYSTEM), b"Purge Originator Identifier TLV #13, length: 7\n"
     b"\t      Purge Originator System-ID: 1920.0000.0008"),
    (tlv(13, b"\0"), b"Purge Originator Identifier TLV #13, length: 1 No system IDs supplied"),
    (tlv(13, b"\2" + SYSTEM + SYSTEM) + tlv(8, b""),
     b"Purge Originator Identifier TLV #13, length: 13\n"
     b"\t      Purge Originator System-ID: 1920.0000.0008\n"
     b"\t      Received from System-ID: 1920.0000.0008\n"
     b"\t    Padding TLV #8, length: 0"),
    (tlv(22, reach(tlv(32, b"\x30\7" + LAN_SEGMENT) + tlv(32, b"\0\7" + LAN_SEGMENT + b"\1")
                   + tlv(32, b"\x10\7" + LAN_SEGMENT))),
     b"Extended IS Reachability TLV #22, length: 51\n"
     b"\t      IS Neighbor: 1920.0000.0008.02, Metric: 10, sub-TLVs present (40)\n"
     b"\t        LAN Adjacency Segment Identifier subTLV #32, length: 11\n"
     b"\t          Flags: [Value, Local significance]\n\t          Weight: 7\n"
     b"\t          Neighbor System-ID: 1920.0000.0008\n\t          Label: 18\n"
     b"\t        LAN Adjacency Segment Identifier subTLV #32, length: 12\n"
     b"\t          Flags: [none]\n\t          Weight: 7\n"
     b"\t          Neighbor System-ID: 1920.0000.0008\n\t          Index: 4609\n"
     b"\t        LAN Adjacency Segment Identifier subTLV #32, length: 11\n"
     b"\t          Flags: [Local significance]\n\t          Weight: 7\n"
     b"\t          Neighbor System-ID: 1920.0000.0008 (invalid)"),
    (tlv(22, NODE + b"\0\0\1\7" + b"\3\4\0\0\0\1\5") + tlv(8, b""),
     b"Extended IS Reachability TLV #22, length: 18\n"
     b"\t      IS Neighbor: 1920.0000.0008.02, Metric: 1, sub-TLVs present (7)\n"
     b"\t        Administrative groups subTLV #3, length: 4, 0x00000001\n"
     b"\t        Remaining data in TLV shorter than a subTLV header\n"
     b"\t    Padding TLV #8, length: 0"),
    (tlv(22, NODE + b"\0\0\1\x09" + b"\3\4\0\0"),
     b"Extended IS Reachability TLV #22, length: 15\n"
     b"\t      IS Neighbor: 1920.0000.0008.02, Metric: 1, sub-TLVs present (9)\n"
     b"\t        Administrative groups subTLV #3, length: 4 (> remaining tlv length)"),
    (tlv(135, b"\0\0\0\x0a\x60\x0a\0\0\1" + b"\x0f" + tlv(3, b"\x40\0\0\0\0\7")
         + tlv(3, b"\x08\1\0\1\0")), b"Extended IPv4 Reachability TLV #135, length: 25\n"
     b"\t      IPv4 prefix:        10.0.0.1/32, Distribution: up, Metric: 10,"
     b" sub-TLVs present (15)\n"
     b"\t        Prefix SID subTLV #3, length: 6, Flags [Node], Algo SPF (0), index 7\n"
     b"\t        Prefix SID subTLV #3, length: 5, Flags [Value], Algo strict-SPF (1), label 256"),
    (tlv(135, b"\0\0\0\x0a\x21\x0a"), b"Extended IPv4 Reachability TLV #135, length: 6\n"
     b"\t      IPv4 prefix: bad bit length 33 [|isis]"),
    (tlv(135, b"\0\0\0\x0a\x20\x0a\0") + tlv(8, b"ab"),
     b"Extended IPv4 Reachability TLV #135, length: 7\n"
     b"\t      IPv4 prefix:        10.0.8.2/32, Distribution: up, Metric: 10"
     b" [remaining tlv length 7 < 9] (invalid)\n"
     b"\t    Padding TLV #8, length: 2"),
    (tlv(240, b"\2\0\0\0\7") + tlv(8, b""), b"Point-to-point Adjacency State TLV #240, length: 5\n"
     b"\t      Adjacency State: Down (2)\n\t      Extended Local circuit-ID: 0x00000007\n"
     b"\t    Padding TLV #8, length: 0"),
    (tlv(242, ADDRESS + b"\3" + tlv(2, b"\xc0\0\x03\xe8" + tlv(1, b"\0\x0f\xa0")
                                    + tlv(1, b"\0\0\0\7") + tlv(1, b"12345") + tlv(7, b"abc"))
         + tlv(19, b"\0")), b"IS-IS Router Capability TLV #242, length: 37\n"
     b"\t      Router-ID 10.0.0.7, Flags [S bit, D bit]\n"
     b"\t\tSR-Capabilities subTLV #2, length: 27, Flags [ipv4, ipv6], Range 1000,"
     b" SID value 4000, SID value 7, Unknown SID length5\n\t\t  0x0000:  6162 63\n"
     b"\t\tunknown subTLV #19, length: 1\n\t\t0x0000:  00"),
    (tlv(242, ADDRESS), b"IS-IS Router Capability TLV #242, length: 4"
     b" [object length 4 < 5] (invalid)"),
]


@pytest.mark.parametrize(("octets", "text"), TLVS, ids=[text[:24] for _, text in TLVS])
def test_tlvs(octets: bytes, text: bytes) -> None:
    line = text_of(osi(lsp(octets)), verbose=1)
    assert line.partition(b"\n\t    ")[2] == text


def test_a_truncated_subtlv_is_told_once_more() -> None:
    prefix = tlv(135, b"\0\0\0\x0a\x60\x0a\0\0\1" + b"\x08" + tlv(1, b"\0\0\0\7"))
    packet = Record(osi(lsp(prefix))[:-2])
    packet.wirelen += 2
    line = Line()
    line.style.verbose = 1
    write_packet(Ethernet().at(packet, 0, packet.wirelen), line)
    assert line.text().endswith(b"subTLV #1, length: 4 [|isis] [|isis]")


def test_route_of_a_clnp_packet() -> None:
    option = tlv(203, b"\1\3" + b"\3\x49\0\2" + b"\1\x47")
    assert text_of(osi(traffic.clnp(28, option)), verbose=1).endswith(
        b"Route Recording Option #203, length 8, value: complete recording of route in progress"
        b"\n\t    NSAP address (length 3): 49.0002\n\t    NSAP address (length 1): 47")


def test_options_of_a_hello() -> None:
    octets = traffic.esis(4, b"\3\x49\0\2" + tlv(129, b"\x81\xcc") + tlv(198, b"\0\7"))
    assert text_of(octets, verbose=1).endswith(
        b"NET (length: 3): 49.0002\n"
        b"\t  Protocols supported Option #129, length 2, value: CLNP (0x81), IPv4 (0xcc)\n"
        b"\t  ES Configuration Time Option #198, length 2, value: 7s")


def test_checksum() -> None:
    for octets in (traffic.lsp()[12:], traffic.fletcher(bytes(range(40)), 12)):
        assert fletcher(octets, 12) == int.from_bytes(octets[12:14], "big")
    assert fletcher(b"\xfe\1\0\0", 2) & 0xFF


def test_fields_of_hello() -> None:
    packet = fyke.Packet(osi(traffic.lan_hello(tlv(1, b"\3\x49\0\2\1\x47") + tlv(8, bytes(9)))))
    hello = packet[fyke.IsIs]
    assert hello.system_id == identifier(Record(SYSTEM), 0, 6).decode()
    assert (hello.type, hello.holding_time, hello.priority) == (15, 30, 0x40)
    assert hello.lan_id == identifier(Record(NODE), 0, 7).decode()
    assert hello.areas == ["49.0002", "47"]
    assert hello.tlvs == [(1, "areas", ["49.0002", "47"])]
    hello = fyke.Packet(osi(traffic.p2p_hello()))[fyke.IsIs]
    assert (hello.circuit_type, hello.circuit_id, hello.pdu_length) == (3, 7, 20)


def test_fields_of_link_state() -> None:
    packet = fyke.Packet(osi(lsp(tlv(137, b"r\xff1"))))[fyke.IsIs]
    assert packet.lsp_id == identifier(Record(LSP), 0, 8).decode()
    assert (packet.sequence, packet.lifetime) == (0x31, 1199)
    assert packet.hostname == "r\\xff1"
    whole = fyke.Packet(osi(traffic.isis(24, b"LEN" + NODE + bytes(8) + LSP)))[fyke.IsIs]
    assert (whole.start_lsp_id, whole.end_lsp_id) == ("0000.0000.0000.00-00", packet.lsp_id)


def test_fields_of_the_others() -> None:
    hello = fyke.Packet(traffic.esis(4, b"\3\x49\0\2"))[EsIs]
    assert (hello.type, hello.holding_time, hello.header_length) == (4, 30, 13)
    data = fyke.Packet(osi(traffic.clnp(0xBC, b"\0\1\0\0\0\x40", b"data")))[Clnp]
    assert (data.type, data.flags, data.lifetime) == (28, 5, 9)
    assert (data.dst, data.src) == (b"\x49\0\2", bytes.fromhex("47000201020304"))
