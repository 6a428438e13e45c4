"""Guesses which expression a program was made from: by the constants in it, and by trying.

A guess counts only if it compiles to the very same program, which settles that they are equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from fyke.bpf import instructions as bpf
from fyke.bpf.fields import Place
from fyke.bpf.meaning import analyse, test_of, text
from fyke.bpf.program import Program
from fyke.errors import FykeError
from fyke.filter.compile import compile

MOST = 1000  #: guesses that are tried, each a millisecond
MOST_INSTRUCTIONS = 120
PROTOCOLS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 58: "icmp6", 132: "sctp"}
TYPES = {0x0800: "ip", 0x0806: "arp", 0x8035: "rarp", 0x86DD: "ip6"}


def guess(program: Program) -> str | None:
    """An expression that compiles to this program, or None."""
    if len(program) > MOST_INSTRUCTIONS:
        return None
    for tried, expression in enumerate(guesses(program)):
        if tried == MOST:
            break
        try:
            made = compile(expression, link_type=program.link_type, snaplen=_snaplen(program))
        except FykeError:
            continue
        if made.instructions == program.instructions:
            return expression
    return None


def guesses(program: Program) -> Iterator[str]:
    """Candidates, the simplest first."""
    yield ""
    tests = list(_tests(program))
    yield from tests
    yield from (f"not {test}" for test in tests)
    pairs = list(combinations(tests, 2))
    for word in ("and", "or", "and not"):
        yield from (f"{one} {word} {other}" for one, other in pairs)
        yield from (f"{other} {word} {one}" for one, other in pairs)
    for three in combinations(tests[:8], 3):
        yield " and ".join(three)
        yield " or ".join(three)


def _tests(program: Program) -> Iterator[str]:
    """Single tests with the program's constants."""
    hosts, ports, protocols, types = _constants(program)
    for port in ports:
        for transport in ("", "tcp ", "udp "):
            for direction in ("", "src ", "dst "):
                yield f"{transport}{direction}port {port}"
    for host in hosts:
        for direction in ("", "src ", "dst ", "ip ", "ip src ", "ip dst "):
            yield f"{direction}host {host}"
    yield from protocols
    yield from types


def _constants(program: Program) -> tuple[list[str], list[int], list[str], list[str]]:
    """Hosts, ports, transport protocols and network protocols that the program compares with."""
    link_type = program.link_type
    hosts: dict[str, None] = {}
    ports: dict[int, None] = {}
    protocols: dict[str, None] = {}
    types: dict[str, None] = {}
    for ins, state in zip(program.instructions, analyse(program.instructions), strict=True):
        if state is None or ins.code != bpf.JMP | bpf.JEQ:
            continue
        test = test_of(ins, state)
        called = text(test.left, link_type, test.facts)
        if called in ("ip.src", "ip.dst", "arp.sender_ip", "arp.target_ip"):
            hosts[".".join(str(ins.k >> shift & 255) for shift in (24, 16, 8, 0))] = None
        elif called.endswith("_port") and isinstance(test.left, Place):
            ports[ins.k] = None
        elif called in ("ip.proto", "ip6.next_header") and ins.k in PROTOCOLS:
            protocols[PROTOCOLS[ins.k]] = None
        elif ins.k in TYPES:
            types[TYPES[ins.k]] = None
    return list(hosts)[:4], list(ports)[:4], list(protocols), list(types)


def _snaplen(program: Program) -> int:
    """What the program returns for a packet that it takes."""
    kept = [ins.k for ins in program.instructions if ins.code == bpf.RET | bpf.K and ins.k]
    return kept[0] if kept else program.snaplen
