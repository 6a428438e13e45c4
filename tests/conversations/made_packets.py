"""Frames and captures that the tests of conversations are made of."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from pathlib import Path

from fyke.files.writer import create
from fyke.wire import Record

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
CLIENT, SERVER = "10.0.0.1", "192.0.2.80"
SECOND = 10**9
START = 1_700_000_000 * SECOND


def ethernet(payload: bytes, kind: int = 0x0800) -> bytes:
    return bytes.fromhex("020000000002020000000001") + struct.pack(">H", kind) + payload


def ip(source: str, target: str, proto: int, payload: bytes, *, ident: int = 1, offset: int = 0,
       more: bool = False) -> bytes:
    """An Ethernet frame with an IP packet; with ``offset`` or ``more`` a fragment."""
    a, b = ip_address(source), ip_address(target)
    if a.version == 4:
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident,
                           (0x2000 if more else 0) | offset >> 3, 64, proto, 0)
        return ethernet(head + a.packed + b.packed + payload)
    if offset or more:
        payload = struct.pack(">BBHI", proto, 0, offset | more, ident) + payload
        proto = 44
    head = struct.pack(">IHBB", 6 << 28, len(payload), proto, 64)
    return ethernet(head + a.packed + b.packed + payload, 0x86DD)


def tcp(sport: int, dport: int, seq: int, ack: int, flags: int, payload: bytes = b"",
        options: bytes = b"", window: int = 1000) -> bytes:
    size = 20 + len(options)
    return struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, size << 2,
                       flags, window, 0, 0) + options + payload


def udp(sport: int, dport: int, payload: bytes) -> bytes:
    return struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload


def segment(from_client: bool, seq: int, ack: int, flags: int, payload: bytes = b"",
            options: bytes = b"", window: int = 1000) -> bytes:
    """Between CLIENT:40000 and SERVER:80."""
    if from_client:
        return ip(CLIENT, SERVER, 6, tcp(40000, 80, seq, ack, flags, payload, options, window))
    return ip(SERVER, CLIENT, 6, tcp(80, 40000, seq, ack, flags, payload, options, window))


def capture(path: Path, frames: Iterable[bytes | tuple[int, bytes]], link_type: int = 1) -> str:
    """A savefile; frames are a millisecond apart, or have nanoseconds since START."""
    sink = create(str(path), link_type=link_type, format="pcap", nanoseconds=True)
    for number, frame in enumerate(frames):
        time, data = frame if isinstance(frame, tuple) else (number * 10**6, frame)
        sink.add(Record(data, link_type, START + time))
    sink.close()
    return str(path)


def fragments(source: str, target: str, proto: int, payload: bytes, sizes: Sequence[int],
              ident: int = 7) -> list[bytes]:
    """A datagram in pieces of these sizes (multiples of 8); the rest is the last one."""
    out, at = [], 0
    for size in sizes:
        out.append(ip(source, target, proto, payload[at:at + size], ident=ident, offset=at,
                      more=True))
        at += size
    out.append(ip(source, target, proto, payload[at:], ident=ident, offset=at))
    return out
