"""-w and what goes with it: one file or a row of them, and what pcapng says beside the packets."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fyke.dump.session import say

if TYPE_CHECKING:
    from fyke.files.pcapng_options import Interface
    from fyke.files.writer import Writer
    from fyke.stream import Sink


def open_saving(options: SimpleNamespace, source: Any) -> Sink:
    """The sink that -w asks for: one savefile, or a row of them."""
    kept = options.atomic or options.postrotate
    if not (options.file_size or options.file_seconds or kept):
        return open_writer(options, source, options.write, carry=True)
    from fyke.dump.savefiles import Keeper
    from fyke.files.rotation import Rotation
    command = None
    if options.postrotate:
        from fyke.dump.postrotate import Postrotate
        command = Postrotate(options.postrotate)
    keeper = Keeper(lambda path: open_writer(options, source, path, carry=False),
                    atomic=options.atomic, max_disk=options.max_disk, size=options.file_size,
                    command=command)
    if options.file_seconds and not options.file_size and "%" not in options.write:
        say("fyke dump: -G without a time (%H%M%S …) in the name of -w overwrites the file each "
            "time")
    return Rotation(options.write, keeper.open, size=options.file_size,
                    seconds=options.file_seconds, count=options.file_count,
                    closed=keeper.complete)


def open_writer(options: SimpleNamespace, source: Any, path: str, *, carry: bool) -> Writer:
    """One savefile for the packets of a tap or of another savefile."""
    from fyke.files.writer import create
    nano = options.nano or (options.precision is None and getattr(source, "nanoseconds", False))
    how: dict[str, Any] = {}
    is_file = hasattr(source, "interfaces")
    if pcapng_wanted(options, path, source):
        if is_file:
            how = {"interfaces": source.interfaces, "section": getattr(source, "section", None)}
        else:
            how = captured_here(options, source)
    format = options.format or ("pcapng" if pcapng_wanted(options, path, source) else "pcap")
    sink = create(path, link_type=source.link_type, snaplen=source.snaplen, format=format,
                  nanoseconds=nano,
                  fcs_length=getattr(source, "fcs_length", -1), **how)
    if options.packet_buffered:
        sink.batch = 0
    if how and is_file and carry and hasattr(source, "carry_to"):
        source.carry_to(sink.carry)  # type: ignore[union-attr]
    return sink


def pcapng_wanted(options: SimpleNamespace, path: str, source: Any) -> bool:
    """Whether the file will be pcapng: by --format, for several taps, or by its name."""
    from fyke.files.writer import told_by_suffix
    several = hasattr(source, "taps")
    return (options.format or ("pcapng" if several else told_by_suffix(path)[0])) == "pcapng"


def captured_here(options: SimpleNamespace, tap: Any) -> dict[str, Any]:
    """What pcapng says of a live capture: host, system, program, interface, filter."""
    import socket

    from fyke.files.pcapng_options import Interface
    from fyke.files.provenance import system, this_host
    running = system()
    expression = options.expression if isinstance(options.expression, str) else ""

    if hasattr(tap, "taps"):
        each = [Interface(one.link_type, one.snaplen, name=one.name, filter=expression, os=running)
                for one in tap.taps]
        return {"section": this_host(), "interfaces": each}

    def describe(packet: Any) -> Interface:
        name = getattr(tap, "name", "")
        if packet.interface > 0:  # a tap on all interfaces gives the index of each
            try:
                name = socket.if_indextoname(packet.interface)
            except OSError:
                name = f"#{packet.interface}"
        return Interface(packet.link_type, tap.snaplen, name=name, filter=expression, os=running)

    return {"section": this_host(), "describe_new": describe}


def add_counters(sink: Any, source: Any) -> None:
    """The kernel's counters at the end of a live capture, where the file can hold them."""
    for one in getattr(sink, "sinks", [sink]):
        writer = getattr(one, "writer", one)  # the last of several files
        if getattr(writer, "format", "") != "pcapng" or writer.failed or not writer.interfaces:
            continue
        if getattr(one, "finished", False):
            continue
        from fyke.files.pcapng_options import InterfaceStatistics
        for number, tap in enumerate(getattr(source, "taps", [source])):
            counted = tap.statistics()
            writer.add_statistics(InterfaceStatistics(
                number, time.time_ns(), received=counted.received, os_dropped=counted.dropped,
                accepted=counted.received))
