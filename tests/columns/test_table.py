"""fyke table: the same text as ever, and files of columns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import fyke
from fyke.cli.table import run
from fyke.tables.columns import columns
from fyke.tables.forms import as_json, cell

PROTOCOLS = str(Path(__file__).parents[2] / "benchmarks" / "protocols.pcap")
NAMES = ["time", "ip.src", "tcp.flags", "dns.questions", "dns.questions.name", "layers",
         "tcp.flags.syn", "ip6.flow_label", "text"]
WORDS = ["-e", ",".join(NAMES), PROTOCOLS]


def values() -> list[list[object]]:
    chosen = columns(NAMES)
    return [[column.value(packet) for column in chosen] for packet in fyke.read(PROTOCOLS)]


def test_text_is_that_of_the_packets(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(WORDS) == 0
    assert capsys.readouterr().out.splitlines() == [
        "\t".join(NAMES), *("\t".join(map(cell, row)) for row in values())]


def test_json_is_that_of_the_packets(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*WORDS, "--format", "json"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        as_json(dict(zip(NAMES, row, strict=True))) for row in values()]


def test_where_and_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-e", "ip.proto", "--where", "ip.proto != 17", "-c", "3", "--no-header",
                PROTOCOLS]) == 0
    rows = capsys.readouterr().out.split()
    assert len(rows) == 3 and "17" not in rows


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
def test_arrow_files(tmp_path: Path, name: str) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    path = tmp_path / name
    assert run(["-e", "time,ip.src,tcp.flags,layers", "-w", str(path), PROTOCOLS]) == 0
    if name == "x.arrow":
        with pyarrow.ipc.open_file(path) as file:
            table = file.read_all()
    else:
        from pyarrow import parquet
        table = parquet.read_table(path)
        row_group = parquet.ParquetFile(path).metadata.row_group(0)
        assert row_group.column(0).statistics.has_min_max
        assert row_group.column(0).compression == "ZSTD"
    rows = [tuple(row) for row in fyke.rows(PROTOCOLS, ["ip.src", "tcp.flags", "layers"])]
    assert list(zip(*[table[name].to_pylist() for name in ("ip.src", "tcp.flags", "layers")],
                    strict=True)) == rows
    assert str(table.schema.field("time").type) == "timestamp[ns, tz=UTC]"


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz", "x.jsonl", "x.jsonl.xz", "x.csv.zst"])
def test_text_files(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    from fyke.files.compression import Decompressed
    if name.endswith(".zst"):
        pytest.importorskip("zstandard")
    path = tmp_path / name
    assert run(["-e", "time,ip.src", "-w", str(path), PROTOCOLS]) == 0
    octets = path.read_bytes()
    packed = {"gz": "gzip", "xz": "xz", "st": "zstd"}.get(name[-2:])
    if packed:
        with open(path, "rb", buffering=0) as raw:
            octets = Decompressed(raw, packed, name).readall()
    lines = octets.decode().splitlines()
    told = f"{len(values())} rows written to {path}\n"
    assert capsys.readouterr().err == told
    if "json" in name:
        assert [json.loads(line)["ip.src"] for line in lines] == [row[1] for row in values()]
    else:
        assert lines == ["time,ip.src", *(",".join(map(cell, row[:2])) for row in values())]


def test_parquet_has_dictionaries_of_words_and_differences_of_times(tmp_path: Path) -> None:
    """Both halve the file; every engine reads them."""
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "x.parquet"
    names = ["time", "ip.src", "ip.ttl", "tcp.seq", "dns.questions.name"]
    assert run(["-e", ",".join(names), "-w", str(path), PROTOCOLS]) == 0
    group = parquet.ParquetFile(path).metadata.row_group(0)
    encoded = [group.column(number).encodings for number in range(len(names))]
    assert ["DELTA_BINARY_PACKED" in one for one in encoded] == [True, *[False] * 4]
    assert [any("DICTIONARY" in one for one in column) for column in encoded] == [
        False, True, True, False, True]
    assert group.column(0).statistics.has_min_max
    expected = list(fyke.rows(PROTOCOLS, ["ip.src", "ip.ttl", "tcp.seq"]))
    duckdb = pytest.importorskip("duckdb")
    polars = pytest.importorskip("polars")
    assert duckdb.sql(f"""select "ip.src", "ip.ttl", "tcp.seq" from '{path}'""").fetchall(
        ) == expected
    assert polars.read_parquet(path).select("ip.src", "ip.ttl", "tcp.seq").rows() == expected


def test_hours(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import dataset
    path = tmp_path / "hours.pcap"
    hour = 3600 * 10**9
    with fyke.write(path) as file:
        for time in (0, 1, hour, 30 * hour, 2):
            file.add(fyke.Packet(bytes(60), time=time))
    out = tmp_path / "out.parquet"
    assert run(["-e", "time,wire_length", "-w", str(out), "--partition", "hour", str(path)]) == 0
    table = dataset.dataset(out, partitioning="hive").to_table()
    times = table["time"].cast("int64").to_pylist()  # as numbers: nanoseconds need no pandas
    assert sorted(zip(table["date"].to_pylist(), table["hour"].to_pylist(), times,
                      strict=True)) == [
        ("1970-01-01", 0, 0), ("1970-01-01", 0, 1), ("1970-01-01", 0, 2),
        ("1970-01-01", 1, hour), ("1970-01-02", 6, 30 * hour)]


@pytest.mark.parametrize("words", [
    ["-e", "time", "-w", "x.foo", PROTOCOLS], ["-e", "time", "-w", "x.parquet.gz", PROTOCOLS],
    ["-e", "time", "--partition", "hour", PROTOCOLS], ["-e", "time"],
    ["-e", "time", "-i", "lo", PROTOCOLS],
    ["-e", "ip.src", "-w", "x.parquet", "--partition", "hour", PROTOCOLS],
    ["-e", "time", "-w", "x.csv", "--partition", "hour", PROTOCOLS]])
def test_what_does_not_fit_together(words: list[str], tmp_path: Path,
                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(fyke.UsageError):
        run(words)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(fyke.OutputError, match="No such file"):
        run(["-e", "time", "-w", "/nowhere/x.parquet", PROTOCOLS])
