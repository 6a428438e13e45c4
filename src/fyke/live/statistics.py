"""live: what the kernel counted for one tap (getsockopt PACKET_STATISTICS).

The kernel's counters start at 0 with every question (net/packet/af_packet.c: packet_getsockopt);
``Counters`` adds them up.
"""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass

from fyke.live import constants as c


@dataclass(frozen=True, slots=True)
class Statistics:
    """Packets counted since the tap was opened.

    ``received``: passed the kernel's filter, dropped ones included ("received by filter").
    ``dropped``: of these, not kept, because the buffer was full ("dropped by kernel").
    ``freezes``: how often the ring was found full and stopped until a block came back.
    ``hidden``: given to this process and not shown because of their direction (``lo`` twice).
    ``refused``: given to this process and refused by a filter that runs here.
    """

    received: int
    dropped: int
    freezes: int
    hidden: int = 0
    refused: int = 0

    def __add__(self, other: Statistics) -> Statistics:
        return Statistics(self.received + other.received, self.dropped + other.dropped,
                          self.freezes + other.freezes, self.hidden + other.hidden,
                          self.refused + other.refused)


NOTHING = Statistics(0, 0, 0)


class Counters:
    """The sum of what the kernel has told so far."""

    __slots__ = ("dropped", "freezes", "received")

    def __init__(self) -> None:
        self.received = 0
        self.dropped = 0
        self.freezes = 0

    def read(self, tap: socket.socket) -> None:
        """Ask the kernel and add; a closed socket leaves the sum as it is."""
        try:
            answer = tap.getsockopt(c.SOL_PACKET, c.PACKET_STATISTICS, c.TPACKET_STATS_V3.size)
        except OSError as error:
            if error.errno == errno.EBADF:
                return
            raise
        answer = answer.ljust(c.TPACKET_STATS_V3.size, b"\0")  # without a ring: two numbers
        received, dropped, freezes = c.TPACKET_STATS_V3.unpack(answer)
        self.received += received
        self.dropped += dropped
        self.freezes += freezes
