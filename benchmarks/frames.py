"""Builds the frames that the benchmarks are made of: addresses, ports and octets can be chosen."""

from __future__ import annotations

import struct

ECHO_REQUEST, ECHO_REPLY = 8, 0
ECHO_REQUEST6, ECHO_REPLY6 = 128, 129
FIN, SYN, PSH, ACK = 1, 2, 8, 16
PREFIX = bytes.fromhex("20010db80000000000000000")  # a documentation prefix (RFC 3849)
CHECKSUM_AT = {6: 16, 17: 6, 58: 2}  # where the header has its checksum, by protocol
MORE_FRAGMENTS, DO_NOT_FRAGMENT = 0x2000, 0x4000


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071): a sum of words is the number modulo 0xFFFF."""
    left = int.from_bytes(data + b"\0" * (len(data) % 2), "big") % 0xFFFF
    return 0xFFFF - left


def ethernet(kind: int, payload: bytes, vlan: int = 0) -> bytes:
    tag = struct.pack("!HH", 0x8100, vlan) if vlan else b""
    return bytes.fromhex("02000000000202000000000a") + tag + struct.pack("!H", kind) + payload


def ipv4(proto: int, source: int, target: int, payload: bytes, ident: int = 1,
         fragment: int = DO_NOT_FRAGMENT) -> bytes:
    head = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(payload), ident & 0xFFFF, fragment, 64,
                       proto, 0, source, target)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ipv6(proto: int, source: int, target: int, payload: bytes) -> bytes:
    return (struct.pack("!IHBB", 0x60000000, len(payload), proto, 64)
            + PREFIX + source.to_bytes(4, "big") + PREFIX + target.to_bytes(4, "big") + payload)


def with_checksum(version: int, proto: int, source: int, target: int, payload: bytes) -> bytes:
    """A TCP, UDP or ICMPv6 message with its checksum in place."""
    if version == 6:
        pseudo = (PREFIX + source.to_bytes(4, "big") + PREFIX + target.to_bytes(4, "big")
                  + struct.pack("!II", len(payload), proto))
    else:
        pseudo = struct.pack("!IIBBH", source, target, 0, proto, len(payload))
    at = CHECKSUM_AT[proto]
    return payload[:at] + struct.pack("!H", checksum(pseudo + payload)) + payload[at + 2:]


def over(version: int, proto: int, source: int, target: int, payload: bytes,
         vlan: int = 0) -> bytes:
    """The payload with its checksum, in an IP packet, in an Ethernet frame."""
    payload = with_checksum(version, proto, source, target, payload)
    if version == 6:
        return ethernet(0x86DD, ipv6(proto, source, target, payload), vlan)
    return ethernet(0x0800, ipv4(proto, source, target, payload, source ^ target), vlan)


def tcp(sport: int, dport: int, seq: int, ack: int, bits: int, payload: bytes = b"",
        tick: int = 0) -> bytes:
    if bits & SYN:  # MSS, selective acknowledgements, time stamps, window scale
        options = struct.pack("!BBHBBBBIIBBBB", 2, 4, 1460, 4, 2, 8, 10, tick, 0, 1, 3, 3, 7)
    else:
        options = struct.pack("!BBBBII", 1, 1, 8, 10, tick & 0xFFFFFFFF, tick & 0xFFFFFFFF)
    offset = (20 + len(options)) // 4 << 4
    return struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, offset,
                       bits, 502, 0, 0) + options + payload


def udp(sport: int, dport: int, payload: bytes) -> bytes:
    return struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload


def echo(kind: int, ident: int, number: int, body: bytes) -> bytes:
    """An ICMP echo; ICMPv6's checksum needs the addresses and comes later."""
    message = struct.pack("!BBHHH", kind, 0, 0, ident, number) + body
    if kind in (ECHO_REQUEST6, ECHO_REPLY6):
        return message
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def arp(operation: int, sender: int, target: int) -> bytes:
    other = bytes(6) if operation == 1 else bytes.fromhex("020000000002")
    return ethernet(0x0806, struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
                    + bytes.fromhex("02000000000a") + sender.to_bytes(4, "big")
                    + other + target.to_bytes(4, "big"))
