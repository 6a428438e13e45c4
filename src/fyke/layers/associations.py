"""What the text of one packet owes to earlier ones: TCP's first numbers, RPC's calls, QUIC's ids.

One object serves one run of a printer. A packet alone (the library) has none, and its text then
says what the packet itself knows.
"""

from __future__ import annotations

from fyke.hints import Any, Callable
from fyke.layers.transport.flows import Flows
from fyke.wire import Line


class Associations:
    """The memory of one run; each protocol bounds its own part."""

    __slots__ = ("flows", "kept")

    flows: Flows | None  #: TCP conversations, made when the first is met: they are large

    def __init__(self, flows: Flows | None = None, kept: dict[str, Any] | None = None) -> None:
        self.flows = flows
        self.kept: dict[str, Any] = {} if kept is None else kept

    def of(self, protocol: str, make: Callable[[], Any]) -> Any:
        """What a protocol keeps; ``make`` makes it when it is first asked for."""
        found = self.kept.get(protocol)
        if found is None:
            found = self.kept[protocol] = make()
        return found

    def conversations(self) -> Flows:
        """The table of TCP conversations."""
        if self.flows is None:
            self.flows = Flows()
        return self.flows


def associations_of(line: Line) -> Associations:
    """The memory of the run whose text this line is."""
    found: Associations | None = line.associations
    if found is None:
        found = line.associations = Associations()
    return found
