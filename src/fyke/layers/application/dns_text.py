"""Domain names and character strings of a DNS message as text (RFC 1035 §5.1, RFC 4343 §2.1).

tcpdump's lines have a form of their own (dns_name.py). Values have the one that zone files and
other programs use: UTF-8 where octets are that, ``\\.`` for a dot in a label, ``\\DDD`` (decimal)
for an octet that cannot be printed.
"""

from __future__ import annotations

from fyke.layers.cursor import Cursor, Malformed

MAX_NAME = 255  #: octets of a name on the wire (RFC 1035 §2.3.4)
POINTER = 0xC0  #: the top two bits of a label's first octet (RFC 1035 §4.1.4)
BIT_LABEL = 0x41  #: RFC 2673 §3.1, historic
#: Octets of labels and pointers that all names of a message may walk over: some, and so many an
#: octet. Two octets may point to a name of 255, and thousands of records may do so.
STEPS, STEPS_PER_OCTET = 2048, 16

UNPRINTED = {code: f"\\{code:03}" for code in (*range(32), *range(127, 256))}
IN_LABEL = UNPRINTED | {32: "\\032", ord("."): "\\.", ord("\\"): "\\\\"}
IN_STRING = UNPRINTED | {ord('"'): '\\"', ord("\\"): "\\\\"}


def escaped(octets: bytes, escapes: dict[int, str]) -> str:
    """Octets as text, by a table of characters that do not stand for themselves."""
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1").translate(escapes)
    if text.isascii():
        return text.translate(escapes)
    return "".join(one.translate(escapes) if one.isascii() else one if one.isprintable()
                   else "".join(f"\\{code:03}" for code in one.encode()) for one in text)


def label_text(octets: bytes) -> str:
    """A label of a name."""
    return escaped(octets, IN_LABEL)


def quoted(octets: bytes) -> str:
    """A character string, in quotation marks."""
    return f'"{escaped(octets, IN_STRING)}"'


class Names:
    """Reads the names of one message, and does not work more than a message of its size may ask."""

    def __init__(self, base: int, stop: int) -> None:
        """The message from ``base`` to ``stop``; pointers count from ``base``."""
        self.base = base
        self.stop = stop
        self.steps = STEPS + STEPS_PER_OCTET * (stop - base)

    def read(self, here: Cursor) -> str:
        """The name at ``here``, stepped over, with its last dot.

        A pointer must lead backwards, and each further back than the one before. Raises Malformed
        for what is no name, Truncated where the capture ends.
        """
        labels: list[str] = []
        octets = 0
        first = here.at
        walk = here
        while True:
            size = walk.u8()
            self.steps -= 2 if size & POINTER else 1 + size
            if self.steps < 0:
                raise Malformed("names that take too long to read")
            if size & POINTER == POINTER:
                target = self.base + ((size & 0x3F) << 8 | walk.u8())
                if target >= first:
                    raise Malformed("a pointer that does not lead backwards")
                first = target
                walk = Cursor(here.pkt, target, self.stop)
                continue
            if size == 0:
                return "".join(labels) or "."
            if size == BIT_LABEL:
                text, taken = bit_label(walk)
            elif size & POINTER:
                raise Malformed(f"a label of type {size:#x}")
            else:
                text, taken = label_text(walk.raw(size)), size
            octets += taken + 1
            if octets >= MAX_NAME:
                raise Malformed("a name of more than 255 octets")
            labels.append(f"{text}.")


def bit_label(walk: Cursor) -> tuple[str, int]:
    """A bit string (RFC 2673 §3.2), and the octets it took."""
    bits = walk.u8() or 256
    octets = walk.raw((bits + 7) // 8)
    return f"\\[x{octets.hex()[:(bits + 3) // 4]}/{bits}]", len(octets) + 1
