"""Room conversations/: a flow as the cells of a table for people.

Compiled: of a capture with many short flows, the text of the table takes as long as counting them
(``benchmarks/flow_table.py``).
"""

from __future__ import annotations

from fyke.conversations.flow import BY_FIRST, Flow, Side
from fyke.conversations.header import TUNNELS

TCP = 6
SECOND, MILLISECOND, MICROSECOND = 10**9, 10**6, 10**3  # in nanoseconds


def cells(flow: Flow) -> tuple[str, ...]:
    """Protocol, both ends, packets and bytes each way, duration, state, notes."""
    sent, received = (flow.a, flow.b) if flow.from_a else (flow.b, flow.a)
    return (flow.protocol, end(flow.client, flow.client_port), end(flow.server, flow.server_port),
            f"{sent.packets}", f"{received.packets}", octets(sent.bytes), octets(received.bytes),
            seconds(flow.duration), flow.state, notes(flow))


def end(address: str | None, port: int | None) -> str:
    """An address with its port."""
    if address is None:
        return "*" if port is None else f"port {port}"
    if port is None:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def notes(flow: Flow) -> str:
    """Names, the handshake, and what went wrong."""
    said = []
    application = flow.application
    if application:
        said.append(application)
    if flow.name:
        said.append(flow.name)  # which has been escaped
    if flow.round_trip >= 0:
        said.append(f"rtt {seconds(flow.round_trip)}")
    if flow.troubled:
        said += troubles_told(flow.a, flow.b)
    if flow.tag >= 0:
        said.append(f"vlan {flow.tag}")
    if flow.carrier:
        said.append(f"in {TUNNELS[flow.carrier]}")
    if flow.fragments:
        said.append(f"{flow.fragments} fragments")
    if flow.opening == BY_FIRST and flow.ports >> 32 & 0xFF == TCP:
        said.append("begun before")
    return ", ".join(said)


def troubles_told(one: Side, other: Side) -> list[str]:
    """What went wrong between two ends, counted, in words."""
    counts = ((one.retransmissions + other.retransmissions, "sent again"),
              (one.out_of_order + other.out_of_order, "out of order"),
              (one.duplicate_acks + other.duplicate_acks, "duplicate acks"),
              (one.zero_windows + other.zero_windows, "zero windows"),
              (one.lost_segments + other.lost_segments, "lost"))
    return [f"{count} {words}" for count, words in counts if count]


def octets(count: float) -> str:
    """A size with a unit: three digits at least."""
    for unit in ("", "k", "M", "G", "T"):
        if count < 10_000 or unit == "T":
            break
        count /= 1000
    return f"{count:.0f}{unit}"


def seconds(time: int) -> str:
    """A length of time in nanoseconds, with the unit that fits it, in three digits."""
    if time < 0:
        return f"-{seconds(-time)}"
    if time < MICROSECOND:
        return f"{time} ns" if time else "0"
    size, unit = SECOND, "s"
    if time < MILLISECOND - MICROSECOND // 2:  # rounded, it still has three digits
        size, unit = MICROSECOND, "µs"
    elif time < SECOND - MILLISECOND // 2:
        size, unit = MILLISECOND, "ms"
    parts = 1 if time >= 100 * size - size // 20 else 10 if time >= 10 * size - size // 200 else 100
    rounded = (time + size // (2 * parts)) // (size // parts)
    whole, part = rounded // parts, rounded % parts
    if part == 0:
        return f"{whole} {unit}"
    if parts == 100 and part % 10:
        return f"{whole}.{part // 10}{part % 10} {unit}"
    return f"{whole}.{part if parts == 10 else part // 10} {unit}"
