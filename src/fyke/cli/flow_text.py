"""The table of ``fyke flows`` for people, and the head of ``--watch``."""

from __future__ import annotations

import time

from fyke.cli.terminal import size
from fyke.conversations.flow_cells import cells, end, octets, seconds, troubles_told
from fyke.hints import Any

HEAD = ("PROTO", "CLIENT", "SERVER", "SENT", "RECEIVED", "BYTES SENT", "RECEIVED", "DURATION",
        "STATE", "NOTES")
RIGHT = (3, 4, 5, 6, 7)  # columns of numbers

def page(flows: list[Any], by: str, room: int = 0) -> str:
    """A line for each flow, under one of names."""
    if not flows:
        return "no flows\n"
    if by == "5tuple":
        rows = [HEAD, *map(cells, flows)]
    else:
        rows = [(*HEAD[:8], "FLOWS", HEAD[9]), *map(group_cells, flows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    line = "  ".join([f"%{'' if at in RIGHT else '-'}{width}s" for at, width
                      in enumerate(widths)])
    columns = size(200, 24)[0] if room else None
    return "\n".join([(line % one).rstrip()[:columns] for one in rows]) + "\n"


def group_cells(group: Any) -> tuple[str, ...]:
    """The cells of a group of flows: instead of a state, how many they are."""
    sent, received = group.sent, group.received
    said = [one for one in (group.application, group.name) if one]
    said += troubles_told(sent, received)
    if group.fragments:
        said.append(f"{group.fragments} fragments")
    return (group.protocol or "*", end(group.client, group.client_port),
            end(group.server, group.server_port), str(sent.packets), str(received.packets),
            octets(sent.bytes), octets(received.bytes), seconds(group.duration),
            str(group.flows), ", ".join(said))


class Told:
    """What --watch showed before, for rates."""

    def __init__(self) -> None:
        self.packets = self.octets = 0
        self.at = time.monotonic()

    def rows(self, most: int | None) -> int:
        """Lines for flows that the terminal has room for."""
        room = max(1, size(200, 24)[1] - 4)
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
