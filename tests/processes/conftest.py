"""The kernel's programs, for tests that need them; skipped with the reason where refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from fyke.errors import CaptureError
from fyke.processes.watch import Watch, open_watch


@pytest.fixture
def watch() -> Iterator[Watch]:
    """eBPF programs at work, with a ring that holds what a busy machine brings."""
    try:
        made = open_watch(ring_size=64 << 20)
    except CaptureError as error:
        pytest.skip(f"no eBPF programs here: {error}")
    try:
        yield made
    finally:
        made.close()
