"""Live capture to a file beside tcpdump and dumpcap, in one run: loss, and CPU for each packet.

    python -m benchmarks.live [--job write|size|time|print] [--packets 500000] [--size 200]
                              [--rounds 5]

The jobs: one file; files that follow each other by size (-C) or by time (-G); a file with the text
beside it (--print).
Two network namespaces with a veth pair; the reader runs on the first processor, the sender in the
other namespace on the last. Programs take turns so that all see the same machine; medians count.
CPU is the reader's own from the first packet to the last (start-up is not in it). Needs root, or
``unshare -Urn`` around it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SEND = """
import socket, struct, sys, time
count, what = int(sys.argv[1]), sys.argv[2]
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
out.bind(("far", 0))
if what.isdigit():
    frames = [b"\\xff" * 6 + b"\\2" + bytes(4) + b"\\1\\x08\\0\\x45" + bytes(int(what) - 15)]
else:
    frames, at, octets = [], 24, open(what, "rb").read()
    while at < len(octets) and len(frames) < count:
        size, = struct.unpack_from("<I", octets, at + 8)
        frames.append(octets[at + 16:at + 16 + size])
        at += 16 + size
begin = time.perf_counter()
for number in range(count):
    out.send(frames[number % len(frames)])
print(time.perf_counter() - begin)
"""
#: What a job adds to -w of tcpdump and fyke, and to dumpcap's; None: it cannot do that.
JOBS: dict[str, tuple[list[str], list[str] | None]] = {
    "write": ([], []),
    "size": (["-C", "10"], ["-b", "filesize:10000"]),
    "time": (["-G", "1"], ["-b", "duration:1"]),
    "print": (["--print"], None),
}
SETTLE = 1.5  # seconds: longer than any of the programs holds back a block


@contextmanager
def namespace() -> Iterator[str]:
    """A network namespace: the id of the process that keeps it."""
    with subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec cat"], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout is not None
        keeper.stdout.readline()
        yield str(keeper.pid)


def inside(name: str, *words: str) -> list[str]:
    return ["nsenter", "-t", name, "-n", *words]


def connect(near: str, far: str) -> None:
    """A veth pair between two namespaces, without IPv6's own chatter."""
    subprocess.run(inside(near, "ip", "link", "add", "near", "type", "veth", "peer", "name", "far",
                          "netns", far), check=True)
    for name, end in ((near, "near"), (far, "far")):
        subprocess.run(inside(name, "ip", "link", "set", end, "addrgenmode", "none", "up"),
                       check=True)


def readers(out: str, job: str) -> dict[str, list[str]]:
    """What is run, by program; those that are not installed are left out."""
    more, dumpcap = JOBS[job]
    all_of_them = {
        "tcpdump": ["tcpdump", "-n", "-i", "near", "-w", f"{out}/tcpdump%S", *more],
        "fyke": [sys.executable, "-m", "fyke", "dump", "-n", "-i", "near", "-w", f"{out}/fyke%S",
                 *more],
    }
    if dumpcap is not None:
        all_of_them["dumpcap"] = ["dumpcap", "-q", "-i", "near", "-w", f"{out}/dumpcap", *dumpcap]
    return {name: words for name, words in all_of_them.items() if shutil.which(words[0])}


def used(pid: int) -> float:
    """Seconds of CPU that a process has used, by the scheduler's own clock."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def wait_for_tap(near: str) -> None:
    """Until somebody listens in the namespace."""
    for _ in range(200):
        if len(Path(f"/proc/{near}/net/packet").read_text().splitlines()) > 1:
            break
        time.sleep(0.05)
    time.sleep(0.5)


def once(words: list[str], near: str, far: str, packets: int,
         what: int | str) -> tuple[float, float, int]:
    """Packets offered a second, CPU seconds a million packets, and packets lost, of one run."""
    reader = subprocess.Popen(inside(near, "taskset", "-c", "0", *words), text=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wait_for_tap(near)
    before = used(reader.pid)
    last = str((os.cpu_count() or 1) - 1)
    sent = subprocess.run(inside(far, "taskset", "-c", last, sys.executable, "-S", "-c", SEND,
                                 str(packets), str(what)),
                          capture_output=True, text=True, check=True)
    time.sleep(SETTLE)
    cost = used(reader.pid) - before
    reader.send_signal(signal.SIGINT)
    told = reader.communicate(timeout=30)[1]
    return packets / float(sent.stdout), cost / packets * 1e6, packets - captured(told)


def captured(text: str) -> int:
    """The number of packets that a program says it captured."""
    match = re.search(r"(\d+) packets? captured|^Packets captured: (\d+)", text, re.MULTILINE)
    if match is None:
        raise SystemExit(f"no count in: {text}")
    return int(match[1] or match[2])


def possible() -> bool:
    """Whether namespaces can be made here, as root."""
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "-n", "true"], capture_output=True, check=False).returncode == 0


#: What the table of all tasks has: the title, and what tcpdump and fyke are told alike.
LIVE = (("live -w", ["-n", "-w", "OUT"]), ("live text", ["-nn"]))


def text_of(path: str) -> bytes:
    """The packets of a file without their times, for a comparison."""
    return subprocess.run(["tcpdump", "-Z", "root", "-nnt", "-e", "-r", path], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def compare(sent: Path, packets: int, rounds: int
            ) -> Iterator[tuple[str, dict[str, float], dict[str, int]]]:
    """A capture's frames sent from one namespace to another: seconds of CPU, and packets lost.

    Where nothing is lost, the file of -w has the frames that were sent, or the run ends here.
    """
    programs = {"tcpdump": ["tcpdump", "-Z", "root"],
                "fyke": [sys.executable, "-m", "fyke", "dump"]}
    with tempfile.TemporaryDirectory() as out, namespace() as near, namespace() as far:
        connect(near, far)
        for title, words in LIVE:
            took: dict[str, list[float]] = {}
            lost: dict[str, int] = {}
            for name, program in programs.items():
                if shutil.which(program[0]):
                    took[name], lost[name] = [], 0
            for _ in range(rounds):
                for name in took:
                    target = f"{out}/{name}"
                    told = [word.replace("OUT", target) for word in words]
                    _, cost, missing = once([*programs[name], "-i", "near", *told], near, far,
                                            packets, str(sent))
                    took[name].append(cost * packets / 1e6)
                    lost[name] += missing
                    if "-w" in words and not missing and shutil.which("tcpdump"):
                        all_sent = text_of(str(sent)).splitlines()[:packets]
                        if text_of(target).splitlines()[:len(all_sent)] != all_sent:
                            raise SystemExit(f"live -w, {name}: other frames than were sent")
            yield title, {name: statistics.median(each) for name, each in took.items()}, lost


def main() -> None:
    made = argparse.ArgumentParser(prog="benchmarks.live")
    made.add_argument("--job", choices=JOBS, default="write")
    made.add_argument("--packets", type=int, default=500_000)
    made.add_argument("--size", type=int, default=200, help="octets of a frame")
    made.add_argument("--rounds", type=int, default=5)
    options = made.parse_args()
    seen: dict[str, list[tuple[float, float, int]]] = {}
    with tempfile.TemporaryDirectory() as out, namespace() as near, namespace() as far:
        os.chmod(out, 0o777)  # tcpdump gives up root before it opens its file
        connect(near, far)
        for _ in range(options.rounds):
            for name, words in readers(out, options.job).items():
                seen.setdefault(name, []).append(
                    once(words, near, far, options.packets, options.size))
                for path in Path(out).iterdir():
                    path.unlink()
    print(f"{'':10}{'offered/s':>12}{'lost':>10}{'CPU s/M packets':>18}{'beside tcpdump':>16}")
    base = statistics.median(run[1] for run in seen["tcpdump"]) if "tcpdump" in seen else 0.0
    for name, runs in seen.items():
        offered, cost = (statistics.median(run[column] for run in runs) for column in (0, 1))
        lost = sum(run[2] for run in runs)
        ratio = f"{cost / base:.2f}" if base else "-"
        print(f"{name:10}{offered:12.0f}{lost:10}{cost:18.2f}{ratio:>16}")


if __name__ == "__main__":
    main()
