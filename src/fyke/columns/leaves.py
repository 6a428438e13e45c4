"""Room columns/: layers above which nothing comes but their like: if nobody wants their fields,
they need not be decoded.

A name here is of a file of protocols; one that is missing costs time and nothing else. A test
reads from the sources that none of these sets what follows.
"""

from __future__ import annotations

#: By room: files in which no layer is followed by another kind of layer.
FILES = {
    "application": """
        ahcp autorp babel beep bfd bgp dhcp dhcp6 dns hncp hsrp kerberos ldp lisp lmp lsp_ping
        lwapp lwres netflow nfs ntp olsr pptp resp rip ripng rpki_rtr rtp rx sflow
        snmp someip syslog telnet text tftp timed tls vqp whiteboard zephyr zmtp""",
    "link": """
        aoe atm_oam bluetooth cdp cfm dtp geonet heartbeat lacp lldp loopback mpcp oam ppp_auth
        ppp_control ptp q933 realtek stp udld usb vsock vtp""",
    "network": "arp decnet esis mobile nhrp",
    "routing": "dvmrp egp eigrp igrp isis ospf ospf3 rsvp vrrp",
    "transport": "dccp sctp tipc",
}
#: Files whose layers are followed by layers of these names only, which are leaves themselves.
LEADS = {"fyke.layers.application.quic": frozenset({"quic", "tls"})}
LEAVES = frozenset(f"fyke.layers.{room}.{file}" for room, files in FILES.items()
                   for file in files.split())
