"""Flows and rates beside tshark: its conv tables, its streams and its analysis of TCP."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from beside_tshark import conversation, conversations

import fyke
from fyke.conversations.rates import Rates
from fyke.files.reader import open_capture

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))
pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
TROUBLES = ("retransmission", "out_of_order", "duplicate_ack", "zero_window", "lost_segment")
OURS = ("retransmissions", "out_of_order", "duplicate_acks", "zero_windows", "lost_segments")
#: UDP ports of protocols of which tshark makes several conversations (docs/conversations.md).
WILD = {69, 161, 162, 1812, 1813, 6343, 7000, 7001}


@pytest.fixture(scope="module", params=["few", "many", "mixed", "small", "bulk", "protocols"])
def trace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "protocols":
        return str(ROOT / "benchmarks" / "protocols.pcap")
    from benchmarks.captures import write
    path = tmp_path_factory.mktemp("traces") / f"{request.param}.pcap"
    write(path, request.param, 3000)
    return str(path)


def tshark(trace: str, *options: str) -> str:
    return subprocess.run(["tshark", "-n", "-r", trace, *options], capture_output=True, text=True,
                          check=True, timeout=120).stdout


def test_packets_of_each_conversation(trace: str) -> None:
    theirs = conversations(tshark(trace, "-q", "-z", "conv,tcp", "-z", "conv,udp"))
    ours = Counter((*conversation(flow.protocol, (flow.client, flow.client_port),
                                  (flow.server, flow.server_port)), flow.packets)
                   for flow in fyke.flows(trace) if flow.protocol in ("tcp", "udp"))

    def tame(rows: Counter) -> Counter:  # type: ignore[type-arg]
        return Counter({key: count for key, count in rows.items()
                        if key[0] == "tcp" or not {port for _, port in key[1]} & WILD})

    assert tame(ours) == tame(theirs)
    assert sum(map(bool, tame(ours))) > 10


def test_bytes_and_troubles_of_each_stream(trace: str) -> None:
    names = ["frame.len", "tcp.stream", *(f"tcp.analysis.{name}" for name in TROUBLES)]
    rows = [line.split("\t") for line in tshark(
        trace, "-T", "fields", *(word for name in names for word in ("-e", name))).splitlines()]
    theirs: dict[str, list[int]] = {}
    for row in rows:
        if row[1]:
            sums = theirs.setdefault(row[1], [0] * 7)
            for at, value in enumerate([1, int(row[0]), *(bool(cell) for cell in row[2:])]):
                sums[at] += value
    ours = [[flow.packets, flow.bytes,
             *(getattr(flow.sent, name) + getattr(flow.received, name) for name in OURS)]
            for flow in fyke.flows(trace) if flow.protocol == "tcp"]
    assert sorted(ours) == sorted(theirs.values())


def test_protocols_of_io_phs(trace: str) -> None:
    theirs = {}
    for line in tshark(trace, "-q", "-z", "io,phs").splitlines():
        row = re.match(r"( *)(ip|ipv6|tcp|udp|icmp|icmpv6|arp) +frames:(\d+) bytes:(\d+)",
                       line)
        if row and len(row[1]) <= 4:
            theirs[len(row[1]), row[2], int(row[3]), int(row[4])] = True
    rates = Rates(10**9, "protocol")
    source = open_capture(trace)
    while rates.drain(source, 1000):
        pass
    source.close()
    for path in ("ether:ip", "ether:ip6", "ether:arp"):
        name = {"ip6": "ipv6"}.get(path[6:], path[6:])
        mine = rates.totals.get(path)
        if mine is not None and not path.startswith("ether:vlan"):
            assert (2, name, mine.packets, mine.bytes) in theirs
