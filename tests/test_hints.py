"""The named tuples that are made without ``typing`` behave as those of ``typing``."""

from __future__ import annotations

import pickle
import typing
from typing import Any

import pytest

from fyke import hints


class Ours(hints.NamedTuple):
    """A place."""

    name: str
    offset: int
    size: int = 4

    @property
    def end(self) -> int:
        return self.offset + self.size


class Theirs(typing.NamedTuple):
    """A place."""

    name: str
    offset: int
    size: int = 4

    @property
    def end(self) -> int:
        return self.offset + self.size


KINDS = (Ours, Theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_named_tuple_can(kind: Any) -> None:
    one = kind("ip", 14)
    assert one == ("ip", 14, 4) == kind(offset=14, name="ip") == kind("ip", size=4, offset=14)
    assert (one.name, one.offset, one.size, one.end) == ("ip", 14, 4, 18)
    assert repr(one) == f"{kind.__name__}(name='ip', offset=14, size=4)"
    assert one._fields == kind.__match_args__ == ("name", "offset", "size")
    assert kind._field_defaults == {"size": 4}
    assert one._asdict() == {"name": "ip", "offset": 14, "size": 4}
    assert one._replace(size=8) == kind._make(["ip", 14, 8]) == ("ip", 14, 8)
    assert type(one._replace(size=8)) is kind
    copy = pickle.loads(pickle.dumps(one))
    assert copy == one and type(copy) is kind
    assert isinstance(one, tuple) and not hasattr(one, "__dict__")
    assert kind.__doc__ == "A place." and kind.__module__ == __name__
    match one:
        case kind(name, offset):
            assert (name, offset) == ("ip", 14)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", [
    lambda kind: kind(), lambda kind: kind("ip"), lambda kind: kind("ip", 1, 2, 3),
    lambda kind: kind("ip", 1, name="ip"), lambda kind: kind("ip", 1, colour=3),
    lambda kind: kind._make(["ip"] * 4)])
def test_wrong_arguments(kind: Any, words: Any) -> None:
    with pytest.raises(TypeError):
        words(kind)
    with pytest.raises(ValueError):
        kind("ip", 1)._replace(colour=3)
    with pytest.raises(AttributeError):
        kind("ip", 1).name = "tcp"
