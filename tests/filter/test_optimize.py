"""The optimiser against libpcap's own result, and against the unoptimised program."""

from __future__ import annotations

import random
from typing import Any

import pytest
from filter_expressions import EXPRESSIONS
from filter_programs import accepted, graph, run
from hypothesis import HealthCheck, given, settings
from libpcap_library import LONG, Libpcap, longer

from fyke.bpf.instructions import Instruction
from fyke.bpf.program import Program
from fyke.bpf.proof import Counterexample, Same, differ, implies
from fyke.errors import FilterError
from fyke.filter.assemble import assemble
from fyke.filter.compile import compile
from fyke.filter.graph import Block, Graph, Statement
from fyke.filter.lower import lower
from fyke.filter.optimize import optimize, rejects_all
from fyke.filter.options import Options
from fyke.filter.parser import parse

needs_cases = pytest.mark.skipif(not accepted(),
                                 reason="libpcap's cases are not here (FYKE_PEERS)")

LOOPS = {"ip6_protochain"}  #: jumps backwards, so it is never optimised
CASES = [each for each in accepted() if each["name"] not in LOOPS]

#: libpcap's optimised program takes packets that its own unoptimised one refuses as too short,
#: and ours is the same as the optimised one.
SHORT_PACKETS_PASS = {
    "ldb_jset_0x00000000": "x & 0 is 0 whatever x is, so x is not loaded",
    "ldh_jset_0x00000000": "the same",
    "ld_jset_0x00000000": "the same",
    "host_eth_ipv4x4_noipv6_EN10MB": "all sources are compared before any destination is loaded",
}


def programs(case: dict[str, Any]) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """The unoptimised program, and ours."""
    code, _ = assemble(optimize(graph(case["unopt"])))
    return [tuple(each) for each in case["unopt"]], [tuple(each) for each in code]


@needs_cases
def test_never_longer_than_libpcap_and_mostly_the_same() -> None:
    same = 0
    for case in CASES:
        optimised = optimize(graph(case["unopt"]))
        if case["opt"] is None:
            assert rejects_all(optimised), case["name"]
            same += 1
            continue
        assert not rejects_all(optimised), case["name"]
        ours = [list(each) for each in assemble(optimised)[0]]
        assert ours == case["opt"] or len(ours) < len(case["opt"]), case["name"]
        same += ours == case["opt"]
    # Some of the others are never optimised by libpcap; lowering says so (Graph.optimizable).
    assert same >= 0.89 * len(CASES)


@needs_cases
def test_optimised_means_the_same() -> None:
    """Random packets, steered so that tests come out true; some of them cut short."""
    chance = random.Random(1990)
    for case in CASES:
        before, after = programs(case)
        for _ in range(40):
            size = chance.choice((chance.randrange(120), chance.randrange(64), 200))
            data = chance.randbytes(size) if chance.random() < 0.5 else bytes(size)
            _, data = run(before, data, chance)
            if chance.random() < 0.3 and case["name"] not in SHORT_PACKETS_PASS:
                data = data[:chance.randrange(len(data) + 1)]
            if len(data) < 64 and case["name"] in SHORT_PACKETS_PASS:
                data = data.ljust(64, b"\0")
            assert run(after, data)[0] == run(before, data)[0], (case["name"], data.hex())


#: Never optimised by libpcap, nor by us once lowering says so: they load what they do not need.
UNNEEDED_LOADS = {"geneve_nullary", "geneve_and_geneve"}


@needs_cases
def test_optimised_is_proven_to_mean_the_same() -> None:
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    for case in CASES:
        before, after = (Program(tuple(Instruction(*each) for each in program))
                         for program in programs(case))
        known = case["name"] in SHORT_PACKETS_PASS.keys() | UNNEEDED_LOADS
        verdict = differ(before, after, timeout=60)
        assert isinstance(verdict, Counterexample if known else Same), case["name"]


@needs_cases
def test_optimising_again_gains_nothing() -> None:
    for case in CASES:
        if case["opt"] == case["unopt"]:
            continue  # many of them are not for optimising (Graph.optimizable)
        once = optimize(graph(case["unopt"]))
        assert len(assemble(optimize(once))[0]) == len(assemble(once)[0]), case["name"]


@needs_cases
def test_the_graph_given_stays_as_it_is() -> None:
    for case in CASES[::7]:
        given = graph(case["unopt"])
        before = assemble(given)
        optimize(given)
        assert assemble(given) == before


LD, LDH, LDB, LDX_MSH = 0x20, 0x28, 0x30, 0xB1
LD_IMM, LDX_IMM, LD_MEM, LDX_MEM, ST, STX = 0x00, 0x01, 0x60, 0x61, 0x02, 0x03
LDB_IND, LDH_IND = 0x50, 0x48
ADD, ADD_X, SUB, SUB_X, MUL_X, DIV, DIV_X, AND, AND_X, LSH_X, NEG = (
    0x04, 0x0C, 0x14, 0x1C, 0x2C, 0x34, 0x3C, 0x54, 0x5C, 0x6C, 0x84)
TAX, TXA = 0x07, 0x87
JA, JEQ, JEQ_X, JGT, JGE, JSET = 0x05, 0x15, 0x1D, 0x25, 0x35, 0x45
RET = 0x06


def one_test(statements: list[tuple[int, int]], code: int = JEQ, k: int = 0) -> list[list[int]]:
    """Statements and a test that accepts when true, optimised: code and k of all but the end."""
    block = Block(code, k, [Statement(*each) for each in statements], Block(RET, 1), Block(RET, 0))
    return [[each.code, each.k] for each in assemble(optimize(Graph(block)))[0]]


ACCEPT, REFUSE = [[RET, 1]], [[RET, 0]]
ENDS = [[RET, 1], [RET, 0]]
SWAPPED = [[RET, 0], [RET, 1]]


@pytest.mark.parametrize(("statements", "test", "expected"), [
    # Constants are computed, and what they decide is decided.
    ([(LD_IMM, 1)], (JEQ, 0), REFUSE),
    ([(LD_IMM, 2), (ADD, 3)], (JEQ, 5), ACCEPT),
    ([(LD_IMM, 0), (SUB, 1)], (JEQ, 0xFFFFFFFF), ACCEPT),
    ([(LD_IMM, 5), (NEG, 0)], (JEQ, 0xFFFFFFFB), ACCEPT),
    ([(LD_IMM, 7), (DIV, 2)], (JEQ, 3), ACCEPT),
    ([(LD_IMM, 7), (TAX, 0), (LD_IMM, 2), (MUL_X, 0)], (JGT, 13), ACCEPT),
    ([(LD_IMM, 40), (TAX, 0), (LD_IMM, 2), (LSH_X, 0)], (JEQ, 0), ACCEPT),
    ([(LDX_IMM, 9), (LD_IMM, 9)], (JEQ_X, 0), ACCEPT),
    ([(LD_IMM, 6)], (JSET, 9), REFUSE),
    # What does nothing goes.
    ([(LDH, 12), (ADD, 0)], (JEQ, 8), [[LDH, 12], [JEQ, 8], *ENDS]),
    ([(LDH, 12), (AND, 0xFFFFFFFF)], (JEQ, 8), [[LDH, 12], [JEQ, 8], *ENDS]),
    ([(LDH, 12), (DIV, 1)], (JEQ, 8), [[LDH, 12], [JEQ, 8], *ENDS]),
    ([(LDH, 12), (ST, 3), (LDH, 14)], (JEQ, 8), [[LDH, 14], [JEQ, 8], *ENDS]),
    # An index that is known is an offset.
    ([(LD_IMM, 4), (ST, 0), (LDX_MEM, 0), (LDB_IND, 14)], (JEQ, 8), [[LDB, 18], [JEQ, 8], *ENDS]),
    ([(LD_IMM, 4), (LDX_MSH, 14), (ADD_X, 0), (TAX, 0), (LDB_IND, 14)], (JEQ, 8),
     [[LDX_MSH, 14], [LDB_IND, 18], [JEQ, 8], *ENDS]),
    # ... also one that asks for the kernel's metadata: 'ether[-4048:1]', as with libpcap.
    ([(LDX_IMM, 0xFFFFF000), (LDB_IND, 48)], (JEQ, 8),
     [[LDB, 0xFFFFF030], [JEQ, 8], *ENDS]),
    # Arithmetic goes into the operand of the test.
    ([(LDH, 12), (SUB, 3)], (JEQ, 8), [[LDH, 12], [JEQ, 11], *ENDS]),
    ([(LDH, 12), (AND, 7)], (JEQ, 0), [[LDH, 12], [JSET, 7], *SWAPPED]),
    ([(LDX_MSH, 14), (LDH, 12), (SUB_X, 0)], (JEQ, 0),
     [[LDX_MSH, 14], [LDH, 12], [JEQ_X, 0], *ENDS]),
    ([(LDX_IMM, 5), (LDH, 12), (SUB_X, 0)], (JEQ, 2), [[LDH, 12], [JEQ, 7], *ENDS]),
    ([(LDX_IMM, 5), (LDH, 12)], (JEQ_X, 0), [[LDH, 12], [JEQ, 5], *ENDS]),
    # But not when only a difference is known to be positive.
    ([(LDH, 12), (SUB, 3)], (JGT, 8), [[LDH, 12], [SUB, 3], [JGT, 8], *ENDS]),
])
def test_a_block(statements: list[tuple[int, int]], test: tuple[int, int],
                 expected: list[list[int]]) -> None:
    assert one_test(statements, *test) == expected


@pytest.mark.parametrize(("statements", "message"), [
    ([(LD_IMM, 7), (DIV, 0)], "division by zero"),
    ([(LDH, 12), (DIV, 0)], "division by zero"),
    ([(LDX_IMM, 0), (LD_IMM, 1), (DIV_X, 0)], "division by zero"),
    ([(LDX_IMM, 32), (LDH, 12), (LSH_X, 0)], "shift by more than 31 bits"),
])
def test_what_cannot_be_computed(statements: list[tuple[int, int]], message: str) -> None:
    with pytest.raises(FilterError, match=message):
        one_test(statements)


def test_dividing_zero_still_refuses_to_divide_by_zero() -> None:
    """0 / X is 0 only where X is not: the machine refuses the packet otherwise."""
    assert len(one_test([(LDX_MSH, 14), (LD_IMM, 0), (DIV_X, 0)])) == 6


def test_the_outcome_of_an_equal_test_is_remembered() -> None:
    """``ip and not ip`` refuses everything."""
    accept, refuse = Block(RET, 1), Block(RET, 0)
    second = Block(JEQ, 0x800, [Statement(LDH, 12)], refuse, accept)
    first = Block(JEQ, 0x800, [Statement(LDH, 12)], second, refuse)
    assert rejects_all(optimize(Graph(first)))


def test_an_edge_does_not_skip_what_its_target_needs() -> None:
    """The skipped block loads A, and the target tests it without loading."""
    accept, refuse = Block(RET, 1), Block(RET, 0)
    target = Block(JEQ, 5, [], accept, refuse)
    middle = Block(JEQ, 1, [Statement(LDB, 20)], target, target)
    first = Block(JEQ, 9, [Statement(LDB, 1)], middle, refuse)
    code = assemble(optimize(Graph(first)))[0]
    packet = bytearray(30)
    packet[1] = 9
    packet[20] = 5
    assert run(code, bytes(packet))[0] == 1


def test_a_value_that_differs_between_the_ways_is_not_taken_for_one() -> None:
    """Two ways store different things in M[0]; what follows must load it."""
    accept, refuse = Block(RET, 1), Block(RET, 0)
    last = Block(JEQ, 7, [Statement(LD_MEM, 0)], accept, refuse)
    ways = [Block(JA, 0, [Statement(LDB, k), Statement(ST, 0)], last, last) for k in (2, 3)]
    code = assemble(optimize(Graph(Block(JEQ, 1, [Statement(LDB, 1)], *ways))))[0]
    assert run(code, bytes([0, 1, 7, 0]))[0] == 1
    assert run(code, bytes([0, 1, 0, 7]))[0] == 0
    assert run(code, bytes([0, 0, 0, 7]))[0] == 1


def test_jumps_within_a_block_become_blocks() -> None:
    """The kernel's VLAN tag, or the one in the packet, as lowering writes it."""
    join = Statement(AND, 0xFFF)
    in_packet = Statement(LDH, 14)
    metadata = Statement(LDH, 0xFFFFF02C)
    body = [Statement(LDB, 0xFFFFF030),
            Statement(JEQ, 1, on_true=metadata, on_false=in_packet),
            metadata, Statement(JA, on_true=join), in_packet, join]
    given = Graph(Block(JEQ, 10, body, Block(RET, 1), Block(RET, 0)))
    code = assemble(given)[0]
    assert assemble(optimize(given))[0] == code
    assert run(code, bytes(20))[0] == 1


def test_a_program_that_must_not_be_optimised_is_not() -> None:
    given = Graph(Block(JEQ, 0, [Statement(LD_IMM, 1)], Block(RET, 1), Block(RET, 0)), False)
    assert assemble(optimize(given)) == assemble(given)


# --- tests that say nothing ----------------------------------------------------------------------

def equal(k: int, true: Block, false: Block, load: int | None = None) -> Block:
    return Block(JEQ, k, [] if load is None else [Statement(LDB, load)], true, false)


def test_a_test_before_another_that_refuses_the_same_goes() -> None:
    """23 is TCP or UDP? Neither: it must be SCTP, and only that has to be asked."""
    accept, refuse = Block(RET, 1), Block(RET, 0)
    first = equal(6, refuse, equal(17, refuse, equal(132, accept, refuse)), load=23)
    assert [each[::3] for each in assemble(optimize(Graph(first)))[0]] == [
        (LDB, 23), (JEQ, 132), (RET, 1), (RET, 0)]


def test_a_test_that_another_answer_depends_on_stays() -> None:
    """Where the next test loads something else, or would take the number, nothing goes."""
    accept, refuse = Block(RET, 1), Block(RET, 0)
    for following in (equal(132, accept, refuse, load=24), Block(JGT, 5, [], accept, refuse)):
        code = assemble(optimize(Graph(equal(6, refuse, following, load=23))))[0]
        assert [each.k for each in code if each.code == JEQ][:1] == [6]


@pytest.mark.parametrize(("expression", "longest"), [
    ("port 80 and tcp", 20), ("tcp and port 80", 20), ("not port 22 and tcp", 23),
    ("portrange 1-9 and tcp", 23), ("port 80 and tcp[tcpflags] & tcp-syn != 0", 15),
    ("src portrange 1-9 and sctp", 17), ("port 80 and ip", 15),
    ("port 80 and (dst and src port 80)", 24), ("not port 7 or not portrange 5-6", 35),
    ("tcp port 80 and host 1.2.3.4", 17), ("tcp port 80 and not ip6", 14),
])
def test_ports_learn_from_what_stands_beside_them(expression: str, longest: int) -> None:
    """Not longer than what libpcap 1.10 made, which compared ports for each protocol apart."""
    program, plain = compile(expression), compile(expression, optimize=False)
    assert len(program) <= longest
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    assert isinstance(differ(program, plain, timeout=60), Same)


@pytest.mark.parametrize("link_type", EXPRESSIONS)
def test_random_expressions_mean_the_same_optimised(link_type: str) -> None:
    """The program takes what the unoptimised one takes, and never refuses what that takes.

    It takes more only of packets that end before a field that the expression asks for, where the
    optimiser saw that the answer does not depend on it, or asked for something else first.
    """
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(EXPRESSIONS[link_type])
    def check(expression: str) -> None:
        try:
            ours = compile(expression, link_type=link_type)
        except FilterError:
            return
        plain = compile(expression, link_type=link_type, optimize=False)
        verdict = differ(ours, plain, timeout=5.0, least=LONG)
        assert not isinstance(verdict, Counterexample), expression
        verdict = implies(plain, ours, timeout=5.0)
        assert not isinstance(verdict, Counterexample), expression

    check()


@pytest.mark.parametrize("link_type", EXPRESSIONS)
def test_random_expressions_are_not_longer_than_libpcaps(link_type: str) -> None:
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    libpcap = Libpcap()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(EXPRESSIONS[link_type])
    def check(expression: str) -> None:
        assert not longer(libpcap, expression, link_type), expression

    check()


@pytest.mark.parametrize("expression", [
    "ip6 dst net fe80::/97 and ip6 dst net fe80::/97 or ip6 net fe80::/97",
    "ip6 dst net fe80::/97 or ip6 net fe80::/97", "ip6 dst host ::1 or ip6 host ::1",
    "ip6 net fe80::/97 or ip6 host ::1 or ip6 net fe80::/97",
    "dst host 1.2.3.4 and dst host 1.2.3.4 or host 1.2.3.4",
    "udp[8] = 1 and udp[9] = 2 or udp[9] = 2", "ip[8] = 1 and ip[9] = 2 or (ip[8] = 1 or ip[9] = 3)"
    " or ip[8] = 1 and ip[9] = 2",
])
def test_what_is_asked_again_is_asked_once(expression: str) -> None:
    """A term that a later one contains goes, also where it takes several words."""
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    program = compile(expression)
    plain = compile(expression, optimize=False)
    assert differ(program, plain, timeout=30, least=LONG) == Same()
    assert implies(plain, program, timeout=30) == Same()
    theirs = Libpcap().compile(expression)
    assert len(program) <= len(theirs)


@pytest.mark.parametrize(("expression", "saved"), [
    ("ip[8] = ip[9]", 2), ("(ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2) != 0", 2),
    ("len - (ip[0] + ip[1]) > 3", 4), ("ip[ip[9]] / ip[8] > 3", 0), ("ip[8] - ip[ip[9]] > 3", 2),
    ("ip[8] * 2 = ip[9] * 3 and ip[8] * 2 > 7", 2),
])
def test_what_goes_to_x_is_computed_first(expression: str, saved: int) -> None:
    """Then the other operand needs no word of memory, unless it needs X for itself."""
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    program = compile(expression)
    plain = compile(expression, optimize=False)
    assert len(program) == len(Libpcap().compile(expression)) - saved
    assert differ(program, plain, timeout=30) == Same()


@pytest.mark.parametrize("expression", [
    "((len / 2) + (len / 1)) = ((len / 2) + (len / 1))", "len / 2 + len = len / 2 + len",
    "len % 7 + len / 3 = len % 7 + len / 3",
])
def test_a_sum_that_is_compared_with_itself(expression: str) -> None:
    """Half of the second sum is in X since the first: seen only while the first is still there."""
    theirs = Libpcap().compile(expression)
    assert len(compile(expression)) <= len(theirs)


@pytest.mark.parametrize("expression", [
    "ip6 dst net ff02::/104 and ip6 dst net ff02::/104",
    "ip[8] & 3 = 0 and ip[8] & 3 = 0", "ip6[7] & 8 = 0 and not ip6[7] & 8 = 0",
    "ip proto 6 and host ::1 or not less 251",
])
def test_a_test_of_bits_that_is_turned_around(expression: str) -> None:
    """libpcap 1.10 says of the first that it rejects all packets, which it does not."""
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    code, _ = assemble(optimize(lower(parse(expression), Options(101))))
    assert isinstance(differ(Program(code), compile(expression, link_type="RAW", optimize=False),
                             timeout=30, whole=True), Same)


@pytest.mark.parametrize("expression", [
    "(tcp port 0 or tcp port 65535 or udp port 53 or tcp port 0 or tcp port 17) and src host ::1",
    "(tcp port 0 or tcp port 65535 or udp port 53 or tcp port 0 or tcp port 17) "
    "and src host 10.0.0.1",
])
def test_a_test_that_moves_up_changes_what_the_next_one_sees(expression: str) -> None:
    """libpcap 1.10 loses a test here: port 17 as the source is no longer asked for."""
    pytest.importorskip("z3", reason="the proof needs z3 (fyke[proof])")
    code, _ = assemble(optimize(lower(parse(expression), Options())))
    plain = compile(expression, optimize=False)
    assert differ(Program(code), plain, timeout=30, least=LONG) == Same()


def test_what_is_loaded_before_a_void_test_goes() -> None:
    """All that comes before the last "ip" says nothing; libpcap still loads for it."""
    program = compile("ip6 multicast and ip or less 0 and ip or ip", link_type="PPP")
    assert [each[::3] for each in program.instructions] == [
        (LDH, 2), (JEQ, 0x21), (RET, 262144), (RET, 0)]


def test_a_load_that_can_refuse_stays_at_the_root() -> None:
    """And goes when the same is loaded again."""
    accept, refuse = Block(RET, 1), Block(RET, 0)
    last = Block(JEQ, 5, [Statement(LDB, 2)], accept, refuse)
    for place, loads in ((9, [9, 2]), (2, [2])):
        first = Block(JEQ, 1, [Statement(LDB, place)], last, last)
        code = assemble(optimize(Graph(first)))[0]
        assert [each.k for each in code if each.code == LDB] == loads
