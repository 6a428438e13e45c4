"""Where live packets come from: which tap, and the interfaces' names in its network namespace."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fyke.files.reader import printable


class Names(dict[int, bytes]):
    """The names of a namespace's interfaces by index, asked for when first needed."""

    def __init__(self, lookup: Callable[[int], str | None]) -> None:
        self.lookup = lookup

    def __contains__(self, index: object) -> bool:
        return True

    def __missing__(self, index: int) -> bytes:
        name = self.lookup(index)
        self[index] = b"?" if name is None else printable(name).encode("ascii", "backslashreplace")
        return self[index]


def of_this_machine() -> Names:
    """The names that interfaces have here and now, as tcpdump prints them even for files."""
    from _socket import if_nameindex
    try:
        return Names(dict(if_nameindex()).get)
    except OSError:
        return Names(lambda index: None)


class Origins:
    """For each tap what stands in front of its packets, and the names of its interfaces.

    ``lookups`` are from index to name, one for each tap. ``labels`` is empty for one tap alone:
    then a packet's ``interface`` is no number of a tap.
    """

    def __init__(self, lookups: Sequence[Callable[[int], str | None]],
                 labels: Sequence[str] = ()) -> None:
        self.names = [Names(lookup) for lookup in lookups]
        self.labels = [b"%-5s " % printable(label).encode("utf-8", "backslashreplace")
                       for label in labels]

    def label(self, interface: int) -> bytes:
        """What stands in front of a packet of this tap."""
        return self.labels[interface] if self.labels else b""

    def interfaces(self, interface: int) -> Names:
        """The names of the interfaces that this tap hears."""
        return self.names[interface if self.labels else 0]
