"""What is measured on each file: fyke's command, the program beside it, and what must be alike."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from typing import NamedTuple

from benchmarks.programs import FYKE, TCPDUMP

PYTHON = [sys.executable, "-c"]
COMMAND = FYKE[:-1]  # fyke, without a command


class Task(NamedTuple):
    """``IN``, ``IN.pcapng``, ``IN.zst`` and ``OUT`` in a command are files."""

    title: str
    ours: list[str]
    theirs: list[str]
    alike: str = "text"  #: what is compared: the text, the packets of OUT, or nothing
    part: int = 1  #: takes long: one of so many packets
    beside: str = "tcpdump"


def text(options: str, part: int = 1) -> Task:
    words = [*options.split(), "-r", "IN"]
    return Task(options, [*FYKE, *words], [*TCPDUMP, *words], part=part)


def saved(title: str, ours: str, theirs: list[str], beside: str = "tcpdump") -> Task:
    return Task(title, [*FYKE, *ours.split()], theirs, "packets", beside=beside)


def shell(line: str) -> list[str]:
    return ["sh", "-ec", line]


ITERATE = """
import sys, fyke
count = 0
for packet in fyke.read(sys.argv[1]):
    count += packet.wire_length > 0
print(count)
"""
ITERATE_DPKT = """
import sys, dpkt
with open(sys.argv[1], "rb") as file:
    print(sum(len(octets) > 0 for time, octets in dpkt.pcap.Reader(file)))
"""
SOURCE = """
import sys, fyke, zlib
total = 0
for packet in fyke.read(sys.argv[1]):
    ip = packet.get("ip")
    if ip and packet.data[12:14] in (b"\\x08\\0", b"\\x86\\xdd"):  # dpkt sees no others
        total = zlib.crc32(ip["src"].encode(), total)
print(total)
"""
SOURCE_DPKT = """
import socket, sys, zlib, dpkt
total = 0
with open(sys.argv[1], "rb") as file:
    for time, octets in dpkt.pcap.Reader(file):
        ip = dpkt.ethernet.Ethernet(octets).data
        if octets[12:14] in (b"\\x08\\0", b"\\x86\\xdd") and isinstance(
                ip, (dpkt.ip.IP, dpkt.ip6.IP6)):
            family = socket.AF_INET if isinstance(ip, dpkt.ip.IP) else socket.AF_INET6
            total = zlib.crc32(socket.inet_ntop(family, ip.src).encode(), total)
print(total)
"""
LAYERS = """
import sys, fyke
count = 0
for packet in fyke.read(sys.argv[1]):
    count += len(packet.layers) > 0
print(count)
"""
LAYERS_SCAPY = """
import sys
import scapy.layers.all
from scapy.utils import PcapReader
count = 0
for packet in PcapReader(sys.argv[1]):
    count += len(packet.layers()) > 0
print(count)
"""
COLUMNS = ("tcp.src_port", "tcp.dst_port", "tcp.seq")
FIELDS = ("tcp.srcport", "tcp.dstport", "tcp.seq_raw")

TASKS = [
    text("-nn"), text("-nn -q -tt"), text("-nn -v"), text("-nn -vvv -e", 2), text("-nn -X", 8),
    text("-nn -A", 8),
    Task("count", [*FYKE, "--count", "-r", "IN"], [*TCPDUMP, "--count", "-r", "IN"]),
    saved("filter to file", "-r IN -w OUT tcp port 443",
          [*TCPDUMP, "-r", "IN", "-w", "OUT", "tcp port 443"]),
    saved("copy", "-r IN -w OUT", [*TCPDUMP, "-r", "IN", "-w", "OUT"]),
    saved("pcapng to pcap", "-r IN.pcapng -w OUT", [*TCPDUMP, "-r", "IN.pcapng", "-w", "OUT"]),
    saved("pcap to pcapng", "-r IN -w OUT --format pcapng",
          ["editcap", "-F", "pcapng", "IN", "OUT"], "editcap"),
    saved("zst to pcap", "-r IN.zst -w OUT",
          shell("zstd -dcq IN.zst | tcpdump -Z root -r - -w OUT"), "zstd and tcpdump"),
    saved("pcap to zst", "-r IN -w OUT.zst", shell("zstd -qf IN -o OUT.zst"), "zstd"),
    Task("library: iterate", [*PYTHON, ITERATE, "IN"], [*PYTHON, ITERATE_DPKT, "IN"], part=2,
         beside="dpkt"),
    Task('library: ["ip"]["src"]', [*PYTHON, SOURCE, "IN"], [*PYTHON, SOURCE_DPKT, "IN"], part=4,
         beside="dpkt"),
    Task("library: layers", [*PYTHON, LAYERS, "IN"], [*PYTHON, LAYERS_SCAPY, "IN"], part=40,
         beside="scapy"),
    Task("table", [*COMMAND, "table", "IN", "-e", ",".join(COLUMNS), "--no-header"],
         ["tshark", "-n", "-r", "IN", "-T", "fields", "-E", "occurrence=f",
          *(word for field in FIELDS for word in ("-e", field))], part=20, beside="tshark"),
]
#: On a file of one packet; nothing is taken off.
START = [
    Task("start: -d host 1.2.3.4", [*FYKE, "-d", "host", "1.2.3.4"],
         [*TCPDUMP, "-y", "EN10MB", "-d", "host", "1.2.3.4"]),
    text("-nn")._replace(title="start: -r, one packet"),
]


def there(words: list[str]) -> bool:
    """Whether what a command needs is installed."""
    script = words[-2] if words[:2] == PYTHON else ""
    needs = [name for name in ("dpkt", "scapy")
             if re.search(rf"^(import|from)\b.*\b{name}\b", script, re.MULTILINE)]
    programs = [word for word in ("tcpdump", "zstd", "editcap", "tshark")
                if any(word in part for part in words)]
    return (all(importlib.util.find_spec(name) for name in needs)
            and all(map(shutil.which, programs)))
