"""Juniper's link types: the text of Debian's tcpdump, and the attributes."""

from __future__ import annotations

from pathlib import Path

import juniper_traffic as traffic
import pytest
from test_against_tcpdump import compare, write
from test_against_tcpdump import pytestmark as with_tcpdump

import fyke
from fyke.layers.layer import write_packet
from fyke.layers.link.juniper import Juniper
from fyke.wire import Line, Record


@with_tcpdump
@pytest.mark.parametrize("link_type", traffic.BODIES)
@pytest.mark.parametrize("options", ["", "-v", "-e", "-evv"])
def test_same_text(tmp_path: Path, link_type: int, options: str) -> None:
    if link_type == 181 and "e" in options:
        pytest.skip("version 5 words Cisco HDLC's header anew")
    packets = traffic.packets(link_type)
    compare(write(tmp_path / "juniper.pcap", packets, link_type=link_type), f"-n {options}")


@pytest.mark.parametrize("link_type", traffic.BODIES)
def test_cut_anywhere(link_type: int) -> None:
    for whole in traffic.packets(link_type):
        for size in range(len(whole)):
            line = Line()
            line.style.verbose, line.style.link_level = 2, True
            packet = Record(whole[:size], link_type)
            write_packet(Juniper().at(packet, 0, len(whole)), line)
            assert line.text()


def test_fields() -> None:
    packet = fyke.Packet(traffic.juniper(traffic.FRAME, 0, traffic.EXTENSIONS), link_type=178)
    juniper = packet[Juniper]
    assert (juniper.device_index, juniper.index, juniper.unit) == (0x8A, 0x01020304, 7)
    assert juniper.device_name == "ge0"
    assert packet[fyke.IPv4].dst == 0x0A000002
    juniper = fyke.Packet(traffic.packets(137)[0], link_type=137)[Juniper]
    assert (juniper.flags, juniper.cookie, juniper.device_index) == (1, bytes(4), None)
