"""What the kernel's text tables and netlink answers say, also when they are odd."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyke import netlink
from fyke.kernel.handlers import Handler, handlers
from fyke.processes.holders import container_of, owners
from fyke.processes.taps import HIDDEN, MESSAGE, listed_in, listener, program

PTYPE = """Type Device      Function
ALL  near     tpacket_rcv
ALL           packet_rcv
0800          ip_rcv
88cc eth0     lldp_rcv+0x0/0x10 [lldp]
junk
zzzz          ip_rcv
"""


def test_handlers() -> None:
    assert handlers(PTYPE) == [
        Handler(3, "near", "tpacket_rcv"), Handler(3, "", "packet_rcv"),
        Handler(0x0800, "", "ip_rcv")]
    assert [one.is_socket for one in handlers(PTYPE)] == [True, True, False]
    assert handlers("") == []


PACKET = """sk               RefCnt Type Proto  Iface R Rmem   User   Inode
0000000000000000 3      3    0003   2     1 512    1000   4711
0000000000000000 3      2    0800   0     0 0      0      4712
cut off
"""


def test_table_of_packet_sockets() -> None:
    first, second = listed_in(PACKET)
    assert (first.inode, first.kind, first.protocol, first.interface, first.running,
            first.queued, first.uid) == (4711, "raw", 3, 2, True, 512, 1000)
    assert (second.kind, second.protocol, second.running) == ("cooked", 0x0800, False)
    assert first.hidden


@pytest.mark.parametrize("cgroup,container", [
    ("0::/system.slice/docker-0123456789abcdef0123456789abcdef.scope", "0123456789ab"),
    ("0::/docker/0123456789abcdef0123456789abcdef", "0123456789ab"),
    ("0::/machine.slice/libpod-00112233445566778899.scope/container", "001122334455"),
    ("0::/lxc.payload.web/init.scope", "web"),
    ("0::/machine.slice/machine-deb.scope", "deb"),
    ("0::/kubepods/besteffort/pod1/" + "ab" * 32, "abababababab"),
    ("0::/user.slice/user-1000.slice/session-2.scope", None),
    ("", None),
])
def test_container(cgroup: str, container: str | None) -> None:
    assert container_of(cgroup) == container


def test_owners_of_a_socket(tmp_path: Path) -> None:
    for pid, inode in ((10, 77), (11, 78), (12, 77)):
        folder = tmp_path / str(pid)
        (folder / "fd").mkdir(parents=True)
        (folder / "fd" / "3").symlink_to(f"socket:[{inode}]")
        (folder / "fd" / "4").symlink_to("/dev/null")
        (folder / "comm").write_text(f"name{pid}\n")
        (folder / "status").write_text("Name:\tx\nUid:\t5\t4294967290\t5\t5\n")
    (tmp_path / "13").mkdir()  # ended while it was looked at
    (tmp_path / "self").mkdir()
    found = owners({77}, tmp_path)
    assert {(one.pid, one.command, one.user, one.container)
            for one in found.by_inode[77]} == {(10, "name10", "4294967290", None),
                                               (12, "name12", "4294967290", None)}
    assert set(found.by_inode) == {77}


@given(st.binary(max_size=200))
def test_any_answer_is_a_listener(rest: bytes) -> None:
    listener(MESSAGE.pack(17, 3, 3, 1, 0, 0) + rest)


@given(st.binary(max_size=300))
def test_any_octets_are_messages_or_none(data: bytes) -> None:
    for _, _, _, body in netlink.messages(data):
        netlink.attributes(body)


def test_attributes() -> None:
    data = struct.pack("@HH3sx", 7, 5, b"\1\0\0")[:8] + struct.pack("@HHI", 8, 2 | 1 << 15, 9)
    assert netlink.attributes(data)[2] == struct.pack("@I", 9)


def test_filter_absent_hidden_and_told() -> None:
    assert program(None) is None
    assert program(b"") == HIDDEN
    told = program(struct.pack("@HBBI", 6, 0, 0, 96) + b"half")
    assert told is not None
    assert [tuple(one) for one in told] == [(6, 0, 0, 96)]
