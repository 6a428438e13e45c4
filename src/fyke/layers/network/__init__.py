"""Protocols of the network room: which table entry leads to which file."""

from fyke.layers.tables import register

ROOM = "fyke.layers.network."

register("ethertype", 0x0800, ROOM + "ipv4:IPv4")
register("ethertype", 0x86DD, ROOM + "ipv6:IPv6")

register("ip.proto", 4, ROOM + "ipv4:IPv4")
register("ip.proto", 41, ROOM + "ipv6:IPv6")
