"""Names of RADIUS codes, attributes and values (IANA "RADIUS Types"), in tcpdump's words."""

from __future__ import annotations

CODE_NAMES = {
    1: b"Access-Request", 2: b"Access-Accept", 3: b"Access-Reject", 4: b"Accounting-Request",
    5: b"Accounting-Response", 11: b"Access-Challenge", 12: b"Status-Server",
    13: b"Status-Client", 40: b"Disconnect-Request", 41: b"Disconnect-ACK",
    42: b"Disconnect-NAK", 43: b"CoA-Request", 44: b"CoA-ACK", 45: b"CoA-NAK", 255: b"Reserved",
}

#: Attribute 0 has no name; the list ends where tcpdump's does.
ATTRIBUTE_NAMES = (
    b"Unknown", b"User-Name", b"User-Password", b"CHAP-Password", b"NAS-IP-Address", b"NAS-Port",
    b"Service-Type", b"Framed-Protocol", b"Framed-IP-Address", b"Framed-IP-Netmask",
    b"Framed-Routing", b"Filter-Id", b"Framed-MTU", b"Framed-Compression",  # 10
    b"Login-IP-Host", b"Login-Service", b"Login-TCP-Port", b"Unassigned", b"Reply-Message",
    b"Callback-Number",
    b"Callback-Id", b"Unassigned", b"Framed-Route", b"Framed-IPX-Network", b"State",  # 20
    b"Class", b"Vendor-Specific", b"Session-Timeout", b"Idle-Timeout", b"Termination-Action",
    b"Called-Station-Id", b"Calling-Station-Id", b"NAS-Identifier", b"Proxy-State",  # 30
    b"Login-LAT-Service", b"Login-LAT-Node", b"Login-LAT-Group", b"Framed-AppleTalk-Link",
    b"Framed-AppleTalk-Network", b"Framed-AppleTalk-Zone",
    b"Acct-Status-Type", b"Acct-Delay-Time", b"Acct-Input-Octets", b"Acct-Output-Octets",  # 40
    b"Acct-Session-Id", b"Acct-Authentic", b"Acct-Session-Time", b"Acct-Input-Packets",
    b"Acct-Output-Packets", b"Acct-Terminate-Cause",
    b"Acct-Multi-Session-Id", b"Acct-Link-Count", b"Acct-Input-Gigawords",  # 50
    b"Acct-Output-Gigawords", b"Unassigned", b"Event-Timestamp", b"Egress-VLANID",
    b"Ingress-Filters", b"Egress-VLAN-Name", b"User-Priority-Table",
    b"CHAP-Challenge", b"NAS-Port-Type", b"Port-Limit", b"Login-LAT-Port", b"Tunnel-Type",  # 60
    b"Tunnel-Medium-Type", b"Tunnel-Client-Endpoint", b"Tunnel-Server-Endpoint",
    b"Acct-Tunnel-Connection", b"Tunnel-Password",
    b"ARAP-Password", b"ARAP-Features", b"ARAP-Zone-Access", b"ARAP-Security",  # 70
    b"ARAP-Security-Data", b"Password-Retry", b"Prompt", b"Connect-Info",
    b"Configuration-Token", b"EAP-Message",
    b"Message-Authenticator", b"Tunnel-Private-Group-ID", b"Tunnel-Assignment-ID",  # 80
    b"Tunnel-Preference", b"ARAP-Challenge-Response", b"Acct-Interim-Interval",
    b"Acct-Tunnel-Packets-Lost", b"NAS-Port-Id", b"Framed-Pool", b"CUI",
    b"Tunnel-Client-Auth-ID", b"Tunnel-Server-Auth-ID", b"NAS-Filter-Rule",  # 90
    b"Unassigned", b"Originating-Line-Info", b"NAS-IPv6-Address", b"Framed-Interface-ID",
    b"Framed-IPv6-Prefix", b"Login-IPv6-Host", b"Framed-IPv6-Route",
    b"Framed-IPv6-Pool", b"Error-Cause", b"EAP-Key-Name", b"Digest-Response",  # 100
    b"Digest-Realm", b"Digest-Nonce", b"Digest-Response-Auth", b"Digest-Nextnonce",
    b"Digest-Method", b"Digest-URI",
    b"Digest-Qop", b"Digest-Algorithm", b"Digest-Entity-Body-Hash", b"Digest-CNonce",  # 110
    b"Digest-Nonce-Count", b"Digest-Username", b"Digest-Opaque", b"Digest-Auth-Param",
    b"Digest-AKA-Auts", b"Digest-Domain",
    b"Digest-Stale", b"Digest-HA1", b"SIP-AOR", b"Delegated-IPv6-Prefix",  # 120
    b"MIP6-Feature-Vector", b"MIP6-Home-Link-Prefix", b"Operator-Name", b"Location-Information",
    b"Location-Data", b"Basic-Location-Policy-Rules",
)

#: Attributes whose numbers have names: attribute, the first number, the names from it on.
VALUE_NAMES: dict[int, tuple[int, tuple[bytes, ...]]] = {
    6: (1, (b"Login", b"Framed", b"Callback Login", b"Callback Framed", b"Outbound",
            b"Administrative", b"NAS Prompt", b"Authenticate Only", b"Callback NAS Prompt",
            b"Call Check", b"Callback Administrative", b"Voice", b"Fax", b"Modem Relay",
            b"IAPP-Register", b"IAPP-AP-Check", b"Authorize Only", b"Framed-Management",
            b"Additional-Authorization")),
    7: (1, (b"PPP", b"SLIP", b"ARAP", b"Gandalf proprietary", b"Xylogics IPX/SLIP",
            b"X.75 Synchronous", b"GPRS PDP Context")),
    10: (0, (b"None", b"Send", b"Listen", b"Send&Listen")),
    13: (0, (b"None", b"VJ TCP/IP", b"IPX", b"Stac-LZS")),
    15: (0, (b"Telnet", b"Rlogin", b"TCP Clear", b"PortMaster(proprietary)", b"LAT", b"X.25-PAD",
             b"X.25-T3POS", b"Unassigned", b"TCP Clear Quiet")),
    29: (0, (b"Default", b"RADIUS-Request")),
    40: (1, (b"Start", b"Stop", b"Interim-Update", b"Unassigned", b"Unassigned", b"Unassigned",
             b"Accounting-On", b"Accounting-Off", b"Tunnel-Start", b"Tunnel-Stop",
             b"Tunnel-Reject", b"Tunnel-Link-Start", b"Tunnel-Link-Stop", b"Tunnel-Link-Reject",
             b"Failed")),
    45: (1, (b"RADIUS", b"Local", b"Remote", b"Diameter")),
    49: (1, (b"User Request", b"Lost Carrier", b"Lost Service", b"Idle Timeout",
             b"Session Timeout", b"Admin Reset", b"Admin Reboot", b"Port Error", b"NAS Error",
             b"NAS Request", b"NAS Reboot", b"Port Unneeded", b"Port Preempted",
             b"Port Suspended", b"Service Unavailable", b"Callback", b"User Error",
             b"Host Request", b"Supplicant Restart", b"Reauthentication Failure",
             b"Port Reinitialized", b"Port Administratively Disabled", b"Lost Power")),
    57: (1, (b"Enabled", b"Disabled")),
    61: (0, (b"Async", b"Sync", b"ISDN Sync", b"ISDN Async V.120", b"ISDN Async V.110",
             b"Virtual", b"PIAFS", b"HDLC Clear Channel", b"X.25", b"X.75", b"G.3 Fax", b"SDSL",
             b"ADSL-CAP", b"ADSL-DMT", b"ISDN-DSL", b"Ethernet", b"xDSL", b"Cable",
             b"Wireless - Other", b"Wireless - IEEE 802.11", b"Token-Ring", b"FDDI",
             b"Wireless - CDMA200", b"Wireless - UMTS", b"Wireless - 1X-EV", b"IAPP", b"FTTP",
             b"Wireless - IEEE 802.16", b"Wireless - IEEE 802.20", b"Wireless - IEEE 802.22",
             b"PPPoA", b"PPPoEoA", b"PPPoEoE", b"PPPoEoVLAN", b"PPPoEoQinQ", b"xPON",
             b"Wireless - XGP", b"WiMAX Pre-Release 8 IWK Function", b"WIMAX-WIFI-IWK",
             b"WIMAX-SFF", b"WIMAX-HA-LMA", b"WIMAX-DHCP", b"WIMAX-LBS", b"WIMAX-WVS")),
    64: (1, (b"PPTP", b"L2F", b"L2TP", b"ATMP", b"VTP", b"AH", b"IP-IP", b"MIN-IP-IP", b"ESP",
             b"GRE", b"DVS", b"IP-in-IP Tunneling", b"VLAN")),
    65: (1, (b"IPv4", b"IPv6", b"NSAP", b"HDLC", b"BBN 1822", b"802", b"E.163", b"E.164",
             b"F.69", b"X.121", b"IPX", b"Appletalk", b"Decnet IV", b"Banyan Vines",
             b"E.164 with NSAP subaddress")),
    72: (1, (b"Only access to dfl zone", b"Use zone filter inc.", b"Not used",
             b"Use zone filter exc.")),
    76: (0, (b"No Echo", b"Echo")),
}

ERROR_CAUSES = {
    201: b"Residual Session Context Removed", 202: b"Invalid EAP Packet (Ignored)",
    401: b"Unsupported Attribute", 402: b"Missing Attribute",
    403: b"NAS Identification Mismatch", 404: b"Invalid Request", 405: b"Unsupported Service",
    406: b"Unsupported Extension", 407: b"Invalid Attribute Value",
    501: b"Administratively Prohibited", 502: b"Request Not Routable (Proxy)",
    503: b"Session Context Not Found", 504: b"Session Context Not Removable",
    505: b"Other Proxy Processing Error", 506: b"Resources Unavailable",
    507: b"Request Initiated", 508: b"Multiple Session Selection Unsupported",
    509: b"Location Info Required",
}
TAG_NAMES = {0x31: b"Tagged", 0x32: b"Untagged"}  # RFC 4675 §2.1
NAMESPACES = {0x30: b"TADIG", 0x31: b"REALM", 0x32: b"E212", 0x33: b"ICC"}  # RFC 5580 §4.1
LOCATION_CODES = {0: b"Civic", 1: b"Geospatial"}
LOCATION_ENTITIES = {0: b"User", 1: b"RADIUS"}
POLICY_BITS = (*((1 << bit, b"MBZ-%d" % (15 - bit)) for bit in range(15)),
               (0x8000, b"Retransmission Allowed"))
FEATURE_BITS = (
    (1 << 0, b"MIP6_INTEGRATED"), (1 << 1, b"LOCAL_HOME_AGENT_ASSIGNMENT"),
    (1 << 40, b"PMIP6_SUPPORTED"), (1 << 41, b"IP4_HOA_SUPPORTED"),
    (1 << 42, b"LOCAL_MAG_ROUTING_SUPPORTED"), (1 << 43, b"ASSIGN_LOCAL_IP"),
    (1 << 44, b"MIP4_SUPPORTED"), (1 << 45, b"OPTIMIZED_IDLE_MODE_MOBILITY"),
    (1 << 46, b"GTPv2_SUPPORTED"), (1 << 47, b"IP4_TRANSPORT_SUPPORTED"),
    (1 << 48, b"IP4_HOA_ONLY_SUPPORTED"), (1 << 49, b"INTER_MAG_ROUTING_SUPPORTED"),
)
