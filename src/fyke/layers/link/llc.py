"""IEEE 802.2 logical link control, and SNAP (IEEE 802, RFC 1042); tcpdump: print-llc.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, Made, Number
from fyke.layers.hexdump import default_print, hex_and_ascii_print
from fyke.layers.layer import Layer
from fyke.layers.link.ethertypes import ETHERTYPE_NAMES
from fyke.layers.link.frame import Frame
from fyke.layers.link.llc_names import (
    COMMAND_NAMES,
    FLAG_NAMES,
    PID_NAMES,
    SAP_NAMES,
    SUPERVISORY_NAMES,
)
from fyke.layers.ouis import OUI_NAMES
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")

GLOBAL, NETWARE = 0xFF, 0xE0
CONTROL = 2  # octets in front of the control field
UNNUMBERED = 3
FORMATS = ("information", "supervisory", "information", "unnumbered")
UI, XID = 0x03, 0xAF  # control fields of unnumbered frames
POLL_U, POLL_IS = 0x10, 0x0100  # the poll/final bit of a U frame, and of an I or S frame
RESPONSE = 0x01  # in the source SAP
XID_FORMAT = 0x81  # IEEE 802.2 §5.4.1.1.2

#: Organisations whose protocol identifiers are EtherTypes: nobody, Cisco, Apple.
WITH_ETHERTYPES = (0x000000, 0x0000F8, 0x080007)
BRIDGING = 0x0080C2  # IEEE 802.1's own
#: Bridged frames: octets of padding beyond that of Ethernet (RFC 2684 §5.2; FDDI's header is odd).
PADDED = {1: 0, 7: 0, 3: 0, 9: 0, 4: 1, 10: 1}
HEADER_LENGTH = 5  # of SNAP, octets
APPLETALK = 0x809B

IPX = table("ipx")
SAPS = table("llc.sap")  # above UI frames whose two SAPs are the same


def control_of(layer: Llc) -> int:
    """The control field: one octet in unnumbered frames, else two, little endian."""
    first: int = layer.pkt.u8(layer.off + CONTROL)
    return first if first & 3 == UNNUMBERED else layer.pkt.le16(layer.off + CONTROL)


def format_of(layer: Llc) -> str:
    """IEEE 802.2 §5.2: by the lowest bits of the control field."""
    first = layer.pkt.u8(layer.off + CONTROL)
    return FORMATS[first & 3]


def sent_of(layer: Llc) -> int | None:
    """N(S) of an information frame."""
    return None if format_of(layer) != "information" else layer.control >> 1 & 0x7F


def received_of(layer: Llc) -> int | None:
    """N(R) of information and supervisory frames."""
    return None if format_of(layer) == "unnumbered" else layer.control >> 9 & 0x7F


def poll_of(layer: Llc) -> bool:
    poll = POLL_U if format_of(layer) == "unnumbered" else POLL_IS
    return bool(layer.control & poll)


class Llc(Frame):
    """Service access points and control field."""

    __slots__ = ()

    name = "llc"
    tag = b"llc"

    dsap = U8(0, "destination service access point, the group bit included")
    ssap = U8(1, "source service access point, the response bit included")
    control = Made("u16", control_of, "8 bits in unnumbered frames, else 16, little endian")
    format = Made("text", format_of, "information, supervisory or unnumbered")
    sent = Made("u8", sent_of, "number of this frame; none in other than information frames")
    received = Made("u8", received_of, "number of the frame that is expected next")
    poll = Made("bool", poll_of, "poll in a command, final in a response")

    def parse(self, pkt: Record, off: int) -> None:
        dsap = pkt.u8(off)
        ssap = pkt.u8(off + 1)
        control = self.control
        length = CONTROL + (1 if control & 3 == UNNUMBERED else 2)
        if self.size < length:
            raise Truncated
        self.payload_off = self.body_off = off + length
        self.payload_length = self.body_length = self.size - length
        if dsap == GLOBAL and ssap == GLOBAL:  # Novell's IPX, without LLC (0xFFFF: its checksum)
            self.payload_off = off
            self.payload_length = self.size
            self.next = IPX.find(0)
        elif control == UI and dsap & 0xFE == ssap & 0xFE:
            self.next = SAPS.find(dsap & 0xFE)

    def write(self, line: Line) -> None:
        if self.short:
            self.write_short(line)
            return
        if self.dsap == GLOBAL and self.ssap == GLOBAL:
            line.link_header(self.off)
            if line.style.link_level:
                line.put(b"IPX 802.3: ")
            return
        line.link_header(self.body_off)
        if line.style.link_level:
            self.write_header(line)
        if self.next is not None:
            if self.dsap == NETWARE and line.style.link_level:
                line.put(b"IPX 802.2: ")
            return
        if not line.style.link_level:
            self.write_saps(line)
        if self.write_control(line):
            default_print(line, self.pkt, self.off, self.pkt.end - self.off)

    def write_short(self, line: Line) -> None:
        """The capture ends inside the header (octets are shown), or the frame does."""
        if self.pkt.has(self.off, 4):
            raise Truncated
        line.put(b" [|llc]")
        hex_and_ascii_print(line, self.pkt, self.off, min(self.have, self.size))

    def write_header(self, line: Line) -> None:
        dsap = self.dsap & 0xFE
        ssap = self.ssap & 0xFE
        line.put(b"LLC, dsap %s (0x%02x) %s, ssap %s (0x%02x) %s, ctrl 0x%0*x: " % (
            SAP_NAMES.get(dsap, b"Unknown"), dsap,
            b"Group" if self.dsap & 1 else b"Individual",
            SAP_NAMES.get(ssap, b"Unknown"), ssap,
            b"Response" if self.ssap & 1 else b"Command",
            2 if self.format == "unnumbered" else 4, self.control))

    def write_saps(self, line: Line) -> None:
        """Both ends: their addresses where the link layer has some, their service access points."""
        dsap = self.dsap & 0xFE
        ssap = self.ssap & 0xFE
        target = SAP_NAMES.get(dsap) or b"Unknown DSAP 0x%02x" % dsap
        source = SAP_NAMES.get(ssap) or b"Unknown SSAP 0x%02x" % ssap
        addressed = has_pair(self)
        if ssap != dsap:
            if addressed:
                self.write_from(line)
                line.char(32)
            line.put(source)
            line.put(b" > ")
            if addressed:
                self.write_to(line)
                line.char(32)
        elif addressed:
            self.write_pair(line)
            line.char(32)
        line.put(target)
        line.char(32)

    def write_control(self, line: Line) -> bool:
        """What kind of frame it is; whether its payload is to be shown as octets."""
        control = self.control
        flag = FLAG_NAMES[(self.ssap & RESPONSE) | (2 if self.poll else 0)]
        if self.format == "unnumbered":
            command = control & ~POLL_U
            line.put(b"Unnumbered, %s, Flags [%s], length %d" % (
                COMMAND_NAMES.get(command) or b"%02x" % command, flag, self.size))
            if command == XID:
                return self.write_xid(line)
            return True
        receive = control >> 9 & 0x7F
        if control & 3 == 1:
            line.put(b"Supervisory, %s, rcv seq %d, Flags [%s], length %d" % (
                SUPERVISORY_NAMES[control >> 2 & 3], receive, flag, self.size))
            return False
        line.put(b"Information, send seq %d, rcv seq %d, Flags [%s], length %d" % (
            control >> 1 & 0x7F, receive, flag, self.size))
        return True

    def write_xid(self, line: Line) -> bool:
        """What the other side can do."""
        if self.body_length == 0:
            return False
        if self.pkt.u8(self.body_off) != XID_FORMAT:
            return True
        if self.body_length < 3:
            raise Truncated
        line.put(b": %02x %02x" % (self.pkt.u8(self.body_off + 1),
                                   self.pkt.u8(self.body_off + 2)))
        return False


class Snap(Frame):
    """Organisation and protocol, above LLC."""

    __slots__ = ("pad",)

    pad: int  #: octets before a bridged frame (RFC 2684)

    name = "snap"
    tag = b"snap"

    oui = Number(0, 3, "organisation that assigned the protocol identifier")
    pid = U16(3, "protocol identifier: an EtherType where oui is 0")

    def __init__(self) -> None:
        super().__init__()
        self.pad = 2

    def parse(self, pkt: Record, off: int) -> None:
        self.ethertype = pkt.u16(off + 3)
        if self.size < HEADER_LENGTH:
            raise Truncated
        self.payload_off = self.body_off = off + HEADER_LENGTH
        self.payload_length = self.body_length = self.size - HEADER_LENGTH
        self.frame_length = self.body_length
        self.choose()

    def choose(self) -> None:
        """Who decodes the payload: an EtherType, or a table of the organisation."""
        oui = self.oui
        pid = self.ethertype
        if oui in (0x000000, 0x0000F8) or (oui == 0x080007 and pid == APPLETALK):
            self.next = ETHERTYPES.find(pid)
        elif oui in PID_NAMES:
            self.next = table(f"snap.{oui:06x}").find(pid)
        if oui == BRIDGING and pid in PADDED:
            pad = self.pad + PADDED[pid]
            self.payload_off += pad
            self.payload_length -= pad
            if not self.pkt.has(self.body_off, pad):
                self.next = None

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.link_header(self.body_off)
        if line.style.link_level:
            line.put(b"oui %s (0x%06x), %s %s (0x%04x), length %d: " % (
                OUI_NAMES.get(self.oui, b"Unknown"), self.oui,
                b"pid" if self.oui else b"ethertype", self.pid_name(), self.pid,
                self.body_length))
        if not self.pkt.has(self.body_off, self.payload_off - self.body_off):
            raise Truncated  # within the padding
        if self.next is None:
            self.write_unknown_payload(line)

    def write_unknown_payload(self, line: Line) -> None:
        """Nobody decodes it: the header, if -e has not shown it, and the octets."""
        if not line.style.link_level:
            self.write_unknown_pid(line)
        shown = self.off - 3 if isinstance(self.below, Llc) else self.off
        default_print(line, self.pkt, shown, self.pkt.end - shown)

    def pid_name(self) -> bytes:
        names = ETHERTYPE_NAMES if self.oui in WITH_ETHERTYPES else PID_NAMES.get(self.oui, {})
        return names.get(self.pid, b"Unknown")

    def write_unknown_pid(self, line: Line) -> None:
        if has_pair(self):
            self.write_pair(line)
            line.char(32)
        if self.oui:
            line.put(b"SNAP, oui %s (0x%06x), pid %s (0x%04x), length %d: " % (
                OUI_NAMES.get(self.oui, b"Unknown"), self.oui, self.pid_name(), self.pid,
                self.body_length))
        else:
            line.put(b"SNAP, ethertype %s (0x%04x), length %d: " % (
                self.pid_name(), self.pid, self.body_length))


def has_pair(layer: Layer) -> bool:
    """Whether a link layer below has addresses."""
    below = layer.below
    while below is not None:
        if below.name in ("ether", "fddi", "ipfc", "token-ring", "wlan"):
            return True
        if not isinstance(below, Frame):
            return False
        below = below.below
    return False
