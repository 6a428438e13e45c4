"""Owners of Ethernet address blocks, as tcpdump's -e names them without -n (oui.c)."""

OUI_NAMES = {
    0x000000: "Ethernet",
    0x00000C: "Cisco",
    0x000081: "Nortel Networks SONMP",
    0x0000F8: "Cisco bridged",
    0x000142: "Cisco",
    0x0001E3: "Siemens",
    0x000BBE: "Cisco",
    0x000E5C: "Motorola",
    0x001018: "Broadcom",
    0x0050F2: "Microsoft",
    0x0080C2: "Ethernet bridged",
    0x00000E: "Fujitsu",
    0x00120F: "IEEE 802.3 Private",
    0x0012BB: "ANSI/TIA",
    0x009069: "Juniper",
    0x080007: "Appletalk",
}
