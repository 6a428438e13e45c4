"""Files that follow each other, in the order in which they were written."""

from __future__ import annotations

import re
from pathlib import Path


def in_order(folder: Path) -> list[Path]:
    """Numbers in names count as numbers: x, x2, x10. How many files there are depends on the
    machine, whose name stands in the head of each pcapng file."""
    return sorted(folder.iterdir(), key=lambda path: [
        int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.name)])
