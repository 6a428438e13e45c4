"""Packets made of headers, and packets with other values: lengths and checksums are right."""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import all_captures
import fyke
from fyke.composing import CHECKSUMS
from fyke.errors import FykeError, UsageError
from fyke.files.checksums import total
from fyke.layers import Llc, Mpls, Null, PppOe, Raw, Sll, Snap, Vlan, Vxlan
from fyke.layers.making import BLANKS

TRANSPORTS = ("udp", "tcp", "icmp", "icmp6", "arp")
ENDS = {"src": "10.0.0.1", "dst": "10.0.0.2"}
PLAIN = fyke.Packet.build(
    fyke.Ethernet(dst="02:00:00:00:00:02", src="02:00:00:00:00:01"),
    fyke.IPv4(**ENDS), fyke.Udp(src_port=4000, dst_port=9), b"hello")
TUNNEL = fyke.Packet.build(
    fyke.Ethernet(), fyke.IPv4(**ENDS), fyke.Udp(src_port=4000, dst_port=4789), Vxlan(vni=7),
    fyke.Ethernet(), fyke.IPv4(src="192.0.2.1"), fyke.Tcp(dst_port=80, flags="SA"), b"inner")


def wrong(packet: fyke.Packet) -> list[str]:
    """What the text with -vvv says of wrong checksums."""
    from fyke.dump.text import line_of
    text = line_of(packet.record, verbose=3)
    found = [word for word in ("bad cksum", "incorrect", "bad udp cksum", "bad icmp6 cksum",
                               "wrong icmp cksum") if word in text]
    for layer in packet.layers:  # of ICMP the text does not look at each
        if layer.name in ("icmp", "icmp6") and not layer.below.fragment:
            octets = packet.data[layer.off:layer.off + layer.size]
            pseudo = layer.below.pseudo_sum(58, layer.size) if layer.name == "icmp6" else 0
            if (total(octets) + pseudo) % 0xFFFF:
                found.append(layer.name)
    return found


def up_to_transport(packet: fyke.Packet) -> list[fyke.Layer] | None:
    """The layers that a packet is built of again: up to its first transport; None without one."""
    found = []
    for layer in packet.layers:
        if layer.short or (layer.name not in BLANKS and layer.name != "ppp"):
            return None
        if layer.name == "tcp" and layer.header_length < 20:
            return None
        found.append(layer)
        if layer.name in TRANSPORTS:
            return found
    return None


def rebuildable(packet: fyke.Packet) -> list[fyke.Layer] | None:
    """The layers of an uncut packet without trailer and with right checksums."""
    if packet.captured_length != packet.wire_length:
        return None
    layers = up_to_transport(packet)
    if layers is None:
        return None
    last = layers[-1]
    end = last.payload_off + last.payload_length if last.payload_off else last.off + last.size
    if last.name == "arp":
        end = last.off + 8 + 2 * (last["hardware_length"] + last["protocol_length"])
    if end != packet.captured_length or wrong(packet):
        return None
    return layers


def packets_of_all_captures() -> Iterator[tuple[str, fyke.Packet]]:
    for path in all_captures.paths():
        try:
            for packet in fyke.read(path):
                yield path.name, packet
        except FykeError:
            continue  # no capture, or torn


def test_a_packet_is_its_layers_and_its_payload() -> None:
    """For every packet of every capture: built of its own layers it is the same."""
    built = 0
    for name, packet in packets_of_all_captures():
        layers = rebuildable(packet)
        if layers is None:
            continue
        payload = b"" if layers[-1].name == "arp" else layers[-1].payload
        again = fyke.Packet.build(*layers, payload)
        assert again.data == packet.data, (name, packet.number, str(packet))
        assert again.link_type == packet.link_type
        built += 1
    assert built > 100  # 1,388 with the peers


def test_a_replaced_source_has_right_checksums() -> None:
    """Whatever carries it, in every capture; those that were wrong before are mended, too."""
    tried = 0
    for name, packet in packets_of_all_captures():
        layer = packet.get(fyke.IPv4)
        if layer is None or rebuildable(packet) is None:
            continue
        changed = packet.replace(ip={"src": "203.0.113.77"})
        assert changed[fyke.IPv4]["src"] == "203.0.113.77"
        assert not wrong(changed), (name, packet.number, str(packet))
        assert len(changed) == len(packet)
        tried += 1
    assert tried > 100


def test_replace_leaves_the_packet_and_what_was_not_named() -> None:
    before = PLAIN.data
    changed = PLAIN.replace(time=5, ip={"src": "10.0.0.9", "ttl": 3}, payload=b"longer than before")
    assert PLAIN.data == before
    assert (changed.time, changed["ip"]["src"], changed["ip"].ttl) == (5, "10.0.0.9", 3)
    assert changed["udp"].payload == b"longer than before"
    assert changed["udp"].length == 8 + 18
    assert changed["ip"].length == 28 + 18
    assert changed.wire_length == len(changed) == 14 + 28 + 18
    assert not wrong(changed)
    assert changed["ether"].header == PLAIN["ether"].header


def test_replace_of_the_second_layer_mends_what_is_around_it() -> None:
    changed = TUNNEL.replace(**{"ip#2": {"dst": "192.0.2.99"}, "tcp": {"payload": b"more inside"}})
    assert changed["ip"]["dst"] == "10.0.0.2"
    inner = [layer for layer in changed.layers if isinstance(layer, fyke.IPv4)][1]
    assert inner["dst"] == "192.0.2.99"
    assert changed["tcp"].payload == b"more inside"
    assert changed["ip"].length == TUNNEL["ip"].length + 6
    assert not wrong(changed)
    assert TUNNEL.replace(**{"ip#-1": {"ttl": 9}}).layers[5]["ttl"] == 9


def test_checksums_false_leaves_them() -> None:
    changed = PLAIN.replace(ip={"ttl": 3}, checksums=False)
    assert changed["ip"].checksum == PLAIN["ip"].checksum
    assert wrong(changed) == ["bad cksum"]
    told = PLAIN.replace(udp={"checksum": 0x1234})
    assert told["udp"].checksum == 0x1234
    assert PLAIN.replace(udp={"checksum": 0}, ip={"ttl": 1})["udp"].checksum == 0


def test_a_udp_packet_without_checksum_stays_so() -> None:
    bare = PLAIN.replace(udp={"checksum": 0})
    assert bare.replace(payload=b"other")["udp"].checksum == 0


def test_a_cut_packet_keeps_a_checksum_that_fits() -> None:
    """What is not there cannot be summed; the difference can be (RFC 1624)."""
    cut = fyke.Packet(PLAIN.data[:-3], wire_length=len(PLAIN))
    changed = cut.replace(ip={"src": "10.9.8.7"}, udp={"dst_port": 77})
    whole = PLAIN.replace(ip={"src": "10.9.8.7"}, udp={"dst_port": 77})
    assert changed.data == whole.data[:-3]
    assert changed.wire_length == len(PLAIN)


def test_time_and_comments_alone_change_no_byte() -> None:
    wrongly = PLAIN.replace(ip={"checksum": 0xBAD})
    changed = wrongly.replace(time=7, comments=["seen at the gate"])
    assert changed.data == wrongly.data
    assert changed.comments == ("seen at the gate",)
    assert wrongly.comments == ()
    assert changed.replace(comments=[]).comments == ()


def test_replace_keeps_where_it_comes_from() -> None:
    packet = next(iter(fyke.read(all_captures.PROTOCOLS)))
    assert packet.replace(time=1).number == 1
    assert copy.copy(packet).number == 1


@pytest.mark.skipif(sys.version_info < (3, 13), reason="copy.replace came with Python 3.13")
def test_copy_replace() -> None:
    assert copy.replace(PLAIN, ip={"ttl": 4})["ip"].ttl == 4  # type: ignore[attr-defined]


def test_dunder_replace() -> None:
    assert PLAIN.__replace__(ip={"ttl": 4}) == PLAIN.replace(ip={"ttl": 4})


LINKS: list[tuple[tuple[fyke.Layer, ...], str]] = [
    ((fyke.Ethernet(), Vlan(id=7), Vlan(id=8)), "EN10MB"), ((Raw(),), "RAW"), ((Null(),), "NULL"),
    ((Sll(packet_type=4),), "LINUX_SLL"), ((fyke.Ethernet(), Mpls(label=16)), "EN10MB"),
    ((fyke.Ethernet(), Llc(), Snap()), "EN10MB"),
]


@pytest.mark.parametrize(("link", "name"), LINKS, ids=[case[1] for case in LINKS])
def test_built_headers_lead_to_each_other(link: tuple[fyke.Layer, ...], name: str) -> None:
    packet = fyke.Packet.build(*link, fyke.IPv4(**ENDS), fyke.Tcp(dst_port=7), b"x")
    assert packet.link_type.name == name
    assert [layer.name for layer in packet.layers] == [
        *(layer.name for layer in link), "ip", "tcp"], str(packet)
    assert not wrong(packet)


def test_a_session_of_pppoe_counts_its_payload() -> None:
    packet = fyke.Packet.build(fyke.Ethernet(type=0x8864), PppOe(session=9), b"\0\x21rest")
    assert packet["pppoe"].length == 6


def test_options_are_octets() -> None:
    packet = fyke.Packet.build(Raw(), fyke.IPv6(src="::1", dst="::2"),
                               fyke.Tcp(flags="S", options=b"\2\4\5\xb4\1"), b"")
    assert packet["tcp"].options.mss == 1460
    assert packet["tcp"].header_length == 28
    assert packet["ip6"].stated_length == 28
    assert not wrong(packet)


def test_values_of_a_header_that_is_in_no_packet_yet() -> None:
    header = fyke.IPv4(src="10.0.0.9", ttl=3, flags="DF", dscp=46)
    assert (header["src"], header.ttl, header["flags"], header.tos) == ("10.0.0.9", 3, "DF", 0xB8)
    arp = fyke.Arp(operation=2, sender_ip="10.0.0.1", target_mac="02:00:00:00:00:05")
    assert arp["sender_ip"] == "10.0.0.1" and arp["target_mac"] == "02:00:00:00:00:05"


@pytest.mark.parametrize(("attempt", "words"), [
    (lambda: PLAIN.replace(ip={"ttl": 300}), "ip.ttl has 8 bits"),
    (lambda: PLAIN.replace(ip={"tttl": 3}), "ip has no field 'tttl'"),
    (lambda: PLAIN.replace(tcp={"window": 3}), "there is no tcp in this packet; it has ether, ip"),
    (lambda: PLAIN.replace(ip={"src": "ten"}), "'ten' is no IPv4 address"),
    (lambda: PLAIN.replace(ip={"options": b""}), "ip.options cannot be set"),
    (lambda: PLAIN.replace(ip=5), "ip must be a dict of fields"),
    (lambda: PLAIN.replace(ether={"src": "02:00"}), "ether.src has 6 bytes, not 2"),
    (lambda: PLAIN.replace(payload="text"), "payload must be octets, not str"),
    (lambda: PLAIN.replace(payload=bytes(70000)), "is at most 65535"),
    (lambda: PLAIN.replace(payload=b"", udp={"payload": b""}), "two payloads"),
    (lambda: PLAIN.replace(**{"ip#0": {}}), "there is no ip#0"),
    (lambda: PLAIN.replace(time=1.5), "time must be an integer"),
    (lambda: PLAIN.replace(comments="one"), "comments must be a list"),
    (lambda: fyke.IPv4(header_length=21), "is a multiple of 4"),
    (lambda: fyke.IPv4(offset=-8), "is at most"),
    (lambda: fyke.Tcp(flags="SX"), "has no flag 'X'"),
    (lambda: fyke.Udp(dst_port="http"), "no value called 'http'"),
    (lambda: fyke.Udp(dst_port=b"x"), "must be an int"),
    (lambda: fyke.Tcp(options=bytes(41)), "40 fit"),
    (lambda: fyke.Dns(id=5), "a dns header cannot be made"),
    (lambda: fyke.Packet.build(), "a packet is built of layers"),
    (lambda: fyke.Packet.build(b"x", fyke.Udp()), "a packet is built of layers"),
    (lambda: fyke.Packet.build(fyke.Udp(), b"x"), "no link type begins with udp"),
    (lambda: fyke.Packet.build(fyke.Ethernet(), fyke.Udp()), "no ether.type is known for udp"),
])
def test_what_cannot_be_is_told(attempt: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("'", ".").replace("#", ".")):
        attempt()


def test_a_layer_does_not_change_in_silence() -> None:
    with pytest.raises(AttributeError, match="replace"):
        PLAIN["ip"].ttl = 3


@given(st.dictionaries(st.sampled_from(["ttl", "tos", "id", "src", "proto", "length", "offset"]),
                       st.one_of(st.integers(-2, 1 << 33), st.text(max_size=5),
                                 st.binary(max_size=5), st.none(), st.floats())),
       st.one_of(st.none(), st.binary(max_size=40)))
def test_any_value_is_taken_or_refused(values: dict[str, Any], payload: bytes | None) -> None:
    try:
        changed = PLAIN.replace(ip=values, payload=payload)
    except UsageError:
        return
    for name, value in values.items():
        assert value in (changed["ip"][name], getattr(changed["ip"], name)) or name == "src"


def test_random_packets_are_replaced_or_refused() -> None:
    """Mutants of every kind of packet: UsageError is all that may come."""
    chance = random.Random(5)
    for packet in (PLAIN, TUNNEL):
        for _ in range(300):
            octets = bytearray(packet.data)
            for _ in range(chance.randrange(1, 6)):
                octets[chance.randrange(len(octets))] = chance.randrange(256)
            broken = fyke.Packet(bytes(octets[:chance.randrange(len(octets) + 1)]),
                                 wire_length=len(octets))
            for changes in ({"ip": {"src": "10.9.9.9"}}, {"payload": b"abc"},
                            {"udp": {"payload": bytes(20), "src_port": 9}}):
                try:
                    broken.replace(**changes).to_dict()
                except UsageError:
                    continue


def test_every_checksum_has_a_header_that_can_be_made() -> None:
    assert set(CHECKSUMS) - {"igmp"} <= set(BLANKS)
