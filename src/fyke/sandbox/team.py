"""Processes that share one's work: started while it is small, has one thread, and has its rights.

Each gives up its rights by itself, before its first task. Who is left by the one that leads ends.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection

from fyke.hints import Any, NamedTuple
from fyke.live.privileges import end_with_parent

PATIENCE = 1  #: seconds for a process to end; one that hangs ends with the one that leads

#: Signals whose handlers are the one's that leads: a new process must not run them.
HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2,
           signal.SIGALRM)


class Member(NamedTuple):
    """A process, seen from the one that leads."""

    connection: Connection
    process: Any

    def close(self) -> None:
        """Let it end: it takes the closed connection for the end of all tasks."""
        self.connection.close()
        self.process.join(PATIENCE)


def start(count: int, work: Callable[[Connection, int], None], *,
          deaf: bool = False) -> list[Member]:
    """``count`` processes; each runs ``work`` with its end of a connection, and its number.

    ``deaf``: they do not hear what a terminal sends (Ctrl-C): the one that leads decides.
    """
    context = get_context("fork")
    members: list[Member] = []
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    try:
        for number in range(count):
            ours, theirs = context.Pipe()
            others = [*(one.connection for one in members), ours]
            process = context.Process(target=live, daemon=True, args=(
                work, theirs, number, others, deaf, os.getpid()))
            process.start()
            theirs.close()
            members.append(Member(ours, process))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return members


def live(work: Callable[[Connection, int], None], connection: Connection, number: int,
         others: list[Connection], deaf: bool, parent: int) -> None:
    """The life of one of them."""
    for one in HANDLED:
        if deaf and one != signal.SIGTERM:
            signal.signal(one, signal.SIG_IGN)
        elif callable(signal.getsignal(one)):
            signal.signal(one, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
    stay_with(parent)
    for other in others:
        other.close()
    work(connection, number)


def stay_with(parent: int) -> None:
    """End when the one that leads ends; to be said again after a change of the user."""
    end_with_parent(signal.SIGKILL, parent)
