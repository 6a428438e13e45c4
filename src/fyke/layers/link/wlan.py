"""IEEE 802.11 frames (IEEE 802.11-2016 §9); tcpdump: print-802_11.c."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.fields import Bits, Flags, Listed, Made, Number, Options
from fyke.layers.link.frame import Frame
from fyke.layers.link.wlan_management import (
    BEACON,
    CAPABILITIES_AT,
    DEAUTHENTICATION,
    DISASSOCIATION,
    PROBED,
    elements,
    write_management,
    write_wep,
)
from fyke.layers.link.wlan_names import CONTROL_NAMES, REASON_NAMES
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

LLC = table("llc")

MANAGEMENT, CONTROL, DATA, EXTENSION = range(4)  # types of frames
VERSION = 3  # bits of the frame control
WRAPPER, BAR, BA, PS_POLL, RTS, CTS, ACK, CF_END, CF_END_ACK = range(7, 16)
#: Octets of the header of a control frame.
CONTROL_LENGTHS = {WRAPPER: 16, BAR: 20, BA: 16, PS_POLL: 16, RTS: 16, CTS: 10, ACK: 10,
                   CF_END: 16, CF_END_ACK: 16}
MANAGEMENT_LENGTH = 24
TO_DS, FROM_DS, PROTECTED, HTC = 0x0100, 0x0200, 0x4000, 0x8000
HT_CONTROL_LENGTH = 4  # after the header, where HTC says so (IEEE 802.11-2020 §9.2.4.1.10)
CF_ACK, CF_POLL, NO_DATA, QOS = 1, 2, 4, 8  # bits of the subtype of a data frame
#: Bits of the frame control field, in the order in which -ev shows them.
FLAGS = ((0x2000, b"More Data "), (0x0400, b"More Fragments "), (0x1000, b"Pwr Mgmt "),
         (0x0800, b"Retry "), (HTC, b"+HTC "), (PROTECTED, b"Protected "))
#: What the addresses of a data frame are, by "to" and "from the distribution system"; and where
#: its destination and source stand.
ADDRESS_ROLES = {
    0: ((b"DA", 4), (b"SA", 10), (b"BSSID", 16)),
    FROM_DS: ((b"DA", 4), (b"BSSID", 10), (b"SA", 16)),
    TO_DS: ((b"BSSID", 4), (b"SA", 10), (b"DA", 16)),
    TO_DS | FROM_DS: ((b"RA", 4), (b"TA", 10), (b"DA", 16), (b"SA", 24)),
}
#: The same for control frames, with -e; and what stands after the name without -e.
CONTROL_ROLES = {
    BA: ((b"RA", 4), (b"TA", 10)), PS_POLL: ((b"BSSID", 4), (b"TA", 10)),
    RTS: ((b"RA", 4), (b"TA", 10)),
    CTS: ((b"RA", 4),), ACK: ((b"RA", 4),), CF_END: ((b"RA", 4), (b"BSSID", 10)),
    CF_END_ACK: ((b"RA", 4), (b"BSSID", 10)),
}
CONTROL_ADDRESS = {BA: (b"RA", 4), RTS: (b"TA", 10), CTS: (b"RA", 4), ACK: (b"RA", 4),
                   CF_END: (b"RA", 4), CF_END_ACK: (b"RA", 4)}


def said_address(role: bytes) -> Callable[[Wlan], bytes | None]:
    return lambda frame: frame.address_of(role) if frame.is_known() else None


class Wlan(Frame):
    """A frame as the air carried it: management, control or data.

    Numbers are little endian. A capture header below (radiotap …) says in ``fcs_length`` and
    ``padded`` whether the frame check sequence is there and the header padded to four octets.
    """

    __slots__ = ("header_length", "mesh_length")

    header_length: int  #: octets, padding and mesh header included; 0 for a type nobody knows
    mesh_length: int  #: octets of mesh header (-H), part of ``header_length``

    name = "wlan"
    tag = b"802.11"

    frame_control = Number(0, 2, "protocol version, type, subtype and flags", little=True)
    type = Bits(0, 1, 0x0C, "type of frame", names={0: "management", 1: "control", 2: "data"})
    subtype = Bits(0, 1, 0xF0, "what kind of its type: 8 of type 0 is a beacon")
    flags = Flags(1, 1, 0xFF, "of the frame", {
        1: "to DS", 2: "from DS", 4: "more fragments", 8: "retry", 16: "power management",
        32: "more data", 64: "protected", 128: "+HTC"})
    duration = Number(2, 2, "microseconds; in a PS-Poll the association identifier", little=True)
    receiver = Made("mac", lambda frame: frame.pkt.raw(frame.off + 4, 6)
                    if frame.is_known() else None, "the first address")
    transmitter = Made("mac", lambda frame: frame.find_transmitter(), "the second address")
    dst = Made("mac", said_address(b"DA"), "final destination")
    src = Made("mac", said_address(b"SA"), "original source")
    bssid = Made("mac", said_address(b"BSSID"), "basic service set")
    fragment = Made("u8", lambda frame: frame.find_sequence(0, 15),
                    "number of this fragment; none in control frames")
    sequence = Made("u16", lambda frame: frame.find_sequence(4, 0xFFF),
                    "sequence number; none in control frames")
    beacon_interval = Made("u16", lambda frame: frame.fixed_field(8), unit="TU",
                           words="time between beacons, in units of 1024 µs")
    capabilities = Made("u16", lambda frame: frame.find_capabilities(),
                        "what the sender or its service set can do: bits")
    reason = Made("u16", lambda frame: frame.find_reason(), "why it ends",
                  names=dict(enumerate(name.decode() for name in REASON_NAMES)))
    ssid = Made("text", lambda frame: frame.find_ssid(), "name of the service set")
    elements = Listed(lambda frame: frame.find_elements(),
                      "elements of a management frame", keyed=True)

    def clear(self) -> None:
        super().clear()
        self.header_length = self.mesh_length = 0

    def is_known(self) -> bool:
        """Version 1 (802.11ah) and extension frames have other headers."""
        return self.frame_control & VERSION == 0 and self.type != EXTENSION

    def find_transmitter(self) -> bytes | None:
        alone = self.type == CONTROL and self.subtype in (CTS, ACK, WRAPPER)
        return None if alone or not self.is_known() else self.pkt.raw(self.off + 10, 6)

    def find_sequence(self, shift: int, mask: int) -> int | None:
        """Part of the sequence control field."""
        if self.type == CONTROL or not self.is_known():
            return None
        return self.pkt.le16(self.off + 22) >> shift & mask

    def fixed_field(self, at: int) -> int | None:
        """A number of a beacon's or probe response's fixed fields."""
        if self.type != MANAGEMENT or self.subtype not in (BEACON, PROBED) or self.is_closed():
            return None
        return self.pkt.le16(self.body_off + at)

    def is_closed(self) -> bool:
        """Encrypted, or nobody knows where its body is."""
        return bool(self.frame_control & PROTECTED) or not self.body_off

    def find_capabilities(self) -> int | None:
        at = {0: 0, 2: 0, **CAPABILITIES_AT}.get(self.subtype)
        if self.type != MANAGEMENT or at is None or self.is_closed():
            return None
        return self.pkt.le16(self.body_off + at)

    def find_reason(self) -> int | None:
        if self.type != MANAGEMENT or self.is_closed() or (
                self.subtype not in (DISASSOCIATION, DEAUTHENTICATION)):
            return None
        return self.pkt.le16(self.body_off)

    def find_elements(self) -> Options | None:
        if self.type != MANAGEMENT or self.is_closed():
            return None
        return elements(self.pkt, self.subtype, self.body_off, self.body_off + self.body_length)

    def find_ssid(self) -> str | None:
        found = self.find_elements()
        return None if found is None else found.get("ssid")

    def roles(self) -> tuple[tuple[bytes, int], ...]:
        """What the addresses mean, and where they stand."""
        if self.type == CONTROL:
            return CONTROL_ROLES.get(self.subtype, ())
        if self.type == DATA:
            return ADDRESS_ROLES[self.frame_control & (TO_DS | FROM_DS)]
        return ADDRESS_ROLES[0]

    def address_of(self, role: bytes) -> bytes | None:
        for name, where in self.roles():
            if name == role:
                return self.pkt.raw(self.off + where, 6)
        return None

    def parse(self, pkt: Record, off: int) -> None:
        fcs_length = getattr(self.below, "fcs_length", 0)
        if self.size < fcs_length:
            raise Truncated
        self.size -= fcs_length
        pkt.narrow(off + self.size)
        pkt.le16(off)
        self.header_length = self.find_header_length()
        pkt.le16(off + 2)
        if getattr(self.below, "padded", False):
            self.header_length = (self.header_length + 3) // 4 * 4
        self.body_off = off + self.header_length
        self.body_length = self.frame_length = self.size - self.header_length
        if not pkt.has(off, self.header_length):
            raise Truncated
        self.payload_off, self.payload_length = self.body_off, self.body_length
        if self.type == DATA and not self.subtype & NO_DATA and (
                not self.frame_control & PROTECTED):
            self.next = LLC.find(0)

    def find_header_length(self) -> int:
        """Octets; 0 for a type or a control frame that nobody knows."""
        more = HT_CONTROL_LENGTH if self.frame_control & HTC else 0
        if self.type == MANAGEMENT:
            return MANAGEMENT_LENGTH + more
        if self.type == CONTROL:
            return CONTROL_LENGTHS.get(self.subtype, 0)
        if self.type == DATA:
            four = self.frame_control & (TO_DS | FROM_DS) == TO_DS | FROM_DS
            return (30 if four else 24) + (2 + more if self.subtype & QOS else 0)
        return 0

    def write(self, line: Line) -> None:
        line.link_header(min(self.off + self.header_length, self.pkt.caplen))
        if self.find_header_length() == 0:
            self.write_unknown_type(line)
            line.stop()
            return
        if self.short:
            raise Truncated
        if line.style.draft_mesh and self.type == DATA and self.subtype & QOS:
            self.read_mesh()
        if line.style.link_level:
            self.write_header(line)
        if self.type == MANAGEMENT:
            write_management(line, self)
        elif self.type == CONTROL:
            self.write_control(line)
        elif self.frame_control & PROTECTED and not self.subtype & NO_DATA:
            line.put(b"Data")
            write_wep(line, self.pkt, self.body_off)

    def write_unknown_type(self, line: Line) -> None:
        if self.type == CONTROL:
            line.put(b"unknown 802.11 ctrl frame subtype (%d)" % self.subtype)
        else:
            line.put(b"unknown 802.11 frame type (%d)" % self.type)

    def read_mesh(self) -> None:
        """-H takes what follows a QoS header for the mesh header of an old 802.11s draft."""
        flags = self.pkt.u8(self.body_off)
        if flags & ~3 == 0:
            self.mesh_length = 6 * (1 + flags)
            self.header_length += self.mesh_length
            self.body_off += self.mesh_length
            self.body_length -= self.mesh_length
            self.payload_off, self.payload_length = self.body_off, self.body_length
        if not self.pkt.has(self.off, self.header_length):
            raise Truncated

    def write_header(self, line: Line) -> None:
        """-e: flags and duration with -v, and every address."""
        if line.style.verbose:
            for bit, name in FLAGS:
                if self.frame_control & bit:
                    line.put(name)
            if self.type != CONTROL or self.subtype != PS_POLL:
                line.put(b"%dus " % self.duration)
        if self.mesh_length:
            self.write_mesh(line)
        if self.type == MANAGEMENT:
            self.write_roles(line, ((b"BSSID", 16), (b"DA", 4), (b"SA", 10)))
        elif self.type == CONTROL:
            if self.subtype == BAR:
                self.write_request(line)
            self.write_roles(line, self.roles())
        else:
            self.write_contention_free(line)
            self.write_roles(line, self.roles())

    def write_contention_free(self, line: Line) -> None:
        subtype = self.subtype
        if not subtype & (CF_ACK | CF_POLL | QOS):
            return
        line.put(b"CF ")
        line.put((b"", b"Ack", b"Poll", b"Ack/Poll")[subtype & 3])
        if subtype & QOS:
            line.put(b"+QoS")
        line.char(32)

    def write_mesh(self, line: Line) -> None:
        off = self.body_off - self.mesh_length
        extension = self.pkt.u8(off) & 3
        line.put(b"MeshData (AE %d TTL %d seq %d" % (
            extension, self.pkt.u8(off + 1), self.pkt.le32(off + 2)))
        for number in range(extension):
            line.put(b" A%d:" % (4 + number))
            line.ether(self.pkt, off + 6 + 6 * number)
        line.put(b") ")

    def write_roles(self, line: Line, roles: tuple[tuple[bytes, int], ...]) -> None:
        for name, where in roles:
            line.put(name + b":")
            line.ether(self.pkt, self.off + where)
            line.char(32)

    def write_request(self, line: Line) -> None:
        """A request for block acknowledgment."""
        line.char(32)
        self.write_roles(line, ((b"RA", 4), (b"TA", 10)))
        line.put(b"CTL(%x) SEQ(%d) " % (
            self.pkt.le16(self.off + 16), self.pkt.le16(self.off + 18)))

    def write_control(self, line: Line) -> None:
        subtype = self.subtype
        line.put(CONTROL_NAMES[subtype])
        if subtype == PS_POLL:
            line.put(b" AID(%x)" % self.duration)
        elif line.style.link_level:
            return
        elif subtype == BAR:
            self.write_request(line)
        elif subtype in CONTROL_ADDRESS:
            line.char(32)
            self.write_roles(line, (CONTROL_ADDRESS[subtype],))

    def write_pair(self, line: Line) -> bool:
        self.write_from(line)
        line.put(b" > ")
        self.write_to(line)
        return True

    def write_from(self, line: Line) -> None:
        self.write_role(line, b"SA")

    def write_to(self, line: Line) -> None:
        self.write_role(line, b"DA")

    def write_role(self, line: Line, role: bytes) -> None:
        for name, where in self.roles():
            if name == role:
                line.ether(self.pkt, self.off + where)
