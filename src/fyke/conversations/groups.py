"""Room conversations/: flows put together by hosts, by port of the server, or by network."""

from __future__ import annotations

from collections import OrderedDict

from fyke.conversations.flow import Flow
from fyke.errors import UsageError
from fyke.hints import Any

WAYS = "5tuple, hosts, ports or subnet/N"
#: Numbers of an end that are added up.
SUMS = ("packets", "bytes", "payload", "retransmissions", "out_of_order", "duplicate_acks",
        "zero_windows", "lost_segments")


class Sums:
    """What one end of all flows of a group sent: the attributes of ``flow.Side`` added up."""

    __slots__ = SUMS

    def __init__(self) -> None:
        for name in SUMS:
            setattr(self, name, 0)

    def add(self, side: Any) -> None:
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(side, name))


class Group:
    """Flows that have something in common; the attributes are those of a Flow, added up.

    What differs among them (the protocol, the name) is None. ``flows`` is how many they are.
    """

    def __init__(self, client: str | None, server: str | None) -> None:
        self.client = client
        self.server = server
        self.client_port: int | None = None
        self.server_port: int | None = None
        self.flows = 0
        self.start = self.end = 0
        self.fragments = self.fragment_bytes = 0
        self.sent, self.received = Sums(), Sums()
        self.told: dict[str, Any] = {}

    def add(self, flow: Flow, turned: bool) -> None:
        """One more flow; ``turned``: its server is the group's client."""
        first, second = (flow.received, flow.sent) if turned else (flow.sent, flow.received)
        self.sent.add(first)
        self.received.add(second)
        self.start = min(self.start, flow.start) if self.flows else flow.start
        self.end = max(self.end, flow.end) if self.flows else flow.end
        for name in ("protocol", "name", "application"):
            value = getattr(flow, name)
            if self.told.setdefault(name, value) != value:
                self.told[name] = None
        self.fragments += flow.fragments
        self.fragment_bytes += flow.fragment_bytes
        self.flows += 1

    @property
    def protocol(self) -> str | None:
        return self.told.get("protocol")

    @property
    def name(self) -> str | None:
        return self.told.get("name")

    @property
    def application(self) -> str | None:
        return self.told.get("application")

    @property
    def packets(self) -> int:
        return self.sent.packets + self.received.packets  # type: ignore[attr-defined,no-any-return]

    @property
    def bytes(self) -> int:
        return self.sent.bytes + self.received.bytes  # type: ignore[attr-defined,no-any-return]

    @property
    def duration(self) -> int:
        """Nanoseconds between the first and the last packet."""
        return self.end - self.start

    def to_dict(self) -> dict[str, Any]:
        """All its fields by name, for JSON."""
        from fyke.conversations.flow_columns import to_dict
        return to_dict(self)

    def __repr__(self) -> str:
        return (f"<fyke.Group {self.client} > {self.server} {self.flows} flows "
                f"{self.packets} packets {self.bytes} bytes>")


class Groups:
    """Puts flows into groups: ``by`` is one of WAYS. At most ``capacity`` groups are held.

    When there are more, the one that was begun first leaves, into ``ended``; ``evicted`` counts.
    Raises UsageError for what is no way.
    """

    def __init__(self, by: str, capacity: int) -> None:
        self.bits = 0
        way, slash, bits = by.partition("/")
        if way == "subnet" and slash and bits.isdecimal() and 0 <= int(bits) <= 32:
            self.bits = int(bits)
        elif by not in ("hosts", "ports"):
            raise UsageError(f"by takes {WAYS} (N from 0 to 32, bits of an IPv4 address; IPv6 "
                             f"takes twice as many), not {by!r}")
        self.way = way
        self.capacity = capacity
        self.held: OrderedDict[Any, Group] = OrderedDict()  # a dict is slow to find its first
        self.ended: list[Group] = []
        self.evicted = 0

    def add(self, flow: Flow) -> None:
        """Put a flow into its group."""
        if self.way == "ports":
            self.take(("ports", flow.protocol, flow.server_port), None, None, flow,
                      flow.server_port)
            return
        client, server = flow.client, flow.server
        if self.way == "subnet":
            client, server = self.network(client), self.network(server)
        self.take((client, server), client, server, flow, None)

    def take(self, key: tuple[Any, ...], client: str | None, server: str | None, flow: Flow,
             port: int | None) -> None:
        turned = False
        group = self.held.get(key)
        if group is None and client != server:
            group = self.held.get((server, client))
            turned = group is not None
        if group is None:
            if len(self.held) >= self.capacity:
                self.evicted += 1
                self.ended.append(self.held.popitem(last=False)[1])
            group = self.held[key] = Group(client, server)
            group.server_port = port
        group.add(flow, turned)

    def network(self, address: str) -> str:
        """The network that an address is in."""
        from ipaddress import ip_network
        bits = 2 * self.bits if ":" in address else self.bits
        return str(ip_network(f"{address}/{bits}", strict=False))

    def finish(self) -> None:
        """All groups are at their end."""
        self.ended += self.held.values()
        self.held.clear()
