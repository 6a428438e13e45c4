"""Landlock: from here on this process opens files only where it was said (landlock(7)).

What is open already stays so. Held for the calling thread and those that it starts.
"""

from __future__ import annotations

import os
import stat
import struct

from fyke.calls import prctl, syscall
from fyke.hints import Iterable

CREATE, ADD, RESTRICT = 444, 445, 446  # landlock_*(2), the same number on all machines
VERSION_ASKED = 1  # LANDLOCK_CREATE_RULESET_VERSION
PATH_BENEATH = 1  # LANDLOCK_RULE_PATH_BENEATH

# LANDLOCK_ACCESS_FS_* (include/uapi/linux/landlock.h)
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE = 1 << 13, 1 << 14  # to move to another folder; to empty
READ = READ_FILE | READ_DIR
WRITE = WRITE_FILE | TRUNCATE | MAKE_REG | REMOVE_FILE
FOLDERS = MAKE_DIR | REMOVE_DIR | REFER
OF_FILES = WRITE_FILE | READ_FILE | TRUNCATE  # the others are of folders

#: How many rights to files each version of Landlock knows, the first one first.
KNOWN = (13, 14, 15, 15, 16)
TCP = 1 | 2  # LANDLOCK_ACCESS_NET_BIND_TCP, _CONNECT_TCP: version 4
ABSTRACT_SOCKETS, SIGNALS = 1, 2  # LANDLOCK_SCOPE_*: version 6


def version() -> int:
    """The kernel's version of Landlock. Raises OSError where there is none."""
    return int(syscall(CREATE, None, 0, VERSION_ASKED))


def restrict(read: Iterable[str | int], write: Iterable[str | int] = (), *, folders: bool = False,
             network: bool = False, signals: bool = False) -> int:
    """Read beneath ``read`` only, write, make and delete files beneath ``write`` only.

    Paths, or descriptors of what is open; what does not exist is passed over. ``folders``: also
    make and delete those. ``network``: TCP stays as it is; ``signals``: so do signals to processes
    outside. Returns Landlock's version; raises OSError where the kernel refuses.
    """
    found = version()
    handled = (1 << KNOWN[min(found, len(KNOWN)) - 1]) - 1
    words = [handled]
    if found >= 4:
        words.append(0 if network else TCP)
    if found >= 6:
        words.append(ABSTRACT_SOCKETS | (0 if signals else SIGNALS))
    ruleset = syscall(CREATE, struct.pack(f"@{len(words)}Q", *words), 8 * len(words), 0)
    try:
        for paths, rights in ((read, READ), (write, READ | WRITE | FOLDERS * folders)):
            for path in dict.fromkeys(paths):
                allow(ruleset, path, rights & handled)
        prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS, which the kernel asks for first
        syscall(RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return found


def allow(ruleset: int, path: str | int, rights: int) -> None:
    """A rule for all that is beneath a path."""
    try:
        handle = path if isinstance(path, int) else os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (OSError, ValueError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            rights &= OF_FILES
        syscall(ADD, ruleset, PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        if handle != path:
            os.close(handle)
