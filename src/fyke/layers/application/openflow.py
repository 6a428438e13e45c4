"""OpenFlow between switches and controllers; tcpdump: print-openflow.c."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.application.openflow10 import MESSAGES as MESSAGES_10
from fyke.layers.application.openflow13 import MESSAGES as MESSAGES_13
from fyke.layers.application.openflow_body import (
    HEADER_LENGTH,
    Body,
    Message,
    Wrong,
    write_guarded,
)
from fyke.layers.application.openflow_names import MESSAGES_10 as NAMES_10
from fyke.layers.application.openflow_names import MESSAGES_13 as NAMES_13
from fyke.layers.application.openflow_names import VERSIONS
from fyke.layers.application.openflow_values import body
from fyke.layers.cursor import MOST
from fyke.layers.fields import U8, U16, U32, Listed, Made, Options
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

#: Names and writers by version: the versions of which the types are known.
KNOWN = {1: (NAMES_10, MESSAGES_10), 4: (NAMES_13, MESSAGES_13)}
ETHERNET = 1  # LINKTYPE
PACKET_IN, PACKET_OUT = 10, 13  # types of messages
NO_RULE = Message(None, exact=False)


class FlowMessage(NamedTuple):
    """A message; of its body the parts by name (openflow_values.py)."""

    version: int
    type: int
    name: str
    length: int
    transaction: int
    body: Any = None


def type_name(version: int, kind: int) -> str:
    names = KNOWN.get(version, ((), ()))[0]
    return names[kind].decode().lower() if kind < len(names) else f"unknown_{kind}"


def messages_of(flow: OpenFlow) -> Options:
    """Every message; ``cut`` if the last goes on behind the segment."""
    found = headers_of(flow)
    at = flow.off
    for place, one in enumerate(found):
        found[place] = one._replace(body=body(flow.pkt, at, one.version, one.type, one.length))
        at += one.length
    return found


def headers_of(flow: OpenFlow) -> Options:
    """The messages without their bodies."""
    found, pkt = Options(), flow.pkt
    at, stop = flow.off, flow.off + flow.size
    try:
        while at < stop and len(found) < MOST:
            version, kind, size = pkt.u8(at), pkt.u8(at + 1), pkt.u16(at + 2)
            if size < HEADER_LENGTH:
                raise Truncated
            found.append(FlowMessage(version, kind, type_name(version, kind), size,
                                     pkt.u32(at + 4)))
            at += size
        found.cut = at > stop
    except Truncated:
        found.cut = True
    return found


def frame_of(flow: OpenFlow) -> tuple[int, int] | None:
    """Where the first frame is that a message carries, and its octets."""
    pkt, at = flow.pkt, flow.off
    for one in headers_of(flow):
        start = 0
        try:
            if one.version == 1 and one.type == PACKET_IN:
                start = 18
            elif one.version == 1 and one.type == PACKET_OUT:
                start = 16 + pkt.u16(at + 14)
            elif one.version == 4 and one.type == PACKET_IN:
                start = 24 + (pkt.u16(at + 26) + 7) // 8 * 8 + 2
        except Truncated:
            return None
        if start and start < one.length:
            return at + start, min(one.length - start, flow.off + flow.size - at - start)
        at += one.length
    return None


class OpenFlow(Layer):
    """Messages, one after the other; the attributes are the first one's."""

    __slots__ = ()

    name = "openflow"
    tag = b"openflow"

    version = U8(0, "1 is 1.0, 4 is 1.3", names=as_text(VERSIONS))
    type = U8(1, "of the first message, as its version numbers it")
    message = Made("text", lambda flow: type_name(flow.version, flow.type), "the type in words")
    message_length = U16(2, "header included", unit="bytes")
    transaction = U32(4, "the same in request and reply")
    messages = Listed(messages_of, "every message of the segment")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 4)
        place = frame_of(self)
        if place is not None:
            self.payload_off, self.payload_length = place
            self.next = table("link_type").find(ETHERNET)

    def write(self, line: Line) -> None:
        line.put(b": OpenFlow")
        body = Body(line, self.pkt, self.off, self.size)
        while body.left > 0:
            if not write_message(body):
                break
        line.stop()  # a frame was written in its message


def write_message(body: Body) -> bool:
    """One message; whether another may follow."""
    line = body.line
    version = body.u8()
    line.put(b"\n\tversion " + named(VERSIONS, version, b"unknown (0x%02x)"))
    if body.left < 1:
        return is_partial(body)
    kind = body.u8()
    names, messages = KNOWN.get(version, ((), ()))
    line.put(b", type " + (names[kind] if kind < len(names) else b"unknown (0x%02x)" % kind))
    if body.left < 2:
        return is_partial(body)
    size = body.u16()
    line.put(b", length %d" % size)
    if size < HEADER_LENGTH:
        line.put(b" (too short!)")
    if body.left < 4:
        return is_partial(body)
    line.put(b", xid 0x%08x" % body.u32())
    if size < HEADER_LENGTH:
        line.put(INVALID)
        body.pad(body.left)
        return False
    size -= HEADER_LENGTH
    rule = messages[kind] if kind < len(messages) else NO_RULE
    write_guarded(lambda part: write_body(part, rule), body.part(size))
    body.skip(size)
    return True


def is_partial(body: Body) -> bool:
    """The segment ends inside a header: nothing follows."""
    body.line.put(b" (end of TCP payload)")
    body.pad(body.left)
    return False


def write_body(body: Body, rule: Message) -> None:
    if body.left < rule.least or (rule.exact and body.left != rule.least):
        raise Wrong(b"")
    if rule.write is None or not body.line.style.verbose:
        body.pad(body.left)
    else:
        rule.write(body)
