"""``fyke dump``: tcpdump's options, meaning and text."""

from __future__ import annotations

import sys

from fyke.cli import flags, idle, outputs
from fyke.dump.options import Owning
from fyke.errors import UsageError
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.dump.options import DumpOptions

SNAPLEN = 262144  # octets; libpcap's MAXIMUM_SNAPLEN


def run(arguments: list[str], *, as_tcpdump: bool = False) -> int:
    """Run the command and return its exit status.

    ``as_tcpdump`` prints nothing that tcpdump would not, and keeps what scripts rely on.
    """
    options = flags.parse(arguments)
    options.as_tcpdump = as_tcpdump
    if options.help:
        sys.stdout.write(flags.help_text())
        return 0
    if options.version:
        from fyke.version import VERSION
        sys.stdout.write(f"fyke {VERSION}\n")
        return 0
    settle(options)
    if as_tcpdump:
        if options.dialect != "pcap":
            raise UsageError("fykedump knows tcpdump's language only; use fyke dump --dialect "
                             f"{options.dialect}")
    elif options.hints and options.expression and sys.stderr.isatty():
        hint(options)
    outputs.check(options)
    if any(flag.group == Owning.title for flag, _ in options.given):
        from fyke.cli import owners
        owners.settle(options)
    idle.tell(options)
    if options.list_interfaces or options.list_link_types or options.list_stamp_types:
        from fyke.cli import interfaces
        return interfaces.run(options)
    if options.listing:
        return show_program(options)
    if options.read or options.read_list:
        from fyke.cli import reading
        return reading.run(options)
    if options.workers > 1:
        from fyke.cli import workers
        return workers.run(options)
    from fyke.cli import live
    return live.run(options)


def settle(options: DumpOptions) -> None:
    """Check what belongs together, and derive what follows from several options."""
    options.snaplen = options.snaplen or SNAPLEN
    if options.snaplen > SNAPLEN:
        raise UsageError(f"-s takes at most {SNAPLEN} octets, not {options.snaplen}")
    if options.nano is None:
        options.nano = options.precision == "nano"
    if options.expression_file is not None:
        if options.expression:
            raise UsageError("-F names a file with the expression, so none can be given besides")
        options.expression = read_expression(options.expression_file)
    if options.decrypt is not None:
        from fyke.layers.network import esp_keys
        esp_keys.forget()
        esp_keys.read_secrets(options.decrypt)
    if options.interface and (options.read or options.read_list):
        raise UsageError("-i captures and -r reads a file: give one of them")
    if options.read_list is not None:
        if options.read:
            raise UsageError("-V names the files to read, so -r cannot be given besides")
        options.read += read_list(options.read_list)
    if options.time_mode > 5:
        raise UsageError("-t can be given at most five times")
    if options.foreign_numeric and options.read:
        raise UsageError("-f asks which network the interface is on: it cannot be used with -r")


def hint(options: DumpOptions) -> None:
    """One line about what the expression misses, if people usually mean more."""
    from fyke.filter.missed import missed
    said = missed(options.expression) if options.dialect == "pcap" else None
    if said:
        sys.stderr.write(f"fyke dump: {said} (--dialect fyke; --no-hints)\n")


def read_expression(path: str) -> str:
    """The text of an expression's file, its comments (# to the end of line) taken out."""
    source = 0 if path == "-" else path
    with open(source, encoding="utf-8", errors="surrogateescape",
              closefd=path != "-") as file:
        text = file.read(1 << 20)
    return "\n".join(row.partition("#")[0] for row in text.splitlines()).strip()


def read_list(path: str) -> list[str]:
    """The names of -V's file, a line each."""
    with open(0 if path == "-" else path, encoding="utf-8", errors="surrogateescape",
              closefd=path != "-") as source:
        names = [row for row in source.read(1 << 24).splitlines() if row]
    if not names:
        raise UsageError(f"-V {path}: there is no file name in it")
    return names


def show_program(options: DumpOptions) -> int:
    """-d, -dd, -ddd: the filter program, for the link type of -r, -y or -i, else Ethernet."""
    from fyke.bpf import listing
    from fyke.cli import programs
    if options.read:
        program = programs.for_file(options)
    elif options.link_type is not None and not options.interface:
        program = programs.compile_for(options, options.link_type)
    elif options.interface:
        program = programs.for_interfaces(options)[0]
    else:
        program = programs.compile_for(options, "EN10MB")
    form = (listing.tcpdump, listing.c, listing.decimal)[min(options.listing, 3) - 1]
    sys.stdout.write(form(program))
    return 0
