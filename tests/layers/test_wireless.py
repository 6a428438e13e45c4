"""802.11 frames and the capture headers before them."""

from __future__ import annotations

from pathlib import Path

import network_traffic as traffic
import pytest
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of

import fyke
from fyke.layers.link.radiotap_text import ht_rate

ONE, TWO, THREE, FOUR = (bytes([2, 0, 0, 0, 0, n]) for n in range(1, 5))
SEQUENCE = b"\x10\x4e"
RATES = b"\1\x08\x82\x84\x8b\x96\x0c\x12\x18\x24"
ELEMENTS = b"\0\4cafe" + RATES + b"\3\1\6" + b"\5\4\0\1\0\0" + b"\xdd\3abc"
FIXED = bytes(8) + b"\x64\0\x11\4"
IP = b"\xaa\xaa\3\0\0\0\x08\0" + traffic.ipv4(1, traffic.icmp(8, 0, b"\0\1\0\2"))


def management(subtype: int, body: bytes, flags: int = 0) -> bytes:
    return bytes([subtype << 4, flags]) + b"\x3a\1" + ONE + TWO + THREE + SEQUENCE + body


def control(subtype: int, body: bytes, flags: int = 0) -> bytes:
    return bytes([subtype << 4 | 4, flags]) + b"\1\xc0" + body


def data(subtype: int, flags: int, body: bytes) -> bytes:
    head = bytes([subtype << 4 | 8, flags]) + b"\x2c\0" + ONE + TWO + THREE + SEQUENCE
    if flags & 3 == 3:
        head += FOUR
    return head + (b"\5\0" if subtype & 8 else b"") + body


BEACON = management(8, FIXED + ELEMENTS)
FRAMES = [
    BEACON, management(8, FIXED[:10] + b"\2\0" + b"\0\0"),
    management(0, b"\1\0\5\0" + ELEMENTS), management(1, b"\x11\0\0\0\1\xc0" + RATES),
    management(1, b"\1\0\x0a\0\1\xc0" + RATES), management(1, b"\1\0\xff\xff\1\xc0" + RATES),
    management(2, b"\1\0\5\0" + FOUR + ELEMENTS), management(3, b"\1\0\x11\0\1\xc0" + RATES),
    management(4, ELEMENTS), management(4, b"\0\0\1\0\1\1\x0c"), management(5, FIXED + ELEMENTS),
    management(6, b"x"), management(9, b""), management(10, b"\x08\0"), management(10, b"\xff\0"),
    *(management(11, bytes([kind, 0, step, 0, 0, 0]) + b"\x10\3abc") for kind in range(4)
      for step in range(1, 5)),
    management(11, b"abcdefgh", 0x40), management(12, b"\7\0"), management(12, b"\x42\0"),
    *(management(13, bytes([category, action])) for category in (0, 1, 2, 3, 7, 13, 14, 15, 127, 99)
      for action in (0, 1, 2, 3, 11)),
    control(7, ONE + bytes(6)), control(8, ONE + TWO + b"\1\2\3\4"), control(9, ONE + TWO),
    control(10, ONE + TWO), control(11, ONE + TWO), control(12, ONE), control(13, ONE),
    control(14, ONE + TWO), control(15, ONE + TWO), control(3, ONE), b"\x0c\0\0\0" + ONE,
    *(data(subtype, flags, IP) for subtype in (0, 1, 2, 3, 8, 9, 11) for flags in range(4)),
    data(4, 1, b""), data(12, 1, b""), data(0, 0x7D, b"\1\2\3\x40encrypted"), data(0, 0xFD, IP),
    data(0, 2, b"\4\6\3xyz"), data(0, 1, b"\xaa\xaa\3\0\0\0\x12\x34abcdef"),
]


def radiotap(present: int, fields: bytes, *more: int) -> bytes:
    words = b"".join(word.to_bytes(4, "little") for word in (present, *more))
    return b"\0\0" + (4 + len(words) + len(fields)).to_bytes(2, "little") + words + fields


HEADERS = [
    radiotap(0, b""), radiotap(0x2F, b"\1\0\0\0\0\0\0\0\x4e\x16\x6c\x09\xa0\0\xce"),
    radiotap(0x7FFF, b"\1\0\0\0\0\0\0\0\x0f\x84\x6c\x09\xc0\x44\3\4\xce\xa0\5\0\6\0\7\x14\1\x21\x22"
             b"\0\1\0"),
    radiotap(8, b"\x6c\x09\xa0\x80"), radiotap(8, b"\x3c\x14\x40\x41"),
    radiotap(8, b"\x85\x09\x90\x04"), radiotap(8, b"\x85\x09\x80\x08"),
    radiotap(0x40008, b"\x85\x09\x80\x08\xc0\4\4\0\x85\x09\6\x20"),
    *(radiotap(0x80000, bytes([known, flags, index])) for known in (2, 3, 7, 0xFF)
      for flags in (0, 1, 4, 0x7D) for index in (0, 7, 15, 32, 40, 76, 77)),
    radiotap(0x100000, bytes(8)), radiotap(0x200000, b"\x44\0\4\4\x92\x21\0\0\1\0\0\0"),
    radiotap(0x8000, b""), radiotap(0xA0000002, b"\0\x0b\5", 2),
    radiotap(0xC0000004, bytes(20), 3), radiotap(2, b"\x10"), radiotap(2, b"\x20"),
    radiotap(0x80000001, bytes(4)), radiotap(1, b""),
]
CAPTURES = [header + frame + (b"fcs!" if header[4:9] == b"\2\0\0\0\x10" else b"")
            for header in HEADERS for frame in (BEACON, data(8, 1, b"\0\0" + IP), control(13, ONE))]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
def test_frames_as_tcpdump(tmp_path: Path, options: str) -> None:
    assert_same(tmp_path / "wlan.pcap", FRAMES, options, 105,
                as_version_5)


def as_version_5(text: str) -> str:
    """Ordered frames carry HT control, block acknowledgements have a transmitter."""
    text = text.replace("Strictly Ordered", "+HTC").replace("MultiohopAction ", "MultihopAction")
    return text.replace("RA:02:00:00:00:00:01 BA", "RA:02:00:00:00:00:01 TA:02:00:00:00:00:02 BA")


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
def test_radiotap_as_tcpdump(tmp_path: Path, options: str) -> None:
    assert_same(tmp_path / "radiotap.pcap", CAPTURES, options, 127)


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize(("link_type", "head"), [
    (119, bytes(144)), (119, b"\x80\x21\x10\1\0\0\0\x0cabcd"), (119, bytes(100)),
    (163, b"\x80\x21\x10\2\0\0\0\x40" + bytes(56)), (163, b"\x80\x21\x10\2\0\0\0\7"),
    (163, b"\x80\x21\x10\2\0\1\0\0"), (192, b"\0\0\x0c\0\x69\0\0\0abcd"),
    (192, b"\0\0\x08\0\x7f\0\0\0" + HEADERS[1]), (192, b"\0\0\x08\0\xff\xff\0\0"),
    (192, b"\0\0\7\0\x69\0\0\0"), (192, b"\0\0\xff\1\x69\0\0\0"),
])
def test_capture_headers_as_tcpdump(tmp_path: Path, options: str, link_type: int,
                                    head: bytes) -> None:
    packets = [head + BEACON, head + data(0, 1, IP)]
    if link_type == 192 and head[2] == 7:
        assert "[length 7 < 8 or > 65532] (invalid)" in text_of(packets[0], link_type)
        return  # 4.99 says less
    assert_same(tmp_path / "head.pcap", packets, options, link_type)


@pytest.mark.parametrize(("link_type", "packets"), [(105, FRAMES), (127, CAPTURES[:30])])
def test_prefixes(link_type: int, packets: list[bytes]) -> None:
    assert_prefixes_end(packets, link_type)


@pytest.mark.parametrize(("octets", "settings", "expected"), [
    (BEACON, {}, "Beacon (cafe) [1.0* 2.0* 5.5* 11.0* 6.0 9.0 12.0 18.0 Mbit] ESS CH: 6, PRIVACY"),
    (management(8, FIXED + b"\0\4\x1b[2m"), {}, "Beacon (^[[2m) ESS, PRIVACY"),
    (management(8, FIXED + b"\0\0\x72\4mesh"), {}, "Beacon () ESS, PRIVACY (MESHID: mesh)"),
    (management(8, FIXED + b"\0\x21" + b"a" * 33), {}, "Beacon ESS, PRIVACY [|802.11]"),
    (data(8, 1, b"\1\7\5\0\0\0" + FOUR + IP), {"draft_mesh": True, "link_level": True},
     "MeshData (AE 1 TTL 7 seq 5 A4:02:00:00:00:00:04) CF +QoS BSSID:02:00:00:00:00:01 "
     "SA:02:00:00:00:00:02 DA:02:00:00:00:00:03 LLC, dsap SNAP (0xaa) Individual, ssap SNAP (0xaa) "
     "Command, ctrl 0x03: oui Ethernet (0x000000), ethertype IPv4 (0x0800), length 28: "
     "10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 2, length 8"),
])
def test_lines(octets: bytes, settings: dict[str, object], expected: str) -> None:
    assert text_of(octets, 105, **settings) == expected


def test_fields() -> None:
    frame = fyke.Packet(BEACON, link_type=105)[fyke.Wlan]
    assert (frame.type, frame.subtype, frame.duration, frame.sequence) == (0, 8, 0x013A, 0x4E1)
    assert frame.fragment == 0
    assert (frame.dst, frame.src, frame.bssid) == (ONE, TWO, THREE)
    assert frame.elements[0].value == "cafe"
    frame = fyke.Packet(data(0, 3, IP), link_type=105)[fyke.Wlan]
    assert (frame.receiver, frame.transmitter, frame.dst, frame.src) == (ONE, TWO, THREE, FOUR)
    packet = fyke.Packet(HEADERS[2] + BEACON, link_type=127)
    radio = packet[fyke.Radiotap]
    assert (radio.tsft, radio.rate, radio.frequency) == (1, 66.0, 2412)
    assert (radio.signal, radio.noise, radio.antenna) == (-50, -96, 1)
    assert fyke.Wlan in packet


@pytest.mark.parametrize(("index", "wide", "short", "rate"), [
    (0, False, False, 6.5), (7, False, True, 72.2), (15, True, True, 300.0),
    (31, True, False, 540.0), (32, True, True, 6.7), (32, False, False, 0.0),
    (50, False, True, 151.7), (76, True, True, 495.0), (77, True, True, 0.0),
])
def test_rates(index: int, wide: bool, short: bool, rate: float) -> None:
    """Some of the rates that IEEE 802.11-2016 §19.5 tables."""
    assert round(ht_rate(index, wide, short), 1) == rate
