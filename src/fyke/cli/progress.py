"""How far a long command is: SIGUSR1 asks for a line, and a terminal shows a bar.

The bar is tqdm's (the extra ``progress``); without it, or where standard error is no terminal,
there is none.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType

from fyke.files.position import position
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import signal
else:
    import _signal as signal  # the C half, as in dump/session

STARTED = time.monotonic()
PAUSE = 0.2  # seconds between two looks at how far it is


def seconds_so_far() -> str:
    """All that can be said of a command that does not say more."""
    return f"running for {time.monotonic() - STARTED:.0f} s"


class Answer:
    """What SIGUSR1 is answered with."""

    command = ""
    words: Callable[[], str] = staticmethod(seconds_so_far)


def listen(command: str) -> None:
    """From now on SIGUSR1 is answered in the name of this command."""
    Answer.command = command
    try:
        signal.signal(signal.SIGUSR1, answer)
    except ValueError:
        pass  # not in the main thread: whoever runs us there handles signals


def answer(number: int, frame: object) -> None:
    """One line on standard error, past Python's buffers, which may be in use."""
    try:
        os.write(2, f"fyke {Answer.command}: {Answer.words()}\n".encode())
    except OSError:
        pass  # nobody listens


class Progress:
    """Follows ``source`` through the files it is made of, while the context lasts.

    ``counted`` tells the packets so far. ``paths`` are all input files; a bar needs their sizes.
    """

    def __init__(self, source: Any, paths: Sequence[Any],
                 counted: Callable[[], int] = lambda: 0, *, quiet: bool = False) -> None:
        self.source = source
        self.paths = paths
        self.counted = counted
        self.quiet = quiet
        self.before = 0  # octets of files that are done with
        self.total = 0
        self.bar: Any = None
        self.looked = time.monotonic()

    def __enter__(self) -> Progress:
        if all(map(os.path.isfile, self.paths)):
            self.total = sum(map(os.path.getsize, self.paths))
        Answer.words = self.words
        if self.total and not self.quiet and sys.stderr.isatty():
            try:
                from tqdm import tqdm
            except ImportError:
                return self
            self.bar = tqdm(total=self.total, unit="B", unit_scale=True, leave=False,
                            file=sys.stderr)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        Answer.words = staticmethod(seconds_so_far)
        if self.bar is not None:
            self.bar.close()

    def read(self) -> int:
        """Octets of the input files read so far."""
        return self.before + position(self.source)

    def words(self) -> str:
        """The packets so far, and how much of the input they are."""
        count = self.counted()
        told = f"{count} packet{'' if count == 1 else 's'}"
        if self.total:
            told += f", {min(100, 100 * self.read() // self.total)} % of the input read"
        return f"{told}, {seconds_so_far()}"

    def next_file(self, source: Any, size: int = 0) -> None:
        """The file at hand is done with; ``source`` is the next."""
        self.before += size
        self.source = source

    def looking(self, source: Any, tally: Any) -> None:
        """``turn`` of who counts packets in ``tally``."""
        self.source = source
        self.counted = lambda: tally.packets
        self.turn()

    def turn(self) -> None:
        """Some packets later."""
        if self.bar is not None:
            now = time.monotonic()
            if now - self.looked >= PAUSE:
                self.looked = now
                self.bar.update(min(self.read(), self.total) - self.bar.n)
