"""The state of one lowering, and the smallest pieces of code: loads and comparisons.

Statements are made as libpcap makes them, value by value and without cleverness: what is loaded
twice or compared in vain is the business of the passes.
"""

from __future__ import annotations

from fyke.bpf.instructions import (
    ABS,
    ADD,
    ALU,
    AND,
    IMM,
    IND,
    JEQ,
    JMP,
    JSET,
    LD,
    LDX,
    LEN,
    LSH,
    MEM,
    MISC,
    MSH,
    TAX,
    B,
    H,
    K,
    W,
    X,
)
from fyke.errors import FilterError
from fyke.filter.graph import Block, Span, Statement
from fyke.filter.lowering.fragment import Fragment, all_of, negate, question
from fyke.filter.lowering.layout import Layout, Movable
from fyke.filter.lowering.registers import Registers
from fyke.filter.options import Options
from fyke.hints import TYPE_CHECKING, Iterable, NamedTuple

if TYPE_CHECKING:
    from typing import Literal, NoReturn

    from fyke.filter.resolver import Resolver

WORD = 0xFFFFFFFF
IPV6_HEADER = 40  #: RFC 8200, section 3


class Base(NamedTuple):
    """What an offset is counted from: an offset and a distance of the layout, and a constant."""

    offset: Movable | None
    distance: Literal["network", "network_no_snap"] | None = None
    constant: int = 0


PACKET = Base(None)
LINK = Base("header")
OUTER_LINK = Base("outer_header")
TYPE = Base("type")
LLC = Base("payload")
NETWORK = Base("payload", "network")
NETWORK_NO_SNAP = Base("payload", "network_no_snap")
TRANSPORT6 = Base("payload", "network", IPV6_HEADER)  #: extension headers are not looked for
#: Behind the IPv4 header, options and all: the only base whose header has to be measured.
TRANSPORT4 = Base(None, "network")


class Generator:
    """Makes code for one expression; ``layout`` and ``span`` change while the tree is walked."""

    scoped = False  #: dialect fyke: a ScopedGenerator (scopes.py)

    def __init__(self, options: Options, layout: Layout) -> None:
        self.options = options
        self.layout = layout
        self.registers = Registers()
        self.span: Span = None
        self.optimizable = True
        self.ports_apart = False  #: compare ports for each protocol anew
        self.shared_ports = 0  #: ports of any protocol that are tested
        self.protocol_tests = 0  #: comparisons with a protocol above IP
        self.tags_move_payload = False  #: a VLAN test adds to the offsets at run time
        self.movables: list[Movable] = []  #: offsets that were given scratch words, in order
        self.overwritten = False  #: code before an offset's first use writes to its word

    @property
    def resolver(self) -> Resolver:
        """What turns names into numbers."""
        if self.options.resolver is not None:
            return self.options.resolver
        from fyke.filter.resolver import system_resolver  # only for a name

        return system_resolver()

    # --- errors, registers and offsets -----------------------------------------------------------

    def fail(self, message: str, span: Span = None, *, unknown: str = "",
             known: Iterable[str] | None = None) -> NoReturn:
        """Raise FilterError with the columns of the word now lowered (or of ``span``).

        For a name that is ``unknown``, suggest one of those ``known`` (default: all keywords).
        """
        suggestion = None
        if unknown:
            from fyke.filter.suggest import keyword, nearest  # only for a mistake

            suggestion = keyword(unknown) if known is None else nearest(unknown, known)
        start, end = span or self.span or (0, 1)
        raise FilterError(message, column=start, length=max(1, end - start),
                          suggestion=suggestion)

    def limit(self, what: str, value: int, most: int, span: Span = None) -> None:
        """Refuse a number that its field cannot hold."""
        if value > most:
            self.fail(f"{what} {value} greater than maximum {most}", span)

    def take_register(self) -> int:
        """A free word of scratch memory."""
        number = self.registers.take()
        if number is None:
            self.fail("too many registers needed to evaluate expression; make it simpler")
        return number

    def register_of(self, movable: Movable) -> int:
        """The scratch word that holds the run-time part of an offset; given out at first use.

        The offset is reckoned before the first test. So where earlier code kept a value in the
        same word, that value is there instead: libpcap's programs are wrong then, and ours are
        made anew with the words given out first.
        """
        offset = self.layout.offset(movable)
        if offset.register is not None:
            return offset.register
        written = set(self.registers.written)
        number = self.take_register()
        self.overwritten |= number in written
        self.movables.append(movable)
        self.layout = self.layout.with_offset(movable, offset._replace(register=number))
        return number

    # --- statements ------------------------------------------------------------------------------

    def statement(self, code: int, k: int = 0) -> Statement:
        """One instruction, marked with the word now lowered."""
        return Statement(code, k & WORD, self.span)

    def variable_part(self, movable: Movable) -> list[Statement]:
        """Load X with the run-time part of an offset; nothing if it has none."""
        offset = self.layout.offset(movable)
        if not offset.variable:
            return []
        return [self.statement(LDX | MEM, self.register_of(movable))]

    def load_from(self, movable: Movable, distance: int, width: int) -> list[Statement]:
        """Load A with what is ``distance`` octets behind an offset of the layout."""
        code = self.variable_part(movable)
        mode = IND if code else ABS
        offset = self.layout.offset(movable)
        code.append(self.statement(LD | mode | width, offset.constant + distance))
        return code

    def load(self, base: Base, offset: int, width: int) -> list[Statement]:
        """Load A with the octet, half word or word (B, H, W) at an offset from a base."""
        if base.distance is not None:
            offset += getattr(self.layout, base.distance)
        if base is TRANSPORT4:
            code = self.ip_header_length()
            code.append(self.statement(LD | IND | width, self.layout.payload.constant + offset))
            return code
        if base.offset is None:
            return [self.statement(LD | ABS | width, offset)]
        return self.load_from(base.offset, base.constant + offset, width)

    def ip_header_length(self) -> list[Statement]:
        """Load X with the length of the IPv4 header plus the payload's run-time part."""
        at = self.layout.payload.constant + self.layout.network
        code = self.variable_part("payload")
        if not code:
            return [self.statement(LDX | MSH | B, at)]
        # 4*([k]&0xf) takes no index, so reckon in A
        return [*code, self.statement(LD | IND | B, at), self.statement(ALU | AND | K, 0xF),
                self.statement(ALU | LSH | K, 2), self.statement(ALU | ADD | X),
                self.statement(MISC | TAX)]

    def length(self) -> list[Statement]:
        """Load A with the packet's length on the wire."""
        return [self.statement(LD | LEN)]

    # --- blocks ----------------------------------------------------------------------------------

    def jump(self, test: int, k: int, statements: list[Statement]) -> Fragment:
        """Compare A with a constant (JEQ, JGT, JGE, JSET)."""
        return question(Block(JMP | test | K, k & WORD, statements, span=self.span))

    def jump_x(self, test: int, statements: list[Statement]) -> Fragment:
        """Compare A with X."""
        return question(Block(JMP | test | X, 0, statements, span=self.span))

    def always(self, answer: bool) -> Fragment:
        """A question whose answer is known."""
        fragment = self.jump(JEQ, 0, [self.statement(LD | IMM, 0 if answer else 1)])
        fragment.answer = answer
        return fragment

    def compare(self, base: Base, offset: int, width: int, value: int, *, mask: int = WORD,
                test: int = JEQ, reverse: bool = False) -> Fragment:
        """Compare a field, or its bits under a mask, with a number."""
        code = self.load(base, offset, width)
        if mask != WORD:
            code.append(self.statement(ALU | AND | K, mask))
        fragment = self.jump(test, value, code)
        return negate(fragment) if reverse else fragment

    def equal(self, base: Base, offset: int, width: int, value: int) -> Fragment:
        """A field is a number."""
        return self.compare(base, offset, width, value)

    def masked(self, base: Base, offset: int, width: int, value: int, mask: int) -> Fragment:
        """The bits of a field under a mask are a number."""
        if mask == 0:
            return self.always(value == 0)
        return self.compare(base, offset, width, value, mask=mask)

    def any_bit(self, base: Base, offset: int, width: int, bits: int) -> Fragment:
        """At least one of these bits of a field is set."""
        return self.jump(JSET, bits, self.load(base, offset, width))

    def no_bit(self, base: Base, offset: int, width: int, bits: int) -> Fragment:
        """None of these bits of a field is set."""
        return negate(self.any_bit(base, offset, width, bits))

    def octets(self, base: Base, offset: int, value: bytes) -> Fragment:
        """A run of octets, compared from its end in words as wide as they fit.

        The end of an address tells most, so it is looked at first.
        """
        parts = []
        end = len(value)
        for size, width in ((4, W), (2, H), (1, B)):
            while end >= size:
                end -= size
                number = int.from_bytes(value[end:end + size], "big")
                parts.append(self.equal(base, offset + end, width, number))
        if not parts:
            return self.always(True)
        return all_of(*parts)
