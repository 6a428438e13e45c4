"""Room columns/: libraries of the data world, imported at their first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fyke.errors import UsageError


def library(name: str, extra: str) -> Any:
    """Import an optional library, or say how to get it: UsageError."""
    try:
        return import_module(name)
    except ImportError:
        raise UsageError(f"this needs the Python package {name.partition('.')[0]}: "
                         f"pip install 'fyke[{extra}]'") from None
