"""One run of the main job: sources, filter, sinks, signals, and the counts at the end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from fyke.dump.pump import Pump
from fyke.errors import FykeError
from fyke.stream import Finished, Sink

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOK = 1.0  # seconds between two looks at a silent source


class Tee(Sink):
    """Several sinks as one: -w with --print."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self.sinks = sinks

    def add(self, packet: Any) -> None:
        for sink in self.sinks:
            sink.add(packet)

    def flush(self) -> None:
        for sink in self.sinks:
            sink.flush()

    def close(self) -> None:
        close_all(self.sinks)


class Session:
    """Moves packets from a source to a sink until the source ends, the limit or a signal."""

    def __init__(self, pump: Pump, *, live: bool,
                 on_status: Callable[[], None] = lambda: None) -> None:
        self.pump = pump
        self.live = live
        self.on_status = on_status
        self.interrupted = False
        self._wanted: list[str] = []

    def run(self) -> None:
        """Run to the end. A damaged source raises after the last whole packet went through."""
        with self.signals():
            try:
                self._loop()
            except Finished as end:
                say(str(end))
            finally:
                if self.pump.sink is not None:
                    self.pump.sink.flush()

    def _loop(self) -> None:
        pump = self.pump
        while True:
            idle = pump.run()
            self._serve()
            if pump.full():
                return
            if self.interrupted and not self.live:
                return
            if idle:
                if self.live and pump.sink is not None:
                    pump.sink.flush()
                if not pump.source.wait(LOOK):
                    return

    def _serve(self) -> None:
        """Do what signals asked for since the last turn."""
        while self._wanted:
            wanted = self._wanted.pop(0)
            if wanted == "status":
                self.on_status()
            elif self.pump.sink is not None:
                self.pump.sink.flush()

    def stop(self) -> None:
        """End soon; a live source first hands over what the kernel already holds."""
        self.interrupted = True
        stop = getattr(self.pump.source, "stop", None)
        if stop is not None:
            stop()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """SIGINT, SIGTERM, SIGHUP stop; SIGUSR1 tells the counts; SIGUSR2 flushes."""
        def on_stop(number: int, frame: FrameType | None) -> None:
            self.stop()

        def on_wish(number: int, frame: FrameType | None) -> None:
            self._wanted.append("status" if number == signal.SIGUSR1 else "flush")

        handlers: dict[signal.Signals, Any] = {
            signal.SIGINT: on_stop, signal.SIGTERM: on_stop, signal.SIGUSR1: on_wish,
            signal.SIGUSR2: on_wish}
        if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
            handlers[signal.SIGHUP] = on_stop
        before = {}
        try:
            for number, handler in handlers.items():
                before[number] = signal.signal(number, handler)
        except ValueError:
            pass  # not in the main thread: whoever runs us there handles signals
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def close_all(things: Sequence[Any]) -> None:
    """Close each, also when one fails; the first failure is raised at the end."""
    failure: FykeError | OSError | None = None
    for thing in things:
        try:
            thing.close()
        except (FykeError, OSError) as error:
            failure = failure or error
    if failure is not None:
        raise failure


def plural(count: int, what: str) -> str:
    """``1 packet captured``, ``2 packets captured``."""
    return f"{count} packet{'' if count == 1 else 's'} {what}"


def say(text: str) -> None:
    """One line for people: standard error, so that it never mixes with packets."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
