"""The checker refuses exactly what the running kernel refuses, and says why."""

import json
import os
import random
from pathlib import Path

import bpf_kernel
import bpf_programs
import pytest

from fyke.bpf import checker, expansion
from fyke.bpf.instructions import SKF_AD_OFF, Instruction
from fyke.errors import ProgramError

PEERS = Path(os.environ.get("FYKE_PEERS", Path(__file__).parents[2] / "../shared/peers"))
RET = (6, 0, 0, 0)

REFUSED = [  # program, words of the message
    ([], "empty"),
    ([(0x28, 0, 0, 12)], "last instruction is not ret"),
    ([(0x99, 0, 0, 0), RET], "no instruction"),
    ([(0x8C, 0, 0, 0), RET], "no instruction"),  # neg x
    ([(0x0E, 0, 0, 0)], "no instruction"),  # ret x
    ([(0x106, 0, 0, 0)], "no instruction"),
    ([(0x34, 0, 0, 0), RET], "div by zero"),
    ([(0x94, 0, 0, 0), RET], "mod by zero"),
    ([(0x64, 0, 0, 32), RET], "lsh by 32"),
    ([(0x74, 0, 0, 99), RET], "rsh by 99"),
    ([(0x02, 0, 0, 16), RET], "M[16] does not exist"),
    ([(0x60, 0, 0, 3), RET], "M[3] is read"),
    ([(0x15, 1, 0, 0), (2, 0, 0, 1), (0x60, 0, 0, 1), RET], "M[1] is read"),
    ([(0x05, 0, 0, 1), RET], "leaves the program"),
    ([(0x05, 0, 0, 0xFFFFFFFF), RET], "leaves the program"),
    ([(0x15, 0, 1, 0), RET], "leaves the program"),
    ([(0x15, 255, 0, 0), RET], "leaves the program"),
    ([(0x20, 0, 0, SKF_AD_OFF + 1), RET], "ancillary"),
    ([(0x30, 0, 0, SKF_AD_OFF + 64), RET], "ancillary"),
    ([RET] * 4097, "4097 instructions"),
]
TAKEN = [
    [RET], [(0x16, 0, 0, 0)], [(0x15, 1, 0, 0), RET, RET],
    [(0x2, 0, 0, 15), (0x61, 0, 0, 15), RET],
    [(0x15, 0, 1, 0), (2, 0, 0, 1), (3, 0, 0, 1), (6, 0, 0, 1), RET],
    [(0x15, 0, 2, 0), (2, 0, 0, 1), (5, 0, 0, 1), (3, 0, 0, 1), (0x60, 0, 0, 1), RET],
    [RET, (2, 0, 0, 3), (0x60, 0, 0, 3), RET],
    [(0x40, 0, 0, SKF_AD_OFF + 1), RET], [(0xB1, 0, 0, SKF_AD_OFF + 1), RET],
    [(0x28, 0, 0, SKF_AD_OFF - 1), RET], [RET] * 4096,
    *([(0x28, 0, 0, SKF_AD_OFF + 4 * n), RET] for n in range(16)),
]


def complaint(program):
    try:
        checker.check([Instruction(*ins) for ins in program])
    except ProgramError as error:
        return str(error)
    return None


@pytest.mark.parametrize(("program", "words"), REFUSED)
def test_refused_with_the_reason(program, words):
    message = complaint(program)
    assert words in message
    assert "\n" not in message
    if program and len(program) < 5000:
        bpf_kernel.require_linux()
        assert not bpf_kernel.kernel_takes(program)


@pytest.mark.parametrize("program", TAKEN)
def test_taken(program):
    assert complaint(program) is None
    bpf_kernel.require_linux()
    assert bpf_kernel.kernel_takes(program)


@pytest.mark.parametrize("field", [
    (-1, 0, 0, 0), (6, 256, 0, 0), (6, 0, -1, 0), (6, 0, 0, 1 << 32)])
def test_numbers_that_do_not_fit(field):
    assert "does not fit" in complaint([field, RET])


def test_random_programs_as_the_kernel():
    bpf_kernel.require_linux()
    rng = random.Random(2)
    taken = refused = 0
    for _ in range(1500):
        program = bpf_programs.damaged(rng, bpf_programs.valid_program(rng))
        ours = complaint(program)
        assert bpf_kernel.kernel_takes(program) == (ours is None), (ours, program)
        taken, refused = taken + (ours is None), refused + (ours is not None)
    assert taken > 300 and refused > 300


def test_scratch_memory_on_random_paths_as_the_kernel():
    """Stores, loads and jumps only: what counts is which word is written on every path."""
    bpf_kernel.require_linux()
    rng = random.Random(3)
    taken = refused = 0
    for _ in range(1500):
        program = []
        length = rng.randrange(4, 14)
        for at in range(length):
            left = length - at
            word = rng.randrange(2)
            program.append(Instruction(*rng.choice((
                (2, 0, 0, word), (3, 0, 0, word), (2, 0, 0, word), (0x60, 0, 0, word),
                (0x15, rng.randrange(left), rng.randrange(left), 1), (5, 0, 0, rng.randrange(left)),
                RET))))
        program.append(Instruction(*RET))
        ours = complaint(program)
        assert bpf_kernel.kernel_takes(program) == (ours is None), (ours, program)
        taken, refused = taken + (ours is None), refused + (ours is not None)
    assert taken > 300 and refused > 300


FILLERS = [(0x20, 0, 0, 1), (0x30, 0, 0, 0), (0x28, 0, 0, 40000), (0xB1, 0, 0, 14),
           (0xB1, 0, 0, 50000), (0x48, 0, 0, 0), (0x50, 0, 0, 9), (0x3C, 0, 0, 0),
           (0x28, 0, 0, 0xFFF00000), *((0x30, 0, 0, SKF_AD_OFF + 4 * n) for n in (0, 2, 3, 12, 15)),
           (0x15, 1, 1, 1), (0x15, 0, 1, 0x80000000), (0x45, 0, 1, 3), (0x6, 0, 0, 1)]


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize("shape", ["from the start", "at the end", "wide at the end"])
def test_the_longest_jump_as_the_kernel(filler, shape):
    """At the very length where the translated jump no longer fits, found with one-word padding."""
    bpf_kernel.require_linux()

    def program(pads):
        count = 32600 // expansion.translated_length(Instruction(*filler))
        body = [filler] * min(count, 3900) + [(0x07, 0, 0, 0)] * pads
        if shape == "from the start":
            whole = [(5, 0, 0, len(body)), *body, RET, RET]
        else:
            k = 0x80000000 if shape == "wide at the end" else 1
            whole = [*body, (0x15, 1, 0, k), RET, RET]
        return [Instruction(*ins) for ins in whole]

    low, high = 0, 190  # what is taken, what is refused
    if complaint(program(high)) is None:
        assert bpf_kernel.kernel_takes(program(high))
        return
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if complaint(program(middle)) is None else (low, middle)
    assert bpf_kernel.kernel_takes(program(low))
    assert not bpf_kernel.kernel_takes(program(high))


def test_memory_that_a_socket_is_charged():
    """ENOMEM comes where our figure says that it does, within a few instructions."""
    try:
        limit = int(Path("/proc/sys/net/core/optmem_max").read_text())
    except OSError:
        pytest.skip("no /proc/sys/net/core/optmem_max here")
    for share, fits in ((0.9, True), (1.1, False)):
        count = int(limit * share / 8 / 14)
        if count > 2300:
            pytest.skip(f"net.core.optmem_max is {limit}: no program is too big")
        program = [Instruction(0x20, 0, 0, 1)] * count + [Instruction(*RET)]
        assert (expansion.memory(program) <= limit) is fits
        left, right = bpf_kernel.socket.socketpair(bpf_kernel.socket.AF_UNIX)
        with left, right:
            if fits:
                bpf_kernel.attach(right, program)
            else:
                with pytest.raises(OSError, match="memory"):
                    bpf_kernel.attach(right, program)


def test_offline_takes_what_libpcap_runs():
    back = [Instruction(5, 0, 0, 1), Instruction(*RET), Instruction(5, 0, 0, 0xFFFFFFFE),
            Instruction(*RET)]
    checker.check_offline(back)
    assert "leaves" in complaint(back)
    checker.check_offline([Instruction(0x60, 0, 0, 3), Instruction(0x16, 0, 0, 0)])
    checker.check_offline([Instruction(*RET)] * 5000)
    for bad in ([Instruction(5, 0, 0, 0xFFFFFFFF), Instruction(*RET)],
                [Instruction(5, 0, 0, 0xFFFFFFF0), Instruction(*RET)],
                [Instruction(5, 0, 0, 2), Instruction(*RET)], []):
        with pytest.raises(ProgramError):
            checker.check_offline(bad)


def test_peers_programs_as_the_kernel():
    """libpcap's own programs: the kernel refuses protochain's loops, and one unset M[]."""
    path = PEERS / "libpcap" / "accept.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    bpf_kernel.require_linux()
    refused = set()
    for case in json.loads(path.read_text()):
        for program in filter(None, (case["opt"], case["unopt"])):
            ours = complaint(program)
            assert bpf_kernel.kernel_takes(program) == (ours is None), (case["name"], ours)
            if ours:
                refused.add(case["name"])
    assert "ip6_protochain" in refused
    assert len(refused) < 12
