"""BEEP, MSDP, PPTP, and Redis by -T: the text is tcpdump's."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, mutants, needs_tcpdump, text_of
from network_traffic import icmp, ipv4

import fyke
from fyke.layers.application.beep import Beep
from fyke.layers.application.msdp import Msdp
from fyke.layers.application.pptp import MESSAGES, Pptp

BEEP = [b"MSG 0 1 . 52 120\r\n", b"MSG\0", b"RPY 0 1 . 5 1\r\n", b"ERR 1", b"ANS 1", b"NUL 1",
        b"SEQ 1", b"END\r\n", b"END\0", b"MS", b"other text"]


def msdp(kind: int, body: bytes, size: int | None = None) -> bytes:
    return struct.pack(">BH", kind, 3 + len(body) if size is None else size) + body


A, B = b"\x0a\1\2\3", b"\xe0\1\2\3"
ENTRY = b"\0\0\0\x20" + B + A
PING = ipv4(1, icmp(8, 0, b"\0\1\0\2abc"))
MSDP = [
    msdp(1, b"\2" + A + ENTRY * 2), msdp(1, b"\1" + A + ENTRY + PING),
    msdp(3, b"\1" + A + ENTRY) + msdp(4, b""), msdp(1, b"\0" + A), msdp(1, b"\1" + A), msdp(1, b""),
    msdp(1, b"\0\1\2"), msdp(2, b"\0" + B), msdp(2, b"\0" + B + b"x"), msdp(2, b"\0\1"),
    msdp(2, b""),
    msdp(4, b""), msdp(4, b"x"), msdp(5, b"abc"), msdp(6, b"abc"), msdp(7, b""), msdp(8, b""),
    msdp(0, b""), msdp(4, b"", 2), msdp(4, b"", 1501), msdp(4, b"", 1450), msdp(4, b"", 9),
    msdp(4, b"") + b"\4", msdp(4, b"") + msdp(4, b"", 2), b"\4\0",
]


def pptp(kind: int, body: bytes, *, cookie: int = 0x1A2B3C4D, message: int = 1,
         reserved: int = 0) -> bytes:
    return struct.pack(">HHIHH", 12 + len(body), message, cookie, kind, reserved) + body


def filled(kind: int, octet: int) -> bytes:
    return b"".join(b"text".ljust(width, b"\0") if title[0] == "~" else
                    bytes(width - 1) + bytes([octet if title != "!" else octet // 4])
                    for title, width in MESSAGES[kind])


PPTP = [
    *(pptp(kind, filled(kind, octet)) for kind in MESSAGES for octet in (1, 2, 3, 7)),
    pptp(0, b"abc"), pptp(16, b"abc"), pptp(5, b"\0\0\0\1", cookie=7), pptp(5, b"", message=2),
    pptp(5, b"\0\0\0\1", message=9, reserved=5),
]
RESP = [b"*1\r\n$4\r\nPING\r\n", b"+OK\r\n", b"nothing"]
SOUND = [MSDP[i] for i in (0, 1, 2, 3, 7, 11, 12, 13, 14, 15)]
GROUPS = {"beep": (10288, "", BEEP), "msdp": (639, "", SOUND), "pptp": (1723, "", PPTP),
          "-T resp": (9, "resp", RESP)}
PACKETS = [transport.tcp(octets, dport=port) for port, _, payloads in GROUPS.values()
           for octets in payloads] + [transport.tcp(octets, dport=639) for octets in MSDP]


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize("group", GROUPS)
def test_as_tcpdump(group: str, options: str, tmp_path: Path) -> None:
    port, word, payloads = GROUPS[group]
    packets = [transport.tcp(octets, dport=port) for octets in payloads]
    assert_same(tmp_path / "samples.pcap", packets, options, packet_type=word)


@needs_tcpdump
@pytest.mark.parametrize("options", ["", "-vv"])
@pytest.mark.parametrize("group", [group for group in GROUPS if group != "msdp"])
def test_mutants_as_tcpdump(group: str, options: str, tmp_path: Path) -> None:
    port, word, payloads = GROUPS[group]
    packets = [transport.tcp(octets, dport=port) for octets in mutants(payloads)]
    for snaplen in (262144, 67, 75):
        assert_same(tmp_path / "mutants.pcap", packets, options, packet_type=word,
                    snaplen=snaplen)


def test_prefixes() -> None:
    assert_prefixes_end(PACKETS)


@pytest.mark.parametrize(("packet", "expected"), [
    (MSDP[4], " SA 1 entries [|msdp]"), (MSDP[5], " SA [len 3 < 4] (invalid)"),
    (MSDP[6], " SA 0 entries [len 6 < 8] (invalid)"),
    (MSDP[8], " SA-Request[len=9]  for 224.1.2.3"), (MSDP[9], " SA-Request [len 5 < 8] (invalid)"),
    (MSDP[10], " SA-Request [len 3 < 4] (invalid)"), (MSDP[16], " [type 8 > 7] (invalid)"),
    (MSDP[17], " [type 0 == 0] (invalid)"), (MSDP[18], " [len 2 < 3] (invalid)"),
    (MSDP[19], " [len 1501 > 1500] (invalid)"),
    (MSDP[20], " [len 1450] [length 3 < 1450] (invalid)"), (MSDP[21], " [length 3 < 9] (invalid)"),
    (MSDP[22], " Keepalive [length 1 < 3] (invalid)"),
    (MSDP[23], " Keepalive [len 2 < 3] (invalid)"), (MSDP[24], " [|msdp]"),
])
def test_faulty_msdp(packet: bytes, expected: str) -> None:
    """As version 5 says it; 4.99 says [|msdp] to most."""
    assert text_of(transport.tcp(packet, dport=639)).partition(": msdp")[2] == expected


@pytest.mark.parametrize(("packet", "port", "kind", "expected"), [
    (BEEP[2], 10288, Beep, {"keyword": "RPY"}), (BEEP[0], 10288, Beep, {"keyword": ""}),
    (MSDP[0], 639, Msdp, {"type": 1, "message_length": 32}),
    (PPTP[0], 1723, Pptp, {"message_length": 156, "message_type": 1, "cookie": 0x1A2B3C4D,
                           "control_type": 1}),
])
def test_fields(packet: bytes, port: int, kind: type, expected: dict[str, object]) -> None:
    told = fyke.Packet(transport.tcp(packet, dport=port))[kind].to_dict()
    assert expected.items() <= told.items()


def test_text_from_the_wire_is_escaped() -> None:
    packet = pptp(1, filled(1, 1).replace(b"text", b"\x1b[m\xff", 1))
    assert "HOSTNAME(^[[mM-^?) VENDOR(text)" in text_of(transport.tcp(packet, dport=1723))
