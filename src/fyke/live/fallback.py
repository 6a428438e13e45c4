"""live: one packet at a time with recvmsg(2), where the kernel gives no ring.

Each packet is received into one reused buffer behind room for what is put back, and its
sockaddr_ll is written in front, so that frame.py finds both as in a ring.
"""

from __future__ import annotations

import fcntl
import socket
import struct

from fyke.live import constants as c
from fyke.live.frame import Frames
from fyke.source import Source
from fyke.wire import Memory, Record

SOCKADDR_LL = struct.Struct("@HHiHBB8s")  # include/uapi/linux/if_packet.h
TIMESPEC = struct.Struct("@ll")
HARDWARE = 2 * TIMESPEC.size  # octets before the adapter's stamp in struct scm_timestamping
INDEX = struct.Struct("@16xi")
ROOM = 64  # octets before the packet: the address, and what is put back
LARGEST = 1 << 18  # octets: no packet is longer
LARGEST_BUFFER = (1 << 30) - 1  # octets: the kernel doubles it, in an int (net/core/sock.c)
ANCILLARY = 256


class Queue(Source):
    """The packets in a socket's receive queue."""

    __slots__ = ("buffer", "cut_off", "drained", "error", "frames", "memory", "socket", "view")

    error: int  #: the errno that reading met, until the tap has looked after it; 0 if none
    cut_off: bool  #: set by the tap: the kernel adds nothing more
    drained: bool  #: it was cut off, and all that it held came out

    def __init__(self, tap: socket.socket, frames: Frames, buffer_size: int) -> None:
        self.socket = tap
        self.frames = frames
        self.error = 0
        self.cut_off = False
        self.drained = False
        self.link_type = frames.link_type
        self.snaplen = frames.snaplen
        self.buffer = bytearray(ROOM + min(frames.snaplen, LARGEST))
        self.memory = Memory(self.buffer)
        self.view = memoryview(self.buffer)[ROOM:]
        buffer_size = min(buffer_size, LARGEST_BUFFER)
        tap.setsockopt(c.SOL_PACKET, c.PACKET_AUXDATA, 1)
        tap.setsockopt(socket.SOL_SOCKET, c.SO_TIMESTAMPNS, 1)
        try:
            tap.setsockopt(socket.SOL_SOCKET, c.SO_RCVBUFFORCE, buffer_size)
        except PermissionError:
            tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_size)

    def next(self, packet: Record) -> bool:
        while True:
            try:
                size, ancillary, _, sender = self.socket.recvmsg_into(
                    [self.view], ANCILLARY, socket.MSG_DONTWAIT | socket.MSG_TRUNC)
            except BlockingIOError:
                self.drained = self.cut_off
                return False
            except OSError as error:
                self.error = error.errno or 0
                return False
            self.put_address(sender)
            if self.frames.shown(self.memory, 0) and self.place(packet, size, ancillary):
                return True

    def put_address(self, sender: tuple[str, int, int, int, bytes]) -> None:
        """Write what recvmsg said about the packet where ring frames have it."""
        name, protocol, kind, hardware, address = sender
        index = 0
        if name:
            try:
                request = c.IFREQ.pack(name.encode(), b"")
                index = INDEX.unpack_from(fcntl.ioctl(self.socket, c.SIOCGIFINDEX, request))[0]
            except OSError:
                pass  # gone meanwhile
        SOCKADDR_LL.pack_into(self.buffer, 0, socket.AF_PACKET, socket.htons(protocol), index,
                              hardware, kind, len(address), address)

    def place(self, packet: Record, size: int,
              ancillary: list[tuple[int, int, bytes]]) -> bool:
        """Place ``packet`` as the ancillary data say; False if it is refused."""
        tpid = tci = time = hardware = 0
        wirelen = size
        caplen = min(size, len(self.view))
        for level, kind, data in ancillary:
            if level == c.SOL_PACKET and kind == c.PACKET_AUXDATA:
                status, wirelen, kernel, _, _, tag, tag_id = c.TPACKET_AUXDATA.unpack(data)
                caplen = min(caplen, kernel)
                if status & c.TP_STATUS_VLAN_VALID:
                    tci = tag
                    tpid = tag_id if status & c.TP_STATUS_VLAN_TPID_VALID else c.ETH_P_8021Q
            elif level == socket.SOL_SOCKET and kind == c.SO_TIMESTAMPNS:
                time = nanoseconds(data, 0)
            elif level == socket.SOL_SOCKET and kind == c.SO_TIMESTAMPING:
                hardware = nanoseconds(data, HARDWARE)
        packet.time = hardware or time
        return self.frames.place(packet, self.memory, 0, ROOM, caplen, wirelen, tpid, tci)

    def close(self) -> None:
        self.memory.close()


def nanoseconds(data: bytes, at: int) -> int:
    """A struct timespec in nanoseconds since the epoch; 0 is none."""
    seconds, rest = TIMESPEC.unpack_from(data, at)
    return int(seconds * 1_000_000_000 + rest)
