"""Floor 0: modules that are imported when they are first needed; importlib would bring warnings."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # type checkers know the name; --version imports this file, and not hints
if TYPE_CHECKING:
    from typing import Any


def module(name: str) -> Any:
    """The module of that dotted name."""
    __import__(name)
    return sys.modules[name]


def named(dotted: str) -> Any:
    """What ``module:name`` stands for."""
    where, _, name = dotted.partition(":")
    return getattr(module(where), name)


class Pattern:
    """A regular expression, compiled when it first meets a text: ``re`` brings ten modules."""

    def __init__(self, source: bytes) -> None:
        self.source = source

    def __getattr__(self, method: str) -> Any:
        import re
        bound = getattr(re.compile(self.source), method)
        setattr(self, method, bound)
        return bound
