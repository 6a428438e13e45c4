"""Room files/: new files in one folder and nowhere else, whatever their names say.

The kernel sees to it (openat2(2), RESOLVE_BENEATH). Where it does not know the call, names with a
folder in them are refused here, and links are not followed.
"""

from __future__ import annotations

import errno
import os
import struct

from fyke.errors import OutputError, harmless

SYS_OPENAT2 = 437  # on every machine (include/uapi/asm-generic/unistd.h)
HOW = struct.Struct("=QQQ")  # struct open_how: flags, mode, resolve
NO_MAGIC_LINKS, NO_SYMLINKS, BENEATH = 0x02, 0x04, 0x08  # RESOLVE_* (uapi/linux/openat2.h)
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
MODE = 0o666
UNKNOWN = (errno.ENOSYS, errno.EPERM, errno.E2BIG)


class Beneath:
    """A folder that new files are made in; made if it is not there. It must be empty.

    Raises OutputError, also where a file cannot be written.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.handle = -1
        try:
            os.makedirs(folder, exist_ok=True)
            self.handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            if os.listdir(self.handle):
                raise OutputError(f"{harmless(folder)}: is not empty; name a new folder, or an "
                                  "empty one: nothing is overwritten")
        except OSError as error:
            self.close()
            raise OutputError(f"{harmless(folder)}: {error.strerror}") from error
        except OutputError:
            self.close()
            raise

    def open(self, name: str) -> int:
        """A descriptor of a new file. Raises OutputError: also where there is one of that name."""
        path = os.fsencode(name)
        if b"/" in path or b"\0" in path or path in (b"", b".", b".."):
            raise OutputError(f"{harmless(name)!r} is no name for a file")
        try:
            return self.create(path)
        except OSError as error:
            raise OutputError(f"{harmless(self.folder)}/{harmless(name)}: {error.strerror}"
                              ) from error

    def create(self, path: bytes) -> int:
        """By openat2; where there is none, by openat."""
        from fyke.calls import syscall
        how = HOW.pack(FLAGS, MODE, BENEATH | NO_SYMLINKS | NO_MAGIC_LINKS)
        try:
            return int(syscall(SYS_OPENAT2, self.handle, path, how, len(how)))
        except OSError as error:
            if error.errno not in UNKNOWN:
                raise
        return os.open(path, FLAGS, MODE, dir_fd=self.handle)

    def write(self, name: str, data: bytes) -> None:
        """A new file with these bytes. Raises OutputError."""
        handle = self.open(name)
        try:
            with open(handle, "wb") as file:
                file.write(data)
        except OSError as error:
            raise OutputError(f"{harmless(self.folder)}/{harmless(name)}: {error.strerror}"
                              ) from error

    def close(self) -> None:
        """Let go of the folder; may be called twice."""
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1
