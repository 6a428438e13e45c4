"""Names and words that are newer than Debian's tcpdump: what tcpdump 5 writes."""

from __future__ import annotations

import struct
from typing import Any

import pytest
import transport_traffic as transport
from judge import text_of
from network_traffic import frame, icmp6, llc, six

COOKIE = bytes.fromhex("63825363")
BOOTP = b"\1\1\6\0" + bytes(232) + COOKIE


def dhcp(option: str) -> bytes:
    return transport.udp(BOOTP + bytes.fromhex(option), 68, 67)


def node(kind: int, code: int, query: int, flags: int, body: bytes = b"") -> bytes:
    """Node information (RFC 4620 section 4)."""
    return six(58, icmp6(kind, code, struct.pack(">HHQ", query, flags, 0) + body))


def someip(kind: int, code: int) -> bytes:
    return transport.udp(struct.pack(">HHIHHBBBB", 1, 2, 8, 3, 4, 1, 1, kind, code), 40000, 30490)


def nsh(head: str) -> bytes:
    return frame(0x894F, bytes.fromhex(head))


A = bytes.fromhex("20010db8 00000000 00000000 00000001")
ADDRESS = bytes.fromhex("0000000a c0000201")
V2: dict[str, Any] = {"verbose": 2}
V3: dict[str, Any] = {"verbose": 3}

CASES: list[tuple[str, bytes, dict[str, Any], str]] = [
    ("a part of a SOME/IP message", someip(0x22, 0x0D), {}, "TP_NOTIFICATION, retcode E_E2E"),
    ("a SOME/IP return code that nobody knows", someip(0x40, 0x10), {}, "Unknown, retcode Unknown"),
    ("pairs of addresses", dhcp("2108 0a0000000a000001"), V2,
     "(33), length 8: (10.0.0.0:10.0.0.1)"),
    ("a pair that is none", dhcp("2103 010203"), V2, "length 3: [length != N x 8 bytes]"),
    ("no pair at all", dhcp("1500"), V2, "PF (21), length 0 [length != N x 8 bytes]"),
    ("a switch of two octets", dhcp("1302 0101"), V2, "length 2: [length != 1 byte] (invalid)"),
    ("a time is no signed number", dhcp("5b04 ffffffff"), V2, "length 4: 4294967295"),
    ("a name's flags", dhcp("5104 f0000061"), V2, 'length 4: [MBZ nibble 0xf != 0]  (invalid)"a"'),
    ("a route too long", dhcp("7905 2100000000"), V2, "length 5: [Mask width (33) > 32] (invalid)"),
    ("a triggered request", transport.udp(bytes([6, 2, 0, 0]), 520, 520), {},
     "RIPv2, Triggered Request, length: 4"),
    ("a family as BSD numbers it",
     transport.udp(bytes([2, 2, 0, 0]) + transport.rip_entry(23, 0, 0, 0, 0, 0), 520, 520),
     {"verbose": 1}, "AFI IPX\n\t  0x0000:  0000 0000 0000 0000 0000 0000 0000 0000"),
    ("service access points", llc(bytes.fromhex("8e4e03")), {},
     "RS511 > 01:02:03:04:05:06 ProWay Unnumbered, ui, Flags [Command], length 3"),
    ("a router that speaks IPv6 alone",
     six(58, icmp6(134, 0, bytes.fromhex("40020708") + bytes(8))), {"verbose": 1},
     "Flags [ipv6 only]"),
    ("a query for a name", node(139, 1, 2, 0, b"\1a\0"), {},
     '(node name, subject=DNS name, "a."), length 19'),
    ("a query for addresses", node(139, 0, 3, 0x3F, A), {},
     "(node addresses [TACLSG] [invalid flag Truncate present], subject=2001:db8::1)"),
    ("a query for IPv4 addresses", node(139, 2, 4, 2, ADDRESS[4:]), {},
     "(ipv4 addresses [A], subject=192.0.2.1), length 20"),
    ("addresses, each behind its lifetime", node(140, 0, 3, 0, ADDRESS[:4] + A), {},
     "(node addresses 2001:db8::1(10)), length 36"),
    ("IPv4 addresses", node(140, 0, 4, 1, ADDRESS), {},
     "(ipv4 addresses [T] 192.0.2.1(10)), length 24"),
    ("IPv4 addresses that are not all there", node(140, 0, 4, 0, ADDRESS[:6]), {},
     "(ipv4 addresses  [|icmp6]"),
    ("a service header of another version", nsh("4fc20201 000001ff"), V2, "NSH, ver 1, "),
    ("a service header that says more than it has", nsh("00060101 000001ff"), {},
     "flags [none],  (too many headers for packet length 8) (invalid)"),
    ("a service header that is too short for itself", nsh("00010101 000001ff"), {},
     "service-index 0xff (less than two headers) (invalid)"),
    ("metadata of a kind and a protocol that nobody knows", nsh("0002 0900 000001ff"), V3,
     "length 2, md type unknown (0x09), next-protocol unknown (0x00), service-path-id 0x000001"),
    ("metadata of the first kind is of one length", nsh("00030101 000001ff 00000000"), V3,
     "(length for the MD type) (invalid)"),
    ("a rapid bridge's old message has a port's role, too",
     llc(bytes.fromhex("424203 0000 02 00 06") + bytes(30)), {"verbose": 1},
     "root-pathcost 0, port-role Alternate"),
    ("an unreachable host, and nothing of what was sent", six(58, icmp6(1, 8, bytes(8))), {},
     "unknown unreach code (8)\n\t0x0000:"),
    ("home agents, as far as they are there", six(58, icmp6(145, 0, bytes(4) + A + bytes(8)))[:-8],
     {"verbose": 1}, "id 0x0000, 2001:db8::1"),
    ("of two ports the lower one says what it is", transport.udp(b"\x30\3\2\1\7", 320, 161), {},
     ":  SNMP [version = 7]"),
    ("a PTP message that is too short", frame(0x88F7, bytes(20)), {},
     " [length 20 < 34] (invalid)"),
    ("a PTP version that nobody knows", frame(0x88F7, b"\0\5" + bytes(40)), {}, "PTPv5"),
]


@pytest.mark.parametrize(("packet", "settings", "expected"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])
def test_words(packet: bytes, settings: dict[str, Any], expected: str) -> None:
    assert expected in text_of(packet, **settings)
