"""From tokens to the syntax tree: the grammar of pcap-filter(7).

One loop over the tokens with a stack of open parentheses and brackets, so that nothing is nested
too deeply for it. Each frame of the stack collects items joined by ``and`` and ``or``, which bind
equally and to the left; an item is any number of ``not`` and then a test, a comparison, or an id
that inherits the qualifiers of the item before it.

Whether ``(80)`` is an id, a number or a test is known only after it: a frame that closes with
nothing but arithmetic in it hands that to the frame around it.
"""

from __future__ import annotations

from fyke.errors import FilterError
from fyke.filter import keyword_tests
from fyke.filter.lexer import More, Token, tokenize
from fyke.filter.literals import address6
from fyke.filter.syntax import (
    Address6,
    And,
    ArcnetAddress,
    Arithmetic,
    Binary,
    Dotted,
    Expression,
    FieldTest,
    HardwareAddress,
    Id,
    Length,
    Load,
    Masked,
    Name,
    Negate,
    Node,
    Not,
    Number,
    Or,
    Prefix,
    Primitive,
    Protocol,
    Qualifiers,
    Relation,
    Span,
)
from fyke.filter.words import KEYWORDS

TYPE_CHECKING = False  # as in syntax.py
if TYPE_CHECKING:
    from typing import Any

    from fyke.filter.resolver import Resolver

#: How tightly arithmetic operators bind. ``%`` and ``^`` are missing as in libpcap's grammar, where
#: an operator without precedence always takes the rest: ``6 % 4 + 1`` is ``6 % (4 + 1)``.
PRECEDENCE = {"|": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5, "/": 5, "negate": 6}
ARITHMETIC = frozenset("+-*/%&|^") | {"<<", ">>"}
RELATIONS = frozenset({">", ">=", "=", "<", "<=", "!="})
IDS = frozenset({"name", "escaped", "dotted", "address6", "mac", "arcnet"})
OPPOSITE = {"src": "dst", "dst": "src"}
#: Kinds that take no address.
NOT_ADDRESSES = frozenset({"port", "portrange", "proto", "protochain"})

TEST = "a test such as 'tcp', 'host 10.0.0.1' or 'len > 100'"
NUMBER = "a number, 'len', or an index such as 'ip[8]'"
ID = "an address, a name or a number"


def parse(expression: str, dialect: str = "pcap",
          resolver: Resolver | None = None) -> Expression | None:
    """The tree of an expression, or None of an empty one (which accepts every packet).

    In the dialect "fyke" the ``resolver`` reads the files that are named; None: the system's.
    Raises FilterError with the column where the expression goes wrong.
    """
    if dialect == "pcap":
        return _Parser(expression).parse()
    from fyke.bpf.fields import vocabulary

    def lines(path: str) -> list[str]:
        from fyke.filter.resolver import system_resolver

        return (resolver or system_resolver()).lines(path)

    return _Parser(expression, More(vocabulary(), lines)).parse()


class _Frame:
    """What is open: the whole expression (no opener), a parenthesis, or an index (``[``)."""

    __slots__ = ("head", "head_start", "ids_only", "inherited", "join", "left", "nots", "opener",
                 "operators", "protocol", "relation", "terms", "test", "values")

    def __init__(self, opener: Token | None, inherited: Qualifiers | None, ids_only: bool,
                 protocol: Token | None = None) -> None:
        self.opener = opener
        self.protocol = protocol  # of an index: what is before the bracket
        self.ids_only = ids_only  # an id list: qualifiers came before the parenthesis
        self.inherited = inherited  # what an id without qualifiers gets
        self.join = ""  # "and" or "or" between the terms so far
        self.terms: list[Expression] = []
        self.nots: list[Token] = []
        # The item that is being read: a test, or arithmetic, or the second half of a comparison.
        self.head: Qualifiers | None = None  # qualifiers whose id is yet to come
        self.head_start = 0
        self.test: Expression | None = None
        self.values: list[Arithmetic] = []
        self.operators: list[Token] = []
        self.relation: Token | None = None
        self.left: Arithmetic | None = None

    def in_arithmetic(self) -> bool:
        """Only a number can come next."""
        return bool(self.operators) or self.relation is not None or self.protocol is not None


class _Parser:
    def __init__(self, expression: str, more: More | None = None) -> None:
        self.expression = expression
        self.more = more
        self.tokens = tokenize(expression, more)
        self.at = 0
        self.frames = [_Frame(None, None, False)]

    # --- tokens ---

    def peek(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def take_number(self, after: str) -> int:
        """The next token, which must be a number."""
        token = self.take()
        if token.kind != "number":
            raise self.unexpected(token, f"a number after '{after}'")
        return int(token.value)

    def text(self, token: Token) -> str:
        return self.expression[token.start:token.end]

    def error(self, start: int, end: int, message: str,
              suggestion: str | None = None) -> FilterError:
        return FilterError(message, expression=self.expression, column=start, length=end - start,
                           suggestion=suggestion)

    def unexpected(self, token: Token, expected: str) -> FilterError:
        """A syntax error at a token, with a keyword that may have been meant."""
        found = "the end" if token.kind == "end" else repr(self.text(token)[:40])
        suggestion = None
        if token.kind == "name":
            suggestion, remark = self.meant(token)
            found += remark
        return self.error(token.start, token.end, "can't parse filter expression: syntax error: "
                          f"expected {expected}, found {found}", suggestion)

    def meant(self, token: Token) -> tuple[str | None, str]:
        """A word like this one, and a remark where it is a word of the other dialect."""
        from fyke.filter.suggest import keyword, nearest
        word = self.text(token)
        if "." in word:
            from fyke.bpf.fields import vocabulary
            known = vocabulary()
            if word in known:
                return None, ", a field: those are words of the dialect fyke"
            near = nearest(word, known) if self.more is not None else None
            if near is not None:
                return near, ""
        return keyword(word), ""

    # --- the loop ---

    def parse(self) -> Expression | None:
        if self.peek().kind == "end":
            return None
        while True:
            self.operand()
            while not self.operator():  # a closing bracket completes an operand
                if len(self.frames) == 0:
                    return self.result
        raise AssertionError

    def operand(self) -> None:
        """Read up to the end of a test, a number or an id."""
        while True:
            frame = self.frames[-1]
            token = self.take()
            kind = token.kind
            if kind == "(":
                self.open(frame, token)
            elif kind == "not" and not frame.in_arithmetic():
                frame.nots.append(token)
            elif kind == "in" and frame.head is not None:
                self.members(frame, frame.head)
                return
            elif frame.head is not None or frame.ids_only:
                if kind != "number" and kind not in IDS:
                    raise self.not_an_id(frame, token)
                self.primitive(frame, token)
                return
            elif kind == "-":
                frame.operators.append(Token("negate", "-", token.start, token.end))
            elif kind in ("number", "len"):
                span = (token.start, token.end)
                frame.values.append(Number(token.value, span) if kind == "number"
                                    else Length(span))
                return
            elif kind == "protocol" and self.peek().kind == "[":
                bracket = self.take()
                self.frames.append(_Frame(bracket, None, False, protocol=token))
            elif frame.in_arithmetic():
                raise self.unexpected(token, NUMBER)
            elif kind == "field test":
                self.field_test(frame, token.value)
                return
            elif kind in IDS:
                self.primitive(frame, token)
                return
            elif self.test(frame, token):
                return

    def open(self, frame: _Frame, token: Token) -> None:
        ids_only = frame.ids_only or frame.head is not None
        self.frames.append(_Frame(token, frame.inherited, ids_only))

    def not_an_id(self, frame: _Frame, token: Token) -> FilterError:
        """Something else came after qualifiers; a keyword can be escaped into a name."""
        expected = ID
        words = self.expression[frame.head_start:self.tokens[self.at - 2].end]
        if frame.head is not None and len(words) < 40:
            expected = f"{ID} after {words!r}"
        error = self.unexpected(token, expected)
        if self.text(token) in KEYWORDS:
            error.suggestion = "\\" + self.text(token)
        return error

    # --- tests ---

    def test(self, frame: _Frame, token: Token) -> bool:
        """A test that begins with a keyword; False when it was qualifiers and an id must follow."""
        protocol = None
        start = token.start
        if token.kind == "protocol":
            protocol = str(token.value)
            if self.peek().kind not in ("direction", "kind", "cast", "type", "subtype", "dir"):
                self.complete(frame, Protocol(protocol, (token.start, token.end)))
                return True
            token = self.take()
        if token.kind in ("direction", "kind"):
            frame.head = frame.inherited = self.qualifiers(protocol, token)
            frame.head_start = start
            return False
        parse = keyword_tests.TESTS.get(token.kind)
        if parse is None:
            raise self.unexpected(token, TEST)
        self.complete(frame, parse(self, token, protocol, start))
        return True

    def complete(self, frame: _Frame, test: Expression) -> None:
        frame.test = test
        frame.inherited = None

    def qualifiers(self, protocol: str | None, token: Token) -> Qualifiers:
        """``[protocol] [direction] [kind]``, of which the token is a direction or a kind."""
        if token.kind == "kind":
            return Qualifiers(protocol, None, str(token.value))
        direction = str(token.value)
        if direction in OPPOSITE and self.peek().kind in ("and", "or"):
            join = self.take()
            other = self.take()
            if other.value != OPPOSITE[direction]:
                raise self.unexpected(
                    other, f"'{OPPOSITE[direction]}' after '{direction} {join.kind}'")
            direction = f"src {join.kind} dst"
        kind = None
        if self.peek().kind == "kind" and self.peek().value in ("host", "net", "port", "portrange"):
            kind = str(self.take().value)
        return Qualifiers(protocol, direction, kind)

    # --- sets and fields: dialect fyke's ---

    def field_test(self, frame: _Frame, test: FieldTest) -> None:
        """A test of a field; of several values as an Or, from which the passes make a set."""
        if test.op != "in":
            self.complete(frame, test)
            return
        each = [test.replace(values=(value,), span=value.span) for value in test.values]
        self.complete(frame, each[0] if len(each) == 1 else Or(tuple(each), test.span))

    def members(self, frame: _Frame, qualifiers: Qualifiers) -> None:
        """``host in {a, b}`` and ``host in FILE``: the same as ``host (a or b)``."""
        token = self.take()
        found = self.listed(token, qualifiers) if token.kind == "file" else self.braced(qualifiers)
        span = (frame.head_start, self.tokens[self.at - 1].end)
        frame.head = None
        self.complete(frame, found[0] if len(found) == 1 else Or(tuple(found), span))

    def braced(self, qualifiers: Qualifiers) -> list[Expression]:
        found: list[Expression] = []
        while True:
            found.append(self.member(qualifiers))
            token = self.take()
            if token.kind == "}":
                return found
            if token.kind != ",":
                raise self.unexpected(token, "',' or '}'")

    def member(self, qualifiers: Qualifiers) -> Expression:
        token = self.take()
        if token.kind != "number" and token.kind not in IDS:
            raise self.unexpected(token, ID)
        ident = self.id(token, qualifiers)
        if qualifiers.kind == "port" and isinstance(ident, Name) and is_range(ident.text):
            qualifiers = qualifiers.replace(kind="portrange")
        if qualifiers.kind == "host" and (isinstance(ident, (Prefix, Masked)) or (
                isinstance(ident, Address6) and ident.length is not None)):
            qualifiers = qualifiers.replace(kind="net")
        return Primitive(qualifiers, ident, ident.span)

    def check_octets(self, member: Expression) -> None:
        """Refuse now what lowering would: it does not know of lines."""
        ident = member.id if isinstance(member, Primitive) else None
        dotted = ident.network if isinstance(ident, Prefix) else ident
        if isinstance(dotted, Dotted) and any(part > 255 for part in dotted.parts):
            raise self.error(*dotted.span, f"invalid IPv4 address '{dotted.text}'")

    def listed(self, token: Token, qualifiers: Qualifiers) -> list[Expression]:
        """A member from each line of a file."""
        from fyke.filter.field_tests import in_line, numbered
        assert self.more is not None
        span = (token.start, token.end)
        found: list[Expression] = []
        for number, line in numbered(self.more.lines, token.value, self.expression, span):
            try:
                inside = _Parser(line, self.more)
                one = inside.member(qualifiers)
                if inside.peek().kind != "end":
                    raise inside.unexpected(inside.peek(), "the end of the line")
                inside.check_octets(one)
            except FilterError as problem:
                raise self.error(*span, in_line(token.value, number, problem),
                                 problem.suggestion) from None
            found.append(moved(one, span))
        return found

    # --- ids ---

    def primitive(self, frame: _Frame, token: Token) -> None:
        """An id, with the qualifiers before it or those of the item before."""
        qualifiers = frame.head or frame.inherited
        if qualifiers is None:
            raise self.unexpected(token, TEST)
        ident = self.id(token, qualifiers)
        start = token.start if frame.head is None else frame.head_start
        frame.test = Primitive(qualifiers, ident, (start, ident.span[1]))
        frame.head = None

    def id(self, token: Token, qualifiers: Qualifiers) -> Id:
        span = (token.start, token.end)
        match token.kind:
            case "number":
                return Number(token.value, span)
            case "name" | "escaped":
                return Name(token.value, token.kind == "escaped", span)
            case "mac":
                return HardwareAddress(token.value, self.text(token), span)
            case "arcnet":
                return ArcnetAddress(token.value, span)
            case "dotted":
                return self.network(token, qualifiers)
        value = address6(token.value)
        assert value is not None  # the lexer has checked it
        length = None
        if self.peek().kind == "/":
            self.take()
            length = self.take_number("/")
        end = self.tokens[self.at - 1].end
        self.no_address(qualifiers, "IPv6 address" + " and prefix length" * (length is not None),
                        token.start, end)
        return Address6(value, length, token.value, (token.start, end))

    def network(self, token: Token, qualifiers: Qualifiers) -> Id:
        """``1.2.3``, ``1.2.3.0/24`` or ``1.2.3.0 mask 255.255.255.0``."""
        following = self.peek().kind
        if following == "/":
            self.take()
            length = self.take_number("/")
            end = self.tokens[self.at - 1].end
            self.no_address(qualifiers, "IPv4 address and prefix length", token.start, end)
            return Prefix(self.dotted(token), length, (token.start, end))
        if following == "mask":
            self.take()
            mask = self.take()
            if mask.kind != "dotted":
                raise self.unexpected(mask, "a mask such as 255.255.255.0 after 'mask'")
            self.no_address(qualifiers, "IPv4 address and netmask", token.start, mask.end)
            return Masked(self.dotted(token), self.dotted(mask), (token.start, mask.end))
        self.no_address(qualifiers, "IPv4 address", token.start, token.end)
        return self.dotted(token)

    def dotted(self, token: Token) -> Dotted:
        """Dotted numbers are decimal, whatever they begin with."""
        text = str(token.value)
        if "x" in text or "X" in text:
            raise self.error(token.start, token.end, f"invalid IPv4 address '{text}'")
        parts = tuple(int(part[-10:]) if len(part) <= 10 else 1 << 32 for part in text.split("."))
        return Dotted(parts, text, (token.start, token.end))

    def no_address(self, qualifiers: Qualifiers, what: str, start: int, end: int) -> None:
        if qualifiers.kind in NOT_ADDRESSES:
            raise self.error(start, end, f"'{qualifiers.kind}' qualifier applied to {what}")

    # --- operators ---

    def operator(self) -> bool:
        """Read what follows an operand; True when another operand must follow."""
        frame = self.frames[-1]
        token = self.take()
        kind = token.kind
        if kind in ("and", "or") and frame.protocol is None:
            self.finish_item(frame)
            self.join(frame, kind)
            return True
        if kind in ARITHMETIC and frame.test is None:
            self.reduce(frame, kind)
            frame.operators.append(token)
            return True
        if kind in RELATIONS and frame.test is None and frame.relation is None \
                and frame.protocol is None:
            self.reduce(frame, None)
            frame.left = frame.values.pop()
            frame.relation = token
            return True
        self.close(frame, token)
        return False

    def close(self, frame: _Frame, token: Token) -> None:
        """``)``, ``]``, ``:`` in an index, or the end."""
        opener = frame.opener
        if token.kind == "end" and opener is None:
            self.finish_item(frame)
            self.result = self.combined(frame)
            self.frames.pop()
        elif token.kind == "end" and opener is not None:
            raise self.error(opener.start, opener.end, "can't parse filter expression: syntax "
                             f"error: this '{opener.kind}' is never closed")
        elif token.kind == ")" and opener is not None and frame.protocol is None:
            self.frames.pop()
            self.close_parenthesis(frame, self.frames[-1])
        elif token.kind in ("]", ":") and frame.protocol is not None:
            self.close_index(frame, token)
        else:
            raise self.unexpected(token, self.continuation(frame))

    def continuation(self, frame: _Frame) -> str:
        if frame.protocol is not None:
            return "an operator, ':' or ']'"
        closing = "the end" if frame.opener is None else "')'"
        if frame.test is None and frame.relation is None:
            return f"a comparison such as '= 1', 'and', 'or' or {closing}"
        return f"'and', 'or' or {closing}"

    def close_parenthesis(self, frame: _Frame, outer: _Frame) -> None:
        if frame.test is None and not (frame.terms or frame.nots or frame.relation):
            self.reduce(frame, None)
            outer.values.append(frame.values.pop())
            return
        self.finish_item(frame)
        assert frame.opener is not None
        if outer.in_arithmetic():
            raise self.error(frame.opener.start, self.tokens[self.at - 1].end,
                             "can't parse filter expression: syntax error: "
                             f"expected {NUMBER}, found a test")
        outer.test = self.combined(frame)
        outer.head = None

    def close_index(self, frame: _Frame, token: Token) -> None:
        """``]`` or ``: size ]``."""
        self.reduce(frame, None)
        size = 1
        if token.kind == ":":
            size = self.take_number(":")
            token = self.take()
            if token.kind != "]":
                raise self.unexpected(token, "']'")
        self.frames.pop()
        assert frame.protocol is not None
        self.frames[-1].values.append(Load(str(frame.protocol.value), frame.values.pop(), size,
                                           (frame.protocol.start, token.end)))

    # --- arithmetic, comparisons and combinations ---

    def reduce(self, frame: _Frame, incoming: str | None) -> None:
        """Apply the operators that bind before the incoming one; all for None."""
        operators, values = frame.operators, frame.values
        while operators:
            operator = operators[-1]
            if incoming is not None and not (
                    PRECEDENCE.get(operator.kind, 0) >= PRECEDENCE.get(incoming, 9)):
                return
            operators.pop()
            right = values.pop()
            if operator.kind == "negate":
                values.append(Negate(right, (operator.start, right.span[1])))
            else:
                left = values.pop()
                values.append(Binary(operator.kind, left, right, (left.span[0], right.span[1])))

    def finish_item(self, frame: _Frame) -> None:
        """What was read since the last ``and`` or ``or`` becomes a term."""
        test = frame.test
        if test is None:
            self.reduce(frame, None)
            value = frame.values.pop()
            if frame.relation is not None and frame.left is not None:
                test = Relation(frame.relation.kind, frame.left, value,
                                (frame.left.span[0], value.span[1]))
                frame.relation = frame.left = frame.inherited = None
            elif isinstance(value, Number) and frame.inherited is not None:
                test = Primitive(frame.inherited, value, value.span)
            else:
                self.at -= 1
                raise self.unexpected(self.peek(), "a comparison such as '= 1'")
        for token in reversed(frame.nots):
            test = Not(test, (token.start, test.span[1]))
        frame.terms.append(test)
        frame.nots.clear()
        frame.test = None

    def join(self, frame: _Frame, word: str) -> None:
        if frame.join not in ("", word):
            frame.terms = [self.combined(frame)]
        frame.join = word

    def combined(self, frame: _Frame) -> Expression:
        terms = frame.terms
        if len(terms) == 1:
            return terms[0]
        span = (terms[0].span[0], terms[-1].span[1])
        return And(tuple(terms), span) if frame.join == "and" else Or(tuple(terms), span)


def is_range(text: str) -> bool:
    """``8000-8010``."""
    low, hyphen, high = text.partition("-")
    return hyphen == "-" and low.isdecimal() and high.isdecimal()


def moved(node: Any, span: Span) -> Any:
    """A node from a file's line, as if it were written where the file is named."""
    changes = {name: span if name == "span" else moved(value, span)
               for name in type(node).fields
               if name == "span" or isinstance(value := getattr(node, name), Node)}
    return node.replace(**changes)
