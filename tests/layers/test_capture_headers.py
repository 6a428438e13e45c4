"""Headers that vendors' capture programs put before a packet: the text is tcpdump's."""

from __future__ import annotations

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
    assert (header.interface, header.pid, header.command) == ("en0", 501, "curl")
    assert (header.effective_pid, header.effective_command) == (502, "browser")
