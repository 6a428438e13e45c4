"""Names of DNS numbers (IANA "Domain Name System (DNS) Parameters"), in tcpdump's words."""

from __future__ import annotations

TYPE_NAMES: dict[int, bytes] = {
    1: b"A", 2: b"NS", 3: b"MD", 4: b"MF", 5: b"CNAME", 6: b"SOA", 7: b"MB", 8: b"MG", 9: b"MR",
    10: b"NULL", 11: b"WKS", 12: b"PTR", 13: b"HINFO", 14: b"MINFO", 15: b"MX", 16: b"TXT",
    17: b"RP", 18: b"AFSDB", 19: b"X25", 20: b"ISDN", 21: b"RT", 22: b"NSAP", 23: b"NSAP_PTR",
    24: b"SIG", 25: b"KEY", 26: b"PX", 27: b"GPOS", 28: b"AAAA", 29: b"LOC", 30: b"NXT",
    31: b"EID", 32: b"NIMLOC", 33: b"SRV", 34: b"ATMA", 35: b"NAPTR", 36: b"KX", 37: b"CERT",
    38: b"A6", 39: b"DNAME", 40: b"SINK", 41: b"OPT", 42: b"APL", 43: b"DS", 44: b"SSHFP",
    45: b"IPSECKEY", 46: b"RRSIG", 47: b"NSEC", 48: b"DNSKEY", 49: b"DHCID", 50: b"NSEC3",
    51: b"NSEC3PARAM", 52: b"TLSA", 53: b"SMIMEA", 55: b"HIP", 56: b"NINFO", 57: b"RKEY",
    58: b"TALINK", 59: b"CDS", 60: b"CDNSKEY", 61: b"OPENPGPKEY", 62: b"CSYNC", 63: b"ZONEMD",
    64: b"SVCB", 65: b"HTTPS", 99: b"SPF", 100: b"UINFO", 101: b"UID", 102: b"GID",
    103: b"UNSPEC", 104: b"NID", 105: b"L32", 106: b"L64", 107: b"LP", 108: b"EUI48",
    109: b"EUI64", 249: b"TKEY", 250: b"TSIG", 251: b"IXFR", 252: b"AXFR", 253: b"MAILB",
    254: b"MAILA", 255: b"ANY", 256: b"URI", 257: b"CAA", 258: b"AVC", 259: b"DOA",
    260: b"AMTRELAY", 32768: b"TA", 32769: b"DLV",
}

CLASS_NAMES: dict[int, bytes] = {1: b"IN", 3: b"CHAOS", 4: b"HS", 255: b"ANY"}

OPCODE_NAMES = (
    b"", b" inv_q", b" stat", b" op3", b" notify", b" update", b" op6", b" op7", b" op8",
    b" updateA", b" updateD", b" updateDA", b" updateM", b" updateMA", b" zoneInit", b" zoneRef",
)

#: The missing spaces are tcpdump's.
RCODE_NAMES = (
    b"", b" FormErr", b" ServFail", b" NXDomain", b" NotImp", b" Refused", b" YXDomain",
    b" YXRRSet", b" NXRRSet", b" NotAuth", b" NotZone", b" Resp11", b" Resp12", b" Resp13",
    b" Resp14", b" NoChange", b" BadVers", b"Resp17", b" Resp18", b" Resp19", b" Resp20",
    b"Resp21", b" Resp22", b" BadCookie",
)

#: EDNS options (RFC 6891 §9 and its registry).
OPTION_NAMES: dict[int, bytes] = {
    1: b"LLQ", 2: b"UL", 3: b"NSID", 5: b"DAU", 6: b"DHU", 7: b"N3U", 8: b"ECS", 9: b"EXPIRE",
    10: b"COOKIE", 11: b"KEEPALIVE", 12: b"PADDING", 13: b"CHAIN", 14: b"KEY-TAG",
    16: b"CLIENT-TAG", 17: b"SERVER-TAG",
}

#: DNSSEC algorithms (RFC 4034 appendix A.1 and its registry).
ALGORITHM_NAMES: dict[int, bytes] = {
    0: b"DELETE", 1: b"RSAMD5", 2: b"DH", 3: b"DS", 5: b"RSASHA1", 6: b"DSA-NSEC3-SHA1",
    7: b"RSASHA1-NSEC3-SHA1", 8: b"RSASHA256", 10: b"RSASHA512", 12: b"ECC-GOST",
    13: b"ECDSAP256SHA256", 14: b"ECDSAP384SHA384", 15: b"ED25519", 16: b"ED448",
    252: b"INDIRECT", 253: b"PRIVATEDNS", 254: b"PRIVATEOID",
}
DIGEST_NAMES: dict[int, bytes] = {1: b"SHA-1", 2: b"SHA-256", 3: b"GOST_R_34.11-94", 4: b"SHA-384"}
NSEC3_HASH_NAMES: dict[int, bytes] = {1: b"SHA-1"}

#: What programs call them (RFC 6895 §2.2, §2.3 and the registry).
OPCODES: dict[int, str] = {0: "QUERY", 1: "IQUERY", 2: "STATUS", 4: "NOTIFY", 5: "UPDATE",
                           6: "DSO"}
RCODES: dict[int, str] = {
    0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED",
    6: "YXDOMAIN", 7: "YXRRSET", 8: "NXRRSET", 9: "NOTAUTH", 10: "NOTZONE", 11: "DSOTYPENI",
    16: "BADVERS", 17: "BADKEY", 18: "BADTIME", 19: "BADMODE", 20: "BADNAME", 21: "BADALG",
    22: "BADTRUNC", 23: "BADCOOKIE",
}
#: Extended errors (RFC 8914 §5.2 and its registry).
EXTENDED_ERRORS: dict[int, str] = {
    0: "Other Error", 1: "Unsupported DNSKEY Algorithm", 2: "Unsupported DS Digest Type",
    3: "Stale Answer", 4: "Forged Answer", 5: "DNSSEC Indeterminate", 6: "DNSSEC Bogus",
    7: "Signature Expired", 8: "Signature Not Yet Valid", 9: "DNSKEY Missing",
    10: "RRSIGs Missing", 11: "No Zone Key Bit Set", 12: "NSEC Missing", 13: "Cached Error",
    14: "Not Ready", 15: "Blocked", 16: "Censored", 17: "Filtered", 18: "Prohibited",
    19: "Stale NXDomain Answer", 20: "Not Authoritative", 21: "Not Supported",
    22: "No Reachable Authority", 23: "Network Error", 24: "Invalid Data",
    25: "Signature Expired before Valid", 26: "Too Early",
    27: "Unsupported NSEC3 Iterations Value", 28: "Unable to conform to policy",
    29: "Synthesized", 30: "Invalid Query Type",
}
