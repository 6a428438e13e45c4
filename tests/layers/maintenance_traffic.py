"""Sample frames of what looks after links: slow protocols, connectivity faults, EAP on a LAN."""

from __future__ import annotations

import struct

from network_traffic import frame

MAC = bytes.fromhex("001122334455")
SIX = bytes.fromhex("20010db8000000000000000000000007")


def tlv(kind: int, value: bytes) -> bytes:
    """A length that counts the header."""
    return bytes([kind, 2 + len(value)]) + value


def slow(octets: bytes) -> bytes:
    return frame(0x8809, octets)


SYSTEM = b"\x80\0" + MAC + b"\0\x0d" b"\x80\1" b"\0\x19" b"\x3d" + bytes(3)
LACP = b"\1\1" + tlv(1, SYSTEM) + tlv(2, bytes(18)) + tlv(3, b"\0\5" + bytes(12))
MARKER = b"\2\1" + tlv(1, b"\0\7" + MAC + b"\0\0\0\x09" + bytes(2))
INFORMATION = b"\1\0\7\5\x1f\5\xee\0\0\x0c\0\0\0\1"
COUNTERS = struct.pack(">HQQQQI", 7, 1, 2, 3, 1 << 63, 5)


def slow_frames() -> list[bytes]:
    return [slow(octets) for octets in [
        LACP + b"\0\0" + bytes(50), LACP, MARKER + b"\0\0" + bytes(90), b"\1\2" + bytes(8),
        b"\2\7", b"\1\1" + tlv(1, b"abc") + tlv(3, b"d") + tlv(9, b"xyz"), b"\2\1" + tlv(1, b"a"),
        b"\1\1\1\1", b"\1\1\1", b"\1\1\1\x63", b"\1", b"\x63abc", b"",
        b"\3\0\x50\0" + tlv(1, INFORMATION) + tlv(2, INFORMATION) + b"\0\0",
        b"\3\0\0\0" + tlv(1, b"abc") + tlv(0xFE, b"\0\0\x0cab") + tlv(0x63, b"z"),
        b"\3\0\7\1\0\5" + b"".join(tlv(kind, COUNTERS) for kind in (1, 2, 3, 4)) + b"\0\0",
        b"\3\0\0\1\0\5" + tlv(1, b"abc") + tlv(0xFE, b"ab"), b"\3\0\0\1\0", b"\3\0\0\4\1",
        b"\3\0\0\4\x09", b"\3\0\0\4", b"\3\0\0\2\7\0\1", b"\3\0\0\x63ab", b"\3\0", b"\3\0\0\0\1\1",
        b"\3\0\0\0\1\x63", b"\3\0\0\0\1", b"\3\0\0\1\0\1\1\0",
    ]]


def long_tlv(kind: int, value: bytes) -> bytes:
    """A length of two octets that does not count the header."""
    return struct.pack(">BH", kind, len(value)) + value


def cfm(opcode: int, body: bytes, tlvs: bytes = b"\0", *, flags: int = 0, first: int | None = None,
        level: int = 0x60) -> bytes:
    offset = len(body) if first is None else first
    return frame(0x8902, bytes([level, opcode, flags, offset]) + body + tlvs)


def check(names: bytes) -> bytes:
    return b"\0\0\0\7\0\x09" + names.ljust(48, b"\0") + bytes(16)


CHECK = check(b"\4\5ab\x1b[m" b"\2\3ass")
CFM_TLVS = b"".join(long_tlv(kind, value) for kind, value in [
    (2, b"\2"), (3, b"\7"), (4, b"data"), (5, b"\1" + MAC), (31, b"\0\0\x0c\7x"),
    (1, b"\6\4" + MAC), (1, b"\5\5\1\x0a\0\0\1"), (1, b"\x11\5\2" + SIX), (1, b"\3\5\1ab"),
    (1, b"\2\x63ab"), (1, b"\4\7eth0" b"\2ab" b"\3cde"), (1, b"\0\2ab"), (1, b"\0"),
    (99, b"?")]) + b"\0"


def cfm_frames() -> list[bytes]:
    return [
        cfm(1, CHECK, CFM_TLVS, flags=0x84), cfm(1, check(b"\1" b"\1\2\0\7"), flags=1),
        cfm(1, check(b"\3\6" + MAC + b"\3\2\0\7")), cfm(1, check(b"\3\2ab" b"\4\0")),
        cfm(1, check(b"\0\2ab" b"\x63\1z")), cfm(1, check(b"\2\x2cab")), cfm(1, check(b"\1\2\x63")),
        cfm(1, CHECK, first=9), cfm(1, CHECK, first=200),
        cfm(5, b"\0\0\0\1\x40" + MAC + MAC, flags=0x80),
        cfm(4, b"\0\0\0\1\x3f\2", CFM_TLVS, flags=0xE0), cfm(4, b"abc"), cfm(5, b"abc"),
        cfm(3, b"\0\0\0\1"), cfm(2, b"\0\0\0\1", long_tlv(4, b"abc")), cfm(99, b"ab"),
        cfm(1, CHECK, level=0x61), frame(0x8902, b"\0\1"), cfm(3, b"\0\0\0\1", b"\2\0"),
        cfm(3, b"\0\0\0\1", b"\2\0\x09a"), cfm(3, b"\0\0\0\1", b"\2\0\0"), cfm(3, b"\0\0\0\1", b""),
        cfm(3, b"\0\0\0\1", b"\x1f\0\3abc"), cfm(3, b"\0\0\0\1", long_tlv(1, b"\1\7x\1ab") + b"\0"),
        cfm(3, b"\0\0\0\1", long_tlv(1, b"\0\1a\x63") + b"\0"),
    ]


def eap(code: int, body: bytes = b"", *, size: int | None = None) -> bytes:
    size = 4 + len(body) if size is None else size
    return frame(0x888E, struct.pack(">BBHBBH", 2, 0, size, code, 7, size) + body)


def eap_frames() -> list[bytes]:
    bodies = [b"\1", b"\1who\x1b[m", b"\2note", b"\3\4\x0d\x63", b"\4\1\2", b"\x0d\xa0\0\0\1\0",
              b"\x0d\x20", b"\x15\x83\0\0\0\7", b"\x2b\x61", b"\x12\x0a\0\0", b"\x17\5", b"\xfe",
              b"\x63abc"]
    return [*(eap(1 + i % 2, body) for i, body in enumerate(bodies)), eap(3), eap(4), eap(9),
            *(frame(0x888E, bytes([1, kind, 0, 0])) for kind in (1, 2, 3, 4, 9))]


def alike() -> list[bytes]:
    """What versions 4.99 and 5 word alike."""
    return [*slow_frames(), *cfm_frames(), *eap_frames()]


def samples() -> list[bytes]:
    return [*alike(), slow(b"\x0a\0\x19\xa7\0\1abc"), slow(b"\x0a\0"),
            frame(0x888E, b"\1\0\0\0"), eap(1, size=3), eap(2, b""), eap(1, b"\x0d"),
            cfm(3, b"\0\0\0\1", long_tlv(1, b"\1") + b"\0")]
