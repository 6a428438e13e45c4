"""Names of generalised MPLS (RFC 3471, RFC 4203, RFC 4124), in tcpdump's words (gmpls.c)."""

from __future__ import annotations

PROTECTIONS = (
    (0x01, b"Extra Traffic"), (0x02, b"Unprotected"), (0x04, b"Shared"), (0x08, b"Dedicated 1:1"),
    (0x10, b"Dedicated 1+1"), (0x20, b"Enhanced"), (0x40, b"Reserved"), (0x80, b"Reserved"),
)
PACKET_SWITCHING, TIME_DIVISION = (1, 2, 3, 4), 100
SWITCHING_NAMES = {
    1: b"Packet-Switch Capable-1", 2: b"Packet-Switch Capable-2", 3: b"Packet-Switch Capable-3",
    4: b"Packet-Switch Capable-4", 51: b"Layer-2 Switch Capable", 100: b"Time-Division-Multiplex",
    150: b"Lambda-Switch Capable", 200: b"Fiber-Switch Capable",
}
INDICATION_NAMES = {0: b"Standard SONET/SDH", 1: b"Arbitrary SONET/SDH"}
ENCODING_NAMES = {
    1: b"Packet", 2: b"Ethernet V2/DIX", 3: b"ANSI/ETSI PDH", 4: b"Reserved",
    5: b"SDH ITU-T G.707/SONET ANSI T1.105", 6: b"Reserved", 7: b"Digital Wrapper",
    8: b"Lambda (photonic)", 9: b"Fiber", 10: b"Reserved", 11: b"FiberChannel",
}
PAYLOAD_NAMES = {
    0: b"Unknown", 1: b"Reserved", 2: b"Reserved", 3: b"Reserved", 4: b"Reserved",
    5: b"Asynchronous mapping of E4", 6: b"Asynchronous mapping of DS3/T3",
    7: b"Asynchronous mapping of E3", 8: b"Bit synchronous mapping of E3",
    9: b"Byte synchronous mapping of E3", 10: b"Asynchronous mapping of DS2/T2",
    11: b"Bit synchronous mapping of DS2/T2", 12: b"Reserved", 13: b"Asynchronous mapping of E1",
    14: b"Byte synchronous mapping of E1", 15: b"Byte synchronous mapping of 31 * DS0",
    16: b"Asynchronous mapping of DS1/T1", 17: b"Bit synchronous mapping of DS1/T1",
    18: b"Byte synchronous mapping of DS1/T1", 19: b"VC-11 in VC-12", 20: b"Reserved",
    21: b"Reserved", 22: b"DS1 SF Asynchronous", 23: b"DS1 ESF Asynchronous",
    24: b"DS3 M23 Asynchronous", 25: b"DS3 C-Bit Parity Asynchronous", 26: b"VT/LOVC",
    27: b"STS SPE/HOVC", 28: b"POS - No Scrambling, 16 bit CRC",
    29: b"POS - No Scrambling, 32 bit CRC", 30: b"POS - Scrambling, 16 bit CRC",
    31: b"POS - Scrambling, 32 bit CRC", 32: b"ATM mapping", 33: b"Ethernet PHY",
    34: b"SONET/SDH", 35: b"Reserved (SONET deprecated)", 36: b"Digital Wrapper", 37: b"Lambda",
    38: b"ANSI/ETSI PDH", 39: b"Reserved", 40: b"Link Access Protocol SDH (X.85 and X.86)",
    41: b"FDDI", 42: b"DQDB (ETSI ETS 300 216)", 43: b"FiberChannel-3 (Services)", 44: b"HDLC",
    45: b"Ethernet V2/DIX (only)", 46: b"Ethernet 802.3 (only)", 47: b"G.709 ODUj",
    48: b"G.709 OTUk(v)", 49: b"CBR/CBRa", 50: b"CBRb", 51: b"BSOT", 52: b"BSNT",
    53: b"IP/PPP (GFP)", 54: b"Ethernet MAC (framed GFP)", 55: b"Ethernet PHY (transparent GFP)",
    56: b"ESCON", 57: b"FICON", 58: b"Fiber Channel",
}
CONSTRAINT_MODELS = {0: b"Russian dolls", 1: b"Maximum allocation",
                     254: b"Maximum allocation with E-LSP support"}
