"""Savefiles beside tcpdump and Wireshark's tools, in one run: count, filter, copy, cut, merge.

    python -m benchmarks.files [--megabytes 400] [--rounds 5] [--file FILE]

Every command is run as a person runs it, start-up included (with Python's compiled bytecode in
its cache, whatever PYTHONDONTWRITEBYTECODE says here), in turn with the others so that all see
the same machine; the median counts. ``within`` is fyke's work without start-up; the job ``start``,
a capture without packets, tells what start-up takes. The first round, which is not counted, reads
the file from the disk, so it lies in the page cache as most captures do that somebody looks at;
``--as-written`` leaves it there as it was written, in pages of 4 KiB, which take longer to read.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import captures

FILTER = "tcp port 443"
MEAN_RECORD = 740  # bytes of a packet of ``few``, its record header included

ENVIRONMENT = {name: value for name, value in os.environ.items()
               if name != "PYTHONDONTWRITEBYTECODE"}

WITHIN = """
import sys, time
from fyke.dump.pump import Pump
from fyke.files.reader import open_capture
from fyke.files.copying import create_like
path, out, expression = sys.argv[1:]
machine = None
if expression:
    from fyke.filter.compile import compile
    machine = compile(expression, link_type="EN10MB", savefile="unswapped").machine()
open_capture(path).close()  # imports the format's module: that is start-up
begin = time.perf_counter()
source = open_capture(path)
sink = create_like(out, source) if out else None
pump = Pump(source, (lambda link_type: machine) if machine else None, sink)
while not pump.run():
    pass
if sink:
    sink.close()
print(time.perf_counter() - begin)
"""


def commands(path: str, empty: str, out: str) -> dict[str, dict[str, list[str]]]:
    """What is run, by job and by program."""
    fyke = [sys.executable, "-m", "fyke", "dump"]
    jobs = {
        "start": {"tcpdump": ["tcpdump", "-r", empty, "--count"],
                  "fyke": [*fyke, "-r", empty, "--count"]},
        "count": {"tcpdump": ["tcpdump", "-r", path, "--count"],
                  "capinfos": ["capinfos", "-c", path],
                  "fyke": [*fyke, "-r", path, "--count"],
                  "within": [sys.executable, "-c", WITHIN, path, "", ""]},
        "filter": {"tcpdump": ["tcpdump", "-r", path, "-w", out, FILTER],
                   "fyke": [*fyke, "-r", path, "-w", out, FILTER],
                   "within": [sys.executable, "-c", WITHIN, path, out, FILTER]},
        "copy": {"tcpdump": ["tcpdump", "-r", path, "-w", out],
                 "fyke": [*fyke, "-r", path, "-w", out],
                 "within": [sys.executable, "-c", WITHIN, path, out, ""]},
        "slice": {"editcap": ["editcap", "-F", "pcap", "-s", "96", path, out],
                  "fyke": [*fyke[:-1], "slice", path, "--length", "96", "-w", out]},
        "merge": {"mergecap": ["mergecap", "-F", "pcap", "-w", out, path, path],
                  "fyke": [*fyke[:-1], "merge", path, path, "-w", out]},
        "info": {"capinfos": ["capinfos", "-cdaeuzo", path],
                 "fyke": [sys.executable, "-m", "fyke", "info", path]},
    }
    return {job: {name: words for name, words in programs.items() if shutil.which(words[0])}
            for job, programs in jobs.items()}


def seconds(words: list[str], name: str) -> float:
    """How long one run takes; of ``within`` what it says itself."""
    begin = time.perf_counter()
    done = subprocess.run(words, capture_output=True, check=True, env=ENVIRONMENT)
    return float(done.stdout) if name == "within" else time.perf_counter() - begin


def evict(path: str) -> None:
    """Take a file out of the page cache; it stays on the disk."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(path: str, empty: str, out: str, rounds: int) -> dict[str, dict[str, float]]:
    """Medians by job and program."""
    found: dict[str, dict[str, list[float]]] = {}
    plan = commands(path, empty, out)
    for number in range(rounds + 1):
        for job, programs in plan.items():
            for name, words in programs.items():
                took = seconds(words, name)
                if number:  # the first round warms the file cache
                    found.setdefault(job, {}).setdefault(name, []).append(took)
    return {job: {name: statistics.median(all_) for name, all_ in programs.items()}
            for job, programs in found.items()}


def main(arguments: list[str] | None = None) -> int:
    made = argparse.ArgumentParser(prog="python -m benchmarks.files")
    made.add_argument("--megabytes", type=int, default=400)
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--file", help="a capture to use instead of a generated one")
    made.add_argument("--as-written", action="store_true", help="do not read it from the disk")
    options = made.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or os.path.join(folder, "traffic.pcap")
        if not options.file:
            captures.write(path, "few", options.megabytes * 10**6 // MEAN_RECORD)
        if not options.as_written:
            evict(path)
        empty = os.path.join(folder, "empty.pcap")
        captures.write(empty, "few", 0)
        medians = measure(path, empty, os.path.join(folder, "out.pcap"), options.rounds)
        size = Path(path).stat().st_size
    print(f"{size / 1e6:.0f} MB, medians of {options.rounds}; ratio: how many times faster than "
          "the first program of the job\n")
    print(f"{'job':8} {'program':10} {'seconds':>8} {'MB/s':>7} {'ratio':>6}")
    for job, programs in medians.items():
        base = next(iter(programs.values())) if len(programs) > 1 else None
        for name, took in programs.items():
            ratio = f"{base / took:6.2f}" if base else "     -"
            speed = "      -" if job == "start" else f"{size / took / 1e6:7.0f}"
            print(f"{job:8} {name:10} {took:8.3f} {speed} {ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
