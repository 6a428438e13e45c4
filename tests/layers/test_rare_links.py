"""Link types that few captures have: token ring to USB. The text is tcpdump's."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import Any

import pytest
from judge import STYLES, assert_same, mutants, needs_tcpdump, text_of
from network_traffic import frame, icmp, ipv4

import fyke
from fyke.layers.link.bluetooth import Bluetooth
from fyke.layers.link.enc import Enc
from fyke.layers.link.fddi import Fddi
from fyke.layers.link.fibre_channel import FibreChannel
from fyke.layers.link.firewire import FireWire
from fyke.layers.link.infiniband import IpoIb
from fyke.layers.link.netanalyzer import NetAnalyzer
from fyke.layers.link.sunatm import Lane, SunAtm
from fyke.layers.link.symantec import Symantec
from fyke.layers.link.token_ring import TokenRing
from fyke.layers.link.usb import Usb

A, B = bytes.fromhex("010203040506"), bytes.fromhex("001122334455")
PING = ipv4(1, icmp(8, 0, b"\0\1\0\2abc"))
#: What stands above LLC, IP at the first place.
LLC = [b"\xaa\xaa\3\0\0\0\x08\0" + PING, b"\xaa\xaa\3\0\0\0\x12\x34abc", b"\4\6\3xyz",
       b"\xaa\xaa\3\0\0\x0c\1\x34abc", b"\4\5\xaf\x81\1\2", b"\4"]
TYPED = [b"\x08\0" + PING, b"\x12\x34abc", b"\x81\0\0\5\x08\0" + PING, b"\0\5abcde",
         b"\x88\xe5\0\1\2\3", b"\xd2\x8b\0\1\2\3"]


def ring(route: bytes = b"", control: int = 0x40, rest: bytes = LLC[0]) -> bytes:
    source = bytes([B[0] | (0x80 if route else 0)]) + B[1:]
    return bytes([0x10, control]) + A + source + route + rest


TOKEN_RING = [*(ring(rest=rest) for rest in LLC), ring(b"\x06\x30\x01\x23\x04\x56"),
              ring(b"\x8a\xf0\x01\x23\x04\x56\x07\x80\0\1"), ring(b"\xc2\x10"),
              ring(b"\x02\x70", 0x40, LLC[1]), ring(control=0, rest=b"mac frame"),
              ring(b"\x1e\x30\x01\x23", rest=b""), ring(b"\x00\x30", rest=LLC[0])]
FDDI = [bytes([control]) + A + B + rest for control in (0x50, 0x57) for rest in LLC] + [
    bytes([control]) + A + B + b"other" for control in (
        0x40, 0x41, 0x4F, 0x45, 0x80, 0xC0, 0xC2, 0xC3, 0xC7, 0xD3, 0x63, 0xE2, 0x10)]
FIBRE_CHANNEL = [b"\x10\0" + A + b"\x10\0" + B + rest for rest in LLC]
FIREWIRE = [A + b"\7\x08" + B + b"\7\x09" + rest for rest in TYPED]
INFINIBAND = [A * 3 + b"\0\1" + B * 3 + b"\0\2" + rest[:2] + b"\0\0" + rest[2:] for rest in TYPED]
SYMANTEC = [A + rest[:2] + bytes(36) + rest[2:] for rest in TYPED]
NETANALYZER = [b"\1\2\3\4" + frame(0x0800, PING), b"\1\2\3\4" + frame(0x1234, b"abc"),
               b"\1\2\3\4" + frame(0, b"")[:13]]
TRANSPARENT = [octets[:4] + b"\x55" * 7 + b"\xd5" + octets[4:] for octets in NETANALYZER]
ENC = [struct.pack(order + "I", family) + b"\0\0\x10\1" + struct.pack(order + "I", flags) + PING
       for order in "<>" for family in (2, 24, 99) for flags in (0, 0x400, 0x800, 0xC00, 0xC01, 1)
       if family != 24]


def usb(event: bytes, transfer: int, size: int) -> bytes:
    return (struct.pack("<Q", 0xFFFF8880AABBCCDD) + event + struct.pack(
        "<BBBHBBqiiII", transfer, 0x81, 5, 3, 0, 0, 1600000000, 5, -115, 18, 4)
        ).ljust(size, b"\7") + b"data"


USB = [usb(event, transfer, 48) for event in (b"S", b"C", b"E", b"?") for transfer in range(5)]
MAPPED = [usb(event, transfer, 64) for event in (b"S", b"C", b"?") for transfer in (0, 1, 9)]
BLUETOOTH = [b"\0\0\0\1\4\x0e\4\1\3\x0c\0", b"\0\0\0\0\1\3\x0c\0", b"\0\0\0\1"]
OAM = b"\0\0\0\x30\0\x18\1" + bytes(50)
SUNATM = [
    *(b"\x82\1\0\x64" + rest for rest in LLC), b"\2\0\0\x64" + LLC[0], b"\0\0\0\x64" + LLC[1],
    b"\x82\0\0\5\x09\3\0\1\2\5\0\0", b"\x82\0\0\5\x09\3\0\1\2\x33", b"\x82\0\0\5\x44",
    b"\x82\0\0\2abc", b"\x82\0\0\1abc", b"\x82\0\0\3" + OAM, b"\x82\0\0\4" + OAM,
    b"\x82\0\0\x10\x30\x26\2\1\0\4\6public\xa0\x19\2\1\1\2\1\0\2\1\0\x30\x0e\x30\x0c\6\x08\x2b\6\1"
    b"\2\1\1\1\0\5\0", b"\x81\1\0\x64\0\7" + frame(0x0800, PING),
    b"\x81\1\0\x64\0\7" + frame(0x1234, b"abc"), b"\x81\1\0\x64\xff\0\1\2\0\6abc",
    b"\x81\1\0\x64\xff\0\1\2\0\x99abc", b"\x81\1\0\x64\0\7abc", b"\x81\1\0\x64\0",
]
#: Protocols that have a name and no decoder, unknown ones, and MLPPP.
PPP = [b"\xff\3" + struct.pack(">H", number) + b"\0\1\2" for number in (
    0x25, 0x27, 0x29, 0x2D, 0x31, 0x33, 0x35, 0x3D, 0x201, 0x8025, 0x802B, 0xC025, 0xC02D, 0xC227,
    0x0003, 0x1235, 0xC001)]
GROUPS = {6: TOKEN_RING, 9: PPP, 10: FDDI, 99: SYMANTEC, 109: ENC, 122: FIBRE_CHANNEL, 123: SUNATM,
          138: FIREWIRE, 189: USB, 220: MAPPED, 201: BLUETOOTH, 240: NETANALYZER,
          241: TRANSPARENT, 242: INFINIBAND}


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize("link_type", GROUPS)
def test_as_tcpdump(link_type: int, options: str, tmp_path: Path) -> None:
    assert_same(tmp_path / "samples.pcap", GROUPS[link_type], options, link_type)


@needs_tcpdump
@pytest.mark.parametrize("options", ["", "-v", "-e"])
@pytest.mark.parametrize("link_type", GROUPS)
def test_mutants_as_tcpdump(link_type: int, options: str, tmp_path: Path) -> None:
    """Of packets without IP, whose words are version 5's here, and without LLC's exceptions."""
    packets = [octets for octets in mutants([
        octets for octets in GROUPS[link_type] if PING not in octets and LLC[4] not in octets])
        if octets and not any(octets[4:].startswith(sap) for sap in (b"\6\6\3", b"\xaa\x8e\3"))]
    for snaplen in (262144, 15):
        assert_same(tmp_path / "mutants.pcap", packets, options, link_type, snaplen=snaplen)


@pytest.mark.parametrize("link_type", GROUPS)
def test_prefixes(link_type: int) -> None:
    chance = random.Random(link_type)
    for octets in [*GROUPS[link_type], chance.randbytes(60), b"\xff" * 60, bytes(60)]:
        for end in range(len(octets)):
            for settings in ({}, {"verbose": 3, "link_level": True}):
                text_of(octets[:end], link_type, len(octets), **settings)


@pytest.mark.parametrize(("octets", "link_type", "kind", "expected"), [
    (TOKEN_RING[6], 6, TokenRing, {
        "access_control": 0x10, "frame_control": 0x40, "dst": "01:02:03:04:05:06",
        "src": "00:11:22:33:44:55", "route_control": 0x0630, "route": [0x0123, 0x0456]}),
    (FDDI[0], 10, Fddi, {"control": 0x50, "dst": "01:02:03:04:05:06",
                         "src": "00:11:22:33:44:55"}),
    (SYMANTEC[0], 99, Symantec, {"type": 0x0800}),
    (ENC[3], 109, Enc, {"family": 2, "spi": 0x1001, "flags": 0xC00}),
    (ENC[-3], 109, Enc, {"family": 99, "spi": 0x1001, "flags": 0xC00}),
    (FIBRE_CHANNEL[0], 122, FibreChannel, {"dst": "01:02:03:04:05:06",
                                           "src": "00:11:22:33:44:55"}),
    (SUNATM[0], 123, SunAtm, {"direction": 0x82, "vpi": 1, "vci": 100}),
    (SUNATM[16], 123, Lane, {"client": 7, "operation": None}),
    (FIREWIRE[0], 138, FireWire, {"dst": "01:02:03:04:05:06:07:08",
                                  "src": "00:11:22:33:44:55:07:09", "type": 0x0800}),
    (USB[0], 189, Usb, {"id": 0xFFFF8880AABBCCDD, "event": 83, "transfer": 0, "endpoint": 0x81,
                        "device": 5, "bus": 3, "status": -115, "urb_length": 18,
                        "data_length": 4}),
    (BLUETOOTH[0], 201, Bluetooth, {"incoming": True}),
    (NETANALYZER[0], 240, NetAnalyzer, {"word": 0x04030201}),
    (INFINIBAND[0], 242, IpoIb, {"dst": (A * 3 + b"\0\1").hex(), "src": (B * 3 + b"\0\2").hex(),
                                 "type": 0x0800}),
])
def test_fields(octets: bytes, link_type: int, kind: type, expected: dict[str, Any]) -> None:
    packet = fyke.Packet(octets, link_type=link_type)
    assert packet[kind].to_dict() == expected
    if PING in octets and kind is not Enc:
        assert packet[fyke.IPv4]["src"] == "10.0.0.1"


def snap(pid: int, rest: bytes) -> bytes:
    """A bridged frame on Ethernet (RFC 2684 §5.2)."""
    body = struct.pack(">3s3sH", b"\xaa\xaa\3", b"\0\x80\xc2", pid) + rest
    return frame(len(body), body)


BRIDGED = [snap(pid, pad + inner) for pids, inner in (
    ((3, 9), ring()), ((4, 10), b"\x50" + A + B + LLC[0]), ((1, 7), A + B + TYPED[0]))
    for pid in pids for pad in (b"\0\0", b"\0\0\0", b"")]
BRIDGED += [snap(14, bytes(5) + b"\x80\0" + A + bytes(4) + b"\x80\0" + A
                 + b"\x80\1\0\0\x14\0\2\0\x0f\0"),
            *(snap(pid, bytes(count)) for pid in (3, 4, 7, 9, 10) for count in range(4))]
IN_ETHERNET = [frame(0x880B, rest) for rest in (
    b"\0\x21" + PING, b"\xff\3\0\x21" + PING, b"\xc0\x21\1\1\0\4", b"\x12\x35abc", b"\0", b"")]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
def test_bridged_and_ppp_as_tcpdump(options: str, tmp_path: Path) -> None:
    assert_same(tmp_path / "inside.pcap", BRIDGED + IN_ETHERNET, options)


def test_bridged_and_ppp() -> None:
    assert text_of(BRIDGED[-21]).startswith("STP 802.1d, Config")
    assert text_of(IN_ETHERNET[0]).startswith(": IP ")
    assert text_of(IN_ETHERNET[-1]) == ""


def test_checksum_of_zeros() -> None:
    """The sum of zeros is 0, and what should be there its complement (RFC 1071 §1)."""
    text = text_of(frame(0x0800, ipv4(1, bytes(12))), verbose=1)
    assert text.endswith("(wrong icmp cksum 0 (->ffff)!)")
