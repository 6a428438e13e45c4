"""A text for protocols that tcpdump has none for: a title, and some of the fields.

Printed with -T only, so that tcpdump's lines stay.
"""

from __future__ import annotations

from fyke.hints import Any, ClassVar
from fyke.layers.layer import Layer
from fyke.wire import Line, Truncated

MOST_SHOWN = 200  # octets of one value


class Summarised(Layer):
    """A layer whose text is ``title``, then the fields that ``told`` names and that are there."""

    __slots__ = ()

    title: ClassVar[bytes] = b""
    told: ClassVar[tuple[str, ...]] = ()

    def write(self, line: Line) -> None:
        if self.below is not None and self.below.name == "tcp":
            line.put(b": ")
        line.put(self.title)
        for name in self.told:
            value = self[name]
            if value is None or value == "" or value == []:
                continue
            line.put(b", %s " % name.replace("_", " ").encode())
            line.escape(shown(value).encode()[:MOST_SHOWN])
        if self.short:
            raise Truncated


def shown(value: Any) -> str:
    """A value in a line."""
    if isinstance(value, list):
        return " ".join(shown(one) for one in value)
    return str(value).replace("_", " ")
