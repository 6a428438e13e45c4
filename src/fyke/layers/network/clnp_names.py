"""Names of the connectionless network protocol's options and errors (ISO/IEC 8473-1)."""

from __future__ import annotations

ERROR_REPORT, DATA, MULTICAST, ECHO_REQUEST, ECHO_RESPONSE = 1, 28, 29, 30, 31
PDU_NAMES = {ERROR_REPORT: b"Error Report", MULTICAST: b"MD", DATA: b"Data",
             ECHO_REQUEST: b"Echo Request", ECHO_RESPONSE: b"Echo Response"}
FLAGS = ((0x80, b"Segmentation permitted"), (0x40, b"more Segments"),
         (0x20, b"request Error Report"))
DISCARD_REASON, QOS, SECURITY, SOURCE_ROUTING = 193, 195, 197, 200
ROUTE_RECORDING, PADDING, PRIORITY = 203, 204, 205
OPTION_NAMES = {
    DISCARD_REASON: b"Discard Reason", PRIORITY: b"Priority", QOS: b"QoS Maintenance",
    SECURITY: b"Security", SOURCE_ROUTING: b"Source Routing",
    ROUTE_RECORDING: b"Route Recording", PADDING: b"Padding",
}
ROUTE_NAMES = {SOURCE_ROUTING: b"source routing",
               ROUTE_RECORDING: b"recording of route in progress"}
SCOPE_NAMES = {0x40: b"Source Address Specific", 0x80: b"Destination Address Specific",
               0xC0: b"Globally unique"}
QOS_FLAGS = ((0x20, b"reserved"), (0x10, b"sequencing vs. delay"), (0x08, b"congested"),
             (0x04, b"delay vs. cost"), (0x02, b"error vs. delay"), (0x01, b"error vs. cost"))
ERROR_CLASSES = {0x0: b"General", 0x8: b"Address", 0x9: b"Source Routeing", 0xA: b"Lifetime",
                 0xB: b"PDU Discarded", 0xC: b"Reassembly"}
ERROR_NAMES = {
    0x00: b"Reason not specified", 0x01: b"Protocol procedure error", 0x02: b"Incorrect checksum",
    0x03: b"PDU discarded due to congestion", 0x04: b"Header syntax error (cannot be parsed)",
    0x05: b"Segmentation needed but not permitted", 0x06: b"Incomplete PDU received",
    0x07: b"Duplicate option",
    0x80: b"Destination address unreachable", 0x81: b"Destination address unknown",
    0x90: b"Unspecified source routeing error", 0x91: b"Syntax error in source routeing field",
    0x92: b"Unknown address in source routeing field", 0x93: b"Path not acceptable",
    0xA0: b"Lifetime expired while data unit in transit",
    0xA1: b"Lifetime expired during reassembly",
    0xB0: b"Unsupported option not specified", 0xB1: b"Unsupported protocol version",
    0xB2: b"Unsupported security option", 0xB3: b"Unsupported source routeing option",
    0xB4: b"Unsupported recording of route option",
    0xC0: b"Reassembly interference",
}
