"""PPP over Ethernet (RFC 2516); tcpdump: print-pppoe.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.layers.link.ppp import Ppp
from fyke.wire import Line, Packet, Truncated

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


class PppOe(Layer):
    """A session's PPP packet, or a discovery packet with tags."""

    __slots__ = ("code", "said", "session", "version")

    version: int  #: version and type, four bits each
    code: int
    session: int
    said: int  #: octets of payload

    name = "pppoe"
    tag = b"pppoe"
    fields = ("version", "code", "session", "said")

    def clear(self) -> None:
        self.version = self.code = self.session = self.said = 0

    def parse(self, pkt: Packet, off: int) -> None:
        self.version = pkt.u8(off)
        self.code = pkt.u8(off + 1)
        self.session = pkt.u16(off + 2)
        self.said = pkt.u16(off + 4)

    def write(self, line: Line) -> None:
        if self.short or self.size < HEADER_LENGTH:
            self.short = True
            raise Truncated
        if self.version >> 4 != 1:
            line.put(b" [ver %d]" % (self.version >> 4))
        if self.version & 15 != 1:
            line.put(b" [type %d]" % (self.version & 15))
        name = CODE_NAMES.get(self.code)
        line.put(b"PPPoE %s" % (b"PAD-%x" % self.code if name is None else name))
        if self.code == PADI and self.said > PADI_LIMIT:
            line.put(b" [len %d!]" % self.said)
        if self.said > self.size - HEADER_LENGTH:
            line.put(b" [len %d > %d!]" % (self.said, self.size - HEADER_LENGTH))
            self.said = self.size - HEADER_LENGTH
        if self.session:
            line.put(b" [ses 0x%x]" % self.session)
        if self.said == 0:
            return
        if self.code == SESSION:
            line.char(32)
        else:
            self.write_tags(line, self.pkt, self.off + HEADER_LENGTH)

    def write_tags(self, line: Line, pkt: Packet, at: int) -> None:
        stop = at + self.said
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

    def follow(self) -> Layer | None:
        if self.short or self.code != SESSION or not self.said:
            return None
        return self.child(Ppp, self.off + HEADER_LENGTH, self.said)


class PppOeLink(PppOe):
    """LINKTYPE_PPP_ETHER: the session's packets without Ethernet."""

    __slots__ = ()
    link_layer = True
