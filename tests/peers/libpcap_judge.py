"""Judges the filter compiler by libpcap's own test cases (peers/libpcap, see its README)."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fyke.bpf.program import Program
from fyke.bpf.proof import Same, differ
from fyke.errors import FilterError, FykeError
from fyke.filter.compile import compile
from fyke.filter.resolver import Resolver

#: The names that libpcap's suite expects of /etc/services and /etc/protocols.
SERVICES = """domain 53/tcp\ndomain 53/udp\nsmtp 25/tcp\nbootps 67/udp\nbootpc 68/udp\n"""
PROTOCOLS = """icmp 1\nigmp 2\ntcp 6\nudp 17\nipv6-icmp 58\nsctp 132\n"""

Case = dict[str, Any]


def cases(folder: Path, kind: str) -> list[Case]:
    """The cases of one kind that apply to a little-endian Linux host."""
    return [case for case in json.loads((folder / f"{kind}.json").read_text())
            if "skip" not in case]


def resolver(folder: Path) -> Resolver:
    return Resolver(services=SERVICES, protocols=PROTOCOLS,
                    **{name: (folder / name).read_text()
                       for name in ("hosts", "ethers", "networks")})


def circumstances(case: Case, names: Resolver) -> dict[str, Any]:
    """The arguments of ``compile`` that a case asks for."""
    return {"link_type": case["DLT"], "snaplen": case.get("snaplen", 262144),
            "netmask": case.get("netmask"), "linux_extensions": case.get("linuxext", False),
            "savefile": case.get("generate_offline_filter"), "resolver": names}


# --- accept --------------------------------------------------------------------------------------

def accept_optimised(case: Case, names: Resolver) -> str:
    """Why an accept case fails with the optimiser; "" if it does not.

    Every alias must give libpcap's program, or a shorter one that is proven to be equal.
    """
    for expression in case["aliases"]:
        try:
            program = compile(expression, **circumstances(case, names))
        except FilterError as error:
            if case["opt"] is None and "expression rejects all packets" in str(error):
                continue
            return f"{expression!r}: {error}"
        if case["opt"] is None:
            return f"{expression!r} is taken, but rejects all packets"
        if same(program, case["opt"]):
            continue
        if len(program) >= len(case["opt"]):
            return f"{expression!r} is neither libpcap's program nor shorter"
        verdict = proven(program, Program(case["opt"], snaplen=case["snaplen"]))
        if verdict:
            return f"{expression!r}: {verdict}"
    return ""


def accept_plain(case: Case, names: Resolver) -> str:
    """The same without the optimiser, where the program must be libpcap's."""
    for expression in case["aliases"]:
        try:
            program = compile(expression, optimize=False, **circumstances(case, names))
        except FilterError as error:
            return f"{expression!r}: {error}"
        if not same(program, case["unopt"]):
            return f"{expression!r} is not libpcap's program"
    return ""


def same(program: Program, listing: list[list[int]]) -> bool:
    return [list(instruction) for instruction in program.instructions] == listing


def proven(a: Program, b: Program) -> str:
    """"" if the programs are equal: proven, or where there is no z3, not refuted by samples."""
    try:
        verdict = differ(a, b)
    except FykeError:
        return ""
    return "" if isinstance(verdict, Same) else str(verdict)


# --- apply ---------------------------------------------------------------------------------------

def apply(case: Case, names: Resolver, folder: Path) -> str:
    """Why an apply case fails; both programs must return what libpcap's do, packet by packet."""
    savefile = "swapped" if case["swapped"] else "unswapped"
    for optimize in (True, False):
        try:
            program = compile(case["expr"], optimize=optimize,
                              **circumstances(case, names) | {"savefile": savefile})
        except FilterError as error:
            if "expression rejects all packets" not in str(error) or any(case["results"]):
                return str(error)
            continue
        results = [program.run(data, length)
                   for data, length in packets((folder / "inputs" / case["savefile"]).read_bytes())]
        if results != case["results"]:
            return f"{results} is not {case['results']}"
    return ""


def packets(file: bytes) -> Iterator[tuple[bytes, int]]:
    """The packets of a savefile and their lengths on the wire; independent of fyke's reader."""
    if file[:4] == b"\x0a\x0d\x0d\x0a":
        order = "<" if file[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
        at = 0
        while at < len(file):
            kind, size = struct.unpack_from(order + "II", file, at)
            if kind == 6:  # Enhanced Packet Block
                caplen, length = struct.unpack_from(order + "II", file, at + 20)
                yield file[at + 28:at + 28 + caplen], length
            at += size
        return
    order = "<" if file[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at = 24
    while at + 16 <= len(file):
        caplen, length = struct.unpack_from(order + "II", file, at + 8)
        yield file[at + 16:at + 16 + caplen], length
        at += 16 + caplen


# --- reject --------------------------------------------------------------------------------------

def reject(case: Case, names: Resolver) -> str:
    """Why a reject case fails: the expression must be refused, at a column inside it."""
    expression = case["expr"]
    try:
        compile(expression, **circumstances(case, names))
    except FilterError as error:
        if not 0 <= error.column <= len(expression):
            return f"{expression!r}: column {error.column}"
        return "" if error.expression == expression else f"{expression!r}: no expression"
    return f"{expression!r} is taken"


def reject_text(case: Case, names: Resolver) -> str:
    """Whether libpcap's message is part of ours."""
    try:
        compile(case["expr"], **circumstances(case, names))
    except FilterError as error:
        return "" if case["errstr"] in str(error) else f"{case['expr']!r}: {error}"
    return f"{case['expr']!r} is taken"
