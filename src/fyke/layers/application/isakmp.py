"""Internet Key Exchange 1 and 2 (RFC 2408, RFC 7296), and ESP in UDP (RFC 3948).

tcpdump: print-isakmp.c.
"""

from __future__ import annotations

from fyke.layers.application.ike_names import EXCHANGE_NAMES
from fyke.layers.application.ike_payloads import Context, payload_name, write_payloads
from fyke.layers.associations import associations_of
from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP
from fyke.layers.tables import table
from fyke.layers.words import named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 28
ENCRYPTED, COMMIT = 0x01, 0x02  # flags of version 1
INITIATOR, HIGHER_VERSION, RESPONSE = 0x08, 0x10, 0x20  # flags of version 2
INITIATORS = 20  # remembered, as tcpdump does
ESP, AH = 50, 51


class Isakmp(Layer):
    """An IKE header; payloads are read when they are written."""

    __slots__ = ("exchange", "flags", "initiator", "message_id", "message_length",
                 "next_payload", "responder", "version")

    initiator: int  #: the initiator's cookie, or SPI in version 2
    responder: int  #: 0 in the first message
    next_payload: int  #: type of the first payload
    version: int  #: major and minor, four bits each
    exchange: int
    flags: int
    message_id: int
    message_length: int  #: octets, header included

    name = "isakmp"
    tag = b"isakmp"
    fields = ("initiator", "responder", "next_payload", "version", "exchange", "flags",
              "message_id", "message_length")

    def clear(self) -> None:
        self.initiator = self.responder = self.next_payload = self.version = 0
        self.exchange = self.flags = self.message_id = self.message_length = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.initiator = pkt.u64(off)
        self.responder = pkt.u64(off + 8)
        self.next_payload = pkt.u8(off + 16)
        self.version = pkt.u8(off + 17)
        self.exchange = pkt.u8(off + 18)
        self.flags = pkt.u8(off + 19)
        self.message_id = pkt.u32(off + 20)
        self.message_length = pkt.u32(off + 24)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        line.put(b"isakmp")
        major = self.version >> 4
        if line.style.verbose:
            line.put(b" %d.%d msgid %08x" % (major, self.version & 15, self.message_id))
        if line.style.verbose > 1:
            line.put(b" cookie %016x->%016x" % (self.initiator, self.responder))
        line.put(b":")
        if major == 1:
            self.write_phase(line)
            bits: tuple[tuple[int, bytes], ...] = ((ENCRYPTED, b"E"), (COMMIT, b"C"))
        elif major == 2:
            line.put(b" child_sa " if self.message_id else b" parent_sa")
            bits = ((INITIATOR, b"I"), (HIGHER_VERSION, b"V"), (RESPONSE, b"R"))
        else:
            return
        line.put(b" %s" % named(EXCHANGE_NAMES, self.exchange, b"#%d"))
        if self.flags:
            line.put(b"[%s]" % b"".join(name for bit, name in bits if self.flags & bit))
        if line.style.verbose:
            self.write_payloads(line, major)

    def write_payloads(self, line: Line, major: int) -> None:
        line.put(b":")
        if self.flags & ENCRYPTED:
            line.put(b" [encrypted %s]" % payload_name(self.next_payload))
        else:
            context = Context(major, 2 if self.message_id else 1, self.flags)
            write_payloads(line, self.pkt, self.off + HEADER_LENGTH, self.next_payload, context,
                           0)
        if self.message_length != self.size:
            line.put(b" (len mismatch: isakmp %d/ip %d)" % (self.message_length, self.size))

    def write_phase(self, line: Line) -> None:
        """Phase, and who is talking: remembered from the first message."""
        line.put(b" phase 2/others" if self.message_id else b" phase 1")
        known = associations_of(line).of("isakmp", dict)
        ends = known.get(self.initiator)
        src, dst = self.ends()
        if self.initiator == 0:
            line.put(b" ?")
        elif ends is None:
            if self.responder:
                line.put(b" ?")
                return
            line.put(b" I")
            if len(known) >= INITIATORS:
                known.pop(next(iter(known)))
            known[self.initiator] = (src, dst)
        else:
            line.put(b" I" if src == ends[0] else b" R" if src == ends[1] else b" ?")

    def ends(self) -> tuple[bytes, bytes]:
        """Source and destination address."""
        ip: IP = self.below.below
        if ip.version == 4:
            return self.pkt.raw(ip.off + 12, 4), self.pkt.raw(ip.off + 16, 4)
        return self.pkt.raw(ip.off + 8, 16), self.pkt.raw(ip.off + 24, 16)


class EspInUdp(Layer):
    """What comes to port 4500: keep-alives, IKE after four zeros, else ESP (RFC 3948 §2)."""

    __slots__ = ("proceed",)

    proceed: int  #: IP protocol number of what follows; 0 for IKE; -1 for nothing

    name = "esp-in-udp"
    tag = b"isakmp_rfc3948"

    def clear(self) -> None:
        self.proceed = -1

    def write(self, line: Line) -> None:
        pkt, off, length = self.pkt, self.off, self.size
        first = pkt.u8(off)
        if length == 1 and first == 0xFF:
            line.put(b"isakmp-nat-keep-alive")
            return
        if length < 4:
            raise Truncated
        if pkt.u32(off) == 0:
            line.put(b"NONESP-encap: ")
            self.proceed = 0
        else:
            line.put(b"UDP-encap: ")
            self.proceed = ESP

    def follow(self) -> Layer | None:
        if self.proceed < 0:
            return None
        if self.proceed == 0:
            layer = self.child(Isakmp, self.off + 4, self.size - 4)
            layer.below = self.below
            return layer
        kind = table("ip.proto").find(self.proceed)
        if kind is None:
            return None
        layer = self.child(kind, self.off, self.size)
        layer.below = self.below.below
        return layer
