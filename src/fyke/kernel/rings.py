"""kernel model: TPACKET_V3, the ring of blocks that the kernel fills and a reader empties.

A block is the kernel's until it is full or the timer finds it with packets in it, then the
reader's until that gives it back. When the next block is still the reader's, the queue is
frozen and packets are dropped. All functions model those of net/packet/af_packet.c. Left out:
private areas, the hash of the flow, TPACKET_V1 and V2 (one packet a frame).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fyke.kernel.buffers import SkBuff

if TYPE_CHECKING:
    from fyke.kernel.packet_socket import Got, PacketSocket

BLOCK_HEADER = 48  # BLK_HDR_LEN: struct tpacket_block_desc
FRAME_HEADER = 68  # TPACKET3_HDRLEN: struct tpacket3_hdr and struct sockaddr_ll
FRAME_ALIGNMENT = 16  # TPACKET_ALIGNMENT
PACKET_ALIGNMENT = 8  # V3_ALIGNMENT
MINIMUM_MACLEN = 16
MILLISECOND = 1_000_000


def align(number: int, to: int) -> int:
    return -(-number // to) * to


@dataclass(eq=False, slots=True)
class Block:
    """``struct tpacket_block_desc`` and the packets behind it."""

    user: bool = False  #: TP_STATUS_USER: it is the reader's
    packets: list[Got] = field(default_factory=list)
    used: int = BLOCK_HEADER  #: octets
    handed: int = 0  #: when it became the reader's, in nanoseconds


class BlockRing:
    """``struct tpacket_kbdq_core``. Sizes in octets, ``timeout`` in milliseconds."""

    def __init__(self, block_size: int, blocks: int, timeout: int = 8, *, reserve: int = 0,
                 timer_of_block: bool = False) -> None:
        self.block_size = block_size
        self.blocks = [Block() for _ in range(blocks)]
        self.timeout = timeout * MILLISECOND
        self.reserve = reserve
        self.timer_of_block = timer_of_block  #: it starts anew with each block: before Linux 6.18
        self.active = 0  #: kactive_blk_num
        self.held = 0  #: blocks that are the reader's
        self.oldest = 0  #: the block that the reader looks at next
        self.frozen = False
        self.freezes = 0
        self.expires = self.timeout  #: when the timer looks next, in nanoseconds

    def start(self, now: int) -> None:
        """The ring is set up now: the timer runs (init_prb_bdqc)."""
        self.expires = now + self.timeout

    # --- the kernel's side ---------------------------------------------------------------------

    def place(self, sock: PacketSocket, skb: SkBuff, kept: int, maclen: int, got: Got) -> bool:
        """Copy up to ``kept`` octets into the ring; False: no room. Part of tpacket_rcv."""
        if self.blocks[self.active].user:  # __packet_rcv_has_room: ROOM_NONE
            sock.tell("tpacket_rcv", "dropped: the ring is frozen, block "
                                     f"{self.active} is still the reader's")
            return False
        macoff = align(FRAME_HEADER + max(maclen, MINIMUM_MACLEN),
                       FRAME_ALIGNMENT) + self.reserve - maclen
        kept = min(kept, max(0, self.block_size - BLOCK_HEADER - macoff))
        block = self.lookup_frame(sock, align(macoff + kept, PACKET_ALIGNMENT))
        if block is None:
            sock.tell("tpacket_rcv", "dropped: the block is full and the next one is still the "
                                     "reader's; the ring freezes")
            return False
        got.octets = skb.octets[:kept]
        block.packets.append(got)
        sock.net.copied += kept
        sock.bytes_copied += kept
        sock.tell("tpacket_rcv", "{} of {} octets copied into block {}, which holds {} of {}",
                  kept, skb.len, self.active, block.used, self.block_size)
        return True

    def lookup_frame(self, sock: PacketSocket, needed: int) -> Block | None:
        """A block with room for ``needed`` octets (__packet_lookup_frame_in_block)."""
        if self.frozen:
            if self.blocks[self.active].user:
                return None
            self.open_block(sock.net.now)
        block = self.blocks[self.active]
        if block.used + needed < self.block_size:
            block.used += needed
            return block
        sock.tell("tpacket_rcv", f"block {self.active} is full: handed to the reader")
        self.retire_block(sock.net.now)
        if not self.dispatch_next_block(sock.net.now):
            return None
        block = self.blocks[self.active]
        block.used += needed
        return block

    def retire_block(self, now: int) -> None:
        """Hand the active block to the reader (prb_retire_current_block, prb_close_block)."""
        self.blocks[self.active].user = True
        self.blocks[self.active].handed = now
        self.held += 1
        self.active = (self.active + 1) % len(self.blocks)

    def dispatch_next_block(self, now: int) -> bool:
        """Open the next block, or freeze (prb_dispatch_next_block, prb_freeze_queue)."""
        if self.blocks[self.active].user:
            self.frozen = True
            self.freezes += 1
            return False
        self.open_block(now)
        return True

    def open_block(self, now: int) -> None:
        """Begin to fill the active block (prb_open_block)."""
        block = self.blocks[self.active]
        block.packets = []
        block.used = BLOCK_HEADER
        self.frozen = False
        if self.timer_of_block:
            self.expires = now + self.timeout

    def timer(self, now: int) -> None:
        """The timer fires: hand over what waits (prb_retire_rx_blk_timer_expired)."""
        self.expires = now + self.timeout
        block = self.blocks[self.active]
        if self.frozen:
            if not block.user:
                self.open_block(now)
        elif block.packets:
            self.retire_block(now)
            self.dispatch_next_block(now)

    # --- the reader's side ---------------------------------------------------------------------

    @property
    def ready(self) -> Block | None:
        """The oldest block that is the reader's; None if none is."""
        block = self.blocks[self.oldest]
        return block if block.user else None

    def give_back(self) -> None:
        """The reader is done with its oldest block."""
        self.blocks[self.oldest].user = False
        self.held -= 1
        self.oldest = (self.oldest + 1) % len(self.blocks)

    @property
    def filled(self) -> int:
        """Octets that are not free: the reader's blocks whole, and what the active one holds."""
        held = self.held * self.block_size
        active = self.blocks[self.active]
        return held if active.user or not active.packets else held + active.used

    @property
    def idle(self) -> bool:
        """Whether the timer finds nothing to do until another packet comes or goes."""
        return self.held == 0 and not self.frozen and not self.blocks[self.active].packets
