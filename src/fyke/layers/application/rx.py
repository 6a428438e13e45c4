"""Rx, the remote procedure calls of AFS, and the calls in it; tcpdump: print-rx.c.

OpenAFS: src/rx/rx_packet.h, rx.h, and the protocol's description in doc/. A reply does not say
what was asked; the calls of a run are remembered.
"""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.application.afs_services import FILE_ERRORS, FILES, SERVICES, UBIK, VOTE, Service
from fyke.layers.application.afs_values import Cursor, Short, date, sint, uint, write_parts
from fyke.layers.application.calls import recall, remember
from fyke.layers.fields import U8, U16, U32
from fyke.layers.layer import Layer
from fyke.layers.words import named
from fyke.wire import Line, Record

HEADER_LENGTH, ACK_LENGTH = 28, 18
DATA, ACK, ABORT = 1, 2, 4
TYPE_NAMES = {
    DATA: b"data", ACK: b"ack", 3: b"busy", ABORT: b"abort", 5: b"ackall", 6: b"challenge",
    7: b"response", 8: b"debug", 9: b"params", 13: b"version",
}
CLIENT_INITIATED = 1
#: Bit, the only type of packet that has it (0: any), name.
FLAG_NAMES = (
    (CLIENT_INITIATED, 0, b"<client-init>"), (2, 0, b"<req-ack>"), (4, 0, b"<last-pckt>"),
    (8, 0, b"<more-pckts>"), (16, 0, b"<free-pckt>"), (32, ACK, b"<slow-start>"),
    (32, DATA, b"<jumbogram>"),
)
REASON_NAMES = {
    1: b"ack requested", 2: b"duplicate packet", 3: b"out of sequence", 4: b"exceeds window",
    5: b"no buffer space", 6: b"ping", 7: b"ping response", 8: b"delay", 9: b"idle",
}
NOT_RECEIVED, RECEIVED = 0, 1  # in the list of an acknowledgment
PADDING = 3  # octets after that list


class Rx(Layer):
    """A packet of a call: its header, 28 octets."""

    __slots__ = ()

    name = "rx"
    tag = b"rx"

    epoch = U32(0, "when the client began", unit="s")
    connection = U32(4)
    call = U32(8, "number of the call on its connection")
    sequence = U32(12, "number of the packet in its call")
    serial = U32(16, "number of the packet on its connection")
    type = U8(20)
    flags = U8(21)
    user_status = U8(22)
    security_index = U8(23, "which kind of authentication")
    service = U16(26, "identifier of the service that is called")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 26)

    def write(self, line: Line) -> None:
        if self.short:
            line.put(b" [|rx] (%d)" % self.size)
            return
        line.put(b" rx " + named(TYPE_NAMES, self.type, b"type %d"))
        if line.style.verbose:
            self.write_numbers(line)
        first = self.type == DATA and self.sequence == 1  # others go on with what came before
        if first and self.flags & CLIENT_INITIATED:
            self.write_call(line)
        elif (first or self.type == ABORT) and not self.flags & CLIENT_INITIATED:
            self.write_reply(line)
        elif self.type == ACK and self.size >= HEADER_LENGTH:
            write_acknowledgment(line, self.pkt, self.off + HEADER_LENGTH)
        line.put(b" (%d)" % self.size)

    def write_numbers(self, line: Line) -> None:
        if line.style.verbose > 1:
            line.put(b" cid %08x call# %d" % (self.connection, self.call))
        line.put(b" seq %d ser %d" % (self.sequence, self.serial))
        if line.style.verbose > 2:
            line.put(b" secindex %d serviceid %d" % (self.security_index, self.service))
        names = b",".join(name for bit, kind, name in FLAG_NAMES
                          if self.flags & bit and kind in (0, self.type))
        if line.style.verbose > 1 and names:
            line.put(b" " + names)

    def key(self, client: Any, server: Any, port: int) -> tuple[Any, ...]:
        """What a call and its reply have in common."""
        return self.call, client, server, port, self.service

    def write_call(self, line: Line) -> None:
        pkt, at = self.pkt, self.off + HEADER_LENGTH
        ip, port = self.below.below, self.below.dst_port
        if pkt.has(at, 4):
            remember(line, "rx", self.key(ip.src, ip.dst, port), pkt.u32(at))
        service = SERVICES.get(port)
        if service is None or self.size <= HEADER_LENGTH:
            return
        number = pkt.u32(at)
        line.put(b" " + service.tag)
        if service.replicated and number in UBIK.names:
            service = UBIK
            line.put(b" ubik")
        line.put(b" call " + named(service.names, number, b"op#%d"))
        try:
            write_parts(Cursor(line, pkt, at + 4), service.arguments.get(number, ()))
        except Short:
            line.put(b" [|%s]" % service.tag)

    def write_reply(self, line: Line) -> None:
        ip, port = self.below.below, self.below.src_port
        number = recall(line, "rx", self.key(ip.dst, ip.src, port))
        service = SERVICES.get(port)
        if number is None or service is None or self.size < HEADER_LENGTH or (
                self.size == HEADER_LENGTH and not service.empty_reply):
            return
        line.put(b" " + service.tag)
        if service.replicated and number in UBIK.names:
            service = UBIK
            line.put(b" ubik")
        line.put(b" reply " + named(service.names, number, b"op#%d"))
        cursor = Cursor(line, self.pkt, self.off + HEADER_LENGTH)
        try:
            if self.type == DATA:
                write_parts(cursor, service.results.get(number, ()))
            else:
                write_error(cursor, service, number)
        except Short:
            line.put(b" [|%s]" % service.tag)


def write_error(cursor: Cursor, service: Service, number: int) -> None:
    """Why a call failed; a vote for the caller comes this way too."""
    line = cursor.line
    if service is UBIK and number == VOTE:
        line.put(b" vote yes until")
        date(cursor)
    elif service is SERVICES[FILES]:
        line.put(b" error " + named(FILE_ERRORS, cursor.s32(), b"#%d"))
    else:
        line.put(b" errcode")
        sint(cursor)


def write_acknowledgment(line: Line, pkt: Record, at: int) -> None:
    """What arrived and what did not, then what the sender can take."""
    if not pkt.has(at, ACK_LENGTH):
        line.put(b" [|ack]")
        return
    if line.style.verbose > 2:
        line.put(b" bufspace %d maxskew %d" % (pkt.u16(at), pkt.u16(at + 2)))
    first = pkt.u32(at + 4)
    line.put(b" first %d serial %d reason %s" % (
        first, pkt.u32(at + 12), named(REASON_NAMES, pkt.u8(at + 16), b"#%d")))
    count = pkt.u8(at + 17)
    at += ACK_LENGTH
    if not pkt.has(at, count):
        line.put(b" [|ack]")
        return
    states = pkt.raw(at, count)
    write_ranges(line, b" acked ", first, states, RECEIVED)
    write_ranges(line, b" nacked ", first, states, NOT_RECEIVED)
    if line.style.verbose > 1:
        cursor = Cursor(line, pkt, at + count + PADDING)
        for label in (b" ifmtu", b" maxmtu", b" rwind", b" maxpackets"):
            if not pkt.has(cursor.at, 4):
                return  # older versions of AFS end here
            line.put(label)
            uint(cursor)


def write_ranges(line: Line, label: bytes, first: int, states: bytes, wanted: int) -> None:
    """The numbers of the packets in one state: ``7-9,11``."""
    at = 0
    while at < len(states):
        start = at
        while at < len(states) and states[at] == wanted:
            at += 1
        if at > start:
            line.put(label + b"%d" % (first + start & 0xFFFFFFFF))
            if at > start + 1:
                line.put(b"-%d" % (first + at - 1 & 0xFFFFFFFF))
            label = b","
        else:
            at += 1
