"""Datagram Congestion Control Protocol (RFC 4340); tcpdump: print-dccp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import Form, nothing, options, raw, tlvs, whole_number
from fyke.layers.fields import U16, Bits, Listed, Made
from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP, should_be
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record

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
#: Options about features to their least size: a confirmation may be empty (RFC 4340 §6.2).
FEATURE_OPTIONS = {32: 4, 33: 3, 34: 4, 35: 3}
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
SINGLES = frozenset(range(MULTI_OCTET))
#: Options of fixed sizes: the sizes, and how tcpdump says that it is none of them.
SIZES = {
    TIMESTAMP: ((6,), b" [optlen != 6]"),
    TIMESTAMP_ECHO: ((6, 8, 10), b" [optlen != 6 or 8 or 10]"),
    ELAPSED_TIME: ((4, 6), b" [optlen != 4 or 6]"),
}



class Feature(NamedTuple):
    """A feature that the ends agree on (RFC 4340 §6), and what it shall be."""

    feature: int
    values: bytes


class Echo(NamedTuple):
    """A time stamp that comes back (RFC 4340 §13.3)."""

    value: int
    elapsed: int | None  #: in hundredths of milliseconds


def read_feature(pkt: Record, at: int, size: int) -> Feature:
    return Feature(pkt.u8(at), pkt.raw(at + 1, size - 1))


def read_echo(pkt: Record, at: int, size: int) -> Echo:
    return Echo(pkt.u32(at), whole_number(pkt, at + 4, size - 4) if size > 4 else None)


FORMS: dict[int, Form] = {
    0: Form("padding", nothing), 1: Form("mandatory", nothing), 2: Form("slow_receiver", nothing),
    32: Form("change_l", read_feature, 1), 33: Form("confirm_l", read_feature, 1),
    34: Form("change_r", read_feature, 1), 35: Form("confirm_r", read_feature, 1),
    INIT_COOKIE: Form("init_cookie", raw), NDP_COUNT: Form("ndp_count", whole_number, 1, 6),
    38: Form("ack_vector0", raw), 39: Form("ack_vector1", raw),
    DATA_DROPPED: Form("data_dropped", raw), TIMESTAMP: Form("timestamp", whole_number, 4, 4),
    TIMESTAMP_ECHO: Form("timestamp_echo", read_echo, 4, 8),
    ELAPSED_TIME: Form("elapsed_time", whole_number, 2, 4),
    44: Form("data_checksum", whole_number, 4, 4),
}


def of(*kinds: int) -> Callable[[Callable[[Dccp], Any]], Callable[[Dccp], Any]]:
    """A field that only these types of packet have."""
    return lambda read: lambda layer: read(layer) if layer.type in kinds else None


class Dccp(Layer):
    """A DCCP header."""

    __slots__ = ()

    name = "dccp"
    tag = b"dccp"

    src_port = U16(0, "source port")
    dst_port = U16(2, "destination port")
    data_offset = Bits(4, 1, 0xFF, "header and options", unit="bytes", scale=4)
    ccval = Bits(5, 1, 0xF0, "for the sender's congestion control")
    coverage = Bits(5, 1, 0x0F, "how much the checksum covers: 0 all, 1 the header, then words")
    checksum = U16(6, "checksum")
    type = Bits(8, 1, 0x1E, "type of packet", names=as_text(dict(enumerate(TYPE_NAMES))))
    long_numbers = Bits(8, 1, 1, "sequence numbers have 48 bits, not 24", type="bool")
    seq = Made("u48", lambda layer: layer.pkt.u48(layer.off + 10) if layer.long_numbers
               else layer.pkt.u24(layer.off + 9), "sequence number")
    ack = Made("u48", lambda layer: layer.find_ack(), "acknowledgement number")
    service = Made("u32", of(REQUEST, RESPONSE)(
        lambda layer: layer.pkt.u32(layer.off + layer.fixed_length() - 4)), "service code")
    reset_code = Made("u8", of(RESET)(
        lambda layer: layer.pkt.u8(layer.off + layer.fixed_length() - 4)),
        "why the connection ends", names=as_text(RESET_NAMES))
    options = Listed(lambda layer: options(layer.pkt, tlvs(
        layer.pkt, layer.off + layer.fixed_length(), layer.off + layer.data_offset, counts=2,
        singles=SINGLES), FORMS), "options", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + self.generic_length() - 1)  # says whether the header is short
        if self.data_offset <= self.size:
            self.payload_off = off + self.data_offset
            self.payload_length = self.size - self.data_offset

    def generic_length(self) -> int:
        """Octets in front of what the type of packet adds."""
        return LONG_HEADER if self.long_numbers else SHORT_HEADER

    def fixed_length(self) -> int:
        """Octets in front of the options."""
        kind: int = self.type
        extra = EXTRA[kind] if kind < len(EXTRA) else 0
        if not self.long_numbers and extra >= 8:
            extra -= 8 - SHORT_ACK
        return int(self.generic_length() + extra)

    def find_ack(self) -> int | None:
        if self.type in (REQUEST, DATA) or self.type >= len(EXTRA):
            return None
        at = self.off + self.generic_length()
        return self.pkt.u48(at + 2) if self.long_numbers else self.pkt.u24(at + 1)

    def write(self, line: Line) -> None:
        pkt = self.pkt
        if self.size < SHORT_HEADER or self.size < self.generic_length():
            least = SHORT_HEADER if self.size < SHORT_HEADER else LONG_HEADER
            line.put(b" [length %d < %d]" % (self.size, least) + INVALID)
            return
        pkt.u8(self.off + self.generic_length() - 1)
        ip: IP = self.below
        ip.write_ends(line, "dccp", self.src_port, self.dst_port)
        line.put(b"DCCP")
        if line.style.quiet:
            line.put(b" %d" % (self.size - self.data_offset))
            if self.data_offset > self.size:
                line.put(b" [bad hdr length %d, > %d]" % (self.data_offset, self.size) + INVALID)
            return
        if line.style.verbose:
            line.put(b" (CCVal %d, CsCov %d" % (self.ccval, self.coverage))
            if pkt.has(self.off, self.size):
                self.write_checksum(line)
            line.put(b")")
        line.put(b" ")
        if self.type >= len(TYPE_NAMES):
            line.put(b"packet-type-%d " % self.type + INVALID)
            return
        self.write_kind(line)

    def covered(self) -> int:
        """Octets that the checksum covers."""
        if self.coverage == 0:
            return self.size
        return int(min(self.data_offset + (self.coverage - 1) * 4, self.size))

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
        size = self.fixed_length()
        line.put(TYPE_NAMES[kind] + b" ")
        if self.size < size:
            line.put(b" [length %d < %d]" % (self.size, size) + INVALID)
            return
        if kind in (REQUEST, RESPONSE):
            line.put(b"(service=%d) " % self.service)
        elif kind == RESET:
            line.put(b"(code=%s) " % named(RESET_NAMES, self.reset_code, b"unknown code (%d)"))
        pkt.raw(self.off, size)
        ack = self.ack
        if ack is not None:
            line.put(b"(ack=%d) " % ack)
        if line.style.verbose < 2:
            return
        line.put(b"seq %d" % self.seq)
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
    line.put(b"CCID option %d" % kind if kind >= CCID_OPTIONS else
             named(OPTION_NAMES, kind, b"option-type-%d"))
    if kind < CCID_OPTIONS and kind not in OPTION_NAMES:
        return -1
    if kind < MULTI_OCTET:
        return off + 1
    size = pkt.u8(off + 1)
    least = FEATURE_OPTIONS.get(kind, 2)
    if size < 2:
        least = 2
    if stop - off < size:
        line.put(b" [remaining length %d < %d]" % (stop - off, size))
        return -1
    if size < least:
        line.put(b" [optlen %d < %d]" % (size, least))
        return -1
    if kind in FEATURE_OPTIONS:
        line.put(b" " + named(FEATURE_NAMES, pkt.u8(off + 2), b"feature-number-%d (invalid)"))
        for at in range(off + 3, off + size):
            line.put(b" %d" % pkt.u8(at))
    elif kind == NDP_COUNT:
        for at in range(off + 2, off + size):
            line.put(b" %d" % pkt.u8(at))
    elif kind in BLOCK_OPTIONS or kind >= CCID_OPTIONS:
        line.put(b" 0x")
        for at in range(off + 2, off + size):
            line.put(b"%02x" % pkt.u8(at))
    elif kind in SIZES:
        return write_time(line, pkt, off, kind, size)
    return off + size


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
