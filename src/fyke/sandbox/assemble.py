"""Makes ``assembled.py`` from the texts of ``policy.py``: python -m fyke.sandbox.assemble"""

from __future__ import annotations

import struct
from pathlib import Path

from fyke.bpf.assembler import parse
from fyke.sandbox.numbers import MACHINES
from fyke.sandbox.policy import ROLES, text

INSTRUCTION = struct.Struct("<HBBI")  # struct sock_filter; both machines are little-endian

HEAD = '''"""seccomp programs as the kernel takes them. Made by fyke.sandbox.assemble."""

from __future__ import annotations

#: (role, machine) → struct sock_filter[] in hex
'''


def program(role: str, machine: str) -> bytes:
    """The instructions of a role's program, as the kernel takes them."""
    return b"".join(INSTRUCTION.pack(*one) for one in parse(text(role, machine)))


def source() -> str:
    """The text of ``assembled.py``."""
    rows = []
    for machine in MACHINES:
        for role in ROLES:
            whole = program(role, machine).hex()
            lines = [whole[at:at + 80] for at in range(0, len(whole), 80)]
            told = "\n".join(f'        "{line}"' for line in lines)
            rows.append(f'    ("{role}", "{machine}"): (\n{told}),\n')
    return HEAD + "PROGRAMS = {\n" + "".join(rows) + "}\n"


if __name__ == "__main__":
    Path(__file__).with_name("assembled.py").write_text(source())
