"""Messages of the rarer protocols, made octet by octet as their standards have them."""

from __future__ import annotations

import struct
from typing import NamedTuple

import tls_traffic
import unprinted_traffic
from network_traffic import four, frame, icmp6, igmp, ipv4, llc, six
from transport_traffic import A4, B4, tcp, udp


class Made(NamedTuple):
    """Frames, the layers that are compared in them, and what tshark needs to know."""

    frames: list[bytes]
    layers: tuple[str, ...]
    link_type: int = 1
    shark: tuple[str, ...] = ()
    unmet: frozenset[str] = frozenset()  #: columns that these frames do not have
    placed: str = ""  #: our layer on UDP's payload, where only -T tells


def h(digits: str) -> bytes:
    return bytes.fromhex(digits)


def tlv(kind: int, value: bytes) -> bytes:
    """Type and length of two octets each."""
    return struct.pack(">HH", kind, len(value)) + value


def padded(octets: bytes, to: int = 4) -> bytes:
    return octets + bytes(-len(octets) % to)


# --- SNMP ----------------------------------------------------------------------------------------


def ber(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + struct.pack(">H", len(body))
    return bytes([tag]) + size + body


def integer(value: int, tag: int = 2) -> bytes:
    return ber(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


OID = ber(6, h("2b06010201010300"))


def snmp(version: int, pdu: int, error: int = 0, index: int = 0, *values: bytes) -> bytes:
    bindings = ber(0x30, *(ber(0x30, OID, value) for value in values))
    return ber(0x30, integer(version), ber(4, b"public"),
               ber(0xA0 + pdu, integer(4711), integer(error), integer(index), bindings))


SNMP = [
    snmp(0, 0, 0, 0, ber(5)), snmp(1, 1, 0, 0, ber(5), ber(5)), snmp(1, 5, 2, 10, ber(5)),
    snmp(1, 2, 0, 0, integer(-3), ber(4, b"router\xff"), ber(6, h("2b0601")),
         ber(0x40, h("c0000201")), integer(77, 0x41), integer(9000, 0x42), integer(123456, 0x43),
         ber(0x46, h("0102030405")), ber(0x80), ber(0x81), ber(0x82)),
    snmp(0, 2, 2, 1, ber(5)), snmp(1, 3, 0, 0, integer(1)), snmp(1, 7, 0, 0, integer(5, 0x43)),
    ber(0x30, integer(0), ber(4, b"trap"), ber(0xA4, OID, ber(0x40, h("c0000201")), integer(6),
                                               integer(52), integer(100, 0x43), ber(0x30))),
]

# --- LDP -----------------------------------------------------------------------------------------


def ldp(*messages: tuple[int, bytes]) -> bytes:
    body = b"".join(struct.pack(">HHI", kind, len(value) + 4, number) + value
                    for number, (kind, value) in enumerate(messages, 1))
    return struct.pack(">HH", 1, len(body) + 6) + h("0a0000070000") + body


LDP_UDP = [ldp((0x0100, tlv(0x400, h("000f4000")) + tlv(0x401, h("0a000007")) +
                tlv(0x402, h("00000005")))),
           ldp((0x0100, tlv(0x400, h("002dc000")) +
                tlv(0x403, h("20010db8000000000000000000000007"))))]
LDP_TCP = [
    ldp((0x0200, tlv(0x500, h("0001 001e c0 05 1000 0a000002 0003")))),
    ldp((0x0201, b""), (0x0300, tlv(0x101, h("0001 0a000007 c0000209")))),
    ldp((0x0400, tlv(0x100, h("02 0001 18 0a0102")) + tlv(0x200, h("00012345")) +
         tlv(0x103, b"\5") + tlv(0x104, h("0a000001 0a000002")) + tlv(0x600, h("00000009")))),
    ldp((0x0401, tlv(0x100, h("02 0002 30 20010db80001") + h("02 0001 20 0a000009")))),
    ldp((0x0402, tlv(0x100, b"\1") + tlv(0x200, h("00000003")))),
    ldp((0x0001, tlv(0x300, h("c000000a 00000004 0400")) + tlv(0x301, h("00000007")))),
    ldp((0x0400, tlv(0x100, h("80 8005 12 00000064 000000c8 0104 05dc 0306") + b"port" +
                     h("0c04 0102")) + tlv(0x200, h("00000010")))),
]

# --- L2TP ----------------------------------------------------------------------------------------


def avp(kind: int, value: bytes, vendor: int = 0, flags: int = 0x8000) -> bytes:
    return struct.pack(">HHH", flags | len(value) + 6, vendor, kind) + value


def l2tp(*pairs: bytes) -> bytes:
    body = b"".join(pairs)
    return struct.pack(">HHHHHH", 0xC802, 12 + len(body), 5, 6, 7, 8) + body


L2TP = [
    l2tp(avp(0, h("0001")), avp(2, h("0100")), avp(3, h("00000003")), avp(6, h("0690")),
         avp(7, b"lac.example"), avp(8, b"Vendor"), avp(9, h("1234")), avp(10, h("0010"))),
    l2tp(avp(0, h("0004")), avp(1, h("0002 0006") + b"bye"), avp(9, h("0005"))),
    l2tp(avp(0, h("000a")), avp(14, h("0009")), avp(15, h("11223344")), avp(18, h("00000002"))),
    l2tp(avp(0, h("000c")), avp(24, h("00989680")), avp(19, h("00000001"))),
    l2tp(avp(0, h("0006"), flags=0)), l2tp(avp(9, h("0011"), vendor=9, flags=0x4000)), l2tp(),
]

# --- TFTP, RIP ----------------------------------------------------------------------------------

TFTP = [h("0001") + b"boot.img\0octet\0",
        h("0002") + b"up\0netascii\0blksize\x001432\0tsize\x000\0",
        h("0003 0001") + b"data", h("0004 0001"), h("0005 0001") + b"File not found\0"]
RIP = [h("01020000") + h("0000 0000 00000000 00000000 00000000 00000010"),
       h("02020000") + h("0002 0007 0a000000 ff000000 0a000001 00000003") +
       h("0002 0000 c0000200 ffffff00 00000000 00000010")]

RIPNG = [h("02010000") + h("20010db8 000100000000000000000000 0007 30 05")]

# --- LLDP, LACP, STP: link protocols -------------------------------------------------------------


def unit(kind: int, value: bytes) -> bytes:
    return struct.pack(">H", kind << 9 | len(value)) + value


END = unit(0, b"")
LLDP = [frame(0x88CC, b"".join((
    unit(1, h("04 001122334455")), unit(2, b"\5Gi0/1"), unit(3, h("0078")),
    unit(4, b"to the roof"), unit(5, b"sw1.example"), unit(6, b"A switch"), unit(7, h("00140004")),
    unit(8, h("05 01 0a000001 02 00000007 00")), unit(127, h("0080c2 01 0064")),
    unit(127, h("0080c2 03 0064 05") + b"staff"), unit(127, h("0080c2 02 06 0065")),
    unit(127, h("00120f 01 03 c036 0010")), unit(127, h("00120f 04 05f2")),
    unit(127, h("00120f 03 03 00000009")), unit(127, h("00120f 02 07 01 01")), END))),
    frame(0x88CC, b"".join((
        unit(1, h("05 01 0a000001")), unit(2, h("03 0011223344aa")), unit(3, h("ffff")),
        unit(127, h("0012bb 01 003f 04")), unit(127, h("0012bb 02 01 4064ae")),
        unit(127, h("0012bb 04 0300a1")), unit(127, h("0012bb 05") + b"hw1"), END)))]
END_OF_LINK = h("8000 001122334455 000d 8001 0019 3d 000000")
LACP = [frame(0x8809, h("01 01 01 14") + END_OF_LINK + h("0214") +
              h("7fff 66778899aabb 0010 00ff 0007 47 000000") + h("0310 0032") + bytes(12) +
              bytes(52))]


def bpdu(body: str) -> bytes:
    return llc(h("424203") + h(body))


ROOT = "8001 001122334455"
STP = [
    bpdu(f"0000 00 00 01 {ROOT} 00000013 8002 0011223344aa 8007 0100 1400 0200 0f00"),
    bpdu(f"0000 02 02 7e {ROOT} 00000000 {ROOT} 8005 0000 1400 0200 0f00 00"),
    bpdu(f"0000 03 02 7c {ROOT} 00000000 {ROOT} 8005 0000 1400 0200 0f00 00 0050 00" +
         b"region".ljust(32, b"\0").hex() + "0003" + "ac36177f50283cd4b83821d8ab26de62" +
         f"00004e20 {ROOT} 14" + "7c 8001 0011223344aa 00000064 80 80 13"),
    bpdu("0000 00 80"),
]

# --- RSVP, IGMP, PIM -----------------------------------------------------------------------------


def thing(number: int, kind: int, value: str) -> bytes:
    octets = h(value)
    return struct.pack(">HBB", len(octets) + 4, number, kind) + octets


def rsvp(kind: int, *things: bytes) -> bytes:
    body = b"".join(things)
    return four(46, struct.pack(">BBHBBH", 0x11, kind, 0, 64, 0, len(body) + 8) + body)


TUNNEL = thing(1, 7, "0a000007 0000 0004 0a000001")
RSVP = [
    rsvp(1, TUNNEL, thing(3, 1, "0a000001 00000007"), thing(5, 1, "00007530"),
         thing(20, 1, "0108 0a010202 2000 8108 0a020302 1800"),
         thing(19, 1, "00000800"), thing(207, 7, "07070406 746f726f6f66 0000"),
         thing(11, 7, "0a000001 0000 0001")),
    rsvp(2, TUNNEL, thing(3, 1, "0a000002 00000001"), thing(5, 1, "00007530"),
         thing(8, 1, "00000012"), thing(10, 7, "0a000001 0000 0001"), thing(16, 1, "00000064")),
    rsvp(3, thing(1, 1, "0a000007 11 01 0035"), thing(6, 1, "0a000009 01 1c 0002")),
    rsvp(20, thing(22, 1, "12345678 9abcdef0")),
]
IGMP = [frame(0x0800, ipv4(2, igmp(h(octets)), ttl=1)) for octets in (
    "1164 0000 00000000", "1100 0000 00000000", "1600 0000 e1000003", "1700 0000 e1000003",
    "1200 0000 e1000004", "1164 0000 e1000003 0a7d 0002 0a000001 0a000002",
    "118a 0000 00000000 02a4 0000",
    "2200 0000 0000 0002 01000001 e1000003 0a000001 04000000 e1000005")]
HELLO = tlv(1, h("0069")) + tlv(2, h("01f409c4")) + tlv(19, h("00000001")) + tlv(
    20, h("2c6ceec0")) + tlv(21, h("01000000")) + tlv(24, h("01000a000006"))
PIM = [four(103, bytes([0x20 + kind, subtype << 4, 0, 0]) + body) for kind, subtype, body in (
    (0, 0, HELLO), (2, 0, h("0100 0020 e1000003 0100 0a000009")),
    (3, 0, h("0100 0a00000d 00 01 00d2 0100 0020 e1000003 0002 0001 0100 0420 0a000001"
             "0100 0420 0a000002 0100 0720 0a000003")),
    (4, 0, h("1234 1e c0 0100 0a000001 0100 0004 e0000000 01 01 0000 0100 0a000003 0096 05 00")),
    (5, 0, h("0100 0020 e1000003 0100 0a000009 80000064 0000000a")),
    (8, 0, h("02 c0 0096 0100 0a000003 0100 0020 e1000003 0100 0010 e1010000")),
    (10, 3, h("0100 0a000003 00000064 0000000a 0100 0a000004 00000065 0000000b 03e8")),
    (10, 2, h("0100 0a000003 00000064 0000000a")))]

# --- SIP, SMTP, FTP ------------------------------------------------------------------------------

SIP = [udp(text.replace("\n", "\r\n").encode(), 5060, 5060) for text in (
    "INVITE sip:bob@b.example SIP/2.0\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK7\n"
    "From: Alice <sip:alice@a.example>;tag=19\nTo: Bob <sip:bob@b.example>\nCall-ID: a84b\n"
    "CSeq: 3 INVITE\nContact: <sip:alice@a.example>\nUser-Agent: phone/1\n"
    "Content-Type: application/sdp\nContent-Length: 0\n\n",
    "SIP/2.0 180 Ringing\nVia: SIP/2.0/UDP a.example\nFrom: <sip:alice@a.example>;tag=19\n"
    "To: <sip:bob@b.example>;tag=a6\nCall-ID: a84b\nCSeq: 3 INVITE\nContent-Length: 0\n\n",
    "BYE sip:alice@a.example SIP/2.0\nVia: SIP/2.0/UDP b.example\nFrom: <sip:bob@b.example>\n"
    "To: <sip:alice@a.example>\nCall-ID: a84b\nCSeq: 4 BYE\nContent-Length: 0\n\n")]
SMTP = [tcp(text, *ports, flags=0x18, seq=seq) for text, ports, seq in (
    (b"220 mail.example ready\r\n", (25, 40000), 1), (b"EHLO a.example\r\n", (40000, 25), 1),
    (b"250-mail.example\r\n250 PIPELINING\r\n", (25, 40000), 25),
    (b"MAIL FROM:<a@a.example>\r\n", (40000, 25), 17), (b"QUIT\r\n", (40000, 25), 42))]
FTP = [tcp(text, *ports, flags=0x18, seq=seq) for text, ports, seq in (
    (b"220 ready\r\n", (21, 40001), 1), (b"USER anonymous\r\n", (40001, 21), 1),
    (b"331 Which?\r\n", (21, 40001), 12), (b"PASV\r\n", (40001, 21), 17),
    (b"227 Entering Passive Mode (192,0,2,1,4,1)\r\n", (21, 40001), 24))]

# --- RTP and RTCP --------------------------------------------------------------------------------

RTP = [h("80 60 0001 00000064 deadbeef") + b"voice", h("b2 e0 0002 000000c8 deadbeef 00000001"
       "00000002 bede 0001 10ff0000") + b"more\0\0\0\4"]
RTCP = [h("80 c8 0006 deadbeef 83aa7e80 00000000 00000064 00000005 00000100"),
        h("81 c9 0007 deadbeef 00000001 01000002 00000003 00000004 00000005 00000006") +
        h("81 ca 0003 deadbeef 01 03") + b"a@b" + bytes(3),
        h("81 cb 0001 deadbeef")]

# --- RPC -----------------------------------------------------------------------------------------

UNIX = h("00000001 00000018 00000007 00000003") + b"abc\0" + h("000003e8 00000064 00000000")
NONE = h("00000000 00000000")
FILE, NAME = "00000020" + bytes(range(32)).hex(), "00000005" + b"file1".hex() + "000000"
OFFSET = "0000000100000200"
CALLED = [  # version, procedure, arguments, results
    (3, 1, FILE, "00000046"), (3, 3, FILE + "00000004" + b"file".hex(), "00000002 00000000"),
    (3, 4, FILE + "0000003f", "0000000d 00000000"), (3, 6, FILE + OFFSET + "00001000", "00000005"),
    (3, 7, FILE + OFFSET + "00000004 00000002 00000004 61626364", "0000001c"),
    (3, 12, FILE + NAME, "0000001e"), (3, 14, FILE + NAME + FILE + NAME, "00000012"),
    (3, 15, FILE + FILE + NAME, "0000001f"), (3, 0, "", ""),
    (3, 16, FILE + OFFSET + "0000000000000007 00000400", "00002713"),
    (3, 17, FILE + OFFSET + "0000000000000007 00000400 00002000", "00002714"),
    (3, 21, FILE + OFFSET + "00000800", "00002711"), (2, 1, FILE[8:], "00000046"),
    (2, 4, FILE[8:] + NAME, "00000002"),
    (2, 6, FILE[8:] + "00000100 00000200 00000000", "00000005"),
    (2, 11, FILE[8:] + NAME + FILE[8:] + NAME, "0000000d"),
    (2, 16, FILE[8:] + "00000009 00000400", "00000014"),
]
RPC = []
for xid, (version, procedure, asked, answer) in enumerate(CALLED, 17):
    RPC += [udp(h(f"{xid:08x} 00000000 00000002 000186a3 {version:08x} {procedure:08x}") + UNIX
                + NONE + h(asked), 950, 2049),
            udp(h(f"{xid:08x} 00000001 00000000 00000000 00000000 00000000 {answer}"), 2049, 950,
                src=B4, dst=A4)]

# --- 802.11 --------------------------------------------------------------------------------------

A, B, C = "001122334455", "66778899aabb", "0a0b0c0d0e0f"
SAFE = "30 14 0100 000fac04 0100 000fac04 0100 000fac02 0000"
WLAN = [
    h(f"8000 0000 ffffffffffff {A} {A} 1027") + h("0807060504030201 6400 1104") +
    h("0004") + b"home" + h(f"0104 82848b96 0301 06 0504 00010000 0706 4445 20 010d14 {SAFE}"
                            "dd07 0050f2 02 010203"),
    h(f"4000 3a01 {A} {B} {A} 2027") + h("0003") + b"caf" + h("0104 82848b96"),
    h(f"b000 3a01 {A} {B} {A} 3027 0000 0100 0000"),
    h(f"0000 3a01 {A} {B} {A} 4027 3104 0a00 0004") + b"home" + h("0104 82848b96"),
    h(f"c000 3a01 {A} {B} {A} 5027 0300"), h(f"0801 2c00 {A} {B} {C} 6027") +
    h("aaaa03 000000 0800") + ipv4(17, bytes(8)),
    h(f"8841 2c00 {A} {B} {C} 7027 0000 0123456789abcdef") + bytes(16),
    h(f"0842 0000 {A} {B} {C} 8027 0123452011223344") + bytes(16),
    h(f"d400 0000 {A}"), h(f"b400 1234 {A} {B}"), h(f"c400 1234 {A}"), h(f"a4 00 01c0 {A} {B}"),
]

# --- BGP, LSP ping, sFlow, IKE -------------------------------------------------------------------


def bgp(kind: int, body: bytes) -> bytes:
    return bytes([255] * 16) + struct.pack(">HB", len(body) + 19, kind) + body


def attribute(kind: int, value: bytes, flags: int = 0x40) -> bytes:
    return bytes([flags, kind, len(value)]) + value


def update(attributes: bytes, routes: bytes = b"") -> bytes:
    return bgp(2, struct.pack(">HH", 0, len(attributes)) + attributes + routes)


RD, ESI = h("0001 04040404 0004"), h("00112233445566778899")
EVPN = b"".join(bytes([kind, len(value)]) + value for kind, value in (
    (2, RD + ESI + h("00000005 30 02060a0efaf3 20 0a000001 000065")),
    (3, RD + h("00000005 20 0a000002")), (4, RD + ESI + h("20 0a000003")),
    (1, RD + ESI + h("00000006 000066"))))
FIRST = attribute(1, b"\0") + attribute(2, h("0201 0000fde8"))
BGP = [tcp(octets, 179, 40002, flags=0x18, seq=number * 2000) for number, octets in enumerate((
    bgp(1, h("04 fde8 00b4 0a000001 10 02 0e 010400010001 0200 41040000fde8")), bgp(4, b""),
    update(FIRST + attribute(3, h("0a000009")) + attribute(4, h("00000064"), 0x80) +
           attribute(5, h("000000c8")) + attribute(9, h("0a000007"), 0x80) +
           attribute(10, h("0a000008 0a000009"), 0x80) +
           attribute(17, h("0202 00010000 0000fde8"), 0xC0), h("18 c00002 20 0a000009")),
    update(FIRST + attribute(14, h("0019 46 04 0a000009 00") + EVPN, 0x80) +
           attribute(16, h("0002 fde8 00000065 0102 0a000001 0007"), 0xC0)),
    bgp(3, h("0602")), bgp(4, b"") + bgp(4, b"")))]


def ping(*values: bytes) -> bytes:
    return udp(h("0001 0000 01 02 00 00 00000007 00000009 83aa7e80 80000000 00000000 00000000") +
               b"".join(padded(value) for value in values), 49200, 3503)


LSP_PING = [
    ping(tlv(1, padded(tlv(1, h("0a000001 20"))) + tlv(
        3, h("0a000002 0000 0005 0a000001 0a000001 0000 0009")))),
    ping(tlv(1, padded(tlv(10, h("0a000001 0a000002 00000064 0005")))),
         tlv(2, h("05dc 01 00 0a000003 0a000004 00 00 0000 00064103")), tlv(15, h("00000001")))]


def sample(kind: int, head: str, *records: tuple[int, bytes]) -> bytes:
    body = h(head) + struct.pack(">I", len(records)) + b"".join(
        struct.pack(">II", number, len(value)) + value for number, value in records)
    return struct.pack(">II", kind, len(body)) + body


def sflow(*samples: bytes) -> bytes:
    return udp(h("00000005 00000001 0a000001 00000002 00000003 00000064") +
               struct.pack(">I", len(samples)) + b"".join(samples), 49201, 6343)


HEADER = struct.pack(">IIII", 1, 1500, 4, 16) + bytes(16)
COUNTS = struct.pack(">IIQIIQIIIIIIQIIIIII", *range(1, 20))
SFLOW = [
    sflow(sample(1, "00000005 00000007 00000100 00001000 00000002 00000007 40000102",
                 (1, HEADER), (1001, struct.pack(">IIII", 10, 1, 20, 2))),
          sample(2, "00000006 00000008", (1, COUNTS), (2, struct.pack(">13I", *range(13))))),
    sflow(sample(3, "00000005 00000000 00000007 00000100 00001000 00000002 00000000 00000007"
                    "00000000 00000008", (1, HEADER)),
          sample(4, "00000006 00000000 00000008", (1, COUNTS)))]


def payloads(*parts: tuple[int, bytes]) -> bytes:
    """A chain behind IKE's header, whose first type stands there."""
    out = b""
    for place, (_, value) in enumerate(parts):
        following = parts[place + 1][0] if place + 1 < len(parts) else 0
        out += struct.pack(">BBH", following, 0, len(value) + 4) + value
    return out


def ike(version: int, exchange: int, flags: int, *parts: tuple[int, bytes]) -> bytes:
    body = payloads(*parts)
    return udp(h("0102030405060708 1112131415161718") + bytes(
        [parts[0][0], version, exchange, flags]) + struct.pack(">II", 0, 28 + len(body)) + body,
        500, 500)


SUITE2 = payloads((2, h("01 01 00 02") + payloads((3, h("01 00 000c 800e0080")),
                                                  (3, h("04 00 000e")))))
SUITE1 = h("00000001 00000001") + payloads((2, h("01 01 00 01") + payloads(
    (3, h("01 01 0000 80010007 800e0080 80020002 80030001 80040002 800b0001")))))
SELECTOR = h("01 000000 07 06 0010 0050 0051 0a000001 0a0000ff")
IKE = [
    ike(0x20, 34, 8, (33, SUITE2), (34, h("000e 0000") + bytes(8)), (40, bytes(16)),
        (41, h("00 00 4004") + bytes(20)), (41, h("00 00 4005") + bytes(20))),
    ike(0x20, 35, 8, (35, h("02 000000") + b"a.example"), (36, h("01 000000 0a000001")),
        (39, h("02 000000") + bytes(8)), (44, SELECTOR),
        (45, SELECTOR), (42, h("03 04 0002 00000001 00000002"))),
    ike(0x20, 35, 8, (37, h("04") + bytes(8))),
    ike(0x10, 2, 0, (1, SUITE1), (13, bytes(16))),
    ike(0x10, 5, 0, (11, h("00000001 01 00 000e")), (12, h("00000001 03 04 0001 00000009"))),
    ike(0x10, 4, 0, (4, bytes(16)), (10, bytes(8)), (5, h("01 11 01f4 0a000001"))),
]

# --- SCTP, EIGRP, CDP, RADIUS, DHCPv6, OSPF, IS-IS, MLD -----------------------------------------


def chunk(kind: int, flags: int, body: str) -> bytes:
    octets = h(body)
    return padded(struct.pack(">BBH", kind, flags, len(octets) + 4) + octets)


SCTP = [four(132, h("0b5a 0b5b 01020304 00000000") + one) for one in (
    chunk(1, 0, "00000007 00010000 000a 0014 0000004d 0005 0008 0a000001"),
    chunk(0, 3, "00000005 0001 0002 00000000 68656c6c6f"),
    chunk(3, 0, "00000005 00010000 0000 0000") + chunk(0, 3, "00000006 0001 0003 0000002e 6161"))]
EIGRP = [four(88, h("02 05 0000 00000000 00000000 00000000 0000 0064") + tlv(
    0x0001, b"")[:2] + h("000c 01 00 01 00 00 00 000f 0004 0008 0c04 0102")),
    four(88, h("02 01 0000 00000001 00000018 00000017 0000 0064") + h(
        "0102 001c 0a000009 00000a00 00006400 0005dc 00 ff 01 00 00 18 c0a802"))]
CDP = [llc(h("aaaa03 00000c 2000 02 b4 0000") + b"".join(
    struct.pack(">HH", kind, len(value) + 4) + value for kind, value in (
        (1, b"sw1.example"), (2, h("00000001 01 01 cc 0004 0a000001")), (3, b"Gi0/1"),
        (4, h("00000029")), (5, b"IOS 15"), (6, b"WS-C3560"), (9, b"lab"), (10, h("0001")),
        (11, h("01")), (22, h("00000001 01 01 cc 0004 0a000002")))))]
RADIUS = [udp(h("01 07 0026") + bytes(16) + h("01 06") + b"user" +
              h("04 06 0a000001 05 06 00000007"), 40000, 1812)]
DUID = h("0001 0001 18ef951b 000c299ba153")
DHCP6 = [
    udp(h("03 000102") + tlv(1, DUID) + tlv(2, h("0003 0001 000c299ba154")) + tlv(8, h("0000")) +
        tlv(3, h("00000001 00000e10 00001518")) + tlv(7, h("0a")) +
        tlv(23, h("20010db8000000000000000000000001")), 546, 547),
    udp(h("0c 01") + h("20010db8000000000000000000000001 fe800000000000000000000000000001"),
        547, 547)]


def ospf(version: int, kind: int, body: bytes) -> bytes:
    rest = bytes(8) if version == 2 else b""
    head = bytes([version, kind]) + struct.pack(">H", 16 + len(rest) + len(body)) + h(
        "0a000001 00000000 0000 0000") + rest
    return (four if version == 2 else six)(89, head + body)


def lsa(head: str, body: str) -> bytes:
    octets = h(body)
    return h(head) + struct.pack(">H", len(octets) + 20) + octets


OSPF = [
    ospf(2, 1, h("ffffff00 000a 02 01 00000028 0a000001 0a000002 0a000003")),
    ospf(2, 2, h("05dc 02 07 00000009")), ospf(2, 3, h("00000001 0a000001 0a000002")),
    ospf(2, 4, h("00000003") + lsa("0001 02 01 0a000001 0a000001 80000001 1234",
                                   "02 00 0001 0a000002 0a000001 01 00 000a") +
         lsa("0001 02 05 0a000000 0a000001 80000002 1235",
             "ff000000 80000014 0a000009 00000007") +
         lsa("0001 02 0a 04000000 0a000001 80000002 1235", "0007 0005 6e6f646531 000000"))]
OSPF3 = [ospf(3, 1, h("00000005 01 000013 000a 0028 0a000001 0a000002 0a000003")),
         ospf(3, 2, h("00 000013 05dc 00 07 00000009")),
         ospf(3, 3, h("0000 2001 00000001 0a000001")),
         ospf(3, 4, h("00000001") + lsa("0001 2001 00000000 0a000001 80000001 1234",
                                        "01 000033 01 00 000a 00000005 00000006 0a000002"))]


def isis(kind: int, size: int, head: str, values: str) -> bytes:
    body, octets = h(head), h(values)
    body = body.replace(b"\xee\xee", struct.pack(">H", 8 + len(body) + len(octets)))
    return llc(h("fefe03 83") + bytes([size, 1, 0, kind, 1, 0, 0]) + body + octets)


VALUES = "01 04 03490002 84 04 0a000001"
ISIS = [isis(15, 27, "01 192000000008 001e eeee 40 192000000009 02", VALUES + "08 02 0000"),
        isis(17, 20, "03 192000000008 001e eeee 07", VALUES),
        isis(18, 27, "eeee 04af 192000000008 00 01 00000031 92f6 0b", VALUES + "89 02 5232"),
        isis(24, 33, "eeee 192000000008 00 0000000000000000 ffffffffffffffff", "")]
MLD = [six(58, icmp6(130, 0, h("2710 0000") + bytes(16))),
       six(58, icmp6(131, 0, h("0000 0000 ff020000000000000000000000000005"))),
       six(58, icmp6(130, 0, h("2710 0000") + bytes(16) + h("02 7d 0000")))]


def olsr(*messages: tuple[int, str]) -> bytes:
    body = b"".join(struct.pack(">BBH", kind, 0x86, 12 + len(h(value))) + h("0a000001 01 00 0007") +
                    h(value) for kind, value in messages)
    return udp(struct.pack(">HH", 4 + len(body), 9) + body, 698, 698)


OLSR = [olsr((1, "0000 05 03 06 00 0008 0a000002 0a 00 000c 0a000003 0a000004"[:-9])),
        olsr((2, "0009 0000 0a000002 0a000003"), (3, "0a000005 0a000006"),
             (4, "0a010000 ffff0000")),
        olsr((201, "0000 05 03 06 00 000c 0a000002 ff80 0000"))]


def lmp(kind: int, *objects: tuple[int, int, str]) -> bytes:
    body = b"".join(struct.pack(">BBH", what, number, 4 + len(h(value))) + h(value)
                    for number, what, value in objects)
    return udp(struct.pack(">HBBHH", 0x1000, 0, kind, 8 + len(body), 0) + body, 701, 701)


LMP = [lmp(1, (1, 1, "00000007"), (5, 1, "00000009"), (2, 1, "0a000001"), (6, 0x81, "01f405dc")),
       lmp(4, (1, 1, "00000007"), (7, 1, "00000003 00000004")),
       lmp(14, (5, 1, "0000000a"), (11, 1, "03 000000 0a000001 0a000002"),
           (12, 1, "01 000000 0a000003 0a000004 01 0c 01 02 4cee6b28 4cee6b28"))]


def unprinted(name: str) -> list[bytes]:
    return [one.packet() for one in unprinted_traffic.SAMPLES if one.name == name]


PACKETS: dict[str, Made] = {
    "sctp": Made(SCTP, ("sctp",)), "eigrp": Made(EIGRP, ("eigrp",)), "cdp": Made(CDP, ("cdp",)),
    "radius": Made(RADIUS, ("radius",)), "dhcp6": Made(DHCP6, ("dhcp6",)),
    "ospf": Made(OSPF, ("ospf",)), "ospf3": Made(OSPF3, ("ospf3",)), "isis": Made(ISIS, ("isis",)),
    "olsr": Made(OLSR, ("olsr",)), "lmp": Made(LMP, ("lmp",)),
    "mld": Made(MLD, ("icmp6",)), "gtp": Made(unprinted("gtp"), ("gtp",)),
    "kerberos": Made(unprinted("kerberos"), ("kerberos",)),
    "tls": Made([tls_traffic.segment(one, port=40010 + i) for i, one in enumerate(
        tls_traffic.MADE)], ("tls",)),
    "snmp": Made([udp(one, 161, 49152 if one[3] else 161) for one in SNMP], ("snmp",)),
    "ldp": Made([udp(one, 646, 646) for one in LDP_UDP] + [
        tcp(one, 646, 40003, flags=0x18, seq=3000 * i) for i, one in enumerate(LDP_TCP)],
        ("ldp",)),
    "l2tp": Made([udp(one, 1701, 1701) for one in L2TP], ("l2tp",)),
    "tftp": Made([udp(one, 1025 + i, 69) for i, one in enumerate(TFTP)], ("tftp",)),
    "rip": Made([udp(one, 520, 520) for one in RIP], ("rip",)),
    "nfs": Made(RPC, ("nfs",)), "ripng": Made([udp(one, 521, 521) for one in RIPNG], ("ripng",)),
    "lldp": Made(LLDP, ("lldp",)), "lacp": Made(LACP, ("lacp",)), "stp": Made(STP, ("stp",)),
    "rsvp": Made(RSVP, ("rsvp",)), "igmp": Made(IGMP, ("igmp",)), "pim": Made(PIM, ("pim",)),
    "sip": Made(SIP, ("sip",)), "smtp": Made(SMTP, ("smtp",)), "ftp": Made(FTP, ("ftp",)),
    "rtp": Made([udp(one, 5004, 5004) for one in RTP], ("rtp",),
                shark=("-d", "udp.port==5004,rtp"), placed="rtp"),
    "rtcp": Made([udp(one, 5005, 5005) for one in RTCP], ("rtcp",),
                 shark=("-d", "udp.port==5005,rtcp"), placed="rtcp"),
    "wlan": Made(WLAN, ("wlan",), link_type=105),
    "bgp": Made(BGP, ("bgp",)), "lsp-ping": Made(LSP_PING, ("lsp-ping",)),
    "sflow": Made(SFLOW, ("sflow",)), "isakmp": Made(IKE, ("isakmp",)),
}
