"""Serial Line IP as BSD captures it (RFC 1055, RFC 1144 compression); tcpdump: print-sl.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.associations import associations_of
from fyke.layers.fields import U8
from fyke.layers.layer import Layer
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")

IPV4, IPV6 = 0x0800, 0x86DD  # EtherTypes
HEADER_LENGTH = 16
INWARDS, OUTWARDS = 0, 1
PLAIN_IP, UNCOMPRESSED, COMPRESSED = 0x40, 0x70, 0x80  # what the compressed header begins with
NEW_C, NEW_I, NEW_S, NEW_A, NEW_W, NEW_U = 0x40, 0x20, 0x08, 0x04, 0x02, 0x01  # RFC 1144 §3.2.2
SPECIALS, SPECIAL_I, SPECIAL_D = 0x0F, 0x0B, 0x0F


class Slip(Layer):
    """Direction, the compressed header as it was on the line, then the whole IP packet."""

    __slots__ = ()

    name = "slip"
    tag = b"slip"
    link_layer = True

    direction = U8(0, "0 received, 1 sent", names={INWARDS: "received", OUTWARDS: "sent"})
    compressed = U8(1, "first octet of the compressed header (RFC 1144 §3.2), or another")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, HEADER_LENGTH)
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = self.size - HEADER_LENGTH
        self.next = self.upper()

    def upper(self) -> type[Layer] | None:
        """By the version of IP: the whole packet follows, whatever was compressed."""
        if not self.pkt.has(self.payload_off, 1):
            return None
        kind = {4: IPV4, 6: IPV6}.get(self.pkt.u8(self.payload_off) >> 4)
        return None if kind is None else ETHERTYPES.find(kind)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.off + HEADER_LENGTH)
        if line.style.link_level:
            self.write_link(line)
        version = self.pkt.u8(self.off + HEADER_LENGTH) >> 4
        if version not in (4, 6):
            line.put(b"ip v%d" % version)

    def write_link(self, line: Line) -> None:
        """-e: direction and header compression."""
        state = associations_of(line).of("slip", lambda: {"connection": 255})
        valid = self.direction in (INWARDS, OUTWARDS)
        line.put((b"I ", b"O ")[self.direction] if valid
                 else b"Invalid direction %d " % self.direction)
        kind = self.compressed & 0xF0
        if kind == PLAIN_IP:
            line.put(b"ip %d: " % self.size)
        elif kind == UNCOMPRESSED:
            state["connection"] = self.pkt.u8(self.off + 10)  # the IP header's protocol
            line.put(b"utcp %d: " % state["connection"])
            if valid:
                self.remember(state)
        elif not valid:
            return
        elif self.compressed & COMPRESSED:
            self.write_compressed(line, state)
            line.put(b": ")
        else:
            line.put(b"slip-%d!: " % self.compressed)

    def remember(self, state: dict[Any, int]) -> int:
        """The connection's octets of data in this packet, which the next one counts from."""
        ip = self.off + HEADER_LENGTH
        words = self.pkt.u8(ip) & 0x0F
        words += self.pkt.u8(ip + 4 * words + 12) >> 4
        data = (self.size - HEADER_LENGTH - 4 * words) & 0xFFFFFFFF
        state[self.direction, state["connection"]] = data
        return data

    def write_compressed(self, line: Line, state: dict[Any, int]) -> None:
        """RFC 1144 §3.2: what changed since the last packet of the connection."""
        pkt = self.pkt
        flags = self.compressed
        at = self.off + 2
        if flags & NEW_C:
            state["connection"] = pkt.u8(at)
            at += 1
            line.put(b"ctcp %d" % state["connection"])
        else:
            line.put(b"ctcp *")
        at += 2  # the TCP checksum
        last = state.get((self.direction, state["connection"]), 0)
        if flags & SPECIALS == SPECIAL_I:
            line.put(b" *SA+%d" % last)
        elif flags & SPECIALS == SPECIAL_D:
            line.put(b" *S+%d" % last)
        else:
            for bit, label in ((NEW_U, b"U="), (NEW_W, b"W"), (NEW_A, b"A+"), (NEW_S, b"S+")):
                if flags & bit:
                    at = write_change(line, pkt, at, label)
        if flags & NEW_I:
            at = write_change(line, pkt, at, b"I+")
        line.put(b" %d (%d)" % (self.remember(state), at - self.off - 1))


class SlipBsdOs(Slip):
    """BSD/OS: the same header, of which nothing is shown."""

    __slots__ = ()

    name = "slip-bsdos"
    tag = b"slip_bsdos"

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.off + HEADER_LENGTH)

    def upper(self) -> type[Layer] | None:
        return ETHERTYPES.find(IPV4)


def write_change(line: Line, pkt: Record, at: int, label: bytes) -> int:
    """A number of one octet, or of two after a zero; the window's is signed.

    Where it ends, as tcpdump counts: it forgets the one octet.
    """
    value = pkt.u8(at)
    if value == 0:
        value = pkt.u16(at + 1)
        at += 3
    if label == b"W":
        value = (value ^ 0x8000) - 0x8000
        line.put(b" W%+d" % value)
    else:
        line.put(b" %s%d" % (label, value))
    return at
