"""Names of BGP numbers (IANA "Border Gateway Protocol (BGP) Parameters"), in tcpdump's words."""

from __future__ import annotations

MESSAGE_NAMES = {1: b"Open", 2: b"Update", 3: b"Notification", 4: b"Keepalive",
                 5: b"Route Refresh"}

ATTRIBUTE_NAMES: dict[int, bytes] = {
    1: b"Origin", 2: b"AS Path", 3: b"Next Hop", 4: b"Multi Exit Discriminator",
    5: b"Local Preference", 6: b"Atomic Aggregate", 7: b"Aggregator", 8: b"Community",
    9: b"Originator ID", 10: b"Cluster List", 14: b"Multi-Protocol Reach NLRI",
    15: b"Multi-Protocol Unreach NLRI", 16: b"Extended Community", 17: b"AS4 Path",
    18: b"Aggregator4", 22: b"PMSI Tunnel", 23: b"Tunnel Encapsulation",
    24: b"Traffic Engineering", 25: b"IPv6 Extended Community", 26: b"Accumulated IGP Metric",
    27: b"PE Distinguisher Label", 28: b"Entropy Label", 32: b"Large Community",
    33: b"BGPsec Path", 35: b"Only to Customer (OTC)", 128: b"Attribute Set",
    255: b"Reserved for development",
}

CAPABILITY_NAMES: dict[int, bytes] = {
    1: b"Multiprotocol Extensions", 2: b"Route Refresh", 3: b"Cooperative Route Filtering",
    4: b"Multiple Routes to a Destination", 5: b"Extended Next Hop Encoding",
    6: b"BGP Extended Message", 7: b"BGPsec", 8: b"Multiple Labels", 9: b"Role Capability",
    64: b"Graceful Restart", 65: b"32-Bit AS Number", 67: b"Dynamic Capability",
    68: b"Multisession BGP", 69: b"Multiple Paths", 70: b"Enhanced Route Refresh",
    71: b"Long-lived Graceful Restart", 128: b"Route Refresh (Cisco)",
}
ROLE_NAMES = {0: b"Provider", 1: b"RS", 2: b"RS-Client", 3: b"Customer", 4: b"Peer"}
SEND_RECEIVE_NAMES = {1: b"Receive", 2: b"Send", 3: b"Both"}

MAJOR_NAMES = {
    1: b"Message Header Error", 2: b"OPEN Message Error", 3: b"UPDATE Message Error",
    4: b"Hold Timer Expired", 5: b"Finite State Machine Error", 6: b"Cease",
    7: b"ROUTE-REFRESH Message Error", 8: b"Send Hold Timer Expired",
}
MINOR_NAMES: dict[int, dict[int, bytes]] = {
    1: {1: b"Connection Not Synchronized", 2: b"Bad Message Length", 3: b"Bad Message Type"},
    2: {1: b"Unsupported Version Number", 2: b"Bad Peer AS", 3: b"Bad BGP Identifier",
        4: b"Unsupported Optional Parameter", 5: b"Authentication Failure",
        6: b"Unacceptable Hold Time", 7: b"Capability Message Error", 8: b"Role Mismatch"},
    3: {1: b"Malformed Attribute List", 2: b"Unrecognized Well-known Attribute",
        3: b"Missing Well-known Attribute", 4: b"Attribute Flags Error",
        5: b"Attribute Length Error", 6: b"Invalid ORIGIN Attribute", 7: b"AS Routing Loop",
        8: b"Invalid NEXT_HOP Attribute", 9: b"Optional Attribute Error",
        10: b"Invalid Network Field", 11: b"Malformed AS_PATH"},
    5: {0: b"Unspecified Error", 1: b"In OpenSent State", 2: b"In OpenConfirm State",
        3: b"In Established State"},
    6: {1: b"Maximum Number of Prefixes Reached", 2: b"Administrative Shutdown",
        3: b"Peer Unconfigured", 4: b"Administrative Reset", 5: b"Connection Rejected",
        6: b"Other Configuration Change", 7: b"Connection Collision Resolution",
        8: b"Out of Resources", 9: b"Hard Reset", 10: b"BFD Down"},
    7: {1: b"Invalid Message Length"},
}

ORIGIN_NAMES = {0: b"IGP", 1: b"EGP", 2: b"Incomplete"}
SEGMENT_OPEN = {1: b"{ ", 2: b"", 3: b"( ", 4: b"({ "}
SEGMENT_CLOSE = {1: b"}", 2: b"", 3: b")", 4: b"})"}

SAFI_NAMES: dict[int, bytes] = {
    0: b"Reserved", 1: b"Unicast", 2: b"Multicast", 3: b"Unicast+Multicast",
    4: b"labeled Unicast", 5: b"Multicast VPN", 64: b"Tunnel", 65: b"VPLS", 66: b"MDT",
    70: b"EVPN", 128: b"labeled VPN Unicast", 129: b"labeled VPN Multicast",
    130: b"labeled VPN Unicast+Multicast", 132: b"Route Target Routing Information",
}

WELL_KNOWN_COMMUNITIES = {
    0xFFFFFF01: b" NO_EXPORT", 0xFFFFFF02: b" NO_ADVERTISE", 0xFFFFFF03: b" NO_EXPORT_SUBCONFED",
}
EXTENDED_NAMES: dict[int, bytes] = {
    0x0002: b"target", 0x0102: b"target", 0x0202: b"target", 0x0003: b"origin",
    0x0103: b"origin", 0x0203: b"origin", 0x4004: b"link-BW", 0x0005: b"ospf-domain",
    0x0105: b"ospf-domain", 0x0205: b"ospf-domain", 0x8005: b"ospf-domain",
    0x0306: b"ospf-route-type", 0x8000: b"ospf-route-type", 0x030C: b"encapsulation",
    0x0107: b"ospf-router-id", 0x8001: b"ospf-router-id", 0x800A: b"layer2-info",
    0x8800: b"eigrp-general-route (flag, tag)", 0x8801: b"eigrp-route-metric (AS, delay)",
    0x8802: b"eigrp-route-metric (reliability, nexthop, bandwidth)",
    0x8803: b"eigrp-route-metric (load, MTU)",
    0x8804: b"eigrp-external-route (remote-AS, remote-ID)",
    0x8805: b"eigrp-external-route (remote-proto, remote-metric)", 0x0009: b"source-AS",
    0x010B: b"vrf-route-import", 0x000A: b"l2vpn-id", 0xF10A: b"l2vpn-id",
    0x4300: b"origin-validation-state",
}
EXTENDED_FLAGS = ((0x8000, b"vendor-specific"), (0x4000, b"non-transitive"))
OSPF_ROUTE_NAMES = {1: b"Router", 2: b"Network", 3: b"Summary", 5: b"External",
                    7: b"NSSA External", 129: b"MPLS-VPN Sham"}
VALIDATION_NAMES = {0: b"valid", 1: b"not found", 2: b"invalid"}
TUNNEL_NAMES = {
    1: b"L2TPv3 over IP", 2: b"GRE", 3: b"Transmit Tunnel", 4: b"IPsec",
    5: b"IP in IP with IPsec", 6: b"MPLS in IP with IPsec", 7: b"IP in IP", 8: b"VXLAN",
    9: b"NVGRE", 10: b"MPLS", 11: b"MPLS in GRE", 12: b"VXLAN GPE", 13: b"MPLS in UDP",
    14: b"IPv6", 15: b"SR TE", 16: b"Bare", 17: b"SR",
}
L2_ENCAPSULATIONS = {
    0: b"Reserved", 1: b"Frame Relay", 2: b"ATM-AAL5", 3: b"ATM transparent cell",
    4: b"Ethernet VLAN", 5: b"Ethernet", 6: b"Cisco-HDLC", 7: b"PPP", 8: b"SONET/SDH CES",
    9: b"ATM n-to-one VCC cell", 10: b"ATM n-to-one VPC cell", 11: b"IP Layer 2 Transport",
    15: b"ATM one-to-one VCC cell", 16: b"ATM one-to-one VPC cell", 64: b"IP-interworking",
}
PMSI_TUNNEL_NAMES = {
    1: b"RSVP-TE P2MP LSP", 2: b"LDP P2MP LSP", 3: b"PIM-SSM Tree", 4: b"PIM-SM Tree",
    5: b"PIM-Bidir Tree", 6: b"Ingress Replication", 7: b"LDP MP2MP LSP",
}
MULTICAST_ROUTE_NAMES = {
    1: b"Intra-AS I-PMSI", 2: b"Inter-AS I-PMSI", 3: b"S-PMSI", 4: b"Intra-AS Segment-Leaf",
    5: b"Source-Active", 6: b"Shared Tree Join", 7: b"Source Tree Join",
}
REFRESH_NAMES = {0: b"Normal route refresh request", 1: b"Demarcation of the beginning of a "
                 b"route refresh (BoRR) operation", 2: b"Demarcation of the ending of a route "
                 b"refresh (EoRR) operation"}
WHEN_NAMES = {1: b"Immediate", 2: b"Defer"}
FILTER_NAMES = {64: b"Address Prefix ORF", 65: b"CP-ORF"}
