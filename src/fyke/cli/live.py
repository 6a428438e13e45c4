"""``fyke dump -i``: packets from the kernel, as they come."""

from __future__ import annotations

import sys

from fyke.cli import outputs, owners, programs, rights
from fyke.cli.interfaces import all_chosen, descriptions, labels
from fyke.dump.pump import Pump
from fyke.dump.session import Session, Signals, close_all, plural, say
from fyke.errors import CaptureError, FykeError, OutputError, Stalled, UsageError
from fyke.files.folder import wait_until
from fyke.hints import TYPE_CHECKING, Any, NamedTuple
from fyke.linktypes import by_number
from fyke.live.cooked import LINUX_SLL2
from fyke.live.interfaces import Interface
from fyke.live.statistics import Statistics
from fyke.live.tap import BUFFER_SIZE, Tap, open_tap

if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.bpf.program import Program
    from fyke.dump.options import DumpOptions
    from fyke.dump.origins import Origins
    from fyke.filter.machines import Machines


class Outcome(NamedTuple):
    """What a capture came to."""

    captured: int  #: packets that went to the sink
    statistics: Statistics
    notes: list[str]  #: what was not as asked for, a line each
    failure: FykeError | OSError | None


def run(options: DumpOptions) -> int:
    """Capture until the limit or a signal, then tell the kernel's counters."""
    rights.check(options)
    found = all_chosen(options)
    leaving = rights.Leaving(options, printing=options.printing)
    with Signals() as signals:
        wait_until(lambda: signals.stopped)
        watched = owners.watch(options, [namespace for namespace, _ in found])
        taps = open_taps(options, found)
        try:
            announce(options, found, taps)
            source = joined(owned(options, watched, found, taps))
            if len(taps) > 1:
                source.names = tuple(labels(found))
            source, machines = whole_datagrams(options, source, taps)
            printer = outputs.make_printer(
                options, live=True, local=local_network(options, found),
                origins=origins(found, taps),
                shown=owners.shown(options)) if options.printing else None
            sink = rights.with_hint(outputs.make_sink, options, printer, source,
                                    descriptions(found))
            source = source if watched is None else watched.chosen(source)
            leaving.enter(taps=[tap.fileno() for tap in taps])
        except BaseException:
            close_all(taps)
            raise
        return report(options, signals, capture(options, signals, source, sink, tell_status,
                                                watched, machines))


def whole_datagrams(options: DumpOptions, source: Any, taps: list[Tap]
                    ) -> tuple[Any, Machines | None]:
    """--defragment: the datagrams of the source, and the filter, which looks at them behind it.

    The kernel's filter would take no fragment but the first: it has none then.
    """
    if not options.defragment:
        return source, None
    from fyke.conversations.fragments import Defragmented
    machines = programs.filters(options, None)
    if machines is not None:
        for tap in taps:
            machines(tap.link_type)  # what is wrong is told now
    return Defragmented(source, options.overlaps), machines


def owned(options: DumpOptions, watched: owners.Watched | None,
          found: list[tuple[str | None, Interface]], taps: list[Tap]) -> list[Any]:
    """The taps, which then know whose their packets are, if that was asked for."""
    if watched is None:
        return list(taps)
    return [watched.own(tap, namespace, options.stamp_type)
            for (namespace, _), tap in zip(found, taps, strict=True)]


def open_taps(options: DumpOptions, found: list[tuple[str | None, Interface]]) -> list[Tap]:
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


def one_tap(options: DumpOptions, namespace: str | None, one: Interface, program: Program,
            fanout: tuple[int, str] | None = None) -> Tap:
    """A tap as the options want it."""
    in_kernel = options.expression and not options.defragment
    return open_tap(
        one.name, program if in_kernel else None, snaplen=options.snaplen,
        promiscuous=options.promiscuous, link_type=program.link_type,
        immediate=options.immediate, direction=options.direction, both_ways=options.both_ways,
        namespace=namespace, timestamp_type=stamp_type(options, namespace, one), fanout=fanout,
        buffer_size=options.buffer_size or BUFFER_SIZE)


def stamp_type(options: DumpOptions, namespace: str | None, one: Interface) -> str:
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


def origins(found: list[tuple[str | None, Interface]], taps: list[Tap]) -> Origins | None:
    """What the text says of where packets come from; None where packets do not say it."""
    if len(taps) == 1 and taps[0].link_type != LINUX_SLL2:
        return None
    from fyke.dump.origins import Origins
    return Origins([tap.interface_name for tap in taps],
                   labels(found) if len(taps) > 1 else [])


def joined(taps: list[Any]) -> Any:
    """The taps as one source."""
    if len(taps) == 1:
        return taps[0]
    from fyke.live.many import Many
    return Many(taps)


def capture(options: DumpOptions, signals: Signals, source: Any, sink: Any,
            on_status: Callable[[int, Statistics], None],
            watched: owners.Watched | None = None, machines: Machines | None = None) -> Outcome:
    """Run the session, close the taps first, then the files."""
    pump = Pump(source, machines, sink, skip=options.skip, limit=options.limit)
    signals.end_after(options.duration)
    session = Session(pump, signals, live=True, counting=counting(options),
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
        if sink is not None and not isinstance(failure, Stalled):
            sink.close()
    except (FykeError, OSError) as error:
        failure = failure or error
    if isinstance(failure, OutputError):
        failure = with_the_rest(failure, sink, pump)
    notes = list(source.notes)
    if options.defragment:
        notes += source.datagrams.told()
    if watched is not None:
        notes += watched.told()
        watched.close()
    return Outcome(pump.matched, statistics, notes, failure)


def counting(options: DumpOptions) -> bool:
    """Whether the count of packets is kept on the terminal, as tcpdump -v -w does."""
    return bool(options.verbose and options.write is not None and not options.printing
                and options.workers == 1 and sys.stderr.isatty())


def report(options: DumpOptions, signals: Signals, outcome: Outcome) -> int:
    """Tell what a capture came to, and raise what went wrong."""
    if isinstance(outcome.failure, BrokenPipeError) and options.write is None:
        raise outcome.failure  # the reader of the text has left: there is nobody to tell
    if signals.stopped and not signals.by_clock and options.printing and sys.stdout.isatty():
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


def local_network(options: DumpOptions,
                  found: list[tuple[str | None, Interface]]) -> tuple[int, int] | None:
    """-f: network and mask of the (first) interface; everything is local where it has none."""
    if not options.foreign_numeric:
        return None
    return programs.first_network(found[0][1]) or (0, 0)


def hint(options: DumpOptions, found: list[tuple[str | None, Interface]]) -> None:
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


def announce(options: DumpOptions, found: list[tuple[str | None, Interface]],
             taps: list[Tap]) -> None:
    """What tcpdump says before the first packet, and what is not as it was asked for."""
    if options.printing and not options.verbose:
        say("fyke: verbose output suppressed, use -v[v]... for full protocol decode")
    hint(options, found)
    for tap, name in zip(taps, labels(found), strict=True):
        kind = by_number(tap.link_type)
        say(f"listening on {name}, link-type {kind.told}, "
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
