"""Forwarding and control element separation, above SCTP (RFC 5810); tcpdump: print-forces.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.transport import forces_names as names
from fyke.layers.transport.forces_data import write_select
from fyke.layers.transport.forces_tlv import (
    DETAILED,
    TLV_HEADER,
    Invalid,
    Tlv,
    excess,
    indent,
    read_ilv,
    read_tlv,
    write_rows,
)
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record

HEADER_LENGTH = 24
COLUMNS = 9  # where what is in a top level TLV begins
CODE_LENGTH = 4
MOST_REASON, MOST_RESULT = 255, 3
LEAST_REDIRECT = 8


class Header(NamedTuple):
    """The common header (§6.1)."""

    version: int
    type: int
    length: int  #: octets of the message
    source: int
    target: int
    correlator: int
    flags: int

    @property
    def acknowledge(self) -> int:
        return self.flags >> 30

    @property
    def priority(self) -> int:
        return self.flags >> 27 & 7

    @property
    def mode(self) -> int:
        return self.flags >> 22 & 3

    @property
    def transaction(self) -> int:
        return self.flags >> 21 & 1

    @property
    def phase(self) -> int:
        return self.flags >> 19 & 3


def read_header(pkt: Record, at: int) -> Header:
    return Header(pkt.u8(at) >> 4, pkt.u8(at + 1), pkt.u16(at + 2) << 2, pkt.u32(at + 4),
                  pkt.u32(at + 8), pkt.u64(at + 12), pkt.u32(at + 20))


def write_forces(line: Line, pkt: Record, at: int, size: int) -> None:
    """A message of ``size`` octets."""
    line.protocol = b"forces"
    try:
        write_message(line, pkt, at, size, read_header(pkt, at))
    except Invalid:
        line.put(INVALID)


def write_message(line: Line, pkt: Record, at: int, size: int, header: Header) -> None:
    kind = header.type
    message = names.MESSAGES.get(kind)
    if message is None:
        if kind == names.UNASSIGNED:
            line.put(b"\n\tUnknown ForCES message type=0x%x" % kind)
        else:
            line.put(b"Invalid ForCES message type %d\n" % kind)
        raise Invalid
    line.put(b"\n\tForCES %s " % message.name)
    if size != header.length or size < HEADER_LENGTH:
        line.put(b"Illegal ForCES pkt len - min %d, total recvd %d, advertised %d " % (
            HEADER_LENGTH, size, header.length))
        raise Invalid
    if line.style.verbose:
        write_header(line, header)
    write_content(line, pkt, at + HEADER_LENGTH, size - HEADER_LENGTH, message)
    if line.style.verbose > DETAILED:
        line.put(b"\n\t  Raw ForCES message\n\t [")
        write_rows(line, pkt, at, size, b"\n\t ")
        line.put(b"\n\t ]")


def write_header(line: Line, header: Header) -> None:
    line.put(b"\n\tForCES Version %d len %dB flags 0x%08x " % (
        header.version, header.length, header.flags))
    line.put(b"\n\tSrcID 0x%x(%s) DstID 0x%x(%s) Correlator 0x%x" % (
        header.source, names.node(header.source), header.target, names.node(header.target),
        header.correlator))
    if line.style.verbose < 2:
        return
    line.put(b"\n\tForCES flags:\n\t  %s(0x%x), prio=%d, %s(0x%x),\n\t  %s(0x%x), %s(0x%x)\n" % (
        names.ACK_NAMES[header.acknowledge], header.acknowledge, header.priority,
        names.MODE_NAMES[header.mode], header.mode,
        names.TRANSACTION_NAMES[header.transaction], header.transaction,
        names.PHASE_NAMES[header.phase], header.phase))
    line.put(b"\t  Extra flags: rsv(b5-7) 0x%x rsv(b13-31) 0x%x\n" % (
        header.flags >> 24 & 7, header.flags & 0x7FFFF))


def write_content(line: Line, pkt: Record, at: int, left: int, message: names.Message) -> None:
    """The top level TLVs (§6.2)."""
    if left > TLV_HEADER:
        if not message.most:
            line.put(b"<0x%x>Illegal Top level TLV!\n" % message.flags)
            raise Invalid
    elif message.least:
        line.put(b"\tTop level TLV Data missing!\n")
        raise Invalid
    else:
        return
    for _ in range(message.most):
        if not left:
            return
        tlv = read_tlv(pkt, at)
        if tlv.fault(left):
            break
        if tlv.type not in names.TLV_NAMES or not tlv.type:
            line.put(b"\n\tInvalid ForCES Top TLV type=0x%x" % tlv.type)
            raise Invalid
        if line.style.verbose >= DETAILED:
            line.put(b"\t%s, length %d (data length %d Bytes)" % (
                names.TLV_NAMES[tlv.type], tlv.length, tlv.body_length))
        write_top(line, pkt, tlv, message)
        at += tlv.size
        left -= tlv.size
    if left:
        line.put(b"\tMess TopTLV header: min %d, total %d advertised %d " % (
            TLV_HEADER, left, pkt.u16(at + 2)))
        raise Invalid


def write_top(line: Line, pkt: Record, tlv: Tlv, message: names.Message) -> None:
    """One of them: what is in it is told by the message's type, not by its own."""
    if message.content == names.SELECT:
        write_select(line, pkt, tlv, message.operations, COLUMNS)
    elif message.content == names.REDIRECT:
        write_redirect(line, pkt, tlv)
    else:
        write_code(line, pkt, tlv, message.content == names.REASON)


def write_code(line: Line, pkt: Record, tlv: Tlv, teardown: bool) -> None:
    """Why an association ends (§7.5.2), or how the wish for one went (§7.5.1.2)."""
    what = b"AST" if teardown else b"ASR"
    if tlv.body_length != CODE_LENGTH:
        line.put(b"illegal %sresult-TLV: %d bytes!\n" % (what, tlv.body_length))
        raise Invalid
    code = pkt.u32(tlv.body)
    if code > (MOST_REASON if teardown else MOST_RESULT):
        line.put(b"illegal %sresult result code: %d!\n" % (what, code))
        raise Invalid
    if line.style.verbose < DETAILED:
        return
    if teardown:
        line.put(b"Teardown reason:\n%s%s" % (
            indent(COLUMNS), named(names.TEARDOWN_NAMES, code, b"unknown (%d)")))
    else:
        line.put(b"\n%s%s" % (indent(COLUMNS), named(names.ASSOCIATION_NAMES, code, b"Unknown ")))
    line.put(b"(%x)\n%s" % (code, indent(COLUMNS)))


def write_redirect(line: Line, pkt: Record, tlv: Tlv) -> None:
    """A packet on its way between the data path and the control element (§7.9)."""
    left, at = tlv.body_length, tlv.body
    if left <= LEAST_REDIRECT:
        line.put(b"\n\t\ttruncated Redirect TLV: %d bytes missing! " % (
            LEAST_REDIRECT - left & 0xFFFFFFFF))
        raise Invalid
    while left:
        inner = read_tlv(pkt, at)
        if inner.fault(left):
            line.put(b"Bad Redirect data\n")
            line.put(excess(pkt, at, left, b"Redirect"))
            raise Invalid
        if inner.type == names.META_DATA:
            write_metadata(line, pkt, inner)
        elif inner.type == names.REDIRECT_DATA:
            line.put(b"\n%s Redirect Data length %d\n" % (
                indent(COLUMNS + 1), inner.body_length))
            if line.style.verbose >= DETAILED:
                line.put(b"\t\t[")
                write_rows(line, pkt, inner.body, inner.body_length, b"\n\t\t")
                line.put(b"\n\t\t]")
        else:
            line.put(b"Unknown REDIRECT TLV 0x%x len %d\n" % (inner.type, inner.length))
        at += inner.size
        left -= inner.size


def write_metadata(line: Line, pkt: Record, tlv: Tlv) -> None:
    """What is known of the packet besides: ILVs, to the first that cannot be."""
    at, left = tlv.body, tlv.body_length
    line.put(b"\n%s METADATA length %d\n" % (indent(COLUMNS + 1), left))
    while left >= 2 * TLV_HEADER:
        ilv = read_ilv(pkt, at)
        if ilv.fault(left):
            return
        line.put(b"%sMetaID 0x%x length %d\n" % (indent(COLUMNS + 2), ilv.type, ilv.length))
        if line.style.verbose >= DETAILED:
            write_rows(line, pkt, ilv.body, ilv.body_length, b"\t\t[")
            line.put(b" ]\n")
        at += ilv.size
        left -= ilv.size
