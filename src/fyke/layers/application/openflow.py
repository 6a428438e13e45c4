"""OpenFlow between switches and controllers; tcpdump: print-openflow.c."""

from __future__ import annotations

from fyke.layers.application.openflow10 import MESSAGES as MESSAGES_10
from fyke.layers.application.openflow13 import MESSAGES as MESSAGES_13
from fyke.layers.application.openflow_body import (
    HEADER_LENGTH,
    Body,
    Message,
    write_guarded,
)
from fyke.layers.application.openflow_names import MESSAGES_10 as NAMES_10
from fyke.layers.application.openflow_names import MESSAGES_13 as NAMES_13
from fyke.layers.application.openflow_names import VERSIONS
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record

#: Names and writers by version: the versions of which the types are known.
KNOWN = {1: (NAMES_10, MESSAGES_10), 4: (NAMES_13, MESSAGES_13)}
NO_RULE = Message(None, exact=False)


class OpenFlow(Layer):
    """Messages, one after the other; the attributes are the first one's."""

    __slots__ = ("message_length", "transaction", "type", "version")

    version: int  #: 1 is 1.0, 4 is 1.3
    type: int
    message_length: int  #: octets, header included
    transaction: int

    name = "openflow"
    tag = b"openflow"
    fields = ("version", "type", "message_length", "transaction")

    def clear(self) -> None:
        self.version = self.type = self.message_length = self.transaction = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.version = pkt.u8(off)
        self.type = pkt.u8(off + 1)
        self.message_length = pkt.u16(off + 2)
        self.transaction = pkt.u32(off + 4)

    def write(self, line: Line) -> None:
        line.put(b": OpenFlow")
        body = Body(line, self.pkt, self.off, self.size)
        while body.left > 0:
            if not write_message(body):
                return


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
    if rule.exact:
        body.exactly(b"message length", body.left, rule.least)
    else:
        body.at_least(b"message length", body.left, rule.least)
    if rule.write is None or not body.line.style.verbose:
        body.pad(body.left)
    else:
        rule.write(body)
