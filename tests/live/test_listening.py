"""fyke taps beside real listeners, and beside ss(8)."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

import pytest
from network import Network, run

from fyke import netlink
from fyke.bpf.instructions import RET, Instruction, K
from fyke.cli import taps
from fyke.live.namespaces import open_socket
from fyke.live.tap import open_tap
from fyke.processes.taps import Listener, listeners

pytestmark = pytest.mark.live


def told(namespace: str) -> list[Listener]:
    with open_socket(namespace, socket.AF_NETLINK, socket.SOCK_RAW,
                     netlink.NETLINK_SOCK_DIAG) as asked:
        return listeners(asked)


def test_nobody(network: Network, capsys: pytest.CaptureFixture[str]) -> None:
    namespace = network.namespace()
    assert taps.run(["--netns", namespace, "--expect-none"]) == 0
    assert capsys.readouterr().out.startswith("nobody is listening\n")


def test_all_kinds(veth: tuple[str, str]) -> None:
    near = veth[0]
    keep96 = [Instruction(RET | K, 0, 0, 96)]
    with (open_tap("near", keep96, namespace=near, buffer_size=1 << 20) as ring,
          open_tap("any", namespace=near, ring=False) as queue,
          open_tap("near", namespace=near, fanout=(9, "hash"), promiscuous=False) as shared,
          open_socket(near, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as raw):
        known = {one.inode: one for one in told(near) if one.protocol}  # 0: given nothing
        assert len(known) == 4
        one = known[os.fstat(ring.fileno()).st_ino]
        assert one.receive_ring is not None
        assert (one.receive_ring.size, one.receive_ring.timeout) == (1 << 20, 20)
        assert (one.kind, one.protocol, one.running, one.version) == ("raw", 3, True, 2)
        assert one.promiscuous == (one.interface,) == (ring.interface.index,)
        assert one.filter == tuple(keep96)
        assert one.unfiltered
        assert one.memory >= 1 << 20
        two = known[os.fstat(queue.fileno()).st_ino]
        assert (two.kind, two.interface, two.receive_ring, two.promiscuous) == (
            "cooked", 0, None, ())
        assert known[os.fstat(shared.fileno()).st_ino].fanout == (9, "hash")
        three = known[os.fstat(raw.fileno()).st_ino]
        assert (three.protocol, three.filter, three.unfiltered) == (0x0800, None, True)


def test_json_and_table(veth: tuple[str, str], capsys: pytest.CaptureFixture[str],
                        monkeypatch: pytest.MonkeyPatch) -> None:
    with open_tap("near", namespace=veth[0]):
        assert taps.run(["--netns", veth[0], "--json"]) == 0
        (one,) = json.loads(capsys.readouterr().out)
        assert (one["interface"], one["protocol"], one["unfiltered"], one["partial"]) == (
            "near", 3, True, False)
        assert os.getpid() in [owner["pid"] for owner in one["owners"]]
        assert one["filter"] == [[6, 0, 0, 262144]]
        for width in (200, 40):
            monkeypatch.setenv("COLUMNS", str(width))
            assert taps.run(["--netns", veth[0], "--expect-none"]) == 1
            lines = capsys.readouterr().out.splitlines()
            assert lines[0].startswith("INTERFACE  PROTOCOL  KIND")
            assert lines[1].split()[:2] == ["near", "all"]
            assert max(map(len, lines[:2])) <= width
        monkeypatch.setenv("COLUMNS", "200")
        assert taps.run(["--netns", veth[0], "--programs"]) == 0
        text = capsys.readouterr().out
        assert "UNFILTERED" in text
        assert "(000) ret      #262144" in text


def test_unknown_namespace_is_told(network: Network, capsys: pytest.CaptureFixture[str]) -> None:
    assert taps.run(["--netns", network.namespace(), "--netns", "/nowhere"]) == 1
    assert "fyke taps: /nowhere: network namespace /nowhere" in capsys.readouterr().err


def test_without_the_kernels_help_proc_is_read(veth: tuple[str, str],
                                               capsys: pytest.CaptureFixture[str],
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise taps.CaptureError("no such family")

    monkeypatch.setattr(taps, "listeners", refuse)
    with open_tap("near", namespace=veth[0]) as tap:
        assert taps.run(["--netns", veth[0], "--json"]) == 0
        (one,) = json.loads(capsys.readouterr().out)
        assert (one["inode"], one["interface"], one["partial"]) == (
            os.fstat(tap.fileno()).st_ino, "near", True)


def test_a_process_cannot_write_to_the_terminal() -> None:
    assert taps.clean("evil\x1b[2J\n") == "evil?[2J?"


def test_beside_ss(veth: tuple[str, str]) -> None:
    if shutil.which("ss") is None:
        pytest.skip("ss is not installed")
    with (open_tap("near", namespace=veth[0]), open_tap("any", namespace=veth[0], ring=False),
          open_tap("near", namespace=veth[0], fanout=(9, "cpu"))):
        shown = run("nsenter", "-t", veth[0], "-n", "ss", "-0", "-b", "-p", "-e", "-m")
        ours = {one.inode: one for one in told(veth[0])}
    theirs = {int(match[1]): match[0] for match in re.finditer(
        r"^p_(?:.*?) ino:(\d+)(?:.|\n\t)*", shown, re.MULTILINE)}
    assert set(theirs) == set(ours)
    assert len([one for one in ours.values() if one.protocol]) == 3
    for inode, text in theirs.items():
        one = ours[inode]
        assert text.startswith("p_raw" if one.kind == "raw" else "p_dgr")
        assert f"ver:{one.version} " in text
        assert (one.receive_ring is not None) == ("ring_rx" in text)
        if one.receive_ring is not None:
            assert f"blk_nr:{one.receive_ring.blocks}," in text
        assert (one.fanout is not None) == ("fanout(" in text)
        assert f"rb{one.queue_size}," in text
        assert f"o{one.option_memory}," in text
        assert (one.filter is None) == (one.protocol == 0)
        assert one.filter is None or f"bpf filter ({len(one.filter)}):" in text


def test_tcpdump_is_seen(veth: tuple[str, str]) -> None:
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed")
    theirs = subprocess.Popen(["nsenter", "-t", veth[0], "-n", "tcpdump", "-i", "near", "-w",
                               "/dev/null", "arp"], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 10
        found: list[Listener] = []
        while time.monotonic() < end and not (found and found[0].running
                                              and not found[0].unfiltered):
            if theirs.poll() is not None:
                pytest.skip("tcpdump does not run here")
            found = told(veth[0])
            time.sleep(0.02)
        (one,) = found
        assert one.filter is not None and len(one.filter) == 4
        assert one.receive_ring is not None
        (view,) = taps.look([("near", veth[0])])
        assert [owner.command for owner in view.taps[0].owners] == ["tcpdump"]
        assert view.taps[0].owners[0].pid == theirs.pid
        assert taps.row(view.taps[0])[-1] == "arp"
    finally:
        theirs.terminate()
        theirs.wait(10)


WITHOUT_RIGHTS = """
import sys
from fyke.cli.taps import run
from fyke.live.privileges import drop
drop()
sys.exit(run([]))
"""


def test_without_rights_it_says_what_is_hidden(veth: tuple[str, str]) -> None:
    with open_tap("near", namespace=veth[0]):
        done = subprocess.run(["nsenter", "-t", veth[0], "-n", sys.executable, "-c",
                               WITHOUT_RIGHTS], capture_output=True, text=True, timeout=30,
                              check=True, env={**os.environ, "COLUMNS": "200",
                                               "PYTHONPATH": os.pathsep.join(sys.path)})
    lines = done.stdout.splitlines()
    assert lines[1].split()[0] == "near"
    assert lines[1].split()[-1] == "hidden"
    assert "hidden: the filters of 1 tap (CAP_NET_ADMIN shows them)" in lines
    assert any(line.startswith("hidden: who holds 1 tap;") for line in lines)
