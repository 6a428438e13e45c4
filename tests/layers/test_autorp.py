"""Auto-RP: the text is tcpdump's, with the tag that version 5 has where a packet is cut."""

from __future__ import annotations

from pathlib import Path

import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump

import fyke
from fyke.layers.application.autorp import AutoRp, Point

POINT = b"\x0a\0\0\1\2\2" + b"\0\4\xe0\0\0\0" + b"\1\x20\xef\1\2\3"
MESSAGES = [
    b"\x11\1\0\xb5" + bytes(4) + POINT, b"\x12\2\0\0" + bytes(4) + POINT + b"\x0a\0\0\2\7\0",
    b"\x13\1\xff\xff" + bytes(4) + b"\x0a\0\0\2\xf0\1" + b"\xfe\4\xe0\0\0\0",
    b"\x11\0\0\1" + bytes(4),
    b"\x11\x09\0\x3c" + bytes(4) + POINT + POINT[:-1], b"\x11\1\0\xb5", b"\x11", b"",
]
PACKETS = [transport.udp(octets, 496, 496) for octets in MESSAGES]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
def test_as_tcpdump(tmp_path: Path, options: str) -> None:
    assert_same(tmp_path / "rp.pcap", PACKETS, options,
                reword=lambda text: text.replace(" [|autorp]", " [|cisco_autorp]"))


def test_prefixes() -> None:
    assert_prefixes_end(PACKETS)


def test_fields() -> None:
    message = fyke.Packet(PACKETS[4])[AutoRp]
    assert (message.type, message.count, message.hold_time) == (0x11, 9, 60)
    assert message.points == [
        Point(0x0A000001, 2, [(0, 4, 0xE0000000), (1, 32, 0xEF010203)])]
