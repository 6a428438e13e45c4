"""Whether two filters accept the same packets: the public form of the proof."""

from __future__ import annotations

from fyke.bpf.program import Program
from fyke.errors import FilterError, WrongType
from fyke.filter.compile import compile
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.bpf.proof import Verdict
    from fyke.linktypes import LinkType


def equivalent(a: Program | str, b: Program | str, *, link_type: str | int | LinkType = "EN10MB",
               whole: bool = False, timeout: float = 10.0, dialect: str = "pcap") -> Verdict:
    """``Same``, a ``Counterexample`` (a packet that one accepts and the other refuses), or
    ``Undecided`` (all of fyke.bpf.proof).

    ``a`` and ``b`` are expressions of ``dialect`` for ``link_type``, or programs. ``whole``
    leaves out packets that were cut short; ``timeout`` is in seconds. Raises FilterError, and
    FykeError where z3 (``fyke[proof]``) is needed and missing.
    """
    for name, each in (("a", a), ("b", b)):
        if not isinstance(each, (Program, str)):
            raise WrongType(f"{name} must be an expression (a str) or a fyke.Program, not "
                            f"{type(each).__name__}")
    from fyke.bpf.proof import Compare, differ
    one, other = (accepting(each, link_type=link_type, dialect=dialect)
                  if isinstance(each, str) else each for each in (a, b))
    return differ(one, other, timeout=timeout, compare=Compare.VERDICT, whole=whole)


def accepting(expression: str, *, link_type: str | int | LinkType = "EN10MB",
              snaplen: int = 262144, netmask: str | None = None,
              linux_extensions: bool = False, dialect: str = "pcap") -> Program:
    """The program of an expression, also of one that rejects all packets (then not optimised)."""
    try:
        return compile(expression, link_type=link_type, snaplen=snaplen, netmask=netmask,
                       linux_extensions=linux_extensions, dialect=dialect)
    except FilterError as error:
        if "rejects all packets" not in str(error):
            raise
        return compile(expression, link_type=link_type, snaplen=snaplen, netmask=netmask,
                       linux_extensions=linux_extensions, optimize=False, dialect=dialect)
