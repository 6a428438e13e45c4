"""Room files/: where a capture comes from: this host and this program, as pcapng says it."""

from __future__ import annotations

import os

from fyke.files.pcapng_options import Section
from fyke.version import VERSION

CPU_INFO = "/proc/cpuinfo"


def system() -> str:
    """The operating system: name, release, version, machine."""
    told = os.uname()
    return f"{told.sysname} {told.release} {told.version} {told.machine}"


def hardware() -> str:
    """The processor's name, or its kind where Linux does not say more."""
    try:
        with open(CPU_INFO, encoding="utf-8", errors="replace") as file:
            for line in file:
                key, _, value = line.partition(":")
                if key.strip() == "model name":
                    return value.strip()
    except OSError:
        pass
    return os.uname().machine


def this_host(comment: str = "") -> Section:
    """A section header for what is captured here and now."""
    made = Section(hardware=hardware(), os=system(), application=f"fyke {VERSION}")
    if comment:
        made.comment(comment)
    return made
