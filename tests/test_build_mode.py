"""The build is the one that was asked for: a stale extension would shadow edited sources."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import pytest

import fyke

SOURCES = Path(fyke.__file__).parent
HOT = sorted(".".join(path.relative_to(SOURCES.parent).with_suffix("").parts)
             for path in SOURCES.rglob("*.pxd")
             if path.with_suffix(".py").exists())
EXPECTED = os.environ.get("FYKE_EXPECT")  # "compiled", "pure" or nothing


@pytest.mark.skipif(not EXPECTED, reason="FYKE_EXPECT does not say which build is meant")
@pytest.mark.parametrize("name", HOT)
def test_hot_module_is_built_as_asked(name: str) -> None:
    compiled = str(import_module(name).__file__).endswith(".so")
    assert compiled == (EXPECTED == "compiled")


def test_there_are_hot_modules() -> None:
    assert "fyke.wire" in HOT


def test_modules_of_every_packet_are_hot_modules() -> None:
    """What setup.py gives all of the compiler by name; a file that moved would lose it silently."""
    setup = (SOURCES.parent.parent / "setup.py").read_text()
    named = setup.partition('EVERY_PACKET = frozenset("""')[2].partition('"""')[0].split()
    assert len(named) > 10
    assert {f"fyke.{name}" for name in named} <= set(HOT)


def test_no_mixture() -> None:
    """All compiled or none: half a build hides what was not compiled."""
    kinds = {str(import_module(name).__file__).endswith(".so") for name in HOT}
    assert len(kinds) == 1
