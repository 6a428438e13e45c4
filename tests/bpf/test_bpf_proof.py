"""Proofs: known equalities and differences, random programs, and libpcap's optimiser."""

import json
import os
import random
from pathlib import Path

import bpf_programs
import pytest

from fyke.bpf import proof, symbolic
from fyke.bpf.ancillary import Ancillary
from fyke.bpf.instructions import SKF_AD_OFF, SKF_NET_OFF, Instruction
from fyke.bpf.program import Program
from fyke.bpf.proof import Compare, Counterexample, Same, Undecided, differ, implies
from fyke.errors import FykeError, ProgramError

pytest.importorskip("z3", reason="z3-solver is not installed (pip install 'fyke[proof]')")

PEERS = Path(os.environ.get("FYKE_PEERS", Path(__file__).parents[2] / "../shared/peers"))
YES, NO, RET_A = (6, 0, 0, 262144), (6, 0, 0, 0), (0x16, 0, 0, 0)
LDH12 = (0x28, 0, 0, 12)


def is_ethernet_type(*numbers):
    """Takes packets with one of these types, tested in this order."""
    out = [LDH12]
    for i, number in enumerate(numbers):
        out.append((0x15, len(numbers) - i, 0, number))
    return Program([*out, NO, YES])


SAME = [  # two ways to say one thing, on every packet, short ones too
    ("order of tests", is_ethernet_type(0x800, 0x806), is_ethernet_type(0x806, 0x800)),
    ("a test twice", is_ethernet_type(0x800), is_ethernet_type(0x800, 0x800)),
    ("2 * A", Program([LDH12, (0x24, 0, 0, 2), RET_A]), Program([LDH12, (0x64, 0, 0, 1), RET_A])),
    ("A / 8", Program([LDH12, (0x34, 0, 0, 8), RET_A]), Program([LDH12, (0x74, 0, 0, 3), RET_A])),
    ("A % 16", Program([LDH12, (0x94, 0, 0, 16), RET_A]),
     Program([LDH12, (0x54, 0, 0, 15), RET_A])),
    ("-A", Program([LDH12, (0x84, 0, 0, 0), RET_A]),
     Program([LDH12, (0x07, 0, 0, 0), (0x00, 0, 0, 0), (0x1C, 0, 0, 0), RET_A])),
    ("a xor a", Program([LDH12, (0x07, 0, 0, 0), (0xAC, 0, 0, 0), RET_A]),
     Program([LDH12, NO])),
    ("no load at all", Program([NO]), Program([LDH12, NO])),
    ("a word is two halves", Program([(0x20, 0, 0, 4), RET_A]),
     Program([(0x28, 0, 0, 4), (0x64, 0, 0, 16), (0x02, 0, 0, 0), (0x28, 0, 0, 6),
              (0x61, 0, 0, 0), (0x4C, 0, 0, 0), RET_A])),
    ("x + k", Program([(0xB1, 0, 0, 14), (0x48, 0, 0, 16), RET_A]),
     Program([(0x30, 0, 0, 14), (0x54, 0, 0, 15), (0x24, 0, 0, 4), (0x04, 0, 0, 2),
              (0x07, 0, 0, 0), (0x48, 0, 0, 14), RET_A])),
    ("scratch memory", Program([(0x30, 0, 0, 3), (0x02, 0, 0, 7), (0x00, 0, 0, 1),
                                (0x60, 0, 0, 7), RET_A]), Program([(0x30, 0, 0, 3), RET_A])),
    ("joined paths", Program([LDH12, (0x15, 0, 2, 5), (0x00, 0, 0, 9), (5, 0, 0, 1),
                              (0x00, 0, 0, 9), RET_A]), Program([LDH12, (6, 0, 0, 9)])),
    ("length", Program([(0x80, 0, 0, 0), (0x35, 0, 1, 100), YES, NO]),
     Program([(0x81, 0, 0, 0), (0x00, 0, 0, 99), (0x3D, 0, 1, 0), NO, YES])),
]


@pytest.mark.parametrize(("name", "a", "b"), SAME, ids=[row[0] for row in SAME])
def test_same(name, a, b):
    assert differ(a, b) == Same()
    assert differ(b, a, whole=True, compare=Compare.KEPT) == Same()
    assert implies(a, b) == implies(b, a) == Same()


DIFFERENT = [  # two programs, length of the shortest packet that tells them apart
    (is_ethernet_type(0x800), is_ethernet_type(0x806), 14),
    (Program([YES]), Program([LDH12, YES]), 0),
    (Program([YES]), Program([NO]), 0),
    (Program([(0x28, 0, 0, 12), NO]), Program([(0x28, 0, 0, 12), YES]), 14),
    (Program([(0x30, 0, 0, 40), RET_A]), Program([(0x30, 0, 0, 41), RET_A]), 41),
    (Program([(0x20, 0, 0, 0), (0x15, 0, 1, 0xDEADBEEF), YES, NO]), Program([NO]), 4),
    (Program([(0xB1, 0, 0, 0), (0x50, 0, 0, 8), (0x15, 0, 1, 0x77), YES, NO]), Program([NO]), 9),
    (Program([(0xB1, 0, 0, 0), (0x50, 0, 0, 8), (0x35, 0, 1, 0x77), YES, NO]),
     Program([(0xB1, 0, 0, 0), (0x50, 0, 0, 8), (0x25, 0, 1, 0x77), YES, NO]), 9),
    # 3 * A = 0x12345 modulo 2**32 with a 32-bit A: no packet would be found by chance
    (Program([(0x20, 0, 0, 2), (0x24, 0, 0, 3), (0x15, 0, 1, 0x12345679), YES, NO]),
     Program([NO]), 6),
    (Program([(0x80, 0, 0, 0), (0x15, 0, 1, 777), YES, NO]), Program([NO]), 0),
]


@pytest.mark.parametrize(("a", "b", "shortest"), DIFFERENT)
def test_different_and_the_shortest_packet(a, b, shortest):
    found = differ(a, b)
    assert isinstance(found, Counterexample)
    assert found.shortest
    assert len(found.packet) == shortest
    assert (a.run(found.packet, found.wirelen), b.run(found.packet, found.wirelen)) == (
        found.a, found.b)
    assert found.a != found.b


def test_whole_packets_are_not_cut_short():
    long = Program([(0x80, 0, 0, 0), (0x35, 0, 1, 60), YES, NO])
    found = differ(long, Program([NO]))
    assert found.wirelen >= 60 and found.packet == b""
    found = differ(long, Program([NO]), whole=True)
    assert found.wirelen == len(found.packet) == 60
    reads = Program([(0x80, 0, 0, 0), (0x35, 0, 2, 60), (0x30, 0, 0, 59), YES, NO])
    assert isinstance(differ(long, reads), Counterexample)
    assert differ(long, reads, whole=True) == Same()


def test_snaplen_bounds_the_packet():
    far = Program([(0x30, 0, 0, 1000), YES])
    assert differ(far, Program([NO]), snaplen=1000) == Same()
    assert len(differ(far, Program([NO]), snaplen=1001).packet) == 1001


def test_packets_of_at_least_some_length():
    """Tests in another order differ for short packets only."""
    first = Program([(0x20, 0, 0, 0), (0x15, 2, 0, 1), (0x20, 0, 0, 4), (0x15, 0, 1, 1), YES, NO])
    second = Program([(0x20, 0, 0, 4), (0x15, 2, 0, 1), (0x20, 0, 0, 0), (0x15, 0, 1, 1), YES, NO])
    assert len(differ(first, second).packet) == 4
    assert len(differ(first, second, least=6).packet) == 6
    assert differ(first, second, least=8) == Same()
    assert implies(first, second, least=8) == Same()
    assert isinstance(implies(first, second), Counterexample)


def test_what_is_compared():
    a, b = Program([LDH12, (6, 0, 0, 65535)]), Program([LDH12, (6, 0, 0, 262144)])
    assert isinstance(differ(a, b), Counterexample)
    assert differ(a, b, compare=Compare.VERDICT) == Same()
    assert differ(a, b, compare=Compare.KEPT, snaplen=65535) == Same()
    assert len(differ(a, b, compare=Compare.KEPT).packet) == 65536
    cut = Program([LDH12, (6, 0, 0, 20)])
    assert len(differ(a, cut, compare=Compare.KEPT).packet) == 21


def test_implies_goes_one_way():
    ip, both = is_ethernet_type(0x800), is_ethernet_type(0x800, 0x86DD)
    assert implies(ip, both) == Same()
    found = implies(both, ip)
    assert found.packet[12:] == b"\x86\xdd" and found.a and not found.b


def test_metadata():
    """vlan on a live capture: a tag in the metadata, or one in the packet."""
    tag = Program([(0x30, 0, 0, SKF_AD_OFF + 48), (0x15, 0, 1, 1), YES, NO])
    twice = Program([(0x20, 0, 0, SKF_AD_OFF + 48), (0x45, 0, 1, 1), YES, NO])
    assert differ(tag, twice) == Same()
    assert differ(tag, Program([NO]), linux=False) == Same()  # a savefile has none
    found = differ(tag, Program([NO]))
    assert isinstance(found.ancillary, Ancillary) and found.ancillary.vlan_tag_present == 1
    protocol = Program([(0x28, 0, 0, SKF_AD_OFF), (0x25, 0, 1, 0xFFFF), YES, NO])
    assert differ(protocol, Program([NO])) == Same()  # it has 16 bits only
    network = Program([(0x30, 0, 0, SKF_NET_OFF), RET_A])
    assert differ(network, Program([(0x30, 0, 0, 14), RET_A]), linux=True) == Same()
    wraps = Program([(1, 0, 0, 20), (0x50, 0, 0, 0xFFFFFFF8), RET_A])
    assert differ(wraps, Program([(0x30, 0, 0, 12), RET_A]), linux=True) == Same()
    assert differ(wraps, Program([NO])) == Same()


def test_netlink_attributes_are_some_function_of_the_registers():
    def find(a, x, nest=0):
        return Program([(0, 0, 0, a), (1, 0, 0, x), (0x20, 0, 0, SKF_AD_OFF + 12 + nest), RET_A])
    detour = Program([(0, 0, 0, 9), (0x14, 0, 0, 5), (1, 0, 0, 7),
                      (0x20, 0, 0, SKF_AD_OFF + 12), RET_A])
    assert differ(find(4, 7), detour) == Same()
    assert not isinstance(differ(find(4, 7), find(4, 8)), Same)
    assert not isinstance(differ(find(4, 7), find(4, 7, 4)), Same)


def test_undecided_is_said():
    random_load = [(0x20, 0, 0, SKF_AD_OFF + 56), (0x45, 0, 1, 1), YES, NO]
    verdict = differ(Program(random_load), Program([(0x80, 0, 0, 0), *random_load]))
    assert verdict == Undecided("it loads random numbers") or isinstance(verdict, Counterexample)
    hard = [  # factors of a product of two primes, and out of time at once
        (0x20, 0, 0, 0), (0x07, 0, 0, 0), (0x20, 0, 0, 4), (0x2C, 0, 0, 0),
        (0x15, 0, 1, 4292870399), YES, NO]
    verdict = differ(Program(hard), Program([NO]), timeout=0)
    assert isinstance(verdict, Undecided) and "time" in verdict.reason


def test_without_z3(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(proof, "import_module", missing)
    program = is_ethernet_type(0x800)
    assert differ(program, Program(program.instructions)) == Same()  # no need of it
    found = differ(program, Program([NO]))  # nor here
    assert isinstance(found, Counterexample) and not found.shortest
    # ... nor where both, side by side, come to the same.
    assert differ(is_ethernet_type(0x800, 0x806), is_ethernet_type(0x806, 0x800)) == Same()
    by_shift = Program([LDH12, (0x74, 0, 0, 8), (0x15, 0, 1, 8), YES, NO])
    by_mask = Program([LDH12, (0x54, 0, 0, 0xFF00), (0x15, 0, 1, 0x800), YES, NO])
    with pytest.raises(FykeError, match=r"fyke\[proof\]"):
        differ(by_shift, by_mask)


def test_what_cannot_run_is_refused():
    with pytest.raises(ProgramError):
        differ(Program([LDH12]), Program([NO]))


@pytest.mark.parametrize("linux", [False, True])
def test_random_programs_and_damaged_copies(linux):
    """A proof is held against packets, a counterexample against the machine."""
    rng = random.Random(11)
    verdicts = {Same: 0, Counterexample: 0, Undecided: 0}
    while sum(verdicts.values()) < 70:
        first = [*bpf_programs.valid_program(rng)[:-6], Instruction(*RET_A)]
        if not any(Program(first).run(bpf_programs.packet(rng)) for _ in range(5)):
            continue  # returns 0 for nearly everything: too easy
        second = bpf_programs.damaged(rng, first)
        a, b = Program(first), Program(second)
        try:
            verdict = differ(a, b, timeout=10, linux=linux)
        except ProgramError:
            continue
        verdicts[type(verdict)] += 1
        if isinstance(verdict, Counterexample):
            seen = verdict.packet, verdict.wirelen, verdict.ancillary
            assert (a.run(*seen), b.run(*seen)) == (verdict.a, verdict.b)
            assert verdict.a != verdict.b
        if isinstance(verdict, Same):
            for _ in range(50):
                data = bpf_programs.packet(rng)
                known = Ancillary(protocol=rng.getrandbits(16), mark=rng.getrandbits(32))
                known = known if linux else None
                assert a.run(data, None, known) == b.run(data, None, known), (first, second)
    assert verdicts[Same] > 10 and verdicts[Counterexample] > 10 and verdicts[Undecided] < 10


def test_shortest_by_brute_force():
    """On programs that read two octets: no packet of fewer octets tells them apart."""
    rng = random.Random(12)
    every = [b"", *(bytes((x,)) for x in range(256)),
             *(bytes((x, y)) for x in range(256) for y in (0, 1, 2, 3, 4, 5, 254, 255))]
    for _ in range(40):
        def program():
            return Program([(0x30, 0, 0, rng.randrange(2)),
                            (rng.choice((0x54, 0x04, 0xA4, 0x74)), 0, 0, rng.randrange(9)),
                            (rng.choice((0x15, 0x25, 0x45)), 0, 3, rng.randrange(6)),
                            (0x30, 0, 0, rng.randrange(2)), (0x15, 0, 1, rng.randrange(6)),
                            YES, NO])
        a, b = program(), program()
        verdict = differ(a, b)
        differing = [len(data) for data in every if a.run(data) != b.run(data)]
        if isinstance(verdict, Same):
            assert not differing
        else:
            assert len(verdict.packet) <= min(differing, default=2)
            assert not [size for size in differing if size < len(verdict.packet)]


def test_the_walk_is_not_by_paths():
    """60 tests one after another that all meet again: 2**60 paths."""
    steps = [(0x30, 0, 0, 0)]
    for n in range(60):
        steps += [(0x45, 0, 1, 1 << n % 8), (0x04, 0, 0, n)]
    a = Program([*steps, RET_A])
    b = Program([*steps[:-1], (0x04, 0, 0, 60), RET_A])
    found = differ(a, b)
    assert isinstance(found, Counterexample) and len(found.packet) == 1


def test_liveness():
    live = symbolic.liveness([Instruction(*ins) for ins in (
        LDH12, (0x02, 0, 0, 3), (0x80, 0, 0, 0), (0x61, 0, 0, 3), (0x1D, 0, 1, 0), YES, NO)])
    assert live[0] == frozenset()
    assert live[1] == {symbolic.A}
    assert live[2] == {3}
    assert live[4] == {symbolic.A, symbolic.X}


def test_jumps_back():
    """A loop as in protochain: sums headers until one is 0; and the same with another loop head."""
    def chain(last):
        return Program([(1, 0, 0, 0), (0x50, 0, 0, 0), (0x15, 4, 0, 0), (0x0C, 0, 0, 0),
                        (0x07, 0, 0, 0), (0x25, 1, 0, last), (5, 0, 0, 0xFFFFFFFA), RET_A])
    assert differ(chain(3), chain(3)) == Same()
    found = differ(chain(3), chain(4))
    assert isinstance(found, Counterexample)


#: Where libpcap's optimiser changes the meaning for packets cut short: it drops a load whose
#: value no longer matters, or takes a test that needs fewer octets first; the shortest packet.
LIBPCAP_DIFFERS = {"host_eth_ipv4x4_noipv6_EN10MB": 30, "ldb_jset_0x00000000": 0,
                   "ldh_jset_0x00000000": 0, "ld_jset_0x00000000": 0}


def test_libpcaps_optimiser():
    """Every accept case: the optimised program is the unoptimised one, but for four known ones."""
    path = PEERS / "libpcap" / "accept.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    differing = {}
    for case in json.loads(path.read_text()):
        if not case["opt"]:
            assert differ(Program(case["unopt"]), Program([NO])) == Same(), case["name"]
            continue
        verdict = differ(Program(case["opt"]), Program(case["unopt"]), timeout=30)
        assert not isinstance(verdict, Undecided), case["name"]
        if isinstance(verdict, Counterexample):
            differing[case["name"]] = len(verdict.packet)
    assert differing == LIBPCAP_DIFFERS
