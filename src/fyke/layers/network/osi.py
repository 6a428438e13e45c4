"""What stands on an OSI service access point: a protocol identifier first; print-isoclns.c."""

from __future__ import annotations

from fyke.layers.fields import U8
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.network.osi_parts import IPV4, IPV6, NLPID_NAMES, NULL, PPP, Q933
from fyke.layers.tables import table
from fyke.layers.words import as_text
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")
NLPIDS = table("nlpid")
PPPS = table("ppp")
OTHERS = {IPV4: (ETHERTYPES, 0x0800), IPV6: (ETHERTYPES, 0x86DD), PPP: (PPPS, 0)}


class Osi(Layer):
    """The identifier: OSI's own protocols count it as their first octet, others come after it."""

    __slots__ = ()

    name = "osi"
    tag = b"isoclns"

    nlpid = U8(0, "network layer protocol identifier (ISO/IEC TR 9577)",
               names=as_text(NLPID_NAMES))

    def parse(self, pkt: Record, off: int) -> None:
        nlpid = pkt.u8(off)
        if nlpid in OTHERS:
            kinds, number = OTHERS[nlpid]
            self.next = kinds.find(number)
        else:
            self.next = NLPIDS.find(nlpid)
        skip = 1 if nlpid in OTHERS or nlpid == Q933 else 0
        self.payload_off = off + skip
        self.payload_length = self.size - skip

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        nlpid = self.nlpid
        if line.style.link_level:
            line.put(b"OSI NLPID %s (0x%02x): " % (NLPID_NAMES.get(nlpid, b"Unknown"), nlpid))
        if self.next is not None:
            return
        if nlpid != NULL and not line.style.link_level:
            line.put(b"OSI NLPID 0x%02x unknown" % nlpid)
        line.put(b"%slength: %d" % (b"" if line.style.link_level else b", ", self.size))
        if nlpid != NULL and self.size > 1:
            print_unknown_data(line, self.pkt, self.off, b"\n\t", self.size)


class OsiFrame(Layer):
    """The same above an EtherType, where an octet comes before the identifier."""

    __slots__ = ()

    name = "osi-frame"
    tag = b"isoclns"

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off)
        self.next = Osi
        self.payload_off = off + 1
        self.payload_length = self.size - 1

    def write(self, line: Line) -> None:
        self.pkt.u8(self.off)
        if self.size < 1:
            raise Truncated
