"""Room processes/: the programs at work: loaded, hooked in, their ring mapped.

``open_watch`` needs CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN) and does everything that needs
rights. What a Watch does afterwards is read memory and poll(2) a descriptor: a box that allows
no more may be closed around it.
"""

from __future__ import annotations

import os
import time

from fyke.errors import CaptureError
from fyke.hints import TYPE_CHECKING
from fyke.processes import clocks, programs, system
from fyke.processes.btf import read_btf
from fyke.processes.kernel_layout import layout_of
from fyke.processes.owned import wait_for
from fyke.processes.registry import Registry
from fyke.processes.ring import EventRing
from fyke.wire import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.owner import Process
    from fyke.processes.ends import Ends

RING_SIZE = 4 << 20  # octets, a power of two
SOCKETS = 65536  # of which is remembered what was told
FIRST_PID_NAMESPACE = 0xEFFFFFFC  # include/linux/proc_ns.h: PROC_PID_INIT_INO
CLOCK_CHECK = 1.0  # seconds between two looks at the clocks


class Watch:
    """Knows from the kernel's events whose a packet is."""

    source = "ebpf"

    def __init__(self, ring: EventRing, lost: Record, held: list[int], tables: programs.Tables,
                 registry: Registry, notes: list[str]) -> None:
        self.ring = ring
        self.lost_page = lost
        self.held = held
        self.tables = tables
        self.registry = registry
        self.notes = notes
        self.closed = False
        self.checked = time.monotonic()

    def waiting(self) -> bool:
        """Whether there are events that ``drain`` would take."""
        return not self.closed and self.ring.waiting()

    def drain(self) -> None:
        """Take the events that there are."""
        now = time.monotonic()
        if now - self.checked > CLOCK_CHECK:  # somebody may have set the clock
            self.checked = now
            self.registry.to_epoch = clocks.monotonic()
        for event in self.ring.take():
            self.registry.take(event)

    def wait(self, timeout: float) -> None:
        """Wait for events, at most ``timeout`` seconds."""
        wait_for(self.tables.ring, timeout)

    def find(self, ends: Ends, when: int, outgoing: bool, final: bool) -> Process | None:
        """Whose a packet is; None: nobody is known (yet, unless ``final``)."""
        return self.registry.find(ends.key, when, protocol=ends.protocol, opening=ends.opening,
                                  resets=ends.resets and outgoing, final=final,
                                  others=ends.unconnected(), outgoing=outgoing)

    def worth_waiting(self, ends: Ends, when: int, patience: int) -> bool:
        """Whether a packet of ``when`` may still find its owner."""
        return when + patience > time.time_ns()

    def follow(self, pid: int) -> None:
        """From now on tell of a process and its children; before the box closes."""
        system.update(self.tables.followed, pid.to_bytes(4, "little"), b"\1\0\0\0")
        self.registry.follow(pid)

    def follow_children_of(self, wanted: Callable[[Process], bool]) -> None:
        """Follow the children that such processes come to have (Wishes.everyone)."""
        self.registry.wanted = wanted

    def is_followed(self, process: Process) -> bool:
        return self.registry.is_followed(process)

    @property
    def lost(self) -> int:
        """Events that found the ring full."""
        return 0 if self.closed else self.lost_page.le64(0)

    def told(self) -> list[str]:
        """What is to be said at the end."""
        lines = []
        if self.lost:
            lines.append(f"{self.lost} events about processes lost: packets' owners may be missing "
                         "or outdated")
        if self.registry.forgotten:
            lines.append(f"{self.registry.forgotten} connections forgotten: more than are kept")
        return lines

    def close(self) -> None:
        """Take the programs out of the kernel; may be called twice."""
        if self.closed:
            return
        self.closed = True
        for descriptor in self.held:
            os.close(descriptor)
        self.ring.close()
        self.lost_page.release()


def open_watch(wishes: programs.Wishes | None = None, *, ring_size: int = RING_SIZE,
               complete: Callable[[Process, int], Process] | None = None) -> Watch:
    """Load the programs and hook them in. Raises CaptureError that says what is missing."""
    layout = layout_of(read_btf())
    wishes = programs.Wishes() if wishes is None else wishes
    own = os.stat("/proc/self/ns/pid").st_ino
    if own != FIRST_PID_NAMESPACE:
        wishes = wishes._replace(namespace=own)
    held: list[int] = []
    notes: list[str] = []
    try:
        tables = make_tables(held, ring_size)
        writer = programs.Writer(layout, tables, wishes)
        for name, code in programs.tracing(writer).items():
            program = system.load(system.TRACING, code, name, attach=system.TRACE_RAW_TP,
                                  type_id=layout.tracepoints[name])
            held += [program, system.hook(program)]
        hook_release(writer, held, notes)
        ring = EventRing(tables.ring, ring_size)
        lost = Record(map_page(tables.lost))
    except OSError as error:
        for descriptor in held:
            os.close(descriptor)
        raise CaptureError(why_not(error)) from error
    except BaseException:
        for descriptor in held:
            os.close(descriptor)
        raise
    registry = Registry(clocks.monotonic(), clocks.boot(),
                        *([complete] if complete is not None else []))
    return Watch(ring, lost, held, tables, registry, notes)


def make_tables(held: list[int], ring_size: int) -> programs.Tables:
    """The maps; their descriptors are put into ``held``."""
    for kind, key, value, entries, name, flags in (
            (system.RING_BUFFER, 0, 0, ring_size, "fyke_events", 0),
            (system.LRU_HASH, 8, programs.KNOWN, SOCKETS, "fyke_sockets", 0),
            (system.ARRAY, 4, 8, 1, "fyke_lost", system.MMAPABLE),
            (system.LRU_HASH, 4, 4, SOCKETS, "fyke_known", 0),
            (system.HASH, 4, 4, SOCKETS, "fyke_followed", 0)):
        held.append(system.make_map(kind, key, value, entries, name, flags))
    return programs.Tables(*held)


def map_page(descriptor: int) -> object:
    import mmap
    return mmap.mmap(descriptor, mmap.PAGESIZE, mmap.MAP_SHARED, mmap.PROT_READ)


def hook_release(writer: programs.Writer, held: list[int], notes: list[str]) -> None:
    """Hear of closed UDP sockets, by the topmost control group; where that is refused, told."""
    from fyke.processes.containers import root
    top = root()
    try:
        program = system.load(system.CGROUP_SOCK, writer.released(), "sock_release",
                              attach=system.CGROUP_INET_SOCK_RELEASE)
        held.append(program)
        group = system.unmounted("cgroup2") if top is None else os.open(
            top, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
        try:
            held.append(system.hook_cgroup(program, group, system.CGROUP_INET_SOCK_RELEASE))
        finally:
            os.close(group)
    except OSError as error:
        notes.append(f"the end of UDP sockets is not told ({error.strerror}): a port that another "
                     "process takes over may be said to be the first one's until that sends")


def why_not(error: OSError) -> str:
    """What the kernel refused, and what to grant."""
    if isinstance(error, PermissionError) and "(" not in str(error.strerror):
        return ("the kernel lets this process load no eBPF programs; grant CAP_BPF and "
                "CAP_PERFMON, or run with sudo")
    return f"the kernel refused an eBPF program: {error.strerror or error}"
