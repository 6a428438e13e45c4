"""Datagram TLS (RFC 6347, RFC 9147): records, hellos, alerts.

tcpdump has no text for it: found where values are asked, printed with -T dtls.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.handshakes import ALERT, HELLOS, Handshake, Handshakes
from fyke.layers.application.tls_hello import VERIFY_REQUEST, read_hello
from fyke.layers.application.tls_names import HANDSHAKE_TYPES, RECORD_TYPES
from fyke.layers.application.tls_names import VERSIONS as VERSION_NAMES
from fyke.layers.cursor import MOST
from fyke.layers.fields import Listed, Made, Options
from fyke.wire import Line, Record, Truncated

FIRST, LAST = 20, 26  # types of records with the whole header
HANDSHAKE = 22
RECORD_HEADER, MESSAGE_HEADER = 13, 12
UNIFIED = 0x20  # first three bits of a record of DTLS 1.3 (RFC 9147 §4): encrypted
VERSIONS = (0xFEFF, 0xFEFD)
MOST_OCTETS = (1 << 14) + 2048
READ = (*HELLOS, VERIFY_REQUEST)  # messages: a server first asks for its cookie (RFC 6347 §4.2.1)


class DtlsRecord(NamedTuple):
    """A record; None where DTLS 1.3's encrypted header does not say it."""

    type: int | None
    version: int | None
    epoch: int | None
    sequence: int | None
    length: int


class Fragment(NamedTuple):
    """A piece of a handshake message."""

    type: int
    length: int  #: octets of the whole message
    sequence: int
    offset: int
    octets: bytes


def records_of(dtls: Dtls) -> Options:
    """Every record of the datagram; ``cut`` if the last is not whole."""
    return read_records(dtls)[0]


def read_records(dtls: Dtls) -> tuple[Options, list[int]]:
    """The records, and where their contents begin."""
    found = Options()
    starts: list[int] = []
    pkt, at, stop = dtls.pkt, dtls.off, dtls.off + dtls.size
    while at < stop:
        if len(found) < MOST and is_record(pkt, at, stop - at):
            length = pkt.u16(at + 11)
            found.append(DtlsRecord(pkt.u8(at), pkt.u16(at + 1), pkt.u16(at + 3),
                                    pkt.u48(at + 5), length))
            starts.append(at + RECORD_HEADER)
            at += RECORD_HEADER + length
            continue
        if found and pkt.has(at, 1) and pkt.u8(at) >> 5 == UNIFIED >> 5:
            found.append(DtlsRecord(None, None, None, None, stop - at))
            starts.append(at)
        else:
            found.cut = True
        break
    found.cut = found.cut or at > pkt.end
    return found, starts


def is_record(pkt: Record, at: int, size: int) -> bool:
    """Whether a record of so many octets or less is at ``at``."""
    return (size >= RECORD_HEADER and pkt.has(at, RECORD_HEADER)
            and FIRST <= pkt.u8(at) <= LAST and pkt.u16(at + 1) in VERSIONS
            and 0 < pkt.u16(at + 11) <= min(MOST_OCTETS, size - RECORD_HEADER))


def of_record(name: str) -> Callable[[Dtls], Any]:
    """Reads something of the first record."""
    def field(dtls: Dtls) -> Any:
        records = records_of(dtls)
        return getattr(records[0], name) if records else None
    return field


class Dtls(Handshakes):
    """The records of one datagram."""

    __slots__ = ()

    name = "dtls"
    tag = b"dtls"
    transport = "d"

    record_type = Made("u8", of_record("type"), "of the first record", names=RECORD_TYPES)
    record_version = Made("u16", of_record("version"), "of the first record",
                          names=VERSION_NAMES)
    epoch = Made("u16", of_record("epoch"), "of the first record: above 0 it is encrypted")
    sequence = Made("u48", of_record("sequence"), "of the first record")
    records = Listed(records_of, "every record of the datagram")

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        return is_record(pkt, at, size)

    def parse(self, pkt: Record, off: int) -> None:
        records, starts = read_records(self)
        if not records:
            pkt.raw(off, RECORD_HEADER)
            return
        if records[0].type == ALERT and records[0].length == 2 and not records[0].epoch:
            self.alert = (pkt.u8(starts[0]), pkt.u8(starts[0] + 1))
        pieces = [piece for record, start in zip(records, starts, strict=True)
                  if record.type == HANDSHAKE and record.epoch == 0
                  for piece in fragments(pkt, start, min(start + record.length, pkt.end))]
        self.read_messages(pieces)

    def read_messages(self, pieces: list[Fragment]) -> None:
        """Each message once, put together from its pieces; a hello in part raises Truncated."""
        whole: dict[int, Fragment] = {}
        for piece in pieces:
            found = whole.get(piece.sequence)
            if found is None:
                self.messages.append(Handshake(piece.type, HANDSHAKE_TYPES[piece.type],
                                               piece.length))
                whole[piece.sequence] = piece
            elif piece.offset == found.offset + len(found.octets):
                whole[piece.sequence] = found._replace(octets=found.octets + piece.octets)
        for message in whole.values():
            if message.type in READ and message.offset == 0 and self.hello is None:
                self.hello = read_hello(Record(message.octets), 0, message.length, message.type,
                                        datagram=True)
                if len(message.octets) < message.length:
                    raise Truncated

    def write(self, line: Line) -> None:
        kinds = [record.type or 0 for record in records_of(self) if record.type != HANDSHAKE]
        line.put(b"DTLS")
        what = self.summary(kinds[:8])
        if what:
            line.put(b", ")
            line.escape(what)
        if self.short:
            raise Truncated


def fragments(pkt: Record, at: int, stop: int) -> list[Fragment]:
    """The pieces of messages in a record."""
    found: list[Fragment] = []
    while stop - at >= MESSAGE_HEADER and len(found) < MOST:
        kind, length, offset, size = (pkt.u8(at), pkt.u24(at + 1), pkt.u24(at + 6),
                                      pkt.u24(at + 9))
        if kind not in HANDSHAKE_TYPES or offset + size > length:
            break
        octets = pkt.raw(at + MESSAGE_HEADER, min(size, stop - at - MESSAGE_HEADER))
        found.append(Fragment(kind, length, pkt.u16(at + 4), offset, octets))
        at += MESSAGE_HEADER + size
    return found
