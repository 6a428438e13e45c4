"""Names in 802.2 and SNAP headers, in tcpdump's words (print-llc.c)."""

from __future__ import annotations

SAP_NAMES = {
    0x00: b"Null", 0xFF: b"Global", 0x02: b"802.1B I", 0x03: b"802.1B G", 0x06: b"IP",
    0x04: b"SNA", 0x0E: b"ProWay NM", 0x42: b"STP", 0x4E: b"RS511", 0x7E: b"ISO8208",
    0x8E: b"ProWay", 0xAA: b"SNAP", 0xE0: b"IPX", 0xF0: b"NetBeui", 0xFE: b"OSI",
}
#: Indexed by the response bit and, above it, the poll/final bit.
FLAG_NAMES = (b"Command", b"Response", b"Poll", b"Final")
COMMAND_NAMES = {
    0x03: b"ui", 0xE3: b"test", 0xAF: b"xid", 0x63: b"ua", 0x43: b"disc", 0x0F: b"dm",
    0x6F: b"sabme", 0x87: b"frmr",
}
SUPERVISORY_NAMES = (b"Receiver Ready", b"Receiver not Ready", b"Reject", b"?")

BRIDGED = {
    0x0001: b"Ethernet + FCS", 0x0007: b"Ethernet w/o FCS", 0x0002: b"802.4 + FCS",
    0x0008: b"802.4 w/o FCS", 0x0003: b"Token Ring + FCS", 0x0009: b"Token Ring w/o FCS",
    0x0004: b"FDDI + FCS", 0x000A: b"FDDI w/o FCS", 0x0005: b"802.6 + FCS",
    0x000B: b"802.6 w/o FCS", 0x000E: b"BPDU",
}
CISCO = {
    0x2000: b"CDP", 0x2003: b"VTP", 0x2004: b"DTP", 0x0111: b"UDLD", 0x010B: b"PVST",
    0x010C: b"VLAN Bridge",
}
#: Protocol identifiers by organisation.
PID_NAMES: dict[int, dict[int, bytes]] = {
    0x00000C: CISCO, 0x0080C2: BRIDGED, 0x080007: {}, 0x0000F8: {},
}
