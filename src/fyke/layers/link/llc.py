"""IEEE 802.2 logical link control, and SNAP (IEEE 802, RFC 1042); tcpdump: print-llc.c."""

from __future__ import annotations

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
from fyke.wire import Line, Packet, Truncated

ETHERTYPES = table("ethertype")

GLOBAL, NULL, SNAP = 0xFF, 0x00, 0xAA
UI, XID = 0x03, 0xAF  # control fields of unnumbered frames
POLL_U, POLL_IS = 0x10, 0x0100  # the poll/final bit of a U frame, and of an I or S frame
RESPONSE = 0x01  # in the source SAP
XID_FORMAT = 0x81  # IEEE 802.2 §5.4.1.1.2

#: Organisations whose protocol identifiers are EtherTypes: nobody, Cisco, Apple.
WITH_ETHERTYPES = (0x000000, 0x0000F8, 0x080007)

SAPS = table("llc.sap")  # above UI frames whose two SAPs are the same


class Llc(Frame):
    """Service access points and control field."""

    __slots__ = ("control", "dsap", "header_length", "ssap", "unnumbered")

    dsap: int  #: destination service access point, the group bit included
    ssap: int  #: source service access point, the response bit included
    control: int  #: 8 bits in unnumbered frames, else 16, little endian
    unnumbered: bool
    header_length: int  #: octets: 3 or 4

    name = "llc"
    tag = b"llc"
    fields = ("dsap", "ssap", "control")

    def clear(self) -> None:
        super().clear()
        self.dsap = self.ssap = self.control = self.header_length = 0
        self.unnumbered = False

    def parse(self, pkt: Packet, off: int) -> None:
        self.dsap = pkt.u8(off)
        self.ssap = pkt.u8(off + 1)
        self.control = pkt.u8(off + 2)
        self.unnumbered = self.control & 3 == 3
        if not self.unnumbered:
            self.control = pkt.le16(off + 2)
        self.header_length = 3 if self.unnumbered else 4
        self.body_off = off + self.header_length
        self.body_length = self.size - self.header_length

    def write(self, line: Line) -> None:
        if self.short:
            line.put(b" [|llc]")
            hex_and_ascii_print(line, self.pkt, self.off, min(self.have, self.size))
            return
        if self.size < self.header_length:
            self.short = True
            raise Truncated
        if self.dsap == GLOBAL and self.ssap == GLOBAL:
            line.link_header(self.off)
            if line.style.link_level:
                line.put(b"IPX 802.3: ")
            return
        line.link_header(self.body_off)
        if line.style.link_level:
            self.write_header(line)
        if self.upper() is not None:
            if self.dsap == 0xE0 and line.style.link_level:
                line.put(b"IPX 802.2: ")
            return
        if not line.style.link_level:
            self.write_saps(line)
        if self.write_control(line):
            default_print(line, self.pkt, self.off, self.pkt.end - self.off)

    def write_header(self, line: Line) -> None:
        dsap = self.dsap & 0xFE
        ssap = self.ssap & 0xFE
        line.put(b"LLC, dsap %s (0x%02x) %s, ssap %s (0x%02x) %s, ctrl 0x%0*x: " % (
            SAP_NAMES.get(dsap, b"Unknown"), dsap,
            b"Group" if self.dsap & 1 else b"Individual",
            SAP_NAMES.get(ssap, b"Unknown"), ssap,
            b"Response" if self.ssap & 1 else b"Command",
            2 if self.unnumbered else 4, self.control))

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
        poll = POLL_U if self.unnumbered else POLL_IS
        flag = FLAG_NAMES[(self.ssap & RESPONSE) | (2 if control & poll else 0)]
        if self.unnumbered:
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

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload."""
        if self.dsap == GLOBAL and self.ssap == GLOBAL:
            return table("ipx").find(0)
        if self.control != UI or self.dsap & 0xFE != self.ssap & 0xFE:
            return None
        return SAPS.find(self.dsap & 0xFE)

    def follow(self) -> Layer | None:
        if self.short:
            return None
        kind = self.upper()
        if kind is None:
            return None
        if self.dsap == GLOBAL:
            return self.child(kind, self.off, self.size)
        return self.child(kind, self.body_off, self.body_length)


class Snap(Frame):
    """Organisation and protocol, above LLC."""

    __slots__ = ("oui", "pad", "pid", "shown")

    oui: int  #: organisation that assigned the protocol identifier
    pid: int  #: protocol identifier: an EtherType where ``oui`` is 0
    pad: int  #: octets before a bridged frame (RFC 2684)
    shown: int  #: where the octets of an unknown payload begin to be shown

    name = "snap"
    tag = b"snap"
    fields = ("oui", "pid")

    def __init__(self) -> None:
        super().__init__()
        self.pad = 2
        self.shown = 0

    def clear(self) -> None:
        super().clear()
        self.oui = self.pid = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.oui = pkt.u24(off)
        self.pid = pkt.u16(off + 3)
        self.ethertype = self.pid
        self.body_off = off + 5
        self.body_length = self.size - 5
        self.frame_length = self.body_length
        self.shown = off - 3 if isinstance(self.below, Llc) else off

    def write(self, line: Line) -> None:
        if self.short or self.size < 5:
            self.short = True
            raise Truncated
        line.link_header(self.body_off)
        if line.style.link_level:
            line.put(b"oui %s (0x%06x), %s %s (0x%04x), length %d: " % (
                OUI_NAMES.get(self.oui, b"Unknown"), self.oui,
                b"pid" if self.oui else b"ethertype", self.pid_name(), self.pid,
                self.body_length))
        if self.upper() is None:
            if not line.style.link_level:
                self.write_unknown_pid(line)
            default_print(line, self.pkt, self.shown, self.pkt.end - self.shown)

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

    def upper(self) -> type[Layer] | None:
        """Who decodes the payload."""
        oui = self.oui
        if oui in (0x000000, 0x0000F8) or (oui == 0x080007 and self.pid == 0x809B):
            return ETHERTYPES.find(self.pid)
        return table(f"snap.{oui:06x}").find(self.pid) if oui in PID_NAMES else None

    def follow(self) -> Layer | None:
        if self.short:
            return None
        kind = self.upper()
        if kind is None:
            return None
        skip = self.pad if self.oui == 0x0080C2 and self.pid in (1, 7) else 0
        return self.child(kind, self.body_off + skip, self.body_length - skip)


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
