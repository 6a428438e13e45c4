"""``fyke dump -i``: packets from the kernel, as they come."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from fyke.cli import dump
from fyke.cli.interfaces import chosen
from fyke.dump.pump import Pump
from fyke.dump.session import Session, close_all, plural, say
from fyke.errors import FykeError
from fyke.linktypes import by_number
from fyke.live.tap import open_tap


def run(options: SimpleNamespace) -> int:
    """Capture until the limit or a signal, then tell the kernel's counters."""
    found = chosen(options)
    wanted = link_type_number(options, found.link_type)
    program = dump.compile_for(options, by_number(wanted).name, live=True)
    tap = open_tap(found.name, program if options.expression else None, snaplen=options.snaplen,
                   promiscuous=options.promiscuous, link_type=wanted,
                   immediate=options.immediate, direction=options.direction,
                   both_ways=options.both_ways,
                   namespace=options.netns[0] if options.netns else None,
                   **({"buffer_size": options.buffer_size * 1024} if options.buffer_size else {}))
    printer = dump.make_printer(options) if dump.printing(options) else None
    sink = dump.make_sink(options, printer, tap)
    announce(options, found.name, tap)
    pump = Pump(tap, None, sink, skip=options.skip, limit=options.limit)

    def counts() -> None:
        tell(pump, tap.statistics())

    session = Session(pump, live=True, on_status=counts)
    failure: FykeError | None = None
    try:
        session.run()
    except FykeError as error:
        failure = error
    statistics = tap.statistics()
    try:
        close_all([tap, sink] if sink is not None else [tap])
    except FykeError as error:
        failure = failure or error
    if session.interrupted and printer is not None and sys.stdout.isatty():
        sys.stdout.write("\n")
    if options.count:
        sys.stdout.write(plural(pump.matched, "") .rstrip() + "\n")
    sys.stdout.flush()
    for note in tap.notes:
        say(f"fyke dump: {note}")
    tell(pump, statistics)
    if failure is not None:
        raise failure
    return 0


def link_type_number(options: SimpleNamespace, found: int) -> int:
    """The link type of -y, or the interface's own."""
    if options.link_type is None:
        return found
    from fyke.linktypes import by_name
    return by_name(options.link_type).number


def announce(options: SimpleNamespace, interface: str, tap: Any) -> None:
    """What tcpdump says before the first packet."""
    kind = by_number(tap.link_type)
    if options.write is None and not options.verbose and not options.count:
        say("fyke: verbose output suppressed, use -v[v]... for full protocol decode")
    say(f"listening on {interface}, link-type {kind.name} ({kind.description}), "
        f"snapshot length {options.snaplen} bytes")


def tell(pump: Pump, statistics: Any) -> None:
    """The counts at the end, in tcpdump's words."""
    say(plural(pump.matched, "captured"))
    say(plural(statistics.received, "received by filter"))
    say(plural(statistics.dropped, "dropped by kernel"))
