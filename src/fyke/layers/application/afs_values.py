"""How the arguments of AFS calls are written in XDR, and shown; tcpdump: print-rx.c.

A call's arguments are a tuple (``Parts``) of texts that are written as they are, and of functions
that read a value at the cursor, write it and move on.
"""

from __future__ import annotations

import time

from fyke.hints import Callable
from fyke.late import Pattern
from fyke.wire import Line, Record, Truncated

WORD = 4  # octets that everything is padded to
LONGEST_LIST = 1024  # octets of an access list that are looked at
RIGHTS = ((1, b"r"), (8, b"l"), (4, b"i"), (16, b"d"), (2, b"w"), (32, b"k"), (64, b"a"))
LIST_HEAD = Pattern(rb"\s*([+-]?\d++)\s*([+-]?\d++)\s*")
LIST_ENTRY = Pattern(rb"\s*([^\s\0]{1,1024}+)\s*([+-]?\d++)\s*")
VOLUME_TYPES = (b"read-write", b"read-only", b"backup")
OLD_SERVERS, SERVERS = 8, 13  # places for servers in an entry about a volume
UUID_WORDS = 11


class Short(Exception):
    """A value of several words that ends too early or cannot be: the service says so."""


class Cursor:
    """Where the next value is, in octets from the packet's first."""

    __slots__ = ("at", "line", "pkt")

    def __init__(self, line: Line, pkt: Record, at: int) -> None:
        self.line = line
        self.pkt = pkt
        self.at = at

    def need(self, count: int) -> None:
        if not self.pkt.has(self.at, count):
            raise Short

    def u32(self) -> int:
        """The next word."""
        value = self.pkt.u32(self.at)
        self.at += WORD
        return value

    def s32(self) -> int:
        value = self.u32()
        return value - (value >> 31 << 32)


#: What a call carries: texts, and functions that write the value at the cursor.
Parts = tuple["bytes | Callable[[Cursor], None]", ...]


def write_parts(cursor: Cursor, parts: Parts) -> None:
    for part in parts:
        if isinstance(part, bytes):
            cursor.line.put(part)
        else:
            part(cursor)


def sint(cursor: Cursor) -> None:
    cursor.line.put(b" %d" % cursor.s32())


def uint(cursor: Cursor) -> None:
    cursor.line.put(b" %d" % cursor.u32())


def uint64(cursor: Cursor) -> None:
    cursor.line.put(b" %d" % cursor.pkt.u64(cursor.at))
    cursor.at += 2 * WORD


def date(cursor: Cursor) -> None:
    """Seconds since the epoch, as local time."""
    cursor.line.put(time.strftime(" %Y-%m-%d %H:%M:%S", time.localtime(cursor.s32())).encode())


def fid(cursor: Cursor) -> None:
    """A file: volume, vnode, unique number."""
    cursor.need(3 * WORD)
    cursor.line.put(b" fid %d/%d/%d" % (cursor.u32(), cursor.u32(), cursor.u32()))


def server(cursor: Cursor) -> None:
    """Where a volume is copied to: host, port, security."""
    cursor.need(3 * WORD)
    cursor.line.put(b" server %d:%d:%d" % (cursor.u32(), cursor.u32(), cursor.u32()))


def version(cursor: Cursor) -> None:
    """A version of a replicated database, or a transaction: epoch and counter."""
    cursor.need(2 * WORD)
    cursor.line.put(b" %d.%d" % (cursor.u32(), cursor.u32()))


def uuid(cursor: Cursor) -> None:
    """Each field of an UUID in a word of its own."""
    cursor.need(UUID_WORDS * WORD)
    cursor.line.put(b" %08x%04x%04x" % (cursor.u32(), cursor.u32(), cursor.u32()))
    for _ in range(8):
        cursor.line.put(b"%02x" % (cursor.u32() & 0xFF))


def string(most: int) -> Callable[[Cursor], None]:
    """A length, so many characters, padding."""
    def write(cursor: Cursor) -> None:
        size = cursor.u32()
        if size > most:
            raise Short
        cursor.line.put(b' "')
        try:
            cursor.line.escaped(cursor.pkt, cursor.at, size)
        except Truncated:
            raise Short from None
        cursor.line.put(b'"')
        cursor.at += -(-size // WORD) * WORD
    return write


def vector(size: int) -> Callable[[Cursor], None]:
    """``size`` words with one character in each, to the first NUL."""
    def write(cursor: Cursor) -> None:
        cursor.need(size * WORD)
        text = bytes(cursor.u32() & 0xFF for _ in range(size))
        cursor.line.put(b' "')
        cursor.line.escape(text.partition(b"\0")[0])
        cursor.line.put(b'"')
    return write


def many(parts: Parts, between: bytes = b"") -> Callable[[Cursor], None]:
    """A count, and so many values; each takes octets, so that the packet's end bounds them."""
    def write(cursor: Cursor) -> None:
        count = cursor.u32()
        if count == 0:
            cursor.line.put(b" <none!>")
        for number in range(count):
            if number:
                cursor.line.put(between)
            write_parts(cursor, parts)
    return write


def skip(words: int) -> Callable[[Cursor], None]:
    """Words that are not shown, and need not be there."""
    def move(cursor: Cursor) -> None:
        cursor.at += words * WORD
    return move


def opaque(cursor: Cursor) -> None:
    """Octets that are not shown (a ticket)."""
    step(cursor, cursor.u32())


def unshown(cursor: Cursor) -> None:
    """A word that must be there (the kind of a lock)."""
    cursor.u32()


def sync_site(cursor: Cursor) -> None:
    """Whether the caller is the one that writes."""
    cursor.line.put(b" syncsite yes" if cursor.u32() else b" syncsite no")


def volume_type(cursor: Cursor) -> None:
    kind = cursor.u32()
    if kind < len(VOLUME_TYPES):
        cursor.line.put(b" type " + VOLUME_TYPES[kind])


def store_status(cursor: Cursor) -> None:
    """What is to be changed of a file: a mask, and five values of which it names some."""
    cursor.need(6 * WORD)
    line = cursor.line
    mask = cursor.u32()
    if mask:
        line.put(b" StoreStatus")
    if mask & 1:
        line.put(b" date")
        date(cursor)
    else:
        cursor.at += WORD
    for bit, text in ((2, b" owner %d"), (4, b" group %d"), (8, b" mode %o"), (16, b" segsize %d")):
        value = cursor.u32()
        if mask & bit:
            line.put(text % (value & 0o7777 if bit == 8 else value))
    if mask & 1024:
        line.put(b" fsync")


def callbacks(cursor: Cursor) -> None:
    """Promises that no longer hold: version, expiry, kind."""
    count = cursor.u32()
    if count:
        cursor.line.put(b";")
    for _ in range(count):
        write_parts(cursor, (b" ver", sint, b" expires", date))
        cursor.u32()


def access_list(cursor: Cursor) -> None:
    """Text: how many rights are given and how many taken, then a name and a number for each."""
    size = cursor.u32()
    cursor.need(size)
    text = cursor.pkt.raw(cursor.at, min(size, LONGEST_LIST)).partition(b"\0")[0]
    head = LIST_HEAD.match(text)
    if head is None:
        return
    at = head.end()
    for sign, count in ((b"+", int(head[1])), (b"-", int(head[2]))):
        for _ in range(count):
            entry = LIST_ENTRY.match(text, at)
            if entry is None:
                return
            at = entry.end()
            bits = int(entry[2])
            cursor.line.put(b" %s{" % sign)
            cursor.line.escape(entry[1])
            cursor.line.put(b" %s}" % b"".join(letter for bit, letter in RIGHTS if bits & bit))


def partitions(cursor: Cursor, servers: int, places: int) -> None:
    """The partition on each server, a letter."""
    cursor.line.put(b" partitions")
    for number in range(places):
        which = cursor.u32()
        if number < servers:
            cursor.line.put(b" %c" % (97 + which) if which < 26 else b" %d" % which)


def volume_entry(places: int, with_type: bool = False, with_uuids: bool = False
                 ) -> Callable[[Cursor], None]:
    """What the location database knows of a volume, with ``places`` for servers."""
    size = UUID_WORDS * WORD if with_uuids else WORD

    def write(cursor: Cursor) -> None:
        line = cursor.line
        vector(65)(cursor)
        if with_type:
            step(cursor, WORD)
        line.put(b" numservers")
        servers = cursor.u32()
        line.put(b" %d servers" % servers)
        for number in range(places):
            if number >= servers:
                step(cursor, size)
            elif with_uuids:
                line.put(b" afsuuid")
                uuid(cursor)
            else:
                cursor.need(size)
                line.char(32)
                line.ipv4(cursor.u32())
        if with_uuids:
            step(cursor, places * WORD)  # a unique number for each
        partitions(cursor, servers, places)
        step(cursor, places * WORD)  # flags of each
        write_parts(cursor, (b" rwvol", uint, b" rovol", uint, b" backup", uint))
    return write


def step(cursor: Cursor, count: int) -> None:
    """Over octets that must be there."""
    cursor.need(count)
    cursor.at += count
