"""Floor 0: what packets flow through: every reader is a Source, every writer a Sink.

A loop owns one Record and lets the source place it again and again: no object per packet.
Readers in ``files/`` and ``live/``, writers in ``files/`` and ``dump/`` derive from these.
"""

from __future__ import annotations

from fyke.wire import Record


class Finished(Exception):
    """A Sink takes no more, as it was told: no error, but the end. The text says why."""


class Source:
    """Where packets come from."""

    __slots__ = ("link_type", "snaplen")

    link_type: int  #: LINKTYPE number of the packets (of the first interface, if there are more)
    snaplen: int  #: the most octets captured of one packet

    def next(self, packet: Record) -> bool:
        """Place ``packet`` on the next packet that is there; False when none is (yet).

        What was placed is valid until the next call. A damaged source raises SavefileError or
        CaptureError after the last whole packet came out.
        """
        raise NotImplementedError

    def skip(self, packet: Record, count: int) -> int:
        """Go past some of the next ``count`` packets; how many: 0 where ``next`` says False.

        For whoever only counts: a source that can go past several at once need not place
        ``packet`` on each. Raises what ``next`` raises, when no packet is left in front of it.
        """
        return 1 if self.next(packet) else 0

    def wait(self, timeout: float | None = None) -> bool:
        """After ``next`` said False: wait up to ``timeout`` seconds for more.

        True: it is worth calling ``next`` again (also after the time-out). False: no packet will
        ever come, the source has ended. A file ends at once, a live source when it is closed.
        """
        return False

    def close(self) -> None:
        """Give back what the source holds; may be called twice."""


class Sink:
    """Where packets go to."""

    __slots__ = ()

    def add(self, packet: Record) -> None:
        """Take one packet; its bytes are copied or written before this returns."""
        raise NotImplementedError

    def drain(self, source: Source, count: int) -> bool:
        """Take up to ``count`` packets of a source; whether there may be more now."""
        packet = Record()
        while count > 0:
            if not source.next(packet):
                return False
            self.add(packet)
            count -= 1
        return True

    def tick(self) -> None:
        """The clock goes on, whether packets come or not: do what is due. Raises as ``add``."""

    def flush(self) -> None:
        """Hand everything taken so far to the operating system. Raises OutputError."""

    def close(self) -> None:
        """Flush and give back what the sink holds; may be called twice. Raises OutputError."""
