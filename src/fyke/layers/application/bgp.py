"""Border Gateway Protocol 4 (RFC 4271); tcpdump: print-bgp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable
from fyke.layers.afi_names import AFI_NAMES
from fyke.layers.application.bgp_attributes import write_attributes
from fyke.layers.application.bgp_names import (
    CAPABILITY_NAMES,
    FILTER_NAMES,
    MAJOR_NAMES,
    MESSAGE_NAMES,
    MINOR_NAMES,
    REFRESH_NAMES,
    ROLE_NAMES,
    SAFI_NAMES,
    SEND_RECEIVE_NAMES,
    WHEN_NAMES,
)
from fyke.layers.application.bgp_routes import CUT_SHORT, Cut, as_number, write_plain
from fyke.layers.application.bgp_values import (
    EXTENDED,
    NOTIFICATION,
    OPEN,
    UPDATE,
    messages_of,
)
from fyke.layers.fields import Listed, Made, Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, as_text, bit_words, named
from fyke.wire import Line, Record

MARKER = b"\xff" * 16
HEADER_LENGTH = 19
OPEN_LENGTH, NOTIFICATION_LENGTH, REFRESH_LENGTH = 29, 21, 23
CAPABILITIES = 2  # optional parameter
CEASE, MAX_PREFIXES, SHUTDOWN, RESET, HARD_RESET = 6, 1, 2, 4, 9
RESTART_FLAGS = ((0x8, b"R"), (0x4, b"N"))
SECURE, SECURE_LENGTH = 7, 3  # capability (RFC 8205 §2.1)
CUT = b" [|bgp]"


def messages(bgp: Bgp) -> Options:
    return messages_of(bgp.pkt, bgp.off, bgp.off + bgp.size)


def of_body(kind: int, name: str) -> Callable[[Bgp], Any]:
    """Reads something of the first message of a type."""
    def read(bgp: Bgp) -> Any:
        for one in messages(bgp):
            if one.type == kind and one.body is not None:
                return getattr(one.body, name)
        return None
    return read


def first_attribute(kind: int, of: type = object) -> Callable[[Bgp], Any]:
    """Reads a path attribute of the first update that has it, as a value of a type: one that
    makes no sense stays octets.
    """
    def read(bgp: Bgp) -> Any:
        for one in messages(bgp):
            if one.type == UPDATE and one.body is not None:
                for attribute in one.body.attributes:
                    if attribute.kind == kind and isinstance(attribute.value, of):
                        return attribute.value
        return None
    return read


class Bgp(Layer):
    """A stretch of a BGP stream: messages are found by their markers."""

    __slots__ = ()

    name = "bgp"
    tag = b"bgp"

    type = Made("u8", lambda bgp: messages(bgp)[0].type if messages(bgp) else None,
                "of the first message", names=as_text(MESSAGE_NAMES))
    my_as = Made("u16", of_body(OPEN, "my_as"), "of an open; 23456 stands for a larger one")
    hold_time = Made("u16", of_body(OPEN, "hold_time"), "of an open", unit="s")
    bgp_id = Made("text", of_body(OPEN, "bgp_id"), "of an open")
    capabilities = Made("list", of_body(OPEN, "capabilities"), "of an open")
    withdrawn = Made("list", of_body(UPDATE, "withdrawn"), "routes, of the first update")
    nlri = Made("list", of_body(UPDATE, "nlri"), "routes, of the first update")
    origin = Made("text", first_attribute(1), "of the first update that says it, as what follows")
    as_path = Made("list", first_attribute(2))
    next_hop = Made("text", first_attribute(3))
    med = Made("u32", first_attribute(4, int), "multi exit discriminator")
    local_pref = Made("u32", first_attribute(5, int))
    communities = Made("list", first_attribute(8))
    error = Made("text", of_body(NOTIFICATION, "error"), "of a notification")
    error_detail = Made("text", of_body(NOTIFICATION, "detail"), "of a notification")
    messages = Listed(messages, "every message that begins in the segment")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, min(self.size, HEADER_LENGTH))

    def write(self, line: Line) -> None:
        line.put(b": BGP")
        if line.style.verbose:
            write_messages(line, self.pkt, self.off)


def write_messages(line: Line, pkt: Record, off: int) -> None:
    octets = pkt.raw(off, pkt.end - off)
    base = off
    start = off
    while True:
        found = octets.find(MARKER, off - base)
        if found < 0:
            return
        off = base + found
        if not pkt.has(off, HEADER_LENGTH):
            line.put(CUT)
            return
        if start != off:
            line.put(CUT)
        length = pkt.u16(off + 16)
        if length < HEADER_LENGTH:
            line.put(b"\nmessage length %d < %d" % (length, HEADER_LENGTH))
            line.put(INVALID)
            return
        kind = pkt.u8(off + 18)
        if not pkt.has(off, length):
            line.put(b"\n[|BGP %s]" % named(MESSAGE_NAMES, kind, b"Unknown Message Type"))
            return
        line.put(b"\n\t%s Message (%d), length: %d" % (
            named(MESSAGE_NAMES, kind, b"Unknown"), kind, length))
        try:
            WRITERS.get(kind, write_unknown)(line, pkt, off, length)
        except Cut:
            line.put(CUT)
        off += length
        start = off


def write_unknown(line: Line, pkt: Record, off: int, length: int) -> None:
    line.put(b"\n\t  no Message %d decoder" % pkt.u8(off + 18))
    print_unknown_data(line, pkt, off, b"\n\t  ", length)


def write_keepalive(line: Line, pkt: Record, off: int, length: int) -> None:
    pass


def write_open(line: Line, pkt: Record, off: int, length: int) -> None:
    if length < OPEN_LENGTH:
        raise Cut
    line.put(b"\n\t  Version %d, my AS %s, Holdtime %ds, ID " % (
        pkt.u8(off + 19), as_number(line, pkt.u16(off + 20)), pkt.u16(off + 22)))
    line.host4(pkt.u32(off + 24))
    size = pkt.u8(off + 28)
    end = off + length
    off += OPEN_LENGTH
    head = 2
    if size and pkt.u8(off) == EXTENDED:  # RFC 9072 §2
        size, head = pkt.u16(off + 1), 3
        off += 3
    line.put(b"\n\t  Optional parameters%s, length: %d" % (
        b" (Extended)" if head == 3 else b"", size))
    stop = off + size
    while off < stop:
        if end - off < head or not pkt.has(off, head):
            raise Cut
        kind = pkt.u8(off)
        count = pkt.u8(off + 1) if head == 2 else pkt.u16(off + 1)
        off += head
        if count > stop - off:
            line.put(b"\n\t     Option %d, length: %d, goes past the end of the options" % (
                kind, count))
            return
        line.put(b"\n\t    Option %s (%d), length: %d" % (
            named({1: b"Authentication Information", 2: b"Capabilities Advertisement"}, kind,
                  b"Unknown"), kind, count))
        if kind == CAPABILITIES:
            write_capabilities(line, pkt, off, off + count)
        else:
            line.put(b"\n\t      no decoder for option %d" % kind)
        off += count


def write_capabilities(line: Line, pkt: Record, off: int, stop: int) -> None:
    while off < stop:
        if not pkt.has(off, 2):
            line.put(CUT)
            return
        kind = pkt.u8(off)
        length = pkt.u8(off + 1)
        line.put(b"\n\t      %s (%d), length: %d" % (
            named(CAPABILITY_NAMES, kind, b"Unknown"), kind, length))
        off += 2
        if not pkt.has(off, length):
            line.put(CUT)
            return
        least = LEAST.get(kind, 0)
        if length < least:
            line.put(b" (too short, < %d)" % least)
            return
        if kind == SECURE and length != SECURE_LENGTH:
            line.put(b" [%d != %d]" % (length, SECURE_LENGTH))
            return
        if kind in CAPABILITY_WRITERS:
            CAPABILITY_WRITERS[kind](line, pkt, off, length)
        elif kind not in (2, 6, 70, 71, 128):
            line.put(b"\n\t\tno decoder for Capability %d" % kind)
            if line.style.verbose <= 1:
                print_unknown_data(line, pkt, off, b"\n\t\t", length)
        if line.style.verbose > 1 and length:
            print_unknown_data(line, pkt, off, b"\n\t\t", length)
        off += length


def family_text(pkt: Record, off: int, gap: int = 0) -> bytes:
    """Address families at ``off``, ``gap`` octets between them."""
    family = pkt.u16(off)
    subfamily = pkt.u8(off + 2 + gap)
    return b"AFI %s (%d), SAFI %s (%d)" % (
        named(AFI_NAMES, family, b"Unknown"), family,
        named(SAFI_NAMES, subfamily, b"Unknown"), subfamily)


def write_multiprotocol(line: Line, pkt: Record, off: int, length: int) -> None:
    line.put(b"\n\t\t%s" % family_text(pkt, off, 1))


def write_multiple_labels(line: Line, pkt: Record, off: int, length: int) -> None:
    for at in range(off, off + length - 3, 4):
        line.put(b"\n\t\t%s, Count: %d" % (family_text(pkt, at), pkt.u8(at + 3)))


def write_restart(line: Line, pkt: Record, off: int, length: int) -> None:
    word = pkt.u16(off)
    line.put(b"\n\t\tRestart Flags: [%s], Restart Time %ds" % (
        bit_words(RESTART_FLAGS, word >> 12), word & 0xFFF))
    for at in range(off + 2, off + length - 3, 4):
        line.put(b"\n\t\t  %s, Forwarding state preserved: %s" % (
            family_text(pkt, at), b"yes" if pkt.u8(at + 3) & 0x80 else b"no"))


def write_wide_as(line: Line, pkt: Record, off: int, length: int) -> None:
    line.put(b"\n\t\t 4 Byte AS %s" % as_number(line, pkt.u32(off)))


def write_add_path(line: Line, pkt: Record, off: int, length: int) -> None:
    if length == 0:
        line.put(b" (bogus)")
    for at in range(off, off + length, 4):
        if off + length - at < 4:
            line.put(INVALID)
            return
        line.put(b"\n\t\t%s, Send/Receive: %s" % (
            family_text(pkt, at), named(SEND_RECEIVE_NAMES, pkt.u8(at + 3), b"Bogus (0x%02x)")))


def write_role(line: Line, pkt: Record, off: int, length: int) -> None:
    role = pkt.u8(off)
    line.put(b"\n\t\tRole name %s (%d)" % (named(ROLE_NAMES, role, b"Unassigned"), role))


def write_secure(line: Line, pkt: Record, off: int, length: int) -> None:
    """Whether paths are signed (RFC 8205 §2.1)."""
    first = pkt.u8(off)
    family = pkt.u16(off + 1)
    line.put(b"\n\t\tVersion %d, Direction %s (%d), AFI %s (%d)" % (
        first >> 4, b"Send" if first & 8 else b"Receive", first >> 3 & 1,
        named(AFI_NAMES, family, b"Unknown"), family))


LEAST = {1: 4, 9: 1, 64: 2, 65: 4}  # octets that a capability must have
CAPABILITY_WRITERS: dict[int, Callable[[Line, Record, int, int], None]] = {
    1: write_multiprotocol, 7: write_secure, 8: write_multiple_labels, 9: write_role,
    64: write_restart, 65: write_wide_as, 69: write_add_path,
}


def write_update(line: Line, pkt: Record, off: int, length: int) -> None:
    stop = off + length
    off += HEADER_LENGTH
    if stop - off < 2:
        raise Cut
    withdrawn = pkt.u16(off)
    off += 2
    if stop - off < withdrawn:
        raise Cut
    if withdrawn > 1:
        line.put(b"\n\t  Withdrawn routes:")
        end = off + withdrawn
        off = write_plain(line, pkt, off, end, b"\n\t    ", 4)
        if off == CUT_SHORT:
            raise Cut
        withdrawn = end - off
    else:
        off += withdrawn
    if stop - off < 2:
        raise Cut
    size = pkt.u16(off)
    off += 2
    if withdrawn == 0 and size == 0 and off == stop:
        line.put(b"\n\t  End-of-Rib Marker (empty NLRI)")
        return
    if stop - off < size:
        raise Cut
    write_attributes(line, pkt, off, off + size, b"\n\t  ", b"\n\t  [path attrs too short]", 0,
                     stop)
    off += size
    if off < stop:
        line.put(b"\n\t  Updated routes:")
        if write_plain(line, pkt, off, stop, b"\n\t    ", 4) == CUT_SHORT:
            raise Cut


def write_notification(line: Line, pkt: Record, off: int, length: int) -> None:
    if not pkt.has(off, NOTIFICATION_LENGTH):
        raise Cut
    if length >= NOTIFICATION_LENGTH:
        write_error(line, pkt, off + 19, off + length)


def write_error(line: Line, pkt: Record, off: int, stop: int) -> None:
    """Error code and subcode at ``off``, and what comes with them."""
    major = pkt.u8(off)
    minor = pkt.u8(off + 1)
    line.put(b", %s (%d)" % (named(MAJOR_NAMES, major, b"Unknown Error"), major))
    if major in MINOR_NAMES:
        line.put(b"%s subcode %s (%d)" % (
            b"" if major in (5, 7) else b",", named(MINOR_NAMES[major], minor, b"Unknown"),
            minor))
    elif minor:
        line.put(b", subcode %d" % minor)
    off += 2
    if major != CEASE:
        return
    if minor == MAX_PREFIXES and stop - off >= 7:
        line.put(b", %s, Max Prefixes: %d" % (family_text(pkt, off), pkt.u32(off + 3)))
    elif minor in (SHUTDOWN, RESET) and stop - off >= 1:
        write_shutdown(line, pkt, off, stop)
    elif minor == HARD_RESET and stop - off >= 2:
        write_error(line, pkt, off, stop)


def write_shutdown(line: Line, pkt: Record, off: int, stop: int) -> None:
    """What the operator wanted to say (RFC 9003)."""
    size = pkt.u8(off)
    if size > stop - off - 1:
        line.put(b", invalid Shutdown Communication length")
    elif size == 0:
        line.put(b", empty Shutdown Communication")
        off += 1
    else:
        line.put(b", Shutdown Communication (length: %d): \"" % size)
        line.escaped(pkt, off + 1, size)
        line.put(b"\"")
        off += 1 + size
    if stop > off:
        line.put(b", Data: (length: %d)" % (stop - off))
        print_unknown_data(line, pkt, off, b"\n\t\t", stop - off)


def write_refresh(line: Line, pkt: Record, off: int, length: int) -> None:
    """Route refresh (RFC 2918, RFC 7313), with filters (RFC 5291)."""
    if length < REFRESH_LENGTH:
        return
    kind = pkt.u8(off + 21)
    line.put(b"\n\t  %s, Subtype %s (%d)" % (
        family_text(pkt, off + 19, 1), named(REFRESH_NAMES, kind, b"Unknown"), kind))
    if length >= REFRESH_LENGTH + 4:
        at = off + REFRESH_LENGTH
        when = pkt.u8(at)
        what = pkt.u8(at + 1)
        line.put(b"\n\t  ORF refresh %s (%d), ORF type %s (%d), ORF length %d" % (
            named(WHEN_NAMES, when, b"Unknown"), when, named(FILTER_NAMES, what, b"Unknown"),
            what, pkt.u16(at + 2)))
    if line.style.verbose > 1:
        print_unknown_data(line, pkt, off, b"\n\t  ", length)


WRITERS: dict[int, Callable[[Line, Record, int, int], None]] = {
    1: write_open, 2: write_update, 3: write_notification, 4: write_keepalive, 5: write_refresh,
}
