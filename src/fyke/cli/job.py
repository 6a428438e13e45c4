"""What a process of ``fyke dump -r --jobs N`` does: it prints the parts of a file that it gets."""

from __future__ import annotations

import mmap
import pickle
from multiprocessing.connection import Connection

from fyke.cli import outputs
from fyke.cli.passage import DONE, FAILED, READY, Ring
from fyke.dump.ahead import Described
from fyke.dump.pour import drain
from fyke.dump.pump import Pump
from fyke.hints import TYPE_CHECKING, Any, Callable, NamedTuple
from fyke.layers.associations import Associations
from fyke.layers.transport.flows import Flows
from fyke.wire import Record

if TYPE_CHECKING:
    from fyke.dump.options import DumpOptions

BITS = 12  # of a bucket's number: a part has few flows
THRESHOLD = 1 << 18  # octets of text that leave at once
LONGEST_WORDS = 1000  # of what went wrong


class Part(NamedTuple):
    """Packets, and what they owe to those before them."""

    slot: int  #: the buffer that they are in
    records: bytes  #: where (dump/ahead.py)
    apart: list[Record]  #: those that are in none
    told: bytes  #: of their flows
    young: int  #: flows that were young
    capacity: int  #: of the table of flows
    kept: bytes  #: what protocols remembered, pickled; b"" for nothing
    number: int  #: packets before them
    stamp: tuple[bool, int, int]  #: what -ttt and -ttttt count from


def print_parts(connection: Connection, options: DumpOptions, slots: list[mmap.mmap],
                memory: mmap.mmap, enter: Callable[[], None]) -> None:
    """Until there are no more. ``memory`` is for the text; ``enter`` gives up all rights."""
    ring = Ring(memory, connection)
    windows = [Record(slot) for slot in slots]
    printer = outputs.make_printer(options, out=ring)
    printer.eager = False
    printer.threshold = THRESHOLD
    always = names_of_interfaces()
    try:
        enter()
        ring.tell(READY)
        while True:
            print_part(printer, windows, always, ring.next_task())
            ring.tell(DONE)
    except (EOFError, OSError):
        return  # the one that leads is gone, or wants no more
    except Exception as error:
        words = f"{type(error).__name__}: {error}"[:LONGEST_WORDS].encode("utf-8", "replace")
        ring.tell(FAILED, len(words))
        connection.send_bytes(words)


def names_of_interfaces() -> dict[str, Any]:
    """What the text of packets of all interfaces asks for (dump/origins.py)."""
    from fyke.dump.origins import of_this_machine
    return {"interfaces": of_this_machine()}


def print_part(printer: Any, windows: list[Record], always: dict[str, Any], part: Part) -> None:
    """The text of one part."""
    flows = Flows(part.capacity, BITS)
    flows.learn(part.told, part.young)
    kept = pickle.loads(part.kept) if part.kept else {}
    printer.line.associations = Associations(flows, kept | always)
    printer.number = part.number
    printer.stamp.go_on(part.stamp)
    drain(Pump(Described(part.records, windows[part.slot], part.apart), None, printer))
    printer.flush()
