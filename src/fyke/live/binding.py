"""live: bind(2) of a packet socket by interface index, which Python's bind does only by name."""

from __future__ import annotations

import ctypes
import os
import socket
import struct

SOCKADDR_LL = struct.Struct("@HHiHBB8s")  # include/uapi/linux/if_packet.h


def bind_packet(tap: socket.socket, index: int, protocol: int) -> None:
    """Bind to interface ``index`` (0: all of them) and an ETH_P_ protocol. Raises OSError."""
    address = SOCKADDR_LL.pack(socket.AF_PACKET, socket.htons(protocol), index, 0, 0, 0, b"")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.bind(tap.fileno(), address, len(address)):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
