"""``type``, ``subtype`` and ``dir``: the frame control field of 802.11."""

from __future__ import annotations

from fyke.filter.lowering.fragment import Fragment
from fyke.filter.lowering.generator import Generator
from fyke.filter.syntax import WlanDirection, WlanType


def frame_type(gen: Generator, node: WlanType) -> Fragment:
    """``type t subtype s``."""
    return gen.layout.link.frame_type(gen, node.value, node.mask)


def frame_direction(gen: Generator, node: WlanDirection) -> Fragment:
    """``dir d``."""
    return gen.layout.link.frame_direction(gen, node.value)
