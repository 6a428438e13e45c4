"""Ctrl-C where the main thread may be inside a library for long: told and obeyed by another."""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread

from fyke.errors import INTERRUPTED, INTERRUPTED_AT_ONCE


def end_when_interrupted(who: str) -> None:
    """From now on Ctrl-C ends this process at once, with one line; its children end with it.

    Python's own handler runs in the main thread, when that comes back to Python; the octet that
    the signal writes is seen by any thread.
    """
    seen, written = os.pipe()
    os.set_blocking(written, False)
    signal.set_wakeup_fd(written)
    signal.signal(signal.SIGINT, lambda *_: None)
    Thread(target=wait, args=(who, seen), daemon=True).start()


def wait(who: str, seen: int) -> None:
    """Until Ctrl-C, which nobody outlives."""
    while signal.SIGINT not in os.read(seen, 64):
        pass
    sys.stderr.write(f"{who}: {INTERRUPTED_AT_ONCE}\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)
