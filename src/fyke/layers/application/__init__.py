"""Protocols of the application room: which port leads to which file.

The order is that of the tests in tcpdump's print-udp.c and print-tcp.c: of two ports that both
mean something, the one registered first wins.
"""

from fyke.layers.tables import register

ROOM = "fyke.layers.application."

register("udp.port", 53, ROOM + "dns:Dns")
register("udp.port", 5353, ROOM + "dns:MulticastDns")
register("tcp.port", 53, ROOM + "dns:DnsOverTcp")
