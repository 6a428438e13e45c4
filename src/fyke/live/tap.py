"""live: a tap, which is an AF_PACKET socket with a filter and a ring.

``open_tap`` takes the steps in the order that lets no unjudged packet in: a socket with protocol
0 (it is given nothing), the filter, the lock on it, the ring, and only then bind(2) to the
interface and ETH_P_ALL. ``Tap.stop`` cuts it off again before the ring is read to its end.
"""

from __future__ import annotations

import errno
import os
import select
import socket
from contextlib import suppress

from fyke.bpf.machine import Machine
from fyke.errors import CaptureError, UsageError
from fyke.hints import Any
from fyke.live import constants as c
from fyke.live import kernel_filter
from fyke.live.binding import bind_packet
from fyke.live.cooked import header_length
from fyke.live.fallback import Queue
from fyke.live.frame import IN, INOUT, OUT, Frames
from fyke.live.interfaces import ANY, Interface, find, name_of
from fyke.live.namespaces import open_socket
from fyke.live.permission import no_permission
from fyke.live.ring import Ring, open_ring
from fyke.live.stamps import stamp
from fyke.live.statistics import Counters, Statistics
from fyke.source import Source
from fyke.wire import Record

SNAPLEN = 262144  #: octets kept of a packet unless another number is asked for
BUFFER_SIZE = 8 << 20  #: octets of the ring
BLOCK_TIMEOUT = 20  #: milliseconds until the kernel hands over a block that is not full
IMMEDIATE_TIMEOUT = 1  # milliseconds
DIRECTIONS = {"inout": INOUT, "in": IN, "out": OUT}


class Tap(Source):
    """Packets live from an interface; made by ``open_tap``.

    ``next`` never waits; ``wait`` does. ``stop`` may be called from a signal handler or another
    thread: no packet enters after it, those in the ring still come out, then ``wait`` says False.
    """

    __slots__ = ("barrier", "counters", "ended", "failure", "frames", "interface", "name",
                 "notes", "poller", "reader", "socket", "stopping", "wake")

    name: str  #: of the interface, or "any"
    interface: Interface
    notes: list[str]  #: one line for everything that is not as it was asked for
    barrier: socket.socket | None  #: of a member of a fanout group: see ``cut_off``

    def __init__(self, tap: socket.socket, interface: Interface, reader: Ring | Queue,
                 frames: Frames, notes: list[str]) -> None:
        self.socket = tap
        self.interface = interface
        self.name = interface.name
        self.reader = reader
        self.frames = frames
        self.notes = notes
        self.link_type = frames.link_type
        self.snaplen = frames.snaplen
        self.counters = Counters()
        self.barrier = None
        self.stopping = False
        self.ended = False
        self.failure: CaptureError | None = None
        self.wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.poller = select.poll()
        self.poller.register(tap, select.POLLIN)
        self.poller.register(self.wake, select.POLLIN)

    def next(self, packet: Record) -> bool:
        """Place ``packet`` on the next one that is there; see Source.next."""
        return self.reader.next(packet)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait up to ``timeout`` seconds for packets; see Source.wait.

        Raises CaptureError when the interface is gone, after its last packet came out.
        """
        if self.ended:
            return False
        if self.stopping:
            return self.drain()
        if self.reader.error:
            self.look_after()
            return True
        for handle, events in self.poller.poll(None if timeout is None else timeout * 1000):
            if handle != self.wake and events & ~select.POLLIN:
                self.look_after()
        return True

    def drain(self) -> bool:
        """After ``stop``: whether ``next`` may still find something."""
        if not self.reader.drained:
            return True
        self.ended = True
        if self.last_error() == errno.ENETDOWN:
            self.note_down()  # just before the end
        if self.failure is not None:
            raise self.failure
        return False

    def look_after(self) -> None:
        """The socket reported an error: carry on if the interface is only down."""
        number = self.last_error()
        index = self.interface.index
        if index and name_of(self.socket, index) is None:
            self.failure = CaptureError(f"{self.name}: the interface was removed while capturing")
            self.stop()
        elif number == errno.ENETDOWN:
            self.note_down()
        elif number:
            self.failure = CaptureError(f"{self.name}: {os.strerror(number)}")
            self.stop()

    def last_error(self) -> int:
        """The errno that reading met or the socket holds; 0 for none. Each is told once."""
        number = self.reader.error or self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.reader.error = 0
        return int(number)

    def note_down(self) -> None:
        """Say that the interface is or was down: what passed meanwhile is not here."""
        self.note(f"{self.name} went down; carrying on when it comes back")

    def note(self, line: str) -> None:
        """Add a line to ``notes``, each only once."""
        if line not in self.notes:
            self.notes.append(line)

    def stop(self) -> None:
        """Let no further packet in; what is in the ring still comes out. May be called again."""
        if self.stopping or self.socket.fileno() < 0:
            return
        self.cut_off()
        self.reader.cut_off = True
        self.stopping = True
        os.eventfd_write(self.wake, 1)

    def cut_off(self) -> None:
        """Tell the kernel to give this socket nothing more.

        bind(2) with protocol 0 would leave the old one in place, so it is bound to one that no
        frame has; the kernel waits until no processor is in the tap any more. A member of a
        fanout group cannot be bound again: it gets a filter instead, and closing another packet
        socket does the waiting (net/packet/af_packet.c: packet_release, synchronize_net).
        """
        if self.barrier is None:
            with suppress(OSError):  # the interface is gone: the kernel has unhooked the socket
                bind_packet(self.socket, self.interface.index, c.ETH_P_NEVER)
        else:
            kernel_filter.attach(self.socket, kernel_filter.REFUSE)
            self.barrier.close()

    def statistics(self) -> Statistics:
        """The kernel's counters since the tap was opened, and ours."""
        self.counters.read(self.socket)
        counted = self.counters
        return Statistics(counted.received, counted.dropped, counted.freezes, self.frames.hidden,
                          self.frames.refused)

    @property
    def group(self) -> int:
        """The number of the fanout group that it is in."""
        return self.socket.getsockopt(c.SOL_PACKET, c.PACKET_FANOUT) & 0xFFFF

    def let_go(self) -> None:
        """Give up this process's hold on a tap that another process goes on with."""
        self.ended = True
        self.reader.close()
        self.socket.close()
        if self.barrier is not None:
            self.barrier.close()
        os.close(self.wake)

    def fileno(self) -> int:
        """The socket's descriptor: readable when ``next`` has something."""
        return self.socket.fileno()

    def interface_name(self, index: int) -> str | None:
        """The name of an interface in the tap's network namespace; None if there is none."""
        return name_of(self.socket, index)

    def close(self) -> None:
        """Give everything back; what ``next`` has not given out is lost. May be called twice."""
        if self.socket.fileno() < 0:
            return
        self.stop()
        self.counters.read(self.socket)
        # A packet that still looks at the ring keeps the socket alive: undo this by hand.
        with suppress(OSError):  # was not promiscuous, or the interface is gone
            set_promiscuous(self.socket, self.interface, c.PACKET_DROP_MEMBERSHIP)
        self.let_go()

    def __enter__(self) -> Tap:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_tap(interface: str, program: Any = None, *, snaplen: int = SNAPLEN,
             promiscuous: bool = True, buffer_size: int = BUFFER_SIZE, immediate: bool = False,
             link_type: int | None = None, direction: str = "inout", both_ways: bool = False,
             namespace: str | None = None, timestamp_type: str = "host",
             fanout: tuple[int, str] | None = None, ring: bool = True,
             block_timeout: int = BLOCK_TIMEOUT) -> Tap:
    """Open a tap on ``interface``: a name, an index as text, or "any".

    ``program`` is a fyke.bpf Program or a sequence of Instructions; None keeps everything.
    ``snaplen`` is in octets (0: SNAPLEN), ``buffer_size`` in octets of ring. ``immediate`` has
    packets handed over within a millisecond. ``link_type`` is one of ``Interface.link_types``;
    None takes the first. ``direction`` is "inout", "in" or "out"; ``both_ways`` shows what goes
    over the loopback interface twice. ``namespace`` is a NAME, PATH or PID. ``timestamp_type``
    is one of ``stamps.available``. ``fanout`` is a group's number (constants.FANOUT_NEW: a new
    one, see ``Tap.group``) and how it shares packets (constants.FANOUT_MODES; "hash+rollover"
    gives those of a full tap to another): each goes to one of the taps in the group. ``ring``
    False reads with recvmsg(2). ``block_timeout`` is in milliseconds: how long the kernel may
    hold back a block that is not full. Raises CaptureError, UsageError.
    """
    if direction not in DIRECTIONS:
        raise UsageError(f"{direction!r} is not a direction; it is one of {', '.join(DIRECTIONS)}")
    found = find(interface, namespace)
    chosen = choose_link_type(found, link_type)
    frames = Frames(chosen, snaplen or SNAPLEN, DIRECTIONS[direction], both_ways)
    frames.many = found.name == ANY
    kind = socket.SOCK_DGRAM if header_length(chosen) else socket.SOCK_RAW
    notes: list[str] = []
    try:
        tap = open_socket(namespace, socket.AF_PACKET, kind, 0)
    except PermissionError:
        raise CaptureError(no_permission(found.name)) from None
    except OSError as error:
        raise CaptureError(f"{found.name}: no packet socket: {error.strerror}") from None
    try:
        if fanout is None:
            attach_filter(tap, program, frames, notes)
            kernel_filter.lock(tap)
        else:
            kernel_filter.attach(tap, kernel_filter.REFUSE)
        stamp(tap, found.name, timestamp_type)
        quiet = quiet_outgoing(tap, found, frames)
        timeout = IMMEDIATE_TIMEOUT if immediate else block_timeout
        reader = open_reader(tap, frames, buffer_size, timeout, ring, notes)
        if promiscuous and found.index:
            be_promiscuous(tap, found)
        bind(tap, found)
        made = Tap(tap, found, reader, frames, notes)
        try:
            if fanout is not None:
                made.barrier = open_socket(namespace, socket.AF_PACKET, kind, 0)
                join(tap, fanout, quiet)
                attach_filter(tap, program, frames, notes)  # not locked: stop() changes it
        except BaseException:
            made.let_go()
            raise
        return made
    except BaseException:
        tap.close()
        raise


def choose_link_type(interface: Interface, asked: int | None) -> int:
    """The LINKTYPE to capture with. Raises UsageError if the interface does not have it."""
    if asked is None:
        return interface.link_type
    if asked not in interface.link_types:
        raise UsageError(f"{interface.name} has no link type {asked}; it has "
                         f"{', '.join(map(str, interface.link_types))}")
    return asked


def attach_filter(tap: socket.socket, program: Any, frames: Frames, notes: list[str]) -> None:
    """Attach the program, or have it run here and attach one that cuts to the snaplen."""
    refusal: str | None = None
    if program is not None:
        instructions = tuple(getattr(program, "instructions", program))
        translated = kernel_filter.translate(instructions, frames.link_type)
        refusal = ("it reads what only the cooked header has" if translated is None
                   else kernel_filter.attach(tap, translated))
        if refusal is not None:
            notes.append(f"the kernel cannot run this filter ({refusal}): it runs here")
            frames.machine = Machine(instructions)
    if program is None or refusal is not None:
        why = kernel_filter.attach(tap, kernel_filter.keep(frames.snaplen))
        if why is not None:
            raise CaptureError(f"the kernel takes no filter: {why}")


def quiet_outgoing(tap: socket.socket, interface: Interface, frames: Frames) -> bool:
    """Where outgoing packets will not be shown, have the kernel not deliver them (Linux 4.20).

    Whether that is so now.
    """
    if frames.direction == IN or (interface.loopback and frames.direction == INOUT
                                  and not frames.both_ways):
        with suppress(OSError):  # they are hidden here instead
            tap.setsockopt(c.SOL_PACKET, c.PACKET_IGNORE_OUTGOING, 1)
            return True
    return False


def open_reader(tap: socket.socket, frames: Frames, buffer_size: int, timeout: int,
                ring: bool, notes: list[str]) -> Ring | Queue:
    """The ring, or where the kernel refuses one, plain reading."""
    if ring:
        try:
            return open_ring(tap, frames, buffer_size, timeout, notes)
        except OSError as error:
            notes.append(f"no ring ({error.strerror}): reading packet by packet, which is slower")
    return Queue(tap, frames, buffer_size)


def be_promiscuous(tap: socket.socket, interface: Interface) -> None:
    """Have the interface take frames for others too, as long as the tap is open."""
    try:
        set_promiscuous(tap, interface, c.PACKET_ADD_MEMBERSHIP)
    except PermissionError:
        raise CaptureError(no_permission(interface.name, "CAP_NET_ADMIN",
                                         "; or do without promiscuous mode (-p)")) from None
    except OSError as error:
        raise CaptureError(f"{interface.name}: no promiscuous mode: {error.strerror}; try -p"
                           ) from None


def set_promiscuous(tap: socket.socket, interface: Interface, option: int) -> None:
    """Add or drop the tap's wish for promiscuous mode. Raises OSError."""
    request = c.PACKET_MREQ.pack(interface.index, c.PACKET_MR_PROMISC, 0, b"")
    tap.setsockopt(c.SOL_PACKET, option, request)


def bind(tap: socket.socket, interface: Interface) -> None:
    """Open the tap: from here on packets arrive. Raises CaptureError if the interface is down."""
    try:
        bind_packet(tap, interface.index, c.ETH_P_ALL)
        number = tap.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    except OSError as error:
        number = error.errno or 0
    if number == errno.ENETDOWN:
        raise CaptureError(f"{interface.name} is down; bring it up: "
                           f"ip link set {interface.name} up")
    if number:
        raise CaptureError(f"{interface.name}: {os.strerror(number)}")


def join(tap: socket.socket, fanout: tuple[int, str], quiet: bool) -> None:
    """Share the packets with the other taps of a group (PACKET_FANOUT).

    The group takes the place of the single tap's wish not to be given outgoing packets.
    """
    group, how = fanout
    mode, _, rollover = how.partition("+")
    if mode not in c.FANOUT_MODES or rollover not in ("", "rollover"):
        raise UsageError(f"{how!r} is no way to share packets; it is one of "
                         f"{', '.join(c.FANOUT_MODES)}, with +rollover or without")
    flags = (c.FANOUT_FLAG_ROLLOVER * bool(rollover) | c.FANOUT_FLAG_IGNORE_OUTGOING * quiet
             | c.FANOUT_FLAG_UNIQUEID * (group == c.FANOUT_NEW))
    try:
        tap.setsockopt(c.SOL_PACKET, c.PACKET_FANOUT,
                       (c.FANOUT_MODES[mode] | flags) << 16 | max(group, 0) & 0xFFFF)
    except OSError as error:
        raise CaptureError(f"cannot join fanout group {group} ({how}): {error.strerror}; is it "
                           "used by other taps in another way?") from None
