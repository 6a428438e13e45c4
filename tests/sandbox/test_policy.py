"""The seccomp programs: every number of a system call goes through our own machine."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from fyke.bpf.instructions import Instruction
from fyke.bpf.machine import Machine
from fyke.sandbox import assembled, policy, seccomp
from fyke.sandbox.assemble import INSTRUCTION, source
from fyke.sandbox.numbers import ARCHITECTURES, MACHINES, numbers
from fyke.wire import Record

ALL = [(role, machine) for machine in MACHINES for role in policy.ROLES]
EPERM, ENOSYS = policy.ERRNO | policy.EPERM, policy.ERRNO | policy.ENOSYS
HIGHEST = 600


class Decider:
    """Runs a program as the kernel does: words of struct seccomp_data in the host's byte order."""

    def __init__(self, program: bytes, machine: str) -> None:
        rows = [Instruction(*row) for row in INSTRUCTION.iter_unpack(program)]
        self.machine = Machine(tuple(rows))
        self.architecture = ARCHITECTURES[machine]

    def ask(self, number: int, *arguments: int, architecture: int | None = None) -> int:
        words = [number, self.architecture if architecture is None else architecture, 0, 0]
        for one in (*arguments, *[0] * (6 - len(arguments))):
            words += [one & 0xFFFFFFFF, one >> 32]
        packet = Record(struct.pack(">16I", *words))  # classic BPF loads big-endian
        return self.machine.run(packet) & 0xFFFFFFFF


def decider(role: str, machine: str) -> Decider:
    return Decider(bytes.fromhex(assembled.PROGRAMS[role, machine]), machine)


def test_what_is_shipped_is_what_our_assembler_makes() -> None:
    assert Path(assembled.__file__).read_text() == source()


@pytest.mark.parametrize(("role", "machine"), ALL)
def test_every_number(role: str, machine: str) -> None:
    """Without arguments: what is listed is allowed, the dangerous kills, the rest is refused."""
    program = decider(role, machine)
    have = numbers(machine)
    by_number = {number: name for name, number in have.items()}
    for number in range(HIGHEST):
        name = by_number.get(number, "")
        got = program.ask(number)
        if role == "command":
            assert got == (EPERM if name in policy.NEVER.split() and not name.startswith("exec")
                           else policy.ALLOW), name
            continue
        allowed = (policy.BASE + policy.MORE[role]).split()
        if name in allowed:
            assert got == policy.ALLOW, name
        elif name in policy.NEVER.split():
            assert got == policy.KILL, name
        elif name in ("openat", "open", "mmap", "mprotect", "ioctl", "fcntl", "clone",
                      "prlimit64"):
            continue  # the next test
        else:
            assert got == (ENOSYS if number >= policy.YOUNG else EPERM), (number, name)
    for number in (0x40000000, 0x40000000 | have["read"], 0xFFFFFFFF):
        assert program.ask(number) == policy.KILL
    for other in (0, 0x40000003, *(set(ARCHITECTURES.values()) - {ARCHITECTURES[machine]})):
        assert program.ask(have["read"], architecture=other) == policy.KILL


@pytest.mark.parametrize(("role", "machine"), [one for one in ALL if one[0] != "command"])
def test_arguments(role: str, machine: str) -> None:
    program = decider(role, machine)
    have = numbers(machine)
    writes = role in policy.WRITERS
    starts = role in policy.THREADS

    def answer(name: str, *arguments: int) -> bool:
        got = program.ask(have[name], *arguments)
        assert got in (policy.ALLOW, EPERM)
        return got == policy.ALLOW

    for flags in (0o1, 0o2, 0o100, 0o1000, 0o1101, 0o102):
        assert answer("openat", 0, 0, flags) == writes
        if "open" in have:
            assert answer("open", 0, flags) == writes
    assert answer("openat", 0, 0, 0o2000000)  # O_RDONLY, O_CLOEXEC
    private, anonymous = 2, 0x22
    for protection, flags, fine in ((1, private, True), (3, anonymous, True), (5, private, True),
                                    (7, private, False), (7, anonymous, False),
                                    (5, anonymous, False), (4, anonymous, False)):
        assert answer("mmap", 0, 4096, protection, flags) == fine
    assert answer("mprotect", 0, 4096, 3) and not answer("mprotect", 0, 4096, 5)
    assert answer("ioctl", 1, 0x5401) and not answer("ioctl", 1, 0x5412)  # TIOCSTI
    assert answer("fcntl", 3, 1) and not answer("fcntl", 3, 0) and not answer("fcntl", 3, 1030)
    assert answer("prlimit64", 0, 7, 0, 0x7FFC69A990A0)  # as getrlimit(3) does
    assert not answer("prlimit64", 0, 7, 0x7FFC69A990A0) and not answer("prlimit64", 1, 7, 0)
    assert not answer("prlimit64", 0, 7, 1 << 32)
    assert answer("clone", 0x3D0F00) == starts  # as pthread_create(3) does
    assert not answer("clone", 0x11) and not answer("clone", 0x10000 | 0x10000000)


@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_is_sent_through_a_tap(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "machine", lambda: machine)
    program = Decider(seccomp.silent([7, 9]), machine)
    have = numbers(machine)
    assert seccomp.SENDING[machine] == tuple(have[name] for name in (
        "write", "writev", "pwrite64", "sendto", "sendmsg", "sendmmsg"))
    for number in range(HIGHEST):
        for handle in range(12):
            sends = number in seccomp.SENDING[machine] and handle in (7, 9)
            assert program.ask(number, handle) == (EPERM if sends else policy.ALLOW)


@pytest.mark.parametrize(("machine", "header", "other"), [
    ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", {}),
    ("aarch64", "/usr/include/asm-generic/unistd.h", {"newfstatat": "fstatat"})])
def test_numbers_are_the_kernels(machine: str, header: str, other: dict[str, str]) -> None:
    if not Path(header).exists():
        pytest.skip(f"the kernel's headers are not installed: {header}")
    text = Path(header).read_text()
    theirs = {name: int(number) for name, number in re.findall(
        r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    ours = numbers(machine)
    assert {name: theirs.get(name, theirs.get(other.get(name, ""))) for name in ours} == ours
    assert not {name for name in theirs if name not in ours} & {
        *policy.BASE.split(), *policy.NEVER.split()} - {"faccessat2"}
