# cython: boundscheck=True, wraparound=True
"""Room processes/: who used which addresses when: what the events add up to.

Of each pair of ends (ends.py) the claims are kept in the order of time: a process, or nobody yet
(a new connection), or nobody any more (closed). A packet belongs to the claim that held when it
was tapped. Where nobody held it then, but somebody soon after, it is theirs: a server is known
when it reads what has come.
"""

from __future__ import annotations

from bisect import bisect_right

from fyke.hints import TYPE_CHECKING
from fyke.owner import EBPF, LISTENER, SHARED, Process
from fyke.processes import event_layout as layout
from fyke.processes import events
from fyke.processes.ends import Ends
from fyke.wire import Record

if TYPE_CHECKING:
    from collections.abc import Callable

SLACK = 5_000  # ns by which the two clocks' difference may be wrong
LINGER = 60_000_000_000  # ns for which packets of a closed connection are still its user's
MAX_FLOWS = 1 << 18
MAX_CLAIMS = 8  # of one pair of ends, but for those that packets may still come for
STILL_COME = 10_000_000_000  # ns that packets may be behind the events
MOST_CLAIMS = 1024
MAX_TASKS = 1 << 16
ICMP = 1
TCP = 6
ICMP6 = 58
RAW_IP = 101  # link type: no link-layer header
NONE = bytes(2)


class Task:
    """A process through its life: what it was from when on, as exec(2) and others change it."""

    __slots__ = ("ended", "processes", "seen", "start", "times", "told")

    def __init__(self, time: int, process: Process, start: int) -> None:
        self.start = start
        self.times = [time]
        self.processes = [process]
        self.ended = False
        self.seen = time  #: of its last event
        self.told: dict[tuple[int, int, str], Process] = {}

    @property
    def last(self) -> Process:
        return self.processes[-1]

    def becomes(self, time: int, process: Process) -> None:
        """From ``time`` on it is like that."""
        if process != self.last:
            self.times.append(time)
            self.processes.append(process)

    def at(self, time: int, tid: int, source: str) -> Process:
        """What it was then, with the thread, and who says so; the same object each time."""
        number = max(0, bisect_right(self.times, time) - 1) if len(self.times) > 1 else 0
        key = (number, tid, source)
        found = self.told.get(key)
        if found is None:
            found = self.told[key] = self.processes[number]._replace(tid=tid, source=source)
        return found


class Claim:
    """That a socket is a task's. ``cookie`` 0: the socket had none yet.

    ``shared``: another task has a socket of the same ends, and which gets what is not known.
    ``crafted``: the packet was made by the task itself; the kernel knows no such connection.
    """

    __slots__ = ("cookie", "crafted", "shared", "task", "tid")

    def __init__(self, task: Task, tid: int, cookie: int, shared: bool = False,
                 crafted: bool = False) -> None:
        self.task = task
        self.tid = tid
        self.cookie = cookie
        self.shared = shared
        self.crafted = crafted

    def process(self, time: int) -> Process:
        """Whose it was then."""
        return self.task.at(time, self.tid, SHARED if self.shared else EBPF)


class Flow:
    """The claims on one pair of ends, by time; None: nobody's. ``live``: open sockets by cookie."""

    __slots__ = ("claims", "closed", "gone", "live", "times", "version")

    version: int  #: grows with every change

    def __init__(self) -> None:
        self.version = 0
        self.times: list[int] = []
        self.claims: list[Claim | None] = []
        self.live: dict[int, Claim] = {}
        self.closed = 0  # when it was closed, if that is the last that is known
        self.gone = 0  # the cookie of that socket

    def add(self, time: int, claim: Claim | None) -> None:
        """From ``time`` on it is that. Events of several processors may come a little mixed."""
        self.version += 1
        at = bisect_right(self.times, time)
        self.times.insert(at, time)
        self.claims.insert(at, claim)
        self.closed = 0
        while len(self.times) > MAX_CLAIMS and (
                self.times[1] < time - STILL_COME or len(self.times) > MOST_CLAIMS):
            del self.times[0], self.claims[0]

    def own(self, time: int, claim: Claim) -> None:
        """A socket is used by a task."""
        self.live.pop(0, None)
        if claim.cookie not in self.live and len(self.live) >= MAX_CLAIMS:
            self.live.clear()
        self.live[claim.cookie] = claim
        self.add(time, self.among_others(claim))

    def among_others(self, claim: Claim) -> Claim:
        """The claim, marked if another task has a claim that lives."""
        shared = len(self.live) > 1 and any(one.task is not claim.task
                                            for one in self.live.values())
        return Claim(claim.task, claim.tid, claim.cookie, shared) if shared else claim

    def close(self, time: int, cookie: int) -> None:
        """A socket is closed."""
        claim = self.live.pop(cookie, None)
        if claim is not None and not self.closed and self.claims and self.claims[-1] is None:
            self.claims[-1] = claim  # nobody else came to use it: what it sent waited for ARP
        self.live.pop(0, None)
        if self.live:
            self.add(time, self.among_others(next(reversed(self.live.values()))))
        else:
            self.add(time, None)
            self.closed = time
            self.gone = cookie

    def at(self, time: int, *, opening: bool, final: bool) -> Claim | None:
        """The claim for a packet of then; None if there is none (yet)."""
        times, claims = self.times, self.claims
        here = bisect_right(times, time + SLACK) - 1
        if here >= 0 and claims[here] is not None:
            return claims[here]
        for claim in claims[here + 1:]:
            if claim is not None:
                return claim
        over = bool(self.closed) and here == len(times) - 1
        if over and (not opening or time < self.closed + SLACK) and time - self.closed < LINGER:
            for claim in reversed(claims):
                if claim is not None:
                    return claim
        return None


class Registry:
    """Takes events, and answers whose a packet is.

    ``to_epoch`` gives the nanoseconds to add to CLOCK_MONOTONIC for the time of day, ``boot`` those
    to add to CLOCK_BOOTTIME. ``complete`` may add to a process what events do not tell (names of
    its user, its container).
    """

    def __init__(self, to_epoch: int, boot: int, complete: Callable[[Process, int], Process]
                 = lambda process, cgroup: process) -> None:
        self.to_epoch = to_epoch
        self.boot = boot
        self.complete = complete
        self.flows: dict[bytes, Flow] = {}
        self.by_cookie: dict[int, list[bytes]] = {}
        self.tasks: dict[int, Task] = {}
        self.followed: set[int] = set()
        self.ended: dict[int, int] = {}  # followed processes: when they ended
        self.wanted: Callable[[Process], bool] | None = None
        self.answer: tuple[Flow, int, bytes, int] | None = None
        self.version = 0  #: grows with every change of what a task is
        self.forgotten = 0  #: pairs of ends that there was no room for any more
        self.count = 0  #: events so far

    def take(self, event: bytes) -> None:
        """One event."""
        head = events.head(event)
        self.count += 1
        time = head.time + self.to_epoch
        kind = head.kind
        if kind == layout.OWNER:
            self.own(time, head, events.socket(event))
        elif kind in (layout.FRESH, layout.MOVED):
            self.fresh(time, head, events.socket(event))
        elif kind == layout.CLOSED:
            self.close(time, head, events.socket(event))
        elif kind == layout.SENT:
            self.sent(time, head, events.socket(event), events.packet(event))
        elif kind == layout.EXEC:
            task = self.task(time, head)
            words = events.arguments(event)
            if words:
                self.version += 1
                task.becomes(time, task.last._replace(arguments=words))
        elif kind == layout.FORK:
            self.fork(time, head, events.child(event))
        elif kind == layout.EXIT:
            self.exit(time, head.pid)

    # Processes.

    def task(self, time: int, head: events.Head) -> Task:
        """The process of an event, as it is now."""
        known = self.tasks.get(head.pid)
        if known is not None and known.start == head.start:
            last = known.last
            name = events.text(head.name)
            before, known.seen = known.seen, max(known.seen, time)
            if last.name == name and last.uid == head.uid and head.kind != layout.EXEC:
                return known
            user = last.user if last.uid == head.uid else ""
            new = last._replace(name=name, uid=head.uid, user=user)
            if head.kind == layout.EXEC:
                new = new._replace(arguments=())
            elif head.kind == layout.OWNER:  # a call's end: what it sent has the new name, too
                time = min(time, before + 1)
            known.becomes(time, self.complete(new, head.cgroup))
            self.version += 1
            return known
        if len(self.tasks) >= MAX_TASKS:
            self.forget_tasks()
        made = Process(head.pid, head.pid, events.text(head.name), head.uid, EBPF, "", head.parent,
                       events.text(head.parent_name), head.start + self.boot)
        known = Task(time, self.complete(made, head.cgroup), head.start)
        self.tasks[head.pid] = known
        return known

    def forget_tasks(self) -> None:
        """Those that ended, or else the oldest."""
        ended = [pid for pid, task in self.tasks.items() if task.ended]
        for pid in ended or list(self.tasks)[:MAX_TASKS // 8]:
            del self.tasks[pid]

    def follow(self, pid: int) -> None:
        """The process's children will be followed, and theirs."""
        self.followed.add(pid)
        self.ended.pop(pid, None)

    def is_followed(self, process: Process) -> bool:
        """Whether it is one of those, and not a later one of the same number."""
        if process.pid not in self.followed:
            return False
        ended = self.ended.get(process.pid)
        return ended is None or process.start <= ended

    def fork(self, time: int, head: events.Head, child: int) -> None:
        if head.pid in self.followed or (
                self.wanted is not None and self.wanted(self.task(time, head).last)):
            self.follow(child)

    def exit(self, time: int, pid: int) -> None:
        if pid in self.followed:
            self.ended[pid] = time
        task = self.tasks.get(pid)
        if task is not None:
            task.ended = True

    # Sockets.

    def own(self, time: int, head: events.Head, socket: events.Socket) -> None:
        claim = Claim(self.task(time, head), head.tid, socket.cookie)
        self.flow(self.key(head, socket), socket.cookie).own(time, claim)

    def fresh(self, time: int, head: events.Head, socket: events.Socket) -> None:
        """A socket has addresses that were not told; its user may be known by its cookie."""
        key = self.key(head, socket)
        claim = self.user(socket.cookie) if head.kind == layout.MOVED else None
        if claim is not None:
            self.flow(key, socket.cookie).own(time, claim)
            return
        known = self.flows.get(key)
        if known is not None and known.closed and socket.cookie and known.gone == socket.cookie:
            return  # what its last user sent waited for ARP
        self.flow(key, socket.cookie).add(time, None)

    def user(self, cookie: int) -> Claim | None:
        """Who is known to use a socket."""
        for key in self.by_cookie.get(cookie, ()) if cookie else ():
            flow = self.flows.get(key)
            claim = flow.live.get(cookie) if flow is not None else None
            if claim is not None:
                return claim
        return None

    def sent(self, time: int, head: events.Head, socket: events.Socket, packet: bytes) -> None:
        """A packet has other ends than its socket. What sends raw is no user of a connection that
        there is: whose packets are the connection's is not sure then.
        """
        ends = Ends(head.netns.to_bytes(4, "little"))
        key = ends.read(Record(packet, RAW_IP), True)
        cookie = socket.cookie
        user = Claim(self.task(time, head), head.tid, cookie) if head.pid else self.user(cookie)
        if not key or user is None:
            return
        sure = head.pid != 0
        if socket.protocol:
            self.flow(key, cookie).own(time, Claim(user.task, user.tid, cookie, not sure))
            return
        flow = self.flow(key, 0)
        if flow.live:
            sure, user = False, next(reversed(flow.live.values()))
        flow.add(time, Claim(user.task, user.tid, cookie, not sure, not flow.live))

    def close(self, time: int, head: events.Head, socket: events.Socket) -> None:
        for key in self.by_cookie.pop(socket.cookie, ()):
            flow = self.flows.get(key)
            if flow is not None:
                flow.close(time, socket.cookie)

    def flow(self, key: bytes, cookie: int) -> Flow:
        """The claims on a pair of ends."""
        if cookie:
            keys = self.by_cookie.setdefault(cookie, [])
            if key not in keys:
                keys.append(key)
        found = self.flows.get(key)
        if found is None:
            if len(self.flows) >= MAX_FLOWS:
                self.make_room()
            found = self.flows[key] = Flow()
        return found

    def make_room(self) -> None:
        """Forget what is closed; if that is little, the oldest."""
        closed = [key for key, flow in self.flows.items() if not flow.live]
        if len(closed) < MAX_FLOWS // 8:
            oldest = list(self.flows)[:MAX_FLOWS // 8]
            self.forgotten += len(oldest)
            closed += oldest
        for key in closed:
            self.flows.pop(key, None)
        if len(self.by_cookie) > MAX_FLOWS:
            self.by_cookie = {cookie: keys for cookie, keys in self.by_cookie.items()
                              if any(key in self.flows for key in keys)}

    @staticmethod
    def key(head: events.Head, socket: events.Socket) -> bytes:
        """As Ends makes them, with the network namespace in front."""
        bare = head.netns.to_bytes(4, "little") + bytes((socket.protocol,))
        here = bare + socket.local + socket.port
        if socket.port == NONE and socket.protocol not in (ICMP, ICMP6):  # it connects, and has no
            return bare + socket.cookie.to_bytes(8, "little")  # port yet; or is a raw socket
        if socket.listens or (socket.remote_port == NONE and not any(socket.remote)):
            return here
        return here + socket.remote + socket.remote_port

    # Packets.

    def find(self, key: bytes, time: int, *, protocol: int, opening: bool, resets: bool,
             final: bool, others: list[bytes], outgoing: bool = False) -> Process | None:
        """Whose the packet is; None if nobody is known (yet, unless ``final``).

        ``others`` are the keys of sockets that are not connected: of TCP they are listeners.
        ``answer`` is then what Owned keeps, if later packets of the same ends get the same answer:
        the flow that told and its version, ends that must not come to be known, ``version``.
        """
        self.answer = None
        flow = self.flows.get(key)
        if flow is not None:
            if opening and flow.closed and flow.closed + SLACK <= time:
                flow.add(time, None)  # the ends are used again
            claim = flow.at(time, opening=opening or resets, final=final)
            if claim is not None and not (resets and claim.crafted):
                if claim is flow.claims[-1]:
                    self.answer = flow, flow.version, b"", self.version
                return claim.process(time)
        tcp = protocol == TCP
        if tcp and (not final or resets):
            return None
        for other in others:
            flow = self.flows.get(other)
            new = tcp or not outgoing  # what comes to a closed port is nobody's
            claim = flow.at(time, opening=new, final=final) if flow is not None else None
            if claim is not None and flow is not None:
                if claim is flow.claims[-1] and not tcp:
                    self.answer = flow, flow.version, key, self.version
                return claim.task.at(time, claim.tid, LISTENER) if tcp else claim.process(time)
        return None
