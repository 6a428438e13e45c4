"""NFS version 4: operations in one call (RFC 7530 §16, RFC 8881 §18, RFC 7862 §15, RFC 8276 §8).

A form says what an operation's arguments or results are made of, a letter each:

    w, x, f  4, 8 and 16 octets                  h  a file handle
    o        octets behind their number          n  a name
    b        a bitmap, words behind their number O  an offset in the file, 8 octets
    a        attributes: a bitmap and octets     C  a count of octets, 4
    ?        a function of its own
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.nfs_values import opaque
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.wire import Truncated

NULL, COMPOUND = 0, 1  # procedures
SIZES = {"w": 4, "x": 8, "f": 16}
OPEN, SETATTR = 18, 34


class Operation(NamedTuple):
    """One operation; what it has not is None, or empty."""

    kind: int
    name: str
    status: int | None  #: of a result: 0 done, or the error
    handle: bytes | None
    names: list[str]
    offset: int | None
    size: int | None


class Compound(NamedTuple):
    """The operations of a call or a reply, up to one whose form nobody knows: ``cut`` then."""

    tag: str
    minor_version: int | None  #: of a call
    status: int | None  #: of a reply: that of the last operation
    operations: list[Operation]
    cut: bool


def words(walk: Cursor, count: int) -> None:
    walk.step(4 * count)


def bitmap(walk: Cursor) -> None:
    words(walk, walk.u32())


def attributes(walk: Cursor) -> None:
    bitmap(walk)
    opaque(walk)


def create(walk: Cursor) -> None:
    """What kind of file, its name and attributes."""
    kind = walk.u32()
    if kind == 5:  # a symbolic link
        opaque(walk)
    elif kind in (3, 4):  # a device
        words(walk, 2)


def locker(walk: Cursor) -> None:
    """Whose lock: of a file just opened, or of one that has locks."""
    if walk.u32():
        words(walk, 1 + 4 + 1 + 2)
        opaque(walk)
    else:
        words(walk, 4 + 1)


def how(walk: Cursor) -> None:
    """Whether a file is made, and how."""
    if walk.u32() != 1:
        return
    mode = walk.u32()
    if mode in (2, 3):  # exclusive
        words(walk, 2)
    if mode != 2:
        attributes(walk)


def delegation(walk: Cursor) -> None:
    """What the server hands to the client with an open file."""
    kind = walk.u32()
    if kind == 3:  # none, and why
        words(walk, 2 if walk.u32() in (1, 2) else 0)
        return
    if kind in (1, 2):
        words(walk, 4 + 1 + (3 if kind == 2 else 0) + 3)
        opaque(walk)


def protection(walk: Cursor) -> None:
    kind = walk.u32()
    if kind == 1:
        bitmap(walk)
        bitmap(walk)
    elif kind:
        raise Malformed("a protection with secrets")


def implementations(walk: Cursor) -> None:
    for _ in range(few(walk)):
        opaque(walk)
        opaque(walk)
        words(walk, 3)


def few(walk: Cursor) -> int:
    """How many there are, if that can be."""
    count = walk.u32()
    if count > MOST:
        raise Malformed(f"{count} elements")
    return count


def states(walk: Cursor) -> None:
    words(walk, 4 * few(walk))


def channel(walk: Cursor) -> None:
    words(walk, 6)
    words(walk, few(walk))


def mechanisms(walk: Cursor) -> None:
    """Ways to be secure: flavours, with details of GSS."""
    for _ in range(few(walk)):
        if walk.u32() == 6:
            opaque(walk)
            words(walk, 2)


def entries(walk: Cursor) -> None:
    """A directory's entries, and whether these are all."""
    for _ in range(MOST):
        if not walk.u32():
            walk.step(4)
            return
        walk.step(8)
        opaque(walk)
        attributes(walk)
    raise Malformed("too many entries")


Part = str | Callable[[Cursor], None]


class Form(NamedTuple):
    """An operation; None where its arguments or results are not known."""

    name: str
    arguments: tuple[Part, ...] | None
    results: tuple[Part, ...] | None


def form(name: str, arguments: str | None, results: str | None,
         *parts: Callable[[Cursor], None]) -> Form:
    """``?`` takes the next of ``parts``, arguments first."""
    rest = iter(parts)

    def filled(letters: str | None) -> tuple[Part, ...] | None:
        return None if letters is None else tuple(
            next(rest) if letter == "?" else letter for letter in letters)
    return Form(name, filled(arguments), filled(results))


CHANGE = "wxx"  # what a directory was like before and after
OPERATIONS: dict[int, Form] = {
    3: form("ACCESS", "w", "ww"), 4: form("CLOSE", "wf", "f"), 5: form("COMMIT", "OC", "x"),
    6: form("CREATE", "?na", CHANGE + "b", create), 7: form("DELEGPURGE", "x", ""),
    8: form("DELEGRETURN", "f", ""), 9: form("GETATTR", "b", "a"), 10: form("GETFH", "", "h"),
    11: form("LINK", "n", CHANGE), 12: form("LOCK", "wwxx?", "f", locker),
    13: form("LOCKT", "wxxxo", ""), 14: form("LOCKU", "wwfxx", "f"), 15: form("LOOKUP", "n", ""),
    16: form("LOOKUPP", "", ""), 17: form("NVERIFY", "a", ""),
    OPEN: form("OPEN", "wwwxo?", "f" + CHANGE + "wb?", how, delegation),
    19: form("OPENATTR", "w", ""), 20: form("OPEN_CONFIRM", "fw", "f"),
    21: form("OPEN_DOWNGRADE", "fwww", "f"), 22: form("PUTFH", "h", ""),
    23: form("PUTPUBFH", "", ""), 24: form("PUTROOTFH", "", ""), 25: form("READ", "fOC", "wo"),
    26: form("READDIR", "xxwCb", "x?", entries), 27: form("READLINK", "", "n"),
    28: form("REMOVE", "n", CHANGE), 29: form("RENAME", "nn", CHANGE + CHANGE),
    30: form("RENEW", "x", ""), 31: form("RESTOREFH", "", ""), 32: form("SAVEFH", "", ""),
    33: form("SECINFO", "n", "?", mechanisms), SETATTR: form("SETATTR", "fa", "b"),
    35: form("SETCLIENTID", "xowoow", "xx"), 36: form("SETCLIENTID_CONFIRM", "xx", ""),
    37: form("VERIFY", "a", ""), 38: form("WRITE", "fOwo", "Cwx"),
    39: form("RELEASE_LOCKOWNER", "xo", ""), 40: form("BACKCHANNEL_CTL", None, ""),
    41: form("BIND_CONN_TO_SESSION", "fww", "fww"),
    42: form("EXCHANGE_ID", "xow??", "xww?xoo?", protection, implementations, protection,
             implementations),
    43: form("CREATE_SESSION", None, "fww??", channel, channel),
    44: form("DESTROY_SESSION", "f", ""), 45: form("FREE_STATEID", "f", ""),
    46: form("GET_DIR_DELEGATION", None, None), 47: form("GETDEVICEINFO", "fwwb", None),
    48: form("GETDEVICELIST", "wwxx", None), 49: form("LAYOUTCOMMIT", None, None),
    50: form("LAYOUTGET", "wwwxxxfw", None), 51: form("LAYOUTRETURN", None, None),
    52: form("SECINFO_NO_NAME", "w", "?", mechanisms), 53: form("SEQUENCE", "fwwww", "fwwwww"),
    54: form("SET_SSV", "oo", "o"), 55: form("TEST_STATEID", "?", None, states),
    56: form("WANT_DELEGATION", None, None), 57: form("DESTROY_CLIENTID", "x", ""),
    58: form("RECLAIM_COMPLETE", "w", ""), 59: form("ALLOCATE", "fOx", ""),
    60: form("COPY", None, None), 61: form("COPY_NOTIFY", None, None),
    62: form("DEALLOCATE", "fOx", ""), 63: form("IO_ADVISE", "fOxb", "b"),
    64: form("LAYOUTERROR", None, None), 65: form("LAYOUTSTATS", None, None),
    66: form("OFFLOAD_CANCEL", "f", ""), 67: form("OFFLOAD_STATUS", "f", None),
    68: form("READ_PLUS", "fOC", None), 69: form("SEEK", "fOw", "wx"),
    70: form("WRITE_SAME", None, None), 71: form("CLONE", "ffxxx", ""),
    72: form("GETXATTR", "n", "o"), 73: form("SETXATTR", "wno", CHANGE),
    74: form("LISTXATTRS", "xw", None), 75: form("REMOVEXATTR", "n", CHANGE),
}
#: What an opened file is named by: form by the kind of claim.
CLAIMS: dict[int, str] = {0: "n", 1: "w", 2: "fn", 3: "n", 4: "", 5: "f", 6: ""}


def read(walk: Cursor, parts: tuple[Part, ...], found: dict[str, list[Any]]) -> None:
    """Go over one operation's parts, keeping what is told of it."""
    for part in parts:
        if not isinstance(part, str):
            part(walk)
        elif part in SIZES:
            walk.step(SIZES[part])
        elif part == "b":
            bitmap(walk)
        elif part == "a":
            attributes(walk)
        elif part == "o":
            opaque(walk)
        elif part == "h":
            found["h"].append(opaque(walk))
        elif part == "n":
            found["n"].append(opaque(walk).decode("utf-8", "backslashreplace"))
        elif part == "O":
            found["O"].append(walk.u64())
        else:
            found["C"].append(walk.u32())


def operation(walk: Cursor, *, result: bool) -> tuple[Operation, bool]:
    """The next one, and whether what is behind it can be found."""
    kind = walk.u32()
    known = OPERATIONS.get(kind, Form(f"OP-{kind}", None, None))
    status = walk.u32() if result else None
    parts = known.results if result else known.arguments
    if status and kind != SETATTR:  # which always tells what it has set
        parts = ()
    found: dict[str, list[Any]] = {"h": [], "n": [], "O": [], "C": []}
    whole = parts is not None
    if parts is not None:
        try:
            read(walk, parts, found)
            if kind == OPEN and not result:
                read(walk, tuple(CLAIMS[walk.u32()]), found)
        except (Malformed, Truncated, KeyError):
            whole = False
    return Operation(kind, known.name, status, first(found["h"]), found["n"], first(found["O"]),
                     first(found["C"])), whole


def first(values: list[Any]) -> Any:
    return values[0] if values else None


def compound(walk: Cursor, *, result: bool) -> Compound:
    """All operations. Raises Truncated where there is not even their number."""
    status = walk.u32() if result else None
    try:
        tag = opaque(walk).decode("utf-8", "backslashreplace")
        minor = None if result else walk.u32()
        count = walk.u32()
    except Malformed:
        raise Truncated from None
    found: list[Operation] = []
    whole = True
    while whole and len(found) < min(count, MOST):
        try:
            one, whole = operation(walk, result=result)
        except (Malformed, Truncated):
            break
        found.append(one)
    return Compound(tag, minor, status, found, not whole or len(found) < count)
