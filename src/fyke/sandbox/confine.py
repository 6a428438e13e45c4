"""fyke.confine: a box for people's own programs that look into packets."""

from __future__ import annotations

import os
from collections.abc import Iterable

from fyke.errors import SandboxError, UsageError
from fyke.sandbox.box import AUTO, STRICT, Box


def confine(read: Iterable[str] = (), write: Iterable[str] = (), *,
            strict: bool = False) -> list[str]:
    """Give up, for good, what a program that reads packets does not need; call it before the first.

    ``read`` and ``write`` are files and folders (str or os.PathLike) that may still be opened;
    beneath ``write`` files and folders may be made, renamed and deleted. What is open stays open:
    a tap, for instance, that ``fyke.capture(…).open()`` made before. Python's own modules and
    fyke's can still be imported. From here on there are no new sockets, processes and programs, no
    signals to others, no capabilities, no memory that is writable and executable; refused calls
    raise PermissionError, and the most dangerous ones (execve, ptrace, mount, bpf …) end the
    process. The user does not change.

    Returns a line for each right that the kernel, or a container, did not let go; with ``strict``
    SandboxError is raised instead, and then nothing may be relied on. Raises SandboxError where
    threads were started already (Landlock holds for the thread that asks, and for those it starts),
    UsageError for a path that does not exist. See SECURITY.md.
    """
    reading, writing = [os.fspath(path) for path in read], [os.fspath(path) for path in write]
    for path in reading + writing:
        if not os.path.exists(path):
            raise UsageError(f"{path}: there is no such file or folder to confine to")
    if running_threads() > 1:
        raise SandboxError("confine() comes before threads: those that run already would stay free")
    box = Box("confined", STRICT if strict else AUTO)
    box.enter(reading, writing, folders=True)
    return box.lacking


def running_threads() -> int:
    """How many threads this process has, Python's and others."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        import threading
        return threading.active_count()
