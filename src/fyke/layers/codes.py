"""Fields that are lists of numbers with names, or of plain text."""

from __future__ import annotations

from fyke.hints import Any, Callable
from fyke.layers.fields import Made


class Codes(Made):
    """A list of codes: numbers as an attribute, their names as ``layer["x"]``."""

    __slots__ = ()

    def __init__(self, make: Callable[[Any], Any], words: str = "", *, names: Any = None) -> None:
        Made.__init__(self, "list", make, words, names=names)

    def said(self, value: Any) -> Any:
        if value is None or self.names is None:
            return value
        return [self.names.get(one, one) for one in value]
