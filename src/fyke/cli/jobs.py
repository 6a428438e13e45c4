"""``fyke dump -r --jobs N``: a file's text made by several processes, the same bytes as by one.

This process reads the file into buffers that all share, filters, and reads ahead what the text
of each part owes to the packets before it (dump/ahead.py). The others print parts; their text
comes back through shared memory, and is written here in the order of the file: so whatever ends
a run, a signal, a reader that leaves, damage in the file, is met where it is without them.
"""

from __future__ import annotations

import mmap
import os
import pickle
import sys
from collections import deque
from multiprocessing.connection import wait

from fyke import late
from fyke.cli.job import Part, print_parts
from fyke.cli.passage import DONE, FAILED, OUTPUT, READY, ROOM, TOLD, Outlet
from fyke.dump.ahead import Ahead
from fyke.dump.output import Output
from fyke.errors import FykeError
from fyke.hints import TYPE_CHECKING, Any, Callable
from fyke.layers.associations import associations_of
from fyke.sandbox import team

if TYPE_CHECKING:
    from fyke.dump.options import DumpOptions
    from fyke.dump.printer import Printer

SMALL = 1 << 26  # bytes of capture files: for fewer, starting processes does not pay
SLOT = 1 << 22  # bytes of a file in a part
AHEAD = 2  # parts that a worker has at a time
MOST = 64  # processes
#: Layers that most files have: imported once, before there are several processes.
EVERYDAY = ("link.ethernet", "link.vlan", "network.arp", "network.icmp", "network.icmp6",
            "network.ipv4", "network.ipv6", "transport.tcp", "transport.udp", "application.dns",
            "application.ntp", "application.quic", "application.syslog", "application.text")
NOT_SENT = "interfaces"  # remembered, but the same for all


def why_alone(options: DumpOptions, paths: list[str]) -> str:
    """Why one process does it, "" if several do: the packets owe to each other what is not told,
    or it would not pay."""
    reasons = (
        (options.write is not None, "-w writes a file"),
        (not options.printing, "nothing is printed"),
        (not options.numeric, "names are looked up; -n prints numbers"),
        (options.follow, "--follow waits for packets"),
        (options.merge, "--merge takes packets from several files in turn"),
        (options.defragment, "--defragment puts datagrams together"),
        (options.process, "--process says whose each packet is"),
        (options.packet_type, "-T says what payloads are"),
        (options.sampling, "--print-sampling prints few packets"),
        (options.line_buffered or options.packet_buffered,
         "each line is to be written as it is complete"),
        (not all(map(os.path.isfile, paths)), "what is no regular file has no size"),
        (sum(os.path.getsize(path) for path in paths if os.path.isfile(path)) < SMALL,
         f"files of less than {SMALL >> 20} MiB in all do not need more"))
    return next((why for true, why in reasons if true), "")


class Worker:
    """A process that prints parts, as seen from here."""

    def __init__(self, member: team.Member, memory: mmap.mmap) -> None:
        self.member = member
        self.outlet = Outlet(memory, member.connection)
        self.parts: deque[Given] = deque()  #: that it has, in their order
        self.ready = False  #: it is in its box


class Given:
    """A part that a worker has."""

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.pieces: list[tuple[int, int]] = []  #: of its text, not written yet
        self.done = False


class Jobs:
    """The processes, and the parts of the file on their way through them.

    ``sink`` is for the packets of all files, ``lend`` for each file before its first packet.
    ``enter`` is what every process does first: it gives up its rights.
    """

    def __init__(self, options: DumpOptions, printer: Printer, enter: Callable[[], None]) -> None:
        count = min(options.jobs, MOST)
        for name in EVERYDAY:
            late.module(f"fyke.layers.{name}")
        self.slots = [mmap.mmap(-1, SLOT) for _ in range(AHEAD * count + 1)]
        self.users = [0] * len(self.slots)  # parts that are in a slot, the open one included
        rings = [mmap.mmap(-1, ROOM) for _ in range(count)]
        members = team.start(count, lambda connection, number: print_parts(
            connection, options, self.slots, rings[number], enter), deaf=True)
        self.workers = [Worker(*both) for both in zip(members, rings, strict=True)]
        self.by_connection = {one.member.connection: one for one in self.workers}
        self.order: deque[tuple[Worker, Given]] = deque()
        self.out = Output(sys.stdout.buffer)
        self.printer = printer
        printer.hex = printer.hex_ascii = printer.ascii = 0  # nobody reads what it prints
        self.slot = -1
        self.start: tuple[bytes, int, tuple[bool, int, int]] = b"", 0, (False, 0, 0)
        self.broken = False  #: something was raised, or all is over
        self.sink = Ahead(printer, self)

    def wait_until_boxed(self) -> None:
        """Until every process has given up its rights."""
        while not all(one.ready for one in self.workers):
            self.hear(None)

    def lend(self, source: Any) -> None:
        """Have a file read into the buffers."""
        source.octets.lend(self.supply)

    def supply(self) -> Any:
        """The next buffer, as soon as one is free."""
        if self.sink.count:
            self.closed()
        if self.slot >= 0:
            self.users[self.slot] -= 1
        while 0 not in self.users:
            self.hear(None)
        self.slot = self.users.index(0)
        self.users[self.slot] = 1
        self.sink.memory = self.slots[self.slot]
        return self.sink.memory

    def begun(self) -> None:
        """A part begins: keep what is remembered now."""
        kept = {name: one for name, one in associations_of(self.printer.line).kept.items()
                if name != NOT_SENT}
        self.start = (pickle.dumps(kept) if kept else b"", self.printer.number,
                      self.printer.stamp.state())

    def closed(self) -> None:
        """A part is complete: give it to whoever has least to do."""
        records, apart, told, young = self.sink.take()
        while True:
            worker = min(self.workers, key=lambda one: len(one.parts))
            if len(worker.parts) < AHEAD:
                break
            self.hear(None)
        given = Given(max(self.slot, 0))
        self.users[given.slot] += 1
        worker.parts.append(given)
        self.order.append((worker, given))
        self.send(worker, Part(given.slot, records, apart, told, young, self.sink.flows.capacity,
                               *self.start))
        self.hear(0)

    def send(self, worker: Worker, message: Any) -> None:
        try:
            worker.member.connection.send(message)
        except OSError:
            self.lost()

    def lost(self) -> None:
        """A process has ended by itself."""
        self.broken = True
        raise FykeError("a process of --jobs was ended; what it had to print is missing, and all "
                        "behind it")

    def hear(self, patience: float | None) -> None:
        """Take what the workers tell, and write what has its turn.

        Where the run has ended nobody tells anything any more: raises FykeError.
        """
        if self.broken:
            self.lost()
        self.broken = True  # whatever is raised from here on
        for connection in wait(list(self.by_connection), patience):
            worker = self.by_connection[connection]  # type: ignore[index]
            try:
                what, first, second = TOLD.unpack(worker.member.connection.recv_bytes(TOLD.size))
                words = (worker.member.connection.recv_bytes(first) if what[0] == FAILED else b"")
            except (EOFError, OSError):
                self.lost()
            self.take(worker, what[0], first, second, words)
        self.write()
        self.broken = False

    def take(self, worker: Worker, what: int, first: int, second: int, words: bytes) -> None:
        """One message of a worker."""
        if what == READY:
            worker.ready = True
        elif what == OUTPUT:
            worker.parts[0].pieces.append((first, second))
        elif what == DONE:
            given = worker.parts.popleft()
            given.done = True
            self.users[given.slot] -= 1
        else:
            raise FykeError(f"a process of --jobs failed ({words.decode('utf-8', 'replace')}); "
                            "without --jobs one process prints all")

    def write(self) -> None:
        """The text of the parts whose turn has come."""
        while self.order:
            worker, given = self.order[0]
            try:
                worker.outlet.pour(given.pieces, self.out.write)
            except EOFError:
                self.lost()
            if not given.done:
                return
            self.order.popleft()

    def tick(self) -> None:
        """The clock goes on."""
        if not self.broken:
            self.hear(0)

    def flush(self) -> None:
        """Everything so far is printed and written; where the run has ended, what was printed."""
        if self.sink.count and not self.broken:
            self.closed()
        while self.order and not self.broken:
            self.hear(None)
        self.out.flush()

    def close(self) -> None:
        """Write what is left, and end the processes."""
        try:
            if not self.broken:
                self.flush()
        finally:
            self.broken = True
            for one in self.workers:
                one.member.connection.close()
