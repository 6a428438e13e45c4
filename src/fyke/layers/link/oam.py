"""Operations, administration and maintenance of a link (IEEE 802.3 §57); print-slow.c."""

from __future__ import annotations

from fyke.hints import Callable
from fyke.layers.fields import U8, U16, Listed, Made, Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.oam_values import EVENT_FORMS, INFORMATION_FORMS, told
from fyke.layers.link.slow import TOO_SHORT, each_tlv
from fyke.layers.ouis import OUI_NAMES
from fyke.layers.words import as_text, bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 3
END, LOCAL, REMOTE, PRIVATE = 0, 1, 2, 0xFE
INFORMATION_LENGTH, EVENT_LENGTH = 16, 40
INFORMATION, EVENT, LOOPBACK = 0, 1, 4
CODE_NAMES = {
    INFORMATION: b"Information", EVENT: b"Event Notification", 2: b"Variable Request",
    3: b"Variable Response", LOOPBACK: b"Loopback Control", 0xFE: b"Vendor Private",
}
FLAGS = ((0x01, b"Link Fault"), (0x02, b"Dying Gasp"), (0x04, b"Critical Event"),
         (0x08, b"Local Evaluating"), (0x10, b"Local Stable"), (0x20, b"Remote Evaluating"),
         (0x40, b"Remote Stable"))
INFORMATION_NAMES = {END: b"End of TLV marker", LOCAL: b"Local", REMOTE: b"Remote",
                     PRIVATE: b"Organization specific"}
EVENT_NAMES = {
    END: b"End of TLV marker", 1: b"Errored Symbol Period Event", 2: b"Errored Frame Event",
    3: b"Errored Frame Period Event", 4: b"Errored Frame Seconds Summary Event",
    PRIVATE: b"Organization specific",
}
PARSER_NAMES = (b"forwarding", b"looping back", b"discarding", b"reserved")
CONFIGURATION = ((0x01, b"Active"), (0x02, b"Unidirectional"), (0x04, b"Remote-Loopback"),
                 (0x08, b"Link-Events"), (0x10, b"Variable-Retrieval"))
COMMAND_NAMES = {1: b"Enable OAM Remote Loopback", 2: b"Disable OAM Remote Loopback"}


class Oam(Layer):
    """Flags and a code, then what the code says."""

    __slots__ = ()

    name = "oam"
    tag = b"slow"

    flags = U16(0, "faults, and how far discovery is")
    code = U8(2, "type of message", names=as_text(CODE_NAMES))
    sequence = Made("u16", lambda oam: oam.pkt.u16(oam.off + HEADER_LENGTH) if (
        oam.code == EVENT) else None, "of an event notification")
    command = Made("u8", lambda oam: oam.pkt.u8(oam.off + HEADER_LENGTH) if (
        oam.code == LOOPBACK) else None, "of a loopback control", names=as_text(COMMAND_NAMES))
    tlvs = Listed(lambda oam: tlvs_of(oam), "both sides, or events", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 2)  # says whether the header is short

    def write(self, line: Line) -> None:
        if not line.style.verbose:
            return
        if self.size < HEADER_LENGTH:
            line.put(TOO_SHORT)
            return
        if self.short:
            raise Truncated
        line.put(b"\n\tCode %s OAM PDU, Flags [%s]" % (
            named(CODE_NAMES, self.code, b"Unknown (%d)"), bit_words(FLAGS, self.flags)))
        pkt, at, end = self.pkt, self.off + HEADER_LENGTH, self.off + self.size
        if self.code == INFORMATION:
            write_tlvs(line, pkt, at, end, b"Information", INFORMATION_NAMES, write_information)
        elif self.code == EVENT:
            if end - at < 2:
                line.put(TOO_SHORT)
                return
            line.put(b"\n\t  Sequence Number %d" % pkt.u16(at))
            write_tlvs(line, pkt, at + 2, end, b"Link Event", EVENT_NAMES, write_event)
        elif self.code == LOOPBACK:
            if end - at < 1:
                line.put(TOO_SHORT)
                return
            command = pkt.u8(at)
            line.put(b"\n\t  Command %s (%d)" % (
                COMMAND_NAMES.get(command, b"Unknown"), command))
        elif line.style.verbose <= 1:
            print_unknown_data(line, pkt, at, b"\n\t  ", end - at)


def tlvs_of(oam: Oam) -> Options | None:
    """None of a message that has none."""
    at, stop = oam.off + HEADER_LENGTH, oam.off + oam.size
    if oam.code == INFORMATION:
        return told(oam.pkt, at, stop, INFORMATION_FORMS)
    return told(oam.pkt, at + 2, stop, EVENT_FORMS) if oam.code == EVENT else None


def write_tlvs(line: Line, pkt: Record, at: int, end: int, what: bytes, names: dict[int, bytes],
               writer: Callable[[Line, Record, int, int, int], bool]) -> None:
    """TLVs of one family; ``writer`` says whether their octets are to be shown too."""
    heading = b"\n\t  %%s %s Type (%%d), length %%d" % what
    for kind, place, size in each_tlv(line, pkt, at, end, heading, names, b"Reserved"):
        if writer(line, pkt, place, kind, size) or line.style.verbose > 1:
            print_unknown_data(line, pkt, place, b"\n\t  ", size)


def write_information(line: Line, pkt: Record, at: int, kind: int, size: int) -> bool:
    """IEEE 802.3 §57.5.2.1."""
    if kind not in (LOCAL, REMOTE):
        return True
    if size != INFORMATION_LENGTH:
        line.put(b"\n\t    ERROR: illegal length - should be %d" % INFORMATION_LENGTH)
        return True
    state, oui = pkt.u8(at + 5), pkt.u24(at + 9)
    line.put(b"\n\t    OAM-Version %d, Revision %d" % (pkt.u8(at + 2), pkt.u16(at + 3)))
    line.put(b"\n\t    State-Parser-Action %s, State-MUX-Action %s" % (
        PARSER_NAMES[state & 3], b"discarding" if state & 4 else b"forwarding"))
    line.put(b"\n\t    OAM-Config Flags [%s], OAM-PDU-Config max-PDU size %d" % (
        bit_words(CONFIGURATION, pkt.u8(at + 6)), pkt.u16(at + 7) & 0x7FF))
    line.put(b"\n\t    OUI %s (0x%06x), Vendor-Private 0x%08x" % (
        OUI_NAMES.get(oui, b"Unknown"), oui, pkt.u32(at + 12)))
    return False


def write_event(line: Line, pkt: Record, at: int, kind: int, size: int) -> bool:
    """IEEE 802.3 §57.5.3, as if the window and the errors always had 64 bits."""
    if kind == PRIVATE or kind not in EVENT_NAMES:
        return True
    if size != EVENT_LENGTH:
        line.put(b"\n\t    ERROR: illegal length - should be %d" % EVENT_LENGTH)
        return True
    line.put(b"\n\t    Timestamp %d ms, Errored Window %d\n\t    Errored Threshold %d"
             b"\n\t    Errors %d\n\t    Error Running Total %d\n\t    Event Running Total %d" % (
                 pkt.u16(at + 2) * 100, pkt.u64(at + 4), pkt.u64(at + 12), pkt.u64(at + 20),
                 pkt.u64(at + 28), pkt.u32(at + 36)))
    return False
