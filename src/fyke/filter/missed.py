"""What an expression of tcpdump's language misses that people usually mean: one line, or none."""

from __future__ import annotations

from fyke.errors import FilterError
from fyke.filter.parser import parse
from fyke.filter.syntax import (
    Encapsulation,
    Expression,
    Load,
    Or,
    Protocol,
    Relation,
    arithmetic_postorder,
    postorder,
)

SHIFTS = frozenset({"vlan", "mpls", "pppoes", "geneve", "vxlan"})


def missed(expression: str) -> str | None:
    """A hint for an expression; None where there is nothing to say, or it is wrong anyway."""
    try:
        tree = parse(expression)
    except FilterError:
        return None
    if tree is None:
        return None
    return _shifted(tree) or _only_ipv4(tree) or _narrow(tree)


def _shifted(tree: Expression) -> str | None:
    """An encapsulation and something behind an "or"."""
    for node in postorder(tree):
        if not isinstance(node, Or):
            continue
        for term in node.terms[:-1]:
            for inner in postorder(term):
                if isinstance(inner, Encapsulation) and inner.word in SHIFTS:
                    return (f"'{inner.word}' shifts all that stands behind it, also behind 'or' "
                            "and outside its parentheses")
    return None


def _only_ipv4(tree: Expression) -> str | None:
    """``tcp[13]`` and its like."""
    for node in postorder(tree):
        if not isinstance(node, Relation):
            continue
        for value in (*arithmetic_postorder(node.left), *arithmetic_postorder(node.right)):
            if isinstance(value, Load) and value.protocol in ("tcp", "udp", "sctp"):
                return f"'{value.protocol}[…]' looks at IPv4 only"
    return None


def _narrow(tree: Expression) -> str | None:
    """Words that know the plainest form of their protocol only."""
    for node in postorder(tree):
        if isinstance(node, Protocol) and node.protocol == "stp":
            return "'stp' does not take PVST+"
        if isinstance(node, Protocol) and node.protocol == "icmp6":
            return "'icmp6' does not look behind extension headers, where MLD is"
    return None
