"""A container that forbids: python refusing.py ERRNO CALL[,CALL…] COMMAND…

Runs COMMAND under a seccomp filter that refuses some system calls with ERRNO.
"""

from __future__ import annotations

import os
import struct
import sys

from fyke.calls import prctl
from fyke.sandbox.numbers import numbers
from fyke.sandbox.seccomp import ALLOW, EQUAL, LOAD, RETURN, attach, machine

MORE = {"x86_64": {"setuid": 105, "setresuid": 117, "setresgid": 119, "setgroups": 116,
                   "capset": 126},
        "aarch64": {"setuid": 146, "setresuid": 147, "setresgid": 149, "setgroups": 159,
                    "capset": 91}}


def refuse(number: int, names: list[str]) -> None:
    known = numbers(machine()) | MORE[machine()]
    rows = [(LOAD, 0, 0, 0)]
    rows += [(EQUAL, len(names) - at, 0, known[name]) for at, name in enumerate(names)]
    rows += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, 0x50000 | number)]
    prctl(38, 1, 0, 0, 0)
    attach(b"".join(struct.pack("=HBBI", *row) for row in rows))


if __name__ == "__main__":
    refuse(int(sys.argv[1]), sys.argv[2].split(","))
    os.execvp(sys.argv[3], sys.argv[3:])
