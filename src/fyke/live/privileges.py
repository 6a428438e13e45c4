"""live: giving up what is not needed once the tap is open.

A packet socket that is open needs no rights to be read, cut off or asked for its counters.
Capabilities and no_new_privs belong to a thread: call these before others are started.
"""

from __future__ import annotations

import ctypes
import os
import struct

from fyke.errors import CaptureError, UsageError

PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
LINUX_CAPABILITY_VERSION_3 = 0x20080522  # include/uapi/linux/capability.h
CAP_HEADER = struct.Struct("@Ii")
CAP_DATA = struct.Struct("@6I")  # effective, permitted, inheritable; twice


def invoking_user() -> str | None:
    """Who called sudo, if that is how we became root; else None."""
    name = os.environ.get("SUDO_USER", "")
    return name if name and name != "root" and os.geteuid() == 0 else None


def drop(user: str | None = None) -> None:
    """Become ``user`` (if given), without capabilities and without a way to new ones.

    Raises UsageError for an unknown user and CaptureError if the change is refused; then nothing
    of the old rights may be relied on.
    """
    if user is not None:
        become(user)
    drop_capabilities()
    forbid_new()


def become(user: str) -> None:
    """Take the user's identity and groups, for good."""
    import pwd  # not needed by most runs

    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise UsageError(f"there is no user {user!r}; -Z names an existing one") from None
    try:
        os.initgroups(user, entry.pw_gid)
        os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
        os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)
    except OSError as error:
        raise CaptureError(f"cannot become {user}: {error.strerror}; -Z root keeps the rights"
                           ) from None


def drop_capabilities() -> None:
    """Empty the effective, permitted, inheritable and ambient sets of this thread."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)  # refused only before Linux 4.3
    header = CAP_HEADER.pack(LINUX_CAPABILITY_VERSION_3, 0)
    if libc.capset(header, bytes(CAP_DATA.size)):
        raise CaptureError(f"cannot drop capabilities: {os.strerror(ctypes.get_errno())}")


def forbid_new() -> None:
    """No program started from here gets rights by set-user-ID bits or file capabilities."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise CaptureError(f"cannot set no_new_privs: {os.strerror(ctypes.get_errno())}")


def end_with_parent(number: int, parent: int) -> None:
    """Have the kernel send this process a signal when ``parent``, which started it, has ended.

    At once if it has ended already. A later change of identity undoes it (prctl(2)).
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)
