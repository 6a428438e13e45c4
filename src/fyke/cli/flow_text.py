"""The table of ``fyke flows`` for people, and the head of ``--watch``."""

from __future__ import annotations

import shutil
import time

from fyke.hints import Any

HEAD = ("PROTO", "CLIENT", "SERVER", "SENT", "RECEIVED", "BYTES SENT", "RECEIVED", "DURATION",
        "STATE", "NOTES")
RIGHT = (3, 4, 5, 6, 7)  # columns of numbers
#: Of an end: the attribute of Side, and how its count is told.
TROUBLES = (("retransmissions", "sent again"), ("out_of_order", "out of order"),
            ("duplicate_acks", "duplicate acks"), ("zero_windows", "zero windows"),
            ("lost_segments", "lost"))


def page(flows: list[Any], by: str, room: int = 0) -> str:
    """A line for each flow, under one of names."""
    if not flows:
        return "no flows\n"
    rows = [HEAD, *(row(flow) for flow in flows)]
    if by != "5tuple":
        rows = [(*one[:8], f"{flow.flows}" if number else "FLOWS", one[9]) for number, (one, flow)
                in enumerate(zip(rows, [flows[0], *flows], strict=True))]
    widths = [max(len(one[at]) for one in rows) for at in range(len(HEAD))]
    line = "  ".join(f"{{:{'>' if at in RIGHT else ''}{width}}}" for at, width
                     in enumerate(widths)).format
    out = []
    columns = shutil.get_terminal_size((200, 24)).columns if room else 0
    for one in rows:
        text = line(*one).rstrip()
        out.append(text[:columns] if columns else text)
    return "\n".join(out) + "\n"


def row(flow: Any) -> tuple[str, ...]:
    """The cells of one flow or group."""
    state = getattr(flow, "state", "")
    return (flow.protocol or "*", end(flow.client, flow.client_port),
            end(flow.server, flow.server_port), str(flow.sent.packets),
            str(flow.received.packets), octets(flow.sent.bytes), octets(flow.received.bytes),
            seconds(flow.duration), state, notes(flow))


def end(address: str | None, port: int | None) -> str:
    """An address with its port."""
    if address is None:
        return "*" if port is None else f"port {port}"
    if port is None:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def notes(flow: Any) -> str:
    """Names, the handshake, and what went wrong."""
    said = []
    if flow.application:
        said.append(flow.application)
    if flow.name:
        said.append(flow.name)  # which has been escaped
    if getattr(flow, "handshake", None) is not None:
        said.append(f"rtt {seconds(flow.handshake)}")
    for attribute, words in TROUBLES if getattr(flow, "troubled", True) else ():
        count = getattr(flow.sent, attribute) + getattr(flow.received, attribute)
        if count:
            said.append(f"{count} {words}")
    if getattr(flow, "vlan", None) is not None:
        said.append(f"vlan {flow.vlan}")
    if getattr(flow, "tunnel", None):
        said.append(f"in {flow.tunnel}")
    if flow.fragments:
        said.append(f"{flow.fragments} fragments")
    if getattr(flow, "opened_by", "syn") == "first" and flow.protocol == "tcp":
        said.append("begun before")
    return ", ".join(said)


def octets(count: float) -> str:
    """A size with a unit: three digits at least."""
    for unit in ("", "k", "M", "G", "T"):
        if count < 10_000 or unit == "T":
            break
        count /= 1000
    return f"{count:.0f}{unit}"


def seconds(nanoseconds: float) -> str:
    """A length of time with the unit that fits it."""
    for size, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if abs(nanoseconds) >= size:
            return f"{nanoseconds / size:.3g} {unit}" if nanoseconds < 1e12 else (
                f"{nanoseconds / size:.0f} {unit}")
    return f"{nanoseconds:.0f} ns" if nanoseconds else "0"


class Told:
    """What --watch showed before, for rates."""

    def __init__(self) -> None:
        self.packets = self.octets = 0
        self.at = time.monotonic()

    def rows(self, most: int | None) -> int:
        """Lines for flows that the terminal has room for."""
        room = max(1, shutil.get_terminal_size((200, 24)).lines - 4)
        return min(room, most) if most else room

    def head(self, table: Any, lost: int) -> str:
        """Two lines above the flows: rates and counts."""
        now = time.monotonic()
        passed = max(now - self.at, 1e-3)
        packets, self.packets = table.packets - self.packets, table.packets
        count, self.octets = table.octets - self.octets, table.octets
        self.at = now
        return (f"{time.strftime('%H:%M:%S')}  {packets / passed:.0f} packets/s, "
                f"{octets(8 * count / passed)}bit/s; {table.count} flows go on, {table.flows} "
                f"seen" + (f"; {lost} packets dropped by the kernel" if lost else "") + "\n\n")
