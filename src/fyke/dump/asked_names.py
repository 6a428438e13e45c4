"""Names of hosts, asked for by a helper: who prints packets has no right to ask the network."""

from __future__ import annotations

import os
import select
import time
from _socket import AF_INET, AF_INET6, inet_pton
from _thread import start_new_thread

from fyke.dump.names import KEPT, PATIENCE, PATIENCE_IN_ALL, THREADS, reverse_lookup
from fyke.dump.session import say
from fyke.hints import TYPE_CHECKING, Any, Iterator
from fyke.sandbox import helper

if TYPE_CHECKING:
    from fyke.sandbox.box import Box

LARGEST = 1024  # bytes of an answer: an address, a zero, a name


def start(box: Box, *, orphan: bool = False) -> Any:
    """The socket of a helper that looks names up."""
    return helper.start(lambda channel: serve(channel, box), orphan=orphan)


def serve(channel: Any, box: Box) -> None:
    """Answer each address with itself and its name; several at once."""
    box.enter()
    look_up(channel, iter(range(THREADS - 1)))


def look_up(channel: Any, more: Iterator[int]) -> None:
    """One thread: the next request of all, until the one who asks has ended.

    With each of the first requests one of ``more`` threads is started.
    """
    for address in helper.requests(channel):
        if next(more, None) is not None:
            start_new_thread(look_up, (channel, more))
        text = address.decode("ascii", "replace")
        name = reverse_lookup(text) if is_address(text) else None
        try:
            channel.send(address + b"\0" + (name or b"")[:LARGEST // 2])
        except OSError:
            return


def is_address(text: str) -> bool:
    """Whether this is an address, and no name that somebody wants to be looked up."""
    for family in (AF_INET, AF_INET6):
        try:
            inet_pton(family, text)
            return True
        except (OSError, ValueError):
            continue
    return False


class AskedNames:
    """As ``HostNames``, with the same patience, but asks a helper."""

    def __init__(self, channel: Any, *, patience: float = PATIENCE,
                 in_all: float = PATIENCE_IN_ALL) -> None:
        self.channel = channel
        channel.setblocking(False)
        self.patience = patience
        self.in_all = self.left = in_all
        self.known: dict[str, bytes | None] = {}
        self.open: set[str] = set()  # asked for, not answered
        self.poller = select.poll()
        self.poller.register(channel, select.POLLIN)
        self.ended = False

    def name(self, address: str) -> bytes | None:
        """The host's name, or None: it has none, or it has not come yet."""
        if self.open:
            self.hear()
        if address not in self.known and address not in self.open and self.ask(address):
            self.wait(address)
        return self.known.get(address)

    def ask(self, address: str) -> bool:
        """Whether the helper took the question."""
        if self.ended or len(self.open) >= KEPT:
            return False
        if len(self.known) >= KEPT:
            self.known.clear()
        try:
            os.write(self.channel.fileno(), address.encode())  # sendto(2) is not allowed
        except BlockingIOError:  # it has enough to do
            return False
        except OSError:
            self.end()
            return False
        self.open.add(address)
        return True

    def wait(self, address: str) -> None:
        """Wait for the answer; each wait for nothing leaves less patience for the next."""
        if self.left <= 0:
            return
        patience = min(self.patience, self.left)
        deadline = time.monotonic() + patience
        while address in self.open and not self.ended:
            left = deadline - time.monotonic()
            if left <= 0:
                self.left -= self.patience
                return
            if self.poller.poll(left * 1000):
                self.hear()

    def hear(self) -> None:
        """Take every answer that is there."""
        while True:
            try:
                told = self.channel.recv(LARGEST)
            except BlockingIOError:
                return
            except OSError:
                told = b""
            if not told:
                self.end()
                return
            address, _, name = told.partition(b"\0")
            self.open.discard(address.decode())
            self.known[address.decode()] = name or None
            self.left = self.in_all

    def end(self) -> None:
        """The helper has ended: no more names, told once."""
        if not self.ended:
            self.ended = True
            self.open.clear()
            say("fyke dump: the process that looks up names has ended; further hosts are printed "
                "as numbers")
