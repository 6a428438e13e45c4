"""LSP ping: echo over MPLS label switched paths (RFC 8029); tcpdump: print-lspping.c."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.application.bgp_routes import distinguisher
from fyke.layers.application.ldp_names import PSEUDOWIRE_NAMES
from fyke.layers.application.lsp_ping_names import (
    ADDRESS_NAMES,
    DISCRIMINATOR,
    DOWNSTREAM,
    MESSAGE_NAMES,
    REPLY_MODES,
    RETURN_CODES,
    STACK,
    SUBTLV_NAMES,
    TLV_NAMES,
    VENDOR,
    WITH_DEPTH,
)
from fyke.layers.application.lsp_ping_values import values
from fyke.layers.application.ntp import long_time
from fyke.layers.cursor import Malformed
from fyke.layers.enterprises import ENTERPRISE_NAMES
from fyke.layers.fields import U8, U16, U32, Listed, Number, Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 32
TLV_HEADER = 4
VERSION = 1
MAP_LENGTH = 4  # multipath type, depth limit, length: after the downstream addresses
NUMBERED = (1, 3)  # downstream address types whose interface has an address
TOO_SHORT = b"\n\t      TLV is too short"


def tlvs_of(ping: LspPing) -> Options:
    """Every TLV; ``cut`` where one does not fit."""
    found = Options()
    try:
        for one in values(ping.pkt, ping.off + HEADER_LENGTH, ping.off + ping.size):
            found.append(one)
    except (Malformed, Truncated):
        found.cut = True
    return found


class LspPing(Layer):
    """An echo request or reply."""

    __slots__ = ()

    name = "lsp-ping"
    tag = b"lspping"

    version = U16(0)
    flags = U16(2)
    type = U8(4, "1 request, 2 reply")
    reply_mode = U8(5)
    return_code = U8(6)
    return_subcode = U8(7, "mostly a depth in the label stack")
    handle = U32(8, "the sender's")
    sequence = U32(12)
    sent = Number(16, 8, "NTP time stamp, 32.32 bits")
    received = Number(24, 8, "NTP time stamp, 0 in a request")
    tlvs = Listed(tlvs_of, "every TLV")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u64(off + 24)

    def write(self, line: Line) -> None:
        if self.size < HEADER_LENGTH:
            line.put(b"\n\t\t packet is too short")
            return
        if self.short:
            raise Truncated
        if self.version != VERSION:
            line.put(b"LSP-PING version %d packet not supported" % self.version)
            return
        if not line.style.verbose:
            line.put(b"LSP-PINGv%d, %s, seq %d, length: %d" % (
                self.version, named(MESSAGE_NAMES, self.type, b"unknown (%d)"), self.sequence,
                self.size))
            return
        self.write_header(line)
        if not write_tlvs(line, self.pkt, self.off + HEADER_LENGTH, self.off + self.size):
            line.put(b"\n\t\t packet is too short")

    def write_header(self, line: Line) -> None:
        line.put(b"\n\tLSP-PINGv%d, msg-type: %s (%d), length: %d\n\t  reply-mode: %s (%d)" % (
            self.version, MESSAGE_NAMES.get(self.type, b"unknown"), self.type, self.size,
            REPLY_MODES.get(self.reply_mode, b"unknown"), self.reply_mode))
        line.put(b"\n\t  Return Code: %s%s (%d)\n\t  Return Subcode: (%d)" % (
            RETURN_CODES.get(self.return_code, b"unknown"),
            b" %d" % self.return_subcode if self.return_code in WITH_DEPTH else b"",
            self.return_code, self.return_subcode))
        line.put(b"\n\t  Sender Handle: 0x%08x, Sequence: %d" % (self.handle, self.sequence))
        line.put(b"\n\t  TimeStamp Sent: %s\n\t  TimeStamp Received: %s" % (
            long_time(self.sent), long_time(self.received) if self.received else b"no timestamp"))


def padded(size: int) -> int:
    return size + 3 & ~3


def write_tlvs(line: Line, pkt: Record, at: int, end: int) -> bool:
    """False if the last one leaves the packet."""
    while at < end:
        if end - at < TLV_HEADER:
            return False
        kind, size = pkt.u16(at), pkt.u16(at + 2)
        at += TLV_HEADER
        line.put(b"\n\t  %s TLV (%d), length: %d" % (
            TLV_NAMES.get(kind, b"Unknown"), kind, size))
        if size > end - at:
            return False
        pkt.raw(at, size)
        if size:
            hexdump = write_tlv(line, pkt, at, kind, size)
            if hexdump is None:
                return True
            if hexdump or line.style.verbose > 1:
                print_unknown_data(line, pkt, at, b"\n\t    ", size)
        at += padded(size)
        if at > end:
            return False
    return True


def write_tlv(line: Line, pkt: Record, at: int, kind: int, size: int) -> bool | None:
    """Whether its octets are to be shown too; None if nothing more is to be said."""
    if kind == STACK:
        return write_stack(line, pkt, at, at + size)
    if kind == DOWNSTREAM:
        write_downstream(line, pkt, at, size)
        return True
    if kind in (DISCRIMINATOR, VENDOR):
        if size < 4:
            line.put(TOO_SHORT)
            return True
        value = pkt.u32(at)
        if kind == DISCRIMINATOR:
            line.put(b"\n\t    BFD Discriminator 0x%08x" % value)
        else:
            line.put(b"\n\t    Vendor: %s (0x%04x)" % (
                ENTERPRISE_NAMES.get(value, b"Unknown"), value))
        return False
    return True


def write_stack(line: Line, pkt: Record, at: int, end: int) -> bool | None:
    """Forwarding equivalence classes from the top of the label stack (RFC 8029 §3.2)."""
    while at < end:
        if end - at < TLV_HEADER or pkt.u16(at + 2) > end - at - TLV_HEADER:
            line.put(TOO_SHORT)
            return True
        kind, size = pkt.u16(at), pkt.u16(at + 2)
        at += TLV_HEADER
        line.put(b"\n\t    %s subTLV (%d), length: %d" % (
            SUBTLV_NAMES.get(kind, b"Unknown"), kind, size))
        hexdump = True
        if kind in CLASSES:
            wanted, writer = CLASSES[kind]
            hexdump = size != wanted
            if hexdump:
                line.put(b"\n\t      invalid subTLV length, should be %d" % wanted)
            else:
                writer(line, pkt, at)
        if hexdump or line.style.verbose > 1:
            print_unknown_data(line, pkt, at, b"\n\t      ", size)
        at += padded(size)
        if at > end:
            line.put(b"\n\t\t TLV is too short")
            return None
    return False


def put_host(line: Line, pkt: Record, at: int, size: int) -> None:
    if size == 4:
        line.host4(pkt.u32(at))
    else:
        line.host6(pkt, at)


def write_prefix(size: int) -> Callable[[Line, Record, int], None]:
    def write(line: Line, pkt: Record, at: int) -> None:
        line.put(b"\n\t      ")
        put_host(line, pkt, at, size)
        line.put(b"/%d" % pkt.u8(at + size))
    return write


def write_vpn(size: int) -> Callable[[Line, Record, int], None]:
    def write(line: Line, pkt: Record, at: int) -> None:
        line.put(b"\n\t      RD: %s, " % distinguisher(line, pkt, at))
        put_host(line, pkt, at + 8, size)
        line.put(b"/%d" % pkt.u8(at + 8 + size))
    return write


def write_session(size: int) -> Callable[[Line, Record, int], None]:
    """RFC 8029 §3.2.3: an RSVP tunnel."""
    def write(line: Line, pkt: Record, at: int) -> None:
        extended = at + size + 4
        line.put(b"\n\t      tunnel end-point ")
        put_host(line, pkt, at, size)
        line.put(b", tunnel sender ")
        put_host(line, pkt, extended + size, size)
        line.put(b", lsp-id 0x%04x\n\t      tunnel-id 0x%04x, extended tunnel-id " % (
            pkt.u16(extended + 2 * size + 2), pkt.u16(at + size + 2)))
        put_host(line, pkt, extended, size)
    return write


def write_endpoint(line: Line, pkt: Record, at: int) -> None:
    kind = pkt.u16(at + 12)
    line.put(b"\n\t      RD: %s, Sender VE ID: %d, Receiver VE ID: %d"
             b"\n\t      Encapsulation Type: %s (%d)" % (
                 distinguisher(line, pkt, at), pkt.u16(at + 8), pkt.u16(at + 10),
                 PSEUDOWIRE_NAMES.get(kind, b"unknown"), kind))


def write_pseudowire(line: Line, pkt: Record, at: int) -> None:
    line.put(b"\n\t      Sender PE: ")
    line.host4(pkt.u32(at))
    line.put(b", Remote PE: ")
    write_remote(line, pkt, at + 4)


def write_old_pseudowire(line: Line, pkt: Record, at: int) -> None:
    line.put(b"\n\t      Remote PE: ")
    write_remote(line, pkt, at)


def write_remote(line: Line, pkt: Record, at: int) -> None:
    kind = pkt.u16(at + 8)
    line.host4(pkt.u32(at))
    line.put(b"\n\t      PW ID: 0x%08x, PW Type: %s (%d)" % (
        pkt.u32(at + 4), PSEUDOWIRE_NAMES.get(kind, b"unknown"), kind))


#: Sub-TLV type → the octets it must have, and who writes it.
CLASSES: dict[int, tuple[int, Callable[[Line, Record, int], None]]] = {
    1: (5, write_prefix(4)), 2: (17, write_prefix(16)),
    3: (20, write_session(4)), 4: (56, write_session(16)),
    6: (13, write_vpn(4)), 7: (25, write_vpn(16)), 8: (14, write_endpoint),
    9: (10, write_old_pseudowire), 10: (14, write_pseudowire),
    12: (5, write_prefix(4)), 13: (17, write_prefix(16)),
}


def write_downstream(line: Line, pkt: Record, at: int, size: int) -> None:
    """RFC 8029 §3.4; what follows the addresses is shown as octets."""
    if size < 4:
        line.put(TOO_SHORT)
        return
    kind = pkt.u8(at + 2)
    line.put(b"\n\t    MTU: %d, Address-Type: %s (%d)" % (
        pkt.u16(at), ADDRESS_NAMES.get(kind, b"unknown"), kind))
    taken = 0
    if kind in ADDRESS_NAMES:
        width = 4 if kind <= 2 else 16
        taken = 4 + width + (width if kind in NUMBERED else 4)
        if size < taken:
            line.put(TOO_SHORT)
            return
        line.put(b"\n\t    Downstream IP: ")
        put_host(line, pkt, at + 4, width)
        if kind in NUMBERED:
            line.put(b"\n\t    Downstream Interface IP: ")
            put_host(line, pkt, at + 4 + width, width)
        else:
            line.put(b"\n\t    Downstream Interface Index: 0x%08x" % pkt.u32(at + 4 + width))
    if size - taken < MAP_LENGTH:
        line.put(TOO_SHORT)
