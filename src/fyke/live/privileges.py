"""live: giving up what is not needed once the tap is open.

A packet socket that is open needs no rights to be read, cut off or asked for its counters.
Capabilities and no_new_privs belong to a thread: call these before others are started.
"""

from __future__ import annotations

import errno
import os
import struct

from fyke.calls import capset, prctl
from fyke.errors import CaptureError, UsageError

PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
LINUX_CAPABILITY_VERSION_3 = 0x20080522  # include/uapi/linux/capability.h
CAP_HEADER = struct.Struct("@Ii")
CAP_DATA = struct.Struct("@6I")  # effective, permitted, inheritable; twice
CAP_CHOWN, CAP_DAC_OVERRIDE = 1 << 0, 1 << 1
MOST_CAPABILITIES = 64  # the sets have so many bits; the kernel refuses those that it has not


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


def drop_bounding_set() -> None:
    """No capability can be had again, whatever program is run. Raises OSError, as for no root."""
    for number in range(MOST_CAPABILITIES):
        try:
            prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
        except OSError as error:
            if error.errno == errno.EINVAL:  # behind the last one that this kernel has
                return
            if prctl(PR_CAPBSET_READ, number, 0, 0, 0):  # else there is nothing to drop
                raise


def drop_capabilities(keep: int = 0) -> None:
    """Empty the effective, permitted, inheritable and ambient sets of this thread.

    ``keep``: bits of what stays effective, if it is so now (CAP_DAC_OVERRIDE …).
    """
    try:
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    except OSError:
        pass  # refused only before Linux 4.3
    try:
        kept = keep & permitted() if keep else 0
        capset(CAP_HEADER.pack(LINUX_CAPABILITY_VERSION_3, 0),
               CAP_DATA.pack(kept, kept, 0, 0, 0, 0))
    except OSError as error:
        raise CaptureError(f"cannot drop capabilities: {error.strerror}") from None


def permitted() -> int:
    """Bits of the capabilities that this process has or may take, up to the 32nd."""
    with open("/proc/self/status") as file:
        rows = [line for line in file if line.startswith("CapPrm:")]
    return int(rows[0].split()[1], 16) & 0xFFFFFFFF


def forbid_new() -> None:
    """No program started from here gets rights by set-user-ID bits or file capabilities."""
    try:
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    except OSError as error:
        raise CaptureError(f"cannot set no_new_privs: {error.strerror}") from None


def end_with_parent(number: int, parent: int) -> None:
    """Have the kernel send this process a signal when ``parent``, which started it, has ended.

    At once if it has ended already. A later change of identity undoes it (prctl(2)).
    """
    prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)
