"""Room door/: takes packets out of a savefile for users, one caller at a time.

Compiled, because everybody who iterates over a file goes through it: a lock and a method in Python
for each packet would be half of the time that iterating takes.
"""

from __future__ import annotations

import weakref
from threading import Lock
from typing import TYPE_CHECKING

from fyke.errors import SavefileError, UsageError
from fyke.packet import Packet
from fyke.source import Source
from fyke.wire import Record

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.bpf.machine import Machine
    from fyke.files.origin import Origin

LOOK = 1.0  # seconds between two looks at a silent source
PATIENCE = 0.1  # seconds that closing waits for a thread that is just taking a packet
FEW = 0xFFF  # packets that are passed over between two looks at signals, a mask
CLOSED = "this reader is closed; open the file again with fyke.read"


class Taking:
    """The iterator over the packets of ``source`` that ``machines`` (None: all) keep.

    Threads that share it get each packet once. The source is closed behind its last packet, by
    ``close``, and when nobody has the iterator any more.
    """

    __slots__ = ("__weakref__", "closed", "copied", "ended", "finalizer", "first", "link_type",
                 "lock", "machine", "machines", "number", "origin", "record", "source", "time")

    source: Source | None  #: None: closed
    machine: Machine | None  #: for packets of ``link_type``
    number: int  #: packets of the source that were placed, kept or not
    first: int  #: time of the first of them
    time: int  #: time of the last of them

    def __init__(self, source: Source, machines: Callable[[int], Machine] | None,
                 origin: Origin) -> None:
        self.record = Record()
        self.machines = machines
        self.machine = None
        self.link_type = -1
        self.origin = origin
        self.copied = Packet.copied
        self.lock = Lock()
        self.closed = False
        self.ended = False
        self.number = self.first = self.time = 0
        self.finalizer = weakref.finalize(self, source.close)
        self.source = source

    def __iter__(self) -> Taking:
        if self.closed:
            raise UsageError(CLOSED)
        return self

    def __next__(self) -> Packet:
        self.lock.acquire()
        try:
            return self.take()
        except SavefileError:
            self.end()
            raise
        finally:
            self.lock.release()

    def take(self) -> Packet:
        """The next packet; StopIteration behind the last. The caller has the lock."""
        source = self.source
        record = self.record
        if self.closed or source is None or record is None:
            self.refuse()
            return None  # type: ignore[return-value]  # not reached
        passed = 0
        while True:
            while source.next(record):
                before = self.time
                self.time = record.time
                if self.number == 0:
                    self.first = before = record.time
                self.number += 1
                if self.machines is None or self.accepts(record):
                    return self.copied(record, self.origin.mark,
                                       (self.number, self.first, before))
                passed += 1
                if passed & FEW == 0:
                    self.look_up()
            if not source.wait(LOOK):
                self.end()
                raise StopIteration

    def accepts(self, record: Record) -> bool:
        """Whether the filter for the packet's link type keeps it. Raises FilterError."""
        if record.link_type != self.link_type:
            machines = self.machines
            assert machines is not None
            self.machine = machines(record.link_type)
            self.link_type = record.link_type
        machine = self.machine
        if machine is None:
            raise TypeError("a filter gave no machine")
        return machine.run(record) != 0

    def look_up(self) -> None:
        """Let Ctrl-C, other signals and other threads through while nothing matches."""
        if cython.compiled:
            PyErr_CheckSignals()  # type: ignore  # noqa: F821
        if self.closed:
            self.refuse()

    def end(self) -> None:
        """No packet comes any more: let the file go."""
        self.ended = True
        source = self.source
        if source is not None:
            self.source = None
            source.close()

    def refuse(self) -> None:
        """Say why no packet comes."""
        ended = self.ended
        self.end()
        if ended and not self.closed:
            raise StopIteration
        raise UsageError(CLOSED)

    def close(self) -> None:
        """Close the source; may be called twice, and by any thread.

        A thread that waits for the packets of a pipe is not waited for: it closes when it goes on.
        """
        self.closed = True
        if self.lock.acquire(timeout=PATIENCE):
            try:
                self.end()
            finally:
                self.lock.release()
