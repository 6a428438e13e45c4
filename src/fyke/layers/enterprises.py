"""Private enterprise numbers (IANA) that tcpdump names, in its words (oui.c).

RADIUS, L2TP and others name vendors by them.
"""

from __future__ import annotations

ENTERPRISE_NAMES = {
    0: b"IETF (reserved)", 5: b"ACC", 9: b"Cisco", 11: b"Hewlett Packard",
    42: b"Sun Microsystems", 61: b"Merit", 74: b"AT&T", 161: b"Motorola", 166: b"Shiva",
    193: b"Ericsson AB", 255: b"Cisco VPN 5000", 307: b"Livingston", 311: b"Microsoft",
    429: b"3Com", 529: b"Ascend", 1584: b"Bay Networks", 1991: b"Foundry", 2180: b"Versanet",
    2352: b"Redback", 2636: b"Juniper Networks", 2637: b"Aptis", 2937: b"Deutsche Telekom AG",
    3054: b"Ixia Communications", 3076: b"Cisco VPN 3000", 3085: b"CoSine Communications",
    3199: b"Shasta", 3224: b"Netscreen", 3309: b"Nomadix", 3414: b"T-Mobile",
    3561: b"The Broadband Forum", 3902: b"ZTE", 4329: b"Siemens", 4491: b"CableLabs",
    4874: b"Unisphere Networks", 5263: b"Cisco BBSM",
    5535: b"3rd Generation Partnership Project 2 (3GPP2)", 5806: b"SK Telecom",
    5925: b"ipUnplugged", 5948: b"Issanni Communications", 5951: b"Netscaler", 6490: b"T-Mobile",
    6618: b"Quintum", 6728: b"Interlink", 7951: b"CNCTC", 8164: b"Starent Networks",
    8744: b"Colubris", 10415: b"3GPP", 10529: b"Gemtek-Systems", 10704: b"Barracuda Networks",
    10923: b"Ericsson AB - Packet Core Networks", 11665: b"dacom", 11862: b"Columbia University",
    12356: b"Fortinet", 12951: b"Verizon Wireless", 13745: b"Plixer", 14122: b"Wi-Fi Alliance",
    16787: b"T-Systems Nova", 20942: b"China Telecom - Guangzhou Research Institute",
    26866: b"Gigamon Systems", 32622: b"CACE Technologies", 35632: b"ntop",
    46098: b"Ericsson Canada",
}
