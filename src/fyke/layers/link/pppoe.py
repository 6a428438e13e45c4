"""PPP over Ethernet (RFC 2516); tcpdump: print-pppoe.c."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import Form, fixed, nothing, options, raw, text, tlvs
from fyke.layers.fields import U8, U16, Bits, Listed, Options, Renamed
from fyke.layers.layer import Layer
from fyke.layers.link.ppp import Ppp
from fyke.layers.words import INVALID, as_text
from fyke.wire import Line, Record, Truncated

SESSION, PADI = 0x00, 0x09
CODE_NAMES = {SESSION: b"", PADI: b"PADI", 0x07: b"PADO", 0x19: b"PADR", 0x65: b"PADS",
              0xA7: b"PADT"}
END = 0x0000
TAG_NAMES = {
    END: b"EOL", 0x0101: b"Service-Name", 0x0102: b"AC-Name", 0x0103: b"Host-Uniq",
    0x0104: b"AC-Cookie", 0x0105: b"Vendor-Specific", 0x0110: b"Relay-Session-ID",
    0x0120: b"PPP-Max-Payload", 0x0201: b"Service-Name-Error", 0x0202: b"AC-System-Error",
    0x0203: b"Generic-Error",
}
HEADER_LENGTH = 6
PADI_LIMIT = 1478  # RFC 2516 §5.1
SAMPLE = 79  # octets looked at to tell text from binary, and shown of text
DOT = 46  # stands for what cannot be printed


class Vendor(NamedTuple):
    """A Vendor-Specific tag (RFC 2516 Appendix A)."""

    enterprise: int  #: number of the vendor (IANA private enterprise numbers)
    data: bytes


def read_vendor(pkt: Record, at: int, size: int) -> Vendor:
    return Vendor(pkt.u32(at), pkt.raw(at + 4, size - 4))


FORMS: dict[int, Form] = {
    END: Form("end", nothing), 0x0101: Form("service_name", text),
    0x0102: Form("ac_name", text), 0x0103: Form("host_uniq", raw), 0x0104: Form("ac_cookie", raw),
    0x0105: Form("vendor_specific", read_vendor, 4), 0x0106: Form("credits", raw),
    0x0107: Form("metrics", raw), 0x0110: Form("relay_session_id", raw),
    0x0120: fixed("ppp_max_payload", 2), 0x0201: Form("service_name_error", text),
    0x0202: Form("ac_system_error", text), 0x0203: Form("generic_error", text),
}


def tags_of(pppoe: PppOe) -> Options:
    """The tags of a discovery packet."""
    if pppoe.code == SESSION:
        return Options()
    at = pppoe.off + HEADER_LENGTH
    stop = at + max(min(pppoe.length, pppoe.size - HEADER_LENGTH), 0)
    return options(pppoe.pkt, tlvs(pppoe.pkt, at, stop, type_size=2, length_size=2, end=END),
                   FORMS)


class PppOe(Layer):
    """A session's PPP packet, or a discovery packet with tags."""

    __slots__ = ()

    name = "pppoe"
    tag = b"pppoe"

    version = Bits(0, 1, 0xF0, "1")
    type = Bits(0, 1, 0x0F, "1")
    code = U8(1, "session data, or which step of discovery",
              names={**as_text(CODE_NAMES), SESSION: "session"})
    session = U16(2, "number of the session; 0 before there is one")
    length = U16(4, "of the payload", unit="bytes")
    tags = Listed(tags_of, "what discovery offers and wants", keyed=True)
    said = Renamed("length")

    def parse(self, pkt: Record, off: int) -> None:
        length = pkt.u16(off + 4)
        if self.size < HEADER_LENGTH:
            raise Truncated
        self.payload_off = off + HEADER_LENGTH
        self.payload_length = min(length, self.size - HEADER_LENGTH)
        if self.code == SESSION and self.payload_length:
            self.next = Ppp

    def write(self, line: Line) -> None:
        if self.size < HEADER_LENGTH:
            line.put(b" (length %d < %d)" % (self.size, HEADER_LENGTH) + INVALID)
            return
        if self.short:
            raise Truncated
        if self.version != 1:
            line.put(b" [ver %d]" % self.version)
        if self.type != 1:
            line.put(b" [type %d]" % self.type)
        name = CODE_NAMES.get(self.code)
        line.put(b"PPPoE %s" % (b"PAD-%x" % self.code if name is None else name))
        length = self.length
        if self.code == PADI and length > PADI_LIMIT:
            line.put(b" [len %d!]" % length)
        if length > self.payload_length:
            line.put(b" [len %d > %d!]" % (length, self.payload_length))
        if self.session:
            line.put(b" [ses 0x%x]" % self.session)
        if self.payload_length == 0:
            return
        if self.code == SESSION:
            line.char(32)
        else:
            self.write_tags(line, self.pkt, self.off + HEADER_LENGTH)

    def write_tags(self, line: Line, pkt: Record, at: int) -> None:
        stop = at + self.payload_length
        kind = -1
        while kind != END and at < stop:
            kind = pkt.u16(at)
            size = pkt.u16(at + 2)
            name = TAG_NAMES.get(kind) or b"TAG-0x%x" % kind
            at += 4
            if not size:
                line.put(b" [%s]" % name)
                continue
            sample = pkt.raw(at, size)[:SAMPLE]
            text = bytes(octet if 32 <= octet < 127 else DOT for octet in sample)
            if 2 * sum(32 <= octet < 127 for octet in sample) > len(sample):
                line.put(b' [%s "%s"]' % (name, text))
            else:
                line.put(b" [%s 0x%s]" % (name, pkt.raw(at, size).hex().upper().encode()))
            at += size


class PppOeLink(PppOe):
    """LINKTYPE_PPP_ETHER: the session's packets without Ethernet."""

    __slots__ = ()
    link_layer = True
