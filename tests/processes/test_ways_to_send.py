"""Packets of calls and protocols that are less common: each is its user's."""

from __future__ import annotations

import subprocess
import sys

import pytest
from watching import addresses, capturing, program

from fyke.owner import EBPF
from fyke.processes.watch import Watch

pytestmark = pytest.mark.live

ICMP = 1
BEGIN = """
import os, socket, threading
from socket import *
FAR, TO = '10.77.0.2', 7000
def udp(protocol=0):
    one = socket(AF_INET, SOCK_DGRAM, protocol)
    one.bind(('', 6100))
    return one
def tcp(protocol=0, connect=True):
    one = socket(AF_INET, SOCK_STREAM, protocol)
    one.bind(('', 6100))
    if connect: one.connect((FAR, TO))
    return one
def answered(one):
    one.settimeout(10); one.recv(64); one.close()
"""
WAYS = {
    "sendfile": "one = tcp(); os.sendfile(one.fileno(), os.open('/proc/self/exe', 0), 0, 50000); "
                "answered(one)",
    "splice": "one = tcp(); r, w = os.pipe(); os.write(w, b'x' * 5000)\n"
              "os.splice(r, one.fileno(), 5000); answered(one)",
    "write and read": "one = tcp(); os.write(one.fileno(), b'x'); os.read(one.fileno(), 9)",
    "TCP Fast Open": "one = tcp(connect=False); one.sendto(b'x', MSG_FASTOPEN, (FAR, TO))\n"
                     "answered(one)",
    "MPTCP": "one = tcp(IPPROTO_MPTCP); one.send(b'x'); answered(one)",
    "another thread": "one = tcp(); work = threading.Thread(target=one.send, args=(b'x',))\n"
                      "work.start(); work.join(); answered(one)",
    "corked datagrams": "one = udp(); one.sendto(b'x', MSG_MORE, (FAR, TO)); "
                        "one.sendto(b'y', (FAR, TO))",
    "one call, many datagrams": "one = udp(); one.setsockopt(17, 103, 100)  # UDP_SEGMENT\n"
                                "one.sendto(b'x' * 1000, (FAR, TO))",
    "fragments": "udp().sendto(b'x' * 4000, (FAR, TO))",
    "UDP-Lite": "udp(IPPROTO_UDPLITE).sendto(b'x', (FAR, TO))",
}


@pytest.mark.parametrize("way", WAYS)
def test_packets_are_their_users(way: str, veth: tuple[str, str], watch: Watch) -> None:
    near, far = veth
    addresses(near, far)
    with program(far, "peer"), capturing(near, watch) as capture:
        done = subprocess.run(
            ["nsenter", "-t", near, "-n", sys.executable, "-S", "-c",
             f"{BEGIN}\n{WAYS[way]}\nprint(os.getpid())"],
            check=False, timeout=60, capture_output=True, text=True)
    if "Protocol not supported" in done.stderr or "Protocol not available" in done.stderr:
        pytest.skip(f"this kernel has no {way}")
    assert done.returncode == 0, done.stderr
    said = [packet.meta.process for packet in capture.kept if packet.u16(0) == 0x0800
            and packet.u8(29) != ICMP and packet.meta.direction == "out"]  # that is the kernel's
    assert said
    for process in said:
        assert process is not None and (process.pid, process.source) == (int(done.stdout), EBPF)
