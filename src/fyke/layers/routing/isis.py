"""Intermediate system to intermediate system (ISO/IEC 10589, RFC 1195); print-isoclns.c."""

from __future__ import annotations

from collections.abc import Iterator

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.network.osi_parts import LSP_ID, NODE_ID, SYSTEM_ID, identifier, write_checksum
from fyke.layers.routing.isis_names import (
    AREAS,
    CHECKSUM,
    CIRCUIT_NAMES,
    EXTERNAL_REACH,
    HOSTNAME,
    INTERNAL_REACH,
    L1_CSNP,
    L1_LAN_HELLO,
    L1_LSP,
    L1_PSNP,
    L2_CSNP,
    L2_LAN_HELLO,
    L2_LSP,
    L2_PSNP,
    LEVEL_NAMES,
    P2P_HELLO,
    PADDING,
    PDU_NAMES,
    TLV_NAMES,
)
from fyke.layers.routing.isis_reach import write_old_ip_reach
from fyke.layers.routing.isis_tlvs import WRITERS
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

COMMON_LENGTH = 8
VERSION = 1
DEFAULT_AREAS = 3  # what a maximum of 0 means
#: Octets of each packet's own header.
HEADER_LENGTHS = {L1_LAN_HELLO: 19, L2_LAN_HELLO: 19, P2P_HELLO: 12, L1_LSP: 19, L2_LSP: 19,
                  L1_CSNP: 25, L2_CSNP: 25, L1_PSNP: 9, L2_PSNP: 9}
HELLOS = (L1_LAN_HELLO, L2_LAN_HELLO, P2P_HELLO)
LSPS, PSNPS = (L1_LSP, L2_LSP), (L1_PSNP, L2_PSNP)
OVERLOAD, PARTITION, ATTACHED = 0x04, 0x80, 0x78  # bits of an LSP's last header octet
ATTACHMENTS = ((0x08, b"default "), (0x10, b"delay "), (0x20, b"expense "), (0x40, b"error "))


class IsIs(Layer):
    """A hello, a link state packet, or a (complete or partial) sequence number packet."""

    __slots__ = ("checksum", "circuit_id", "circuit_type", "fixed_length", "holding_time",
                 "id_length", "lan_id", "lifetime", "lsp_flags", "lsp_id", "lsp_ids",
                 "max_areas", "pdu_length", "pdu_version", "priority", "sequence", "system_id",
                 "type", "version")

    type: int  #: which packet this is (isis_names.py)
    fixed_length: int  #: octets of both headers, as the packet says
    version: int
    id_length: int  #: octets of a system identifier, 0 for 6
    pdu_version: int
    max_areas: int  #: 0 for 3
    pdu_length: int  #: octets, as the packet says
    system_id: bytes  #: who sent it: six octets, from the LSP identifier if it has one
    holding_time: int  #: hello: seconds
    circuit_type: int  #: hello: levels, two bits
    circuit_id: int  #: hello on a point-to-point link
    priority: int  #: hello on a LAN
    lan_id: bytes  #: hello on a LAN: seven octets
    lsp_id: bytes  #: link state packet: eight octets
    sequence: int  #: link state packet: sequence number
    lifetime: int  #: link state packet: remaining seconds
    checksum: int  #: link state packet: Fletcher's
    lsp_flags: int  #: link state packet: partition, attachment, overload bits and level
    lsp_ids: tuple[bytes, ...]  #: complete sequence numbers: the first and the last identifier

    name = "isis"
    tag = b"isis"
    fields = ("type", "version", "pdu_length", "system_id", "holding_time", "circuit_type",
              "circuit_id", "priority", "lan_id", "lsp_id", "sequence", "lifetime", "checksum",
              "lsp_flags", "lsp_ids", "areas", "hostname", "tlvs")

    def clear(self) -> None:
        self.type = self.fixed_length = self.version = self.id_length = self.pdu_version = 0
        self.max_areas = self.pdu_length = self.holding_time = self.circuit_type = 0
        self.circuit_id = self.priority = self.sequence = self.lifetime = self.checksum = 0
        self.lsp_flags = 0
        self.system_id = self.lan_id = self.lsp_id = b""
        self.lsp_ids = ()

    def parse(self, pkt: Record, off: int) -> None:
        self.fixed_length = pkt.u8(off + 1)
        self.version = pkt.u8(off + 2)
        self.id_length = pkt.u8(off + 3)
        self.type = pkt.u8(off + 4)
        self.pdu_version = pkt.u8(off + 5)
        self.max_areas = pkt.u8(off + 7)
        at = off + COMMON_LENGTH
        if self.type in HELLOS:
            self.parse_hello(pkt, at)
        elif self.type in LSPS:
            self.parse_lsp(pkt, at)
        elif self.type in HEADER_LENGTHS:
            self.pdu_length = pkt.u16(at)
            self.system_id = pkt.raw(at + 2, SYSTEM_ID)
            if self.type not in PSNPS:
                self.lsp_ids = (pkt.raw(at + 9, LSP_ID), pkt.raw(at + 17, LSP_ID))

    def parse_hello(self, pkt: Record, at: int) -> None:
        self.circuit_type = pkt.u8(at)
        self.system_id = pkt.raw(at + 1, SYSTEM_ID)
        self.holding_time = pkt.u16(at + 7)
        self.pdu_length = pkt.u16(at + 9)
        if self.type == P2P_HELLO:
            self.circuit_id = pkt.u8(at + 11)
        else:
            self.priority = pkt.u8(at + 11)
            self.lan_id = pkt.raw(at + 12, NODE_ID)

    def parse_lsp(self, pkt: Record, at: int) -> None:
        self.pdu_length = pkt.u16(at)
        self.lifetime = pkt.u16(at + 2)
        self.lsp_id = pkt.raw(at + 4, LSP_ID)
        self.system_id = self.lsp_id[:SYSTEM_ID]
        self.sequence = pkt.u32(at + 12)
        self.checksum = pkt.u16(at + 16)
        self.lsp_flags = pkt.u8(at + 18)

    def walk(self) -> Iterator[tuple[int, int, int]]:
        """Type, offset and length of each TLV that was captured whole."""
        size = HEADER_LENGTHS.get(self.type)
        if size is None or self.short:
            return
        at = self.off + COMMON_LENGTH + size
        end = self.off + min(self.size, self.pdu_length)
        while end - at >= 2 and self.pkt.has(at, 2):
            kind, count = self.pkt.u8(at), self.pkt.u8(at + 1)
            at += 2
            if count > end - at or not self.pkt.has(at, count):
                return
            yield kind, at, count
            at += count

    @property
    def tlvs(self) -> list[tuple[int, bytes]]:
        """Type and value of each TLV that was captured whole, padding left out."""
        return [(kind, self.pkt.raw(at, size)) for kind, at, size in self.walk()
                if kind != PADDING]

    @property
    def areas(self) -> list[bytes]:
        """Area addresses."""
        found = []
        for kind, value in self.tlvs:
            while kind == AREAS and value and value[0] < len(value):
                found.append(value[1:1 + value[0]])
                value = value[1 + value[0]:]
        return found

    @property
    def hostname(self) -> str:
        """The system's name (RFC 5301), empty if the packet does not tell it."""
        for kind, value in self.tlvs:
            if kind == HOSTNAME:
                return value.decode("utf-8", "backslashreplace")
        return ""

    def write(self, line: Line) -> None:
        if not self.pkt.has(self.off, COMMON_LENGTH) or self.size < COMMON_LENGTH:
            raise Truncated
        if not self.write_pdu(line):
            print_unknown_data(line, self.pkt, self.off, b"\n\t", self.size)

    def write_pdu(self, line: Line) -> bool:
        """Everything; False if the packet's octets are to be shown after it."""
        if not line.style.link_level:
            line.put(b"IS-IS")
        fault = self.fault()
        if fault:
            line.put(fault)
            return False
        self.write_common(line)
        body = self.off + COMMON_LENGTH
        size = HEADER_LENGTHS.get(self.type)
        if size is None:
            if not line.style.verbose:
                line.put(b", length %d" % self.size)
                return True
            print_unknown_data(line, self.pkt, body, b"\n\t  ", self.size)
            return False
        fixed = COMMON_LENGTH + size
        if self.fixed_length != fixed:
            line.put(b"%s bogus fixed header length %d should be %d" % (
                b"-" if self.type in PSNPS else b",", self.fixed_length,
                size if self.type in LSPS else fixed))
            return False
        if not self.pkt.has(body, size) or self.size < fixed:
            raise Truncated
        if not line.style.verbose:
            self.write_brief(line)
            line.put(b", length %d" % self.size)
            return True
        length = min(self.size, self.pdu_length)
        self.write_header(line, body, length)
        if line.style.verbose > 1:
            print_unknown_data(line, self.pkt, body, b"\n\t  ", size)
        if length < fixed:
            line.put(b" [packet length %d < %d]%s" % (length, fixed, INVALID))
        else:
            self.write_tlvs(line, body + size, self.off + length)
        return True

    def fault(self) -> bytes:
        """Why the common header cannot be, or nothing."""
        if self.version != VERSION:
            return b"version %d packet not supported" % self.version
        if self.id_length not in (0, SYSTEM_ID):
            return b"system ID length of %d is not supported" % self.id_length
        if self.pdu_version != VERSION:
            return b"version %d packet not supported" % self.pdu_version
        if self.size < self.fixed_length:
            return b"fixed header length %d > packet length %d" % (self.fixed_length, self.size)
        if self.fixed_length < COMMON_LENGTH:
            return b"fixed header length %d < minimum header size %d" % (
                self.fixed_length, COMMON_LENGTH)
        return b"bad packet -- 255 areas" if self.max_areas == 255 else b""

    def write_common(self, line: Line) -> None:
        if not line.style.link_level:
            line.put(b", ")
        if not line.style.verbose:
            line.put(named(PDU_NAMES, self.type, b"unknown PDU-Type %d"))
            return
        line.put(b"length %d\n\t%s, hlen: %d, v: %d, pdu-v: %d, sys-id-len: %d (%d), "
                 b"max-area: %d (%d)" % (
                     self.size, named(PDU_NAMES, self.type, b"unknown, type %d"),
                     self.fixed_length, self.version, self.pdu_version, SYSTEM_ID,
                     self.id_length, self.max_areas or DEFAULT_AREAS, self.max_areas))
        if line.style.verbose > 1:
            print_unknown_data(line, self.pkt, self.off, b"\n\t", COMMON_LENGTH)

    def write_brief(self, line: Line) -> None:
        """Who speaks, without -v."""
        pkt, at = self.pkt, self.off + COMMON_LENGTH
        if self.type in LSPS:
            line.put(b", lsp-id %s, seq 0x%08x, lifetime %5ds" % (
                identifier(pkt, at + 4, LSP_ID), self.sequence, self.lifetime))
        elif self.type in HELLOS:
            line.put(b", src-id %s" % identifier(pkt, at + 1, SYSTEM_ID))
            if self.type != P2P_HELLO:
                line.put(b", lan-id %s, prio %d" % (
                    identifier(pkt, at + 12, NODE_ID), self.priority))
        else:
            line.put(b", src-id %s" % identifier(pkt, at + 2, NODE_ID))

    def write_header(self, line: Line, at: int, length: int) -> None:
        """The header of this kind of packet, with -v; ``length`` octets belong to the packet."""
        pkt = self.pkt
        if self.type in LSPS:
            self.write_lsp(line, at, length)
        elif self.type in HELLOS:
            lan = self.type != P2P_HELLO
            line.put(b"\n\t  source-id: %s, %sholding time: %ds, Flags: [%s]" % (
                identifier(pkt, at + 1, SYSTEM_ID), b" " if lan else b"", self.holding_time,
                named(CIRCUIT_NAMES, self.circuit_type, b"unknown circuit type 0x%02x")))
            if lan:
                line.put(b"\n\t  lan-id:    %s, Priority: %d" % (
                    identifier(pkt, at + 12, NODE_ID), self.priority & 0x7F))
            else:
                line.put(b"\n\t  circuit-id: 0x%02x" % self.circuit_id)
            line.put(b", PDU length: %d" % self.pdu_length)
        else:
            line.put(b"\n\t  source-id:    %s, PDU length: %d" % (
                identifier(pkt, at + 2, NODE_ID), self.pdu_length))
            if self.type not in PSNPS:
                line.put(b"\n\t  start lsp-id: %s" % identifier(pkt, at + 9, LSP_ID))
                line.put(b"\n\t  end lsp-id:   %s" % identifier(pkt, at + 17, LSP_ID))

    def write_lsp(self, line: Line, at: int, length: int) -> None:
        flags = self.lsp_flags
        line.put(b"\n\t  lsp-id: %s, seq: 0x%08x, lifetime: %5ds\n\t  chksum: 0x%04x" % (
            identifier(self.pkt, at + 4, LSP_ID), self.sequence, self.lifetime, self.checksum))
        write_checksum(line, self.pkt, at + 4, length - 12, 12, self.checksum)
        line.put(b", PDU length: %d, Flags: [ %s" % (
            self.pdu_length, b"Overload bit set, " if flags & OVERLOAD else b""))
        if flags & ATTACHED:
            line.put(b"".join(text for bit, text in ATTACHMENTS if flags & bit))
            line.put(b"ATT bit set, ")
        line.put(b"%s%s ]" % (b"P bit set, " if flags & PARTITION else b"",
                              LEVEL_NAMES[flags & 3]))

    def write_tlvs(self, line: Line, at: int, end: int) -> None:
        pkt = self.pkt
        while at < end:
            pkt.raw(at, 2)
            if end - at < 2:
                raise Truncated
            kind, size = pkt.u8(at), pkt.u8(at + 1)
            at += 2
            line.put(b"\n\t    %s TLV #%d, length: %d" % (
                TLV_NAMES.get(kind, b"unknown"), kind, size))
            if size > end - at:
                raise Truncated
            if kind in (INTERNAL_REACH, EXTERNAL_REACH):
                if not write_old_ip_reach(line, pkt, at, size):
                    return
            elif kind == CHECKSUM:
                self.write_optional_checksum(line, at, size, end)
            elif kind in WRITERS:
                WRITERS[kind](line, pkt, at, size)
            elif line.style.verbose <= 1 and kind != PADDING:
                print_unknown_data(line, pkt, at, b"\n\t\t", size)
            if line.style.verbose > 1:
                print_unknown_data(line, pkt, at, b"\n\t      ", size)
            at += size

    def write_optional_checksum(self, line: Line, at: int, size: int, end: int) -> None:
        """RFC 3358: over the whole packet; zero beside a digest."""
        if size < 2:
            return
        value = self.pkt.u16(at)
        line.put(b"\n\t      checksum: 0x%04x " % value)
        write_checksum(line, self.pkt, self.off, end - self.off, at - self.off, value)


