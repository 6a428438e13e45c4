"""From an expression to a program: the one door to the filter compiler.

parser → lower → optimize → assemble. Only what an expression needs is imported.
"""

from __future__ import annotations

from time import process_time

from fyke.bpf.instructions import RET, Instruction, K
from fyke.bpf.program import Program
from fyke.errors import FilterError, UsageError, WrongType
from fyke.filter.assemble import assemble
from fyke.filter.lower import lower
from fyke.filter.options import Options
from fyke.filter.parser import parse
from fyke.filter.syntax import Address6, And, Not, Or, Primitive, postorder
from fyke.hints import TYPE_CHECKING
from fyke.linktypes import LinkType, by_name, by_number

if TYPE_CHECKING:
    from fyke.filter.graph import Span
    from fyke.filter.resolver import Resolver
    from fyke.filter.syntax import Expression

    Instructions = tuple[Instruction, ...]
    Spans = tuple[Span, ...]

MOST_TESTS = 10_000  #: in one expression
FEW_TERMS = 16  #: so many stand for all where there are more than twice as many
PATIENCE = 6.0  #: seconds of processor time that the optimiser may take
FEW_MEMBERS = 32  #: sets this small may be shorter as a chain of comparisons
LONGEST_MESSAGE = 400  #: characters
DIALECTS = ("pcap", "fyke")
MAX_SNAPLEN = 262144  #: MAXIMUM_SNAPLEN, what libpcap takes for "everything"


def compile(expression: str, *, link_type: str | int | LinkType = "EN10MB",
            snaplen: int = MAX_SNAPLEN, netmask: str | int | None = None, optimize: bool = True,
            linux_extensions: bool = False, savefile: str | None = None,
            resolver: Resolver | None = None, dialect: str = "pcap") -> Program:
    """The classic BPF program that accepts the packets an expression of pcap-filter(7) names.

    ``link_type`` is a name (``"EN10MB"``), a LINKTYPE number, or a LinkType; ``snaplen`` how many
    octets of a matching packet to keep; ``netmask`` a dotted quad (or its number) for
    ``ip broadcast``, None if unknown. ``linux_extensions`` allows ancillary loads, for a live
    Linux capture; ``savefile`` is None for a live capture, else "unswapped" or "swapped" for a
    file in this machine's byte order or the other. ``resolver`` turns names into numbers; None is
    the system. ``dialect`` "fyke" looks through VLAN tags and extension headers, and has tests of
    fields (docs/filters.md); "pcap" is libpcap's language.

    Raises FilterError with the column where the expression is wrong.
    """
    if not isinstance(expression, str):
        raise WrongType("expression must be text (a str) such as \"tcp port 80\", not "
                        f"{_kind(expression)}")
    if savefile not in (None, "unswapped", "swapped"):
        raise UsageError(f"savefile is {savefile!r}; it must be None, 'unswapped' or 'swapped'")
    if dialect not in DIALECTS:
        raise UsageError(f"there is no dialect {dialect!r}; there are 'pcap' and 'fyke'")
    options = Options(_link_type(link_type).number, _snaplen(snaplen), _netmask(netmask),
                      linux_extensions, savefile, resolver, dialect)
    tree = syntax(expression, dialect, resolver)
    try:
        if optimize:
            instructions, spans, roles = _optimized(tree, options)
            if len(instructions) == 1 and instructions[0][::3] == (RET | K, 0):
                raise FilterError("expression rejects all packets", length=len(expression))
        else:
            graph = lower(tree, options)
            instructions, spans = assemble(graph)
            roles = graph.roles
    except FilterError as error:
        raise _about(error, expression) from None
    return Program(instructions, expression=expression, link_type=options.link_type,
                   snaplen=options.snaplen, spans=spans, roles=roles)


def _optimized(tree: Expression | None,
               options: Options) -> tuple[Instructions, Spans, dict[int, str]]:
    """The optimised program; of ways to lower that could be shorter, the shortest."""
    from fyke.filter.optimize import optimize

    deadline = process_time() + PATIENCE
    graph = lower(tree, options, sets=True)
    found = assemble(optimize(graph, deadline))
    if 0 < graph.members <= FEW_MEMBERS:
        plain = assemble(optimize(lower(tree, options), deadline))
        if len(plain[0]) <= len(found[0]):
            found = plain
    if graph.ports_shared and _better_apart(tree, options, deadline):
        apart = assemble(optimize(
            lower(tree, options, sets=True, ports_apart=True), deadline))
        if len(apart[0]) < len(found[0]):
            found = apart
    return *found, graph.roles


def _better_apart(tree: Expression | None, options: Options, deadline: float) -> bool:
    """Whether comparing the ports for each protocol apart is worth trying: of many terms, only
    where it makes the first few shorter.
    """
    from fyke.filter.optimize import optimize

    if not isinstance(tree, (And, Or)) or len(tree.terms) <= 2 * FEW_TERMS:
        return True
    few = tree.replace(terms=tree.terms[:FEW_TERMS])
    together, apart = (len(assemble(optimize(
        lower(few, options, sets=True, ports_apart=each), deadline))[0])
        for each in (False, True))
    return apart < together


def syntax(expression: str, dialect: str = "pcap",
           resolver: Resolver | None = None) -> Expression | None:
    """What an expression says, whatever the link type; None if it is empty. Raises FilterError."""
    try:
        tree = parse(expression, dialect, resolver)
        _check_size(tree)
    except FilterError as error:
        raise _about(error, expression) from None
    return tree


def _about(error: FilterError, expression: str) -> FilterError:
    """The error with what it is about, fit to be shown."""
    error.expression = expression
    error.message = _printable(error.message)
    return error


def _check_size(tree: Expression | None) -> None:
    """Refuse what would take minutes and gigabytes."""
    if tree is not None:
        tests = sum(map(_weight, postorder(tree)))
        if tests > MOST_TESTS:
            raise FilterError(f"the expression has {tests} tests (an IPv6 address is two), and at "
                              f"most {MOST_TESTS} are compiled; a kernel takes no more than some "
                              "thousand")


def _weight(node: Expression) -> int:
    """How many tests a part of the expression counts for; an IPv6 address takes twice the time."""
    if isinstance(node, (And, Or, Not)):
        return 0
    return 2 if isinstance(node, Primitive) and isinstance(node.id, Address6) else 1


def _printable(message: str) -> str:
    """A message that quotes the expression, which may be long and hold anything."""
    if len(message) > LONGEST_MESSAGE:
        message = message[:LONGEST_MESSAGE] + "…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in message)


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__


def _link_type(given: str | int | LinkType) -> LinkType:
    if isinstance(given, str):
        return by_name(given)
    if isinstance(given, LinkType):
        return given
    if not isinstance(given, int):
        raise WrongType("link_type must be a name such as 'EN10MB', a LINKTYPE number or a "
                        f"LinkType, not {_kind(given)}")
    return by_number(given)


def _snaplen(given: int) -> int:
    if not isinstance(given, int):
        raise WrongType(f"snaplen must be an integer, not {_kind(given)}")
    if not 1 <= given <= 0xFFFFFFFF:
        raise UsageError(f"a snap length of {given} keeps nothing; use 1 to {MAX_SNAPLEN}")
    return given


def _netmask(given: str | int | None) -> int | None:
    if given is None:
        return None
    if isinstance(given, int):
        if not 0 <= given <= 0xFFFFFFFF:
            raise UsageError("netmask is no number of 32 bits")
        return given
    if not isinstance(given, str):
        raise WrongType(f"netmask must be text such as '255.255.255.0', not {_kind(given)}")
    parts = given.split(".")
    if len(parts) != 4 or not all(p.isdecimal() and int(p) <= 255 for p in parts):
        raise UsageError(f"netmask {given!r} is not of the form 255.255.255.0")
    return int.from_bytes(bytes(int(part) for part in parts), "big")
