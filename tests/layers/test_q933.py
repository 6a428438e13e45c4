"""Q.933 above frame relay and OSI: the text is tcpdump's."""

from __future__ import annotations

from pathlib import Path

import pytest
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of
from network_traffic import llc

import fyke
from fyke.layers.link.q933 import Q933

FRAME_RELAY = 107
HEAD = b"\0\1\3\x08"  # DLCI 0, unnumbered information, Q.933
STATUS = b"\0\x7d\x51\1\0\x53\2\x0a\x0b"
PVC = b"\x57\3\x18\x80\x82"
ANNEX_D = b"\0\x75\x95\1\1\1\3\2\0\x7f"


def packet(message: bytes) -> bytes:
    return HEAD + message


MESSAGES = [
    STATUS, STATUS + PVC, STATUS + b"\x57\4\x18\0\x82\x8a" + b"\x57\3\x98\x80\x82",
    STATUS + b"\x57\2\x18\x80" + b"\x57\6\0\0\0\0\x80\x80" + b"\x53\1\1", ANNEX_D,
    ANNEX_D + b"\7\3\0\x80\x80", b"\0\x75\x91\1\1\1\x95\1\1\1",
    b"\0\x75\x9d\1\1\1\1\1\0",
    b"\0\x75\1\1\0\x9e\1\1\1\1\1\2", b"\2\x80\5\5\4\3\x80\x90\xa2\x18\1\x81",
    b"\1\5\x45\x08\2\x80\x90",
    b"\1\0\7\x08\1\x80", b"\x0f" + bytes(range(15)) + b"\x0f\x70\2ab", b"\0\x30\x30\x30ab",
    b"\0\x7d\0\1\1", b"\0\x7d\x51\0", b"\0\x7d\xa1\xb2\x51\1\2", b"\0\x99\x97\1\1\1",
    b"\0\x7d\x51", b"\0\x7d", b"\0", b"", b"\3\1", b"\1\1\x45", b"\0\x7d\x95",
]
PACKETS = [packet(message) for message in MESSAGES]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
def test_as_tcpdump(tmp_path: Path, options: str) -> None:
    assert_same(tmp_path / "relay.pcap", PACKETS, options, FRAME_RELAY)
    assert_same(tmp_path / "osi.pcap", [llc(b"\xfe\xfe\3\x08" + STATUS)], options)


def test_connection_numbers_of_all_sizes() -> None:
    """The four octets of the longest number are 6 + 4 + 7 + 6 bits; tcpdump 4 and 5 mix two."""
    for octets, number in ((b"\x3f\xf8", 1023), (b"\x3f\x78\xfe", 65535), (b"\0\x08\1\x82", 8257)):
        status = bytes([0x57, len(octets) + 1]) + octets + b"\x88"
        assert text_of(packet(STATUS + status), FRAME_RELAY).endswith(
            f", DLCI {number}: status New, Inactive, length {9 + len(status)}")


def test_prefixes() -> None:
    assert_prefixes_end(PACKETS, FRAME_RELAY)


def test_fields() -> None:
    message = fyke.Packet(packet(b"\2\x80\5\5\x9e\4\1a\4\1b\x95\7\2cd\4\x09e"),
                          link_type=FRAME_RELAY)[Q933]
    assert (message.call_reference, message.message_type) == (b"\x80\5", 5)
    assert message.elements == [(6, 4, b"a"), (0, 4, b"b"), (5, 7, b"cd")]
