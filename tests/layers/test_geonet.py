"""GeoNetworking and CALM FAST: the text is tcpdump's."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of

import fyke
from fyke.layers.link.geonet import GeoNet

HEAD = bytes.fromhex("020000000002020000000001")


def geonet(kind: int, following: int, body: bytes = b"") -> bytes:
    return HEAD + struct.pack(">HBBHHBB8sIiiQ", 0x0707, following, kind, 0, len(body), 7, 3,
                              b"\0\0\2\0\0\0\0\1", 9, 514769562, -56597275, 0) + body


BTP = struct.pack(">HHBB", 5000, 5001, 0, 106) + b"payload"
PACKETS = [
    *(geonet(kind << 4 | sub, 1, BTP) for kind in range(8) for sub in range(4)),
    *(geonet(0x10, following, BTP) for following in range(5)), geonet(0x51, 1, bytes(32) + BTP),
    geonet(0x51, 2, bytes(32) + BTP[:4]), geonet(0x51, 2, bytes(32) + BTP[:6]),
    geonet(0x10, 1, BTP[:5] + b"\xff"), HEAD + b"\x11\x11\5\6payload", HEAD + b"\x11\x11\5\6"]
SHORT = [geonet(0x51, 1, b"abc"), geonet(0x10, 1, b"abc"), geonet(0, 0)[:40]]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
def test_as_tcpdump(tmp_path: Path, options: str) -> None:
    assert_same(tmp_path / "some.pcap", PACKETS + SHORT, options)


def test_prefixes() -> None:
    assert_prefixes_end(PACKETS[::5] + SHORT)


def test_fields() -> None:
    header = fyke.Packet(PACKETS[0])[GeoNet]
    assert (header.latitude, header.longitude, header.hop_limit) == (514769562, -56597275, 3)
    assert text_of(PACKETS[-1]) == "CALM FAST src:02:00:00:00:00:01; SrcNwref:5; DstNwref:6; "
