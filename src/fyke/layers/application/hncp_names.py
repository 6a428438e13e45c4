"""Names of HNCP's TLVs (RFC 7787 §7, RFC 7788 §10) and of the DHCP options inside them."""

from __future__ import annotations

TYPE_NAMES = {
    1: b"Request network state", 2: b"Request node state", 3: b"Node endpoint",
    4: b"Network state", 5: b"Node state", 8: b"Peer", 9: b"Keep-alive interval",
    10: b"Trust-Verdict", 32: b"HNCP-Version", 33: b"External-Connection",
    34: b"Delegated-Prefix", 35: b"Assigned-Prefix", 36: b"Node-Address", 37: b"DHCPv4-Data",
    38: b"DHCPv6-Data", 39: b"DNS-Delegated-Zone", 40: b"Domain-Name", 41: b"Node-Name",
    42: b"Managed-PSK", 43: b"Prefix-Policy",
}
#: First and last of a range without names, and what it is called.
RANGES = ((0, 0, b"Reserved"), (44, 511, b"Unassigned"), (768, 1023, b"Private use"),
          (0, 0xFFFF, b"Future use"))

DHCP4_NAMES = {6: b"DNS-server", 42: b"NTP-server", 119: b"DNS-search"}
DHCP6_NAMES = {23: b"DNS-server", 24: b"DNS-search-list", 31: b"SNTP-servers"}
