"""Walking an IEEE 802.15.4 frame behind its addresses; tcpdump: print-802_15_4.c."""

from __future__ import annotations

from fyke.layers.link.wpan_names import (
    ASSOCIATION_RESULTS,
    CAPABILITIES,
    COMMANDS,
    LEAVING_REASONS,
)
from fyke.layers.words import named
from fyke.wire import Line, Record

MIC_LENGTHS = (0, 4, 8, 16)  # by the low two bits of the security level


class Stop(Exception):
    """The frame is wrong from here on, and the line says how."""


class Walk:
    """A place in the frame, and how many octets are left of it."""

    __slots__ = ("at", "left", "line", "pkt")

    def __init__(self, line: Line, pkt: Record, at: int, left: int) -> None:
        self.line = line
        self.pkt = pkt
        self.at = at
        self.left = left

    def need(self, count: int, what: bytes) -> None:
        if self.left < count:
            self.line.put(b"[ERROR: Truncated before %s]" % what)
            raise Stop

    def skip(self, count: int) -> None:
        self.at += count
        self.left -= count

    def address(self, at: int, size: int) -> None:
        if size == 0:
            self.line.put(b"none")
        elif size == 2:
            self.line.put(b"%04x" % self.pkt.le16(at))
        else:
            self.line.put(self.pkt.raw(at, 8)[::-1].hex(":").encode())

    def octets(self, at: int, count: int) -> None:
        for index in range(count):
            self.line.put(b"%02x " % self.pkt.u8(at + index))

    def data(self, at: int, count: int, label: bytes = b"IE Data = ") -> None:
        self.line.put(label)
        self.octets(at, count)

    def vendor(self, at: int, size: int) -> None:
        if size < 3:
            self.line.put(b"[ERROR: Vendor OUI missing]")
            return
        self.line.put(b"OUI = 0x%06x, Data = " % self.pkt.u24(at))
        self.octets(at + 3, size - 3)


def write_security(walk: Walk) -> int:
    """The auxiliary security header; the security level."""
    line, pkt = walk.line, walk.pkt
    walk.need(1, b"Aux Security Header")
    control = pkt.u8(walk.at)
    level, mode = control & 7, control >> 3 & 3
    walk.skip(1)
    if line.style.verbose:
        line.put(b"\n\tSecurity Level %d, Key Id Mode %d, " % (level, mode))
    if not control & 0x20:
        walk.need(4, b"Frame Counter")
        if line.style.verbose > 1:
            line.put(b"Frame Counter 0x%08x " % pkt.le32(walk.at))
        walk.skip(4)
    if mode == 0:
        if line.style.verbose > 1:
            line.put(b"Implicit")
        return level
    if mode > 1:
        walk.need(4 if mode == 2 else 8, b"Key Source")
        if line.style.verbose > 1 and mode == 2:
            line.put(b"KeySource 0x%04x:%x4x, " % (pkt.le16(walk.at), pkt.le16(walk.at + 2)))
        elif line.style.verbose > 1:
            line.put(b"KeySource ")
            walk.address(walk.at, 8)
            line.put(b", ")
        walk.skip(4)  # as tcpdump does: half of a key source of eight octets
    walk.need(1, b"Key Index")
    if line.style.verbose > 1:
        line.put(b"KeyIndex 0x%02x, " % pkt.u8(walk.at))
    walk.skip(1)
    return level


def write_superframe(line: Line, bits: int) -> None:
    if not line.style.verbose:
        return
    line.put(b"\n\tBeacon order = %d, Superframe order = %d, Final CAP Slot = %d" % (
        bits & 15, bits >> 4 & 15, bits >> 8 & 15))
    for bit, name in ((12, b", BLE enabled"), (14, b", PAN Coordinator"),
                      (15, b", Association Permit")):
        if bits >> bit & 1:
            line.put(name)


def write_slots(walk: Walk) -> None:
    """Guaranteed time slots of a beacon."""
    line, pkt, at = walk.line, walk.pkt, walk.at
    count = pkt.u8(at) & 7
    if count == 0:
        if line.style.verbose:
            line.put(b"\n\tGTS Descriptor Count = 0, ")
        walk.skip(1)
        return
    size = 2 + 3 * count
    if walk.left < size:
        line.put(b" [ERROR: Truncated GTS Info List]")
        raise Stop
    walk.skip(size)
    if line.style.verbose < 2:
        return
    line.put(b"GTS Descriptor Count = %d, GTS Directions Mask = %02x, [ " % (
        count, pkt.u8(at + 1) & 0x7F))
    for index in range(count):
        line.put(b"[ ")
        walk.address(at + 2 + 3 * index, 2)
        slot = pkt.u8(at + 3 + 3 * index)
        line.put(b", Start slot = %d, Length = %d ] " % (slot & 15, slot >> 4))
    line.put(b"]")


def pending_addresses(walk: Walk, at: int, left: int) -> int:
    """Addresses with data waiting for them; the octets they take."""
    line = walk.line
    counts = walk.pkt.u8(at)
    short, extended = counts & 7, counts >> 4 & 7
    size = 1 + 2 * short + 8 * extended
    if line.style.verbose:
        line.put(b"\n\tPending address list, # short addresses = %d, # extended addresses = %d"
                 % (short, extended))
    if left < size:
        line.put(b" [ERROR: Pending address list truncated]")
        raise Stop
    if line.style.verbose > 1:
        for name, count, start, width in ((b"Short", short, at + 1, 2),
                                          (b"Extended", extended, at + 1 + 2 * short, 8)):
            if count:
                line.put(b", %s address list = [ " % name)
                for index in range(count):
                    walk.address(start + width * index, width)
                    line.char(32)
                line.put(b"]")
    return size


def write_beacon(walk: Walk) -> None:
    """What a beacon of the older versions begins with."""
    walk.need(2, b"beacon information")
    write_superframe(walk.line, walk.pkt.le16(walk.at))
    walk.skip(2)
    walk.need(1, b"GTS info")
    write_slots(walk)
    walk.need(1, b"pending addresses")
    size = pending_addresses(walk, walk.at, walk.left)
    walk.pkt.raw(walk.at, size)
    walk.skip(size)


def write_command(walk: Walk) -> None:
    """A MAC command; goes past what was understood."""
    line = walk.line
    if walk.left < 1:
        line.put(b"[ERROR: Truncated before Command ID]")
        return
    code = walk.pkt.u8(walk.at)
    line.put(b"Command ID = %s " % (
        COMMANDS[code] if code < len(COMMANDS) else b"Reserved 0x%02x" % code))
    walk.skip(1)
    if walk.left == 0 or 4 <= code <= 7:
        return
    writer = COMMAND_WRITERS.get(code)
    if writer is None:
        walk.data(walk.at, walk.left, b"Command Data = ")
        return
    sizes, what, write = writer
    if walk.left not in sizes:
        line.put(b"Invalid %s command length" % what)
        return
    write(walk)
    walk.skip(walk.left)


def association_request(walk: Walk) -> None:
    bits = walk.pkt.u8(walk.at)
    walk.line.put(b"FFD, " if bits & 2 else b"RFD, ")
    for bit, name in CAPABILITIES:
        if bits & bit:
            walk.line.put(name)


def association_response(walk: Walk) -> None:
    walk.line.put(b"Short address = ")
    walk.address(walk.at, 2)
    walk.line.put(named(ASSOCIATION_RESULTS, walk.pkt.u8(walk.at + 2), b", Status = 0x%02x"))


def disassociation(walk: Walk) -> None:
    reason = walk.pkt.u8(walk.at)
    known = LEAVING_REASONS.get(reason)  # for others tcpdump shows an octet behind the command
    walk.line.put(known or b"Reason = 0x%02x" % walk.pkt.u8(walk.at + 2))


def realignment(walk: Walk) -> None:
    line, pkt, at = walk.line, walk.pkt, walk.at
    line.put(b"Pan ID = 0x%04x, Coordinator short address = " % pkt.le16(at))
    walk.address(at + 2, 2)
    channel = pkt.u8(at + 4)
    page = pkt.u8(at + 7) if walk.left == 8 else 0x80
    if page & 0x80:
        line.put(b", Channel Number = %d" % (channel | (page & 0x7F) << 8))
    else:
        line.put(b", Channel Number = %d, page = %d" % (channel, page))
    line.put(b", Short address = ")
    walk.address(at + 5, 2)


def slot_request(walk: Walk) -> None:
    bits = walk.pkt.u8(walk.at)
    walk.line.put(b"GTS Length = %d, %s, %s" % (
        bits & 15, b"Receive-only GTS" if bits & 16 else b"Transmit-only GTS",
        b"GTS allocation" if bits & 32 else b"GTS deallocations"))


#: By command: lengths that are right, the name when it is wrong, and who writes it.
COMMAND_WRITERS = {
    1: ((1,), b"Association request", association_request),
    2: ((3,), b"Association response", association_response),
    3: ((1,), b"Disassociation Notification", disassociation),
    8: ((7, 8), b"Coordinator Realignment", realignment),
    9: ((1,), b"GTS Request", slot_request),
}
