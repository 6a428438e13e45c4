"""Which class knows which link type. Data: offsets are octets from the start of the packet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fyke.filter.links import (
    arcnet,
    atm,
    cooked,
    ethernet,
    ipnet,
    juniper,
    llc,
    loopback,
    pflog,
    ppp,
    radio,
    raw,
    ss7,
    wlan,
)
from fyke.filter.links.link import Link
from fyke.filter.lowering.layout import NOWHERE, Start
from fyke.filter.numbers import EtherType
from fyke.linktypes import LinkType, by_number

_ETHERNET_AT_4 = Start(header=4, type=16, payload=18, network_no_snap=3)
_ETHERNET_AT_12 = Start(header=12, type=24, payload=26, network_no_snap=3)


def _juniper(type_at: int, payload: int, network: int = 0,
             network_no_snap: int = NOWHERE) -> Callable[[LinkType], Link]:
    start = Start(type=type_at, payload=payload, network=network, network_no_snap=network_no_snap)
    return partial(juniper.Juniper, start=start)


def _juniper_opaque(type_at: int) -> Callable[[LinkType], Link]:
    return partial(juniper.Juniper, start=juniper.opaque(type_at))


_MAKERS: dict[str, Callable[[LinkType], Link]] = {
    "EN10MB": ethernet.Ethernet,
    "DSA_TAG_BRCM": partial(ethernet.TaggedEthernet, operation=(0xE0, 0x20)),
    "DSA_TAG_DSA": partial(ethernet.TaggedEthernet, operation=(0xC0, 0x40)),
    "NETANALYZER": partial(ethernet.NetAnalyzer, start=_ETHERNET_AT_4),
    "NETANALYZER_TRANSPARENT": partial(ethernet.NetAnalyzer, start=_ETHERNET_AT_12),
    "FDDI": llc.Fddi,
    "IEEE802": llc.TokenRing,
    "ATM_RFC1483": llc.Rfc1483,
    "ATM_CLIP": llc.ClassicalIp,
    "IP_OVER_FC": llc.IpOverFibreChannel,
    "IEEE802_11": wlan.Wlan,
    "IEEE802_11_RADIO": radio.Radiotap,
    "IEEE802_11_RADIO_AVS": radio.Avs,
    "PRISM_HEADER": radio.Prism,
    "PPI": radio.Ppi,
    "RAW": raw.RawIp,
    "IPV4": partial(raw.OneProtocol, protocol=EtherType.IP),
    "IPV6": partial(raw.OneProtocol, protocol=EtherType.IPV6),
    "LTALK": partial(raw.OneProtocol, protocol=EtherType.ATALK),
    "SLIP": raw.Slip,
    "SLIP_BSDOS": raw.SlipBsdOs,
    "MFR": raw.MultilinkFrameRelay,
    "PFSYNC": raw.PfSync,
    "NULL": partial(loopback.Loopback, header=4, host_order=True),
    "LOOP": partial(loopback.Loopback, header=4, host_order=False),
    "ENC": partial(loopback.Loopback, header=12, host_order=True),
    "LINUX_SLL": cooked.LinuxCooked,
    "LINUX_SLL2": cooked.LinuxCooked2,
    "PPP": ppp.PlainPpp,
    "PPP_PPPD": ppp.PppPppd,
    "PPP_SERIAL": ppp.PppLink,
    "PPP_ETHER": ppp.PppEther,
    "PPP_BSDOS": ppp.PppBsdOs,
    "C_HDLC": ppp.CiscoHdlc,
    "FRELAY": ppp.FrameRelay,
    "ARCNET": partial(arcnet.Arcnet, start=Start(type=2, payload=6)),
    "ARCNET_LINUX": partial(arcnet.Arcnet, start=Start(type=4, payload=8)),
    "BACNET_MS_TP": arcnet.BacnetMsTp,
    "PFLOG": pflog.PfLog,
    "IPNET": ipnet.IpNet,
    "SUNATM": atm.SunAtm,
    "MTP2": partial(ss7.Mtp2, prefix=0),
    "MTP2_WITH_PHDR": partial(ss7.Mtp2, prefix=4),
    "ERF": partial(ss7.Mtp2, prefix=20),
    "APPLE_IP_OVER_IEEE1394": partial(Link, start=Start(type=16, payload=18)),
    "SYMANTEC_FIREWALL": partial(Link, start=Start(type=6, payload=44)),
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
    return _MAKERS.get(link_type.name, Link)(link_type)


def plain_ethernet() -> Link:
    """Ethernet, as tunnels and LAN emulation carry it."""
    return _MAKERS["EN10MB"](by_number(1))


def plain_ppp() -> Link:
    """PPP, as PPPoE carries it."""
    return _MAKERS["PPP"](by_number(9))
