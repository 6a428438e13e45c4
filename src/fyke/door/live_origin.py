"""Room door/: what a live capture says beside its packets, for a pcapng file of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fyke.files.origin import Mark, Origin
from fyke.files.pcapng_options import Interface, Section
from fyke.live.interfaces import ANY

if TYPE_CHECKING:
    from fyke.live.tap import Tap
    from fyke.wire import Record


class LiveOrigin(Origin):
    """This host and the interfaces that packets came from, as ``fyke dump -w`` tells them."""

    __slots__ = ("everywhere", "expression", "places", "snaplen", "told")

    everywhere: bool  #: a tap on all interfaces: packets have the kernel's index of theirs

    def __init__(self, tap: Tap, expression: str) -> None:
        self.expression = expression
        self.snaplen = tap.snaplen
        self.interfaces = []
        self.at_first = 0
        self.items = []
        self.left_out = 0
        self.mark = Mark(self, 0)
        self.told: Section | None = None
        self.places: dict[tuple[int, int], int] = {}
        self.everywhere = tap.name == ANY
        if not self.everywhere:
            self.add(tap.name, tap.link_type)

    @property
    def section(self) -> Section:  # type: ignore[override]
        """This host; asked for when a file is written, as it reads /proc."""
        if self.told is None:
            from fyke.files.provenance import this_host
            self.told = this_host()
        return self.told

    def add(self, name: str, link_type: int) -> None:
        """One more interface."""
        from fyke.files.provenance import system
        self.interfaces.append(Interface(link_type, self.snaplen, name=name,
                                         filter=self.expression, os=system()))

    def meet(self, index: int, link_type: int, tap: Tap) -> None:
        """A packet came by the interface with this index: its name is known as long as it is there.
        """
        key = index, link_type
        if key not in self.places:
            self.places[key] = len(self.interfaces)
            self.add(tap.interface_name(index) or f"#{index}", link_type)

    def described(self, packet: Record) -> int:
        if self.everywhere:
            return self.places.get((packet.interface, packet.link_type), -1)
        return 0
