"""User Datagram Protocol (RFC 768); tcpdump: print-udp.c."""

from __future__ import annotations

from typing import Any

from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP, should_be
from fyke.layers.transport.packet_types import udp_layer
from fyke.layers.transport.ports import Ports
from fyke.wire import Line, Packet, Truncated

HEADER_LENGTH = 8
PROTOCOL = 17
NFS_PORT = 2049
LONG_DDP = 2  # LocalTalk's type of datagrams with the long header
CALL, REPLY = 0, 1  # ONC RPC message types (RFC 5531 §9)

PORTS = Ports("udp")


class Udp(Layer):
    """A UDP header.

    ======== ======== ======== ========
    src_port dst_port length   checksum      16 bits each, big endian
    ======== ======== ======== ========
    """

    __slots__ = ("application", "checksum", "dst_port", "src_port", "udp_length")

    src_port: int  #: source port, 0 when the sender wants no answer
    dst_port: int  #: destination port
    udp_length: int  #: header and payload, in octets; 0 in an IPv6 jumbogram (RFC 2675 §4)
    checksum: int  #: 0 when the sender computed none
    payload_length: int  #: octets of payload: as the header says, but no more than IP carried
    application: Any  #: the class of the layer above, None if nobody knows these ports

    name = "udp"
    tag = b"udp"
    fields = ("src_port", "dst_port", "udp_length", "checksum")

    def clear(self) -> None:
        self.src_port = self.dst_port = self.udp_length = self.checksum = 0
        self.payload_length = 0
        self.application = None

    def parse(self, pkt: Packet, off: int) -> None:
        self.src_port = pkt.u16(off)
        self.dst_port = pkt.u16(off + 2)
        length = pkt.u16(off + 4)
        self.udp_length = length
        if length == 0 and self.size > 65535:
            length = self.size
        if length > self.size:
            length = self.size
        self.payload_length = length - HEADER_LENGTH if length > HEADER_LENGTH else 0
        self.checksum = pkt.u16(off + 6)

    def write(self, line: Line) -> None:
        ip: IP = self.below
        if self.short:
            self.write_short(line)
            return
        if self.size < HEADER_LENGTH or (
                self.udp_length < HEADER_LENGTH and (self.udp_length or self.size <= 65535)):
            self.write_undersized(line)
            return
        if self.decode_as is not None:
            self.write_as_told(line)
            return
        ip.write_ends(line, "udp", self.src_port, self.dst_port)
        if not line.style.quiet and self.is_nfs(line):
            return
        if line.style.verbose and not line.style.no_checksums and not ip.fragment:
            self.write_checksum(line)
        if not line.style.quiet:
            self.application = PORTS.find(self.src_port, self.dst_port)
            if self.application is None and (
                    is_appletalk(self.src_port) or is_appletalk(self.dst_port)):
                self.find_kip()
        if self.application is None:
            self.write_length(line)

    def write_short(self, line: Line) -> None:
        """The capture ends inside the header."""
        ip: IP = self.below
        if not self.pkt.has(self.off, 4):
            ip.write_hosts(line)
        else:
            ip.write_ends(line, "udp", self.src_port, self.dst_port)
            if self.size < HEADER_LENGTH or (
                    self.pkt.has(self.off, 6) and self.udp_length < HEADER_LENGTH):
                self.write_fault(line)
                return
        raise Truncated

    def write_undersized(self, line: Line) -> None:
        ip: IP = self.below
        ip.write_ends(line, "udp", self.src_port, self.dst_port)
        self.write_fault(line)

    def write_fault(self, line: Line) -> None:
        if self.size < HEADER_LENGTH:
            line.put(b"[length %d < %d] (invalid)" % (self.size, HEADER_LENGTH))
        else:
            line.put(b"[undersized-udplength %d < %d] (invalid)" % (
                self.udp_length, HEADER_LENGTH))

    def write_as_told(self, line: Line) -> None:
        """-T says what the payload is, whatever the ports."""
        self.application = udp_layer(self.decode_as or "")
        if self.decode_as != "rpc":
            ip: IP = self.below
            ip.write_ends(line, "udp", self.src_port, self.dst_port)

    def is_nfs(self, line: Line) -> bool:
        """Whether this is a call to or a reply from an NFS server; its text is begun."""
        source = self.src_port
        target = self.dst_port
        if source != NFS_PORT and target != NFS_PORT:
            return False
        if not self.pkt.has(self.off + HEADER_LENGTH + 4, 4):
            return False
        direction = self.pkt.u32(self.off + HEADER_LENGTH + 4)
        if target == NFS_PORT and direction == CALL:
            line.put(b"NFS request xid ")
        elif source == NFS_PORT and direction == REPLY:
            line.put(b"NFS reply xid ")
        else:
            return False
        line.uint(self.pkt.u32(self.off + HEADER_LENGTH))
        line.char(32)
        self.application = udp_layer("nfs")
        return True

    def find_kip(self) -> None:
        """LocalTalk frames in UDP, known by their type."""
        at = self.off + HEADER_LENGTH
        if self.pkt.has(at, 3) and self.pkt.u8(at + 2) == LONG_DDP:
            self.application = udp_layer("kip")

    def write_checksum(self, line: Line) -> None:
        """IPv4's from -vv on, where it may be missing; IPv6's, which must be there, with -v."""
        ip: IP = self.below
        length = self.payload_length + HEADER_LENGTH
        if ip.version == 4:
            if line.style.verbose < 2:
                return
            if self.checksum == 0:
                line.put(b"[no cksum] ")
                return
        if not self.pkt.has(self.off, length):
            return
        total = self.pkt.sum16(self.off, length, ip.pseudo_sum(PROTOCOL, length))
        if total == 0xFFFF:
            line.put(b"[udp sum ok] ")
            return
        line.put(b"[bad udp cksum 0x")
        line.hex(self.checksum, 4)
        line.put(b" -> 0x")
        line.hex(should_be(self.checksum, total), 4)
        line.put(b"!] ")

    def write_length(self, line: Line) -> None:
        """What stands for a payload that nobody decodes."""
        ip: IP = self.below
        said = self.udp_length - HEADER_LENGTH if self.udp_length else self.payload_length
        if said > self.size - HEADER_LENGTH and not ip.fragment:
            line.put(b"UDP, bad length ")
            line.uint(said)
            line.put(b" > ")
            line.uint(self.size - HEADER_LENGTH)
        else:
            line.put(b"UDP, length ")
            line.uint(said)

    def follow(self) -> Layer | None:
        if self.application is None:
            return None
        return self.child(self.application, self.off + HEADER_LENGTH, self.payload_length)


def is_appletalk(port: int) -> bool:
    """Whether a port stands for an AppleTalk socket: 128 each, from three bases."""
    return 200 <= port < 328 or 768 <= port < 896 or 16512 <= port < 16640
