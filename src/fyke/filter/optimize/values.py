"""Value numbering: equal numbers mean equal values, within a block and from its predecessors.

Contract: notes in a node which value every atom has before and behind its statements; when asked
to rewrite, it drops statements that load what is already there and computes what is constant.
"""

from __future__ import annotations

from fyke.bpf.instructions import (
    ABS,
    ADD,
    ALU,
    AND,
    DIV,
    IMM,
    IND,
    LD,
    LDX,
    LEN,
    LSH,
    MEM,
    MISC,
    MOD,
    MSH,
    MUL,
    NEG,
    OR,
    RSH,
    ST,
    STX,
    SUB,
    TXA,
    XOR,
    K,
    X,
)
from fyke.errors import FilterError
from fyke.filter.graph import Span, Statement
from fyke.filter.optimize.flow import (
    ATOM_A,
    ATOM_M,
    ATOM_X,
    READ_WORDS,
    WORD,
    Flow,
    Node,
    Values,
)

MERGED = -1  #: the operation that makes one value of those that several predecessors leave
KEEP_AT_ZERO = (ADD, OR, XOR)  #: 0 op X is X
ZERO_AT_ZERO = (MUL, AND, LSH, RSH)  #: 0 op X is 0
VOID_WITH_ZERO = (ADD, LSH, RSH, OR, XOR)  #: A op 0 is A (so is A - 0: but see _with_constant)


class Numbering:
    """The numbers given out in one walk over the graph."""

    __slots__ = ("atoms", "changed", "constants", "last", "numbers", "rewrite",
                 "swapped")

    def __init__(self, flow: Flow, rewrite: bool) -> None:
        self.atoms = flow.atoms
        self.rewrite = rewrite
        self.changed = False  #: a rewrite gives the other passes new work
        self.swapped = False  #: the edges of a test have changed places
        self.last = self.atoms
        self.numbers: dict[tuple[int, int, int], int] = {}
        self.constants: dict[int, int] = {}  #: number -> value, where it is known

    def number(self, code: int, first: int, second: int = 0) -> int:
        """The number of what an operation makes of its operands; the same one each time."""
        key = (code, first, second)
        found = self.numbers.get(key)
        if found is None:
            found = self.last = self.last + 1
            self.numbers[key] = found
        return found

    def constant(self, value: int) -> int:
        """The number of a constant."""
        found = self.number(IMM, value)
        self.constants[found] = value
        return found

    def enter(self, node: Node) -> None:
        """What is known before a node: what all its predecessors agree on."""
        incoming = node.incoming
        if not incoming:
            node.entry = list(range(1, self.atoms + 1))  # each unknown, and none like another
            return
        known = incoming[-1].values
        for before in incoming:
            values = before.values
            if values != known:
                known = [a if a == b else self.number(MERGED, node.id, atom)
                         for atom, (a, b) in enumerate(zip(known, values, strict=True))]
        node.entry = known

    def walk(self, node: Node) -> None:
        """Follow the statements of a node from its entry; drop those that do nothing."""
        values = node.values = node.entry[:]
        if not self.rewrite:
            for statement in node.statements:
                self.step(statement, values)
        else:
            kept = [s for s in node.statements if self.step(s, values)]
            if len(kept) < len(node.statements):
                node.statements = kept
                self.changed = True  # what the dropped statements read may be dead now
        if node.code in READ_WORDS:  # one field in one set: one outcome, and one word in A
            values[ATOM_A] = self.number(node.code, node.k, values[ATOM_X])

    def again(self, node: Node) -> None:
        """The values behind a node whose statements another pass has changed."""
        rewrite, self.rewrite = self.rewrite, False
        self.walk(node)
        self.rewrite = rewrite

    def step(self, statement: Statement, values: Values) -> bool:
        """Note what a statement does to the values; False when it may be dropped."""
        kind = statement.code & 7
        if kind == LD:
            return self._set(values, ATOM_A, self._loaded(statement, values))
        if kind == LDX:
            return self._set(values, ATOM_X, self._loaded(statement, values))
        if kind == ST:
            return self._set(values, ATOM_M + statement.k, values[ATOM_A])
        if kind == STX:
            return self._set(values, ATOM_M + statement.k, values[ATOM_X])
        if kind == MISC:
            if statement.code & 0xF8 == TXA:
                return self._set(values, ATOM_A, values[ATOM_X])
            return self._set(values, ATOM_X, values[ATOM_A])
        if kind == ALU:
            if statement.code & 0xF0 == NEG:
                return self._negate(statement, values)
            if statement.code & 8 == K:
                return self._with_constant(statement, values)
            return self._with_index(statement, values)
        return True

    def _set(self, values: Values, atom: int, value: int) -> bool:
        if self.rewrite and values[atom] == value:
            return False
        values[atom] = value
        return True

    def _loaded(self, statement: Statement, values: Values) -> int:
        """The number of what a load brings."""
        code, k = statement.code, statement.k
        mode = code & 0xE0
        if mode in (ABS, MSH):
            return self.number(code, k)
        if mode == IMM:
            return self.constant(k)
        if mode == LEN:
            return self.number(code, 0)
        if mode == MEM:
            return self._remembered(statement, values[ATOM_M + k])
        index = values[ATOM_X]
        if self.rewrite and index in self.constants:
            # A constant negative offset becomes one of the kernel's metadata, as with libpcap.
            place = k + self.constants[index] & WORD
            statement.code, statement.k = code & ~IND | ABS, place
            self.changed = True
            return self.number(statement.code, place)
        return self.number(code, k, index)

    def _remembered(self, statement: Statement, value: int) -> int:
        if self.rewrite and value in self.constants:
            statement.code = statement.code & 7 | IMM
            statement.k = self.constants[value]
            self.changed = True
        return value

    def _fold(self, statement: Statement, values: Values, result: int) -> bool:
        statement.code, statement.k = LD | IMM, result & WORD
        values[ATOM_A] = self.constant(statement.k)
        return True

    def _negate(self, statement: Statement, values: Values) -> bool:
        value = values[ATOM_A]
        if self.rewrite and value in self.constants:
            return self._fold(statement, values, -self.constants[value])
        values[ATOM_A] = self.number(statement.code, value)
        return True

    def _with_constant(self, statement: Statement, values: Values) -> bool:
        code, k = statement.code, statement.k
        if self.rewrite:
            operation = code & 0xF0
            if k == 0:
                # A - 0 stays: libpcap keeps it, for the sake of the listing.
                if operation in VOID_WITH_ZERO:
                    return False
                if operation in (MUL, AND):
                    return self._fold(statement, values, 0)
                if operation in (DIV, MOD):
                    compute(operation, 0, 0, statement.span)
            elif (k == 1 and operation in (MUL, DIV)) or (k == WORD and operation == AND):
                return False
            if values[ATOM_A] in self.constants:
                self.changed = True
                result = compute(operation, self.constants[values[ATOM_A]], k, statement.span)
                return self._fold(statement, values, result)
        values[ATOM_A] = self.number(code, values[ATOM_A], self.constant(k))
        return True

    def _with_index(self, statement: Statement, values: Values) -> bool:
        a, x = values[ATOM_A], values[ATOM_X]
        operation = statement.code & 0xF0
        if self.rewrite:
            if x in self.constants:
                self.changed = True
                k = self.constants[x]
                if a in self.constants:
                    result = compute(operation, self.constants[a], k, statement.span)
                    return self._fold(statement, values, result)
                if operation in (LSH, RSH) and k > 31:
                    raise _fault("shift by more than 31 bits", statement.span)
                statement.code, statement.k = ALU | K | operation, k
                values[ATOM_A] = self.number(statement.code, a, x)
                return True
            if self.constants.get(a) == 0:
                if operation in KEEP_AT_ZERO:
                    statement.code, statement.k = MISC | TXA, 0
                    return self._set(values, ATOM_A, x)
                if operation in ZERO_AT_ZERO:
                    return self._fold(statement, values, 0)
        values[ATOM_A] = self.number(ALU | X | operation, a, x)
        return True


def compute(operation: int, a: int, b: int, span: Span = None) -> int:
    """What the machine would compute, where both operands are known."""
    if operation == ADD:
        return a + b & WORD
    if operation == SUB:
        return a - b & WORD
    if operation == MUL:
        return a * b & WORD
    if operation in (DIV, MOD):
        if b == 0:
            raise _fault("division by zero" if operation == DIV else "modulus by zero", span)
        return a // b if operation == DIV else a % b
    if operation == AND:
        return a & b
    if operation == OR:
        return a | b
    if operation == XOR:
        return a ^ b
    if b > 31:
        return 0
    return a << b & WORD if operation == LSH else a >> b


def _fault(message: str, span: Span) -> FilterError:
    start, end = span or (0, 1)
    return FilterError(message, column=start, length=max(1, end - start))
