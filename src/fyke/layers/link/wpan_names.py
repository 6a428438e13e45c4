"""Names of IEEE 802.15.4-2015: information elements (7.4) and MAC commands (7.5)."""

from __future__ import annotations


def whole(names: dict[int, bytes], count: int) -> tuple[bytes, ...]:
    """All names of a field: what has none is reserved."""
    return tuple(names.get(index) or b"Reserved 0x%02x" % index for index in range(count))


FRAME_TYPES = (b"Beacon", b"Data", b"ACK", b"Command", b"Reserved", b"Multipurpose", b"Fragment",
               b"Extended")

HEADER_ELEMENTS = whole({
    0x00: b"Vendor Specific Header IE", 0x1A: b"LE CSL IE", 0x1B: b"LE RIT IE",
    0x1C: b"DSME PAN descriptor IE", 0x1D: b"Rendezvous Time IE", 0x1E: b"Time Correction IE",
    0x21: b"Extended DSME PAN descriptor IE", 0x22: b"Fragment Sequence Context Description IE",
    0x23: b"Simplified Superframe Specification IE", 0x24: b"Simplified GTS Specification IE",
    0x25: b"LECIM Capabilities IE", 0x26: b"TRLE Descriptor IE", 0x27: b"RCC Capabilities IE",
    0x28: b"RCCN Descriptor IE", 0x29: b"Global Time IE", 0x2A: b"Omnibus Header IE",
    0x2B: b"DA IE", 0x7E: b"Header Termination 1 IE", 0x7F: b"Header Termination 2 IE"}, 128)

PAYLOAD_GROUPS = whole({
    0: b"ESDU IE", 1: b"MLME IE", 2: b"Vendor Specific Nested IE",
    3: b"Multiplexed IE (802.15.9)", 4: b"Omnibus Payload Group IE", 5: b"IETF IE",
    15: b"List termination"}, 16)

#: Nested elements of the short format; 0x2E is spelled as tcpdump spells it.
SHORT_ELEMENTS = whole({
    **{index: b"Reserved for long format 0x%x" % index for index in range(16)},
    0x1A: b"TSCH Synchronization IE", 0x1B: b"TSCH Slotframe and Link IE",
    0x1C: b"TSCH Timeslot IE", 0x1D: b"Hopping timing IE", 0x1E: b"Enhanced Beacon Filter IE",
    0x1F: b"MAC Metrics IE", 0x20: b"All MAC Metrics IE", 0x21: b"Coexistence Specification IE",
    0x22: b"SUN Device Capabilities IE", 0x23: b"SUN FSK Generic PHY IE",
    0x24: b"Mode Switch Parameter IE", 0x25: b"PHY Parameter Change IE",
    0x26: b"O-QPSK PHY Mode IE", 0x27: b"PCA Allocation IE",
    0x28: b"LECIM DSSS Operating Mode IE", 0x29: b"LECIM FSK Operating Mode IE",
    0x2B: b"TVWS PHY Operating Mode Description IE", 0x2C: b"TVWS Device Capabilities IE",
    0x2D: b"TVWS Device Category IE", 0x2E: b"TVWS Device Identification IE",
    0x2F: b"TVWS Device Location IE", 0x30: b"TVWS Channel Information Query IE",
    0x31: b"TVWS Channel Information Source IE", 0x32: b"CTM IE", 0x33: b"Timestamp IE",
    0x34: b"Timestamp Difference IE", 0x35: b"TMCTP Specification IE",
    0x36: b"RCC PHY Operating Mode IE"}, 128)

LONG_ELEMENTS = whole({8: b"Vendor Specific MLME Nested IE", 9: b"Channel Hopping IE"}, 16)

COMMANDS = whole({
    0x01: b"Association Request command", 0x02: b"Association Response command",
    0x03: b"Disassociation Notification command", 0x04: b"Data Request command",
    0x05: b"PAN ID Conflict Notification command", 0x06: b"Orphan Notification command",
    0x07: b"Beacon Request command", 0x08: b"Coordinator realignment command",
    0x09: b"GTS request command", 0x0A: b"TRLE Management Request command",
    0x0B: b"TRLE Management Response command", 0x13: b"DSME Association Request command",
    0x14: b"DSME Association Response command", 0x15: b"DSME GTS Request command",
    0x16: b"DSME GTS Response command", 0x17: b"DSME GTS Notify command",
    0x18: b"DSME Information Request command", 0x19: b"DSME Information Response command",
    0x1A: b"DSME Beacon Allocation Notification command",
    0x1B: b"DSME Beacon Collision Notification command", 0x1C: b"DSME Link Report command",
    0x20: b"RIT Data Request command", 0x21: b"DBS Request command",
    0x22: b"DBS Response command", 0x23: b"RIT Data Response command",
    0x24: b"Vendor Specific command"}, 0x30)

ASSOCIATION_RESULTS = {
    0x00: b", Association successful", 0x01: b", PAN at capacity", 0x02: b", PAN access denied",
    0x03: b", Hooping sequence offset duplication", 0x80: b", Fast association successful"}
LEAVING_REASONS = {
    0: b"Reserved", 1: b"Reason = The coordinator wishes the device to leave PAN",
    2: b"Reason = The device wishes to leave the PAN"}
#: Bits of a device's capabilities; without 0x02 it is a reduced-function device.
CAPABILITIES = ((0x04, b"AC powered, "), (0x08, b"Receiver on when idle, "),
                (0x10, b"Fast association, "), (0x40, b"Security supported, "),
                (0x80, b"Allocate address, "))
LINK_OPTIONS = ((1, b"TX "), (2, b"RX "), (4, b"Shared "), (8, b"Timekeeping "),
                (16, b"Priority "))
