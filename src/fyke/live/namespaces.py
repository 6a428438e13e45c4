"""live: sockets in other network namespaces, without leaving one's own.

A socket belongs for ever to the namespace that its maker was in, so a short-lived thread enters
the other namespace (setns(2) moves one thread), makes the socket and ends.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fyke.errors import CaptureError

Result = TypeVar("Result")

CLONE_NEWNET = 0x40000000  # include/uapi/linux/sched.h
NAMED = (Path("/run/netns"), Path("/var/run/netns"))  # ip-netns(8)


def namespace_path(where: str) -> str:
    """The file that stands for a network namespace: a NAME of ip-netns(8), a PATH, or a PID."""
    if "/" in where:
        return where
    for folder in NAMED:
        if (folder / where).exists():
            return str(folder / where)
    if where.isdecimal():
        return f"/proc/{where}/ns/net"
    names = sorted({entry.name for folder in NAMED if folder.is_dir()
                    for entry in folder.iterdir()})
    known = f"; there are {', '.join(names[:8])}" if names else "; there are no named ones"
    raise CaptureError(f"no network namespace is called {where!r}{known}")


def open_socket(namespace: str | None, family: int, kind: int, protocol: int) -> socket.socket:
    """socket(2) in ``namespace`` (None: one's own). Raises OSError as socket(2) does."""
    return inside(namespace,
                  lambda: socket.socket(family, kind | socket.SOCK_CLOEXEC, protocol))


def inside(namespace: str | None, function: Callable[[], Result]) -> Result:
    """What ``function`` returns when a thread in ``namespace`` (None: one's own) calls it."""
    if namespace is None:
        return function()
    path = namespace_path(namespace)
    returned: list[Result] = []
    failed: list[BaseException] = []

    def enter() -> None:
        try:
            set_namespace(path, namespace)
            returned.append(function())
        except BaseException as error:  # raised again where it is waited for
            failed.append(error)

    thread = threading.Thread(target=enter, name="fyke-netns")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return returned[0]


def reachable() -> dict[str, str]:
    """Every network namespace that can be found: a short name for it → the path of its file.

    One's own comes first, then those with a name (ip-netns(8)), then those of processes.
    """
    found: dict[int, tuple[str, str]] = {}
    candidates = [("self", "/proc/self/ns/net")]
    for folder in NAMED[:1]:
        if folder.is_dir():
            candidates += [(entry.name, str(entry)) for entry in sorted(folder.iterdir())]
    candidates += [(f"pid {entry.name}", f"{entry.path}/ns/net")
                   for entry in os.scandir("/proc") if entry.name.isdecimal()]
    for name, path in candidates:
        try:
            inode = os.stat(path).st_ino
        except OSError:  # ended meanwhile, or not to be seen
            continue
        found.setdefault(inode, (name, path))
    return dict(found.values())


def set_namespace(path: str, name: str) -> None:
    """Move the calling thread into the network namespace ``path`` stands for."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise CaptureError(f"network namespace {name}: {path}: {os.strerror(error.errno or 0)}"
                           ) from None
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(handle, CLONE_NEWNET):
            number = ctypes.get_errno()
            why = os.strerror(number)
            if number == errno.EPERM:
                why = "entering it needs CAP_SYS_ADMIN; run with sudo"
            elif number == errno.EINVAL:
                why = "not a network namespace"
            raise CaptureError(f"network namespace {name}: {why}")
    finally:
        os.close(handle)
