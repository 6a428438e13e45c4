"""``fyke dump -D``, ``-L`` and ``-J``: what can be captured from, and how."""

from __future__ import annotations

import sys
from types import SimpleNamespace

from fyke.errors import CaptureError
from fyke.hints import Any
from fyke.linktypes import by_number
from fyke.live.cooked import LINUX_SLL, LINUX_SLL2
from fyke.live.interfaces import ANY, Interface, find, interfaces

COOKED = (LINUX_SLL, LINUX_SLL2)
HELD: list[Any] = []  # interfaces in monitor mode: the kernel removes them with the process

def run(options: SimpleNamespace) -> int:
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
        rows = [f"Time stamp types for {one.name} (use option -j to set):"]
        rows += [f"  {name} ({what})" for name, what in stamp_types(one.name, namespace)]
    sys.stdout.write("\n".join(rows) + "\n")
    return 0


def link_types(one: Interface) -> list[str]:
    """-L: what an interface can be captured as, in tcpdump's order."""
    from fyke.layers.tables import read_rooms, table
    read_rooms()
    rows = [f"Data link types for {one.name} (use option -y to set):"]
    for number in sorted(one.link_types, key=lambda number: (number in COOKED, number)):
        kind = by_number(number)
        printed = "" if table("link_type").find(number) else " (printing not supported)"
        rows.append(f"  {kind.name} ({kind.description}){printed}")
    return rows


def chosen(options: SimpleNamespace) -> Interface:
    """The (first) interface of -i, or the first of the list."""
    return all_chosen(options)[0][1]


def all_chosen(options: SimpleNamespace) -> list[tuple[str | None, Interface]]:
    """Every interface of -i in every namespace of --netns, each with its namespace.

    With -I each is one in monitor mode, made for it unless it is in that mode itself.
    """
    found = [(namespace, one) for namespace in options.netns or [None]
             for one in in_namespace(options, namespace)]
    return [(namespace, in_monitor_mode(one, namespace)) for namespace, one in found
            ] if options.monitor else found


def in_monitor_mode(one: Interface, namespace: str | None) -> Interface:
    """The interface that shows what ``one`` hears, as long as this process lives."""
    from fyke.live.monitor import Monitor, monitoring
    if monitoring(one):
        return one
    monitor = Monitor(one, namespace)
    HELD.append(monitor)
    return monitor.interface


def in_namespace(options: SimpleNamespace, namespace: str | None) -> list[Interface]:
    """The interfaces of -i (a number in -D's list counts too), or the first of the list."""
    if options.interface:
        return [numbered(name, namespace) for name in options.interface]
    found = interfaces(namespace)
    if not found or not found[0].up:
        raise CaptureError("no interface is up to capture on; name one with -i ('fyke dump -D' "
                           "lists them)")
    return found[:1]


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
    return f"{one.name}{about} [{one.status}]"
