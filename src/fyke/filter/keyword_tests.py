"""The tests of the filter language that begin with a keyword of their own, one function each.

Called by the parser with the keyword's token taken; ``protocol`` is the protocol word before it
(only some take one), ``start`` the column where the test begins.
"""

from __future__ import annotations

from fyke.filter import words
from fyke.filter.lexer import Token
from fyke.filter.syntax import (
    ByteTest,
    Cast,
    Encapsulation,
    Expression,
    Field,
    InterfaceIndex,
    LengthTest,
    Llc,
    Or,
    PfTest,
    WlanDirection,
    WlanType,
    Word,
)

TYPE_CHECKING = False  # as in syntax.py
if TYPE_CHECKING:
    from collections.abc import Callable

    from fyke.filter.parser import _Parser as Parser

RELATIONS = frozenset({">", ">=", "=", "<", "<=", "!="})


def _end(parser: Parser) -> int:
    """Where the last token that was taken ends."""
    return parser.tokens[parser.at - 1].end


def cast(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    return Cast(token.value, protocol, (start, token.end))


def length(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    return LengthTest(token.value, parser.take_number(token.value), (start, _end(parser)))


def byte(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    offset = parser.take_number("byte")
    operator = parser.take()
    if operator.kind not in ("&", "|", "<", ">", "="):
        raise parser.unexpected(operator, "'&', '|', '<', '>' or '='")
    return ByteTest(offset, operator.kind, parser.take_number(operator.kind),
                    (start, _end(parser)))


def word(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    return Word(token.value, (start, token.end))


def ifindex(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    return InterfaceIndex(parser.take_number("ifindex"), (start, _end(parser)))


def encapsulation(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    """The word, and its number if it takes one and one follows, in parentheses or not."""
    if token.value == "pppoed":
        return Encapsulation(token.value, None, (start, token.end))
    opened = 0
    while parser.peek().kind == "(":
        parser.take()
        opened += 1
    if opened == 0 and parser.peek().kind != "number":
        return Encapsulation(token.value, None, (start, token.end))
    value = parser.take_number(token.value)
    for _ in range(opened):
        if parser.peek().kind != ")":
            raise parser.unexpected(parser.peek(), "')'")
        parser.take()
    return Encapsulation(token.value, value, (start, _end(parser)))


def llc(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    """``llc [type]``; ``rnr`` is one of pf's keywords, too."""
    following = parser.peek()
    if following.kind in ("name", "escaped"):
        name = str(following.value).lower()
        if name not in words.LLC_TYPES:
            raise _unknown(parser, following, "LLC type name", words.LLC_TYPES)
    elif following.kind == "pf number" and following.value == "rnr":
        name = "rnr"
    else:
        return Llc(None, (start, token.end))
    parser.take()
    return Llc(name, (start, following.end))


# --- 802.11 --------------------------------------------------------------------------------------

def wlan_type(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    """``type t`` or ``type t subtype s``."""
    value = _coded(parser, "type", words.WLAN_TYPES, words.WLAN_TYPE_MASK)
    mask = words.WLAN_TYPE_MASK
    if parser.peek().kind == "subtype":
        parser.take()
        names = words.WLAN_SUBTYPES.get(value)
        if names is None and parser.peek().kind != "number":
            raise parser.error(start, parser.peek().end, "unknown 802.11 type")
        value |= _coded(parser, "subtype", names or {}, words.WLAN_SUBTYPE_MASK)
        mask |= words.WLAN_SUBTYPE_MASK
    return WlanType(value, mask, (start, _end(parser)))


def wlan_subtype(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    """``subtype s``, by name; the name gives the type, too."""
    named = parser.take()
    if named.kind not in ("name", "escaped"):
        raise parser.unexpected(named, "the name of an 802.11 subtype")
    name = str(named.value).lower()
    for kind, names in words.WLAN_SUBTYPES.items():
        if name in names:
            mask = words.WLAN_TYPE_MASK | words.WLAN_SUBTYPE_MASK
            return WlanType(kind | names[name], mask, (start, named.end))
    every = [name for names in words.WLAN_SUBTYPES.values() for name in names]
    raise _unknown(parser, named, "802.11 subtype name", every)


def _coded(parser: Parser, what: str, names: dict[str, int], mask: int) -> int:
    token = parser.take()
    if token.kind == "number":
        value = int(token.value)
        if value & ~mask:
            raise parser.error(token.start, token.end,
                               f"invalid 802.11 {what} value 0x{value:02x}")
        return value
    if token.kind not in ("name", "escaped"):
        raise parser.unexpected(token, f"an 802.11 {what}")
    code = names.get(str(token.value).lower())
    if code is None:
        raise _unknown(parser, token, f"802.11 {what} name", names)
    return code


def wlan_direction(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    following = parser.take()
    if following.kind == "number":
        value = int(following.value)
        if value > max(words.WLAN_DIRECTIONS.values()):
            raise parser.error(following.start, following.end, "invalid 802.11 direction")
    elif following.kind in ("name", "escaped"):
        code = words.WLAN_DIRECTIONS.get(str(following.value).lower())
        if code is None:
            raise _unknown(parser, following, "802.11 direction", words.WLAN_DIRECTIONS)
        value = code
    else:
        raise parser.unexpected(following, "an 802.11 direction")
    return WlanDirection(value, (start, following.end))


# --- pf ------------------------------------------------------------------------------------------

def pf_text(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    name = parser.take()
    if name.kind not in ("name", "escaped"):
        raise parser.unexpected(name, f"a name after '{token.value}'")
    return PfTest(token.value, str(name.value), (start, name.end))


def pf_number(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    return PfTest(token.value, parser.take_number(token.value), (start, _end(parser)))


def pf_code(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    """``reason`` (a name or a number) or ``action`` (a name)."""
    names = words.PF_REASONS if token.value == "reason" else words.PF_ACTIONS
    following = parser.take()
    if following.kind == "number" and token.value == "reason":
        return PfTest("reason", int(following.value), (start, following.end))
    if following.kind not in ("name", "escaped"):
        raise parser.unexpected(following, f"a name after '{token.value}'")
    code = names.get(str(following.value).lower())
    if code is None:
        raise _unknown(parser, following, f"PF {token.value}", names)
    return PfTest(token.value, code, (start, following.end))


# --- ATM and MTP3 fields -------------------------------------------------------------------------

def field(parser: Parser, token: Token, protocol: str | None, start: int) -> Expression:
    """``field n``, ``field op n`` or ``field (n or n …)``."""
    name = str(token.value)
    following = parser.peek()
    if following.kind == "(":
        return _field_list(parser, name, start)
    operator = "="
    if following.kind in RELATIONS:
        operator = parser.take().kind
    return Field(name, operator, parser.take_number(name), (start, _end(parser)))


def _field_list(parser: Parser, name: str, start: int) -> Expression:
    opener = parser.take()
    terms: list[Expression] = []
    while True:
        at = parser.peek().start
        terms.append(Field(name, "=", parser.take_number(name), (at, _end(parser))))
        token = parser.take()
        if token.kind == ")":
            break
        if token.kind != "or":
            raise parser.unexpected(token, "'or' or ')'")
    if len(terms) == 1:
        return terms[0]
    return Or(tuple(terms), (min(start, opener.start), _end(parser)))


def _unknown(parser: Parser, token: Token, what: str, names: object) -> Exception:
    from fyke.filter.suggest import nearest
    text = str(token.value)
    return parser.error(token.start, token.end, f'unknown {what} "{text[:40]}"',
                        nearest(text, list(names)))  # type: ignore[call-overload]


#: Kind of keyword: the function that reads the rest.
TESTS: dict[str, Callable[[Parser, Token, str | None, int], Expression]] = {
    "cast": cast, "length test": length, "byte": byte, "word": word, "ifindex": ifindex,
    "encapsulation": encapsulation, "llc": llc, "type": wlan_type, "subtype": wlan_subtype,
    "dir": wlan_direction, "pf text": pf_text, "pf number": pf_number, "reason": pf_code,
    "action": pf_code, "field": field,
}
