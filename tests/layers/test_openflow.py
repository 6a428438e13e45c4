"""OpenFlow 1.0 and 1.3: the text is tcpdump's."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, judged, needs_tcpdump, text_of

import fyke
from fyke.layers.application.openflow import OpenFlow


def message(version: int, kind: int, body: bytes = b"", length: int | None = None) -> bytes:
    return struct.pack(">BBHI", version, kind, 8 + len(body) if length is None else length,
                       0x12345) + body


def segments(version: int, bodies: list[tuple[int, bytes]]) -> list[bytes]:
    return [transport.tcp(message(version, kind, body), 40000, 6653) for kind, body in bodies]


def match(wildcards: int = 0, ethertype: int = 0x0800, protocol: int = 6) -> bytes:
    return struct.pack(">IH6s6sHBxHBBxx4s4sHH", wildcards, 3, b"\2\0\0\0\0\1", b"\2\0\0\0\0\2",
                       100, 5, ethertype, 8, protocol, b"\x0a\0\0\1", b"\x0a\0\0\2", 80, 443)


def action(kind: int, body: bytes = bytes(4), size: int | None = None) -> bytes:
    return struct.pack(">HH", kind, 4 + len(body) if size is None else size) + body


def port(state: int = 0x301, flags: int = 0xFFFFFFFF) -> bytes:
    return struct.pack(">H6s16s6I", 0xFFFE, b"\2\0\0\0\0\1", b"eth\x01name", flags, state, flags,
                       0xFFF, 0, 0x40)


BSN = bytes.fromhex("005c16c7")
EIGHT = bytes(range(8))
WILD = (1 << 22) - 1
ACTIONS = b"".join((
    action(0, b"\0\1\0\0"), action(0, b"\xff\xfd\1\0"), action(1, b"\0\5\0\0"),
    action(1, b"\xff\xff\0\0"), action(1, b"\x10\0\0\0"), action(2, b"\5\0\0\0"),
    action(2, b"\x08\0\0\0"), action(3), action(4, bytes(12)), action(5, EIGHT + bytes(4)),
    action(6, b"\x0a\0\0\1"), action(7), action(8, b"\x20\0\0\0"), action(9), action(10),
    action(11, b"\0\1" + bytes(6) + b"\xff" * 4), action(11, b"\0\1" + bytes(10)),
    action(0xFFFF, b"\0\0\0\x0c" + EIGHT), action(0xFFFF, BSN + b"\0\0\0\1" + EIGHT),
    action(0xFFFF, BSN + b"\0\0\0\1\0\0\0\7\x81\0\x31\1\0\0\0\0"),
    action(0xFFFF, BSN + b"\0\0\0\1\0\0\0\7\x12\x34\0\0\5\0\0\0"),
    action(0xFFFF, BSN + b"\0\0\0\2" + EIGHT[:4] + bytes(4)), action(12), action(4),
    action(0, EIGHT),
    action(0xFFFF, BSN)))
BAD_ACTIONS = (b"abc", action(0, size=4), action(0, size=99), action(0xFFFF, BSN + b"ab"))
FLOW_MOD = struct.pack(">QHHHHIHH", 7, 0, 1, 2, 3, 0xFFFFFFFF, 5, 3)
FLOW = struct.pack(">IIHHH6xQQQ", 1, 2, 3, 4, 5, 6, 7, 8)
FRAME = transport.udp(b"hello")
STATISTICS = [
    (0, bytes(1056)), (0, b"maker".ljust(256, b"\0") + b"x" * 800), (0, b"abc"),
    (1, struct.pack(">HBx", 88, 0xFF) + match(WILD) + FLOW
     + struct.pack(">HBx", 96, 1) + match() + FLOW + action(0)), (1, b"abc"),
    (1, struct.pack(">HBx", 87, 1) + match() + FLOW), (1, struct.pack(">H", 99) + bytes(86)),
    (2, bytes(24)), (2, bytes(23)), (3, b"\xfe\0\0\0" + b"main".ljust(32, b"\0") + bytes(28)),
    (3, b"\1\0\0\0" + b"n" * 32 + b"\xff" * 28), (3, b"abc"),
    (3, bytes(36) + b"\0\0\1\0" + bytes(24)),
    (4, b"\xff\xff" + bytes(102) + b"\0\1" + bytes(102)), (4, b"ab"), (5, bytes(32)), (5, b"a"),
    (0xFFFF, BSN + b"data"), (0xFFFF, b"\0"), (6, b"x"), (9, b"")]
OF10 = segments(1, [
    (0, b""), (0, b"data"), (1, b"\0\1\0\6data"), (1, b"\0\0\0\1"), (1, b"\0\4\0\7"),
    (1, b"\0\x09\0\1"),
    (1, b"ab"), (2, b"ping"), (3, b""), (4, b"\0\0\0\x0cdata"), (4, b"\xff\0\0\2"),
    (4, BSN + b"ab"),
    *((4, BSN + struct.pack(">I", kind) + body) for kind in range(36)
      for body in (b"", b"\1\0\0\0", b"\0\0\0\1\x0a\0\0\1")),
    (5, b""), (5, b"x"), (6, EIGHT + b"\0\0\1\0\2\0\0\0\0\0\0\xc7\0\0\x0f\xff" + port() * 2),
    (6, EIGHT + bytes(8) + b"\xff" * 8 + b"abc"), (6, EIGHT + bytes(8) + b"\0\0\0\x10\0\0\0\0"),
    (7, b""), (8, b"\0\1\0\x80"), (9, b"\0\5\0\x80"), (9, b"\0"),
    (10, b"\xff\xff\xff\xff\0\x40\0\1\0\0" + FRAME), (10, b"\0\0\0\1\0\x40\xff\xfe\5\0"),
    (10, b"ab"),
    (11, match() + struct.pack(">QHBxIIHxxQQ", 1, 2, 0, 3, 4, 5, 6, 7)),
    (11, match(WILD) + struct.pack(">QHBxIIHxxQQ", 1, 0, 7, 3, 4, 0, 6, 7)),
    (12, b"\0" + bytes(7) + port(0)), (12, b"\5" + bytes(7) + port(0xFFFFFFFF, 0)),
    (13, b"\0\0\0\1\0\1\0\x08" + action(0) + FRAME), (13, b"\0\0\0\1\0\1\0\x63"),
    (13, b"\0\0\0\1\xff\xff\0\0"), (14, match() + FLOW_MOD + ACTIONS),
    *((14, match(WILD) + FLOW_MOD + bad) for bad in BAD_ACTIONS),
    (14, match(1 << 4, protocol=1) + FLOW_MOD), (14, match(0, 0x0806) + FLOW_MOD),
    (14, match(0x20, protocol=1) + FLOW_MOD), (14, match(0, protocol=1) + FLOW_MOD),
    (14, match(0xFFC00000 | 20 << 8 | 31 << 14)
     + struct.pack(">QHHHHIHH", 7, 3, 0, 0, 0, 9, 0xFFFF, 0xFFF8)),
    (14, match(WILD) + struct.pack(">QHHHHIHH", 7, 9, 0, 0, 0, 9, 5, 0)),
    (15, b"\0\1" + EIGHT[:6] + b"\0\0\0\x7f\0\0\0\x80\0\0\x10\0" + bytes(4)),
    *((16, struct.pack(">HH", kind, flags) + body) for kind, flags, body in (
        (0, 0, b""), (3, 1, b""), (3, 0, b"a"), (1, 0, match() + b"\xfe\0\0\1"), (2, 0, b"a"),
        (2, 0, match(WILD) + b"\5\0\xff\xff"), (4, 0, b"\0\1" + bytes(6)), (4, 0, b""),
        (5, 0, b"\xff\xfc\0\0\xff\xff\xff\xff"), (5, 0, b"x"), (0xFFFF, 0, BSN + b"abc"),
        (0xFFFF, 0, b"a"), (7, 0, b"abc"))),
    *((17, struct.pack(">HH", kind, 1) + body) for kind, body in STATISTICS),
    (17, b"\0\7\0\xfe"), (17, b"\0\7\0\xffx"), (18, b""), (19, b""), (20, b"\0\1\0\0"),
    (21, b"\0\1" + bytes(6) + struct.pack(">IHxx", 5, 24) + b"\0\1\0\x10" + bytes(4) + b"\0\x64"
     + bytes(6) + struct.pack(">IHxx", 6, 16) + b"\0\0\0\x08" + bytes(4)),
    (21, b"\0\1" + bytes(6) + struct.pack(">IHxx", 5, 24) + b"\0\1\0\x10" + bytes(4) + b"\xff\xff"
     + bytes(6)), (21, b"\0\1" + bytes(6) + b"abc"),
    *((21, b"\0\1" + bytes(6) + struct.pack(">IHxx", 5, 8 + len(some)) + some) for some in (
        b"abc", b"\0\0\0\7abcd", b"\0\0\0\x63abcd", b"\0\1\0\x08abcd", b"\0\7\0\x08abcd")),
    (21, b"\0\1" + bytes(6) + struct.pack(">IHxx", 5, 7)),
    (21, b"\0\1" + bytes(6) + struct.pack(">IHxx", 5, 99)), (22, b"x"), (0xFF, b"")])
PORT13 = struct.pack(">I4x6sxx16s8I", 0xFFFFFFFD, b"\2\0\0\0\0\1", b"eth0", 0xFFFFFFFF, 7,
                     0xFFFF, 0x10000, 0, 1, 1000, 2000)
OF13 = segments(4, [
    (0, b""), (0, b"\0\1\0\x08\0\0\0\x12"), (0, b"\0\1\0\x08\xff\xff\xff\xff"), (0, b"\0\1\0\4"),
    (0, b"\0\2\0\5x"), (0, b"\0\1\0\3"), (0, b"\0\1\0\x63"), (0, b"abc"), (1, b"\0\x0d\0\2data"),
    (1, b"\xff\xff\0\2"), (1, b"\0\x63\0\2"), (1, b"\0\4\0\x63"), (1, b"a"), (2, b"ping"), (3, b""),
    (4, b"ONF\0\0\0\0\7data"), (4, b"\xff\0\0\5\0\0\0\1"), (4, b"\0\0\0\x0c\0\0\0\1"), (4, b"a"),
    (5, b""), (6, EIGHT + b"\0\0\1\0\2\3\0\0\0\0\1\xef" + bytes(4)),
    (6, EIGHT + b"\0\0\1\0\2\3\0\0\xff\xff\xff\xff" + bytes(4)), (7, b""), (8, b"\0\2\xff\xe5"),
    (9, b"\0\3\xff\xff"), (9, b"\0\0\0\x80"), (10, b"abc"), (11, b""),
    (12, b"\1" + bytes(7) + PORT13),
    (12, b"\x09" + bytes(7) + PORT13), (12, b"x"), (13, b"a"), (14, b"a"), (15, b"a"),
    (16, b"\0\0\0\1" + bytes(4) + EIGHT[:6] + b"\0\0" + b"\0\0\0\x65\xff\xff\xff\xff\0\0\xff\xff"
     + bytes(4)), (17, b"\xff\0\0\0\0\0\0\1"), (17, b"\5\0\0\0\0\0\0\1"), (18, b"a"), (19, b"a"),
     (20, b""),
    (21, b""), (22, b"\0\0\0\1" + bytes(4)), (23, b"a"), (24, b"\0\0\0\2" + bytes(4) + EIGHT),
    (25, b"\0\0\0\x09" + bytes(4) + EIGHT), (26, b""), (27, struct.pack(">6I", 7, 1, 7, 0, 2, 9)),
    (28, bytes(24)), (29, b"a"), (30, b"a")])
ODD = [transport.tcp(octets, 6633, 40000) for octets in (
    message(2, 1, b"abc"), message(9, 1), message(1, 0) + message(4, 0), message(1, 0)[:5],
    message(1, 0)[:1], message(1, 0)[:3], message(1, 0, length=7) + b"abc",
    message(1, 0, b"abc", 99), message(1, 0) + message(1, 2, b"x") + b"\1\0")]


@needs_tcpdump
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("packets", [OF10, OF13, ODD], ids=["1.0", "1.3", "odd"])
def test_as_tcpdump(tmp_path: Path, style: str, packets: list[bytes]) -> None:
    theirs = judged(tmp_path / "some.pcap", packets, f"-S {style}")
    for octets, text in zip(packets, theirs, strict=True):
        assert before_5(text_of(octets, absolute_seq=True, **STYLES[style])) == text


def before_5(text: str) -> str:
    """The words of tcpdump 4.99: it does not say which length is wrong."""
    text = re.sub(r"(\n\t *)? \[[^\]]* (<|>|!=) \d+\] \(invalid\)", " (invalid)", text)
    text = re.sub(r", actions_len \d+", "", text).replace("\n\t action (invalid)", " (invalid)")
    if ", type PORT_MOD," in text and "version 1.0" in text:
        text = text.replace("\n\t  ", "\n\t ")
    return text


def test_prefixes() -> None:
    assert_prefixes_end(OF10[::3] + OF13)


def test_wrong_lengths() -> None:
    assert text_of(OF13[7], verbose=1).endswith("\n\t [remaining length 3 < 4] (invalid)")
    assert text_of(OF13[12]).endswith(", type ERROR, length 9, xid 0x00012345 (invalid)")


def test_frames_are_decoded() -> None:
    text = text_of(segments(1, [(10, b"\xff\xff\xff\xff\0\x40\0\1\0\0" + FRAME)])[0], verbose=3)
    assert text.endswith(", frame decoding below\nIP 192.0.2.1.1025 > 198.51.100.77.4000: "
                         "UDP, length 5")


def test_fields() -> None:
    first = fyke.Packet(ODD[2])[OpenFlow]
    assert (first.version, first.type, first.message_length, first.transaction) == (
        1, 0, 8, 0x12345)
