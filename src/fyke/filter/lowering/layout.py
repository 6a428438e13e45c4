"""Where the headers of a packet begin, at one point of an expression.

A word such as ``vlan`` or ``pppoes`` changes the layout for all that follows it; layouts are
immutable, so such a word makes a new one. Offsets are 32-bit numbers that wrap, as the machine's.
"""

from __future__ import annotations

from fyke.hints import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Literal

    from fyke.filter.links.link import Link

    #: Names of the offsets of a layout.
    Movable = Literal["header", "outer_header", "type", "payload"]
else:
    Movable = str

#: The offset of what a link type has not, or nobody knows where (libpcap's OFFSET_NOT_SET).
NOWHERE = 0xFFFFFFFF


class Offset(NamedTuple):
    """Octets from the start of the packet: a constant, and perhaps a run-time part.

    The run-time part is in a scratch register, whose number is None until someone needs it.
    """

    constant: int = 0
    variable: bool = False
    register: int | None = None


class Layout(NamedTuple):
    """What the offsets of a test are counted from."""

    link: Link  #: the link layer that tests are about now
    outer: Link  #: the one around it, if any, else the same
    header: Offset  #: the link-layer header
    outer_header: Offset  #: that of the link layer around
    type: Offset  #: the field that says which protocol is inside
    payload: Offset  #: what follows the link-layer header
    network: int  #: from the payload to the network header
    network_no_snap: int  #: the same, behind 802.2 LLC without SNAP
    labels: int = 0  #: how many MPLS labels were passed
    tags: int = 0  #: how many VLAN tags were passed
    tunnelled: bool = False  #: inside VXLAN or Geneve
    scope: Any = None  #: dialect fyke: what walks over the headers find (scopes.Scope)

    def offset(self, name: Movable) -> Offset:
        """The offset of that name."""
        offset: Offset = getattr(self, name)
        return offset

    def with_offset(self, name: Movable, offset: Offset) -> Layout:
        """The same layout but for one offset."""
        change: dict[str, Any] = {name: offset}
        return self._replace(**change)


class Start(NamedTuple):
    """A link type's own offsets, from which the first layout is made."""

    type: int = NOWHERE
    payload: int = NOWHERE
    network: int = 0
    network_no_snap: int = 0
    header: int = 0
    variable_header: bool = False
    variable_payload: bool = False

    def layout(self, link: Link) -> Layout:
        """The layout before any word of the expression is read."""
        header = Offset(self.header, self.variable_header)
        return Layout(
            link=link, outer=link, header=header, outer_header=header, type=Offset(self.type),
            payload=Offset(self.payload, self.variable_payload),
            network=self.network, network_no_snap=self.network_no_snap)
