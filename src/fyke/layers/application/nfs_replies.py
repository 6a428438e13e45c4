"""What an NFS server answers (RFC 1094, RFC 1813); tcpdump: print-nfs.c."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.application import nfs_names as names
from fyke.layers.application.nfs_calls import Cursor
from fyke.layers.words import named, signed
from fyke.wire import Line, Record

ATTRIBUTES_2, ATTRIBUTES_3, WEAK = 68, 84, 24  # octets of attributes


class Cut(Exception):
    """The reply ends too early; after an error nothing is said about it."""


class Reply(Cursor):
    """Walks a reply; ``failed`` once the server reported an error."""

    __slots__ = ("failed", "verbose")

    def __init__(self, line: Line, pkt: Record, at: int, v3: bool) -> None:
        super().__init__(line, pkt, at, v3)
        self.failed = False
        self.verbose = line.style.verbose

    def begin(self, length: int) -> None:
        """Step over the verifier to the results."""
        size = self.pkt.u32(self.at + 4)
        if size >= length:
            raise Cut
        self.at += (size + 11) // 4 * 4
        accepted = self.word()
        if accepted:
            self.line.put(b" " + named(names.ACCEPT_NAMES, accepted, b"ar_stat %d"))
            self.failed = True
            raise Cut

    def need(self, count: int) -> None:
        if not self.pkt.has(self.at, count):
            raise Cut

    def status(self) -> int:
        """0, or an error, which is written."""
        error = self.word()
        if error:
            if not self.line.style.quiet:
                self.line.put(b" ERROR: " + named(names.STATUS_NAMES, error, b"unk %d"))
            self.failed = True
        return error

    def attributes(self, verbose: int, v3: bool) -> None:
        """A file's attributes, as much as is asked for."""
        self.need(20)
        if verbose:
            size = self.peek64(5) if v3 else self.peek(5)
            self.line.put(b" %s %o ids %d/%d sz %d" % (
                named(names.TYPE_NAMES, self.peek(0), b"unk-ft %d "), self.peek(1),
                signed(self.peek(3)), signed(self.peek(4)), size))
        if verbose > 1:
            self.need(ATTRIBUTES_3 if v3 else ATTRIBUTES_2)
            if v3:
                self.line.put(b" nlink %d rdev %d/%d fsid %x fileid %x a/m/ctime" % (
                    self.peek(2), self.peek(9), self.peek(10), self.peek64(11),
                    self.peek64(13)))
            else:
                self.line.put(b" nlink %d rdev 0x%x fsid 0x%x nodeid 0x%x a/m/ctime" % (
                    self.peek(2), self.peek(7), self.peek(9), self.peek(10)))
            first = 15 if v3 else 11
            for index in (first, first + 2, first + 4):
                self.line.put(b" %d.%06d" % (self.peek(index), self.peek(index + 1)))
        self.at += ATTRIBUTES_3 if v3 else ATTRIBUTES_2

    def after(self, verbose: int | None = None) -> None:
        """Attributes after the operation, if the server sent them."""
        verbose = self.verbose if verbose is None else verbose
        if not self.word():
            return
        if verbose:
            self.attributes(verbose, True)
        else:
            self.at += ATTRIBUTES_3

    def weak(self) -> None:
        """What the file was like before and after (wcc_data, RFC 1813 §2.6)."""
        line = self.line
        if self.verbose > 1:
            line.put(b" PRE:")
        if self.word():
            self.need(WEAK)
            if self.verbose > 1:
                line.put(b" sz %d mtime %d.%06d ctime %d.%06d" % (
                    self.peek64(), *(self.peek(index) for index in range(2, 6))))
            self.at += WEAK
        if self.verbose:
            line.put(b" POST:")
        self.after()

    def post(self, label: bytes = b" POST:") -> None:
        """The same, labelled with -v."""
        if self.verbose:
            self.line.put(label)
        self.after()


def reply_attributes(reply: Reply, verbose: int) -> None:
    """A status and attributes."""
    if not reply.status():
        reply.attributes(verbose, reply.v3)


def reply_getattr(reply: Reply) -> None:
    reply_attributes(reply, 0 if reply.line.style.quiet else 1)


def reply_setattr(reply: Reply) -> None:
    if reply.v3:
        reply_weak(reply)
    else:
        reply_getattr(reply)


def reply_weak(reply: Reply) -> None:
    reply.status()
    reply.weak()


def reply_directory(reply: Reply) -> None:
    """Version 2: a handle and attributes."""
    if not reply.status():
        reply.handle()
        reply.attributes(reply.verbose, False)


def reply_lookup(reply: Reply) -> None:
    if not reply.v3:
        reply_directory(reply)
        return
    if not reply.status():
        reply.handle()
        reply.after()
    if reply.verbose > 1:
        reply.line.put(b" post dattr:")
        reply.after()


def reply_access(reply: Reply) -> None:
    error = reply.status()
    reply.post(b" attr:")
    if not error:
        reply.line.put(b" c %04x" % reply.peek(0))


def reply_readlink(reply: Reply) -> None:
    if reply.status():
        return
    if reply.v3:
        reply.after()
    reply.line.char(32)
    reply.file_name()


def reply_read(reply: Reply) -> None:
    if not reply.v3:
        reply_attributes(reply, reply.verbose)
        return
    error = reply.status()
    reply.after()
    if not error and reply.verbose:
        reply.line.put(b" %d bytes" % reply.peek(0))
        if reply.peek(1):
            reply.line.put(b" EOF")


def reply_write(reply: Reply) -> None:
    if not reply.v3:
        reply_attributes(reply, reply.verbose)
        return
    error = reply.status()
    reply.weak()
    if not error and reply.verbose:
        reply.line.put(b" %d bytes" % reply.peek(0))
        if reply.verbose > 1:
            reply.line.put(b" <%s>" % named(names.WRITE_MODES, reply.peek(1), b"#%d"))
            reply.line.put(b" verf %x" % reply.peek64(2))


def reply_create(reply: Reply) -> None:
    if reply.v3:
        reply_made(reply)
    else:
        reply_directory(reply)


def reply_symlink(reply: Reply) -> None:
    if reply.v3:
        reply_made(reply)
    else:
        reply.status()


def reply_made(reply: Reply) -> None:
    """Version 3: the new file's handle, and how the directory changed."""
    if reply.status():
        reply.weak()
        return
    if not reply.word():
        return
    v3, reply.v3 = reply.v3, True
    reply.handle()
    reply.v3 = v3
    if reply.verbose:
        reply.after()
        if reply.verbose > 1:
            reply.line.put(b" dir attr:")
            reply.weak()


def reply_remove(reply: Reply) -> None:
    reply.status()
    if reply.v3:
        reply.weak()


def reply_rename(reply: Reply) -> None:
    reply.status()
    if reply.v3 and reply.verbose:
        reply.line.put(b" from:")
        reply.weak()
        reply.line.put(b" to:")
        reply.weak()


def reply_link(reply: Reply) -> None:
    reply.status()
    if reply.v3 and reply.verbose:
        reply.line.put(b" file POST:")
        reply.after()
        reply.line.put(b" dir:")
        reply.weak()


def reply_readdir(reply: Reply) -> None:
    if reply.v3:
        reply_readdirplus(reply)
        return
    if reply.status() or reply.line.style.quiet:
        return
    reply.line.put(b" offset 0x%x size %d " % (reply.peek(0), reply.peek(1)))
    if reply.peek(2):
        reply.line.put(b" eof")


def reply_readdirplus(reply: Reply) -> None:
    error = reply.status()
    reply.post()
    if not error and reply.verbose:
        reply.line.put(b" verf %08x%08x" % (reply.peek(0), reply.peek(1)))


def reply_fsstat(reply: Reply) -> None:
    error = reply.status()
    if (error and not reply.v3) or reply.line.style.quiet:
        return
    if not reply.v3:
        reply.need(20)
        reply.line.put(b" tsize %d bsize %d blocks %d bfree %d bavail %d" % tuple(
            reply.peek(index) for index in range(5)))
        return
    reply.post()
    reply.need(52)
    reply.line.put(b" tbytes %d fbytes %d abytes %d" % tuple(
        reply.peek64(index) for index in (0, 2, 4)))
    if reply.verbose:
        reply.line.put(b" tfiles %d ffiles %d afiles %d invar %d" % (
            reply.peek64(6), reply.peek64(8), reply.peek64(10), reply.peek(12)))


def reply_fsinfo(reply: Reply) -> None:
    error = reply.status()
    reply.post()
    if error:
        return
    reply.need(48)
    reply.line.put(b" rtmax %d rtpref %d wtmax %d wtpref %d dtpref %d" % tuple(
        reply.peek(index) for index in (0, 1, 3, 4, 6)))
    if reply.verbose:
        reply.line.put(b" rtmult %d wtmult %d maxfsz %d delta %d.%06d " % (
            reply.peek(2), reply.peek(5), reply.peek64(7), reply.peek(9), reply.peek(10)))


def reply_pathconf(reply: Reply) -> None:
    error = reply.status()
    reply.post()
    if error:
        return
    reply.need(24)
    reply.line.put(b" linkmax %d namemax %d" % (reply.peek(0), reply.peek(1)))
    for index, word in enumerate((b"notrunc", b"chownres", b"igncase", b"keepcase"), 2):
        reply.line.put(b" " + word if reply.peek(index) else b" ")


def reply_commit(reply: Reply) -> None:
    reply_weak(reply)
    if reply.verbose > 1:
        reply.line.put(b" verf %x" % reply.peek64())


REPLIES: dict[int, Callable[[Reply], None]] = {
    names.GETATTR: reply_getattr, names.SETATTR: reply_setattr, names.LOOKUP: reply_lookup,
    names.ACCESS: reply_access, names.READLINK: reply_readlink, names.READ: reply_read,
    names.WRITE: reply_write, names.CREATE: reply_create, names.MKDIR: reply_create,
    names.SYMLINK: reply_symlink, names.MKNOD: reply_made, names.REMOVE: reply_remove,
    names.RMDIR: reply_remove, names.RENAME: reply_rename, names.LINK: reply_link,
    names.READDIR: reply_readdir, names.READDIRPLUS: reply_readdirplus,
    names.FSSTAT: reply_fsstat, names.FSINFO: reply_fsinfo, names.PATHCONF: reply_pathconf,
    names.COMMIT: reply_commit,
}
