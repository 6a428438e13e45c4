"""QUIC's Initial packets, decrypted (RFC 9001 §5, RFC 9369 §3.3).

Their keys are made from the connection identifier that a client's first packets go to, so these
alone can be opened. Needs the library cryptography (extra "crypto").
"""

from __future__ import annotations

from hashlib import sha256
from hmac import digest

from fyke.hints import NamedTuple
from fyke.layers.application.tls_hello import variable
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.wire import Record, Truncated

LONG_INITIAL, LONG_MASK = 0xC0, 0xF0  # first octet: long header, fixed bit, type
TAG, SAMPLE, SAMPLE_AT = 16, 16, 4  # octets
MOST_OF_HELLO = 1 << 16
PADDING, PING, ACK, ACK_ECN, CRYPTO = 0, 1, 2, 3, 6  # frames (RFC 9000 §19)


class Version(NamedTuple):
    """What a version makes keys with, and how it numbers Initial packets."""

    salt: bytes
    label: bytes
    first: int  #: the four high bits of the first octet


VERSION_1 = Version(bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), b"quic ", 0xC0)
VERSION_2 = Version(bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"), b"quicv2 ", 0xD0)
DRAFT_29 = Version(bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899"), b"quic ", 0xC0)
DRAFT_23 = Version(bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502"), b"quic ", 0xC0)
VERSIONS = {1: VERSION_1, 0x6B3343CF: VERSION_2,
            **{0xFF000000 + draft: DRAFT_29 for draft in range(29, 33)},
            **{0xFF000000 + draft: DRAFT_23 for draft in range(23, 29)}}


class Keys(NamedTuple):
    """Of one direction (RFC 9001 §5.1)."""

    key: bytes
    iv: bytes
    hp: bytes


def expand(secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label (RFC 8446 §7.1) with no context; at most 32 octets."""
    info = size.to_bytes(2, "big") + bytes([6 + len(label)]) + b"tls13 " + label + b"\0"
    return digest(secret, info + b"\1", sha256)[:size]


def client_keys(version: Version, dcid: bytes) -> Keys:
    """The keys of a client's Initial packets to ``dcid`` (RFC 9001 §5.2)."""
    secret = expand(digest(version.salt, dcid, sha256), b"client in", 32)
    return Keys(*(expand(secret, version.label + name, size)
                  for name, size in ((b"key", 16), (b"iv", 12), (b"hp", 16))))


def crypto_of(pkt: Record, off: int, size: int) -> bytes | None:
    """What a datagram's Initial packets say of the handshake, from its beginning.

    None if there is no Initial that can be decrypted. Raises ImportError without the library.
    """
    pieces: dict[int, bytes] = {}
    return joined(pieces) if gather(pkt, off, size, pieces) else None


def gather(pkt: Record, off: int, size: int, pieces: dict[int, bytes]) -> bool:
    """Put what a datagram's Initial packets say into ``pieces``, by offset; False if none opens.

    Raises ImportError without the library.
    """
    found = False
    try:
        cursor = Cursor(pkt, off, off + size)
        while cursor.left > SAMPLE:
            payload = next_payload(cursor)
            if payload is not None:
                found = True
                collect(payload, pieces)
    except (Malformed, Truncated):
        pass
    return found


def next_payload(cursor: Cursor) -> bytes | None:
    """The next packet's payload if it is an Initial that opens; the cursor goes past it."""
    pkt, start = cursor.pkt, cursor.at
    first = cursor.u8()
    if not first & 0x80:
        raise Malformed("a short header: the last packet, and none of these")
    version = VERSIONS.get(cursor.u32())
    dcid = cursor.raw(cursor.u8())
    cursor.step(cursor.u8())
    if version is None:
        raise Malformed("an unknown version")
    is_initial = first & LONG_MASK == version.first
    if is_initial:
        cursor.step(variable(cursor))
    length = variable(cursor)
    number_at = cursor.step(length)
    if not is_initial or length < SAMPLE_AT + SAMPLE:
        return None
    return opened(pkt.raw(start, number_at + length - start), number_at - start,
                  client_keys(version, dcid))


def opened(packet: bytes, number_at: int, keys: Keys) -> bytes | None:
    """The payload of a packet; None if the keys are not its own."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB
    sample = packet[number_at + SAMPLE_AT:number_at + SAMPLE_AT + SAMPLE]
    mask = Cipher(AES(keys.hp), ECB()).encryptor().update(sample)  # RFC 9001 §5.4.3
    first = packet[0] ^ mask[0] & 0x0F
    size = (first & 3) + 1
    number = bytes(a ^ b for a, b in zip(packet[number_at:number_at + size], mask[1:],
                                         strict=False))
    header = bytes([first]) + packet[1:number_at] + number
    nonce = (int.from_bytes(keys.iv, "big") ^ int.from_bytes(number, "big")).to_bytes(12, "big")
    try:
        return AESGCM(keys.key).decrypt(nonce, packet[number_at + size:], header)
    except InvalidTag:
        return None


def collect(payload: bytes, pieces: dict[int, bytes]) -> None:
    """The CRYPTO frames of a payload, by their offsets."""
    cursor = Cursor(Record(payload), 0, len(payload))
    while cursor.left and len(pieces) < MOST:
        kind = cursor.u8()
        if kind in (PADDING, PING):
            continue
        if kind in (ACK, ACK_ECN):
            skip_acknowledgement(cursor, kind)
        elif kind == CRYPTO:
            offset = variable(cursor)
            octets = cursor.raw(variable(cursor))
            if offset + len(octets) <= MOST_OF_HELLO:
                pieces[offset] = max(octets, pieces.get(offset, b""), key=len)
        else:
            return


def skip_acknowledgement(cursor: Cursor, kind: int) -> None:
    """Past an ACK frame (RFC 9000 §19.3)."""
    variable(cursor)
    variable(cursor)
    ranges = variable(cursor)
    for _ in range(1 + 2 * min(ranges, MOST) + (3 if kind == ACK_ECN else 0)):
        variable(cursor)


def joined(pieces: dict[int, bytes]) -> bytes:
    """The octets from 0 on, up to the first that is missing."""
    found = b""
    for offset in sorted(pieces):
        if offset > len(found):
            break
        found += pieces[offset][len(found) - offset:]
    return found
