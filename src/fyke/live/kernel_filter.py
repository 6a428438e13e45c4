"""live: a filter program as the kernel needs it, and giving it to the kernel.

In cooked capture the kernel's filter sees a packet without the header that is written in front of
it later (cooked.py). ``translate`` turns loads from that header into the kernel's ancillary loads
(include/uapi/linux/filter.h: SKF_AD_*) and moves all others.
"""

from __future__ import annotations

import ctypes
import errno
import socket
from collections.abc import Sequence

from fyke.bpf import instructions as bpf
from fyke.bpf.instructions import Instruction
from fyke.live import constants as c
from fyke.live.cooked import LINUX_SLL, LINUX_SLL2, header_length

Program = Sequence[Instruction]

#: (link type, offset, width of the load) of a header field → the ancillary load that gives it
FIELDS = {
    (LINUX_SLL, 0, bpf.H): bpf.AD_PKTTYPE,
    (LINUX_SLL, 2, bpf.H): bpf.AD_HATYPE,
    (LINUX_SLL, 14, bpf.H): bpf.AD_PROTOCOL,
    (LINUX_SLL2, 0, bpf.H): bpf.AD_PROTOCOL,
    (LINUX_SLL2, 4, bpf.W): bpf.AD_IFINDEX,
    (LINUX_SLL2, 8, bpf.H): bpf.AD_HATYPE,
    (LINUX_SLL2, 10, bpf.B): bpf.AD_PKTTYPE,
}
WIDTHS = {bpf.W: 4, bpf.H: 2, bpf.B: 1}
REFUSE = (Instruction(bpf.RET | bpf.K, 0, 0, 0),)


def keep(snaplen: int) -> tuple[Instruction, ...]:
    """The program that accepts everything, cut to ``snaplen`` octets."""
    return (Instruction(bpf.RET | bpf.K, 0, 0, snaplen),)


def translate(program: Program, link_type: int) -> tuple[Instruction, ...] | None:
    """The same filter for packets that lack the cooked header of ``link_type``.

    None if that cannot be said to the kernel: the program then runs on the finished packet.
    Programs for link types without a cooked header come back as they are.
    """
    header = header_length(link_type)
    if not header:
        return tuple(program)
    moved: list[list[Instruction]] = []
    for instruction in program:
        here = moved_instruction(instruction, link_type, header)
        if here is None:
            return None
        moved.append(here)
    return relink(moved)


def moved_instruction(instruction: Instruction, link_type: int,
                      header: int) -> list[Instruction] | None:
    """One instruction for a packet that begins ``header`` octets later; None if impossible."""
    code, _, _, k = instruction
    kind = code & 0x07
    if kind == bpf.RET and code & 0x18 == bpf.K:
        return [instruction._replace(k=max(k - header, 1) if k else 0)]
    if kind not in (bpf.LD, bpf.LDX):
        return [instruction]
    mode = code & 0xE0
    if mode == bpf.LEN:
        if kind == bpf.LDX:
            return None  # adding the header would cost the accumulator
        return [instruction, Instruction(bpf.ALU | bpf.ADD | bpf.K, 0, 0, header)]
    if mode not in (bpf.ABS, bpf.IND, bpf.MSH) or k >= bpf.SKF_LL_OFF:
        return [instruction]
    if k >= header:
        return [instruction._replace(k=k - header)]
    field = FIELDS.get((link_type, k, code & 0x18))
    if kind == bpf.LD and mode == bpf.ABS and field is not None:
        return [Instruction(bpf.LD | bpf.W | bpf.ABS, 0, 0, bpf.SKF_AD_OFF + field)]
    return None


def relink(groups: list[list[Instruction]]) -> tuple[Instruction, ...] | None:
    """One program of ``groups`` (what became of each instruction), its jumps put right."""
    starts = [0]
    for group in groups:
        starts.append(starts[-1] + len(group))
    out: list[Instruction] = []
    for index, group in enumerate(groups):
        out.extend(group)
        last = group[-1]
        if last.code & 0x07 != bpf.JMP:
            continue
        here = len(out)
        if last.code & 0xF0 == bpf.JA:
            out[-1] = last._replace(k=starts[index + 1 + last.k] - here)
            continue
        jt = starts[index + 1 + last.jt] - here
        jf = starts[index + 1 + last.jf] - here
        if jt > 255 or jf > 255:
            return None
        out[-1] = last._replace(jt=jt, jf=jf)
    return tuple(out)


def attach(tap: socket.socket, program: Program) -> str | None:
    """Give ``program`` to the socket; None, or why the kernel refused it."""
    if len(program) > bpf.MAX_INSTRUCTIONS:
        return f"{len(program)} instructions, the kernel takes {bpf.MAX_INSTRUCTIONS}"
    code = ctypes.create_string_buffer(
        b"".join(c.SOCK_FILTER.pack(*instruction) for instruction in program))
    try:
        tap.setsockopt(socket.SOL_SOCKET, c.SO_ATTACH_FILTER,
                       c.SOCK_FPROG.pack(len(program), ctypes.addressof(code)))
    except OSError as error:
        if error.errno == errno.ENOMEM:
            return "no memory for it; sysctl net.core.optmem_max bounds that"
        if error.errno == errno.EPERM:
            raise
        return (error.strerror or "unknown error").lower()
    return None


def lock(tap: socket.socket) -> None:
    """Let nobody change the filter, not even this process."""
    tap.setsockopt(socket.SOL_SOCKET, c.SO_LOCK_FILTER, 1)
