"""IPX, AppleTalk, DECnet and WCCP: what tcpdump 5 words anew, and the attributes."""

from __future__ import annotations

import legacy_traffic as traffic
import pytest
from legacy_traffic import NODE, SHORT_DDP, SHORT_IPX, dec, short
from network_traffic import frame, llc
from test_transport import text_of

import fyke
from fyke.layers.layer import write_packet
from fyke.layers.network.appletalk import Aarp, DdpEthernet, LocalTalk, ShortDdp
from fyke.layers.network.decnet import Decnet
from fyke.layers.network.ipx import Ipx
from fyke.layers.network.wccp import WccpRedirect
from fyke.wire import Line, Record

IPX_ENDS = [
    b"ipx-sap-resp 030c 'SERVER^[[m' [length 5 < 10] (invalid)",
    b"addr 00000007.00:11:22:33:44:55 [length 1 < 4] (invalid)",
    b"ipx-sap-resp [length 1 < 2] (invalid)", b"ipx-rip-resp [length 3 < 8] (invalid)",
]
DDP_ENDS = [b":  nbp-0x70 5  (9)", b":  [undersized-nbp 5 < 10] (invalid)",
            b":  [ATP length 3 < 8] (invalid)", b"AT  [length 3 < 13] (invalid)"]


@pytest.mark.parametrize(("octets", "end"), [
    *((llc(b"\xe0\xe0\3" + packet), end) for packet, end in zip(SHORT_IPX, IPX_ENDS, strict=True)),
    *((frame(0x809B, packet), end) for packet, end in zip(SHORT_DDP, DDP_ENDS, strict=True)),
    (frame(0x80F3, b"abc"), b"aarp  [length 3 < 28] (invalid)"),
])
def test_what_is_too_short(octets: bytes, end: bytes) -> None:
    assert text_of(octets).endswith(end)


@pytest.mark.parametrize(("octets", "text"), [
    (b"\xff\x09\1abc", b" [SDDP length 3 < 5] (invalid)"),
    (b"\xff\x09\2abc", b" [DDP length 3 < 13] (invalid)"),
    (b"\xff\x09", b" [LLAP length 2 < 3] (invalid)"),
])
def test_short_local_talk(octets: bytes, text: bytes) -> None:
    line = Line()
    packet = Record(octets, 114)
    write_packet(LocalTalk().at(packet, 0, packet.wirelen), line)
    assert line.text() == text


@pytest.mark.parametrize(("number", "start"), [
    (0, b"wccp T:1 A:1 U:1 SId:89 Alt:1 Pri:72: IP 10.0.0.1 > 10.0.0.2: ICMP echo request"),
    (1, b"wccp IP 10.0.0.1 > 10.0.0.2: ICMP echo request"),
    (2, b"wccp  [len 2 < 4] (invalid)"), (3, b"wccp  [len 0 < 1] (invalid)")])
def test_redirection(number: int, start: bytes) -> None:
    text = text_of(traffic.wccp()[number])
    assert text.partition(b": ")[2].partition(b": ")[2].startswith(start)


def test_fields() -> None:
    ipx = fyke.Packet(traffic.ipx_packets()[5])[Ipx]
    assert (ipx.src_net, ipx.src_node, ipx.src_socket) == (0xA8F87967, NODE, 0x4008)
    assert (ipx.dst_node, ipx.dst_socket) == (b"\xff" * 6, 0x452)
    assert (ipx.packet_length, ipx.type) == (34, 4)
    ddp = fyke.Packet(frame(0x809B, traffic.ddp(1, b"ab")))[DdpEthernet]
    assert (ddp.src_net, ddp.src_node, ddp.src_socket, ddp.type) == (7, 9, 2, 1)
    assert (ddp.dst_net, ddp.dst_node, ddp.dst_socket) == (0x1234, 255, 6)
    aarp = fyke.Packet(traffic.aarp(2))[Aarp]
    assert (aarp.operation, aarp.sender_net, aarp.sender_node) == (2, 7, 9)
    assert (aarp.target_net, aarp.target_node) == (0x1234, 255)
    decnet = fyke.Packet(dec(short(traffic.SERVICES[0])))[Decnet]
    assert (decnet.src, decnet.dst, decnet.hops) == (0x0802, 0x0401, 6)
    assert fyke.Packet(traffic.wccp()[0])[WccpRedirect].service == 0x59


def test_short_datagrams_have_the_nodes_of_the_link() -> None:
    ddp = fyke.Packet(traffic.local_talk()[0], link_type=114)[ShortDdp]
    assert (ddp.src_node, ddp.dst_node, ddp.src_socket, ddp.dst_socket) == (9, 255, 2, 6)
