"""Blocks Extensible Exchange Protocol (RFC 3080); tcpdump: print-beep.c."""

from __future__ import annotations

from fyke.layers.fields import Made
from fyke.layers.layer import Layer
from fyke.wire import Line

#: Keywords of frames (RFC 3080 §2.2.1) with the octet after them; tcpdump wants a zero after two.
KEYWORDS = (b"MSG\0", b"RPY ", b"ERR ", b"ANS ", b"NUL ", b"SEQ ", b"END\0")
SIZE = 4


class Beep(Layer):
    """Frames of text, shown by the first one's keyword."""

    __slots__ = ()

    name = "beep"
    tag = b"beep"

    keyword = Made("text", lambda beep: beep.word(), "that the payload begins with")

    def word(self) -> str:
        """What the payload begins with, "" if that is no frame."""
        if self.size < SIZE or not self.pkt.has(self.off, SIZE):
            return ""
        word = bytes(self.pkt.raw(self.off, SIZE))
        return word[:3].decode() if word in KEYWORDS else ""

    def write(self, line: Line) -> None:
        line.put(b" BEEP %s" % (self.keyword.encode() or b"(payload or undecoded)"))
