"""Constrained Application Protocol over UDP (RFC 7252).

tcpdump has no text for it: found where values are asked, printed with -T coap.
"""

from __future__ import annotations

from fyke.layers.cursor import (
    MOST,
    Cursor,
    Form,
    Malformed,
    Tlv,
    nothing,
    option,
    raw,
    text,
    whole_number,
)
from fyke.layers.fields import U8, U16, Bits, Listed, Made, Options
from fyke.layers.summary import Summarised
from fyke.wire import Record, Truncated

PORT = 5683
MARKER = 0xFF  # in front of the payload
TYPES = {0: "confirmable", 1: "non_confirmable", 2: "acknowledgement", 3: "reset"}
CODES = {
    0: "empty", 1: "GET", 2: "POST", 3: "PUT", 4: "DELETE", 5: "FETCH", 6: "PATCH", 7: "iPATCH",
    65: "2.01 Created", 66: "2.02 Deleted", 67: "2.03 Valid", 68: "2.04 Changed",
    69: "2.05 Content", 95: "2.31 Continue", 128: "4.00 Bad Request", 129: "4.01 Unauthorized",
    130: "4.02 Bad Option", 131: "4.03 Forbidden", 132: "4.04 Not Found",
    133: "4.05 Method Not Allowed", 134: "4.06 Not Acceptable",
    136: "4.08 Request Entity Incomplete", 137: "4.09 Conflict", 140: "4.12 Precondition Failed",
    141: "4.13 Request Entity Too Large", 143: "4.15 Unsupported Content-Format",
    150: "4.22 Unprocessable Entity", 157: "4.29 Too Many Requests",
    160: "5.00 Internal Server Error", 161: "5.01 Not Implemented", 162: "5.02 Bad Gateway",
    163: "5.03 Service Unavailable", 164: "5.04 Gateway Timeout",
    165: "5.05 Proxying Not Supported", 168: "5.08 Hop Limit Reached",
}
URI_PATH, URI_QUERY = 11, 15
FORMS = {
    1: Form("if_match", raw), 3: Form("uri_host", text), 4: Form("etag", raw),
    5: Form("if_none_match", nothing), 6: Form("observe", whole_number),
    7: Form("uri_port", whole_number), 8: Form("location_path", text), 9: Form("oscore", raw),
    URI_PATH: Form("uri_path", text), 12: Form("content_format", whole_number),
    14: Form("max_age", whole_number), URI_QUERY: Form("uri_query", text),
    16: Form("hop_limit", whole_number), 17: Form("accept", whole_number),
    19: Form("q_block1", whole_number), 20: Form("location_query", text),
    21: Form("edhoc", nothing), 23: Form("block2", whole_number),
    27: Form("block1", whole_number), 28: Form("size2", whole_number),
    31: Form("q_block2", whole_number), 35: Form("proxy_uri", text), 39: Form("proxy_scheme", text),
    60: Form("size1", whole_number), 252: Form("echo", raw), 258: Form("no_response", whole_number),
    292: Form("request_tag", raw),
}


def read_options(coap: Coap) -> tuple[Options, int]:
    """The options, and where the payload begins; the message's end where it has none."""
    found = Options()
    cursor = Cursor(coap.pkt, coap.off + 4 + coap.token_length, coap.off + coap.size)
    kind = 0
    try:
        while cursor.left and len(found) < MOST:
            start = cursor.at
            first = cursor.u8()
            if first == MARKER:
                return found, cursor.at
            kind += extended(cursor, first >> 4)
            size = extended(cursor, first & 15)
            at = cursor.step(size)
            found.append(option(coap.pkt, Tlv(kind, start, at, size), FORMS.get(kind)))
    except (Malformed, Truncated):
        found.cut = True
    return found, coap.off + coap.size


def extended(cursor: Cursor, four: int) -> int:
    """A number of four bits, or of one or two octets more (RFC 7252 §3.1)."""
    if four == 13:
        return cursor.u8() + 13
    if four == 14:
        return cursor.u16() + 269
    if four == 15:
        raise Malformed("15 is reserved")
    return four


def options_of(coap: Coap) -> Options:
    return read_options(coap)[0]


def token(coap: Coap) -> bytes:
    return coap.pkt.raw(coap.off + 4, min(coap.token_length, 8))


def parts(coap: Coap, kind: int) -> list[str]:
    return [one.value for one in options_of(coap) if one.kind == kind]


def path(coap: Coap) -> str | None:
    """The path of what is asked for; None in an answer."""
    if not 1 <= coap.code < 32:
        return None
    return "/" + "/".join(parts(coap, URI_PATH))


def query(coap: Coap) -> str | None:
    return "&".join(parts(coap, URI_QUERY)) or None


class Coap(Summarised):
    """Four octets, a token, options, and a payload."""

    __slots__ = ()

    name = "coap"
    tag = b"coap"
    title = b"CoAP"
    told = ("type", "code", "message_id", "token", "path", "query")

    version = Bits(0, 1, 0xC0)
    type = Bits(0, 1, 0x30, "of message", names=TYPES)
    token_length = Bits(0, 1, 0x0F, unit="bytes")
    code = U8(1, "method, or class and detail of an answer", names=CODES)
    message_id = U16(2)
    token = Made("bytes", token, "the same in request and answer")
    options = Listed(options_of, "options in the message's order", keyed=True)
    path = Made("text", path, "of what is asked for")
    query = Made("text", query, "of what is asked for")

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        return size >= 4 and pkt.u8(at) >> 6 == 1 and pkt.u8(at) & 15 <= 8

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 2)
        pkt.raw(off + 4, self.token_length)
        at = read_options(self)[1]
        self.payload_off = at
        self.payload_length = max(off + self.size - at, 0)
