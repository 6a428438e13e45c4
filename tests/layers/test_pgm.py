"""PGM over IP and in UDP: the text is tcpdump's, or what tcpdump 5 writes."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of

import fyke
from fyke.layers.transport.pgm import Pgm

FOUR = b"\0\1\0\0\x0a\0\0\1"
SIX = b"\0\2\0\0" + b"\x20\1\x0d\xb8" + bytes(11) + b"\1"


def pgm(kind: int, body: bytes = b"", options: bytes = b"", length: int = 0) -> bytes:
    return struct.pack(">HHBBH6sH", 1234, 5678, kind, 1 if options else 0, 0xABCD, b"source",
                       length) + body + options


def options(*some: bytes, total: int | None = None, last: int = 0x80) -> bytes:
    size = 4 + sum(map(len, some)) if total is None else total
    listed = list(some)
    if listed:
        listed[-1] = bytes([listed[-1][0] | last]) + listed[-1][1:]
    return struct.pack(">BBH", 0, 4, size) + b"".join(listed)


def option(kind: int, data: bytes = b"", size: int | None = None) -> bytes:
    return bytes([kind, 4 + len(data) if size is None else size]) + b"\0\0" + data


NUMBERS = struct.pack(">III", 1, 2, 3)
DATA = struct.pack(">II", 7, 5)
BODIES = [
    pgm(0, NUMBERS + FOUR), pgm(0, NUMBERS + SIX), pgm(0, NUMBERS + b"\0\7\0\0abcd"),
    pgm(4, DATA + b"data", length=4), pgm(5, DATA + b"data", length=4),
    *(pgm(kind, b"\0\0\0\x09" + address) for kind in (8, 9, 10)
      for address in (FOUR, SIX, b"\0\x63\0\0", FOUR + b"\0\x63\0\0")),
    pgm(12), pgm(0x1F, b"x")]
OPTIONS = [
    pgm(4, DATA, some) + b"data" for some in (
        options(), options(total=3), b"\1\4\0\4", b"\0\5\0\4", options(option(0x0D), last=0),
        options(option(0x0D), option(0x0E), option(0x0F), option(0x11), option(0x0B)),
        options(option(1, NUMBERS), option(3, NUMBERS[:4]), option(4, NUMBERS[:8])),
        options(option(5, NUMBERS[:8]), option(8, NUMBERS[:4]), option(9, NUMBERS[:4])),
        options(option(0x0A, NUMBERS[:4]), option(0), option(2, NUMBERS), option(2)),
        options(option(2, b"abcdef")), options(option(7, FOUR), option(7, SIX)),
        options(option(7, FOUR + b"x")), options(option(7, SIX + b"x")), options(option(7)),
        options(option(7, b"\0\7\0\0abcd")), options(option(0x12, b"abcd" + FOUR)),
        options(option(0x13, b"abcd" + SIX)), options(option(0x12, b"abcd" + SIX + b"x")),
        options(option(0x13, b"abcd" + FOUR + b"x")), options(option(0x12, b"abcd")),
        options(option(0x13)), options(option(0x13, b"abcd\0\7\0\0x")),
        options(option(0x0C, b"abcd")), options(option(0x10)), options(option(0x63, b"ab")),
        options(option(0x0D, size=3)), options(option(0x0D, size=9)), options(total=6),
        options(option(0x0D), total=9, last=0),
        *(options(option(kind, b"x")) for kind in (0, 1, 3, 4, 5, 8, 9, 10, 11, 13, 14, 15, 17)))]
PACKETS = [transport.ethernet(octets) for octets in (
    *(transport.ip4(113, octets) for octets in BODIES + OPTIONS),
    *(transport.ip6(113, octets) for octets in BODIES[:4]))]
IN_UDP = [transport.udp(octets) for octets in BODIES + OPTIONS]
ZMTP = [transport.udp(pgm(4, DATA + octets, length=len(octets) + more)) for octets, more in (
    (b"\0\0\5\0abcd\2\1x", 0), (b"\xff\xff" + bytes(range(200)), 0), (b"\0\3abc\2\0x", 0),
    (b"\0\x63abc", 0), (b"\0\0\x09\0abc", 0), (b"\0\x08abc", 9), (b"\0\1a\0\1\0", 0))]


@needs_tcpdump
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("packets", "packet_type"), [
    (PACKETS, ""), (IN_UDP, "pgm"), (ZMTP, "pgm")], ids=["ip", "udp", "data"])
def test_as_tcpdump(tmp_path: Path, style: str, packets: list[bytes], packet_type: str) -> None:
    # of an address of another family tcpdump 4.99 says that it was cut, 5.0 that it cannot be
    packets = [packet for packet in packets if not text_of(
        packet, packet_type=packet_type, verbose=1).endswith(" (invalid)")]
    assert_same(tmp_path / "some.pcap", packets, style, 1,
                lambda text: text.replace(" payload length: ", ", payload length "), packet_type)


@needs_tcpdump
@pytest.mark.parametrize("style", ["", "-v", "-vv"])
def test_zmtp_as_tcpdump(tmp_path: Path, style: str) -> None:
    assert_same(tmp_path / "some.pcap", ZMTP, style, 1,
                lambda text: text.replace("(-|-|-|-|-|-|-|-)", "(none)")
                .replace("(-|-|-|-|-|-|-|MORE)", "(MORE)"), "pgm_zmtp1")


@pytest.mark.parametrize(("octets", "expected"), [
    (pgm(1, b"\0\0\0\1\0\2\0\3" + FOUR + NUMBERS),
     "POLL seq 1 round 2 nla 10.0.0.1 ivl 1 rnd 0x00000002 mask 0x00000003 [44]"),
    (pgm(2, b"\0\0\0\1\0\2\0\3"), "POLR seq 1 round 2 [24]"),
    (pgm(8, b"\0\0\0\x09" + FOUR + SIX), "NAK (10.0.0.1 -> 2001:db8::1), seq 9 [48]"),
    (pgm(13, DATA), "ACK seq 7 [24]"),  # tcpdump 4.99 takes 11 for it
    (pgm(12, b"", options(option(0x0D))), "SPMR OPTS LEN 8 SYN [24]")])
def test_lines(octets: bytes, expected: str) -> None:
    text = text_of(transport.udp(octets), packet_type="pgm", verbose=1)
    assert text.partition("PGM, length 0 0x736f75726365 ")[2] == expected


def test_prefixes() -> None:
    assert_prefixes_end(PACKETS)


def test_fields() -> None:
    packet = fyke.Packet(PACKETS[0])[Pgm]
    assert (packet.src_port, packet.dst_port, packet.type) == (1234, 5678, 0)
    assert packet.source_id == b"source"

