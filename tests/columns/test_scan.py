"""fyke.scan: rows that stay, types, batches that outlive their file, errors in one line."""

from __future__ import annotations

import gc
import io
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import fyke
from fyke.columns.kinds import NUMBERS, TEXT, TEXTS, WORD
from fyke.columns.vector import Vector

PROTOCOLS = Path(__file__).parents[2] / "benchmarks" / "protocols.pcap"
COLUMNS = ["time", "ip.src", "ip.ttl", "tcp.flags", "tcp.flags.letters", "ether.src", "dns.id"]


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The protocols' packets with times to live and flags of every kind."""
    path = tmp_path_factory.mktemp("varied") / "varied.pcap"
    with fyke.write(path) as file:
        for number, packet in enumerate(fyke.read(PROTOCOLS)):
            octets = bytearray(packet.data)
            if octets[12:14] == b"\x08\x00":
                octets[22] = (1, 5, 63, 64, 65, 255)[number % 6]
                if octets[23] == 6 and len(octets) > 47:
                    octets[47] = (2, 16, 18, 4)[number % 4]
            file.add(fyke.Packet(bytes(octets), time=packet.time))
    return path


def rows_of(scan: fyke.Scan) -> list[tuple[Any, ...]]:
    return [row for batch in scan for row in zip(*batch.columns(), strict=True)]


@pytest.mark.parametrize("where, keep", [
    ("ip.ttl < 64", lambda row: row["ip.ttl"] is not None and row["ip.ttl"] < 64),
    ("ip.ttl != 64", lambda row: row["ip.ttl"] is not None and row["ip.ttl"] != 64),
    ("not ip.ttl = 64", lambda row: row["ip.ttl"] != 64),
    ("tcp.flags.syn", lambda row: row["tcp.flags"] is not None and row["tcp.flags"] & 2 != 0),
    ("tcp.flags & (tcp-syn|tcp-ack) = tcp-syn",
     lambda row: row["tcp.flags"] is not None and row["tcp.flags"] & 18 == 2),
    ("ip.src in {10.0.0.0/8, 2001:db8::/32}",
     lambda row: row["ip.src"] is not None and row["ip.src"].startswith(("10.", "2001:db8:"))),
    ("ip.ttl in {1-63, 255} or not (tcp.flags.syn)",
     lambda row: (row["ip.ttl"] is not None and (row["ip.ttl"] < 64 or row["ip.ttl"] == 255))
     or not (row["tcp.flags"] is not None and row["tcp.flags"] & 2)),
    ("ip.ttl < 64 && dns.id >= 0", lambda row: row["dns.id"] is not None and row["ip.ttl"] < 64),
    ("not ether.src in {02:00:00:00:00:01}", lambda row: row["ether.src"] != "02:00:00:00:00:01"),
])
def test_where(where: str, keep: Any, varied: Path) -> None:
    everything = [dict(zip(COLUMNS, row, strict=True))
                  for row in rows_of(fyke.scan(varied, COLUMNS))]
    kept = [dict(zip(COLUMNS, row, strict=True))
            for row in rows_of(fyke.scan(varied, COLUMNS, where=where))]
    assert 0 < len(kept) < len(everything)
    assert kept == [row for row in everything if keep(row)]


def test_where_leaves_packets_out_before_they_are_decoded(
        varied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes down as a program too, by the names that columns have now."""
    from fyke.columns import filler
    from fyke.columns.where import Where
    assert repr(Where("udp.udp_length = 20").predicate()) == repr(
        Where("udp.length = 20").predicate())
    taken: list[Any] = []
    asked = filler.Filler

    def seen(*given: Any) -> Any:
        taken.append(given[3])
        return asked(*given)
    monkeypatch.setattr("fyke.columns.scan.Filler", seen)
    rows = rows_of(fyke.scan(varied, ["tcp.dst_port"], where="tcp.dst_port in {80, 443}"))
    assert rows and {row[0] for row in rows} <= {80, 443}
    machine = taken[0](1)
    kept = [packet for packet in fyke.read(varied) if machine.run(packet._record)]
    assert len(rows) <= len(kept) < len(list(fyke.read(varied)))


def test_where_asks_columns_that_nobody_wants(varied: Path) -> None:
    found = rows_of(fyke.scan(varied, ["ip.src"], where="arp.operation = 1", filter="arp"))
    assert found and found == rows_of(fyke.scan(varied, ["ip.src"], filter="arp[6:2] = 1"))


@pytest.mark.parametrize("where, column", [
    ("ip.tl < 5", 0), ("ip.ttl <", 8), ("ip.ttl < 5 ip.ttl", 11), ("(ip.ttl < 5", 11),
    ("ip.ttl < 256", 9), ("dns.questions = 5", 0), ("text = 1", 0), ("", 0), ("ip.src < 5", 7),
    ("not " * 100 + "tcp.flags.syn", 256), (" or ".join(["tcp.flags.syn"] * 501), 8500),
])
def test_bad_where(where: str, column: int) -> None:
    if not where:  # as no filter is
        assert rows_of(fyke.scan(PROTOCOLS, ["time"], where=where)) is not None
        return
    with pytest.raises(fyke.FilterError) as told:
        fyke.scan(PROTOCOLS, COLUMNS, where=where)
    assert abs(told.value.column - column) < 20
    assert "\n" not in str(told.value)


def test_schema() -> None:
    assert fyke.schema(["time", "ip.src", "ip.ttl", "tcp.flags.syn", "tcp.flags.letters",
                        "dns.questions.name", "dns.answers.ttl", "tcp.seq"]) == {
        "time": "timestamp[ns, UTC]", "ip.src": "dictionary of text", "ip.ttl": "u8",
        "tcp.flags.syn": "bool", "tcp.flags.letters": "dictionary of text",
        "dns.questions.name": "list of text", "dns.answers.ttl": "list of u32", "tcp.seq": "u32"}
    assert fyke.schema(["ip.src", "ip6.src", "ether.src", "arp.sender_ip"],
                       addresses="binary") == {
        "ip.src": "binary", "ip6.src": "binary[16]", "ether.src": "binary[6]",
        "arp.sender_ip": "binary"}


@pytest.mark.parametrize("names", [["ip.sorc"], ["nothing.there"], ["ip.src#0"], [],
                                   ["time", "time"], "time"])
def test_bad_columns(names: Any) -> None:
    with pytest.raises(fyke.UsageError):
        fyke.scan(PROTOCOLS, names)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(fyke.SavefileError):
        list(fyke.scan(tmp_path / "gone.pcap", ["time"]))


def torn(tmp_path: Path) -> Path:
    path = tmp_path / "torn.pcap"
    with fyke.write(path) as file:
        for number in range(5):
            file.add(fyke.Packet(bytes(60), time=number))
    path.write_bytes(path.read_bytes()[:-3])
    return path


def test_a_torn_file_gives_its_whole_packets_first(tmp_path: Path) -> None:
    path = torn(tmp_path)
    got = 0
    with pytest.raises(fyke.SavefileError, match="truncated"):
        for batch in fyke.scan(path, ["time"]):
            got += len(batch)
    assert got == 4


def test_a_consumer_tells_the_error(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    reader = pyarrow.RecordBatchReader.from_stream(fyke.scan(torn(tmp_path), ["time"]))
    assert reader.read_next_batch().num_rows == 4
    with pytest.raises(OSError, match="truncated dump file"):
        reader.read_next_batch()


def test_sources_that_are_read_once() -> None:
    octets = PROTOCOLS.read_bytes()
    again = fyke.scan(octets, ["time"])
    assert len(rows_of(again)) == len(rows_of(again)) > 100
    once = fyke.scan(io.BytesIO(octets), ["time"])
    assert rows_of(once) == rows_of(again)
    with pytest.raises(fyke.UsageError, match="read once"):
        rows_of(once)


def test_batches_outlive_the_reader() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    scan = fyke.scan(PROTOCOLS, ["ip.src", "dns.questions.name", "layers"])
    batches = [pyarrow.record_batch(batch) for batch in scan]
    del scan
    gc.collect()
    for batch in batches:
        batch.validate(full=True)


def test_a_batch_is_handed_on_once() -> None:
    batch = next(iter(fyke.scan(PROTOCOLS, ["time"])))
    batch.__arrow_c_array__()  # nobody takes it: the capsules free it
    with pytest.raises(fyke.UsageError, match="handed on"):
        batch.__arrow_c_array__()
    with pytest.raises(fyke.UsageError, match="handed on"):
        batch.columns()


RELEASES = """
import ctypes, threading, sys
import fyke
class Stream(ctypes.Structure):
    pass
CALL = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
Stream._fields_ = [("schema", CALL), ("next", CALL), ("error", ctypes.c_void_p),
                   ("release", RELEASE), ("private", ctypes.c_void_p)]
get = ctypes.pythonapi.PyCapsule_GetPointer
get.restype, get.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
columns = ["time", "ip.src", "dns.questions.name", "layers"]
for early in (False, True):
    for _ in range(20):
        capsule = fyke.scan(sys.argv[1], columns).__arrow_c_stream__()
        at = get(capsule, b"arrow_array_stream")
        stream = Stream.from_address(at)
        release = RELEASE(ctypes.cast(stream.release, ctypes.c_void_p).value)
        array = (ctypes.c_int64 * 10)()
        if not early:
            assert stream.next(at, ctypes.addressof(array)) == 0
        other = threading.Thread(target=release, args=(at,))
        other.start(); other.join()
        release(at)  # twice
        del capsule
        if not early:
            assert array[0] > 100  # it lives on
            free = RELEASE(array[8])
            other = threading.Thread(target=free, args=(ctypes.addressof(array),))
            other.start(); other.join()
            assert array[8] == 0
            free(ctypes.addressof(array))
held = fyke.scan(sys.argv[1], columns).__arrow_c_stream__()  # and one until Python's end
print("fine")
"""


def test_released_early_twice_and_by_another_thread() -> None:
    done = subprocess.run([sys.executable, "-c", RELEASES, PROTOCOLS], capture_output=True,
                          text=True, timeout=120)
    assert (done.stdout, done.returncode) == ("fine\n", 0), done.stderr


def test_threads_that_scan_at_once() -> None:
    scan = fyke.scan(PROTOCOLS, COLUMNS, where="ip.ttl < 100")
    wanted = rows_of(scan)
    got: list[Any] = []
    threads = [threading.Thread(target=lambda: got.append(rows_of(scan))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [wanted] * 4


def test_mixed_link_types(tmp_path: Path) -> None:
    path = tmp_path / "mixed.pcapng"
    header = bytes.fromhex("4500001400010000400600000a0000020a000003")
    with fyke.write(path) as file:
        file.add(fyke.Packet(bytes(12) + b"\x08\x00" + header))
        file.add(fyke.Packet(header, link_type="RAW"))
    assert rows_of(fyke.scan(path, ["link_type", "interface_number", "ip.src"])) == [
        ("EN10MB", 0, "10.0.0.2"), ("RAW", 1, "10.0.0.2")]


def test_what_a_number_cannot_hold_is_null() -> None:
    vector = Vector(NUMBERS["u8"], 4)
    for row, value in enumerate((255, 256, -1, 0)):
        vector.put(row, value)
    assert vector.values(4) == [255, None, None, 0]
    vector = Vector(NUMBERS["u32"], 2)
    vector.put(0, b"\0")
    assert vector.values(2) == [None, None]


def test_rows_that_are_taken_back() -> None:
    words, text, lists = (Vector(kind, 8) for kind in (WORD, TEXT, TEXTS))
    for value in ("a", "b", "a", "c"):
        words.put(0, value)
        text.put(0, value)
        lists.put(0, [value, None])
        for vector in (words, text, lists):
            vector.undo(0)
    for row, value in enumerate(("x", "y", "x")):
        words.put(row, value)
        text.put(row, value)
        lists.put(row, [value])
    words.put_address(3, 4, 0, 0x0A000001)
    assert words.values(5) == ["x", "y", "x", "10.0.0.1", None]
    assert text.values(4) == ["x", "y", "x", None]
    assert lists.values(4) == [["x"], ["y"], ["x"], None]
    with pytest.raises(IndexError):
        text.put(8, "z")
    with pytest.raises(IndexError):
        text.put(1, "z")


def test_a_bad_filter_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "none.pcap"
    fyke.write(path).close()
    with pytest.raises(fyke.FilterError, match="did you mean 'port'"):
        fyke.scan(path, filter="tcp prt 80")
