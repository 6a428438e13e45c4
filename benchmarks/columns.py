"""Packets as columns, beside rows, dpkt and tshark: processor seconds of interleaved runs.

    python -m benchmarks.captures few FILE 200000
    python -m benchmarks.columns FILE [ROUNDS [OLD]]

Eight and sixteen columns of plain fields, the names of DNS questions, a Parquet file,
``fyke table`` as text, ``fyke sql``. OLD: sources of an earlier fyke, compiled, whose ``fyke.rows``
is measured too. What is not installed is left out. Each figure is the best of the rounds; ratios
are within one run, as the machine may be busy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import fyke

EIGHT = ["time", "wire_length", "ip.src", "ip.dst", "ip.proto", "tcp.src_port", "tcp.dst_port",
         "tcp.flags"]
SIXTEEN = [*EIGHT, "ether.src", "ether.dst", "ip.ttl", "ip.id", "udp.src_port", "udp.dst_port",
           "tcp.seq", "tcp.window"]
NAMES = ["time", "ip.src", "dns.questions.name"]
GROUPED = "select {1}, count(*), sum({2}) from {0} group by 1 order by 2 desc limit 10"
FIELDS = ["frame.time_epoch", "frame.len", "ip.src", "ip.dst", "ip.proto", "tcp.srcport",
          "tcp.dstport", "tcp.flags"]


def seconds(work: Callable[[], object]) -> float:
    """Processor time of a call, its children included."""
    before = sum(os.times()[:4])
    work()
    return sum(os.times()[:4]) - before


def scanned(path: str, columns: list[str]) -> int:
    return sum(len(batch) for batch in fyke.scan(path, columns))


def rows(path: str, columns: list[str]) -> int:
    """What every value through a Python object takes."""
    from fyke.tables.columns import columns as found
    chosen = found(columns)
    count = 0
    for packet in fyke.read(path):
        tuple([column.value(packet) for column in chosen])
        count += 1
    return count


def old_rows(path: str, columns: list[str], sources: str) -> None:
    """``fyke.rows`` of an earlier fyke, which had another name for one of the columns."""
    names = [name.replace("ip.proto", "ip.next_header") for name in columns]
    subprocess.run([sys.executable, "-c", "import sys, fyke\nfor _ in fyke.rows(sys.argv[1], "
                    "sys.argv[2:]): pass", path, *names], check=True,
                   env={**os.environ, "PYTHONPATH": sources})


def dpkt_rows(path: str, text: bool = False) -> int:
    """The eight columns with dpkt; ``text``: addresses as text, as scans have them."""
    import dpkt
    shown = dpkt.utils.inet_to_str if text else bytes
    count = 0
    with open(path, "rb") as file:
        for time, data in dpkt.pcap.Reader(file):
            row: list[object] = [time, len(data)]
            ip = dpkt.ethernet.Ethernet(data).data
            if isinstance(ip, (dpkt.ip.IP, dpkt.ip6.IP6)):
                row += [shown(ip.src), shown(ip.dst), ip.p]
                if isinstance(ip.data, dpkt.tcp.TCP):
                    row += [ip.data.sport, ip.data.dport, ip.data.flags]
            count += 1
    return count


def parquet(path: str, folder: str) -> None:
    from fyke.columns.sinks import ArrowSink, create
    scan = fyke.scan(path, EIGHT)
    sink = ArrowSink(create(f"{folder}/x.parquet"), "parquet", scan)
    for batch in scan:
        sink.write(batch)
    sink.close()


def run(*words: str) -> None:
    with open(os.devnull, "wb") as out:
        subprocess.run(words, stdout=out, stderr=out, check=True)


def tasks(path: str, folder: str, old: str = "") -> dict[str, Callable[[], object]]:
    """By name, what is measured."""
    fyke_table = (sys.executable, "-m", "fyke", "table", path, "-e", ",".join(EIGHT))
    found: dict[str, Callable[[], object]] = {
        "rows, 8": lambda: rows(path, EIGHT), "scan, 8": lambda: scanned(path, EIGHT),
        "rows, 16": lambda: rows(path, SIXTEEN), "scan, 16": lambda: scanned(path, SIXTEEN),
        "rows, DNS names": lambda: rows(path, NAMES),
        "scan, DNS names": lambda: scanned(path, NAMES),
        "scan, 8, to Parquet": lambda: parquet(path, folder),
        "fyke table, TSV": lambda: run(*fyke_table),
        "fyke table, JSON": lambda: run(*fyke_table, "--format", "json"),
        "fyke sql, group by": lambda: run(sys.executable, "-m", "fyke", "sql", GROUPED.format(
            f"'{path}'", "ip.src", "wire_length"))}
    if old:
        found["old rows, 8"] = lambda: old_rows(path, EIGHT, old)
    if shutil.which("tshark"):
        found["tshark -T fields, 8"] = lambda: run(
            "tshark", "-n", "-r", path, "-T", "fields", *[
                word for field in FIELDS for word in ("-e", field)])
        in_duckdb = GROUPED.format(
            "read_csv('/dev/stdin', auto_detect = false, delim = '\t', columns = "
            "{'source': 'varchar', 'length': 'bigint'})", "source", "length")
        found["tshark into DuckDB"] = lambda: run(
            "sh", "-c", 'tshark -n -r "$1" -T fields -e ip.src -e frame.len -E occurrence=f '
            '2>/dev/null | "$2" -c "import duckdb, sys; print(duckdb.sql(sys.argv[1]))" "$3"',
            "sh", path, sys.executable, in_duckdb)
    try:
        import dpkt  # noqa: F401
        found["dpkt, 8"] = lambda: dpkt_rows(path)
        found["dpkt, 8, addresses as text"] = lambda: dpkt_rows(path, text=True)
    except ImportError:
        pass
    return found


def main(path: str, rounds: int = 2, old: str = "") -> None:
    count = scanned(path, ["time"])
    best: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, work in tasks(path, folder, old).items():
                try:
                    best[name] = min(best.get(name, 1e9), seconds(work))
                except fyke.UsageError as problem:
                    print(f"{name}: {problem}", file=sys.stderr)
    slow = best["rows, 8"]
    print(f"{count} packets, {Path(path).stat().st_size >> 20} MiB")
    for name, took in best.items():
        print(f"{name:27}{took:9.3f} s{count / took / 1000:9.0f} k/s{slow / took:8.1f} x")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]), *sys.argv[3:4])
