"""A stream in a line: both ends, how long, how much, what it was about."""

from __future__ import annotations

from fyke.conversations.http import BEGINS_ANSWER, BEGINS_REQUEST
from fyke.conversations.names import server_name
from fyke.conversations.streams import BYTES, MISSING, PACKETS
from fyke.errors import FykeError
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.conversations.streams import Stream

#: Columns: name, width (negative: begins at the left), how the value is written.
FIELDS = (("stream", -8, "s"), ("client", -23, "s"), ("server", -23, "s"), ("seconds", 12, ".6f"),
          ("packets", 8, "d"), ("from client", 11, "d"), ("from server", 11, "d"),
          ("missing", 9, "d"), ("state", -7, "s"))
COLUMNS = "  ".join(f"%{width}s" % name for name, width, _ in FIELDS) + "  about\n"
ROW = "  ".join(f"%{width}{form}" for _, width, form in FIELDS)
HEAD = 4096  # bytes of each side that are looked at
LONGEST = 100  # characters about what was said
HANDSHAKE, CLIENT_HELLO = b"\x16\3", b"\1"  # how a stream of TLS begins (RFC 8446 §5.1, §4)
DNS_PORTS = (53, 5353)
PORTS = {21: "FTP", 22: "SSH", 25: "SMTP", 53: "DNS", 67: "DHCP", 69: "TFTP", 110: "POP3",
         123: "NTP", 143: "IMAP", 587: "SMTP", 5353: "mDNS"}


def line_of(one: Stream) -> str:
    """The row of the list, with a newline; escaped."""
    client, server = one.client, one.server
    sent, received = one.numbers("client"), one.numbers("server")
    row = ROW % (f"{one.protocol}:{one.number}" + (f".{one.part}" if one.part else ""),
                 client, server, (one.end - one.start) / 1e9, sent[PACKETS] + received[PACKETS],
                 sent[BYTES], received[BYTES], sent[MISSING] + received[MISSING], one.state)
    return f"{row}  {about(one, client.port, server.port)}".rstrip(" ") + "\n"


def about(one: Stream, client: int, server: int) -> str:
    """What can be said of its first bytes: TLS's server name, HTTP's request, DNS's question."""
    try:
        return clean(guess(one, client, server))[:LONGEST]
    except FykeError:
        return ""


def guess(one: Stream, client: int, server: int) -> str:
    """What it is about, by what was said or else by the ports of both ends."""
    if one.segments:
        heads = one.data("client")[:HEAD], one.data("server")[:HEAD]
        if one.protocol == "tcp" and (heads[0].startswith(HANDSHAKE)
                                      or heads[1].startswith(HANDSHAKE)):
            return f"TLS {tls_name(one, heads[0])}".rstrip()
        for data in heads:
            request = BEGINS_REQUEST.match(data)
            if request is not None:
                words = data.split(b" ", 2)
                host = next((line[5:].strip() for line in data.split(b"\n")[1:40]
                             if line[:5].lower() == b"host:"), b"")
                return "HTTP " + (words[0] + b" " + host + words[1]).decode("latin-1")
            if BEGINS_ANSWER.match(data):
                return "HTTP"
        if client in DNS_PORTS or server in DNS_PORTS:
            for message in one.messages[:1]:
                questions = message.to_dict().get("questions") or []
                if questions:
                    return f"DNS {questions[0]['type']} {questions[0]['name']}"
    return PORTS.get(server) or PORTS.get(client) or ""


def tls_name(one: Stream, head: bytes) -> str:
    """The server that a ClientHello asks for; one cut into several records is decoded."""
    if head[5:6] != CLIENT_HELLO:
        return ""
    name, _ = server_name(head)
    return name or (one.tls and one.tls.server_name) or ""


def clean(text: str) -> str:
    """Text from a packet, harmless to a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)
