"""What servers of NFS 2 and 3 answer (RFC 1094 §2.2, RFC 1813 §3.3), as values.

A form lists the parts of a result in their order, each by its name and who reads it.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application import nfs_names as names
from fyke.layers.application.nfs_values import HANDLE_SIZE_2, opaque
from fyke.layers.cursor import MOST, Cursor, Malformed, text
from fyke.wire import Truncated


class Attributes(NamedTuple):
    """Of a file (fattr3, RFC 1813 §2.6; fattr, RFC 1094 §2.3.5). Times in nanoseconds."""

    type: int  #: 1 file, 2 directory, 3 block device, 4 character device, 5 link, 6 socket, 7 FIFO
    mode: int
    links: int
    uid: int
    gid: int
    size: int
    used: int | None  #: octets on the disk; version 3
    fsid: int
    fileid: int
    atime: int
    mtime: int
    ctime: int


class Before(NamedTuple):
    """Of a file before it was changed (wcc_attr, RFC 1813 §2.6)."""

    size: int
    mtime: int
    ctime: int


class Change(NamedTuple):
    """What a file was like before and after; None where the server does not say."""

    before: Before | None
    after: Attributes | None


class Entry(NamedTuple):
    """Of a directory; attributes and handle if READDIRPLUS asked for them."""

    fileid: int
    name: str
    cookie: int
    attributes: Attributes | None
    handle: bytes | None


Part = tuple[str, Callable[[Cursor], Any]]
Form = tuple[Part, ...]


def u32(walk: Cursor) -> int:
    return walk.u32()


def u64(walk: Cursor) -> int:
    return walk.u64()


def truth(walk: Cursor) -> bool:
    return walk.u32() != 0


def verifier(walk: Cursor) -> bytes:
    return walk.raw(8)


def time_2(walk: Cursor) -> int:
    """Seconds and microseconds."""
    return walk.u32() * 10**9 + walk.u32() * 1000


def time_3(walk: Cursor) -> int:
    """Seconds and nanoseconds."""
    return walk.u32() * 10**9 + walk.u32()


def attributes_2(walk: Cursor) -> Attributes:
    kind, mode, links, uid, gid, size = (walk.u32() for _ in range(6))
    walk.step(12)  # size of blocks, device, blocks
    return Attributes(kind, mode, links, uid, gid, size, None, walk.u32(), walk.u32(),
                      time_2(walk), time_2(walk), time_2(walk))


def attributes_3(walk: Cursor) -> Attributes:
    kind, mode, links, uid, gid = (walk.u32() for _ in range(5))
    size, used = walk.u64(), walk.u64()
    walk.step(8)  # device
    return Attributes(kind, mode, links, uid, gid, size, used, walk.u64(), walk.u64(),
                      time_3(walk), time_3(walk), time_3(walk))


def perhaps(read: Callable[[Cursor], Any]) -> Callable[[Cursor], Any]:
    """A part that the server may leave out (RFC 4506 §4.19)."""
    return lambda walk: read(walk) if walk.u32() else None


def before(walk: Cursor) -> Before:
    return Before(walk.u64(), time_3(walk), time_3(walk))


def change(walk: Cursor) -> Change:
    return Change(perhaps(before)(walk), after(walk))


def handle_2(walk: Cursor) -> bytes:
    return walk.raw(HANDLE_SIZE_2)


def path(walk: Cursor) -> str:
    size = walk.u32()
    found = text(walk.pkt, walk.step(size), size)
    walk.step(-size % 4)
    return found


def entry_2(walk: Cursor) -> Entry:
    return Entry(walk.u32(), path(walk), walk.u32(), None, None)


def entry_3(walk: Cursor) -> Entry:
    return Entry(walk.u64(), path(walk), walk.u64(), None, None)


def entry_plus(walk: Cursor) -> Entry:
    return Entry(walk.u64(), path(walk), walk.u64(), after(walk), perhaps(opaque)(walk))


def listed(read: Callable[[Cursor], Entry]) -> Callable[[Cursor], list[Entry]]:
    """Entries, each behind a word that says that it is there; those before a cut are kept."""
    def entries(walk: Cursor) -> list[Entry]:
        found: list[Entry] = []
        try:
            while walk.u32():
                if len(found) == MOST:
                    raise Malformed("too many entries")
                found.append(read(walk))
        except (Malformed, Truncated):
            walk.stop = walk.at  # nothing behind it can be found
        return found
    return entries


after = perhaps(attributes_3)
AFTER: Form = (("attributes", after),)
CHANGE: Form = (("change", change),)
DIRECTORY: Form = (("directory", after),)
MADE: Form = (("handle", perhaps(opaque)), *AFTER, ("directory_change", change))
RENAMED: Form = (("from_change", change), ("to_change", change))
LINKED: Form = (*AFTER, ("directory_change", change))
MADE_IN: Form = (("directory_change", change),)
END: Part = ("is_end", truth)


def numbers(read: Callable[[Cursor], Any], *parts: str) -> Form:
    return tuple((name, read) for name in parts)


#: By version 3's number of the procedure: the parts of a result, and of one that failed.
FORMS_3: dict[int, tuple[Form, Form]] = {
    names.GETATTR: ((("attributes", attributes_3),), ()),
    names.SETATTR: (CHANGE, CHANGE),
    names.LOOKUP: ((("handle", opaque), *AFTER, *DIRECTORY), DIRECTORY),
    names.ACCESS: ((*AFTER, ("access", u32)), AFTER),
    names.READLINK: ((*AFTER, ("target", path)), AFTER),
    names.READ: ((*AFTER, ("count", u32), END), AFTER),
    names.WRITE: ((*CHANGE, ("count", u32), ("committed", u32), ("verifier", verifier)), CHANGE),
    **dict.fromkeys((names.CREATE, names.MKDIR, names.SYMLINK, names.MKNOD), (MADE, MADE_IN)),
    **dict.fromkeys((names.REMOVE, names.RMDIR), (MADE_IN, MADE_IN)),
    names.RENAME: (RENAMED, RENAMED),
    names.LINK: (LINKED, LINKED),
    names.READDIR: ((*DIRECTORY, ("verifier", verifier), ("entries", listed(entry_3)), END),
                    DIRECTORY),
    names.READDIRPLUS: ((*DIRECTORY, ("verifier", verifier), ("entries", listed(entry_plus)),
                         END), DIRECTORY),
    names.FSSTAT: ((*AFTER, *numbers(u64, "total_bytes", "free_bytes", "available_bytes",
                                     "total_files", "free_files", "available_files"),
                    ("invariant_seconds", u32)), AFTER),
    names.FSINFO: ((*AFTER, *numbers(u32, "read_max", "read_preferred", "read_multiple",
                                     "write_max", "write_preferred", "write_multiple",
                                     "directory_preferred"),
                    ("largest_file", u64), ("time_step", time_3), ("properties", u32)), AFTER),
    names.PATHCONF: ((*AFTER, *numbers(u32, "links_max", "name_max"),
                      *numbers(truth, "refuses_long_names", "chown_restricted",
                               "case_insensitive", "case_preserving")), AFTER),
    names.COMMIT: ((*CHANGE, ("verifier", verifier)), CHANGE),
}
FILE_2: Form = (("attributes", attributes_2),)
FOUND_2: Form = (("handle", handle_2), *FILE_2)
NOTHING: Form = ()
#: Version 2 by the numbers of version 3.
FORMS_2: dict[int, tuple[Form, Form]] = {
    **dict.fromkeys((names.GETATTR, names.SETATTR, names.WRITE), (FILE_2, NOTHING)),
    **dict.fromkeys((names.LOOKUP, names.CREATE, names.MKDIR), (FOUND_2, NOTHING)),
    **dict.fromkeys((names.REMOVE, names.RENAME, names.LINK, names.SYMLINK, names.RMDIR),
                    (NOTHING, NOTHING)),
    names.READLINK: ((("target", path),), NOTHING),
    names.READ: ((*FILE_2, ("count", u32)), NOTHING),
    names.READDIR: ((("entries", listed(entry_2)), END), NOTHING),
    names.FSSTAT: (numbers(u32, "transfer_size", "block_size", "blocks", "free_blocks",
                           "available_blocks"), NOTHING),
}


def results(walk: Cursor, procedure: int, v3: bool) -> dict[str, Any] | None:
    """The parts behind a reply's RPC header, by version 3's number of the procedure.

    ``status`` first. With ``cut`` the message or the capture ended before the last part. None for
    a procedure without results.
    """
    forms = (FORMS_3 if v3 else FORMS_2).get(procedure)
    if forms is None:
        return None
    done, failed = forms
    found: dict[str, Any] = {}
    try:
        found["status"] = walk.u32()
        for name, read in failed if found["status"] else done:
            found[name] = read(walk)
    except (Malformed, Truncated):
        found["cut"] = True
    return found
