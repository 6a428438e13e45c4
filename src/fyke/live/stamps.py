"""live: who stamps the packets: the kernel (host) or the network adapter.

include/uapi/linux/net_tstamp.h, Documentation/networking/timestamping.rst. The names are those of
pcap-tstamp(7).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct

from fyke.errors import CaptureError, UsageError
from fyke.live import constants as c
from fyke.live.namespaces import open_socket
from fyke.live.permission import no_permission

ETHTOOL_GET_TS_INFO = 0x41  # include/uapi/linux/ethtool.h
TS_INFO = struct.Struct("@IIiI3II3I")  # struct ethtool_ts_info
SOFTWARE, SYS_HARDWARE, RAW_HARDWARE = 1 << 4, 1 << 5, 1 << 6  # SOF_TIMESTAMPING_*
RX_HARDWARE = 1 << 2
FILTER_ALL = 1  # HWTSTAMP_FILTER_ALL
HWTSTAMP_CONFIG = struct.Struct("@iii")  # struct hwtstamp_config: flags, tx_type, rx_filter

#: What pcap-tstamp(7) knows besides; Linux has none of them.
NOT_ON_LINUX = ("host_lowprec", "host_hiprec", "host_hiprec_unsynced")

#: name → (what the device must be able to do, description)
TYPES = {
    "host": (SOFTWARE, "Host"),
    "adapter": (SYS_HARDWARE, "Adapter"),
    "adapter_unsynced": (RAW_HARDWARE, "Adapter, not synced with system time"),
}


def available(tap: socket.socket, name: str) -> list[str]:
    """The names of TYPES that interface ``name`` has; "host" is always there."""
    answer = ctypes.create_string_buffer(TS_INFO.size)
    struct.pack_into("@I", answer, 0, ETHTOOL_GET_TS_INFO)
    request = struct.pack("@16sP16x", name.encode(), ctypes.addressof(answer))
    try:
        fcntl.ioctl(tap, c.SIOCETHTOOL, request)
    except OSError:
        return ["host"]
    fields = TS_INFO.unpack(answer.raw)
    able, filters = fields[1], fields[7]
    if not filters & 1 << FILTER_ALL:
        able &= SOFTWARE
    return [kind for kind, (needed, _) in TYPES.items() if kind == "host" or able & needed]


def stamp_types(name: str, namespace: str | None = None) -> list[tuple[str, str]]:
    """Name and description of each type that interface ``name`` has."""
    with open_socket(namespace, socket.AF_INET, socket.SOCK_DGRAM, 0) as control:
        return [(kind, TYPES[kind][1]) for kind in available(control, name)]


def stamp(tap: socket.socket, name: str, kind: str) -> None:
    """Have the packets of ``tap`` on interface ``name`` stamped by ``kind``, one of TYPES.

    PACKET_TIMESTAMP is for a ring, SO_TIMESTAMPING for recvmsg(2). A packet that the adapter did
    not stamp (one that goes out) has the host's time.

    Raises UsageError for what the device does not have, CaptureError if it refuses.
    """
    if kind == "host":
        return
    have = available(tap, name)
    if kind not in have:
        raise UsageError(f"{name} has no time stamp type {kind!r}; it has {', '.join(have)}")
    config = ctypes.create_string_buffer(HWTSTAMP_CONFIG.pack(0, 0, FILTER_ALL))
    request = struct.pack("@16sP16x", name.encode(), ctypes.addressof(config))
    try:
        fcntl.ioctl(tap, c.SIOCSHWTSTAMP, request)
        source, _ = TYPES[kind]
        tap.setsockopt(c.SOL_PACKET, c.PACKET_TIMESTAMP, source)
        tap.setsockopt(socket.SOL_SOCKET, c.SO_TIMESTAMPING, RX_HARDWARE | source)
    except PermissionError:
        raise CaptureError(no_permission(name, "CAP_NET_ADMIN", "; or use -j host")) from None
    except OSError as error:
        raise CaptureError(f"{name}: no {kind} time stamps: {os.strerror(error.errno or 0)}; "
                           "use -j host") from None
