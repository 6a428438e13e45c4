"""Polars and DuckDB: whatever they ask, the rows are those that they find in the whole table."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import fyke
from columns.test_pushdown import HIDDEN, INNER
from fyke.columns.for_arrow import of_text
from fyke.columns.for_polars import of_expression
from fyke.columns.predicate import UNKNOWN
from fyke.columns.pushdown import superset
from fyke.errors import SavefileError, UsageError

NAMES = ["time", "wire_length", "ip.src", "ip.ttl", "tcp.dst_port", "tcp.flags", "tcp.flags.syn",
         "udp.dst_port", "vlan.id", "dns.questions.name"]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("engines") / "x.pcap"
    with fyke.write(str(path)) as out:
        for number in range(300):
            for octets in (*HIDDEN.values(), INNER, bytes(60)):
                changed = bytearray(octets)
                if number % 3 and len(changed) > 37:
                    changed[37] = number & 255
                out.add(fyke.Packet(bytes(changed), time=10**18 + number * 10**6))
    return str(path)


def test_polars(capture: str) -> None:
    pl = pytest.importorskip("polars")
    scan = fyke.scan(capture, NAMES)
    whole = pl.DataFrame(scan)
    col = pl.col
    port = col("tcp.dst_port")
    pushed = 0
    for asked in (port == 443, port != 443, port == 443, port.is_in([443, 80, 7]), ~(port == 443),
                  port.is_between(400, 500), ~port.is_between(400, 500, closed="none"),
                  port.is_null(), port.is_not_null(), (port > 400) & (col("ip.ttl") < 65),
                  (port == 443) | (col("udp.dst_port") == 4789), col("tcp.flags.syn"),
                  ~col("tcp.flags.syn"), col("ip.src") == "10.0.0.1",
                  col("ip.src").is_in(["10.0.0.1", "192.0.2.7"]),
                  ~((port == 443) & (col("wire_length") > 60)), port + 1 == 444,
                  (port == 443) & (col("time").dt.nanosecond() == 0), col("vlan.id") == 5,
                  ~((port == 443) & (col("time").dt.millisecond() % 2 == 0))):
        pushed += of_expression(asked) is not UNKNOWN
        expected = whole.filter(asked).select("time", "tcp.dst_port")
        found = scan.polars().filter(asked).select("time", "tcp.dst_port").collect()
        assert found.equals(expected), asked
        assert scan.polars().filter(asked).select(pl.len()).collect().item() == expected.height
    assert pushed >= 18
    assert scan.polars().head(5).collect().height == 5
    assert scan.polars().collect().equals(whole)


def test_duckdb(capture: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    packets = fyke.scan(capture, NAMES).dataset()
    base = duckdb.connect()
    base.register("packets", packets)
    base.execute("create table whole as select * from packets")
    port = '"tcp.dst_port"'
    for where in (f"{port} = 443", f"{port} <> 443", f"not {port} = 443", f"{port} in (443, 80, 7)",
                  f"{port} not in (443, 80, 7)", f"{port} between 400 and 500", f"{port} is null",
                  f'{port} = 443 or "udp.dst_port" = 4789', '"tcp.flags.syn"',
                  "\"ip.src\" = '10.0.0.1'", "\"ip.src\" like '10.%' and " + f"{port} = 443",
                  f"not ({port} = 443 and wire_length > 60)", f"{port} + 1 = 444",
                  "\"ip.src\" in ('10.0.0.1', 'x\"y', '192.0.2.7')", "\"ip.src\" = 'a) or (1'"):
        for what in ("count(*)", "min(time), max(wire_length), sum(\"ip.ttl\")"):
            found, expected = (base.sql(f"select {what} from {table} where {where}").fetchall()
                               for table in ("packets", "whole"))
            assert found == expected, where


def test_text_of_expressions() -> None:
    names = ("a", "b")
    assert of_text(None, names) is UNKNOWN
    for text in ('(a == "x) or (b == 1)', "(a == 1", "(c == 1)", "a b == 1", "(a == 1.5)",
                 "x" * 999, "(" * 5000,
                 '(a == "x\\"y")', "(a == 1) and (b == 2)", "is_in(a, {value_set=…})"):
        assert of_text(text, names) is UNKNOWN
    assert of_text("((a == 1) and (b == 2))", names) is not UNKNOWN


def test_something_is_left_out_before_it_is_decoded(capture: str) -> None:
    pl = pytest.importorskip("polars")
    made = superset(of_expression(pl.col("tcp.dst_port") == 443), 1)
    assert made is not None
    kept = sum(made.run(packet) != 0 for packet in fyke.read(capture))
    assert kept < sum(1 for _ in fyke.read(capture)) - 150


def test_partitions_are_the_scan(capture: str) -> None:
    scan = fyke.scan([capture, capture], NAMES)
    whole = [row for batch in scan for row in zip(*batch.columns(), strict=True)]
    for size in (1 << 16, 1 << 18, 1 << 30):
        parts = pickle.loads(pickle.dumps(scan.partitions(bytes=size)))
        assert len(parts) > 1 or size == 1 << 30
        assert [row for part in parts for batch in part
                for row in zip(*batch.columns(), strict=True)] == whole


def test_sources_without_partitions(capture: str, tmp_path: Path) -> None:
    with open(capture, "rb") as file, pytest.raises(UsageError, match="scan a path"):
        fyke.scan(file, NAMES).partitions()
    with pytest.raises(UsageError, match="scan a path"):
        fyke.scan(Path(capture).read_bytes(), NAMES).partitions()
    with pytest.raises(UsageError, match="bytes must be"):
        fyke.scan(capture, NAMES).partitions(bytes=5)
    parts = fyke.scan(capture, NAMES).partitions()
    Path(capture).rename(tmp_path / "gone.pcap")
    try:
        with pytest.raises(SavefileError, match="No such file"):
            list(parts[0])
    finally:
        (tmp_path / "gone.pcap").rename(capture)


def test_what_is_not_known_is_one_thing_in_every_process() -> None:
    """A process of --jobs that took it for something else built a program for it."""
    import pickle
    assert pickle.loads(pickle.dumps(UNKNOWN)) is UNKNOWN
