"""Remote procedure calls (RFC 5531), those of the Network File System above all.

tcpdump: print-nfs.c, print-sunrpc.c. A reply does not say what was asked; the calls of a run are
remembered, as many as tcpdump remembers.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.calls import recall, remember
from fyke.layers.application.nfs4 import COMPOUND, NULL, Compound, compound
from fyke.layers.application.nfs_calls import CALLS, Cursor
from fyke.layers.application.nfs_names import (
    ACCEPT_NAMES,
    AUTH_NAMES,
    PORTMAP_NAMES,
    PROCEDURE_NAMES,
    STATUS_NAMES,
    VERSION_2,
)
from fyke.layers.application.nfs_replies import REPLIES, Cut, Reply
from fyke.layers.application.nfs_results import results
from fyke.layers.application.nfs_values import Arguments, arguments
from fyke.layers.cursor import MOST, Malformed, text
from fyke.layers.cursor import Cursor as Walk
from fyke.layers.fields import Made
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

CALL, REPLY = 0, 1
ACCEPTED, DENIED = 0, 1
RPC_MISMATCH, AUTH_ERROR = 0, 1
RPC_VERSION, NFS_VERSION_2, NFS_VERSION_3, NFS_VERSION_4 = 2, 2, 3, 4
NFS_PROGRAM = 100003
AUTH_UNIX = 1
WITH_PROGRAM = (1, 2, 3, 5)  # port mapper procedures that name a program

PROCEDURES_4 = {NULL: b"null", COMPOUND: b"compound"}

Peers = tuple[Any, Any]


def of_call(at: int) -> Callable[[Nfs], int | None]:
    """Reads a number of a call; a reply has none of them."""
    return lambda nfs: nfs.pkt.u32(nfs.start + at) if nfs.direction == CALL else None


def of_reply(at: int) -> Callable[[Nfs], int | None]:
    return lambda nfs: nfs.pkt.u32(nfs.start + at) if nfs.direction == REPLY else None


def procedure_name(nfs: Nfs) -> str | None:
    """Version 4 has other procedures (RFC 7530 §16): 0 null, 1 compound."""
    if nfs.direction != CALL or nfs.program != NFS_PROGRAM:
        return None
    if nfs.version == NFS_VERSION_4:
        return as_text(PROCEDURES_4).get(nfs.procedure)
    procedure = as_version_3(nfs.procedure, nfs.version == NFS_VERSION_3)
    name = PROCEDURE_NAMES.get(procedure)
    return None if name is None else name.decode()


class UnixUser(NamedTuple):
    """Who calls, as the client's system says (RFC 5531 appendix A)."""

    stamp: int
    machine: str
    uid: int
    gid: int
    gids: list[int]


def unix_of(nfs: Nfs) -> UnixUser | None:
    if nfs.direction != CALL or nfs.credentials != AUTH_UNIX:
        return None
    at = nfs.start + 32
    walk = Walk(nfs.pkt, at, at + nfs.pkt.u32(at - 4))
    try:
        stamp, size = walk.u32(), walk.u32()
        machine = text(nfs.pkt, walk.step(size), size)
        walk.step(-size % 4)
        uid, gid, count = walk.u32(), walk.u32(), walk.u32()
        return UnixUser(stamp, machine, uid, gid, [walk.u32() for _ in range(min(count, MOST))])
    except Malformed:
        return None


def behind_credentials(nfs: Nfs) -> Walk | None:
    """Where a call to NFS has its arguments: behind credentials and verifier."""
    if nfs.direction != CALL or nfs.program != NFS_PROGRAM:
        return None
    walk = Walk(nfs.pkt, nfs.start + 24, nfs.start + nfs.message_length())
    try:
        for _ in ("credentials", "verifier"):
            walk.step(4)
            size = walk.u32()
            walk.step(size + -size % 4)
    except Malformed:
        return None
    return walk


def compound_of(nfs: Nfs) -> Compound | None:
    """Of a call to NFS 4. A reply does not say that it is one: its text remembers the call."""
    if nfs.direction != CALL or nfs.version != NFS_VERSION_4 or nfs.procedure != COMPOUND:
        return None
    walk = behind_credentials(nfs)
    return None if walk is None else compound(walk, result=False)


def arguments_of(nfs: Nfs) -> Arguments | None:
    """Of a call to NFS 2 or 3."""
    walk = behind_credentials(nfs)
    if walk is None or nfs.version >= NFS_VERSION_4:
        return None
    v3 = nfs.version == NFS_VERSION_3
    return arguments(walk, as_version_3(nfs.procedure, v3), v3)


def behind_verifier(nfs: Nfs) -> int:
    """Where an accepted reply goes on."""
    return nfs.start + 20 + (nfs.pkt.u32(nfs.start + 16) + 3) // 4 * 4


def accept_status(nfs: Nfs) -> int | None:
    if nfs.direction != REPLY or nfs.reply_status != ACCEPTED:
        return None
    return nfs.pkt.u32(behind_verifier(nfs))


def status_of(nfs: Nfs) -> int | None:
    """All results begin with it but those of "null", which are empty."""
    if accept_status(nfs) != 0:
        return None
    at = behind_verifier(nfs) + 4
    return nfs.pkt.u32(at) if at + 4 <= nfs.start + nfs.message_length() else None


def reason(nfs: Nfs, at: int) -> int | None:
    """A number of a denied reply."""
    return nfs.pkt.u32(nfs.start + at) if (
        nfs.direction == REPLY and nfs.reply_status == DENIED) else None


class Nfs(Layer):
    """A call or a reply; the text of UDP or TCP has begun it."""

    __slots__ = ("start",)

    start: int  #: where the RPC message begins, in octets from the packet's first

    name = "nfs"
    tag = b"nfs"

    xid = Made("u32", lambda nfs: nfs.pkt.u32(nfs.start), "the same in a call and its reply")
    direction = Made("u32", lambda nfs: nfs.pkt.u32(nfs.start + 4), names={0: "call", 1: "reply"})
    program = Made("u32", of_call(12), "of a call; 100003 is NFS, 100000 the port mapper")
    version = Made("u32", of_call(16), "of a call")
    procedure = Made("u32", of_call(20), "of a call")
    procedure_name = Made("text", procedure_name, "of a call to NFS 2 or 3, in words")
    credentials = Made("u32", of_call(24), "of a call: kind of authentication, 1 Unix, 6 GSS")
    unix = Made("any", unix_of, "of a call: the user on the client, with Unix credentials")
    arguments = Made("any", arguments_of, "of a call to NFS 2 or 3: handles, names, offset, size")
    compound = Made("any", compound_of, "of a call to NFS 4: tag, minor version, operations")
    reply_status = Made("u32", of_reply(8), "of a reply: 0 accepted, 1 denied")
    accept_status = Made("u32", accept_status, "of an accepted reply: 0 done, or why not",
                         names=as_text(ACCEPT_NAMES))
    status = Made("u32", status_of, "of an accepted reply: NFS's own, 0 done, or the error",
                  names=as_text(STATUS_NAMES))
    reject_status = Made("u32", lambda nfs: reason(nfs, 12), "of a denied reply: 0 another "
                         "version of RPC is wanted, 1 the credentials are no good")
    auth_status = Made("u32", lambda nfs: reason(nfs, 16) if reason(nfs, 12) == AUTH_ERROR
                       else None, "of bad credentials: why", names=as_text(AUTH_NAMES))

    def clear(self) -> None:
        self.start = self.off

    def parse(self, pkt: Record, off: int) -> None:
        if pkt.u32(self.start + 4) == CALL:
            pkt.u32(self.start + 20)

    def message_length(self) -> int:
        """Octets of this message, as far as this packet goes."""
        return self.size

    def results_of(self, call: Nfs) -> dict[str, Any] | Compound | None:
        """What this reply answers to ``call``, the layer with the same ``xid``.

        A reply alone does not say what was asked. By name for NFS 2 and 3: ``status``, then
        ``attributes``, ``handle``, ``count``, ``entries`` … (nfs_results.py); a compound for
        NFS 4. None if this is no accepted reply to that call, or it has no results. Raises
        Truncated where the capture ends in front of them.
        """
        if (call.direction != CALL or call.program != NFS_PROGRAM or call.xid != self.xid
                or accept_status(self) != 0):
            return None
        walk = Walk(self.pkt, behind_verifier(self) + 4, self.start + self.message_length())
        if call.version == NFS_VERSION_4:
            return compound(walk, result=True) if call.procedure == COMPOUND else None
        if call.version not in (NFS_VERSION_2, NFS_VERSION_3):
            return None
        v3 = call.version == NFS_VERSION_3
        return results(walk, as_version_3(call.procedure, v3), v3)

    def peers(self) -> Peers:
        """Source and destination address."""
        ip = self.below.below
        return ip.src, ip.dst

    def write(self, line: Line) -> None:
        if self.direction == CALL:
            self.write_call(line)
        else:
            self.write_reply(line)

    def write_call(self, line: Line) -> None:
        pkt, start = self.pkt, self.start
        length = self.message_length()
        line.put(b"%d" % length)
        procedure = pkt.u32(start + 20)
        version = pkt.u32(start + 16)
        client, server = self.peers()
        remember(line, "nfs", (self.xid, client, server), (procedure, version))
        if version == NFS_VERSION_4:
            self.write_compound(line, procedure, None)
            return
        v3 = version == NFS_VERSION_3
        procedure = as_version_3(procedure, v3)
        line.put(b" " + named(PROCEDURE_NAMES, procedure, b"proc-%d"))
        if procedure in CALLS:
            CALLS[procedure](Cursor(line, pkt, self.begin_arguments(line, length), v3))

    def write_compound(self, line: Line, procedure: int, results: Walk | None) -> None:
        """A call to NFS 4, or its reply: which operations (tcpdump takes them for version 2's)."""
        line.put(b" " + named(PROCEDURES_4, procedure, b"proc-%d"))
        walk = results if results is not None else behind_credentials(self)
        if procedure != COMPOUND or walk is None:
            return
        told = compound(walk, result=results is not None)
        names = [one.name for one in told.operations] + ["..."] * told.cut
        line.put(b" (%s)" % ", ".join(names).encode())
        if told.status:
            line.put(b" ERROR: " + named(STATUS_NAMES, told.status, b"unk %d"))

    def begin_arguments(self, line: Line, length: int) -> int:
        """Where the arguments begin: after credentials and verifier."""
        at = self.start + 24
        for what in (b"credentials", b"verifier"):
            if length < 8:
                raise Truncated
            size = self.pkt.u32(at + 4)
            if size > length:
                line.put(b" [%s length %d > %d]" % (what, size, length) + INVALID)
                raise Truncated
            padded = (size + 3) // 4 * 4
            self.pkt.raw(at + 8, padded)
            if 8 + padded > length or (8 + padded == length and what == b"verifier"):
                raise Truncated
            at += 8 + padded
            length -= 8 + padded
        return at

    def write_reply(self, line: Line) -> None:
        pkt, start = self.pkt, self.start
        length = self.message_length()
        status = pkt.u32(start + 8)
        if status == ACCEPTED:
            line.put(b"reply ok %d" % length)
            source, target = self.peers()
            asked = recall(line, "nfs", (self.xid, target, source))
            if asked is not None:
                procedure, version = asked
                self.write_results(line, procedure, version, length)
        elif status == DENIED:
            line.put(b"reply ERR %d: " % length)
            self.write_denial(line)
        else:
            line.put(b"reply Unknown rpc response code=%d %d" % (status, length))

    def write_denial(self, line: Line) -> None:
        pkt, start = self.pkt, self.start
        reason = pkt.u32(start + 12)
        if reason == RPC_MISMATCH:
            line.put(b"RPC Version mismatch (%d-%d)" % (
                pkt.u32(start + 16), pkt.u32(start + 20)))
        elif reason == AUTH_ERROR:
            line.put(b"Auth " + named(
                AUTH_NAMES, pkt.u32(start + 16), b"Invalid failure code %d"))
        else:
            line.put(b"Unknown reason for rejecting rpc message %d" % reason)

    def write_results(self, line: Line, procedure: int, version: int, length: int) -> None:
        if version == NFS_VERSION_4:
            at = behind_verifier(self)
            if self.pkt.u32(at):
                line.put(b" " + named(ACCEPT_NAMES, self.pkt.u32(at), b"ar_stat %d"))
                return
            self.write_compound(line, procedure, Walk(self.pkt, at + 4, self.start + length))
            return
        v3 = version == NFS_VERSION_3
        procedure = as_version_3(procedure, v3)
        line.put(b" " + named(PROCEDURE_NAMES, procedure, b"proc-%d"))
        if procedure not in REPLIES:
            return
        reply = Reply(line, self.pkt, self.start + 12, v3)
        try:
            reply.begin(length)
            REPLIES[procedure](reply)
        except Cut:
            if not reply.failed:
                raise Truncated from None


class NfsOverTcp(Nfs):
    """After the record mark (RFC 5531 §11)."""

    __slots__ = ()

    def clear(self) -> None:
        self.start = self.off + 4

    def message_length(self) -> int:
        return min(self.pkt.u32(self.off) & 0x7FFFFFFF, self.size - 4)


class Rpc(Nfs):
    """-T rpc: a call to the port mapper, or an NFS reply; transaction numbers instead of ports."""

    __slots__ = ()

    name = "rpc"
    tag = b"sunrpc"

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        if self.pkt.u32(off + 4) != CALL:
            line.protocol = b"nfs"
            self.write_ends(line, b"%s" % (b"2049" if line.style.numeric else b"nfs"),
                            b"%d" % pkt.u32(off))
            line.put(b": ")
            self.write_reply(line)
            return
        pkt.raw(off, 24)
        self.write_ends(line, b"0x%x" % pkt.u32(off), b"0x6f" if line.style.numeric else b"sunrpc")
        line.put(b": %d %s" % (self.size, named(
            PORTMAP_NAMES, self.procedure, b" proc #%d")))
        version = pkt.u32(off + 8)
        if version != RPC_VERSION:
            line.put(b" [rpcver %d]" % version)
        if self.procedure in WITH_PROGRAM:
            line.put(b" %s%d.%d" % (b"" if line.style.numeric else b"#", self.program,
                                    self.version))

    def write_ends(self, line: Line, source: bytes, target: bytes) -> None:
        ip = self.below.below
        ip.write_source(line)
        line.put(b".%s > " % source)
        ip.write_target(line)
        line.put(b".%s" % target)


def as_version_3(procedure: int, v3: bool) -> int:
    """The number of a version 2 procedure in version 3."""
    return procedure if v3 or procedure >= len(VERSION_2) else VERSION_2[procedure]
