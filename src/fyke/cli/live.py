"""``fyke dump -i``: packets from the kernel, as they come."""

from __future__ import annotations

import sys
from types import SimpleNamespace

from fyke.cli import outputs, owners, programs, rights
from fyke.cli.interfaces import all_chosen
from fyke.dump.pump import Pump
from fyke.dump.session import Session, Signals, close_all, plural, say
from fyke.errors import CaptureError, FykeError, OutputError, UsageError
from fyke.hints import TYPE_CHECKING, Any, NamedTuple
from fyke.linktypes import by_number
from fyke.live.interfaces import Interface
from fyke.live.statistics import Statistics
from fyke.live.tap import Tap, open_tap

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.bpf.program import Program


class Outcome(NamedTuple):
    """What a capture came to."""

    captured: int  #: packets that went to the sink
    statistics: Statistics
    notes: list[str]  #: what was not as asked for, a line each
    failure: FykeError | OSError | None


def run(options: SimpleNamespace) -> int:
    """Capture until the limit or a signal, then tell the kernel's counters."""
    rights.check(options)
    found = all_chosen(options)
    with Signals() as signals:
        watched = owners.watch(options, [namespace for namespace, _ in found])
        taps = open_taps(options, found)
        try:
            announce(options, found, taps)
            rights.give_up(options)
            source = joined(owned(options, watched, found, taps))
            printer = outputs.make_printer(options, live=True, local=local_network(options, found),
                                           shown=owners.shown(options)
                                           ) if outputs.printing(options) else None
            sink = rights.with_hint(outputs.make_sink, options, printer, source)
            source = source if watched is None else watched.chosen(source)
        except BaseException:
            close_all(taps)
            raise
        return report(options, signals, capture(options, signals, source, sink, tell_status,
                                                watched))


def owned(options: SimpleNamespace, watched: owners.Watched | None,
          found: list[tuple[str | None, Interface]], taps: list[Tap]) -> list[Any]:
    """The taps, which then know whose their packets are, if that was asked for."""
    if watched is None:
        return list(taps)
    return [watched.own(tap, namespace, options.stamp_type)
            for (namespace, _), tap in zip(found, taps, strict=True)]


def open_taps(options: SimpleNamespace, found: list[tuple[str | None, Interface]]) -> list[Tap]:
    """A tap on each interface, all or none."""
    compiled = [programs.for_interface(options, one) for _, one in found]
    opened: list[Tap] = []
    try:
        for (namespace, one), program in zip(found, compiled, strict=True):
            opened.append(one_tap(options, namespace, one, program))
    except BaseException:
        close_all(opened)
        raise
    return opened


def one_tap(options: SimpleNamespace, namespace: str | None, one: Interface, program: Program,
            fanout: tuple[int, str] | None = None) -> Tap:
    """A tap as the options want it."""
    return open_tap(
        one.name, program if options.expression else None, snaplen=options.snaplen,
        promiscuous=options.promiscuous, link_type=program.link_type,
        immediate=options.immediate, direction=options.direction, both_ways=options.both_ways,
        namespace=namespace, timestamp_type=stamp_type(options, namespace, one), fanout=fanout,
        **({"buffer_size": options.buffer_size * 1024} if options.buffer_size else {}))


def stamp_type(options: SimpleNamespace, namespace: str | None, one: Interface) -> str:
    """-j, or the host where the device has no such stamps: it is told, as tcpdump does."""
    if not options.stamp_type:
        return "host"
    from fyke.live.stamps import NOT_ON_LINUX, TYPES, stamp_types
    if options.stamp_type not in (*TYPES, *NOT_ON_LINUX):
        raise UsageError(f"-j {options.stamp_type} is no time stamp type; there are "
                         f"{', '.join(TYPES)}")
    have = [name for name, _ in stamp_types(one.name, namespace)]
    if options.stamp_type in have:
        return str(options.stamp_type)
    say(f"fyke dump: {one.name} has no time stamp type {options.stamp_type!r}; it has "
        f"{', '.join(have)}: the host stamps its packets")
    return "host"


def joined(taps: list[Any]) -> Any:
    """The taps as one source."""
    if len(taps) == 1:
        return taps[0]
    from fyke.live.many import Many
    return Many(taps)


def capture(options: SimpleNamespace, signals: Signals, source: Any, sink: Any,
            on_status: Callable[[int, Statistics], None],
            watched: owners.Watched | None = None) -> Outcome:
    """Run the session, close the taps first, then the files."""
    pump = Pump(source, None, sink, skip=options.skip, limit=options.limit)
    session = Session(pump, signals, live=True,
                      on_status=lambda: on_status(pump.matched, source.statistics()))
    failure: FykeError | OSError | None = None
    try:
        session.run()
    except (FykeError, OSError) as error:
        failure = error
        if not isinstance(error, CaptureError):
            session.count_the_rest()
    statistics = source.statistics()
    source.close()
    try:
        if sink is not None:
            sink.close()
    except (FykeError, OSError) as error:
        failure = failure or error
    if isinstance(failure, OutputError):
        failure = with_the_rest(failure, sink, pump)
    notes = list(source.notes)
    if watched is not None:
        notes += watched.told()
        watched.close()
    return Outcome(pump.matched, statistics, notes, failure)


def report(options: SimpleNamespace, signals: Signals, outcome: Outcome) -> int:
    """Tell what a capture came to, and raise what went wrong."""
    if signals.stopped and outputs.printing(options) and sys.stdout.isatty():
        sys.stdout.write("\n")
    if options.count:
        sys.stdout.write(f"{plural(outcome.captured, '')}".rstrip() + "\n")
        sys.stdout.flush()
    for note in outcome.notes:
        say(f"fyke dump: {note}")
    say("\n".join(counts(outcome.captured, outcome.statistics)))
    if outcome.failure is not None:
        raise outcome.failure
    return 0


def with_the_rest(failure: OutputError, sink: Any, pump: Pump) -> OutputError:
    """The same failure, with every packet counted that was captured and is not in the file."""
    writer = getattr(sink, "sinks", [sink])[0]
    written = getattr(writer, "written", None)
    why = failure.__cause__
    if written is None or why is None:
        return failure
    text = getattr(why, "strerror", None) or why
    name = str(failure).partition(": ")[0]
    return OutputError(f"{name}: {text}; {plural(written, 'written')}, "
                       f"{pump.matched - written} not written")


def local_network(options: SimpleNamespace,
                  found: list[tuple[str | None, Interface]]) -> tuple[int, int] | None:
    """-f: network and mask of the (first) interface; everything is local where it has none."""
    if not options.foreign_numeric:
        return None
    return programs.first_network(found[0][1]) or (0, 0)


def hint(options: SimpleNamespace, found: list[tuple[str | None, Interface]]) -> None:
    """One line if the expression names one of this machine's own addresses."""
    if not options.expression or any(one.loopback or not one.index for _, one in found):
        return
    from fyke.filter.networks import named_networks
    networks = named_networks(options.expression)
    if not networks:
        return
    from fyke.live.local import local_hint
    for namespace in dict.fromkeys(namespace for namespace, _ in found):
        name = next(one.name for where, one in found if where == namespace)
        line = local_hint(networks, name, namespace)
        if line is not None:
            say(f"fyke dump: {line}")


def announce(options: SimpleNamespace, found: list[tuple[str | None, Interface]],
             taps: list[Tap]) -> None:
    """What tcpdump says before the first packet, and what is not as it was asked for."""
    if outputs.printing(options) and not options.verbose:
        say("fyke: verbose output suppressed, use -v[v]... for full protocol decode")
    hint(options, found)
    for tap in taps:
        kind = by_number(tap.link_type)
        say(f"listening on {tap.name}, link-type {kind.told}, "
            f"snapshot length {options.snaplen} bytes")
        for note in tap.notes:
            say(f"fyke dump: {note}")
        tap.notes.clear()


def tell_status(captured: int, statistics: Statistics) -> None:
    """SIGUSR1: the counts so far, in one line."""
    say("fyke dump: " + ", ".join(counts(captured, statistics)))


def counts(captured: int, statistics: Statistics) -> list[str]:
    """The counts in tcpdump's words."""
    return [plural(captured, "captured"), plural(statistics.received, "received by filter"),
            plural(statistics.dropped, "dropped by kernel")]
