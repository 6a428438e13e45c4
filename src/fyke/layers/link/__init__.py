"""Protocols of the link room: which table entry leads to which file."""

from fyke.layers.tables import register

ROOM = "fyke.layers.link."

# LINKTYPE numbers
register("link_type", 1, ROOM + "ethernet:Ethernet")

for ethertype in (0x8100, 0x88A8, 0x9100, 0x9200):
    register("ethertype", ethertype, ROOM + "vlan:Vlan")

register("ip6.proto", 143, ROOM + "ethernet:Ethernet")
