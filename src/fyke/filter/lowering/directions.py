"""``src``, ``dst``, either or both: what a primitive does with its direction."""

from __future__ import annotations

from fyke.filter.lowering.fragment import Fragment, both, either
from fyke.filter.lowering.generator import Generator
from fyke.hints import Callable

PLAIN = (None, "src", "dst", "src or dst", "src and dst")


def check_direction(gen: Generator, direction: str | None) -> None:
    """Refuse the directions that only 802.11 frames have."""
    if direction not in PLAIN:
        gen.fail(f"'{direction}' is valid for 802.11 syntax only")


def in_direction(direction: str | None, test: Callable[[str], Fragment]) -> Fragment:
    """``test("src")``, ``test("dst")``, or the two joined; no direction means either."""
    if direction in ("src", "dst"):
        return test(direction)
    if direction == "src and dst":
        return both(test("src"), test("dst"))
    return either(test("src"), test("dst"))
