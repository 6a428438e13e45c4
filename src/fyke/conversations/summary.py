"""A stream in a line: both ends, how long, how much, what it was about."""

from __future__ import annotations

from fyke.conversations.http import BEGINS_ANSWER, BEGINS_REQUEST
from fyke.errors import FykeError
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.conversations.streams import Stream

WIDTHS = (8, 23, 23, 12, 8, 11, 11, 9, 7)
NAMES = ("stream", "client", "server", "seconds", "packets", "from client", "from server",
         "missing", "state")
COLUMNS = "  ".join(f"{name:{width}}" if number in (0, 1, 2, 8) else f"{name:>{width}}"
                    for number, (name, width) in enumerate(zip(NAMES, WIDTHS, strict=True))
                    ) + "  about\n"
LONGEST = 100  # characters about what was said
PORTS = {21: "FTP", 22: "SSH", 25: "SMTP", 53: "DNS", 67: "DHCP", 69: "TFTP", 110: "POP3",
         123: "NTP", 143: "IMAP", 587: "SMTP", 5353: "mDNS"}


def line_of(one: Stream) -> str:
    """The row of the list, with a newline; escaped."""
    client, server = one.counts("client"), one.counts("server")
    seconds = (one.end - one.start) / 1e9
    cells = (f"{one.protocol}:{one.number}" + (f".{one.part}" if one.part else ""),
             str(one.client), str(one.server), f"{seconds:.6f}",
             client.packets + server.packets, client.bytes, server.bytes,
             client.missing + server.missing, one.state)
    return "  ".join(f"{cell:{width}}" if isinstance(cell, str) and number != 3
                     else f"{cell:>{width}}" for number, (cell, width)
                     in enumerate(zip(cells, WIDTHS, strict=True))) + f"  {about(one)}".rstrip(
                     ) + "\n"


def about(one: Stream) -> str:
    """What can be said of its first bytes: TLS's server name, HTTP's request, DNS's question."""
    try:
        return clean(guess(one))[:LONGEST]
    except FykeError:
        return ""


def guess(one: Stream) -> str:
    tls = one.tls
    if tls is not None:
        return " ".join(filter(None, ("TLS", tls.server_name)))
    for side in ("client", "server"):
        data = one.data(side)[:4096]
        request = BEGINS_REQUEST.match(data)
        if request is not None:
            words = data.split(b" ", 2)
            host = next((line[5:].strip() for line in data.split(b"\n")[1:40]
                         if line[:5].lower() == b"host:"), b"")
            return "HTTP " + (words[0] + b" " + host + words[1]).decode("latin-1")
        if BEGINS_ANSWER.match(data):
            return "HTTP"
    ports = (one.server.port, one.client.port)
    if 53 in ports or 5353 in ports:
        for message in one.messages[:1]:
            questions = message.to_dict().get("questions") or []
            if questions:
                return f"DNS {questions[0]['type']} {questions[0]['name']}"
    return next((PORTS[port] for port in ports if port in PORTS), "")


def clean(text: str) -> str:
    """Text from a packet, harmless to a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)
