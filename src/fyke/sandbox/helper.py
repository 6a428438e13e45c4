"""A helper: a process that keeps one right, for one that gives all of them up.

It is forked before the box is entered, goes into a box of its own that leaves it that right, and
answers requests on a socket, one datagram each. It ends when the one it serves has ended.
"""

from __future__ import annotations

import os
from _socket import AF_UNIX, SOCK_CLOEXEC, SOCK_SEQPACKET, socketpair

from fyke.hints import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    import signal
else:
    import _signal as signal  # the C half, as in dump/session

LARGEST = 1 << 14  # bytes of a request or an answer

#: Signals that are for the process that is served: it says when there is nothing more to do.
NOT_MINE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1,
            signal.SIGUSR2)


def start(serve: Callable[[Any], None], *, forget: Callable[[], None] = lambda: None,
          orphan: bool = False) -> Any:
    """Fork a helper that runs ``serve(socket)``, and return the socket to ask it through.

    ``forget`` is called in the helper first: it lets go of what is mapped into memory, such as
    rings. Descriptors are closed. ``orphan``: it is nobody's child, for one who waits for all.
    """
    ours, theirs = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, NOT_MINE)
    try:
        child = os.fork()
        if child == 0:
            if orphan and os.fork():
                os._exit(0)
            live(serve, forget, theirs)
        if orphan:
            os.waitpid(child, 0)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    return ours


def live(serve: Callable[[Any], None], forget: Callable[[], None], channel: Any) -> None:
    """The helper's life: nothing of it comes back to the one who forked it."""
    status = 1
    try:
        for number in NOT_MINE:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, NOT_MINE)
        forget()
        close_all_but(channel.fileno())
        serve(channel)
        status = 0
    except BaseException:
        pass  # the one who asks finds nobody there, and says so
    finally:
        os._exit(status)


def close_all_but(handle: int) -> None:
    """Let go of every descriptor but one, and of the standard streams but for errors."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(null, stream)
    os.closerange(3, handle)
    os.closerange(handle + 1, 1 << 20)


def requests(channel: Any) -> Any:
    """Each request until the one who asks has ended."""
    while True:
        told = channel.recv(LARGEST)
        if not told:
            return
        yield told
