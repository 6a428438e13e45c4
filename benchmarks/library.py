"""Fields of packets from Python, beside dpkt, scapy and tshark, in one run.

    python -m benchmarks.library [--packets 20000] [--rounds 5]

Each program reads the same file and takes of each packet the IP addresses and the ports, as text
and numbers; in turns, medians of processor seconds, start-up included. Those that are not
installed are left out (pip install dpkt scapy). fyke decodes all layers, dpkt what it is asked
for, scapy what it dissects when it reads.
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

from benchmarks import captures

FYKE = """
import sys, fyke
for row in fyke.rows(sys.argv[1], ["ip.src", "ip.dst", "tcp.dst_port", "udp.dst_port"]):
    pass
"""

FYKE_LAYERS = """
import sys, fyke
for packet in fyke.read(sys.argv[1]):
    ip = packet.get("ip")
    if ip:
        above = packet.get("tcp") or packet.get("udp")
        row = ip["src"], ip["dst"], above.dst_port if above else None
"""

DPKT = """
import sys, socket, dpkt
with open(sys.argv[1], "rb") as file:
    for time, octets in dpkt.pcap.Reader(file):
        ip = dpkt.ethernet.Ethernet(octets).data
        if isinstance(ip, (dpkt.ip.IP, dpkt.ip6.IP6)):
            family = socket.AF_INET if isinstance(ip, dpkt.ip.IP) else socket.AF_INET6
            row = (socket.inet_ntop(family, ip.src), socket.inet_ntop(family, ip.dst),
                   getattr(ip.data, "dport", None))
"""

SCAPY = """
import sys
from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6
import scapy.layers.l2
from scapy.utils import PcapReader
for packet in PcapReader(sys.argv[1]):
    ip = packet.getlayer(IP) or packet.getlayer(IPv6)
    if ip:
        row = ip.src, ip.dst, getattr(ip.payload, "dport", None)
"""

TSHARK = ["tshark", "-n", "-T", "fields", "-e", "ip.src", "-e", "ip.dst", "-e", "ipv6.src",
          "-e", "ipv6.dst", "-e", "tcp.dstport", "-e", "udp.dstport", "-r"]


def commands(path: str) -> dict[str, list[str]]:
    """What is run, by name; only what is installed."""
    python = {"fyke rows": FYKE, "fyke layers": FYKE_LAYERS}
    python |= {name: script for name, script in (("dpkt", DPKT), ("scapy", SCAPY))
               if importlib.util.find_spec(name)}
    found = {name: [sys.executable, "-c", script, path] for name, script in python.items()}
    if shutil.which("tshark"):
        found["tshark"] = [*TSHARK, path]
    return found


def seconds(words: list[str]) -> float:
    """Processor seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(arguments: list[str] | None = None) -> int:
    made = argparse.ArgumentParser(prog="python -m benchmarks.library")
    made.add_argument("--packets", type=int, default=20_000)
    made.add_argument("--rounds", type=int, default=5)
    options = made.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "traffic.pcap")
        captures.write(path, "few", options.packets)
        plan = commands(path)
        took: dict[str, list[float]] = {name: [] for name in plan}
        for _ in range(options.rounds):
            for name, words in plan.items():
                took[name].append(seconds(words))
    medians = {name: statistics.median(times) for name, times in took.items()}
    base = medians["fyke rows"]
    print(f"{options.packets} packets, medians of {options.rounds}; ratio: to fyke's rows\n")
    print(f"{'program':12} {'seconds':>8} {'packets/s':>10} {'ratio':>6}")
    for name, median in medians.items():
        print(f"{name:12} {median:8.2f} {options.packets / median:10.0f} {median / base:6.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
