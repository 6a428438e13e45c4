"""Link types with nothing that says which protocol is inside: IP as it is, SLIP, LocalTalk."""

from __future__ import annotations

from fyke.bpf.instructions import B
from fyke.filter.links.link import Link
from fyke.filter.lowering.fragment import Fragment
from fyke.filter.lowering.generator import LINK, Generator
from fyke.filter.lowering.layout import NOWHERE, Start
from fyke.filter.numbers import EtherType
from fyke.linktypes import LinkType

_VERSIONS = {EtherType.IP: 0x40, EtherType.IPV6: 0x60}


class RawIp(Link):
    """IPv4 or IPv6: told apart by the version in the first octet."""

    start = Start(payload=0)

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        version = _VERSIONS.get(protocol)
        if version is None:
            return gen.always(False)
        return gen.masked(LINK, 0, B, version, 0xF0)


class Slip(RawIp):
    """SLIP with BSD's header of 16 octets, whose first is the direction (0 in, 1 out)."""

    start = Start(payload=16)

    def travels(self, gen: Generator, outbound: bool) -> Fragment:
        return gen.equal(LINK, 0, B, int(outbound))


class SlipBsdOs(RawIp):
    """SLIP with BSD/OS's header of 24 octets."""

    start = Start(payload=24)


class OneProtocol(Link):
    """A link type that carries one protocol only."""

    start = Start(payload=0)

    def __init__(self, link_type: LinkType, protocol: int) -> None:
        super().__init__(link_type)
        self.protocol = protocol

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        return gen.always(protocol == self.protocol)


class MultilinkFrameRelay(Link):
    """FRF.16: known to libpcap by its offsets only."""

    start = Start(payload=0, network=4)


class PfSync(Link):
    """OpenBSD's state synchronisation: a header of 4 octets."""

    start = Start(type=NOWHERE, payload=4)
