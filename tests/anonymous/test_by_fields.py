"""Link layers and packets without IP: changed by what the layers' fields say."""

from __future__ import annotations

from itertools import islice

import pytest
from test_anonymize import A6, B6, KEY, MACS, A, B, check, ipv4, ipv6, mended, segment

import all_captures
import fyke
from fyke.anonymous.anonymizer import Anonymizer
from fyke.files.checksums import total
from fyke.layers.fields import fields_of
from fyke.wire import Record

ONE, TWO = MACS[:6], MACS[6:]
SNAP4, SNAP6 = bytes.fromhex("aaaa03 000000 0800"), bytes.fromhex("aaaa03 000000 86dd")
RADIOTAP = bytes.fromhex("0000 0900 02000000 10")  # with the flags alone
DATA_FRAME = bytes.fromhex("0801 3a01") + ONE + TWO + ONE + b"\x10\x00"

#: What stands in front of an IPv4 header, by its link type.
HEADS = {
    "radiotap": (127, RADIOTAP + DATA_FRAME + SNAP4), "802.11": (105, DATA_FRAME + SNAP4),
    "ppi": (192, bytes.fromhex("00 00 0800 69000000") + DATA_FRAME + SNAP4),
    "token ring": (6, b"\x10\x40" + MACS + SNAP4), "fddi": (10, b"\x50" + MACS + SNAP4),
    "firewire": (138, (ONE + b"\1\2") + (TWO + b"\3\4") + b"\x08\0"),
    "infiniband": (242, b"\0\0\0\1" + ONE + bytes(4) + TWO + b"\0\0\0\2" + ONE + TWO + bytes(4)
                   + b"\x08\0\0\0"),
    "chdlc": (104, bytes.fromhex("0f00 0800")), "frame relay": (107, bytes.fromhex("1841 03 cc")),
    "802.3": (1, MACS + b"\0\x40" + SNAP4), "labels": (1, MACS + bytes.fromhex("8847 00010140")),
    "pppoe": (1, MACS + bytes.fromhex("8864 1100 0001 0022 0021")),
    "vlan in vlan": (1, MACS + bytes.fromhex("88a8 0005 8100 0006 0800")),
    "cooked": (113, bytes.fromhex("0000 0001 0006") + ONE + b"\0\0\x08\0"),
    "arcnet": (129, bytes.fromhex("0102 0000 d4 00 0000")),
    "nflog": (239, bytes.fromhex("02 00 0000 0b00 0a00") + b"secret\0\0" + bytes.fromhex(
        "1400 0800 0006 0000") + ONE + bytes(6) + bytes.fromhex("2600 0900")),
    "juniper": (178, bytes.fromhex("4d4743 81 0008 02 06") + b"secret" + MACS + b"\x08\0"),
}


def changed(octets: bytes, link_type: int) -> tuple[bytes, Anonymizer]:
    anonymizer = Anonymizer(KEY)
    record = Record(octets, link_type)
    anonymizer.change(record)
    return record.octets(), anonymizer


@pytest.mark.parametrize("name", HEADS)
def test_what_stands_in_front_of_ip(name: str) -> None:
    link_type, head = HEADS[name]
    old = head + ipv4(17, segment(17, b"secret"))
    before = [type(layer) for layer in fyke.Packet(old, link_type=link_type).layers]
    assert fyke.IPv4 in before
    new, anonymizer = changed(old, link_type)
    assert len(new) == len(old) and anonymizer.not_understood == 0
    assert not any(word in new for word in (ONE, TWO, A, B, b"secret"))
    assert [type(layer) for layer in fyke.Packet(new, link_type=link_type).layers][
        :before.index(fyke.IPv4) + 2] == before[:before.index(fyke.IPv4) + 2]
    assert check(new, len(head)) == (0xFFFF, 0xFFFF)


@pytest.mark.parametrize("name", HEADS)
def test_headers_that_end_anywhere(name: str) -> None:
    link_type, head = HEADS[name]
    whole = head + ipv4(17, segment(17, b"secret"))
    for end in range(len(whole)):
        new, _ = changed(whole[:end], link_type)
        assert len(new) == end
        assert not any(word in new for word in (ONE, TWO, A, B, b"secret"))


def test_a_secured_frame_that_is_not_encrypted() -> None:
    """MACsec: the channel's identifier has an address; an integrity check value ends the frame."""
    head = MACS + bytes.fromhex("88e5 20 00 00000001") + ONE + b"\0\1" + b"\x08\0"
    old = head + ipv4(17, segment(17, b"secret")) + bytes(range(1, 17))
    assert fyke.IPv4 in [type(layer) for layer in fyke.Packet(old).layers]
    new, anonymizer = changed(old, 1)
    assert anonymizer.not_understood == 0
    assert not any(word in new for word in (ONE, TWO, A, B, b"secret"))
    assert fyke.IPv4 in [type(layer) for layer in fyke.Packet(new).layers]
    assert check(new[:-16], len(head)) == (0xFFFF, 0xFFFF)


def test_addresses_of_a_frame_are_replaced_alike_everywhere() -> None:
    ether, _ = changed(MACS + b"\x08\0" + ipv4(17, b""), 1)
    wlan, _ = changed(DATA_FRAME + SNAP6 + ipv6(17, segment(17, b"", A6 + B6)), 105)
    assert wlan[4:16] == ether[:12] and wlan[16:22] == ether[:6]
    assert A6 not in wlan and B6 not in wlan


def lldp(*tlvs: tuple[int, bytes]) -> bytes:
    return b"".join((kind << 9 | len(value)).to_bytes(2, "big") + value for kind, value in tlvs)


WITHOUT_IP = {
    "lldp": MACS + b"\x88\xcc" + lldp((1, b"\4" + TWO), (2, b"\5port-9"), (3, b"\0\x78"),
                                      (5, b"secret"), (0, b"")),
    "stp": MACS + b"\0\x26" + bytes.fromhex("424203 0000 00 00 00 8000") + TWO + bytes(4)
           + b"\x80\0" + TWO + bytes.fromhex("8001 0000 1400 0200 0f00"),
    "cdp": MACS + b"\0\x30" + bytes.fromhex("aaaa03 00000c 2000 02b4 0000 0001 000a") + b"secret",
    "rarp": MACS + bytes.fromhex("8035 0001 0800 0604 0003") + TWO + A + ONE + B,
    "arp with a label": MACS + bytes.fromhex("8100 0007 0806 0001 0800 0604 0001") + TWO + A
                        + bytes(6) + B,
    "pppoe discovery": MACS + bytes.fromhex("8863 1109 0000 000a 0102 0006") + b"secret",
    "wake on lan": MACS + b"\x08\x42" + b"\xff" * 6 + TWO * 16,
}


@pytest.mark.parametrize("name", WITHOUT_IP)
def test_packets_without_ip(name: str) -> None:
    new, _ = changed(WITHOUT_IP[name], 1)
    assert len(new) == len(WITHOUT_IP[name])
    assert not any(word in new for word in (ONE, TWO, A, B, b"secret", b"port-9"))
    assert new[12:14] == WITHOUT_IP[name][12:14]


def test_what_nobody_knows_is_zeroed_and_counted() -> None:
    new, anonymizer = changed(b"nobody knows this", 147)
    assert new == bytes(17) and anonymizer.not_understood == 1
    new, anonymizer = changed(MACS + b"\x12\x34secret", 1)
    assert new[12:] == b"\x12\x34" + bytes(6) and anonymizer.not_understood == 1


def test_ethernet_in_gre_has_addresses_too() -> None:
    inner = MACS + b"\x08\0" + ipv4(17, segment(17, b"secret"))
    new, _ = changed(MACS + b"\x08\0" + ipv4(47, bytes.fromhex("2000 6558 00000007") + inner), 1)
    assert not any(word in new for word in (ONE, TWO, A, B, b"secret"))
    assert new[34:42] == bytes.fromhex("2000 6558 00000007")
    assert check(new, 34 + 8 + 14) == (0xFFFF, 0xFFFF)


@pytest.mark.parametrize("flags", [0x8000, 0xA000, 0xB000, 0x3000])
@pytest.mark.parametrize(("kind", "inner"), [
    (0x0800, ipv4(17, segment(17, b"secret"))),
    (0x6558, MACS + b"\x08\0" + ipv4(17, segment(17, b"secret"))),
    (0x6558, MACS + b"\x08\x06" + bytes.fromhex("0001 0800 0604 0001") + TWO + A + bytes(6) + B),
    (0x1234, b"secret that nobody knows")])
@pytest.mark.parametrize("payload", ["zero", "keep"])
def test_the_header_of_gre_stays(flags: int, kind: int, inner: bytes, payload: str) -> None:
    """Checksum, key and sequence number; a checksum that was right is right afterwards."""
    words = [b"\0\0\0\0"] * bool(flags & 0x8000) + [b"\0\0\0\x07"] * bool(flags & 0x2000) + [
        b"\0\0\0\x09"] * bool(flags & 0x1000)
    head = flags.to_bytes(2, "big") + kind.to_bytes(2, "big") + b"".join(words)
    if flags & 0x8000:
        head = mended(head + inner, 4)[:len(head)]
    anonymizer = Anonymizer(KEY, payload)
    record = Record(MACS + b"\x08\0" + ipv4(47, head + inner))
    anonymizer.change(record)
    new = record.octets()[34:]
    assert new[:4] == head[:4]
    at = 8 if flags & 0x8000 else 4
    assert new[at:len(head)] == head[at:]
    if flags & 0x8000:
        assert total(new) == 0xFFFF
    assert not any(word in new for word in (ONE, TWO, A, B))
    assert b"secret" not in new or payload == "keep"


def addresses_of(packet: fyke.Packet) -> set[bytes]:
    """The addresses that the fields of link layers tell."""
    found = set()
    for layer in packet.layers:
        for field in fields_of(type(layer)).values():
            if layer.is_link and field.type == "mac":
                try:
                    value = field.read(layer)
                except fyke.Truncated:
                    continue
                if isinstance(value, bytes) and len(value) == 6 and len(set(value)) > 2:
                    found.add(value)
    return found


def test_every_capture_keeps_no_address_of_its_link_layers() -> None:
    """Of the tests' captures; an address may come again by chance, as numbers of a few."""
    kept = total = 0
    for path in all_captures.paths():
        try:
            packets = list(islice(fyke.read(path), 20))
        except fyke.FykeError:
            continue
        for packet in packets:
            old = addresses_of(packet)
            new, anonymizer = changed(packet.data, packet.link_type.number)
            assert len(new) == len(packet.data)
            total += len(old)
            kept += sum(one in new and anonymizer.addresses.mac.map(one) != one for one in old)
    assert kept <= total // 100


def test_an_extension_header_that_is_not_all_there() -> None:
    """Its addresses do not stay, even where payloads do (RFC 8200 section 4.4)."""
    route = bytes.fromhex("11 04 00 01 00000000") + A6 + B6[:12]
    old = bytes.fromhex("60000000 0028 2b 40") + A6 + B6 + route
    anonymizer = Anonymizer(KEY, payload="keep")
    record = Record(old, 101)
    anonymizer.change(record)
    new = record.octets()
    assert len(new) == len(old)
    assert A6 not in new and B6[:12] not in new
    assert new[40:42] == route[:2]
