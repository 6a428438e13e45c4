"""Time stamps by the adapter: what the kernel says of the devices here, which have none."""

from __future__ import annotations

import ctypes
import errno
import shutil
import socket
import struct
import subprocess
import time
from typing import Any

import pytest
from network import frame, sender

from fyke.errors import CaptureError
from fyke.live import constants as c
from fyke.live import stamps
from fyke.live.fallback import Queue
from fyke.live.frame import Frames
from fyke.live.namespaces import open_socket
from fyke.live.tap import open_tap
from fyke.wire import Record

pytestmark = pytest.mark.live


@pytest.mark.parametrize("name", ["near", "lo", "any"])
def test_list_agrees_with_tcpdump(veth: tuple[str, str], name: str) -> None:
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed")
    theirs = subprocess.run(["nsenter", "-t", veth[0], "-n", "tcpdump", "-J", "-i", name],
                            capture_output=True, text=True, timeout=60, check=True)
    told = (theirs.stdout + theirs.stderr).splitlines()
    assert told[1:] == [f"  {kind} ({what})"
                        for kind, what in stamps.stamp_types(name, veth[0])]


@pytest.mark.parametrize(("able", "filters", "kinds"), [
    (0x18, 0, ["host"]),
    (0x7F, 1 << 1, ["host", "adapter", "adapter_unsynced"]),
    (0x5F, 1 << 1, ["host", "adapter_unsynced"]),
    (0x7F, 1 << 12, ["host"]),  # only some packets, PTP's
    (0, 0, ["host"]),
])
def test_what_a_device_says(monkeypatch: pytest.MonkeyPatch, able: int, filters: int,
                            kinds: list[str]) -> None:
    """struct ethtool_ts_info of devices that are not here."""
    def answer(_: Any, request: int, arguments: bytes) -> None:
        assert request == c.SIOCETHTOOL
        name, pointer = struct.unpack("@16sP16x", arguments)
        assert name.rstrip(b"\0") == b"eth7"
        assert ctypes.string_at(pointer, 4) == struct.pack("@I", 0x41)
        data = stamps.TS_INFO.pack(0x41, able, 0, 0, 0, 0, 0, filters, 0, 0, 0)
        ctypes.memmove(pointer, data, len(data))

    monkeypatch.setattr(stamps.fcntl, "ioctl", answer)
    assert stamps.available(None, "eth7") == kinds  # type: ignore[arg-type]


def test_the_device_is_told_to_stamp_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIOCSHWTSTAMP with rx_filter ALL; then the ring's clock and recvmsg's."""
    told: list[Any] = []

    class Socket:
        def setsockopt(self, *words: Any) -> None:
            told.append(words)

    def answer(_: Any, request: int, arguments: bytes) -> None:
        name, pointer = struct.unpack("@16sP16x", arguments)
        wanted = struct.unpack("@iii", ctypes.string_at(pointer, 12))
        told.append((request, name.rstrip(b"\0"), wanted))

    monkeypatch.setattr(stamps, "available", lambda *_: ["host", "adapter_unsynced"])
    monkeypatch.setattr(stamps.fcntl, "ioctl", answer)
    stamps.stamp(Socket(), "eth7", "adapter_unsynced")  # type: ignore[arg-type]
    assert told == [(0x89B0, b"eth7", (0, 0, 1)), (263, 17, 1 << 6),
                    (socket.SOL_SOCKET, 37, 1 << 6 | 1 << 2)]


def test_a_device_that_refuses(veth: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The real ioctl on a veth, as if it had said before that it can."""
    monkeypatch.setattr(stamps, "available", lambda *_: ["host", "adapter"])
    with pytest.raises(CaptureError, match=r"near: no adapter time stamps: .*; use -j host"):
        open_tap("near", namespace=veth[0], timestamp_type="adapter")


def test_without_the_right_to(veth: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(stamps, "available", lambda *_: ["host", "adapter"])
    monkeypatch.setattr(stamps.fcntl, "ioctl", refuse)
    with pytest.raises(CaptureError, match=r"CAP_NET_ADMIN is missing.*; or use -j host"):
        stamps.stamp(None, "near", "adapter")  # type: ignore[arg-type]


@pytest.mark.parametrize("ring", [True, False])
def test_what_the_adapter_did_not_stamp_has_the_hosts_time(
        veth: tuple[str, str], monkeypatch: pytest.MonkeyPatch, ring: bool) -> None:
    """The real socket options, on a device that stamps nothing."""
    monkeypatch.setattr(stamps, "available", lambda *_: ["host", "adapter_unsynced"])
    monkeypatch.setattr(stamps.fcntl, "ioctl", lambda *_: None)
    with (open_tap("near", namespace=veth[0], timestamp_type="adapter_unsynced", ring=ring) as tap,
          sender(veth[1], "far") as out):
        monkeypatch.undo()
        before = time.time_ns()
        out.send(frame(b"now"))
        packet = Record()
        end = time.monotonic() + 30
        while not tap.next(packet) and time.monotonic() < end:
            tap.wait(0.1)
        assert before <= packet.time <= time.time_ns()


def test_the_adapters_stamp_counts_where_there_is_one(veth: tuple[str, str]) -> None:
    """struct scm_timestamping: by software, nothing, by hardware."""
    with open_socket(veth[0], socket.AF_PACKET, socket.SOCK_RAW, 0) as tap:
        queue, packet = Queue(tap, Frames(1, 100), 1 << 16), Record()
        host = (socket.SOL_SOCKET, c.SO_TIMESTAMPNS, struct.pack("@ll", 100, 7))
        for hardware, expected in (((90, 5), 90_000_000_005), ((0, 0), 100_000_000_007)):
            stamps_of = (socket.SOL_SOCKET, c.SO_TIMESTAMPING,
                         struct.pack("@6l", 100, 7, 0, 0, *hardware))
            assert queue.place(packet, 60, [host, stamps_of])
            assert packet.time == expected
