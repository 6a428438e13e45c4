"""What goes wrong while a table is read or written: one clear error, and the whole rows before."""

from __future__ import annotations

from pathlib import Path

import pytest

import fyke
from fyke.cli.table import run
from fyke.tables.columns import catalogue

PROTOCOLS = Path(__file__).parents[2] / "benchmarks" / "protocols.pcap"


def save(path: Path, count: int, link_types: tuple[str, ...] = ("EN10MB",)) -> Path:
    with fyke.write(path) as file:
        for number in range(count):
            file.add(fyke.Packet(bytes(60), time=number,
                                 link_type=link_types[number % len(link_types)]))
    return path


def until_it_fails(scan: fyke.Scan | fyke.Partition) -> tuple[int, str]:
    """How many rows there were, and the error's one line."""
    rows = 0
    with pytest.raises(fyke.FykeError) as told:
        for batch in scan:
            rows += len(batch)
    assert "\n" not in str(told.value)
    return rows, str(told.value)


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.csv", "x.jsonl.zst"])
def test_a_full_disk_is_told_with_the_file(name: str, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / name).symlink_to("/dev/full")
    with pytest.raises(fyke.OutputError, match=rf"^{tmp_path / name}: No space left on device$"):
        run(["-e", "time,ip.src", "-w", str(tmp_path / name), str(PROTOCOLS)])


def test_a_file_that_vanishes_in_the_middle(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"{name}.pcap", 5) for name in "abc"]
    scan = fyke.scan([*map(str, paths)], ["time"])
    parts = scan.partitions()
    paths[1].unlink()
    for read in (scan, parts[0]):
        rows, told = until_it_fails(read)
        assert rows == 5 and told == f"{paths[1]}: No such file or directory"


def test_a_filter_that_does_not_compile_for_one_link_type(tmp_path: Path) -> None:
    path = save(tmp_path / "two.pcapng", 3, ("EN10MB", "EN10MB", "RAW"))
    scan = fyke.scan(path, ["time"], filter="ether host 00:00:00:00:00:00")
    rows, told = until_it_fails(scan)
    assert rows == 2 and "not supported on DLT_RAW" in told
    pyarrow = pytest.importorskip("pyarrow")
    reader = pyarrow.RecordBatchReader.from_stream(scan)
    assert reader.read_next_batch().num_rows == 2
    with pytest.raises(OSError, match="not supported on DLT_RAW") as error:
        reader.read_next_batch()
    assert "\n" not in str(error.value).partition("Detail:")[0].strip()


def test_a_table_of_a_torn_file(tmp_path: Path) -> None:
    """pyarrow lets the stream go in the middle of its error; uncompiled, that error is lost."""
    pyarrow = pytest.importorskip("pyarrow")
    octets = save(tmp_path / "x.pcap", 3).read_bytes()
    with pytest.raises((OSError, SystemError)) as error:
        pyarrow.table(fyke.scan(octets[:-1], ["time"]))
    assert "truncated dump file" in str(error.value) or not fyke.wire.__file__.endswith(".so")


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_all_columns_at_once() -> None:
    """Far more than a word has bits to mark them."""
    names = [f"{layer}.{field}" for layer, fields in catalogue().items() for field in fields]
    assert len(names) > 1000
    with fyke.read(PROTOCOLS) as packets:
        whole = sum(1 for _ in packets)
    few = dict(zip(names[::97], columns_of(names[::97]), strict=True))
    every = dict(zip(names, columns_of(names), strict=True))
    assert all(len(column) == whole for column in every.values())
    assert {name: every[name] for name in few} == few


def columns_of(names: list[str]) -> list[list[object]]:
    (batch,) = fyke.scan(PROTOCOLS, names)
    return [list(column) for column in batch.columns()]
