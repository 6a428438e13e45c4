"""``fyke taps``: who is listening on this machine, with which filter and which memory."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from fyke.bpf.instructions import Instruction
from fyke.errors import CaptureError, FykeError
from fyke.kernel.owners import printable
from fyke.kernel.taps import Listener, Listing, RingShape, look

ETH_P_ALL = 0x0003
PROTOCOLS = {0: "none", ETH_P_ALL: "all", 0x0800: "ip", 0x0806: "arp", 0x86DD: "ip6",
             0x88CC: "lldp", 0x888E: "eapol", 0x8863: "pppoed", 0x8864: "pppoe", 0x88F7: "ptp",
             0x0004: "802.2"}  # include/uapi/linux/if_ether.h, names as in filter expressions
RAW = 101  # LINKTYPE_RAW: what the filter of a "dgram" socket sees
LISTENING, CANNOT_TELL = 1, 2  # exit status of --expect-none


@dataclass(frozen=True, slots=True)
class View:
    """A namespace and what listens there, or why that cannot be told."""

    namespace: str
    listing: Listing | None
    failure: str | None = None


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="fyke taps", description="Show every packet socket: where it listens, whose it is, "
        "its filter, its memory, and what it lost. Without root, what is hidden is said.")
    where = made.add_mutually_exclusive_group()
    where.add_argument("--netns", metavar="NAME", help="look in this network namespace: a name of "
                       "ip-netns(8), a path, or the id of a process in it")
    where.add_argument("--all", action="store_true",
                       help="look in every network namespace that can be reached")
    made.add_argument("-v", "--verbose", action="store_true", help="everything known of each tap")
    made.add_argument("--json", action="store_true", help="print JSON: a list of namespaces")
    made.add_argument("--watch", nargs="?", type=seconds, const=2.0, metavar="SECONDS",
                      help="look again and again (default: every 2 seconds)")
    made.add_argument("--expect-none", action="store_true", help=f"exit status {LISTENING} if "
                      f"anybody listens, {CANNOT_TELL} if that cannot be told; for audits")
    return made


def seconds(text: str) -> float:
    value = float(text)
    if not 0.05 <= value <= 86400:
        raise argparse.ArgumentTypeError("seconds from 0.05 to 86400")
    return value


def run(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    options = parser().parse_args(arguments)
    while True:
        views, hidden = everywhere() if options.all else ([one(options.netns)], 0)
        if options.json:
            text = json.dumps([as_json(view) for view in views], indent=2) + "\n"
        else:
            text = page(views, hidden, options.verbose)
        if options.watch is None:
            sys.stdout.write(text)
            return status(views, hidden) if options.expect_none else 0
        if sys.stdout.isatty():
            text = "\x1b[H\x1b[2J" + text  # to the corner, and clear the screen
        sys.stdout.write(text)
        sys.stdout.flush()
        time.sleep(options.watch)


def one(namespace: str | None) -> View:
    """One namespace; one's own if None. Raises CaptureError."""
    from fyke.live.namespaces import inside
    return View(namespace or "own", inside(namespace, look))


def everywhere() -> tuple[list[View], int]:
    """Every namespace that can be reached, and how many processes hide theirs."""
    from fyke.kernel.namespaces import reachable
    from fyke.live.namespaces import inside
    found, hidden = reachable()
    views = []
    for namespace in found:
        try:
            path = None if namespace.label == "own" else namespace.path
            views.append(View(namespace.label, inside(path, look)))
        except (CaptureError, OSError) as error:  # it vanished, or is closed to us
            views.append(View(namespace.label, None, str(error)))
    return views, hidden


def status(views: list[View], hidden: int) -> int:
    """The exit status for --expect-none."""
    if any(view.listing and view.listing.listening for view in views):
        return LISTENING
    return CANNOT_TELL if hidden or any(view.failure for view in views) else 0


# --- as text -------------------------------------------------------------------------------------

HEADINGS = ("INTERFACE", "PROTO", "TYPE", "PID", "COMMAND", "BUFFER", "DROPPED", "FILTER")


def page(views: list[View], hidden: int, verbose: bool) -> str:
    """What is shown to people."""
    width = shutil.get_terminal_size((100, 24)).columns
    lines: list[str] = []
    for view in views:
        if len(views) > 1:
            if view.listing and not view.listing.taps:
                continue
            lines.append(f"{'' if not lines else chr(10)}network namespace {view.namespace}:")
        lines += failed(view) if view.listing is None else shown(view.listing, verbose, width)
    if len(views) > 1:
        empty = sum(view.listing is not None and not view.listing.taps for view in views)
        lines.append(f"{empty} of {len(views)} network namespaces have no taps")
    if hidden:
        lines.append(f"partial: {count(hidden, 'process', 'es')} could not be asked for the "
                     f"network namespace{'' if os.geteuid() == 0 else '; run with sudo'}")
    return "\n".join(lines) + "\n"


def failed(view: View) -> list[str]:
    return [f"partial: could not be looked into: {printable(view.failure or '')}"]


def shown(listing: Listing, verbose: bool, width: int) -> list[str]:
    """One namespace."""
    lines: list[str] = []
    if listing.taps:
        if verbose:
            for tap in listing.taps:
                lines += details(tap, listing)
        else:
            lines += table([HEADINGS, *(row(tap, listing) for tap in listing.taps)], width)
        memory = sum(tap.memory for tap in listing.taps)
        running = sum(tap.running for tap in listing.taps)
        lines.append(f"{count(len(listing.taps), 'tap')}, {running} listening, "
                     f"{octets(memory)} of kernel memory")
    else:
        lines.append("no taps")
    others = ", ".join(f"{handler.function} ({where(handler.device)}, "
                       f"{protocol(handler.protocol)})" for handler in listing.others)
    lines += clipped(f"handlers that are no taps: {printable(others) or 'none'}", width)
    lines += [f"partial: hidden: {printable(line)}" for line in listing.hidden]
    return lines


def row(tap: Listener, listing: Listing) -> tuple[str, ...]:
    """The cells of one tap."""
    owner = tap.owners[0] if tap.owners else None
    others = f"+{len(tap.owners) - 1}" if len(tap.owners) > 1 else ""
    return (where(tap.interface) + (" (idle)" if not tap.running else ""), protocol(tap.protocol),
            tap.kind, f"{owner.pid}{others}" if owner else "-", owner.command if owner else "?",
            buffer(tap), "-" if tap.dropped is None else str(tap.dropped),
            filter_text(tap, listing))


def table(rows: list[tuple[str, ...]], width: int) -> list[str]:
    """Rows under each other, the last column cut to what is left of ``width``."""
    columns = list(zip(*rows, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns[:-1]]
    lines = []
    for cells in rows:
        head = "  ".join(f"{cell:<{size}}" for cell, size in zip(cells, widths, strict=False))
        lines += clipped(f"{head}  {cells[-1]}", width)
    return lines


def clipped(line: str, width: int) -> list[str]:
    return [line if len(line) <= width else line[:max(0, width - 1)] + "…"]


def details(tap: Listener, listing: Listing) -> Iterator[str]:
    """Everything known of one tap, a line for each kind of thing."""
    yield (f"{where(tap.interface)}: {protocol(tap.protocol)}, {tap.kind}, "
           f"{'listening' if tap.running else 'idle'}, inode {tap.inode}"
           + (f", made by user {tap.user}" if tap.user is not None else ""))
    for owner in tap.owners:
        inside = f", in {owner.container}" if owner.container else ""
        yield f"    held by {owner.pid} ({owner.arguments or owner.command}), user " \
              f"{owner.user}{inside}"
    if not tap.owners:
        yield "    held by nobody that can be seen"
    yield f"    filter: {filter_text(tap, listing)}"
    for name, ring in (("receive", tap.receive_ring), ("send", tap.send_ring)):
        if ring is not None:
            yield f"    {name} ring: {shape(ring)}"
    if tap.queue_limit is not None:
        yield f"    queue: {tap.queued} of {tap.queue_limit} octets" + (
            f", {tap.dropped} packets dropped" if tap.dropped is not None else
            "; what its ring dropped, only its owner is told")
    if tap.fanout:
        flags = "".join(f", {flag}" for flag in tap.fanout.flags)
        yield f"    fanout group {tap.fanout.group}: {tap.fanout.mode}{flags}"
    for member in tap.memberships:
        address = f" {member.address.hex(':')}" if member.address else ""
        yield f"    membership: {printable(member.interface)} {member.kind}{address}"
    if tap.options:
        yield f"    options: {', '.join(tap.options)}"
    yield f"    kernel memory: {octets(tap.memory)}"


def shape(ring: RingShape) -> str:
    late = f", handed over after {ring.retire_after} ms" if ring.retire_after else ""
    return (f"TPACKET_V{ring.version}, {octets(ring.octets)}: {ring.blocks} blocks of "
            f"{octets(ring.block_size)}, {ring.frames} frames of {octets(ring.frame_size)}{late}")


def buffer(tap: Listener) -> str:
    """Its ring or queue, and its fanout group."""
    group = f" fanout {tap.fanout.group}" if tap.fanout else ""
    if tap.receive_ring is not None:
        return f"ring {octets(tap.receive_ring.octets)}{group}"
    limit = "?" if tap.queue_limit is None else octets(tap.queue_limit)
    return f"queue {limit}{group}"


def where(interface: str | None) -> str:
    return "any" if interface is None else printable(interface)


def protocol(number: int) -> str:
    return PROTOCOLS.get(number, f"0x{number:04x}")


def octets(number: int) -> str:
    """A size with a unit, as short as it stays true to a tenth."""
    size = float(number)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.4g} {unit}"
        size /= 1024
    return f"{size:.4g} GiB"


def count(number: int, word: str, plural: str = "s") -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}{plural}"


# --- filters in words ----------------------------------------------------------------------------

def filter_text(tap: Listener, listing: Listing) -> str:
    """The filter in words."""
    if tap.filter_hidden:
        return "hidden"
    if tap.filter is None:
        return "eBPF (not told)" if tap.filter_extended else "NONE (unfiltered)"
    if len(tap.filter) == 1:
        kept = tap.filter[0].k
        return f"NONE (unfiltered, cut to {kept} octets)" if kept else "refuses everything"
    return in_words(tap.filter, link_type(tap, listing))


def link_type(tap: Listener, listing: Listing) -> int:
    """The LINKTYPE of the packets that the tap's filter sees."""
    from fyke.live.interfaces import LINK_TYPES
    if tap.kind == "dgram":
        return RAW
    return LINK_TYPES.get(listing.hardware.get(tap.index, 1), RAW)


@lru_cache(maxsize=256)
def in_words(filter: tuple[Instruction, ...], link: int) -> str:
    """An expression that is proven to mean the same, or how long the program is."""
    from fyke.bpf.program import Program
    from fyke.filter.describe import expression_of
    kept = max((ins.k for ins in filter if ins.code == 0x06), default=0)
    try:
        found = expression_of(Program(filter, link_type=link, snaplen=kept), timeout=1.0)
    except FykeError:
        found = None
    return f"{count(len(filter), 'instruction')}" if found is None else printable(found)


# --- as JSON -------------------------------------------------------------------------------------

def as_json(view: View) -> dict[str, Any]:
    """A namespace as JSON has it; "partial" says what is missing."""
    listing = view.listing
    if listing is None:
        return {"namespace": view.namespace, "partial": [view.failure], "taps": [],
                "handlers": [], "listening": None}
    return {"namespace": view.namespace, "partial": list(listing.hidden),
            "listening": listing.listening,
            "taps": [tap_json(tap, listing) for tap in listing.taps],
            "handlers": [asdict(handler) for handler in listing.handlers]}


def tap_json(tap: Listener, listing: Listing) -> dict[str, Any]:
    told = asdict(tap)
    told["memory"] = tap.memory
    told["filtered"] = tap.filtered
    told["filter"] = None if tap.filter is None else [list(ins) for ins in tap.filter]
    told["filter_words"] = filter_text(tap, listing)
    for member in told["memberships"]:
        member["address"] = member["address"].hex(":")
    return told
