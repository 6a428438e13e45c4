"""L2TP, RTP and its kin, sFlow: the text is tcpdump's, the attributes are the packet's."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import network_traffic as traffic
import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of

import fyke


def pair(kind: int, value: bytes, flags: int = 0x8000, vendor: int = 0) -> bytes:
    return struct.pack(">HHH", flags | 6 + len(value), vendor, kind) + value


def l2tp(*pairs: bytes, extra: int = 0) -> bytes:
    body = b"".join(pairs)
    return struct.pack(">HHHHHH", 0xC802, 12 + len(body) + extra, 5, 6, 7, 8) + body


TEXT = b"text\x1b[0m"
PING = traffic.ipv4(1, traffic.icmp(8, 0, bytes(4)))
L2TP = [
    l2tp(), *(l2tp(pair(0, struct.pack(">H", kind))) for kind in (1, 2, 6, 14, 16, 5, 99)),
    *(l2tp(*(pair(kind, value) for kind in range(48))) for value in (
        b"", b"\0\1", b"\0\1\2", b"\0\3\0\1", TEXT, bytes(range(1, 29)))),
    l2tp(*(pair(kind, b"\0\2", 0x4000) for kind in range(3)), pair(5, b"abc", vendor=9)),
    l2tp(pair(0, b"\0\1"), extra=3), l2tp(pair(0, b"\0\1"), b"\0\3abc"), l2tp(b"\x80\x09"),
    b"\x00\x02\0\5\0\6\xff\x03\x00\x21" + PING, b"\x03\x02\0\5\0\6\0\2ab\xff\x03\xc0\x21\1\1\0\4",
    b"\x40\x02\0\x26\0\5\0\6\x00\x21" + PING, b"\x80\x02\0\5\0\6", b"\xc0\x02\0\4\0\5\0\6",
    b"\x00\x01abc", b"\0\0abc", b"\x02\x02\0\5\0\6\0\x20",
]


def rtp(first: int, rest: bytes = b"", ssrc: int = 3) -> bytes:
    return struct.pack(">III", first, 2, ssrc) + rest


RTP = [
    rtp(0x80000001, b"voice"), rtp(0x80E00001, b"voice!"), rtp(0x901F0001, b"\0\0\0\1abcdefghi"),
    rtp(0x90000001, b"\0\0\0\x09"), rtp(0x801F0001, b"\1\2\3\4"), rtp(0x40400001, b"ab"),
    rtp(0x40800001, b"", 0x80010000), rtp(0x40800001, b"\0\0\0\0\0\0\0\0", 0x00010000),
    rtp(0x40800001, b"", 0x80090000), rtp(0x80000001)[:9], b"abc", rtp(0x401F0001, b"", 0x1234),
]
REPORT = struct.pack(">IIIIII", 9, 0x05000007, 300, 4, 0x00018000, 0x00004000)
RTCP = [
    struct.pack(">BBHI", 0x81, 200, 12, 7) + struct.pack(">IIIII", 5, 1 << 31, 6, 7, 8) + REPORT,
    struct.pack(">BBHI", 0x82, 201, 13, 7) + REPORT * 2, struct.pack(">BBHI", 0x80, 201, 9, 7),
    struct.pack(">BBHI", 0x81, 202, 1, 7) + struct.pack(">BBHI", 0x81, 203, 1, 7),
    struct.pack(">BBHI", 0x81, 204, 1, 7), struct.pack(">BBHI", 0x81, 201, 1, 7), b"\x80\xc8",
]
VAT = [b"\0\0\0\5\0\0\0\6", b"\x30\x9f\0\5\0\0\0\6ab", b"\x44\1", b"a", b"\0\0abc"]


def sflow(*samples: tuple[int, bytes], family: int = 1, count: int | None = None,
          version: int = 5) -> bytes:
    agent = b"\x0a\0\0\1" if family == 1 else bytes(15) + b"\1"
    head = struct.pack(">II", version, family) + agent + struct.pack(
        ">IIII", 1, 2, 3, len(samples) if count is None else count)
    return head + b"".join(struct.pack(">II", kind, len(body)) + body for kind, body in samples)


def records(*these: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack(">II", kind, len(body)) + body for kind, body in these)


FLOWS = [(kind, bytes(range(kind % 7, kind % 7 + 40)))
         for kind in (1, 2, 3, 4, 1001, 1002, 1012, 77, 0x1001)]
COUNTERS = [(kind, bytes(range(88))) for kind in (1, 2, 3, 4, 5, 1001, 77, 0x100001)]
SFLOW = [
    sflow((1, bytes(28) + struct.pack(">I", len(FLOWS)) + records(*FLOWS))),
    sflow((3, bytes(range(40)) + struct.pack(">I", len(FLOWS)) + records(*FLOWS)), family=2),
    sflow((2, bytes(range(8)) + struct.pack(">I", len(COUNTERS)) + records(*COUNTERS)),
          (4, bytes(range(12)) + struct.pack(">I", 1) + records(*COUNTERS[:1]))),
    sflow((9, b"unknown!"), (1, b"")), sflow((2, bytes(8) + b"\0\0\0\1"), count=3),
    sflow((2, bytes(8) + b"\0\0\0\2" + records((1, bytes(20))))), sflow((1, b"short")),
    sflow(version=4), sflow(family=3) + bytes(12), sflow((1, bytes(32)), count=9), sflow()[:20],
]


def udp(payloads: list[bytes], port: int) -> list[bytes]:
    return [transport.udp(payload, 40000, port) for payload in payloads]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize(("packets", "packet_type"), [
    (udp(L2TP, 1701), ""), (udp(SFLOW, 6343), ""), (udp(RTP, 5004), "rtp"),
    (udp(RTCP, 5005), "rtcp"), (udp(VAT, 3456), ""), (udp(VAT, 9), "vat"),
], ids=["l2tp", "sflow", "rtp", "rtcp", "vat", "told-vat"])
def test_as_tcpdump(tmp_path: Path, options: str, packets: list[bytes], packet_type: str) -> None:
    assert_same(tmp_path / "some.pcap", packets, options, packet_type=packet_type, reword=reword)


def reword(text: str) -> str:
    """Version 5's words: the expanded flow sample's interfaces, what cannot be in L2TP."""
    a, b, c, d = struct.unpack(">4I", bytes(range(24, 40)))
    text = re.sub(r"(l2tp:.* (larger than packet|than header length|No length))", r"\1 (invalid)",
                  text)
    text = text.replace("*MSGTYPE(SCCRQ)  [|l2tp]", "*MSGTYPE(SCCRQ)  [AVP length 3 < 6] (invalid)")
    text = text.replace("Nr=8  [|l2tp]", "Nr=8  (len > 2) (invalid)")
    return text.replace(" drops 336926231, records",
                        f" drops 336926231, input {b} ({a}), output {d} ({c}), records")


@pytest.mark.parametrize("packets", [udp(L2TP[8:], 1701), udp(SFLOW, 6343)])
def test_prefixes(packets: list[bytes]) -> None:
    assert_prefixes_end(packets)


def test_fields() -> None:
    tunnel = fyke.Packet(udp([l2tp(pair(0, b"\0\1"), pair(7, b"host"))], 1701)[0])[fyke.L2tp]
    assert (tunnel.tunnel, tunnel.session, tunnel.ns, tunnel.nr) == (5, 6, 7, 8)
    assert [(one.name, one.value) for one in tunnel.pairs] == [("msgtype", 1),
                                                               ("host_name", "host")]
    datagram = fyke.Packet(udp(SFLOW, 6343)[2])[fyke.Sflow]
    assert (datagram.agent, datagram.sequence, datagram.sample_count) == ("10.0.0.1", 2, 2)
    assert [one.format for one in datagram.samples] == [2, 4]


def test_lines() -> None:
    text = text_of(udp(RTP, 5004)[1], packet_type="rtp")
    assert text == "IP 192.0.2.1.40000 > 198.51.100.77.5004: udp/rtp 6 c96 * 1 2"
