"""The dialect fyke in the kernel: it takes from a wire what it takes from a file of that wire."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from network import sender

sys.path.insert(0, str(Path(__file__).parents[1] / "filter"))
from dialect_frames import FRAMES

from fyke.errors import FilterError
from fyke.filter.compile import compile
from fyke.live.tap import open_tap
from fyke.wire import Record

pytestmark = pytest.mark.live


WORDS = [
    "udp", "port 8000", "vlan", "(vlan 10 and src 10.0.0.1) or (vlan 20 and src 10.0.0.2)",
    "vlan 10 and vlan 20", "ip6 and tcp[tcpflags] & tcp-syn != 0", "icmp6", "stp", "mpls",
    "dns.id = 7", "payload[0] = 0x68", "vlan.id in {10-20} and udp", "ether.type = 0x88a8",
    "(vxlan 7 and port 443) or (vxlan 8 and port 8000)", "geneve and src 172.16.0.9", "len = 71",
    "not vlan and udp port 8000"]


def composed(seed: int) -> str:
    """Some of these, joined at random, that some packet may match."""
    rng = random.Random(seed)
    while True:
        text = rng.choice(WORDS)
        for _ in range(rng.randrange(1, 5)):
            denied = rng.choice(("", "not "))
            text = f"({text}) {rng.choice(('and', 'or'))} {denied}({rng.choice(WORDS)})"
        try:
            compile(text, dialect="fyke")
        except FilterError:
            continue
        return text


@pytest.mark.parametrize("expression", [*WORDS, *map(composed, range(24))])
def test_a_wire_and_its_file(veth: tuple[str, str], expression: str) -> None:
    file = compile(expression, dialect="fyke")
    live = compile(expression, dialect="fyke", linux_extensions=True)
    packet, got = Record(), []
    with open_tap("near", live, namespace=veth[0]) as tap, sender(veth[1], "far") as out:
        for each in FRAMES.values():
            out.send(each)
        tap.stop()
        while True:
            while tap.next(packet):
                got.append(packet.raw(0, packet.caplen))
            if not tap.wait(1):
                break
    assert got == [each for each in FRAMES.values() if file.run(each)]
