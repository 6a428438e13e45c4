"""Owners where they are easily got wrong: nobody's packets, addresses used again, lost events."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections import defaultdict
from itertools import groupby
from pathlib import Path

import pytest
from network import Network, ip, run
from truth import TCP, UDP, Truth
from watching import addresses, capturing, program, work

from fyke.live.namespaces import open_socket
from fyke.owner import EBPF, SHARED
from fyke.processes.watch import Watch, open_watch

pytestmark = pytest.mark.live


def test_the_kernels_own_resets_have_no_owner(veth: tuple[str, str], watch: Watch) -> None:
    near, far = veth
    addresses(near, far)
    with (capturing(near, watch, 50_000_000) as capture,
          open_socket(far, socket.AF_INET, socket.SOCK_STREAM, 0) as one,
          pytest.raises(ConnectionRefusedError)):
        one.connect(("10.77.0.1", 4))
    tcp = [packet for packet in capture.packets if packet.protocol == TCP]
    assert [packet.outgoing for packet in tcp] == [False, True]  # SYN, RST
    assert [packet.process for packet in tcp] == [None, None]


def test_forwarded_packets_have_no_owner(network: Network, watch: Watch) -> None:
    left, router, right = (network.namespace() for _ in range(3))
    network.pair(left, router, ("near", "one"))
    network.pair(right, router, ("far", "two"))
    for namespace, name, address in ((left, "near", "10.1.0.1"), (router, "one", "10.1.0.2"),
                                     (right, "far", "10.2.0.1"), (router, "two", "10.2.0.2")):
        ip("-n", namespace, "addr", "add", f"{address}/24", "dev", name)
    ip("-n", left, "route", "add", "default", "via", "10.1.0.2")
    ip("-n", right, "route", "add", "default", "via", "10.2.0.2")
    run("nsenter", "-t", router, "-n", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
    with (capturing(router, watch, 50_000_000) as capture,
          open_socket(left, socket.AF_INET, socket.SOCK_DGRAM, 0) as one):
        for _ in range(20):
            one.sendto(b"through", ("10.2.0.1", 4444))
    udp = [packet for packet in capture.packets if packet.protocol == UDP]
    assert len(udp) >= 40
    assert {packet.process for packet in udp} == {None}


def turns(path: Path) -> dict[tuple[int, int], list[int]]:
    """Who used a protocol and local port, in their order."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for line in path.read_text().splitlines():
        kind, protocol, local, _, pid = line.split()
        if kind == "T":
            found[int(protocol), int(local)].append(int(pid))
    return found


def test_addresses_used_again(network: Network, watch: Watch, tmp_path: Path) -> None:
    """UDP ports by processes that end or stay, TCP ports reset at once: each packet its own."""
    near = network.namespace()
    log = tmp_path / "truth"
    count = 20
    with capturing(near, watch) as capture, program(near, "servers", str(log), "7100"):
        work(near, "reuse", str(log), str(count))
    assert capture.dropped == 0 and watch.lost == 0
    users = turns(log)
    for protocol, port, least in ((UDP, 5555, 1), (UDP, 5556, 1), (TCP, 5600, 4)):
        said = [one.process.pid if one.process else 0 for one in capture.packets
                if one.protocol == protocol and one.local == port]
        assert len(said) >= least * count
        assert list(dict.fromkeys(said)) == users[protocol, port], (protocol, port)
    workers = users[TCP, 7100]
    served = [one.process.pid if one.process else 0 for one in capture.packets
              if one.protocol == TCP and one.local == 7100 and one.remote == 5600]
    assert [pid for pid, _ in groupby(served)] == [pid for pid, _ in groupby(workers)]


def test_what_waited_for_a_neighbour_is_its_senders(veth: tuple[str, str], watch: Watch,
                                                    tmp_path: Path) -> None:
    """Packets wait for ARP, and are sent when the answer comes, whoever is at work then."""
    near, far = veth
    host4, _ = addresses(near, far)
    log = tmp_path / "truth"
    run("nsenter", "-t", far, "-n", "sh", "-c",
        "echo 8 > /proc/sys/net/ipv4/conf/far/arp_ignore")  # the kernel answers for no address
    with (program(far, "peer"), program(far, "neighbour", "far", host4),
          capturing(near, watch) as capture):
        for _ in range(8):
            ip("-n", near, "neigh", "flush", "dev", "near")
            work(near, "burst", str(log), host4, "8")
    score = Truth(log).score(capture.packets)
    assert sum(score["all"].values()) > 100
    assert score["all"]["wrong"] == 0, {kind: dict(counts) for kind, counts in score.items()}
    assert not [one for one in capture.packets if one.protocol == UDP and one.outgoing
                and one.process is None]


REFUSED = """
import os, socket, sys
for number in range(int(sys.argv[2])):
    one = socket.socket()
    try: one.connect((sys.argv[1], 4))  # nobody listens there
    except ConnectionRefusedError: pass
print(os.getpid())
"""


def test_a_refused_connection_that_waited_for_a_neighbour(veth: tuple[str, str], watch: Watch
                                                          ) -> None:
    """It never sends or reads: who connected is known by the change of its state."""
    near, far = veth
    host4, _ = addresses(near, far)
    run("nsenter", "-t", far, "-n", "sh", "-c",
        "echo 8 > /proc/sys/net/ipv4/conf/far/arp_ignore")  # the kernel answers for no address
    pids = []
    with program(far, "neighbour", "far", host4), capturing(near, watch) as capture:
        for _ in range(8):
            ip("-n", near, "neigh", "flush", "dev", "near")
            pids.append(int(subprocess.run(
                ["nsenter", "-t", near, "-n", sys.executable, "-S", "-c", REFUSED, host4, "2"],
                check=True, capture_output=True, text=True).stdout))
    tcp = [packet for packet in capture.packets if packet.protocol == TCP]
    told = [packet.process.pid if packet.process else 0 for packet in tcp]
    assert told == [pid for pid in pids for _ in range(4)]  # each twice a SYN and a RST
    assert {packet.process.source for packet in tcp if packet.process} == {EBPF}


def test_a_port_of_two_processes_is_not_sure(network: Network, watch: Watch) -> None:
    near = network.namespace()
    with capturing(near, watch, 50_000_000) as capture:
        work(near, "shared")
    got = [one for one in capture.packets if one.local == 5557 and one.remote == 5558]
    assert got and all(one.process and one.process.source == SHARED and not one.process.sure
                       for one in got)


def test_lost_events_are_counted_and_told(veth: tuple[str, str], tmp_path: Path) -> None:
    near, far = veth
    host4, _ = addresses(near, far)
    made = open_watch_or_skip(4096)
    try:
        with program(far, "peer"):
            work(near, "burst", str(tmp_path / "truth"), host4, "100")  # nobody reads the ring
        assert made.lost > 0
        assert any("events about processes lost" in line for line in made.told())
        taken = made.registry.count
        made.drain()
        assert made.registry.count > taken  # what fitted is there
        with program(far, "peer"), capturing(near, made) as capture:
            work(near, "clients", str(tmp_path / "truth"), host4, host4, "1")
        assert any(one.process and one.process.source == EBPF for one in capture.packets)
    finally:
        made.close()


def open_watch_or_skip(size: int) -> Watch:
    from fyke.errors import CaptureError
    try:
        return open_watch(ring_size=size)
    except CaptureError as error:
        pytest.skip(str(error))


DROPPED = """
import os, socket, sys
from fyke.live.privileges import drop_capabilities, forbid_new
from fyke.processes.watch import open_watch
watch = open_watch()
os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
drop_capabilities(); forbid_new()
try:
    open_watch()
    sys.exit("rights are left")
except Exception:
    pass
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.sendto(b"x", ("127.0.0.1", 9))
watch.wait(5)
watch.drain()
print(any(os.getpid() == task for task in watch.registry.tasks), watch.lost)
"""


def test_read_without_rights(network: Network, watch: Watch) -> None:
    """Once the programs are loaded and the ring is mapped, nothing is asked of the kernel."""
    near = network.namespace()
    done = subprocess.run(["nsenter", "-t", near, "-n", sys.executable, "-c", DROPPED],
                          capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == ("True 0\n", 0), done.stderr


def test_icmp_of_two_pings(network: Network, watch: Watch) -> None:
    """Raw sockets have no port: the identifiers of their packets tell them apart."""
    near = network.namespace()
    code = ("import os, socket, sys\n"
            "one = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)\n"
            "head = bytes((8, 0)) + bytes(2) + os.getpid().to_bytes(4, 'big')[2:] + b'\\0\\1'\n"
            "total = sum(int.from_bytes(head[n:n+2], 'big') for n in range(0, 8, 2))\n"
            "total = (total & 65535) + (total >> 16)\n"
            "head = head[:2] + (total ^ 65535).to_bytes(2, 'big') + head[4:]\n"
            "for _ in range(5): one.sendto(head, ('127.0.0.1', 0)); one.recv(100)\n"
            "print(os.getpid())")
    with capturing(near, watch, 50_000_000) as capture:
        both = [subprocess.Popen(["nsenter", "-t", near, "-n", sys.executable, "-S", "-c", code],
                                 stdout=subprocess.PIPE, text=True) for _ in range(2)]
        pids = [int(one.communicate(timeout=30)[0]) for one in both]
    said: dict[int, set[int | None]] = defaultdict(set)
    for packet in capture.kept:
        if packet.u16(0) == 0x0800 and packet.u8(29) == 1:
            ours = (packet.u8(40), packet.meta.direction) in ((8, "out"), (0, "in"))
            if ours:
                assert packet.meta.process is not None
                said[packet.u16(44)].add(packet.meta.process.pid)
            else:
                assert packet.meta.process is None  # the kernel answers
    assert said == {pid & 0xFFFF: {pid} for pid in pids}




def test_the_library_knows_owners(network: Network, watch: Watch) -> None:
    import os

    import fyke
    near = network.namespace()
    with fyke.capture("lo", "udp", namespace=near, process="ebpf", immediate=True) as capture:
        with open_socket(near, socket.AF_INET, socket.SOCK_DGRAM, 0) as one:
            one.sendto(b"x", ("127.0.0.1", 9))
        packet = next(iter(capture))
    assert packet.process is not None
    assert (packet.process.pid, packet.process.source) == (os.getpid(), EBPF)
    assert packet.to_dict()["process"]["pid"] == os.getpid()
