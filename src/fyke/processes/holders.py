"""Room processes/: which processes hold a socket, and who they are (/proc, see proc(5)).

Processes may end while they are listed, and those of others may not be looked at: both are
normal. What could not be seen is counted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fyke.processes.containers import engine_and_name

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that holds a socket; the names are as the process chose them: escape them."""

    pid: int
    command: str
    user: str
    container: str | None


@dataclass(slots=True)
class Owners:
    """Inode of a socket → the processes that hold it; ``unseen`` processes could not be read."""

    by_inode: dict[int, list[Owner]] = field(default_factory=dict)
    unseen: int = 0


def owners(inodes: set[int], proc: Path = PROC) -> Owners:
    """The holders of these sockets among all processes that can be seen.

    A ring that is still mapped holds its socket, too, when no descriptor does any more.
    """
    found = Owners()
    for holds in (sockets_of, mapped_by):
        wanted = inodes - set(found.by_inode)
        if wanted:
            found.unseen = search(wanted, holds, found.by_inode, proc)
    return found


def search(wanted: set[int], holds: Callable[[Path], set[int]],
           by_inode: dict[int, list[Owner]], proc: Path) -> int:
    """Add the processes that hold a wanted socket; returns how many could not be read."""
    unseen = 0
    for entry in os.scandir(proc):
        if not entry.name.isdecimal():
            continue
        folder = proc / entry.name
        try:
            held = holds(folder) & wanted
        except PermissionError:
            unseen += 1
            continue
        except OSError:  # it ended meanwhile
            continue
        if held:
            owner = who(folder)
            for inode in held:
                by_inode.setdefault(inode, []).append(owner)
    return unseen


def mapped_by(folder: Path) -> set[int]:
    """The inodes of the sockets whose memory a process has mapped. Raises OSError."""
    maps = (folder / "maps").read_text(errors="replace")
    return {int(inode) for inode in re.findall(r" socket:\[(\d+)\]$", maps, re.MULTILINE)}


def sockets_of(folder: Path) -> set[int]:
    """The inodes of the sockets that a process has open. Raises OSError."""
    held = set()
    with os.scandir(folder / "fd") as descriptors:
        for descriptor in descriptors:
            try:
                target = os.readlink(descriptor.path)
            except FileNotFoundError:  # closed meanwhile
                continue
            if target.startswith("socket:["):
                held.add(int(target[8:-1]))
    return held


def who(folder: Path) -> Owner:
    """The process of a folder in /proc; what cannot be read is a question mark."""
    return Owner(int(folder.name), read(folder / "comm").strip() or "?", user_of(folder),
                 container_of(read(folder / "cgroup")))


def read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def user_of(folder: Path) -> str:
    """The name of a process's effective user, or the number."""
    import pwd

    match = re.search(r"^Uid:\s+\d+\s+(\d+)", read(folder / "status"), re.MULTILINE)
    if match is None:
        return "?"
    try:
        return pwd.getpwuid(int(match[1])).pw_name
    except KeyError:
        return match[1]


def container_of(cgroup: str) -> str | None:
    """The container's name or short id, where the control group's path tells (cgroups(7))."""
    found = engine_and_name(cgroup)
    return None if found is None else found[1]
