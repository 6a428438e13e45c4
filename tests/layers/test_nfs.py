"""NFS calls and their replies, version 2 and 3: as tcpdump, which remembers the calls too."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
import transport_traffic as transport
from judge import assert_prefixes_end, needs_tcpdump
from test_against_tcpdump import compare, write

import fyke
from fyke.layers.application.nfs_handles import guess

CLIENT, SERVER = 700, 2049


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def call(xid: int, version: int, procedure: int, body: bytes) -> bytes:
    return words(xid, 0, 2, 100003, version, procedure, 1, 4, 7, 0, 0) + body


def reply(xid: int, body: bytes, accepted: int = 0) -> bytes:
    return words(xid, 1, 0, 0, 0, accepted) + body


def string(text: bytes) -> bytes:
    return words(len(text)) + text + bytes(-len(text) % 4)


HANDLES = [
    b"\0\0\0\0\0\0\1\2" + bytes(range(8, 32)), b"\0\0\1\2\3\0\0\0\x0c\0" + bytes(range(22)),
    b"\0\0\1\2\0\x08\0\0" + bytes(range(24)), b"\0\0\1\2\1\2\3\4" + bytes(range(24)),
    b"\1\2\0\0\5\6\0\0" + bytes(range(24)), b"\1\2\0\0\5\6\7\x08" + bytes(24),
    b"\1\2\0\0\5\6\7\x08\x09\x0a" + b"\1" * 22, b"\1\2\3\4\5\6\7\x08\x0c\0" + bytes(22),
    b"\1\2\3\4\0\0\0\0\0\x0a" + bytes(range(22)), b"\1\2\3\4\1\2\3\2\0\x0a" + bytes(range(22)),
    b"\1DISK$A\0\0\0\0\0\0\0" + bytes(range(1, 19)), b"\1\2\3\4\5\6\7\x08\x01" + b"\x80" * 23,
    b"\1\2\0\0\5\6\7\x08\x09\x0b" + b"\1" * 22,
]


def arguments(version: int, handle: bytes, chance: random.Random) -> list[bytes]:
    """Bodies that suit one procedure or other: a handle, names, numbers."""
    opaque = handle if version == 2 else words(32) + handle
    numbers = words(*(chance.randrange(1 << 31) for _ in range(8)))
    settable = words(1, 0o755, 1, 1, 1, 2, 1, 9, 2, 5, 6, 2, 7, 8)
    return [opaque + numbers, opaque + string(b"na\x1bme") + numbers,
            opaque + words(5) + numbers, opaque + words(0x3F) + numbers,
            opaque + string(b"a") + opaque + string(b"bc"), opaque + opaque + string(b"link"),
            opaque + string(b"a") + (settable if version == 3 else b"") + string(b"target"),
            opaque + string(b"dev") + words(4) + settable + words(8, 9), opaque[:20], b""]


def results(chance: random.Random) -> list[bytes]:
    small = [chance.choice((0, 1, 2, 5, 70, 10001, chance.randrange(1 << 32))) for _ in range(60)]
    return [words(0, 1, *range(1, 60)), words(0, 1, 32, *range(1, 60)), words(70, 0, 0, 0, 0),
            words(0, *small), words(1, *small), words(0, 0, 0, 0, *small), words(0), b"",
            words(0) + HANDLES[0] + words(*range(30)), words(0, 0, 4) + b"link" + words(9)]


def conversation() -> list[bytes]:
    chance = random.Random(3)
    out, xid = [], 1000
    for version in (2, 3):
        for procedure in range(27):
            bodies = arguments(version, HANDLES[procedure % len(HANDLES)], chance)
            for body, result in zip(bodies, results(chance), strict=True):
                xid += 1
                out.append(transport.udp(call(xid, version, procedure, body), CLIENT, SERVER))
                out.append(transport.udp(reply(xid, result), SERVER, CLIENT, src=transport.B4,
                                         dst=transport.A4))
    for body in (words(1, 0, 2, 3), words(1, 1, 5), words(1, 1, 99), words(1, 7), words(9),
                 words(0, 0, 0, 2), words(0, 0, 0, 9)):
        xid += 1
        out.append(transport.udp(call(xid, 3, 1, words(32) + HANDLES[0]), CLIENT, SERVER))
        out.append(transport.udp(words(xid, 1) + body, SERVER, CLIENT, src=transport.B4,
                                 dst=transport.A4))
    for handle in HANDLES:
        out.append(transport.udp(call(5, 2, 1, handle), CLIENT, SERVER))
        out.append(transport.udp(call(5, 3, 1, words(12) + handle[:12]), CLIENT, SERVER))
    message = call(7, 3, 1, words(32) + HANDLES[0])
    out.append(transport.tcp(words(0x80000000 | len(message)) + message, CLIENT, SERVER))
    return out


PACKETS = conversation()


@needs_tcpdump
@pytest.mark.parametrize("options", ["", "-v", "-vv", "-q", "-u", "-uvvv", "-T rpc", "-T rpc -v"])
def test_as_tcpdump(tmp_path: Path, options: str) -> None:
    compare(write(tmp_path / "nfs.pcap", PACKETS), f"-n {options}")


def test_prefixes() -> None:
    assert_prefixes_end(PACKETS[1:1100:61])


def test_fields() -> None:
    nfs = fyke.Packet(PACKETS[2])[fyke.Nfs]
    assert (nfs.xid, nfs.direction, nfs.program, nfs.version) == (1002, 0, 100003, 2)
    assert [guess(handle) for handle in HANDLES] == [
        "auspex", "osf", "irix4", "sunos4", "bsd", "ultrix", "sunos5", "osf", "hpux", "sunos5",
        "vms", "", ""]
