"""Protocols of the routing room: which table entry leads to which file."""

from fyke.layers.tables import register

ROOM = "fyke.layers.routing."

register("ip.proto", 112, ROOM + "vrrp:Vrrp")
register("ip.proto", 103, ROOM + "pim:Pim")
register("igmp.type", 0x14, ROOM + "pim_v1:PimV1")
register("igmp.type", 0x13, ROOM + "dvmrp:Dvmrp")
register("ip.proto", 8, ROOM + "egp:Egp")
register("ip4.proto", 89, ROOM + "ospf:Ospf")
register("ip6.proto", 89, ROOM + "ospf3:Ospf3")
register("ip.proto", 9, ROOM + "igrp:Igrp")
register("ip.proto", 88, ROOM + "eigrp:Eigrp")
register("ip.proto", 46, ROOM + "rsvp:Rsvp")
register("nlpid", 0x83, ROOM + "isis:IsIs")
