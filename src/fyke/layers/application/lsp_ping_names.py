"""Names of LSP ping (RFC 8029), in tcpdump's words (print-lspping.c)."""

from __future__ import annotations

MESSAGE_NAMES = {1: b"MPLS Echo Request", 2: b"MPLS Echo Reply"}
REPLY_MODES = {
    1: b"Do not reply", 2: b"Reply via an IPv4/IPv6 UDP packet",
    3: b"Reply via an IPv4/IPv6 UDP packet with Router Alert",
    4: b"Reply via application level control channel",
}
RETURN_CODES = {
    0: b"No return code or return code contained in the Error Code TLV",
    1: b"Malformed echo request received", 2: b"One or more of the TLVs was not understood",
    3: b"Replying router is an egress for the FEC at stack depth",
    4: b"Replying router has no mapping for the FEC at stack depth",
    5: b"Reserved", 6: b"Reserved", 7: b"Reserved", 8: b"Label switched at stack-depth",
    9: b"Label switched but no MPLS forwarding at stack-depth",
    10: b"Mapping for this FEC is not the given label at stack depth",
    11: b"No label entry at stack-depth",
    12: b"Protocol not associated with interface at FEC stack depth",
    13: b"Premature termination of ping due to label stack shrinking to a single label",
}
WITH_DEPTH = (3, 4, 8, 10, 11, 12)  # return codes whose text ends with the subcode
STACK, DOWNSTREAM, VENDOR, DISCRIMINATOR = 1, 2, 5, 15
TLV_NAMES = {
    STACK: b"Target FEC Stack", DOWNSTREAM: b"Downstream Mapping", 3: b"Pad", 9: b"Error Code",
    VENDOR: b"Vendor Enterprise Code", 7: b"Interface Label Stack", 10: b"Reply TOS Byte",
    DISCRIMINATOR: b"BFD Discriminator", 0xFC00: b"Vendor Private Code",
}
SUBTLV_NAMES = {
    1: b"LDP IPv4 prefix", 2: b"LDP IPv6 prefix", 3: b"RSVP IPv4 Session Query",
    4: b"RSVP IPv6 Session Query", 5: b"Reserved", 6: b"VPN IPv4 prefix", 7: b"VPN IPv6 prefix",
    8: b"L2 VPN endpoint", 9: b"FEC 128 pseudowire (old)", 10: b"FEC 128 pseudowire",
    12: b"BGP labeled IPv4 prefix", 13: b"BGP labeled IPv6 prefix",
}
ADDRESS_NAMES = {1: b"IPv4", 2: b"Unnumbered IPv4", 3: b"IPv6", 4: b"IPv6"}
