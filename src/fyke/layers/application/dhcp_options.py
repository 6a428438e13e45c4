"""DHCP options: their names and how their values are written; tcpdump: print-bootp.c.

Numbers: IANA "DHCP and BOOTP Parameters". The forms:

    address    IPv4 addresses                   text       characters
    pair       pairs of addresses               switch     Y or N
    number     unsigned, 32 bits                octets     decimal octets with dots
    signed     signed, 32 bits                  special    a function of its own
    short      unsigned, 16 bits                none       no value
"""

from __future__ import annotations

OPTIONS: dict[int, tuple[str, bytes]] = {
    0: ("none", b"PAD"), 1: ("address", b"Subnet-Mask"), 2: ("signed", b"Time-Zone"),
    3: ("address", b"Default-Gateway"), 4: ("address", b"Time-Server"),
    5: ("address", b"IEN-Name-Server"), 6: ("address", b"Domain-Name-Server"),
    7: ("address", b"LOG"), 8: ("address", b"CS"), 9: ("address", b"LPR-Server"),
    10: ("address", b"IM"), 11: ("address", b"RL"), 12: ("text", b"Hostname"),
    13: ("short", b"BS"), 14: ("text", b"DP"), 15: ("text", b"Domain-Name"),
    16: ("address", b"SS"), 17: ("text", b"RP"), 18: ("text", b"EP"), 19: ("switch", b"IPF"),
    20: ("switch", b"SRT"), 21: ("pair", b"PF"), 22: ("short", b"RSZ"), 23: ("octets", b"TTL"),
    24: ("number", b"MTU-Timeout"), 25: ("short", b"MTU-Table"), 26: ("short", b"MTU"),
    27: ("switch", b"LSN"), 28: ("address", b"BR"), 29: ("switch", b"MD"),
    30: ("switch", b"MS"), 31: ("switch", b"Router-Discovery"), 32: ("address", b"RSA"),
    33: ("pair", b"Static-Route"), 34: ("switch", b"UT"), 35: ("number", b"AT"),
    36: ("switch", b"IE"), 37: ("octets", b"TT"), 38: ("number", b"KI"), 39: ("switch", b"KG"),
    40: ("text", b"YD"), 41: ("address", b"YS"), 42: ("address", b"NTP"),
    43: ("octets", b"Vendor-Option"), 44: ("address", b"Netbios-Name-Server"),
    45: ("address", b"WDD"), 46: ("special", b"Netbios-Node"), 47: ("text", b"Netbios-Scope"),
    48: ("address", b"XFS"), 49: ("address", b"XDM"), 50: ("address", b"Requested-IP"),
    51: ("number", b"Lease-Time"), 52: ("special", b"OO"), 53: ("special", b"DHCP-Message"),
    54: ("address", b"Server-ID"), 55: ("special", b"Parameter-Request"), 56: ("text", b"MSG"),
    57: ("short", b"MSZ"), 58: ("number", b"RN"), 59: ("number", b"RB"),
    60: ("text", b"Vendor-Class"), 61: ("special", b"Client-ID"), 64: ("short", b"N+D"),
    65: ("address", b"N+S"), 66: ("text", b"TFTP"), 67: ("text", b"BF"), 68: ("address", b"MH"),
    69: ("address", b"SMTP"), 70: ("address", b"POP3"), 71: ("address", b"NNTP"),
    72: ("address", b"WWW"), 73: ("address", b"FG"), 74: ("address", b"IRC"),
    75: ("address", b"STS"), 76: ("address", b"STDA"), 77: ("special", b"User-Class"),
    78: ("octets", b"SLP-DA"), 79: ("octets", b"SLP-SCOPE"), 80: ("text", b"SLP-NA"),
    81: ("special", b"FQDN"), 82: ("special", b"Agent-Information"), 83: ("octets", b"ARMT"),
    88: ("text", b"TZSTR"), 89: ("octets", b"FQDNS"), 90: ("octets", b"AUTH"),
    91: ("number", b"Last-Transaction-Time"), 92: ("address", b"Associated-IP"),
    93: ("short", b"ARCH"), 94: ("octets", b"NDI"), 95: ("text", b"LDAP"),
    97: ("octets", b"GUID"), 98: ("text", b"UAP"), 100: ("text", b"POSIX-TZ"),
    101: ("text", b"TZ-Name"), 108: ("number", b"IPv6-Only-Preferred"), 112: ("address", b"NI"),
    113: ("text", b"NITAG"), 114: ("text", b"URL"), 116: ("switch", b"Auto-Configure"),
    117: ("short", b"NSSEARCH"), 118: ("address", b"SUBNET"),
    121: ("special", b"Classless-Static-Route"), 143: ("special", b"SZTP-Redirect"),
    150: ("address", b"TFTP-Server-Address"), 161: ("text", b"MUD-URL"),
    249: ("special", b"Classless-Static-Route-Microsoft"), 255: ("none", b"END"),
}

MESSAGE_NAMES = {
    1: b"Discover", 2: b"Offer", 3: b"Request", 4: b"Decline", 5: b"ACK", 6: b"NACK",
    7: b"Release", 8: b"Inform", 10: b"LeaseQuery", 11: b"LeaseUnassigned",
    12: b"LeaseUnknown", 13: b"LeaseActive",
}
OVERLOAD_NAMES = {1: b"file", 2: b"sname", 3: b"file+sname"}
NODE_NAMES = {1: b"b-node", 2: b"p-node", 4: b"m-node", 8: b"h-node"}
HARDWARE_NAMES = {1: b"ether", 6: b"ieee802", 7: b"arcnet", 15: b"frelay", 23: b"strip",
                  24: b"ieee1394"}
AGENT_NAMES = {1: b"Circuit-ID", 2: b"Remote-ID", 5: b"Link-selection", 6: b"Subscriber-ID"}
FQDN_FLAGS = ((1, b"S"), (2, b"O"), (4, b"E"), (8, b"N"))
