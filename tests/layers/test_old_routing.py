"""DVMRP, EGP, and minimal encapsulation for Mobile IP: the text is tcpdump's."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from judge import STYLES, assert_prefixes_end, assert_same, judged, mutants, needs_tcpdump, text_of
from network_traffic import checksum, four, igmp, six

import fyke
from fyke.layers.network.mobile import Mobile
from fyke.layers.routing.egp import Egp

A, B = b"\x0a\1\2\3", b"\xe0\1\2\3"


def dvmrp(code: int, body: bytes) -> bytes:
    return igmp(bytes([0x13, code]) + b"\0\0\0\0\xff\3" + body)


DVMRP = [    dvmrp(1, b"\0\0\0\7" + A + B), dvmrp(1, b"\0\0\0\7\1"), dvmrp(1, b"\0\0"),
    dvmrp(2, b"\xff\xff\0\x0a\1\2\1\x0a\1\3\x82" + b"\0\0\0\x0b\x85" + b"\xff\0\0\x0c\1\x86"
          + b"\xff\xff\xff\x0d\1\2\3\xff"),
    dvmrp(2, b"\xff\xff\0\x0a\1"), dvmrp(2, b"\xff"), dvmrp(3, b""),
    dvmrp(4, A + b"\1\2\2" + A + B + B + b"\3\4\1" + A), dvmrp(4, A + b"\1\2\3" + A),
    dvmrp(4, A + b"\1\2\1\5"), dvmrp(4, b"abc"), dvmrp(5, b""),
    dvmrp(6, A + b"\1\2\x73\2" + A + B + B + b"\3\4\0\1" + A), dvmrp(6, A + b"\1\2\0\3" + A),
    dvmrp(6, A + b"\1\2\0\2\1\2"), dvmrp(6, b"ab"), dvmrp(7, A + B + b"\0\1\x51\x81"),
    dvmrp(7, A), dvmrp(8, A + B), dvmrp(9, A + B), dvmrp(10, b""), b"\x13\1\0\0",
]


def egp(kind: int, code: int, status: int, body: bytes = bytes(6), version: int = 2) -> bytes:
    return struct.pack(">BBBBHHH", version, kind, code, status, 0, 65001, 7) + body


REACHED = b"\1\1\xc0\0\2\0" + b"\1\2\0\1\x0a\5\1\xac\x10" + b"\2\1\3\1\xc0\1\2"
EGP = [
    *(egp(3, code, status) for code in range(6) for status in range(9)),
    *(egp(5, code, status) for code in range(3) for status in range(4)),
    egp(2, 0, 1), egp(2, 0, 9), egp(8, 0, 1, b"\0\2" + bytes(4)),
    egp(8, 0, 9, b"\0\x09" + bytes(4)),
    egp(1, 0, 1), egp(1, 0, 0x82), egp(1, 0, 0x89), egp(4, 0, 0), egp(3, 0, 0, version=1),
    egp(3, 0, 0, b"12345"),
]
UPDATES = [egp(1, 0, 1, REACHED), egp(1, 0, 1, REACHED[:-2]),
           egp(1, 0, 1, b"\1\0\x0a\0\0\0" + b"\1\2\3\0"),
           egp(1, 0, 1, b"\1\0\xf0\0\0\0" + b"\0" * 9)]


def mobile(flags: int, addresses: bytes, *, wrong: int = 0) -> bytes:
    octets = bytes([6, flags, 0, 0]) + addresses
    sum_ = checksum(octets) ^ wrong
    return octets[:2] + struct.pack(">H", sum_) + octets[4:]


MOBILE = [mobile(0, A) + b"data", mobile(0x80, A + B) + b"data", mobile(0x80, A + B, wrong=1),
          mobile(0, A, wrong=9), b"1234567"]
GROUPS = {2: DVMRP, 8: EGP, 55: MOBILE}


def gist(text: str) -> list[str]:
    """What EGP's text says, however it is punctuated: version 5 words it anew.

    It tells the system and the number with -v, not without, and says which length cannot be.
    """
    head, _, rest = text.rpartition(": EGP" if ": EGP" in text else "[|egp]")
    if "egp]" in text or "(invalid)" in rest or (rest.startswith("v") and rest[1] != "2"):
        return [head.strip(" :"), "short"]
    rest = re.sub(r", AS \d+, seq \d+", "", rest)
    rest = re.sub(r" ?\[status (\d+)\]", r" state:\1", rest).replace(" reach", "")
    return [head, *re.findall(r"\[[^]]*\]|[^ ,\[]+", rest)]


PACKETS = [four(protocol, octets) for protocol, group in GROUPS.items() for octets in group]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize("protocol", GROUPS)
def test_as_tcpdump(protocol: int, options: str, tmp_path: Path) -> None:
    packets = [four(protocol, octets) for octets in GROUPS[protocol]]
    if protocol == 8:
        assert_same_gist(tmp_path / "samples.pcap", packets, options)
    else:
        assert_same(tmp_path / "samples.pcap", packets, options)


def assert_same_gist(path: Path, packets: list[bytes], options: str,
                     snaplen: int = 262144) -> None:
    theirs = judged(path, packets, options, snaplen=snaplen)
    for octets, text in zip(packets, theirs, strict=True):
        ours = text_of(octets[:snaplen], 1, len(octets), **STYLES[options])
        assert gist(ours) == gist(text)


@needs_tcpdump
@pytest.mark.parametrize("options", ["", "-vv"])
@pytest.mark.parametrize("protocol", GROUPS)
def test_mutants_as_tcpdump(protocol: int, options: str, tmp_path: Path) -> None:
    packets = [four(protocol, octets) for octets in mutants(GROUPS[protocol])
               if protocol != 8 or octets[1:2] != b"\1"]  # updates: see test_update
    for snaplen in (262144, 48, 57):
        same = assert_same_gist if protocol == 8 else assert_same
        same(tmp_path / "mutants.pcap", packets, options, snaplen=snaplen)


def test_prefixes() -> None:
    assert_prefixes_end([*PACKETS, *(four(8, octets) for octets in UPDATES)])


@pytest.mark.parametrize(("packet", "expected"), [
    (egp(5, 0, 94), "v2, AS 65001, seq 7, length 16, reach hello state:94"),
    (egp(5, 9, 1), "v2, AS 65001, seq 7, length 16, reach [reach code 9]"),
    (egp(3, 4, 20), "v2, AS 65001, seq 7, length 16, acquire cease_ack[status 20]"),
    (egp(3, 1, 20), "v2, AS 65001, seq 7, length 16, acquire confirm [status 20] hello:0 poll:0"),
    (egp(3, 1, 1, version=3), " [version 3 != 2] (invalid)"),
])
def test_words_of_version_5(packet: bytes, expected: str) -> None:
    assert text_of(four(8, packet), verbose=1).rpartition(": EGP")[2] == expected


@pytest.mark.parametrize(("packet", "expected"), [
    (UPDATES[0], "update state:up 192.0.2.0 int 1 ext 1 int 192.0.2.1 (d0: 10.0.0.0, "
                 "d5: 172.16.0.0) ext 192.0.2.2 (d3: 192.1.2.0)"),
    (UPDATES[1], "update state:up 192.0.2.0 int 1 ext 1 int 192.0.2.1 (d0: 10.0.0.0, "
                 "d5: 172.16.0.0) ext 192.0.2.2 (d3: [length 0 < 2] (invalid)"),
    (UPDATES[2], "update state:up 10.0.0.0 int 1 ext 0 int 10.1.2.3 ()"),
    (UPDATES[3], "update state:up 240.0.0.0 int 1 ext 0 int 0.0.0.0 ()"),
    (UPDATES[0][:20], "update state:up 192.0.2.0 int 1 ext 1 int 192.0.2.1 (d0:"
                      " [length 0 < 1] (invalid)"),
])
def test_update(packet: bytes, expected: str) -> None:
    """Where tcpdump reverses the addresses' octets, unless its machine is big endian."""
    assert text_of(four(8, packet), verbose=1).partition(" update")[2] == expected[6:]


def test_fields() -> None:
    assert fyke.Packet(four(8, EGP[7]))[Egp].to_dict() == {
        "version": 2, "type": 3, "code": 0, "status": 7, "checksum": 0, "asn": 65001, "seq": 7,
        "hello_interval": 0, "poll_interval": 0, "reason": None, "network": None,
        "distances": None}
    told = fyke.Packet(six(55, MOBILE[1]))[Mobile].to_dict()
    assert told == {"protocol": 6, "has_source": True, "checksum": told["checksum"],
                    "dst": "10.1.2.3", "src": "224.1.2.3"}
