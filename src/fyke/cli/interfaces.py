"""``fyke dump -D``, ``-L`` and ``-J``: what can be captured from, and how."""

from __future__ import annotations

import sys

from fyke.errors import CaptureError, UsageError
from fyke.files.reader import printable
from fyke.hints import TYPE_CHECKING, Any
from fyke.linktypes import by_number
from fyke.live.cooked import LINUX_SLL, LINUX_SLL2
from fyke.live.interfaces import ANY, Interface, find, interfaces

if TYPE_CHECKING:
    from fyke.dump.options import DumpOptions

COOKED = (LINUX_SLL, LINUX_SLL2)
HELD: list[Any] = []  # interfaces in monitor mode: the kernel removes them with the process


def run(options: DumpOptions) -> int:
    """Print one of the lists."""
    namespace = options.netns[0] if options.netns else None
    if options.list_interfaces:
        found = interfaces(namespace)
        rows = [f"{number}.{describe(one)}" for number, one in enumerate(found, 1)]
    elif options.list_link_types:
        rows = link_types(chosen(options))
    else:
        from fyke.live.stamps import stamp_types
        one = chosen(options)
        rows = [f"Time stamp types for {printable(one.name)} (use option -j to set):"]
        rows += [f"  {name} ({what})" for name, what in stamp_types(one.name, namespace)]
    sys.stdout.write("\n".join(rows) + "\n")
    return 0


def link_types(one: Interface) -> list[str]:
    """-L: what an interface can be captured as, in tcpdump's order."""
    from fyke.layers.tables import read_rooms, table
    read_rooms()
    rows = [f"Data link types for {printable(one.name)} (use option -y to set):"]
    for number in sorted(one.link_types, key=lambda number: (number in COOKED, number)):
        kind = by_number(number)
        printed = "" if table("link_type").find(number) else " (printing not supported)"
        rows.append(f"  {kind.name} ({kind.description}){printed}")
    return rows


def chosen(options: DumpOptions) -> Interface:
    """The (first) interface of -i, or the first of the list."""
    return all_chosen(options)[0][1]


def all_chosen(options: DumpOptions) -> list[tuple[str | None, Interface]]:
    """Every interface that -i and --netns name together, each with its namespace.

    With -I each is one in monitor mode, made for it unless it is in that mode itself.
    """
    found = [(namespace, first_of(namespace) if name is None else numbered(name, namespace))
             for namespace, name in pairs(options)]
    if options.monitor:
        found = [(namespace, in_monitor_mode(one, namespace)) for namespace, one in found]
    options.places = list(found)
    return options.places


def in_monitor_mode(one: Interface, namespace: str | None) -> Interface:
    """The interface that shows what ``one`` hears, as long as this process lives."""
    from fyke.live.monitor import Monitor, monitoring
    if monitoring(one):
        return one
    monitor = Monitor(one, namespace)
    HELD.append(monitor)
    return monitor.interface


def pairs(options: DumpOptions) -> list[tuple[str | None, str | None]]:
    """Namespace and interface of each tap, as --netns and -i stand in the command line.

    ``--netns A -i x --netns B -i y`` is x in A and y in B; all of one and then all of the other is
    each with each. Without -i it is the first interface. Raises UsageError where -i cannot be
    told to belong to one --netns.
    """
    groups: list[tuple[str, list[str]]] = []
    for flag, argument in options.given:
        if flag.name not in ("netns", "interface"):
            continue
        if not groups or groups[-1][0] != flag.name:
            groups.append((flag.name, []))
        groups[-1][1].append(argument)
    if not groups:
        return [(None, None)]
    if len(groups) == 1:
        kind, words = groups[0]
        return [(word, None) if kind == "netns" else (None, word) for word in words]
    if len(groups) % 2:
        raise UsageError("-i and --netns do not pair: write --netns A -i x --netns B -i y (one's "
                         "own namespace is /proc/self/ns/net)")
    found: list[tuple[str | None, str | None]] = []
    for at in range(0, len(groups), 2):
        pair = dict(groups[at:at + 2])
        found += [(space, name) for space in pair["netns"] for name in pair["interface"]]
    return found


def labels(found: list[tuple[str | None, Interface]]) -> list[str]:
    """What tells the taps apart: the interface's name, behind its namespace where one is named."""
    return [one.name if space is None or len(found) == 1 else f"{space}/{one.name}"
            for space, one in found]


def descriptions(found: list[tuple[str | None, Interface]]) -> list[str]:
    """What a pcapng file says of each tap beside the interface's name, "" for nothing."""
    return ["" if space is None else
            f"{one.name} in the network namespace {space}" for space, one in found]


def first_of(namespace: str | None) -> Interface:
    """The first interface of -D's list."""
    found = interfaces(namespace)
    if not found or not found[0].up:
        raise CaptureError("no interface is up to capture on; name one with -i ('fyke dump -D' "
                           "lists them)")
    return found[0]


def numbered(name: str, namespace: str | None) -> Interface:
    """An interface by name, or by its number in -D's list, as tcpdump's -i takes it."""
    if name.isdecimal():
        found = interfaces(namespace)
        if 1 <= int(name) <= len(found):
            return found[int(name) - 1]
    return find(name, namespace)


def describe(one: Interface) -> str:
    """``eth0 [Up, Running, Connected]``, as tcpdump -D."""
    about = " (Pseudo-device that captures on all interfaces)" if one.name == ANY else ""
    return f"{printable(one.name)}{about} [{one.status}]"
