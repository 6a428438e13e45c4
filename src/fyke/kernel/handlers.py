"""kernel: what is registered for received packets, sockets or not (/proc/net/ptype).

net/core/net-procfs.c: ptype_seq_show. ``ALL`` is the list ptype_all (taps), a number the list
ptype_base of that Ethernet type.
"""

from __future__ import annotations

from dataclasses import dataclass

ALL = 3  #: ETH_P_ALL, include/uapi/linux/if_ether.h
SOCKET_FUNCTIONS = ("packet_rcv", "tpacket_rcv", "packet_rcv_spkt", "packet_rcv_fanout")


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that gets packets: of which protocol, on which interface ("" for all)."""

    protocol: int
    interface: str
    function: str

    @property
    def is_socket(self) -> bool:
        """Whether it belongs to a packet socket."""
        return self.function.split("+")[0] in SOCKET_FUNCTIONS


def handlers(text: str) -> list[Handler]:
    """The handlers that the text of /proc/net/ptype names; lines that are none are passed over."""
    found = []
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) == 2:
            words.insert(1, "")
        if len(words) != 3:
            continue
        try:
            protocol = ALL if words[0] == "ALL" else int(words[0], 16)
        except ValueError:
            continue
        found.append(Handler(protocol, words[1], words[2]))
    return found
