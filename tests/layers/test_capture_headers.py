"""Headers that vendors' capture programs put before a packet: the text is tcpdump's."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump

import fyke
from fyke.layers.link.pktap import Pktap

FRAME = transport.udp(b"hello")


def pktap(packet: bytes, size: int = 108, record: int = 1, dlt: int = 1) -> bytes:
    return struct.pack("<III24sIIIII20sIHHI20s", size, record, dlt, b"en0", 1, 2, 14, 0, 501,
                       b"curl", 0, 6, 0, 502, b"browser") + packet


PKTAP = [pktap(FRAME), pktap(FRAME, record=0), pktap(FRAME, record=7), pktap(FRAME, 107),
         pktap(FRAME, 999), pktap(b"\0\0\0\0" + FRAME, 112), pktap(FRAME, dlt=9999),
         pktap(b"\2\0\0\0" + FRAME[14:], dlt=0), pktap(b"")[:100]]

MAGIC = b"MGC"
PACKET = FRAME[14:]
PACKET6 = transport.ethernet(transport.ip6(59, b""))[14:]
EXTENDED = MAGIC + b"\x85\0\x1c" + bytes((
    1, 2, 5, 0, 2, 4, *b"ge-0", 3, 1, 1, 4, 4, 9, 0, 0, 0, 5, 1, 7, 6, 1, 14)) + b"\x80\1\x63"


def juniper(cookie: bytes = b"", packet: bytes = FRAME) -> list[bytes]:
    """Headers of all kinds before a packet that a cookie of the card precedes."""
    packet = cookie + packet
    return [MAGIC + b"\1" + packet, MAGIC + b"\0" + packet, EXTENDED + packet,
            MAGIC + b"\x81\0\3\1\0\0" + packet, MAGIC + b"\x81\0\0" + packet, b"MGD\0" + packet,
            MAGIC + b"\2\0\0\0\0" + PACKET, MAGIC + b"\3\0\0\0\0" + PACKET6,
            MAGIC + b"\3\0\0\0\0\0\0", MAGIC + b"\x81\0\7\7\1\2\x08\2\x0e\0" + packet]


AS = b"\x47\0\0\0\0\0\0\x28"
JUNIPER = {
    130: [*juniper(b"\5\0", b"\0\x21" + PACKET), *juniper(b"", b"\xff\3\0\x21" + PACKET)[:2],
          *juniper(b"\x54\5\0\0", b"\0\x21" + PACKET)[:2], *juniper(AS, PACKET)[:2],
          *juniper(AS[:5] + b"\x10\0\x28", PACKET6)[:2]],
    135: [*juniper(bytes(8), PACKET), *juniper(bytes(8), b"\0\x21" + PACKET)[:2],
          *juniper(b"\0\0\0\5\0\0\0\0")[:2],
          *juniper(bytes(8), b"\xaa\xaa\3\0\0\0\x08\0" + PACKET)[:2]],
    136: [*juniper(AS, bytes(range(8)) + PACKET), *juniper(b"\x54" + bytes(9))[:2]],
    137: [*juniper(bytes(4), PACKET), *juniper(bytes(4), PACKET6)[:2],
          *juniper(bytes(4), b"\xaa\xaa\3\0\0\0\x08\0" + PACKET)[:2]],
    164: juniper(bytes(8), bytes(range(8)) + PACKET), 167: juniper(),
    168: [*juniper(b"", b"\x08\0" + PACKET), *juniper(b"", b"\x12\x34" + PACKET)[:2]],
    178: juniper(), 179: juniper(b"", b"\xff\3\0\x21" + PACKET),
    180: juniper(b"", b"\x18\x41\3\xcc" + PACKET),
    181: juniper(b"", b"\x0f\0\x08\0" + PACKET)}


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize("link_type", JUNIPER)
def test_juniper_as_tcpdump(tmp_path: Path, options: str, link_type: int) -> None:
    assert_same(tmp_path / "some.pcap", JUNIPER[link_type], options, link_type, as_version_5)


def as_version_5(text: str) -> str:
    text = re.sub(r"unicast, ethertype \S+ \(0x(\w+)\), length (\d+):", r"unicast \2 \1:", text)
    return text.replace("unknown (59) payload length: ", "No Next Header (59), payload length ")


@pytest.mark.parametrize("link_type", JUNIPER)
def test_juniper_prefixes(link_type: int) -> None:
    assert_prefixes_end(JUNIPER[link_type], link_type)


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize(("packets", "link_type"), [(PKTAP, 258)], ids=["pktap"])
def test_as_tcpdump(tmp_path: Path, options: str, packets: list[bytes], link_type: int) -> None:
    assert_same(tmp_path / "some.pcap", packets, options, link_type)


@pytest.mark.parametrize(("packets", "link_type"), [(PKTAP, 258)], ids=["pktap"])
def test_prefixes(packets: list[bytes], link_type: int) -> None:
    assert_prefixes_end(packets, link_type)


def test_fields() -> None:
    header = fyke.Packet(PKTAP[0], link_type=258)[Pktap]
    assert (header.interface, header.pid, header.command) == (b"en0", 501, b"curl")
    assert (header.effective_pid, header.effective_command) == (502, b"browser")
