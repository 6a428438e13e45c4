"""Half-finished graphs: blocks that decide one question, with exits that lead nowhere yet.

Code for ``a and b`` is made before anyone knows where to go when it is true. So a fragment keeps
the exits still open, and joining two fragments closes some (backpatching; Aho, Lam, Sethi, Ullman:
Compilers, 6.7). A fragment is used up when it is joined: exits are moved, not copied, which keeps
a chain of n tests O(n log n).

A fragment whose answer is known (IPv6 on a link that carries only IPv4) swallows what it is
joined with, or is swallowed.
"""

from __future__ import annotations

from fyke.filter.graph import Block

#: A block, and which of its two edges is open.
Exit = tuple[Block, bool]


class Fragment:
    """Where it begins, and the exits taken when the answer is yes and when it is no."""

    __slots__ = ("answer", "head", "on_false", "on_true")

    def __init__(self, head: Block, on_true: list[Exit], on_false: list[Exit],
                 answer: bool | None = None) -> None:
        self.head = head
        self.on_true = on_true
        self.on_false = on_false
        self.answer = answer  #: what it always is; None: that depends on the packet


def question(block: Block) -> Fragment:
    """A fragment of one block."""
    return Fragment(block, [(block, True)], [(block, False)])


def both(first: Fragment, second: Fragment) -> Fragment:
    """``first and second``."""
    if first.answer is not None:
        return second if first.answer else first
    if second.answer is not None:
        return first if second.answer else second
    connect(first.on_true, second.head)
    return Fragment(first.head, second.on_true, _joined(first.on_false, second.on_false))


def either(first: Fragment, second: Fragment) -> Fragment:
    """``first or second``."""
    if first.answer is not None:
        return first if first.answer else second
    if second.answer is not None:
        return second if second.answer else first
    connect(first.on_false, second.head)
    return Fragment(first.head, _joined(first.on_true, second.on_true), second.on_false)


def negate(fragment: Fragment) -> Fragment:
    """``not fragment``."""
    answer = None if fragment.answer is None else not fragment.answer
    return Fragment(fragment.head, fragment.on_false, fragment.on_true, answer)


def any_of(first: Fragment, *others: Fragment) -> Fragment:
    """The fragments in turn, until one is true."""
    for other in others:
        first = either(first, other)
    return first


def all_of(first: Fragment, *others: Fragment) -> Fragment:
    """The fragments in turn, until one is false."""
    for other in others:
        first = both(first, other)
    return first


def connect(exits: list[Exit], target: Block) -> None:
    """Let all these exits lead to a block."""
    for block, sense in exits:
        if sense:
            block.on_true = target
        else:
            block.on_false = target


def _joined(left: list[Exit], right: list[Exit]) -> list[Exit]:
    """Both lists, by moving the shorter one; the order of exits means nothing."""
    if len(left) < len(right):
        left, right = right, left
    left.extend(right)
    return left
