"""Names of the label distribution protocol (IANA "LDP Parameters"), in tcpdump's words."""

from __future__ import annotations

MESSAGE_NAMES = {
    0x0001: b"Notification", 0x0100: b"Hello", 0x0200: b"Initialization", 0x0201: b"Keepalive",
    0x0300: b"Address", 0x0301: b"Address Withdraw", 0x0400: b"Label Mapping",
    0x0401: b"Label Request", 0x0402: b"Label Withdraw", 0x0403: b"Label Release",
    0x0404: b"Label Abort Request",
}
FEC, ADDRESSES, HOP_COUNT, PATH_VECTOR, LABEL, STATUS = 0x100, 0x101, 0x103, 0x104, 0x200, 0x300
HELLO, IPV4_TRANSPORT, SEQUENCE, IPV6_TRANSPORT, SESSION = 0x400, 0x401, 0x402, 0x403, 0x500
FAULT_TOLERANT, WILDCARD_CAPABILITY, MTU, DUAL_STACK = 0x503, 0x50B, 0x601, 0x701
EXTENDED_STATUS, REQUEST_ID = 0x301, 0x600
TLV_NAMES = {
    FEC: b"FEC", ADDRESSES: b"Address List", HOP_COUNT: b"Hop Count", PATH_VECTOR: b"Path Vector",
    LABEL: b"Generic Label", 0x0201: b"ATM Label", 0x0202: b"Frame-Relay Label",
    STATUS: b"Status", EXTENDED_STATUS: b"Extended Status", 0x0302: b"Returned PDU",
    0x0303: b"Returned Message", HELLO: b"Common Hello Parameters",
    IPV4_TRANSPORT: b"IPv4 Transport Address", SEQUENCE: b"Configuration Sequence Number",
    IPV6_TRANSPORT: b"IPv6 Transport Address", SESSION: b"Common Session Parameters",
    0x0501: b"ATM Session Parameters", 0x0502: b"Frame-Relay Session Parameters",
    FAULT_TOLERANT: b"Fault-Tolerant Session Parameters",
    WILDCARD_CAPABILITY: b"Typed Wildcard FEC Capability", REQUEST_ID: b"Label Request Message ID",
    MTU: b"MTU", DUAL_STACK: b"Dual-Stack Capability",
}
STATUS_NAMES = dict(enumerate((
    b"Success", b"Bad LDP Identifier", b"Bad Protocol Version", b"Bad PDU Length",
    b"Unknown Message Type", b"Bad Message Length", b"Unknown TLV", b"Bad TLV Length",
    b"Malformted TLV Value", b"Hold Timer Expired", b"Shutdown", b"Loop Detected", b"Unknown FEC",
    b"No Route", b"No Label Resources", b"Label Resources/Available",
    b"Session Rejected/No Hello", b"Session Rejected/Parameters Advertisement Mode",
    b"Session Rejected/Parameters Max PDU Length", b"Session Rejected/Parameters Label Range",
    b"KeepAlive Timer Expired", b"Label Request Aborted", b"Missing Message Parameters",
    b"Unsupported Address Family", b"Session Rejected/Bad KeepAlive Time", b"Internal Error")))
WILDCARD, PREFIX, HOST, PSEUDOWIRE = 1, 2, 3, 0x80
FEC_NAMES = {WILDCARD: b"Wildcard", PREFIX: b"Prefix", HOST: b"Host address",
             PSEUDOWIRE: b"Martini VC"}
INTERFACE_MTU, DESCRIPTION, VCCV = 0x01, 0x03, 0x0C
INTERFACE_NAMES = {INTERFACE_MTU: b"MTU", DESCRIPTION: b"Description", VCCV: b"VCCV"}
CHANNELS = ((1, b"PWE3 control word"), (2, b"MPLS Router Alert Label"),
            (4, b"MPLS inner label TTL = 1"))
VERIFICATIONS = ((1, b"ICMP Ping"), (2, b"LSP Ping"), (4, b"BFD"))
TRANSPORT_NAMES = {0x40: b"IPv4", 0x60: b"IPv6"}
#: Pseudowire types (RFC 4446), which LSP ping uses too.
PSEUDOWIRE_NAMES = {
    0x0000: b"Reserved", 0x0001: b"Frame Relay DLCI (Martini Mode)",
    0x0002: b"ATM AAL5 SDU VCC transport", 0x0003: b"ATM transparent cell transport",
    0x0004: b"Ethernet VLAN", 0x0005: b"Ethernet", 0x0006: b"Cisco-HDLC", 0x0007: b"PPP",
    0x0008: b"SONET/SDH Circuit Emulation Service over MPLS",
    0x0009: b"ATM n-to-one VCC cell transport", 0x000A: b"ATM n-to-one VPC cell transport",
    0x000B: b"IP Layer2 Transport", 0x000C: b"ATM one-to-one VCC Cell Mode",
    0x000D: b"ATM one-to-one VPC Cell Mode", 0x000E: b"ATM AAL5 PDU VCC transport",
    0x000F: b"Frame-Relay Port mode", 0x0010: b"SONET/SDH Circuit Emulation over Packet",
    0x0011: b"Structure-agnostic E1 over Packet",
    0x0012: b"Structure-agnostic T1 (DS1) over Packet",
    0x0013: b"Structure-agnostic E3 over Packet",
    0x0014: b"Structure-agnostic T3 (DS3) over Packet",
    0x0015: b"CESoPSN basic mode", 0x0016: b"TDMoIP basic mode", 0x0017: b"CESoPSN TDM with CAS",
    0x0018: b"TDMoIP TDM with CAS", 0x0019: b"Frame Relay DLCI", 0x0040: b"IP-interworking",
}
