"""Protocol numbers that the filter language knows by name (IANA; IEEE 802 for LLC and EtherTypes).

A link-layer protocol is an EtherType if above 1500, else an 802.2 service access point.
"""

from __future__ import annotations

from fyke.hints import Final

#: The largest 802.3 length; what is above is an EtherType (IEEE 802.3, 3.2.6).
ETHERNET_MTU: Final = 1500


class EtherType:
    """EtherTypes (IEEE registration authority)."""

    NS: Final = 0x0600
    IP: Final = 0x0800
    ARP: Final = 0x0806
    MOPDL: Final = 0x6001
    MOPRC: Final = 0x6002
    DECNET: Final = 0x6003
    LAT: Final = 0x6004
    SCA: Final = 0x6007
    TEB: Final = 0x6558  #: transparent Ethernet bridging
    RARP: Final = 0x8035
    ATALK: Final = 0x809B
    AARP: Final = 0x80F3
    VLAN: Final = 0x8100  #: 802.1Q
    IPX: Final = 0x8137
    IPV6: Final = 0x86DD
    MPLS: Final = 0x8847
    PPPOE_DISCOVERY: Final = 0x8863
    PPPOE_SESSION: Final = 0x8864
    SLOW: Final = 0x8809  #: LACP and other slow protocols (IEEE 802.3, annex 57A)
    SERVICE_VLAN: Final = 0x88A8  #: 802.1ad
    LLDP: Final = 0x88CC
    LOOPBACK: Final = 0x9000
    QINQ: Final = 0x9100
    OLD_QINQ: Final = 0x9200


class Sap:
    """802.2 LLC service access points."""

    IP: Final = 0x06
    STP: Final = 0x42  #: 802.1D
    SNAP: Final = 0xAA
    IPX: Final = 0xE0
    NETBEUI: Final = 0xF0
    ISO: Final = 0xFE


class IpProtocol:
    """Protocols above IP."""

    HOP_OPTIONS: Final = 0
    ICMP: Final = 1
    IGMP: Final = 2
    TCP: Final = 6
    IGRP: Final = 9
    UDP: Final = 17
    ROUTING: Final = 43
    FRAGMENT: Final = 44
    ESP: Final = 50
    AH: Final = 51
    ICMP6: Final = 58
    NONE: Final = 59
    DESTINATION_OPTIONS: Final = 60
    PIM: Final = 103
    VRRP: Final = 112
    CARP: Final = 112
    SCTP: Final = 132


class Nlpid:
    """ISO network layer protocol identifiers (ISO/IEC TR 9577)."""

    CLNP: Final = 0x81
    ESIS: Final = 0x82
    ISIS: Final = 0x83


class IsisPdu:
    """IS-IS PDU types (ISO/IEC 10589, 9.5 to 9.13)."""

    L1_IIH: Final = 15
    L2_IIH: Final = 16
    POINT_TO_POINT_IIH: Final = 17
    L1_LSP: Final = 18
    L2_LSP: Final = 20
    L1_CSNP: Final = 24
    L2_CSNP: Final = 25
    L1_PSNP: Final = 26
    L2_PSNP: Final = 27


class Ppp:
    """PPP protocol numbers (RFC 1661 and IANA)."""

    IP: Final = 0x0021
    OSI: Final = 0x0023
    NS: Final = 0x0025
    DECNET: Final = 0x0027
    ATALK: Final = 0x0029
    IPX: Final = 0x002B
    VJ_COMPRESSED: Final = 0x002D
    VJ_UNCOMPRESSED: Final = 0x002F
    BRIDGING: Final = 0x0031
    IPV6: Final = 0x0057
    MPLS: Final = 0x0281
