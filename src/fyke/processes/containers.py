"""Room processes/: the control group of a process: its path by number, and what that tells.

The number is the inode of the group's directory in the cgroup2 file system
(bpf_get_current_cgroup_id). Container engines name the directory after the container.
"""

from __future__ import annotations

import os
import re
import time

MOUNTS = "/proc/self/mountinfo"
MAX_GROUPS = 1 << 16
PAUSE = 0.1  # seconds between two walks for numbers that are unknown

ID = r"[0-9a-f]{12,64}"  # behind a word that says whose it is
WHOLE_ID = r"[0-9a-f]{64}"  # a folder that is named so and nothing else
ENGINES = (  # (what is said, pattern); the innermost match counts, of equal ones the first
    ("docker", re.compile(rf"(?:^|/)docker(?:-({ID})\.scope|/({ID}))(?=/|$)", re.MULTILINE)),
    ("podman", re.compile(rf"(?:^|/)libpod(?:-|/|_parent/libpod-)({ID})(?:\.scope)?")),
    ("crio", re.compile(rf"(?:^|/)crio-({ID})(?:\.scope)?")),
    ("containerd", re.compile(rf"(?:^|[/:])(?:cri-containerd|nerdctl)[-:]({ID})(?:\.scope)?")),
    ("containerd", re.compile(rf"(?:^|/)kubepods[^\n]*/({WHOLE_ID})(?=/|$)", re.MULTILINE)),
    ("containerd", re.compile(rf"(?:^|/)(?:default|k8s\.io|moby)/({WHOLE_ID})(?=/|$)",
                              re.MULTILINE)),
    ("lxc", re.compile(r"(?:^|/)lxc\.payload[./]([\w.-]+)", re.MULTILINE)),
    ("lxc", re.compile(r"(?:^|/)lxc/(?!lxc\.)([\w.-]+)", re.MULTILINE)),
    ("libvirt", re.compile(r"(?:^|/)machine-(?:qemu|lxc)\\x2d\d+\\x2d([\w.@\\-]+)\.scope")),
    ("nspawn", re.compile(r"(?:^|/)machine-([\w.@\\-]+)\.scope")),
    ("nspawn", re.compile(r"(?:^|/)systemd-nspawn@([\w.\\-]+)\.service")),
)
#: Engines that nobody is told apart by: AWS ECS, buildkit, runners of CI.
ANY = re.compile(rf"/({WHOLE_ID})(?=/|$)", re.MULTILINE)
#: The pod's UID; of a static pod, which the API server did not name, it is a hash without dashes.
POD = re.compile(r"(?:^|[/-])pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_]"
                 r"[0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-f])")
UNIT = re.compile(r"(?:^|/)([\w:.\\@-]+\.(?:service|scope))(?=/|$)",
                  re.MULTILINE)  # systemd.unit(5)
SHOWN = 12  # digits of a container's id


def root() -> str | None:
    """Where the cgroup2 file system is mounted, the topmost; None where it is not."""
    try:
        with open(MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                front, _, behind = line.partition(" - ")
                if behind.startswith("cgroup2 "):
                    path = front.split(" ")[4].encode().decode("unicode_escape")
                    if os.path.exists(f"{path}/cgroup.procs"):  # another mount may hide it
                        return path
    except OSError:
        pass
    return None


def engine_and_name(path: str) -> tuple[str, str] | None:
    """Which engine's container a control group belongs to, the innermost, and its short id or name.
    """
    found = [(match.start(), -number, engine, match)
             for number, (engine, pattern) in enumerate(ENGINES)
             for match in pattern.finditer(path)]
    if found:
        *_, engine, match = max(found)
        name = next(group for group in match.groups() if group)
    else:
        any_ = ANY.findall(path)
        if not any_:
            return None
        engine, name = "container", any_[-1]
    if re.fullmatch(ID, name):
        name = name[:SHOWN]
    return engine, name.replace("\\x2d", "-")  # as systemd writes a dash (systemd-escape(1))


def container_of(path: str) -> str:
    """What a control group's path tells: engine and id, with the pod; else the systemd unit."""
    found = engine_and_name(path)
    if found is not None:
        pod = POD.search(path)
        inside = f"pod {pod[1].replace('_', '-')} " if pod else ""
        return inside + " ".join(found)
    units = UNIT.findall(path)
    return units[-1] if units else ""


class Groups:
    """Paths of control groups by their numbers; looked up anew when one is unknown."""

    def __init__(self, top: str | None) -> None:
        self.top = top
        self.paths: dict[int, str] = {}
        self.walked = 0.0
        if top is not None:
            self.walk()

    def walk(self) -> None:
        """Read the whole tree."""
        assert self.top is not None
        self.walked = time.monotonic()
        found: dict[int, str] = {}
        for folder, _, _ in os.walk(self.top):
            try:
                found[os.stat(folder).st_ino] = folder[len(self.top):] or "/"
            except OSError:
                continue  # gone meanwhile
            if len(found) >= MAX_GROUPS:
                break
        self.paths.update(found)

    def path(self, number: int) -> str:
        """The path, "" if it is not known (any more)."""
        found = self.paths.get(number)
        if found is None and self.top is not None and time.monotonic() - self.walked > PAUSE:
            self.walk()
            found = self.paths.get(number)
        return found or ""
