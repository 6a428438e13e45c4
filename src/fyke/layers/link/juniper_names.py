"""Names of what Juniper's routers say before a packet: interfaces' media and encapsulations."""

from __future__ import annotations

FLAG_NAMES = ((0x80, b"Ext"), (0x40, b"Filter"), (0x04, b"IIF"), (0x02, b"no-L2"), (0x01, b"In"))
EXTENSION_NAMES = {
    1: b"Device Interface Index", 2: b"Device Interface Name", 3: b"Device Media Type",
    4: b"Logical Interface Index", 5: b"Logical Unit Number",
    6: b"Logical Interface Encapsulation", 7: b"TTP derived Device Media Type",
    8: b"TTP derived Logical Interface Encapsulation",
}
MEDIA_NAMES = {
    1: b"Ethernet", 2: b"FDDI", 3: b"Token-Ring", 4: b"PPP", 5: b"Frame-Relay", 6: b"Cisco-HDLC",
    7: b"SMDS-DXI", 8: b"ATM-PVC", 9: b"PPP-CCC", 10: b"Frame-Relay-CCC", 11: b"IP-over-IP",
    12: b"GRE", 13: b"PIM-Encapsulator", 14: b"PIM-Decapsulator", 15: b"Cisco-HDLC-CCC",
    16: b"VLAN-CCC", 17: b"Multilink-PPP", 18: b"Multilink-FR", 19: b"Multilink", 20: b"LSI",
    22: b"ATM-CCC-Cell-Relay", 23: b"IPSEC-over-IP", 24: b"GGSN", 27: b"PPP-TCC",
    28: b"Frame-Relay-TCC", 29: b"Cisco-HDLC-TCC", 30: b"Ethernet-CCC", 31: b"VPN-Loopback-tunnel",
    32: b"Extended-VLAN-CCC", 33: b"Ethernet-over-ATM", 34: b"Monitor", 35: b"Ethernet-TCC",
    36: b"VLAN-TCC", 37: b"Extended-VLAN-TCC", 38: b"Controller", 39: b"Multilink-FR-UNI-NNI",
    40: b"LinkService", 41: b"VPLS", 42: b"VLAN-VPLS", 43: b"Extended-VLAN-VPLS",
    44: b"Logical-tunnel", 45: b"General-Services", 46: b"Ethernet-VPLS-over-ATM",
    48: b"Extended FR-CCC", 49: b"Extended FR-TCC", 50: b"Flexible-FrameRelay",
    52: b"Flexible-Ethernet-Services", 53: b"Flow-collection", 56: b"PPPoE",
    57: b"PPP-Subordinate", 59: b"Dynamic-Flow-Capture", 60: b"PIC Peer",
}
ENCAPSULATION_NAMES = {
    2: b"ATM SNAP", 3: b"ATM NLPID", 4: b"ATM VCMUX", 5: b"ATM LLC", 6: b"PPP over ATM VCMUX",
    7: b"PPP over ATM LLC", 8: b"PPP over FUNI", 9: b"CCC over ATM", 10: b"FR NLPID",
    11: b"FR SNAP", 12: b"FR PPP", 13: b"FR CCC", 14: b"Ethernet", 17: b"PPP", 18: b"C-HDLC",
    19: b"PPP CCC", 20: b"IPIP", 21: b"PIM Null", 22: b"GRE NULL", 23: b"PPP over GRE",
    24: b"PIMd", 25: b"C-HDLC CCC", 26: b"CISCO compatible NLPID", 27: b"VLAN CCC", 28: b"MLPPP",
    29: b"MLFR", 30: b"LSI Null", 32: b"ATM CCC Cell Relay", 33: b"Crypto", 34: b"GGSN",
    35: b"ATM VCMUX TCC", 36: b"FR TCC", 37: b"PPP TCC", 38: b"C-HDLC TCC", 39: b"Ethernet CCC",
    40: b"VT", 41: b"Ethernet over ATM LLC", 42: b"Extended VLAN CCC", 43: b"ATM SNAP TCC",
    44: b"Monitor", 45: b"Ethernet TCC", 46: b"VLAN TCC", 47: b"Extended VLAN TCC", 48: b"MFR",
    49: b"VPLS", 50: b"VLAN VPLS", 51: b"Extended VLAN VPLS", 52: b"General Services",
    53: b"Ethernet VPLS over ATM LLC", 54: b"FR CCC", 55: b"MLPPP over ATM LLC",
    56: b"Ethernet over ATM CCC", 57: b"LT VLAN", 58: b"Collector", 59: b"Aggregator", 60: b"LAPD",
    61: b"PPPoE over ATM LLC", 62: b"PPPoE over Ethernet", 63: b"PPPoE", 64: b"",
    65: b"C-HDLC via dialer",
}
#: How the encryption services card protects a packet.
IPSEC_NAMES = {1: b"ESP ENCR-AUTH", 2: b"ESP ENCR-AH AUTH", 3: b"ESP AUTH", 4: b"AH AUTH",
               5: b"ESP ENCR"}
GGSN_NAMES = {1: b"Null", 2: b"IPv4", 6: b"IPv6"}
