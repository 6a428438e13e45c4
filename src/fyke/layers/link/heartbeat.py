"""Microsoft network load balancing heartbeat; tcpdump: print-msnlb.c."""

from __future__ import annotations

from fyke.layers.layer import Layer
from fyke.wire import Line, Record


class NlbHeartbeat(Layer):
    """Who is in a cluster; little endian."""

    __slots__ = ("cluster", "host", "priority")

    priority: int  #: of the host
    cluster: int  #: IPv4 address of the cluster
    host: int  #: IPv4 address of the host

    name = "msnlb"
    tag = b"msnlb"
    fields = ("priority", "cluster", "host")

    def clear(self) -> None:
        self.priority = self.cluster = self.host = 0

    def parse(self, pkt: Record, off: int) -> None:
        self.priority = pkt.le32(off + 8)
        self.cluster = pkt.u32(off + 12)
        self.host = pkt.u32(off + 16)

    def write(self, line: Line) -> None:
        line.put(b"MS NLB heartbeat, host priority: %d, cluster IP: " % self.pkt.le32(self.off + 8))
        self.pkt.u32(self.off + 12)
        line.host4(self.cluster)
        line.put(b", host IP: ")
        self.pkt.u32(self.off + 16)
        line.host4(self.host)
