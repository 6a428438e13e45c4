"""WireGuard (its white paper, §5.4): the headers of its four messages.

tcpdump has no text for it: found where values are asked, printed with -T wireguard.
"""

from __future__ import annotations

from fyke.hints import Any, Callable
from fyke.layers.fields import U8, Made
from fyke.layers.summary import Summarised
from fyke.wire import Record

INITIATION, RESPONSE, COOKIE, DATA = 1, 2, 3, 4
TYPES = {INITIATION: "handshake_initiation", RESPONSE: "handshake_response",
         COOKIE: "cookie_reply", DATA: "data"}
SIZES = {INITIATION: 148, RESPONSE: 92, COOKIE: 64}
DATA_HEADER, TAG = 16, 16
BLOCK = 16  # data is padded to a multiple


def of(*places: tuple[int, Callable[[Record, int], Any]]) -> Callable[[WireGuard], Any]:
    """Reads a field that only messages of some types have: (type, how) pairs."""
    def read(message: WireGuard) -> Any:
        for kind, how in places:
            if message.type == kind:
                return how(message.pkt, message.off)
        return None
    return read


def octets(at: int, count: int) -> Callable[[Record, int], bytes]:
    return lambda pkt, off: pkt.raw(off + at, count)


def le32(at: int) -> Callable[[Record, int], int]:
    return lambda pkt, off: pkt.le32(off + at)


class WireGuard(Summarised):
    """A handshake message, a cookie, or encrypted data."""

    __slots__ = ()

    name = "wireguard"
    tag = b"wireguard"
    title = b"WireGuard"
    told = ("type", "sender", "receiver", "counter", "data_length")

    type = U8(0, "of message", names=TYPES)
    sender = Made("u32", of((INITIATION, le32(4)), (RESPONSE, le32(4))),
                  "the sender's index of the session")
    receiver = Made("u32", of((RESPONSE, le32(8)), (COOKIE, le32(4)), (DATA, le32(4))),
                    "the receiver's index of the session")
    counter = Made("u64", of((DATA, lambda pkt, off: pkt.le64(off + 8))), "of data messages")
    ephemeral = Made("bytes", of((INITIATION, octets(8, 32)), (RESPONSE, octets(12, 32))),
                     "the sender's public key for this session")
    encrypted_static = Made("bytes", of((INITIATION, octets(40, 48))))
    encrypted_timestamp = Made("bytes", of((INITIATION, octets(88, 28))))
    encrypted_nothing = Made("bytes", of((RESPONSE, octets(44, 16))))
    nonce = Made("bytes", of((COOKIE, octets(8, 24))))
    encrypted_cookie = Made("bytes", of((COOKIE, octets(32, 32))))
    mac1 = Made("bytes", of((INITIATION, octets(116, 16)), (RESPONSE, octets(60, 16))))
    mac2 = Made("bytes", of((INITIATION, octets(132, 16)), (RESPONSE, octets(76, 16))),
                "zero without a cookie")
    data_length = Made("u16", lambda message: max(message.payload_length - TAG, 0)
                       if message.type == DATA else None, "encrypted", unit="bytes")

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        kind = pkt.u8(at)
        if kind not in TYPES or pkt.u24(at + 1):
            return False
        if kind == DATA:
            return size >= DATA_HEADER + TAG and size % BLOCK == 0
        return size == SIZES[kind]

    def parse(self, pkt: Record, off: int) -> None:
        kind = pkt.u8(off)
        if kind == DATA:
            pkt.le64(off + 8)
            self.payload_off = off + DATA_HEADER
            self.payload_length = max(self.size - DATA_HEADER, 0)
        else:
            pkt.raw(off, SIZES.get(kind, 4))
