"""Sample packets of the link, network and routing rooms: all Ethernet frames."""

from __future__ import annotations

import struct

FRAME = bytes.fromhex("010203040506 001122334455")
INNER = bytes.fromhex("20010db8000000000000000000000001")
GROUP = bytes.fromhex("ff020000000000000000000000000001")
LINK_OPTION = bytes.fromhex("0101001122334455")


def checksum(octets: bytes) -> int:
    """RFC 1071."""
    octets += bytes(len(octets) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def ipv4(proto: int, payload: bytes, *, options: bytes = b"", fragment: int = 0, tos: int = 0,
         ttl: int = 64) -> bytes:
    header = struct.pack(">BBHHHBBH4s4s", 0x45 + len(options) // 4, tos,
                         20 + len(options) + len(payload), 1, fragment, ttl, proto, 0,
                         b"\x0a\0\0\1", b"\x0a\0\0\2") + options
    return header[:10] + struct.pack(">H", checksum(header)) + header[12:] + payload


def ipv6(proto: int, payload: bytes, *, first: int = 0x60000000,
         length: int | None = None) -> bytes:
    return struct.pack(">IHBB", first, len(payload) if length is None else length, proto, 64
                       ) + INNER + GROUP + payload


def icmp(kind: int, code: int, body: bytes) -> bytes:
    octets = bytes([kind, code, 0, 0]) + body
    return octets[:2] + struct.pack(">H", checksum(octets)) + octets[4:]


def icmp6(kind: int, code: int, body: bytes) -> bytes:
    octets = bytes([kind, code, 0, 0]) + body
    pseudo = INNER + GROUP + struct.pack(">II", len(octets), 58)
    return octets[:2] + struct.pack(">H", checksum(pseudo + octets)) + octets[4:]


def igmp(octets: bytes) -> bytes:
    return octets[:2] + struct.pack(">H", checksum(octets)) + octets[4:]


def frame(ethertype: int, payload: bytes) -> bytes:
    return FRAME + struct.pack(">H", ethertype) + payload


def llc(payload: bytes) -> bytes:
    return frame(len(payload), payload)


def four(proto: int, payload: bytes, **kind: object) -> bytes:
    return frame(0x0800, ipv4(proto, payload, **kind))  # type: ignore[arg-type]


def six(proto: int, payload: bytes, **kind: object) -> bytes:
    return frame(0x86DD, ipv6(proto, payload, **kind))  # type: ignore[arg-type]


def ethernet() -> list[bytes]:
    ping = ipv4(1, icmp(8, 0, bytes(4)))
    return [
        frame(0x0800, ping), frame(0x8100, b"\x20\5\x08\0" + ping),
        frame(0x88A8, b"\x30\5\x81\0\0\6\x08\0" + ping),
        frame(0x8100, b"\x20\5\x12\x34abc"), frame(0x1234, b"abc"), frame(0x8870, b"\4\6\3xyz"),
        llc(b"\xaa\xaa\3\0\0\0\x08\0" + ping), llc(b"\xaa\xaa\3\0\0\0\x12\x34abcdef"),
        llc(b"\xaa\xaa\3\0\0\x0c\1\x34abcdef"), llc(b"\4\6\3" + b"x" * 20),
        llc(b"\4\4\xaf\x81\1\2"), llc(b"\4\5\xaf\x81\1\2"), llc(b"\4\6\1\3"),
        llc(b"\4\7\2\4" + b"x" * 20), llc(b"\x05\6\3" + b"x" * 4), llc(b"\4\6\x13x"),
    ]


def arp() -> list[bytes]:
    addresses = bytes.fromhex("0011223344550a0000010000000000000a000002")
    known = bytes.fromhex("0011223344550a0000010007000000010a000002")
    out = []
    for operation in range(1, 11):
        head = bytes.fromhex("0001080006040000")[:6] + struct.pack(">H", operation)
        out += [frame(0x0806, head + addresses + bytes(18)), frame(0x8035, head + known)]
        out.append(frame(0x0806, b"\0\6\x08\6\5\3" + head[6:] + addresses))
        out.append(frame(0x0806, b"\0\x13\x08\0\6\0" + head[6:] + b"\4\6\0\4" + addresses))
        out.append(frame(0x0806, b"\0\x20\x08\0\0\4" + head[6:] + addresses))
    return out


def icmp_messages() -> list[bytes]:
    inner = ipv4(17, struct.pack(">HHHH", 1234, 33434, 8, 0))
    plain = [four(1, icmp(kind, code, b"\x12\x34\0\5" + inner)) for kind in range(20)
             for code in (range(17) if kind == 3 else range(4) if kind in (5, 11, 12) else (0,))
             if kind not in (9, 14)]
    extension = b"\x20\0\0\0\0\x08\1\1\0\1\1\1"
    extension = extension[:2] + struct.pack(">H", checksum(extension)) + extension[4:]
    return [
        *plain, four(1, icmp(3, 4, b"\0\0\5\xdc" + inner)),
        four(1, icmp(9, 0, b"\2\2\1\0" + b"\1\2\3\4\0\0\0\5" * 2)),
        four(1, icmp(14, 0, b"\2\2\1\0\1\2\3\4\0\1\0\5\0\0\0\1")),
        four(1, icmp(18, 0, b"\2\2\1\0\xff\xff\xff\0")),
        four(1, icmp(11, 0, b"\0\x20\0\0" + inner.ljust(128, b"\0") + extension)),
        four(1, icmp(8, 0, b"\0\1\0\2abc")[:-1] + b"x"),
        four(1, icmp(8, 0, b"\0\1\0\2abc"), fragment=0x2000), four(1, b"abcdefgh", fragment=5),
    ]


def ip_options() -> list[bytes]:
    texts = ("01010100", "0707040102030400", "830b0801020304050607080000",
             "890b0401020304050607080000", "440c05000000000100000002", "440c05110102030400000002",
             "440c0d330102030400000002", "440c0d050102030400000002", "94040000", "94040001",
             "820b0801020304050607080000", "52040000", "99040000", "07010000", "07200400")
    echo = icmp(8, 0, b"\0\1\0\2abc")
    out = []
    for text in texts:
        options = bytes.fromhex(text)
        out.append(four(1, echo, options=options[:len(options) // 4 * 4]))
    return out + [four(1, echo, tos=bits | 0xB8, ttl=bits) for bits in range(4)]


def igmp_messages() -> list[bytes]:
    group = b"\xe0\0\0\5"
    bodies = [
        b"\x11\0\0\0" + group, b"\x11\x64\0\0" + group, b"\x11\x32\0\0\0\0\0\0",
        b"\x11\x32\0\0" + group + b"\2\x7d\0\2" + b"\1\2\3\4" * 2,
        b"\x11\xff\0\0" + group + b"\2\x7d\0\0", b"\x11\xff\0\0" + group + b"\2\x7d\0\5",
        b"\x12\0\0\0" + group, b"\x16\0\0\0" + group, b"\x17\0\0\0" + group,
        b"\x22\0\0\0\0\0\0\2\1\0\0\0" + group + b"\4\0\0\1" + group + b"\1\2\3\4",
        b"\x22\0\0\0\0\0\0\2\x09\0\0\0" + group + b"\4\0\0\3" + group + b"\1\2\3\4",
        b"\x1f\0\0\0" + group + b"\1\2\3\4" * 4, b"\x1e\0\0\0" + group + b"\xe1\2\3\4" * 4,
        b"\x44\0\0\0",
    ]
    return [four(2, igmp(body)) for body in bodies] + [four(2, bodies[0])]


def icmp6_messages() -> list[bytes]:
    inner = ipv6(17, struct.pack(">HHHH", 1234, 33434, 8, 0))
    link = b"\xfe\x80" + bytes(13) + b"\1"
    options = (LINK_OPTION + b"\2" + LINK_OPTION[1:]
               + b"\3\4\x40\xe0\0\0\1\0\xff\xff\xff\xff\0\0\0\0" + link
               + b"\5\1\0\0\0\0\5\xdc" + b"\x19\3\0\0\0\0\0\x80" + link
               + b"\x1f\2\0\0\0\0\0\5\3lan\0\0\0\0" + b"\7\1\0\0\0\0\1\0"
               + b"\x08\1\0\0\0\1\0\2" + b"\x18\2\x40\x08\0\0\1\0\x20\1\x0d\xb8\0\0\0\1"
               + b"\x18\1\0\x18\xff\xff\xff\xff")
    bodies = [
        *[(kind, code, b"\x12\x34\0\5" + inner) for kind in range(1, 5) for code in range(5)],
        (128, 0, b"\0\1\0\2"), (129, 0, b"\0\1\0\2data"), (133, 0, bytes(4) + options),
        (134, 0, b"\x40\xe8\1\0\0\0\0\1\0\0\0\2" + options),
        (135, 0, bytes(4) + link + LINK_OPTION), (136, 0, b"\xe0\0\0\0" + link + LINK_OPTION),
        (137, 0, bytes(4) + link + link + LINK_OPTION),
        (135, 0, bytes(4) + link + bytes.fromhex("6301000102030405") + LINK_OPTION),
        (130, 0, b"\1\0\0\0" + link), (130, 0, b"\1\0\0\0" + link + b"\2\x7d\0\0"),
        (130, 0, b"\x81\0\0\0" + link + b"\x0a\xfd\0\1" + link),
        (131, 0, b"\1\0\0\0" + link), (132, 0, b"\1\0\0\0" + link),
        (143, 0, b"\0\0\0\2\4\0\0\0" + link + b"\3\0\0\1" + link + link),
        (144, 0, b"\1\2\0\0"), (145, 0, b"\1\2\0\0" + link + link), (146, 0, b"\1\2\0\0"),
        (147, 0, b"\1\2\xc0\0" + LINK_OPTION), (200, 0, bytes(4)), (255, 0, bytes(4)),
    ]
    return [six(58, icmp6(*body)) for body in bodies]


def ipv6_headers() -> list[bytes]:
    link = b"\xfe\x80" + bytes(13) + b"\1"
    echo = icmp6(128, 0, b"\0\1\0\2")

    def options(following: int, content: bytes) -> bytes:
        return bytes([following, (len(content) + 2) // 8 - 1]) + content

    return [
        six(0, options(58, b"\5\2\0\0\1\0") + echo),
        six(60, options(58, b"\xc9\x10" + link + b"\1\2\0\0") + echo),
        six(59, b"abc"), six(44, b"\x3a\0\0\1\0\0\0\1" + echo),
        six(44, b"\x3a\0\0\x11\0\0\0\1" + echo), six(43, b"\x3a\2\0\1\0\0\0\0" + link + echo),
        six(43, b"\x3a\2\2\1\0\0\0\1" + link + echo), six(43, b"\x3a\2\3\1\0\0\0\1" + link + echo),
        six(51, b"\x3a\4\0\0\0\0\0\1\0\0\0\2" + b"a" * 12 + echo),
        six(50, b"\0\0\0\1\0\0\0\2" + b"a" * 12), six(108, b"\x3a\4\0\1"), six(200, b"abc"),
        six(41, ipv6(58, echo)), six(4, ipv4(1, icmp(8, 0, bytes(4)))),
        six(143, frame(0x86DD, ipv6(58, echo))), six(1, echo), six(2, echo),
        six(58, echo, first=0x6AB12345), six(58, echo + b"pad", length=8),
    ]


def others() -> list[bytes]:
    """Protocols that tcpdump 4.99 and 5 word alike, tunnels among them."""
    ping = ipv4(1, icmp(8, 0, bytes(4)))
    config = bytes.fromhex("0000000000" "8001001906eab880" "00000000" "8001001906eab880" "8005"
                           "0000140002000f00")
    rapid = b"\0\0\2\2\x3c" + config[5:] + b"\0"
    return [
        llc(b"\x42\x42\3" + config), llc(b"\x42\x42\3" + rapid), llc(b"\x42\x42\3\0\0\0\x80"),
        frame(0x9000, b"\0\0\2\0\1\2\3\4\5\6data"), frame(0x9000, b"\0\0\1\0\x11\0data"),
        frame(0x8847, b"\0\1\0\x40\0\1\1\x40" + ping),
        four(47, b"\0\0\x08\0" + ping), four(47, b"\xb0\0\x08\0\0\0\0\0\0\0\0\5\0\0\0\6" + ping),
        four(47, b"\x20\x81\x88\x0b\0\4\0\5\0\0\0\2"),
        four(47, b"\0\0\x65\x58" + frame(0x0800, ping)),
        four(112, igmp(b"\x21\5\x64\1\0\1\0\0\x0a\0\0\x63" + bytes(8))),
        frame(0x88CC, bytes.fromhex("0207040011223344550403076c6f06020078 0a026162 0e0400140004")
              + b"\xfe\x06\0\x80\xc2\1\0\5\0\0"),
    ]


def samples() -> list[bytes]:
    return [*ethernet(), *arp(), *icmp_messages(), *ip_options(), *igmp_messages(),
            *icmp6_messages(), *ipv6_headers(), *others()]


def savefile(frames: list[bytes], snaplen: int = 262144, link_type: int = 1) -> bytes:
    """A pcap file of the frames, one a second, cut at ``snaplen``."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, link_type)
    for second, octets in enumerate(frames):
        kept = octets[:snaplen]
        out += struct.pack("<IIII", second, 0, len(kept), len(octets)) + kept
    return out
