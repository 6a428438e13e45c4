"""Floor 1: asking the kernel by netlink: a dump request, its answers, their attributes; an order.

Only what fyke needs: interfaces and addresses (NETLINK_ROUTE), packet sockets
(NETLINK_SOCK_DIAG), monitor mode (NETLINK_GENERIC). include/uapi/linux/netlink.h; everything is in
host byte order.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterator

from fyke.errors import CaptureError

NETLINK_ROUTE = 0
NETLINK_SOCK_DIAG = 4
NLM_F_REQUEST = 0x1
NLM_F_ACK = 0x4
NLM_F_DUMP = 0x300
NLM_F_DUMP_INTR = 0x10  # the table changed while it was told
NLMSG_ERROR = 2
NLMSG_DONE = 3
NLA_TYPE_MASK = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER

HEADER = struct.Struct("@IHHII")  # struct nlmsghdr: length, type, flags, sequence, port
ATTRIBUTE = struct.Struct("@HH")  # struct nlattr: length, type
BUFFER = 1 << 17
MAX_ATTEMPTS = 3
MAX_MESSAGES = 1 << 20


def dump(netlink: socket.socket, kind: int, body: bytes) -> list[bytes]:
    """Every answer to one dump request, without its header. Asked again if the table changed.

    ``kind`` is the request's type (RTM_GETLINK …). Raises CaptureError.
    """
    answers: list[bytes] = []
    for sequence in range(1, MAX_ATTEMPTS + 1):
        netlink.send(HEADER.pack(HEADER.size + len(body), kind, NLM_F_REQUEST | NLM_F_DUMP,
                                 sequence, 0) + body)
        answers, whole = collect(netlink, sequence)
        if whole:
            break
    return answers


def collect(netlink: socket.socket, sequence: int) -> tuple[list[bytes], bool]:
    """The answers to request ``sequence``, and whether the table stood still meanwhile."""
    answers: list[bytes] = []
    whole = True
    while len(answers) < MAX_MESSAGES:
        for kind, flags, number, body in messages(netlink.recv(BUFFER)):
            if number != sequence:
                continue
            if flags & NLM_F_DUMP_INTR:
                whole = False
            if kind == NLMSG_DONE:
                return answers, whole
            if kind == NLMSG_ERROR:
                code = -struct.unpack_from("@i", body)[0]
                raise CaptureError(f"the kernel refused a netlink request: "
                                   f"{os.strerror(code)} ({errno.errorcode.get(code, code)})")
            answers.append(body)
    return answers, whole


def order(netlink: socket.socket, kind: int, body: bytes) -> None:
    """One request that changes something. Raises OSError with the kernel's reason."""
    netlink.send(HEADER.pack(HEADER.size + len(body), kind, NLM_F_REQUEST | NLM_F_ACK, 1, 0)
                 + body)
    for _ in range(MAX_MESSAGES):
        for answer, _, number, told in messages(netlink.recv(BUFFER)):
            if answer == NLMSG_ERROR and number == 1:
                code = -struct.unpack_from("@i", told)[0]
                if code:
                    raise OSError(code, os.strerror(code))
                return


def messages(data: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Type, flags, sequence number and body of each netlink message in ``data``."""
    at = 0
    while at + HEADER.size <= len(data):
        length, kind, flags, sequence, _ = HEADER.unpack_from(data, at)
        if length < HEADER.size or at + length > len(data):
            return
        yield kind, flags, sequence, data[at + HEADER.size:at + length]
        at += length + 3 & ~3


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute, filled up to a multiple of four octets."""
    data = ATTRIBUTE.pack(ATTRIBUTE.size + len(value), kind) + value
    return data + bytes(-len(data) % 4)


def attributes(data: bytes, at: int = 0) -> dict[int, bytes]:
    """The attributes from octet ``at``: type → value; of equal types the last counts."""
    found: dict[int, bytes] = {}
    while at + ATTRIBUTE.size <= len(data):
        length, kind = ATTRIBUTE.unpack_from(data, at)
        if length < ATTRIBUTE.size or at + length > len(data):
            break
        found[kind & NLA_TYPE_MASK] = data[at + ATTRIBUTE.size:at + length]
        at += length + 3 & ~3
    return found
