"""Stream Control Transmission Protocol (RFC 9260, RFC 8260); tcpdump: print-sctp.c."""

from __future__ import annotations

from fyke.layers.fields import U16, U32, Listed
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP
from fyke.layers.transport import forces
from fyke.layers.transport.m3ua import write_m3ua
from fyke.layers.transport.sctp_chunks import Data, Interleaved, chunks
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH, CHUNK_HEADER = 12, 4
DATA, INIT, INIT_ACK, SACK = 0, 1, 2, 3  # chunk types (RFC 9260 §3.2)
I_DATA, I_FORWARD_TSN = 0x40, 0xC2  # RFC 8260
CHUNK_NAMES = {
    DATA: b"DATA", INIT: b"INIT", INIT_ACK: b"INIT ACK", SACK: b"SACK", 4: b"HB REQ",
    5: b"HB ACK", 6: b"ABORT", 7: b"SHUTDOWN", 8: b"SHUTDOWN ACK", 9: b"OP ERR",
    10: b"COOKIE ECHO", 11: b"COOKIE ACK", 12: b"ECN ECHO", 13: b"ECN CWR",
    14: b"SHUTDOWN COMPLETE", 15: b"AUTH", I_DATA: b"I-DATA", 0x80: b"ASCONF-ACK",
    0x82: b"RE-CONFIG", 0x84: b"PAD", 0xC0: b"FOR CUM TSN", 0xC1: b"ASCONF",
    I_FORWARD_TSN: b"I-FORWARD-TSN",
}
LAST, FIRST, UNORDERED, IMMEDIATE = 1, 2, 4, 8  # flags of a DATA chunk
FORCES_PORTS = {6704: b"ForCES HP", 6705: b"ForCES MP", 6706: b"ForCES LP"}
M3UA = 3
FORCES = (21, 22, 23)
#: Payload protocol identifiers (IANA).
PAYLOAD_NAMES = {
    1: b"ISDN Q.921", 2: b"M2UA", M3UA: b"M3UA", 4: b"SUA", 5: b"M2PA", 6: b"V5.2", 7: b"H.248",
    8: b"BICC", 9: b"TALI", 10: b"DUA", 11: b"ASAP", 12: b"ENRP", 13: b"H.323", 14: b"Q.IPC",
    15: b"SIMCO", 16: b"DDPSC", 17: b"DDPSSC", 18: b"S1AP", 19: b"RUA", 20: b"HNBAP",
    21: b"ForCES HP", 22: b"ForCES MP", 23: b"ForCES LP", 24: b"SBc-AP", 25: b"NBAP", 27: b"X2AP",
}


class Invalid(Exception):
    """A length inside a chunk that cannot be; the text says which."""


class Sctp(Layer):
    """The common header; ``chunks`` are the messages in it."""

    __slots__ = ()

    name = "sctp"
    alias = "transport"
    tag = b"sctp"

    src_port = U16(0, "source port")
    dst_port = U16(2, "destination port")
    verification_tag = U32(4, "tag that the receiver chose for the association")
    checksum = U32(8, "CRC32c over the packet")
    chunks = Listed(lambda layer: chunks(layer.pkt, layer.off + HEADER_LENGTH,
                                         layer.off + layer.size), "chunks", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 8)  # says whether the header is short

    @property
    def forces_messages(self) -> list[forces.Header]:
        """The header of each ForCES message among the chunks."""
        found = []
        known = self.has_forces_port()
        for one in self.chunks:
            if not isinstance(one.value, (Data, Interleaved)) or (
                    one.type == I_DATA and not one.flags & FIRST):
                continue
            known = known or one.value[3] in FORCES
            message = Record(one.value.payload)
            if known and message.has(0, forces.HEADER_LENGTH):
                found.append(forces.read_header(message, 0))
        return found

    def has_forces_port(self) -> bool:
        return self.src_port in FORCES_PORTS or self.dst_port in FORCES_PORTS

    def write(self, line: Line) -> None:
        if self.size < HEADER_LENGTH:
            line.put(b" [length %d < %d]" % (self.size, HEADER_LENGTH) + INVALID)
            return
        if self.short:
            raise Truncated
        ip: IP = self.below
        ip.write_source(line)
        line.put(b".%d > " % self.src_port)
        ip.write_target(line)
        line.put(b".%d: sctp" % self.dst_port)
        for port in (self.src_port, self.dst_port):
            if port in FORCES_PORTS:
                line.put(b"[%s]" % FORCES_PORTS[port])
        try:
            self.write_chunks(line)
        except Invalid as fault:
            line.put(b" [%s]" % str(fault).encode() + INVALID)

    def write_chunks(self, line: Line) -> None:
        pkt = self.pkt
        at = self.off + HEADER_LENGTH
        rest = self.size - HEADER_LENGTH
        number = 1
        known = self.has_forces_port()
        while rest:
            before = b"\n\t" if line.style.verbose >= 2 else b" (" if number == 1 else b", ("
            line_start = b"%s%d) " % (before, number)
            if rest < CHUNK_HEADER:
                line.put(line_start + b"[chunk descriptor cut off at end of packet]")
                return
            size = pkt.u16(at + 2)
            if size < CHUNK_HEADER:
                line.put(line_start + b"[Bad chunk length %d, < size of chunk descriptor]" % size)
                return
            padding = -size % 4
            if rest < padding:
                line.put(line_start + b"[Bad chunk length %d, > remaining data in packet]" % size)
                return
            pkt.raw(at, size)
            line.put(line_start)
            known = write_chunk(line, pkt, at, size, known)
            pkt.raw(at + size, padding)
            at += size + padding
            rest = (rest - size - padding) & 0xFFFFFFFF  # reads end before it runs full
            number += 1


def need(size: int, count: int) -> None:
    """A chunk must have ``count`` octets after its header."""
    if size - CHUNK_HEADER < count:
        raise Invalid(f"chunk length {size - CHUNK_HEADER} < {count}")


def write_chunk(line: Line, pkt: Record, at: int, size: int, known: bool) -> bool:
    """One chunk, of ``size`` octets with its header.

    ``known`` says that user data is ForCES, by the ports or by what an earlier chunk said; the
    answer, whether that of later chunks is.
    """
    kind = pkt.u8(at)
    line.put(b"[%s] " % named(CHUNK_NAMES, kind, b"Unknown chunk type: 0x%x"))
    if kind == DATA:
        return write_data(line, pkt, at, size, known)
    if kind == I_DATA:
        return write_interleaved(line, pkt, at, size, known)
    if kind in (INIT, INIT_ACK):
        need(size, 16)
        line.put(b"[init tag: %d] [rwnd: %d] [OS: %d] [MIS: %d] [init TSN: %d] " % (
            pkt.u32(at + 4), pkt.u32(at + 8), pkt.u16(at + 12), pkt.u16(at + 14),
            pkt.u32(at + 16)))
    elif kind == SACK:
        write_acknowledgment(line, pkt, at, size)
    elif kind == I_FORWARD_TSN:
        write_forward(line, pkt, at, size)
    return known


def write_flags(line: Line, flags: int, shown: int) -> None:
    """Letters for the flags among ``shown``."""
    letters = b"".join(letter for bit, letter in (
        (IMMEDIATE, b"(I)"), (UNORDERED, b"(U)"), (FIRST, b"(B)"), (LAST, b"(E)"))
        if flags & shown & bit)
    if letters:
        line.put(letters + b" ")


def write_data(line: Line, pkt: Record, at: int, size: int, known: bool) -> bool:
    write_flags(line, pkt.u8(at + 1), UNORDERED | FIRST | LAST)
    need(size, 12)
    protocol = pkt.u32(at + 12)
    line.put(b"[TSN: %d] [SID: %d] [SSEQ %d] [PPID %s] " % (
        pkt.u32(at + 4), pkt.u16(at + 8), pkt.u16(at + 10),
        named(PAYLOAD_NAMES, protocol, b"0x%x")))
    if size == CHUNK_HEADER + 12:
        raise Invalid("chunk length 0 == 0")
    known = known or protocol in FORCES
    write_payload(line, pkt, at + 16, size - 16, protocol, known)
    return known


def write_interleaved(line: Line, pkt: Record, at: int, size: int, known: bool) -> bool:
    """I-DATA (RFC 8260 §2.1): the first fragment names the protocol, the others are numbered."""
    flags = pkt.u8(at + 1)
    write_flags(line, flags, IMMEDIATE | UNORDERED | FIRST | LAST)
    need(size, 16)
    number = pkt.u32(at + 16)
    line.put(b"[TSN: %d] [SID: %d] [MID: %d] " % (
        pkt.u32(at + 4), pkt.u16(at + 8), pkt.u32(at + 12)))
    first = flags & FIRST
    if first:
        line.put(b"[PPID %s] " % named(PAYLOAD_NAMES, number, b"0x%x"))
    else:
        line.put(b"[FSN: %d] " % number)
    if size == CHUNK_HEADER + 16:
        raise Invalid("chunk length 0 == 0")
    if first:
        known = known or number in FORCES
        write_payload(line, pkt, at + 20, size - 20, number, known)
    elif line.style.verbose >= 2:
        write_octets(line, pkt, at + 20, size - 20, b": ")
    return known


def write_payload(line: Line, pkt: Record, at: int, size: int, protocol: int,
                  known: bool) -> None:
    """User data: ForCES always, other kinds from -vv on."""
    if known:
        forces.write_forces(line, pkt, at, size)
        line.protocol = b"sctp"
    elif line.style.verbose >= 2:
        if protocol == M3UA:
            write_m3ua(line, pkt, at, size)
            line.protocol = b"sctp"
        else:
            write_octets(line, pkt, at, size, b":")


def write_octets(line: Line, pkt: Record, at: int, size: int, label: bytes) -> None:
    """User data that is not decoded."""
    line.put(b"[Payload")
    if not line.style.suppress_default:
        line.put(label)
        default_print(line, pkt, at, size)
    line.char(93)


def write_acknowledgment(line: Line, pkt: Record, at: int, size: int) -> None:
    """SACK (RFC 9260 §3.3.4): what arrived after the cumulative number, and what came twice."""
    need(size, 12)
    cumulative = pkt.u32(at + 4)
    gaps, twice = pkt.u16(at + 12), pkt.u16(at + 14)
    line.put(b"[cum ack %d] [a_rwnd %d] [#gap acks %d] [#dup tsns %d] " % (
        cumulative, pkt.u32(at + 8), gaps, twice))
    off, stop = at + 16, at + size
    for number in range(1, gaps + twice + 1):
        if off == stop:
            return
        if stop - off < 4:
            raise Invalid(f"chunk length {stop - off} < 4")
        if number <= gaps:
            line.put(b"\n\t\t[gap ack block #%d: start = %d, end = %d] " % (
                number, cumulative + pkt.u16(off) & 0xFFFFFFFF,
                cumulative + pkt.u16(off + 2) & 0xFFFFFFFF))
        else:
            line.put(b"\n\t\t[dup TSN #%d: %d] " % (number - gaps, pkt.u32(off)))
        off += 4


def write_forward(line: Line, pkt: Record, at: int, size: int) -> None:
    """I-FORWARD-TSN (RFC 8260 §2.3)."""
    need(size, 4)
    line.put(b"[TSN: %d] " % pkt.u32(at + 4))
    if line.style.verbose < 2:
        return
    for off in range(at + 8, at + size - 7, 8):
        line.put(b"[SID: %d] %s[MID: %d] " % (
            pkt.u16(off), b"(U)" if pkt.u16(off + 2) & 1 else b"", pkt.u32(off + 4)))
