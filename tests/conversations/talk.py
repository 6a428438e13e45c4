"""TCP and UDP conversations, made: packets as octets, and files of them."""

from __future__ import annotations

import struct
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_pton

import fyke

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
CLIENT, SERVER = ("10.0.0.1", 40000), ("10.0.0.2", 80)
ETHERNET = bytes(12)
End = tuple[str, int]


def over_ip(source: str, target: str, proto: int, payload: bytes, *, ident: int = 0,
            fragment: int = 0) -> bytes:
    """An Ethernet frame with an IP datagram; checksums are left 0."""
    if ":" in source:
        return (ETHERNET + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(payload), proto, 64)
                + inet_pton(AF_INET6, source) + inet_pton(AF_INET6, target) + payload)
    return (ETHERNET + b"\x08\x00" + struct.pack(
        "!BBHHHBBH", 0x45, 0, 20 + len(payload), ident, fragment, 64, proto, 0)
        + inet_pton(AF_INET, source) + inet_pton(AF_INET, target) + payload)


def tcp(source: End, target: End, seq: int, ack: int, flags: int, data: bytes = b"") -> bytes:
    """A segment in a frame."""
    header = struct.pack("!HHIIBBHHH", source[1], target[1], seq & 0xFFFFFFFF, ack & 0xFFFFFFFF,
                         0x50, flags, 65535, 0, 0)
    return over_ip(source[0], target[0], 6, header + data)


def udp(source: End, target: End, data: bytes) -> bytes:
    """A datagram in a frame."""
    return over_ip(source[0], target[0], 17, struct.pack(
        "!HHHH", source[1], target[1], 8 + len(data), 0) + data)


class Talk:
    """A TCP connection being made up: frames in ``frames``, numbers kept."""

    def __init__(self, client: End = CLIENT, server: End = SERVER, *, isn: int = 1000,
                 peer: int = 5000, handshake: bool = True) -> None:
        self.ends = {"client": client, "server": server}
        self.next = {"client": isn + 1, "server": peer + 1}
        self.frames: list[bytes] = []
        if handshake:
            self.frames += [tcp(client, server, isn, 0, SYN),
                            tcp(server, client, peer, isn + 1, SYN | ACK)]
            self.say("client", b"")

    def at(self, side: str, offset: int, data: bytes, flags: int = ACK | PSH) -> None:
        """A segment at an offset from where the side is now; it stays there."""
        other = "server" if side == "client" else "client"
        self.frames.append(tcp(self.ends[side], self.ends[other], self.next[side] + offset,
                               self.next[other], flags, data))

    def say(self, side: str, data: bytes, flags: int = ACK | PSH) -> None:
        """The next segment of a side."""
        self.at(side, 0, data, flags)
        self.next[side] += len(data) + (flags & FIN)

    def end(self) -> None:
        """FIN from both, and the last acknowledgement."""
        self.say("client", b"", FIN | ACK)
        self.say("server", b"", FIN | ACK)
        self.say("client", b"", ACK)


def save(path: Path, frames: list[bytes]) -> Path:
    """A pcap file of frames, a millisecond between two."""
    with fyke.write(path) as file:
        for number, frame in enumerate(frames):
            file.add(frame, time=10**18 + number * 10**6)
    return path


def streams(frames: list[bytes], **how: object) -> list[fyke.Stream]:
    """The streams of frames."""
    packets = [fyke.Packet(frame, time=10**18 + number * 10**6)
               for number, frame in enumerate(frames)]
    return list(fyke.streams(packets, **how))  # type: ignore[arg-type]
