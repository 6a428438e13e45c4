"""live: the interfaces that packets can be taken from, and the link type of each.

Interfaces and addresses come from rtnetlink (include/uapi/linux/if_link.h, if_addr.h), which
unlike /sys shows the namespace that the socket is in.
"""

from __future__ import annotations

import difflib
import errno
import fcntl
import socket
import struct
from dataclasses import dataclass

from fyke import netlink
from fyke.errors import CaptureError
from fyke.live import constants as c
from fyke.live.cooked import LINUX_SLL, LINUX_SLL2
from fyke.live.namespaces import open_socket

ANY = "any"

RTM_GETLINK = 18  # include/uapi/linux/rtnetlink.h
RTM_GETADDR = 22
IFINFOMSG = struct.Struct("@BxHiII")  # family, hardware type, index, flags, change
IFADDRMSG = struct.Struct("@BBBBi")  # family, prefix length, flags, scope, index
IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU = 1, 3, 4
IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST = 1, 2, 4
ETHTOOL_GLINK = 0x0A  # include/uapi/linux/ethtool.h

LINKTYPE_ETHERNET = 1
LINKTYPE_RAW = 101
LINKTYPE_DOCSIS = 143  # what some cable head ends send inside Ethernet frames
ARPHRD_ETHER = 1

#: ARPHRD_* (include/uapi/linux/if_arp.h) → LINKTYPE as libpcap chooses; what is not here, and
#: what has no header or one that cannot be told, is captured cooked (LINUX_SLL)
LINK_TYPES = {
    1: LINKTYPE_ETHERNET, 772: LINKTYPE_ETHERNET,  # Ethernet, loopback
    23: LINKTYPE_ETHERNET,  # Metricom
    3: 202,  # AX25_KISS
    6: 6, 800: 6,  # IEEE802_5 (token ring)
    7: 129,  # ARCNET_LINUX
    774: 10,  # FDDI
    280: 227,  # CAN_SOCKETCAN
    801: 105, 802: 119, 803: 127,  # IEEE802_11, with Prism header, with radiotap
    513: 104,  # C_HDLC
    768: LINKTYPE_RAW, 776: LINKTYPE_RAW,  # IPIP and SIT tunnels
    256: LINKTYPE_RAW, 257: LINKTYPE_RAW, 258: LINKTYPE_RAW, 259: LINKTYPE_RAW,  # SLIP
    264: LINKTYPE_RAW, 518: LINKTYPE_RAW, 15: LINKTYPE_RAW,  # ADAPT, raw HDLC, DLCI
    0xFFFE: LINKTYPE_RAW,  # no header: tun, WireGuard
    770: 107,  # FRELAY
    773: 114,  # LTALK
    18: 122,  # IP_OVER_FC
    784: 224, 785: 224, 786: 224, 787: 224,  # FC_2
    804: 230,  # IEEE802_15_4_NOFCS
    826: 271,  # VSOCK
}


@dataclass(frozen=True, slots=True)
class Address:
    """One address of an interface, as text; ``family`` is socket.AF_INET or AF_INET6."""

    family: int
    address: str
    prefix: int
    broadcast: str | None = None
    peer: str | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface; ``any`` stands for all of them and has the index 0."""

    index: int
    name: str
    flags: int = 0  #: IFF_*
    hardware: int = 0  #: ARPHRD_*
    mac: bytes = b""
    mtu: int = 0
    addresses: tuple[Address, ...] = ()
    connected: bool | None = None  #: whether there is a carrier; None: it does not say
    wireless: bool = False

    @property
    def up(self) -> bool:
        return self.name == ANY or bool(self.flags & c.IFF_UP)

    @property
    def running(self) -> bool:
        return self.name == ANY or bool(self.flags & c.IFF_RUNNING)

    @property
    def loopback(self) -> bool:
        return bool(self.flags & c.IFF_LOOPBACK)

    @property
    def link_type(self) -> int:
        """The LINKTYPE that it is captured with."""
        if self.name == ANY:
            return LINUX_SLL2
        return LINK_TYPES.get(self.hardware, LINUX_SLL)

    @property
    def link_types(self) -> tuple[int, ...]:
        """Every LINKTYPE that can be asked for, the one chosen first."""
        if self.name == ANY:
            return LINUX_SLL2, LINUX_SLL
        if self.link_type == LINUX_SLL:
            return LINUX_SLL, LINUX_SLL2
        if self.hardware == ARPHRD_ETHER:
            return self.link_type, LINKTYPE_DOCSIS, LINUX_SLL, LINUX_SLL2
        return self.link_type, LINUX_SLL, LINUX_SLL2

    @property
    def status(self) -> str:
        """What tcpdump -D has between brackets: for example "Up, Running, Connected"."""
        words = [word for word, so in (
            ("Up", self.up), ("Running", self.running), ("Loopback", self.loopback),
            ("Wireless", self.wireless)) if so] or ["none"]
        if self.connected is not None:
            good, bad = (("Associated", "Not associated") if self.wireless
                         else ("Connected", "Disconnected"))
            words.append(good if self.connected else bad)
        return ", ".join(words)


def interfaces(namespace: str | None = None) -> list[Interface]:
    """Every interface of a network namespace (a name, path or pid; None: one's own), and ``any``.

    The order is that of tcpdump -D: up and running first, ``any`` and loopback after them.
    """
    with (open_socket(namespace, socket.AF_NETLINK, socket.SOCK_RAW,
                      netlink.NETLINK_ROUTE) as asked,
          open_socket(namespace, socket.AF_INET, socket.SOCK_DGRAM, 0) as control):
        addresses = all_addresses(asked)
        found = [interface(answer, addresses, control)
                 for answer in netlink.dump(asked, RTM_GETLINK, IFINFOMSG.pack(0, 0, 0, 0, 0))]
    found.append(Interface(0, ANY))
    return sorted(found, key=rank)


def find(name: str, namespace: str | None = None) -> Interface:
    """The interface with this name, or this index. CaptureError suggests names that are near."""
    known = interfaces(namespace)
    for candidate in known:
        if candidate.name == name:
            return candidate
    if name.isdecimal():
        for candidate in known:
            if candidate.index == int(name) and candidate.name != ANY:
                return candidate
    names = [candidate.name for candidate in known]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names[:12])}"
    raise CaptureError(f"no interface is called {name!r}; {hint}")


def default_interface(namespace: str | None = None) -> str:
    """The first interface that is up and is not loopback, as tcpdump chooses; else "any"."""
    first = interfaces(namespace)[0]
    return first.name if first.up else ANY


def link_type_of(name: str, namespace: str | None = None) -> int:
    """The LINKTYPE that an interface (a name, or an index as text) is captured with."""
    return find(name, namespace).link_type


def interface(answer: bytes, addresses: dict[int, list[Address]],
              control: socket.socket) -> Interface:
    """The interface of one RTM_NEWLINK message."""
    _, hardware, index, flags, _ = IFINFOMSG.unpack_from(answer)
    found = netlink.attributes(answer, IFINFOMSG.size)
    name = found.get(IFLA_IFNAME, b"").rstrip(b"\0").decode("utf-8", "replace")
    mtu = struct.unpack("@I", found[IFLA_MTU])[0] if IFLA_MTU in found else 0
    loopback = bool(flags & c.IFF_LOOPBACK)
    return Interface(index, name, flags, hardware, found.get(IFLA_ADDRESS, b""), mtu,
                     tuple(addresses.get(index, ())),
                     None if loopback else has_carrier(control, name),
                     not loopback and answers(control, c.SIOCGIWNAME, name))


def all_addresses(asked: socket.socket) -> dict[int, list[Address]]:
    """Index of an interface → its addresses, in the kernel's order."""
    found: dict[int, list[Address]] = {}
    for answer in netlink.dump(asked, RTM_GETADDR, IFADDRMSG.pack(0, 0, 0, 0, 0)):
        family, prefix, _, _, index = IFADDRMSG.unpack_from(answer)
        parts = netlink.attributes(answer, IFADDRMSG.size)
        own = parts.get(IFA_LOCAL, parts.get(IFA_ADDRESS, b""))
        if family not in (socket.AF_INET, socket.AF_INET6) or not own:
            continue
        far = parts.get(IFA_ADDRESS, own)
        found.setdefault(index, []).append(Address(
            family, socket.inet_ntop(family, own), prefix,
            socket.inet_ntop(family, parts[IFA_BROADCAST]) if IFA_BROADCAST in parts else None,
            socket.inet_ntop(family, far) if far != own else None))
    return found


def has_carrier(control: socket.socket, name: str) -> bool | None:
    """Whether the interface has a link partner (ETHTOOL_GLINK); None if it does not say."""
    import ctypes  # only here: 5 ms of start-up

    value = ctypes.create_string_buffer(struct.pack("@II", ETHTOOL_GLINK, 0), 8)
    request = struct.pack("@16sP16x", name.encode(), ctypes.addressof(value))
    try:
        fcntl.ioctl(control, c.SIOCETHTOOL, request)
    except OSError:
        return None
    return bool(struct.unpack("@II", value.raw)[1])


def answers(control: socket.socket, request: int, name: str) -> bool:
    """Whether the interface knows this ioctl."""
    try:
        fcntl.ioctl(control, request, c.IFREQ.pack(name.encode(), b""))
    except OSError:
        return False
    return True


def name_of(control: socket.socket, index: int) -> str | None:
    """The name of interface ``index`` in the socket's namespace; None if there is none."""
    try:
        answer = fcntl.ioctl(control, c.SIOCGIFNAME, struct.pack("@16si20x", b"", index))
    except OSError as error:
        if error.errno in (errno.ENODEV, errno.ENXIO):
            return None
        raise
    return answer[:c.IFNAMSIZ].split(b"\0")[0].decode("utf-8", "replace")


def rank(candidate: Interface) -> tuple[bool, bool, bool, bool, bool, int]:
    """The place in a list: what is likely to be wanted comes first."""
    return (not candidate.running, not candidate.up,
            not candidate.wireless and candidate.connected is False,
            candidate.loopback, candidate.name == ANY, candidate.index)
