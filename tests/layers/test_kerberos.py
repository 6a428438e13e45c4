"""Kerberos on both of its ports: the text is tcpdump's, with the protocol's name as 5 writes it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of

import fyke
from fyke.layers.application.kerberos import Kerberos

WHO = b"user\0root\0EXAMPLE.ORG\0"
MESSAGES = [
    b"\4\2" + WHO + bytes(4) + b"\x60krbtgt\0EXAMPLE.ORG\0",
    b"\4\2" + WHO + bytes(4) + b"\x60krb\x1b\xff\0EXAMPLE", b"\4\2user",
    b"\4\4" + WHO + bytes(10) + b"\1\2", b"\4\5" + WHO + bytes(10) + b"\1\2",
    b"\4\6\3EXAMPLE.ORG\0\x10\x20ticket", b"\4\7\3EXAMPLE.ORG\0\x10",
    *(b"\4\x0a" + WHO + bytes(4) + struct.pack(">I", code << 16) + b"reason\0"
      for code in (0, 8, 99)),
    b"\4\x0b" + WHO + bytes(4) + b"\x0a\0\0\0reason", b"\4\x0c", b"\4\x7e", b"\4\x22", b"\1\2",
    b"\3\4", b"\x6aab", b"\x6b", b"\5\2", b"\4",
]
PACKETS = [transport.udp(octets, 1024, 88) for octets in MESSAGES] + [
    transport.udp(octets, 750, 1024) for octets in MESSAGES]


def as_five_words_it(text: str) -> str:
    """Version 5 begins with the protocol's name, which it also says where a packet is cut."""
    before, port, after = text.partition(".88: ") if ".88: " in text else text.partition(".1024: ")
    for start in ("[bad udp", "[udp sum ok]"):
        if after.startswith(start):
            word, _, after = after.partition("] ")
            return f"{before}{port}{word}] kerberos{after}".replace("[|krb]", "[|kerberos]")
    return f"{before}{port}kerberos{after}".replace("[|krb]", "[|kerberos]")


@needs_tcpdump
@pytest.mark.parametrize("options", [style for style in STYLES if style != "-q"])
def test_as_tcpdump(tmp_path: Path, options: str) -> None:
    assert_same(tmp_path / "krb.pcap", PACKETS, options, reword=as_five_words_it)


def test_lines() -> None:
    assert text_of(PACKETS[0]).endswith(
        ".88: kerberos v4 be KDC_REQUEST: user.root@EXAMPLE.ORG 480min krbtgt.EXAMPLE.ORG")
    assert text_of(PACKETS[1]).endswith(" 480min krb^[M-^?.EXAMPLE [|kerberos]")
    assert text_of(transport.udp(b"", 1024, 88)).endswith(".88: kerberos [|kerberos]")


def test_prefixes() -> None:
    assert_prefixes_end(PACKETS)


def test_fields() -> None:
    message = fyke.Packet(PACKETS[4])[Kerberos]
    assert (message.version, message.type) == (4, 4)
    assert fyke.Packet(PACKETS[-4])[Kerberos].version == 5
