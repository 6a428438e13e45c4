"""Messages of protocols that tcpdump has no text for."""

from __future__ import annotations

import struct
from typing import NamedTuple

import tls_traffic
import transport_traffic as transport

COOKIE = struct.pack(">I", 0x2112A442)
TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class Sample(NamedTuple):
    """A message and where it travels."""

    name: str
    transport: str
    source: int
    target: int
    octets: bytes

    def packet(self, port: int | None = None) -> bytes:
        """As an Ethernet frame; ``port``: in the place of the one that means nothing."""
        source, target = (port or one if one > 40000 else one for one in self[2:4])
        if self.transport == "udp":
            return transport.udp(self.octets, source, target)
        return transport.tcp(self.octets, source, target,
                             flags=transport.ACK | transport.PSH)


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def stun(kind: int, *attributes: bytes) -> bytes:
    body = b"".join(attributes)
    return struct.pack(">HH", kind, len(body)) + COOKIE + TRANSACTION + body


def xored(address: bytes, port: int) -> bytes:
    mask = COOKIE + TRANSACTION
    return (bytes([0, 1 if len(address) == 4 else 2]) + struct.pack(">H", port ^ 0x2112)
            + bytes(a ^ b for a, b in zip(address, mask, strict=False)))


def mqtt(first: int, body: bytes) -> bytes:
    return bytes([first, len(body)]) + body


def string(text: bytes) -> bytes:
    return struct.pack(">H", len(text)) + text


def frame(kind: int, flags: int, stream: int, body: bytes = b"") -> bytes:
    return len(body).to_bytes(3, "big") + struct.pack(">BBI", kind, flags, stream) + body


def dtls(octets: bytes, kind: int = 22, version: int = 0xFEFD, epoch: int = 0,
         sequence: int = 0) -> bytes:
    return struct.pack(">BHH", kind, version, epoch) + sequence.to_bytes(6, "big") + string(octets)


def dtls_hello(extensions: bytes, cookie: bytes = b"", pieces: int = 1) -> list[bytes]:
    """A ClientHello's handshake message, in pieces."""
    body = (b"\xfe\xfd" + bytes(range(32)) + b"\0" + bytes([len(cookie)]) + cookie
            + string(bytes.fromhex("1a1ac02bc02f1301")) + b"\1\0" + string(extensions))
    size = -(-len(body) // pieces)
    return [b"\1" + len(body).to_bytes(3, "big") + b"\0\0" + at.to_bytes(3, "big")
            + len(body[at:at + size]).to_bytes(3, "big") + body[at:at + size]
            for at in range(0, len(body), size)]


def tag(number: int, *parts: bytes, form: int = 0xA0) -> bytes:
    """DER."""
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + struct.pack(">H", len(body))
    return bytes([form | number]) + size + body


def name_list(*names: str) -> bytes:
    text = ",".join(names).encode("latin-1")
    return struct.pack(">I", len(text)) + text


def ap_req() -> bytes:
    """An application request (RFC 4120 §5.5.1), with the ticket that it shows."""
    def string(text: bytes) -> bytes:
        return tag(0x1B, text, form=0)

    def sequence(*parts: bytes) -> bytes:
        return tag(0x10, *parts, form=0x20)

    name = sequence(tag(0, b"\2\1\2"), tag(1, sequence(string(b"http"), string(b"w.example"))))
    secret = tag(3, sequence(tag(0, b"\2\1\x12"), tag(2, b"\4\3abc")))
    ticket = tag(1, sequence(tag(0, b"\2\1\5"), tag(1, string(b"EXAMPLE.COM")), tag(2, name),
                             secret), form=0x60)
    return tag(14, sequence(tag(0, b"\2\1\5"), tag(1, b"\2\1\x0e"), tag(2, b"\3\5\0\0\0\0\0"),
                            tag(3, ticket), tag(4, sequence(tag(0, b"\2\1\x12"),
                                                           tag(2, b"\4\3abc")))), form=0x60)


VERIFY_SIZE = b"\0\0\7"  # of a HelloVerifyRequest with a cookie of four octets


def kex_init(method: str = "curve25519-sha256") -> bytes:
    body = (b"\x14" + bytes(range(16)) + name_list(method, "ext-info-c")
            + name_list("ssh-ed25519") + name_list("aes128-ctr", "chacha20-poly1305@openssh.com")
            + name_list("aes256-ctr") + name_list("hmac-sha2-256") + name_list("hmac-sha1")
            + name_list("none", "zlib") + name_list("none") + name_list() + name_list()
            + bytes(5))
    padding = 4 + -(len(body) + 9) % 8
    return struct.pack(">IB", len(body) + 1 + padding, padding) + body + bytes(padding)


HELLO = tls_traffic.CHROME
UDP_DNS = ("450000370001000040 1166b30a0000010a00000204d20035002388a0"
           "0000010000010000000000000161076578616d706c650000010001")
AS_REQ = (
    "6a81a63081a3a103020105a20302010aa3023000a4819230818fa00703050040000000a1123010a0"
    "03020101a10930071b057573657231a20d1b0b4558414d504c452e434f4da320301ea003020102a1"
    "1730151b066b72627467741b0b4558414d504c452e434f4da511180f323033303031303130303030"
    "30305aa611180f32303236313133303131333332385aa70402023039a80b30090201120201110201"
    "17a9023000ab023000")
KRB_ERROR = (
    "7e623060a003020105a10302011ea411180f32303330303130313030303030305aa503020101a603"
    "020119a90d1b0b4558414d504c452e434f4daa20301ea003020102a11730151b066b72627467741b"
    "0b4558414d504c452e434f4dab021b00ac020400")
BIND = "302502010160200201030413636e3d61646d696e2c64633d6578616d706c658006736563726574"
NEGOTIATE = (
    "00000068fe534d424000000000000000000000000000000000000000010000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000240002000000000000000000"
    "00000000000000000000000000000000000000000000000002021103")
SETUP = (
    "00000048fe534d4240000000160000c0010000000900000000000000020000000000000000000000"
    "000000008877665544332211000000000000000000000000000000000900000000000000")
CREATE_1 = (
    "0200010132547698f00ef10f03100000001111000000221405800002f12183001108696e7465726e"
    "6574076578616d706c658500040a010101860007914421436587f9")
CREATE_2 = (
    "582000410000000000004d000100080000011132547698f04700090008696e7465726e6574520001"
    "0006570009008600000abc0a0202024f00050001000000004900010005")


def hexadecimal(text: str) -> bytes:
    return bytes.fromhex(text)


def gtp(kind: int, body: bytes, teid: int = 0, sequence: int = 5) -> bytes:
    return struct.pack(">BBHIHBB", 0x32, kind, len(body) + 4, teid, sequence, 0, 0) + body


SAMPLES = [
    Sample("stun", "udp", 50000, 3478, stun(1)),
    Sample("stun", "udp", 3478, 50000, stun(0x101, attribute(0x20, xored(b"\xc0\0\2\1", 32853)),
                                            attribute(0x8022, b"test vector"))),
    Sample("stun", "udp", 50000, 50001, stun(
        1, attribute(6, b"evtj:h6vY"), attribute(0x24, b"\x6e\0\1\xff"), attribute(
            0x8029, bytes.fromhex("932ff9b151263b36")), attribute(8, bytes(20)),
        attribute(0x8028, bytes.fromhex("e57a3bcf")))),
    Sample("stun", "udp", 3478, 50000, stun(0x113, attribute(9, b"\0\0\4\1Unauthorized"),
                                            attribute(0x14, b"example.org"))),
    Sample("stun", "udp", 3478, 50000, stun(
        0x101, attribute(0x20, xored(bytes.fromhex("20010db8000000000000000000000001"), 7)))),
    Sample("stun", "tcp", 50000, 3478, stun(3, attribute(0x19, b"\x11\0\0\0"))),
    Sample("dtls", "udp", 50000, 4433, dtls(dtls_hello(HELLO)[0])),
    Sample("dtls", "udp", 50000, 443, dtls(dtls_hello(HELLO, b"cookie")[0], sequence=1)),
    Sample("dtls", "udp", 50000, 4433, b"".join(
        dtls(piece, sequence=count) for count, piece in enumerate(dtls_hello(HELLO, pieces=3)))),
    Sample("dtls", "udp", 4433, 50000, dtls(b"\2\x28", 21) + dtls(bytes(40), 23, epoch=1)),
    Sample("wireguard", "udp", 50000, 51820, b"\1\0\0\0" + bytes(range(144))),
    Sample("wireguard", "udp", 51820, 50000, b"\2\0\0\0" + bytes(range(88))),
    Sample("wireguard", "udp", 51820, 50000, b"\3\0\0\0" + bytes(range(60))),
    Sample("wireguard", "udp", 51820, 50000, struct.pack("<IIQ", 4, 9, 77) + bytes(range(48))),
    Sample("gtp", "udp", 2152, 2152, hexadecimal("30ff003701020304" + UDP_DNS)),
    Sample("gtp", "udp", 2152, 2152, hexadecimal(
        "36ff00380000000700090085011009006000000000083a4020010db800000000000000000000000120010db8"
        "0000000000000000000000028000244800000000")),
    Sample("gtp", "udp", 2152, 2152, hexadecimal("320100040000000000010000")),
    Sample("gtp", "udp", 50000, 2123, gtp(16, hexadecimal(CREATE_1))),
    Sample("gtp", "udp", 2123, 50000, gtp(17, hexadecimal("018008fe0eee10000000031100000004"
                                                          "7f00000001"), 17)),
    Sample("gtp", "udp", 50000, 2123, hexadecimal(CREATE_2)),
    Sample("coap", "udp", 50000, 5683, hexadecimal(
        "42011234aabb39682e6578616d706c658161016243783d31")),
    Sample("coap", "udp", 5683, 50000, hexadecimal("62451234aabbc132ff7b2261223a317d")),
    Sample("coap", "udp", 50000, 5683, hexadecimal("40021235ddf30c") + bytes(269 + 12)),
    Sample("ldap", "udp", 50000, 389, hexadecimal(
        "3033020102632e040a64633d6578616d706c650a01020a0100020100020100010100870b6f626a65637443"
        "6c61737330040402636e")),
    Sample("kerberos", "udp", 50000, 88, hexadecimal(AS_REQ)),
    Sample("kerberos", "udp", 88, 50000, hexadecimal(KRB_ERROR)),
    Sample("kerberos", "tcp", 50000, 88, struct.pack(">I", 169) + hexadecimal(AS_REQ)),
    Sample("ldap", "tcp", 50000, 389, hexadecimal(BIND) + hexadecimal("300702010342020500")),
    Sample("ldap", "tcp", 389, 50000, tag(0x10, b"\2\1\1", tag(
        1, b"\x0a\1\x31\4\0\4\x0binvalid pw!", form=0x60), form=0x20)),
    Sample("smb2", "tcp", 50000, 445, hexadecimal(NEGOTIATE)),
    Sample("smb2", "tcp", 445, 50000, hexadecimal(SETUP)),
    Sample("smb2", "tcp", 50000, 445, b"\0\0\0\x44\xfdSMB" + bytes(16) + bytes(16)
           + struct.pack("<IHHQ", 16, 0, 1, 99) + bytes(16)),
    Sample("mqtt", "tcp", 50000, 1883, mqtt(0x10, string(b"MQTT") + b"\4\xc6\0\x3c" + string(
        b"dev1") + string(b"will/t") + string(b"gone") + string(b"bob") + string(b"pw"))),
    Sample("mqtt", "tcp", 50000, 12345, mqtt(0x10, string(b"MQTT") + b"\5\2\0\x1e\0" + string(
        b"dev5"))),
    Sample("mqtt", "tcp", 1883, 50000, hexadecimal("20020000")),
    Sample("mqtt", "tcp", 50000, 1883, hexadecimal("320c0003612f62000768656c6c6f") + hexadecimal(
        "8208000a0003632f2301")),
    Sample("mqtt", "tcp", 50000, 1883, mqtt(0x82, b"\0\7" + string(b"a/#") + b"\1" + string(
        b"b/+/c") + b"\2")),
    Sample("modbus", "tcp", 50000, 502, hexadecimal("0001000000061103006b0003")),
    Sample("modbus", "tcp", 502, 50000, hexadecimal("000100000009110306022b00000064")),
    Sample("modbus", "tcp", 502, 50000, hexadecimal("000200000003118302")),
    Sample("modbus", "tcp", 50000, 502, hexadecimal("00030000000b01100001000204000a0102")),
    Sample("modbus", "tcp", 50000, 502, hexadecimal("000400000006010500acff00")),
    Sample("http2", "tcp", 50000, 8443, PREFACE + frame(
        4, 0, 0, hexadecimal("000300000064000400010000")) + frame(8, 0, 0, b"\0\xef\0\1") + frame(
            1, 5, 1, bytes(10))),
    Sample("http2", "tcp", 50000, 80, PREFACE + frame(4, 0, 0)),
    Sample("http2", "tcp", 80, 50000, frame(4, 0, 0, hexadecimal("000500004000")) + frame(4, 1, 0)),
    Sample("http2", "tcp", 8080, 50000, frame(4, 1, 0) + frame(7, 0, 0, bytes(7) + b"\2")),
    Sample("ssh", "tcp", 50000, 22, b"SSH-2.0-OpenSSH_9.2p1\r\n" + kex_init()),
    Sample("ssh", "tcp", 22, 50000, kex_init()),
    Sample("tls", "tcp", 50000, 8080, tls_traffic.MADE[0]),
    Sample("dtls", "udp", 4433, 50000, dtls(
        b"\3" + VERIFY_SIZE + bytes(5) + VERIFY_SIZE + b"\xfe\xff\4\xde\xad\xbe\xef",
        version=0xFEFF)),
    Sample("kerberos", "udp", 50000, 88, ap_req()),
    Sample("modbus", "tcp", 50000, 502, hexadecimal("0005000000040118" "04de")),
    Sample("ssh", "tcp", 50000, 22, kex_init("curve\xff25519")),
]
