"""fyke sort: in order of time, in bounded memory; and what merge says of a file out of order."""

from __future__ import annotations

import os
import random
import resource
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyke.cli.main import main
from fyke.errors import SavefileError
from fyke.files import frugal
from fyke.files.joined import Merge
from fyke.files.pcapng_options import Interface, PacketOptions
from fyke.files.reader import open_capture
from fyke.files.sorting import Sorted
from fyke.files.writer import create
from fyke.wire import Record


def write(path: Path, times: list[int], **how: Any) -> Path:
    """Numbered packets at these times (microseconds)."""
    sink = create(path, **how)
    for number, time in enumerate(times):
        sink.add(Record(struct.pack(">I", number) + bytes(60), 1, time * 1000))
    sink.close()
    return path


def read(source: Any) -> list[tuple[int, int]]:
    """Time and number of each packet."""
    found, packet = [], Record()
    while source.next(packet):
        found.append((packet.time // 1000, packet.u32(0)))
    source.close()
    return found


def expected(times: list[int]) -> list[tuple[int, int]]:
    return sorted(((time, number) for number, time in enumerate(times)), key=lambda one: one[0])


def late(times: list[int]) -> int:
    """How many are older than one in front of them."""
    return sum(time < max(times[:at], default=time) for at, time in enumerate(times))


@pytest.mark.parametrize("suffix", ["pcap", "pcapng", "pcap.gz"])
@pytest.mark.parametrize("memory", [1 << 20, 5000])
def test_sorted(tmp_path: Path, suffix: str, memory: int) -> None:
    times = [random.Random(7).randrange(100) for _ in range(300)]
    source = Sorted(open_capture(write(tmp_path / f"in.{suffix}", times)), within=str(tmp_path),
                    memory=memory)
    assert read(source) == expected(times)
    assert (source.count, source.late) == (300, late(times))
    assert [path.name for path in tmp_path.iterdir()] == [f"in.{suffix}"]  # nothing is left behind


@given(times=st.lists(st.integers(0, 1 << 40), max_size=30), memory=st.integers(1, 3000))
def test_any_times(times: list[int], memory: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("sort")
    source = Sorted(open_capture(write(folder / "in.pcapng", times)), memory=memory)
    assert read(source) == expected(times)
    assert source.late == late(times)


def test_interfaces_and_options_come_along(tmp_path: Path) -> None:
    """Also of interfaces that are described alike, through files for the time being."""
    alike = [Interface(1, name="eth0"), Interface(1, name="eth0"), Interface(101, name="tun0")]
    sink = create(tmp_path / "in.pcapng", interfaces=alike)
    for number in range(90):
        packet = Record(struct.pack(">I", number) + bytes(60), (1, 1, 101)[number % 3],
                        (90 - number) * 10**9)
        packet.interface = number % 3
        packet.meta = PacketOptions()
        packet.meta.comment(f"number {number}")
        sink.add(packet)
    sink.close()
    source = Sorted(open_capture(tmp_path / "in.pcapng"), memory=3000)
    packet = Record()
    for number in reversed(range(90)):
        assert source.next(packet)
        assert packet.u32(0) == number and packet.interface == number % 3
        assert packet.meta.comments == [f"number {number}"]
    source.close()


def test_a_torn_file(tmp_path: Path) -> None:
    path = write(tmp_path / "in.pcap", [3, 2, 1])
    path.write_bytes(path.read_bytes()[:-5])
    source, packet = Sorted(open_capture(path)), Record()
    assert source.next(packet) and packet.time == 2000
    assert source.next(packet) and packet.time == 3000
    with pytest.raises(SavefileError, match="truncated"):
        source.next(packet)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "in.pcap", [1, 5, 2, 3, 6])
    assert main(["sort", str(path), "-w", str(tmp_path / "out.pcap")]) == 0
    assert "5 packets written" in (told := capsys.readouterr().err)
    assert "2 of them were out of order" in told
    assert read(open_capture(tmp_path / "out.pcap")) == expected([1, 5, 2, 3, 6])
    assert main(["sort", str(path), "-w", str(path)]) == 1
    assert "overwritten" in capsys.readouterr().err


@pytest.mark.skipif("FYKE_ASAN" in os.environ, reason="AddressSanitizer keeps what is freed")
def test_the_memory_is_bounded(tmp_path: Path) -> None:
    sink = create(tmp_path / "in.pcap")
    for number in range(60_000):
        sink.add(Record(bytes(4000), 1, (60_000 - number) * 1000))
    sink.close()
    code = ("from fyke.cli.main import main; "
            f"main(['sort', {str(tmp_path / 'in.pcap')!r}, '-w', {str(tmp_path / 'out.pcap')!r}]); "
            "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 160 << 10  # KiB; the file has 240 MB
    assert "60000 packets written" in done.stderr


def test_more_than_memory_holds_in_the_box(tmp_path: Path) -> None:
    """Parts on the disk, and nothing of them is left."""
    sink = create(tmp_path / "in.pcap")
    for number in range(4000):
        sink.add(Record(bytes(20_000), 1, (4000 - number) * 1000))
    sink.close()
    done = subprocess.run([sys.executable, "-m", "fyke", "sort", "in.pcap", "-w", "out.pcap",
                           "--sandbox=strict"], cwd=tmp_path, capture_output=True, text=True,
                          check=False)
    assert done.stderr.startswith("4000 packets written"), done.stderr
    assert done.returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.pcap", "out.pcap"]


@pytest.mark.parametrize("files", [1, 2])
def test_merge_says_which_file_is_out_of_order(tmp_path: Path, files: int,
                                               capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "0.pcap", [1, 4, 2, 3, 5])
    write(tmp_path / "1.pcap", [1, 2, 3])
    paths = [str(tmp_path / f"{number}.pcap") for number in range(files)]
    assert main(["merge", *paths, "-w", str(tmp_path / "out.pcap")]) == 0
    told = capsys.readouterr().err
    assert f"{paths[0]}: not in order of time: 2 packets" in told and "fyke sort" in told
    assert "1.pcap: not" not in told


def test_merge_of_files_in_order_says_nothing(tmp_path: Path,
                                              capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(write(tmp_path / f"{n}.pcap", list(range(n, 50, 3)))) for n in range(3)]
    assert main(["merge", *paths, "-w", str(tmp_path / "out.pcap")]) == 0
    assert "not in order" not in capsys.readouterr().err


@pytest.fixture
def few_files() -> Any:
    """As many open files as a small limit leaves, beside those that the tests before left."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = max(map(int, os.listdir("/proc/self/fd"))) + 256
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, before[1]))
    yield 256
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_more_files_than_may_be_open(few_files: int, tmp_path: Path) -> None:
    times = list(range(few_files * 2))
    paths = []
    for number in times:
        paths.append(write(tmp_path / f"{number}.{('pcap', 'pcapng', 'pcap.gz')[number % 3]}",
                           [number, number + 1000]))
    merged = Merge(list(reversed(paths)))
    found = read(merged)
    assert [time for time, _ in found] == sorted([*times, *(time + 1000 for time in times)])


def test_another_file_in_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "in.pcap", list(range(3)))
    file = frugal.Frugal(path)
    assert file.readinto(bytearray(30)) == 30
    path.rename(tmp_path / "old")
    write(path, [9])
    with pytest.raises(OSError, match="another file"):
        file.readinto(bytearray(30))
    with pytest.raises(SavefileError, match="No such file"):
        frugal.Frugal(tmp_path / "missing")
