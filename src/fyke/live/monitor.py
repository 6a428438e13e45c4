"""live: monitor mode of a wireless interface: every frame of its channel, with radiotap headers.

As libpcap does, a second interface in monitor mode is made beside the wireless one and captured
on (nl80211: include/uapi/linux/nl80211.h). The kernel removes it when the netlink socket that made
it is closed (NL80211_ATTR_SOCKET_OWNER), so that nothing stays behind, however the capture ends.
"""

from __future__ import annotations

import errno
import os
import socket
import struct

from fyke import netlink
from fyke.errors import CaptureError
from fyke.live import constants as c
from fyke.live.interfaces import IFINFOMSG, Interface, find, interfaces
from fyke.live.namespaces import open_socket
from fyke.live.permission import no_permission

ARPHRD_IEEE80211_RADIOTAP = 803  # include/uapi/linux/if_arp.h
NETLINK_GENERIC = 16  # include/uapi/linux/netlink.h
GENL_ID_CTRL = 16  # include/uapi/linux/genetlink.h
CTRL_CMD_GETFAMILY = 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
GENLMSGHDR = struct.Struct("@BBH")  # command, version, reserved
RTM_NEWLINK = 16  # include/uapi/linux/rtnetlink.h

# include/uapi/linux/nl80211.h
NL80211 = b"nl80211"
CMD_NEW_INTERFACE = 7
ATTR_IFINDEX, ATTR_IFNAME, ATTR_IFTYPE, ATTR_SOCKET_OWNER = 3, 4, 5, 204
IFTYPE_MONITOR = 6
NUMBER = struct.Struct("@I")

MOST_NAMES = 1000  # mon0, mon1 …, as libpcap tries
TAKEN = (errno.EEXIST, errno.ENFILE)  # somebody was faster to take the name


class Monitor:
    """An interface in monitor mode beside ``beside``, as long as this is open."""

    def __init__(self, beside: Interface, namespace: str | None = None) -> None:
        """Raises CaptureError where the device, its driver or the rights do not allow it."""
        self.owner = open_socket(namespace, socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        try:
            family = family_id(self.owner, NL80211)
            if family is None or not beside.index:
                raise unable(beside)
            name = self.make(family, beside, {one.name for one in interfaces(namespace)})
            set_up(find(name, namespace).index, namespace)
            self.interface = find(name, namespace)
        except BaseException:
            self.owner.close()
            raise

    def make(self, family: int, beside: Interface, taken: set[str]) -> str:
        """Have the kernel make the interface; its name."""
        for number in range(MOST_NAMES):
            name = f"mon{number}"
            if name in taken:
                continue
            try:
                netlink.order(self.owner, family, new_monitor(beside.index, name))
                return name
            except PermissionError:
                raise CaptureError(no_permission(f"{beside.name}: monitor mode", "CAP_NET_ADMIN",
                                                 "; or do without monitor mode (-I)")) from None
            except OSError as error:
                if error.errno not in TAKEN:
                    raise unable(beside) from error
        raise CaptureError(f"{beside.name}: no name is left for an interface in monitor mode")

    def close(self) -> None:
        """The kernel removes the interface."""
        self.owner.close()


def monitoring(interface: Interface) -> bool:
    """Whether the interface is in monitor mode already."""
    return interface.hardware == ARPHRD_IEEE80211_RADIOTAP


def unable(interface: Interface) -> CaptureError:
    """The error in libpcap's words."""
    return CaptureError(f"{interface.name}: That device doesn't support monitor mode")


def family_id(asked: socket.socket, name: bytes) -> int | None:
    """The number of a generic netlink family; None if this kernel does not have it."""
    body = GENLMSGHDR.pack(CTRL_CMD_GETFAMILY, 1, 0)
    for answer in netlink.dump(asked, GENL_ID_CTRL, body):
        told = netlink.attributes(answer, GENLMSGHDR.size)
        if told.get(CTRL_ATTR_FAMILY_NAME, b"").rstrip(b"\0") == name:
            return int(struct.unpack_from("@H", told[CTRL_ATTR_FAMILY_ID])[0])
    return None


def new_monitor(beside: int, name: str) -> bytes:
    """NL80211_CMD_NEW_INTERFACE: an interface in monitor mode, removed with the socket."""
    return (GENLMSGHDR.pack(CMD_NEW_INTERFACE, 0, 0)
            + netlink.attribute(ATTR_IFINDEX, NUMBER.pack(beside))
            + netlink.attribute(ATTR_IFNAME, name.encode() + b"\0")
            + netlink.attribute(ATTR_IFTYPE, NUMBER.pack(IFTYPE_MONITOR))
            + netlink.attribute(ATTR_SOCKET_OWNER, b""))


def set_up(index: int, namespace: str | None) -> None:
    """Bring an interface up. Raises CaptureError."""
    with open_socket(namespace, socket.AF_NETLINK, socket.SOCK_RAW,
                     netlink.NETLINK_ROUTE) as asked:
        try:
            netlink.order(asked, RTM_NEWLINK, IFINFOMSG.pack(0, 0, index, c.IFF_UP, c.IFF_UP))
        except OSError as error:
            raise CaptureError(f"the interface in monitor mode cannot be brought up: "
                               f"{os.strerror(error.errno or 0)}") from None
