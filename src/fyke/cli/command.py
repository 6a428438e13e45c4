"""A command that is run and waited for, with everything that it starts."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import time

from fyke.dump.session import say
from fyke.errors import CaptureError, FykeError
from fyke.hints import Any
from fyke.source import Source
from fyke.wire import Record

PR_SET_CHILD_SUBREAPER = 36  # include/uapi/linux/prctl.h
LOOK = 0.02  # seconds between two looks at the command
GRACE = 0.1  # seconds in which the last packets of ended processes may still come
NOT_FOUND = 127
NOT_RUN = 126


class Command:
    """A child that waits for ``begin``, then becomes the command.

    What the command leaves behind becomes this process's child (prctl(2)), so that the end of the
    last of them is seen. ``user`` is whom the command runs as. Raises CaptureError.
    """

    def __init__(self, words: list[str], user: str | None) -> None:
        self.words = words
        self.began = False
        self.status: int | None = None  #: the exit status, once it has ended
        self.over_since = 0.0  #: when the last process of its family ended
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        wait, self.gate = os.pipe()
        self.failure, failed = os.pipe()
        try:
            self.pid = os.fork()
        except OSError as error:
            raise CaptureError(f"cannot start a process: {error.strerror}") from None
        if self.pid == 0:
            os.close(self.gate)
            os.close(self.failure)
            become_command(words, user, wait, failed)
        os.close(wait)
        os.close(failed)

    def begin(self) -> None:
        """Let it run; if it cannot, say why: its status is then 126 or 127."""
        os.write(self.gate, b"!")
        os.close(self.gate)
        told = os.read(self.failure, 512)
        os.close(self.failure)
        self.began = not told
        if told:
            say(f"fyke run: {told.decode(errors='replace')}")

    def give_up(self) -> None:
        """It will not run."""
        os.close(self.gate)
        self.wait()

    def send(self, number: int) -> None:
        """Send it a signal."""
        try:
            os.kill(self.pid, number)
        except OSError as error:
            say(f"fyke run: cannot pass on signal {number}: {error.strerror}")

    def over(self) -> bool:
        """Whether it and all that it started have ended. Takes the ended ones away."""
        while not self.over_since:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self.over_since = time.monotonic()
                break
            if pid == 0:
                return False
            self.ended(pid, status)
        return True

    def wait(self) -> int:
        """Wait for the command itself; its exit status, 128 and the signal's number if killed."""
        while self.status is None:
            try:
                self.ended(*os.waitpid(self.pid, 0))
            except ChildProcessError:
                self.status = NOT_RUN
        return self.status

    def ended(self, pid: int, status: int) -> None:
        if pid == self.pid:
            code = os.waitstatus_to_exitcode(status)
            self.status = code if code >= 0 else 128 - code


def become_command(words: list[str], user: str | None, wait: int, failed: int) -> None:
    """In the child: wait for the word, then exec(2); never returns."""
    status = NOT_RUN
    try:
        if os.read(wait, 1):
            if user is not None:
                become(user)
            for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python
                signal.signal(ignored, signal.SIG_DFL)
            execute(words)
    except OSError as error:
        status = NOT_FOUND if error.errno == errno.ENOENT else NOT_RUN
        os.write(failed, f"{shown(words[0])}: {error.strerror}".encode(errors="replace")[:512])
    except (FykeError, ValueError) as error:
        os.write(failed, str(error).encode(errors="replace")[:512])
    finally:
        os._exit(status)


def execute(words: list[str]) -> None:
    """As execvp(3) does it for env(1): a script without #! is the shell's. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = (ctypes.c_char_p * (len(words) + 1))(*map(os.fsencode, words))
    libc.execvp(arguments[0], arguments)
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def become(user: str) -> None:
    """Be the user, as far as the environment goes too."""
    import pwd

    from fyke.live import privileges
    privileges.become(user)
    entry = pwd.getpwnam(user)
    os.environ.update(HOME=entry.pw_dir, USER=user, LOGNAME=user)


def shown(name: str) -> str:
    """A command's name for a terminal."""
    return "".join(c if c.isprintable() else "?" for c in name) or "''"


class Until(Source):
    """The packets of a source until a command and its family have ended."""

    def __init__(self, source: Any, command: Command) -> None:
        self.source = source
        self.command = command
        self.link_type = source.link_type
        self.snaplen = source.snaplen

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)

    def next(self, packet: Record) -> bool:
        return bool(self.source.next(packet))

    def wait(self, timeout: float | None = None) -> bool:
        if self.command.over() and time.monotonic() - self.command.over_since > GRACE:
            self.source.stop()
        return bool(self.source.wait(LOOK if timeout is None else min(timeout, LOOK)))

    def close(self) -> None:
        self.source.close()
