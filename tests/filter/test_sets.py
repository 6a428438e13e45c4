"""Sets of hosts, networks and ports: search trees that mean what the chain means."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from libpcap_library import LONG, Libpcap, longer

from fyke.bpf.instructions import MAX_INSTRUCTIONS, Instruction
from fyke.bpf.program import Program
from fyke.bpf.proof import Same, differ, implies
from fyke.filter.assemble import assemble
from fyke.filter.compile import compile
from fyke.filter.graph import MEMBER, Block, Graph, Set
from fyke.filter.lower import lower
from fyke.filter.optimize import optimize
from fyke.filter.optimize.sets import joined
from fyke.filter.options import Options
from fyke.filter.parser import parse
from fyke.linktypes import by_name

Ranges = list[tuple[int, int]]


def dotted(number: int) -> str:
    return ".".join(str(octet) for octet in number.to_bytes(4, "big"))


def host(chance: random.Random) -> tuple[str, tuple[int, int]]:
    number = chance.choice((chance.getrandbits(32), 0x0A000000 + chance.randrange(300)))
    return dotted(number), (number, number)


def net(chance: random.Random) -> tuple[str, tuple[int, int]]:
    length = chance.choice((24, 24, 16, 32, chance.randrange(8, 33)))
    low = chance.getrandbits(32) >> (32 - length) << (32 - length)
    return f"{dotted(low)}/{length}", (low, low + (1 << (32 - length)) - 1)


def port(chance: random.Random) -> tuple[str, tuple[int, int]]:
    number = chance.choice((chance.randrange(65536), chance.randrange(100), 0, 65535))
    return str(number), (number, number)


def portrange(chance: random.Random) -> tuple[str, tuple[int, int]]:
    low = chance.randrange(65536)
    high = min(65535, low + chance.choice((0, 1, 5, 1000)))
    return f"{low}-{high}", (low, high)


KINDS: dict[str, Callable[[random.Random], tuple[str, tuple[int, int]]]] = {
    "host": host, "src host": host, "ip host": host, "arp dst host": host,
    "net": net, "src net": net, "ip net": net,
    "port": port, "tcp port": port, "udp dst port": port,
    "portrange": portrange, "tcp src portrange": portrange,
}


def random_set(kind: str, size: int, chance: random.Random) -> tuple[str, Ranges]:
    members = [KINDS[kind](chance) for _ in range(size)]
    return " or ".join(f"{kind} {text}" for text, _ in members), [each for _, each in members]


def ethernet(kind: str, source: int, destination: int, chance: random.Random) -> bytes:
    """A packet that a test of the kind can apply to, with these addresses or ports."""
    if "port" in kind:
        protocol = 6 if "tcp" in kind else 17
        header = bytes((0x46, 0, 0, 28, 0, 0, 0x40, 0, 64, protocol)) + bytes(14)
        ports = source.to_bytes(2, "big") + destination.to_bytes(2, "big")
        if kind.startswith("port") and chance.random() < 0.3:
            header6 = bytes((0x60, 0, 0, 0, 0, 8, 132, 64)) + bytes(32)
            return bytes(12) + b"\x86\xdd" + header6 + ports
        return bytes(12) + b"\x08\x00" + header + ports
    addresses = source.to_bytes(4, "big"), destination.to_bytes(4, "big")
    if kind.startswith("arp") or (not kind.startswith("ip") and chance.random() < 0.3):
        return (bytes(12) + chance.choice((b"\x08\x06", b"\x80\x35"))[:2] + bytes(14)
                + addresses[0] + bytes(6) + addresses[1])
    return bytes(12) + b"\x08\x00\x45" + bytes(11) + addresses[0] + addresses[1] + bytes(8)


def near(ranges: Ranges, bits: int, chance: random.Random) -> int:
    """A number in a range, or just beside one, or any."""
    low, high = chance.choice(ranges)
    number = chance.choice((low, high, low - 1, high + 1, chance.getrandbits(bits)))
    return max(0, min((1 << bits) - 1, number))


def expected(kind: str, ranges: Ranges, packet: bytes, source: int, destination: int) -> bool:
    sides = ([source] if "src" in kind else [destination] if "dst" in kind
             else [source, destination])
    if kind.startswith("arp") and packet[12:14] != b"\x08\x06":
        return False
    return any(low <= side <= high for side in sides for low, high in ranges)


def longest_way(code: tuple[Instruction, ...]) -> int:
    """The most instructions that any packet can run."""
    length = [0] * len(code)
    for place in range(len(code) - 1, -1, -1):
        op, jt, jf, k = code[place]
        following = [] if op & 7 == 6 else [place + 1]
        if op == 5:
            following = [place + 1 + k]
        elif op & 7 == 5:
            following = [place + 1 + jt, place + 1 + jf]
        length[place] = 1 + max((length[each] for each in following), default=0)
    return length[0]


@pytest.mark.parametrize("kind", KINDS)
def test_random_sets_take_what_their_members_name(kind: str) -> None:
    chance = random.Random(f"sets {kind}")
    bits = 16 if "port" in kind else 32
    for size in (2, 3, 5, 9, 17, 40, 100, 300):
        expression, ranges = random_set(kind, size, chance)
        program = compile(expression)
        for _ in range(300):
            source, destination = near(ranges, bits, chance), near(ranges, bits, chance)
            if chance.random() < 0.5:
                source = chance.getrandbits(bits)
            packet = ethernet(kind, source, destination, chance)
            wanted = expected(kind, ranges, packet, source, destination)
            assert (program.run(packet) > 0) == wanted, (expression[:200], packet.hex())


def chain(expression: str, link_type: int = 1) -> Program:
    """The optimised program without sets."""
    code, spans = assemble(optimize(lower(parse(expression), Options(link_type))))
    return Program(code, spans=spans)


def tree(expression: str, link_type: int = 1) -> Program:
    graph = lower(parse(expression), Options(link_type), sets=True)
    assert graph.members > 0
    code, spans = assemble(optimize(graph))
    return Program(code, spans=spans)


@pytest.mark.parametrize("link_type", [1, 101, 113])
@pytest.mark.parametrize("kind", KINDS)
def test_sets_are_proven_equal_to_the_chain(kind: str, link_type: int) -> None:
    """Packets cut short included; and not longer.

    Where networks of several sizes are mixed, libpcap's optimiser changes what packets too short
    for the destination do in a way of its own; ours is as the unoptimised program then.
    """
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    if kind.startswith("arp") and link_type == 101:
        return  # there is no ARP in raw IP
    chance = random.Random(f"proof {kind} {link_type}")
    for size in (2, 4, 11):
        expression, _ = random_set(kind, size, chance)
        one, other = tree(expression, link_type), chain(expression, link_type)
        plain = compile(expression, link_type=link_type, optimize=False)
        assert isinstance(differ(one, other, timeout=60), Same) or (
            "net" in kind and isinstance(differ(one, plain, timeout=60), Same)), expression
        assert len(compile(expression, link_type=link_type).instructions) <= \
            len(other.instructions), expression


@pytest.mark.parametrize("expression", [
    "not (host 1.1.1.1 or host 2.2.2.2 or host 3.3.3.3) and tcp",
    "not host 1.1.1.1 and not host 2.2.2.2 and not host 3.3.3.3",
    "(port 80 or port 443) and (host 1.1.1.1 or host 2.2.2.2)",
    "(port 80 or port 443) and not (port 80 or port 443 or port 8080)",
    "net 10.0.0.0/8 or host 192.168.0.1 or net 172.16.0.0/12",
    "port 80 or portrange 1-9 or port (443 or 8443)",
    "ip proto 1 or ip proto 2 or ip proto 7",
    "vlan and (host 1.1.1.1 or host 1.1.1.2 or host 1.1.1.3)",
    "host 1.1.1.1 or vlan or host 1.1.1.2 or host 1.1.1.3",
    "host 1.1.1.1 or host 1.1.1.1",
    "host 1.1.1.1 or (host 2.2.2.2 or host 3.3.3.3) or tcp or host 4.4.4.4 or host 5.5.5.5",
])
def test_sets_inside_other_expressions(expression: str) -> None:
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    assert isinstance(differ(compile(expression), chain(expression), timeout=60), Same)


@pytest.mark.parametrize("expression", [
    "src and dst host 1.1.1.1 or src and dst host 1.1.1.2",
    "host 1.1.1.1 and host 1.1.1.2",
    "ip6[6:2] = 1 and ip6[8:2] = 2 or ip6[6:2] = 3 and ip6[10:2] = 2",
    "host fe80::1 or src host fe80::2",
    "tcp or ip",
])
def test_what_is_no_set(expression: str) -> None:
    """A member that needs several comparisons, or terms that differ in more than numbers."""
    assert lower(parse(expression), Options(), sets=True).members == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_members(kind: str) -> None:
    expression, ranges = random_set(kind, 1000, random.Random(1000))
    program = compile(expression)
    assert len(program.instructions) <= MAX_INSTRUCTIONS
    assert longest_way(program.instructions) <= 64
    chance = random.Random(7)
    bits = 16 if "port" in kind else 32
    for _ in range(300):
        source, destination = near(ranges, bits, chance), near(ranges, bits, chance)
        packet = ethernet(kind, source, destination, chance)
        assert (program.run(packet) > 0) == expected(kind, ranges, packet, source, destination)


# --- fields of several words ----------------------------------------------------------------------

def text6(number: int) -> str:
    return ":".join(f"{number >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))


def random_field(kind: str, chance: random.Random) -> tuple[str, int, int]:
    """A member of several words as text, its number, and how many bits of that count."""
    if kind.startswith("ether"):
        number = chance.choice((0x001B21 << 24, 0, 5 << 40)) | chance.getrandbits(24)
        return f"{kind} {':'.join(f'{octet:x}' for octet in number.to_bytes(6, 'big'))}", number, 48
    length = 128
    if "net" in kind:
        length = chance.choice((10, 32, 33, 48, 56, 64, 64, 96, 127, 128))
    few = chance.choice((3, 16, 60, 110))  # so many bits differ
    number = 0x20010DB8 << 96 | chance.getrandbits(few) << chance.randrange(0, 118 - few + 1)
    number = number >> (128 - length) << (128 - length)
    slash = f"/{length}" if "net" in kind else ""
    return f"{kind} {text6(number)}{slash}", number, length


WIDE = ["host", "src host", "ip6 dst host", "net", "ip6 src net", "ether host", "ether src",
        "ether dst host"]


def wide_packet(kind: str, source: int, destination: int) -> bytes:
    if kind.startswith("ether"):
        return destination.to_bytes(6, "big") + source.to_bytes(6, "big") + bytes(50)
    return (bytes(12) + b"\x86\xdd\x60" + bytes(7)
            + source.to_bytes(16, "big") + destination.to_bytes(16, "big") + bytes(8))


@pytest.mark.parametrize("kind", WIDE)
def test_sets_of_fields_of_several_words(kind: str) -> None:
    chance = random.Random(f"words {kind}")
    bits = 48 if kind.startswith("ether") else 128
    for size in (2, 3, 9, 40, 150):
        members = [random_field(kind, chance) for _ in range(size)]
        expression = " or ".join(text for text, _, _ in members)
        program = compile(expression)
        if "src" not in kind and "dst" not in kind:
            assert longest_way(program.instructions) <= 64
        for _ in range(300):
            sides = [chance.choice(members)[1] ^ chance.choice(
                (0, 0, 1, 1 << chance.randrange(bits), chance.getrandbits(bits)))
                for _ in range(2)]
            asked = sides[:1] if "src" in kind else sides[1:] if "dst" in kind else sides
            wanted = any(side >> (bits - length) == number >> (bits - length)
                         for _, number, length in members for side in asked)
            packet = wide_packet(kind, *sides)
            assert (program.run(packet) > 0) == wanted, (expression[:200], packet.hex())


@pytest.mark.parametrize("kind", WIDE)
def test_sets_of_several_words_are_proven_equal(kind: str) -> None:
    """Where a packet holds both addresses. One that is cut off before is taken if its source is
    a member, where without sets the first destination that is loaded refuses it; and if it holds
    as much as the smaller one of two networks asks for.
    """
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    chance = random.Random(f"proof {kind}")
    for size in (2, 4, 9):
        expression = " or ".join(random_field(kind, chance)[0] for _ in range(size))
        one = tree(expression)
        plain = compile(expression, optimize=False)
        always = ("src" in kind or "dst" in kind) and "net" not in kind
        assert differ(one, plain, timeout=60, least=0 if always else 54) == Same(), expression
        assert implies(plain, one, timeout=60) == Same(), expression
        assert len(compile(expression)) <= len(chain(expression)), expression


@pytest.mark.parametrize("kind", [*KINDS, *WIDE])
def test_sets_are_not_longer_than_libpcaps(kind: str) -> None:
    libpcap = Libpcap()
    chance = random.Random(f"length {kind}")
    for size in (3, 8, 20, 40, 100):
        if kind in KINDS:
            expression, _ = random_set(kind, size, chance)
        else:
            expression = " or ".join(random_field(kind, chance)[0] for _ in range(size))
        assert not longer(libpcap, expression), expression


def test_members_of_other_shapes_between_do_not_disturb() -> None:
    """IPv4 and IPv6 addresses, as they come."""
    chance = random.Random(46)
    members = [chance.choice((f"host {dotted(chance.getrandbits(32))}",
                              f"host {text6(chance.getrandbits(128))}")) for _ in range(60)]
    program = compile(" or ".join(members))
    assert longest_way(program.instructions) <= 64
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    few = " or ".join(members[:7])
    assert differ(tree(few), compile(few, optimize=False), timeout=60, least=54) == Same()


@pytest.mark.parametrize(("expression", "link_type"), [
    ("not (host fe80::1 or host fe80::2) and tcp", "EN10MB"),
    ("not host fe80::1 and not host fe80::2 and not host fe81::2", "EN10MB"),
    ("(src host fe80::1 or src host fe80::2) and (src host fe80::2 or src host fe80::3)", "RAW"),
    ("(src host ::1 or src host ::2) or not (src host ::1 or src host ::2)", "RAW"),
    ("net fe80::/16 or net 2001:db8::/32 or net fe80:1::/32 or host ::1", "NULL"),
    ("vlan and (host fe80::1 or host fe80::2)", "EN10MB"),
    ("wlan host 0:1:2:3:4:5 or wlan host 0:1:2:3:4:6", "IEEE802_11_RADIO"),
    ("host fe80::1 or host fe80::2 or host fe81::2", "IEEE802_11_RADIO"),
    ("host fe80::1 or host fe80::2 or host fe81::2", "LINUX_SLL2"),
    ("ether src 0:1:2:3:4:5 or ether src 0:1:2:3:4:6 or arp", "IEEE802_11"),
])
def test_sets_of_several_words_inside_other_expressions(expression: str, link_type: str) -> None:
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    graph = lower(parse(expression), Options(by_name(link_type).number), sets=True)
    code, _ = assemble(optimize(graph))
    plain = compile(expression, link_type=link_type, optimize=False)
    assert differ(Program(code), plain, timeout=60, least=LONG) == Same()


def test_two_places_share_a_tree() -> None:
    """IPv4 and ARP have addresses at different offsets; the offset goes to X."""
    code = compile(" or ".join(f"host 10.{k}.0.1" for k in range(100))).instructions
    assert [each.k for each in code if each.code == 0x15].count(0x0A320001) == 2


def test_every_comparison_knows_its_words() -> None:
    expression = " or ".join(f"host 10.{k}.0.1" for k in range(20))
    program = compile(expression)
    for instruction, span in zip(program.instructions, program.spans, strict=True):
        if instruction.code == 0x15 and instruction.k >> 24 == 10:
            assert span is not None
            assert expression[slice(*span)] == f"host 10.{instruction.k >> 16 & 255}.0.1"


def test_ranges_that_touch_are_joined() -> None:
    ranges = ((5, 5), (6, 9), (1, 3), (2, 2), (12, 13))
    assert joined((low, high, None, None) for low, high in ranges) == [
        (1, 3, None, None), (5, 9, None, None), (12, 13, None, None)]


def test_everything_and_nothing() -> None:
    """A set of all numbers needs no comparison."""
    block = Block(MEMBER, 0, [], Block(6, 1), Block(6, 0))
    block.set = Set((((0, 0x7FFFFFFF, None),), ((0x80000000, 0xFFFFFFFF, None),)))
    assert [each.code for each in assemble(optimize(Graph(block, members=2)))[0]] == [6]


def test_neighbours_are_one_range() -> None:
    program = compile(" or ".join(f"port {k}" for k in range(700)))
    assert len(program.instructions) < 40
