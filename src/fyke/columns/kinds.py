"""Room columns/: the types that a column can have, as Arrow names them, and how each is kept."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple

#: How a column's values lie in memory.
FIXED, BITS, OCTETS, BLOCKS, WORDS, LISTS, OBJECTS = range(7)


class Kind(NamedTuple):
    """A type of column.

    ``width``: octets of a value (of a block, of a code). ``child``: the type of a list's members.
    """

    name: str  #: as ``fyke.schema`` and the manual call it
    format: str  #: Arrow's format string
    form: int  #: FIXED …
    width: int = 0
    child: Any = None
    text: bool = False  #: its octets are UTF-8

    @property
    def signed(self) -> bool:
        """Whether its numbers may be below zero."""
        return self.form == FIXED and self.format in ("c", "s", "i", "l", "tsn:UTC")


#: Numbers, by the name that a field gives its type; 24 and 48 bits take the next larger.
NUMBERS = {
    "u8": Kind("u8", "C", FIXED, 1), "u16": Kind("u16", "S", FIXED, 2),
    "u32": Kind("u32", "I", FIXED, 4), "u64": Kind("u64", "L", FIXED, 8),
    "i8": Kind("i8", "c", FIXED, 1), "i16": Kind("i16", "s", FIXED, 2),
    "i32": Kind("i32", "i", FIXED, 4), "i64": Kind("i64", "l", FIXED, 8),
    "float": Kind("float", "g", FIXED, 8), "time": Kind("timestamp[ns, UTC]", "tsn:UTC", FIXED, 8),
}
NUMBERS["u24"] = NUMBERS["u32"]
NUMBERS["u48"] = NUMBERS["u64"]
BOOL = Kind("bool", "b", BITS, 1)
TEXT = Kind("text", "u", OCTETS, text=True)
BINARY = Kind("binary", "z", OCTETS)
WORD = Kind("dictionary of text", "i", WORDS, 4, text=True)
BLOCK = {size: Kind(f"binary[{size}]", f"w:{size}", BLOCKS, size) for size in (4, 6, 16)}
#: Whatever Python has: for rows and tables of text, never for Arrow.
OBJECT = Kind("object", "", OBJECTS)
TEXTS = Kind("list of text", "+l", LISTS, child=TEXT)


def list_of(child: Kind) -> Kind:
    """The type of lists of a type."""
    return Kind(f"list of {child.name}", "+l", LISTS, child=child)
