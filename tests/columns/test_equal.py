"""Every column of every capture that the tests have is what the packets' layers give."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hncp_traffic import samples as hncp_samples
from hypothesis import given, settings
from hypothesis import strategies as st
from legacy_traffic import samples as legacy_samples
from maintenance_traffic import samples as maintenance_samples
from mpls_traffic import samples as mpls_samples
from network_traffic import samples as network_samples
from osi_traffic import samples as osi_samples

import fyke
from all_captures import paths as captures
from fyke.columns.filler import Filler
from fyke.columns.kinds import BINARY, BITS, BLOCKS, FIXED, LISTS, TEXTS
from fyke.columns.schema import Wanted, as_objects, plain_text, wanted
from fyke.layers.layer import field_of
from fyke.layers.plain import address
from fyke.layers.tables import read_rooms, table
from fyke.source import Source
from fyke.tables.columns import catalogue
from fyke.wire import Record

read_rooms()
PROTOCOLS = Path(__file__).parents[2] / "benchmarks" / "protocols.pcap"
NAMES = [f"{layer}.{field}" for layer, fields in catalogue().items() for field in fields]
NUMBERED = [f"{name}{number}" for number in ("#2", "#-1", "#3", "#-2") for name in (
    "ip.src", "ip.proto", "ip6.src", "tcp.src_port", "udp.dst_port", "ether.src", "vlan.id")]
PARTS = ["tcp.flags.syn", "tcp.flags.letters", "dns.questions.name", "dns.answers.ttl",
         "tcp.options.mss"]
ALL = [*NAMES, *NUMBERED, *PARTS]
OCTETS = [*network_samples(), *osi_samples(), *mpls_samples(), *maintenance_samples(),
          *legacy_samples(), *hncp_samples()]
LINKS = table("link_type").keys()


class Given(Source):
    """Packets from memory, of mixed link types."""

    interfaces: tuple[Any, ...] = ()

    def __init__(self, packets: list[fyke.Packet]) -> None:
        self.packets = iter(packets)

    def described(self, packet: Record) -> int:
        return -1  # nobody told of interfaces

    def next(self, packet: Record) -> bool:
        for one in self.packets:
            packet.like(one.record)
            packet.widen(packet.caplen)
            return True
        return False


def filled(packets: list[fyke.Packet], columns: list[Wanted]) -> Iterator[tuple[Any, ...]]:
    """The rows that a filler makes of packets."""
    filler = Filler(columns)
    filler.begin(max(1, len(packets)))
    filler.fill(Given(packets))
    rows = filler.rows
    assert rows == len(packets)
    return zip(*[vector.values(rows) for vector in filler.take()], strict=True)


def expected(column: Wanted, packet: fyke.Packet) -> Any:
    """What the packet's layers give, in the column's type."""
    layer = column.column.find(packet)
    if layer is None:
        return None
    kind = column.kind
    if column.column.parts:
        value = column.column.of_layer(layer)
    else:
        value = column.column.raw(layer)
        field = field_of(type(layer), column.column.field)
        if value is None or field is None:
            return None
        if kind.form in (FIXED, BITS):
            return value
        if kind.form == BLOCKS or kind == BINARY:
            return value.to_bytes(4, "big") if isinstance(value, int) else bytes(value)
        value = field.plain(value)
    if value is None:
        return None
    if kind.form == LISTS:
        members = value if isinstance(value, list) else [value]
        return [None if one is None else plain_text(one) if kind is TEXTS else one
                for one in members]
    return plain_text(value) if kind.text else value


def compare(packets: list[fyke.Packet], found: list[Wanted],
            give: Any = expected) -> Counter[str]:
    """The columns that differ; how many values were there."""
    met: Counter[str] = Counter()
    for packet, row in zip(packets, filled(packets, found), strict=True):
        for column, value in zip(found, row, strict=True):
            wanted = give(column, packet)
            assert value == wanted and (value is None) == (wanted is None), (
                column.name, value, wanted, packet, bytes(packet).hex())
            met[column.name] += value is not None
    return met


def of_samples() -> list[fyke.Packet]:
    """The samples of the layers' tests; each under its own link type, or under Ethernet's."""
    found = []
    for sample in OCTETS:
        octets = sample if isinstance(sample, bytes) else next(
            part for part in sample if isinstance(part, bytes))
        link = next((part for part in sample if isinstance(part, int) and part in LINKS), 1
                    ) if isinstance(sample, tuple) else 1
        found.append(fyke.Packet(octets, link_type=link))
    return found


@pytest.mark.parametrize("addresses", ["text", "binary"])
def test_protocols(addresses: str) -> None:
    packets = list(fyke.read(PROTOCOLS))[::3 if addresses == "binary" else 1][:400]
    met = compare(packets, wanted(ALL, addresses))
    assert sum(count > 0 for count in met.values()) > 150


def test_samples_of_the_layers() -> None:
    compare(of_samples()[::2], wanted(ALL))


def test_rows_of_objects() -> None:
    """What ``fyke table`` prints: exactly ``Column.value``."""
    names = [*ALL, "time", "date", "wire_length", "interface", "link_type", "layers", "text"]
    packets = list(fyke.read(PROTOCOLS))[:150]
    compare(packets, as_objects(names), lambda column, packet: column.column.value(packet))


MUTATED = wanted([name for name in NAMES if name.partition(".")[0] in (
    "ether", "vlan", "ip", "ip6", "tcp", "udp", "icmp", "icmp6", "arp", "dns", "gre", "mpls",
    "vxlan", "geneve", "sll", "sctp", "llc", "ppp", "pppoe")] + NUMBERED)
SAMPLES = list(fyke.read(PROTOCOLS))[:300]


@given(st.integers(0, 2**32), st.integers(0, 12), st.booleans())
@settings(max_examples=60, deadline=None)
def test_damaged_packets(seed: int, changes: int, cut: bool) -> None:
    """Octets changed, packets cut: still the same, by whichever way a column is filled."""
    chance = random.Random(seed)
    packets = []
    for _ in range(8):
        original = chance.choice(SAMPLES)
        octets = bytearray(original.data)
        for _ in range(changes):
            if octets:
                octets[chance.randrange(min(len(octets), 80))] = chance.choice(
                    (0, 1, 4, 6, 17, 41, 47, 255, chance.randrange(256)))
        end = chance.randrange(len(octets) + 1) if cut else len(octets)
        packets.append(fyke.Packet(bytes(octets[:end]), link_type=original.link_type,
                                   wire_length=original.wire_length))
    compare(packets, MUTATED)
    some = [MUTATED[0], *chance.sample(MUTATED, 3)]  # few columns: the walk ends early
    compare(packets, some)


def test_a_number_of_layers() -> None:
    """``#2`` is inside the tunnel; a layer of the name without the field counts, too."""
    inner = bytes.fromhex("4500001400010000400600000a0000020a000003")
    packet = fyke.Packet(bytes.fromhex("4500002800010000400400000a0000010a000009") + inner,
                         link_type="RAW")
    names = ["ip.src", "ip.src#2", "ip.src#-1", "ip.src#3", "ip.src#-2", "tcp.src_port"]
    assert next(filled([packet], wanted(names))) == (
        "10.0.0.1", "10.0.0.2", "10.0.0.2", None, "10.0.0.1", None)


def test_addresses_of_two_versions_differ() -> None:
    """An IPv4 address and the IPv6 address of the same number are two words."""
    four = fyke.Packet(bytes.fromhex("4500001400010000400600000102030405060708"), link_type="RAW")
    six = fyke.Packet(bytes.fromhex("60000000000006400000000000000000000000000102030400000000"
                                    "000000000000000005060708"), link_type="RAW")
    assert [row[0] for row in filled([four, six], wanted(["ip.src"]))] == [
        "1.2.3.4", address(bytes(12) + bytes([1, 2, 3, 4]))]


def test_columns_by_either_way() -> None:
    """A column's type is the same whether its layer's file or all files were read."""
    ask = ("import json, sys; from fyke.columns.schema import wanted; "
           "print(json.dumps([one.kind.name for one in wanted(sys.argv[1:])]))")
    for layer in ("ip", "ip6", "ether", "tcp", "udp", "arp", "dns", "vlan", "icmp", "transport"):
        names = [name for name in NAMES if name.startswith(f"{layer}.")]
        fresh = subprocess.run([sys.executable, "-c", ask, *names], capture_output=True, check=True)
        assert json.loads(fresh.stdout) == [one.kind.name for one in wanted(names)], layer


@pytest.mark.parametrize("names", [["ip.src#2", "udp.dst_port"], ["tls.version", "ip.src"],
                                   ["quic.version"], ["gtp.version", "ip.src#-1"], ["dns.id"],
                                   ["http.method"], ["stun.method", "tcp.seq"]])
def test_few_columns(names: list[str]) -> None:
    """What nobody wants is not decoded, and not looked for; what is wanted is found as ever."""
    compare([*fyke.read(PROTOCOLS), *of_samples()], wanted(names))


def whole_packets(path: Path, most: int) -> list[fyke.Packet]:
    """The first packets of a capture; of a torn one those in front of the damage."""
    found: list[fyke.Packet] = []
    try:
        with fyke.read(path) as packets:
            for packet in packets:
                found.append(packet)
                if len(found) == most:
                    break
    except fyke.SavefileError:
        pass
    return found


@pytest.mark.parametrize("part", range(8))
def test_every_capture(part: int) -> None:
    """Every field of every capture: tunnels, several interfaces, mixed link types, torn files."""
    packets = [packet for path in captures()[part::8] for packet in whole_packets(path, 10)]
    there = {id(packet): {name for layer in packet.layers for name in layer.called()}
             for packet in packets}
    met = compare(packets, wanted(ALL), lambda column, packet: (
        expected(column, packet) if column.column.layer in there[id(packet)] else None))
    assert len(met) > 50


#: Few columns: what nobody wants is passed over, by layers, by ports, by what is left to be found.
FEW = [["ip.src", "tcp.dst_port", "tcp.flags"], ["udp.dst_port"], ["ip.src#2", "udp.length"],
       ["ip.dst#-1"], ["tcp.src_port#2", "tcp.src_port"], ["udp.dst_port#2"], ["dns.id", "ip.ttl"],
       ["vxlan.vni", "tcp.seq"], ["gtp.version", "ip.src#3"], ["tls.version", "tcp.dst_port"],
       ["quic.version", "udp.src_port"], ["ether.src#2", "ip.proto"], ["tcp.payload_length"],
       ["dns.questions.name", "transport.dst_port"], ["icmp.type", "arp.operation", "vlan.id"]]


@pytest.mark.parametrize("part", range(8))
def test_every_capture_by_few_columns(part: int) -> None:
    packets = [packet for path in captures()[part::8] for packet in whole_packets(path, 10)]
    picked = random.Random(part)
    for names in [*FEW, *(picked.sample(ALL, 3) for _ in range(30))]:
        compare(packets, wanted(names))


def dns_packet(name: bytes, count: int, cut: int) -> fyke.Packet:
    """A query for the same name some times, the last octets not captured."""
    message = struct.pack(">6H", 7, 0x100, count, 0, 0, 0) + (name + b"\0\1\0\1") * min(count, 20)
    udp = struct.pack(">4H", 40000, 53, 8 + len(message), 0) + message
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, 1, 2) + udp
    return fyke.Packet(ip[:len(ip) - cut], link_type="RAW", wire_length=len(ip))


@given(st.lists(st.one_of(st.text("abz09-_", min_size=1, max_size=63).map(str.encode),
                          st.binary(max_size=63)), max_size=8),
       st.sampled_from((0, 1, 2, 17, 65535)), st.integers(0, 30),
       st.sampled_from((b"\0", b"\xc0\x0c", b"", b"\x41")))
@settings(max_examples=200, deadline=None)
def test_names_of_questions(labels: list[bytes], count: int, cut: int, end: bytes) -> None:
    """Plain names are read at once, others by way of their records: the same names."""
    name = b"".join(bytes([len(label)]) + label for label in labels) + end
    compare([dns_packet(name, count, cut)], wanted(["dns.questions.name"]))
