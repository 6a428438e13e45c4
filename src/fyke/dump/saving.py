"""-w and what goes with it: -C -G -W -z -U, and what pcapng says beside the packets."""

from __future__ import annotations

import subprocess
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fyke.errors import OutputError, UsageError

if TYPE_CHECKING:
    from fyke.files.pcapng_options import Interface
    from fyke.files.writer import Writer
    from fyke.stream import Sink

def open_saving(options: SimpleNamespace, source: Any) -> Sink:
    """The sink that -w asks for: one savefile, or a row of them."""
    size = options.file_size or 0
    seconds = options.file_seconds or 0
    if not size and not seconds:
        return open_writer(options, source, options.write, carry=True)
    if options.write == "-":
        raise UsageError("-C and -G begin new files; they cannot go to standard output")
    from fyke.files.rotation import Rotation
    helpers: list[subprocess.Popen[bytes]] = []
    return Rotation(options.write, lambda path: open_writer(options, source, path, carry=False),
                    size=size, seconds=seconds, count=options.file_count or 0,
                    closed=lambda path: run_helper(options.postrotate, path, helpers))


def open_writer(options: SimpleNamespace, source: Any, path: str, *, carry: bool) -> Writer:
    """One savefile for the packets of a tap or of another savefile."""
    from fyke.files.writer import create
    nano = options.nano or (options.precision is None and getattr(source, "nanoseconds", False))
    how: dict[str, Any] = {}
    is_file = hasattr(source, "interfaces")
    if pcapng_wanted(options, path):
        if is_file:
            how = {"interfaces": source.interfaces, "section": getattr(source, "section", None)}
        else:
            how = captured_here(options, source)
    sink = create(path, link_type=source.link_type, snaplen=source.snaplen,
                  format=options.format or None, nanoseconds=nano,
                  fcs_length=getattr(source, "fcs_length", -1), **how)
    if options.packet_buffered:
        sink.batch = 0
    if how and is_file and carry and hasattr(source, "carry_to"):
        source.carry_to(sink.carry)  # type: ignore[union-attr]
    return sink


def pcapng_wanted(options: SimpleNamespace, path: str) -> bool:
    """Whether the file will be pcapng, by --format or its name."""
    from fyke.files.writer import told_by_suffix
    return (options.format or told_by_suffix(path)[0]) == "pcapng"


def captured_here(options: SimpleNamespace, tap: Any) -> dict[str, Any]:
    """What pcapng says of a live capture: host, system, program, interface, filter."""
    import socket

    from fyke.files.pcapng_options import Interface
    from fyke.files.provenance import system, this_host
    running = system()
    expression = options.expression if isinstance(options.expression, str) else ""

    def describe(packet: Any) -> Interface:
        name = getattr(tap, "name", "")
        if packet.interface > 0:  # a tap on all interfaces gives the index of each
            try:
                name = socket.if_indextoname(packet.interface)
            except OSError:
                name = f"#{packet.interface}"
        return Interface(packet.link_type, tap.snaplen, name=name, filter=expression, os=running)

    return {"section": this_host(), "describe_new": describe}


def add_counters(sink: Any, statistics: Any) -> None:
    """The kernel's counters at the end of a live capture, where the file can hold them."""
    for one in getattr(sink, "sinks", [sink]):
        writer = getattr(one, "writer", one)
        if getattr(writer, "format", "") != "pcapng" or writer.closed:
            continue
        from fyke.files.pcapng_options import InterfaceStatistics
        if not writer.interfaces:
            continue
        writer.add_statistics(InterfaceStatistics(
            0, time.time_ns(), received=statistics.received, os_dropped=statistics.dropped,
            accepted=statistics.received))


def run_helper(command: str | None, path: str, running: list[subprocess.Popen[bytes]]) -> None:
    """-z: COMMAND FILE, at low priority, not waited for."""
    if not command:
        return
    running[:] = [helper for helper in running if helper.poll() is None]
    try:
        running.append(subprocess.Popen(["nice", "-n", "19", command, path],
                                        stdin=subprocess.DEVNULL))
    except OSError as error:
        raise OutputError(f"-z {command}: {error.strerror or error}") from error
