"""TLS conversations of Python's own TLS, and hellos of every sort made by hand, as TCP segments."""

from __future__ import annotations

import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import transport_traffic as transport

CLIENT, SERVER = "192.0.2.1", "198.51.100.77"
MEMORY = 1 << 20


def certificate() -> str | None:
    """A key and a certificate of nobody in one file; None without the program openssl."""
    folder = Path(tempfile.mkdtemp())
    try:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(folder / "key"),
                        "-out", str(folder / "certificate"), "-days", "9", "-subj", "/CN=x"],
                       check=True, capture_output=True, timeout=60)
        both = (folder / "key").read_text() + (folder / "certificate").read_text()
    except (OSError, subprocess.CalledProcessError):
        return None
    (folder / "both").write_text(both)
    return str(folder / "both")


def flights(key: str, *, name: str | None = "www.example.org", alpn: tuple[str, ...] = (),
            most: ssl.TLSVersion | None = None, ciphers: str = "",
            curve: str = "") -> Iterator[tuple[bool, bytes]]:
    """What client and server say to each other: who (True: the client), and the octets."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(key)
    if most is not None:
        client.maximum_version = most
    if ciphers:
        client.set_ciphers(ciphers)
    if alpn:
        client.set_alpn_protocols(list(alpn))
        server.set_alpn_protocols(list(alpn[-1:]))
    if curve:
        server.set_ecdh_curve(curve)  # asks for another hello
    bios = [ssl.MemoryBIO() for _ in range(4)]
    ends: list[Any] = [client.wrap_bio(bios[0], bios[1], server_hostname=name),
                       server.wrap_bio(bios[2], bios[3], server_side=True)]
    for _ in range(4):
        for number in (0, 1):
            try:
                ends[number].do_handshake()
            except ssl.SSLWantReadError:
                pass
            said = bios[2 * number + 1].read()
            if said:
                bios[2 - 2 * number].write(said)
                yield number == 0, said
    ends[0].write(b"GET / HTTP/1.0\r\n\r\n")
    yield True, bios[1].read()
    try:
        ends[0].unwrap()
    except ssl.SSLError:
        pass
    yield True, bios[1].read()


def conversations(key: str) -> Iterator[tuple[bool, bytes]]:
    yield from flights(key)
    yield from flights(key, alpn=("h2", "http/1.1"))
    yield from flights(key, name=None, alpn=("\x01x", "a"))
    yield from flights(key, most=ssl.TLSVersion.TLSv1_2, alpn=("h2", "spdy/3"))
    yield from flights(key, most=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE+CHACHA20", name="a.example")
    yield from flights(key, curve="secp521r1")


def segments(key: str) -> list[bytes]:
    """Every flight, and all that is made by hand, each in a connection of its own."""
    return [segment(said, client, 20000 + count)
            for count, (client, said) in enumerate([*conversations(key), *MADE_BY_CLIENTS])]


def segment(octets: bytes, client: bool = True, port: int = 40000) -> bytes:
    return transport.tcp(octets, *((port, 443) if client else (443, port)),
                         flags=transport.ACK | transport.PSH,
                         src=CLIENT if client else SERVER, dst=SERVER if client else CLIENT)


def vector(octets: bytes, head: int) -> bytes:
    return len(octets).to_bytes(head, "big") + octets


def extension(kind: int, body: bytes) -> bytes:
    return kind.to_bytes(2, "big") + vector(body, 2)


def client_hello(extensions: bytes = b"", *, version: int = 0x0303,
                 suites: bytes = bytes.fromhex("3a3a13011302c02b"), session: bytes = b"") -> bytes:
    """A ClientHello's handshake message."""
    body = (version.to_bytes(2, "big") + bytes(range(32)) + vector(session, 1) + vector(suites, 2)
            + b"\1\0" + (vector(extensions, 2) if extensions else b""))
    return b"\1" + vector(body, 3)


def record(octets: bytes, kind: int = 22, version: int = 0x0301) -> bytes:
    return bytes([kind]) + version.to_bytes(2, "big") + vector(octets, 2)


def name_extension(name: bytes) -> bytes:
    return extension(0, vector(b"\0" + vector(name, 2), 2))


def alpn_extension(*names: bytes) -> bytes:
    return extension(16, vector(b"".join(vector(name, 1) for name in names), 2))


#: What Chrome's hellos have, and some that nobody sends.
CHROME = (extension(0x1A1A, b"") + name_extension(b"example.com") + extension(23, b"")
          + extension(0xFF01, b"\0") + extension(10, vector(bytes.fromhex("4a4a11ec001d0017"), 2))
          + extension(11, b"\1\0") + extension(35, b"") + alpn_extension(b"h2", b"http/1.1")
          + extension(5, b"\1\0\0\0\0") + extension(13, vector(bytes.fromhex(
              "0403080404010503080505010806 0601"), 2)) + extension(18, b"")
          + extension(51, vector(bytes.fromhex("4a4a000100") + b"\0\x1d" + vector(bytes(32), 2),
                                 2))
          + extension(45, b"\1\1") + extension(43, b"\6\x8a\x8a\3\4\3\3")
          + extension(27, b"\2\0\2") + extension(17513, vector(b"\2h2", 2))
          + extension(0xFE0D, bytes(20)) + extension(0x3A3A, b"\0") + extension(21, bytes(30)))
MADE = [
    record(client_hello(CHROME)),
    record(client_hello()),
    record(client_hello(version=0x0300, suites=b"\0\5", session=bytes(32)), version=0x0300),
    record(client_hello(alpn_extension(b"\xab\xcd"))),
    record(client_hello(alpn_extension(b"0\xab"))),
    record(client_hello(alpn_extension(b"x"))),
    record(client_hello(CHROME)[:100]) + record(client_hello(CHROME)[100:]),
    record(b"\2\x28", 21), record(bytes(40), 21), record(b"\1", 20), record(b"", 23),
    record(client_hello(extension(10, b"\0\3\0"))),
    record(client_hello(extension(0, b"\0\4\5ab")), version=0x0303),
    record(bytes(3), 22), record(b"\xff" * 64, 22), record(b"", 23) * 1200,
]
MADE_BY_CLIENTS = [(True, octets) for octets in MADE]
