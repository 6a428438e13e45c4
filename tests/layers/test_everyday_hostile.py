"""Every prefix, random octets and mutants of the everyday layers: values, JSON, columns, text."""

from __future__ import annotations

import json
import random

import network_traffic
import pytest
import test_dns_values
import test_fields
import transport_traffic

import fyke
from fyke.tables.columns import Column

COLUMNS = [Column(name) for name in (
    "ip.src", "ip6.extensions", "tcp.options.mss", "tcp.flags", "icmp.extensions",
    "icmp6.options", "dns.answers.data", "dns.edns", "arp.sender_ip", "udp.length", "layers")]


def dns_packets() -> list[bytes]:
    """Answers of every type of record."""
    found = [transport_traffic.udp(test_fields.DNS, 53, 4000)]
    for kind, octets, _ in test_dns_values.RECORDS:
        record = (b"\0" + kind.to_bytes(2, "big") + bytes.fromhex("0001 00000e10")
                  + len(octets).to_bytes(2, "big") + octets)
        found.append(transport_traffic.udp(test_dns_values.HEADER + record, 53, 4000))
    return found


def look(octets: bytes) -> None:
    """All that a program may ask of a packet; what goes wrong raises."""
    packet = fyke.Packet(octets)
    for layer in packet.layers:
        json.dumps(layer.to_dict())
        for name in layer.to_dict():
            layer[name]
    for column in COLUMNS:
        column.value(packet)
    str(packet)


SAMPLES = {"network": network_traffic.samples, "transport": transport_traffic.everything,
           "dns": dns_packets}


@pytest.mark.parametrize("room", SAMPLES)
def test_prefixes(room: str) -> None:
    chance = random.Random(room)
    packets = SAMPLES[room]()
    for octets in chance.sample(packets, min(40, len(packets))):
        for cut in range(len(octets)):
            look(octets[:cut])


@pytest.mark.parametrize("room", SAMPLES)
def test_mutants(room: str) -> None:
    chance = random.Random(room)
    packets = SAMPLES[room]()
    for _ in range(1500):
        octets = bytearray(chance.choice(packets))
        for _ in range(chance.randrange(1, 6)):
            octets[chance.randrange(len(octets))] = chance.choice((0, 255, chance.randrange(256)))
        if chance.random() < 0.3:
            octets = octets[:chance.randrange(len(octets))] + chance.randbytes(40)
        look(bytes(octets))


@pytest.mark.parametrize(("wrap", "least"), [
    (lambda octets: network_traffic.frame(0x0806, octets), 0),
    (lambda octets: network_traffic.four(1, octets), 0),
    (lambda octets: network_traffic.six(58, octets), 0),
    (lambda octets: network_traffic.six(0, octets), 0),
    (lambda octets: network_traffic.six(43, octets), 0),
    (lambda octets: network_traffic.six(51, octets), 0),
    (lambda octets: transport_traffic.udp(octets, 53, 4000), 12),
    (lambda octets: transport_traffic.tcp(octets, 53, 4000), 14),
    (lambda octets: network_traffic.four(6, octets), 20),
], ids=["arp", "icmp", "icmp6", "hop-by-hop", "routing", "auth", "dns", "dns-tcp", "tcp"])
def test_random_octets(wrap: object, least: int) -> None:
    chance = random.Random(least)
    for _ in range(600):
        look(wrap(chance.randbytes(least + chance.randrange(120))))  # type: ignore[operator]
