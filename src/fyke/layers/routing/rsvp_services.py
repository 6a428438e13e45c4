"""Integrated services in RSVP: services and their parameters (RFC 2210, RFC 2215)."""

from __future__ import annotations

from fyke.layers.bandwidth import float32, general, rounded
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.routing.rsvp_names import PARAMETER_NAMES, SERVICE_NAMES
from fyke.layers.words import INVALID
from fyke.wire import Line, Record

HEADER = 4
#: Parameter → octets of its value, and what stands in it: text, and how the word is read.
PARAMETERS: dict[int, tuple[int, tuple[tuple[bytes, str], ...]]] = {
    4: (4, ((b"IS hop count: %d", "number"),)),
    6: (4, ((b"Path b/w estimate: %s Mbps", "rate"),)),
    8: (4, ((b"Minimum path latency: %s", "latency"),)),
    10: (4, ((b"Composed MTU: %d bytes", "number"),)),
    127: (20, ((b"Token Bucket Rate: %s Mbps", "rate"), (b"Token Bucket Size: %s bytes", "size"),
               (b"Peak Data Rate: %s Mbps", "rate"), (b"Minimum Policed Unit: %d bytes", "number"),
               (b"Maximum Packet Size: %d bytes", "number"))),
    130: (8, ((b"Rate: %s Mbps", "rate"), (b"Slack Term: %d", "number"))),
    **dict.fromkeys((133, 134, 135, 136), (4, ((b"Value: %d", "number"),))),
}


def write_services(line: Line, pkt: Record, at: int, end: int, indent: bytes) -> None:
    """A message header, then services with parameters."""
    line.put(b"%s  Msg-Version: %d, length: %d" % (
        indent, pkt.u8(at) >> 4, pkt.u16(at + 2) << 2))
    at += HEADER
    while end - at >= HEADER:
        kind, size = pkt.u8(at), pkt.u16(at + 2) << 2
        line.put(b"%s  Service Type: %s (%d), break bit %sset, Service length: %d" % (
            indent, SERVICE_NAMES.get(kind, b"unknown"), kind,
            b"" if pkt.u8(at + 1) & 0x80 else b"not ", size))
        at += HEADER
        while size >= HEADER:
            taken = write_parameter(line, pkt, at, end)
            if taken == 0:
                break
            at += taken
            size = size - taken & 0xFFFFFFFF  # as in tcpdump: on to the object's end


def write_parameter(line: Line, pkt: Record, at: int, end: int) -> int:
    """The octets of one parameter, 0 if it leaves its object."""
    if end - at < HEADER:
        line.put(b" [obj_tlen %d < %d]%s" % (end - at, HEADER, INVALID))
        return 0
    kind, size = pkt.u8(at), pkt.u16(at + 2) << 2
    line.put(b"\n\t      Parameter ID: %s (%d), length: %d, Flags: [0x%02x]" % (
        PARAMETER_NAMES.get(kind, b"unknown"), kind, size, pkt.u8(at + 1)))
    if size + HEADER > end - at:
        line.put(b" [obj_tlen %d < %d]%s" % (end - at, size + HEADER, INVALID))
        return 0
    form = PARAMETERS.get(kind)
    if form is not None:
        if form[0] == size:
            for i, (text, how) in enumerate(form[1]):
                write_word(line, pkt.u32(at + HEADER + 4 * i), text, how)
    elif line.style.verbose <= 1:
        print_unknown_data(line, pkt, at + HEADER, b"\n\t\t", size)
    return size + HEADER


def write_word(line: Line, word: int, text: bytes, how: str) -> None:
    line.put(b"\n\t\t")
    if how == "rate":
        line.put(text % general(rounded(float32(word) / 125000), word))
    elif how == "size":
        line.put(text % general(float32(word), word))
    elif how == "latency":
        line.put(text % (b"don't care" if word == 0xFFFFFFFF else b"%d" % word))
    else:
        line.put(text % word)
