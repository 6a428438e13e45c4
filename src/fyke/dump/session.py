"""One run of the main job: source, filter, sink, signals; what ends it and what it says."""

from __future__ import annotations

import fcntl
import os
import select
import stat
import sys
import time

from fyke.dump.pump import Pump
from fyke.errors import FykeError, SavefileError, Stalled, harmless
from fyke.hints import TYPE_CHECKING, Any, Callable, Sequence
from fyke.source import Finished

if TYPE_CHECKING:
    import signal
    from types import FrameType
else:
    import _signal as signal  # the C half: signal itself brings enum, a tenth of a short run

LOOK = 0.1  # seconds between two looks at a silent source: at the clock, and for signals
PATIENCE = 0.5  # seconds after which asking again to stop means: at once


MOST_HANDLES = 64  # descriptors, of which some may be outputs
STANDING = 2  # a process that is only interrupted by its own clock waits so often between two looks
LOOKS = 2


class Signals:
    """Signals as wishes, while the context lasts.

    SIGINT, SIGTERM and SIGHUP ask to stop; again after PATIENCE they raise KeyboardInterrupt, for
    an output that nobody reads. SIGUSR1 asks for the counts, SIGUSR2 to flush. ``end_after`` asks
    to stop when a time is over.
    """

    def __init__(self) -> None:
        self.stopped_at = 0.0
        self.wishes: list[int] = []
        self.on_stop: Callable[[], None] = lambda: None
        self.on_idle: Callable[[], None] = lambda: None  # while a pipe has nothing
        self.by_clock = False  # nobody asked to stop: the time is over
        self.outputs: Outputs | None = None  # once to stop was asked for
        self.wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.before: dict[int, Any] = {}

    @property
    def stopped(self) -> bool:
        """Whether to stop has been asked for."""
        return self.stopped_at > 0

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.stopped and now - self.stopped_at > PATIENCE:
            raise KeyboardInterrupt
        if not self.stopped:
            self.stopped_at = now
            os.eventfd_write(self.wake, 1)
            if signal.SIGALRM in self.before:
                self.outputs = Outputs()
                signal.setitimer(signal.ITIMER_REAL, PATIENCE, PATIENCE)
            self.on_stop()

    def end_after(self, nanoseconds: int) -> None:
        """Ask to stop when so much time is over, whatever is waited for then."""
        if nanoseconds and signal.SIGALRM in self.before:
            signal.setitimer(signal.ITIMER_REAL, nanoseconds / 1e9)

    def time_is_over(self, number: int, frame: FrameType | None) -> None:
        if not self.stopped:
            self.by_clock = True
            self.ask_to_stop(number, frame)
        elif self.outputs is not None and self.outputs.stalled():
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise Stalled("nobody reads it, and to stop was asked for")

    def wish(self, number: int, frame: FrameType | None) -> None:
        self.wishes.append(number)

    def __enter__(self) -> Signals:
        handlers: dict[int, Any] = {
            signal.SIGINT: self.ask_to_stop, signal.SIGTERM: self.ask_to_stop,
            signal.SIGUSR1: self.wish, signal.SIGUSR2: self.wish,
            signal.SIGALRM: self.time_is_over}
        if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # else nohup(1) or the like
            handlers[signal.SIGHUP] = self.ask_to_stop
        try:
            for number, handler in handlers.items():
                self.before[number] = signal.signal(number, handler)
        except ValueError:
            pass  # not in the main thread: whoever runs us there handles signals
        return self

    def __exit__(self, *_: object) -> None:
        if signal.SIGALRM in self.before:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self.before.items():
            signal.signal(number, handler)
        os.close(self.wake)


class Outputs:
    """The pipes and terminals that are written to, looked at now and then after a wish to stop."""

    def __init__(self) -> None:
        self.handles = [handle for handle in (1, *range(3, MOST_HANDLES)) if takes_time(handle)]
        self.waits = -1  # how often this process had to wait so far
        self.looks = 0  # in a row, at which nothing had moved

    def stalled(self) -> bool:
        """Whether one has been full for a while, and nobody has taken anything from it."""
        from resource import RUSAGE_SELF, getrusage
        before, self.waits = self.waits, getrusage(RUSAGE_SELF).ru_nvcsw
        poller = select.poll()
        for handle in self.handles:
            poller.register(handle, select.POLLOUT)
        full = len(poller.poll(0)) < len(self.handles)
        moved = self.waits - before > STANDING
        self.looks = self.looks + 1 if full and not moved else 0
        return self.looks >= LOOKS


def takes_time(handle: int) -> bool:
    """Whether a descriptor is written to, and somebody has to take what is."""
    try:
        kind = os.fstat(handle).st_mode
        mode = fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE
    except OSError:
        return False
    return mode != os.O_RDONLY and (
        stat.S_ISFIFO(kind) or (handle == 1 and (stat.S_ISSOCK(kind) or stat.S_ISCHR(kind))))


class Pipe:
    """Standard input, or a named pipe, as a raw file whose end comes when it is asked to stop."""

    def __init__(self, signals: Signals, handle: int = 0, name: str = "standard input") -> None:
        self.signals = signals
        self.handle = handle
        self.name = name
        self.poller = select.poll()
        self.poller.register(handle, select.POLLIN)
        self.poller.register(signals.wake, select.POLLIN)

    def readinto(self, view: memoryview) -> int:
        while not self.signals.stopped:
            if any(handle == self.handle for handle, _ in self.poller.poll(LOOK * 1000)):
                try:
                    return os.readv(self.handle, [view])
                except BlockingIOError:  # somebody else took it
                    continue
            self.signals.on_idle()
        return 0

    def fileno(self) -> int:
        return self.handle

    def close(self) -> None:
        """Standard input stays open."""
        if self.handle:
            os.close(self.handle)
            self.handle = 0


class Session:
    """Moves packets from a source to a sink until the source ends, the limit or a signal.

    ``counting``: the number of packets is kept on the terminal, once a second.
    """

    def __init__(self, pump: Pump, signals: Signals, *, live: bool, counting: bool = False,
                 on_status: Callable[[], None] = lambda: None) -> None:
        self.pump = pump
        self.signals = signals
        self.live = live
        self.on_status = on_status
        self.finished = False  # the sink takes no more
        self.next_count = time.monotonic() + 1 if counting else 0.0
        signals.on_idle = self.idle
        stop = getattr(pump.source, "stop", None)
        if stop is not None:
            signals.on_stop = stop
            if signals.stopped:
                stop()

    def run(self) -> None:
        """Run to the end. A damaged source raises after the last whole packet went through."""
        waits = True
        try:
            self.loop()
        except KeyboardInterrupt:
            waits = False  # asked twice: whoever should read the output does not
            raise
        except Stalled:
            waits = False
            raise
        except Finished as end:
            self.finished = True
            say(str(end))
        except SavefileError:
            if not self.signals.stopped:  # a pipe is cut wherever we stop reading it
                raise
        finally:
            if waits and self.pump.sink is not None:
                self.pump.sink.flush()

    def loop(self) -> None:
        pump = self.pump
        while True:
            idle = pump.run()
            self.turn()
            if pump.full() or (self.signals.stopped and not self.live):
                return
            if idle:
                if self.live and pump.sink is not None:
                    pump.sink.flush()
                if not pump.source.wait(LOOK):
                    return

    def turn(self) -> None:
        """What is due between packets: by signals, by the clock."""
        if self.signals.wishes:
            self.serve()
        if self.pump.sink is not None:
            self.pump.sink.tick()
        if self.next_count and time.monotonic() >= self.next_count:
            self.next_count = time.monotonic() + 1
            sys.stderr.write(f"Got {self.pump.matched}\r")
            sys.stderr.flush()

    def idle(self) -> None:
        """A pipe has nothing now."""
        if self.pump.sink is not None:
            self.pump.sink.flush()
        self.turn()

    def serve(self) -> None:
        """Do what signals asked for since the last turn."""
        while self.signals.wishes:
            if self.signals.wishes.pop(0) == signal.SIGUSR1:
                self.on_status()
            elif self.pump.sink is not None:
                self.pump.sink.flush()

    def count_the_rest(self) -> None:
        """After the sink failed: take what the kernel still holds, only to count it."""
        self.pump.sink = None
        self.signals.on_stop()
        stop = getattr(self.pump.source, "stop", None)
        if stop is not None:
            stop()
        try:
            while not self.pump.run() or self.pump.source.wait(LOOK):
                if self.pump.full():
                    return
        except FykeError:
            pass  # the first failure is the one that is told


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
    """Lines for people: standard error, so that it never mixes with packets."""
    try:
        sys.stderr.write("\n".join(map(harmless, text.split("\n"))) + "\n")
        sys.stderr.flush()
    except OSError:
        pass  # nobody listens
