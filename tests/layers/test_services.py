"""SCTP, SNMP, RADIUS: the text is tcpdump's, the attributes are the packet's."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import network_traffic as traffic
import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of

import fyke


def chunk(kind: int, flags: int, body: bytes, length: int | None = None) -> bytes:
    size = 4 + len(body) if length is None else length
    return struct.pack(">BBH", kind, flags, size) + body + bytes(-len(body) % 4)


def sctp(*chunks: bytes, ports: tuple[int, int] = (36412, 36413)) -> bytes:
    head = struct.pack(">HHII", *ports, 0x01020304, 0xA1B2C3D4)
    return traffic.four(132, head + b"".join(chunks))


INIT = struct.pack(">IIHHI", 1, 65536, 10, 20, 77)
M3UA = b"\1\0\1\1\0\0\0\x20\2\0\0\x08\0\0\0\5\2\x10\0\x0fabcdefghijk\0"
SCTP = [
    sctp(chunk(1, 0, INIT + b"\0\5\0\x08\x0a\0\0\1")), sctp(chunk(2, 0, INIT)),
    *(sctp(chunk(0, flags, struct.pack(">IHHI", 5, 1, 2, protocol) + b"hello"))
      for flags in range(8) for protocol in (0, 18, 27, 99)),
    sctp(chunk(0, 3, struct.pack(">IHHI", 5, 1, 2, 3) + M3UA)),
    sctp(chunk(0, 3, struct.pack(">IHHI", 5, 1, 2, 3) + M3UA[:10] + b"\0\x08" + M3UA[12:])),
    sctp(chunk(0, 3, struct.pack(">IHHI", 5, 1, 2, 3) + b"\1\0\2\3\0\0\0\5")),
    sctp(chunk(3, 0, struct.pack(">IIHH", 100, 5000, 2, 1) + bytes(range(12)))),
    sctp(chunk(3, 0, struct.pack(">IIHH", 0xFFFFFFFF, 5000, 3, 3) + bytes(range(8)))),
    sctp(chunk(10, 0, b"cookie"), chunk(11, 0, b""), chunk(4, 0, b"beat")),
    *(sctp(chunk(kind, 0, b"abcd")) for kind in (*range(4, 16), 0xC0, 0xC1, 0x77)),
    sctp(b"\0\0"), sctp(b"\7\0\0\3"),
    sctp(chunk(7, 0, b"abc", 4)),
    traffic.six(132, struct.pack(">HHII", 1, 2, 3, 4) + chunk(8, 0, b"")),
]


def ber(tag: int, content: bytes) -> bytes:
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    return bytes([tag, 0x82]) + struct.pack(">H", len(content)) + content


def number(value: int, tag: int = 2) -> bytes:
    return ber(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


SYSTEM = b"\x2b\6\1\2\1\1\1\0"
OBJECTS = [
    (SYSTEM, b"\5\0"), (b"\x2b\6\1\4\1\x8f\x65\1", number(-129)), (b"\x88\x37\3", number(77, 0x41)),
    (SYSTEM, number(1, 0x43)), (SYSTEM, number(2 ** 40, 0x46)), (SYSTEM, ber(4, b"text")),
    (SYSTEM, ber(4, b"\0\1\xff")), (SYSTEM, ber(6, SYSTEM)), (SYSTEM, ber(0x40, b"\x0a\0\0\1")),
    (SYSTEM, ber(0x40, b"\x0a\0\0")), (SYSTEM, b"\x80\0"), (SYSTEM, b"\x81\0"), (SYSTEM, b"\x82\0"),
    (SYSTEM, ber(0x44, b"ab")), (SYSTEM, ber(1, b"\1")), (SYSTEM, ber(0x30, b"")),
    (SYSTEM, ber(0x24, b"ab")), (SYSTEM, ber(0x64, b"ab")), (SYSTEM, ber(4, b"")),
]
VARIABLES = ber(0x30, b"".join(ber(0x30, ber(6, name) + value) for name, value in OBJECTS))
ONE = ber(0x30, ber(0x30, ber(6, SYSTEM) + b"\5\0"))


def pdu(kind: int, status: int, index: int, variables: bytes = ONE) -> bytes:
    return ber(0xA0 + kind, number(7) + number(status) + number(index) + variables)


def snmp(version: int, body: bytes, community: bytes = b"public") -> bytes:
    return ber(0x30, number(version) + ber(4, community) + body)


def version_3(flags: bytes, model: int = 3, scoped: bytes = b"") -> bytes:
    head = ber(0x30, number(9) + number(65507) + ber(4, flags) + number(model))
    security = ber(0x30, ber(4, b"engine") + number(3) + number(100) + ber(4, b"user")
                   + ber(4, bytes(12)) + ber(4, b""))
    scoped = scoped or ber(0x30, ber(4, b"\x80\1") + ber(4, b"ctx") + pdu(2, 0, 0, VARIABLES))
    return ber(0x30, number(3) + head + ber(4, security) + scoped)


TRAP = ber(0xA4, ber(6, SYSTEM) + ber(0x40, b"\x0a\0\0\1") + number(6) + number(42)
           + number(12345, 0x43) + VARIABLES)
SNMP = [
    *(snmp(version, pdu(kind, status, index)) for version in (0, 1) for kind in (*range(9), 9)
      for status, index in ((0, 0), (2, 1), (99, 0), (0, 3), (-1, 0))),
    snmp(0, pdu(2, 0, 0, VARIABLES), b"private"), snmp(1, pdu(5, 0, 10, VARIABLES), b"\1\2"),
    snmp(0, TRAP), snmp(0, TRAP.replace(b"\2\1\6\2\1\x2a", b"\2\1\3\2\1\1")), snmp(1, TRAP),
    snmp(0, TRAP.replace(b"\2\1\6", b"\2\1\x11")), snmp(2, TRAP), snmp(0, b"\2\1\0"), snmp(0, b""),
    *(version_3(flags) for flags in (b"\0", b"\4", b"\7", b"\2", b"ab")), version_3(b"\0", 4),
    version_3(b"\3", scoped=ber(4, b"encrypted")), snmp(0, pdu(0, 0, 0)) + b"more",
    b"", b"\x30", b"\x30\x84\1", b"\x30\x85\0\0\0\0\1x", b"\x3f\x81\x01\0", b"\x1f", b"\x72\0",
    b"\x30\5abc", ber(0x30, ber(4, b"x")), ber(0x30, b"\2\0"), ber(0x31, b"ab"), b"\xc5\0",
]


def radius(code: int, *attributes: tuple[int, bytes], extra: int = 0) -> bytes:
    body = b"".join(bytes([kind, 2 + len(value)]) + value for kind, value in attributes)
    return struct.pack(">BBH", code, 7, 20 + len(body) + extra) + bytes(range(16)) + body


NUMBERS = [kind for kind in range(5, 87) if kind in (5, 6, 7, 10, 12, 13, 15, 23, 27, 29, 37, 38,
                                                     40, 45, 49, 51, 56, 57, 61, 64, 65, 72, 76, 83,
                                                     85)]
RADIUS = [
    *(radius(code, (1, b"user\x1b"), (4, b"\x0a\0\0\1")) for code in (1, 2, 3, 4, 5, 11, 45, 99)),
    radius(1, *((kind, value) for kind in NUMBERS for value in (b"\0\0\0\1", b"\0\0\0\3"))),
    radius(1, *((kind, b"\xff\xff\xff\xff") for kind in (8, 9, 14, 23, 27, 56, 64, 101))),
    radius(1, *((kind, b"\xff\xff\xff\xfe") for kind in (8, 9, 14, 23))),
    radius(1, *((kind, b"\0\0\1\x91") for kind in (27, 28, 37, 38, 46, 85, 101, 55))),
    radius(2, *((kind, b"\3abc") for kind in (58, 66, 67, 69, 81, 82, 90, 91, 79 + 1, 200))),
    radius(2, *((kind, b"text\0more") for kind in (11, 18, 25, 66, 69, 81, 103, 122))),
    radius(2, (26, b"\0\0\0\x09\1\x0dcisco-av=x!"), (26, b"\0\0\1\x37\1\1"),
           (26, b"\0\0\0\x2a\1\x09")),
    radius(2, (95, bytes(15) + b"\1"), (97, b"\0\x40\x20\1\x0d\xb8\0\0\0\0"), (97, b"\0\x40\x20\1"),
           (123, b"\0\0"), (98, bytes(16)), (125, b"\x40" + bytes(16)), (124, b"\0\xff" * 4)),
    radius(2, (126, b"1example.com"), (126, b"9x"), (127, b"\0\1\0\1" + b"\xe0\0\0\0\x80\0\0\0" * 2
                                                      + b"gps"),
           (128, b"\0\1some place that is long"),
           (129, b"\x80\1" + b"\xe0\0\0\0\0\0\0\0" + b"note")),
    *(radius(11, (79, eap)) for eap in (b"\2\1\0\x09\1user", b"\1\2\0\6\x0d\x20", b"\3\2\0\4",
                                        b"\1\2\0\x0a\4abcde", b"\2\1\0\x63\1user")),
    radius(2, (70, bytes(range(16))), (71, bytes(range(14))), (84, b"abcdefgh")),
    radius(2, (1, b"")), radius(2, (1, b"x")) + b"\1\1", radius(2, (1, b"x"), extra=2) + b"\1\1",
    radius(2, (1, b"x"), extra=3) + b"\1\x09z",
]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
def test_sctp_as_tcpdump(tmp_path: Path, options: str) -> None:
    assert_same(tmp_path / "sctp.pcap", SCTP, options, reword=lambda text: text.replace(
        ") payload length: ", "), payload length "
    ).replace(") payload length ", "), payload length ").replace(
        "[Unknown chunk type: 0xf]", "[AUTH]").replace("[REL CTRL]", "[ASCONF]"))


def udp(payloads: list[bytes], port: int) -> list[bytes]:
    return [transport.udp(payload, 40000, port) for payload in payloads]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
def test_snmp_as_tcpdump(tmp_path: Path, options: str) -> None:
    assert_same(tmp_path / "snmp.pcap", udp(SNMP, 161), options)


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
def test_radius_as_tcpdump(tmp_path: Path, options: str) -> None:
    assert_same(tmp_path / "radius.pcap", udp(RADIUS, 1812), options, reword=as_newer)


def as_newer(text: str) -> str:
    """RADIUS in tcpdump 5.0's words: lengths as they stand, and checks that say what is wrong."""
    text = re.sub(r"(, id: 0x[0-9a-f]{2}) length: ", r"\1, length: ", text)
    text = re.sub(r"(Vendor Attribute: \d+), Length: (\d+), Value: ",
                  lambda found: f"{found[1]}, length: {int(found[2]) + 2}, value: ", text)
    text = re.sub(r"Length: (\d+) \(bogus, must be >= 2\)",
                  r"length: \1 [length \1 < 2] (invalid)", text)
    text = re.sub(r"length: (\d+) \(bogus, must be >= 2\)",
                  r"length: \1 [length \1 < 2] (invalid)", text)
    text = text.replace("Length: 9 (bogus, goes past end of vendor-specific attribute)",
                        "length: 9 [length 9 > 2] (invalid)")
    text = text.replace("length: 9 (bogus, goes past end of packet)",
                        "length: 9 [length 9 > 3] (invalid)")
    text = text.replace("(inconsistent prefix length)",
                        "[inconsistent prefix length 64 > 16] (invalid)")
    return text.replace(" [|radius]", " [length 1 < 2] (invalid)")


@pytest.mark.parametrize("packets", [
    SCTP[::4], udp(SNMP[::11] + SNMP[90:98], 162), udp(RADIUS, 1813)])
def test_prefixes(packets: list[bytes]) -> None:
    assert_prefixes_end(packets)


@pytest.mark.parametrize(("octets", "settings", "expected"), [
    (sctp(chunk(0x40, 0x0F, struct.pack(">IHHII", 5, 1, 0, 9, 18) + b"hi")), {},
     "IP 10.0.0.1.36412 > 10.0.0.2.36413: sctp (1) [I-DATA] (I)(U)(B)(E) [TSN: 5] [SID: 1] "
     "[MID: 9] [PPID S1AP] "),
    (sctp(chunk(0x40, 0, struct.pack(">IHHII", 5, 1, 0, 9, 18) + b"hi")), {},
     "IP 10.0.0.1.36412 > 10.0.0.2.36413: sctp (1) [I-DATA] [TSN: 5] [SID: 1] [MID: 9] [FSN: 18] "),
    (sctp(chunk(1, 0, b"abcd")), {},
     "IP 10.0.0.1.36412 > 10.0.0.2.36413: sctp (1) [INIT]  [chunk length 4 < 16] (invalid)"),
    (transport.udp(radius(1, (5, b"abc")), 40000, 1812), {"verbose": 1, "no_checksums": True},
     "NAS-Port Attribute (5), length: 5, Value:  [length 3 != 4] (invalid)"),
])
def test_lines(octets: bytes, settings: dict[str, object], expected: str) -> None:
    assert text_of(octets, **settings).endswith(expected)


def test_fields() -> None:
    sctp_layer = fyke.Packet(SCTP[0])[fyke.Sctp]
    assert (sctp_layer.src_port, sctp_layer.verification_tag) == (36412, 0x01020304)
    assert sctp_layer.to_dict()["chunks"] == [{"type": 1, "name": "init", "flags": 0, "value": {
        "tag": 1, "window": 65536, "outbound_streams": 10, "inbound_streams": 20, "tsn": 77,
        "parameters": [{"kind": 5, "name": "ipv4_address", "value": "10.0.0.1"}]}}]
    message = fyke.Packet(udp([snmp(1, pdu(2, 5, 1, VARIABLES), b"private")], 161)[0])[fyke.Snmp]
    assert (message.version, message.community, message.pdu) == (1, b"private", 2)
    assert (message.request_id, message.error_status, message.error_index) == (7, 5, 1)
    assert message.variables[:4] == [
        ("1.3.6.1.2.1.1.1.0", None), ("1.3.6.1.4.1.2021.1", -129), ("2.999.3", 77),
        ("1.3.6.1.2.1.1.1.0", 1)]
    assert fyke.Packet(udp([version_3(b"\0")], 161)[0])[fyke.Snmp].community == b"user"
    packet = fyke.Packet(udp(RADIUS[:1], 1812)[0])[fyke.Radius]
    assert (packet.code, packet.id, packet.authenticator) == (1, 7, bytes(range(16)))
    assert [one[1:] for one in packet.attributes] == [
        ("user_name", None, "user\x1b"), ("nas_ip_address", None, "10.0.0.1")]
