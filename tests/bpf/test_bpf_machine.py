"""The machine against tables, against libpcap's and against the running kernel's."""

import ctypes
import json
import os
import pickle
import random
import socket
import struct
from pathlib import Path

import bpf_kernel
import bpf_programs
import pytest

from fyke.bpf.ancillary import Ancillary, find_attribute, find_nested, payload_offset
from fyke.bpf.checker import check
from fyke.bpf.instructions import SKF_AD_OFF, SKF_LL_OFF, SKF_NET_OFF, Instruction
from fyke.bpf.machine import Machine
from fyke.bpf.program import Program
from fyke.errors import ProgramError
from fyke.wire import Record

PEERS = Path(os.environ.get("FYKE_PEERS", Path(__file__).parents[2] / "../shared/peers"))
DATA = bytes(range(0x10, 0x50))
RET_A = (0x16, 0, 0, 0)


def a_after(*program, data=DATA, **how):
    return Program([*program, RET_A]).run(data, **how)


def set_both(a, x):
    return (0x00, 0, 0, a), (0x01, 0, 0, x)


LOADS = [  # code, k, X before, A (or X for ldx) after; None: the program returns 0 at once
    (0x30, 0, 0, 0x10), (0x30, 63, 0, 0x4F), (0x30, 64, 0, None),
    (0x28, 62, 0, 0x4E4F), (0x28, 63, 0, None), (0x20, 60, 0, 0x4C4D4E4F), (0x20, 61, 0, None),
    (0x30, 0xFFFFFFFF, 0, None), (0x28, 0xFFFFFFFE, 0, None), (0x20, 0x7FFFFFFF, 0, None),
    (0x50, 3, 60, 0x4F), (0x50, 4, 60, None), (0x48, 2, 60, 0x4E4F), (0x48, 3, 60, None),
    (0x40, 0, 60, 0x4C4D4E4F), (0x40, 1, 60, None),
    (0x40, 0xFFFFFFFC, 8, None), (0x50, 8, 0xFFFFFFFF, None),  # no wrapping round in a savefile
    (0x20, SKF_AD_OFF, 0, None), (0x30, SKF_AD_OFF + 48, 0, None), (0x28, SKF_NET_OFF, 0, None),
    (0x00, 0xFFFFFFFF, 0, 0xFFFFFFFF), (0x80, 0, 0, 64),
]


@pytest.mark.parametrize(("code", "k", "x", "expected"), LOADS)
def test_loads(code, k, x, expected):
    program = [(0x01, 0, 0, x), (code, 0, 0, k), (0x15, 0, 1, 0), (0x00, 0, 0, 77), RET_A]
    assert Program(program).run(DATA) == (0 if expected is None else expected)


ARITHMETIC = [  # operation (as K), A, operand, result; None: returns 0 at once
    (0x04, 0xFFFFFFFF, 2, 1), (0x14, 1, 2, 0xFFFFFFFF), (0x24, 0x10000, 0x10001, 0x10000),
    (0x24, 0xFFFFFFFF, 0xFFFFFFFF, 1), (0x34, 0xFFFFFFFF, 2, 0x7FFFFFFF), (0x94, 17, 5, 2),
    (0x94, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF), (0x44, 0xF0, 0x0F, 0xFF), (0x54, 0xF3, 0x31, 0x31),
    (0xA4, 0xFF, 0x0F, 0xF0), (0x64, 0x80000001, 1, 2), (0x64, 1, 31, 0x80000000),
    (0x74, 0x80000000, 31, 1),
]


@pytest.mark.parametrize(("code", "a", "operand", "expected"), ARITHMETIC)
def test_arithmetic(code, a, operand, expected):
    assert a_after((0, 0, 0, a), (code, 0, 0, operand)) == expected
    assert a_after(*set_both(a, operand), (code | 8, 0, 0, 0)) == expected


@pytest.mark.parametrize("code", [0x3C, 0x9C])
def test_division_by_x_zero_returns_0(code):
    assert Program([*set_both(9, 0), (code, 0, 0, 0), (6, 0, 0, 5)]).run(DATA) == 0


@pytest.mark.parametrize(("code", "shift", "offline", "kernel"), [
    (0x6C, 32, 0, 5), (0x6C, 33, 0, 10), (0x6C, 0xFFFFFFFF, 0, 0x80000000),
    (0x7C, 32, 0, 5), (0x7C, 33, 0, 2), (0x7C, 64, 0, 5)])
def test_shifts_beyond_the_register(code, shift, offline, kernel):
    program = (*set_both(5, shift), (code, 0, 0, 0))
    assert a_after(*program) == offline
    assert a_after(*program, ancillary=Ancillary()) == kernel


def test_neg_moves_and_memory():
    assert a_after((0, 0, 0, 1), (0x84, 0, 0, 0)) == 0xFFFFFFFF
    assert a_after((0, 0, 0, 0), (0x84, 0, 0, 0)) == 0
    assert a_after((0, 0, 0, 7), (0x07, 0, 0, 0), (0, 0, 0, 1), (0x87, 0, 0, 0)) == 7
    for word in range(16):
        assert a_after(*set_both(3, 4), (0x02, 0, 0, word), (0x03, 0, 0, (word + 1) % 16),
                       (0x00, 0, 0, 0), (0x61, 0, 0, word), (0x60, 0, 0, (word + 1) % 16),
                       (0x24, 0, 0, 100), (0x0C, 0, 0, 0)) == 403
    assert a_after((0x60, 0, 0, 5)) == 0  # unwritten words are 0, and stay so
    machine = Program([(0x60, 0, 0, 5), (0x07, 0, 0, 0), (0, 0, 0, 9), (0x02, 0, 0, 5),
                       (0x87, 0, 0, 0), RET_A]).machine()
    assert [machine.run(Record(DATA)) for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(("code", "a", "operand", "taken"), [
    (0x15, 5, 5, True), (0x15, 5, 6, False), (0x25, 5, 5, False), (0x25, 0x80000000, 1, True),
    (0x35, 5, 5, True), (0x35, 1, 0xFFFFFFFF, False), (0x45, 6, 4, True), (0x45, 6, 9, False)])
def test_branches(code, a, operand, taken):
    ends = ((6, 0, 0, 1), (6, 0, 0, 2))
    assert Program([(0, 0, 0, a), (code, 0, 1, operand), *ends]).run(b"") == (1 if taken else 2)
    assert Program([*set_both(a, operand), (code | 8, 0, 1, 0), *ends]).run(b"") == (
        1 if taken else 2)


def test_lengths():
    program = Program([(0x80, 0, 0, 0), RET_A])
    assert program.run(b"") == 0
    assert program.run(DATA) == 64
    assert program.run(DATA, 1500) == 1500
    assert Program([(0x81, 0, 0, 0), (0x87, 0, 0, 0), RET_A]).run(DATA, 99) == 99
    assert Program([(6, 0, 0, 0xFFFFFFFF)]).run(b"") == 0xFFFFFFFF


def test_reads_to_the_captured_length_not_to_where_a_layer_narrowed():
    packet = Record(bytes(100))
    packet.place(20, 30)
    packet.narrow(5)
    machine = Machine([(0x30, 0, 0, 29), (6, 0, 0, 1)])
    assert machine.run(packet) == 1
    assert Machine([(0x30, 0, 0, 30), (6, 0, 0, 1)]).run(packet) == 0


def test_jumps_back_end_after_64():
    loop = [(0x04, 0, 0, 1), (0x25, 1, 0, 1000), (5, 0, 0, 0xFFFFFFFD), RET_A]
    assert Program(loop).run(b"") == 0  # 64 turns are not enough
    loop[1] = (0x25, 1, 0, 60)
    assert Program(loop).run(b"") == 61
    loop[1] = (0x25, 1, 0, 64)
    assert Program(loop).run(b"") == 65
    loop[1] = (0x25, 1, 0, 65)
    assert Program(loop).run(b"") == 0


def test_long_jump():
    program = [(5, 0, 0, 70000), *[(6, 0, 0, 1)] * 70000, (6, 0, 0, 2)]
    assert Program(program).run(b"") == 2


@pytest.mark.parametrize("program", [
    [], [(0x28, 0, 0, 0)], [(0x99, 0, 0, 0), (6, 0, 0, 0)], [(0x60, 0, 0, 16), (6, 0, 0, 0)],
    [(0x15, 0, 1, 0), (6, 0, 0, 0)], [(5, 0, 0, 1), (6, 0, 0, 0)], [(6, 0, 0, 1 << 40)]])
def test_what_cannot_run_is_refused_before(program):
    with pytest.raises(ProgramError):
        Machine(program)


def test_machine_is_pickled():
    machine = pickle.loads(pickle.dumps(Machine([(6, 0, 0, 9)])))
    assert machine.run(Record(b"")) == 9
    assert machine.instructions == (Instruction(6, 0, 0, 9),)


# Ancillary loads ---------------------------------------------------------------------------

KNOWN = Ancillary(protocol=0x86DD, pkttype=2, ifindex=7, mark=0xDEADBEEF, queue=3, hatype=801,
                  rxhash=0x12345678, cpu=5, vlan_tag=0x6FFF, vlan_tag_present=1, vlan_tpid=0x88A8,
                  pay_offset=54, random=0xFFFFFFFF)


@pytest.mark.parametrize(("offset", "value"), [
    (0, 0x86DD), (4, 2), (8, 7), (20, 0xDEADBEEF), (24, 3), (28, 801), (32, 0x12345678), (36, 5),
    (40, 3 ^ 5), (44, 0x6FFF), (48, 1), (52, 54), (56, 0xFFFFFFFF), (60, 0x88A8)])
@pytest.mark.parametrize("code", [0x20, 0x28, 0x30])
def test_ancillary_values(offset, value, code):
    load = (*set_both(3, 5), (code, 0, 0, SKF_AD_OFF + offset))
    assert a_after(*load, ancillary=KNOWN) == value
    assert Program([*load, (6, 0, 0, 9)]).run(DATA) == 0  # as in a savefile: there is none


def test_unknown_ancillary_loads_are_loads_from_far_away():
    for off in (1, 47, 64, 0xFFF):
        assert Program([(0x30, 0, 0, SKF_AD_OFF + off), (6, 0, 0, 9)]).run(
            DATA, ancillary=KNOWN) == 0


def test_no_device_ends_the_program_with_a():
    program = [(0, 0, 0, 21), (0x20, 0, 0, SKF_AD_OFF + 8), (6, 0, 0, 1)]
    assert Program(program).run(DATA, ancillary=Ancillary(ifindex=None)) == 21


def test_random_differs():
    machine = Machine([(0x20, 0, 0, SKF_AD_OFF + 56), RET_A])
    packet = Record(b"")
    packet.meta = Ancillary()
    assert len({machine.run(packet) for _ in range(20)}) > 15


def test_offsets_from_headers_and_round():
    known = Ancillary(network=14, link=0)
    for code, size in ((0x30, 1), (0x28, 2), (0x20, 4)):
        def at(off, code=code, **how):
            return a_after((code, 0, 0, off), **how)
        assert at(SKF_NET_OFF + 2, ancillary=known) == at(16)
        assert at(SKF_LL_OFF + 2, ancillary=known) == at(2)
        assert at(SKF_LL_OFF + 64 - size, ancillary=known) == at(64 - size)
        assert at(SKF_LL_OFF + 65 - size, ancillary=known) == 0
        assert at(SKF_LL_OFF - 1, ancillary=known) == 0
        assert at(SKF_LL_OFF, ancillary=Ancillary(link=-14)) == 0
        indirect = code + 0x20
        assert a_after((1, 0, 0, 20), (indirect, 0, 0, 0xFFFFFFF8), ancillary=known) == at(12)
        assert a_after((1, 0, 0, 20), (indirect, 0, 0, 0xFFFFFFF8)) == 0
    assert a_after((0xB1, 0, 0, SKF_NET_OFF), (0x87, 0, 0, 0), ancillary=known) == 4 * 0xE


def attributes(*pairs):
    out = b""
    for kind, value in pairs:
        out += struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)
    return out


def test_netlink_attributes():
    inner = attributes((5, b"abc"), (9, b""))
    data = b"\xff" * 4 + attributes((1, b"x"), (2 | 0x8000, inner), (3, b"zz"))
    packet = Record(data)
    assert find_attribute(packet, 4, len(data), 1) == 4
    assert find_attribute(packet, 4, len(data), 2) == 12  # the flags of the type do not count
    assert find_attribute(packet, 4, len(data), 7) == 0
    assert find_nested(packet, 12, 9) == 24
    assert find_nested(packet, 12, 3) == 0
    for cut in range(len(data)):
        short = Record(data[:cut])
        for start in (0, 4, 12, cut, 1 << 31):
            for kind in (0, 3, 9):
                assert 0 <= find_attribute(short, start, cut, kind) <= cut
                assert 0 <= find_nested(short, start, kind) <= cut


def test_payload_offset_of_every_prefix():
    for protocol, packet in ((0x0800, TCP4[14:]), (0x86DD, UDP6[14:]), (0x8100, VLAN[14:])):
        for cut in range(len(packet) + 1):
            assert 0 <= payload_offset(Record(packet[:cut]), 0, protocol) <= 100
    assert payload_offset(Record(TCP4), 14, 0x0800) == 14 + 20 + 24


# Against libpcap ---------------------------------------------------------------------------

def libpcap_filter():
    try:
        libpcap = ctypes.CDLL("libpcap.so.0.8")
    except OSError:
        pytest.skip("libpcap.so.0.8 is not installed")
    libpcap.bpf_filter.restype = ctypes.c_uint32

    def run(program, data, wirelen):
        raw = b"".join(struct.pack("=HBBI", *ins) for ins in program)
        return libpcap.bpf_filter(raw, data, wirelen, len(data))
    return run


def test_random_programs_as_libpcap():
    theirs = libpcap_filter()
    rng = random.Random(4)
    for _ in range(1500):
        program = bpf_programs.valid_program(rng)
        ours = Program(program)
        for _ in range(5):
            data = bpf_programs.packet(rng)
            wirelen = len(data) + rng.choice((0, 0, 1000))
            assert ours.run(data, wirelen) == theirs(program, data, wirelen), program


def test_peers_programs_as_libpcap():
    theirs = libpcap_filter()
    path = PEERS / "libpcap" / "accept.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    rng = random.Random(5)
    for case in json.loads(path.read_text()):
        for program in filter(None, (case["opt"], case["unopt"])):
            ours = Program(program)
            for _ in range(8):
                data = bpf_programs.packet(rng)
                assert ours.run(data) == theirs(program, data, len(data)), case["name"]


# Against the running kernel ----------------------------------------------------------------

def received(sender, receiver, data):
    """Octets of ``data`` that came through the receiver's filter."""
    sender.send(data)
    try:
        return len(receiver.recv(1 << 16, socket.MSG_DONTWAIT))
    except BlockingIOError:
        return 0


def test_random_programs_as_the_kernel():
    """On a pair of UNIX sockets, which filter too: 400 programs, 6 packets each."""
    bpf_kernel.require_linux()
    rng = random.Random(6)
    some = 0
    for _ in range(400):
        program = bpf_programs.valid_program(rng)
        check(program)
        ours = Program(program)
        known = Ancillary(network=-(1 << 24), link=-(1 << 24))  # there are no headers
        sender, receiver = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        with sender, receiver:
            bpf_kernel.attach(receiver, program)
            for _ in range(6):
                data = bpf_programs.packet(rng)
                expected = min(ours.run(data, ancillary=known), len(data))
                assert received(sender, receiver, data) == expected, (program, data)
                some += expected > 0
    assert some > 400


def ether(kind, payload, destination="000000000000"):
    return bytes.fromhex(destination + "020000000001") + kind.to_bytes(2, "big") + payload


def ipv4(number, payload, flags=0):
    return bytes.fromhex(f"4500{20 + len(payload):04x}0001{flags:04x}40{number:02x}0000"
                         "0a0000010a000002") + payload


TCP4 = ether(0x0800, ipv4(6, bytes.fromhex("1234005000000001000000006002200000000000020405b4")
                          + b"hello"))
UDP6 = ether(0x86DD, bytes.fromhex("6000000000141100" "0001") [:6] + b"\x00\x40" + bytes(31)
             + b"\x01" + bytes.fromhex("1100000000000000" "00350035000c0000") + b"data",
             "333300000001")
VLAN = ether(0x8100, bytes.fromhex("6064") + TCP4[12:], "ffffffffffff")
FRAMES = [
    TCP4, UDP6, VLAN,
    ether(0x88A8, bytes.fromhex("0fff8100000a") + TCP4[12:]),
    ether(0x0806, bytes.fromhex("0001080006040001") + bytes(20), "ffffffffffff"),
    ether(0x0800, ipv4(17, bytes.fromhex("00350035000c0000") + b"data", 0x2000)),
    ether(0x0800, ipv4(17, bytes(40), 0x0100)),
    ether(0x0800, ipv4(1, bytes(12))), ether(0x0800, ipv4(4, TCP4[14:])),
    ether(0x0800, ipv4(89, bytes(30))), ether(0x0801, bytes(30)),
    ether(0x9999, bytes(2) + attributes((1, b"x"), (2, attributes((5, b"abc"), (9, b""))),
                                        (3, b"zz")), "020000000009"),
]
MARK = 0x5EED
SOL_PACKET, PACKET_AUXDATA = 263, 8
ALL = 3  # ETH_P_ALL


def packet_socket(kind):
    sock = socket.socket(socket.AF_PACKET, kind, 0)
    sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    sock.settimeout(5)
    return sock


def bind(sock):
    sock.bind(("lo", ALL))


def take(sock):
    """A packet and its metadata as the kernel tells it."""
    data, control, _, address = sock.recvmsg(1 << 16, 256)
    _, protocol, pkttype, hatype = address[:4]
    status, wirelen, _, _, _, tci, tpid = struct.unpack("=IIIHHHH", control[0][2])
    present = status >> 4 & 1  # TP_STATUS_VLAN_VALID
    return data, wirelen, Ancillary(
        protocol=protocol, pkttype=pkttype, ifindex=socket.if_nametoindex("lo"), mark=MARK,
        hatype=hatype, cpu=min(os.sched_getaffinity(0)), vlan_tag=tci if present else 0,
        vlan_tag_present=present, vlan_tpid=tpid if present else 0)


def drain(sock, count):
    """Up to ``count`` packets that are there; fewer when no more come."""
    out = []
    while len(out) < count:
        try:
            out.append(take(sock))
        except BlockingIOError:
            break
    return out


def run_on_loopback(kind, programs):
    """What each program let through of FRAMES, and what it should have: pairs to compare."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    results = []
    # A cooked socket is told of a tag in the packet as if the kernel had taken it out (Linux 6.10)
    frames = [frame for frame in FRAMES if kind == socket.SOCK_RAW or frame[12] not in (0x81, 0x88)]
    with packet_socket(socket.SOCK_RAW) as sender, packet_socket(kind) as reference:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
        sender.bind(("lo", 0))
        bind(reference)
        for program in programs:
            with packet_socket(kind) as tap:
                bpf_kernel.attach(tap, program)
                bind(tap)
                for frame in frames:
                    sender.send(frame)
                everything = [take(reference) for _ in range(2 * len(frames))]  # out and in
                tap.setblocking(False)
                got = [(data, wirelen) for data, wirelen, _ in drain(tap, len(everything))]
            results.append((got, [expected for one in everything
                                  if (expected := expect(program, kind, *one))]))
    return results


def expect(program, kind, data, wirelen, known):
    known.network, known.link = (14, 0) if kind == socket.SOCK_RAW else (0, -14)
    kept = Program(program).run(data, wirelen, known)
    return (data[:kept], wirelen) if kept else None


ANCILLARY_TESTED = (0, 4, 8, 12, 16, 20, 28, 36, 40, 44, 48, 52, 60)
HEADER_LOADS = [
    [(code, 0, 0, base + off), (0x54, 0, 0, 63), (0x04, 0, 0, 1), RET_A]
    for code in (0x20, 0x28, 0x30) for base in (SKF_NET_OFF, SKF_LL_OFF) for off in (0, 9, 40, 99)]


def check_on_loopback(kind, programs):
    results = bpf_kernel.in_namespace(run_on_loopback, kind, programs)
    for program, (got, expected) in zip(programs, results, strict=True):
        assert got == expected, program
    return sum(len(got) for got, _ in results)


@pytest.mark.live
@pytest.mark.parametrize("kind", [socket.SOCK_RAW, socket.SOCK_DGRAM])
def test_each_ancillary_load_as_the_kernel(kind):
    """Every load, folded into the length that is kept, with A and X set for those that use them."""
    programs = [[*set_both(a, x), (code, 0, 0, SKF_AD_OFF + off), (0x94, 0, 0, 61),
                 (0x04, 0, 0, 1), RET_A]
                for off in ANCILLARY_TESTED for code in (0x20, 0x30)
                for a, x in ((16, 2), (24, 9), (2, 5), (0xFFFFFFFF, 3))]
    programs = [[Instruction(*ins) for ins in program] for program in programs]
    if kind == socket.SOCK_DGRAM:  # netlink attributes begin elsewhere there: tested with RAW
        programs = [p for p in programs if p[2].k - SKF_AD_OFF not in (12, 16)]
    check_on_loopback(kind, programs)


@pytest.mark.live
def test_offsets_from_headers_as_the_kernel():
    check_on_loopback(socket.SOCK_RAW, HEADER_LOADS)
    check_on_loopback(socket.SOCK_DGRAM, [p for p in HEADER_LOADS if p[0][3] >= SKF_NET_OFF])


@pytest.mark.live
@pytest.mark.parametrize("seed", range(3))
def test_random_programs_with_ancillary_loads_as_the_kernel(seed):
    """100 programs on 24 packets each: who got what, and how much of it."""
    rng = random.Random(seed)
    programs = [bpf_programs.valid_program(rng, ANCILLARY_TESTED) for _ in range(100)]
    assert check_on_loopback(socket.SOCK_RAW, programs) > 500


@pytest.mark.live
def test_random_load_is_taken_and_runs():
    programs = [[Instruction(*ins) for ins in (
        (0x20, 0, 0, SKF_AD_OFF + off), (0x54, 0, 0, 0), (0x04, 0, 0, 9), RET_A)]
        for off in (56, 24, 32)]
    assert check_on_loopback(socket.SOCK_RAW, programs) == 3 * 2 * len(FRAMES)
