"""Names of DHCPv6 numbers (IANA "Dynamic Host Configuration Protocol for IPv6")."""

from __future__ import annotations

MESSAGE_NAMES: dict[int, bytes] = {
    1: b"solicit", 2: b"advertise", 3: b"request", 4: b"confirm", 5: b"renew", 6: b"rebind",
    7: b"reply", 8: b"release", 9: b"decline", 10: b"reconfigure", 11: b"inf-req",
    12: b"relay-fwd", 13: b"relay-reply", 14: b"leasequery", 15: b"leasequery-reply",
}

OPTION_NAMES: dict[int, bytes] = {
    1: b"client-ID", 2: b"server-ID", 3: b"IA_NA", 4: b"IA_TA", 5: b"IA_ADDR",
    6: b"option-request", 7: b"preference", 8: b"elapsed-time", 9: b"relay-message",
    11: b"authentication", 12: b"server-unicast", 13: b"status-code", 14: b"rapid-commit",
    15: b"user-class", 16: b"vendor-class", 17: b"vendor-specific-info", 18: b"interface-ID",
    19: b"reconfigure-message", 20: b"reconfigure-accept", 21: b"SIP-servers-domain",
    22: b"SIP-servers-address", 23: b"DNS-server", 24: b"DNS-search-list", 25: b"IA_PD",
    26: b"IA_PD-prefix", 27: b"NIS-server", 28: b"NIS+-server", 29: b"NIS-domain-name",
    30: b"NIS+-domain-name", 31: b"SNTP-servers", 32: b"lifetime", 33: b"BCMCS-domain-name",
    34: b"BCMCS-server", 36: b"Geoconf-Civic", 37: b"Remote-ID", 38: b"Subscriber-ID",
    39: b"Client-FQDN", 40: b"PANA-agent", 41: b"POSIX-timezone", 42: b"POSIX-tz-database",
    43: b"Echo-request-option", 44: b"Lease-query", 45: b"LQ-client-data", 46: b"Clt-time",
    47: b"LQ-relay-data", 48: b"LQ-client-link", 56: b"NTP-server", 59: b"Bootfile-URL",
    64: b"AFTR-Name", 112: b"MUD-URL", 136: b"SZTP-redirect",
}

STATUS_NAMES: dict[int, bytes] = {
    0: b"Success", 1: b"UnspecFail", 2: b"NoAddrsAvail", 3: b"NoBinding", 4: b"NotOnLink",
    5: b"UseMulticast", 6: b"NoPrefixAvail", 7: b"UnknownQueryType", 8: b"MalformedQuery",
    9: b"NotConfigured", 10: b"NotAllowed",
}
