"""What one run of tshark says of a capture's conversations and rates, and what fyke says."""

from __future__ import annotations

import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import fyke
from fyke.conversations.rates import Rates
from fyke.files.reader import open_capture

PROTOCOLS = ("tcp", "udp")
MOST = 40  # streams of a capture whose bytes are compared
MISSING = re.compile(rb"\[\d+ bytes missing in capture file\]\0?")
#: Layers that are looked at in the tree of protocols, and their names in tshark.
OUTERMOST = {"ip": "ip", "ip6": "ipv6", "arp": "arp"}
#: Values by check: of fyke, or of tshark.
Said = dict[str, Any]
#: By protocol and ends, in the order of their numbers: what each end said.
Streams = dict[tuple[str, ...], list[dict[str, bytes]]]


def conversation(protocol: str, *ends: tuple[str, int]) -> tuple[str, tuple[tuple[str, int], ...]]:
    return protocol, tuple(sorted(ends))


class ByFyke:
    """``said`` by check; ``counts``: streams by protocol; ``interval`` in nanoseconds."""

    def __init__(self, path: Path) -> None:
        self.said: Said = {"packets": Counter(), "bytes": Counter(), "follow": {}}
        self.counts = dict.fromkeys(PROTOCOLS, 0)
        self.protocols_of_flows(path)
        self.streams(path)
        self.rates(path)

    def protocols_of_flows(self, path: Path) -> None:
        try:
            for flow in fyke.flows(path):
                if flow.protocol in PROTOCOLS:
                    key = conversation(flow.protocol, (flow.client, flow.client_port),
                                       (flow.server, flow.server_port))
                    self.said["packets"][*key, flow.packets] += 1
                    self.said["bytes"][flow.protocol, flow.packets, flow.bytes] += 1
        except fyke.FykeError:
            pass  # damaged, behind what is whole

    def streams(self, path: Path) -> None:
        try:
            for one in fyke.streams(path):
                self.counts[one.protocol] = max(self.counts[one.protocol], one.number + 1)
                if one.number < MOST:
                    ends = {str(one.client): one.data("client")}
                    ends.setdefault(str(one.server), one.data("server"))
                    self.said["follow"].setdefault(key_of(one.protocol, ends), []).append(ends)
        except fyke.FykeError:
            pass

    def rates(self, path: Path) -> None:
        self.interval, first = 770_000_000, self.counted(path, 0, None)
        seconds = (first.last - first.first) // 10**9
        self.interval *= max(1, seconds // 20)
        rates = self.counted(path, self.interval, "protocol")
        self.said["intervals"] = [(one.start - rates.first, one.packets, one.bytes)
                                  for one in rates.rest()]
        found: Counter[tuple[str, int, int]] = Counter()
        for key, count in rates.totals.items():
            *below, last = key.split(":")
            if last in OUTERMOST and not OUTERMOST.keys() & set(below):
                found[OUTERMOST[last], count.packets, count.bytes] += 1
        self.said["protocols"] = found

    @staticmethod
    def counted(path: Path, interval: int, by: str | None) -> Rates:
        rates = Rates(interval, by)
        try:
            with closing(open_capture(str(path))) as source:
                while rates.drain(source, 1000):
                    pass
        except fyke.FykeError:
            pass
        return rates


def by_tshark(path: Path, ours: ByFyke) -> Said:
    """The same, of as many streams and with the same interval."""
    words = ["tshark", "-n", "-o", "tcp.check_checksum:FALSE", "-r", str(path), "-T", "fields"]
    for name in ("frame.len", "tcp.stream", "udp.stream"):
        words += ["-e", name]
    follows = [f"follow,{protocol},raw,{number}" for protocol in PROTOCOLS
               for number in range(min(MOST, ours.counts[protocol]))]
    for name in ("conv,tcp", "conv,udp", f"io,stat,{ours.interval / 1e9:.2f}", "io,phs", *follows):
        words += ["-z", name]
    done = subprocess.run(words, capture_output=True, timeout=240, check=False)
    rows, _, statistics = done.stdout.decode(errors="replace").partition("\n====")
    said = {"packets": conversations(statistics), "bytes": sums(rows),
            "intervals": intervals(statistics), "protocols": hierarchy(statistics)}
    said["follow"] = followed(statistics)
    return said


def conversations(text: str) -> Counter[Any]:
    """Ends and packets of each row of conv,tcp and conv,udp."""
    found: Counter[Any] = Counter()
    kind = ""
    for line in text.splitlines():
        if line.endswith("Conversations"):
            kind = line[:3].lower()
        row = re.match(r"(\S+):(\d+)\s+<-> (\S+):(\d+)\s+(.*)", line)
        if row:
            frames = re.findall(r"(\d+) \d+ \S+", row[5])
            key = conversation(kind, (row[1], int(row[2])), (row[3], int(row[4])))
            found[*key, int(frames[2])] += 1
    return found


def sums(rows: str) -> Counter[Any]:
    """Packets and the sum of frame.len of each stream."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for line in rows.splitlines():
        length, *streams = line.split("\t")
        for protocol, cell in zip(PROTOCOLS, streams, strict=True):
            for number in filter(None, cell.split(",")):
                found[protocol, number][0] += 1
                found[protocol, number][1] += int(length)
    return Counter((protocol, *counts) for (protocol, _), counts in found.items())


def intervals(text: str) -> list[tuple[int, int, int]]:
    """Start, packets and bytes of each row of io,stat that holds packets."""
    found = []
    for row in re.finditer(r"^\| +([\d.]+) <> +\S+ *\| +(\d+) +\| +(\d+) +\|", text, re.M):
        if int(row[2]):
            found.append((round(float(row[1]) * 1e9), int(row[2]), int(row[3])))
    return found


def hierarchy(text: str) -> Counter[Any]:
    """IP and ARP of io,phs, of the outermost."""
    found: Counter[Any] = Counter()
    inside = 99
    for row in re.finditer(r"^( *)(\w+) +frames:(\d+) bytes:(\d+)", text, re.M):
        depth = len(row[1])
        if depth <= inside:
            inside = 99
        if row[2] in ("ip", "ipv6", "arp") and inside == 99:
            found[row[2], int(row[3]), int(row[4])] += 1
            inside = depth
    return found


def followed(text: str) -> Streams:
    """The bytes of both ends of each stream; what tshark says of gaps left out."""
    said: Streams = {}
    for block in re.split(r"^={67}$", text, flags=re.M):
        head = re.search(r"Filter: (tcp|udp)\.stream eq (\d+)", block)
        rows = block.splitlines()
        nodes = [row.split(": ", 1)[1] for row in rows if row.startswith("Node ")]
        if head is None or not nodes or nodes[0] == ":0":
            continue
        parts: dict[str, list[bytes]] = {node: [] for node in nodes}
        for row in rows[rows.index(f"Node 1: {nodes[1]}") + 1:]:
            parts[nodes[row.startswith("\t")]].append(bytes.fromhex(row.strip()))
        ends = {node: MISSING.sub(b"", b"".join(data)) for node, data in parts.items()}
        said.setdefault(key_of(head[1], ends), []).append(ends)
    return said


def key_of(protocol: str, ends: Iterable[str]) -> tuple[str, ...]:
    return protocol, *sorted(ends)


def differences(ours: Said, theirs: Said) -> dict[str, Any]:
    """What is not the same, by check. Behind a gap tshark may show nothing."""
    found: dict[str, Any] = {}
    for check in ("packets", "bytes", "protocols"):
        if ours[check] != theirs[check]:
            found[check] = (ours[check] - theirs[check], theirs[check] - ours[check])
    if theirs["intervals"] and ours["intervals"] != theirs["intervals"]:  # no time passed: no row
        found["intervals"] = (ours["intervals"][:5], theirs["intervals"][:5])
    for key in sorted(ours["follow"].keys() | theirs["follow"].keys()):
        mine, other = ours["follow"].get(key, []), theirs["follow"].get(key, [])
        if not alike(mine, other):
            found.setdefault("follow", []).append((key, mine, other))
    return found


def alike(ours: list[dict[str, bytes]], theirs: list[dict[str, bytes]]) -> bool:
    """Whether the bytes are the same; one without a byte has no ends in tshark."""
    ours, theirs = ([ends for ends in one if any(ends.values())] for one in (ours, theirs))
    return len(ours) == len(theirs) and all(
        mine.keys() == other.keys() and all(mine[end].startswith(other[end]) for end in mine)
        for mine, other in zip(ours, theirs, strict=True))
