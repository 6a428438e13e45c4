"""Room processes/: who is asked for owners: eBPF programs, or /proc where they are refused."""

from __future__ import annotations

import os

from fyke.errors import CaptureError, UsageError
from fyke.hints import TYPE_CHECKING, Any
from fyke.processes.people import Completer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fyke.processes.programs import Wishes

MODES = ("auto", "ebpf", "proc")
OTHER_CLOCKS = ("adapter", "adapter_unsynced")  # stamps that are not of this machine's clocks


def open_owners(mode: str = "auto", namespaces: Sequence[str | None] = (None,),
                wishes: Wishes | None = None, complete: Completer | None = None) -> Any:
    """A Watch, or an Asked, which ``notes`` says; ``mode`` is one of MODES.

    Everything that needs rights is done here, before the first tap is open: afterwards a box may
    be closed. ``namespaces`` are those of the taps. Raises CaptureError.
    """
    if mode not in MODES:
        raise UsageError(f"owners are asked of one of {', '.join(MODES)}, not {mode!r}")
    complete = complete or Completer()
    note = ""
    if mode != "proc":
        from fyke.processes.watch import open_watch
        try:
            return open_watch(wishes, complete=complete)
        except CaptureError as error:
            if mode == "ebpf":
                raise
            note = (f"{error}; asking /proc instead, which misses what lives shortly: owners are "
                    "marked ?")
    from fyke.processes.proc import open_asked
    made = open_asked(complete, namespaces=tuple(namespaces),
                      arguments=wishes is not None and wishes.arguments)
    if note:
        made.notes.append(note)
    return made


def own(tap: Any, watch: Any, namespace: str | None = None, timestamp_type: str = "host") -> Any:
    """The tap, whose packets then say whose they are (owned.Owned)."""
    from fyke.live.namespaces import namespace_path
    from fyke.processes.owned import Owned
    path = "/proc/self/ns/net" if namespace is None else namespace_path(namespace)
    return Owned(tap, watch, os.stat(path).st_ino,
                 stamped_here=timestamp_type not in OTHER_CLOCKS)
