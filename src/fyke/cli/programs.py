"""The filter program of ``fyke dump``: for an interface, for a savefile, for -d."""

from __future__ import annotations

from fyke.errors import UsageError
from fyke.hints import TYPE_CHECKING
from fyke.linktypes import by_name, by_number

if TYPE_CHECKING:
    from fyke.bpf.program import Program
    from fyke.dump.options import DumpOptions
    from fyke.filter.machines import Machines
    from fyke.live.interfaces import Interface
    from fyke.source import Source


def compile_for(options: DumpOptions, link_type: int | str, *, live: bool = False,
                savefile: str | None = None, netmask: str | None = None,
                snaplen: int = 0) -> Program:
    """The expression as a program for packets of one link type (its name or LINKTYPE number)."""
    from fyke.filter.compile import compile
    return compile(options.expression, link_type=link_type, netmask=netmask,
                   snaplen=snaplen or options.snaplen, optimize=options.optimize,
                   linux_extensions=live, savefile=savefile, dialect=options.dialect)


def for_interface(options: DumpOptions, one: Interface) -> Program:
    """The expression as a program for one interface."""
    return compile_for(options, link_type_number(options, one), live=True, netmask=netmask(one))


def for_interfaces(options: DumpOptions) -> list[Program]:
    """The program for each interface that would be captured on."""
    from fyke.cli.interfaces import all_chosen
    return [for_interface(options, one) for _, one in all_chosen(options)]


def for_file(options: DumpOptions) -> Program:
    """The filter program as -r would run it."""
    from fyke.files.reader import open_capture
    source = open_capture(options.read[0])
    try:
        return compile_for(options, source.link_type, snaplen=source.snaplen,
                           savefile=byte_order(source))
    finally:
        source.close()


def byte_order(source: Source) -> str:
    """Which byte order a savefile has: some link types' headers are in the writer's order."""
    return "swapped" if getattr(source, "swapped", False) else "unswapped"


def filters(options: DumpOptions, savefile: str | None) -> Machines | None:
    """What gives Pump a Machine for each link type that it meets; None without an expression."""
    if not options.expression:
        return None
    from fyke.filter.machines import Machines
    return Machines(options.expression, snaplen=options.snaplen, optimize=options.optimize,
                    savefile=savefile, dialect=options.dialect)


def link_type_number(options: DumpOptions, found: Interface) -> int:
    """The link type of -y, or the interface's own."""
    if options.link_type is None:
        return found.link_type
    number = by_name(options.link_type).number
    if number not in found.link_types:
        names = ", ".join(by_number(one).name for one in found.link_types)
        raise UsageError(f"-y: {found.name} has no link type {options.link_type}; it has {names}")
    return number


def netmask(found: Interface) -> str | None:
    """The mask of the interface's first IPv4 address, for ``ip broadcast``."""
    network = first_network(found)
    return ".".join(map(str, network[1].to_bytes(4, "big"))) if network else None


def first_network(found: Interface) -> tuple[int, int] | None:
    """Network and mask of the interface's first IPv4 address; None if it has none."""
    import socket
    for address in found.addresses:
        if address.family == socket.AF_INET:
            mask = (1 << 32) - (1 << 32 - address.prefix)
            return int.from_bytes(socket.inet_aton(address.address), "big") & mask, mask
    return None
