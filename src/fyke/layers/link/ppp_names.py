"""Numbers of PPP (IANA ppp-numbers) and the words that tcpdump has for them."""

from __future__ import annotations

LCP, IPCP, OSICP, IPV6CP, MPLSCP, CCP, BACP = (
    0xC021, 0x8021, 0x8023, 0x8057, 0x8281, 0x80FD, 0xC02B)
CONTROLS = frozenset({LCP, IPCP, OSICP, IPV6CP, MPLSCP, CCP, BACP})

PROTOCOL_NAMES = {
    0x0021: b"IP", 0x0023: b"OSI", 0x0025: b"NS", 0x0027: b"DECNET", 0x0029: b"APPLE",
    0x002B: b"IPX", 0x002D: b"VJC IP", 0x002F: b"VJNC IP", 0x0031: b"BRPDU", 0x0033: b"STII",
    0x0035: b"VINES", 0x003D: b"MLPPP", 0x0057: b"IP6", 0x00FD: b"Compressed",
    0x0201: b"HELLO", 0x0231: b"LUXCOM", 0x0233: b"SNS", 0x0281: b"MPLS", 0x0283: b"MPLS",
    IPCP: b"IPCP", OSICP: b"OSICP", 0x8025: b"NSCP", 0x8027: b"DECNETCP", 0x8029: b"APPLECP",
    0x802B: b"IPXCP", 0x8033: b"STIICP", 0x8035: b"VINESCP", IPV6CP: b"IP6CP",
    MPLSCP: b"MPLSCP", CCP: b"CCP", LCP: b"LCP", 0xC023: b"PAP", 0xC025: b"LQM",
    0xC027: b"SPAP", 0xC223: b"CHAP", BACP: b"BACP", 0xC02D: b"BAP", 0xC227: b"EAP",
    0xC123: b"Old-SPAP", 0xC03D: b"MLPPP-CP",
}
CODE_NAMES = {
    0: b"Vendor-Extension", 1: b"Conf-Request", 2: b"Conf-Ack", 3: b"Conf-Nack",
    4: b"Conf-Reject", 5: b"Term-Request", 6: b"Term-Ack", 7: b"Code-Reject",
    8: b"Prot-Reject", 9: b"Echo-Request", 10: b"Echo-Reply", 11: b"Disc-Req", 12: b"Ident",
    13: b"Time-Rem", 14: b"Reset-Req", 15: b"Reset-Ack",
}
LCP_OPTIONS = (
    b"Vend-Ext", b"MRU", b"ACCM", b"Auth-Prot", b"Qual-Prot", b"Magic-Num", b"deprecated(6)",
    b"PFC", b"ACFC", b"FCS-Alt", b"SDP", b"Num-Mode", b"deprecated(12)", b"Call-Back",
    b"deprecated(14)", b"deprecated(15)", b"deprecated(16)", b"MRRU", b"12-Bit seq #",
    b"End-Disc", b"Proprietary", b"DCE-Id", b"MP+", b"Link-Disc", b"LCP-Auth-Opt", b"COBS",
    b"Prefix-elision", b"Multilink-header-Form", b"I18N", b"SDL-over-SONET/SDH", b"PPP-Muxing",
)
IPCP_OPTIONS = {1: b"IP-Addrs", 2: b"IP-Comp", 3: b"IP-Addr", 4: b"Home-Addr", 129: b"Pri-DNS",
                130: b"Pri-NBNS", 131: b"Sec-DNS", 132: b"Sec-NBNS"}
CCP_OPTIONS = {0: b"OUI", 1: b"Pred-1", 2: b"Pred-2", 3: b"Puddle", 16: b"HP-PPC",
               17: b"Stac-LZS", 18: b"MPPC", 19: b"Gand-FZA", 20: b"V.42bis", 21: b"BSD-Comp",
               23: b"LZS-DCP", 24: b"MVRCA", 25: b"DEC", 26: b"Deflate"}
AUTH_ALGORITHMS = {5: b"MD5", 128: b"MS-CHAPv1", 129: b"MS-CHAPv2"}
CALLBACK_NAMES = {0: b"UserAuth", 1: b"DialString", 2: b"LocalID", 3: b"E.164", 4: b"X.500",
                  6: b"CBCP"}
COMPRESSIONS = {0x002D: b"VJ-Comp", 0x0061: b"IP Header Compression"}
