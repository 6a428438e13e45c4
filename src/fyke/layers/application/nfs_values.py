"""What calls to NFS 2 and 3 ask for (RFC 1094 §2.2, RFC 1813 §3.3), as values."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.application import nfs_names as names
from fyke.layers.cursor import Cursor, Malformed, text

HANDLE_SIZE_2 = 32  # octets of every file handle in version 2

#: Arguments in order: handle, name, offset, cookie, size; "w" and "x" are four and eight octets
#: that are left out.
FORMS_3 = {
    names.GETATTR: "h", names.SETATTR: "h", names.LOOKUP: "hn", names.ACCESS: "h",
    names.READLINK: "h", names.READ: "hoc", names.WRITE: "hoc", names.CREATE: "hn",
    names.MKDIR: "hn", names.SYMLINK: "hn", names.MKNOD: "hn", names.REMOVE: "hn",
    names.RMDIR: "hn", names.RENAME: "hnhn", names.LINK: "hhn", names.READDIR: "hkxc",
    names.READDIRPLUS: "hkxwc", names.FSSTAT: "h", names.FSINFO: "h", names.PATHCONF: "h",
    names.COMMIT: "hoc",
}
#: Version 2 by the numbers of version 3, where it differs: a write's first offset and total say
#: nothing (RFC 1094 §2.2.9), a symbolic link's target stands before its attributes.
FORMS_2 = {**FORMS_3, names.READDIR: "hkc", names.WRITE: "hwowc", names.SYMLINK: "hnn"}


class Arguments(NamedTuple):
    """What a call names: files by handles, entries of directories by names."""

    handles: list[bytes]  #: two where a file is renamed or linked
    names: list[str]
    offset: int | None
    cookie: int | None  #: where a directory is read on
    size: int | None  #: octets, at most


def arguments(walk: Cursor, procedure: int, v3: bool) -> Arguments | None:
    """Of a call, by version 3's number of its procedure; None where they do not fit."""
    form = (FORMS_3 if v3 else FORMS_2).get(procedure)
    if form is None:
        return None
    found: dict[str, list[Any]] = {letter: [] for letter in "hnokcwx"}
    try:
        for letter in form:
            found[letter].append(argument(walk, letter, v3))
    except Malformed:
        return None
    return Arguments(found["h"], found["n"], first(found["o"]), first(found["k"]),
                     first(found["c"]))


def argument(walk: Cursor, letter: str, v3: bool) -> Any:
    if letter == "h":
        return walk.raw(HANDLE_SIZE_2) if not v3 else opaque(walk)
    if letter == "n":
        size = walk.u32()
        name = text(walk.pkt, walk.step(size), size)
        walk.step(-size % 4)
        return name
    return walk.u64() if letter == "x" or (letter in "ok" and v3) else walk.u32()


def opaque(walk: Cursor) -> bytes:
    """Octets behind their number (RFC 4506 §4.10)."""
    size = walk.u32()
    octets = walk.raw(size)
    walk.step(-size % 4)
    return octets


def first(values: list[Any]) -> Any:
    return values[0] if values else None
