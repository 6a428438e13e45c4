"""How people use fyke, for type checkers only: an error on each line that says so, and no other."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any, assert_type

import fyke
import fyke.layers


def layers(packet: fyke.Packet) -> str | None:
    tcp = packet.get(fyke.Tcp)
    if tcp is None:
        return None
    assert_type(tcp, fyke.Tcp)
    flags: int = tcp.flags
    number: int = packet[fyke.IPv4].src
    octets: bytes = packet[fyke.IPv6].src
    ttl: int = packet[fyke.IP].ttl
    either: int | bytes = packet[fyke.IP].src
    print(flags, number, octets, ttl, either)
    assert_type(tcp.src_port, int)
    assert_type(packet[fyke.Ethernet].src, bytes)
    assert_type(packet[fyke.IPv4].dst, int)
    assert_type(packet[fyke.layers.Dhcp], fyke.layers.Dhcp)
    assert_type(packet[fyke.layers.Dhcp].xid, int)
    assert_type(packet.replace(ip={"ttl": 3}, time=5), fyke.Packet)
    assert_type(fyke.Packet.build(fyke.Ethernet(type=5), fyke.Udp(), b"x"), fyke.Packet)
    assert_type(packet.number, int | None)
    tcp.src_port = 5  # wrong
    assert_type(packet.link_type, fyke.LinkType)
    assert_type(packet.time, int)
    assert_type(fyke.Udp in packet, bool)
    packet[5]  # wrong
    packet.get(5)  # wrong
    return str(packet["ip"]["src"])


def reading(path: Path) -> None:
    for packet in fyke.read(path, filter="tcp"):
        assert_type(packet, fyke.Packet)
    with fyke.read("x.pcap") as packets:
        assert_type(packets, fyke.Reader)
        assert_type(next(packets), fyke.Packet)
        assert_type(packets.link_type, fyke.LinkType)
    with open(path, "rb") as file, io.BytesIO() as memory, tempfile.TemporaryFile() as other:
        fyke.read(file)
        fyke.read(memory)
        fyke.read(other)
        fyke.read(file.read())
    with open(path) as text:
        fyke.read(text)  # wrong
        fyke.write(text)  # wrong
    fyke.read(5)  # wrong
    fyke.read(None)  # wrong
    fyke.read(path, filter=b"tcp")  # wrong
    fyke.read(path, filtre="tcp")  # wrong


def rows(path: Path) -> None:
    for row in fyke.rows(path, ["time", "ip.src"]):
        assert_type(row, tuple[Any, ...])
    with fyke.rows(path, ("time",), filter="udp") as made:
        assert_type(made, fyke.Rows)
    fyke.rows(path, "time")  # wrong
    fyke.rows(path, [5])  # wrong


def writing(path: Path, packet: fyke.Packet) -> None:
    with fyke.write(path, link_type=packet.link_type, format="pcapng") as file:
        file.add(packet, time=5)
        file.add(bytes(60))
        file.add(bytearray(60), time=packet.time)
        file.add(packet, time=1.5)  # wrong
        file.add("text")  # wrong
        file.add(None)  # wrong
    with io.BytesIO() as memory, tempfile.TemporaryFile() as other:
        fyke.write(memory)
        fyke.write(other, "RAW", nanoseconds=False)
    fyke.write(path, link_type=1.0)  # wrong
    fyke.write(path, format="erf")  # wrong
    fyke.Packet(bytes(60), time=1.5)  # wrong
    fyke.Packet("text")  # wrong


def capturing() -> None:
    with fyke.capture("eth0", "tcp", count=5, timeout=1.5, snaplen=96, promiscuous=False,
                      buffer_size=1 << 20, direction="in", immediate=True, netns="blue") as tap:
        assert_type(tap, fyke.Capture)
        assert_type(tap.next(timeout=0.5), fyke.Packet | None)
        assert_type(tap.fileno(), int)
        assert_type(tap.statistics.received, int)
        for packet in tap:
            assert_type(packet, fyke.Packet)
    fyke.capture("eth0", snaplen="x")  # wrong
    fyke.capture("eth0", promisc=True)  # wrong
    fyke.capture("eth0", direction="up")  # wrong
    fyke.capture("eth0", defragment="drop", process="auto")
    fyke.capture("eth0", defragment="best")  # wrong
    fyke.capture(5)  # wrong
    assert_type(fyke.interfaces(), list[fyke.Interface])
    assert_type(fyke.interfaces(netns="blue")[0].name, str)


async def capturing_async() -> None:
    async with fyke.capture("eth0") as tap:
        async for packet in tap:
            assert_type(packet, fyke.Packet)


def filters(packet: fyke.Packet) -> None:
    program = fyke.compile("tcp", link_type=packet.link_type)
    assert_type(program, fyke.Program)
    assert_type(program.run(packet), int)
    assert_type(program.explain(packet).matched, bool)
    assert_type(fyke.describe(program), str)
    fyke.equivalent("tcp", program)
    fyke.compile(b"tcp")  # wrong
    fyke.describe("tcp")  # wrong


class Mine(fyke.Layer):
    name = "mine"
    fields = ("x",)
    x: int

    def clear(self) -> None:
        self.x = 0

    def parse(self, pkt: fyke.wire.Record, off: int) -> None:
        self.x = pkt.u8(off)

    def write(self, line: fyke.wire.Line) -> None:
        if self.short:
            raise fyke.Truncated
        line.put(b"mine %d" % self.x)


fyke.register("udp.port", 5, Mine)
fyke.register("udp.port", "5", Mine)  # wrong
fyke.register("udp.port", 5, int)  # wrong
fyke.register("udp.port", 5, Mine())  # wrong
print(fyke.sniff)  # wrong
