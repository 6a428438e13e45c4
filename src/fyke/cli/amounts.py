"""Numbers on a command line, for argparse: what is none, or out of range, is told."""

from __future__ import annotations

from argparse import ArgumentTypeError

from fyke.cli import quantities

TYPE_CHECKING = False  # type checkers know the name; typing itself is slow to import
if TYPE_CHECKING:
    from fractions import Fraction

#: No packet number, and no count of octets, is larger.
LARGEST = 1 << 62

#: Nanoseconds that 64 bits hold: some 292 years.
LATEST = (1 << 63) - 1

#: Factors that change times and leave something of them.
LARGEST_FACTOR = 10**18


def positive(text: str) -> int:
    """A whole number from 1 on."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if not 1 <= value <= LARGEST:
        raise ArgumentTypeError(f"takes a whole number from 1 on, not {text!r}")
    return value


def size(text: str) -> int:
    """Octets: 4096, 512k, 3m, 2g."""
    try:
        return quantities.size(text)
    except ValueError:
        raise ArgumentTypeError(f"takes a size such as 4096, 512k, 3m or 2g, not {text!r}"
                                ) from None


def nanoseconds(text: str) -> int:
    """Seconds with any number of decimals, in nanoseconds; what is beyond 64 bits is at the end."""
    from decimal import Decimal  # late: 1 ms
    try:
        end = Decimal(LATEST) / 10**9
        return int(max(-end, min(end, Decimal(text))) * 10**9)
    except ArithmeticError:
        raise ArgumentTypeError(f"takes seconds, such as 90 or 0.25, not {text!r}") from None


def duration(text: str) -> int:
    """As ``nanoseconds``, but at least one; also 10s, 5m, 2h."""
    try:
        return quantities.duration(text)
    except ValueError:
        value = nanoseconds(text)
    if value < 1:
        raise ArgumentTypeError(f"takes seconds from 0.000000001 on, not {text!r}")
    return value


def factor(text: str) -> Fraction:
    """A number or a quotient of two (1/3), greater than 0."""
    from decimal import Decimal
    from fractions import Fraction
    over, _, under = text.partition("/")
    try:
        parts = [Decimal(part) for part in (over, under or "1")]
        if all(0 < part <= LARGEST_FACTOR and part >= 1 / Decimal(LARGEST_FACTOR)
               for part in parts):
            return Fraction(parts[0]) / Fraction(parts[1])
    except ArithmeticError:
        pass
    raise ArgumentTypeError(f"takes a factor greater than 0, such as 2, 0.5 or 1/3, not {text!r}")
