"""Protocols of the application room: which port leads to which file.

The order is that of the tests in tcpdump's print-udp.c and print-tcp.c: of two ports that both
mean something, the one registered first wins. (Broadcom's link information comes after BFD, whose
senders take ports from 49152 on: RFC 5881 §4.)
"""

from fyke.layers.tables import register

ROOM = "fyke.layers.application."

# UDP
register("udp.port", 53, ROOM + "dns:Dns")
register("udp.port", 67, ROOM + "dhcp:Dhcp")
register("udp.port", 68, ROOM + "dhcp:Dhcp")
register("udp.port", 69, ROOM + "tftp:Tftp")
register("udp.port", 88, ROOM + "kerberos:Kerberos")
register("udp.port", 123, ROOM + "ntp:Ntp")
for port in (161, 162):
    register("udp.port", port, ROOM + "snmp:Snmp")
for port in (319, 320):
    register("udp.port", port, "fyke.layers.link.ptp:Ptp")
register("udp.port", 443, ROOM + "quic:Quic")
register("udp.port", 496, ROOM + "autorp:AutoRp")
register("udp.port", 500, ROOM + "isakmp:Isakmp")
register("udp.port", 514, ROOM + "syslog:Syslog")
register("udp.port", 520, ROOM + "rip:Rip")
register("udp.port", 521, ROOM + "ripng:RipNg")
register("udp.port", 525, ROOM + "timed:Timed")
register("udp.port", 546, ROOM + "dhcp6:Dhcp6")
register("udp.port", 547, ROOM + "dhcp6:Dhcp6")
register("udp.port", 646, ROOM + "ldp:Ldp")
register("udp.port", 654, ROOM + "aodv:Aodv")
register("udp.port", 698, ROOM + "olsr:Olsr")
register("udp.port", 701, ROOM + "lmp:Lmp")
register("udp.port", 750, ROOM + "kerberos:Kerberos")
register("udp.port", 921, ROOM + "lwres:Lwres")
register("udp.port", 5353, ROOM + "dns:MulticastDns")
register("udp.port", 4500, ROOM + "isakmp:EspInUdp")
for port in (7500, 8500):
    register("udp.port", port, ROOM + "isakmp:Isakmp")
register("udp.port", 1701, ROOM + "l2tp:L2tp")
register("udp.target", 3456, ROOM + "rtp:Vat")
for port in (2103, 2104):
    register("udp.port", port, ROOM + "zephyr:Zephyr")
for port in range(7000, 7010):
    register("udp.port", port, ROOM + "rx:Rx")
register("udp.port", 5359, ROOM + "ahcp:Ahcp")
for port in (6696, 6697):
    register("udp.port", port, ROOM + "babel:Babel")
register("udp.port", 8231, ROOM + "hncp:Hncp")
register("udp.target", 4567, ROOM + "whiteboard:Whiteboard")
for port in (1645, 1812, 1646, 1813, 1700, 3799):
    register("udp.port", port, ROOM + "radius:Radius")
register("udp.target", 1985, ROOM + "hsrp:Hsrp")
register("udp.port", 3503, ROOM + "lsp_ping:LspPing")
for port in (3784, 3785, 4784, 6784, 7784):
    register("udp.target", port, ROOM + "bfd:Bfd")
register("udp.source", 7784, ROOM + "bfd:Bfd")
register("udp.port", 1589, ROOM + "vqp:Vqp")
register("udp.port", 6343, ROOM + "sflow:Sflow")
register("udp.port", 12223, ROOM + "lwapp:LwappControl")
register("udp.port", 12222, ROOM + "lwapp:Lwapp")
register("udp.port", 5060, ROOM + "text:Sip")
register("udp.port", 8472, ROOM + "vxlan:VXLAN_OR_OTV")
register("udp.port", 4789, ROOM + "vxlan:Vxlan")
register("udp.target", 6081, ROOM + "geneve:Geneve")
register("udp.port", 4342, ROOM + "lisp:Lisp")
register("udp.port", 4790, ROOM + "vxlan:VxlanGpe")
register("udp.port", 17754, ROOM + "zep:Zep")
register("udp.port", 6635, "fyke.layers.network.mpls:Mpls")
register("udp.port", 30490, ROOM + "someip:SomeIp")
register("udp.source", 49152, ROOM + "bcm_li:BcmLi")

register("ethertype", 0x894F, ROOM + "nsh:Nsh")

# TCP
register("tcp.port", 21, ROOM + "text:Ftp")
register("tcp.port", 22, ROOM + "ssh:Ssh")
register("tcp.port", 23, ROOM + "telnet:Telnet")
register("tcp.port", 25, ROOM + "text:Smtp")
register("tcp.port", 43, ROOM + "text:Whois")
register("tcp.port", 53, ROOM + "dns:DnsOverTcp")
register("tcp.port", 80, ROOM + "text:Http")
register("tcp.port", 179, ROOM + "bgp:Bgp")
register("tcp.port", 323, ROOM + "rpki_rtr:RpkiRtr")
register("tcp.port", 554, ROOM + "text:Rtsp")
register("tcp.port", 639, ROOM + "msdp:Msdp")
register("tcp.port", 646, ROOM + "ldp:Ldp")
register("tcp.port", 1723, ROOM + "pptp:Pptp")
register("tcp.port", 6379, ROOM + "resp:Resp")
register("tcp.port", 10288, ROOM + "beep:Beep")
for port in (6633, 6653):
    register("tcp.port", port, ROOM + "openflow:OpenFlow")
register("tcp.port", 8080, ROOM + "text:Http")
register("tcp.port", 8554, ROOM + "text:Rtsp")
