"""Explanations: names of fields, why a packet is taken, what a program means."""

from __future__ import annotations

import json
import struct
from xml.etree import ElementTree

import pytest
from filter_expressions import EXPRESSIONS
from hypothesis import given, settings
from hypothesis import strategies as st
from libpcap_library import Libpcap

import fyke
from fyke.bpf.program import Program
from fyke.bpf.proof import Counterexample, Same
from fyke.errors import FilterError
from fyke.filter import drawing
from fyke.filter.compile import compile
from fyke.filter.describe import annotate, describe, expression_of, listing
from fyke.packet import Packet

ETHERNET = bytes.fromhex("ffffffffffff 020000000001 0800")


def udp(source: int, destination: int, protocol: int = 17) -> bytes:
    """10.0.0.1 to 10.0.0.2 over Ethernet."""
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28, 0, 0, 64, protocol, 0, bytes([10, 0, 0, 1]),
                     bytes([10, 0, 0, 2]))
    return ETHERNET + ip + struct.pack(">HHHH", source, destination, 8, 0)


REASONS = [
    ("port 80", "no: `port 80`: udp.dst_port is 53 (0x0035)"),
    ("host 1.2.3.4 or port 53", "yes: `port 53`: udp.dst_port is 53 (0x0035)"),
    ("tcp", "no: `tcp`: ip.proto is 17 (UDP) (0x0011)"),
    ("ip[8] < 10", "no: `ip[8] < 10`: ip.ttl is 64 (0x0040), so ip.ttl >= 10"),
    ("udp and src 10.0.0.1", "yes: `src 10.0.0.1`: ip.src is 10.0.0.1"),
    ("net 10.0.0.0/9", "yes: `net 10.0.0.0/9`: ip.src & 0xff800000 is 10.0.0.0"),
    ("arp", "no: `arp`: ether.type is 0x0800 (IPv4)"),
    ("not port 53", "no: `port 53`: udp.dst_port is 53 (0x0035)"),
    ("", "yes: the program asks nothing"),
]


@pytest.mark.parametrize(("expression", "reason"), REASONS)
def test_the_test_that_decided(expression: str, reason: str) -> None:
    why = compile(expression).explain(udp(1234, 53))
    assert str(why) == reason
    assert why.matched == reason.startswith("yes")
    if why.span is not None:
        assert f"`{expression[slice(*why.span)]}`" in reason


def test_a_packet_that_ends_too_soon() -> None:
    why = compile("port 80").explain(udp(1, 2)[:36])
    assert str(why) == "no: `port 80`: the packet ends before udp.dst_port: 36 octets are there"


def test_kernel_metadata_of_a_file_is_unknown() -> None:
    why = compile("vlan", linux_extensions=True).explain(udp(1, 2))
    assert str(why).startswith("no: `vlan`: ")
    assert not why.matched


def test_division_by_zero() -> None:
    why = compile("1 / ip[1] = 1").explain(udp(1, 2))
    assert "division by zero" in str(why)


def test_steps_show_registers() -> None:
    why = compile("udp").explain(udp(1, 2))
    assert [step.number for step in why.steps] == [0, 1, 2, 3, 10]
    assert why.steps[0].after == (0x800, 0)
    assert why.steps[-1].next is None
    assert str(why.steps[0]).endswith(" A 0x0 → 0x800  X 0x0")
    assert str(why.steps[-1]).endswith(" A 0x11  X 0x0")


@settings(max_examples=60)
@given(EXPRESSIONS["EN10MB"], st.binary(max_size=80), st.integers(0, 3))
def test_explaining_returns_what_running_does(text: str, tail: bytes, kind: int) -> None:
    try:
        program = compile(text)
    except FilterError:
        return
    start = [b"", udp(80, 53), ETHERNET[:12] + bytes.fromhex("86dd60000000001406ff"),
             ETHERNET[:12] + bytes.fromhex("81000064080045")][kind]
    why = program.explain(start + tail)
    assert why.returned == program.run(start + tail)
    assert "\n" not in str(why)


# --- listings ------------------------------------------------------------------------------------

def test_annotated_listing_names_fields_and_words() -> None:
    notes = annotate(compile("host 1.2.3.4 or tcp port 80"))
    fields = [note.field for note in notes]
    for field in ("ether.type", "ip.src", "ip.src = 1.2.3.4?", "tcp.src_port", "arp.sender_ip",
                  "ip6.next_header", "accept, keep 262144 octets", "drop"):
        assert field in fields
    assert notes[2].words == "host 1.2.3.4"
    assert notes[1].goes == "yes: go to 2, no: go to 15"
    assert len(listing(compile("arp")).splitlines()) == 4


@settings(max_examples=40)
@given(st.sampled_from(sorted(EXPRESSIONS)).flatmap(
    lambda link: st.tuples(st.just(link), EXPRESSIONS[link])))
def test_every_program_can_be_shown(case: tuple[str, str]) -> None:
    link_type, text = case
    try:
        program = compile(text, link_type=link_type)
    except FilterError:
        return
    assert len(json.loads(drawing.as_json(program))["instructions"]) == len(program)
    ElementTree.fromstring(drawing.svg(program))
    assert drawing.dot(program).count("{") == drawing.dot(program).count("}")


def test_protochain_jumps_back_and_is_shown_nevertheless() -> None:
    program = compile("ip6 protochain 6")
    assert len(listing(program).splitlines()) == len(program)


# --- what a program means ------------------------------------------------------------------------

GIVEN_BACK = ["", "tcp", "arp", "port 53", "host 1.2.3.4", "not port 53", "tcp port 80",
              "udp and dst host 10.0.0.1", "src port 22", "host 1.2.3.4 or port 5"]


@pytest.mark.parametrize("text", GIVEN_BACK)
def test_a_common_expression_is_given_back(text: str) -> None:
    program = Program(compile(text).instructions)
    found = expression_of(program)
    assert found is not None
    assert len(found) == len(text)
    assert compile(found).instructions == program.instructions or isinstance(
        fyke.equivalent(program, found), Same)


@pytest.mark.parametrize("text", ["port 53", "not port 22", "src port 53", "udp port 53 or icmp",
                                  "tcp port 80 and host 10.0.0.1", "port 80 and not host 1.1.1.1"])
def test_the_programs_of_another_libpcap_are_given_back(text: str) -> None:
    """Its listing need not be ours."""
    pytest.importorskip("z3", reason="z3-solver is not installed")
    theirs = Libpcap().compile(text)
    assert not isinstance(theirs, str)
    assert expression_of(Program(theirs)) == text


WORDED = {
    "net 10.0.0.0/9": "net 10.0.0.0/9", "ip dst net 10.1.2.0/24": "ip dst net 10.1.2.0/24",
    "ether host 1:2:3:4:5:6": "ether host 01:02:03:04:05:06",
    "ether dst 1:2:3:4:5:6 and ip": "ether dst 01:02:03:04:05:06 and ip",
    "host 2001:db8::1": "host 2001:db8::1", "portrange 1-1023": "portrange 1-1023",
    "ip[8] < 10": "ip and ip[8] < 10", "udp[4:2] > 100": "udp[4:2] > 100",
    "tcp[13] & 18 != 0": "tcp[tcpflags] & (tcp-syn | tcp-ack) != 0",
    "tcp[tcpflags] = tcp-syn": "tcp[tcpflags] = tcp-syn", "icmp[0] = 8": "icmp[icmptype] = 8",
    "tcp or udp": "tcp or udp", "port 80 or port 443 or port 22":
    "port 80 or port 22 or port 443", "host 1.1.1.1 or host 2.2.2.2":
    "host 1.1.1.1 or host 2.2.2.2",
}


@pytest.mark.parametrize("text", WORDED)
def test_an_expression_is_given_back_in_the_words_of_people(text: str) -> None:
    pytest.importorskip("z3", reason="z3-solver is not installed")
    assert expression_of(Program(compile(text).instructions)) == WORDED[text]


@pytest.mark.parametrize("text", ["ip[8] < 10", "len > 100 and vlan 3", "net 10.0.0.0/9",
                                  "ether host 1:2:3:4:5:6", "tcp[tcpflags] & tcp-syn != 0"])
def test_another_expression_is_proven_equal(text: str) -> None:
    pytest.importorskip("z3", reason="z3-solver is not installed")
    program = Program(compile(text).instructions)
    found = expression_of(program)
    assert found is not None
    assert isinstance(fyke.equivalent(program, found), Same)


def test_describe_tells_the_ways_to_acceptance() -> None:
    text = describe(Program(compile("arp or ip[8] < 10").instructions))
    assert "It accepts a packet where ether.type = 0x0806 (ARP)\n" in text
    assert "ip.ttl < 10" in text
    assert describe(Program([(6, 0, 0, 0)])) == "It accepts no packet.\n"


def test_describing_a_large_program_ends() -> None:
    """Every way counts, but those that cannot end in acceptance are not walked."""
    chain = [(0x30, 0, 0, 0), *[(0x45, 0, 0, 1 << n % 32) for n in range(200)], (0x15, 0, 1, 1),
             (0x06, 0, 0, 1), (0x06, 0, 0, 0)]
    assert "more ways" in describe(Program(chain))
    assert describe(Program([*chain[:-3], *chain[-1:]])) == "It accepts no packet.\n"


def test_equivalent() -> None:
    assert isinstance(fyke.equivalent("tcp port 80", "tcp src port 80 or tcp dst port 80"), Same)
    found = fyke.equivalent("tcp", "ip proto 6")
    assert isinstance(found, Counterexample)
    assert compile("tcp").run(found.packet, found.wirelen)
    assert not compile("ip proto 6").run(found.packet, found.wirelen)
    assert isinstance(fyke.equivalent("ip and not ip", "tcp and udp"), Same)


def test_a_packet_in_a_users_hands() -> None:
    """What fyke.read gives goes in as it is, with the length that it had on the wire."""
    program = compile("udp port 53 and len > 1000")
    packet = Packet(udp(1234, 53), wire_length=1200)
    assert program.run(packet) == 262144
    assert program.explain(packet).matched
    assert not program.explain(packet.data).matched
