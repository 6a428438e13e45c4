"""How long a live capture takes from SIGINT to its end, beside tcpdump, in one run.

    python -m benchmarks.stopping [--rounds 30]

On the loopback of a network namespace: silent, flooded with datagrams, and silent with every
processor busy. Programs take turns. Needs root, or ``unshare -Urn`` around it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.live import inside, namespace

FLOOD = """
import socket
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        out.sendto(bytes(100), ("127.0.0.1", 9))
    except OSError:
        pass
"""
BUSY = "while True: pass"


@contextmanager
def load(name: str, kind: str) -> Iterator[None]:
    """What goes on meanwhile: nothing, a flood on the loopback, or busy processors."""
    scripts = {"silent": [], "flood": [FLOOD], "busy": [BUSY] * (os.cpu_count() or 1)}[kind]
    running = [subprocess.Popen(inside(name, sys.executable, "-S", "-c", script))
               for script in scripts]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def once(words: list[str]) -> float:
    """Milliseconds from the signal to the end."""
    reader = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert reader.stderr is not None
    while b"listening on" not in (row := reader.stderr.readline()):
        if not row:
            raise SystemExit(f"{words}: ended at once")
    time.sleep(0.25)
    begun = time.perf_counter()
    reader.send_signal(signal.SIGINT)
    reader.wait()
    took = time.perf_counter() - begun
    reader.communicate()
    return took * 1000


def main() -> None:
    made = argparse.ArgumentParser(prog="benchmarks.stopping")
    made.add_argument("--rounds", type=int, default=30)
    options = made.parse_args()
    print(f"{'milliseconds':22}{'median':>10}{'9 of 10':>10}{'worst':>10}")
    with tempfile.TemporaryDirectory() as out, namespace() as name:
        os.chmod(out, 0o777)  # tcpdump gives up root before it opens its file
        subprocess.run(inside(name, "ip", "link", "set", "lo", "up"), check=True)
        programs = {"fyke": [sys.executable, "-m", "fyke", "dump"]}
        if shutil.which("tcpdump"):
            programs["tcpdump"] = ["tcpdump"]
        for kind in ("silent", "flood", "busy"):
            took: dict[str, list[float]] = {}
            with load(name, kind):
                for _ in range(options.rounds):
                    for program, words in programs.items():
                        took.setdefault(program, []).append(once(inside(
                            name, *words, "-n", "-i", "lo", "-w", f"{out}/{program}")))
            for program, all_of_them in took.items():
                ordered = sorted(all_of_them)
                print(f"{kind + ', ' + program:22}{statistics.median(ordered):10.0f}"
                      f"{ordered[len(ordered) * 9 // 10]:10.0f}{ordered[-1]:10.0f}")


if __name__ == "__main__":
    main()
