"""kernel: which processes hold which sockets: /proc/PID/fd, maps and cgroup (proc(5)).

Processes end while they are listed, and others belong to somebody else: what cannot be read is
counted, never an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
MAX_TEXT = 4096  #: octets read of a file that a process writes itself (its command line)

#: What container managers call their control groups, and the word for each.
CONTAINERS = (
    (re.compile(r"/docker[-/]([0-9a-f]{12})[0-9a-f]{52}"), "docker"),
    (re.compile(r"/libpod-([0-9a-f]{12})[0-9a-f]{52}"), "podman"),
    (re.compile(r"cri-containerd[-:]([0-9a-f]{12})[0-9a-f]{52}"), "containerd"),
    (re.compile(r"/crio-([0-9a-f]{12})[0-9a-f]{52}"), "cri-o"),
    (re.compile(r"/kubepods[^\n]*/([0-9a-f]{12})[0-9a-f]{52}"), "kubernetes"),
    (re.compile(r"/lxc(?:\.payload)?[./]([\w.-]+)"), "lxc"),
    (re.compile(r"/machine\.slice/(?:machine-|systemd-nspawn@)([\w.\\-]+)\.(?:scope|service)"),
     "nspawn"),
)


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that holds a socket."""

    pid: int
    command: str  #: its name, as in ps; at most 15 characters
    arguments: str  #: the whole command line; every character can be printed
    user: int  #: its effective user id
    container: str | None = None  #: "docker 0123456789ab", where its control group tells


@dataclass(frozen=True, slots=True)
class Owners:
    """Socket inode → its holders, and how many processes could not be looked into."""

    by_inode: dict[int, tuple[Owner, ...]]
    hidden: int


def owners(wanted: set[int], proc: Path = PROC) -> Owners:
    """Who holds the sockets with these inodes, by a file descriptor or by a mapped ring."""
    found: dict[int, list[Owner]] = {}
    hidden = 0
    for folder in processes(proc) if wanted else ():
        try:
            held = descriptors(folder) & wanted
            if wanted - set(found) - held:
                held |= mappings(folder) & wanted  # closed, but its ring is still mapped
        except PermissionError:
            hidden += 1
            continue
        except OSError:
            continue  # it ended meanwhile
        owner = read_owner(folder) if held else None
        for inode in held if owner else ():
            assert owner is not None
            found.setdefault(inode, []).append(owner)
    return Owners({inode: tuple(holders) for inode, holders in found.items()}, hidden)


def processes(proc: Path = PROC) -> list[Path]:
    """The folder of each process, by number."""
    return sorted((path for path in proc.iterdir() if path.name.isdecimal()),
                  key=lambda path: int(path.name))


def descriptors(process: Path) -> set[int]:
    """The inodes of the sockets that a process has open. Raises OSError."""
    inodes = set()
    for link in (process / "fd").iterdir():
        try:
            target = str(link.readlink())
        except FileNotFoundError:
            continue  # closed meanwhile
        if target.startswith("socket:["):
            inodes.add(int(target[8:-1]))
    return inodes


def mappings(process: Path) -> set[int]:
    """The inodes of the sockets whose memory (a ring) a process has mapped. Raises OSError."""
    return {int(number) for number in
            re.findall(r" socket:\[(\d+)\]$", (process / "maps").read_text("utf-8", "replace"),
                       re.MULTILINE)}


def read_owner(process: Path) -> Owner | None:
    """What a process says about itself; None if it has ended."""
    try:
        status = (process / "status").read_text("utf-8", "replace")
        arguments = head(process / "cmdline").rstrip("\0").replace("\0", " ")
        groups = head(process / "cgroup")
    except OSError:
        return None
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return Owner(int(process.name), printable(fields.get("Name", "?")), printable(arguments),
                 int(fields["Uid"].split()[1]), container(groups))


def head(path: Path) -> str:
    """The first octets of a file, as text."""
    with open(path, "rb") as file:
        return file.read(MAX_TEXT).decode("utf-8", "replace")


def container(groups: str) -> str | None:
    """The container that a process's control groups (the text of /proc/PID/cgroup) name."""
    for pattern, word in CONTAINERS:
        match = pattern.search(groups)
        if match:
            return printable(f"{word} {match[1]}")
    return None


def printable(text: str) -> str:
    """Text that somebody else wrote, harmless to a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)
