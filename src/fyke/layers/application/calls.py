"""Calls that are remembered: a reply says which call it answers, but not what was asked.

A ring for each protocol among the associations of the run, of as many calls as tcpdump remembers.
"""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.associations import associations_of
from fyke.wire import Line

REMEMBERED = 64  # calls


def no_calls() -> dict[str, Any]:
    """A ring that nothing was put into yet."""
    return {"ring": [None] * REMEMBERED, "next": 0, "hint": 0}


def remember(line: Line, protocol: str, call: tuple[Any, ...], asked: Any) -> None:
    """Keep what a call asked; the oldest call is forgotten."""
    calls = associations_of(line).of(protocol, no_calls)
    calls["ring"][calls["next"]] = (call, asked)
    calls["next"] = (calls["next"] + 1) % REMEMBERED


def recall(line: Line, protocol: str, call: tuple[Any, ...]) -> Any:
    """What the call asked, looked for from where the last was found; None if it is unknown."""
    calls = associations_of(line).of(protocol, no_calls)
    for step in range(REMEMBERED):
        index = (calls["hint"] + step) % REMEMBERED
        kept = calls["ring"][index]
        if kept is not None and kept[0] == call:
            calls["hint"] = index
            return kept[1]
    return None
