"""kernel model: sockets that share packets (PACKET_FANOUT): one handler for the whole group.

Models packet_rcv_fanout and fanout_demux_* (net/packet/af_packet.c). Left out: defragmentation,
rollover, groups ruled by a BPF program.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from fyke.errors import UsageError
from fyke.kernel.buffers import SkBuff, kfree_skb
from fyke.kernel.devices import Device, Net, PacketType, dev_add_pack, dev_remove_pack
from fyke.kernel.packet_socket import PacketSocket


def flow_hash(skb: SkBuff) -> int:
    """A number that is the same for both directions of a flow.

    Stands for __skb_get_hash_symmetric, whose secret no model knows: the group's packets are
    split otherwise than the kernel splits them, but flows stay together.
    """
    octets = skb.head.octets[skb.network_header:]
    if octets[:1] and octets[0] >> 4 == 4:
        header = 4 * (octets[0] & 15)
        ports = sorted((octets[header:header + 2], octets[header + 2:header + 4]))
        return zlib.crc32(b"".join((*sorted((octets[12:16], octets[16:20])), *ports)))
    if octets[:1] and octets[0] >> 4 == 6:
        ports = sorted((octets[40:42], octets[42:44]))
        return zlib.crc32(b"".join((*sorted((octets[8:24], octets[24:40])), *ports)))
    return zlib.crc32(skb.protocol.to_bytes(2, "big"))


class Fanout:
    """``struct packet_fanout``: a group; ``mode`` is "hash", "lb" (in turn), "cpu" or "qm"."""

    def __init__(self, net: Net, mode: str = "hash", *, cpu: Callable[[], int] = lambda: 0) -> None:
        if mode not in ("hash", "lb", "cpu", "qm"):
            raise UsageError(f"the model knows no fanout mode {mode!r}; it is hash, lb, cpu or qm")
        self.net = net
        self.mode = mode
        self.cpu = cpu  #: which processor (or queue) the packet came by
        self.members: list[PacketSocket] = []
        self.rr_cur = 0
        self.prot_hook = PacketType(0, None, self.packet_rcv_fanout, name="fanout group",
                                    id_match=lambda sk: sk in self.members)

    def join(self, sock: PacketSocket) -> None:
        """Take a bound socket's handler out and put the group's in (fanout_add)."""
        hook = sock.prot_hook
        if not self.members:
            self.prot_hook.type, self.prot_hook.dev = hook.type, hook.dev
        elif (self.prot_hook.type, self.prot_hook.dev) != (hook.type, hook.dev):
            raise UsageError("sockets of a fanout group are bound to the same place")
        sock.unregister()
        self.members.append(sock)
        sock.fanout = self
        if len(self.members) == 1:
            dev_add_pack(self.net, self.prot_hook)

    def leave(self, sock: PacketSocket) -> None:
        """The last one to leave takes the group's handler out (__fanout_unlink)."""
        at = self.members.index(sock)
        self.members[at] = self.members[-1]
        self.members.pop()
        sock.fanout = None
        if not self.members:
            dev_remove_pack(self.net, self.prot_hook)

    def packet_rcv_fanout(self, skb: SkBuff, dev: Device, pt: PacketType,
                          orig_dev: Device) -> None:
        """Give the packet to one member."""
        if not self.members:
            kfree_skb(skb)
            return
        count = len(self.members)
        if self.mode == "lb":
            self.rr_cur += 1
            index = self.rr_cur % count
        elif self.mode == "hash":
            index = flow_hash(skb) * count >> 32  # reciprocal_scale
        else:
            index = self.cpu() % count
        sock = self.members[index]
        self.net.tell("packet_rcv_fanout", f"{self.mode}: member {index} of {count}, {sock.name}")
        sock.prot_hook.func(skb, dev, sock.prot_hook, orig_dev)
