"""The size of the terminal, as shutil tells it; that brings five libraries of compression along."""

from __future__ import annotations

import os


def size(columns: int, lines: int) -> tuple[int, int]:
    """Columns and lines: of the environment, of standard output, or else these."""
    wide, high = number("COLUMNS"), number("LINES")
    if not wide or not high:
        try:
            found = os.get_terminal_size(1)
        except OSError:
            found = os.terminal_size((0, 0))
        wide = wide or found.columns
        high = high or found.lines
    return wide or columns, high or lines


def number(name: str) -> int:
    """A variable of the environment; 0 where it is no number."""
    try:
        return max(0, int(os.environ.get(name, "")))
    except ValueError:
        return 0
