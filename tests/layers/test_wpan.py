"""IEEE 802.15.4: the text is tcpdump's."""

from __future__ import annotations

import struct
from binascii import crc32
from pathlib import Path

import pytest
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of

import fyke

SHORT = b"\x34\x12"
LONG = bytes(range(0x10, 0x18))
PAN = b"\xcd\xab"


def element(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<H", kind << 7 | len(data)) + data


def group(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<H", 0x8000 | kind << 11 | len(data)) + data


def nested(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<H", kind << 8 | len(data)) + data


def signed(octets: bytes) -> bytes:
    return octets + (crc32(octets, 0xFFFFFFFF) ^ 0xFFFFFFFF).to_bytes(4, "little")


def crc16(octets: bytes) -> bytes:
    value = 0
    for octet in octets:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return octets + value.to_bytes(2, "little")


#: By addressing modes, versions and compression.
ADDRESSES = [
    struct.pack("<H", 1 | compressed << 6 | to << 10 | version << 12 | source << 14) + b"\x07"
    + (PAN + {0: b"", 1: b"", 2: SHORT, 3: LONG}[to]) + PAN + LONG + b"payload"
    for version in (0, 1, 2, 3) for compressed in (0, 1) for to in range(4) for source in range(4)]

DATA = b"\x61\x88\x07" + PAN + SHORT + b"\1\0"
SECURE = b"\x69\x98\x07" + PAN + SHORT + b"\1\0"
FRAMES = [
    DATA + b"hello", signed(DATA + b"hello"), crc16(DATA + b"hello"), b"\2\0\x07",
    crc16(b"\2\0\x07"),
    *(SECURE + bytes([level]) + b"\1\2\3\4" + key + bytes(range(24))
      for level, key in ((0, b""), (1, b""), (6, b""), (7, b""), (0x0D, b"\5"), (0x15, PAN + SHORT),
                         (0x1D, LONG), (0x25, b""))),
    SECURE + b"\5", SECURE + b"\5\1\2\3\4", SECURE + b"\x15\1\2\3\4ab", SECURE,
    b"\x01\x01\x07" + b"abc", b"\x01\x21abc",
]
BEACON = b"\x00\x80\x07" + PAN + SHORT
BEACONS = [
    BEACON + b"\xff\xcf\0\0payload", BEACON + b"\x46\x5f\x82\1" + SHORT + b"\x23" + LONG[:2]
    + b"\x45\0", BEACON + b"\xff\xcf\0\x12" + SHORT * 2 + LONG + b"x", BEACON + b"\xff\xcf\0\x77",
    BEACON + b"\xff\xcf\3", BEACON + b"\xff", BEACON + b"\xff\xcf", BEACON + b"\xff\xcf\0",
    b"\x00\xa0\x07" + PAN + SHORT + b"enhanced"]
COMMAND = b"\x63\x88\x07" + PAN + SHORT + b"\1\0"
COMMANDS = [COMMAND + bytes([code]) + data for code, data in (
    (1, b"\x8e"), (1, b"\0"), (1, b"ab"), (2, SHORT + b"\0"), (2, SHORT + b"\3"),
    (2, SHORT + b"\x90"),
    (2, b""), (2, b"a"),
    (3, b"\0"), (3, b"\1"), (3, b"\2"), (3, b"\7"), (3, b"ab"), (4, b""),
    (7, b"x"),
    (8, PAN + SHORT + b"\x0b" + SHORT), (8, PAN + SHORT + b"\x0b" + SHORT + b"\5"),
    (8, PAN + SHORT + b"\x0b" + SHORT + b"\x81"), (8, b"abc"), (9, b"\x35"), (9, b"\5"),
    (9, b"ab"), (0x0A, b"xyz"), (0x13, b"xyz"), (0x2F, b""), (0x30, b"ab"))] + [COMMAND]
ELEMENTS = b"\x41\xaa\x07" + PAN + SHORT + b"\1\0"
DSME = b"\xff\xcf\x11" + SHORT + LONG
TAIL = bytes(range(8)) + b"\1\0\2\0ab" + b"\1\2\3\0\2"
HEADER_ELEMENTS = [ELEMENTS + octets for octets in (
    element(0x7F), element(0x7F) + b"data", element(0) + element(0x7F), element(0, b"ab"),
    element(0, b"OUIdata") + element(0x1A, b"\1\0\2\0") + element(0x1A, b"\1\0\2\0\3\0"),
    element(0x1A, b"abc") + element(0x1A, b"\1\0\2\0\3") + element(0x1B, b"\1\2\3\0"),
    element(0x1B, b"ab") + element(0x1D, b"\1\0\2\0") + element(0x1D, b"ab"),
    element(0x1E, b"\1\x80") + element(0x1E, b"\xff\x0f") + element(0x1E, b"a"),
    element(0x22, b"abc") + element(0x2A, b"x") + b"\x01\xff\x05",
    element(0x1C, DSME + b"\xd3" + TAIL + b"\0cd"), element(0x21, DSME + b"\x03\x1d" + TAIL
                                                           + b"\0\2\1\0\2\0"),
    *(element(kind, (DSME + b"\xd3\0" + TAIL)[:end])
      for kind in (0x1C, 0x21) for end in (1, 2, 3, 12, 13, 14, 15, 20, 23, 25, 26)),
    b"\1", b"\5\x0d", element(0x7E))]
SLOTS = b"\x01" + struct.pack("<13H", *range(1, 14))
PAYLOAD_ELEMENTS = [ELEMENTS + element(0x7E) + octets for octets in (
    group(0, b"esdu") + group(15) + b"data", group(2, b"OUIdata") + group(2, b"ab"),
    group(5, b"\1ab") + group(9, b"x") + b"\1\0z",
    group(3, b"\x08\1\0data") + group(3, b"\x09data"),
    group(3, b"\x08") + group(3, b"\x0a") + group(3, b"\x0a\0\1\0\2\0ab") + group(3, b"\x0a\0\1"),
    group(3, b"\x0a\1ab") + group(3, b"\x0c\2ab") + group(3, b"\x0e") + group(3, b"\x0e\1\2"),
    group(3, b"\x0e\1") + group(3, b"\x0bab"),
    group(1, nested(0x1A, b"\1\2\3\4\5\6") + nested(0x1C, b"\1") + nested(0x1C, SLOTS[:25])),
    group(1, nested(0x1C, SLOTS) + nested(0x1C, b"ab") + nested(0x1D, b"ab") + nested(0x33)),
    group(1, nested(0x1B, b"\1\0\x65\0\1\0\0\0\0\x0f") + nested(0x1B, b"\2\0\x65\0\2\1\0\2\0\x1b")),
    group(1, nested(0x1B, b"\1\0") + nested(8, b"OUIab") + nested(9, b"\1") + b"\5\x20ab"),
    group(1, b"\x01\xc8\1" + b"\x0c\xc8\0\0\x10\0\1\0\0\0\2\0\5\0"),
    group(1, b"\x12\xc8\1\x09\x10\0\1\0\0\0\xff\xff\2\0\5\0\6\0\7\0"), group(1, b"\x03\xc8\1\0\0"),
    group(1, b"a"), b"\5\x88ab", b"a")]
MULTIPURPOSE = [
    b"\x05\7payload", b"\xa5\7" + SHORT + SHORT + b"data", b"\xf5\7" + LONG * 2 + b"x",
    b"\xad\x21\7" + PAN + SHORT * 2 + b"data", b"\x0d\x04data", b"\x8d\x43\7" + PAN + SHORT
    + b"\5\1\2\3\4" + bytes(9), b"\x15\7abc", b"\x45\7abc", b"\x0d\x80\7" + element(0x7F) + b"x",
    crc16(b"\x05\7ab"), signed(b"\x05\7ab"), b"\x05\7", b"\x05\7a"]
OTHERS = [b"\4\0abc", b"\6\0abc", b"\7\0abc", b"a"]
PACKETS = [*ADDRESSES, *FRAMES, *BEACONS, *COMMANDS, *HEADER_ELEMENTS, *PAYLOAD_ELEMENTS,
           *MULTIPURPOSE, *OTHERS]
TAP = [b"\0\0\x0c\0\0\0\1\0\1\0\0\0" + DATA + b"x", b"\1\0\4\0abc", b"\0\0\3\0abc", b"\0\0\x20\0ab",
       b"\0\0"]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize(("packets", "link_type"), [(PACKETS, 195), (FRAMES, 230), (TAP, 283)])
def test_as_tcpdump(tmp_path: Path, options: str, packets: list[bytes], link_type: int) -> None:
    assert_same(tmp_path / "some.pcap", packets, options, link_type)


@needs_tcpdump
def test_elements_as_tcpdump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STYLES, "-vvvv", {"verbose": 4})
    assert_same(tmp_path / "some.pcap", HEADER_ELEMENTS + PAYLOAD_ELEMENTS, "-vvvv", 195)


@pytest.mark.parametrize(("packets", "link_type"), [
    (FRAMES + BEACONS + COMMANDS + MULTIPURPOSE, 195), (HEADER_ELEMENTS + PAYLOAD_ELEMENTS, 195),
    (TAP, 283)])
def test_prefixes(packets: list[bytes], link_type: int) -> None:
    assert_prefixes_end(packets, link_type)
    for octets in packets:
        for end in range(len(octets)):
            text_of(octets[:end], link_type, verbose=4)


def test_fields() -> None:
    frame = fyke.Packet(DATA + b"x", link_type=195)[fyke.Wpan]
    assert (frame.type, frame.version, frame.sequence, frame.security) == (1, 0, 7, False)
    assert (frame.destination_pan, frame.destination) == (0xABCD, b"\x12\x34")
    assert (frame.source_pan, frame.source) == (None, b"\0\1")
