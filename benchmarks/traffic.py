"""Makes a savefile with a realistic mix of packets, the same one every time.

    python -m benchmarks.traffic FILE COUNT

TCP conversations (most packets and octets), DNS over UDP, QUIC-like UDP, ARP, ICMP and IPv6,
in interleaved flows with rising time stamps. Link type Ethernet, microseconds.
"""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Iterator

PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
START = 1_700_000_000_000_000  # microseconds since the epoch


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(kind: int, payload: bytes) -> bytes:
    return bytes.fromhex("02000000000202000000000a") + struct.pack("!H", kind) + payload


def ipv4(proto: int, source: int, target: int, payload: bytes, ident: int = 1) -> bytes:
    head = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(payload), ident & 0xFFFF, 0x4000, 64,
                       proto, 0, source, target)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ipv6(proto: int, source: int, target: int, payload: bytes) -> bytes:
    prefix = bytes.fromhex("20010db8000000000000000000000000")[:12]
    return (struct.pack("!IHBB", 0x60000000, len(payload), proto, 64)
            + prefix + source.to_bytes(4, "big") + prefix + target.to_bytes(4, "big") + payload)


def over(version: int, proto: int, source: int, target: int, payload: bytes) -> bytes:
    """The payload with its checksum mended, in an IP packet, in an Ethernet frame."""
    pseudo = struct.pack("!IIBBH", source, target, 0, proto, len(payload))
    if version == 6:
        packet = ipv6(proto, source, target, payload)
        pseudo = packet[8:40] + struct.pack("!II", len(payload), proto)
    place = {6: 16, 17: 6, 58: 2}[proto]
    mended = payload[:place] + struct.pack("!H", checksum(pseudo + payload)) + payload[place + 2:]
    if version == 6:
        return ethernet(0x86DD, ipv6(proto, source, target, mended))
    return ethernet(0x0800, ipv4(proto, source, target, mended, source ^ target))


def tcp(sport: int, dport: int, seq: int, ack: int, bits: int, payload: bytes = b"",
        tick: int = 0) -> bytes:
    if bits & 2:
        options = struct.pack("!BBHBBBBIIBBB", 2, 4, 1460, 4, 2, 8, 10, tick, 0, 1, 3, 3) + b"\x07"
        options = options[:20]
    else:
        options = struct.pack("!BBBBII", 1, 1, 8, 10, tick & 0xFFFFFFFF, tick & 0xFFFFFFFF)
    offset = (20 + len(options)) // 4 << 4
    return struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, offset,
                       bits, 502, 0, 0) + options + payload


def udp(sport: int, dport: int, payload: bytes) -> bytes:
    return struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload


def conversation(rng: random.Random) -> Iterator[bytes]:
    """One TCP connection: handshake, a request, data and acknowledgements, the end."""
    version = 6 if rng.random() < 0.25 else 4
    client, server = 0x0A000000 | rng.randrange(1, 65000), 0x5DB80000 | rng.randrange(1, 65000)
    sport, dport = rng.randrange(32768, 61000), rng.choice((443, 443, 443, 80, 22, 8080))
    seq, ack, tick = rng.getrandbits(32), rng.getrandbits(32), rng.getrandbits(31)

    def out(bits: int, payload: bytes = b"") -> bytes:
        return over(version, 6, client, server, tcp(sport, dport, seq, ack, bits, payload, tick))

    def back(bits: int, payload: bytes = b"") -> bytes:
        return over(version, 6, server, client, tcp(dport, sport, ack, seq, bits, payload, tick))

    yield out(2)
    seq += 1
    yield back(18)
    ack += 1
    yield out(16)
    request = b"GET /index.html HTTP/1.1\r\nHost: example.org\r\n\r\n" if dport == 80 else (
        rng.randbytes(rng.randrange(40, 600)))
    yield out(24, request)
    seq += len(request)
    for _ in range(rng.randrange(4, 40)):
        data = rng.randbytes(rng.choice((1448, 1448, 1448, rng.randrange(1, 1448))))
        yield back(16, data)
        ack += len(data)
        tick += 3
        if rng.random() < 0.5:
            yield out(16)
    yield out(17)
    yield back(17)


def name(rng: random.Random) -> bytes:
    labels = [rng.choice((b"www", b"mail", b"cdn", b"api")), b"example%d" % rng.randrange(500),
              rng.choice((b"org", b"com", b"net"))]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def lookup(rng: random.Random) -> Iterator[bytes]:
    """A DNS query and its answer."""
    client, server = 0x0A000000 | rng.randrange(1, 65000), 0x0A000035
    port, number = rng.randrange(32768, 61000), rng.randrange(65536)
    question = name(rng) + struct.pack("!HH", rng.choice((1, 1, 28, 15)), 1)
    yield over(4, 17, client, server, udp(port, 53, struct.pack(
        "!HHHHHH", number, 0x0100, 1, 0, 0, 0) + question))
    answer = struct.pack("!HHHIH", 0xC00C, 1, 1, 300, 4) + rng.randbytes(4)
    yield over(4, 17, server, client, udp(53, port, struct.pack(
        "!HHHHHH", number, 0x8180, 1, 1, 0, 0) + question + answer))


def datagrams(rng: random.Random) -> Iterator[bytes]:
    """A few datagrams of some application."""
    ends = 0x0A000000 | rng.randrange(1, 65000), 0x5DB80000 | rng.randrange(1, 65000)
    version = 6 if rng.random() < 0.3 else 4
    port = rng.randrange(32768, 61000)
    for _ in range(rng.randrange(2, 20)):
        yield over(version, 17, *ends, udp(port, 40000, rng.randbytes(rng.randrange(20, 1300))))


def small_talk(rng: random.Random) -> Iterator[bytes]:
    """ARP or an echo."""
    one, two = 0x0A000000 | rng.randrange(1, 65000), 0x0A000000 | rng.randrange(1, 65000)
    if rng.random() < 0.5:
        yield ethernet(0x0806, bytes.fromhex("0001080006040001") + bytes.fromhex("02000000000a")
                       + one.to_bytes(4, "big") + bytes(6) + two.to_bytes(4, "big"))
        return
    for kind, ends in ((8, (one, two)), (0, (two, one))):
        body = struct.pack("!BBHHH", kind, 0, 0, 77, 1) + bytes(56)
        body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
        yield ethernet(0x0800, ipv4(1, *ends, body))


def packets(count: int, seed: int = 1) -> Iterator[bytes]:
    """``count`` frames of interleaved flows."""
    rng = random.Random(seed)
    makers, weights = (conversation, lookup, datagrams, small_talk), (45, 25, 15, 15)
    flows: list[Iterator[bytes]] = []
    made = 0
    while made < count:
        while len(flows) < 32:
            flows.append(rng.choices(makers, weights)[0](rng))
        at = rng.randrange(len(flows))
        frame = next(flows[at], None)
        if frame is None:
            flows.pop(at)
            continue
        made += 1
        yield frame


def write(path: str, count: int, seed: int = 1, distinct: int = 50_000) -> None:
    """A pcap file of ``count`` packets; after ``distinct`` the same frames come again."""
    frames = list(packets(min(count, distinct), seed))
    stamp = START
    with open(path, "wb") as file:
        file.write(PCAP_HEADER)
        for number in range(count):
            frame = frames[number % len(frames)]
            stamp += 17 + (number * 7919) % 200
            file.write(struct.pack("<IIII", stamp // 1_000_000, stamp % 1_000_000, len(frame),
                                   len(frame)) + frame)


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]))
