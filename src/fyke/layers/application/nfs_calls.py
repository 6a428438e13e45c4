"""What an NFS call asks for (RFC 1094, RFC 1813); tcpdump: print-nfs.c."""

from __future__ import annotations

from fyke.hints import Callable, NamedTuple
from fyke.layers.application import nfs_names as names
from fyke.layers.application.nfs_handles import write_handle
from fyke.layers.words import INVALID, named, signed
from fyke.wire import Line, Record, Truncated

HANDLE_2 = 32  # octets of a version 2 handle
CLIENT_TIME = 2  # a time in the call follows (RFC 1813 §2.5.3)


class Cursor:
    """Walks a message word by word, and writes what several procedures have."""

    __slots__ = ("at", "line", "pkt", "v3")

    def __init__(self, line: Line, pkt: Record, at: int, v3: bool) -> None:
        self.line = line
        self.pkt = pkt
        self.at = at
        self.v3 = v3

    def word(self) -> int:
        value = self.pkt.u32(self.at)
        self.at += 4
        return value

    def peek(self, index: int) -> int:
        """The word ``index`` words ahead."""
        return self.pkt.u32(self.at + 4 * index)

    def peek64(self, index: int = 0) -> int:
        return self.pkt.u64(self.at + 4 * index)

    def handle(self) -> None:
        """A file handle."""
        words = self.word() // 4 if self.v3 else HANDLE_2 // 4
        if not self.pkt.has(self.at, 4 * words):
            raise Truncated
        write_handle(self.line, self.pkt, self.at, words)
        self.at += 4 * words

    def file_name(self) -> None:
        """A name in quotation marks, padded to whole words."""
        size = self.word()
        if size > 0xFFFFFFFC:
            self.line.put(b"[cannot pad to 32-bit boundaries]" + INVALID)
            raise Truncated
        padded = (size + 3) // 4 * 4
        if not self.pkt.has(self.at, padded):
            raise Truncated
        self.line.char(34)
        self.line.escaped(self.pkt, self.at, size)
        self.line.char(34)
        self.at += padded

    def entry(self) -> None:
        """A directory's handle and a name in it."""
        self.handle()
        self.line.char(32)
        self.file_name()


class Settable(NamedTuple):
    """Attributes that a new file is to have (RFC 1813 §2.6)."""

    mode: int | None
    uid: int | None
    gid: int | None
    accessed: tuple[int, int] | None
    modified: tuple[int, int] | None


def read_settable(cursor: Cursor) -> Settable:
    """tcpdump reads the size as one word, and so must this."""
    mode, uid, gid, _ = (cursor.word() if cursor.word() else None for _ in range(4))
    times = []
    for _ in range(2):
        given = cursor.word() == CLIENT_TIME
        times.append((cursor.word(), cursor.word()) if given else None)
    return Settable(mode, uid, gid, times[0], times[1])


def write_settable(line: Line, what: Settable) -> None:
    if what.mode is not None:
        line.put(b" mode %o" % what.mode)
    if what.uid is not None:
        line.put(b" uid %d" % what.uid)
    if what.gid is not None:
        line.put(b" gid %d" % what.gid)
    if line.style.verbose > 1:
        if what.accessed is not None:
            line.put(b" atime %d.%06d" % what.accessed)
        if what.modified is not None:
            line.put(b" mtime %d.%06d" % what.modified)


def write_access(cursor: Cursor) -> None:
    cursor.handle()
    bits = cursor.peek(0)
    if bits & ~names.ACCESS_FULL:
        cursor.line.put(b" %04x" % bits)
    elif bits == names.ACCESS_FULL:
        cursor.line.put(b" NFS_ACCESS_FULL")
    elif bits:
        cursor.line.put(b" " + b"|".join(name for bit, name in names.ACCESS_BITS if bits & bit))


def write_read(cursor: Cursor) -> None:
    cursor.handle()
    if cursor.v3:
        write_range(cursor)
    else:
        cursor.line.put(b" %d bytes @ %d" % (cursor.peek(1), cursor.peek(0)))


def write_range(cursor: Cursor) -> None:
    cursor.line.put(b" %d bytes @ %d" % (cursor.peek(2), cursor.peek64()))


def write_write(cursor: Cursor) -> None:
    cursor.handle()
    if not cursor.v3:
        cursor.line.put(b" %d (%d) bytes @ %d (%d)" % (
            cursor.peek(3), cursor.peek(2), cursor.peek(1), cursor.peek(0)))
        return
    cursor.line.put(b" %d (%d) bytes @ %d" % (
        cursor.peek(4), cursor.peek(2), cursor.peek64()))
    if cursor.line.style.verbose:
        cursor.line.put(b" <%s>" % named(names.WRITE_MODES, cursor.peek(3), b"#%d"))


def write_symlink(cursor: Cursor) -> None:
    cursor.entry()
    cursor.line.put(b" ->")
    what = read_settable(cursor) if cursor.v3 else None
    cursor.file_name()
    if what is not None and cursor.line.style.verbose:
        write_settable(cursor.line, what)


def write_mknod(cursor: Cursor) -> None:
    cursor.entry()
    kind = cursor.word()
    what = read_settable(cursor)
    cursor.line.put(b" " + named(names.TYPE_NAMES, kind, b"unk-ft %d"))
    if not cursor.line.style.verbose:
        return
    if kind in (names.CHARACTER_DEVICE, names.BLOCK_DEVICE):
        cursor.line.put(b" %d/%d" % (cursor.peek(0), cursor.peek(1)))
    write_settable(cursor.line, what)


def write_rename(cursor: Cursor) -> None:
    cursor.entry()
    cursor.line.put(b" ->")
    cursor.entry()


def write_link(cursor: Cursor) -> None:
    cursor.handle()
    cursor.line.put(b" ->")
    cursor.entry()


def write_readdir(cursor: Cursor) -> None:
    cursor.handle()
    if not cursor.v3:
        cursor.line.put(b" %d bytes @ %d" % (cursor.peek(1), cursor.peek(0)))
        return
    cursor.line.put(b" %d bytes @ %d" % (cursor.peek(4), signed(cursor.peek64(), 64)))
    if cursor.line.style.verbose:
        cursor.line.put(b" verf %08x%08x" % (cursor.peek(2), cursor.peek(3)))


def write_readdirplus(cursor: Cursor) -> None:
    cursor.handle()
    cursor.line.put(b" %d bytes @ %d" % (cursor.peek(4), signed(cursor.peek64(), 64)))
    if cursor.line.style.verbose:
        cursor.line.put(b" max %d verf %08x%08x" % (
            cursor.peek(5), cursor.peek(2), cursor.peek(3)))


def write_commit(cursor: Cursor) -> None:
    cursor.handle()
    write_range(cursor)


HANDLES = (names.GETATTR, names.SETATTR, names.READLINK, names.FSSTAT, names.FSINFO, names.PATHCONF)
ENTRIES = (names.LOOKUP, names.CREATE, names.MKDIR, names.REMOVE, names.RMDIR)
CALLS: dict[int, Callable[[Cursor], None]] = {
    **dict.fromkeys(HANDLES, Cursor.handle), **dict.fromkeys(ENTRIES, Cursor.entry),
    names.ACCESS: write_access, names.READ: write_read, names.WRITE: write_write,
    names.SYMLINK: write_symlink, names.MKNOD: write_mknod, names.RENAME: write_rename,
    names.LINK: write_link, names.READDIR: write_readdir, names.READDIRPLUS: write_readdirplus,
    names.COMMIT: write_commit,
}
