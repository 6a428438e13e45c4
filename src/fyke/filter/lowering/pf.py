"""``ifname``, ``rnr``, ``reason`` and so on: fields of OpenBSD's packet filter log."""

from __future__ import annotations

from fyke.bpf.instructions import B, W
from fyke.filter.links import pflog
from fyke.filter.lowering.fragment import Fragment
from fyke.filter.lowering.generator import LINK, Generator
from fyke.filter.syntax import PfTest

NUMBERS = {"rnr": (pflog.RULE, W), "srnr": (pflog.SUBRULE, W), "reason": (pflog.REASON, B),
              "action": (pflog.ACTION, B)}
NAMES = {"ifname": pflog.INTERFACE, "ruleset": pflog.RULESET}


def pf_test(gen: Generator, node: PfTest) -> Fragment:
    """A field of OpenBSD's packet filter log."""
    word, value = node.word, node.value
    if gen.layout.link.type.name != "PFLOG":
        gen.fail(f"'{word}' supported only on PFLOG linktype")
    if isinstance(value, int):
        offset, width = NUMBERS[word]
        return gen.equal(LINK, offset, width, value)
    name = value.encode()
    if len(name) >= pflog.NAME_SIZE:
        what = "ifname interface" if word == "ifname" else word
        gen.fail(f"{what} names can only be {pflog.NAME_SIZE - 1} characters")
    return gen.octets(LINK, NAMES[word], name)
