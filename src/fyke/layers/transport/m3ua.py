"""MTP3 user adaptation above SCTP (RFC 4666); tcpdump: print-m3ua.c."""

from __future__ import annotations

from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH, PARAMETER_HEADER = 8, 4
RELEASE_1 = 1
ASP_STATE = {1: b"Up", 2: b"Down", 3: b"Heartbeat", 4: b"Up Acknowledgement",
             5: b"Down Acknowledgement", 6: b"Heartbeat Acknowledgement"}
ASP_TRAFFIC = {1: b"Active", 2: b"Inactive", 3: b"Active Acknowledgement",
               4: b"Inactive Acknowledgement"}
#: Message class: its name, and those of its types.
CLASSES: dict[int, tuple[bytes, dict[int, bytes]]] = {
    0: (b"Management", {0: b"Error", 1: b"Notify"}),
    1: (b"Transfer", {1: b"Data"}),
    2: (b"SS7", {1: b"Destination Unavailable", 2: b"Destination Available",
                 3: b"Destination State Audit", 4: b"Signalling Congestion",
                 5: b"Destination User Part Unavailable", 6: b"Destination Restricted"}),
    3: (b"ASP", ASP_STATE), 4: (b"ASP", ASP_TRAFFIC),
    9: (b"Routing Key Management", {
        1: b"Registration Request", 2: b"Registration Response", 3: b"Deregistration Request",
        4: b"Deregistration Response"}),
}
PARAMETER_NAMES = {
    0x0004: b"INFO String", 0x0006: b"Routing Context", 0x0007: b"Diagnostic Info",
    0x0009: b"Heartbeat Data", 0x000B: b"Traffic Mode Type", 0x000C: b"Error Code",
    0x000D: b"Status", 0x0011: b"ASP Identifier", 0x0012: b"Affected Point Code",
    0x0013: b"Correlation ID", 0x0200: b"Network Appearance", 0x0204: b"User/Cause",
    0x0205: b"Congestion Indications", 0x0206: b"Concerned Destination", 0x0207: b"Routing Key",
    0x0208: b"Registration Result", 0x0209: b"Deregistration Result",
    0x020A: b"Local Routing Key Identifier", 0x020B: b"Destination Point Code",
    0x020C: b"Service Indicators", 0x020E: b"Originating Point Code List",
    0x0210: b"Protocol Data", 0x0212: b"Registration Status", 0x0213: b"Deregistration Status",
}
NUMBERS = (0x0006, 0x0013, 0x0200)  # parameters that are shown as a number


def write_m3ua(line: Line, pkt: Record, off: int, size: int) -> None:
    """A message of ``size`` octets; one that is cut short says so, and what follows goes on."""
    line.protocol = b"m3ua"
    try:
        write_message(line, pkt, off, size)
    except Truncated:
        line.put(b" [|m3ua]")


def write_message(line: Line, pkt: Record, off: int, size: int) -> None:
    if size < HEADER_LENGTH:
        line.put(INVALID)
        return
    pkt.raw(off, HEADER_LENGTH)
    if pkt.u8(off) != RELEASE_1:
        return
    kind = pkt.u8(off + 2)
    name, types = CLASSES.get(kind, (b"Unknown message class %d" % kind, {}))
    line.put(b"\n\t\t" + name)
    if types:
        line.put(b" %s Message" % named(types, pkt.u8(off + 3), b"Unknown (0x%02x)"))
    if pkt.u32(off + 4) != size:
        line.put(b"\n\t\t\t@@@@@@ Corrupted length %d of message @@@@@@" % pkt.u32(off + 4))
        return
    at, stop = off + HEADER_LENGTH, off + size
    while at < stop:
        if stop - at < PARAMETER_HEADER:
            line.put(INVALID)
            return
        line.put(b"\n\t\t\t%s: " % named(
            PARAMETER_NAMES, pkt.u16(at), b"Unknown Parameter (0x%04x)"))
        length = pkt.u16(at + 2)
        if length < PARAMETER_HEADER:
            line.put(INVALID)
            return
        padded = length + -(at + length - off - HEADER_LENGTH) % 4
        pkt.raw(at, padded)
        write_parameter(line, pkt, at, length)
        at += padded


def write_parameter(line: Line, pkt: Record, at: int, length: int) -> None:
    """tcpdump shows the parameter's header where it means the number after it."""
    if pkt.u16(at) not in NUMBERS:
        line.put(b"(length %d)" % length)
    elif length < PARAMETER_HEADER + 4:
        line.put(INVALID)
    else:
        line.put(b"0x%08x" % pkt.u32(at))
