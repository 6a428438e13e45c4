"""Address family numbers (IANA), in tcpdump's words (af.c)."""

from __future__ import annotations

AFI_NAMES: dict[int, bytes] = {
    0: b"Reserved", 1: b"IPv4", 2: b"IPv6", 3: b"NSAP", 4: b"HDLC", 5: b"BBN 1822", 6: b"802",
    7: b"E.163", 8: b"E.164", 9: b"F.69", 10: b"X.121", 11: b"Novell IPX", 12: b"Appletalk",
    13: b"Decnet IV", 14: b"Banyan Vines", 15: b"E.164 with NSAP subaddress", 16: b"DNS",
    17: b"Distinguished name", 18: b"AS Number", 19: b"XTP over IP4", 20: b"XTP over IP6",
    21: b"XTP", 22: b"Fibre Channel World-Wide Port Name",
    23: b"Fibre Channel World-Wide Node Name", 24: b"GWIS", 25: b"VPLS", 196: b"Layer-2 VPN",
}
