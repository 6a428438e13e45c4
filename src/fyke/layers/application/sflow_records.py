"""Records of sFlow samples: names, and which numbers of them are shown (sflow.org, version 5)."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple


class Layout(NamedTuple):
    """Octets that there must be, the text, and (kind, offset …) of each value in it.

    Kinds: "i" 32 bits, "q" 64 bits, "direction" and "protocol" by name, "up" a bit in words.
    """

    size: int
    text: bytes
    values: tuple[tuple[Any, ...], ...]


def run(off: int, layout: str) -> tuple[tuple[str, int], ...]:
    """Values one after the other from ``off`` on: "i" of 4 octets, "q" of 8."""
    out = []
    for letter in layout:
        out.append((letter, off))
        off += 8 if letter == "q" else 4
    return tuple(out)


DIRECTIONS = {0: b"unknown", 1: b"full-duplex", 2: b"half-duplex", 3: b"in", 4: b"out"}
RAW_PROTOCOLS = {1: b"Ethernet", 11: b"IPv4", 12: b"IPv6"}

FLOW_NAMES = {
    1: b"Raw packet", 2: b"Ethernet frame", 3: b"IPv4 Data", 4: b"IPv6 Data",
    1001: b"Extended Switch data", 1002: b"Extended Router data",
    1003: b"Extended Gateway data", 1004: b"Extended User data", 1005: b"Extended URL data",
    1006: b"Extended MPLS data", 1007: b"Extended NAT data", 1008: b"Extended MPLS tunnel",
    1009: b"Extended MPLS VC", 1010: b"Extended MPLS FEC", 1011: b"Extended MPLS LVP FEC",
    1012: b"Extended VLAN Tunnel",
}
FLOWS = {
    1: Layout(16, b"\n\t      protocol %s (%d), length %d, stripped bytes %d, header_size %d",
              (("protocol", 0), *run(0, "iiii"))),
    2: Layout(24, b"\n\t      frame len %d, type %d", (("i", 0), ("i", 20))),
    1001: Layout(16, b"\n\t      src vlan %d, src pri %d, dst vlan %d, dst pri %d",
                 run(0, "iiii")),
}

COUNTER_NAMES = {
    1: b"Generic counter", 2: b"Ethernet counter", 3: b"Token ring counter",
    4: b"100 BaseVG counter", 5: b"Vlan counter", 1001: b"Processor counter",
}
COUNTERS = {
    1: Layout(
        88,
        b"\n\t      ifindex %d, iftype %d, ifspeed %d, ifdirection %d (%s)"
        b"\n\t      ifstatus %d, adminstatus: %s, operstatus: %s"
        b"\n\t      In octets %d, unicast pkts %d, multicast pkts %d, broadcast pkts %d, "
        b"discards %d"
        b"\n\t      In errors %d, unknown protos %d"
        b"\n\t      Out octets %d, unicast pkts %d, multicast pkts %d, broadcast pkts %d, "
        b"discards %d"
        b"\n\t      Out errors %d, promisc mode %d",
        (*run(0, "iiqi"), ("direction", 16), ("i", 20), ("up", 20, 0), ("up", 20, 1),
         *run(24, "qiiiiiiqiiiiii"))),
    2: Layout(
        52,
        b"\n\t      align errors %d, fcs errors %d, single collision %d, multiple collision %d, "
        b"test error %d"
        b"\n\t      deferred %d, late collision %d, excessive collision %d, mac trans error %d"
        b"\n\t      carrier error %d, frames too long %d, mac receive errors %d, "
        b"symbol errors %d",
        run(0, "i" * 13)),
    3: Layout(0, b"", ()),
    4: Layout(
        80,
        b"\n\t      in high prio frames %d, in high prio octets %d"
        b"\n\t      in norm prio frames %d, in norm prio octets %d"
        b"\n\t      in ipm errors %d, oversized %d, in data errors %d, null addressed frames %d"
        b"\n\t      out high prio frames %d, out high prio octets %d, trans into frames %d"
        b"\n\t      in hc high prio octets %d, in hc norm prio octets %d, "
        b"out hc high prio octets %d",
        run(0, "iqiqiiiiiqiqqq")),
    5: Layout(28, b"\n\t      vlan_id %d, octets %d, unicast_pkt %d, multicast_pkt %d, "
              b"broadcast_pkt %d, discards %d", run(0, "iqiiii")),
    1001: Layout(28, b"\n\t      5sec %d, 1min %d, 5min %d, total_mem %d, total_mem %d",
                 run(0, "iiiqq")),
}
