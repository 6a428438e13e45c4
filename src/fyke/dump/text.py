"""The tcpdump line of a single packet, for ``str(packet)``: numbers for names, no state kept."""

from __future__ import annotations

import io

from fyke.dump.printer import Printer
from fyke.dump.timestamps import Stamp
from fyke.wire import Line, Record


def line_of(packet: Record, *, verbose: int = 0) -> str:
    """What ``fyke dump -nn -S`` prints for it, without the new line."""
    out = io.BytesIO()
    line = Line()
    line.style.numeric = 2
    line.style.verbose = verbose
    line.style.absolute_seq = True
    printer = Printer(out, line, Stamp())
    window = Record()
    window.like(packet)  # decoding narrows what it reads: the layers of ``packet`` keep theirs
    printer.add(window)
    printer.flush()
    return out.getvalue().decode("ascii", "backslashreplace").rstrip("\n")
