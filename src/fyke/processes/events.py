"""Room processes/: the events of the programs (event_layout.py), taken apart."""

from __future__ import annotations

import struct

from fyke.hints import NamedTuple
from fyke.processes import event_layout as layout

HEAD = struct.Struct("<QIIIIQ16sII16sQ")
SOCKET = struct.Struct("<QHBBH2s16s16s")
NUMBER = struct.Struct("<I")
MAPPED = bytes(10) + b"\xff\xff"  # RFC 4291, section 2.5.5.2: an IPv4 address within IPv6
AF_INET = 2


class Head(NamedTuple):
    """Who did it. ``time`` is of CLOCK_MONOTONIC, ``start`` of CLOCK_BOOTTIME, in nanoseconds."""

    time: int
    kind: int
    pid: int
    tid: int
    uid: int
    cgroup: int
    name: bytes
    parent: int
    netns: int
    parent_name: bytes
    start: int


class Socket(NamedTuple):
    """A socket's addresses as they stand in packets; no remote port: it is not connected."""

    cookie: int
    protocol: int
    listens: bool
    local: bytes  #: 4 or 16 octets
    port: bytes  #: 2 octets
    remote: bytes
    remote_port: bytes


def head(event: bytes) -> Head:
    return Head(*HEAD.unpack_from(event))


def socket(event: bytes) -> Socket:
    cookie, family, protocol, state, port, remote_port, local, remote = SOCKET.unpack_from(
        event, layout.HEAD)
    if family == AF_INET:
        local, remote = local[:4], remote[:4]
    elif local[:12] == MAPPED:
        local, remote = local[12:], remote[12:]
    return Socket(cookie, protocol, state == layout.TCP_LISTEN, local, port.to_bytes(2, "big"),
                  remote, remote_port)


def packet(event: bytes) -> bytes:
    """The first octets of the packet that a SENT tells."""
    return event[layout.AT_PACKET:layout.SENT_EVENT]


def child(event: bytes) -> int:
    """The pid that a FORK tells."""
    return int(NUMBER.unpack_from(event, layout.AT_CHILD)[0])


def arguments(event: bytes) -> tuple[str, ...]:
    """The arguments that an EXEC tells; the last may be cut."""
    if len(event) < layout.EXEC_EVENT:
        return ()
    length = min(NUMBER.unpack_from(event, layout.AT_ARGUMENTS_LENGTH)[0], layout.ARGUMENTS)
    words = event[layout.AT_ARGUMENTS:layout.AT_ARGUMENTS + length].rstrip(b"\0")
    return tuple(text(word) for word in words.split(b"\0")) if words else ()


def text(name: bytes) -> str:
    """A name up to its zero octet."""
    return name.partition(b"\0")[0].decode("utf-8", "replace")
