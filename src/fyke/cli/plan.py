"""``fyke plan``: a trace through the model of the kernel: what each tap keeps, copies and loses."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fyke.cli import quantities, rights
from fyke.cli.inputs import Inputs
from fyke.cli.parsing import Parser
from fyke.cli.parsing import dialect as language
from fyke.errors import FilterError, UsageError
from fyke.kernel.readers import Rate
from fyke.kernel.replay import LINKTYPE_ETHERNET, Outcome, Plan, Replay, Told

if TYPE_CHECKING:
    from fyke.bpf.program import Program

LARGEST_RING = 1 << 36  # octets: --find-buffer gives up beyond
SMALLEST_QUEUE = 2304  # octets: SOCK_MIN_RCVBUF, include/net/sock.h
FACTORS = {"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}
KEYS = ("snaplen", "ring", "queue", "block", "timeout", "drain", "dgram")

TAP_HELP = ("one tap: a filter expression (or nothing) and, after commas, snaplen=N, ring=SIZE "
            "or queue=SIZE, block=SIZE, timeout=MS, drain=RATE, dgram. Sizes are in bytes, or "
            "end in k, m or g. "
            "Without any --tap: one that takes everything, with a ring of 8m")


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="fyke plan", description="Play a trace, at the times its packets arrived, through a "
        "model of the Linux kernel with the taps that you plan, and say what each of them keeps, "
        "copies and loses.")
    common(made)
    made.add_argument("--find-buffer", action="store_true",
                      help="find the smallest buffer of each tap that loses nothing")
    made.add_argument("--plot", metavar="FILE", help="draw how the buffers fill over time: "
                      "FILE.svg, or FILE.png (needs fyke[plot])")
    made.add_argument("--json", action="store_true", help="print JSON")
    return made


def common(made: argparse.ArgumentParser) -> None:
    """The options that ``fyke path`` has, too."""
    made.add_argument("-r", dest="read", metavar="TRACE", required=True, help="a capture file")
    made.add_argument("--tap", action="append", default=[], metavar="'EXPRESSION,KEY=VALUE,…'",
                      help=TAP_HELP)
    language(made)
    made.add_argument("--drain", metavar="RATE", default="", help="how fast the taps' readers are: "
                      "500kpps, 40MBps (octets captured), 1Gbps; without it they never lag")


def run(arguments: list[str]) -> int:
    """Run the command and return its exit status: 1 if a tap loses packets."""
    options = parser().parse_args(arguments)
    if options.plot and not options.plot.endswith((".svg", ".png")):
        raise UsageError("--plot draws SVG or PNG; name a file that ends in .svg or .png, not "
                         f"{options.plot}")
    if options.find_buffer and options.read == "-":
        raise UsageError("--find-buffer reads the trace several times, which standard input does "
                         "not allow: save it to a file first")
    plans = taps(options)
    if options.plot:
        from fyke.cli.plan_plot import check_library
        check_library(options.plot)
        rights.output_helper(options.plot, options.sandbox)
    opened = Inputs([options.read])
    rights.enter("plan", options.sandbox, read=[options.read],
                 expressions=[one.expression for one in plans], dialect=options.dialect)
    told = play(opened(options.read), plans)
    check(told)
    found = [smallest(opened, options.read, outcome) for outcome in told.outcomes] \
        if options.find_buffer else None
    if options.json:
        sys.stdout.write(json.dumps(as_json(told, found), indent=2) + "\n")
    else:
        sys.stdout.write(page(told, found))
    if options.plot:
        from fyke.cli.plan_plot import save
        save(told, options.plot)
    return 1 if any(outcome.lost for outcome in told.outcomes) or told.damage else 0


def check(told: Told) -> None:
    """Raise UsageError for a trace that tells nothing about time."""
    if not told.packets:
        raise UsageError(f"there is no packet in the trace{': ' if told.damage else ''}"
                         f"{told.damage or ''}")
    if not told.stamped:
        raise UsageError("the packets of this trace have no time stamps; without them there is no "
                         "telling how buffers fill")


def play(path: Any, plans: list[Plan]) -> Told:
    """The trace through the model. Raises SavefileError, UsageError, FilterError."""
    from fyke.files.reader import open_capture
    source = open_capture(path)
    try:
        return Replay(plans, source).run()
    finally:
        source.close()


# --- taps ----------------------------------------------------------------------------------------

def taps(options: argparse.Namespace) -> list[Plan]:
    """The taps that the options ask for."""
    drain = rate(options.drain) if options.drain else Rate()
    return [tap(text, number, drain, options.dialect)
            for number, text in enumerate(options.tap or [""], 1)]


def tap(text: str, number: int, drain: Rate, dialect: str = "pcap") -> Plan:
    """One --tap. Raises UsageError; a bad filter raises FilterError later, with the link type."""
    expression, settings = split(text)
    given = dict(settings)
    if "ring" in given and "queue" in given:
        raise UsageError(f"--tap {text!r}: a tap has a ring or a queue, not both")
    snaplen = size(given.get("snaplen", "262144"))
    plan = Plan(program=lambda link: compiled(expression, link, snaplen, dialect),
                name=f"tap {number}", expression=expression, dgram="dgram" in given,
                drain=rate(given["drain"]) if "drain" in given else drain)
    if "queue" in given:
        plan = replace(plan, ring=None, queue=size(given["queue"]))
    if "ring" in given:
        plan = replace(plan, ring=size(given["ring"]))
    if "block" in given:
        plan = replace(plan, block=size(given["block"]))
    if "timeout" in given:
        plan = replace(plan, timeout=size(given["timeout"]))
    if plan.block % 4096 or not plan.block or plan.timeout < 1:
        raise UsageError(f"--tap {text!r}: a block has a multiple of 4K octets, a time-out 1 ms "
                         "or more")
    if plan.ring is not None and not 2 * plan.block <= plan.ring <= LARGEST_RING:
        if "block" in given or plan.ring > LARGEST_RING or plan.ring < 8192:
            raise UsageError(f"--tap {text!r}: a ring has two blocks or more, and 64G at most")
        plan = replace(plan, block=max(4096, plan.ring // 2 // 4096 * 4096))
    return plan


def split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The expression, and the settings behind it."""
    parts = text.split(",")
    settings: list[tuple[str, str]] = []
    while parts:
        key, _, value = parts[-1].strip().partition("=")
        if key not in KEYS or (key == "dgram") == bool(value):
            break
        settings.insert(0, (key, value))
        parts.pop()
    return ",".join(parts).strip(), settings


def compiled(expression: str, link: int, snaplen: int, dialect: str) -> Program:
    """The filter for a link type: on Ethernet as for a live capture, where VLAN tags are aside."""
    from fyke.filter.compile import compile
    try:
        return compile(expression, link_type=link, snaplen=snaplen,
                       linux_extensions=link == LINKTYPE_ETHERNET, dialect=dialect)
    except FilterError as error:
        if "rejects all packets" not in str(error):
            raise
        return compile(expression, link_type=link, snaplen=snaplen, optimize=False,
                       linux_extensions=link == LINKTYPE_ETHERNET, dialect=dialect)


def size(text: str) -> int:
    try:
        return quantities.size(text)
    except ValueError:
        raise UsageError(f"{text!r} is no size; sizes are like 4096, 208k, 8m") from None


def rate(text: str) -> Rate:
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)([kKMG]?)(pps|Bps|bps)", text)
    if match is None or not float(match[1]):
        raise UsageError(f"{text!r} is no rate; rates are like 500kpps, 40MBps, 1Gbps")
    value = float(match[1]) * FACTORS[match[2]]
    if match[3] == "pps":
        return Rate(packets=value)
    return Rate(octets=value if match[3] == "Bps" else value / 8)


# --- the smallest buffer -------------------------------------------------------------------------

def smallest(opened: Callable[[str], Any], path: str, outcome: Outcome) -> Plan | None:
    """The plan with the smallest buffer that loses nothing; None if there is none below 64 GiB.

    Of a queue one replay tells, because what is lost depends only on the octets that wait; the
    blocks of a ring are found by halving.
    """
    plan = outcome.plan
    if plan.ring is None:
        told = play(opened(path), [replace(plan, queue=LARGEST_RING)])
        return replace(plan, queue=max(SMALLEST_QUEUE, told.outcomes[0].needed))

    def loses(blocks: int) -> bool:
        return play(opened(path), [with_blocks(plan, blocks)]).outcomes[0].lost > 0

    low, high = 1, max(2, plan.blocks)  # low is too small; high is to be big enough
    while (high != plan.blocks or outcome.lost) and loses(high):
        low, high = high, high * 2
        if high * plan.block > LARGEST_RING:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if loses(middle) else (low, middle)
    return with_blocks(plan, high)


def with_blocks(plan: Plan, blocks: int) -> Plan:
    return replace(plan, ring=blocks * plan.block)


# --- showing it ----------------------------------------------------------------------------------

def page(told: Told, found: list[Plan | None] | None) -> str:
    """The result for people."""
    duration = (told.last - told.first) / 1e9
    lines = [f"{told.packets:,} packets, {told.octets:,} octets on the wire, in {duration:.6f} s"]
    if told.cut:
        lines.append(f"{told.cut:,} packets were cut when they were captured: filled up with zeros")
    if told.disordered:
        lines.append(f"{told.disordered:,} packets are earlier than the one before them: taken as "
                     "arriving with it")
    for number, outcome in enumerate(told.outcomes):
        lines += ["", *shown(outcome, told)]
        if found is not None:
            lines.append("  " + advice(found[number]))
    if told.damage:
        lines += ["", f"partial: {''.join(c if c.isprintable() else '?' for c in told.damage)}"]
    return "\n".join(lines) + "\n"


def shown(outcome: Outcome, told: Told) -> list[str]:
    """One tap."""
    from fyke.cli.taps import octets
    tap, plan = outcome.tap, outcome.plan
    kept = tap.tp_packets
    lines = [f"{plan.title} ({buffer(plan)})",
             f"  seen {outcome.seen:,}, refused by the filter {tap.refused:,}, kept {kept:,}, "
             f"lost {outcome.lost:,}"
             + (f" ({outcome.lost / (kept + outcome.lost):.2%} of what it wanted)"
                if outcome.lost else ""),
             f"  octets copied {tap.bytes_copied:,}, referenced {tap.bytes_referenced:,}"]
    if outcome.fullest:
        at = (outcome.fullest_at - told.first) / 1e9
        lines.append(f"  fullest {octets(outcome.fullest)}, {outcome.fullest / plan.capacity:.1%}, "
                     f"{at:.6f} s after the first packet")
    if outcome.lost:
        freezes = tap.ring.freezes if tap.ring else 0
        lines.append(f"  the first one lost is packet {outcome.first_loss:,}"
                     + (f"; the ring froze {freezes:,} times" if freezes else ""))
    late = outcome.done_at - told.last
    if late > 0:
        lines.append(f"  its reader is done {late / 1e9:.6f} s after the last packet")
    return lines


def buffer(plan: Plan) -> str:
    from fyke.cli.taps import octets
    if plan.ring is None:
        return f"queue of {octets(plan.queue)}"
    return f"ring of {octets(plan.capacity)}: {plan.blocks} blocks of {octets(plan.block)}"


def advice(plan: Plan | None) -> str:
    if plan is None:
        return "no buffer below 64 GiB loses nothing: the reader is too slow"
    if plan.ring is None:
        return (f"loses nothing from a queue of {plan.queue:,} octets on (SO_RCVBUF "
                f"{-(-plan.queue // 2):,}: the kernel doubles it)")
    return f"loses nothing from a {buffer(plan)} on"


def as_json(told: Told, found: list[Plan | None] | None) -> dict[str, Any]:
    """The result for programs; times in nanoseconds since the epoch, sizes in octets."""
    rows = []
    for number, outcome in enumerate(told.outcomes):
        plan, tap = outcome.plan, outcome.tap
        row: dict[str, Any] = {
            "tap": plan.name, "expression": plan.expression,
            "kind": "queue" if plan.ring is None else "ring",
            "capacity": plan.capacity, "seen": outcome.seen, "refused": tap.refused,
            "kept": tap.tp_packets, "lost": outcome.lost, "copied": tap.bytes_copied,
            "referenced": tap.bytes_referenced, "fullest": outcome.fullest,
            "fullest_at": outcome.fullest_at or None, "first_loss": outcome.first_loss or None,
            "freezes": tap.ring.freezes if tap.ring else None, "done_at": outcome.done_at}
        if found is not None:
            best = found[number]
            row["smallest_buffer"] = best.capacity if best else None
        rows.append(row)
    return {"packets": told.packets, "octets": told.octets, "first": told.first,
            "last": told.last, "cut": told.cut, "disordered": told.disordered,
            "partial": told.damage, "taps": rows}


