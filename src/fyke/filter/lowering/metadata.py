"""``inbound``, ``outbound`` and ``ifindex``: how the packet came to this machine."""

from __future__ import annotations

from fyke.bpf.instructions import AD_IFINDEX, SKF_AD_OFF, W
from fyke.filter.lowering.fragment import Fragment
from fyke.filter.lowering.generator import LINK, Generator
from fyke.filter.syntax import InterfaceIndex, Word


def direction(gen: Generator, node: Word) -> Fragment:
    """``inbound`` and ``outbound``."""
    return gen.layout.link.travels(gen, node.word == "outbound")


def interface_index(gen: Generator, node: InterfaceIndex) -> Fragment:
    """``ifindex n``: in a Linux cooked header, or known to a live Linux capture."""
    link = gen.layout.link
    if link.type.name == "LINUX_SLL2":
        return gen.equal(LINK, 4, W, node.value)
    if not gen.options.linux_extensions:
        gen.fail(f"not a live capture, 'ifindex' not supported on {link.name}")
    return gen.equal(LINK, SKF_AD_OFF + AD_IFINDEX, W, node.value)
