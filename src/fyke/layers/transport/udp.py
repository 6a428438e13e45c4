"""User Datagram Protocol (RFC 768); tcpdump: print-udp.c."""

from __future__ import annotations

from fyke import late
from fyke.layers.fields import U16, Renamed
from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP, should_be
from fyke.layers.transport.packet_types import udp_layer
from fyke.layers.transport.ports import Ports
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 8
SRC, DST, LENGTH, CHECKSUM = 0, 2, 4, 6
PROTOCOL = 17
NFS_PORT = 2049
LONG_DDP = 2  # LocalTalk's type of datagrams with the long header
CALL, REPLY = 0, 1  # ONC RPC message types (RFC 5531 §9)
BY_PORTS, TOLD, NFS_CALL, NFS_REPLY = 0, 1, 2, 3  # how ``next`` was found

PORTS = Ports("udp")


class Udp(Layer):
    """A UDP header.

    ======== ======== ======== ========
    src_port dst_port length   checksum      16 bits each, big endian
    ======== ======== ======== ========
    """

    __slots__ = ("found",)

    found: int  #: BY_PORTS …: how ``next`` was found

    name = "udp"
    alias = "transport"
    tag = b"udp"

    src_port = U16(SRC, "source port, 0 when the sender wants no answer")
    dst_port = U16(DST, "destination port")
    length = U16(LENGTH, "header and payload; 0 in an IPv6 jumbogram (RFC 2675 §4)", unit="bytes")
    checksum = U16(CHECKSUM, "0 when the sender computed none")
    udp_length = Renamed("length")

    def clear(self) -> None:
        self.found = BY_PORTS

    def parse(self, pkt: Record, off: int) -> None:
        length = pkt.u16(off + LENGTH)
        pkt.u16(off + CHECKSUM)
        if length == 0 and self.size > 65535:
            length = self.size
        if length > self.size:
            length = self.size
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = length - HEADER_LENGTH if length > HEADER_LENGTH else 0
        if not self.is_undersized():
            self.choose(pkt)

    def is_undersized(self) -> bool:
        """Whether a length is less than a header has."""
        stated = self.pkt.u16(self.off + LENGTH)
        return self.size < HEADER_LENGTH or (
            stated < HEADER_LENGTH and (stated != 0 or self.size <= 65535))

    def choose(self, pkt: Record) -> None:
        """Find who decodes the payload: as told (-T), by content (NFS, LocalTalk), by ports."""
        if self.decode_as is not None:
            self.found = TOLD
            self.next = udp_layer(self.decode_as)
            return
        source = pkt.u16(self.off + SRC)
        target = pkt.u16(self.off + DST)
        if source == NFS_PORT or target == NFS_PORT:
            self.choose_nfs(pkt, source, target)
            if self.found != BY_PORTS:
                return
        self.next = PORTS.find(source, target)
        if self.next is None and (is_appletalk(source) or is_appletalk(target)):
            at = self.payload_off
            if pkt.has(at, 3) and pkt.u8(at + 2) == LONG_DDP:
                self.next = udp_layer("kip")

    def choose_nfs(self, pkt: Record, source: int, target: int) -> None:
        """A call to or a reply from an NFS server is known by its message type."""
        if not pkt.has(self.payload_off + 4, 4):
            return
        direction = pkt.u32(self.payload_off + 4)
        if target == NFS_PORT and direction == CALL:
            self.found = NFS_CALL
        elif source == NFS_PORT and direction == REPLY:
            self.found = NFS_REPLY
        else:
            return
        self.next = udp_layer("nfs")

    def beyond(self) -> Layer | None:
        if self.found != BY_PORTS or self.is_undersized():
            return None
        kind = late.module("fyke.layers.transport.unprinted").over_udp(
            self.pkt, self.payload_off, self.payload_length, self.pkt.u16(self.off + SRC),
            self.pkt.u16(self.off + DST))
        return None if kind is None else self.child(kind, self.payload_off, self.payload_length)

    def write(self, line: Line) -> None:
        ip: IP = self.below
        pkt = self.pkt
        if self.short:
            self.write_short(line)
            return
        source = pkt.u16(self.off + SRC)
        target = pkt.u16(self.off + DST)
        if self.is_undersized():
            ip.write_ends(line, "udp", source, target)
            self.write_fault(line)
            return
        if self.found == TOLD:
            if self.decode_as != "rpc":
                ip.write_ends(line, "udp", source, target)
            return
        ip.write_ends(line, "udp", source, target)
        if self.found != BY_PORTS and not line.style.quiet:
            line.put(b"NFS request xid " if self.found == NFS_CALL else b"NFS reply xid ")
            line.uint(pkt.u32(self.payload_off))
            line.char(32)
            return
        if line.style.verbose and not line.style.no_checksums and not ip.fragment:
            self.write_checksum(line)
        if line.style.quiet:
            self.write_length(line)
            line.stop()
        elif self.next is None:
            self.write_length(line)

    def write_short(self, line: Line) -> None:
        """The capture ends inside the header."""
        ip: IP = self.below
        pkt = self.pkt
        if not pkt.has(self.off, 4):
            ip.write_hosts(line)
        else:
            ip.write_ends(line, "udp", pkt.u16(self.off + SRC), pkt.u16(self.off + DST))
            if self.size < HEADER_LENGTH or (
                    pkt.has(self.off, 6) and pkt.u16(self.off + LENGTH) < HEADER_LENGTH):
                self.write_fault(line)
                line.stop()
                return
        raise Truncated

    def write_fault(self, line: Line) -> None:
        if self.size < HEADER_LENGTH:
            line.put(b" [undersized-udp %d < %d] (invalid)" % (self.size, HEADER_LENGTH))
        else:
            line.put(b" [undersized-udplength %d < %d] (invalid)" % (
                self.pkt.u16(self.off + LENGTH), HEADER_LENGTH))

    def write_checksum(self, line: Line) -> None:
        """IPv4's from -vv on, where it may be missing; IPv6's, which must be there, with -v."""
        ip: IP = self.below
        length = self.payload_length + HEADER_LENGTH
        checksum = self.pkt.u16(self.off + CHECKSUM)
        if ip.family == 4:
            if line.style.verbose < 2:
                return
            if checksum == 0:
                line.put(b"[no cksum] ")
                return
        if not self.pkt.has(self.off, length):
            return
        total = self.pkt.sum16(self.off, length, ip.pseudo_sum(PROTOCOL, length))
        if total == 0xFFFF:
            line.put(b"[udp sum ok] ")
            return
        line.put(b"[bad udp cksum 0x")
        line.hex(checksum, 4)
        line.put(b" -> 0x")
        line.hex(should_be(checksum, total), 4)
        line.put(b"!] ")

    def write_length(self, line: Line) -> None:
        """What stands for a payload that nobody decodes."""
        ip: IP = self.below
        stated = self.pkt.u16(self.off + LENGTH)
        said = stated - HEADER_LENGTH if stated else self.payload_length
        if said > self.size - HEADER_LENGTH and not ip.fragment:
            line.put(b"UDP, bad length ")
            line.uint(said)
            line.put(b" > ")
            line.uint(self.size - HEADER_LENGTH)
        else:
            line.put(b"UDP, length ")
            line.uint(said)


def is_appletalk(port: int) -> bool:
    """Whether a port stands for an AppleTalk socket: 128 each, from three bases."""
    return 200 <= port < 328 or 768 <= port < 896 or 16512 <= port < 16640
