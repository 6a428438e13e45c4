"""Internet Key Exchange 1 and 2 (RFC 2408, RFC 7296), and ESP in UDP (RFC 3948).

tcpdump: print-isakmp.c.
"""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.application.ike_names import EXCHANGE_NAMES
from fyke.layers.application.ike_payloads import Context, payload_name, write_payloads
from fyke.layers.application.ike_values import value_of
from fyke.layers.associations import associations_of
from fyke.layers.cursor import MOST
from fyke.layers.fields import U8, U32, Listed, Made, Number, Options
from fyke.layers.layer import Layer
from fyke.layers.network.ip import IP
from fyke.layers.tables import table
from fyke.layers.words import as_text, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 28
KEEP_ALIVE = 0xFF
SEALED = 46  # payload of version 2: encrypted, and the last
ENCRYPTED, COMMIT = 0x01, 0x02  # flags of version 1
INITIATOR, HIGHER_VERSION, RESPONSE = 0x08, 0x10, 0x20  # flags of version 2
INITIATORS = 20  # remembered, as tcpdump does
ESP, AH = 50, 51


class Payload(NamedTuple):
    """A payload: its octets behind the generic header (RFC 7296 §3.2)."""

    type: int
    name: str
    length: int
    value: Any  #: what the standard says of it; None where the octets are all there is
    data: bytes


def payloads_of(ike: Isakmp) -> Options:
    """The chain of payloads; ``cut`` if one cannot be."""
    found, pkt = Options(), ike.pkt
    if ike.version >> 4 == 1 and ike.flags & ENCRYPTED:
        return found
    at, kind = ike.off + HEADER_LENGTH, ike.next_payload
    stop = ike.off + min(ike.size, ike.message_length)
    try:
        while kind and len(found) < MOST:
            size = pkt.u16(at + 2)
            if size < 4 or size > stop - at:
                raise Truncated
            found.append(Payload(kind, payload_name(kind).decode(), size,
                                 value_of(pkt, at + 4, size - 4, kind),
                                 pkt.raw(at + 4, size - 4)))
            kind, at = (pkt.u8(at), at + size) if kind != SEALED else (0, at)
    except Truncated:
        found.cut = True
    return found


class Isakmp(Layer):
    """An IKE header, and payloads that are not encrypted."""

    __slots__ = ()

    name = "isakmp"
    tag = b"isakmp"

    initiator = Number(0, 8, "the initiator's cookie, or SPI in version 2")
    responder = Number(8, 8, "0 in the first message")
    next_payload = U8(16, "type of the first payload")
    version = U8(17, "major and minor, four bits each")
    exchange = U8(18, names=as_text(EXCHANGE_NAMES))
    flags = U8(19, "version 1: 1 encrypted, 2 commit; version 2: 8 initiator, 0x20 response")
    message_id = U32(20)
    message_length = U32(24, "header included", unit="bytes")
    payloads = Listed(payloads_of, "every payload that is not encrypted")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 24)

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

    __slots__ = ()

    name = "esp-in-udp"
    tag = b"isakmp_rfc3948"

    is_keep_alive = Made("bool", lambda layer: layer.size == 1 and layer.pkt.u8(
        layer.off) == KEEP_ALIVE, "an octet of ones, so that an address translator remembers")
    is_ike = Made("bool", lambda layer: layer.size >= 4 and layer.pkt.u32(layer.off) == 0,
                  "four zeros come before IKE")

    def parse(self, pkt: Record, off: int) -> None:
        if self.size < 4:
            return
        if pkt.u32(off) == 0:
            self.payload_off, self.payload_length = off + 4, self.size - 4
            self.next = Isakmp
        else:
            self.payload_off, self.payload_length = off, self.size
            self.next = table("ip.proto").find(ESP)

    def write(self, line: Line) -> None:
        pkt, off, length = self.pkt, self.off, self.size
        if length == 1 and pkt.u8(off) == KEEP_ALIVE:
            line.put(b"isakmp-nat-keep-alive")
            return
        if length < 4:
            pkt.u8(off)
            raise Truncated
        line.put(b"UDP-encap: " if pkt.u32(off) else b"NONESP-encap: ")

    def follow(self) -> Layer | None:
        """IKE stands on UDP, ESP on IP."""
        layer = Layer.follow(self)
        if layer is not None:
            layer.below = self.below if self.next is Isakmp else self.below.below
        return layer
