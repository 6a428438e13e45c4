"""Services of campus networks and routing of wireless meshes: the text is tcpdump's."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of

import fyke
from fyke.layers.application.timed import Timed

TIMED = [transport.udp(octets, 525, 525) for octets in (
    *(struct.pack(">BBHii", kind, 1, 513, seconds, micro) + b"host.example\0"
      for kind, seconds, micro in ((0, 0, 0), (1, 5, 7), (5, -1, 999999), (5, -1, 0), (22, -7, 3),
                                   (23, 8, -1), (24, 0x07000000, 0), (25, 1, 2))),
    struct.pack(">BBHii", 2, 1, 1, 0, 0) + bytes(range(1, 200)) * 2, b"\1\1", b"\5\1\0\1\0\0\0")]


def lwres(opcode: int, body: bytes = b"", flags: int = 0, version: int = 0,
          length: int | None = None) -> bytes:
    size = 28 + len(body) if length is None else length
    return transport.udp(struct.pack(">IHHIIIIHH", size, version, flags, 77, opcode, 0, 4096, 0, 0)
                         + body, 921, 1024)


ADDRESS4 = b"\0\0\0\1\0\4\x0a\0\0\1"
ADDRESS6 = b"\0\0\0\2\0\x10" + b"\xfe\x80" + bytes(13) + b"\1"
LWRES = [
    lwres(0, b"ping"), lwres(0, b"ping", 1), lwres(0x10001, b"\0\0\0\1\0\0\0\3\0\7example\0"),
    lwres(0x10001, b"\0\0\0\1\0\0\0\x13\0\7example?"),
    lwres(0x10001, b"\0\0\0\1\0\1\0\2\0\7example\0\0\5alias\0" + ADDRESS4 + ADDRESS6, 1),
    lwres(0x10002, b"\0\0\0\1" + ADDRESS4), lwres(0x10002, b"\0\0\0\1" + ADDRESS6),
    lwres(0x10002, b"\0\0\0\1\0\0\0\7\0\3abc"),
    lwres(0x10002, b"\0\0\0\1\0\1\0\7example\0\0\5alias\0", 3),
    lwres(0x10003, b"\0\0\0\1\0\1\0\x0f\0\7example\0"),
    lwres(0x10003, b"\0\0\0\1\0\3\1\1\0\7example\0"),
    lwres(0x10003, b"\0\0\0\1\0\1\0\1\0\0\x0e\x10\0\1\0\1\0\7example\0\0\4\x0a\0\0\1\0\2ab", 1),
    lwres(0x10001, b"\0\0\0\1\0\0\0\1\0\1a\0extra"),
    lwres(0, version=1), lwres(0, length=99), lwres(0x10001, b"\0\0")]


def igrp(head: int, counts: tuple[int, int, int], routes: bytes = b"") -> bytes:
    return transport.ip4(9, struct.pack(">BBHHHHH", head, 1, 90, *counts, 0xABCD) + routes)


ROUTE = b"\x0a\1\2\0\0\x64\0\x27\x10\5\xdc\xff\1\2"
IGRP = [igrp(0x11, (1, 1, 1), ROUTE * 3), igrp(0x12, (0, 0, 0)), igrp(0x13, (0, 1, 0)),
        igrp(0x11, (1, 0, 0), ROUTE * 2), igrp(0x11, (1, 0, 0), ROUTE + b"ab"),
        igrp(0x11, (1, 0, 0), bytes(14))]

FOUR = b"\x0a\0\0\1"
SIX = ADDRESS6[6:]
AODV = [transport.udp(octets, 654, 654) for octets in (
    b"\1\xf8\0\2\0\0\0\7" + FOUR + b"\0\0\0\1" + FOUR + b"\0\0\0\2",
    b"\1\0\0\2\0\0\0\7" + FOUR + b"\0\0\0\1" + FOUR + b"\0\0\0\2\1\4\0\0\0\x64",
    b"\2\xc0\5\2" + FOUR + b"\0\0\0\1" + FOUR + b"\0\0\x0b\xb8",
    b"\2\0\5\2" + FOUR + b"\0\0\0\1" + FOUR + b"\0\0\x0b\xb8\7\2ab",
    b"\3\x80\0\2" + (FOUR + b"\0\0\0\1") * 2, b"\4\0", b"\x63abc")]
SHORT_ERROR = transport.udp(b"\3\0\0\3" + FOUR + b"\0\0\0\1", 654, 654)


def ahcp(message: int, options: bytes = b"", head: bytes = b"\x2b\1\3\4\0\0\0\7") -> bytes:
    return transport.udp(head + bytes(range(16)) + struct.pack(">BBH", message, 0, len(options))
                         + options, 5359, 5359)


OPTIONS = (b"\0\1\2ab\2\4\0\0\0\x3c\3\4\0\0\x0e\x10\4\4\5\6\7\x08" + b"\5\x10" + SIX + b"\6\x11"
           + SIX + b"\x40\7\x10" + SIX + b"\x08\4" + FOUR + b"\x09\5" + FOUR + b"\x18\x0a\4" + FOUR
           + b"\x0b\0\x0c\4" + FOUR + b"\x0d\5" + FOUR + b"\x18\x63\1a")
AHCP = [ahcp(0), ahcp(1, OPTIONS), ahcp(7, b"\1\x09ab"), ahcp(99, b"\2\3abc"), ahcp(2, b"\1"),
        ahcp(3, head=b"\x2b\2\3\4\0\0\0\7"), ahcp(3, head=b"\x2c\1\3\4\0\0\0\7"),
        ahcp(5, b"\3\4\x40\0\0\0"), ahcp(5, b"\6\3abc")]

ZEPHYR_FIELDS = [b"ZEPH0.2", b"17", b"2", b"0x1 0x2", b"0x7F01", b"0", b"0", b"", b"message",
                 b"personal", b"", b"me@EXAMPLE", b"you@EXAMPLE", b"", b"0x0", b"0/5", b"0x1 0x2"]


def zephyr(more: bytes = b"hello\0", **changed: bytes) -> bytes:
    names = ("version", "count", "kind", "uid", "port", "auth", "authlen", "authdata", "cls",
             "inst", "opcode", "sender", "recipient", "format", "cksum", "multi", "multi_uid")
    fields = [changed.get(name, old) for name, old in zip(names, ZEPHYR_FIELDS, strict=True)]
    return transport.udp(b"\0".join(fields) + b"\0" + more, 2103, 2104)


ZEPHYR = [zephyr(), zephyr(recipient=b""), zephyr(kind=b"5", more=b"SENT\0"),
          zephyr(kind=b"5", more=b"LOST\0"), zephyr(opcode=b"PING"), zephyr(version=b"ZEPH1.3"),
          zephyr(version=b"ZEXX"), zephyr(cls=b"ZEPHYR_CTL", inst=b"CLIENT", opcode=b"SUBSCRIBE",
                                          more=b"message\0*\0you\0"),
          zephyr(kind=b"0x8", cls=b"ZEPHYR_CTL", inst=b"HM", opcode=b"BOOT"),
          zephyr(cls=b"LOGIN", opcode=b"USER_LOGIN", inst=b"me", more=b"a\0b\0c\0d\0"),
          zephyr(inst=b"consult", sender=b""), transport.udp(b"ZEPH0.2\0 17\0", 2103, 2104)]

#: DLT_ARCNET and DLT_ARCNET_LINUX
ARP = bytes.fromhex("0007080001040001010a0000010002") + bytes(9)
IP = transport.udp(b"hello")[14:]
ARCNET = [b"\1\2\xd4\0\0\7" + IP, b"\1\0\xd4\1\0\7" + IP, b"\1\0\xd4\3\0\7" + IP,
          b"\1\2\xd4\xff\xff\xff\xff\0\0\7" + IP, b"\1\2\xd5\0\0\7" + ARP,
          b"\1\2\xf0" + IP, b"\1\2\xf1" + ARP, b"\1\2\x63\0\0\0abc"]
LINUX_ARCNET = [b"\1\2\0\0\xd4\0\0\7" + IP, b"\1\0\0\0\xf0" + IP, b"\1\0\0\0\x63abcdefgh",
                b"\1\0\0\0\xd5\0\0\7" + ARP]

GROUPS = [(TIMED, 1, ""), (LWRES, 1, ""), (IGRP, 1, ""), (AODV, 1, "aodv"), (AHCP, 1, ""),
          (ZEPHYR, 1, ""), (ARCNET, 7, ""), (LINUX_ARCNET, 129, "")]
IDS = ["timed", "lwres", "igrp", "aodv", "ahcp", "zephyr", "arcnet", "arcnet-linux"]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize(("packets", "link_type", "packet_type"), GROUPS, ids=IDS)
def test_as_tcpdump(tmp_path: Path, options: str, packets: list[bytes], link_type: int,
                    packet_type: str) -> None:
    assert_same(tmp_path / "some.pcap", packets, options, link_type,
                lambda text: text.replace(" Type257 ", " CAA "), packet_type)


@pytest.mark.parametrize(("packets", "link_type", "packet_type"), GROUPS, ids=IDS)
def test_prefixes(packets: list[bytes], link_type: int, packet_type: str) -> None:
    assert_prefixes_end(packets, link_type)


def test_fields() -> None:
    assert text_of(TIMED[0]).endswith("TSP_ANY vers 1 seq 513 name host.example")
    assert text_of(SHORT_ERROR).endswith(
        ":  aodv rerr  [items 3] [12]: {10.0.0.1}(1) [remaining length 0 < 8] (invalid)")
    assert fyke.Packet(TIMED[0])[Timed].machine == "host.example"
