"""Streams beside tshark's follow and scapy's sessions, in one run.

    python -m benchmarks.streams [--packets 20000] [--rounds 3]

On ``few`` and ``many``: one stream shown (``fyke stream FILE 0 --raw``, ``tshark -z follow``), and
all streams from Python (``fyke.streams``, scapy's ``sessions``), in turns; medians of processor
seconds, start-up included. What is not installed is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import captures, pcap

ALL = """
import sys, fyke
for stream in fyke.streams(sys.argv[1]):
    stream.data("client"), stream.data("server")
"""

SCAPY = """
import sys
from scapy.layers.inet import TCP
from scapy.layers.inet6 import IPv6
import scapy.layers.l2
from scapy.utils import rdpcap
for session in rdpcap(sys.argv[1]).sessions().values():
    b"".join(bytes(packet[TCP].payload) for packet in session if TCP in packet)
"""


def tasks(path: str) -> dict[str, list[str]]:
    """Each program's command on a file."""
    found = {"fyke stream FILE 0": [sys.executable, "-m", "fyke", "stream", path, "0", "--raw"],
             "fyke.streams": [sys.executable, "-c", ALL, path]}
    if shutil.which("tshark"):
        found["tshark follow"] = ["tshark", "-n", "-r", path, "-q", "-z", "follow,tcp,raw,0"]
    if importlib.util.find_spec("scapy"):
        found["scapy sessions"] = [sys.executable, "-c", SCAPY, path]
    return found


def seconds(words: list[str]) -> float:
    """Processor time of a run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
                   env=os.environ | {"TZ": "UTC"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("--packets", type=int, default=20_000)
    made.add_argument("--rounds", type=int, default=3)
    options = made.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("few", "many"):
            path = Path(folder) / f"{name}.pcap"
            pcap.write(path, list(captures.frames(name, options.packets)))
            wanted = tasks(str(path))
            took: dict[str, list[float]] = {task: [] for task in wanted}
            for _ in range(options.rounds):
                for task, words in wanted.items():
                    took[task].append(seconds(words))
            for task, times in took.items():
                print(f"{name:6} {task:20} {statistics.median(times):8.3f} s")


if __name__ == "__main__":
    main()
