"""Small protocols: tables of packets whose text is tcpdump's, or what tcpdump 5 writes."""

from __future__ import annotations

import struct
from pathlib import Path

import network_traffic as traffic
import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of

import fyke
from fyke.layers.layer import write_packet
from fyke.layers.link.slip import Slip
from fyke.wire import Line, Record

PING = traffic.ipv4(1, traffic.icmp(8, 0, bytes(4)))
TCP = traffic.ipv4(6, struct.pack(">HHIIBBHHH", 1, 2, 3, 4, 0x50, 0x10, 5, 0, 0) + b"data")

TELNET = [transport.tcp(octets, 40000, 23) for octets in (
    b"\xff\xfd\x18\xff\xfb\x1f\xff\xfe\x63\xff\xfc\0", b"\xff\xff\xff\xf1\xff\xf6login: ",
    b"\xff\xfa\x18\0xterm\xff\xf0", b"\xff\xfa\x18\1\xff\xf0\xff\xfa\x1f\0\x50\0\x18\xff\xf0",
    b"\xff\xfa\x25\0\2\1\xff\xf0\xff\xfa\x25\1\x08\xff\xf0\xff\xfa\x25\x63\x62\xff\xf0",
    b"\xff\xfa\x26\0\1\xff\xf0\xff\xfa\x26\5\5\xff\xf0\xff\xfa\x26\x63\x63\xff\xf0",
    b"\xff\xfa\x18\xff\xf0", b"\xff\xfa\x18abc", b"\xff\x10", b"\xff", b"text", b"\xff\xfd")]


def slip(direction: int, head: bytes, packet: bytes = TCP) -> bytes:
    return (bytes([direction]) + head).ljust(16, b"\0") + packet


SLIP = [
    slip(0, PING[:15], PING), slip(1, b"\x75" + TCP[1:9] + b"\7"), slip(1, b"\xc8\7\0\0\5"),
    slip(1, b"\x8b\0\0"), slip(1, b"\x8f\0\0"), slip(1, b"\xbd\0\0\1\0\2\0\3\4\5"),
    slip(0, b"\x82\0\0\0\xff\xf0"), slip(0, b"\x82\0\0\x30"), slip(5, b"\x75"), slip(0, b"\x12"),
    slip(0, b"\x45", traffic.ipv6(59, b"")), slip(0, b"\x45", b"\xe0abc"), b"\0" * 9,
]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize(("packets", "link_type"), [(TELNET, 1), (SLIP, 8), (SLIP[:8], 102)],
                         ids=["telnet", "slip", "slip-bsdos"])
def test_as_tcpdump(tmp_path: Path, options: str, packets: list[bytes], link_type: int) -> None:
    if link_type == 8:
        packets = [packets[0], packets[1], *packets[6:11]]  # those that count from no other
    assert_same(tmp_path / "some.pcap", packets, options, link_type,
                lambda text: text.replace(") payload length: ", "), payload length ")
                .replace("next-header unknown (59)", "next-header No Next Header (59)"))


def test_slip_counts_from_the_last_packet() -> None:
    out = Line()
    out.style.link_level, out.style.numeric = True, 2
    layer = Slip()
    for octets in (SLIP[2], SLIP[4]):
        packet = Record(octets, 8)
        write_packet(layer.at(packet, 0, len(octets)), out)
    assert b"ctcp * *S+4 4 (3): " in out.text()


def nhrp(kind: int, *entries: bytes, family: int = 1, protocol: int = 0x0800, version: int = 1,
         source: bytes = b"\x0a\0\0\1", end: int | None = None) -> bytes:
    body = struct.pack(">BBHI", 4, 4, 0, 77) + source + b"\xc0\xa8\0\1\xc0\xa8\0\2"
    body += b"".join(entries)
    size = 20 + len(body)
    return traffic.four(47, b"\0\0\x20\1" + struct.pack(
        ">HH5xBHHHBBBB", family, protocol, 255, size, 0, size if end is None else end, version,
        kind, len(source), 0) + body)


ENTRY = b"\0\x20\0\0\x05\xdc\x1c\x20\4\0\4\x09\x0a\0\0\3\xc0\xa8\0\3"
NHRP = "IP 10.0.0.1 > 10.0.0.2: GREv0, length "


@pytest.mark.parametrize(("octets", "settings", "expected"), [
    (nhrp(1, ENTRY), {}, NHRP + "64: NHRP: res request, id 77, src nbma 10.0.0.1, 192.168.0.1 -> "
     "192.168.0.2 (code 0, nbma 10.0.0.3, proto 192.168.0.3)"),
    (nhrp(3), {}, NHRP + "44: NHRP: reg request, id 77, src nbma 10.0.0.1, 192.168.0.1 -> "
     "192.168.0.2"),
    (nhrp(7), {}, NHRP + "44: NHRP: error indication, error <unknown-err-code-0>, "
     "src nbma 10.0.0.1, 192.168.0.1 -> 192.168.0.2"),
    (nhrp(9, family=9, protocol=0x1234), {}, NHRP + "44: NHRP: unknown-op-type-0009, "
     "unknown-nbma-addr-family-0009 (0a:00:00:01), proto type 1234 c0:a8:00:01 -> c0:a8:00:02"),
    (nhrp(2, family=6, source=bytes(6)), {}, NHRP + "46: NHRP: res reply, id 77, src nbma "
     "00:00:00:00:00:00, 192.168.0.1 -> 192.168.0.2"),
    (nhrp(1, version=2), {}, NHRP + "44: NHRP: unknown-version-02"),
    (nhrp(1, end=9), {}, NHRP + "44: NHRP: res request [extoff 9 < 20] (invalid)"),
    (nhrp(1, end=99), {}, NHRP + "44: NHRP: res request [extoff 99 > 40] (invalid)"),
    (nhrp(1, ENTRY[:9]), {}, NHRP + "53: NHRP: res request, id 77, src nbma 10.0.0.1, 192.168.0.1 "
     "-> 192.168.0.2 [remaining mandatory part length 9 < 12] (invalid)"),
])
def test_lines(octets: bytes, settings: dict[str, object], expected: str) -> None:
    assert text_of(octets, **settings) == expected


@pytest.mark.parametrize(("packets", "link_type"), [
    (TELNET, 1), (SLIP, 8), ([nhrp(1, ENTRY)], 1)])
def test_prefixes(packets: list[bytes], link_type: int) -> None:
    assert_prefixes_end(packets, link_type)


def test_fields() -> None:
    assert fyke.Packet(TELNET[0])[fyke.Telnet].commands == [
        b"\xff\xfd\x18", b"\xff\xfb\x1f", b"\xff\xfe\x63", b"\xff\xfc\0"]


def test_telnet_commands_where_the_capture_ends() -> None:
    """Whole commands are listed, the last one too; what is cut off is left out."""
    for octets in TELNET:
        whole = fyke.Packet(octets).get(fyke.Telnet)
        for end in range(54, len(octets)):
            cut = fyke.Packet(octets[:end], wire_length=len(octets)).get(fyke.Telnet)
            if cut is not None and whole is not None:
                assert cut.commands == whole.commands[:len(cut.commands)]
    assert fyke.Packet(TELNET[1][:58])[fyke.Telnet].commands == [b"\xff\xff", b"\xff\xf1"]


def test_commands_cut_short() -> None:
    """A program that reads the field of a cut packet gets what is whole, not Truncated."""
    octets = transport.tcp(b"\xff\xfd\x18\xff\xfa\x18\1\xff\xf0\xff\xf1", dport=23)
    told = [fyke.Packet(octets[:end])[fyke.Telnet].commands for end in range(len(octets) - 10,
                                                                            len(octets) + 1)]
    whole = [b"\xff\xfd\x18", b"\xff\xfa\x18\1\xff\xf0", b"\xff\xf1"]
    assert told == [[], [], *[whole[:1]] * 6, *[whole[:2]] * 2, whole]
