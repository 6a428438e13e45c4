"""A filter as it runs: compiled for each link type when a packet of that is first met, once."""

from __future__ import annotations

from fyke.filter.compile import compile
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.bpf.machine import Machine


class Machines:
    """Gives the Machine for a link type (a LINKTYPE number); ``how`` are arguments of compile.

    Calling it raises FilterError where the expression cannot be compiled for that link type.
    """

    __slots__ = ("expression", "how", "made")

    def __init__(self, expression: str, **how: Any) -> None:
        self.expression = expression
        self.how = how
        self.made: dict[int, Machine] = {}

    def __call__(self, link_type: int) -> Machine:
        machine = self.made.get(link_type)
        if machine is None:
            program = compile(self.expression, link_type=link_type, **self.how)
            machine = self.made[link_type] = program.machine()
        return machine
