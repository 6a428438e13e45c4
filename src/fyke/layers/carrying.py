"""Which protocols of layers/application have packets above them, and which remember any.

By the names of their modules. Whoever must know that a datagram holds no second packet, or that
its text owes nothing to packets before it, looks here; tests read the sources.
"""

from __future__ import annotations

from fyke.layers.tables import table

ROOM = "fyke.layers.application."

#: They have other layers above them, or inside them.
CARRYING = frozenset(("bcm_li", "geneve", "gtp", "isakmp", "l2tp", "msdp", "nsh", "openflow",
                      "otv", "radius", "vxlan", "zep"))
#: They ask, or tell, the associations of the run.
REMEMBERING = frozenset(("isakmp", "nfs", "quic", "rx"))

NFS_PORT = 2049  # where TCP and UDP look at the content


def is_simple(module: str) -> bool:
    """Whether a module's protocol does neither."""
    name = module.removeprefix(ROOM)
    return name != module and name not in CARRYING and name not in REMEMBERING


def not_simple(transport: str) -> bytes:
    """An octet for each port, not 0 where a payload may lead to a protocol that does either.

    2 where that is QUIC alone. Nothing is imported for it.
    """
    found = bytearray(1 << 16)
    found[NFS_PORT] = 1
    for end in ("port", "source", "target"):
        one = table(f"{transport}.{end}")
        for port in one.keys():  # noqa: SIM118  (a Table is no dict)
            module = one.module(port) or ""
            if 0 <= port < len(found) and not is_simple(module) and found[port] != 1:
                found[port] = 2 if module == ROOM + "quic" else 1
    return bytes(found)
