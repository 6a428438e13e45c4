"""Who makes the files of -w: the user that a person named, or root, and a helper for both."""

from __future__ import annotations

import os
import stat
import struct
from _socket import CMSG_SPACE, SCM_RIGHTS, SOL_SOCKET
from collections.abc import Iterator
from contextlib import contextmanager

from fyke.errors import CaptureError
from fyke.files.folder import Folder
from fyke.hints import Any
from fyke.live.privileges import CAP_CHOWN, CAP_DAC_OVERRIDE
from fyke.sandbox import helper
from fyke.sandbox.box import OFF, Box

ANSWER = struct.Struct("=iq")  # errno, a number
OPEN, RENAME, DELETE, SIZE = b"orus"
FLAGS = os.O_TRUNC | os.O_APPEND  # what a request may choose


class Owned(Folder):
    """Files that shall belong to ``user``, made by root: as that user where he may write.

    In a folder that only root may write to, root makes them, and gives them to the user.
    """

    def __init__(self, user: str, path: str) -> None:
        import pwd
        self.entry = pwd.getpwnam(user)
        self.as_root = self.only_root(os.path.dirname(path) or ".")

    def only_root(self, folder: str) -> bool:
        """Whether a folder is root's, and nobody else, this user neither, may change it."""
        try:
            found = os.stat(folder)
        except OSError:
            return False
        if found.st_uid or found.st_mode & stat.S_IWOTH:
            return False
        with self.acting():
            return not os.access(folder, os.W_OK | os.X_OK, effective_ids=True)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Be the user for a moment."""
        groups, group, user = os.getgroups(), os.getegid(), os.geteuid()
        try:
            os.initgroups(self.entry.pw_name, self.entry.pw_gid)
            os.setegid(self.entry.pw_gid)
            os.seteuid(self.entry.pw_uid)
        except OSError as error:
            raise CaptureError(f"cannot become {self.entry.pw_name}: {error.strerror}; -Z root "
                               "keeps the rights") from None
        try:
            yield
        finally:
            os.seteuid(user)
            os.setegid(group)
            os.setgroups(groups)

    def open(self, path: str, flags: int) -> int:
        if not self.as_root:
            with self.acting():
                return Folder.open(self, path, flags)
        handle = Folder.open(self, path, flags)
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.fchown(handle, self.entry.pw_uid, self.entry.pw_gid)
        return handle


class Giving(Folder):
    """What a helper in root's place does: as ``Folder``, and new files are given to a user."""

    def __init__(self, owner: tuple[int, int] | None) -> None:
        self.owner = owner

    def open(self, path: str, flags: int) -> int:
        handle = Folder.open(self, path, flags)
        if self.owner is not None and stat.S_ISREG(os.fstat(handle).st_mode):
            os.fchown(handle, *self.owner)
        return handle


class Asking(Folder):
    """Asks a helper. Every method raises OSError, ECONNRESET if the helper has ended."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel

    def ask(self, kind: int, *words: str, flags: int = 0) -> tuple[int, int]:
        """The number and the descriptor (-1: none) of the answer."""
        request = struct.pack("=Bi", kind, flags) + b"\0".join(map(os.fsencode, words))
        try:
            os.write(self.channel.fileno(), request)
            told, extra, _, _ = self.channel.recvmsg(ANSWER.size, CMSG_SPACE(4))
        except (BrokenPipeError, ConnectionError):
            told = extra = b""
        if len(told) != ANSWER.size:
            raise OSError(104, "the process that makes and renames the files has ended")
        number, value = ANSWER.unpack(told)
        if number:
            raise OSError(number, os.strerror(number))
        handles = [struct.unpack("@i", data[:4])[0] for level, what, data in extra
                   if (level, what) == (SOL_SOCKET, SCM_RIGHTS)]
        return value, handles[0] if handles else -1

    def open(self, path: str, flags: int) -> int:
        return self.ask(OPEN, path, flags=flags & FLAGS)[1]

    def rename(self, path: str, new: str) -> None:
        self.ask(RENAME, path, new)

    def delete(self, path: str) -> None:
        self.ask(DELETE, path)

    def size(self, path: str) -> int:
        return self.ask(SIZE, path)[0]


def fixed_folder(path: str) -> str:
    """The folder of a row of files: what is in front of the first time (%H …) in their names."""
    return os.path.dirname(path.partition("%")[0] if "%" in path else path) or "."


def start(path: str, mode: str, *, user: str | None = None, forget: Any = lambda: None,
          orphan: bool = False) -> Asking:
    """A helper that makes, renames and deletes files in the folder of ``path``, and only there.

    Its files are of ``user``, else of who we are.
    """
    inside = os.path.realpath(fixed_folder(path))
    folders = [inside]
    if os.path.islink(path):  # the first file stands elsewhere: as whoever made the link wants it
        folders.append(os.path.dirname(os.path.realpath(path)))
    owned = Owned(user, path) if user is not None else None
    keep = 0
    if os.geteuid() == 0:
        keep = CAP_CHOWN if owned and owned.as_root else 0
        if owned is None and not root_may_write(inside):
            keep = CAP_DAC_OVERRIDE
    become = user if owned is not None and not owned.as_root else None
    owner = (owned.entry.pw_uid, owned.entry.pw_gid) if owned and owned.as_root else None

    def serve(channel: Any) -> None:
        here = os.getcwd()
        box = Box("files", mode if mode == OFF else "auto", user=become, named=True, keep=keep)
        box.enter(write=folders)
        working = Giving(owner)
        for request in helper.requests(channel):
            answer(channel, working, request, os.path.join(here, ""), folders)

    return Asking(helper.start(serve, forget=forget, orphan=orphan))


def root_may_write(folder: str) -> bool:
    """Whether root may write there without CAP_DAC_OVERRIDE."""
    try:
        found = os.stat(folder)
    except OSError:
        return True  # opening the file will tell
    return found.st_uid == 0 or bool(found.st_mode & 0o002)


def answer(channel: Any, folder: Folder, request: bytes, here: str, inside: list[str]) -> None:
    """Do one thing; what is outside of the folders is refused, whatever the kernel would say."""
    kind, flags = struct.unpack_from("=Bi", request)
    words = [os.fsdecode(word) for word in request[5:].split(b"\0")]
    value, handle, number = 0, -1, 0
    try:
        for word in words:
            if not beneath(os.path.join(here, word), inside):
                raise PermissionError(13, "outside")
        if kind == OPEN:
            handle = folder.open(words[0], os.O_WRONLY | os.O_CREAT | flags & FLAGS)
        elif kind == RENAME:
            folder.rename(words[0], words[1])
        elif kind == DELETE:
            folder.delete(words[0])
        else:
            value = folder.size(words[0])
    except OSError as error:
        number = error.errno or 5
    rights = [(SOL_SOCKET, SCM_RIGHTS, struct.pack("@i", handle))] if handle >= 0 else []
    try:
        channel.sendmsg([ANSWER.pack(number, value)], rights)
    finally:
        if handle >= 0:
            os.close(handle)


def beneath(path: str, folders: list[str]) -> bool:
    """Whether a file is in one of the folders, or in one that is in them."""
    place = os.path.realpath(os.path.dirname(path))
    return any(place == folder or place.startswith(folder.rstrip("/") + "/")
               for folder in folders)
