"""pyarrow, Polars, DuckDB and pandas read a scan through Arrow's C stream, each as it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

import fyke

COLUMNS = ["time", "wire_length", "ip.src", "tcp.dst_port", "tcp.flags", "tcp.flags.syn", "layers"]
SYN = bytes.fromhex(
    "020000000002020000000001080045000028000100004006668c0a0000010a00000230390050"
    "000000010000000050022000000000000000000000000000")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two packets: a SYN, and one that is no IP."""
    path = tmp_path / "two.pcap"
    with fyke.write(path) as file:
        file.add(fyke.Packet(SYN, time=1_700_000_000_000_000_001))
        file.add(fyke.Packet(bytes(12) + b"\x88\xb5" + bytes(46), time=1_700_000_000_000_000_002))
    return path


def test_pyarrow(path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(fyke.scan(path, COLUMNS))
    table.validate(full=True)
    assert table["ip.src"].to_pylist() == ["10.0.0.1", None]
    assert table["tcp.dst_port"].to_pylist() == [80, None]
    assert table["tcp.flags.syn"].to_pylist() == [True, None]
    assert table["layers"].to_pylist()[0] == ["ether", "ip", "tcp"]
    assert table["time"].cast("int64").to_pylist() == [
        1_700_000_000_000_000_001, 1_700_000_000_000_000_002]
    assert str(table.schema.field("time").type) == "timestamp[ns, tz=UTC]"


def test_polars(path: Path) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(fyke.scan(path, COLUMNS))
    assert frame["ip.src"].to_list() == ["10.0.0.1", None]
    assert frame["tcp.flags"].to_list() == [2, None]
    assert frame["layers"].to_list()[0] == ["ether", "ip", "tcp"]


def test_duckdb(path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    scan = fyke.scan(path, COLUMNS)  # found by its name in the query
    assert scan.names == COLUMNS
    rows = duckdb.sql('select "ip.src", "tcp.dst_port", layers from scan').fetchall()
    assert rows[0] == ("10.0.0.1", 80, ["ether", "ip", "tcp"])
    assert rows[1][:2] == (None, None)


def test_pandas(path: Path) -> None:
    pytest.importorskip("pyarrow")
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame.from_arrow(fyke.scan(path, COLUMNS))
    assert frame["ip.src"].astype(object).tolist()[0] == "10.0.0.1"
    assert frame["tcp.dst_port"].tolist()[0] == 80
    assert str(frame["time"].dtype) == "datetime64[ns, UTC]"
