"""fyke info: what capture files hold, as text or as JSON."""

from __future__ import annotations

import argparse
import sys
import time

from fyke.cli import rights
from fyke.cli.inputs import Inputs
from fyke.cli.parsing import Parser
from fyke.cli.progress import Progress
from fyke.errors import FykeError
from fyke.files.paths import expand
from fyke.files.statistics import describe
from fyke.hints import Any
from fyke.tables.forms import as_json

ORDERS = {True: "strict", False: "not strict", None: "unknown"}


def parser() -> argparse.ArgumentParser:
    made = Parser(prog="fyke info", description="Describe capture files: format, "
                                   "packets, times, rates, interfaces, order, damage.")
    made.add_argument("files", nargs="+", metavar="FILE",
                      help="a capture, a folder of captures, a pattern, or - for standard input")
    made.add_argument("--json", action="store_true", help="print a JSON list, one object a file")
    made.add_argument("--hashes", action="store_true", help="add SHA-256 and SHA-1 of the files")
    return made


def run(arguments: list[str]) -> int:
    """Describe each file; exit status 1 if one is damaged or is no capture."""
    options = parser().parse_args(arguments)
    status = 0
    found = []
    paths: list[str] = []
    for name in options.files:
        try:
            paths += expand([name])
        except FykeError as error:
            status = refused(error)
    opened = Inputs(paths)
    rights.enter("info", options.sandbox, read=paths)
    with Progress(None, paths, quiet=sys.stdout.isatty()) as progress:
        for path in paths:
            try:
                told = describe(path, hashes=options.hashes, turn=progress.looking, opened=opened)
            except (FykeError, OSError) as error:
                status = refused(error)
                continue
            progress.next_file(None, told["size"] or 0)
            if told["damage"]:
                status = 1
            if options.json:
                found.append(told)
            else:
                sys.stdout.write(page(told) + "\n")
    if options.json:
        sys.stdout.write(as_json(found, indent=2) + "\n")
    return status


def refused(error: Exception) -> int:
    """Say why there is nothing to tell of a file; the exit status."""
    sys.stderr.write(f"fyke info: {error}\n")
    return 1


def clean(text: Any) -> str:
    """Text from a file, harmless to a terminal."""
    return "".join(c if c.isprintable() else "?" for c in str(text))


def stamp(nanoseconds: int | None) -> str:
    """A local time with nine digits."""
    if nanoseconds is None:
        return "none"
    seconds, rest = divmod(nanoseconds, 10**9)
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)) + f".{rest:09d}"
    except (OverflowError, ValueError):
        return f"{seconds}.{rest:09d} s after 1970"


def seconds(nanoseconds: int) -> str:
    return f"{nanoseconds // 10**9}.{nanoseconds % 10**9:09d} s"


def rate(value: float | None, unit: str) -> str | None:
    return None if value is None else f"{value:,.2f} {unit}"


def endian(order: str) -> str:
    return "both byte orders" if order == "both" else f"{order} endian"


def page(told: dict[str, Any]) -> str:
    """One file as text: a label and a value a line; what is not known is left out."""
    kind = told["format"] + (f", {told['compression']}" if told["compression"] else "")
    size = told["size"]
    gap = told["longest_gap_before_packet"]
    untimed = told["packets_without_time"]
    rows: list[tuple[str, Any]] = [
        ("File", told["file"]),
        ("Type", ", ".join([kind, endian(told["byte_order"]), *dict.fromkeys(
            one["precision"] for one in told["interfaces"])])),
        ("Link type", ", ".join(told["link_types"])),
        ("Snap length", ", ".join(dict.fromkeys(
            str(one["snaplen"] or "no limit") for one in told["interfaces"]))),
        ("Packets", f"{told['packets']:,}"),
        ("File size", None if size is None else f"{size:,} bytes"),
        ("Captured", f"{told['captured_bytes']:,} bytes"),
        ("On the wire", f"{told['wire_bytes']:,} bytes"),
        ("Cut packets", f"{told['cut_packets']:,}" if told["cut_packets"] else None),
        ("Without time", f"{untimed:,} packets" if untimed else None),
        ("First packet", "unknown" if untimed else stamp(told["earliest_time"])),
        ("Last packet", "unknown" if untimed else stamp(told["latest_time"])),
        ("Duration", "unknown" if untimed else seconds(told["duration"])),
        ("Longest gap", f"{seconds(told['longest_gap'])} before packet {gap}" if gap else None),
        ("Time order", ORDERS[told["strict_time_order"]]),
        ("Packet rate", rate(told["packet_rate"], "packets/s")),
        ("Data rate", rate(told["byte_rate"] and told["byte_rate"] * 8, "bits/s")),
        ("Mean size", rate(told["average_packet_size"], "bytes")),
        ("Commented", f"{told['commented_packets']:,} packets"
                      if told["commented_packets"] else None),
    ]
    for number, one in enumerate(told["sections"]):
        rows += section(one, f"Section {number}" if len(told["sections"]) > 1 else "")
    rows.append(("Blocks", ", ".join(f"{count:,} {name}" for name, count
                                     in told["blocks"].items() if name != "section header")
                 or None))
    for one in told["packet_comments"]:
        rows.append((f"Packet {one['packet']}", one["comment"]))
    for name, value in told.get("hashes", {}).items():
        rows.append((name.upper(), value))
    for number, one in enumerate(told["interfaces"]):
        rows.append((f"Interface {number}", interface(one)))
    rows.append(("Damage", told["damage"]))
    return "".join(f"{label + ':':14}{clean(value)}\n" for label, value in rows
                   if value is not None)


def section(one: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    """What a section header says: a row each, or all of it in one row with a ``name``."""
    rows = [(label, one[label.lower()]) for label in ("Hardware", "OS", "Application")]
    rows += [("Comment", comment) for comment in one["comments"]]
    if not name:
        return rows
    told = [f"{label.lower()} {value}" for label, value in rows if value is not None]
    return [(name, ", ".join([endian(one["byte_order"]), *told]))]


def interface(one: dict[str, Any]) -> str:
    """An interface in one line."""
    parts = [one["name"] or "unnamed", one["link_type"], f"{one['packets']:,} packets"]
    for key in ("description", "speed", "filter", "os", "hardware", "received", "dropped",
                "accepted", "os_dropped", "delivered"):
        if one.get(key) is not None:
            parts.append(f"{key.replace('_', ' ')} {one[key]}")
    return ", ".join(parts + one["comments"])
