"""Linux cooked captures (LINUX_SLL, LINUX_SLL2) with a VLAN tag left in place."""

from __future__ import annotations

import pytest

import fyke
from fyke.layers.layer import write_packet
from fyke.layers.tables import read_rooms, table
from fyke.wire import Line, Record

PING = bytes.fromhex("4500001c00010000400166dc0a0000010a000002" "0800f7ff00000000")
COOKED = bytes.fromhex("000000010006020000000001" "0000" "8100")
COOKED2 = bytes.fromhex("8100" "0000" "00000000" "0001" "00" "06" "0200000000010000")
ECHO = "10.0.0.1 > 10.0.0.2: ICMP echo request, id 0, seq 0, length 8"


def line_of(octets: bytes, link_type: int, link_level: bool = False) -> str:
    read_rooms()
    line = Line()
    line.style.numeric = 1
    line.style.link_level = link_level
    packet = Record(octets, link_type)
    kind = table("link_type").find(link_type)
    assert kind is not None
    write_packet(kind().at(packet, 0, packet.wirelen), line)
    return line.text().decode()


@pytest.mark.parametrize(("tags", "text"), [
    ("a0050800", f"ethertype IPv4, IP {ECHO}"),
    ("0005810000060800", f"ethertype 802.1Q, ethertype IPv4, IP {ECHO}"),
])
@pytest.mark.parametrize(("header", "link_type", "begin"), [
    (COOKED, 113, ""), (COOKED2, 276, "?     In  ")])
def test_tags(header: bytes, link_type: int, begin: str, tags: str, text: str) -> None:
    assert line_of(header + bytes.fromhex(tags) + PING, link_type) == begin + text


def test_a_tag_that_is_cut_short() -> None:
    assert line_of(COOKED + b"\xa0", 113).endswith("[|vlan]")


def test_the_tag_in_full() -> None:
    line = line_of(COOKED + bytes.fromhex("b0050800") + PING, 113, link_level=True)
    assert line.endswith(f"vlan 5, p 5, DEI, ethertype IPv4, {ECHO}")


def test_its_fields() -> None:
    packet = fyke.Packet(COOKED + bytes.fromhex("a0050800") + PING, link_type=113)
    assert (packet["vlan"].id, packet["vlan"].priority) == (5, 5)
    assert packet[fyke.IPv4].below.name == "vlan"
