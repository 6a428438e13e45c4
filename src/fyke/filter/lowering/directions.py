"""``src``, ``dst``, either or both: what a primitive does with its direction."""

from __future__ import annotations

from collections.abc import Callable

from fyke.filter.lowering.fragment import Fragment, both, either

PLAIN = (None, "src", "dst", "src or dst", "src and dst")


def in_direction(direction: str | None, test: Callable[[str], Fragment]) -> Fragment:
    """``test("src")``, ``test("dst")``, or the two joined; no direction means either."""
    if direction in ("src", "dst"):
        return test(direction)
    if direction == "src and dst":
        return both(test("src"), test("dst"))
    return either(test("src"), test("dst"))
