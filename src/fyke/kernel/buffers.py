"""kernel model: ``struct sk_buff``, the buffer that carries one packet through the stack.

The octets lie in a ``Head`` that several buffers may share; an ``SkBuff`` is a cheap window on it
with its own metadata. That is why a tap costs little: it gets another window (a clone), not
another copy. Left out: fragment lists, checksums, GRO and GSO, marks, the socket's error queue.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.kernel.devices import Device
    from fyke.kernel.packet_socket import PacketSocket

PAGE_SIZE = 4096
SK_BUFF = 256  # octets charged for a struct sk_buff, in whole cache lines (x86-64)
SHARED_INFO = 320  # struct skb_shared_info, behind the octets
#: The smallest head: octets with shared info (net/core/skbuff.c: SKB_SMALL_HEAD_SIZE). Kernels
#: with wireless support have 640.
SMALL_HEAD = 576
RESERVED = 16  # octets that a sender asks for besides, for a link-layer header (LL_RESERVED_SPACE)
ETHERNET_HEADER = 14
HEADROOM = RESERVED - ETHERNET_HEADER  # what is left in front of a frame that has its header

# include/uapi/linux/if_packet.h
PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST, PACKET_OUTGOING = range(5)
PACKET_LOOPBACK = 5
PACKET_TYPES = ("host", "broadcast", "multicast", "otherhost", "outgoing", "loopback")


def kmalloc_size(size: int, small_head: int = SMALL_HEAD) -> int:
    """Octets that the allocator hands out for a head of ``size`` with its shared info.

    Models kmalloc_reserve (net/core/skbuff.c): a cache of small heads, then powers of two.
    """
    wanted = -(-size // 64) * 64 + SHARED_INFO
    return small_head if wanted <= small_head else 1 << (wanted - 1).bit_length()


@dataclass(slots=True)
class Head:
    """The octets of a packet, and who looks at them (``dataref`` of struct skb_shared_info)."""

    octets: bytes
    dataref: int = 1
    linear: int = -1  #: octets in the head itself; the rest is in pages. -1: all
    size: int = 0  #: octets of the allocation for the head, with shared info
    pages: int = 0  #: octets of the pages

    @classmethod
    def allocate(cls, octets: bytes, small_head: int = SMALL_HEAD) -> Head:
        """Octets as sock_alloc_send_pskb (net/core/sock.c) places them for packet_snd: in one
        piece below a page, otherwise the link-layer header in the head and the rest in pages.
        """
        if RESERVED + len(octets) < PAGE_SIZE:
            return cls(octets, size=kmalloc_size(RESERVED + len(octets), small_head))
        linear = min(ETHERNET_HEADER, len(octets))
        pages = -(-(len(octets) - linear) // PAGE_SIZE) * PAGE_SIZE
        return cls(octets, linear=linear, size=kmalloc_size(RESERVED + linear, small_head),
                   pages=pages)

    @property
    def room(self) -> int:
        """Octets behind the linear ones that the head still has place for."""
        linear = len(self.octets) if self.linear < 0 else self.linear
        return self.size - SHARED_INFO - HEADROOM - linear


@dataclass(slots=True)
class SkBuff:
    """A window on a Head: ``data`` to ``data + len`` of its octets.

    ``mac_header`` and ``network_header`` are offsets in the octets. Names are the kernel's.
    """

    head: Head
    dev: Device
    data: int = 0
    len: int = 0
    mac_header: int = 0
    network_header: int = 0
    protocol: int = 0  #: Ethernet type
    pkt_type: int = PACKET_HOST
    vlan_tci: int = 0
    vlan_proto: int = 0  #: TPID of the tag that was moved to the metadata; 0: no tag
    users: int = 1
    truesize: int = 0  #: octets charged to whoever owns the buffer
    sk: PacketSocket | None = None  #: the socket that sent it
    tstamp: int = 0  #: nanoseconds
    number: int = 0  #: which packet this is; the model's own, for its journal

    @property
    def octets(self) -> bytes:
        return self.head.octets[self.data:self.data + self.len]


def alloc_skb(octets: bytes, dev: Device, small_head: int = SMALL_HEAD) -> SkBuff:
    """A new buffer that holds ``octets``. Models alloc_skb_with_frags (net/core/skbuff.c)."""
    head = Head.allocate(octets, small_head)
    return SkBuff(head, dev, 0, len(octets), truesize=head.size + SK_BUFF + head.pages)


def skb_get(skb: SkBuff) -> SkBuff:
    """One more user of the same window (include/linux/skbuff.h)."""
    skb.users += 1
    return skb


def skb_shared(skb: SkBuff) -> bool:
    """Whether somebody else uses this window, so that it must not be changed."""
    return skb.users != 1


def skb_clone(skb: SkBuff) -> SkBuff:
    """A window of one's own on the same octets: nothing is copied but the metadata.

    Models skb_clone (net/core/skbuff.c); the clone belongs to no socket.
    """
    skb.head.dataref += 1
    return replace(skb, users=1, sk=None)


def kfree_skb(skb: SkBuff) -> bool:
    """Give up one use; the last one lets the octets go. True if the window is gone.

    Models kfree_skb and consume_skb, which differ only in what they tell tracers.
    """
    skb.users -= 1
    if skb.users:
        return False
    skb.head.dataref -= 1
    return True


def skb_push(skb: SkBuff, count: int) -> None:
    """Let the window begin ``count`` octets earlier."""
    skb.data -= count
    skb.len += count


def skb_pull(skb: SkBuff, count: int) -> None:
    """Let the window begin ``count`` octets later."""
    skb.data += count
    skb.len -= count


def skb_cow(skb: SkBuff) -> int:
    """Before octets are changed: a head of one's own, if a clone shares this one.

    Returns the octets copied. Models skb_cow (include/linux/skbuff.h) and pskb_expand_head.
    """
    head = skb.head
    if head.dataref == 1:
        return 0
    head.dataref -= 1
    skb.head = replace(head, dataref=1)
    return len(head.octets) if head.linear < 0 else head.linear


def pskb_may_pull(skb: SkBuff, count: int) -> bool:
    """Have the window's first ``count`` octets in the head; False: there are not so many."""
    if skb.len < count:
        return False
    if 0 <= skb.head.linear < skb.data + count:
        skb_cow(skb)
        skb.head.linear = skb.data + count
    return True


def skb_linearize(skb: SkBuff) -> int:
    """Move all octets into the head; returns how many moved. The charge stays as it was.

    Models skb_linearize for a buffer that still belongs to its sender (net/core/skbuff.c:
    pskb_expand_head leaves its truesize alone).
    """
    head = skb.head
    if head.linear < 0:
        return 0
    moved = len(head.octets) - head.linear
    head.linear = -1
    return moved


def pskb_trim(skb: SkBuff, length: int) -> int:
    """Cut the window to ``length`` octets; returns the octets that had to be copied for it.

    Linear octets are only hidden: they stay allocated and charged. Octets in pages are let go,
    for which a cloned buffer first gets a head of its own; what then fits into the head is
    moved there (skb_condense) and the charge shrinks, unless it is still the sender's.
    Models ___pskb_trim (net/core/skbuff.c).
    """
    if length >= skb.len:
        return 0
    skb.len = length
    head = skb.head
    if head.linear < 0:
        return 0
    copied = skb_cow(skb)
    head = skb.head
    in_pages = skb.data + length - head.linear
    if skb.sk is None and (in_pages <= 0 or in_pages <= head.room):
        copied += max(in_pages, 0)
        skb.truesize = head.size + SK_BUFF
        head.linear = -1
    return copied
