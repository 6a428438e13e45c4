"""kernel: the registered packet handlers, of sockets and of others: /proc/net/ptype.

The kernel shows ``ptype_all`` of every device, ``ptype_all`` of all devices and ``ptype_base``
(net/core/net-procfs.c: ptype_seq_show); it leaves out ``ptype_specific``: what is bound to one
device and one protocol at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ETH_P_ALL = 0x0003  # include/uapi/linux/if_ether.h

#: The handlers of packet sockets (net/packet/af_packet.c); the others belong to protocols.
SOCKET_HANDLERS = frozenset(
    ("packet_rcv", "tpacket_rcv", "packet_rcv_fanout", "packet_rcv_spkt"))


@dataclass(frozen=True, slots=True)
class Handler:
    """A ``struct packet_type``: which function is given which packets."""

    protocol: int  #: ETH_P_ALL for every packet
    device: str | None  #: None for all devices
    function: str

    @property
    def of_socket(self) -> bool:
        return self.function.split("+")[0] in SOCKET_HANDLERS


def parse(lines: Iterable[str]) -> list[Handler]:
    """The handlers in the text of /proc/net/ptype; lines that are none are passed over."""
    found = []
    for line in lines:
        words = line.split()
        if len(words) not in (2, 3):
            continue
        try:
            protocol = ETH_P_ALL if words[0] == "ALL" else int(words[0], 16)
        except ValueError:
            continue  # the heading
        found.append(Handler(protocol, words[1] if len(words) == 3 else None, words[-1]))
    return found
