"""Room files/: never compiled: where Python's own code runs, signals that came are heard."""

from __future__ import annotations


def hear() -> None:
    """Let the handlers of signals run that came while compiled code was at work."""
