"""Names of IS-IS packets, TLVs and sub-TLVs (ISO/IEC 10589, IANA), in tcpdump's words."""

from __future__ import annotations

L1_LAN_HELLO, L2_LAN_HELLO, P2P_HELLO, L1_LSP, L2_LSP = 15, 16, 17, 18, 20
L1_CSNP, L2_CSNP, L1_PSNP, L2_PSNP = 24, 25, 26, 27
PDU_NAMES = {
    L1_LAN_HELLO: b"L1 Lan IIH", L2_LAN_HELLO: b"L2 Lan IIH", P2P_HELLO: b"p2p IIH",
    L1_LSP: b"L1 LSP", L2_LSP: b"L2 LSP", L1_CSNP: b"L1 CSNP", L2_CSNP: b"L2 CSNP",
    L1_PSNP: b"L1 PSNP", L2_PSNP: b"L2 PSNP",
}
CIRCUIT_NAMES = {1: b"Level 1 only", 2: b"Level 2 only", 3: b"Level 1, Level 2"}
LEVEL_NAMES = (b"Unused 0x0 (invalid)", b"L1 IS", b"Unused 0x2 (invalid)", b"L2 IS")

AREAS, IS_REACH, ES_NEIGHBORS, PARTITION_DIS, PREFIX_NEIGHBORS, IS_NEIGHBORS = 1, 2, 3, 4, 5, 6
INSTANCE, PADDING, LSP_ENTRIES, AUTHENTICATION, CHECKSUM, PURGER, BUFFER_SIZE = (
    7, 8, 9, 10, 12, 13, 14)
EXTENDED_IS_REACH, ALIAS, INTERNAL_REACH, PROTOCOLS, EXTERNAL_REACH, DOMAIN = (
    22, 24, 128, 129, 130, 131)
IP_ADDRESSES, TE_ROUTER_ID, EXTENDED_IP_REACH, HOSTNAME, RISK_GROUP = 132, 134, 135, 137, 138
MT_PORT_CAPABILITY, MT_CAPABILITY, RESTART, MT_IS_REACH, TOPOLOGIES = 143, 144, 211, 222, 229
IP6_ADDRESSES, MT_IP_REACH, IP6_REACH, MT_IP6_REACH, ADJACENCY = 232, 235, 236, 237, 240
HELLO_SEQUENCE, ROUTER_CAPABILITY, PRIVATE = 241, 242, 250
TLV_NAMES = {
    AREAS: b"Area address(es)", IS_REACH: b"IS Reachability", ES_NEIGHBORS: b"ES Neighbor(s)",
    PARTITION_DIS: b"Partition DIS", PREFIX_NEIGHBORS: b"Prefix Neighbors",
    IS_NEIGHBORS: b"IS Neighbor(s)", INSTANCE: b"Instance Identifier", PADDING: b"Padding",
    LSP_ENTRIES: b"LSP entries", AUTHENTICATION: b"Authentication", CHECKSUM: b"Checksum",
    PURGER: b"Purge Originator Identifier", BUFFER_SIZE: b"LSP Buffersize",
    EXTENDED_IS_REACH: b"Extended IS Reachability", ALIAS: b"IS Alias ID",
    42: b"DECnet Phase IV", 66: b"Lucent Proprietary",
    INTERNAL_REACH: b"IPv4 Internal Reachability", PROTOCOLS: b"Protocols supported",
    EXTERNAL_REACH: b"IPv4 External Reachability", DOMAIN: b"Inter-Domain Information Type",
    IP_ADDRESSES: b"IPv4 Interface address(es)", 133: b"IPv4 authentication (deprecated)",
    TE_ROUTER_ID: b"Traffic Engineering Router ID",
    EXTENDED_IP_REACH: b"Extended IPv4 Reachability", HOSTNAME: b"Hostname",
    RISK_GROUP: b"Shared Risk Link Group",
    MT_PORT_CAPABILITY: b"Multi-Topology-Aware Port Capability",
    MT_CAPABILITY: b"Multi-Topology Capability", 176: b"Nortel Proprietary",
    177: b"Nortel Proprietary", RESTART: b"Restart Signaling",
    MT_IS_REACH: b"Multi Topology IS Reachability", TOPOLOGIES: b"Multi Topology",
    IP6_ADDRESSES: b"IPv6 Interface address(es)",
    MT_IP_REACH: b"Multi-Topology IPv4 Reachability", IP6_REACH: b"IPv6 reachability",
    MT_IP6_REACH: b"Multi-Topology IP6 Reachability",
    ADJACENCY: b"Point-to-point Adjacency State", HELLO_SEQUENCE: b"Hello PDU Sequence Number",
    ROUTER_CAPABILITY: b"IS-IS Router Capability", PRIVATE: b"Vendor Private",
}
AUTHENTICATION_NAMES = {1: b"simple text password", 3: b"Generic Crypto key-id",
                        54: b"HMAC-MD5 password", 255: b"Routing Domain private password"}
DOMAIN_NAMES = {0: b"Reserved", 1: b"Routing-Domain Specific", 2: b"AS Number Tag"}
ADJACENCY_NAMES = {0: b"Up", 1: b"Initializing", 2: b"Down"}
RESTART_FLAGS = ((1, b"Restart Request"), (2, b"Restart Acknowledgement"),
                 (4, b"Suppress adjacency advertisement"))
CAPABILITY_FLAGS = ((1, b"S bit"), (2, b"D bit"))
SEGMENT_ROUTING_FLAGS = ((0x80, b"ipv4"), (0x40, b"ipv6"))
TOPOLOGY_NAMES = {0: b"IPv4 unicast", 1: b"In-Band Management", 2: b"IPv6 unicast",
                  3: b"Multicast", 4095: b"Development, Experimental or Proprietary"}
TOPOLOGY_FLAGS = ((0x4000, b"ATT bit set"), (0x8000, b"Overload bit set"))

#: Sub-TLVs of the extended reachability of systems.
GROUPS, LINK_IDS, REMOTE_ID, INTERFACE, NEIGHBOR, BANDWIDTH, RESERVABLE, UNRESERVED = (
    3, 4, 5, 6, 8, 9, 10, 11)
CONSTRAINTS_OLD, TE_METRIC, ATTRIBUTE, PROTECTION, SWITCHING, CONSTRAINTS = 12, 18, 19, 20, 21, 22
SPB_METRIC, LAN_SEGMENT = 29, 32
IS_SUBTLV_NAMES = {
    GROUPS: b"Administrative groups", LINK_IDS: b"Link Local/Remote Identifier",
    REMOTE_ID: b"Link Remote Identifier", INTERFACE: b"IPv4 interface address",
    NEIGHBOR: b"IPv4 neighbor address", BANDWIDTH: b"Maximum link bandwidth",
    RESERVABLE: b"Reservable link bandwidth", UNRESERVED: b"Unreserved bandwidth",
    TE_METRIC: b"Traffic Engineering Metric", ATTRIBUTE: b"Link Attribute",
    PROTECTION: b"Link Protection Type", SWITCHING: b"Interface Switching Capability",
    CONSTRAINTS_OLD: b"Bandwidth Constraints (old)", CONSTRAINTS: b"Bandwidth Constraints",
    LAN_SEGMENT: b"LAN Adjacency Segment Identifier", SPB_METRIC: b"SPB Metric",
    **dict.fromkeys(range(250, 255), b"Reserved for cisco specific extensions"),
    255: b"Reserved for future expansion",
}
ATTRIBUTES = ((1, b"Local Protection Available"),
              (2, b"Link excluded from local protection path"), (4, b"Local maintenance required"))
LAN_SEGMENT_FLAGS = ((0x80, b"Address family IPv6"), (0x40, b"Backup"), (0x20, b"Value"),
                     (0x10, b"Local significance"), (0x08, b"Set of adjacencies"),
                     (0x04, b"Persistent"))
#: Sub-TLVs of the extended reachability of prefixes.
TAG_32, TAG_64, PREFIX_SEGMENT, PREFIX_COLOR = 1, 2, 3, 117
PREFIX_SUBTLV_NAMES = {TAG_32: b"32-Bit Administrative tag", TAG_64: b"64-Bit Administrative tag",
                       PREFIX_SEGMENT: b"Prefix SID", PREFIX_COLOR: b"Management Prefix Color"}
PREFIX_SEGMENT_FLAGS = ((0x80, b"Readvertisement"), (0x40, b"Node"), (0x20, b"No-PHP"),
                        (0x10, b"Explicit NULL"), (0x08, b"Value"), (0x04, b"Local"))
ALGORITHM_NAMES = {0: b"SPF", 1: b"strict-SPF"}
#: Sub-TLVs of shortest path bridging (RFC 6329).
PORT_SUBTLV_NAMES = {4: b"SPB MCID", 5: b"SPB Digest", 6: b"SPB BVID"}
BRIDGING_SUBTLV_NAMES = {1: b"SPB Instance", 3: b"SPBM Service Identifier and Unicast Address"}
