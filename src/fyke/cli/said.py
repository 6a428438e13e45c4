"""How ``fyke stream`` writes what was said: text, hexadecimal, raw; the sides told apart."""

from __future__ import annotations

import os

from fyke.conversations.segments import Segment
from fyke.conversations.streams import Stream
from fyke.hints import Any, Callable

COLOURS = {"client": b"\x1b[31m", "server": b"\x1b[34m"}  # red and blue, as in Wireshark
PLAIN = b"\x1b[0m"
MARKS = {"client": ">>>", "server": "<<<"}
ROW = 16  # bytes of a row in hexadecimal
Form = Callable[[bytes, int], bytes]


def as_text(data: bytes, offset: int) -> bytes:
    """Text; what is no text, or would move a terminal's cursor, as \\x1b."""
    text = data.replace(b"\r\n", b"\n").decode("utf-8", "backslashreplace")
    if not text.replace("\n", "").replace("\t", "").isprintable():
        text = "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
    return text.encode()


def as_hex(data: bytes, offset: int) -> bytes:
    """Rows of offset, hexadecimal and text."""
    rows = []
    for at in range(0, len(data), ROW):
        row = data[at:at + ROW]
        text = "".join(chr(c) if 32 <= c < 127 else "." for c in row)
        rows.append(f"{offset + at:08x}  {row[:8].hex(' '):23}  {row[8:].hex(' '):23}  {text}\n")
    return "".join(rows).encode()


FORMS: dict[str, Form | None] = {"text": as_text, "hex": as_hex, "raw": lambda data, _: data,
                                 "nothing": None}


def wants_colour(word: str, out: Any) -> bool:
    """Whether to colour: on a terminal, unless NO_COLOR (no-color.org) says no."""
    return word == "always" or (word == "auto" and out.isatty() and not os.environ.get("NO_COLOR"))


class Shown:
    """Writes segments to ``out``; ``side``: only that one's."""

    def __init__(self, out: Any, form: Form | None, colour: bool, side: str | None) -> None:
        self.out = out
        self.form = form
        self.bare = form is FORMS["raw"]
        self.colour = colour
        self.side = side
        self.stream: Stream | None = None
        self.last = ""
        self.at = {"client": 0, "server": 0}
        self.newline = True

    def begin(self, stream: Stream) -> None:
        """Whose segments are to come."""
        self.stream = stream

    def add(self, segments: list[Segment]) -> None:
        """Write them."""
        if self.form is None:
            return
        for one in segments:
            if self.side in (None, one.side) and one.data:
                if not self.bare:
                    self.turn(one.side, one.time)
                    self.note(one.side, one.offset)
                self.put(self.form(one.data, one.offset), one.side)
                self.at[one.side] = max(self.at[one.side], one.offset + len(one.data))

    def turn(self, side: str, time: int) -> None:
        """A line that says who speaks now, if it was the other before."""
        if side == self.last or self.stream is None:
            return
        self.last = side
        end = self.stream.client if side == "client" else self.stream.server
        after = (time - self.stream.start) / 1e9
        self.line(f"{MARKS[side]} {end}  {after:.6f} s")

    def note(self, side: str, offset: int) -> None:
        """A line about what is missing in front of an offset, or comes after its time."""
        expected = self.at[side]
        if offset > expected:
            self.line(f"[{offset - expected} bytes missing]")
        elif offset < expected:
            self.line(f"[late: from byte {offset} of this side]")

    def rest(self, stream: Stream) -> None:
        """A line about what is missing at the end."""
        if self.form is None or self.bare:
            return
        for side in ("client", "server"):
            end = stream.length(side)
            if self.side in (None, side) and end > self.at[side]:
                self.turn(side, stream.end)
                self.note(side, end)
                self.at[side] = end

    def line(self, text: str) -> None:
        """A line of ours."""
        self.out.write(b"" if self.newline else b"\n")
        self.out.write(text.encode() + b"\n")
        self.newline = True

    def put(self, octets: bytes, side: str) -> None:
        if self.colour and octets:
            octets = COLOURS[side] + octets + PLAIN
        self.out.write(octets)
        if octets:
            self.newline = octets.removesuffix(PLAIN).endswith(b"\n")

    def end(self) -> None:
        """Nothing more comes."""
        if self.out is None:
            return
        if not self.newline and not self.bare:
            self.out.write(b"\n")
        self.out.flush()
