"""Names of IP protocol numbers (IANA "Protocol Numbers"), in tcpdump's words (ipproto.c)."""

from __future__ import annotations

#: What -v shows as ``proto NAME (number)``.
IP_PROTO_NAMES: dict[int, bytes] = {
    0: b"HBH", 1: b"ICMP", 2: b"IGMP", 4: b"IPIP", 6: b"TCP", 8: b"EGP", 9: b"IGRP", 17: b"UDP",
    33: b"DCCP", 41: b"IPv6", 43: b"Routing", 44: b"Fragment", 46: b"RSVP", 47: b"GRE",
    50: b"ESP", 51: b"AH", 55: b"Mobile IP", 58: b"ICMPv6", 59: b"No Next Header", 60: b"DSTOPT",
    62: b"Mobile IP (old)", 88: b"EIGRP", 89: b"OSPF", 103: b"PIM", 108: b"Compressed IP",
    112: b"VRRP", 113: b"PGM", 132: b"SCTP", 135: b"Mobility", 143: b"Ethernet",
}

#: Names for numbers nothing here decodes, when -n is not given (what /etc/protocols says).
IANA_NAMES: dict[int, bytes] = {
    0: b"ip", 3: b"ggp", 5: b"st", 12: b"pup", 20: b"hmp", 22: b"xns-idp", 27: b"rdp",
    29: b"iso-tp4", 36: b"xtp", 37: b"ddp", 38: b"idpr-cmtp", 45: b"idrp", 57: b"skip",
    60: b"ipv6-opts", 43: b"ipv6-route", 44: b"ipv6-frag", 73: b"rspf", 81: b"vmtp", 88: b"eigrp",
    93: b"ax.25", 94: b"ipip", 97: b"etherip", 98: b"encap", 115: b"l2tp", 124: b"isis",
    133: b"fc", 135: b"mobility-header", 136: b"udplite", 137: b"mpls-in-ip", 138: b"manet",
    139: b"hip", 140: b"shim6", 141: b"wesp", 142: b"rohc", 143: b"ethernet",
    1: b"icmp", 2: b"igmp", 4: b"ipencap", 6: b"tcp", 8: b"egp", 9: b"igp", 17: b"udp",
    33: b"dccp", 41: b"ipv6", 46: b"rsvp", 47: b"gre", 50: b"esp", 51: b"ah", 58: b"ipv6-icmp",
    59: b"ipv6-nonxt", 89: b"ospf", 103: b"pim", 108: b"ipcomp", 112: b"vrrp", 132: b"sctp",
}

NO_NEXT_HEADER = 59
NETWORK_DISK = 77  # Sun's ND, which tcpdump names

