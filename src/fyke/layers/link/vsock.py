"""Linux vsock monitoring (LINKTYPE_VSOCK, linux/vsockmon.h); tcpdump: print-vsock.c."""

from __future__ import annotations

from fyke.hints import Any
from fyke.layers.fields import Made, Number, unsigned
from fyke.layers.hexdump import hex_print
from fyke.layers.layer import Layer
from fyke.layers.words import as_text
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 32  # octets of af_vsockmon_hdr
VIRTIO_LENGTH = 44  # octets of virtio_vsock_hdr
VIRTIO = 2

TRANSPORT_NAMES = {0: b"UNKNOWN", 1: b"NO_INFO", 2: b"VIRTIO"}
OPERATION_NAMES = {0: b"UNKNOWN", 1: b"CONNECT", 2: b"DISCONNECT", 3: b"CONTROL", 4: b"PAYLOAD"}
VIRTIO_TYPES = {1: b"STREAM"}
VIRTIO_OPERATIONS = {
    0: b"INVALID", 1: b"REQUEST", 2: b"RESPONSE", 3: b"RST", 4: b"SHUTDOWN", 5: b"RW",
    6: b"CREDIT UPDATE", 7: b"CREDIT REQUEST",
}


def virtio(part: int, size: int, words: str, unit: str = "", names: Any = None) -> Any:
    """A field of virtio's header, which little endian numbers are in (virtio 1.2 §5.10.6)."""
    def read(vsock: Vsock) -> int | None:
        if vsock.transport != VIRTIO or vsock.transport_length < VIRTIO_LENGTH:
            return None
        return unsigned(vsock.pkt, vsock.off + HEADER_LENGTH + part, size, True)
    return Made(f"u{8 * size}", read, words, unit=unit, names=names)


class Vsock(Layer):
    """Who talks to whom across a virtual machine's border; all fields are little endian."""

    __slots__ = ()

    name = "vsock"
    tag = b"vsock"
    link_layer = True

    src_cid = Number(0, 8, "context that sends", little=True)
    dst_cid = Number(8, 8, "context that receives", little=True)
    src_port = Number(16, 4, "source port", little=True)
    dst_port = Number(20, 4, "destination port", little=True)
    operation = Number(24, 2, "what happens", names=as_text(OPERATION_NAMES), little=True)
    transport = Number(26, 2, "who carries it", names=as_text(TRANSPORT_NAMES), little=True)
    transport_length = Number(28, 2, "of the transport's own header", unit="bytes", little=True)

    virtio_length = virtio(24, 4, "what it carries", unit="bytes")
    virtio_type = virtio(28, 2, "kind of socket", names=as_text(VIRTIO_TYPES))
    virtio_operation = virtio(30, 2, "what it does", names=as_text(VIRTIO_OPERATIONS))
    virtio_flags = virtio(32, 4, "of a shutdown 1 no more to receive, 2 no more to send")
    buffer_size = virtio(36, 4, "the sender's, for what it receives", unit="bytes")
    forwarded = virtio(40, 4, "octets that the sender's program has taken", unit="bytes")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 28)
        self.payload_off = off + HEADER_LENGTH + self.transport_length
        self.payload_length = max(off + self.size - self.payload_off, 0)

    def write(self, line: Line) -> None:
        if self.short or self.size < HEADER_LENGTH:
            raise Truncated
        line.link_header(self.off + HEADER_LENGTH)
        pkt = self.pkt
        payload = self.off + HEADER_LENGTH + self.transport_length
        virtio = self.transport == VIRTIO and self.transport_length >= VIRTIO_LENGTH
        line.put(TRANSPORT_NAMES.get(self.transport) or
                 b"Invalid transport (%d)" % self.transport)
        if virtio or not line.style.verbose:
            line.char(32)
        if line.style.verbose:
            if virtio:
                self.write_virtio(line, self.off + HEADER_LENGTH)
            line.put(b"\n\t")
        line.put(b"%d.%d > %d.%d %s, length %d" % (
            self.src_cid, self.src_port, self.dst_cid, self.dst_port,
            OPERATION_NAMES.get(self.operation) or b" invalid op (%d)" % self.operation,
            self.size))
        if line.style.verbose > 1 and pkt.end > payload:
            hex_print(line, pkt, payload, pkt.end - payload)

    def write_virtio(self, line: Line, at: int) -> None:
        pkt = self.pkt
        kind = pkt.le16(at + 28)
        operation = pkt.le16(at + 30)
        line.put(b"(len %d, type %s, op %s, flags %x, buf_alloc %d, fwd_cnt %d)" % (
            pkt.le32(at + 24), VIRTIO_TYPES.get(kind) or b"Invalid type (%x)" % kind,
            VIRTIO_OPERATIONS.get(operation) or b"Invalid op (%x)" % operation,
            pkt.le32(at + 32), pkt.le32(at + 36), pkt.le32(at + 40)))
