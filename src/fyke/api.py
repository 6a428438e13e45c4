"""The public verbs: read, rows, capture, write, register. Packets in, packets out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from fyke.errors import UsageError
from fyke.files.reader import open_capture
from fyke.linktypes import by_name, by_number
from fyke.packet import Packet
from fyke.wire import Packet as Record

if TYPE_CHECKING:
    from fyke.filter.machines import Machines
    from fyke.layers.layer import Layer
    from fyke.live.statistics import Statistics
    from fyke.stream import Sink, Source

LOOK = 1.0  # seconds between two looks at a silent source


class Reader:
    """A savefile: iterate over it, once; a context manager."""

    def __init__(self, source: Source, filter: str | None, dialect: str = "pcap") -> None:
        self._source = source
        swapped = getattr(source, "swapped", False)
        self._machines: Machines | None = None
        if filter:
            from fyke.filter.machines import Machines
            self._machines = Machines(filter, savefile="swapped" if swapped else "unswapped",
                                      dialect=dialect)
            self._machines(source.link_type)  # a bad expression is told at once

    @property
    def link_type(self) -> Any:
        """The link type of its (first) interface."""
        return by_number(self._source.link_type)

    def __iter__(self) -> Iterator[Packet]:
        record = Record()
        machines = self._machines
        while True:
            while self._source.next(record):
                if machines is None or machines(record.link_type).run(record):
                    yield Packet.from_record(record)
            if not self._source.wait(LOOK):
                return

    def close(self) -> None:
        self._source.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def read(path: Any, filter: str | None = None, *, dialect: str = "pcap") -> Reader:
    """The packets of a pcap or pcapng file, of "-" or of a binary file object.

    ``dialect`` is the language of the filter: "pcap" or "fyke".

    Raises SavefileError for what is no capture, and at a torn end after the last whole packet;
    FilterError for a bad expression; OSError for a file that cannot be opened.
    """
    return Reader(open_capture(path), filter, dialect)


def rows(path: Any, names: Sequence[str], filter: str | None = None, *,
         dialect: str = "pcap") -> Iterator[tuple[Any, ...]]:
    """The packets of a file as rows: for each a tuple of the columns ``names``.

    "time" (nanoseconds), "ip.src", "tcp.dst_port" …: tables/columns.py tells the names; a value
    is None where a packet has none. Raises what ``read`` raises, UsageError for an unknown name.
    """
    from fyke.tables.columns import columns
    chosen = columns(names)
    return (tuple([column.value(packet) for column in chosen])
            for packet in read(path, filter, dialect=dialect))


class Capture:
    """A live capture: a context manager to iterate over, with ``for`` or ``async for``."""

    def __init__(self, interface: str, filter: str | None, options: dict[str, Any],
                 dialect: str = "pcap") -> None:
        self._interface = interface
        self._filter = filter
        self._dialect = dialect
        self._options = options
        self._tap: Any = None
        self._watch: Any = None

    def open(self) -> Capture:
        """Begin to capture. Raises CaptureError, FilterError."""
        from fyke.filter.compile import compile
        from fyke.live.interfaces import find
        from fyke.live.tap import open_tap
        if self._tap is None:
            found = find(self._interface, self._options.get("namespace"))
            kind = by_number(self._options.get("link_type") or found.link_type)
            program = compile(self._filter, link_type=kind.name,
                              linux_extensions=True,
                              dialect=self._dialect) if self._filter else None
            options = dict(self._options)
            mode = options.pop("process", "")
            if mode:
                from fyke.processes.opening import open_owners, own
                namespace = options.get("namespace")
                self._watch = open_owners(mode, [namespace])
                options.setdefault("both_ways", True)
            self._tap = open_tap(self._interface, program, **options)
            if mode:
                self._tap = own(self._tap, self._watch, namespace,
                                options.get("timestamp_type", "host"))
        return self

    def stop(self) -> None:
        """End the iteration after what the kernel already holds; for signals and threads."""
        if self._tap is not None:
            self._tap.stop()

    def close(self) -> None:
        if self._tap is not None:
            self._tap.close()
        if self._watch is not None:
            self._watch.close()

    @property
    def statistics(self) -> Statistics:
        """The kernel's counters so far: received, dropped."""
        found: Statistics = self.open()._tap.statistics()
        return found

    def __enter__(self) -> Capture:
        return self.open()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def __iter__(self) -> Iterator[Packet]:
        tap = self.open()._tap
        record = Record()
        while True:
            while tap.next(record):
                yield Packet.from_record(record)
            if not tap.wait(LOOK):
                return

    async def __aiter__(self) -> AsyncIterator[Packet]:
        tap = self.open()._tap
        loop = asyncio.get_running_loop()
        record = Record()
        while True:
            while tap.next(record):
                yield Packet.from_record(record)
            if not tap.wait(0):
                return
            ready: asyncio.Future[None] = loop.create_future()
            loop.add_reader(tap.fileno(), wake, ready)
            try:
                await asyncio.wait_for(ready, LOOK)
            except TimeoutError:
                pass
            finally:
                loop.remove_reader(tap.fileno())


def wake(ready: asyncio.Future[None]) -> None:
    """The socket has something: let the one who waits go on."""
    if not ready.done():
        ready.set_result(None)


def capture(interface: str, filter: str | None = None, *, dialect: str = "pcap",
            **options: Any) -> Capture:
    """Packets of an interface (or "any"), as they come; ``dialect`` as in ``read``.

    ``options`` are those of live.tap.open_tap: snaplen (octets), promiscuous, buffer_size
    (octets), immediate, direction. ``process`` "auto", "ebpf" or "proc" has packets say whose they
    are (``packet.process``). Nothing is opened before ``with``, ``for`` or ``open()``.
    """
    return Capture(interface, filter, options, dialect)


class Writer:
    """A savefile being written: a context manager with ``add``."""

    def __init__(self, sink: Sink, link_type: int = 1) -> None:
        self._sink = sink
        self._link_type = link_type

    def add(self, packet: Packet | bytes, time: int | None = None) -> None:
        """Write one packet; bytes are of the file's link type, and take ``time`` (nanoseconds
        since the epoch) or 0.
        """
        if not isinstance(packet, Packet):
            packet = Packet(packet, time=time or 0, link_type=self._link_type)
        self._sink.add(packet.record)

    def flush(self) -> None:
        self._sink.flush()

    def close(self) -> None:
        self._sink.close()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def write(path: Any, link_type: str = "EN10MB", *, snaplen: int = 262144,
          format: str | None = None, nanoseconds: bool = True) -> Writer:
    """A new savefile; pcap or pcapng by ``format`` or suffix. Raises OutputError, OSError."""
    from fyke.files.writer import create
    number = by_name(link_type).number
    return Writer(create(path, link_type=number, snaplen=snaplen, format=format,
                         nanoseconds=nanoseconds), number)


def register(table: str, key: int, layer: type[Layer]) -> None:
    """Have packets decoded by a layer of one's own, in place of what fyke knows there.

    ``table`` and ``key`` say where it is found: "udp.port", "tcp.port", "ip.proto", "ethertype",
    "link_type" and a number. Of two ports the one registered here wins. UsageError for a table
    that no protocol reads.
    """
    from fyke.layers import tables
    known = tables.names()
    if table not in known:
        raise UsageError(f"no protocol reads a table {table!r}; there are {', '.join(known)}")
    tables.table(table).add(key, layer, first=True)
