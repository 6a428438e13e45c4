"""USB as Linux sees it (LINKTYPE_USB_LINUX, _MMAPPED; Documentation/usb/usbmon); print-usb.c."""

from __future__ import annotations

from fyke.layers.fields import U8, Number
from fyke.layers.layer import Layer
from fyke.layers.words import as_text
from fyke.wire import Line, Record, Truncated

SUBMIT, COMPLETE, ERROR = b"SCE"
EVENT_NAMES = {SUBMIT: b"SUBMIT", COMPLETE: b"COMPLETE", ERROR: b"ERROR"}
ISOCHRONOUS, INTERRUPT, CONTROL, BULK = range(4)
TRANSFER_NAMES = {ISOCHRONOUS: b"ISOCHRONOUS", INTERRUPT: b"INTERRUPT", CONTROL: b"CONTROL",
                  BULK: b"BULK"}
INWARD = 0x80  # in the endpoint


class Usb(Layer):
    """A request block on its way; numbers are in the capturing host's order, little endian."""

    __slots__ = ()

    name = "usb"
    tag = b"usb_linux_48_byte"
    link_layer = True
    header_length = 48

    id = Number(0, 8, "the same in all events of a request", little=True)
    event = U8(8, "submit (S), complete (C) or error (E): a letter")
    transfer = U8(9, "isochronous, interrupt, control, bulk", names=as_text(TRANSFER_NAMES))
    endpoint = U8(10, "with the bit for inward (128)")
    device = U8(11, "number of the device")
    bus = Number(12, 2, "number of the bus", little=True)
    status = Number(28, 4, "Linux error number, negative", little=True, signed=True)
    urb_length = Number(32, 4, "asked for or carried", little=True, unit="bytes")
    data_length = Number(36, 4, "captured", little=True, unit="bytes")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 39)  # says whether the header is short

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
