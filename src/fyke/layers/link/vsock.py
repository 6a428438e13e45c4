"""Linux vsock monitoring (LINKTYPE_VSOCK, linux/vsockmon.h); tcpdump: print-vsock.c."""

from __future__ import annotations

from fyke.layers.hexdump import hex_print
from fyke.layers.layer import Layer
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 32  # octets of af_vsockmon_hdr
VIRTIO_LENGTH = 44  # octets of virtio_vsock_hdr
VIRTIO = 2

TRANSPORT_NAMES = {1: b"UNKNOWN", 2: b"VIRTIO"}
OPERATION_NAMES = {0: b"UNKNOWN", 1: b"CONNECT", 2: b"DISCONNECT", 3: b"CONTROL", 4: b"PAYLOAD"}
VIRTIO_TYPES = {1: b"STREAM"}
VIRTIO_OPERATIONS = {
    0: b"INVALID", 1: b"REQUEST", 2: b"RESPONSE", 3: b"RST", 4: b"SHUTDOWN", 5: b"RW",
    6: b"CREDIT UPDATE", 7: b"CREDIT REQUEST",
}


class Vsock(Layer):
    """Who talks to whom across a virtual machine's border; all fields are little endian."""

    __slots__ = ("dst_cid", "dst_port", "operation", "src_cid", "src_port", "transport",
                 "transport_length")

    src_cid: int  #: context that sends
    dst_cid: int  #: context that receives
    src_port: int
    dst_port: int
    operation: int
    transport: int
    transport_length: int  #: octets of the transport's own header

    name = "vsock"
    tag = b"vsock"
    fields = ("src_cid", "dst_cid", "src_port", "dst_port", "operation", "transport")
    link_layer = True

    def clear(self) -> None:
        self.src_cid = self.dst_cid = self.src_port = self.dst_port = 0
        self.operation = self.transport = self.transport_length = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.src_cid = pkt.le64(off)
        self.dst_cid = pkt.le64(off + 8)
        self.src_port = pkt.le32(off + 16)
        self.dst_port = pkt.le32(off + 20)
        self.operation = pkt.le16(off + 24)
        self.transport = pkt.le16(off + 26)
        self.transport_length = pkt.le16(off + 28)

    def write(self, line: Line) -> None:
        if self.short or self.size < HEADER_LENGTH:
            raise Truncated
        line.link_header(self.off + HEADER_LENGTH)
        pkt = self.pkt
        payload = self.off + HEADER_LENGTH + self.transport_length
        virtio = self.transport == VIRTIO and self.transport_length >= VIRTIO_LENGTH
        line.put(TRANSPORT_NAMES.get(self.transport) or
                 b"Invalid transport (%d)" % self.transport)
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
