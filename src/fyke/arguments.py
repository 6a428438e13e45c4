"""What people hand in, looked at before it goes further: every error names the argument."""

from __future__ import annotations

import os
from _operator import index  # operator itself is one module more at each start

from fyke.errors import UsageError, WrongType
from fyke.hints import Any
from fyke.linktypes import LinkType, by_name

EARLIEST, LATEST = -(1 << 63), (1 << 63) - 1  # nanoseconds: what 64 bits hold, from 1677 to 2262
LARGEST_LINK_TYPE = 0x03FFFFFF  # what a pcap file has room for (draft-ietf-opsawg-pcap §4)
LARGEST_LENGTH = (1 << 32) - 1  # octets: what both file formats have room for


def whole(name: str, value: Any, least: int, most: int) -> int:
    """An integer in a range; whatever says that it is one (``__index__``) will do."""
    try:
        number = index(value)
    except TypeError:
        raise WrongType(f"{name} must be an integer, not {kind(value)}") from None
    if not least <= number <= most:
        shown = number if abs(number) < 1 << 128 else "far beyond that"
        raise UsageError(f"{name} must be from {least} to {most}; it is {shown}")
    return number


def perhaps(name: str, value: Any, least: int, most: int) -> int | None:
    """As ``whole``, or None."""
    return None if value is None else whole(name, value, least, most)


def nanoseconds(value: Any) -> int:
    """A time: no float, whose 53 bits cannot tell nanoseconds of our days apart."""
    if isinstance(value, float):
        raise WrongType("time must be an integer, in nanoseconds since 1970, not a float; of t "
                        "seconds it is time=round(t * 1e9)")
    if hasattr(value, "timestamp"):
        raise WrongType(f"time must be an integer, in nanoseconds since 1970, not {kind(value)}; "
                        "of a datetime t it is time=round(t.timestamp() * 1e9)")
    return whole("time", value, EARLIEST, LATEST)


def seconds(name: str, value: Any) -> float | None:
    """A length of time in seconds, 0 or more; None and infinity are no limit."""
    if value is None:
        return None
    try:
        number = float(value) if not isinstance(value, str) else None
    except OverflowError:
        number = float("inf")
    except (TypeError, ValueError):
        number = None
    if number is None:
        raise WrongType(f"{name} must be a number of seconds or None, not {kind(value)}")
    if not number >= 0:  # not a number, too
        raise UsageError(f"{name} must be 0 seconds or more; it is {number}")
    return None if number == float("inf") else number


def text(name: str, value: Any) -> str:
    """Text: a str, and no octets."""
    if not isinstance(value, str):
        raise WrongType(f"{name} must be text (a str), not {kind(value)}")
    return value


def expression(value: Any, name: str = "filter") -> str | None:
    """A filter expression, or None for none."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise WrongType(f"{name} must be an expression (a str) such as \"tcp port 80\", not "
                        f"{kind(value)}")
    return value


def words(name: str, value: Any) -> list[str]:
    """Several names; a single str is a mistake: it would be taken letter by letter."""
    if isinstance(value, (str, bytes)):
        raise WrongType(f"{name} must be a list of names, not one {type(value).__name__}: "
                        f"{name}=[{value!r:.80}]")
    try:
        found = list(value)
    except TypeError:
        raise WrongType(f"{name} must be a list of names, not {kind(value)}") from None
    for one in found:
        if not isinstance(one, str):
            raise WrongType(f"{name} must be a list of names (str); there is {kind(one)} in it")
    return found


def one_of(name: str, value: Any, known: tuple[str, ...]) -> str:
    """One of some words."""
    if text(name, value) not in known:
        raise UsageError(f"{name} must be one of {', '.join(known)}; it is {value!r}")
    return str(value)


def defragment(value: Any) -> str:
    """What to do where fragments overlap: "rfc" for True, a policy, or "" for not at all."""
    if isinstance(value, bool):
        return "rfc" if value else ""
    return one_of("defragment", value, ("rfc", "first", "last", "drop"))


def place(name: str, value: Any) -> str:
    """A name, a path or a process id, as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    try:
        return os.fsdecode(value)
    except TypeError:
        raise WrongType(f"{name} must be a name, a path or a process id, not "
                        f"{kind(value)}") from None


def fanout(value: Any) -> tuple[int, str] | None:
    """The number of a group and how it shares packets, or None."""
    if value is None:
        return None
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise WrongType("fanout must be a group's number and how it shares packets, such as "
                        f"(1, 'hash'), not {kind(value)}")
    return whole("fanout[0]", value[0], -1, 0xFFFF), text("fanout[1]", value[1])


def link_type(value: Any, name: str = "link_type") -> int:
    """The LINKTYPE number of a name, a number or a LinkType. UsageError, FykeError if unknown."""
    if isinstance(value, str):
        return by_name(value).number
    if isinstance(value, LinkType):
        value = value.number
    try:
        return whole(name, value, 0, LARGEST_LINK_TYPE)
    except WrongType:
        raise WrongType(f"{name} must be a name such as 'EN10MB', a LINKTYPE number or a "
                        f"LinkType, not {kind(value)}") from None


def octets(name: str, value: Any) -> bytes:
    """Octets: bytes, or anything else with the buffer protocol, copied."""
    if type(value) is bytes:
        return value
    try:
        return bytes(memoryview(value))
    except TypeError:
        raise WrongType(f"{name} must be octets (bytes), not {kind(value)}") from None


def kind(value: Any) -> str:
    """What a value is, with its article: "an int", "a str", "None"."""
    if value is None or isinstance(value, bytes):
        return "None" if value is None else "bytes"
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
