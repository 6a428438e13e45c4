"""Every task on every file, beside the program that people use today: one table, one plot.

    python -m benchmarks [--quick] [--files few,many,…] [--tasks WORD] [--rounds N] [--out FOLDER]

For each task both programs run once and what they write is compared; where that is not alike the
task is not timed, and the run ends with status 1. Then they take turns, and the ratio is that of
the medians of processor time (user and system), start-up included: it says how many times less
fyke takes. Instructions a packet stand beside (callgrind; benchmarks.instructions). ``--quick`` is
a part of the packets, and one round: it shows what is far off, and is no measurement.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import captures, instructions, live, pcap, report
from benchmarks.alike import different, different_packets
from benchmarks.programs import ENVIRONMENT, processor_seconds
from benchmarks.report import Row
from benchmarks.tasks import START, TASKS, Task, there

QUICK = 10  # --quick takes one of so many packets
LIVE_PACKETS = 40_000
#: tcpdump's table of conversations makes the text of the whole file ``many`` take minutes.
TEXT_PART = {"many": 10}


class Files:
    """The captures of one name, in the forms and sizes that tasks ask for, made once."""

    def __init__(self, folder: Path, name: str, count: int) -> None:
        self.folder = folder
        self.name = name
        self.frames = list(captures.frames(name, count))

    def path(self, part: int) -> Path:
        path = self.folder / f"{self.name}-{part}"
        if not path.exists():
            pcap.write(path, self.frames[:max(1, len(self.frames) // part)])
        return path

    def fill(self, words: list[str], part: int, out: str) -> list[str]:
        """The command with its files in place; those in other formats are made as they are met."""
        path = self.path(part)
        if any("IN.zst" in word for word in words) and not Path(f"{path}.zst").exists():
            subprocess.run(["zstd", "-qk", str(path)], check=True)
        if any("IN.pcapng" in word for word in words) and not Path(f"{path}.pcapng").exists():
            subprocess.run(["editcap", "-F", "pcapng", str(path), f"{path}.pcapng"], check=True)
        return [word.replace("OUT", out).replace("IN", str(path)) if name_of_file(word) else word
                for word in words]


def name_of_file(word: str) -> bool:
    """Scripts for Python are left alone."""
    return "import" not in word


def written(words: list[str], task: Task, out: str) -> bytes:
    """What a run wrote: its text, or the packets of the file in the form of pcap."""
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr.decode(errors='replace')[-300:]}")
    if task.alike == "text":
        return done.stdout
    path = next(path for path in (f"{out}.zst", out) if os.path.exists(path))
    packets = subprocess.run(  # libpcap reads either format, and writes the older one
        ["sh", "-ec", f"{'zstd -dcq' if path.endswith('.zst') else 'cat'} {path} | "
                      "tcpdump -Z root -r - -w - 2>/dev/null"],
        env=ENVIRONMENT, check=True, stdout=subprocess.PIPE).stdout
    os.unlink(path)
    return packets[pcap.HEADER_SIZE:]


def measure(tasks: list[Task], files: Files, rounds: int) -> Iterator[Row]:
    out = str(files.folder / "out")
    for task in tasks:
        beside = there(task.theirs)
        part = task.part
        if task.title.startswith("-nn"):
            part = max(part, TEXT_PART.get(files.name, 1))
        ours = files.fill(task.ours, part, out)
        theirs = files.fill(task.theirs, part, out) if beside else []
        packets = max(1, len(files.frames) // part)
        what = ""
        if beside:
            compare = different if task.alike == "text" else different_packets
            what = compare(written(theirs, task, out), written(ours, task, out))
        took: dict[str, list[float]] = {"ours": [], "theirs": []}
        for _ in range(0 if what else rounds):
            took["ours"].append(processor_seconds(ours))
            if beside:
                took["theirs"].append(processor_seconds(theirs))
        yield Row(files.name, task.title, packets, task.beside if beside else "",
                  *(statistics.median(took[who]) if took[who] else None
                    for who in ("theirs", "ours")), what)
        for path in (out, f"{out}.zst"):
            if os.path.exists(path):
                os.unlink(path)


def live_rows(files: Files, count: int, rounds: int) -> Iterator[Row]:
    for title, took, lost in live.compare(files.path(1), min(count, len(files.frames)), rounds):
        yield Row(files.name, title, count, "tcpdump", took.get("tcpdump"), took["fyke"], "",
                  " ".join(f"{name} lost {number}" for name, number in lost.items() if number))


def wanted(tasks: list[Task], word: str) -> list[Task]:
    return [task for task in tasks if word in task.title]


def main(arguments: list[str] | None = None) -> int:
    made = argparse.ArgumentParser(prog="python -m benchmarks")
    made.add_argument("--quick", action="store_true")
    made.add_argument("--files", default=",".join(captures.MAKERS))
    made.add_argument("--tasks", default="", help="only tasks in whose title this stands")
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--out", type=Path, default=Path(__file__).with_name("results"))
    made.add_argument("--no-instructions", action="store_true")
    options = made.parse_args(arguments)
    rounds, part = (1, QUICK) if options.quick else (options.rounds, 1)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        for name in options.files.split(","):
            files = Files(Path(folder), name, captures.PACKETS[name] // part)
            for row in measure(wanted(TASKS, options.tasks), files, rounds):
                rows.append(row)
                print(report.line(row), flush=True)
            if (options.tasks in ("", "live") and live.possible()
                    and not (options.quick and name != "few")):
                for row in live_rows(files, LIVE_PACKETS // part, 1 if options.quick else 2):
                    rows.append(row)
                    print(report.line(row), flush=True)
            for path in Path(folder).iterdir():
                path.unlink()
        one = Files(Path(folder), "few", 1)
        for row in measure(wanted(START, options.tasks), one, 4 * rounds + 1):
            rows.append(row._replace(file="start"))
            print(report.line(rows[-1]), flush=True)
    counts = {}
    if not options.no_instructions:
        names = tuple(name for name in instructions.FILES if name in options.files.split(","))
        counts = (instructions.measure(names, ("-nn",), 4000) if options.quick
                  else instructions.measure(names, ("-nn", "-nn -vvv -e")))
        print("\ninstructions a packet\n" + instructions.table(counts))
    if not options.quick:
        report.write(options.out, rows, counts)
    wrong = [row for row in rows if row.different]
    for row in wrong:
        print(f"{row.file}, {row.task}: not alike, not timed: {row.different}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
