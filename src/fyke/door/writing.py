"""Room door/: a savefile to add packets to."""

from __future__ import annotations

import os
import warnings
import weakref
from threading import RLock
from typing import TYPE_CHECKING

from fyke import arguments
from fyke.closing import Closing
from fyke.packet import Packet
from fyke.wire import Record

if TYPE_CHECKING:
    from fyke.files.origin import Description
    from fyke.files.writer import Writer as Sink


class Writer(Closing):
    """A savefile being written: a context manager with ``add``. Threads may share it.

    One that nobody closed is closed when the program ends or nobody has it any more, with a
    ResourceWarning: its packets are in the file.
    """

    def __init__(self, sink: Sink, link_type: int = 1) -> None:
        self._sink = sink
        self._link_type = link_type
        self._lock = RLock()
        self._record = Record()
        self._description: Description | None = None
        if sink.format == "pcapng":
            from fyke.files.origin import Description
            self._description = Description(sink)  # type: ignore[arg-type]
        self._finalizer = weakref.finalize(self, forgotten, sink, self._description, os.getpid())

    def add(self, packet: Packet | bytes | bytearray | memoryview, time: int | None = None) -> None:
        """Write one packet.

        ``packet`` is a Packet, or octets of the file's link type, whose time is 0 unless it is
        given. ``time`` is in nanoseconds since 1970, and takes the place of a Packet's own.
        Raises OutputError for what the file cannot hold or the system does not write.
        """
        if isinstance(packet, Packet):
            record, mark = packet._record, packet._mark
        else:
            record = Record(arguments.octets("packet", packet), self._link_type)
            mark = None
        with self._lock:
            if time is not None:
                record = self._own(record)
                record.time = arguments.nanoseconds(time)
                record.fraction = 0
            if self._description is not None:
                number = self._description.number(record, mark)
                if number != record.interface:
                    record = self._own(record)
                    record.interface = number
            self._sink.add(record)

    def _own(self, record: Record) -> Record:
        """The same octets, to be changed for the file and not for whoever has the packet."""
        if record is not self._record:
            self._record.like(record)
        return self._record

    def flush(self) -> None:
        """Hand everything to the operating system. Raises OutputError."""
        with self._lock:
            self._sink.flush()

    def close(self) -> None:
        """Write what is left and close the file, or flush the caller's; may be called twice."""
        with self._lock:
            self._finalizer.detach()
            finish(self._sink, self._description)


def finish(sink: Sink, description: Description | None) -> None:
    """Write what is left, the origins' last words too, and close. Raises OutputError."""
    try:
        if description is not None and not (sink.closed or sink.failed):
            description.finish()
    finally:
        sink.close()


def forgotten(sink: Sink, description: Description | None, process: int) -> None:
    """A writer is gone that nobody closed: save its packets, and say so."""
    if os.getpid() != process:
        return  # a child process has a copy of what was gathered: its parent writes it
    try:
        finish(sink, description)
    finally:
        warnings.warn(f"a fyke writer was not closed: {sink.name}; its packets are in the file, "
                      "but use `with fyke.write(…)` or close()", ResourceWarning, stacklevel=1)
