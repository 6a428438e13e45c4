"""The programs that are measured, how they are run, and what a run took."""

from __future__ import annotations

import os
import subprocess
import sys

FYKE = [sys.executable, "-m", "fyke", "dump"]
TCPDUMP = ["tcpdump", "-Z", "root"]  # it would give up root before it opens a file of ours
#: With TZ set: without, glibc asks for the zone's file at each of tcpdump's packets. Python keeps
#: its byte code, as it does for everybody, and hashes the same way in every run.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")} | {
                   "TZ": "UTC0", "LC_ALL": "C", "PYTHONHASHSEED": "0"}


def beside(source: str) -> dict[str, str]:
    """The environment in which another checkout's package is imported."""
    return ENVIRONMENT | {"PYTHONPATH": source}


def compiled() -> str:
    from fyke import wire
    return "pure Python" if str(wire.__file__).endswith(".py") else "compiled"


def processor_seconds(words: list[str]) -> float:
    """User and system time of one run and its children; its output is thrown away."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          env=ENVIRONMENT) as process:
        assert process.stderr is not None
        told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: {told.decode(errors='replace').strip()}")
    return usage.ru_utime + usage.ru_stime
