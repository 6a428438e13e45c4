"""ForCES above SCTP: the text is tcpdump's, less the octets that version 4 adds to a fault."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
import transport_traffic as transport
from judge import STYLES, assert_prefixes_end, assert_same, needs_tcpdump, text_of

import fyke
from fyke.layers.transport.forces_data import DEEPEST
from fyke.layers.transport.sctp import Sctp

HIGH = 6704  # the port of high priority


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def tlv(kind: int, body: bytes, length: int | None = None) -> bytes:
    size = 4 + len(body)
    return struct.pack(">HH", kind, size if length is None else length) + body + bytes(-size % 4)


def ilv(kind: int, body: bytes, length: int | None = None) -> bytes:
    size = 8 + len(body)
    return words(kind, size if length is None else length) + body + bytes(-size % 4)


def path(*identifiers: int, flags: int = 0, count: int | None = None, then: bytes = b"") -> bytes:
    number = len(identifiers) if count is None else count
    return tlv(0x0110, struct.pack(">HH", flags, number) + words(*identifiers) + then)


def select(*operations: bytes, block: int = 1) -> bytes:
    return tlv(0x1000, words(block, 7) + b"".join(operations))


def message(kind: int, *tlvs: bytes, flags: int = 0x38400000, length: int | None = None,
            target: int = 0x40000001) -> bytes:
    body = b"".join(tlvs)
    size = 24 + len(body) if length is None else length
    return struct.pack(">BBHIIQI", 0x10, kind, size // 4, 2, target, 5, flags) + body


def chunk(body: bytes, protocol: int = 0, kind: int = 0) -> bytes:
    head = words(9) + struct.pack(">HH", 3, 4) + (words(8) if kind else b"") + words(protocol)
    size = 4 + len(head) + len(body)
    return struct.pack(">BBH", kind, 3, size) + head + body + bytes(-size % 4)


def sctp(*chunks: bytes, port: int = HIGH) -> bytes:
    return transport.ethernet(transport.ip4(132, struct.pack(">HHII", 1024, port, 1, 0)
                                            + b"".join(chunks)))


def packet(kind: int, *tlvs: bytes, **header: int) -> bytes:
    return sctp(chunk(message(kind, *tlvs, **header)))


CONFIG, QUERY, CONFIG_REPLY, QUERY_REPLY = 3, 4, 0x13, 0x14
FULL = tlv(0x0112, b"abcdefg")
SPARSE = tlv(0x0113, ilv(1, b"abc") + ilv(2, b"defg"))
DONE = tlv(0x0114, b"\x0b\0\0\0")
KEY = tlv(0x0111, words(0x77) + tlv(0x0112, tlv(0x0112, b"key.")))
META = tlv(0x0115, ilv(1, b"port") + ilv(2, b"x"))
DATA = tlv(0x0116, b"a packet ")


def setting(*paths: bytes) -> bytes:
    return packet(CONFIG, select(tlv(1, b"".join(paths))))


def answer(*paths: bytes) -> bytes:
    return packet(QUERY_REPLY, select(tlv(9, b"".join(paths))))


SOUND = [
    *(packet(0x0F, target=target, flags=flags) for target, flags in (
        (0, 0), (0x80000000, 0xFFFFFFFF), (0xC0000000, 0x40800000), (0xFFFFFFFD, 0x80300000),
        (0xFFFFFFFE, 0xC0180000), (0xFFFFFFFF, 0x07000001))),
    packet(1), packet(1, select(tlv(11, path(1, then=FULL)))),
    *(packet(2, tlv(0x11, words(code))) for code in (0, 4, 9)),
    *(packet(0x11, tlv(0x10, words(code))) for code in (0, 1, 2, 3)),
    setting(path(1, 2, then=FULL)), setting(path(1, then=SPARSE), path(2, then=FULL)),
    setting(path(1, then=path(2, then=FULL)), path(3)), setting(path(1, then=path(2) + path(3))),
    setting(path(1, flags=4, then=FULL)), setting(path(then=FULL + path(5, then=FULL))),
    packet(CONFIG, select(tlv(1, path(1, then=FULL)), tlv(5, path(2)), block=2),
           select(tlv(2, path(3, then=FULL)), block=9)),
    packet(CONFIG, select(tlv(12, b""), tlv(14, b""), tlv(12, bytes(8)))),
    packet(QUERY, select(tlv(7, path(1, 2)), tlv(8, path(9)))),
    packet(QUERY, select(tlv(7, path(1, flags=2, then=tlv(0x0117, words(3, 9)))))),
    answer(path(1, flags=1, then=words(0x77) + tlv(0x0112, b"key."))),
    answer(path(1, flags=1, then=words(0x77) + tlv(0x0112, b"key.") + FULL)),
    answer(path(1, flags=1, then=words(0x77) + tlv(0x0112, b"key.") + KEY)),
    answer(path(1, then=DONE)), answer(path(1, then=tlv(0x0114, b"\xff\0\0\0"))),
    packet(CONFIG_REPLY, select(tlv(3, path(1, then=DONE)), tlv(13, path(2, then=DONE)),
                                tlv(13, tlv(0x0114, path(2)[4:])))),
    packet(5, select(tlv(11, path(1, then=SPARSE)))),
    packet(6, tlv(1, META + DATA)), packet(6, tlv(1, META), tlv(1, DATA)),
    sctp(chunk(message(0x0F), 21), chunk(message(1)), port=9),
]
FAULTY = [
    packet(0), packet(7), packet(0x12), packet(0x99), packet(0x0F, length=28),
    sctp(chunk(b"short")),
    sctp(chunk(message(0x0F)[:20])), packet(0x0F, tlv(1, b"data")), packet(CONFIG),
    packet(CONFIG, tlv(0x1000, words(1, 7))), packet(CONFIG, tlv(0x9999, bytes(20))),
    packet(CONFIG, tlv(0x1000, bytes(20), 3)), packet(CONFIG, tlv(0x1000, bytes(20), 99)),
    packet(2, tlv(0x11, words(1, 2))), packet(2, tlv(0x11, words(256))),
    packet(2, tlv(0x11, words(1)), tlv(0x11, words(1))),
    packet(0x11, tlv(0x10, words(4))), packet(0x11, tlv(0x10, b"abcde")),
    packet(CONFIG, select(tlv(7, path(1)))), packet(CONFIG, select(tlv(0x8001, path(1)))),
    packet(CONFIG, select(tlv(0, path(1)), tlv(99, path(1)), tlv(1, path(1)))),
    packet(CONFIG, select(tlv(1, b"abc"))), packet(CONFIG, select(tlv(1, bytes(8), 99))),
    setting(tlv(0x0110, bytes(8), 2)),
    setting(path(1, count=9)), setting(path(1, flags=3, then=bytes(12))),
    setting(path(1, flags=1, then=b"abcd")), setting(path(1, flags=2, then=b"abcdefgh")),
    setting(path(1, flags=1, then=words(1) + tlv(0x0112, bytes(4), 99))),
    setting(path(1, flags=1, then=words(1) + tlv(0x0112, bytes(4), 3))),
    setting(path(1, then=tlv(0x0112, b"abc", 99))), setting(path(1, then=tlv(0x0112, b"abc", 0))),
    setting(path(1, then=tlv(0x0999, b"abc"))), setting(path(1, then=DONE)),
    setting(path(1, then=KEY)), answer(path(1, then=tlv(0x0114, bytes(8)))),
    answer(path(1, then=tlv(0x0114, b"\x20\0\0\0"))), setting(path(1, then=tlv(0x0113, b"abcd"))),
    setting(path(1, then=tlv(0x0113, ilv(1, b"abcd", 99)))),
    setting(path(1, then=tlv(0x0113, ilv(1, b"abcd", 7)))),
    setting(path(1, then=tlv(0x0113, ilv(1, b"abcd") + bytes(4)))),
    answer(path(1, then=tlv(0x0111, words(7) + tlv(0x0112, b"abcd", 99)))),
    answer(path(1, then=tlv(0x0111, words(7) + tlv(0x0112, tlv(0x0999, b"abcd"))))),
    packet(CONFIG_REPLY, select(tlv(13, tlv(0x0114, bytes(8), 99)))),
    packet(CONFIG_REPLY, select(tlv(13, tlv(0x0999, bytes(8))))),
    packet(6, tlv(1, b"abc")), packet(6, tlv(1, tlv(0x0999, b"abcdefgh"))),
    packet(6, tlv(1, tlv(0x0115, bytes(12), 99))), packet(6, tlv(1, tlv(0x0115, ilv(1, b"", 99)))),
]


def as_five_words_it(text: str) -> str:
    """Version 4 shows a faulty message in octets instead of calling it invalid, and two words."""
    text = re.sub(r"\n\t\[0x0000: [^\]]*\n\t\]", " (invalid)", text)
    return text.replace("Unknown Teardown reason(9)", "unknown (9)(9)").replace(
        "truncated lfb selector", "undersized lfb selector")


@needs_tcpdump
@pytest.mark.parametrize("options", STYLES)
@pytest.mark.parametrize("packets", [SOUND, FAULTY], ids=["sound", "faulty"])
def test_as_tcpdump(tmp_path: Path, options: str, packets: list[bytes]) -> None:
    assert_same(tmp_path / "forces.pcap", packets, options, reword=as_five_words_it)


def test_user_data_in_fragments() -> None:
    """I-DATA: what the first chunk is, the later ones are."""
    text = text_of(sctp(chunk(message(0x0F), 23, 0x40), chunk(b"abcd", 0, 0x40), port=9))
    assert text.endswith("[PPID ForCES LP] \n\tForCES HeartBeat , (2) [I-DATA] (B)(E) [TSN: 9] "
                         "[SID: 3] [MID: 8] [PPID 0x0]  [|forces]")


def test_path_too_short_for_its_flags() -> None:
    text = text_of(setting(tlv(0x0110, b"ab") + bytes(4)))
    assert text.endswith("\n\tForCES Config  [len 2 < 4]")


def test_paths_have_a_depth() -> None:
    inner = b""
    for _ in range(2000):
        inner = path(then=inner)
    text = text_of(setting(inner), verbose=3)
    assert text.count("Pathdata: ") == DEEPEST + 1
    assert text.endswith("[too many levels]")


def test_octets_of_the_message() -> None:
    assert text_of(packet(0x0F), verbose=4).endswith(
        "\n\t  Raw ForCES message\n\t [\n\t 0x0000:  100f 0006 0000 0002 4000 0001 0000 0000"
        "\n\t 0x0010:  0000 0005 3840 0000\n\t ]")


def test_prefixes() -> None:
    assert_prefixes_end([*SOUND, *FAULTY])


def test_fields() -> None:
    octets = sctp(chunk(b"abcd", 9), chunk(message(0x0F), 21), chunk(message(3, flags=0xD0A80000)),
                  chunk(message(1), 0, 0x40), chunk(b"short"), port=9)
    beat, config, setup = fyke.Packet(octets)[Sctp].forces_messages
    assert (beat.version, beat.type, beat.length, beat.source) == (1, 0x0F, 24, 2)
    assert (beat.target, beat.correlator, beat.flags) == (0x40000001, 5, 0x38400000)
    assert (config.acknowledge, config.priority, config.mode) == (3, 2, 2)
    assert (config.transaction, config.phase) == (1, 1)
    assert setup.type == 1
