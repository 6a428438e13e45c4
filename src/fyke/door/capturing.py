"""Room door/: a live capture to iterate over, for threads, tasks and signal handlers."""

from __future__ import annotations

import asyncio
import os
import select
import time
import weakref
from functools import partial
from threading import Lock, RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any

from fyke.door.gate import Gate
from fyke.errors import CaptureError, FykeError, NotOpen
from fyke.linktypes import LinkType, by_number
from fyke.packet import Packet
from fyke.source import Source
from fyke.wire import Record

if TYPE_CHECKING:
    from fyke.door.live_origin import LiveOrigin
    from fyke.filter.machines import Machines
    from fyke.live.statistics import Statistics
    from fyke.live.tap import Tap

LOOK = 1.0  # seconds between two looks at a silent tap
HELD = 0.005  # seconds between two looks at whether the owner of a packet that waits is known
SHARE = 0.01  # seconds that a task takes packets for before others have their turn
TURN = 1 << 10  # packets that a filter refuses here until others have their turn


class Capture:
    """A live capture: a context manager to iterate over, with ``for`` or ``async for``.

    Nothing is opened before ``with``, ``for``, ``next`` or ``open()``. It is its own iterator:
    several threads or tasks that iterate over it get each packet once. ``stop`` and ``close`` may
    be called from any thread or signal handler, also before it is open. The tap is given back
    after the last packet, at the end of ``with``, by ``close`` and when nobody has it any more.
    """

    def __init__(self, interface: str, filter: str | None, dialect: str, count: int | None,
                 timeout: float | None, options: dict[str, Any], process: str = "",
                 defragment: str = "") -> None:
        self._interface = interface
        self._filter = filter
        self._dialect = dialect
        self._left = count
        self._timeout = timeout
        self._options = options
        self._process = process
        self._defragment = defragment
        self._tap: Any = None  # a Tap, or one whose packets say whose they are (Owned)
        self._source: Any = None  # the tap, or the datagrams of its packets (Defragmented)
        self._machines: Machines | None = None  # the filter, where it has to look at datagrams
        self._watch: Any = None
        self._events: select.epoll | None = None
        self._origin: LiveOrigin | None = None
        self._deadline: float | None = None
        self._record = Record()
        self._handed = 0  # packets so far, with the times of the first and of the last of them
        self._first = self._latest = 0
        self._gate = Gate()
        self._opening = Lock()
        self._guard = RLock()  # around what ends the tap; taken inside the gate, never around it
        self._stopped = False
        self._shared = 0.0  # when the event loop last had its turn

    # --- open, stop, close ---

    def open(self) -> Capture:
        """Begin to capture. Raises CaptureError, FilterError, UsageError."""
        if not self._begin():
            raise CaptureError(f"the capture on {self._interface} is closed or at its end; make "
                               "another with fyke.capture")
        return self

    def _begin(self) -> bool:
        """Open the tap if that is still to be done; False if the capture has ended."""
        if self._tap is None:
            with self._opening:
                if self._tap is None and not self._gate.closing:
                    self._make()
            if self._stopped:
                self.stop()  # asked for before there was anything to stop
            self._gate.left()  # the same for close
        return not self._gate.closing

    def _make(self) -> None:
        """Open the tap, and what waits for it: a packet, or that it is stopped."""
        from fyke.door.live_origin import LiveOrigin
        from fyke.filter.compile import compile
        from fyke.live.interfaces import find
        from fyke.live.tap import open_tap
        found = find(self._interface, self._options["namespace"])
        asked = self._options["link_type"]
        in_kernel = "" if self._defragment else self._filter
        kind = by_number(found.link_type if asked is None else asked)
        program = compile(in_kernel, link_type=kind, linux_extensions=True,
                          dialect=self._dialect) if in_kernel else None
        watch = self._open_watch()
        tap: Any = None
        try:
            tap = open_tap(self._interface, program, **self._options)
            if watch is not None:
                from fyke.processes.opening import own
                tap = own(tap, watch, self._options["namespace"], self._options["timestamp_type"])
            events = select.epoll()
            events.register(tap.fileno(), select.EPOLLIN)
            events.register(tap.wake, select.EPOLLIN)
            self._origin = LiveOrigin(tap, self._filter or "")
            source = self._whole_datagrams(tap) if self._defragment else tap
        except BaseException:
            close_all(tap, watch)
            raise
        # Nothing that closes the tap knows this object: it would never be forgotten.
        self._gate.give_back = partial(give_back, tap, events, watch, self._guard)
        self._finalizer = weakref.finalize(self, self._gate.give_back)
        if self._timeout is not None:
            self._deadline = time.monotonic() + self._timeout
        self._events = events
        self._watch = watch
        self._source = source
        self._tap = tap

    def _whole_datagrams(self, tap: Any) -> Source:
        """The datagrams of a tap, and the filter, which looks at them behind it.

        The kernel's filter would take no fragment but the first: it has none then.
        """
        from fyke.conversations.fragments import Defragmented
        if self._filter:
            from fyke.filter.machines import Machines
            self._machines = Machines(self._filter, dialect=self._dialect)
            self._machines(tap.link_type)  # what is wrong is told now
        return Defragmented(tap, self._defragment)

    def _open_watch(self) -> Any:
        """Who knows the owners of packets; None if nobody asks. Before the tap, as it takes rights.
        """
        if not self._process:
            return None
        from fyke.processes.opening import open_owners
        return open_owners(self._process, [self._options["namespace"]])

    def stop(self) -> None:
        """End the iteration after what the kernel already holds; for signals and threads.

        Before the capture is open: it ends as soon as it is.
        """
        self._stopped = True
        with self._guard:
            if self._tap is not None:
                self._tap.stop()

    def close(self) -> None:
        """Give the tap back; a loop over it ends. What it has not given out yet is lost."""
        self.stop()  # wakes whoever waits
        self._gate.close()

    @property
    def ended(self) -> bool:
        """Whether no packet will come any more: stopped and read to its end, or closed."""
        return self._gate.closing

    @property
    def link_type(self) -> LinkType:
        """The link type of its packets; opens the capture. Raises what ``open`` does."""
        tap = self._tap if self._tap is not None else self.open()._tap
        return by_number(tap.link_type)

    @property
    def statistics(self) -> Statistics:
        """The kernel's counters so far: received, dropped."""
        from fyke.live.statistics import NOTHING
        with self._guard:
            found: Statistics = NOTHING if self._tap is None else self._tap.statistics()
            return found

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for everything that is not as it was asked for: a smaller buffer, and so on."""
        if self._tap is None:
            return ()
        datagrams = getattr(self._source, "datagrams", None)
        return (*self._tap.notes, *getattr(self._watch, "notes", ()),
                *(datagrams.told() if datagrams is not None else ()))

    def fileno(self) -> int:
        """A descriptor for select and its like: readable when ``next`` may have a packet, and
        when the capture was stopped. Raises CaptureError if it is not open.
        """
        if self._events is None or self._events.closed:
            raise NotOpen(f"the capture on {self._interface} is not open")
        return self._events.fileno()

    def __enter__(self) -> Capture:
        return self.open()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self) -> Capture:
        return self.open()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        self.close()

    # --- packets ---

    def __iter__(self) -> Capture:
        return self

    def __next__(self) -> Packet:
        packet = self.next()
        if packet is None:
            raise StopIteration
        return packet

    def next(self, timeout: float | None = None) -> Packet | None:
        """The next packet; None if none came within ``timeout`` seconds, or at the end.

        ``ended`` tells the two apart. Raises CaptureError when the interface is gone.
        """
        from fyke import arguments
        limit = arguments.seconds("timeout", timeout)
        end = None if limit is None else time.monotonic() + limit
        if not self._begin():
            return None
        while True:
            packet = self._take()
            if packet is not None or self.ended:
                return packet
            rest = LOOK if end is None else min(LOOK, end - time.monotonic())
            if rest <= 0:
                return None
            self._wait(rest)

    def _take(self) -> Packet | None:
        """A packet that is there; None for none just now, or none any more (see ``ended``)."""
        gate = self._gate
        try:
            with gate.lock:
                tap = self._tap
                if gate.closing or tap is None:
                    return None
                if self._deadline is not None and time.monotonic() >= self._deadline:
                    self.stop()
                record = self._record
                for _ in range(TURN):
                    while not self._source.next(record):
                        if not tap.wait(0):
                            gate.closing = True
                            return None
                        if not tap.stopping:
                            return None
                    if self._machines is None or self._machines(record.link_type).run(record):
                        return self._hand_out(record, tap)
                return None
        except FykeError:
            gate.closing = True
            raise
        finally:
            if gate.closing:
                gate.left()

    def _hand_out(self, record: Record, tap: Tap) -> Packet:
        """What a user gets of a packet that the tap has placed."""
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._gate.closing = True
        assert self._origin is not None
        if self._origin.everywhere:
            self._origin.meet(record.interface, record.link_type, tap)
        time = record.time
        if self._handed == 0:
            self._first = self._latest = time
        self._handed += 1
        place = self._handed, self._first, self._latest
        self._latest = time
        return Packet.copied(record, self._origin.mark, place)

    def _patience(self, seconds: float) -> float:
        """How long to wait for packets: not beyond the end of the capture's time."""
        if getattr(self._tap, "holding", False):
            seconds = min(seconds, HELD)
        if self._deadline is None:
            return seconds
        return max(0.0, min(seconds, self._deadline - time.monotonic()))

    def _enter(self) -> select.epoll | None:
        """Count one who waits without the lock; None if the capture has ended."""
        with self._gate.lock:
            if self._gate.closing:
                return None
            self._gate.waiting += 1
            return self._events

    def _leave(self) -> None:
        """The one who waited goes on."""
        with self._gate.lock:
            self._gate.waiting -= 1
        self._gate.left()

    def _wait(self, seconds: float) -> None:
        """Wait until there may be a packet or the tap is stopped, at most so many seconds."""
        events = self._enter()
        if events is None:
            return
        try:
            events.poll(self._patience(seconds), 1)
        finally:
            self._leave()

    def __aiter__(self) -> Capture:
        return self

    async def __anext__(self) -> Packet:
        try:
            if not self._begin():
                raise StopAsyncIteration
            if time.monotonic() - self._shared > SHARE:
                await asyncio.sleep(0)  # a busy interface must not keep the loop to itself
                self._shared = time.monotonic()
            while True:
                packet = self._take()
                if packet is not None:
                    return packet
                if self.ended:
                    raise StopAsyncIteration
                await self._wait_async()
                self._shared = time.monotonic()
        except BaseException:
            del self  # a cancelled task keeps its traceback, which must not keep the tap open
            raise

    async def _wait_async(self) -> None:
        """As ``_wait``, while the event loop does other things.

        No ``asyncio.wait_for``: up to Python 3.11 it can swallow a cancellation. Each task waits
        with a descriptor of its own, as a loop knows one reader for each.
        """
        events = self._enter()
        if events is None:
            return
        try:
            loop = asyncio.get_running_loop()
            ready: asyncio.Future[None] = loop.create_future()
            handle = os.dup(events.fileno())
            try:
                loop.add_reader(handle, wake, ready)
                timer = loop.call_later(self._patience(LOOK), wake, ready)
                try:
                    await ready
                finally:
                    timer.cancel()
                    if not loop.is_closed():
                        loop.remove_reader(handle)
            finally:
                os.close(handle)
        finally:
            self._leave()
            del self, events  # as in __anext__


def give_back(tap: Tap, events: select.epoll, watch: Any, guard: RLock) -> None:
    """Close a tap and what waits for it; also when its capture was forgotten."""
    with guard:
        close_all(tap, events, watch)


def close_all(*things: Any) -> None:
    """Close those that there are."""
    for thing in things:
        if thing is not None:
            thing.close()


def wake(ready: asyncio.Future[None]) -> None:
    """Let the one who waits go on."""
    if not ready.done():
        ready.set_result(None)
