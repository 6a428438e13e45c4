"""From the text of an expression to tokens with columns.

As in libpcap's scanner the longest match wins, and words mean the same anywhere: ``1.2.3`` is an
address, ``1.2.3.x`` a host name, ``a:b:c:d:e:f`` a MAC address, ``tcp-syn`` a number, ``25-53`` a
name. Written without regular expressions, whose import would cost more than the rest of the lexer.
"""

from __future__ import annotations

from fyke.filter.literals import (
    DIGITS,
    HEX,
    address6,
    error,
    is_number,
    looks_like_address6,
    mac_of,
    number_of,
    shown,
)
from fyke.filter.words import CONSTANTS, KEYWORDS, MORE_KEYWORDS

TYPE_CHECKING = False  # as in syntax.py
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from fyke.filter.field_tests import Kind, Lines

ALNUM = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
WORD = ALNUM | frozenset("-_.")
COLON_WORD = HEX | frozenset(":.xX")
OPERATORS = frozenset("+-*/%:[]!<>()&|^=")
DOUBLE = {">=": ">=", "<=": "<=", "!=": "!=", "==": "=", "<<": "<<", ">>": ">>",
          "&&": "and", "||": "or"}
#: No IPv6 address that means anything is longer, even with the longest IPv4 tail.
LONGEST_ADDRESS = 128


class Token:
    """kind: "name", "escaped", "number", "dotted", "address6", "mac", "arcnet", "end", an operator,
    or a keyword's role (``words.KEYWORDS``); value: what it stands for (of addresses, the text);
    start, end: its columns.
    """

    __slots__ = ("end", "kind", "start", "value")

    def __init__(self, kind: str, value: Any, start: int, end: int) -> None:
        self.kind = kind
        self.value = value
        self.start = start
        self.end = end


class More:
    """What the dialect fyke has more than the old language: fields, sets, files."""

    __slots__ = ("lines", "vocabulary")

    def __init__(self, vocabulary: Mapping[str, Kind], lines: Lines) -> None:
        self.vocabulary = vocabulary
        self.lines = lines  #: gives the lines of a file

    def word(self, text: str, at: int, end: int) -> Token | None:
        """A whole test of a field, or a keyword of the dialect; None: an old word."""
        word = text[at:end]
        if word in self.vocabulary:
            from fyke.filter.field_tests import parse_test

            test, end = parse_test(text, at, end, self.vocabulary, self.lines)
            return Token("field test", test, at, end)
        keyword = MORE_KEYWORDS.get(word)
        return None if keyword is None else Token(keyword[0], keyword[1], at, end)

    def set(self, text: str, at: int) -> Token:
        """What follows "in": ``{``, or the name of a file."""
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        if text[at:at + 1] == "{":
            return Token("{", "{", at, at + 1)
        from fyke.filter.field_tests import file_name

        path, start, end = file_name(text, at)
        return Token("file", path, start, end)


def tokenize(text: str, more: More | None = None) -> list[Token]:
    """All tokens, and one of kind "end" at the end; ``more``: the dialect fyke's.

    Raises FilterError, and what reading a file raises.
    """
    tokens: list[Token] = []
    at, size = 0, len(text)
    while at < size:
        char = text[at]
        if char in " \t\r\n":
            at += 1
            continue
        if char in ALNUM:
            token = _word(text, at, more)
        elif char == ":" and (token6 := _colons(text, at)) is not None:
            token = token6
        elif char in OPERATORS:
            token = _operator(text, at)
        elif char == "\\":
            token = _escaped(text, at)
        elif char == "$":
            token = _arcnet(text, at)
        elif more is not None and char in "{},":
            token = Token(char, char, at, at + 1)
        else:
            raise error(text, at, at + 1, f"illegal character {char!r}")
        tokens.append(token)
        at = token.end
        if token.kind == "in" and more is not None:
            tokens.append(more.set(text, at))
            at = tokens[-1].end
    tokens.append(Token("end", "", size, size))
    return tokens


def _operator(text: str, at: int) -> Token:
    double = DOUBLE.get(text[at:at + 2])
    if double is not None:
        return Token(double, text[at:at + 2], at, at + 2)
    char = text[at]
    return Token("not" if char == "!" else char, char, at, at + 1)


def _escaped(text: str, at: int) -> Token:
    """A backslash and what is not to be taken for a keyword."""
    end = at + 1
    while end < len(text) and text[end] not in " !()\n\t":
        end += 1
    if end == at + 1:
        raise error(text, at, end, "a backslash must be followed by a word")
    return Token("escaped", text[at + 1:end], at, end)


def _arcnet(text: str, at: int) -> Token:
    end = at + 1
    while end < len(text) and end < at + 3 and text[end] in HEX:
        end += 1
    if end == at + 1:
        raise error(text, at, end, "can't parse filter expression: syntax error: "
                     "'$' must be followed by one or two hexadecimal digits")
    return Token("arcnet", int(text[at + 1:end], 16), at, end)


def _word(text: str, at: int, more: More | None) -> Token:
    """Whatever begins with a letter or a digit."""
    end = at + 1
    while end < len(text) and text[end] in WORD:
        end += 1
    if end < len(text) and text[end] == ":" and text[at] in HEX:
        token = _colons(text, at)
        if token is not None:
            return token
    while text[end - 1] in "-_":  # a name does not end with one
        end -= 1
    word = text[at:end]
    if more is not None and (token := more.word(text, at, end)) is not None:
        return token
    keyword = KEYWORDS.get(word)
    if keyword is not None:
        return Token(keyword[0], keyword[1], at, end)
    mac = mac_of(word)
    if mac is not None:
        return Token("mac", mac, at, end)
    if word[0] in DIGITS:
        if is_number(word):
            return Token("number", number_of(text, word, at), at, end)
        if 1 <= word.count(".") <= 3 and all(map(is_number, word.split("."))):
            return Token("dotted", word, at, end)
    constant = CONSTANTS.get(word)
    if constant is not None:
        return Token("number", constant, at, end)
    return Token("name", word, at, end)


# --- addresses -----------------------------------------------------------------------------------

def _colons(text: str, at: int) -> Token | None:
    """The longest address with colons that begins here, if any does."""
    end = at
    while end < len(text) and end < at + LONGEST_ADDRESS and text[end] in COLON_WORD:
        end += 1
    if text[at] == ":":  # of addresses, only "::…" begins with a colon
        if text[at:at + 2] != "::":
            return None
        triple = text.find(":::", at, end)
        end = end if triple < 0 else triple + 2
    while end > at + 1:
        word = text[at:end]
        if ":" not in word:
            return None
        mac = mac_of(word)
        if mac is not None:
            return Token("mac", mac, at, end)
        if looks_like_address6(word):
            if address6(word) is None:
                raise error(text, at, end, f"invalid IPv6 address {shown(word)}")
            return Token("address6", word, at, end)
        if _looks_like_bad_mac(word):
            raise error(text, at, end, f"invalid Ethernet address {shown(word)}")
        end -= 1
    return None


def _looks_like_bad_mac(word: str) -> bool:
    """Two or more octets, each followed by colons: meant as a MAC address, but none."""
    if word[-1] != ":" or word[0] == ":":
        return False
    parts = [part for part in word.split(":") if part]
    return len(parts) >= 2 and all(len(p) <= 2 and HEX.issuperset(p) for p in parts)
