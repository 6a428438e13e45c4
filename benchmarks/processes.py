"""What it costs to know whose a packet is: for the programs that talk, for fyke, at the start.

    python -m benchmarks.processes [--rounds 7] [--packets 300000] [--calls 100000]

In namespaces of its own, as root. Rounds with and without take turns, and medians count.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from benchmarks.live import inside, namespace

TALK = """
import socket, sys, time
calls = int(sys.argv[1])
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.bind(("127.0.0.1", 0))
one.connect(one.getsockname())
batch = 64  # fits the receive buffer, so that sends and receives can be timed apart
times = [0.0, 0.0, 0.0]
for _ in range(calls // batch):
    begin = time.perf_counter()
    for _ in range(batch): one.send(b"x")
    middle = time.perf_counter()
    for _ in range(batch): one.recv(8)
    times[0] += middle - begin
    times[1] += time.perf_counter() - middle
listener = socket.create_server(("127.0.0.1", 0))
begin = time.perf_counter()
for _ in range(calls // 20):
    other = socket.create_connection(listener.getsockname())
    listener.accept()[0].close(); other.recv(1); other.close()
times[2] = time.perf_counter() - begin
for took, count in zip(times, (calls // batch * batch,) * 2 + (calls // 20,)):
    print(took / count * 1e9)
"""
SEND = """
import os, socket, sys, time
count, rate, sockets = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
os.nice(-10)  # other work on the machine must not slow it down
open_ = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(sockets)]
for one in open_:
    one.setsockopt(17, 103, 64)  # UDP_SEGMENT: the kernel makes 64 packets of one call
    one.connect(("10.9.0.2", 4000))
begin = time.perf_counter()
for number in range(0, count, 64):
    while rate and number > (time.perf_counter() - begin) * rate: pass
    try: open_[number // 64 % sockets].send(b"x" * 4096)
    except ConnectionRefusedError: pass
print(time.perf_counter() - begin)
"""
#: A device that drops what it is given, once it was tapped: no receiver takes the processor. It
#: takes no large packets: each is cut into its own before.
SETUP = ("ip link set lo up", "ip link add near type ifb",
         "ip link set near gso_max_segs 1 txqueuelen 0 addrgenmode none up",
         "ip addr add 10.9.0.1/24 dev near",
         "ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev near")


def cost_of_calls(near: str, rounds: int, calls: int) -> dict[str, list[list[float]]]:
    """Nanoseconds a UDP send, a UDP receive and a TCP connection, without and with the programs."""
    from fyke.processes.watch import open_watch
    found: dict[str, list[list[float]]] = {"without": [], "with": []}
    for _ in range(rounds):
        for name in found:
            watch = open_watch() if name == "with" else None
            told = subprocess.run(inside(near, sys.executable, "-c", TALK, str(calls)), text=True,
                                  capture_output=True, check=True).stdout.split()
            if watch is not None:
                watch.close()
            found[name].append([float(one) for one in told])
    return found


def capture(near: str, words: list[str], packets: int, rate: float, sockets: int
            ) -> tuple[float, int, float]:
    """Processor nanoseconds a packet, packets lost, and packets a second that were sent."""
    with tempfile.TemporaryDirectory() as folder:
        reader = subprocess.Popen(
            inside(near, "nice", "-n", "-10", sys.executable, "-m", "fyke", "dump", "-n", "-i",
                   "near", "-Z", "root", "-B", "32768", "-w", f"{folder}/out.pcapng", *words,
                   "udp"), stderr=subprocess.PIPE, text=True)
        listening(reader)
        before = cpu(reader.pid)
        took = float(subprocess.run(
            inside(near, sys.executable, "-c", SEND, str(packets), str(rate), str(sockets)),
            text=True, capture_output=True, check=True).stdout)
        time.sleep(0.5)
        used = cpu(reader.pid) - before
        reader.send_signal(signal.SIGINT)
        told = reader.communicate()[1]
    lost = int(re.search(r"(\d+) packets? dropped", told)[1])  # type: ignore[index]
    seen = int(re.search(r"(\d+) packets? received", told)[1])  # type: ignore[index]
    return used / max(seen, 1) * 1e9, lost, packets / took


def listening(reader: subprocess.Popen[str]) -> None:
    """Wait until a capture has begun."""
    assert reader.stderr is not None
    for line in reader.stderr:
        if "listening" in line:
            return
    raise SystemExit("fyke dump did not begin to listen")


def cpu(pid: int) -> float:
    """User and system seconds of a process."""
    with open(f"/proc/{pid}/stat") as file:
        words = file.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def start(words: list[str]) -> Callable[[], float]:
    """Processor milliseconds of a capture that takes nothing."""
    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen([sys.executable, "-m", "fyke", "dump", "-n", "-i", "lo", "-Z",
                                    "root", *words, "less 1"], stderr=subprocess.PIPE, text=True)
        listening(process)
        process.send_signal(signal.SIGINT)
        process.communicate()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000
    return once


def main(arguments: list[str] | None = None) -> int:
    made = argparse.ArgumentParser(prog="python -m benchmarks.processes")
    made.add_argument("--rounds", type=int, default=7)
    made.add_argument("--packets", type=int, default=1_000_000)
    made.add_argument("--calls", type=int, default=100_000)
    options = made.parse_args(arguments)
    with namespace() as near:
        for words in SETUP:
            subprocess.run(inside(near, *words.split()), check=True)
        calls = cost_of_calls(near, options.rounds, options.calls)
        for at, what in enumerate(("UDP send", "UDP receive", "TCP connection")):
            without, with_ = (statistics.median(row[at] for row in calls[name])
                              for name in ("without", "with"))
            ratios = [w[at] / o[at] for o, w in zip(calls["without"], calls["with"], strict=True)]
            print(f"{what:24} {without:9.0f} ns  with the programs {with_:9.0f} ns  ratio "
                  f"{statistics.median(ratios):.3f} (worst {max(ratios):.3f})")
        for rate, sockets in ((500_000, 1), (500_000, 1_000), (100_000, 1)):
            rows: dict[str, list[tuple[float, int, float]]] = {"": [], "--process": []}
            for _ in range(options.rounds):
                for words in rows:
                    rows[words].append(capture(near, [words] if words else [], options.packets,
                                               rate, sockets))
            for words, got in rows.items():
                print(f"-w {words or 'plain':10} {sockets:5} sockets "
                      f"{statistics.median(r[2] for r in got):9.0f} packets/s sent (least "
                      f"{min(r[2] for r in got):.0f}): {statistics.median(r[0] for r in got):6.0f}"
                      f" ns of processor a packet, lost at worst {max(r[1] for r in got)}",
                      flush=True)
    for words in ([], ["--process"]):
        once = start(words)
        took = sorted(once() for _ in range(options.rounds))
        print(f"start {' '.join(words) or 'plain':12} {statistics.median(took):6.0f} ms of "
              f"processor (best {took[0]:.0f}, worst {took[-1]:.0f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
