"""Intermediate system to intermediate system (ISO/IEC 10589, RFC 1195); print-isoclns.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, Iterator
from fyke.layers.cursor import Tlv, option
from fyke.layers.fields import U8, Bits, Listed, Made, Options
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
from fyke.layers.routing.isis_values import FORMS
from fyke.layers.words import INVALID, as_text, named
from fyke.wire import Line, Record, Truncated

COMMON_LENGTH = 8
VERSION = 1
DEFAULT_AREAS = 3  # what a maximum of 0 means
#: Octets of each packet's own header.
HEADER_LENGTHS = {L1_LAN_HELLO: 19, L2_LAN_HELLO: 19, P2P_HELLO: 12, L1_LSP: 19, L2_LSP: 19,
                  L1_CSNP: 25, L2_CSNP: 25, L1_PSNP: 9, L2_PSNP: 9}
HELLOS = (L1_LAN_HELLO, L2_LAN_HELLO, P2P_HELLO)
LAN_HELLOS = (L1_LAN_HELLO, L2_LAN_HELLO)
LSPS, PSNPS, CSNPS = (L1_LSP, L2_LSP), (L1_PSNP, L2_PSNP), (L1_CSNP, L2_CSNP)
OVERLOAD, PARTITION, ATTACHED = 0x04, 0x80, 0x78  # bits of an LSP's last header octet
ATTACHMENTS = ((0x08, b"default "), (0x10, b"delay "), (0x20, b"expense "), (0x40, b"error "))


def of(kinds: tuple[int, ...], at: int,
       read: Callable[[Record, int], Any]) -> Callable[[IsIs], Any]:
    """A field that only these packets have, ``at`` octets behind the common header."""
    return lambda isis: read(isis.pkt, isis.off + COMMON_LENGTH + at) if (
        isis.type in kinds) else None


def named_by(size: int) -> Callable[[Record, int], str]:
    """An identifier in the words of the text."""
    return lambda pkt, at: identifier(pkt, at, size).decode()


class IsIs(Layer):
    """A hello, a link state packet, or a (complete or partial) sequence number packet."""

    __slots__ = ()

    name = "isis"
    tag = b"isis"

    fixed_length = U8(1, "of both headers, as the packet says", unit="bytes")
    version = U8(2, "of the protocol's discriminator")
    id_length = U8(3, "of a system's identifier; 0 stands for 6", unit="bytes")
    type = Bits(4, 1, 0xFF, "type of packet", names=as_text(PDU_NAMES))
    pdu_version = U8(5, "version of the protocol")
    max_areas = U8(7, "areas that a system may have; 0 stands for 3")
    pdu_length = Made("u16", lambda isis: isis.find_length(), "as the packet says", unit="bytes")
    system_id = Made("text", lambda isis: isis.find_system(), "who sent it")
    circuit_type = Made("u8", of(HELLOS, 0, lambda pkt, at: pkt.u8(at) & 3),
                        "levels of the circuit: two bits")
    holding_time = Made("u16", of(HELLOS, 7, Record.u16), "how long the sender is a neighbour",
                        unit="s")
    priority = Made("u8", of(LAN_HELLOS, 11, lambda pkt, at: pkt.u8(at) & 0x7F),
                    "to become the designated system on a LAN")
    lan_id = Made("text", of(LAN_HELLOS, 12, named_by(NODE_ID)), "the designated system")
    circuit_id = Made("u8", of((P2P_HELLO,), 11, Record.u8), "of a point-to-point link")
    lsp_id = Made("text", of(LSPS, 4, named_by(LSP_ID)), "whose link state this is")
    sequence = Made("u32", of(LSPS, 12, Record.u32), "sequence number of a link state packet")
    lifetime = Made("u16", of(LSPS, 2, Record.u16), "that it has left", unit="s")
    checksum = Made("u16", of(LSPS, 16, Record.u16), "Fletcher's, from the identifier on")
    lsp_flags = Made("u8", of(LSPS, 18, Record.u8),
                     "partition, attachment and overload bits, and the level")
    start_lsp_id = Made("text", of(CSNPS, 9, named_by(LSP_ID)), "the first of a complete list")
    end_lsp_id = Made("text", of(CSNPS, 17, named_by(LSP_ID)), "the last of a complete list")
    areas = Listed(lambda isis: isis.find_areas(), "area addresses")
    hostname = Made("text", lambda isis: isis.find_hostname(), "the system's name (RFC 5301)")
    tlvs = Listed(lambda isis: isis.find_tlvs(), "everything else", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        size = HEADER_LENGTHS.get(pkt.u8(off + 4), 0)
        pkt.raw(off, COMMON_LENGTH + size)  # says whether the headers are short

    def find_length(self) -> int | None:
        kind = self.type
        if kind not in HEADER_LENGTHS:
            return None
        return self.pkt.u16(self.off + COMMON_LENGTH + (9 if kind in HELLOS else 0))

    def find_system(self) -> str | None:
        kind = self.type
        if kind not in HEADER_LENGTHS:
            return None
        at = self.off + COMMON_LENGTH + (1 if kind in HELLOS else 4 if kind in LSPS else 2)
        return identifier(self.pkt, at, SYSTEM_ID).decode()

    def walk(self) -> Iterator[tuple[int, int, int]]:
        """Type, offset and length of each TLV that was captured whole."""
        size = HEADER_LENGTHS.get(self.type)
        length = self.find_length()
        if size is None or length is None:
            return
        at = self.off + COMMON_LENGTH + size
        end = self.off + min(self.size, length)
        while end - at >= 2 and self.pkt.has(at, 2):
            kind, count = self.pkt.u8(at), self.pkt.u8(at + 1)
            at += 2
            if count > end - at or not self.pkt.has(at, count):
                return
            yield kind, at, count
            at += count

    def find_tlvs(self) -> Options:
        """Every TLV that was captured whole, padding left out."""
        found = Options()
        try:
            for kind, at, size in self.walk():
                if kind != PADDING:
                    found.append(option(self.pkt, Tlv(kind, at - 2, at, size), FORMS.get(kind)))
        except Truncated:
            found.cut = True
        return found

    def find_areas(self) -> list[str]:
        return [area for one in self.find_tlvs() if one.kind == AREAS
                and isinstance(one.value, list) for area in one.value]

    def find_hostname(self) -> str | None:
        return next((one.value for one in self.find_tlvs() if one.kind == HOSTNAME), None)

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
                    identifier(pkt, at + 12, NODE_ID), pkt.u8(at + 11)))
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
                named(CIRCUIT_NAMES, pkt.u8(at), b"unknown circuit type 0x%02x")))
            if lan:
                line.put(b"\n\t  lan-id:    %s, Priority: %d" % (
                    identifier(pkt, at + 12, NODE_ID), self.priority))
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


