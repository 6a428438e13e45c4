"""Transmission Control Protocol (RFC 9293); tcpdump: print-tcp.c."""

from __future__ import annotations

from typing import Any

from fyke.layers.associations import associations_of
from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP, should_be
from fyke.layers.transport.flows import Flow
from fyke.layers.transport.packet_types import tcp_layer
from fyke.layers.transport.ports import Ports
from fyke.layers.transport.tcp_options import write_options
from fyke.wire import Line, Packet, Truncated

HEADER_LENGTH = 20  # octets without options
PROTOCOL = 6
WORD = 0xFFFFFFFF
NFS_PORT = 2049
CALL, REPLY = 0, 1  # ONC RPC message types (RFC 5531 §9)
FIN, SYN, RST, PUSH, ACK, URG, ECE, CWR, AE = 1, 2, 4, 8, 16, 32, 64, 128, 256
FLAG_LETTERS = "FSRP.UEWe"  # from the lowest bit
FLAG_NAMES = tuple("".join(
    letter for bit, letter in enumerate(FLAG_LETTERS) if flags >> bit & 1).encode() or b"none"
    for flags in range(512))
MAX_RST_DATA = 30  # octets shown of a reset's text (RFC 1122 §4.2.2.12)
RST_DIAGNOSTIC = 0x33AA  # begins a diagnostic payload, which is not text

PORTS = Ports("tcp")


class Tcp(Layer):
    """A TCP header and its options."""

    __slots__ = ("ack", "ack_origin", "application", "checksum", "dst_port", "flags",
                 "header_length", "sack_origin", "seq", "seq_origin",
                 "src_port", "urgent", "window")

    src_port: int
    dst_port: int
    seq: int  #: sequence number of the first octet of payload, as the header has it
    ack: int  #: next sequence number expected, as the header has it
    header_length: int  #: octets, options included
    flags: int  #: FIN … CWR and AE (RFC 9768), as bits
    window: int  #: octets, before scaling
    checksum: int
    urgent: int  #: urgent pointer
    payload_length: int  #: octets
    application: Any  #: the class of the layer above, None if nobody knows these ports
    seq_origin: int  #: what the text subtracts from ``seq``
    ack_origin: int  #: … from ``ack``
    sack_origin: int  #: … from the sequence numbers of a selective acknowledgement

    name = "tcp"
    tag = b"tcp"
    fields = ("src_port", "dst_port", "seq", "ack", "header_length", "flags", "window",
              "checksum", "urgent")

    def clear(self) -> None:
        self.src_port = self.dst_port = self.seq = self.ack = 0
        self.header_length = self.flags = self.window = self.checksum = self.urgent = 0
        self.payload_length = 0
        self.application = None
        self.seq_origin = self.ack_origin = self.sack_origin = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.src_port = pkt.u16(off)
        self.dst_port = pkt.u16(off + 2)
        self.seq = pkt.u32(off + 4)
        self.ack = pkt.u32(off + 8)
        word = pkt.u16(off + 12)
        header = (word >> 12) << 2
        self.header_length = header
        self.flags = word & 0x1FF
        self.window = pkt.u16(off + 14)
        self.checksum = pkt.u16(off + 16)
        self.urgent = pkt.u16(off + 18)
        self.payload_length = self.size - header if self.size > header else 0

    def write(self, line: Line) -> None:
        ip: IP = self.below
        if self.short and not self.pkt.has(self.off, 4):
            ip.write_hosts(line)
            line.rewind(line.pos - 1)
            raise Truncated
        ip.write_ends(line, "tcp", self.src_port, self.dst_port)
        if self.short:
            raise Truncated
        header = self.header_length
        if header < HEADER_LENGTH:
            line.put(b" tcp %d [bad hdr length %d - too short, < %d]" % (
                (self.size - header) & WORD, header, HEADER_LENGTH))
        elif line.style.quiet:
            line.put(b"tcp ")
            line.uint((self.size - header) & WORD)
            if header > self.size:
                self.write_too_long(line)
        else:
            self.write_header(line)

    def write_too_long(self, line: Line) -> None:
        line.put(b" [bad hdr length %d - too long, > %d]" % (self.header_length, self.size))

    def write_header(self, line: Line) -> None:
        """Flags, numbers, options and the payload's length."""
        flags = self.flags
        line.put(b"Flags [")
        line.put(FLAG_NAMES[flags])
        line.char(93)
        if not line.style.absolute_seq and flags & ACK:
            self.relate(line)
        if self.header_length > self.size:
            self.write_too_long(line)
            return
        if line.style.verbose and not line.style.no_checksums:
            self.write_checksum(line)
        self.write_numbers(line)
        if self.header_length > HEADER_LENGTH and not write_options(
                line, self.pkt, self.off + HEADER_LENGTH, self.header_length - HEADER_LENGTH,
                flags, self.sack_origin):
            return
        line.put(b", length ")
        line.uint(self.payload_length)
        if self.payload_length:
            self.write_payload(line)

    def write_numbers(self, line: Line) -> None:
        flags = self.flags
        seq = (self.seq - self.seq_origin) & WORD
        ack = (self.ack - self.ack_origin) & WORD
        length = self.payload_length
        if length > 0 or line.style.verbose > 1 or flags & (SYN | FIN | RST):
            line.put(b", seq ")
            line.uint(seq)
            if length > 0:
                line.char(58)
                line.uint((seq + length) & WORD)
        if flags & ACK:
            line.put(b", ack ")
            line.uint(ack)
        elif line.style.verbose > 1 and self.ack:
            line.put(b", [ack %d != 0 while ACK flag not set]" % self.ack)
        line.put(b", win ")
        line.uint(self.window)
        if flags & URG:
            line.put(b", urg ")
            line.uint(self.urgent)
        elif line.style.verbose > 1 and self.urgent:
            line.put(b", [urg %d != 0 while URG flag not set]" % self.urgent)

    def relate(self, line: Line) -> None:
        """Find the numbers that this conversation began with; this packet's own if it is new."""
        flows = associations_of(line).conversations()
        ip: IP = self.below
        source = self.src_port
        target = self.dst_port
        src_high = src_low = dst_high = dst_low = version = 0
        if ip.version == 4:
            src_low = self.pkt.u32(ip.off + 12)
            dst_low = self.pkt.u32(ip.off + 16)
        else:
            version = 1 << 32
            src_high = self.pkt.u64(ip.off + 8)
            src_low = self.pkt.u64(ip.off + 16)
            dst_high = self.pkt.u64(ip.off + 24)
            dst_low = self.pkt.u64(ip.off + 32)
        if source > target or (source == target and (
                src_high > dst_high or (src_high == dst_high and src_low > dst_low))):
            flow = flows.find(dst_high, dst_low, src_high, src_low,
                              version | target << 16 | source)
            self.apply(flow, flows.fresh, True)
        else:
            flow = flows.find(src_high, src_low, dst_high, dst_low,
                              version | source << 16 | target)
            self.apply(flow, flows.fresh, False)

    def apply(self, flow: Flow, fresh: bool, reverse: bool) -> None:
        """Take the origins from ``flow``, or begin it; ``reverse``: its second end sent this."""
        if fresh or self.flags & SYN:
            if reverse:
                flow.ack = self.seq
                flow.seq = (self.ack - 1) & WORD
            else:
                flow.seq = self.seq
                flow.ack = (self.ack - 1) & WORD
        else:
            self.seq_origin = flow.ack if reverse else flow.seq
            self.ack_origin = flow.seq if reverse else flow.ack
        self.sack_origin = flow.seq if reverse else flow.ack

    def write_checksum(self, line: Line) -> None:
        ip: IP = self.below
        if ip.fragment or not self.pkt.has(self.off, self.size):
            return
        total = self.pkt.sum16(self.off, self.size, ip.pseudo_sum(PROTOCOL, self.size))
        line.put(b", cksum 0x")
        line.hex(self.checksum, 4)
        if total == 0xFFFF:
            line.put(b" (correct)")
            return
        line.put(b" (incorrect -> 0x")
        line.hex(should_be(self.checksum, total), 4)
        line.char(41)

    def write_payload(self, line: Line) -> None:
        """What the payload is, or what a reset says."""
        header = self.header_length
        if not self.pkt.has(self.off, header):
            line.put(b" [remaining caplen(%d) < header length(%d)]" % (
                self.pkt.end - self.off, header))
            raise Truncated
        if self.flags & RST:
            self.write_reset(line)
        elif self.decode_as is not None:
            self.application = tcp_layer(self.decode_as)
        else:
            self.application = PORTS.find(self.src_port, self.dst_port)
            if self.application is None and (
                    self.src_port == NFS_PORT or self.dst_port == NFS_PORT):
                self.find_nfs(line)

    def write_reset(self, line: Line) -> None:
        """The text in a reset (RFC 1122 §4.2.2.12), with -v."""
        off = self.off + self.header_length
        length = self.payload_length
        if not line.style.verbose:
            if not self.pkt.has(off, length):
                raise Truncated
            return
        line.put(b" [RST")
        if length >= 4 and self.pkt.has(off, 2) and self.pkt.u16(off) == RST_DIAGNOSTIC:
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

    def find_nfs(self, line: Line) -> None:
        """A call to or a reply from an NFS server; its text is begun here."""
        message = self.off + self.header_length + 4  # after the record mark
        if self.payload_length < 4 or not self.pkt.has(message, 8):
            return
        direction = self.pkt.u32(message + 4)
        if self.dst_port == NFS_PORT and direction == CALL:
            line.put(b": NFS request xid ")
        elif self.src_port == NFS_PORT and direction == REPLY:
            line.put(b": NFS reply xid ")
        else:
            return
        line.uint(self.pkt.u32(message))
        line.char(32)
        self.application = tcp_layer("nfs")

    def follow(self) -> Layer | None:
        if self.application is None:
            return None
        return self.child(self.application, self.off + self.header_length, self.payload_length)
