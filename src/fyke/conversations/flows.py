"""Room conversations/: flows to iterate over, from a file or from an interface."""

from __future__ import annotations

import time
import weakref
from collections import deque
from collections.abc import Iterator

from fyke.closing import Closing
from fyke.conversations.flow_table import FlowTable
from fyke.conversations.groups import Groups
from fyke.errors import SavefileError, UsageError
from fyke.hints import Any
from fyke.source import Source

TURN = 1 << 10  # packets between two looks at what has ended
LOOK = 0.5  # seconds between two looks at a silent source


class Flows(Closing):
    """The flows of ``source``, each when it is at its end; an iterator and a context manager.

    ``by``: "5tuple", or what Groups takes: then groups come, all at the end. ``active`` and
    ``idle`` are time-outs in nanoseconds, 0 for none. ``live``: the clock goes on when no packet
    comes. Raises UsageError, and what the source raises, after the flows of its whole packets.
    """

    def __init__(self, source: Source, *, by: str = "5tuple", active: int = 0, idle: int = 0,
                 capacity: int, names: bool = True, quic: bool = False,
                 live: bool = False) -> None:
        if quic:
            load_crypto()
        self.groups = None if by == "5tuple" else Groups(by, capacity)
        self.table = FlowTable(capacity, active, idle, names, quic)
        self._source = source
        self._live = live
        self._ready: deque[Any] = deque()
        self._ended = False
        self._damage: Exception | None = None
        self._chances = len(getattr(source, "paths", ())) or 1  # files, each of which may fail
        self._finalizer = weakref.finalize(self, source.close)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        while not self._ready:
            if self._ended:
                self.close()
                damage, self._damage = self._damage, None
                if damage is not None:
                    raise damage
                raise StopIteration
            self.turn(TURN)
            self.collect()
        return self._ready.popleft()

    def turn(self, count: int, wait: float = LOOK) -> bool:
        """Count up to ``count`` packets; False when none will come any more."""
        if self._ended:
            return False
        try:
            if self.table.drain(self._source, count) or self._source.wait(wait):
                if self._live:
                    self.table.pass_time(time.time_ns())
                return True
        except SavefileError as error:
            if self._damage is None:
                self._damage = error
            self._chances -= 1
            if self._chances > 0:
                return True
        except Exception as error:
            self._damage = error
        self.finish()
        return False

    def finish(self) -> None:
        """All flows are at their end."""
        if not self._ended:
            self._ended = True
            self.table.finish()

    def taken(self) -> list[Any]:
        """What is at its end, taken out."""
        self.collect()
        out = list(self._ready)
        self._ready.clear()
        return out

    def collect(self) -> None:
        """Take what has ended out of the table."""
        ended, self.table.ended = self.table.ended, []
        if self.groups is None:
            self._ready.extend(ended)
            return
        for flow in ended:
            self.groups.add(flow)
        if self._ended:
            self.groups.finish()
        self._ready.extend(self.groups.ended)
        self.groups.ended.clear()

    @property
    def counts(self) -> dict[str, int]:
        """Packets and bytes; packets of no flow, and why; flows that left for want of memory."""
        table = self.table
        return {"packets": table.packets, "bytes": table.octets, "flows": table.flows,
                "not_ip": table.other, "malformed": table.malformed,
                "fragments": table.loose, "evicted": table.evicted
                + (self.groups.evicted if self.groups is not None else 0),
                "overlapping_datagrams": table.datagrams.overlapping}

    @property
    def damage(self) -> Exception | None:
        """What ended the packets early, until it is raised."""
        return self._damage

    def close(self) -> None:
        """Close the source; may be called twice."""
        self._finalizer()
        self._ended = True


def load_crypto() -> None:
    """What opens QUIC's packets, before a box closes. Raises UsageError where it is missing."""
    import fyke.layers.application.quic_initial  # noqa: F401
    try:
        import cryptography.hazmat.primitives.ciphers.aead
        import cryptography.hazmat.primitives.ciphers.algorithms
        import cryptography.hazmat.primitives.ciphers.modes  # noqa: F401
    except ImportError:
        raise UsageError("opening QUIC's packets needs the package cryptography: "
                         "pip install 'fyke[crypto]'") from None
