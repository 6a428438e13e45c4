"""Room conversations/: the fields of a flow, by name: what tables, JSON and Parquet show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from fyke.hints import Any, NamedTuple


class Column(NamedTuple):
    """One field of a flow, or of a group of flows."""

    name: str
    kind: str  #: "text", "number", "yes or no"
    meaning: str
    path: str  #: the attribute of the flow
    grouped: bool  #: groups have it, too

    def getter(self) -> Callable[[Any], Any]:
        """What gives the value of a flow or a group; None where it is not known."""
        return attrgetter(self.path)


def column(name: str, kind: str, meaning: str, path: str = "", *, grouped: bool = True) -> Column:
    """A field that is the attribute of its name, or another."""
    return Column(name, kind, meaning, path or name, grouped)


def of_side(side: str, attribute: str, meaning: str) -> Column:
    """A number of one end: "sent" is the client's, "received" the server's."""
    who = "client" if side == "sent" else "server"
    return Column(f"{who}_{attribute}", "number", meaning.format(who), f"{side}.{attribute}",
                  attribute not in ("mss", "window_scale"))


#: What is told of each end.
OF_SIDES = {
    "packets": "packets that the {} sent",
    "bytes": "bytes of these on the wire, whole frames",
    "payload": "bytes of these above TCP or UDP",
    "retransmissions": "segments that the {} sent again",
    "out_of_order": "segments of the {} that came in another order",
    "duplicate_acks": "acknowledgements that the {} repeated",
    "zero_windows": "times that the {} had no room",
    "lost_segments": "holes in front of segments of the {}: lost, or not captured",
    "mss": "maximum segment size that the {} announced",
    "window_scale": "window scale that the {} announced",
}

COLUMNS = {one.name: one for one in (
    column("number", "number", "counted from 0, in order of the first packets", grouped=False),
    column("protocol", "text", "tcp, udp, icmp …"),
    column("client", "text", "address of who opened"),
    column("client_port", "number", "its port"),
    column("server", "text", "the other address"),
    column("server_port", "number", "its port"),
    column("name", "text", "the server's name, as TLS or a DNS answer said it"),
    column("application", "text", "by the first bytes of the payload, else by port"),
    column("opened_by", "text", "how it is known who opened: syn, syn-ack, port, first",
          grouped=False),
    column("state", "text", "of TCP opening, answered, open, closing, closed, reset; else one-way, "
                           "both-ways", grouped=False),
    column("flows", "number", "flows in the group"),
    column("start", "number", "time of the first packet, nanoseconds since 1970"),
    column("end", "number", "time of the last packet"),
    column("duration", "number", "nanoseconds between the two"),
    column("packets", "number", "packets both ways"),
    column("bytes", "number", "bytes both ways, whole frames"),
    column("handshake", "number", "nanoseconds from SYN to the ACK of the SYN-ACK",
           grouped=False),
    *(of_side(side, attribute, meaning) for attribute, meaning in OF_SIDES.items()
      for side in ("sent", "received")),
    column("vlan", "number", "number of the outermost VLAN", grouped=False),
    column("tunnel", "text", "what carries it: ipip, gre, vxlan, geneve, other", "tunnel",
           grouped=False),
    column("fragments", "number", "frames with fragments, beside those counted as packets"),
    column("fragment_bytes", "number", "bytes of these"),
    column("continued", "yes or no", "the active time-out ended an earlier part", grouped=False),
    column("ended_by", "text", "end (of the packets), idle, active, memory, reused",
          grouped=False),
)}

OF_FLOWS = tuple(name for name in COLUMNS if name != "flows")
OF_GROUPS = tuple(name for name, one in COLUMNS.items() if one.grouped)


def values_of(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of these columns of a flow or a group."""
    paths = [COLUMNS[name].path for name in names]
    if len(paths) == 1:
        only = attrgetter(paths[0])
        return lambda flow: (only(flow),)
    return attrgetter(*paths)


def to_dict(flow: Any) -> dict[str, Any]:
    """The fields of a flow or a group by name, for JSON."""
    names = OF_GROUPS if hasattr(flow, "flows") else OF_FLOWS
    return dict(zip(names, values_of(names)(flow), strict=True))
