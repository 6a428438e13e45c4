"""Calls that are remembered: a reply says which call it answers, but not what was asked.

A ring for each protocol in the state of the run, of as many calls as tcpdump remembers.
"""

from __future__ import annotations

from typing import Any

from fyke.wire import Line

REMEMBERED = 64  # calls


def remember(line: Line, protocol: str, call: tuple[Any, ...], asked: Any) -> None:
    """Keep what a call asked; the oldest call is forgotten."""
    calls = line.state.setdefault(protocol, {"ring": [None] * REMEMBERED, "next": 0, "hint": 0})
    calls["ring"][calls["next"]] = (call, asked)
    calls["next"] = (calls["next"] + 1) % REMEMBERED


def recall(line: Line, protocol: str, call: tuple[Any, ...]) -> Any:
    """What the call asked, looked for from where the last was found; None if it is unknown."""
    calls = line.state.get(protocol)
    if calls is None:
        return None
    for step in range(REMEMBERED):
        index = (calls["hint"] + step) % REMEMBERED
        kept = calls["ring"][index]
        if kept is not None and kept[0] == call:
            calls["hint"] = index
            return kept[1]
    return None
