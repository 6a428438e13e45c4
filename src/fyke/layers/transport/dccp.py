"""Datagram Congestion Control Protocol (RFC 4340); tcpdump: print-dccp.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP, should_be
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

PROTOCOL = 33
SHORT_HEADER, LONG_HEADER = 12, 16  # octets, with sequence numbers of 24 and of 48 bits
REQUEST, RESPONSE, DATA, ACK, DATA_ACK, CLOSE_REQUEST, CLOSE, RESET, SYNC, SYNC_ACK = range(10)
TYPE_NAMES = (b"DCCP-Request", b"DCCP-Response", b"DCCP-Data", b"DCCP-Ack", b"DCCP-DataAck",
              b"DCCP-CloseReq", b"DCCP-Close", b"DCCP-Reset", b"DCCP-Sync", b"DCCP-SyncAck")
#: Octets between the generic header and the options.
EXTRA = (4, 12, 0, 8, 8, 8, 8, 12, 8, 8)
SHORT_ACK = 4  # octets of an acknowledgement of 24 bits
RESET_NAMES = {
    0: b"unspecified", 1: b"closed", 2: b"aborted", 3: b"no_connection", 4: b"packet_error",
    5: b"option_error", 6: b"mandatory_error", 7: b"connection_refused", 8: b"bad_service_code",
    9: b"too_busy", 10: b"bad_init_cookie", 11: b"aggression_penalty",
}
MULTI_OCTET = 32  # options from here on have a length
INIT_COOKIE, NDP_COUNT, DATA_DROPPED, TIMESTAMP, TIMESTAMP_ECHO = 36, 37, 40, 41, 42
ELAPSED_TIME, CCID_OPTIONS = 43, 128
FEATURE_OPTIONS = (32, 33, 34, 35)
BLOCK_OPTIONS = (INIT_COOKIE, 38, 39, DATA_DROPPED)
OPTION_NAMES = {
    0: b"nop", 1: b"mandatory", 2: b"slowreceiver", 32: b"change_l", 33: b"confirm_l",
    34: b"change_r", 35: b"confirm_r", INIT_COOKIE: b"initcookie", NDP_COUNT: b"ndp_count",
    38: b"ack_vector0", 39: b"ack_vector1", DATA_DROPPED: b"data_dropped",
    TIMESTAMP: b"timestamp", TIMESTAMP_ECHO: b"timestamp_echo", ELAPSED_TIME: b"elapsed_time",
    44: b"data_checksum",
}
FEATURE_NAMES = {
    0: b"reserved", 1: b"ccid", 2: b"allow_short_seqno", 3: b"sequence_window",
    4: b"ecn_incapable", 5: b"ack_ratio", 6: b"send_ack_vector", 7: b"send_ndp_count",
    8: b"minimum checksum coverage", 9: b"check data checksum",
}
#: Options of fixed sizes: the sizes, and how tcpdump says that it is none of them.
SIZES = {
    TIMESTAMP: ((6,), b" [optlen != 6]"),
    TIMESTAMP_ECHO: ((6, 8, 10), b" [optlen != 6 or 8 or 10]"),
    ELAPSED_TIME: ((4, 6), b" [optlen != 4 or 6]"),
}


class Dccp(Layer):
    """A DCCP header."""

    __slots__ = ("ack", "ccval", "checksum", "coverage", "data_offset", "dst_port",
                 "has_long_numbers", "header_length", "seq", "src_port", "type")

    src_port: int
    dst_port: int
    data_offset: int  #: octets of header and options
    ccval: int
    coverage: int  #: how much the checksum covers
    checksum: int
    type: int
    has_long_numbers: bool
    header_length: int  #: octets of the generic header, without its acknowledgement
    seq: int
    ack: int

    name = "dccp"
    tag = b"dccp"
    fields = ("src_port", "dst_port", "data_offset", "ccval", "coverage", "checksum", "type",
              "seq")

    def clear(self) -> None:
        self.src_port = self.dst_port = self.data_offset = self.ccval = self.coverage = 0
        self.checksum = self.type = self.header_length = self.seq = self.ack = 0
        self.has_long_numbers = False

    def parse(self, pkt: Record, off: int) -> None:
        self.src_port = pkt.u16(off)
        self.dst_port = pkt.u16(off + 2)
        self.data_offset = pkt.u8(off + 4) * 4
        self.ccval = pkt.u8(off + 5) >> 4
        self.coverage = pkt.u8(off + 5) & 0xF
        self.checksum = pkt.u16(off + 6)
        kind = pkt.u8(off + 8)
        self.type = kind >> 1 & 0xF
        self.has_long_numbers = bool(kind & 1)
        if self.has_long_numbers:
            self.header_length = LONG_HEADER
            self.seq = pkt.u48(off + 10)
        else:
            self.header_length = SHORT_HEADER
            self.seq = pkt.u24(off + 9)

    def write(self, line: Line) -> None:
        ip: IP = self.below
        if self.short and not self.header_length:
            raise Truncated
        ip.write_ends(line, "dccp", self.src_port, self.dst_port)
        line.put(b"DCCP")
        if self.size < self.header_length:
            line.put(b"[length %d < %d]" % (self.size, self.header_length) + INVALID)
            return
        if self.short:
            raise Truncated
        if line.style.quiet:
            line.put(b" %d" % (self.size - self.data_offset))
            if self.data_offset > self.size:
                line.put(b" [bad hdr length %d, > %d]" % (self.data_offset, self.size) + INVALID)
            return
        if line.style.verbose:
            line.put(b" (CCVal %d, CsCov %d" % (self.ccval, self.coverage))
            if self.pkt.has(self.off, self.size):
                self.write_checksum(line)
            line.put(b")")
        line.put(b" ")
        if self.type >= len(TYPE_NAMES):
            line.put(b"unknown packet type %d " % self.type + INVALID)
            return
        self.write_kind(line)

    def covered(self) -> int:
        """Octets that the checksum covers."""
        if self.coverage == 0:
            return self.size
        return min(self.data_offset + (self.coverage - 1) * 4, self.size)

    def write_checksum(self, line: Line) -> None:
        ip: IP = self.below
        total = self.pkt.sum16(self.off, self.covered(), ip.pseudo_sum(PROTOCOL, self.size))
        line.put(b", cksum 0x%04x " % self.checksum)
        if total == 0xFFFF:
            line.put(b"(correct)")
            return
        line.put(b"(incorrect -> 0x%04x)" % should_be(self.checksum, total))

    def write_kind(self, line: Line) -> None:
        """The packet's type and what this type adds to the header."""
        pkt = self.pkt
        kind = self.type
        extra = EXTRA[kind]
        if not self.has_long_numbers and extra >= 8:
            extra -= 8 - SHORT_ACK
        size = self.header_length + extra
        off = self.off + self.header_length
        line.put(TYPE_NAMES[kind])
        if self.size < size:
            line.put(b" [length %d < %d]" % (self.size, size) + INVALID)
            return
        if kind == REQUEST:
            line.put(b" (service=%d) " % pkt.u32(off))
        elif kind == RESPONSE:
            line.put(b" (service=%d) " % pkt.u32(off + extra - 4))
        elif kind == RESET:
            code = pkt.u8(off + extra - 4)
            line.put(b" (code=%s) " % named(RESET_NAMES, code, b"unknown code (%d)"))
        else:
            line.put(b" ")
        if not pkt.has(self.off, size):
            raise Truncated
        if kind not in (REQUEST, DATA):
            self.ack = pkt.u48(off + 2) if self.has_long_numbers else pkt.u24(off + 1)
            line.put(b"(ack=%d) " % self.ack)
        if line.style.verbose < 2:
            return
        line.put(b"seq %d" % self.seq)
        if self.data_offset > self.size:
            line.put(b" [bad hdr length %d, > %d]" % (self.data_offset, self.size) + INVALID)
            return
        if self.data_offset > size:
            self.write_options(line, self.off + size, self.off + self.data_offset)

    def write_options(self, line: Line, off: int, stop: int) -> None:
        """The options, in angle brackets."""
        line.put(b" <")
        while True:
            off = write_option(line, self.pkt, off, stop)
            if off < 0:
                line.put(INVALID)
                return
            if off >= stop:
                break
            line.put(b", ")
        line.put(b">")


def write_option(line: Line, pkt: Record, off: int, stop: int) -> int:
    """One option; where the next one begins, negative if it cannot be."""
    kind = pkt.u8(off)
    size = 1
    if kind >= MULTI_OCTET:
        size = pkt.u8(off + 1)
        if size < 2:
            line.put(b"%s [optlen %d < 2]" % (option_name(kind), size))
            return -1
    if size > stop - off:
        line.put(b"%s [optlen %d > %d]" % (option_name(kind), size, stop - off))
        return -1
    if kind >= CCID_OPTIONS:
        line.put(b"CCID option %d" % kind)
        if size == 4:
            line.put(b" %d" % pkt.u16(off + 2))
        elif size == 6:
            line.put(b" %d" % pkt.u32(off + 2))
        return off + size
    line.put(option_name(kind))
    if not pkt.has(off, size):
        raise Truncated
    if kind in FEATURE_OPTIONS:
        if size < 3:
            line.put(b" [optlen != 3]")
            return -1
        line.put(b" " + named(FEATURE_NAMES, pkt.u8(off + 2), b"invalid (%d)"))
        line.put(b"".join(b" %d" % value for value in pkt.raw(off + 3, size - 3)))
    elif kind in BLOCK_OPTIONS:
        line.put(b" 0x" + bytes(pkt.raw(off + 2, size - 2)).hex().encode())
    elif kind == NDP_COUNT:
        line.put(b"".join(b" %d" % value for value in pkt.raw(off + 2, size - 2)))
    elif kind in SIZES:
        return write_time(line, pkt, off, kind, size)
    return off + size


def option_name(kind: int) -> bytes:
    return named(OPTION_NAMES, kind, b"Option %d")


def write_time(line: Line, pkt: Record, off: int, kind: int, size: int) -> int:
    """An option about time; where the next one begins, negative if its size is wrong."""
    sizes, complaint = SIZES[kind]
    if size not in sizes:
        line.put(complaint)
        return -1
    if size == 4:
        line.put(b" %d" % pkt.u16(off + 2))
        return off + size
    line.put(b" %d" % pkt.u32(off + 2))
    if size == 8:
        line.put(b" (elapsed time %d)" % pkt.u16(off + 6))
    elif size == 10:
        line.put(b" (elapsed time %d)" % pkt.u32(off + 6))
    return off + size
