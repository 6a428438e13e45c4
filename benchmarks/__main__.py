"""Everything that issue "Measure" asks for, beside tcpdump in one run: one table.

    python -m benchmarks [--packets 1000000] [--rounds 5] [--file FILE]

Programs take turns, so that all see the same machine, and medians count. Time is the processor's
(user and system) as the kernel accounts it to each process: other work on the machine disturbs
it less than the clock. ``without start`` takes off what the same command needs for one packet.
tcpdump runs with TZ set; without it, it asks for the time zone's file at every packet.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import traffic

FYKE = [sys.executable, "-m", "fyke", "dump"]
EXPRESSION = "tcp port 443"

Job = tuple[str, list[str], list[str]]  # what is done, tcpdump's command, fyke's


def jobs(path: str, single: str, out: str) -> Iterator[Job]:
    """Each job on the whole file and, for the start alone, on a file of one packet."""
    for title, words in (("print -nn", ["-nn"]), ("filter to file", ["-w", out]),
                         ("count", ["--count"])):
        tail = [EXPRESSION] if "-w" in words else []
        for name, file in ((title, path), (f"{title}: start", single)):
            yield name, ["tcpdump", *words, "-r", file, *tail], [*FYKE, *words, "-r", file, *tail]
    yield ("-d host 1.2.3.4", ["tcpdump", "-y", "EN10MB", "-d", "host", "1.2.3.4"],
           [*FYKE, "-d", "host", "1.2.3.4"])
    yield "bare interpreter", [], [sys.executable, "-c", "pass"]


def processor_seconds(words: list[str]) -> float:
    """User and system time of one run, its output thrown away."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          env=os.environ | {"TZ": "UTC"}) as process:
        assert process.stderr is not None
        told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: {told.decode(errors='replace').strip()}")
    return usage.ru_utime + usage.ru_stime


def measure(plan: list[Job], rounds: int) -> dict[str, dict[str, float]]:
    """Medians in seconds, by job and program; a first round warms the caches and is not counted."""
    found: dict[str, dict[str, list[float]]] = {}
    for number in range(rounds + 1):
        for title, theirs, ours in plan:
            for name, words in (("tcpdump", theirs), ("fyke", ours)):
                if not words or not shutil.which(words[0]):
                    continue
                took = processor_seconds(words)
                if number:
                    found.setdefault(title, {}).setdefault(name, []).append(took)
    return {title: {name: statistics.median(all_) for name, all_ in programs.items()}
            for title, programs in found.items()}


def rows(medians: dict[str, dict[str, float]]) -> Iterator[tuple[str, float | None, float]]:
    """The table's rows: start-up included, then without."""
    for title, programs in medians.items():
        if title.endswith(": start"):
            continue
        yield title, programs.get("tcpdump"), programs["fyke"]
        start = medians.get(f"{title}: start")
        if start:
            theirs = programs["tcpdump"] - start["tcpdump"] if "tcpdump" in programs else None
            yield f"{title}, without start", theirs, programs["fyke"] - start["fyke"]


def compiled() -> str:
    from fyke import wire
    return "compiled" if not str(wire.__file__).endswith(".py") else "pure Python"


def main(arguments: list[str] | None = None) -> int:
    made = argparse.ArgumentParser(prog="python -m benchmarks")
    made.add_argument("--packets", type=int, default=1_000_000)
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--file", help="a capture to use instead of a generated one")
    options = made.parse_args(arguments)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a start without .pyc is nobody's start
    with tempfile.TemporaryDirectory() as folder:
        single = os.path.join(folder, "one.pcap")
        traffic.write(single, 1)
        path = options.file or os.path.join(folder, "traffic.pcap")
        if not options.file:
            traffic.write(path, options.packets)
        plan = list(jobs(path, single, os.path.join(folder, "out.pcap")))
        medians = measure(plan, options.rounds)
        size = Path(path).stat().st_size
    print(f"fyke {compiled()}; {size / 1e6:.0f} MB; processor seconds, medians of "
          f"{options.rounds}; ratio: how many times less than tcpdump\n")
    print(f"{'job':30} {'tcpdump':>8} {'fyke':>8} {'ratio':>6}")
    for title, theirs, ours in rows(medians):
        if theirs is None:
            print(f"{title:30} {'-':>8} {ours:8.3f} {'-':>6}")
        else:
            print(f"{title:30} {theirs:8.3f} {ours:8.3f} {theirs / ours:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
