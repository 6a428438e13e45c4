"""Which protocol is inside the link layer, or behind the last MPLS label."""

from __future__ import annotations

from fyke.bpf.instructions import B
from fyke.filter.lowering.fragment import Fragment, both
from fyke.filter.lowering.generator import NETWORK, Generator
from fyke.filter.numbers import EtherType

#: A label does not say what follows it, but IP has its version in the first four bits.
_VERSIONS = {EtherType.IP: 0x40, EtherType.IPV6: 0x60}

BOTTOM_OF_STACK = 0x01  #: RFC 3032, in the third octet of a label


def carried(gen: Generator, protocol: int) -> Fragment:
    """The payload is this protocol (EtherType or LLC service access point)."""
    if gen.scoped and gen.layout.scope.network is not None and not gen.layout.labels:
        from fyke.filter.lowering.tags import TAG_TYPES, type_is_tag

        if protocol in TAG_TYPES:
            return type_is_tag(gen, protocol)
    if not gen.layout.labels:
        return gen.layout.link.carries(gen, protocol)
    version = _VERSIONS.get(protocol)
    if version is None:
        gen.fail("unsupported protocol over mpls")
    last = gen.any_bit(NETWORK, -2, B, BOTTOM_OF_STACK)
    return both(last, gen.masked(NETWORK, 0, B, version, 0xF0))
