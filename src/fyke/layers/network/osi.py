"""What stands on an OSI service access point: a protocol identifier first; print-isoclns.c."""

from __future__ import annotations

from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.network.osi_parts import IPV4, IPV6, NLPID_NAMES, NULL, PPP, Q933
from fyke.layers.tables import table
from fyke.wire import Line, Record, Truncated

ETHERTYPES = table("ethertype")
NLPIDS = table("nlpid")
AS_ETHERTYPE = {IPV4: 0x0800, IPV6: 0x86DD, PPP: 0x880B}


class Osi(Layer):
    """The identifier: OSI's own protocols count it as their first octet, others come after it."""

    __slots__ = ("nlpid",)

    nlpid: int  #: network layer protocol identifier (ISO/IEC TR 9577)

    name = "osi"
    tag = b"isoclns"
    fields = ("nlpid",)

    def clear(self) -> None:
        self.nlpid = -1

    def parse(self, pkt: Record, off: int) -> None:
        self.nlpid = pkt.u8(off)

    def write(self, line: Line) -> None:
        if self.short:
            raise Truncated
        nlpid = self.nlpid
        if line.style.link_level:
            line.put(b"OSI NLPID %s (0x%02x): " % (NLPID_NAMES.get(nlpid, b"Unknown"), nlpid))
        if self.upper() is not None:
            return
        if nlpid != NULL and not line.style.link_level:
            line.put(b"OSI NLPID 0x%02x unknown" % nlpid)
        line.put(b"%slength: %d" % (b"" if line.style.link_level else b", ", self.size))
        if nlpid != NULL and self.size > 1:
            print_unknown_data(line, self.pkt, self.off, b"\n\t", self.size)

    def upper(self) -> type[Layer] | None:
        """Who decodes the rest."""
        if self.nlpid in AS_ETHERTYPE:
            return ETHERTYPES.find(AS_ETHERTYPE[self.nlpid])
        return NLPIDS.find(self.nlpid)

    def follow(self) -> Layer | None:
        kind = None if self.short else self.upper()
        if kind is None:
            return None
        skip = 1 if self.nlpid in AS_ETHERTYPE or self.nlpid == Q933 else 0
        return self.child(kind, self.off + skip, self.size - skip)


class OsiFrame(Layer):
    """The same above an EtherType, where an octet comes before the identifier."""

    __slots__ = ()

    name = "osi-frame"
    tag = b"isoclns"

    def write(self, line: Line) -> None:
        self.pkt.u8(self.off)
        if self.size < 1:
            raise Truncated

    def follow(self) -> Layer | None:
        return self.child(Osi, self.off + 1, self.size - 1)
