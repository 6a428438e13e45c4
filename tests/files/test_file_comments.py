"""dump --capture-comment and slice --add-comment: what people say into a pcapng file."""

from __future__ import annotations

import struct
from contextlib import closing, suppress
from pathlib import Path

import pytest

from fyke.cli.main import main
from fyke.files.pcapng_options import PacketOptions, Section
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record


@pytest.fixture(params=["pcap", "pcapng"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    path = str(tmp_path / f"in.{request.param}")
    sink = create(path, section=Section(os="Somewhere"))
    for number in range(5):
        packet = Record(struct.pack(">14xI", number) + bytes(42), 1, 10**18 + number)
        if number == 2:
            packet.meta = PacketOptions()
            packet.meta.comment("was here")
        sink.add(packet)
    sink.close()
    return path


def comments(path: Path) -> list[list[str]]:
    packet, found = Record(), []
    with closing(open_capture(path)) as reader:
        while reader.next(packet):
            found.append(packet.meta.comments if packet.meta else [])
    return found


def section(path: Path) -> Section:
    with closing(open_capture(path)) as reader:
        return reader.section  # type: ignore[union-attr]


def test_about_the_capture(file: str, tmp_path: Path) -> None:
    out = tmp_path / "out.pcapng"
    assert main(["dump", "-r", file, "-w", str(out), "--capture-comment", "größer",
                 "--capture-comment", "two"]) == 0
    assert section(out).comments == ["größer", "two"]
    if file.endswith("ng"):
        assert section(out).os == "Somewhere"
    assert len(comments(out)) == 5


def test_in_every_file_of_a_row(file: str, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    assert main(["dump", "-r", file, "-w", str(tmp_path / "parts" / "p.pcapng"), "--format",
                 "pcapng", "-C", "1k", "--capture-comment", "x"]) == 0
    for path in (tmp_path / "parts").iterdir():
        assert section(path).comments == ["x"]


WRITING = pytest.mark.parametrize("words", [
    ["dump", "-r", "FILE", "-w", "OUT", "--capture-comment", "{}"],
    ["slice", "FILE", "-w", "OUT", "--add-comment", "1:{}"]])


def commented(words: list[str], file: str, out: Path, comment: str) -> int:
    """The status of a command that writes ``out`` with a comment."""
    places = {"FILE": file, "OUT": str(out)}
    return main([places.get(word, word).replace("{}", comment) for word in words])


@WRITING
def test_pcap_has_no_room(words: list[str], file: str, tmp_path: Path,
                          capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.pcap"
    assert commented(words, file, out, "x") == 1
    assert "pcap has no room for a comment; write pcapng" in capsys.readouterr().err
    assert not out.exists()


@WRITING
def test_one_that_does_not_fit_is_refused(words: list[str], file: str, tmp_path: Path,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    """65,535 bytes fit into an option; one more would be cut off, in the middle of a letter."""
    out = tmp_path / "out.pcapng"
    with suppress(SystemExit):
        assert commented(words, file, out, "é" * 32768) == 1
    assert "a comment has at most 65535 bytes" in capsys.readouterr().err
    assert not out.exists()
    assert commented(words, file, out, "é" * 32767) == 0


def test_about_packets(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.pcapng"
    assert main(["slice", file, "-w", str(out), "--add-comment", "2:two: with a colon",
                 "--add-comment", "3:three", "--add-comment", "3:again",
                 "--add-comment", "9:nowhere"]) == 0
    before = ["was here"] if file.endswith("ng") else []
    assert comments(out) == [[], ["two: with a colon"], [*before, "three", "again"], [], []]
    assert "packet 9 is not in the slice" in capsys.readouterr().err


def test_numbers_are_the_files_own(file: str, tmp_path: Path) -> None:
    out = tmp_path / "out.pcapng"
    assert main(["slice", file, "-w", str(out), "--numbers", "2,5", "--add-comment",
                 "5:five"]) == 0
    assert comments(out) == [[], ["five"]]


@pytest.mark.parametrize("words", ["x", "1", "1:", ":x", "0:x", "-1:x"])
def test_what_is_no_comment(words: str, file: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["slice", file, "-w", str(tmp_path / "out.pcapng"), "--add-comment", words])
