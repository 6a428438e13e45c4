"""What tshark's ``follow`` says of a capture, as values, beside what fyke says."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import fyke

TSHARK = shutil.which("tshark")
MISSING = re.compile(rb"\[\d+ bytes missing in capture file\]\0?")
Said = dict[tuple[str, int, str], bytes]  #: (protocol, number, end) → bytes


def tshark(*words: str) -> str:
    done = subprocess.run(["tshark", "-n", "-o", "tcp.check_checksum:FALSE", *words],
                          capture_output=True, timeout=240, check=False)
    return done.stdout.decode(errors="replace")


def numbers(path: Path, protocol: str) -> int:
    """How many streams of a protocol tshark counts."""
    found = [int(word) for line in tshark("-r", str(path), "-T", "fields", "-e",
                                          f"{protocol}.stream").splitlines()
             for word in line.split(",") if word]
    return max(found, default=-1) + 1


def by_tshark(path: Path, most: int) -> Said:
    """The bytes of both ends of the first ``most`` streams; what tshark says of gaps left out."""
    said: Said = {}
    wanted = [(protocol, number) for protocol in ("tcp", "udp")
              for number in range(min(most, numbers(path, protocol)))]
    if not wanted:
        return said
    words = [word for protocol, number in wanted
             for word in ("-z", f"follow,{protocol},raw,{number}")]
    text = tshark("-r", str(path), "-q", *words)
    for block in text.split("=" * 67)[1::2]:
        rows = block.splitlines()
        head = re.search(r"Filter: (tcp|udp)\.stream eq (\d+)", block)
        nodes = [row.split(": ", 1)[1] for row in rows if row.startswith("Node ")]
        if head is None or nodes[0] == ":0":
            continue
        protocol, number = head[1], int(head[2])
        for node in nodes:
            said[protocol, number, node] = b""
        for row in rows[rows.index(f"Node 1: {nodes[1]}") + 1:]:
            node = nodes[row.startswith("\t")]
            said[protocol, number, node] += bytes.fromhex(row.strip())
    return {key: MISSING.sub(b"", value) for key, value in said.items()}


def by_fyke(path: Path, most: int) -> Said:
    """The same of fyke's streams."""
    said: Said = {}
    try:
        for one in fyke.streams(path):
            if one.number < most:
                for end, side in ((one.client, "client"), (one.server, "server")):
                    key = one.protocol, one.number, str(end)
                    said[key] = said.get(key, b"") + one.data(side)
    except fyke.SavefileError:
        pass
    return said
