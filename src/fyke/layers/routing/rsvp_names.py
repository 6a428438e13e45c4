"""Names of RSVP (IANA "RSVP Parameters"), in tcpdump's words (print-rsvp.c)."""

from __future__ import annotations

BUNDLE = 12
MESSAGE_NAMES = {
    1: b"Path", 2: b"Resv", 3: b"PathErr", 4: b"ResvErr", 5: b"PathTear", 6: b"ResvTear",
    7: b"ResvConf", BUNDLE: b"Bundle", 13: b"Acknowledgement", 14: b"Hello (Old)",
    15: b"Refresh", 20: b"Hello",
}
HEADER_FLAGS = ((1, b"Refresh reduction capable"),)
SESSION, HOP, INTEGRITY, TIME_VALUES, ERROR_SPEC, SCOPE, STYLE = 1, 3, 4, 5, 6, 7, 8
FLOWSPEC, FILTERSPEC, TEMPLATE, TSPEC, ADSPEC, POLICY, CONFIRM = 9, 10, 11, 12, 13, 14, 15
LABEL, LABEL_REQUEST, ERO, RRO, HELLO, MESSAGE_ID, ACK, ID_LIST = 16, 19, 20, 21, 22, 23, 24, 25
RECOVERY_LABEL, UPSTREAM_LABEL, LABEL_SET, PROTECTION, SUB_LSP, DETOUR = 34, 35, 36, 37, 50, 63
CLASS_TYPE, CLASS_TYPE_OLD, SUGGESTED_LABEL, ACCEPTABLE_SET = 66, 125, 129, 130
RESTART, CAPABILITY, NOTIFY, ADMIN_STATUS, PROPERTIES, FAST_REROUTE = 131, 134, 195, 196, 204, 205
ATTRIBUTE, UNI, CALL_ID, CALL_OPS = 207, 229, 230, 236
CLASS_NAMES = {
    SESSION: b"Session", HOP: b"RSVP Hop", INTEGRITY: b"Integrity", TIME_VALUES: b"Time Values",
    ERROR_SPEC: b"Error Spec", SCOPE: b"Scope", STYLE: b"Style", FLOWSPEC: b"Flowspec",
    FILTERSPEC: b"FilterSpec", TEMPLATE: b"Sender Template", TSPEC: b"Sender TSpec",
    ADSPEC: b"Adspec", POLICY: b"Policy Data", CONFIRM: b"Confirm", LABEL: b"Label",
    LABEL_REQUEST: b"Label Request", ERO: b"ERO", RRO: b"RRO", HELLO: b"Hello",
    MESSAGE_ID: b"Message ID", ACK: b"Message ID Ack", ID_LIST: b"Message ID List",
    RECOVERY_LABEL: b"Recovery Label", UPSTREAM_LABEL: b"Upstream Label",
    LABEL_SET: b"Label Set", ACCEPTABLE_SET: b"Acceptable Label Set", DETOUR: b"Detour",
    CLASS_TYPE: b"Class Type", CLASS_TYPE_OLD: b"Class Type (old)",
    SUGGESTED_LABEL: b"Suggested Label", PROPERTIES: b"Properties",
    FAST_REROUTE: b"Fast Re-Route", ATTRIBUTE: b"Session Attribute", UNI: b"Generalized UNI",
    CALL_ID: b"Call-ID", CALL_OPS: b"Call Capability", RESTART: b"Restart Capability",
    CAPABILITY: b"Capability", NOTIFY: b"Notify Request", PROTECTION: b"Protection",
    ADMIN_STATUS: b"Administrative Status", SUB_LSP: b"Sub-LSP to LSP",
}
ADDRESSED = {1: b"IPv4", 2: b"IPv6"}
WITH_TLVS = {**ADDRESSED, 3: b"IPv4 plus opt. TLVs", 4: b"IPv6 plus opt. TLVs"}
LABELS = {1: b"Label", 2: b"Generalized Label", 3: b"Waveband Switching"}
ONE = {1: b"1"}
SENDERS = {**ADDRESSED, 7: b"Tunnel IPv4", 12: b"IPv4 P2MP LSP Tunnel",
           13: b"IPv6 P2MP LSP Tunnel"}
#: What the types mean depends on the class.
TYPE_NAMES: dict[int, dict[int, bytes]] = {
    SESSION: {**ADDRESSED, 7: b"Tunnel IPv4", 11: b"UNI IPv4", 13: b"IPv4 P2MP LSP Tunnel",
              14: b"IPv6 P2MP LSP Tunnel"},
    HOP: WITH_TLVS, ERROR_SPEC: WITH_TLVS, NOTIFY: ADDRESSED, CONFIRM: ADDRESSED,
    FLOWSPEC: {1: b"obsolete", 2: b"IntServ"}, TSPEC: {2: b"IntServ"}, ADSPEC: {2: b"IntServ"},
    FILTERSPEC: {**SENDERS, 3: b"IPv6 Flow-label"}, TEMPLATE: SENDERS,
    ACK: {1: b"Message id ack", 2: b"Message id nack"},
    HELLO: {1: b"Hello Request", 2: b"Hello Ack"},
    LABEL_REQUEST: {1: b"without label range", 2: b"with ATM label range",
                    3: b"with FR label range", 4: b"Generalized Label"},
    **dict.fromkeys((LABEL, SUGGESTED_LABEL, UPSTREAM_LABEL, RECOVERY_LABEL), LABELS),
    ERO: {1: b"IPv4"}, RRO: {1: b"IPv4"}, RESTART: {1: b"IPv4"}, ATTRIBUTE: {7: b"Tunnel IPv4"},
    FAST_REROUTE: {1: b"1", 7: b"Tunnel IPv4"}, DETOUR: {7: b"Tunnel IPv4"},
    SUB_LSP: {1: b"IPv4 sub-LSP", 2: b"IPv6 sub-LSP"},
    **dict.fromkeys((TIME_VALUES, MESSAGE_ID, ID_LIST, STYLE, CAPABILITY, PROPERTIES,
                     ADMIN_STATUS, CLASS_TYPE, CLASS_TYPE_OLD, LABEL_SET, UNI), ONE),
}
INTEGRITY_FLAGS = ((0x80, b"Handshake"),)
CAPABILITY_FLAGS = ((4, b"RecoveryPath Transmit Enabled"), (2, b"RecoveryPath Desired"),
                    (1, b"RecoveryPath Srefresh Capable"))
HOP_PREFIX, HOP_LABEL = 1, 3
HOP_NAMES = {0: b"Reserved", HOP_PREFIX: b"IPv4 prefix", 2: b"IPv6 prefix", HOP_LABEL: b"Label",
             32: b"Autonomous system number", 64: b"MPLS label switched path termination"}
HOP_FLAGS = ((1, b"Local protection available"), (2, b"Local protection in use"),
             (4, b"Bandwidth protection"), (8, b"Node protection"))
HOP_LABEL_FLAGS = ((1, b"Global"),)
STYLE_NAMES = {17: b"Wildcard Filter", 10: b"Fixed Filter", 18: b"Shared Explicit"}
SERVICE_NAMES = {1: b"Default/Global Information", 2: b"Guaranteed Service",
                 5: b"Controlled Load"}
PARAMETER_NAMES = {
    4: b"IS hop cnt", 6: b"Path b/w estimate", 8: b"Minimum path latency", 10: b"Composed MTU",
    127: b"Token Bucket TSpec", 130: b"Guaranteed Service RSpec",
    133: b"End-to-end composed value for C", 134: b"End-to-end composed value for D",
    135: b"Since-last-reshaping point composed C", 136: b"Since-last-reshaping point composed D",
}
ATTRIBUTE_FLAGS = ((1, b"Local Protection"), (2, b"Label Recording"), (4, b"SE Style"),
                   (8, b"Bandwidth protection"), (16, b"Node protection"))
PROPERTY_NAMES = {1: b"Cos", 2: b"Metric 1", 4: b"Metric 2", 8: b"CCC Status", 16: b"Path Type"}
ROUTING, DIFFSERV, DIFFSERV_OLD = 24, 28, 125
ERROR_NAMES = {ROUTING: b"Routing Problem", 25: b"Notify Error", DIFFSERV: b"Diffserv TE Error",
               DIFFSERV_OLD: b"Diffserv TE Error (Old)"}
ROUTING_NAMES = {
    1: b"Bad EXPLICIT_ROUTE object", 2: b"Bad strict node", 3: b"Bad loose node",
    4: b"Bad initial subobject", 5: b"No route available toward destination",
    6: b"Unacceptable label value", 7: b"RRO indicated routing loops",
    8: b"non-RSVP-capable router in the path", 9: b"MPLS label allocation failure",
    10: b"Unsupported L3PID",
}
DIFFSERV_NAMES = {
    1: b"Unexpected CT object", 2: b"Unsupported CT", 3: b"Invalid CT value",
    4: b"CT/setup priority do not form a configured TE-Class",
    5: b"CT/holding priority do not form a configured TE-Class",
    6: b"CT/setup priority and CT/holding priority do not form a configured TE-Class",
    7: b"Inconsistency between signaled PSC and signaled CT",
    8: b"Inconsistency between signaled PHBs and signaled CT",
}
ADMIN_FLAGS = ((0x80000000, b"Reflect"), (4, b"Testing"), (2, b"Admin-down"),
               (1, b"Delete-in-progress"))
SET_ACTIONS = {0: b"Inclusive list", 1: b"Exclusive list", 2: b"Inclusive range",
               3: b"Exclusive range"}
UNI_SOURCE, UNI_DESTINATION, UNI_DIVERSITY, UNI_EGRESS, UNI_SERVICE = 1, 2, 3, 4, 5
UNI_NAMES = {UNI_SOURCE: b"Source TNA address", UNI_DESTINATION: b"Destination TNA address",
             UNI_DIVERSITY: b"Diversity", UNI_EGRESS: b"Egress label",
             UNI_SERVICE: b"Service level"}
