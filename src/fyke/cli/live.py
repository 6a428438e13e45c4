"""``fyke dump -i``: packets from the kernel, as they come."""

from __future__ import annotations

import sys
from types import SimpleNamespace

from fyke.cli import dump, outputs, rights
from fyke.cli.interfaces import all_chosen
from fyke.dump.pump import Pump
from fyke.dump.session import Session, Signals, close_all, plural, say
from fyke.errors import CaptureError, FykeError, OutputError, UsageError
from fyke.hints import TYPE_CHECKING, Any
from fyke.linktypes import by_name, by_number
from fyke.live.interfaces import Interface
from fyke.live.tap import Tap, open_tap

if TYPE_CHECKING:
    from fyke.bpf.program import Program

RADIOTAP = 803  # ARPHRD_IEEE80211_RADIOTAP (include/uapi/linux/if_arp.h): monitor mode is on


def run(options: SimpleNamespace) -> int:
    """Capture until the limit or a signal, then tell the kernel's counters."""
    rights.check(options)
    found = all_chosen(options)
    compiled = [program_for(options, one) for _, one in found]
    with Signals() as signals:
        taps = open_taps(options, found, compiled)
        try:
            announce(options, found, taps)
            rights.give_up(options)
            source = joined(taps)
            printer = outputs.make_printer(options, live=True, local=local_network(options, found)
                                           ) if outputs.printing(options) else None
            sink = rights.with_hint(outputs.make_sink, options, printer, source)
        except BaseException:
            close_all(taps)
            raise
        return capture(options, signals, source, taps, sink)


def open_taps(options: SimpleNamespace, found: list[tuple[str | None, Interface]],
              compiled: list[Program]) -> list[Tap]:
    """A tap on each interface, all or none."""
    opened: list[Tap] = []
    try:
        for (namespace, one), program in zip(found, compiled, strict=True):
            opened.append(open_tap(
                one.name, program if options.expression else None, snaplen=options.snaplen,
                promiscuous=options.promiscuous, link_type=program.link_type,
                immediate=options.immediate, direction=options.direction,
                both_ways=options.both_ways, namespace=namespace,
                timestamp_type=options.stamp_type or "host",
                **({"buffer_size": options.buffer_size * 1024} if options.buffer_size else {})))
    except BaseException:
        close_all(opened)
        raise
    return opened


def program_for(options: SimpleNamespace, one: Interface) -> Program:
    """The expression as a program for one interface."""
    name = by_number(link_type_number(options, one)).name
    return dump.compile_for(options, name, live=True, netmask=netmask(one))


def programs(options: SimpleNamespace) -> list[Program]:
    """The program for each interface that would be captured on."""
    return [program_for(options, one) for _, one in all_chosen(options)]


def joined(taps: list[Tap]) -> Any:
    """The taps as one source."""
    if len(taps) == 1:
        return taps[0]
    from fyke.live.many import Many
    return Many(taps)


def capture(options: SimpleNamespace, signals: Signals, source: Any, taps: list[Tap],
            sink: Any) -> int:
    """Run the session, close the taps first, then the files, then tell the counts."""
    pump = Pump(source, None, sink, skip=options.skip, limit=options.limit)
    session = Session(pump, signals, live=True,
                      on_status=lambda: tell(pump, source.statistics(), "fyke dump: "))
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
    if signals.stopped and outputs.printing(options) and sys.stdout.isatty():
        sys.stdout.write("\n")
    if options.count:
        sys.stdout.write(f"{plural(pump.matched, '')}".rstrip() + "\n")
        sys.stdout.flush()
    for tap in taps:
        for note in tap.notes:
            say(f"fyke dump: {note}")
    tell(pump, statistics)
    if isinstance(failure, OutputError):
        failure = with_the_rest(failure, sink, pump)
    if failure is not None:
        raise failure
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


def link_type_number(options: SimpleNamespace, found: Interface) -> int:
    """The link type of -y, or the interface's own. Refuses -I where it is not on already."""
    if options.monitor and found.hardware != RADIOTAP:
        how = (f"set it: iw dev {found.name} set type monitor" if found.wireless
               else "it is not a wireless one")
        raise UsageError(f"-I: {found.name} is not in monitor mode; {how}")
    if options.link_type is None:
        return found.link_type
    number = by_name(options.link_type).number
    if number not in found.link_types:
        names = ", ".join(by_number(one).name for one in found.link_types)
        raise UsageError(f"-y: {found.name} has no link type {options.link_type}; it has {names}")
    return number


def netmask(found: Interface) -> str | None:
    """The mask of the interface's first IPv4 address, for ``ip broadcast``."""
    import socket
    for address in found.addresses:
        if address.family == socket.AF_INET:
            mask = (1 << 32) - (1 << 32 - address.prefix)
            return socket.inet_ntoa(mask.to_bytes(4, "big"))
    return None


def local_network(options: SimpleNamespace,
                  found: list[tuple[str | None, Interface]]) -> tuple[int, int] | None:
    """-f: network and mask of the (first) interface; everything is local where it has none."""
    if not options.foreign_numeric:
        return None
    import socket
    one = found[0][1]
    for address in one.addresses:
        if address.family == socket.AF_INET:
            mask = (1 << 32) - (1 << 32 - address.prefix)
            return int.from_bytes(socket.inet_aton(address.address), "big") & mask, mask
    return 0, 0


def hint(options: SimpleNamespace, found: list[tuple[str | None, Interface]]) -> None:
    """One line if the expression names one of this machine's own addresses."""
    words = [word for word in options.expression.replace("(", " ").replace(")", " ").split()
             if word[0].isalnum() and ("." in word or ":" in word)]
    if not words or any(one.loopback or not one.index for _, one in found):
        return
    from ipaddress import ip_network

    from fyke.live.local import local_hint
    networks = []
    for word in words:
        try:
            networks.append(str(ip_network(word, strict=False)))
        except ValueError:
            continue  # another kind of word
    for namespace, one in found[:1] if networks else []:
        line = local_hint(networks, one.name, namespace)
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
        say(f"listening on {tap.name}, link-type {kind.name} ({kind.description}), "
            f"snapshot length {options.snaplen} bytes")
        for note in tap.notes:
            say(f"fyke dump: {note}")
        tap.notes.clear()


def tell(pump: Pump, statistics: Any, head: str = "") -> None:
    """The counts in tcpdump's words: at the end a line each, in between (``head``) in one."""
    rows = [plural(pump.matched, "captured"), plural(statistics.received, "received by filter"),
            plural(statistics.dropped, "dropped by kernel")]
    say(head + ", ".join(rows) if head else "\n".join(rows))
