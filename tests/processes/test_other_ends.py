"""Packets that do not go between their socket's own ends: each is its sender's."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from network import Network, run
from truth import TCP, Seen
from watching import Capture, addresses, capturing, program

from fyke.live.namespaces import open_socket
from fyke.owner import EBPF
from fyke.processes.watch import Watch

pytestmark = pytest.mark.live

PORT = 6000
SENDS = """
import os, socket, struct
from socket import *
FAR, FAR6, TO = '10.77.0.2', 'fd77::2', 7001
def udp(family=AF_INET, address=''):
    one = socket(family, SOCK_DGRAM)
    one.bind((address, 6000))
    return one
def ip(protocol, data):
    return struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(data), 1, 0, 64, protocol, 0,
                       inet_aton('10.77.0.1'), inet_aton(FAR)) + data
DATAGRAM = struct.pack('!HHHH', 6000, TO, 9, 0) + b'x'
SYN = struct.pack('!HHIIBBHHH', 6000, 7000, 1, 0, 0x50, 2, 1000, 0, 0)
def summed(segment):  # RFC 9293, section 3.1
    data = inet_aton('10.77.0.1') + inet_aton(FAR) + bytes((0, 6, 0, len(segment))) + segment
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    total = (total & 65535) + (total >> 16)
    return segment[:16] + struct.pack('!H', ~(total + (total >> 16)) & 65535) + segment[18:]
"""
KINDS = {
    "connected anew": (
        "one = udp(); one.connect((FAR, TO)); one.send(b'a')\n"
        "one.connect(('10.77.0.3', TO)); one.send(b'b'); one.connect((FAR, TO)); one.send(b'c')",
        3),
    "connected anew, IPv6": (
        "one = udp(AF_INET6)\n"
        "for last in '2432': one.connect(('fd77::' + last, TO)); one.send(b'a')", 4),
    "to another than the connected": (
        "one = udp(); one.connect((FAR, TO)); one.sendto(b'a', ('10.77.0.3', TO))\n"
        "one.sendto(b'b', (FAR, TO + 1)); one.send(b'c')", 3),
    "to another than the connected, IPv6": (
        "one = udp(AF_INET6); one.connect((FAR6, TO)); one.sendto(b'a', ('fd77::3', TO))\n"
        "one.sendto(b'b', (FAR6, TO + 1)); one.send(b'c')", 3),
    "bound to a group": (
        "one = udp(address='224.1.1.1'); one.sendto(b'a', (FAR, TO)); one.sendto(b'b', (FAR, TO))",
        2),
    "IPv4 from IPv6": (
        "one = udp(AF_INET6); one.connect(('::ffff:' + FAR, TO)); one.send(b'a')\n"
        "one.connect(('::ffff:10.77.0.3', TO)); one.send(b'b')", 2),
    "a raw socket with the IP header": (
        "one = socket(AF_INET, SOCK_RAW, IPPROTO_RAW)\n"
        "for _ in range(2): one.sendto(ip(17, DATAGRAM), (FAR, 0))", 2),
    "a raw socket of UDP": (
        "one = socket(AF_INET, SOCK_RAW, IPPROTO_UDP)\n"
        "for _ in range(2): one.sendto(DATAGRAM, (FAR, 0))", 2),
    "a raw socket of UDP, IPv6": (
        "one = socket(AF_INET6, SOCK_RAW, IPPROTO_UDP)\n"
        "for _ in range(2): one.sendto(DATAGRAM, (FAR6, 0))", 2),
    "a packet socket": (
        "one = socket(AF_PACKET, SOCK_DGRAM)\n"
        "for _ in range(2): one.sendto(ip(17, DATAGRAM), ('near', 0x800, 0, 0, b'\\xff' * 6))", 2),
    "a packet socket with the frame": (
        "one = socket(AF_PACKET, SOCK_RAW); one.bind(('near', 0))\n"
        "one.send(b'\\xff' * 6 + b'\\2' * 6 + b'\\x08\\0' + ip(17, DATAGRAM))", 1),
}


def send(namespace: str, code: str) -> int:
    """Run it; its pid."""
    return int(subprocess.run(
        ["nsenter", "-t", namespace, "-n", sys.executable, "-S", "-c",
         f"{SENDS}\n{code}\nprint(os.getpid())"],
        check=True, timeout=30, stdout=subprocess.PIPE, text=True).stdout)


def sent(capture: Capture) -> list[Seen]:
    return [one for one in capture.packets if one.outgoing and one.local == PORT]


@pytest.mark.parametrize("kind", KINDS)
def test_a_packet_with_other_ends_is_its_senders(kind: str, veth: tuple[str, str], watch: Watch
                                                 ) -> None:
    near, far = veth
    addresses(near, far)
    for number in "34":
        run("nsenter", "-t", far, "-n", "ip", "addr", "add", f"fd77::{number}/64", "dev", "far",
            "nodad")
    run("nsenter", "-t", far, "-n", "ip", "addr", "add", "10.77.0.3/24", "dev", "far")
    run("nsenter", "-t", near, "-n", "ip", "route", "add", "224.0.0.0/4", "dev", "near")
    code, count = KINDS[kind]
    with (open_socket(far, socket.AF_INET6, socket.SOCK_DGRAM, 0) as one,
          capturing(near, watch, 50_000_000) as capture):
        one.bind(("::", 7001))  # no error that a later call would get
        pid = send(near, code)
    packets = sent(capture)
    assert len(packets) == count
    for packet in packets:
        assert packet.process is not None, packet
        assert (packet.process.pid, packet.process.source) == (pid, EBPF), packet


def test_a_connection_made_by_hand_and_the_kernels_reset_of_it(veth: tuple[str, str], watch: Watch
                                                               ) -> None:
    """The SYN and its answer are of who made it; the kernel, which knows no such connection,
    resets it on its own behalf."""
    near, far = veth
    addresses(near, far)
    with program(far, "peer"), capturing(near, watch, 50_000_000) as capture:
        pid = send(near, "one = socket(AF_INET, SOCK_RAW, IPPROTO_RAW)\n"
                         "answers = socket(AF_INET, SOCK_RAW, IPPROTO_TCP)\n"
                         "one.sendto(ip(6, summed(SYN)), (FAR, 0)); answers.recv(100)")
    said = [(one.outgoing, one.process and one.process.pid) for one in capture.packets
            if one.protocol == TCP and one.local == PORT]
    assert said == [(True, pid), (False, pid), (True, None)]


def test_who_sends_into_anothers_connection_is_not_sure(network: Network, watch: Watch) -> None:
    """A forged datagram between ends that another process has: whose it is, is marked."""
    near = network.namespace()
    with capturing(near, watch, 50_000_000) as capture:
        send(near, "one = socket(AF_INET, SOCK_DGRAM); one.bind(('127.0.0.1', 6000))\n"
                   "one.connect(('127.0.0.1', 7001)); one.send(b'a')\n"
                   "forged = ip(17, DATAGRAM)[:12] + inet_aton('127.0.0.1') * 2 + DATAGRAM\n"
                   "raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW)\n"
                   "raw.sendto(forged, ('127.0.0.1', 0))")
    first, forged = sent(capture)
    assert first.process is not None and first.process.sure
    assert forged.process is not None and not forged.process.sure
