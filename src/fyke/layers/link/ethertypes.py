"""Names of EtherTypes (IEEE registration authority), in tcpdump's words (print-ether.c)."""

from __future__ import annotations

MAX_LENGTH = 1500  # what is greater is a type (IEEE 802.3 §3.2.6)

ETHERTYPE_NAMES: dict[int, bytes] = {
    0x00FE: b"GRE-OSI", 0x0600: b"NS", 0x0707: b"GeoNet (old)", 0x0800: b"IPv4", 0x0806: b"ARP",
    0x0500: b"Sprite", 0x0200: b"PUP", 0x1000: b"Trail", 0x1111: b"CALM FAST", 0x6001: b"MOP DL",
    0x6002: b"MOP RC", 0x6003: b"DN", 0x6004: b"LAT", 0x6007: b"SCA", 0x6558: b"TEB",
    0x8035: b"Reverse ARP", 0x8038: b"Lanbridge", 0x803C: b"DEC DNS", 0x803E: b"DEC DTS",
    0x805B: b"VEXP", 0x805C: b"VPROD", 0x809B: b"Appletalk", 0x80F3: b"Appletalk ARP",
    0x8100: b"802.1Q", 0x8137: b"IPX", 0x86DD: b"IPv6", 0x8808: b"MPCP",
    0x8809: b"Slow Protocols", 0x880B: b"PPP", 0x8847: b"MPLS unicast",
    0x8848: b"MPLS multicast", 0x8863: b"PPPoE D", 0x8864: b"PPPoE S",
    0x886F: b"MS NLB heartbeat", 0x8870: b"Jumbo", 0x888E: b"EAPOL",
    0x8899: b"Realtek protocols", 0x88A2: b"AoE", 0x88A8: b"802.1Q-QinQ", 0x88CA: b"TIPC",
    0x88CC: b"LLDP", 0x88E5: b"802.1AE MACsec", 0x88F7: b"PTP", 0x8902: b"CFM",
    0x893A: b"IEEE1905.1", 0x8947: b"GeoNet", 0x894F: b"NSH", 0x9000: b"Loopback",
    0x9100: b"802.1Q-9100", 0x9200: b"802.1Q-9200", 0xABCD: b"CFM (old)",
    0xD28B: b"Arista Vendor Specific Protocol", 0xFEFE: b"OSI",
}
