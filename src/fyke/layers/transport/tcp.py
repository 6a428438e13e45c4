"""Transmission Control Protocol (RFC 9293); tcpdump: print-tcp.c."""

from __future__ import annotations

from fyke import late
from fyke.layers.associations import associations_of
from fyke.layers.fields import U16, U32, Bits, Flags, Listed, Options
from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP, should_be
from fyke.layers.transport.flows import Flow, Flows
from fyke.layers.transport.packet_types import tcp_layer
from fyke.layers.transport.ports import Ports
from fyke.layers.transport.tcp_options import options_of, write_options
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 20  # octets without options
SRC, DST, SEQ, ACKED, OFFSET, WINDOW, CHECKSUM, URGENT = 0, 2, 4, 8, 12, 14, 16, 18
BY_PORTS, TOLD, NFS_CALL, NFS_REPLY = 0, 1, 2, 3  # how ``next`` was found
PROTOCOL = 6
WORD = 0xFFFFFFFF
NFS_PORT = 2049
CALL, REPLY = 0, 1  # ONC RPC message types (RFC 5531 §9)
FIN, SYN, RST, PUSH, ACK, URG, ECE, CWR, AE = 1, 2, 4, 8, 16, 32, 64, 128, 256
FLAG_LETTERS = "FSRP.UEWe"  # from the lowest bit
FLAG_NAMES = tuple("".join(
    letter for bit, letter in enumerate(FLAG_LETTERS) if flags >> bit & 1).encode() or b"none"
    for flags in range(512))
#: Letters of ``packet["tcp"]["flags"]``, as Wireshark's and the RFC's names begin.
FLAGS = {FIN: "F", SYN: "S", RST: "R", PUSH: "P", ACK: "A", URG: "U", ECE: "E", CWR: "C", AE: "N"}
FLAG_ALIASES = {"fin": FIN, "syn": SYN, "rst": RST, "psh": PUSH, "ack": ACK, "urg": URG,
                "ece": ECE, "cwr": CWR, "ae": AE}
MAX_RST_DATA = 30  # octets shown of a reset's text (RFC 1122 §4.2.2.12)
RST_DIAGNOSTIC = 0x33AA  # begins a diagnostic payload, which is not text
LEAST_DIAGNOSTIC = 8  # octets of one

PORTS = Ports("tcp")


def read_options(tcp: Tcp) -> Options:
    """The options of a segment, as values."""
    return options_of(tcp.pkt, tcp.off + HEADER_LENGTH, tcp.off + tcp.header_length)


class Tcp(Layer):
    """A TCP header and its options."""

    __slots__ = ("found", "header_size")

    header_size: int  #: octets, options included
    found: int  #: BY_PORTS …: how ``next`` was found

    name = "tcp"
    alias = "transport"
    tag = b"tcp"

    src_port = U16(SRC, "source port")
    dst_port = U16(DST, "destination port")
    seq = U32(SEQ, "sequence number of the first byte of payload, as the header has it")
    ack = U32(ACKED, "next sequence number expected, as the header has it")
    header_length = Bits(OFFSET, 1, 0xF0, "header, with options", unit="bytes", scale=4)
    flags = Flags(OFFSET, 2, 0x1FF, "FIN … CWR, and AE (RFC 9768)", FLAGS, aliases=FLAG_ALIASES)
    window = U16(WINDOW, "window before scaling", unit="bytes")
    checksum = U16(CHECKSUM, "over pseudo header, header and payload")
    urgent = U16(URGENT, "urgent pointer")
    options = Listed(read_options, "options after the fixed header", keyed=True)

    def clear(self) -> None:
        self.header_size = 0
        self.found = BY_PORTS

    def parse(self, pkt: Record, off: int) -> None:
        header = (pkt.u8(off + OFFSET) >> 4) << 2
        self.header_size = header
        pkt.u16(off + URGENT)
        self.payload_off = off + header
        self.payload_length = self.size - header if self.size > header else 0
        if self.payload_length and header >= HEADER_LENGTH and pkt.has(off, header) and (
                not pkt.u8(off + OFFSET + 1) & RST):
            self.choose(pkt)

    def choose(self, pkt: Record) -> None:
        """Find who decodes the payload: as told (-T), by ports, by content (NFS)."""
        if self.decode_as is not None:
            self.found = TOLD
            self.next = tcp_layer(self.decode_as)
            return
        source = pkt.u16(self.off + SRC)
        target = pkt.u16(self.off + DST)
        self.next = PORTS.find(source, target)
        if self.next is not None or (source != NFS_PORT and target != NFS_PORT):
            return
        message = self.payload_off + 4  # after the record mark
        if self.payload_length < 4 or not pkt.has(message, 8):
            return
        direction = pkt.u32(message + 4)
        if target == NFS_PORT and direction == CALL:
            self.found = NFS_CALL
        elif source == NFS_PORT and direction == REPLY:
            self.found = NFS_REPLY
        else:
            return
        self.next = tcp_layer("nfs")

    def beyond(self) -> Layer | None:
        if self.payload_length <= 0 or self.found != BY_PORTS or (
                self.pkt.u16(self.off + OFFSET) & RST):
            return None
        kind = late.module("fyke.layers.transport.unprinted").over_tcp(
            self.pkt, self.payload_off, self.payload_length, self.pkt.u16(self.off + SRC),
            self.pkt.u16(self.off + DST))
        return None if kind is None else self.child(kind, self.payload_off, self.payload_length)

    def write(self, line: Line) -> None:
        ip: IP = self.below
        pkt = self.pkt
        if not pkt.has(self.off, 4):
            ip.write_hosts(line)
            line.rewind(line.pos - 1)
            raise Truncated
        ip.write_ends(line, "tcp", pkt.u16(self.off + SRC), pkt.u16(self.off + DST))
        if self.short:
            raise Truncated
        header = self.header_size
        if header < HEADER_LENGTH:
            line.put(b" tcp %d [bad hdr length %d - too short, < %d] (invalid)" % (
                (self.size - header) & WORD, header, HEADER_LENGTH))
            line.stop()
        elif line.style.quiet:
            line.put(b"tcp ")
            line.uint((self.size - header) & WORD)
            if header > self.size:
                self.write_too_long(line)
            line.stop()
        else:
            self.write_header(line)

    def write_too_long(self, line: Line) -> None:
        line.put(b" [bad hdr length %d - too long, > %d] (invalid)" % (self.header_size, self.size))

    def write_header(self, line: Line) -> None:
        """Flags, numbers, options and the payload's length."""
        flags = self.pkt.u16(self.off + OFFSET) & 0x1FF
        line.put(b"Flags [")
        line.put(FLAG_NAMES[flags])
        line.char(93)
        seq_origin = ack_origin = sack_origin = 0  # what the text subtracts
        if not line.style.absolute_seq and flags & ACK:
            flows: Flows = associations_of(line).conversations()
            flow = self.relate(flows, flags)
            sack_origin = flow.seq if flows.reverse else flow.ack
            if not flows.fresh:
                seq_origin = flow.ack if flows.reverse else flow.seq
                ack_origin = sack_origin
        if self.header_size > self.size:
            self.write_too_long(line)
            line.stop()
            return
        if line.style.verbose and not line.style.no_checksums:
            self.write_checksum(line)
        self.write_numbers(line, flags, seq_origin, ack_origin)
        if self.header_size > HEADER_LENGTH and not write_options(
                line, self.pkt, self.off + HEADER_LENGTH, self.header_size - HEADER_LENGTH,
                flags, sack_origin):
            line.stop()
            return
        line.put(b", length ")
        line.uint(self.payload_length)
        if self.payload_length:
            self.write_payload(line, flags)

    def write_numbers(self, line: Line, flags: int, seq_origin: int, ack_origin: int) -> None:
        pkt, off = self.pkt, self.off
        length = self.payload_length
        if length > 0 or line.style.verbose > 1 or flags & (SYN | FIN | RST):
            seq = (pkt.u32(off + SEQ) - seq_origin) & WORD
            line.put(b", seq ")
            line.uint(seq)
            if length > 0:
                line.char(58)
                line.uint((seq + length) & WORD)
        ack = pkt.u32(off + ACKED)
        if flags & ACK:
            line.put(b", ack ")
            line.uint((ack - ack_origin) & WORD)
        elif line.style.verbose > 1 and ack:
            line.put(b", [ack %d != 0 while ACK flag not set]" % ack)
        line.put(b", win ")
        line.uint(pkt.u16(off + WINDOW))
        urgent = pkt.u16(off + URGENT)
        if flags & URG:
            line.put(b", urg ")
            line.uint(urgent)
        elif line.style.verbose > 1 and urgent:
            line.put(b", [urg %d != 0 while URG flag not set]" % urgent)

    def relate(self, flows: Flows, flags: int) -> Flow:
        """The conversation with the numbers that it began with; this segment's own if it is new."""
        ip: IP = self.below
        pkt, off = self.pkt, self.off
        src_high = src_low = dst_high = dst_low = 0
        if ip.family == 4:
            src_low = pkt.u32(ip.off + 12)
            dst_low = pkt.u32(ip.off + 16)
        else:
            src_high = pkt.u64(ip.off + 8)
            src_low = pkt.u64(ip.off + 16)
            dst_high = pkt.u64(ip.off + 24)
            dst_low = pkt.u64(ip.off + 32)
        return flows.relate(src_high, src_low, dst_high, dst_low, ip.family, pkt.u16(off + SRC),
                            pkt.u16(off + DST), pkt.u32(off + SEQ), pkt.u32(off + ACKED),
                            flags & SYN != 0)

    def write_checksum(self, line: Line) -> None:
        ip: IP = self.below
        if ip.fragment or not self.pkt.has(self.off, self.size):
            return
        total = self.pkt.sum16(self.off, self.size, ip.pseudo_sum(PROTOCOL, self.size))
        checksum = self.pkt.u16(self.off + CHECKSUM)
        line.put(b", cksum 0x")
        line.hex(checksum, 4)
        if total == 0xFFFF:
            line.put(b" (correct)")
            return
        line.put(b" (incorrect -> 0x")
        line.hex(should_be(checksum, total), 4)
        line.char(41)

    def write_payload(self, line: Line, flags: int) -> None:
        """What the payload is, or what a reset says."""
        header = self.header_size
        if not self.pkt.has(self.off, header):
            line.put(b" [remaining caplen(%d) < header length(%d)]" % (
                self.pkt.end - self.off, header))
            raise Truncated
        if flags & RST:
            self.write_reset(line)
        elif self.found == NFS_CALL or self.found == NFS_REPLY:
            line.put(b": NFS request xid " if self.found == NFS_CALL else b": NFS reply xid ")
            line.uint(self.pkt.u32(self.payload_off + 4))
            line.char(32)

    def write_reset(self, line: Line) -> None:
        """The text in a reset (RFC 1122 §4.2.2.12), with -v."""
        off = self.payload_off
        length = self.payload_length
        if not line.style.verbose:
            if not self.pkt.has(off, length):
                raise Truncated
            return
        line.put(b" [RST")
        if length >= LEAST_DIAGNOSTIC and self.pkt.has(off, 2) and (
                self.pkt.u16(off) == RST_DIAGNOSTIC):
            line.put(b": ")
            if not self.pkt.has(off, length):
                raise Truncated
            line.hex_string(self.pkt, off, length)
            line.char(93)
            return
        if length > MAX_RST_DATA:
            length = MAX_RST_DATA
            line.char(43)
        line.char(32)
        have = self.pkt.end - off
        line.escaped(self.pkt, off, length if length < have else have)
        line.char(93)
        if self.payload_length > have:
            raise Truncated
