"""live: TPACKET_V3, the ring of blocks that the kernel fills and this process reads in place.

A block belongs to the kernel (status TP_STATUS_KERNEL) until it is full or ``block_timeout`` has
passed since its first packet, then to us (TP_STATUS_USER) until its last packet was used. Once the
tap is cut off, the block that the kernel was still filling is read without waiting for it: its
count of packets is exact (net/packet/af_packet.c: prb_fill_curr_block). Format:
include/uapi/linux/if_packet.h, Documentation/networking/packet_mmap.rst. No object is made per
packet. What the kernel writes is read through checked memory all the same.
"""

from __future__ import annotations

import errno
import mmap
import socket

from fyke.errors import CaptureError
from fyke.live import constants as c
from fyke.live.frame import Frames
from fyke.source import Source
from fyke.wire import Memory, Record, Truncated

BLOCK_SIZE = 1 << 18  # octets: the largest packet (GSO, loopback) fits four times
MOST_BLOCKS = (1 << 32) // BLOCK_SIZE - 1  # net/packet/af_packet.c: packet_set_ring counts in u32

# include/uapi/linux/if_packet.h, octets from the first of struct tpacket_block_desc …
BLOCK_STATUS = 8
BLOCK_PACKETS = 12
BLOCK_FIRST = 16
# … and of struct tpacket3_hdr
FRAME_NEXT = 0
FRAME_SEC = 4
FRAME_NSEC = 8
FRAME_CAPLEN = 12
FRAME_LEN = 16
FRAME_STATUS = 20
FRAME_MAC = 24
FRAME_TCI = 32
FRAME_TPID = 36
FRAME_ADDRESS = 48  # TPACKET_ALIGN(sizeof(struct tpacket3_hdr)): sockaddr_ll
FRAME_HEADER = 68  # TPACKET3_HDRLEN
TP_STATUS_USER = 1
TP_STATUS_VLAN_VALID = 0x10
TP_STATUS_VLAN_TPID_VALID = 0x40
ETH_P_8021Q = 0x8100
NANOSECONDS = 1_000_000_000

OUT_OF_MEMORY = (errno.ENOMEM, errno.ENOBUFS)


class Ring(Source):
    """The packets in a mapped ring; ``next`` gives them out where they lie."""

    __slots__ = ("at", "block", "block_count", "block_size", "cut_off", "drained", "error",
                 "frames", "holding", "left", "map", "memory")

    error: int  #: 0: what goes wrong is told by the socket, not while reading
    cut_off: bool  #: set by the tap: the kernel writes nothing more
    drained: bool  #: it was cut off, and all that it held came out

    def __init__(self, memory: Memory, block_size: int, block_count: int, frames: Frames) -> None:
        self.memory = memory
        self.map: mmap.mmap | None = None
        self.block_size = block_size
        self.block_count = block_count
        self.frames = frames
        self.error = 0
        self.link_type = frames.link_type
        self.snaplen = frames.snaplen
        self.block = 0  # where the current block begins in the memory
        self.left = 0  # packets left in it
        self.at = 0  # where the next one's header begins
        self.holding = False  # whether the current block is ours
        self.cut_off = False
        self.drained = False

    def next(self, packet: Record) -> bool:
        frames = self.frames
        while True:
            while self.left > 0:
                at = self.at
                self.left -= 1
                try:
                    self.at = at + self.memory.host32(at + FRAME_NEXT)
                    if (frames.shown(self.memory, at + FRAME_ADDRESS)
                            and self.place(packet, at)):
                        return True
                except Truncated:
                    self.left = 0
                    raise CaptureError("the kernel's ring is damaged: a packet lies outside its "
                                       "block; the rest of the block is skipped") from None
            if not self.turn():
                return False

    def turn(self) -> bool:
        """Give the block that was read back to the kernel and open the next; False if not full."""
        if self.holding:
            self.memory.hand_over(self.block + BLOCK_PACKETS, 0)  # never counted twice
            self.memory.hand_over(self.block + BLOCK_STATUS, 0)
            self.holding = False
            self.block += self.block_size
            if self.block >= self.block_size * self.block_count:
                self.block = 0
        block = self.block
        if self.memory.size == 0 or self.drained:  # closed, or read to its end
            return False
        if self.memory.acquire(block + BLOCK_STATUS) & TP_STATUS_USER:
            self.holding = True
        elif self.cut_off:
            self.drained = True
        else:
            return False
        self.left = self.memory.host32(block + BLOCK_PACKETS)
        self.at = block + self.memory.host32(block + BLOCK_FIRST)
        return True

    def place(self, packet: Record, at: int) -> bool:
        """Place ``packet`` on the frame whose header is at ``at``; False if it is refused."""
        memory = self.memory
        start = at + memory.host16(at + FRAME_MAC)
        room = self.frames.room
        if start - room < at + FRAME_HEADER:
            raise Truncated
        tpid = 0
        tci = 0
        status = memory.host32(at + FRAME_STATUS)
        if status & TP_STATUS_VLAN_VALID:
            tci = memory.host32(at + FRAME_TCI)
            tpid = ETH_P_8021Q
            if status & TP_STATUS_VLAN_TPID_VALID:
                tpid = memory.host16(at + FRAME_TPID)
        seconds = memory.host32(at + FRAME_SEC)
        nanoseconds = memory.host32(at + FRAME_NSEC)
        caplen = memory.host32(at + FRAME_CAPLEN)
        wirelen = memory.host32(at + FRAME_LEN)
        packet.time = seconds * NANOSECONDS + nanoseconds
        return self.frames.place(packet, memory, at + FRAME_ADDRESS, start, caplen, wirelen,
                                 tpid, tci)

    def close(self) -> None:
        """Give up the mapping; packets placed on it keep it alive until they are moved."""
        self.left = 0
        self.holding = False
        if self.map is not None:
            self.memory.close()
            try:
                self.map.close()
            except BufferError:  # a packet still looks at it
                pass
            self.map = None


def open_ring(tap: socket.socket, frames: Frames, buffer_size: int, block_timeout: int,
              notes: list[str]) -> Ring:
    """Set up a ring of about ``buffer_size`` octets on an unbound socket, and map it.

    ``block_timeout`` is in milliseconds. Without the memory (or with 4 GiB and more, which the
    kernel does not count to) a smaller ring is tried, down to two blocks, and ``notes`` says so.
    Raises OSError where the kernel has no such ring.
    """
    tap.setsockopt(c.SOL_PACKET, c.PACKET_VERSION, c.TPACKET_V3)
    tap.setsockopt(c.SOL_PACKET, c.PACKET_RESERVE, frames.room)
    wanted = max(2, buffer_size // BLOCK_SIZE)
    count = min(wanted, MOST_BLOCKS)
    while True:
        request = c.TPACKET_REQ3.pack(BLOCK_SIZE, count, BLOCK_SIZE, count, block_timeout, 0, 0)
        try:
            tap.setsockopt(c.SOL_PACKET, c.PACKET_RX_RING, request)
            mapped = mmap.mmap(tap.fileno(), count * BLOCK_SIZE)
            break
        except OSError as error:
            if error.errno not in OUT_OF_MEMORY or count <= 2:
                raise
            tap.setsockopt(c.SOL_PACKET, c.PACKET_RX_RING, bytes(c.TPACKET_REQ3.size))
            count = max(2, count // 2)
    if count < wanted:
        notes.append(f"no room for a ring of {wanted * BLOCK_SIZE >> 10} KiB: capturing with "
                     f"{count * BLOCK_SIZE >> 10} KiB; a smaller -B asks for less")
    ring = Ring(Memory(mapped), BLOCK_SIZE, count, frames)
    ring.map = mapped
    return ring
