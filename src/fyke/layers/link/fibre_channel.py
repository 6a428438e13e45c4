"""IP over Fibre Channel (RFC 2625, LINKTYPE_IP_OVER_FC); tcpdump: print-ipfc.c."""

from __future__ import annotations

from fyke.layers.fields import Mac
from fyke.layers.link.addressed import Addressed
from fyke.wire import Line

HEADER_LENGTH = 16  # two network addresses of 8 octets; the last 6 are an Ethernet address


class FibreChannel(Addressed):
    """The network header, before LLC."""

    __slots__ = ()

    name = "ipfc"
    tag = b"ipfc"
    header_length, dst_at, src_at = HEADER_LENGTH, 2, 10

    dst = Mac(2, "destination: the Ethernet address of its network address")
    src = Mac(10, "source")

    def write(self, line: Line) -> None:
        self.begin(line)
        if line.style.link_level:
            self.write_pair(line)
            line.put(b", length %d: " % self.size)
