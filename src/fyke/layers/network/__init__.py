"""Protocols of the network room: which table entry leads to which file."""

from fyke.layers.tables import register

ROOM = "fyke.layers.network."

register("ethertype", 0x0800, ROOM + "ipv4:IPv4")
register("ethertype", 0x86DD, ROOM + "ipv6:IPv6")

register("ip.proto", 4, ROOM + "ipv4:IPv4")
register("ip.proto", 41, ROOM + "ipv6:IPv6")
register("ip.proto", 55, ROOM + "mobile:Mobile")
register("ethertype", 0x0806, ROOM + "arp:Arp")
register("ethertype", 0x8035, ROOM + "arp:Arp")
register("ip4.proto", 1, ROOM + "icmp:Icmp")
register("ip4.proto", 2, ROOM + "igmp:Igmp")
register("ip6.proto", 58, ROOM + "icmp6:Icmp6")
register("ip.proto", 50, ROOM + "ipsec:Esp")
register("ip.proto", 108, ROOM + "ipsec:IpComp")
register("ip.proto", 47, ROOM + "gre:Gre")
register("gre.proto", 0x2001, ROOM + "nhrp:Nhrp")
register("ip4.proto", 54, ROOM + "nhrp:Nhrp")
register("gre.proto", 0x88BE, ROOM + "erspan:Erspan")
register("gre.proto", 0x22EB, ROOM + "erspan:Erspan3")
register("ethertype", 0x8847, ROOM + "mpls:Mpls")
register("ethertype", 0x8848, ROOM + "mpls:Mpls")

register("llc.sap", 0xFE, ROOM + "osi:Osi")
register("ethertype", 0xFEFE, ROOM + "osi:OsiFrame")
register("gre.proto", 0x00FE, ROOM + "osi:Osi")
register("nlpid", 0x81, ROOM + "clnp:Clnp")
register("nlpid", 0x82, ROOM + "esis:EsIs")

register("ipx", 0, ROOM + "ipx:Ipx")
register("llc.sap", 0xE0, ROOM + "ipx:Ipx")
register("gre.proto", 0x8137, ROOM + "ipx:Ipx")
register("ethertype", 0x8137, ROOM + "ipx:IpxEthernet")
register("appletalk", 0, ROOM + "appletalk:Ddp")
register("gre.proto", 0x809B, ROOM + "appletalk:Ddp")
register("ethertype", 0x809B, ROOM + "appletalk:DdpEthernet")
register("ethertype", 0x80F3, ROOM + "appletalk:Aarp")
register("link_type", 114, ROOM + "appletalk:LocalTalk")
register("ethertype", 0x6003, ROOM + "decnet:Decnet")
register("gre.proto", 0x883E, ROOM + "wccp:WccpRedirect")
