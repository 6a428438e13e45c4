"""Networks with addresses of one octet: ARCNET (RFC 1201) and BACnet MS/TP (ASHRAE 135)."""

from __future__ import annotations

from fyke.bpf.instructions import B
from fyke.filter.links.link import UNKNOWN, Link
from fyke.filter.lowering.fragment import Fragment
from fyke.filter.lowering.generator import TYPE, Generator
from fyke.filter.numbers import EtherType

#: System codes of RFC 1201; those of RFC 1051 have another header and are not looked for.
_SYSTEM_CODES = {
    EtherType.IP: 212,
    EtherType.ARP: 213,
    EtherType.RARP: 214,
    EtherType.ATALK: 221,
    EtherType.IPV6: 196,
}


class Arcnet(Link):
    """Source, destination (0 is broadcast), system code; Linux has two octets more before it."""

    short_addresses = (0, 1)
    short_broadcast = 0

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        code = _SYSTEM_CODES.get(protocol)
        if code is None:
            return gen.always(False)
        return gen.equal(TYPE, 0, B, code)

    def multicast(self, gen: Generator) -> Fragment:
        return self.short_host(gen, self.short_broadcast, "dst", "multicast")


class BacnetMsTp(Link):
    """Frame type, destination (255 is broadcast), source."""

    start = UNKNOWN
    short_addresses = (4, 3)
