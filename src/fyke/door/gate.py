"""Room door/: one thread at a time, and a close that waits for none of them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock


class Gate:
    """Guards what ``give_back`` gives back: whoever uses it holds ``lock`` while doing so.

    ``close`` may be called at any time, from another thread or a signal handler: it never waits
    for the lock. Who holds it, or is counted in ``waiting``, gives back when leaving: call
    ``left`` then. ``give_back`` may be called again.
    """

    __slots__ = ("closing", "give_back", "lock", "waiting")

    def __init__(self, give_back: Callable[[], None] = lambda: None) -> None:
        self.give_back = give_back
        self.lock = Lock()
        self.closing = False
        self.waiting = 0  #: threads and tasks that wait for packets without the lock

    def close(self) -> None:
        """Give back now, or as soon as nobody is inside any more."""
        self.closing = True
        self.left()

    def left(self) -> None:
        """After the lock was let go: give back if that was asked for meanwhile."""
        if self.closing and self.lock.acquire(blocking=False):
            try:
                if not self.waiting:
                    self.give_back()
            finally:
                self.lock.release()
