"""Names of the Link Management Protocol (RFC 4204, OIF UNI 1.0), in tcpdump's words."""

from __future__ import annotations

(CHANNEL, NODE, LINK, INTERFACE, MESSAGE, CONFIG, HELLO, VERIFY, VERIFY_ACK, VERIFY_ID, TE_LINK,
 DATA_LINK, STATUS, STATUS_REQUEST) = range(1, 15)
ERROR, SERVICE = 20, 51

MESSAGE_NAMES = {
    1: b"Config", 2: b"Config ACK", 3: b"Config NACK", 4: b"Hello", 5: b"Begin Verify",
    6: b"Begin Verify ACK", 7: b"Begin Verify NACK", 8: b"End Verify", 9: b"End Verify ACK",
    10: b"Test", 11: b"Test Status Success", 12: b"Test Status Failure", 13: b"Test Status ACK",
    14: b"Link Summary", 15: b"Link Summary ACK", 16: b"Link Summary NACK",
    17: b"Channel Status", 18: b"Channel Status ACK", 19: b"Channel Status Request",
    20: b"Channel Status Response", 50: b"Service Config", 51: b"Service Config ACK",
    52: b"Service Config NACK",
}
OBJECT_NAMES = {
    CHANNEL: b"Control Channel ID", NODE: b"Node ID", LINK: b"Link ID",
    INTERFACE: b"Interface ID", MESSAGE: b"Message ID", CONFIG: b"Configuration",
    HELLO: b"Hello", VERIFY: b"Verify Begin", VERIFY_ACK: b"Verify Begin ACK",
    VERIFY_ID: b"Verify ID", TE_LINK: b"TE Link", DATA_LINK: b"Data Link",
    STATUS: b"Channel Status", STATUS_REQUEST: b"Channel Status Request", ERROR: b"Error Code",
    SERVICE: b"Service Config",
}
ENDS = {1: b"Local", 2: b"Remote"}
NUMBERED_ENDS = {1: b"IPv4 Local", 2: b"IPv4 Remote", 3: b"IPv6 Local", 4: b"IPv6 Remote",
                 5: b"Unnumbered Local", 6: b"Unnumbered Remote"}
FAMILIES = {1: b"IPv4", 2: b"IPv6", 3: b"Unnumbered"}
NUMBERS = {number: b"%d" % number for number in range(1, 5)}
#: Names of an object's types, by object.
TYPE_NAMES: dict[int, dict[int, bytes]] = {
    CHANNEL: ENDS, NODE: ENDS, LINK: NUMBERED_ENDS, INTERFACE: NUMBERED_ENDS,
    MESSAGE: {1: b"1", 2: b"2"}, CONFIG: {1: b"1"}, HELLO: {1: b"1"}, VERIFY: {1: b"1"},
    VERIFY_ACK: {1: b"1"}, VERIFY_ID: {1: b"1"}, TE_LINK: FAMILIES, DATA_LINK: FAMILIES,
    STATUS: FAMILIES, STATUS_REQUEST: FAMILIES, ERROR: {1: b"1", 2: b"2"}, SERVICE: NUMBERS,
}

HEADER_FLAGS = ((1, b"Control Channel Down"), (2, b"LMP restart"))
TE_LINK_FLAGS = ((1, b"Fault Management Supported"), (2, b"Link Verification Supported"))
DATA_LINK_FLAGS = ((1, b"Data Link Port"), (2, b"Allocated for user traffic"),
                   (4, b"Failed link"))
VERIFY_FLAGS = ((1, b"Verify all links"), (2, b"Data link type"))
STATUS_NAMES = {1: b"Signal Okay", 2: b"Signal Degraded", 3: b"Signal Fail"}
VERIFY_ERRORS = ((1, b"Link Verification Procedure Not supported"), (2, b"Unwilling to verify"),
                 (4, b"Unsupported verification transport mechanism"),
                 (8, b"Link-Id configuration error"), (16, b"Unknown object c-type"))
SUMMARY_ERRORS = ((1, b"Unacceptable non-negotiable LINK-SUMMARY parameters"),
                  (2, b"Renegotiate LINK-SUMMARY parameters"), (4, b"Invalid TE-LINK Object"),
                  (8, b"Invalid DATA-LINK Object"), (16, b"Unknown TE-LINK Object c-type"),
                  (32, b"Unknown DATA-LINK Object c-type"))
SUBOBJECT_NAMES = {1: b"Interface Switching Type", 2: b"Wavelength"}

PROTOCOL_FLAGS = ((1, b"RSVP Supported"), (2, b"LDP Supported"))
PORT_FLAGS = ((1, b"Path/VC Overhead Transparency Supported"),
              (2, b"Line/MS Overhead Transparency Supported"),
              (4, b"Section/RS Overhead Transparency Supported"))
CONCATENATION_FLAGS = ((1, b"Contiguous Concatenation Types Supported"),)
NETWORK_FLAGS = ((1, b"Standard SOH/RSOH Transparency Supported"),
                 (2, b"Standard LOH/MSOH Transparency Supported"))
MONITORING_FLAGS = ((1, b"Transparent Tandem Connection Monitoring Supported"),)
DIVERSITY_FLAGS = ((1, b"Node Diversity Supported"), (2, b"Link Diversity Supported"),
                   (4, b"SRLG Diversity Supported"))
SDH, SONET = 5, 6
LINK_TYPES = {SDH: b"SDH ITU-T G.707", SONET: b"SONET ANSI T1.105"}
SIGNALS = {
    SDH: {5: b"VC-3", 6: b"VC-4", 7: b"STM-0", 8: b"STM-1", 9: b"STM-4", 10: b"STM-16",
          11: b"STM-64", 12: b"STM-256"},
    SONET: {5: b"STS-1 SPE", 6: b"STS-3c SPE", 7: b"STS-1", 8: b"STM-3", 9: b"STM-12",
            10: b"STM-48", 11: b"STM-192", 12: b"STM-768"},
}
