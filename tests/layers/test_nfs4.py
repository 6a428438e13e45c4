"""NFS version 4: the operations of calls and replies, as tshark finds them."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import network_traffic as traffic
import pytest
import transport_traffic as transport
from judge import text_of

import fyke
from fyke.layers.application.nfs4 import OPERATIONS
from fyke.layers.layer import write_packet
from fyke.wire import Line

TSHARK = shutil.which("tshark")
SESSION = b"session-16-octet"


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def string(text: bytes) -> bytes:
    return words(len(text)) + text + bytes(-len(text) % 4)


STATE = words(1) + b"twelve octet"
BITS, VERIFIER, LONG, OFFSET = words(2, 0x18, 0), bytes(8), words(0, 7), words(0, 4096)
SIZES = words(1, 8) + string(words(0, 5))  # attributes: a file's size, 5
CHANGE = words(1) + LONG + LONG
OWNER = LONG + string(b"owner")
ACE = words(0, 0, 3) + string(b"me@here")
LOCKS = words(1, 0) + OFFSET + LONG
ENTRY = words(1) + LONG + string(b"entry") + SIZES

#: Operation, arguments, results of one that is done.
SAMPLES: list[tuple[int, bytes, bytes]] = [
    (53, SESSION + words(1, 0, 3, 1), SESSION + words(1, 0, 3, 3, 0)),
    (24, b"", b""), (22, string(b"handle"), b""), (15, string(b"dir"), b""), (16, b"", b""),
    (10, b"", string(b"handle")), (9, BITS, SIZES), (3, words(31), words(31, 1)),
    (18, words(1, 1, 0) + OWNER + words(1, 0) + SIZES + words(0) + string(b"new"),
     STATE + CHANGE + words(4) + BITS + words(0)),
    (18, words(1, 1, 0) + OWNER + words(0) + words(4),
     STATE + CHANGE + words(4) + BITS + words(1) + STATE + words(0) + ACE),
    (18, words(1, 1, 0) + OWNER + words(1, 3) + VERIFIER + SIZES + words(0) + string(b"x"),
     STATE + CHANGE + words(4) + BITS + words(2) + STATE + words(0, 1) + LONG + ACE),
    (4, words(1) + STATE, STATE), (5, OFFSET + words(10), VERIFIER),
    (6, words(2) + string(b"made") + SIZES, CHANGE + BITS),
    (6, words(5) + string(b"target") + string(b"link") + SIZES, CHANGE + BITS),
    (11, string(b"hard"), CHANGE), (28, string(b"gone"), CHANGE),
    (29, string(b"old") + string(b"newer"), CHANGE + CHANGE),
    (12, LOCKS + words(1, 5) + STATE + words(0) + OWNER, STATE),
    (12, LOCKS + words(0) + STATE + words(1), STATE),
    (13, words(1) + OFFSET + LONG + OWNER, b""), (14, words(1, 1) + STATE + OFFSET + LONG, STATE),
    (25, STATE + OFFSET + words(100), words(1) + string(b"what is read")),
    (38, STATE + OFFSET + words(2) + string(b"what is written"), words(15, 2) + VERIFIER),
    (26, LONG + VERIFIER + words(512, 4096) + BITS, VERIFIER + ENTRY + ENTRY + words(0, 1)),
    (27, b"", string(b"target")), (34, STATE + SIZES, BITS), (37, SIZES, b""), (32, b"", b""),
    (31, b"", b""), (8, STATE, b""), (20, STATE + words(1), STATE),
    (21, STATE + words(1, 1, 0), STATE), (30, LONG, b""),
    (33, string(b"name"), words(2, 1, 6) + string(b"oid4") + words(0, 1)),
    (52, words(0), words(1, 1)), (39, OWNER, b""), (58, words(0), b""), (57, LONG, b""),
    (44, SESSION, b""), (45, STATE, b""),
    (35, VERIFIER + string(b"client") + words(0x40000000) + string(b"tcp")
     + string(b"192.0.2.1.3.232") + words(1), LONG + VERIFIER),
    (36, LONG + VERIFIER, b""),
    (42, VERIFIER + string(b"client") + words(1, 0, 0),
     LONG + words(1, 1, 0) + LONG + string(b"major") + string(b"scope") + words(0)),
    (41, SESSION + words(3, 0), SESSION + words(3, 0)),
    (59, STATE + OFFSET + LONG, b""), (62, STATE + OFFSET + LONG, b""),
    (69, STATE + OFFSET + words(0), words(0) + OFFSET),
]


def call(xid: int, count: int, body: bytes) -> bytes:
    return (words(xid, 0, 2, 100003, 4, 1, 0, 0, 0, 0) + string(b"tag") + words(1, count) + body)


def reply(xid: int, count: int, body: bytes, status: int = 0) -> bytes:
    return words(xid, 1, 0, 0, 0, 0, status) + string(b"tag") + words(count) + body


def over_tcp(message: bytes, seq: int, *, back: bool = False) -> bytes:
    ends: dict[str, Any] = {"sport": 2049, "dport": 700, "src": transport.B4, "dst": transport.A4}
    if not back:
        ends = {"sport": 700, "dport": 2049}
    return transport.tcp(words(0x80000000 | len(message)) + message, seq=seq, **ends)


def asked(packet: bytes) -> dict[str, Any]:
    value: dict[str, Any] = fyke.Packet(packet)["nfs"].to_dict()["compound"]
    return value


ALL = call(1, len(SAMPLES) + 1, b"".join(words(kind) + body for kind, body, _ in SAMPLES)
           + words(24))
DONE = reply(1, len(SAMPLES) + 1, b"".join(words(kind, 0) + body for kind, _, body in SAMPLES)
             + words(24, 0))
KINDS = [kind for kind, _, _ in SAMPLES] + [24]
NAMES = ", ".join(OPERATIONS[kind].name for kind in KINDS)


def texts(packets: list[bytes]) -> list[str]:
    """Of packets one after the other: a reply's call is remembered."""
    line = Line()
    line.style.numeric = 2
    found = []
    for packet in packets:
        write_packet(fyke.Packet(packet).layers[0], line)
        found.append(bytes(line.text()).decode())
    return found


def test_every_operation_is_found() -> None:
    told = asked(over_tcp(ALL, 1))
    assert [one["kind"] for one in told["operations"]] == KINDS
    assert (told["cut"], told["tag"], told["minor_version"]) == (False, "tag", 1)
    by_kind = {one["kind"]: one for one in told["operations"]}
    assert by_kind[29]["names"] == ["old", "newer"]
    assert by_kind[22]["handle"] == b"handle".hex()
    assert (by_kind[38]["offset"], by_kind[25]["size"]) == (4096, 100)


def test_text_of_calls_and_replies() -> None:
    first, second = texts([over_tcp(ALL, 1), over_tcp(DONE, 1, back=True)])
    assert f" compound ({NAMES})" in first
    assert f"reply ok {len(DONE)} compound ({NAMES})" in second


def test_an_error_ends_a_reply() -> None:
    failed = reply(2, 2, words(53, 0) + SAMPLES[0][2] + words(15, 2), status=2)
    lines = texts([over_tcp(call(2, 1, words(24)), 1), over_tcp(failed, 1, back=True)])
    assert lines[1].endswith("compound (SEQUENCE, LOOKUP) ERROR: No such file or directory")


@pytest.mark.parametrize(("body", "expected"), [
    (words(24, 9999, 24), "compound (PUTROOTFH, OP-9999, ...)"),
    (words(24, 43, 24), "compound (PUTROOTFH, CREATE_SESSION, ...)"),
    (words(15, 0x7FFFFFFF), "compound (LOOKUP, ...)"), (b"", "compound (...)"),
])
def test_what_nobody_can_walk(body: bytes, expected: str) -> None:
    assert text_of(over_tcp(call(3, 3, body), 1)).endswith(expected)


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_as_tshark(tmp_path: Path) -> None:
    packets = []
    here = there = 1
    for xid, (kind, arguments, results) in enumerate(SAMPLES, 1):
        one = call(xid, 2, words(kind) + arguments + words(24))
        other = reply(xid, 2, words(kind, 0) + results + words(24, 0))
        packets += [over_tcp(one, here), over_tcp(other, there, back=True)]
        here, there = here + len(one) + 4, there + len(other) + 4
    path = tmp_path / "nfs4.pcap"
    path.write_bytes(traffic.savefile(packets))
    shown = subprocess.run([str(TSHARK), "-r", str(path), "-T", "fields", "-e", "nfs.opcode"],
                           capture_output=True, text=True, check=True, timeout=120)
    theirs = [[int(kind) for kind in row.split(",") if kind]
              for row in shown.stdout.splitlines()]
    ours = [[one["kind"] for one in asked(packet)["operations"]] for packet in packets[::2]]
    assert ours == [[kind, 24] for kind, _, _ in SAMPLES]
    assert theirs[::2] == ours
    assert theirs[1::2] == ours
    names = [OPERATIONS[kind].name for kind, _, _ in SAMPLES]
    assert all(f"compound ({name}, PUTROOTFH)" in text
               for name, text in zip(names, texts(packets)[1::2], strict=True))


def test_prefixes() -> None:
    for message, back in ((ALL, False), (DONE, True)):
        whole = over_tcp(message, 1, back=back)
        for end in range(54, len(whole), 7):
            for layer in fyke.Packet(whole[:end], wire_length=len(whole)).layers:
                layer.to_dict()
            text_of(whole[:end], 1, len(whole))
