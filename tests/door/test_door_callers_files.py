"""File objects of the caller: never closed, flushed with ours, whatever kind they are."""

# ruff: noqa: SIM115
from __future__ import annotations

import bz2
import gc
import gzip
import io
import os
import socket
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from door_files import DNS, made, program

import fyke


class OnlyRead:
    """The least that can be read from."""

    def __init__(self, data: bytes) -> None:
        self.inner = io.BytesIO(data)
        self.closed = False

    def read(self, size: int) -> bytes:
        return self.inner.read(min(size, 7))

    def close(self) -> None:
        self.closed = True


class OnlyWrite:
    """The least that can be written to: it keeps what it is given, and says nothing."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.parts.append(data)


@pytest.fixture
def capture(tmp_path: Path) -> bytes:
    return made(tmp_path / "in.pcap").read_bytes()


OPENERS: dict[str, Callable[[Path], Any]] = {
    "buffered": lambda path: open(path, "rb"),
    "raw": lambda path: open(path, "rb", buffering=0),
    "BytesIO": lambda path: io.BytesIO(path.read_bytes()),
    "TemporaryFile": lambda path: filled(tempfile.TemporaryFile(), path),
    "NamedTemporaryFile": lambda path: filled(tempfile.NamedTemporaryFile(), path),
    "SpooledTemporaryFile": lambda path: filled(tempfile.SpooledTemporaryFile(), path),
    "BufferedRandom": lambda path: open(path, "r+b"),
    "only read": lambda path: OnlyRead(path.read_bytes()),
}


def filled(file: Any, path: Path) -> Any:
    file.write(path.read_bytes())
    file.seek(0)
    return file


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("kind", OPENERS)
def test_what_is_read_stays_open(tmp_path: Path, kind: str, packed: bool) -> None:
    path = made(tmp_path / ("in.pcap.gz" if packed else "in.pcap"))
    file = OPENERS[kind](path)
    try:
        with fyke.read(file) as packets:
            assert len(list(packets)) == 6
        del packets
        gc.collect()
        assert not file.closed
        for _ in fyke.read(file):  # at its end: no capture, and still not closed
            pass
    except fyke.SavefileError:
        assert not file.closed
    finally:
        file.close()


def test_members_of_archives(tmp_path: Path, capture: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        with archive.open("made.pcap", "w") as member:
            with fyke.write(member) as file:
                file.add(DNS, time=1)
            assert not member.closed
        archive.writestr("in.pcap", capture)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        with archive.open("in.pcap") as member:
            assert sum(1 for _ in fyke.read(member)) == 6
            assert not member.closed
        with archive.open("made.pcap") as member:
            assert [packet.time for packet in fyke.read(member)] == [1]


@pytest.mark.parametrize("opener", [gzip.open, bz2.open])
def test_compressing_files(tmp_path: Path, opener: Callable[..., Any]) -> None:
    with opener(tmp_path / "packed", "wb") as file:
        with fyke.write(file, format="pcapng") as writer:
            writer.add(DNS)
        assert not file.closed
    with opener(tmp_path / "packed", "rb") as file:
        assert [packet.data for packet in fyke.read(file)] == [DNS]
        assert not file.closed


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
@pytest.mark.parametrize("kind", ["BytesIO", "TemporaryFile", "NamedTemporaryFile",
                                  "SpooledTemporaryFile", "buffered", "raw"])
def test_what_is_written_stays_open_and_is_flushed(tmp_path: Path, kind: str, form: str) -> None:
    file: Any = {"BytesIO": io.BytesIO, "TemporaryFile": tempfile.TemporaryFile,
                 "NamedTemporaryFile": tempfile.NamedTemporaryFile,
                 "SpooledTemporaryFile": tempfile.SpooledTemporaryFile,
                 "buffered": lambda: open(tmp_path / "out", "w+b"),
                 "raw": lambda: open(tmp_path / "out", "w+b", buffering=0)}[kind]()
    with file:
        with fyke.write(file, format=form) as writer:  # type: ignore[arg-type]
            writer.add(DNS, time=5)
        if kind in ("buffered", "raw"):
            assert (tmp_path / "out").stat().st_size > len(DNS)
        del writer
        gc.collect()
        file.seek(0)
        assert [packet.time for packet in fyke.read(file)] == [5]
        assert not file.closed


def test_the_least_that_can_be_written_to() -> None:
    target = OnlyWrite()
    with fyke.write(target) as writer:
        for number in range(5000):
            writer.add(bytes(500), time=number)
    with fyke.read(b"".join(target.parts)) as packets:
        assert [packet.time for packet in packets] == list(range(5000))


def test_sockets() -> None:
    one, other = socket.socketpair()
    with one, other, one.makefile("wb") as out, other.makefile("rb") as into:
        with fyke.write(out) as writer:
            writer.add(DNS)
        assert not out.closed
        one.shutdown(socket.SHUT_WR)
        assert [packet.data for packet in fyke.read(into)] == [DNS]


def test_standard_output(tmp_path: Path) -> None:
    done = program("import fyke, sys\nwith fyke.write(sys.stdout.buffer) as w: w.add(bytes(60))\n"
                   "print('still alive', file=sys.stderr); sys.stdout.buffer.write(b'')\n"
                   "with fyke.write('-') as w: pass\nsys.stdout.flush()", tmp_path, "-W", "error")
    assert (done.returncode, done.stderr) == (0, "still alive\n")


def test_standard_input(tmp_path: Path, capture: bytes) -> None:
    import subprocess
    import sys
    code = ("import fyke, sys\nprint(sum(1 for _ in fyke.read(sys.stdin.buffer)))\n"
            "print(sys.stdin.read(1) == '', sys.stdin.closed)")
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], input=capture,
                          capture_output=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == (b"6\nTrue False\n", b"")


def test_one_capture_after_another_into_one_file(tmp_path: Path) -> None:
    with open(tmp_path / "two.pcapng", "wb") as file:
        for number in range(2):
            with fyke.write(file, format="pcapng") as writer:
                writer.add(DNS, time=number)
    assert [packet.time for packet in fyke.read(tmp_path / "two.pcapng")] == [0, 1]


def test_pipes_that_are_not_full(capture: bytes) -> None:
    reading, writing = os.pipe()
    with open(reading, "rb", buffering=0) as source:
        os.write(writing, capture)
        os.close(writing)
        assert sum(1 for _ in fyke.read(source)) == 6
        assert not source.closed


@pytest.mark.parametrize("file", [io.StringIO("x"), io.TextIOWrapper(io.BytesIO())])
def test_text_is_refused(file: Any) -> None:
    for use in (fyke.read, fyke.write):
        with pytest.raises(fyke.UsageError, match="binary mode"):
            use(file)


def test_text_that_hides_is_refused(tmp_path: Path) -> None:
    with tempfile.NamedTemporaryFile("w+") as file:
        with pytest.raises(fyke.UsageError, match="binary mode"):
            fyke.write(file)  # type: ignore[arg-type]
        with pytest.raises(fyke.UsageError, match="binary mode"):
            fyke.read(file)  # type: ignore[arg-type]


def test_a_file_that_the_caller_closed(capture: bytes) -> None:
    file = io.BytesIO(capture)
    packets = fyke.read(file)
    file.close()
    with pytest.raises(fyke.FykeError, match="closed"):
        fyke.read(file)
    packets.close()
    out = io.BytesIO()
    writer = fyke.write(out)
    writer.add(DNS)
    writer.flush()
    out.close()
    writer.close()  # nothing was left to write
    late = io.BytesIO()
    writer = fyke.write(late)
    writer.add(DNS)
    late.close()
    with pytest.raises(fyke.OutputError, match="1 not written"):
        writer.close()
