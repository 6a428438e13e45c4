"""seccomp: from here on the kernel asks a program about every system call (seccomp(2))."""

from __future__ import annotations

import os
import struct
import sys

from fyke.calls import Bytes, pointer, syscall

SET_MODE_FILTER = 1  # SECCOMP_SET_MODE_FILTER, include/uapi/linux/seccomp.h
TSYNC = 1  # SECCOMP_FILTER_FLAG_TSYNC: for all threads
CALL = {"x86_64": 317, "aarch64": 277}  # seccomp(2)
ERRNO_EPERM, ALLOW = 0x00050001, 0x7FFF0000
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K

#: write, writev, pwrite64, sendto, sendmsg, sendmmsg: what sends a packet where it is given a tap
SENDING = {"x86_64": (1, 20, 18, 44, 46, 307), "aarch64": (64, 66, 68, 206, 211, 269)}


def machine() -> str:
    """The machine's name, "" where there is no program for it."""
    name = os.uname().machine
    return name if name in CALL and sys.maxsize > 1 << 32 else ""


def shipped(role: str) -> bytes:
    """The program of a role for this machine."""
    from fyke.sandbox.assembled import PROGRAMS
    return bytes.fromhex(PROGRAMS[role, machine()])


def silent(taps: list[int]) -> bytes:
    """A program that lets nothing be written to these descriptors: a tap only listens."""
    calls = SENDING[machine()]
    rows = [(LOAD, 0, 0, 0)]
    rows += [(EQUAL, len(calls) - at, 0, number) for at, number in enumerate(calls)]
    rows += [(RETURN, 0, 0, ALLOW), (LOAD, 0, 0, 16)]
    rows += [(EQUAL, len(taps) - at, 0, handle) for at, handle in enumerate(taps)]
    rows += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ERRNO_EPERM)]
    return b"".join(struct.pack("=HBBI", *row) for row in rows)


def attach(program: bytes) -> None:
    """Have the kernel ask ``program`` from here on, for good. Raises OSError.

    Needs no_new_privs, or CAP_SYS_ADMIN.
    """
    kept = Bytes(program)
    syscall(CALL[machine()], SET_MODE_FILTER, TSYNC,
            struct.pack("@H", len(program) // 8).ljust(8, b"\0") + pointer(kept))
