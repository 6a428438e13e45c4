"""Room processes/: owners as /proc and sock_diag(7) tell them, where eBPF is not to be had.

They tell what is when they are asked: a process that has ended by then is missed, and of several
that hold a socket the first is said. So whatever comes from here is marked as not sure. Asking
takes milliseconds and rights, so a helper does it: a child that was forked before this process
gave up its own.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

from fyke import netlink
from fyke.errors import CaptureError
from fyke.hints import TYPE_CHECKING, NoReturn
from fyke.owner import PROC, Process
from fyke.processes.containers import container_of
from fyke.processes.holders import read, sockets_of
from fyke.processes.owned import wait_for

if TYPE_CHECKING:
    from fyke.processes.ends import Ends
    from fyke.processes.people import Completer

FOLDER = Path("/proc")
SOCK_DIAG_BY_FAMILY = 20  # include/uapi/linux/sock_diag.h
REQUEST = struct.Struct("@BBBxI48x")  # struct inet_diag_req_v2
MESSAGE = struct.Struct("@4x2s2s16s16s12x12xII")  # struct inet_diag_msg, from its family on
ALL_STATES = 0xFFFFFFFF
LISTEN_STATE = 10
TCP = 6
UDP = 17
ASKED_OF = (TCP, UDP, 132, 136)
MAPPED = bytes(10) + b"\xff\xff"
LARGEST = 1 << 16
AGAIN = 1_000_000_000  # ns after which an answer about a socket without connection is old
MAX_KNOWN = 1 << 16
MAX_ANCESTORS = 64
LATEST = 10  # times a packet's patience, however many questions are before it


class Asked:
    """Knows whose a packet is from its helper's answers; the same methods as watch.Watch."""

    source = PROC
    lost = 0

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.link.setblocking(False)
        self.closed = False
        self.notes: list[str] = []
        self.known: dict[bytes, tuple[Process | None, int]] = {}
        self.pending: dict[bytes, int] = {}  # when it was asked
        self.followed: set[int] = set()
        self.ancestors: dict[int, frozenset[int]] = {}
        self.wanted: Callable[[Process], bool] | None = None

    def waiting(self) -> bool:
        """Whether answers may be there."""
        return bool(self.pending)

    def drain(self) -> None:
        """Take the answers that there are."""
        while self.pending:
            try:
                answer = self.link.recv(LARGEST, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:
                answer = b""
            if not answer:
                self.pending.clear()
                self.closed = True
                return
            size = answer[0]
            key = answer[1:1 + size]
            self.pending.pop(key, None)
            if len(self.known) >= MAX_KNOWN:
                self.known.clear()
            self.known[key] = self.process(answer[1 + size:]), time.time_ns()

    def process(self, told: bytes) -> Process | None:
        if not told:
            return None
        words = json.loads(told)
        above = words.pop("ancestors")
        words["arguments"] = tuple(words["arguments"])
        found = Process(**words)
        self.ancestors[found.pid] = frozenset(above)
        return found

    def wait(self, timeout: float) -> None:
        """Wait for an answer, at most ``timeout`` seconds."""
        wait_for(self.link.fileno(), timeout)

    def find(self, ends: Ends, when: int, outgoing: bool, final: bool) -> Process | None:
        """Whose a packet is; None: nobody is known (yet, unless ``final``)."""
        if ends.protocol not in ASKED_OF:
            return None
        key = ends.key
        process, asked = self.known.get(key, (None, 0))
        lasting = process is not None and ends.protocol == TCP and not ends.opening
        if asked >= when or lasting or (when - asked < AGAIN and not ends.opening):
            return process
        if not final and key not in self.pending:
            try:
                os.write(self.link.fileno(), key)  # sendto(2) is not allowed in the box
                self.pending[key] = time.time_ns()
            except OSError:
                pass  # it is behind: this packet will have no owner
        return process if final else None

    def worth_waiting(self, ends: Ends, when: int, patience: int) -> bool:
        """Whether an answer is still to come. Questions follow each other, so it may be later."""
        now = time.time_ns()
        asked = self.pending.get(ends.key)
        return asked is not None and now < min(asked + patience, when + LATEST * patience)

    def follow(self, pid: int) -> None:
        """Processes below this one are followed."""
        self.followed.add(pid)

    def follow_children_of(self, wanted: Callable[[Process], bool]) -> None:
        self.wanted = wanted

    def is_followed(self, process: Process) -> bool:
        return process.pid in self.followed or bool(
            self.ancestors.get(process.pid, frozenset()) & self.followed)

    def told(self) -> list[str]:
        """What is to be said at the end."""
        return ["the helper that reads /proc has ended: owners are missing since"] \
            if self.closed else []

    def close(self) -> None:
        """End the helper; may be called twice."""
        self.closed = True
        self.link.close()


def open_asked(complete: Completer, *, namespaces: tuple[str | None, ...] = (None,),
               arguments: bool = False) -> Asked:
    """Fork the helper. Raises CaptureError."""
    from fyke.live.namespaces import namespace_path, open_socket
    asking: dict[bytes, socket.socket] = {}
    try:
        for one in dict.fromkeys(namespaces):
            path = "/proc/self/ns/net" if one is None else namespace_path(one)
            asking[os.stat(path).st_ino.to_bytes(4, "little")] = open_socket(
                one, socket.AF_NETLINK, socket.SOCK_RAW, netlink.NETLINK_SOCK_DIAG)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        between = os.fork()
        if between == 0:  # the helper is nobody's child: who waits for children is not disturbed
            if os.fork() == 0:
                ours.close()
                serve(Reader(asking, complete, arguments), theirs)
            os._exit(0)
        os.waitpid(between, 0)
    except OSError as error:
        raise CaptureError(f"no helper to read /proc: {error.strerror}") from None
    theirs.close()
    for diagnosis in asking.values():
        diagnosis.close()
    return Asked(ours)


def serve(reader: Reader, link: socket.socket) -> NoReturn:
    """The helper: a question a message, an answer a message, until nobody asks any more."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1,
                       signal.SIGUSR2):
            signal.signal(number, signal.SIG_IGN)
        while True:
            key = link.recv(LARGEST)
            if not key:
                break
            try:
                told = reader.answer(key)
            except (OSError, CaptureError, ValueError):
                told = b""
            link.send(bytes((len(key),)) + key + told)
    except OSError:
        pass  # nobody is there any more
    finally:
        os._exit(0)


class Reader:
    """Finds the process behind a pair of ends, now."""

    def __init__(self, asking: dict[bytes, socket.socket], complete: Completer,
                 arguments: bool) -> None:
        self.asking = asking
        self.complete = complete
        self.arguments = arguments
        self.holders: dict[int, int] = {}

    def answer(self, key: bytes) -> bytes:
        """The process as JSON, nothing if there is none."""
        asked = self.asking.get(key[:4])
        if asked is None:
            return b""
        inode = find_socket(asked, key[4:])
        pid = self.holder(inode) if inode else 0
        if not pid:
            return b""
        found = process(pid, self.complete, self.arguments)
        if found is None:
            return b""
        return json.dumps({**found._asdict(), "ancestors": ancestors(pid)}).encode()

    def holder(self, inode: int) -> int:
        """A process that holds the socket, 0 if none is found."""
        pid = self.holders.get(inode, 0)
        if pid and inode in held_by(pid):
            return pid
        self.holders.clear()
        for entry in os.scandir(FOLDER):
            if entry.name.isdecimal():
                for one in held_by(int(entry.name)):
                    self.holders.setdefault(one, int(entry.name))
        return self.holders.get(inode, 0)


def held_by(pid: int) -> set[int]:
    """The inodes of a process's sockets; none where it may not be looked at."""
    try:
        return sockets_of(FOLDER / str(pid))
    except OSError:
        return set()


def find_socket(asked: socket.socket, key: bytes) -> int:
    """The inode of the socket that a pair of ends belongs to, 0 if there is none."""
    protocol, size = key[0], 4 if len(key) == 13 else 16
    local, port = key[1:1 + size], key[1 + size:3 + size]
    remote, remote_port = key[3 + size:3 + 2 * size], key[3 + 2 * size:]
    best, inode_of_best = 0, 0
    for family in (socket.AF_INET, socket.AF_INET6) if size == 4 else (socket.AF_INET6,):
        for answer in netlink.dump(asked, SOCK_DIAG_BY_FAMILY,
                                   REQUEST.pack(family, protocol, 0, ALL_STATES)):
            here_port, there_port, here, there, _, inode = MESSAGE.unpack_from(answer)
            if here_port != port or not inode:
                continue
            here, there = plain(here, family), plain(there, family)
            if here == local and there == remote and there_port == remote_port:
                return int(inode)
            if there_port == b"\0\0" and not any(there):
                fits = 2 if here == local else 1 if not any(here) else 0
                if fits > best:
                    best, inode_of_best = fits, inode
    return inode_of_best


def plain(address: bytes, family: int) -> bytes:
    """An address as it stands in packets."""
    if family == socket.AF_INET:
        return address[:4]
    return address[12:] if address[:12] == MAPPED else address


def process(pid: int, complete: Completer, arguments: bool = False) -> Process | None:
    """What /proc tells of a process; None if it is gone."""
    folder = FOLDER / str(pid)
    status = read(folder / "status")
    uid = re.search(r"^Uid:\s+\d+\s+(\d+)", status, re.MULTILINE)
    parent = re.search(r"^PPid:\s+(\d+)", status, re.MULTILINE)
    if uid is None or parent is None:
        return None
    above = int(parent[1])
    words: tuple[str, ...] = ()
    if arguments:
        words = tuple(filter(None, read(folder / "cmdline")[:LARGEST].split("\0")))
    groups = read(folder / "cgroup")
    unified = re.search(r"^0::(.*)$", groups, re.MULTILINE)
    number = int(uid[1])
    return Process(pid, pid, read(folder / "comm").rstrip("\n"), number, PROC,
                   complete.users.get(number, str(number)), above,
                   read(FOLDER / str(above) / "comm").rstrip("\n") if above else "", 0,
                   unified[1] if unified else "", container_of(groups), words)


def ancestors(pid: int) -> list[int]:
    """The process's parent, its parent, and so on."""
    found: list[int] = []
    while pid > 1 and len(found) < MAX_ANCESTORS:
        match = re.search(r"^PPid:\s+(\d+)", read(FOLDER / str(pid) / "status"), re.MULTILINE)
        pid = int(match[1]) if match else 0
        if pid:
            found.append(pid)
    return found


def family(fits: Callable[[Process], bool], complete: Completer) -> list[int]:
    """The processes that fit, and those below them."""
    children: dict[int, list[int]] = {}
    chosen: list[int] = []
    for entry in os.scandir(FOLDER):
        if not entry.name.isdecimal():
            continue
        found = process(int(entry.name), complete)
        if found is not None:
            children.setdefault(found.parent, []).append(found.pid)
            if fits(found):
                chosen.append(found.pid)
    reached: list[int] = []
    while chosen:
        pid = chosen.pop()
        if pid not in reached:
            reached.append(pid)
            chosen += children.get(pid, ())
    return reached
