"""DNS as values: data of records as zone files have it, names, options, bounds."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
import transport_traffic as transport

import fyke
from fyke.layers.application.dns_data import PARTS, data_text
from fyke.layers.application.dns_text import Names
from fyke.layers.application.edns import Cookie, ExtendedError, Subnet
from fyke.wire import Record

HEADER = bytes.fromhex("1234 8180 0000 0001 0000 0000")


def wire(name: str) -> bytes:
    """A name on the wire."""
    parts = [part.encode() for part in name.split(".") if part]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


A_B = wire("a.b")

#: Type, data on the wire, its presentation (checked once against dnspython 2.7 and the RFCs).
RECORDS: list[tuple[int, bytes, str]] = [
    (1, bytes([192, 0, 2, 1]), "192.0.2.1"),
    (2, A_B, "a.b."),
    (5, b"\0", "."),
    (6, A_B + wire("c") + bytes.fromhex("00000001 00000002 00000003 00000004 00000005"),
     "a.b. c. 1 2 3 4 5"),
    (11, bytes.fromhex("0a000001 06 02 40"), "10.0.0.1 6 6 9"),
    (13, b'\3x86\7L "\\\xff\1z', r'"x86" "L \"\\\255\001z"'),
    (15, b"\0\x0a" + A_B, "10 a.b."),
    (16, b"\3abc\0\4\xc3\xa4 \x7f", '"abc" "" "ä \\127"'),
    (17, A_B + wire("c"), "a.b. c."),
    (20, b"\4\x31\x35\x30", r'\# 4 04313530'),  # a string that goes on behind the record
    (20, b"\3\x31\x35\x30", '"150"'),
    (20, b"\3\x31\x35\x30\3\x30\x30\x34", '"150" "004"'),
    (22, bytes.fromhex("47000580"), "0x47000580"),
    (28, bytes.fromhex("20010db8") + bytes(11) + b"\1", "2001:db8::1"),
    (29, bytes.fromhex("00 33 16 13 89172dd0 70be15f0 00989680"),
     "42 21 54.000 N 71 6 18.000 W 0.00m 30m 10000m 10m"),
    (33, bytes.fromhex("0001 0002 01bb") + A_B, "1 2 443 a.b."),
    (35, bytes.fromhex("0064 000a") + b"\1S\7SIP+D2U\0" + A_B, '100 10 "S" "SIP+D2U" "" a.b.'),
    (37, bytes.fromhex("0001 3039 08 000000"), "PKIX 12345 8 AAAA"),
    (38, bytes.fromhex("40 0000000000000001") + A_B, "64 ::1 a.b."),
    (42, bytes.fromhex("0001 15 03 c0a820 0001 1c 84 c0a82600 0002 08 01 ff"),
     "1:192.168.32.0/21 !1:192.168.38.0/28 2:ff00::/8"),
    (43, bytes.fromhex("ec45 05 01 2bb183"), "60485 5 1 2BB183"),
    (44, bytes.fromhex("02 01 1234"), "2 1 1234"),
    (45, bytes.fromhex("0a 01 02 c0000226 010203"), "10 1 2 192.0.2.38 AQID"),
    (45, bytes.fromhex("0a 00 02 010203"), "10 0 2 . AQID"),
    (45, bytes.fromhex("0a 03 02") + A_B + b"\1\2\3", "10 3 2 a.b. AQID"),
    (46, bytes.fromhex("0001 05 02 00000e10 3e7c9dd7 3e5510d7 0a52") + A_B + b"\1\2\3",
     "A 5 2 3600 20030322173103 20030220173103 2642 a.b. AQID"),
    (47, A_B + bytes.fromhex("00 06 400100000003 04 02 0020"), "a.b. A MX RRSIG NSEC TYPE1034"),
    (48, bytes.fromhex("0100 03 05 010203"), "256 3 5 AQID"),
    (50, bytes.fromhex("01 01 000c 02 aabb 05 0000000000 00 01 40"), "1 1 12 AABB 00000000 A"),
    (51, bytes.fromhex("01 00 000c 00"), "1 0 12 -"),
    (52, bytes.fromhex("03 01 01 abcd"), "3 1 1 ABCD"),
    (55, bytes.fromhex("02 02 0003 abcd 010203") + A_B, "2 ABCD AQID a.b."),
    (61, b"\1\2\3", "AQID"),
    (62, bytes.fromhex("00000042 0003 00 01 60"), "66 3 A NS"),
    (63, bytes.fromhex("00000042 01 01 abcd"), "66 1 1 ABCD"),
    (64, b"\0\0" + A_B, "0 a.b."),
    (65, b"\0\1\0" + bytes.fromhex("0001 0006 02 6832 02 6833 0003 0002 01bb 0004 0004 c0000201"
                                   "0005 0003 010203"),
     '1 . alpn="h2,h3" port=443 ipv4hint=192.0.2.1 ech=AQID'),
    (65, b"\0\1\0" + bytes.fromhex("0000 0004 0001 000c 0002 0000 1234 0001 21"),
     '1 . mandatory=alpn,key12 no-default-alpn key4660="!"'),
    (65, b"\0\1\0" + bytes.fromhex("0003 0002 01bb 0001 0000"),  # keys must rise
     r"\# 13 0001000003000201bb00010000"),
    (104, bytes.fromhex("000a 00144fffff20ee64"), "10 14:4fff:ff20:ee64"),
    (105, bytes.fromhex("000a 0a010200"), "10 10.1.2.0"),
    (108, bytes.fromhex("00005e00532a"), "00-00-5e-00-53-2a"),
    (250, A_B + bytes.fromhex("00000000000a 012c 0003 010203 3039 0000 0000"),
     "a.b. 10 300 3 AQID 12345 0 0"),
    (256, bytes.fromhex("000a 0001") + b"ftp://x", '10 1 "ftp://x"'),
    (257, b"\0\5issueca.example", '0 issue "ca.example"'),
    (260, bytes.fromhex("0a 82") + bytes(15) + b"\1", "10 1 2 ::1"),
    (1, b"\1\2\3", r"\# 3 010203"),
    (1, b"\1\2\3\4\5", r"\# 5 0102030405"),
    (10, b"\1\2", r"\# 2 0102"),
    (4711, b"", r"\# 0"),
]


@pytest.mark.parametrize(("kind", "octets", "text"), RECORDS)
def test_data_of_records(kind: int, octets: bytes, text: str) -> None:
    assert data_text(Record(octets), 0, len(octets), kind, Names(0, len(octets))) == text
    answer = b"\0" + kind.to_bytes(2, "big") + bytes.fromhex("0001 00000e10") + len(
        octets).to_bytes(2, "big") + octets
    dns = message(HEADER + answer)
    assert dns.answers[0].data == text
    assert not dns.incomplete


def message(octets: bytes) -> Any:
    return fyke.Packet(transport.udp(octets, 53, 4000))[fyke.Dns]


def asked(name: bytes) -> Any:
    return message(bytes.fromhex("1234 0100 0001 0000 0000 0000") + name + b"\0\1\0\1")


@pytest.mark.parametrize(("name", "text"), [
    (b"\3a.b\1c\0", r"a\.b.c."), (b"\2\\ \0", r"\\\032."), (b"\2\xc3\xa4\0", "ä."),
    (b"\2\xff\0\0", r"\255\000."), ("\u200b".encode().join((b"\3", b"\0")), r"\226\128\139."),
    (b"\x41\x0c\xab\xc0\0", r"\[xabc/12]."), (b"\0", "."),
])
def test_names_are_text(name: bytes, text: str) -> None:
    dns = asked(name)
    assert dns.questions == [(text, "A", "IN")]
    assert not dns.questions.cut
    assert json.loads(json.dumps(dns.to_dict()))["questions"][0]["name"] == text


@pytest.mark.parametrize("name", [
    b"\xc0\x0c", b"\xc0\xff", b"\x80\0", b"\x42\0", b"\1a\xc0\x0e",
    b"".join([b"\x3f" + b"a" * 63] * 4) + b"\0", b"\7abc",
])
def test_what_is_no_name_cuts_the_list(name: bytes) -> None:
    dns = asked(name)
    assert dns.questions == []
    assert dns.questions.cut
    assert dns.incomplete


def test_edns_options_by_name() -> None:
    options = bytes.fromhex(
        "0008 0007 0001 18 00 c00002" "000a 0008 0102030405060708" "000f 0005 0006 626164"
        "000b 0002 0064" "0005 0002 080d" "000e 0004 4a5c 4f66" "000c 0003 000000"
        "0003 0002 6e73" "0012 0005" + A_B.hex() + "0008 0003 000118" "fde9 0001 ff")
    dns = message(bytes.fromhex("1234 0110 0000 0000 0000 0001 00 0029 04d0 03 01 8000")
                  + len(options).to_bytes(2, "big") + options)
    assert dns.checking_disabled
    assert dns["rcode"] == 48
    edns = dns.edns
    assert (edns.udp_size, edns.version, edns.dnssec_ok) == (1232, 1, True)
    assert edns.options.ecs == Subnet("192.0.2.0", 24, 0)
    assert edns.options.cookie == Cookie("0102030405060708", "")
    assert edns.options.extended_error == ExtendedError(6, "DNSSEC Bogus", "bad")
    assert edns.options.keepalive == 10.0
    assert edns.options.dau == ["RSASHA256", "ECDSAP256SHA256"]
    assert edns.options.key_tag == [19036, 20326]
    assert edns.options.padding == 3
    assert edns.options.nsid == b"ns"
    assert edns.options.report_channel == "a.b."
    assert [one.value for one in edns.options if one.name == "ecs"][1] == bytes.fromhex("000118")
    assert edns.options.unknown_65001 == b"\xff"
    json.dumps(dns.to_dict())


LONG = b"".join(b"\x3f" + b"\xff" * 63 for _ in range(3)) + b"\x3d" + b"\xff" * 61 + b"\0"


@pytest.mark.parametrize("record", [
    b"\xc0\x0c\0\2\0\1\0\0\0\0\0\2\xc0\x0c",  # both names are the longest
    b"\xc0\x0c\0\x0a\0\1\0\0\0\0\0\0", b"\0\0\x0a\0\1\0\0\0\0\0\0",
    b"\0\0\x10\0\1\0\0\0\0\0\5\4\xff\xff\xff\xff",
    b"\0\0\x2f\0\1\0\0\0\0\0\x23\0\xff\x20" + b"\xff" * 32,
    b"\0\0\x0b\0\1\0\0\0\0\4\5\x0a\0\0\1\6" + b"\xff" * 1024,
    b"\0\0\x37\0\1\0\0\0\0\x10\0\0\0\0\0" + b"\xc0\x0c" * 2046,
], ids=["names", "owner", "empty", "text", "types", "ports", "relays"])
def test_what_a_message_becomes_is_bounded(record: bytes) -> None:
    """A crafted message of 64 KB is not more than some times its size as JSON."""
    count = 65000 // len(record)
    octets = (bytes.fromhex("1234 8180 0001") + count.to_bytes(2, "big") + bytes(4) + LONG
              + b"\0\1\0\1" + record * count)
    dns = message(octets)
    assert len(dns.questions) == 1
    assert len(dns.questions[0].name) == 4 * 250 + 4
    assert len(dns.answers) <= count
    assert dns.answers.cut == (len(dns.answers) < count)
    assert len(json.dumps(dns.to_dict())) < 28 * len(octets)


def test_messages_that_share_a_segment() -> None:
    """Several are layers one above the other (RFC 7766 §6.2.1.1), none of them wrong."""
    one = bytes.fromhex("0001 0100 0001 0000 0000 0000") + A_B + b"\0\1\0\1"
    two = bytes.fromhex("0002 0100 0001 0000 0000 0000") + wire("c") + b"\0\x1c\0\1"
    octets = b"".join(len(part).to_bytes(2, "big") + part for part in (one, two))
    packet = fyke.Packet(transport.tcp(octets, 4000, 53))
    layers = [layer for layer in packet.layers if layer.name == "dns"]
    assert [layer.id for layer in layers] == [1, 2]
    assert [layer.questions for layer in layers] == [[("a.b.", "A", "IN")], [("c.", "AAAA", "IN")]]
    assert str(packet).endswith(" 1+ A? a.b. (21) 2+ AAAA? c. (19)")
    assert "invalid" not in str(packet)


def test_a_message_over_several_segments() -> None:
    one = bytes.fromhex("0001 0100 0002 0000 0000 0000") + A_B + b"\0\1\0\1"
    packet = fyke.Packet(transport.tcp(b"\4\0" + one, 4000, 53))
    dns = packet[fyke.Dns]
    assert dns.questions == [("a.b.", "A", "IN")]
    assert dns.questions.cut
    assert str(packet).endswith(" 1 [21 of 1024 bytes]")


def test_random_data_of_every_type() -> None:
    chance = random.Random(53)
    for kind in PARTS:
        for _ in range(60):
            octets = chance.randbytes(chance.randrange(40))
            if chance.random() < 0.5:
                octets = bytes(octet & 7 for octet in octets)
            text = data_text(Record(octets), 0, len(octets), kind, Names(0, len(octets)))
            assert text.isprintable()
