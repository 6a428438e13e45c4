"""What is easily overlooked among the taps: eBPF filters, idle sockets, rings without a socket."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fyke.cli import taps
from fyke.live.namespaces import open_socket
from fyke.processes.holders import owners

SO_ATTACH_BPF = 50  # include/uapi/asm-generic/socket.h
BPF_SYSCALL = {"x86_64": 321, "aarch64": 280}
BPF_PROG_LOAD, SOCKET_FILTER = 5, 1  # include/uapi/linux/bpf.h


@contextmanager
def packet_socket(namespace: str, protocol: int) -> Iterator[socket.socket]:
    tap = open_socket(namespace, socket.AF_PACKET, socket.SOCK_RAW, 0)
    try:
        if protocol:
            tap.bind(("lo", protocol))
        yield tap
    finally:
        tap.close()


def load_everything() -> int:
    """An eBPF program that takes every packet (r0 = 0x40000; exit): its descriptor."""
    code = ctypes.create_string_buffer(
        struct.pack("=BBhi", 0xB7, 0, 0, 0x40000) + struct.pack("=BBhi", 0x95, 0, 0, 0), 16)
    license = ctypes.create_string_buffer(b"GPL")
    request = struct.pack("@IIQQ", SOCKET_FILTER, 2, ctypes.addressof(code),
                          ctypes.addressof(license)).ljust(128, b"\0")
    number = BPF_SYSCALL.get(os.uname().machine)
    if number is None:
        pytest.skip("the number of bpf(2) is not known here")
    libc = ctypes.CDLL(None, use_errno=True)
    handle: int = libc.syscall(number, BPF_PROG_LOAD, request, len(request))
    if handle < 0:
        pytest.skip(f"no eBPF here: {os.strerror(ctypes.get_errno())}")
    return handle


@pytest.mark.live
def test_an_ebpf_filter_is_not_taken_for_none(namespace: str,
                                              capsys: pytest.CaptureFixture[str],
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # the table fits the terminal
    handle = load_everything()
    try:
        with packet_socket(namespace, 3) as tap:
            tap.setsockopt(socket.SOL_SOCKET, SO_ATTACH_BPF, struct.pack("@i", handle))
            taps.run(["--netns", namespace])
            assert "eBPF, not told" in capsys.readouterr().out
            taps.run(["--netns", namespace, "--json"])
            (told,) = json.loads(capsys.readouterr().out)
    finally:
        os.close(handle)
    assert (told["unfiltered"], told["filter_extended"]) == (False, True)


@pytest.mark.live
@pytest.mark.parametrize(("protocol", "status", "word"), [
    (0, 0, " (idle)"), (3, 1, "lo "), (0x88B5, 1, "lo ")])
def test_an_audit_passes_who_only_sends(namespace: str, protocol: int, status: int, word: str,
                                        capsys: pytest.CaptureFixture[str]) -> None:
    with packet_socket(namespace, protocol):
        assert taps.run(["--netns", namespace, "--expect-none"]) == status
    assert word in capsys.readouterr().out


def test_a_mapped_ring_has_an_owner(tmp_path: Path) -> None:
    """Descriptor closed, memory still mapped: packets still arrive, somebody still listens."""
    for pid, name in (("1", "holder"), ("2", "mapper"), ("3", "other")):
        (tmp_path / pid / "fd").mkdir(parents=True)
        (tmp_path / pid / "comm").write_text(name + "\n")
        (tmp_path / pid / "maps").write_text("")
    (tmp_path / "1/fd/3").symlink_to("socket:[42]")
    (tmp_path / "2/maps").write_text("7f00-7f40 rw-s 00000000 00:09 77          socket:[77]\n")
    found = owners({42, 77, 99}, tmp_path)
    assert {inode: [owner.command for owner in held] for inode, held in found.by_inode.items()} == {
        42: ["holder"], 77: ["mapper"]}
    assert found.unseen == 0
