"""Microsoft network load balancing heartbeat; tcpdump: print-msnlb.c."""

from __future__ import annotations

from fyke.layers.fields import Ip4, Number
from fyke.layers.layer import Layer
from fyke.wire import Line, Record


class NlbHeartbeat(Layer):
    """Who is in a cluster; little endian."""

    __slots__ = ()

    name = "msnlb"
    tag = b"msnlb"

    priority = Number(8, 4, "of the host", little=True)
    cluster = Ip4(12, "address of the cluster")
    host = Ip4(16, "address of the host")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 16)  # says whether the header is short

    def write(self, line: Line) -> None:
        line.put(b"MS NLB heartbeat, host priority: %d, cluster IP: " % self.pkt.le32(self.off + 8))
        self.pkt.u32(self.off + 12)
        line.host4(self.cluster)
        line.put(b", host IP: ")
        self.pkt.u32(self.off + 16)
        line.host4(self.host)
