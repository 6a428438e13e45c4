"""Transport Layer Security (RFC 8446, RFC 5246): records, hellos, alerts.

tcpdump has no text for it: it is found where values are asked (transport/unprinted.py), and
printed with -T tls. One segment is looked at; a hello that goes on in the next is ``short``.
"""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.application.handshakes import ALERT, HELLOS, Handshake, Handshakes
from fyke.layers.application.tls_hello import read_hello
from fyke.layers.application.tls_names import HANDSHAKE_TYPES, RECORD_TYPES
from fyke.layers.application.tls_names import VERSIONS as VERSION_NAMES
from fyke.layers.cursor import MOST
from fyke.layers.fields import Listed, Made, Options
from fyke.wire import Line, Record, Truncated

CHANGE, HANDSHAKE, DATA, HEARTBEAT = 20, 22, 23, 24  # types of records
RECORD_HEADER, MESSAGE_HEADER = 5, 4
MOST_OCTETS = (1 << 14) + 2048  # of an encrypted record (RFC 5246 §6.2.3)
MOST_OF_MESSAGE = 1 << 18  # octets of a message that is believed to be in the clear


class TlsRecord(NamedTuple):
    """A record (RFC 8446 §5.1)."""

    type: int
    version: int
    length: int  #: octets behind the header


def records_of(tls: Tls) -> Options:
    """Every record that begins in the segment; ``cut`` if the last goes on behind it."""
    return read_records(tls)[0]


def read_records(tls: Tls) -> tuple[Options, list[int]]:
    """The records, and where their contents begin."""
    found = Options()
    starts: list[int] = []
    if isinstance(tls, TlsInQuic):
        return found, starts
    pkt, at, stop = tls.pkt, tls.off, tls.off + tls.size
    while at < stop:
        if len(found) == MOST or stop - at < RECORD_HEADER or not is_record(pkt, at):
            found.cut = True
            break
        length = pkt.u16(at + 3)
        found.append(TlsRecord(pkt.u8(at), pkt.u16(at + 1), length))
        starts.append(at + RECORD_HEADER)
        at += RECORD_HEADER + length
    found.cut = found.cut or at > stop or at > pkt.end
    return found, starts


def is_record(pkt: Record, at: int) -> bool:
    """Whether a record's header is at ``at``."""
    if not pkt.has(at, RECORD_HEADER) or not CHANGE <= pkt.u8(at) <= HEARTBEAT:
        return False
    length = pkt.u16(at + 3)
    return pkt.u8(at + 1) == 3 and pkt.u8(at + 2) <= 4 and length <= MOST_OCTETS and (
        length > 0 or pkt.u8(at) == DATA)


def is_hello(octets: bytes) -> bool:
    """Whether a record is one hello, in the clear behind a change of ciphers."""
    return len(octets) > MESSAGE_HEADER and octets[0] in HELLOS and (
        int.from_bytes(octets[1:4], "big") == len(octets) - MESSAGE_HEADER) and octets[4] == 3


def of_record(part: int) -> Any:
    """Reads something of the first record."""
    def field(tls: Tls) -> Any:
        records = records_of(tls)
        return records[0][part] if records else None
    return field


class Tls(Handshakes):
    """The records of one segment, or of as much of a stream as it was placed on."""

    __slots__ = ()

    name = "tls"
    tag = b"tls"

    record_type = Made("u8", of_record(0), "of the first record", names=RECORD_TYPES)
    record_version = Made("u16", of_record(1), "of the first record; 0x0303 also in TLS 1.3",
                          names=VERSION_NAMES)
    record_length = Made("u16", of_record(2), "of the first record, without its header",
                         unit="bytes")
    records = Listed(records_of, "every record that begins in the segment")

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        """Whether a payload looks like one of this kind."""
        return is_record(pkt, at)

    def parse(self, pkt: Record, off: int) -> None:
        records, starts = read_records(self)
        if not records:
            pkt.raw(off, RECORD_HEADER)
            return
        stop = min(off + self.size, pkt.end)
        clear = b""
        changed = False
        for record, start in zip(records, starts, strict=True):
            octets = pkt.raw(start, max(min(start + record.length, stop) - start, 0))
            if record.type == HANDSHAKE and not changed:
                clear += octets
            elif record.type == HANDSHAKE and is_hello(octets):
                clear = octets  # TLS 1.3's second one: nothing has changed (RFC 8446 §D.4)
                changed = False
            elif record.type == CHANGE:
                self.read_messages(clear)
                clear, changed = b"", True
            else:
                break
        if records[0].type == ALERT and records[0].length == 2:
            self.alert = (pkt.u8(starts[0]), pkt.u8(starts[0] + 1))
        self.read_messages(clear)

    def read_messages(self, octets: bytes) -> None:
        """Handshake messages one behind the other; a hello that is not whole raises Truncated."""
        stream = Record(octets)
        at = 0
        while at + MESSAGE_HEADER <= len(octets) and len(self.messages) < MOST:
            kind, length = stream.u8(at), stream.u24(at + 1)
            if kind not in HANDSHAKE_TYPES or length > MOST_OF_MESSAGE:
                return  # encrypted
            self.messages.append(Handshake(kind, HANDSHAKE_TYPES[kind], length))
            at += MESSAGE_HEADER
            if kind in HELLOS and self.hello is None:
                self.hello = read_hello(stream, at, length, kind)
                if not stream.has(at, length):
                    raise Truncated
            at += length

    def write(self, line: Line) -> None:
        kinds = [record.type for record in records_of(self) if record.type != HANDSHAKE]
        line.put(b": TLS")
        what = self.summary(kinds[:8])
        if what:
            line.put(b", ")
            line.escape(what)
        if self.short:
            raise Truncated


class TlsInQuic(Tls):
    """The handshake messages of a QUIC Initial: no records, and octets that are in no packet.

    ``pkt`` is a record of the decrypted octets alone, and ``off`` counts in that.
    """

    __slots__ = ()

    transport = "q"

    def parse(self, pkt: Record, off: int) -> None:
        self.read_messages(pkt.raw(off, self.size))
