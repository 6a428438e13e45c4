"""What a filter is compiled for."""

from __future__ import annotations

from fyke.hints import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fyke.filter.resolver import Resolver


class Options(NamedTuple):
    """The circumstances that change what an expression means."""

    link_type: int = 1  #: LINKTYPE number
    snaplen: int = 262144  #: what a matching packet returns
    netmask: int | None = None  #: of the capturing interface, host byte order; None: unknown
    linux_extensions: bool = False  #: a live Linux capture, so ancillary loads may be used
    savefile: str | None = None  #: None (live), "unswapped" or "swapped" (the other byte order)
    resolver: Resolver | None = None  #: None: the system's names
    dialect: str = "pcap"  #: or "fyke"
