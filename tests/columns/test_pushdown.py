"""The superset never loses a row: proven against a BPF reading of the same fields, and tried
against the layers, on packets made to be fallen for.
"""

from __future__ import annotations

import ast
import importlib
import io
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fyke
from columns.packets import HOSTS4, HOSTS6, PORTS, captured
from fyke.bpf.proof import Same, implies
from fyke.columns import tunnels
from fyke.columns.filler import Filler
from fyke.columns.predicate import (
    UNKNOWN,
    All,
    Check,
    Either,
    Inverse,
    all_of,
    compared,
    of_tree,
    there,
)
from fyke.columns.pushdown import bits_of, superset
from fyke.columns.scan import screens
from fyke.columns.where import Where
from fyke.files.reader import open_capture
from fyke.filter.compile import compile
from fyke.filter.parser import parse
from fyke.layers import tables
from fyke.layers.fields import fields_of
from fyke.layers.network.ipv4 import IPv4
from fyke.tables.columns import Column

# --- by proof -------------------------------------------------------------------------------------

#: Tests of fields that the dialect fyke and the columns read alike.
FIELD_TESTS = """
tcp.dst_port = 443
not tcp.dst_port = 443
tcp.dst_port = 443 and tcp.dst_port in {80, 443, 8000-8010} or udp.dst_port = 53
not (ip.src = 10.0.0.0/8 or tcp.src_port = 80)
tcp.flags.syn and not tcp.flags.ack
tcp.flags & (tcp-syn|tcp-ack) = tcp-syn
tcp.seq >= 0x80000000
tcp.header_length > 20
not tcp.header_length <= 22
ip.ttl < 5
not ip.ttl < 5
ip.ttl != 64
ip.offset > 0
ip.flags.df
ip.src = 10.0.0.1
ip.src != 10.0.0.1
ip.dst in {192.0.2.0/24, 2001:db8::/33}
not ip.dst = 2001:db8::1
ip6.flow_label = 0x12345
udp.dst_port = 53
udp.length < 20
ether.src = 1:2:3:4:5:6
not arp.operation = 1
vlan.id = 7
icmp.type = 3 or icmp6.type = 1
""".strip().splitlines()


@pytest.mark.parametrize(("test", "link_type"), [
    *((test, 1) for test in FIELD_TESTS),
    *((test, link_type) for test in FIELD_TESTS[3:6] for link_type in (101, 113, 276))])
def test_superset_is_proven(test: str, link_type: int) -> None:
    """No packet that the dialect's program takes is refused, whatever its octets and its length."""
    made = superset(of_tree(parse(test, "fyke")), link_type)
    if made is None:
        return  # takes all
    reading = compile(test, link_type=link_type, dialect="fyke")
    assert implies(reading, made, whole=True, timeout=120) == Same()


def test_most_of_these_leave_something_out() -> None:
    weak = [test for test in FIELD_TESTS if superset(of_tree(parse(test, "fyke")), 1) is None]
    assert weak == []


# --- by property ----------------------------------------------------------------------------------

#: Columns, and values that occur in the packets.
NUMBERS = {
    "ip.ttl": (1, 4, 5, 64), "ip.proto": (6, 17, 4, 47), "ip.length": (40, 20, 0, 60),
    "ip.header_length": (20, 24, 28), "ip.flags.df": (0, 1), "ip.offset": (0, 40), "ip.id": (0, 9),
    "ip.ttl#2": (1, 64), "ip.ttl#-1": (64,), "ip.hop_limit": (4, 64), "ip6.next_header": (6, 0, 44),
    "ip6.flow_label": (0, 0x12345), "tcp.src_port": PORTS, "tcp.dst_port": PORTS,
    "tcp.flags": (2, 18, 0), "tcp.flags.syn": (0, 1), "tcp.header_length": (20, 12, 24),
    "tcp.window": (0, 9, 200), "tcp.seq": (0, 7), "udp.src_port": PORTS, "udp.dst_port": PORTS,
    "udp.length": (8, 12, 0), "arp.operation": (1, 2), "vlan.id": (5, 7, 9),
    "vlan.priority": (0, 3),
    "vlan.dei": (0, 1), "ether.type": (0x0800, 0x8100), "vlan.type": (0x0800,), "icmp.type": (3, 8),
    "captured_length": (34, 54, 60), "wire_length": (34, 60, 90), "dns.id": (0,),
    "vxlan.vni": (7,),
    "sll.protocol": (0x0800,),
}
ADDRESSES = {"ip.src": HOSTS4 + HOSTS6, "ip.dst": HOSTS4 + HOSTS6, "ip6.src": HOSTS6,
             "ip.src#2": HOSTS4}
RELATIONS = ("=", "!=", "<", "<=", ">", ">=", "in")


@st.composite
def checks(draw) -> tuple[Any, Any]:
    """A predicate, and what it says of a packet's values."""
    if draw(st.integers(0, 3)) == 0:
        column = draw(st.sampled_from(sorted(ADDRESSES)))
        relation = draw(st.sampled_from(("=", "!=", "in")))
        values = draw(st.lists(st.sampled_from(ADDRESSES[column]), min_size=1, max_size=3))
    else:
        column = draw(st.sampled_from(sorted(NUMBERS)))
        relation = draw(st.sampled_from(RELATIONS))
        values = draw(st.lists(st.sampled_from((*NUMBERS[column], -1, 1 << 70)), min_size=1,
                               max_size=3))
    if relation != "in":
        del values[1:]
    return compared(column, relation, values), (column, relation, values)


def holds(told: tuple, read: Any) -> bool:
    column, relation, values = told
    found = read(column)
    if found is None:
        return False
    value = values[0]
    return {"=": lambda: found == value, "!=": lambda: found != value, "<": lambda: found < value,
            "<=": lambda: found <= value, ">": lambda: found > value, ">=": lambda: found >= value,
            "in": lambda: found in values}[relation]()


def trees() -> Any:
    leaf = st.one_of(
        checks().map(lambda pair: (pair[0], lambda read: holds(pair[1], read))),
        st.sampled_from(sorted(NUMBERS)).map(
            lambda name: (there(name), lambda read: read(name) is not None)),
        st.booleans().map(lambda answer: (UNKNOWN, lambda read: answer)))

    def join(kind: Any, how: Any) -> Any:
        return lambda pairs: (kind(tuple(one for one, _ in pairs)),
                              lambda read: how(two(read) for _, two in pairs))

    return st.recursive(leaf, lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(join(All, all)),
        st.lists(inner, min_size=2, max_size=3).map(join(Either, any)),
        inner.map(lambda pair: (Inverse(pair[0]), lambda read: not pair[1](read)))), max_leaves=5)


COLUMNS: dict[str, Column] = {}


def reader(packet: fyke.Packet) -> Any:
    def read(name: str) -> Any:
        if name not in COLUMNS:
            COLUMNS[name] = Column(name)
        return COLUMNS[name].value(packet)
    return read


@given(captured(), trees())
@settings(max_examples=300)
def test_no_row_is_lost(given: tuple[int, bytes, int], pair: tuple[Any, Any]) -> None:
    link_type, octets, wire = given
    predicate, wanted = pair
    made = superset(predicate, link_type)
    if made is None:
        return
    packet = fyke.Packet(octets, link_type=link_type, wire_length=wire)
    if wanted(reader(packet)):
        assert made.run(octets) != 0, packet


WHERES = [*FIELD_TESTS, "tcp.dst_port#2 = 443", "not tcp.dst_port#-1 in {443, 80}",
          "ip.ttl#2 < 64",
          "ip.src in {10.0.0.0/8, 2001:db8::/32}", "not udp.dst_port in {53, 4789}",
          "udp.udp_length < 20",
          "wire_length > 40 and not captured_length > 40", "vlan.id in {5-6, 9}",
          "transport.dst_port = 80"]


@given(captured(), st.sampled_from(WHERES))
@settings(max_examples=300)
def test_where_loses_no_row(given: tuple[int, bytes, int], test: str) -> None:
    """What comes down of ``where`` leaves out nothing that it takes."""
    link_type, octets, wire = given
    capture = io.BytesIO()
    with fyke.write(capture, link_type=link_type) as out:
        out.add(fyke.Packet(octets, link_type=link_type, wire_length=wire))
    found = []
    for screened in (False, True):
        where = Where(test)
        filler = Filler(where.columns, None, where,
                        screens(where.predicate()) if screened else None)
        filler.begin(1)
        where.bind(filler.vectors())
        filler.fill(open_capture(capture.getvalue()))
        found.append(filler.rows)
    assert found[0] == found[1]


def packet_of(*layers: bytes) -> bytes:
    return b"".join(layers)


MAC = bytes(12)
INNER = packet_of(MAC, b"\x08\0", bytes.fromhex("4500002800000000400600000a0000010a000002"),
                  bytes.fromhex("1f9001bb000000000000000050020000"), bytes(4))
UDP_TO = "4500{:04x}0000000040110000c0000207c0000208" "0009{:04x}{:04x}0000"
#: What a naive translation of ``tcp.dst_port = 443`` loses, one way each.
HIDDEN = {
    "two tags": MAC + bytes.fromhex("810000058100000708004500002800000000400600000a0000010a000002")
    + INNER[34:],
    "options": MAC + bytes.fromhex("08004600002c00000000400600000a0000010a00000201010100")
    + INNER[34:],
    "a fragment, the first": INNER[:20] + b"\x20\0" + INNER[22:],
    "extension header": MAC + bytes.fromhex("86dd60000000001c3c40") + bytes(32) + bytes.fromhex(
        "0600010400000000") + INNER[34:],
    "vxlan": MAC + b"\x08\0" + bytes.fromhex(UDP_TO.format(36 + 54, 4789, 16 + 54)
                                             + "0800000000000700") + INNER,
    "geneve": MAC + b"\x08\0" + bytes.fromhex(UDP_TO.format(36 + 54, 6081, 16 + 54)
                                              + "0000655800000700") + INNER,
    "gre": MAC + bytes.fromhex("08004500004000000000402f0000c0000207c000020800000800") + INNER[14:],
    "ip in ip": MAC + bytes.fromhex("08004500003c0000000040040000c0000207c0000208") + INNER[14:],
    "an error that quotes it": MAC + bytes.fromhex(
        "0800450000440000000040010000c0000207c00002080300000000000000") + INNER[14:],
    "mpls": MAC + bytes.fromhex("884700064140") + INNER[14:],
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_a_naive_translation_loses(name: str) -> None:
    octets = HIDDEN[name]
    read = reader(fyke.Packet(octets))
    assert read("tcp.dst_port") == 443
    for predicate in (compared("tcp.dst_port", "=", [443]), Inverse(compared(
            "tcp.dst_port", "!=", [443])), Inverse(compared("tcp.dst_port", "<", [100]))):
        made = superset(predicate, 1)
        assert made is not None and made.run(octets)


def test_it_leaves_out_what_is_plainly_something_else() -> None:
    made = superset(compared("tcp.dst_port", "=", [443]), 1)
    assert made is not None and made.run(INNER)
    other = INNER[:36] + b"\0\x50" + INNER[38:]
    for octets in (other, MAC + b"\x08\0" + bytes.fromhex(UDP_TO.format(28, 53, 8)),
                   MAC + b"\x08\x06" + bytes(28)):
        assert made.run(octets) == 0
    later = other[:20] + b"\0\x05" + other[22:]  # these octets are no port
    assert superset(Inverse(compared("tcp.dst_port", "=", [80])), 1).run(later)  # type: ignore[union-attr]
    short = MAC + bytes.fromhex("08004500002400000000400600000a0000010a000002") + other[34:]
    assert superset(Inverse(compared("tcp.seq", "=", [0])), 1).run(short)  # type: ignore[union-attr]


#: Columns that each packet is looked for by, with what it has there itself.
OWN = ("ip.ttl", "ip.offset", "ip.src", "tcp.dst_port", "tcp.flags", "udp.src_port", "udp.length",
       "arp.operation", "vlan.id", "ether.type", "captured_length")


@cache
def program(predicate: Any, link_type: int) -> Any:
    return superset(predicate, link_type)


@given(captured(), st.sampled_from(OWN))
@settings(max_examples=600)
def test_a_packet_is_found_by_what_it_has(given: tuple[int, bytes, int], name: str) -> None:
    """And by what it has not; also the packet in the packet, by what only that has."""
    link_type, octets, wire = given
    value = reader(fyke.Packet(octets, link_type=link_type, wire_length=wire))(name)
    asked = [Inverse(there(name))] if value is None else [compared(name, "=", [value])]
    for other in () if value is None else ("udp.length", "tcp.flags", "arp.operation"):
        asked.append(All((asked[0], Inverse(compared(other, ">", [1 << 60])))))
    for predicate in asked:
        made = program(predicate, link_type)
        assert made is None or made.run(octets) != 0, (octets.hex(), predicate)


# --- what it rests on -----------------------------------------------------------------------------

#: Of these it is known what they place above themselves: QUIC a hello of TLS.
LEADS_TO_NO_PACKETS = {"quic"}


def leads_on(source: Path) -> bool:
    """Whether a protocol's module places other layers."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and (
                node.func.attr == "child"):
            return True
        if isinstance(node, ast.FunctionDef) and node.name in ("follow", "beyond"):
            return True
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr == "next" and (
                        ast.unparse(node.value) not in ("type(self)", "None")):
                    return True
    return False


def test_carrying_protocols_are_known() -> None:
    """One that places layers above itself belongs into tunnels.CARRYING."""
    folder = Path(importlib.import_module("fyke.layers.application").__file__ or "").parent
    found = {path.stem for path in folder.glob("*.py") if leads_on(path)}
    assert found - LEADS_TO_NO_PACKETS == tunnels.CARRYING


def test_much_used_ports_lead_nowhere() -> None:
    tables.read_rooms()
    for transport, ports in tunnels.LOOKED_UP.items():
        assert all(tunnels.is_plain(transport, port) for port in ports)


@pytest.mark.parametrize("port", [4789, 6081, 1701, 4500, 2152])
def test_ports_of_tunnels_lead_on(port: int) -> None:
    tables.read_rooms()
    assert within(tunnels.leading("udp"), port)


def test_a_port_of_somebody_elses_leads_on() -> None:
    class Mine(fyke.Layer):
        name = "mine"

    assert not within(tunnels.leading("tcp"), 80)
    before = tables.table("tcp.port").find(80)
    fyke.register("tcp.port", 80, Mine)
    try:
        assert within(tunnels.leading("tcp"), 80)
    finally:
        assert before is not None
        fyke.register("tcp.port", 80, before)


def within(ranges: list[tuple[int, int]], port: int) -> bool:
    return any(low <= port <= high for low, high in ranges)


def test_bits_are_read_off_the_field() -> None:
    fields = fields_of(IPv4)
    assert bits_of(IPv4, fields["header_length"]) == (0x0F, 0, 4)
    assert bits_of(IPv4, fields["flags"]) == (0xE0, 5, 1)
    assert bits_of(IPv4, fields["offset"]) == (0x1FFF, 0, 8)
    assert bits_of(IPv4, fields["ttl"]) == (0xFF, 0, 1)


def test_translations() -> None:
    assert compared("ip.src", "=", ["10.0.0.01"]) is UNKNOWN
    assert compared("ip.src", "<", ["10.0.0.1"]) is UNKNOWN
    assert compared("ip.ttl", "=", [1.5]) is UNKNOWN
    assert compared("ip.ttl", ">", [-1]) == Check("ip.ttl", ((0, (1 << 64) - 1),))
    assert all_of([UNKNOWN, UNKNOWN]) is UNKNOWN
    made = superset(Inverse(all_of([there("ip.ttl"), UNKNOWN])), 1)
    assert made is None or made.run(INNER)  # it may be the other one that does not hold
    assert superset(UNKNOWN, 1) is None
    assert superset(there("ip.ttl"), 105) is None
