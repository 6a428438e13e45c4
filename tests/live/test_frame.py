"""What is put back into a packet, on memory that no kernel wrote."""

from __future__ import annotations

import struct

import pytest

from fyke.live.frame import Frames
from fyke.wire import Memory, Record

ROOM = 64


def memory_with(data: bytes, protocol: int = 0x0800) -> Memory:
    """A sockaddr_ll, room, and the packet."""
    address = struct.pack("@H", 17) + protocol.to_bytes(2, "big") + struct.pack(
        "@iHBB8s", 7, 1, 4, 6, b"\2\0\0\0\0\1")
    return Memory(bytearray(address.ljust(ROOM, b"\0") + data))


def placed(frames: Frames, memory: Memory, length: int, tpid: int = 0, tci: int = 0) -> Record:
    packet = Record()
    assert frames.place(packet, memory, 0, ROOM, length, length, tpid, tci)
    return packet


@pytest.mark.parametrize("protocol,before,after", [
    (0x0C, b"\x08\xff", b"\x08\xfb"), (0x0C, b"\x88\x04", b"\x08\x00"),
    (0x0D, b"\x40\x00", b"\x40\x04"), (0x0E, b"\x01\x00", b"\x81\x00")])
def test_can_frames(protocol: int, before: bytes, after: bytes) -> None:
    data = struct.pack("@I", 0x80000123) + before + b"\0\0" + b"payload."
    packet = placed(Frames(227, 100), memory_with(data, protocol), len(data))
    assert packet.raw(0, packet.caplen) == (
        (0x80000123).to_bytes(4, "big") + after + b"\0\0" + b"payload.")


def test_a_cut_can_frame_is_left_alone() -> None:
    packet = placed(Frames(227, 100), memory_with(b"\1\2\3\4\5", 0x0C), 5)
    assert packet.raw(0, 5) == b"\1\2\3\4\5"


def test_a_tag_that_has_no_place_is_not_put() -> None:
    for link_type, data in ((1, b"too short"), (101, b"no link layer here")):
        packet = placed(Frames(link_type, 100), memory_with(data), len(data), 0x8100, 5)
        assert packet.raw(0, packet.caplen) == data
        assert packet.wirelen == len(data)


@pytest.mark.parametrize("link_type,head", [(113, 16), (276, 20)])
@pytest.mark.parametrize("snaplen", [1, 15, 20, 24, 25, 100])
def test_cut_to_the_snaplen(link_type: int, head: int, snaplen: int) -> None:
    packet = placed(Frames(link_type, snaplen), memory_with(b"payload"), 7, 0x8100, 5)
    assert packet.caplen == min(snaplen, head + 4 + 7)
    assert packet.wirelen == head + 4 + 7
