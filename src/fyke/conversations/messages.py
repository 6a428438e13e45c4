"""What was said in a stream, message by message: HTTP/1, DNS."""

from __future__ import annotations

from fyke.conversations.http import HttpMessage, http_messages, is_http
from fyke.hints import TYPE_CHECKING, Any
from fyke.layers.application.dns import Dns
from fyke.wire import Record

if TYPE_CHECKING:
    from fyke.conversations.streams import Stream

DNS_PORTS = (53, 5353, 5355)
MOST_MESSAGES = 100_000  # of one stream


class DnsMessage:
    """A query or an answer: ``dns`` is the layer; ``side`` and ``time`` who said it when."""

    kind = "dns"

    def __init__(self, side: str, time: int, data: bytes) -> None:
        self.side = side
        self.time = time
        self.data = data
        self.dns = Dns()
        self.dns.at(Record(data), 0, len(data)).decode()

    def __repr__(self) -> str:
        return f"<DnsMessage {self.side} {len(self.data)} bytes>"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"kind": "dns", "side": self.side, "time": self.time, **self.dns.to_dict()}


Message = HttpMessage | DnsMessage


def messages(stream: Stream) -> list[Message]:
    """The messages in order of time; none where it is neither HTTP/1 nor DNS."""
    if stream.client.port in DNS_PORTS or stream.server.port in DNS_PORTS:
        return list(dns_datagrams(stream) if stream.protocol == "udp" else dns_over_tcp(stream))
    return list(http_messages(stream)) if is_http(stream) else []


def dns_datagrams(stream: Stream) -> list[DnsMessage]:
    return [DnsMessage(one.side, one.time, one.data)
            for one in stream.segments[:MOST_MESSAGES] if one.data]


def dns_over_tcp(stream: Stream) -> list[DnsMessage]:
    """Each behind its length (RFC 1035 §4.2.2); a gap ends a side: lengths cannot be found again.
    """
    found: list[DnsMessage] = []
    for side in ("client", "server"):
        starts = [(one.offset, one.time) for one in stream.segments if one.side == side]
        runs = stream.runs(side)
        if not runs or runs[0][0]:
            continue
        data = runs[0][1]
        at = index = 0
        while at + 2 <= len(data) and len(found) < MOST_MESSAGES:
            end = at + 2 + int.from_bytes(data[at:at + 2], "big")
            while index + 1 < len(starts) and starts[index + 1][0] <= at:
                index += 1
            if end > len(data):
                break
            found.append(DnsMessage(side, starts[index][1], data[at + 2:end]))
            at = end
    return sorted(found, key=lambda one: one.time)
