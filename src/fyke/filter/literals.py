"""Numbers and addresses as they are written, in filters and in tests of fields."""

from __future__ import annotations

from fyke.errors import FilterError

DIGITS = frozenset("0123456789")
HEX = frozenset("0123456789abcdefABCDEF")


def shown(word: str) -> str:
    """A word for a message, which may be long."""
    return word if len(word) <= 64 else word[:60] + "…"


def error(text: str, start: int, end: int, message: str) -> FilterError:
    """What is wrong with these columns of an expression."""
    return FilterError(message, expression=text, column=start, length=end - start)


def is_number(word: str) -> bool:
    if word[:2] in ("0x", "0X"):
        return len(word) > 2 and HEX.issuperset(word[2:])
    return word != "" and DIGITS.issuperset(word)


def number_of(text: str, word: str, at: int) -> int:
    """Decimal, hexadecimal with 0x, octal with a leading 0; 32 bits."""
    base, name, digits = 10, "decimal", word
    if word[:2] in ("0x", "0X"):
        base, name, digits = 16, "hexadecimal", word[2:]
    elif word[0] == "0" and len(word) > 1:
        base, name, digits = 8, "octal", word[1:]
    value, end = 0, at + len(word)
    for digit in digits:
        if base == 8 and digit in "89":
            raise error(text, at, end, f"number {shown(word)} contains non-octal digit")
        value = value * base + int(digit, 16)
        if value > 0xFFFFFFFF:
            raise error(text, at, end, f"{name} number {shown(word)} overflows 32 bits")
    return value


def mac_of(word: str) -> bytes | None:
    """Six octets with ``:`` or ``-`` or ``.``, three words with ``.``, or twelve digits."""
    if not 11 <= len(word) <= 17:
        return None
    if len(word) == 12 and HEX.issuperset(word):
        return bytes.fromhex(word)
    for separator in ":-.":
        parts = word.split(separator)
        if len(parts) == 6 and all(0 < len(p) <= 2 and HEX.issuperset(p) for p in parts):
            return bytes(int(part, 16) for part in parts)
    parts = word.split(".")
    if len(parts) == 3 and all(len(p) == 4 and HEX.issuperset(p) for p in parts):
        return bytes.fromhex("".join(parts))
    return None


def looks_like_address6(word: str) -> bool:
    """Its form is right; the octets of an IPv4 tail may still be too large."""
    groups = 8
    if "." in word:
        word, _, tail = word.rpartition(":")
        parts = tail.split(".")
        if len(parts) != 4 or not all(map(is_number, parts)):
            return False
        groups = 6
        if word.endswith(":"):
            word += ":"
        if ":" not in word:
            return False
    if ":::" in word or word.count("::") > 1:
        return False
    parts = [part for part in word.split(":") if part]
    if not all(len(part) <= 4 and HEX.issuperset(part) for part in parts):
        return False
    if "::" in word:
        return len(parts) < groups
    return len(parts) == groups and word[0] != ":" and word[-1] != ":"


def address6(word: str) -> int | None:
    """The number that an address token stands for; None where the IPv4 tail has no sense."""
    tail: list[int] = []
    if "." in word:
        word, _, dotted = word.rpartition(":")
        octets = dotted.split(".")
        if not all(part == "0" or (DIGITS.issuperset(part) and part[0] != "0" and len(part) < 4
                                   and int(part) <= 255) for part in octets):
            return None
        a, b, c, d = map(int, octets)
        tail = [a << 8 | b, c << 8 | d]
        if word.endswith(":"):
            word += ":"
    before, gap, after = word.partition("::")
    head = [int(part, 16) for part in before.split(":") if part]
    tail = [int(part, 16) for part in after.split(":") if part] + tail
    if not gap:
        head, tail = head + tail, []
    value = 0
    for group in head + [0] * (8 - len(head) - len(tail)) + tail:
        value = value << 16 | group
    return value
