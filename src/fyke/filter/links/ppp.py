"""PPP in its framings, Cisco HDLC and Frame Relay: the serial lines."""

from __future__ import annotations

from fyke.bpf.instructions import B, H
from fyke.filter.links.link import Link
from fyke.filter.lowering.fragment import Fragment, any_of
from fyke.filter.lowering.generator import LINK, TYPE, Generator
from fyke.filter.lowering.layout import Start
from fyke.filter.numbers import EtherType, Nlpid, Ppp, Sap

#: What PPP calls the protocols that have another number elsewhere.
_PPP_NUMBERS = {
    EtherType.IP: Ppp.IP,
    EtherType.IPV6: Ppp.IPV6,
    EtherType.DECNET: Ppp.DECNET,
    EtherType.ATALK: Ppp.ATALK,
    EtherType.NS: Ppp.NS,
    Sap.ISO: Ppp.OSI,
    Sap.STP: Ppp.BRIDGING,
    Sap.IPX: Ppp.IPX,
}


class PppLink(Link):
    """PPP behind HDLC-like framing (RFC 1662), or as PPPoE's payload (RFC 2516)."""

    start = Start(type=2, payload=4)

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        number = _PPP_NUMBERS.get(protocol)
        if number is None:
            gen.limit("PPP protocol", protocol, 0xFFFF)
            number = protocol
        return gen.equal(TYPE, 0, H, number)


class PlainPpp(PppLink):
    """DLT_PPP, which may carry MPLS (RFC 3032)."""

    mpls = Ppp.MPLS


class PppPppd(PppLink):
    """pppd's: the first octet is the direction (0 in, 1 out)."""

    def travels(self, gen: Generator, outbound: bool) -> Fragment:
        return gen.equal(LINK, 0, B, int(outbound))


class PppEther(PppLink):
    """PPPoE without the Ethernet header, session packets only."""

    start = Start(type=6, payload=8)


class PppBsdOs(PppLink):
    """BSD/OS's PPP, where IP may also be compressed as RFC 1144 says."""

    start = Start(type=5, payload=24)

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        if protocol != EtherType.IP:
            return super().carries(gen, protocol)
        return any_of(*(gen.equal(TYPE, 0, H, number) for number in (
            Ppp.IP, Ppp.VJ_COMPRESSED, Ppp.VJ_UNCOMPRESSED)))


class CiscoHdlc(Link):
    """Cisco's HDLC: an EtherType, and for ISO protocols 0xfefe and an octet of padding."""

    start = Start(type=2, payload=4)
    mpls = EtherType.MPLS
    iso_offset = 1

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        gen.limit("HDLC protocol", protocol, 0xFFFF)
        number = Sap.ISO << 8 | Sap.ISO if protocol == Sap.ISO else protocol
        return gen.equal(TYPE, 0, H, number)


class FrameRelay(Link):
    """Frame Relay with an address of two octets (RFC 2427): control (0x03) and NLPID follow."""

    start = Start(payload=0)

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        if protocol == EtherType.IP:
            return self._identifier(gen, 0xCC)
        if protocol == EtherType.IPV6:
            return self._identifier(gen, 0x8E)
        if protocol == Sap.ISO:
            return any_of(*(self._identifier(gen, number) for number in (
                Nlpid.CLNP, Nlpid.ESIS, Nlpid.ISIS)))
        return gen.always(False)

    def carries_iso(self, gen: Generator, identifier: int) -> Fragment:
        return self._identifier(gen, identifier)

    def _identifier(self, gen: Generator, number: int) -> Fragment:
        return gen.equal(LINK, 2, H, 0x0300 | number)
