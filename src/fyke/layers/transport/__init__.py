"""Protocols of the transport room: which table entry leads to which file."""

from fyke.layers.tables import register

register("ip.proto", 6, "fyke.layers.transport.tcp:Tcp")
register("ip.proto", 17, "fyke.layers.transport.udp:Udp")
register("ip.proto", 132, "fyke.layers.transport.sctp:Sctp")
register("ip.proto", 33, "fyke.layers.transport.dccp:Dccp")
register("ip.proto", 113, "fyke.layers.transport.pgm:Pgm")
register("ethertype", 0x88CA, "fyke.layers.transport.tipc:Tipc")
