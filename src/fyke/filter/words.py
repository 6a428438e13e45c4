"""The filter language's vocabulary: keywords, named constants, and names inside some tests.

Data only. Sources: pcap-filter(7); IEEE 802.11-2020 9.2.4.1.3 (frame types, as bits of the frame
control field's first octet); RFC 792 and RFC 4443 (ICMP types); RFC 9293 3.1 (TCP flags); pf(4).
"""

from __future__ import annotations

#: Protocol words and their canonical spelling.
PROTOCOLS = {
    "link": "link", "ether": "link", "ppp": "link", "slip": "link", "fddi": "link", "tr": "link",
    "wlan": "link",
    "arp": "arp", "rarp": "rarp", "ip": "ip", "sctp": "sctp", "tcp": "tcp", "udp": "udp",
    "icmp": "icmp", "igmp": "igmp", "igrp": "igrp", "pim": "pim", "vrrp": "vrrp", "carp": "carp",
    "radio": "radio", "ip6": "ip6", "icmp6": "icmp6", "ah": "ah", "esp": "esp",
    "atalk": "atalk", "aarp": "aarp", "decnet": "decnet", "lat": "lat", "sca": "sca",
    "moprc": "moprc", "mopdl": "mopdl",
    "iso": "iso", "esis": "esis", "es-is": "esis", "isis": "isis", "is-is": "isis", "l1": "l1",
    "l2": "l2", "iih": "iih", "lsp": "lsp", "snp": "snp", "csnp": "csnp", "psnp": "psnp",
    "clnp": "clnp", "stp": "stp", "ipx": "ipx", "netbeui": "netbeui",
}

#: Every keyword: the role it plays in the grammar, and its canonical spelling.
KEYWORDS: dict[str, tuple[str, str]] = {
    **{word: ("protocol", canonical) for word, canonical in PROTOCOLS.items()},
    **{word: ("direction", word) for word in ("src", "dst", "ra", "ta")},
    **{f"{prefix}{n}": ("direction", f"addr{n}") for prefix in ("addr", "address") for n in "1234"},
    **{word: ("kind", word) for word in (
        "host", "net", "port", "portrange", "gateway", "proto", "protochain")},
    "mask": ("mask", "mask"),
    "less": ("length test", "less"), "greater": ("length test", "greater"),
    "byte": ("byte", "byte"),
    "broadcast": ("cast", "broadcast"), "multicast": ("cast", "multicast"),
    "and": ("and", "and"), "or": ("or", "or"), "not": ("not", "not"),
    "len": ("len", "len"), "length": ("len", "len"),
    "type": ("type", "type"), "subtype": ("subtype", "subtype"),
    "direction": ("dir", "dir"), "dir": ("dir", "dir"),
    "ifindex": ("ifindex", "ifindex"),
    **{word: ("encapsulation", word) for word in (
        "vlan", "mpls", "pppoed", "pppoes", "geneve", "vxlan")},
    "llc": ("llc", "llc"),
    "on": ("pf text", "ifname"), "ifname": ("pf text", "ifname"),
    "rset": ("pf text", "ruleset"), "ruleset": ("pf text", "ruleset"),
    "rnr": ("pf number", "rnr"), "rulenum": ("pf number", "rnr"),
    "srnr": ("pf number", "srnr"), "subrulenum": ("pf number", "srnr"),
    "reason": ("reason", "reason"), "action": ("action", "action"),
    "lsu": ("word", "lssu"),
    **{word: ("word", word) for word in (
        "inbound", "outbound",
        "lane", "metac", "bcc", "oamf4ec", "oamf4sc", "sc", "ilmic", "oam", "oamf4", "connectmsg",
        "metaconnect", "fisu", "lssu", "msu", "hfisu", "hlssu", "hmsu")},
    **{word: ("field", word) for word in (
        "vpi", "vci", "sio", "opc", "dpc", "sls", "hsio", "hopc", "hdpc", "hsls")},
}

#: What the dialect fyke has besides.
MORE_KEYWORDS: dict[str, tuple[str, str]] = {
    "payload": ("protocol", "payload"), "in": ("in", "in")}

#: Words that stand for a number.
CONSTANTS = {
    "icmptype": 0, "icmpcode": 1,
    "icmp-echoreply": 0, "icmp-unreach": 3, "icmp-sourcequench": 4, "icmp-redirect": 5,
    "icmp-echo": 8, "icmp-routeradvert": 9, "icmp-routersolicit": 10, "icmp-timxceed": 11,
    "icmp-paramprob": 12, "icmp-tstamp": 13, "icmp-tstampreply": 14, "icmp-ireq": 15,
    "icmp-ireqreply": 16, "icmp-maskreq": 17, "icmp-maskreply": 18,
    "icmp6type": 0, "icmp6code": 1,
    "icmp6-destinationunreach": 1, "icmp6-packettoobig": 2, "icmp6-timeexceeded": 3,
    "icmp6-parameterproblem": 4, "icmp6-echo": 128, "icmp6-echoreply": 129,
    "icmp6-multicastlistenerquery": 130, "icmp6-multicastlistenerreportv1": 131,
    "icmp6-multicastlistenerdone": 132, "icmp6-routersolicit": 133, "icmp6-routeradvert": 134,
    "icmp6-neighborsolicit": 135, "icmp6-neighboradvert": 136, "icmp6-redirect": 137,
    "icmp6-routerrenum": 138, "icmp6-nodeinformationquery": 139,
    "icmp6-nodeinformationresponse": 140, "icmp6-ineighbordiscoverysolicit": 141,
    "icmp6-ineighbordiscoveryadvert": 142, "icmp6-multicastlistenerreportv2": 143,
    "icmp6-homeagentdiscoveryrequest": 144, "icmp6-homeagentdiscoveryreply": 145,
    "icmp6-mobileprefixsolicit": 146, "icmp6-mobileprefixadvert": 147,
    "icmp6-certpathsolicit": 148, "icmp6-certpathadvert": 149,
    "icmp6-multicastrouteradvert": 151, "icmp6-multicastroutersolicit": 152,
    "icmp6-multicastrouterterm": 153,
    "tcpflags": 13, "tcp-fin": 0x01, "tcp-syn": 0x02, "tcp-rst": 0x04, "tcp-push": 0x08,
    "tcp-ack": 0x10, "tcp-urg": 0x20, "tcp-ece": 0x40, "tcp-cwr": 0x80,
}

#: 802.11 frame types: bits 2 and 3 of the frame control field's first octet.
WLAN_TYPES = {"mgt": 0x00, "management": 0x00, "ctl": 0x04, "control": 0x04, "data": 0x08}

#: 802.11 subtypes of each type: bits 4 to 7 of the same octet.
WLAN_SUBTYPES: dict[int, dict[str, int]] = {
    0x00: {
        "assocreq": 0x00, "assoc-req": 0x00, "assocresp": 0x10, "assoc-resp": 0x10,
        "reassocreq": 0x20, "reassoc-req": 0x20, "reassocresp": 0x30, "reassoc-resp": 0x30,
        "probereq": 0x40, "probe-req": 0x40, "proberesp": 0x50, "probe-resp": 0x50,
        "beacon": 0x80, "atim": 0x90, "disassoc": 0xA0, "disassociation": 0xA0,
        "auth": 0xB0, "authentication": 0xB0, "deauth": 0xC0, "deauthentication": 0xC0},
    0x04: {
        "bar": 0x80, "ba": 0x90, "ps-poll": 0xA0, "rts": 0xB0, "cts": 0xC0, "ack": 0xD0,
        "cf-end": 0xE0, "cf-end-ack": 0xF0},
    0x08: {
        "data": 0x00, "data-cf-ack": 0x10, "data-cf-poll": 0x20, "data-cf-ack-poll": 0x30,
        "null": 0x40, "cf-ack": 0x50, "cf-poll": 0x60, "cf-ack-poll": 0x70,
        "qos-data": 0x80, "qos-data-cf-ack": 0x90, "qos-data-cf-poll": 0xA0,
        "qos-data-cf-ack-poll": 0xB0, "qos": 0xC0, "qos-cf-poll": 0xE0, "qos-cf-ack-poll": 0xF0},
}
WLAN_TYPE_MASK, WLAN_SUBTYPE_MASK = 0x0C, 0xF0

#: 802.11 directions: the To DS and From DS bits.
WLAN_DIRECTIONS = {"nods": 0, "tods": 1, "fromds": 2, "dstods": 3}

#: IEEE 802.2 PDU types: by format (i, s, u), or one of the s and u PDUs.
LLC_TYPES = frozenset({"i", "s", "u", "rr", "rnr", "rej", "ui", "ua", "disc", "dm", "sabme",
                       "test", "xid", "frmr"})

#: pf's reason and action codes that all the systems with pf share.
PF_REASONS = {
    "match": 0, "bad-offset": 1, "fragment": 2, "short": 3, "normalize": 4, "memory": 5,
    "bad-timestamp": 6, "congestion": 7, "ip-option": 8, "proto-cksum": 9, "state-mismatch": 10,
    "state-insert": 11, "state-limit": 12, "src-limit": 13, "synproxy": 14}
PF_ACTIONS = {
    "pass": 0, "accept": 0, "drop": 1, "block": 1, "scrub": 2, "noscrub": 3, "nat": 4, "nonat": 5,
    "binat": 6, "nobinat": 7, "rdr": 8, "nordr": 9, "synproxy-drop": 10}
