"""Instructions a packet beside tcpdump: callgrind's count of n packets less that of n/2.

    python -m benchmarks.instructions [--files few,mixed,many] [--styles '-nn,-nn -vvv -e']
                                      [--packets N] [--beside SRC]

Start-up drops out, and so does most of what the machine does: the numbers are the same in every
run, on an idle machine or a busy one. They say nothing of time by themselves: fyke's instructions
wait more often than tcpdump's. ``--beside`` also counts another checkout (its folder ``src``,
compiled): what a change costs or gains. Needs valgrind.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import captures, pcap
from benchmarks.programs import ENVIRONMENT, FYKE, TCPDUMP, beside, compiled

CALLGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
FILES = ("few", "mixed", "many")
STYLES = ("-nn", "-nn -q -tt", "-nn -v", "-nn -vvv -e", "-nn -X", "-nn -A")
#: Of many, so many that the conversations are some thousands even here.
PACKETS = {"few": 8_000, "mixed": 8_000, "many": 24_000, "small": 8_000, "bulk": 2_000}
FEWER = {"-nn -vvv -e": 2, "-nn -X": 4, "-nn -A": 4}  # styles that take long: a part of these

Count = tuple[str, str, str]  # file, style, program


def count(words: list[str], environment: dict[str, str]) -> int:
    """The instructions of one run."""
    done = subprocess.run([*CALLGRIND, *words], env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise SystemExit(f"{' '.join(words)}: {done.stderr[-500:].strip()}")
    return int(found[1])


def programs(other: str | None) -> dict[str, tuple[list[str], dict[str, str]]]:
    found = {"tcpdump": (TCPDUMP, ENVIRONMENT), "fyke": (FYKE, ENVIRONMENT)}
    if other:
        found["beside"] = (FYKE, beside(other))
    return {name: run for name, run in found.items() if shutil.which(run[0][0])}


def measure(files: tuple[str, ...], styles: tuple[str, ...], packets: int = 0,
            other: str | None = None) -> dict[Count, float]:
    """Instructions a packet. Counts do not disturb each other: as many runs as processors."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = {}
        warm: set[tuple[str, str]] = set()
        for file in files:
            frames = list(captures.frames(file, packets or PACKETS[file]))
            for style in styles:
                n = len(frames) if packets else len(frames) // FEWER.get(style, 1)
                for size in (n, n // 2):
                    path = Path(folder, f"{file}{size}.pcap")
                    if not path.exists():
                        pcap.write(path, frames[:size])
                    for program, (words, environment) in programs(other).items():
                        if (file, program) not in warm:  # Python writes its byte code
                            warm.add((file, program))
                            subprocess.run([*words, "-nn", "-vvv", "-r", str(path)],
                                           env=environment, check=True, capture_output=True)
                        waiting[file, style, program, size] = n, pool.submit(
                            count, [*words, *style.split(), "-r", str(path)], environment)
        return {(file, style, program):
                (run.result() - waiting[file, style, program, n // 2][1].result()) / (n - n // 2)
                for (file, style, program, size), (n, run) in waiting.items() if size == n}


def table(found: dict[Count, float]) -> str:
    """The counts in columns; ratios say how many times fewer than tcpdump, and than before."""
    names = sorted({program for _, _, program in found},
                   key=("tcpdump", "beside", "fyke").index)
    rows = [f"{'file':6} {'style':12} " + " ".join(f"{name:>9}" for name in names) + "  ratios"]
    for file, style in dict.fromkeys((file, style) for file, style, _ in found):
        ours = found[file, style, "fyke"]
        ratios = "".join(f" {found[file, style, name] / ours:6.2f}" for name in names
                         if name != "fyke")
        rows.append(f"{file:6} {style:12} " + " ".join(
            f"{found[file, style, name]:9.0f}" for name in names) + f" {ratios}")
    return "\n".join(rows)


def main() -> None:
    made = argparse.ArgumentParser(prog="python -m benchmarks.instructions")
    made.add_argument("--files", default=",".join(FILES))
    made.add_argument("--styles", default=",".join(STYLES))
    made.add_argument("--packets", type=int, default=0, help="n; the default depends on the file")
    made.add_argument("--beside", metavar="SRC", help="another checkout's src, compiled in place")
    options = made.parse_args()
    found = measure(tuple(options.files.split(",")), tuple(options.styles.split(",")),
                    options.packets, options.beside)
    print(f"instructions a packet; fyke {compiled()}\n")
    print(table(found))


if __name__ == "__main__":
    main()
