"""-z by a helper: who looks into packets has no right to start programs."""

from __future__ import annotations

import os

from fyke.dump.session import say
from fyke.hints import TYPE_CHECKING, Any
from fyke.sandbox import helper
from fyke.sandbox.output_folder import beneath

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.sandbox.box import Box


def start(command: str, folders: list[str], box: Box,
          forget: Callable[[], None]) -> AskedCommand:
    """A helper that runs ``command`` on files in these folders."""
    return AskedCommand(command, helper.start(
        lambda channel: serve(channel, command, folders, box), forget=forget))


def serve(channel: Any, command: str, folders: list[str], box: Box) -> None:
    """Run the command on each file; the answer is what there is to tell of it."""
    import subprocess  # noqa: F401  (before the box: Python may be readable only now)

    from fyke.dump.postrotate import Postrotate
    here = os.getcwd()
    box.enter()
    told: list[str] = []
    running = Postrotate(command, told.append)
    for path in helper.requests(channel):
        name = os.fsdecode(path)
        if beneath(os.path.join(here, name), folders):
            running.run(name)
        channel.send("\n".join(told).encode("utf-8", "surrogateescape")[:4096] or b"\0")
        told.clear()
    for process in running.running:  # the capture is over; whether its last files fared well is not
        process.wait()
    running.reap()
    for line in told:
        say(line)


class AskedCommand:
    """As ``Postrotate``, but asks a helper."""

    def __init__(self, command: str, channel: Any) -> None:
        self.command = command
        self.channel = channel
        self.told = False

    def run(self, path: str) -> None:
        """Have the command started on one file."""
        try:
            os.write(self.channel.fileno(), os.fsencode(path))  # sendto(2) is not allowed
            told = self.channel.recv(4096)
        except OSError:
            told = b""
        if not told:
            self.tell(f"fyke dump: -z {self.command}: the process that starts it has ended; the "
                      "files stay as they are")
        elif told != b"\0":
            self.tell(told.decode("utf-8", "surrogateescape"))

    def leave(self) -> None:
        """At the end: the helper waits for what still runs, and tells of it."""

    def tell(self, line: str) -> None:
        """Each only once, and then no more."""
        if not self.told:
            self.told = True
            say(line)
