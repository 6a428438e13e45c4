"""kernel: the network namespaces that can be reached: of processes, and named ones.

A namespace that only an open file descriptor or a bind mount elsewhere keeps is not found.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from fyke.kernel.owners import PROC, processes

NAMED = Path("/run/netns")  # ip-netns(8)


@dataclass(frozen=True, slots=True)
class Namespace:
    """A network namespace: ``path`` is the file that stands for it."""

    inode: int
    path: str
    label: str  #: its name, or "pid N" for a process in it; "own" for this process's


def reachable(proc: Path = PROC, named: Path = NAMED) -> tuple[list[Namespace], int]:
    """Every namespace found, our own first, and how many processes could not be looked into."""
    own = (proc / "self/ns/net").stat().st_ino
    found = {own: Namespace(own, str(proc / "self/ns/net"), "own")}
    for entry in sorted(named.iterdir()) if named.is_dir() else ():
        try:
            inode = entry.stat().st_ino
        except OSError:
            continue  # removed meanwhile
        found.setdefault(inode, Namespace(inode, str(entry), entry.name))
    hidden = 0
    for process in processes(proc):
        path = str(process / "ns/net")
        try:
            inode = os.stat(path).st_ino
        except PermissionError:
            hidden += 1
            continue
        except OSError:
            continue  # it ended meanwhile
        found.setdefault(inode, Namespace(inode, path, f"pid {process.name}"))
    return list(found.values()), hidden
