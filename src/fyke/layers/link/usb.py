"""USB as Linux sees it (LINKTYPE_USB_LINUX, _MMAPPED; Documentation/usb/usbmon); print-usb.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

SUBMIT, COMPLETE, ERROR = b"SCE"
EVENT_NAMES = {SUBMIT: b"SUBMIT", COMPLETE: b"COMPLETE", ERROR: b"ERROR"}
ISOCHRONOUS, INTERRUPT, CONTROL, BULK = range(4)
TRANSFER_NAMES = {ISOCHRONOUS: b"ISOCHRONOUS", INTERRUPT: b"INTERRUPT", CONTROL: b"CONTROL",
                  BULK: b"BULK"}
INWARD = 0x80  # in the endpoint


class Usb(Layer):
    """A request block on its way; numbers are in the capturing host's order, little endian."""

    __slots__ = ("bus", "data_length", "device", "endpoint", "event", "id", "status", "transfer",
                 "urb_length")

    id: int  #: the same in all events of a request
    event: int  #: submit, complete or error, a letter
    transfer: int  #: isochronous, interrupt, control, bulk
    endpoint: int  #: INWARD included
    device: int
    bus: int
    status: int  #: Linux error number, negative
    urb_length: int  #: octets asked for or carried
    data_length: int  #: octets captured

    name = "usb"
    tag = b"usb_linux_48_byte"
    fields = ("id", "event", "transfer", "endpoint", "device", "bus", "status", "urb_length",
              "data_length")
    header_length = 48
    link_layer = True

    def clear(self) -> None:
        self.id = self.event = self.transfer = self.endpoint = self.device = self.bus = 0
        self.status = self.urb_length = self.data_length = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.id = pkt.le64(off)
        self.event = pkt.u8(off + 8)
        self.transfer = pkt.u8(off + 9)
        self.endpoint = pkt.u8(off + 10)
        self.device = pkt.u8(off + 11)
        self.bus = pkt.le16(off + 12)
        status = pkt.le32(off + 28)
        self.status = status - (1 << 32) if status >> 31 else status
        self.urb_length = pkt.le32(off + 32)
        self.data_length = pkt.le32(off + 36)

    def write(self, line: Line) -> None:
        if not self.pkt.has(self.off, self.header_length):
            line.link_header(self.pkt.end)
            raise Truncated
        line.link_header(self.off + self.header_length)
        line.put(b"USB")
        if line.style.quiet:
            return
        line.char(32)
        line.put(TRANSFER_NAMES.get(self.transfer) or b" ?")
        line.put(b" %s" % (EVENT_NAMES.get(self.event) or b"?"))
        if self.event in EVENT_NAMES and self.transfer in TRANSFER_NAMES:
            # an interrupt's data go the other way, as tcpdump has it
            outward = (self.event == SUBMIT) != (self.transfer == INTERRUPT)
            line.put(b" to" if outward else b" from")
        line.put(b" %d:%d:%d" % (self.bus, self.device, self.endpoint & ~INWARD))


class UsbMapped(Usb):
    """The longer header of newer kernels."""

    __slots__ = ()

    tag = b"usb_linux_64_byte"
    header_length = 64
