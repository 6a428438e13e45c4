"""fyke taps: who is listening on this machine, as a table for people or JSON for programs."""

from __future__ import annotations

import argparse
import json
import socket
import sys
import time
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from fyke.bpf.instructions import Instruction
from fyke.bpf.program import Program
from fyke.cli import rights
from fyke.cli.parsing import Parser
from fyke.cli.terminal import size
from fyke.errors import CaptureError, FykeError
from fyke.kernel.handlers import Handler, handlers
from fyke.live.cooked import LINUX_SLL2
from fyke.live.interfaces import Interface, interfaces
from fyke.live.namespaces import inside, open_socket, reachable
from fyke.netlink import NETLINK_SOCK_DIAG
from fyke.processes.holders import Owner, owners
from fyke.processes.taps import Listener, listed_in, listeners

PROTOCOLS = {3: "all", 0: "none", 0x0800: "ip", 0x0806: "arp", 0x86DD: "ip6", 0x8100: "vlan",
             0x88CC: "lldp", 0x888E: "eapol", 0x8863: "pppoed", 0x8864: "pppoes", 0x0004: "802.2"}
ETH_P_ALL = 3  # include/uapi/linux/if_ether.h
COLUMNS = ("INTERFACE", "PROTOCOL", "KIND", "PROCESS", "USER", "BUFFER", "FANOUT", "PROMISC",
           "DROPPED", "MEMORY", "FILTER")
LONGEST = 65535  # cutting to more octets than a packet has is no cutting
TELLABLE = 200  # instructions: longer filters are only counted
CLEAR = "\x1b[H\x1b[2J"


@dataclass(slots=True)
class Tap:
    """A listener with names for its numbers."""

    listener: Listener
    interface: str
    link_type: int | None  #: LINKTYPE of its packets, if the filter can be told in words
    promiscuous: list[str]
    owners: list[Owner]


@dataclass(slots=True)
class View:
    """What is to be said of one network namespace; ``problem`` if it could not be looked at."""

    namespace: str
    taps: list[Tap]
    others: list[Handler]
    unseen: int = 0
    problem: str | None = None
    partial: bool = False  #: only /proc told of the taps

    @property
    def listening(self) -> bool:
        """Whether anybody takes packets: a socket that is not idle, or a handler of all packets."""
        return (any(tap.listener.listening for tap in self.taps)
                or any(one.protocol == ETH_P_ALL for one in self.others))


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke taps", description="Show every packet tap: where it listens, who holds it, its "
        "filter, buffer and losses.")
    made.add_argument("--netns", action="append", default=[], metavar="NAME|PATH|PID",
                      help="look into this network namespace (may be given more than once)")
    made.add_argument("--all", action="store_true",
                      help="look into every network namespace that can be found")
    made.add_argument("--json", action="store_true", help="print a JSON list, one object a tap")
    made.add_argument("--programs", action="store_true", help="print the filters' instructions")
    made.add_argument("--watch", nargs="?", type=seconds, const=2.0, metavar="SECONDS",
                      help="print again every SECONDS (2)")
    made.add_argument("--expect-none", action="store_true",
                      help="exit with status 1 if anybody listens, for audits")
    return made


def seconds(text: str) -> float:
    """A pause for --watch."""
    value = float(text)
    if not 0.1 <= value <= 86400:
        raise argparse.ArgumentTypeError("0.1 to 86400 seconds")
    return value


def run(arguments: list[str]) -> int:
    """Show the taps; exit status 1 if a namespace could not be looked at, or for --expect-none."""
    options = parser().parse_args(arguments)
    rights.enter("taps", options.sandbox)
    while True:
        views = look(asked_for(options))
        text = as_json(views) if options.json else page(views, options.programs)
        if options.watch and sys.stdout.isatty():
            text = CLEAR + text
        sys.stdout.write(text)
        sys.stdout.flush()
        for view in views:
            if view.problem:
                sys.stderr.write(f"fyke taps: {clean(view.problem)}\n")
        if not options.watch:
            break
        time.sleep(options.watch)
    if options.expect_none and any(view.listening for view in views):
        return 1
    return 1 if any(view.problem for view in views) else 0


def asked_for(options: argparse.Namespace) -> list[tuple[str, str | None]]:
    """Name and file of each namespace to look into; None is one's own."""
    if options.all:
        return [(name, None if name == "self" else path) for name, path in reachable().items()]
    if options.netns:
        return [(name, name) for name in options.netns]
    return [("self", None)]


def look(wanted: list[tuple[str, str | None]]) -> list[View]:
    """The taps of each namespace, by name and file, and who holds them: asked once for all."""
    views = [view_of(name, path) for name, path in wanted]
    held = owners({tap.listener.inode for view in views for tap in view.taps})
    for view in views:
        view.unseen = held.unseen
        for tap in view.taps:
            tap.owners = held.by_inode.get(tap.listener.inode, [])
    return views


def view_of(name: str, path: str | None) -> View:
    """The taps of one namespace. Namespaces may vanish while they are read."""
    try:
        with open_socket(path, socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as asked:
            found, partial = told(asked, path)
        known = {one.index: one for one in interfaces(path)}
        registered = handlers(inside(path, lambda: read_proc("ptype")))
    except (FykeError, OSError) as error:
        return View(name, [], [], problem=f"{name}: {error}")
    return View(name, [named(one, known) for one in found],
                [one for one in registered if not one.is_socket], partial=partial)


def told(asked: socket.socket, path: str | None) -> tuple[list[Listener], bool]:
    """The listeners, and whether only /proc could be asked, which knows less."""
    try:
        return listeners(asked), False
    except CaptureError:  # a kernel without CONFIG_PACKET_DIAG
        return listed_in(inside(path, lambda: read_proc("packet"))), True


def named(one: Listener, known: dict[int, Interface]) -> Tap:
    """A listener with names for its interfaces; who holds it is found out later."""
    def name(index: int) -> str:
        if index in known:
            return known[index].name
        return "removed" if index < 0 else f"#{index}"

    told_in_words = one.kind == "raw" and one.interface in known
    return Tap(one, name(one.interface),
               known[one.interface].link_type if told_in_words else None,
               [name(index) for index in one.promiscuous], [])


def read_proc(name: str) -> str:
    """A table of the network namespace that the calling thread is in."""
    with open(f"/proc/thread-self/net/{name}", encoding="utf-8", errors="replace") as file:
        return file.read()


def as_json(views: list[View]) -> str:
    """Everything that is known, one object a tap."""
    out = []
    for view in views:
        for tap in view.taps:
            one = tap.listener
            known: dict[str, Any] = {"namespace": view.namespace, **asdict(one)}
            known.update(
                interface=tap.interface, interface_index=one.interface,
                owners=[asdict(owner) for owner in tap.owners], memory=one.memory,
                promiscuous=tap.promiscuous, unfiltered=one.unfiltered, filter_hidden=one.hidden,
                filter_extended=one.extended, listening=one.listening,
                filter=None if one.filter is None or one.hidden
                else [list(instruction) for instruction in one.filter],
                partial=view.partial or not tap.owners or one.hidden)
            out.append(known)
    return json.dumps(out, indent=2, ensure_ascii=True) + "\n"


def page(views: list[View], programs: bool) -> str:
    """The tables, one a namespace, with what could not be seen told below each."""
    parts = []
    for view in views:
        if view.problem:
            continue
        if len(views) > 1:
            if not view.taps:
                continue
            parts.append(f"network namespace {clean(view.namespace)}\n")
        parts.append(table(view.taps) if view.taps else "nobody is listening\n")
        if programs:
            parts.extend(listed(tap) for tap in view.taps)
        if view.others and len(views) == 1:
            parts.append("other handlers: " + ", ".join(
                f"{protocol_name(one.protocol)}{' on ' + one.interface if one.interface else ''} "
                f"{one.function}" for one in view.others) + "\n")
        hidden = sum(tap.listener.hidden for tap in view.taps)
        if hidden:
            parts.append(f"hidden: the filters of {count(hidden)} (CAP_NET_ADMIN shows them)\n")
        if view.partial:
            parts.append("hidden: filters, rings and groups (this kernel has no PACKET_DIAG)\n")
        nameless = sum(not tap.owners for tap in view.taps)
        if nameless and view.unseen:
            parts.append(f"hidden: who holds {count(nameless)}; {view.unseen} processes of others "
                         "could not be looked at (run with sudo)\n")
    if not parts and not all(view.problem for view in views):
        return "nobody is listening\n"
    return "".join(parts)


def count(taps: int) -> str:
    return f"{taps} tap{'' if taps == 1 else 's'}"


def table(taps: list[Tap]) -> str:
    """A line a tap; the last column takes what the terminal has left."""
    rows = [COLUMNS, *(tuple(clean(cell) for cell in row(tap)) for tap in taps)]
    used = [column for column in range(len(COLUMNS))
            if column < 5 or any(line[column] not in ("", "0") for line in rows[1:])]
    widths = {column: max(len(line[column]) for line in rows) for column in used}
    room = size(120, 24)[0]
    out = []
    for line in rows:
        text = "  ".join(line[column].ljust(widths[column]) for column in used).rstrip()
        out.append(text if len(text) <= room else text[:max(1, room - 1)] + "…")
    return "\n".join(out) + "\n"


def row(tap: Tap) -> tuple[str, ...]:
    """The cells of one tap, in the order of COLUMNS."""
    one = tap.listener
    buffer = one.receive_ring.size if one.receive_ring else one.queue_size
    state = "" if one.running else " (down)" if one.listening else " (idle)"
    return (tap.interface + state, protocol_name(one.protocol),
            one.kind + (f" ring v{one.version + 1}" if one.receive_ring else " queue"),
            ", ".join(f"{owner.command}[{owner.pid}]"
                      + (f" in {owner.container}" if owner.container else "")
                      for owner in tap.owners) or "?",
            ", ".join(sorted({owner.user for owner in tap.owners})) or f"uid {one.uid}",
            octets(buffer), f"{one.fanout[0]} {one.fanout[1]}" if one.fanout else "",
            ", ".join(tap.promiscuous), str(one.dropped), octets(one.memory), filter_words(tap))


def filter_words(tap: Tap) -> str:
    """A filter in words, as an expression where one with the same meaning is found."""
    one = tap.listener
    if one.hidden:
        return "hidden"
    if one.extended:
        return "eBPF, not told"
    if one.filter is None:
        return "UNFILTERED"
    if one.unfiltered:
        cut = one.filter[0].k
        return "UNFILTERED" if cut >= LONGEST else f"UNFILTERED, cut to {cut}"
    if len(one.filter) == 1:
        return "refuses everything"
    if tap.link_type is not None and len(one.filter) <= TELLABLE:
        words = expression(one.filter, tap.link_type)
        if words is not None:
            return words
    return f"{len(one.filter)} instructions"


@cache
def expression(program: tuple[Instruction, ...], link_type: int) -> str | None:
    """An expression with the same meaning, if one is found; --watch asks again and again."""
    from fyke.filter.describe import expression_of

    return expression_of(Program(program, link_type=link_type), timeout=1.0)


def listed(tap: Tap) -> str:
    """The instructions of one tap's filter with what each means."""
    if tap.listener.filter is None or tap.listener.hidden:
        return ""
    from fyke.filter.describe import listing

    program = Program(tap.listener.filter, link_type=tap.link_type or LINUX_SLL2)
    return f"filter on {clean(tap.interface)}:\n{listing(program)}"


def protocol_name(number: int) -> str:
    return PROTOCOLS.get(number, f"0x{number:04x}")


def octets(count: int) -> str:
    """A size with a unit, rounded."""
    if count < 10240:
        return str(count)
    if count < 10 << 20:
        return f"{count >> 10}K"
    return f"{count >> 20}M"


def clean(text: str) -> str:
    """Names that processes chose, harmless to a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)
