"""Everything from a source into a savefile: what merge, slice and anonymize end with."""

from __future__ import annotations

from fyke.dump.pump import Pump
from fyke.errors import OutputError, SavefileError
from fyke.stream import Sink, Source


def pour(source: Source, sink: Sink) -> tuple[int, SavefileError | None]:
    """All packets from one into the other, and close both; how many, and what was damaged.

    Raises OutputError that counts what could not be written, to the end of the source.
    """
    pump = Pump(source, None, sink)
    damage = None
    try:
        try:
            drain(pump)
        except SavefileError as error:
            damage = error
        sink.close()
    except OutputError as error:
        rest = left_in(source)
        raise OutputError(f"{error}, and {rest} more of the input" if rest else
                          str(error)) from error
    finally:
        source.close()
        sink.close()
    return pump.matched, damage


def left_in(source: Source) -> int:
    """How many packets are still to come."""
    pump = Pump(source, None, None)
    try:
        drain(pump)
    except SavefileError:
        pass
    return pump.matched


def drain(pump: Pump) -> None:
    """Turn after turn, to the end of the source."""
    while not pump.run():
        pass
