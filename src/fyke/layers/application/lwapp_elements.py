"""LWAPP's message elements (RFC 5412 §5 to §11): names, least lengths, and where each may stand.

Five numbers that the RFC gives to two elements, or gives wrong lengths, are as its errata have
them (8460, 8536 to 8549); the second owner of a number is left out, as in tcpdump's print-lwapp.c.
"""

from __future__ import annotations

#: Type: name, and the octets that its value has at least.
ELEMENTS: dict[int, tuple[bytes, int]] = {
    2: (b"AC Address", 7), 3: (b"WTP Descriptor", 16), 4: (b"WTP Radio Information", 2),
    5: (b"WTP Name", 1), 6: (b"AC Descriptor", 18), 7: (b"IEEE 802.11 Add WLAN", 298),
    8: (b"IEEE 802.11 WTP WLAN Radio Configuration", 21),
    10: (b"IEEE 802.11 Multi-Domain Capability", 8), 11: (b"IEEE 802.11 MAC Operation", 16),
    12: (b"IEEE 802.11 Tx Power", 4), 13: (b"IEEE 802.11 Tx Power Level", 4),
    14: (b"IEEE 802.11 Direct Sequence Control", 8), 15: (b"IEEE 802.11 OFDM Control", 8),
    16: (b"IEEE 802.11 Rate Set", 4), 18: (b"Test", 1), 26: (b"Change State Event", 3),
    27: (b"Administrative State", 2), 28: (b"IEEE 802.11 Delete WLAN", 3),
    29: (b"Add Mobile", 36), 30: (b"Delete Mobile", 7), 31: (b"AC Name", 1),
    33: (b"Image Data", 3), 34: (b"IEEE 802.11 Update WLAN", 43), 35: (b"Location Data", 1),
    37: (b"Statistics Timer", 2), 38: (b"Decryption Error Report Period", 3),
    39: (b"Decryption Error Report", 8), 41: (b"IEEE 802.11 Antenna", 8),
    44: (b"Certificate", 1), 45: (b"Session ID", 4), 48: (b"IEEE 802.11 CFP Status", 2),
    50: (b"WTP Board Data", 26), 51: (b"IEEE 802.11 Broadcast Probe Mode", 1),
    52: (b"Data Transfer Mode", 1), 53: (b"Data Transfer Data", 3),
    54: (b"IEEE 802.11 WTP Mode and Type", 2), 57: (b"IEEE 802.11 WTP Quality of Service", 52),
    58: (b"Discovery Type", 1), 59: (b"AC IPv4 List", 4), 60: (b"Status", 1),
    61: (b"IEEE 802.11 MIC Countermeasures", 8), 65: (b"Add Blacklist Entry", 7),
    66: (b"Delete Blacklist Entry", 7), 67: (b"WTP Reboot Statistics", 7),
    68: (b"LWAPP Timers", 2), 70: (b"Add Static Blacklist Entry", 7),
    71: (b"Delete Static Blacklist Entry", 7), 77: (b"Duplicate IPv4 Address", 10),
    79: (b"IEEE 802.11 MIC Error Report From Mobile", 14),
    82: (b"WTP Static IP Address Information", 13), 90: (b"AC Name with Index", 2),
    91: (b"WTP Fallback", 1), 95: (b"WTP Radio Fail Alarm Indication", 4),
    97: (b"Idle Timeout", 4), 99: (b"WTP Manager Control IPv4 Address", 6),
    104: (b"Vendor Specific", 7), 105: (b"IEEE 802.11 Mobile Session Key", 11),
    106: (b"IEEE 802.11 Update Mobile QoS", 14), 107: (b"WNonce", 16), 108: (b"ANonce", 16),
    109: (b"PSK-MIC", 2), 111: (b"XNonce", 16), 137: (b"WTP Manager Control IPv6 Address", 18),
    138: (b"WTP Manager Data IPv4 Address", 4), 139: (b"WTP Manager Data IPv6 Address", 16),
    140: (b"IEEE 802.11 Station QoS Profile", 8), 141: (b"AC IPv6 List", 16),
}
UNKNOWN = (b"Unknown", 0)

#: Message type: the elements that it may carry.
PERMITTED: dict[int, frozenset[int]] = {
    1: frozenset({3, 4, 58}),  # discovery request, §5.1
    2: frozenset({2, 6, 31, 99, 137}),  # discovery response, §5.2
    3: frozenset({2, 3, 4, 5, 18, 35, 44, 45, 111}),  # join request, §6.1
    4: frozenset({44, 59, 60, 108, 109, 138, 139, 141}),  # join response, §6.2
    5: frozenset({45, 107, 109}),  # join ACK, §6.3
    6: frozenset({45, 109}),  # join confirm, §6.4
    10: frozenset({8, 10, 11, 12, 13, 14, 15, 27, 31, 37, 41, 48, 50, 54, 67, 82, 90}),
    11: frozenset({8, 10, 11, 12, 14, 15, 16, 26, 38, 41, 51, 57, 59, 68, 91, 97, 141}),
    12: frozenset({5, 8, 10, 11, 12, 14, 15, 16, 26, 27, 35, 37, 38, 41, 48, 51, 54, 57, 59, 65,
                   66, 68, 70, 71, 79, 90, 91, 97, 141}),  # 10 to 12: configuration, §7.2 to §7.4
    14: frozenset({39, 77}),  # WTP event request, §8.5
    16: frozenset({26}),  # change state event request, §7.6
    24: frozenset({33}),  # image data request, §8.1
    30: frozenset({45, 111}),  # key update request, §6.7
    31: frozenset({45, 108, 109}),  # key update response, §6.8
    32: frozenset({3, 4, 58}),  # primary discovery request, §5.3
    33: frozenset({6, 31, 99, 137}),  # primary discovery response, §5.4
    34: frozenset({52, 53}),  # data transfer request, §8.7
    37: frozenset({7, 28, 34}),  # WLAN configuration request, §11.8.1
    39: frozenset({29, 30, 105, 106, 140}),  # mobile configuration request, §9.1
}
NONE: frozenset[int] = frozenset()
