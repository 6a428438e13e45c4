"""Packet comments of pcapng files in the text: shown, bounded, harmless; nothing else changes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from fyke.cli.main import main
from fyke.dump.printer import MAX_COMMENT, MAX_COMMENTS, Printer
from fyke.dump.timestamps import Stamp
from fyke.files.pcapng_options import PacketOptions
from fyke.files.writer import create
from fyke.wire import Line, Record

FRAME = bytes.fromhex("ffffffffffff020000000002") + b"\x88\xb5" + bytes(46)


def printed(comments: list[str], **how: Any) -> str:
    """The text of one packet with these comments."""
    packet = Record(FRAME, 1, 10**18)
    packet.meta = PacketOptions()
    for words in comments:
        packet.meta.comment(words)
    out = io.BytesIO()
    line = Line()
    printer = Printer(out, line, Stamp(1, False))
    for name, value in how.items():
        setattr(printer, name, value)
    printer.add(packet)
    printer.flush()
    return out.getvalue().decode()


PLAIN = printed([])


@pytest.mark.parametrize(("words", "shown"), [
    ("seen here first", "seen here first"),
    ("größer — 網", "größer — 網"),
    ("two\nlines\x1b[31m", r"two\nlines\x1b[31m"),
    ("\u202eright to left", r"\u202eright to left"),
    ("", ""),
])
def test_a_comment_follows_the_line(words: str, shown: str) -> None:
    assert printed([words]) == PLAIN[:-1] + "\n\tcomment: " + shown + "\n"


def test_several_and_after_the_octets() -> None:
    text = printed(["one", "two"], hex=1)
    assert text.endswith("\n\tcomment: one\n\tcomment: two\n")
    assert text.startswith(printed([], hex=1)[:-1])


def test_other_options_are_not_shown() -> None:
    packet = Record(FRAME, 1, 10**18)
    packet.meta = PacketOptions([(2, bytes(4))])
    out = io.BytesIO()
    printer = Printer(out, Line(), Stamp(1, False))
    printer.add(packet)
    printer.flush()
    assert out.getvalue().decode() == PLAIN


def test_both_are_bounded() -> None:
    text = printed(["x" * (MAX_COMMENT + 7)] * (MAX_COMMENTS + 3))
    assert text.count("\n\tcomment: ") == MAX_COMMENTS
    assert text.count(" [7 characters more]\n") == MAX_COMMENTS
    assert text.endswith("\n\t[3 comments more]\n")


def test_the_command_shows_them(tmp_path: Path, capfdbinary: Any) -> None:
    path = tmp_path / "told.pcapng"
    sink = create(path)
    for number in range(2):
        packet = Record(FRAME, 1, 10**18)
        if number == 0:
            packet.meta = PacketOptions()
            packet.meta.comment("the first")
        sink.add(packet)
    sink.close()
    assert main(["dump", "-t", "-r", str(path)]) == 0
    rows = capfdbinary.readouterr().out.splitlines()
    half = len(rows) // 2
    assert rows[half] == b"\tcomment: the first"
    assert rows[:half] == rows[half + 1:]
