"""Who listens: beside real listeners, and compared with what ss(8) shows."""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from network import run

from fyke.bpf.instructions import Instruction
from fyke.cli import taps as command
from fyke.kernel import owners as of_process
from fyke.kernel.handlers import parse
from fyke.kernel.taps import Listener, RingShape, from_proc, listener, look
from fyke.live import constants as c
from fyke.live.binding import bind_packet
from fyke.live.namespaces import inside, open_socket
from fyke.live.tap import open_tap

ETH_P_TEST = 0x88B5


@contextmanager
def packet_socket(namespace: str, kind: int, interface: int, protocol: int,
                  prepare: Callable[[socket.socket], None] = lambda tap: None,
                  ) -> Iterator[socket.socket]:
    """A raw listener, such as any program may open."""
    tap = open_socket(namespace, socket.AF_PACKET, kind, 0)
    try:
        prepare(tap)
        bind_packet(tap, interface, protocol)
        yield tap
    finally:
        tap.close()


def with_ring(tap: socket.socket) -> None:
    tap.setsockopt(c.SOL_PACKET, c.PACKET_VERSION, c.TPACKET_V3)
    tap.setsockopt(c.SOL_PACKET, c.PACKET_RX_RING,
                   c.TPACKET_REQ3.pack(1 << 16, 4, 1 << 11, 128, 77, 0, 0))


@contextmanager
def listeners(namespace: str) -> Iterator[dict[str, int]]:
    """One of each kind in ``namespace``: a name for it → its inode."""
    with ExitStack() as stack:
        taps = {"raw": stack.enter_context(packet_socket(
                    namespace, socket.SOCK_RAW, 0, c.ETH_P_ALL)),
                "ring": stack.enter_context(packet_socket(
                    namespace, socket.SOCK_RAW, 1, c.ETH_P_ALL, with_ring)),
                "idle": stack.enter_context(packet_socket(namespace, socket.SOCK_RAW, 1, 0))}
        for name in ("fan1", "fan2"):
            tap = taps[name] = stack.enter_context(packet_socket(
                namespace, socket.SOCK_DGRAM, 1, ETH_P_TEST))
            tap.setsockopt(c.SOL_PACKET, c.PACKET_FANOUT, 1 << 16 | 77)
        ours = stack.enter_context(open_tap(
            "lo", [Instruction(0x28, 0, 0, 12), Instruction(0x15, 0, 1, 0x806),
                   Instruction(6, 0, 0, 96), Instruction(6, 0, 0, 0)], namespace=namespace))
        inodes = {name: os.fstat(tap.fileno()).st_ino for name, tap in taps.items()}
        yield inodes | {"ours": os.fstat(ours.fileno()).st_ino}


def by_name(namespace: str, inodes: dict[str, int]) -> dict[str, Listener]:
    found = {tap.inode: tap for tap in inside(namespace, look).taps}
    assert set(found) == set(inodes.values())
    return {name: found[inode] for name, inode in inodes.items()}


def test_every_kind_of_listener(namespace: str) -> None:
    with listeners(namespace) as inodes:
        taps = by_name(namespace, inodes)
    assert {(tap.owners[0].pid, len(tap.owners)) for tap in taps.values()} == {(os.getpid(), 1)}
    raw = taps["raw"]
    assert (raw.interface, raw.protocol, raw.kind, raw.running) == (None, 3, "raw", True)
    assert (raw.filter, raw.filtered, raw.receive_ring) == (None, False, None)
    assert taps["ring"].receive_ring == RingShape(3, 1 << 16, 4, 1 << 11, 128, 77)
    assert taps["ring"].memory >= 4 << 16
    assert not taps["idle"].running
    assert [taps[name].fanout.group for name in ("fan1", "fan2")] == [77, 77]  # type: ignore
    assert taps["fan1"].fanout.mode == "load balance"  # type: ignore
    assert (taps["fan1"].kind, taps["fan1"].protocol) == ("dgram", ETH_P_TEST)
    ours = taps["ours"]
    assert ours.filtered and ours.filter is not None and ours.filter[2].k == 96
    assert [(member.interface, member.kind) for member in ours.memberships] == [
        ("lo", "promiscuous")]


@pytest.mark.skipif(not shutil.which("ss"), reason="ss(8) is not installed")
def test_the_same_as_ss_shows(namespace: str) -> None:
    with listeners(namespace) as inodes:
        taps = by_name(namespace, inodes)
        shown = run("nsenter", "-t", namespace, "-n", "ss", "-H", "-0", "-b", "-p", "-e", "-m")
    blocks = {int(re.search(r"ino:(\d+)", block)[1]): block  # type: ignore[index]
              for block in re.split(r"\n(?=p_)", shown.strip())}
    assert set(blocks) == set(inodes.values())
    for tap in taps.values():
        text = blocks[tap.inode]
        assert text.startswith({"raw": "p_raw", "dgram": "p_dgr"}[tap.kind])
        assert f"pid={tap.owners[0].pid}," in text
        assert f"rb{tap.queue_limit}," in text and f",o{tap.filter_memory}," in text
        if tap.dropped is not None:
            assert f",d{tap.dropped})" in text
        assert ("running" in text) == tap.running
        assert ("fanout(" in text) == (tap.fanout is not None)
        if tap.receive_ring:
            ring = tap.receive_ring
            assert (f"ring_rx(blk_size:{ring.block_size},blk_nr:{ring.blocks},frm_size:"
                    f"{ring.frame_size},frm_nr:{ring.frames},tmo:{ring.retire_after},") in text
        if tap.filter is not None:
            told = re.search(r"bpf filter \(\d+\):(.*?)skmem", text, re.DOTALL)
            assert told is not None
            assert [Instruction(*(int(word, 0) for word in part.split()))
                    for part in told[1].strip().rstrip(",").split(",")] == list(tap.filter)


def test_drops_are_shown(namespace: str) -> None:
    def small(tap: socket.socket) -> None:
        tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)

    with (packet_socket(namespace, socket.SOCK_RAW, 1, ETH_P_TEST, small),
          open_socket(namespace, socket.AF_PACKET, socket.SOCK_RAW, 0) as out):
        bind_packet(out, 1, 0)
        for _ in range(50):
            out.send(bytes(12) + ETH_P_TEST.to_bytes(2, "big") + bytes(1000))
        first = next(tap for tap in inside(namespace, look).taps if tap.running)
    assert first.dropped and 40 <= first.dropped < 50
    assert first.queued


def test_handlers_that_are_no_sockets(namespace: str) -> None:
    listing = inside(namespace, look)
    assert "ip_rcv" in [handler.function for handler in listing.others]
    assert listing.listening == 0
    with listeners(namespace):
        listing = inside(namespace, look)
    assert (3, "lo", "tpacket_rcv") in [
        (handler.protocol, handler.device, handler.function) for handler in listing.handlers]
    assert listing.listening == 5


@pytest.mark.skipif(not shutil.which("tcpdump"), reason="tcpdump is not installed")
def test_tcpdump_is_seen_and_its_filter_said(namespace: str,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    words = ["nsenter", "-t", namespace, "-n", "tcpdump", "-i", "lo", "-Z", "root", "-w",
             "/dev/null", "udp port 53"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as tcpdump:
        try:
            assert tcpdump.stderr is not None
            assert "listening on" in tcpdump.stderr.readline()
            assert command.run(["--netns", namespace, "--expect-none"]) == 1
        finally:
            tcpdump.terminate()
    out = capsys.readouterr().out
    line = next(line for line in out.splitlines() if "tcpdump" in line)
    assert line.split()[:5] == ["lo", "all", "raw", str(tcpdump.pid), "tcpdump"]
    assert line.endswith("  udp port 53")


def test_nobody(namespace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["--netns", namespace, "--expect-none"]) == 0
    assert "no taps" in capsys.readouterr().out


def test_json(namespace: str, capsys: pytest.CaptureFixture[str]) -> None:
    with listeners(namespace) as inodes:
        assert command.run(["--netns", namespace, "--json"]) == 0
    (view,) = json.loads(capsys.readouterr().out)
    assert {tap["inode"] for tap in view["taps"]} == set(inodes.values())
    words = {tap["inode"]: tap["filter_words"] for tap in view["taps"]}
    assert words[inodes["ours"]] == "arp"
    assert words[inodes["raw"]] == "NONE (unfiltered)"


@pytest.mark.parametrize("columns", ["60", "100"])
def test_the_table_fits_the_terminal(namespace: str, columns: str,
                                     capsys: pytest.CaptureFixture[str],
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    with listeners(namespace):
        command.run(["--netns", namespace])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 8 and max(map(len, lines)) <= int(columns)


def test_all_namespaces(namespace: str, capsys: pytest.CaptureFixture[str]) -> None:
    with packet_socket(namespace, socket.SOCK_RAW, 0, ETH_P_TEST):
        assert command.run(["--all", "--json", "--expect-none"]) == 1
        views = json.loads(capsys.readouterr().out)
    assert views[0]["namespace"] == "own"
    assert any(tap["protocol"] == ETH_P_TEST for view in views for tap in view["taps"])


def test_a_namespace_that_vanished(capsys: pytest.CaptureFixture[str]) -> None:
    view = command.View("pid 7", None, "gone\x1b[2J")
    assert "could not be looked into: gone?[2J" in command.page([view], 0, False)
    assert command.status([view], 0) == command.CANNOT_TELL


def test_watch_refreshes(namespace: str) -> None:
    words = [sys.executable, "-m", "fyke", "taps", "--netns", namespace, "--watch", "0.1"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                          ) as watching:
        try:
            assert watching.stdout is not None
            lines = [watching.stdout.readline() for _ in range(4)]
        finally:
            watching.terminate()
    assert [line for line in lines if line.startswith("no taps")] == ["no taps\n"] * 2


def test_without_privileges_it_says_what_is_hidden(namespace: str) -> None:
    if os.geteuid():
        pytest.skip("needs root to give it up")

    def look_as_nobody() -> tuple[bool, tuple[str, ...]]:
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.syscall(SETRESUID, 65534, 65534, 65534) == 0  # this thread only
        listing = look()
        return bool(listing.taps[0].owners), listing.hidden

    if os.uname().machine != "x86_64":
        pytest.skip("knows the system call's number only on x86-64")
    with packet_socket(namespace, socket.SOCK_RAW, 0, ETH_P_TEST):
        _, hidden = inside(namespace, look_as_nobody)
    assert "filters (CAP_NET_ADMIN is missing; run with sudo)" in hidden


SETRESUID = 117  # x86-64: arch/x86/entry/syscalls/syscall_64.tbl


@pytest.mark.parametrize(("groups", "said"), [
    ("0::/system.slice/docker-" + "ab" * 32 + ".scope", "docker abababababab"),
    ("4:memory:/docker/" + "ab" * 32, "docker abababababab"),
    ("0::/machine.slice/libpod-" + "cd" * 32 + ".scope", "podman cdcdcdcdcdcd"),
    ("0::/kubepods.slice/cri-containerd-" + "ef" * 32 + ".scope", "containerd efefefefefef"),
    ("0::/lxc.payload.web/init.scope", "lxc web"),
    ("0::/machine.slice/systemd-nspawn@db.service", "nspawn db"),
    ("0::/user.slice/user-1000.slice", None),
    ("", None),
])
def test_containers(groups: str, said: str | None) -> None:
    assert of_process.container(groups) == said


def test_processes_that_end_or_hide(tmp_path: Path) -> None:
    for pid, name in (("1", "one"), ("2", "t\x1bo"), ("3", "gone")):
        (tmp_path / pid / "fd").mkdir(parents=True)
        if pid != "3":
            (tmp_path / pid / "status").write_text(f"Name:\t{name}\nUid:\t5\t6\t6\t6\n")
        (tmp_path / pid / "cmdline").write_bytes(b"a\0\xffb\0")
        (tmp_path / pid / "cgroup").write_text("0::/\n")
        (tmp_path / pid / "maps").write_text("7f00-7f01 rw-s 0 00:08 9 socket:[77]\n")
        (tmp_path / pid / "fd/3").symlink_to("socket:[42]")
    found = of_process.owners({42, 77, 99}, tmp_path)
    assert [owner.command for owner in found.by_inode[42]] == ["one", "t?o"]
    assert [owner.user for owner in found.by_inode[77]] == [6, 6]
    assert 99 not in found.by_inode


def test_handlers_of_the_text() -> None:
    text = "Type Device      Function\nALL  eth0     tpacket_rcv\n0800          ip_rcv\nx y\n"
    assert [(h.protocol, h.device, h.function, h.of_socket) for h in parse(text.splitlines())] == [
        (3, "eth0", "tpacket_rcv", True), (0x800, None, "ip_rcv", False)]


def test_without_packet_diag() -> None:
    text = ["sk               RefCnt Type Proto  Iface R Rmem   User   Inode",
            "000000003b85325b 3      3    88b5   1     1 12     7      453172", "torn"]
    (tap,) = from_proc(text, {1: "lo"})
    assert (tap.interface, tap.protocol, tap.kind, tap.running, tap.queued, tap.user,
            tap.inode) == ("lo", 0x88B5, "raw", True, 12, 7, 453172)


@pytest.mark.parametrize("length", range(16, 60))
def test_answers_cut_short_are_no_error(length: int) -> None:
    answer = (b"\x11\x03\x03\0" + (5).to_bytes(4, sys.byteorder) + bytes(8)
              + b"\x1c\0\0\0" + bytes(24) + b"\x14\0\x01\0" + bytes(16))
    assert listener(answer[:length], {}).inode == 5
