"""Where the packets of ``fyke flows`` and ``fyke rates`` come from: files, or an interface."""

from __future__ import annotations

import argparse
import time
from types import TracebackType

from fyke.cli import rights
from fyke.cli.amounts import duration, positive
from fyke.cli.inputs import Inputs, no_filter
from fyke.cli.parsing import dialect
from fyke.errors import UsageError
from fyke.files.paths import expand
from fyke.files.reader import open_capture
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import signal
else:
    import _signal as signal  # the C half, as in dump/session


def options_of_source(made: argparse.ArgumentParser) -> None:
    """The arguments that say which packets."""
    which = made.add_argument_group("which packets")
    which.add_argument("files", nargs="*", metavar="FILE",
                       help="a capture, a folder of captures, a pattern, or - for standard input")
    which.add_argument("-i", dest="interface", metavar="INTERFACE",
                       help="packets as they come, until Ctrl-C")
    which.add_argument("--filter", metavar="EXPRESSION", help="only packets that a filter accepts")
    dialect(which)
    which.add_argument("--duration", type=duration, default=0, metavar="TIME",
                       help="-i: end after so long (10s, 5m, 2h)")
    which.add_argument("-c", dest="count", type=positive, default=0, metavar="N",
                       help="end after N packets")


class Packets:
    """The packets that were named; a context manager. ``source`` is open inside it.

    Inside, SIGINT and SIGTERM end a live capture; ``stopped`` then tells so.
    """

    def __init__(self, name: str, options: argparse.Namespace) -> None:
        no_filter(options.files)
        if bool(options.files) == (options.interface is not None):
            raise UsageError("name a capture file (- for standard input), or an interface with -i")
        if options.duration and options.interface is None:
            raise UsageError("--duration goes with -i")
        self.name = name
        self.options = options
        self.live = options.interface is not None
        self.paths = [] if self.live else expand(options.files)
        self.capture: Any = None
        self.source: Any = None
        self.boxed = False
        self.stopped = False
        self.deadline = 0.0
        self.before: list[tuple[int, Any]] = []

    def __enter__(self) -> Packets:
        if self.live:
            self.open_interface()
        else:
            self.open_files()
        return self

    def open_interface(self) -> None:
        """A capture, which a signal stops."""
        from fyke.api import capture
        options = self.options
        self.capture = capture(options.interface, options.filter, dialect=options.dialect)
        self.capture.open()
        self.source = self.capture._tap
        if options.duration:
            self.deadline = time.monotonic() + options.duration / 1e9
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                self.before.append((number, signal.signal(number, self.stop)))
            except ValueError:
                pass  # not in the main thread: whoever runs us there handles signals

    def open_files(self) -> None:
        """One file, or several one after the other."""
        opened = Inputs(self.paths)
        if not self.options.write and not getattr(self.options, "plot", None):
            self.enter_box()  # else a file is written once it is known that a capture is read
        if len(self.paths) == 1:
            self.source = open_capture(opened(self.paths[0]))
        else:
            from fyke.files.joined import Sequence
            self.source = Sequence(self.paths, lambda path: open_capture(opened(path)))
        if self.options.filter:
            from fyke.cli.known_names import remember
            from fyke.door.conversing import filtered
            remember()  # for other link types it is compiled again, in the box
            self.source = filtered(self.source, self.options.filter, self.options.dialect)

    def enter_box(self, write: list[str] | None = None) -> None:
        """Everything is open: give up all other rights, once."""
        if self.boxed:
            return
        self.boxed = True
        rights.enter(self.name, self.options.sandbox, read=self.paths, write=write or (),
                     expressions=[self.options.filter], dialect=self.options.dialect,
                     taps=[self.source.fileno()] if self.live else ())

    def patience(self, longest: float) -> float:
        """How long to wait for packets; stops the capture when its time is over."""
        if not self.deadline:
            return longest
        left = self.deadline - time.monotonic()
        if left <= 0:
            self.stop()
        return max(0.0, min(longest, left))

    def stop(self, *_: object) -> None:
        """End the capture after what the kernel already holds."""
        self.stopped = True
        if self.capture is not None:
            self.capture.stop()

    def lost(self) -> int:
        """Packets that the kernel dropped for want of room."""
        return int(self.capture.statistics.dropped) if self.capture is not None else 0

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        for number, handler in self.before:
            signal.signal(number, handler)
        if self.capture is not None:
            self.capture.close()
        elif self.source is not None:
            self.source.close()

