"""Builds packets of UDP, TCP and DNS for the tests: every field can be chosen, also wrongly."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Iterator

A4, B4 = "192.0.2.1", "198.51.100.77"
A6, B6 = "2001:db8::1", "fe80::2:3"
SYN, FIN, RST, PSH, ACK, URG = 2, 1, 4, 8, 16, 32


def checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def ip4(proto: int, payload: bytes, src: str = A4, dst: str = B4, flags: int = 0,
        ident: int = 7) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, flags, 64, proto, 0)
    head += socket.inet_aton(src) + socket.inet_aton(dst)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ip6(proto: int, payload: bytes, src: str = A6, dst: str = B6) -> bytes:
    return (struct.pack(">IHBB", 6 << 28, len(payload), proto, 64)
            + socket.inet_pton(socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst)
            + payload)


def packed(address: str) -> bytes:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.inet_pton(family, address)


def pseudo(src: str, dst: str, proto: int, length: int) -> bytes:
    return packed(src) + packed(dst) + struct.pack(">IHBB", length, 0, 0, proto)


def udp(payload: bytes, sport: int = 1025, dport: int = 4000, *, src: str = A4, dst: str = B4,
        length: int | None = None, sum_: int | None = None) -> bytes:
    size = 8 + len(payload) if length is None else length
    head = struct.pack(">HHHH", sport, dport, size, 0)
    if sum_ is None:
        sum_ = checksum(pseudo(src, dst, 17, 8 + len(payload)) + head + payload) or 0xFFFF
    data = head[:6] + struct.pack(">H", sum_) + payload
    return ethernet(ip6(17, data, src, dst) if ":" in src else ip4(17, data, src, dst))


def tcp(payload: bytes = b"", sport: int = 40000, dport: int = 7777, *, seq: int = 0, ack: int = 0,
        flags: int = ACK, options: bytes = b"", src: str = A4, dst: str = B4, window: int = 512,
        urgent: int = 0, sum_: int | None = None, offset: int | None = None) -> bytes:
    options += b"\0" * (-len(options) % 4)
    words = 5 + len(options) // 4 if offset is None else offset
    head = struct.pack(">HHIIHHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF,
                       words << 12 | flags, window, 0, urgent) + options
    if sum_ is None:
        sum_ = checksum(pseudo(src, dst, 6, len(head + payload)) + head + payload)
    data = head[:16] + struct.pack(">H", sum_) + head[18:] + payload
    return ethernet(ip6(6, data, src, dst) if ":" in src else ip4(6, data, src, dst))


def ethernet(packet: bytes) -> bytes:
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    return bytes.fromhex("020000000002020000000001") + struct.pack(">H", kind) + packet


def conversation(src: str, dst: str, payload: bytes = b"x" * 100) -> Iterator[bytes]:
    """A whole TCP conversation, whose sequence numbers wrap."""
    syn = bytes.fromhex("020405b40402080a000003e80000000001030307")
    stamp = bytes.fromhex("0101080a000003e9000007d0")
    a, b = 0xFFFFFFF0, 1000
    there = {"src": src, "dst": dst}
    back = {"src": dst, "dst": src, "sport": 7777, "dport": 40000}
    yield tcp(seq=a, flags=SYN, options=syn, **there)
    yield tcp(seq=b, ack=a + 1, flags=SYN | ACK, options=syn, **back)
    yield tcp(seq=a + 1, ack=b + 1, options=stamp, **there)
    yield tcp(payload, seq=a + 1, ack=b + 1, flags=PSH | ACK, options=stamp, **there)
    sack = bytes.fromhex("0101050a") + struct.pack(">II", (a + 201) & 0xFFFFFFFF,
                                                   (a + 301) & 0xFFFFFFFF)
    yield tcp(seq=b + 1, ack=a + 101, options=sack, **back)
    yield tcp(b"y" * 9, seq=b + 1, ack=a + 101, flags=PSH | ACK | URG, urgent=3, **back)
    yield tcp(seq=a + 101, ack=b + 10, flags=FIN | ACK, **there)
    yield tcp(seq=b + 10, ack=a + 102, flags=FIN | ACK, **back)
    yield tcp(seq=a + 102, flags=RST, **there)


TCP_OPTIONS = [
    "0204", "020305", "0303", "0402", "0500", "050a0000000100000002", "05060000",
    "0606000000010000", "0706000000020000", "0b06000000030000", "0c06000000040000",
    "0d060000000500", "1404ab11", "1c048003", "1c040010", "1d04aabb",
    "1d10112233445566778899aabbcc",
    "1d03aa", "2202", "22060102ab01", "2203aa", "fe04f989", "fe08f98901020304", "fe04abcd",
    "fe03aa", "63051122aa", "6302", "01010101", "00000000", "ff", "0001", "080a0000000100000002",
    "080b000000010000000200", "1e0cc0", "1e082001aabbccdd", "1e0821aabbccddee", "0801", "0900",
]


def tcp_oddities() -> Iterator[bytes]:
    """Every option, whole and broken; every flag; headers that cannot be."""
    for text in TCP_OPTIONS:
        yield tcp(b"data", options=bytes.fromhex(text), ack=5, seq=77)
    for flags in range(0, 256, 7):
        yield tcp(seq=4, ack=9 if flags & ACK else 0, flags=flags, sport=50000 + flags)
    yield tcp(b"text in a reset", flags=RST | ACK, sport=3)
    yield tcp(b"long text \x01\xff in a reset, longer than is shown", flags=RST | ACK, sport=3)
    yield tcp(b"abc", sum_=0x1234, sport=4)
    yield tcp(b"", offset=4, sport=5)
    yield tcp(b"", offset=15, sport=6)
    yield tcp(b"odd", src=A6, dst=B6, sum_=1)
    yield tcp(b"same ports", src=B4, dst=A4, sport=9999, dport=9999)
    yield tcp(b"same ports", src=A4, dst=B4, sport=9999, dport=9999, seq=5, ack=9)


def udp_oddities() -> Iterator[bytes]:
    yield udp(b"hello")
    yield udp(b"")
    yield udp(b"no checksum", sum_=0)
    yield udp(b"bad checksum", sum_=0x4321)
    yield udp(b"six", src=A6, dst=B6)
    yield udp(b"six without", src=A6, dst=B6, sum_=0)
    yield udp(b"says more", length=300)
    yield udp(b"says less than it is", length=12)
    first = ip4(17, struct.pack(">HHHH", 9, 10, 5000, 1) + b"f" * 16, flags=0x2000)
    yield ethernet(first)
    yield ethernet(ip4(17, b"g" * 24, flags=0x2003))


def name(text: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".") if part) + b"\0"


def record(kind: int, data: bytes, owner: bytes = b"\xc0\x0c", klass: int = 1,
           ttl: int = 93784) -> bytes:
    return owner + struct.pack(">HHIH", kind, klass, ttl, len(data)) + data


def message(flags: int, sections: tuple[list[bytes], ...], ident: int = 4660) -> bytes:
    counts = [len(section) for section in sections]
    return struct.pack(">HH4H", ident, flags, *counts) + b"".join(
        part for section in sections for part in section)


DATA: dict[int, bytes] = {
    1: b"\xc0\x00\x02\x05", 2: b"\x03ns1\xc0\x0c", 5: b"\x01c\xc0\x0c", 12: b"\x01p\xc0\x0c",
    6: name("ns.example.org") + b"\x05admin\xc0\x0c" + struct.pack(">5I", 1, 2, 3, 4, 5),
    15: b"\0\x0a\x02mx\xc0\x0c", 16: b"\x03one\x05t\x01w\xff\"", 28: bytes(range(16)),
    33: b"\0\x01\0\x02\x14\x66\x03srv\xc0\x0c", 38: b"\x40" + bytes(range(8)) + b"\x02a6\xc0\x0c",
    39: b"\x01d\xc0\x0c", 250: name("hmac-md5") + bytes(6) + b"\x01\x2c\0\x02xy\x12\x34\0\0\0\0",
    256: b"\0\x01\0\x02http://x/",
}


#: Types that tcpdump 4.99 had no name for yet.
NAMED_LATER = {36, *range(37, 38), 40, 42, *range(43, 66), 104, 105, 106, 107, 108, 109, 249, 251,
               *range(256, 261), 32768, 32769}


def dns_messages() -> Iterator[bytes]:
    question = name("www.example.org") + b"\0\x01\0\x01"
    yield message(0x0100, ([question], [], [], []))
    yield message(0x0110, ([question, b"\xc0\x0c\0\x1c\0\x03"], [], [], []))
    for kind in (*range(1, 66), *range(99, 110), *range(249, 261), 32768, 32769, 4711):
        data = DATA.get(kind, b"\x01\x02\x03\x04")
        if kind != 41 and kind not in NAMED_LATER:
            yield message(0x8580, ([question], [record(kind, data)], [record(2, DATA[2])],
                                   [record(1, DATA[1]), record(28, DATA[28], klass=3)]))
    for opcode in range(16):
        yield message(opcode << 11 | 0x0320, ([question], [record(1, DATA[1])], [], []))
        yield message(0x8000 | opcode << 11 | opcode, ([question], [], [], []))
    for extended in (0, 1, 2):
        edns = b"\0" + struct.pack(">HHBBHH", 41, 1232, extended, 0, 0x8000, 0)
        yield message(0x8187, ([question], [], [], [edns]))
    for option in ("0008000700011800c00002", "000a00080102030405060708", "000b00020005",
                   "000c00040000", "00030004ab01ff00", "00050002050d", "000e00020102", "00090000",
                   "00080003000118", "004d0001ff"):
        data = bytes.fromhex(option)
        edns = b"\0" + struct.pack(">HHIH", 41, 4096, 0, len(data)) + data
        yield message(0x0100, ([question], [], [], [edns]))
    yield message(0x0100, ([b"\xc0\x20\0\x01\0\x01"], [], [], []))  # points forward
    yield message(0x0100, ([b"\x41\x08\xff\0\0\x01\0\x01"], [], [], []))  # a bit label
    yield message(0x0100, ([b"\x80\0\x01\0\x01"], [], [], []))
    yield message(0x0100, ([name("." .join(["a" * 60] * 6)) + b"\0\x01\0\x01"], [], [], []))
    yield message(0x8400, ([], [record(1, DATA[1], name("a.local"), 0x8001)], [], []))
    yield message(0x0000, ([name("b.local") + b"\0\xff\x80\x01"], [], [], []))
    yield b"\0\x01\0"


def dns_packets() -> Iterator[bytes]:
    for data in dns_messages():
        yield udp(data, 53, 3535)
        yield udp(data, 5353, 5353)
        yield tcp(struct.pack(">H", len(data)) + data, 53, 3535)
    yield tcp(b"\0\x20" + b"x" * 12, 53, 3535)
    yield tcp(b"\0", 53, 3535)


TEXTS = [
    b"GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n\x00\x01",
    b"220 ready\r\n", b"MAIL FROM:<x>\r\nRCPT TO:<y>\r\n", b"\xff\xfe\x00",
    b"post /x HTTP/1.0\nbare: newline\n", b"HTTP/1.1 2x0 no\r\n", b"INVITE sip:a SIP/2.0\r\n",
    b"SETUP rtsp://a RTSP/1.0\r\n", b"RTSP/1.0 404 no\r\n\r\n", b"GET /\rcr\r\n",
]
TEXT_PORTS = (25, 80, 8080, 21, 554, 8554, 43)


def text_packets() -> Iterator[bytes]:
    for text in TEXTS:
        for port in TEXT_PORTS:
            yield tcp(text, 50001, port, flags=PSH | ACK)
        yield udp(text, 5060, 5060)


TFTP_MESSAGES = [
    b"\0\1file\0octet\0", b"\0\2file\0octet\0blksize\x001432\0tsize\x000\0", b"\0\3\0\1data",
    b"\0\4\0\1", b"\0\5\0\1File not found\0", b"\0\6blksize\x001432\0", b"\0\7abc", b"\0\1file",
    b"\0", b"\0\5\0\x55x\0", b"\0\4\0", b"\0\1\0oct\0",
]
SYSLOG_MESSAGES = [
    b"<13>Hello world\x01", b"<191>x\n", b"<999>x", b"nothing", b"<1>",
    b"<34>1 2003-10-11T22:14:15.003Z m su - ID47 - BOM'su root' failed",
]


def rip_entry(family: int, tag: int, *words: int) -> bytes:
    return struct.pack(">HHIIII", family, tag, *words)


def small_packets() -> Iterator[bytes]:
    """TFTP, syslog, RIP, RIPng."""
    for text in TFTP_MESSAGES:
        yield udp(text, 40000, 69)
    for text in SYSLOG_MESSAGES:
        yield udp(text, 40000, 514)
    for version in (1, 2):
        tag, mask, hop = (7, 0xFF000000, 0x0A000001) if version > 1 else (0, 0, 0)
        routes = (rip_entry(2, tag, 0x0A000000, mask, hop, 1)
                  + rip_entry(2, 0, 0x0B000000, 0xFFFF0000, 0, 16) + rip_entry(0, 0, 0, 0, 0, 16)
                  + rip_entry(0xFFFF, 2, 0x41414141, 0x42000000, 0, 0)
                  + rip_entry(0xFFFF, 3, 0x41414141, 0x42000000, 0, 0)
                  + rip_entry(5, 5, 5, 5, 5, 5))
        for command in (1, 2, 4, 12):
            yield udp(bytes([command, version, 0, 0]) + routes, 520, 520)
    prefixes = b"".join(bytes.fromhex("20010db8") + bytes(12) + struct.pack(">HBB", tag, 32, metric)
                        for tag, metric in ((0, 1), (5, 16), (0, 0), (0, 255)))
    for command in (1, 2, 7):
        yield udp(bytes([command, 1, 0, 0]) + prefixes, 521, 521, src=A6, dst=B6)
    yield udp(b"\1\1\0\0" + bytes(19) + b"\x10", 521, 521, src=A6, dst=B6)
    yield udp(b"\2\1\0\0" + bytes(19) + b"\x10123", 521, 521, src=A6, dst=B6)


def everything() -> list[bytes]:
    """All of it, in an order that mixes protocols; cut packets among them."""
    packets = [*conversation(A4, B4), *conversation(A6, B6), *tcp_oddities(), *udp_oddities(),
               *dns_packets(), *text_packets(), *small_packets()]
    random.Random(9).shuffle(packets[60:])
    return packets


def savefile(packets: list[bytes], snaplen: int = 262144) -> bytes:
    """A pcap file; packets longer than ``snaplen`` are cut."""
    out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, 1)]
    for number, packet in enumerate(packets):
        kept = packet[:snaplen]
        out.append(struct.pack("<IIII", 1_700_000_000 + number, number * 7 % 1_000_000, len(kept),
                               len(packet)) + kept)
    return b"".join(out)
