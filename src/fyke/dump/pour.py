"""Everything from a source into a savefile: what merge, slice and anonymize end with."""

from __future__ import annotations

import os

from fyke.dump.pump import Pump
from fyke.errors import OutputError, SavefileError
from fyke.hints import Callable, Iterable, NoReturn
from fyke.source import Sink, Source


def pour(source: Source, sink: Sink, inputs: Iterable[str] = (),
         turn: Callable[[], None] = lambda: None) -> tuple[int, SavefileError | None]:
    """All packets from one into the other, and close both; how many, and what was damaged.

    ``turn`` is called now and then. Raises OutputError that counts what could not be written; of
    ``inputs``, the names behind the source, to the end.
    """
    pump = Pump(source, None, sink)
    damage = None
    try:
        try:
            drain(pump, turn)
        except SavefileError as error:
            damage = error
        sink.close()
    except OutputError as error:
        fail(error, pump, inputs)
    finally:
        source.close()
        sink.close()
    return pump.matched, damage


def fail(error: OutputError, pump: Pump, inputs: Iterable[str]) -> NoReturn:
    """Raise the error of a sink, with the count of what would have come after it.

    Only files are read to their end for that: a pipe may have none.
    """
    if not all(os.path.isfile(name) for name in inputs):
        raise error
    before = pump.matched
    pump.sink = None
    try:
        drain(pump)
    except SavefileError:
        pass  # the first failure is the one that is told
    rest = pump.matched - before
    if not rest:
        raise error
    raise OutputError(f"{error}, and {rest} more of the input") from error


def drain(pump: Pump, turn: Callable[[], None] = lambda: None) -> None:
    """Turn after turn, to the end of the source or the limit."""
    while not pump.run():
        turn()
