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

T = TypeVar("T")

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
    return inside(namespace, lambda: socket.socket(family, kind | socket.SOCK_CLOEXEC, protocol))


def inside(namespace: str | None, work: Callable[[], T]) -> T:
    """What ``work`` returns when it is called in ``namespace`` (None: one's own).

    Raises what it raises, and CaptureError if the namespace cannot be entered.
    """
    if namespace is None:
        return work()
    path = namespace_path(namespace)
    done: list[T] = []
    failed: list[BaseException] = []

    def enter() -> None:
        try:
            set_namespace(path, namespace)
            done.append(work())
        except BaseException as error:  # raised again where it is waited for
            failed.append(error)

    thread = threading.Thread(target=enter, name="fyke-netns")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]


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
