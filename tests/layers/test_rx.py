"""Rx and the calls of AFS: the text is tcpdump's, replies after their calls included."""

from __future__ import annotations

import random
import re
import struct
import time
from pathlib import Path

import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, judged, needs_tcpdump, text_of

import fyke
from fyke.layers.application.afs_services import (
    FILES,
    LOCATIONS,
    PROTECTION,
    SERVICES,
    UBIK,
    VOLUMES,
)
from fyke.layers.application.rx import Rx
from fyke.layers.layer import write_packet
from fyke.layers.tables import read_rooms, table
from fyke.wire import Line, Record

CLIENT, SERVER = transport.A4, transport.B4
#: Calls that tcpdump shows with the arguments or results of another number.
RENUMBERED = {(VOLUMES, 65537), (LOCATIONS, 529), *((port, number) for port in SERVICES
                                                    for number in (20010, 20011, 20012, 20013))}


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *(value & 0xFFFFFFFF for value in values))


def string(text: bytes) -> bytes:
    return words(len(text)) + text + bytes(-len(text) % 4)


def rx(body: bytes, kind: int = 1, flags: int = 1, call: int = 7, sequence: int = 1) -> bytes:
    return struct.pack(">IIIIIBBBBHH", 1, 0x1234, call, sequence, 9, kind, flags, 0, 2, 0, 4) + body


def call(port: int, number: int, body: bytes = b"", **header: int) -> bytes:
    return transport.udp(rx(words(number) + body, **header), 7001 if port == 7000 else 1024, port)


def reply(port: int, body: bytes = b"", **header: int) -> bytes:
    return transport.udp(rx(body, **{"flags": 0, **header}), port,
                         7001 if port == 7000 else 1024, src=SERVER, dst=CLIENT)


def texts(packets: list[bytes], **settings: object) -> list[str]:
    """The text of each packet of one run."""
    read_rooms()
    kind = table("link_type").find(1)
    assert kind is not None
    line, layer = Line(), kind()
    line.style.numeric = 2
    for name, value in settings.items():
        setattr(line.style, name, value)
    out = []
    for octets in packets:
        packet = Record(octets)
        write_packet(layer.at(packet, 0, packet.wirelen), line)
        out.append(bytes(line.text()).decode("latin-1"))
    return out


def said(packets: list[bytes], **settings: object) -> str:
    """What the last packet says of Rx."""
    return texts(packets, **settings)[-1].split(": ", 1)[1].partition(" rx ")[2]


FID = words(1, 2, 3)
ACKS = words(0x00100020, 100, 99, 55) + b"\1\x08\1\1\0\1\0\0\2\1" + bytes(3)
PLAIN = [
    transport.udp(rx(b"", kind, flags, sequence=sequence), 7000, 7001)
    for kind, flags, sequence in ((1, 0x3F, 2), (2, 0x3F, 1), (3, 0, 0), (5, 0, 0), (6, 4, 0),
                                  (7, 0, 0), (8, 0, 0), (9, 0, 0), (13, 1, 0), (77, 0, 0))
] + [transport.udp(rx(octets, kind=2, flags=0), 7000, 7001) for octets in (
    ACKS, ACKS + words(1444, 1412, 32, 4), ACKS + words(1444), ACKS[:17], ACKS[:20],
    words(0, 0xFFFFFFFE, 0, 0) + b"\x63\4\1\1\1\1")] + [
    transport.udp(b"short", 7009, 1024), transport.udp(rx(b""), 1024, 7000), call(7008, 130, FID)]


def random_body(chance: random.Random) -> bytes:
    """Small numbers, a text here and there, sometimes cut."""
    parts = [chance.choice((words(chance.randrange(4)), words(chance.randrange(1 << 32)),
                            string(b"ab\x1b\xffc"[:chance.randrange(6)]),
                            words(chance.randrange(70)),
                            words(*range(97, 97 + chance.randrange(70)))))
             for _ in range(chance.randrange(12))]
    return b"".join(parts)[:chance.choice((1000, 1000, 1000, chance.randrange(200)))]


def conversations() -> list[bytes]:
    """Every call of every service, a few times, each with a reply and an error."""
    chance = random.Random(5)
    packets = []
    for port, service in SERVICES.items():
        numbers = {*service.names, 999, *(UBIK.names if service.replicated else ())}
        for number in sorted(numbers):
            if (port, number) in RENUMBERED:
                continue
            for _ in range(4):
                packets += [call(port, number, random_body(chance)),
                            reply(port, random_body(chance)),
                            reply(port, words(chance.choice((101, 5, -100))), kind=4)]
    return packets


LISTS = [call(FILES, 134, FID + string(text)) for text in (
    b"2 1\nme 127\nyou\x1b 9\nthem -1\n", b"1 0\nme", b"3 0\na 1\n", b"12", b"+1 -1 x 8", b"",
    b"1 1\na 1\nb 2\nc 3\n", b"1 0\nme7 \n", b"1 0\nme 1\0\n")]


@needs_tcpdump
@pytest.mark.parametrize("options", ["", "-v", "-vv", "-vvv"])
def test_as_tcpdump(tmp_path: Path, options: str) -> None:
    packets = PLAIN + LISTS if options else PLAIN + LISTS + conversations()
    theirs = [re.sub(r"(\d{4})/(\d\d)/(\d\d) (?=\d\d:)", r"\1-\2-\3 ", text)  # newer
              for text in judged(tmp_path / "rx.pcap", packets, options)]
    different = [(octets.hex(), a, b) for octets, a, b in zip(
        packets, theirs, texts(packets, **STYLES[options]), strict=True) if a != b]
    assert not different, f"{len(different)} differ: {different[:3]}"


STORE = words(1024 + 31, 0, 11, 12, 0o100644, 13)
SERVERS = words(2, *(0x0A000001, 0x0A000002), *bytes(11), *(0, 27), *bytes(11), *bytes(13), 5, 6, 7)


@pytest.mark.parametrize(("packets", "expected"), [
    ([call(FILES, 133, FID + STORE + words(1, 2, 3))],
     "data fs call store-data fid 1/2/3 StoreStatus date 1970-01-01 00:00:00 owner 11 group 12 "
     "mode 644 segsize 13 fsync offset 1 length 2 flen 3 (80)"),
    ([call(FILES, 138, FID + string(b"\x1b[m") + FID + string(b"new"))],
     'data fs call rename old fid 1/2/3 "^[[m" new fid 1/2/3 "new" (72)'),
    ([call(FILES, 155, words(2) + FID + FID)],
     "data fs call bulk-stat fid 1/2/3, fid 1/2/3 (60)"),
    ([call(FILES, 155, words(0xFFFFFFFF) + FID)],
     "data fs call bulk-stat fid 1/2/3, [|fs] (48)"),
    ([call(FILES, 134, FID + string(b"1 1\nme 127\nyou 9\n"))],
     "data fs call store-acl fid 1/2/3 +{me rlidwka} -{you rl} (68)"),
    ([call(FILES, 132, FID), reply(FILES, words(103), kind=4)],
     "abort fs reply fetch-status error no such volume (32)"),
    ([call(FILES, 132, FID), reply(FILES, words(103), kind=4, call=8)], "abort (32)"),
    ([call(PROTECTION, 10000), reply(PROTECTION, words(0), kind=4)],
     "abort pt ubik reply vote-beacon vote yes until 1970-01-01 00:00:00 (32)"),
    ([call(PROTECTION, 20011, words(1, 2))], "data pt ubik call disk-writev tid 1.2 (40)"),
    ([call(PROTECTION, 20013, words(1, 2, 3, 4, 5, 6))],
     "data pt ubik call disk-setversion tid 1.2 oldversion 3.4 newversion 5.6 (56)"),
    ([call(PROTECTION, 20010)], "data pt ubik call disk-probe (32)"),
    ([call(VOLUMES, 65537, words(1, 0))],
     "data vol call get-size fromtrans 1 fromdate 1970-01-01 00:00:00 (40)"),
    ([call(LOCATIONS, 518), reply(LOCATIONS, words(*b"vol", *bytes(62)) + SERVERS)],
     'data vldb reply get-entry-by-id-n "vol" numservers 2 servers 10.0.0.1 10.0.0.2 partitions '
     "a 27 rwvol 5 rovol 6 backup 7 (460)"),
])
def test_lines(packets: list[bytes], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert said(packets) == expected


def test_entries_with_uuids() -> None:
    entry = words(*bytes(65), 1, 1, 2, 3, *range(8), *bytes(11 * 12), *bytes(13), 3, *bytes(12),
                  *bytes(13), 5, 6, 7)
    end = (' "" numservers 1 servers afsuuid 00000001000200030001020304050607 partitions d rwvol 5 '
           f"rovol 6 backup 7 ({28 + len(entry)})")
    assert said([call(LOCATIONS, 526), reply(LOCATIONS, entry)]) == (
        "data vldb reply get-entry-by-id-u" + end)
    listed = said([call(LOCATIONS, 529), reply(LOCATIONS, words(1, 2) + entry)])
    assert listed.startswith("data vldb reply list-entry-u count 1 nextindex 2" + end[:-5])


def test_cut_inside_a_number() -> None:
    octets = call(FILES, 130, FID + words(1, 2))
    assert text_of(octets[:-1], wire_length=len(octets)).endswith(" offset 1 length [|rx]")


def test_old_calls_are_forgotten() -> None:
    packets = [call(FILES, 132, FID, call=number) for number in range(65)]
    for number, known in ((0, False), (1, True), (64, True)):
        assert ("fs reply" in said([*packets, reply(FILES, words(1), call=number)])) == known


def test_prefixes() -> None:
    assert_prefixes_end([*PLAIN, *LISTS[:2], call(FILES, 133, FID + STORE + words(1, 2, 3))])


def test_fields() -> None:
    packet = fyke.Packet(call(FILES, 130, FID))[Rx]
    assert (packet.epoch, packet.connection, packet.call, packet.sequence) == (1, 0x1234, 7, 1)
    assert (packet.serial, packet.type, packet.flags, packet.user_status) == (9, 1, 1, 0)
    assert (packet.security_index, packet.service) == (2, 4)
