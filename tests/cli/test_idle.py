"""Options without effect are said, once; ``fykedump`` takes tcpdump's own in silence."""

from __future__ import annotations

import struct
from contextlib import closing
from pathlib import Path

import pytest

from fyke.cli.main import dump, main
from fyke.dump.options import CONDITIONS, FLAGS
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = str(tmp_path / "in.pcap")
    sink = create(path)
    for number in range(3):
        sink.add(Record(struct.pack(">14xI", number) + bytes(100), 1, 10**18 + number))
    sink.close()
    return path


CASES = [
    ("-r FILE -s 60", "-s: about capturing, nothing to do with -r; packets of a file are not cut"),
    ("-r FILE -p -B 99 --netns x", "--netns, -B, -p: about capturing, nothing to do with -r"),
    ("-r FILE -w OUT -e -x",
     "-e, -x: about what is printed, nothing to do with -w without --print"),
    ("-r FILE --count -t", "-t: about what is printed, nothing to do with --count"),
    ("-r FILE --print", "--print: about -w, nothing to do with -r"),
    ("-r FILE -a", "-a: does nothing, as in tcpdump"),
    ("-D -c 3", "-c: about packets, nothing to do with -D"),
    ("-D tcp", "the expression: about packets, nothing to do with -D"),
    ("-d -e -y EN10MB tcp", "-e: about what is printed, nothing to do with -d"),
    ("-d --merge tcp", "--merge: about reading files, nothing to do with -d"),
    ("-r FILE -n --utf8", "--utf8: does nothing without -A"),
    ("-r FILE -n -g", "-g: does nothing without -v"),
    ("-r FILE -n --overlaps first", "--overlaps: does nothing without --defragment"),
    ("-r FILE -n -N", "-N: does nothing with -n"),
    ("-r FILE -w OUT -O --dialect fyke",
     "--dialect, -O: about the expression, and there is none"),
    ("-r FILE -n --no-hints", "--no-hints: about the expression, and there is none"),
    ("-r FILE -n --no-hints --dialect fyke udp", "--no-hints: does nothing with --dialect"),
    ("-D -O tcp", "-O: about the expression, nothing to do with -D"),
    ("-r FILE -n --merge", "--merge: does nothing with one file"),
]


@pytest.mark.parametrize(("words", "told"), CASES)
def test_said_once(words: str, told: str, file: str, tmp_path: Path,
                   capsys: pytest.CaptureFixture[str]) -> None:
    names = {"FILE": file, "OUT": str(tmp_path / "out")}
    given = [names.get(word, word) for word in words.split()]
    assert main(["dump", *given]) == 0
    assert capsys.readouterr().err.count(f"fyke dump: {told}") == 1


@pytest.mark.parametrize("words", [
    "-r FILE -n -w OUT", "-r FILE -e -A --utf8 -S", "-r FILE -w OUT --print -x", "-d -s 60 tcp",
    "-r FILE -w OUT --nano", "-r FILE -c 1 --skip 1", "-r FILE -w OUT -U", "-D",
    "-r FILE -Q inout", "-r FILE -v -g",
    "-r FILE -N", "-r FILE -w OUT --print-sampling 2", "-r FILE -n -O --no-hints ip",
    "-d --dialect fyke tcp", "-r FILE --defragment --overlaps first", "-r FILE -r FILE --merge"])
def test_nothing_is_said(words: str, file: str, tmp_path: Path,
                         capsys: pytest.CaptureFixture[str]) -> None:
    names = {"FILE": file, "OUT": str(tmp_path / "out")}
    given = [names.get(word, word) for word in words.split()]
    assert main(["dump", *given]) == 0
    assert "fyke dump:" not in capsys.readouterr().err


def test_a_packet_of_a_file_is_not_cut(file: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["dump", "-r", file, "-s", "60", "-w", str(out)]) == 0
    assert out.read_bytes() == Path(file).read_bytes()
    with closing(open_capture(out)) as reader:
        assert reader.snaplen == 262144


@pytest.mark.parametrize("words", ["-r FILE -s 60", "-r FILE -w OUT -e -p", "-r FILE -a"])
def test_fykedump_is_silent(words: str, file: str, tmp_path: Path,
                            capsys: pytest.CaptureFixture[str]) -> None:
    names = {"FILE": file, "OUT": str(tmp_path / "out")}
    given = [names.get(word, word) for word in words.split()]
    assert dump(given) == 0
    told = capsys.readouterr().err.splitlines()
    assert all(row.startswith("reading from file") for row in told)


def test_fykedump_says_what_tcpdump_does_not_know(file: str,
                                                  capsys: pytest.CaptureFixture[str]) -> None:
    assert dump(["-r", file, "--netns", "x"]) == 0
    assert "--netns: about capturing" in capsys.readouterr().err


def test_every_row_says_what_it_needs() -> None:
    for flag in FLAGS:
        assert set(flag.needs.split()) <= set(CONDITIONS), flag.word
        assert flag.needs, flag.word
