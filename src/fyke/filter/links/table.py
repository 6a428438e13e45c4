"""Which class knows which link type. Data: offsets are octets from the start of the packet.

A class is imported when a packet of its type is first asked about.
"""

from __future__ import annotations

from fyke import late
from fyke.filter.links.link import Link
from fyke.filter.lowering.layout import NOWHERE, Start
from fyke.filter.numbers import EtherType
from fyke.hints import Any
from fyke.linktypes import LinkType, by_number


class Row:
    """A class of this package, and what it is made with besides its link type."""

    __slots__ = ("arguments", "module", "name")

    def __init__(self, module: str, name: str, **arguments: Any) -> None:
        self.module = module
        self.name = name
        self.arguments = arguments

    def make(self, link_type: LinkType) -> Link:
        """The object that knows a link type."""
        maker = late.named(f"fyke.filter.links.{self.module}:{self.name}")
        link: Link = maker(link_type, **self.arguments)
        return link


def _juniper(type_at: int, payload: int = NOWHERE, network: int = 0,
             network_no_snap: int = NOWHERE) -> Row:
    return Row("juniper", "Juniper", start=Start(type_at, payload, network, network_no_snap))


def _juniper_opaque(type_at: int) -> Row:
    """Only the encapsulation's type has a place."""
    return _juniper(type_at, network=NOWHERE)


_ETHERNET_AT_4 = Start(header=4, type=16, payload=18, network_no_snap=3)
_ETHERNET_AT_12 = Start(header=12, type=24, payload=26, network_no_snap=3)

_ROWS: dict[str, Row] = {
    "EN10MB": Row("ethernet", "Ethernet"),
    "DSA_TAG_BRCM": Row("ethernet", "TaggedEthernet", inbound=(0xE0, 0), outbound=(0xE0, 0x20)),
    "DSA_TAG_DSA": Row("ethernet", "TaggedEthernet", inbound=(0x40, 0), outbound=(0xC0, 0x40)),
    "NETANALYZER": Row("ethernet", "NetAnalyzer", start=_ETHERNET_AT_4),
    "NETANALYZER_TRANSPARENT": Row("ethernet", "NetAnalyzer", start=_ETHERNET_AT_12),
    "FDDI": Row("llc", "Fddi"),
    "IEEE802": Row("llc", "TokenRing"),
    "ATM_RFC1483": Row("llc", "Rfc1483"),
    "ATM_CLIP": Row("llc", "ClassicalIp"),
    "IP_OVER_FC": Row("llc", "IpOverFibreChannel"),
    "IEEE802_11": Row("wlan", "Wlan"),
    "IEEE802_11_RADIO": Row("radio", "Radiotap"),
    "IEEE802_11_RADIO_AVS": Row("radio", "Avs"),
    "PRISM_HEADER": Row("radio", "Prism"),
    "PPI": Row("radio", "Ppi"),
    "RAW": Row("raw", "RawIp"),
    "IPV4": Row("raw", "OneProtocol", protocol=EtherType.IP),
    "IPV6": Row("raw", "OneProtocol", protocol=EtherType.IPV6),
    "LTALK": Row("raw", "OneProtocol", protocol=EtherType.ATALK),
    "SLIP": Row("raw", "Slip"),
    "SLIP_BSDOS": Row("raw", "SlipBsdOs"),
    "MFR": Row("raw", "MultilinkFrameRelay"),
    "PFSYNC": Row("raw", "PfSync"),
    "NULL": Row("loopback", "Loopback", header=4, host_order=True),
    "LOOP": Row("loopback", "Loopback", header=4, host_order=False),
    "ENC": Row("loopback", "Loopback", header=12, host_order=True),
    "LINUX_SLL": Row("cooked", "LinuxCooked"),
    "LINUX_SLL2": Row("cooked", "LinuxCooked2"),
    "PPP": Row("ppp", "PlainPpp"),
    "PPP_PPPD": Row("ppp", "PppPppd"),
    "PPP_SERIAL": Row("ppp", "PppLink"),
    "PPP_ETHER": Row("ppp", "PppEther"),
    "PPP_BSDOS": Row("ppp", "PppBsdOs"),
    "C_HDLC": Row("ppp", "CiscoHdlc"),
    "FRELAY": Row("ppp", "FrameRelay"),
    "ARCNET": Row("arcnet", "Arcnet", start=Start(type=2, payload=6)),
    "ARCNET_LINUX": Row("arcnet", "Arcnet", start=Start(type=4, payload=8)),
    "BACNET_MS_TP": Row("arcnet", "BacnetMsTp"),
    "PFLOG": Row("pflog", "PfLog"),
    "IPNET": Row("ipnet", "IpNet"),
    "SUNATM": Row("atm", "SunAtm"),
    "MTP2": Row("ss7", "Mtp2", prefix=0),
    "MTP2_WITH_PHDR": Row("ss7", "Mtp2", prefix=4),
    "ERF": Row("ss7", "Mtp2", prefix=20),
    "APPLE_IP_OVER_IEEE1394": Row("link", "Link", start=Start(type=16, payload=18)),
    "SYMANTEC_FIREWALL": Row("link", "Link", start=Start(type=6, payload=44)),
    "JUNIPER_MFR": _juniper(4, 4),
    "JUNIPER_MLFR": _juniper(4, 4),
    "JUNIPER_MLPPP": _juniper(4, 4),
    "JUNIPER_PPP": _juniper(4, 4),
    "JUNIPER_CHDLC": _juniper(4, 4),
    "JUNIPER_FRELAY": _juniper(4, 4),
    "JUNIPER_ATM1": _juniper(4, 4, network_no_snap=10),
    "JUNIPER_ATM2": _juniper(8, 8, network_no_snap=10),
    "JUNIPER_PPPOE": _juniper(16, 14, network=18, network_no_snap=21),
    "JUNIPER_ETHER": _juniper(16, 14, network=18, network_no_snap=21),
    "JUNIPER_PPPOE_ATM": _juniper(4, 6),
    "JUNIPER_GGSN": _juniper(6, 12),
    "JUNIPER_MONITOR": _juniper(12, 12),
    "JUNIPER_ES": _juniper_opaque(6),
    "JUNIPER_SERVICES": _juniper_opaque(12),
    "JUNIPER_VP": _juniper_opaque(18),
    "JUNIPER_ST": _juniper_opaque(18),
    "JUNIPER_ISM": _juniper_opaque(8),
    "JUNIPER_VS": _juniper_opaque(8),
    "JUNIPER_SRX_E2E": _juniper_opaque(8),
    "JUNIPER_FIBRECHANNEL": _juniper_opaque(8),
    "JUNIPER_ATM_CEMIC": _juniper_opaque(8),
}


def link_for(number: int) -> Link:
    """What knows the link type with this LINKTYPE number."""
    link_type = by_number(number)
    row = _ROWS.get(link_type.name)
    return row.make(link_type) if row else Link(link_type)


def plain_ethernet() -> Link:
    """Ethernet, as tunnels and LAN emulation carry it."""
    return link_for(1)


def plain_ppp() -> Link:
    """PPP, as PPPoE carries it."""
    return link_for(9)
