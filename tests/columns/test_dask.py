"""A real local cluster of two worker processes, one of which is killed in the middle."""

from __future__ import annotations

import os
import signal
import struct
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import fyke
from fyke.errors import UsageError

pytest.importorskip("distributed")
pytest.importorskip("dask.dataframe")
pytest.importorskip("pyarrow")

FILES = 1000
#: What distributed leaves open when it ends is not ours to judge.
pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"),
              pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Counter[str]]:
    """Small files, and how many octets each host sent."""
    folder = tmp_path_factory.mktemp("captures")
    sent: Counter[str] = Counter()
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for number in range(FILES):
        records = []
        for one in range(20):
            host = (number * 7 + one * one) % 50
            data = (bytes(12) + b"\x08\0" + bytes.fromhex("450000280000000040060000") + bytes(
                [10, 0, 0, host, 10, 0, 1, 1]) + b"\x30\x39\x01\xbb" + bytes(16)
                + bytes(number % 13))
            records.append(struct.pack("<IIII", 1700000000 + number, one, len(data), len(data))
                           + data)
            sent[f"10.0.0.{host}"] += len(data)
        (folder / f"{number:04}.pcap").write_bytes(head + b"".join(records))
    return str(folder), sent


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from distributed import Client, LocalCluster
    place = str(tmp_path_factory.mktemp("dask"))
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True,
                      host="127.0.0.1", local_directory=place) as cluster, Client(cluster) as one:
        yield one


def slow(frame: Any) -> Any:
    time.sleep(0.05)
    return frame


def test_a_killed_worker_changes_nothing(captures: tuple[str, Counter[str]], client: Any,
                                         tmp_path: Path) -> None:
    folder, sent = captures
    from fyke import dask
    frame = dask.read(f"{folder}/*.pcap", ["time", "ip.src", "wire_length"], bytes=1 << 16)
    assert frame.npartitions > 20
    job = client.compute(frame.map_partitions(slow, meta=frame._meta).groupby(
        "ip.src").wire_length.sum())
    workers = client.run(os.getpid)
    time.sleep(0.6)
    os.kill(next(iter(workers.values())), signal.SIGKILL)
    found = job.result(timeout=120)
    assert {host: int(octets) for host, octets in found.items()} == dict(sent)

    frame.to_parquet(str(tmp_path / "out"))
    import pyarrow.parquet as parquet
    table = parquet.read_table(str(tmp_path / "out"))
    assert table.num_rows == 20 * FILES
    top = table.group_by("ip.src").aggregate([("wire_length", "sum")]).to_pylist()
    assert {row["ip.src"]: row["wire_length_sum"] for row in top} == dict(sent)


def test_wrong_arguments_are_told_before_a_task_runs(captures: tuple[str, Counter[str]]) -> None:
    from fyke import dask
    with pytest.raises(UsageError, match="no column"):
        dask.read(captures[0], ["ip.scr"])
    with pytest.raises(fyke.FilterError):
        dask.read(captures[0], filter="tcp prt 80")
