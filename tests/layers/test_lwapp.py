"""LWAPP: the transport header's checks and the message elements, as tcpdump 5 writes them."""

from __future__ import annotations

import struct

import pytest
import transport_traffic as transport
from judge import assert_prefixes_end, text_of

import fyke
from fyke.layers.application.lwapp import Lwapp, LwappControl
from fyke.layers.application.lwapp_elements import ELEMENTS, PERMITTED

ADDRESS = bytes.fromhex("000b8524e890")


def header(body: bytes, flags: int = 4, fragment: int = 0, size: int | None = None) -> bytes:
    return struct.pack(">BBHH", flags, fragment, len(body) if size is None else size, 0) + body


def message(kind: int, elements: bytes, size: int | None = None) -> bytes:
    return struct.pack(">BBHI", kind, 7, len(elements) if size is None else size,
                       0x1234) + elements


def element(kind: int, size: int) -> bytes:
    return struct.pack(">BH", kind, size) + bytes(size)


def packet(octets: bytes, source: int = 12222, target: int = 1024) -> bytes:
    return transport.udp(octets, source, target)


PLAIN = "LWAPPv0, Control frame, Radio-id 0, Flags [Control], Frag-id 0, length "
ONE = "\n\t  Msg type: Change state event req (16), Seqnum: 7, Msg len: "


PACKETS = [packet(header(message(16, element(26, 3) + element(5, 1)))),
           packet(ADDRESS + header(b"abc", 0), 1024, 12223)]


@pytest.mark.parametrize(("octets", "verbose", "expected"), [
    (header(b"abc", flags=0x08), 0, "LWAPPv0, Data frame, Flags [none], length 3"),
    (header(b"abc", 0x0B, 9), 1, "LWAPPv0, Data frame, Radio-id 1, Flags [Not Last, Fragment] "
     "(bogus), Frag-id 9 (MBZ!), length 3\n\t0x0000:  6162 63"),
    (b"\4\0\0", 0, "LWAPP [UDP payload length 3 < 6] (invalid)"),
    (header(b"", flags=0x44), 0, "LWAPP [version 1 != 0] (invalid)"),
    (header(b"abc", size=4), 1, PLAIN + "4 [LWAPP payload length 4 != 3] (invalid)"),
    (header(b""), 1, PLAIN + "0"),
    (header(b"abc"), 1, PLAIN + "3 [transport payload length 3 < 8] (invalid)"),
    (header(message(16, b"", 1)), 1, PLAIN + "8" + ONE + "1 [msg_elem_len 1 != 0] (invalid)"),
    (header(message(16, element(26, 3))), 1, PLAIN + "14" + ONE + "6, Session: 0x00001234"
     "\n\t  Msg Elem 0 Type: 26 (Change State Event), Length: 3"),
    (header(message(16, element(26, 2) + element(5, 1) + b"\xff\0")), 1, PLAIN + "19" + ONE
     + "11, Session: 0x00001234\n\t  Msg Elem 0 Type: 26 (Change State Event), Length: 2 "
     "[too short!]\n\t  Msg Elem 1 Type: 5 (WTP Name) [unexpected!], Length: 1 "
     "[remaining length 2 < 3] (invalid)"),
    (header(message(16, b"\xff\0\x09")), 1, PLAIN + "11" + ONE + "3, Session: 0x00001234"
     "\n\t  Msg Elem 0 Type: 255 (Unknown) [unexpected!], Length: 9 [elem_len 9 > 0] (invalid)"),
    (header(message(99, b"")), 1, PLAIN + "8\n\t  Msg type: Unknown (99), Seqnum: 7, Msg len: 0, "
     "Session: 0x00001234"),
])
def test_lines(octets: bytes, verbose: int, expected: str) -> None:
    text = text_of(packet(octets), verbose=verbose)
    assert text.split(".1024: ", 1)[1] == expected


def test_address_to_the_controller() -> None:
    text = text_of(packet(ADDRESS + header(message(13, b"")), 1024, 12223), verbose=1)
    assert text.split(".12223: ", 1)[1] == (
        PLAIN + "8\n\tAP identity: 00:0b:85:24:e8:90\n\t  Msg type: Update resp (13), Seqnum: 7, "
        "Msg len: 0, Session: 0x00001234")
    assert "AP identity" not in text_of(packet(header(message(13, b"")), 12223), verbose=1)
    short = text_of(packet(ADDRESS, 1024, 12223))
    assert short.endswith("LWAPP [UDP payload length 6 < 12] (invalid)")


def test_cut_inside_an_element() -> None:
    octets = packet(header(message(16, element(26, 3))))
    assert text_of(octets[:-1], wire_length=len(octets), verbose=1).endswith(
        "(Change State Event), Length: 3 [|lwapp]")


def test_tables_agree() -> None:
    assert {kind for kinds in PERMITTED.values() for kind in kinds} <= set(ELEMENTS)


def test_prefixes() -> None:
    assert_prefixes_end(PACKETS)


def test_fields() -> None:
    lwapp = fyke.Packet(packet(header(b"abc", 0x08, 9)))[Lwapp]
    assert (lwapp.flags, lwapp.version, lwapp.fragment, lwapp.body_length) == (8, 0, 9, 3)
    control = fyke.Packet(packet(ADDRESS + header(b"ab"), 1024, 12223))[LwappControl]
    assert (control.flags, control.body_length) == (4, 2)
