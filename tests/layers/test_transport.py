"""Ports, flows, and that no payload, cut or made of anything, ends in more than text."""

from __future__ import annotations

import random

import pytest
import transport_traffic as traffic

from fyke.layers.layer import write_packet
from fyke.layers.link.ethernet import Ethernet
from fyke.layers.tables import read_rooms, table
from fyke.layers.transport.flows import Flows
from fyke.layers.transport.ports import Ports
from fyke.wire import Line, Record


def text_of(data: bytes, **settings: object) -> bytes:
    """The line of an Ethernet frame."""
    line = Line()
    line.style.numeric = 2
    for name, value in settings.items():
        setattr(line.style, name, value)
    packet = Record(data, 1)
    line.begin()
    write_packet(Ethernet().at(packet, 0, packet.wirelen), line)
    return bytes(line.text())


read_rooms()
TABLES = [(kind, table(f"{kind}.{end}")) for kind in ("udp", "tcp")
          for end in ("port", "source", "target")]
PORTS = sorted({(kind, port) for kind, ports in TABLES for port in list(ports.keys())})


@pytest.mark.parametrize(("kind", "port"), PORTS)
def test_anything_prints(kind: str, port: int) -> None:
    """Octets that mean nothing, of any length, to and from every port that means something."""
    choose = random.Random(port)
    send = traffic.udp if kind == "udp" else traffic.tcp
    for size in (0, 1, 2, 3, 5, 8, 13, 21, 40, 100, 300):
        for fill in (choose.randbytes(size), bytes(size), b"\xff" * size,
                     bytes(choose.choice((0, 1, 2, 4, 8, 16, 255)) for _ in range(size))):
            for verbose in (0, 3):
                assert b"UNSUPPORTED" not in text_of(send(fill, port, 40000), verbose=verbose)
                assert b"UNSUPPORTED" not in text_of(send(fill, 40000, port), verbose=verbose)


@pytest.mark.parametrize("verbose", [0, 2])
def test_cut_anywhere(verbose: int) -> None:
    """Every tenth packet, cut after every octet."""
    for packet in traffic.everything()[::10]:
        for end in range(34, len(packet)):
            assert text_of(packet[:end], verbose=verbose)


def test_flows_stay_bounded() -> None:
    """More conversations than the table holds: who comes back is known, who stays away is not."""
    flows = Flows(4)
    flows.find(0, 1, 0, 2, 3)
    assert flows.fresh
    for number in range(100, 130):
        flows.find(0, 1, 0, 2, number)
        assert flows.fresh
        assert flows.count <= 4
        flows.find(0, 1, 0, 2, 100)
        assert not flows.fresh
    flows.find(0, 1, 0, 2, 3)
    assert flows.fresh


def test_first_registered_port_wins() -> None:
    ports = Ports("udp")
    assert ports.find(53, 67).name == ports.find(67, 53).name == "dns"
    assert ports.find(40000, 67).name == "dhcp"
    assert ports.find(40000, 40001) is None


def test_one_line_for_the_ip_header() -> None:
    shown = text_of(traffic.udp(b"data", 9, 9), verbose=1, one_line=True)
    assert shown.startswith(b"IP (tos 0x0, ")
    assert b"\n" not in shown
