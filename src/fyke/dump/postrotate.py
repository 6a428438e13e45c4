"""-z: the command that is run on each complete file, in the background and at low priority."""

from __future__ import annotations

import shutil

from fyke.dump.session import say
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

NICENESS = "19"


class Postrotate:
    """Runs ``command FILE``, without waiting; it outlives Ctrl-C and the capture.

    ``tell`` is given a line for what went wrong.
    """

    def __init__(self, command: str, tell: Callable[[str], None] = say) -> None:
        self.command = command
        self.tell = tell
        self.running: list[subprocess.Popen[bytes]] = []
        self.told = False

    def run(self, path: str) -> None:
        """Start the command on one file. A command that cannot be started is told once."""
        import subprocess
        self.reap()
        if path.startswith("-"):
            path = f"./{path}"  # a name is no option
        words: list[Any] = [self.command, path]
        if shutil.which("nice"):
            words = ["nice", "-n", NICENESS, *words]
        try:
            if shutil.which(self.command) is None:
                raise FileNotFoundError(2, "no such command, or not executable")
            self.running.append(subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=2, process_group=0))
        except OSError as error:
            if not self.told:
                self.told = True
                self.tell(f"fyke dump: -z {self.command}: {error.strerror}; the files stay as "
                          "they are")

    def reap(self) -> None:
        """Take the status of those that have ended; the first failure is told."""
        for process in self.running[:]:
            status = process.poll()
            if status is None:
                continue
            self.running.remove(process)
            if status and not self.told:
                self.told = True
                self.tell(f"fyke dump: -z {self.command}: ended with status {status}")

    def leave(self) -> None:
        """At the end: what still runs goes on without us."""
        self.reap()
        for process in self.running:
            process.returncode = 0  # or its finaliser warns about it
        self.running.clear()
