"""Conversations without an end: each maker yields the frames of one, as long as one asks.

A maker gets a source of chance and an IEEE 802.1Q tag (0: none), and draws its own addresses.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator

from benchmarks.frames import (
    ACK,
    ECHO_REPLY,
    ECHO_REPLY6,
    ECHO_REQUEST,
    ECHO_REQUEST6,
    MORE_FRAGMENTS,
    PSH,
    SYN,
    arp,
    echo,
    ethernet,
    ipv4,
    over,
    tcp,
    udp,
    with_checksum,
)

Flow = Iterator[bytes]
Maker = Callable[[random.Random, int], Flow]
SEGMENT = 1448  # octets of a full segment with time stamps
WORDS = b"the net stands in the stream and keeps what swims through it ".split()


def ends(rng: random.Random) -> tuple[int, int, int, int]:
    """IP version (a quarter is IPv6), client, server, and the client's port."""
    return (6 if rng.random() < 0.25 else 4, 0x0A000000 | rng.randrange(1, 1 << 20),
            0x5DB80000 | rng.randrange(1, 65000), rng.randrange(32768, 61000))


def prose(rng: random.Random, count: int) -> bytes:
    return b" ".join(rng.choices(WORDS, k=count))


def tcp_flow(rng: random.Random, vlan: int, port: int,
             exchange: Callable[[random.Random], tuple[bytes, int]]) -> Flow:
    """A handshake; then requests, answers of several segments, and acknowledgements."""
    version, client, server, sport = ends(rng)
    seq, ack, tick = rng.getrandbits(32), rng.getrandbits(32), rng.getrandbits(31)
    segment = SEGMENT if version == 4 else SEGMENT - 20  # IPv6's header is so much longer

    def out(bits: int, payload: bytes = b"") -> bytes:
        return over(version, 6, client, server, tcp(sport, port, seq, ack, bits, payload, tick),
                    vlan)

    def back(bits: int, payload: bytes = b"") -> bytes:
        return over(version, 6, server, client, tcp(port, sport, ack, seq, bits, payload, tick),
                    vlan)

    yield over(version, 6, client, server, tcp(sport, port, seq, 0, SYN, b"", tick), vlan)
    seq += 1
    yield back(SYN | ACK)
    ack += 1
    yield out(ACK)
    while True:
        request, size = exchange(rng)
        yield out(PSH | ACK, request)
        seq += len(request)
        while size > 0:
            data = rng.randbytes(min(size, segment))
            yield back(ACK if size > segment else PSH | ACK, data)
            ack += len(data)
            size -= len(data)
            tick += 3
            if rng.random() < 0.5 or size <= 0:
                yield out(ACK)


def tls(rng: random.Random, vlan: int) -> Flow:
    return tcp_flow(rng, vlan, 443, lambda rng: (
        b"\x17\3\3" + rng.randbytes(rng.randrange(40, 600)), rng.randrange(200, 20000)))


def ssh(rng: random.Random, vlan: int) -> Flow:
    return tcp_flow(rng, vlan, 22, lambda rng: (rng.randbytes(36), rng.choice((36, 36, 108, 900))))


def http(rng: random.Random, vlan: int) -> Flow:
    """Requests, and answers whose first segment is a header."""
    version, client, server, sport = ends(rng)
    seq, ack, tick = rng.getrandbits(32), rng.getrandbits(32), rng.getrandbits(31)
    while True:
        request = (b"GET /%s HTTP/1.1\r\nHost: www.example%d.org\r\nUser-Agent: net/1.0\r\n"
                   b"Accept: */*\r\n\r\n" % (rng.choice(WORDS), rng.randrange(500)))
        yield over(version, 6, client, server,
                   tcp(sport, 80, seq, ack, PSH | ACK, request, tick), vlan)
        seq += len(request)
        body = b"".join(prose(rng, 12) + b"\r\n" for _ in range(rng.randrange(2, 12)))
        answer = (b"HTTP/1.1 200 OK\r\nServer: fish\r\nContent-Type: text/plain\r\n"
                  b"Content-Length: %d\r\n\r\n" % len(body)) + body
        yield over(version, 6, server, client,
                   tcp(80, sport, ack, seq, PSH | ACK, answer, tick), vlan)
        ack += len(answer)
        tick += 5
        yield over(version, 6, client, server, tcp(sport, 80, seq, ack, ACK, b"", tick), vlan)


def host_name(rng: random.Random) -> bytes:
    labels = (rng.choice((b"www", b"mail", b"cdn", b"api")), b"example%d" % rng.randrange(500),
              rng.choice((b"org", b"com", b"net")))
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def dns(rng: random.Random, vlan: int) -> Flow:
    """Queries and answers of one client."""
    version, client, server, _ = ends(rng)
    while True:
        port, number = rng.randrange(32768, 61000), rng.randrange(65536)
        kind, size = rng.choice(((1, 4), (1, 4), (28, 16)))
        question = host_name(rng) + struct.pack("!HH", kind, 1)
        yield over(version, 17, client, server, udp(port, 53, struct.pack(
            "!HHHHHH", number, 0x0100, 1, 0, 0, 0) + question), vlan)
        answers = rng.randrange(1, 4)
        yield over(version, 17, server, client, udp(53, port, struct.pack(
            "!HHHHHH", number, 0x8180, 1, answers, 0, 0) + question + b"".join(
            struct.pack("!HHHIH", 0xC00C, kind, 1, 300, size) + rng.randbytes(size)
            for _ in range(answers))), vlan)


def quic(rng: random.Random, vlan: int) -> Flow:
    """An initial packet each way (RFC 9000, version 1), then short headers."""
    version, client, server, port = ends(rng)
    one, two = rng.randbytes(8), rng.randbytes(8)
    for target, source, sport, dport in ((one, two, port, 443), (two, one, 443, port)):
        head = b"\xc3\0\0\0\1\x08" + target + b"\x08" + source + b"\0" + b"\x44\x96"
        both = (client, server) if dport == 443 else (server, client)
        yield over(version, 17, *both, udp(sport, dport, head + rng.randbytes(0x496)), vlan)
    while True:
        inward = rng.random() < 0.7
        data = b"\x41" + (two if inward else one) + rng.randbytes(
            rng.choice((30, 200, 1200, 1200)))
        yield over(version, 17, *((server, client) if inward else (client, server)),
                   udp(*((443, port) if inward else (port, 443)), data), vlan)


def datagrams(rng: random.Random, vlan: int) -> Flow:
    """Some application that nobody knows."""
    version, client, server, port = ends(rng)
    while True:
        yield over(version, 17, client, server,
                   udp(port, 40000, rng.randbytes(rng.randrange(20, 1300))), vlan)


def ping(rng: random.Random, vlan: int) -> Flow:
    version, client, server, ident = ends(rng)
    number = 0
    while True:
        number = (number + 1) & 0xFFFF
        body = rng.randbytes(8) + bytes(range(48))
        if version == 6:
            yield over(6, 58, client, server, echo(ECHO_REQUEST6, ident, number, body), vlan)
            yield over(6, 58, server, client, echo(ECHO_REPLY6, ident, number, body), vlan)
            continue
        for kind, one, two in ((ECHO_REQUEST, client, server), (ECHO_REPLY, server, client)):
            yield ethernet(0x0800, ipv4(1, one, two, echo(kind, ident, number, body), number),
                           vlan)


def who_has(rng: random.Random, vlan: int) -> Flow:
    _, one, two, _ = ends(rng)
    while True:
        yield arp(1, one, two)
        yield arp(2, two, one)


def fragments(rng: random.Random, vlan: int) -> Flow:
    """Datagrams of 3,000 octets in three fragments of IPv4."""
    _, client, server, port = ends(rng)
    ident = rng.getrandbits(16)
    while True:
        ident += 1
        whole = with_checksum(4, 17, client, server, udp(port, 40001, rng.randbytes(3000)))
        for at in range(0, len(whole), 1480):
            more = MORE_FRAGMENTS if at + 1480 < len(whole) else 0
            yield ethernet(0x0800, ipv4(17, client, server, whole[at:at + 1480], ident,
                                        more | at // 8), vlan)


def syslog(rng: random.Random, vlan: int) -> Flow:
    version, client, server, port = ends(rng)
    while True:
        text = b"<%d>Nov 14 22:13:20 host%d fish[%d]: %s" % (
            rng.choice((6, 14, 30, 38, 86)), rng.randrange(99), rng.randrange(1, 32768),
            prose(rng, rng.randrange(5, 25)))
        yield over(version, 17, client, server, udp(port, 514, text), vlan)


def ntp(rng: random.Random, vlan: int) -> Flow:
    version, client, server, port = ends(rng)
    seconds = 0xE9000000
    while True:
        seconds += rng.randrange(60)
        stamps = [struct.pack("!II", seconds, rng.getrandbits(32)) for _ in range(4)]
        for first, one, two, sport, dport, stratum, reference in (
                (0x23, client, server, port, 123, 0, bytes(4)),  # a client has no clock to name
                (0x24, server, client, 123, port, 2, b"\x0a\0\0\7")):
            yield over(version, 17, one, two, udp(sport, dport, struct.pack(
                "!BBbbII4s", first, stratum, 6, -20, 0x100, 0x200, reference)
                + b"".join(stamps)), vlan)


def short_conversation(rng: random.Random) -> Flow:
    """Four frames: a connection that asks, is answered, and ends."""
    version, client, server, sport = ends(rng)
    seq, ack, tick = rng.getrandbits(32), rng.getrandbits(32), rng.getrandbits(31)
    request = b"\x16\3\1" + rng.randbytes(rng.randrange(20, 120))
    yield over(version, 6, client, server, tcp(sport, 443, seq, 0, SYN, b"", tick))
    yield over(version, 6, server, client, tcp(443, sport, ack, seq + 1, SYN | ACK, b"", tick))
    yield over(version, 6, client, server, tcp(
        sport, 443, seq + 1, ack + 1, PSH | ACK, request, tick))
    yield over(version, 6, server, client, tcp(
        443, sport, ack + 1, seq + 1 + len(request), 17, b"", tick))
