"""ATM's operation and maintenance cells (ITU-T I.610); tcpdump: print-atm.c."""

from __future__ import annotations

from fyke.layers.fields import U8, Bits
from fyke.layers.layer import Layer
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record, Truncated

HEADER = 4  # octets of a cell's header without its checksum
PAYLOAD = 48
CRC10 = 0x633  # the polynomial, its highest power included
FLOW_NAMES = {3: b"OAM F4 (segment)", 4: b"OAM F4 (end)"}
PAYLOAD_NAMES = {
    0: b"user data, uncongested, SDU 0", 1: b"user data, uncongested, SDU 1",
    2: b"user data, congested, SDU 0", 3: b"user data, congested, SDU 1",
    4: b"VCC OAM F5 flow segment", 5: b"VCC OAM F5 flow end-to-end",
    6: b"Traffic Control and resource Mgmt",
}
CELL_NAMES = {1: b"Fault Management", 2: b"Performance Management", 8: b"activate/deactivate",
              15: b"System Management"}
#: Cell type: its function types.
FUNCTION_NAMES: dict[int, dict[int, bytes]] = {
    1: {0: b"AIS", 1: b"RDI", 4: b"Continuity Check", 8: b"Loopback"},
    2: {0: b"Forward Monitoring", 1: b"Backward Reporting", 2: b"Monitoring and Reporting"},
    8: {0: b"Performance Monitoring", 1: b"Continuity Check"},
}
LOOPBACK, ALARMS = 0x18, (0x10, 0x11)  # cell type and function type


class AtmOam(Layer):
    """One cell."""

    __slots__ = ()

    name = "atm-oam"
    tag = b"oam"

    vpi = Bits(0, 4, 0x0FF00000, "virtual path")
    vci = Bits(0, 4, 0x000FFFF0, "virtual channel")
    payload_type = Bits(0, 4, 0x0E, "what the cell carries", names=as_text(PAYLOAD_NAMES))
    loss_priority = Bits(0, 4, 1, "may be dropped first", type="bool")
    function = U8(HEADER, "cell type and function type")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + HEADER)  # says whether the header is short

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.put(b"%s, vpi %d, vci %d, payload [ %s ], clp %d, length %d" % (
            FLOW_NAMES.get(self.vci, b"OAM F5"), self.vpi, self.vci,
            PAYLOAD_NAMES.get(self.payload_type, b"Unknown"), self.loss_priority, self.size))
        if line.style.verbose:
            self.write_function(line)

    def write_function(self, line: Line) -> None:
        pkt, at = self.pkt, self.off + HEADER
        cell, function = self.function >> 4, self.function & 15
        line.put(b"\n\tcell-type %s (%d)" % (named(CELL_NAMES, cell, b"unknown"), cell))
        names = FUNCTION_NAMES.get(cell)
        line.put(b", func-type %s (%d)" % (
            b"unknown" if names is None else named(names, function, b"none"), function))
        if self.function == LOOPBACK:
            pkt.raw(at + 1, 45)
            line.put(b"\n\tLoopback-Indicator %s, Correlation-Tag 0x%08x" % (
                b"Request" if pkt.u8(at + 1) & 1 else b"Reply", pkt.u32(at + 2)))
            line.put(b"\n\tLocation-ID ")
            write_identifier(line, pkt, at + 6, 12)
            line.put(b"\n\tSource-ID   ")
            write_identifier(line, pkt, at + 18, 12)
        elif self.function in ALARMS:
            pkt.raw(at + 1, 45)
            line.put(b"\n\tFailure-type 0x%02x" % pkt.u8(at + 1))
            line.put(b"\n\tLocation-ID ")
            write_identifier(line, pkt, at + 2, 16)
        line.put(b"\n\tcksum 0x%03x (%scorrect)" % (
            pkt.u16(at + PAYLOAD - 2) & 0x3FF,
            b"in" if crc10(pkt.raw(at, PAYLOAD)) else b""))


def write_identifier(line: Line, pkt: Record, at: int, size: int) -> None:
    """Pairs of octets, which tcpdump takes from the second octet on to one after the last."""
    for place in range(at + 1, at + size, 2):
        line.put(b"%04x " % pkt.u16(place))


def crc10(octets: bytes) -> int:
    """0 for a payload that ends in its own checksum."""
    rest = 0
    for octet in octets:
        for bit in range(7, -1, -1):
            rest = rest << 1 | octet >> bit & 1
            if rest & 0x400:
                rest ^= CRC10
    return rest
