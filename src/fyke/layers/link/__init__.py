"""Protocols of the link room: which table entry leads to which file."""

from fyke.layers.tables import register

ROOM = "fyke.layers.link."

# LINKTYPE numbers
register("link_type", 0, ROOM + "null:Null")
register("link_type", 1, ROOM + "ethernet:Ethernet")
register("link_type", 100, ROOM + "atm:Rfc1483")
register("link_type", 101, ROOM + "raw:Raw")
register("link_type", 104, ROOM + "chdlc:Chdlc")
register("link_type", 112, ROOM + "chdlc:Chdlc")  # NetBSD's number
register("link_type", 106, ROOM + "atm:Clip")
register("link_type", 107, ROOM + "frame_relay:FrameRelay")
register("link_type", 108, ROOM + "null:Null")
register("link_type", 105, ROOM + "wlan:Wlan")
register("link_type", 117, ROOM + "pflog:Pflog")
register("link_type", 119, ROOM + "wlan_capture:Prism")
register("link_type", 127, ROOM + "radiotap:Radiotap")
register("link_type", 163, ROOM + "wlan_capture:Avs")
register("link_type", 192, ROOM + "wlan_capture:Ppi")
register("link_type", 113, ROOM + "sll:Sll")
for number in (130, 131, 132, 133, 134, 135, 136, 137, 164, 167, 168, 178, 179, 180, 181):
    register("link_type", number, ROOM + "juniper:Juniper")
register("link_type", 182, ROOM + "frame_relay:Multilink")
register("link_type", 226, ROOM + "nflog:Ipnet")
register("link_type", 228, ROOM + "raw:RawIPv4")
register("link_type", 229, ROOM + "raw:RawIPv6")
register("link_type", 239, ROOM + "nflog:Nflog")
register("link_type", 271, ROOM + "vsock:Vsock")
register("link_type", 281, ROOM + "switch_tags:BroadcomTag")
register("link_type", 282, ROOM + "switch_tags:BroadcomPrepended")
register("link_type", 284, ROOM + "switch_tags:Dsa")
register("link_type", 285, ROOM + "switch_tags:Edsa")
register("link_type", 276, ROOM + "sll:Sll2")

for ethertype in (0x8100, 0x88A8, 0x9100, 0x9200):
    register("ethertype", ethertype, ROOM + "vlan:Vlan")

register("ip6.proto", 143, ROOM + "ethernet:Ethernet")

register("llc", 0, ROOM + "llc:Llc")
register("llc.sap", 0xAA, ROOM + "llc:Snap")
register("llc.sap", 0x06, "fyke.layers.network.ipv4:IPv4")
for with_fcs in (0, 6):  # with and without the frame check sequence (RFC 2684 appendix B)
    register("snap.0080c2", 7 - with_fcs, ROOM + "ethernet:Ethernet")
    register("snap.0080c2", 9 - with_fcs, ROOM + "token_ring:TokenRing")
    register("snap.0080c2", 10 - with_fcs, ROOM + "fddi:Fddi")
register("snap.0080c2", 14, ROOM + "stp:Stp")

register("llc.sap", 0x42, ROOM + "stp:Stp")
register("snap.00000c", 0x010B, ROOM + "stp:Stp")
register("snap.00000c", 0x010C, ROOM + "stp:Stp")
register("ethertype", 0x9000, ROOM + "loopback:Loopback")
register("ethertype", 0x88E5, ROOM + "macsec:Macsec")
register("ethertype", 0x88F7, ROOM + "ptp:Ptp")
register("gre.proto", 0x6558, ROOM + "ethernet:Ethernet")
register("snap.00000c", 0x2000, ROOM + "cdp:Cdp")
register("gre.proto", 0x2000, ROOM + "cdp:Cdp")
register("snap.00000c", 0x2003, ROOM + "vtp:Vtp")
register("snap.00000c", 0x2004, ROOM + "dtp:Dtp")
register("ethertype", 0x88CC, ROOM + "lldp:Lldp")
register("ethertype", 0x886F, ROOM + "heartbeat:NlbHeartbeat")
for ethertype in (0x0707, 0x8947):
    register("ethertype", ethertype, ROOM + "geonet:GeoNet")
register("ethertype", 0x1111, ROOM + "geonet:CalmFast")
register("ethertype", 0x88A2, ROOM + "aoe:Aoe")
register("ethertype", 0x8808, ROOM + "mpcp:Mpcp")
register("ethertype", 0x8899, ROOM + "realtek:Realtek")
register("ethertype", 0xD28B, ROOM + "arista:Arista")
register("snap.00000c", 0x0111, ROOM + "udld:Udld")

register("link_type", 8, ROOM + "slip:Slip")
register("link_type", 102, ROOM + "slip:SlipBsdOs")
register("link_type", 7, ROOM + "arcnet:Arcnet")
register("link_type", 129, ROOM + "arcnet:ArcnetLinux")
for link_type in (195, 230):
    register("link_type", link_type, ROOM + "wpan:Wpan")
register("link_type", 283, ROOM + "wpan:WpanTap")
for link_type in (258, 149):  # in Apple's files it is DLT_USER2
    register("link_type", link_type, ROOM + "pktap:Pktap")
register("link_type", 9, ROOM + "ppp:PppLink")
register("link_type", 166, ROOM + "ppp:PppLink")
register("link_type", 204, ROOM + "ppp:PppLink")
register("link_type", 50, ROOM + "ppp:PppSerial")
register("nlpid", 0x08, ROOM + "q933:Q933")
register("link_type", 51, ROOM + "pppoe:PppOeLink")
register("link_type", 6, ROOM + "token_ring:TokenRing")
register("link_type", 10, ROOM + "fddi:Fddi")
register("link_type", 99, ROOM + "symantec:Symantec")
register("link_type", 109, ROOM + "enc:Enc")
register("link_type", 122, ROOM + "fibre_channel:FibreChannel")
register("link_type", 123, ROOM + "sunatm:SunAtm")
register("link_type", 138, ROOM + "firewire:FireWire")
register("link_type", 189, ROOM + "usb:Usb")
register("link_type", 220, ROOM + "usb:UsbMapped")
register("link_type", 201, ROOM + "bluetooth:Bluetooth")
register("link_type", 240, ROOM + "netanalyzer:NetAnalyzer")
register("link_type", 241, ROOM + "netanalyzer:NetAnalyzerTransparent")
register("link_type", 242, ROOM + "infiniband:IpoIb")
register("ethertype", 0x880B, ROOM + "ppp:PppEthernet")
register("ppp", 0, ROOM + "ppp:Ppp")
NETWORK = "fyke.layers.network."
for proto in (0x0021, 0x002F, 0x0800):
    register("ppp.proto", proto, NETWORK + "ipv4:IPv4")
for proto in (0x0057, 0x86DD):
    register("ppp.proto", proto, NETWORK + "ipv6:IPv6")
for proto in (0x0281, 0x0283):
    register("ppp.proto", proto, NETWORK + "mpls:Mpls")
for proto in (0x002B, 0x8137):
    register("ppp.proto", proto, NETWORK + "ipx:Ipx")
register("ppp.proto", 0x0023, NETWORK + "osi:Osi")
register("ppp.proto", 0x003D, ROOM + "ppp:PppMultilink")
register("ppp.proto", 0xC023, ROOM + "ppp_auth:Pap")
register("ppp.proto", 0xC223, ROOM + "ppp_auth:Chap")
for proto, control in ((0xC021, "Lcp"), (0x8021, "Ipcp"), (0x8057, "Ipv6cp"), (0x80FD, "Ccp"),
                       (0xC02B, "Bacp"), (0x8023, "Osicp"), (0x8281, "Mplscp")):
    register("ppp.proto", proto, ROOM + f"ppp_control:{control}")
register("ethertype", 0x8863, ROOM + "pppoe:PppOe")
register("ethertype", 0x8864, ROOM + "pppoe:PppOe")
for ethertype in (0x3C12, 0x3C13):  # before some were assigned
    register("ethertype", ethertype, ROOM + "pppoe:PppOe")

register("ethertype", 0x888E, ROOM + "eap:Eapol")
register("radius.eap", 0, ROOM + "eap:Eap")
register("ethertype", 0x8902, ROOM + "cfm:Cfm")
register("ethertype", 0xABCD, ROOM + "cfm:Cfm")  # before one was assigned
register("ethertype", 0x8809, ROOM + "slow:Slow")
register("slow.subtype", 1, ROOM + "lacp:Lacp")
register("slow.subtype", 2, ROOM + "lacp:Marker")
register("slow.subtype", 3, ROOM + "oam:Oam")
register("slow.subtype", 10, ROOM + "slow:Ossp")
