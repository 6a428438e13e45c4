"""What -E opens: ESP as tcpdump built with OpenSSL prints it, by the keys that are given."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import network_traffic as traffic
import pytest
from judge import STYLES, TCPDUMP, needs_tcpdump, text_of
from network_traffic import four, six

import fyke
from fyke.errors import UsageError
from fyke.layers.network import esp_keys
from fyke.layers.network.ipsec import Esp

pytest.importorskip("cryptography")
SECRET = bytes(range(32))
TARGET, TARGET6 = "10.0.0.2", "ff02::1"


@pytest.fixture(autouse=True)
def no_keys() -> Iterator[None]:
    esp_keys.forget()
    yield
    esp_keys.forget()


def esp(spi: int, following: int, payload: bytes, cipher: str = "aes256",
        authentication: int = 0) -> bytes:
    """An ESP packet as a sender makes it (RFC 4303 §2.4: padding of 1, 2, 3 …)."""
    from cryptography.hazmat.primitives.ciphers import Cipher, modes
    name, size, width = esp_keys.CIPHERS[cipher]
    padding = -(len(payload) + 2) % width
    plain = payload + bytes(range(1, padding + 1)) + bytes((padding, following))
    vector = bytes(range(100, 100 + width))
    secret = SECRET[:size] * (24 // size if name == "TripleDES" else 1)
    writer = Cipher(esp_keys.algorithms()[name](secret), modes.CBC(vector)).encryptor()
    return struct.pack(">II", spi, 7) + vector + writer.update(plain) + b"A" * authentication


def udp(source: int, target: int, payload: bytes) -> bytes:
    return struct.pack(">HHHH", source, target, 8 + len(payload), 0) + payload


def tcp() -> bytes:
    return struct.pack(">HHIIBBHHH", 1000, 80, 5, 0, 0x50, 2, 512, 0, 0)


PLAIN = [(17, udp(1000, 2000, b"hello")), (6, tcp()), (4, four(17, udp(1, 2, b"x"))[14:]),
         (41, six(17, udp(1, 2, b"x"))[14:]), (1, b"\x08\0\xf7\xf6\0\1\0\2"), (59, b""),
         (254, b"?")]
PACKETS = [four(50, esp(0x1000, proto, octets)) for proto, octets in PLAIN]
HEX = SECRET.hex()


@needs_tcpdump
@pytest.mark.parametrize("options", ["", "-v", "-e"])
@pytest.mark.parametrize("secrets", [f"0x1000@{TARGET} aes256-cbc:0x{HEX}",
                                     f"aes256-cbc:0x{HEX}", f"0x1001@{TARGET} aes256-cbc:x",
                                     f"0x1000@10.0.0.9 aes256-cbc:0x{HEX}"])
def test_as_tcpdump(secrets: str, options: str, tmp_path: Path) -> None:
    esp_keys.read_secrets(secrets)
    path = tmp_path / "esp.pcap"
    path.write_bytes(traffic.savefile(PACKETS, 262144, 1))
    assert TCPDUMP is not None
    done = subprocess.run([TCPDUMP, "-tnn", "-E", secrets, "-r", str(path), *options.split()],
                          capture_output=True, check=False, timeout=60)
    if b"no ESP" in done.stderr or b"crypto" in done.stderr:
        pytest.skip("tcpdump is built without OpenSSL")
    ours = "\n".join(text_of(octets, **STYLES[options]) for octets in PACKETS)
    theirs = re.sub(r"\) payload length: (\d+)\)", r"), payload length \1)", done.stdout.decode())
    assert ours.splitlines() == theirs.splitlines()


@pytest.mark.parametrize(("cipher", "name"), [
    (name, name + end) for name in esp_keys.CIPHERS for end in ("", "-cbc", "-cbc-hmac96")
    if esp_keys.CIPHERS[name][0] in esp_keys.algorithms()])
def test_ciphers(cipher: str, name: str) -> None:
    esp_keys.read_secrets(f"5@{TARGET} {name}:0x{HEX}")
    tail = 12 if name.endswith("-hmac96") else 0
    packet = four(50, esp(5, 17, udp(1000, 2000, b"hello"), cipher, tail))
    assert text_of(packet).endswith("1000 > 2000: UDP, length 5")


def test_udp_and_ipv6() -> None:
    esp_keys.read_secrets(f"9@{TARGET6} aes256-cbc:0x{HEX}, 8@{TARGET} aes256-cbc:0x{HEX}")
    inner = udp(1000, 2000, b"hello")
    assert text_of(six(50, esp(9, 17, inner))).endswith(": 1000 > 2000: UDP, length 5")
    around = four(17, udp(4500, 4500, esp(8, 4, four(17, inner)[14:])))
    assert text_of(around).endswith("IP 10.0.0.1.1000 > 10.0.0.2.2000: UDP, length 5")


def test_values() -> None:
    esp_keys.read_secrets(f"0x1000@{TARGET} aes256-cbc:0x{HEX}")
    packet = fyke.Packet(PACKETS[0])
    assert packet[Esp].to_dict() == {"spi": 0x1000, "seq": 7, "next_header": 17, "pad_length": 1}
    assert packet["udp"].payload == b"hello"
    esp_keys.forget()
    assert fyke.Packet(PACKETS[0])[Esp]["next_header"] is None


def test_cut_and_foreign_packets_stay_closed() -> None:
    esp_keys.read_secrets(f"aes256-cbc:0x{HEX}")
    for packet in (PACKETS[0], four(50, b"\0\0\0\1\0\0\0\2" + bytes(37)), four(50, bytes(9))):
        for end in range(len(packet)):
            text_of(packet[:end], wire_length=len(packet))
    assert "UDP" not in text_of(PACKETS[0][:-1], wire_length=len(PACKETS[0]))


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    path.write_text(f"# ours\n0x1000@{TARGET} aes256-cbc:0x{HEX}\n\n7@{TARGET} des-cbc:12345678\n")
    esp_keys.read_secrets(f"file {path}")
    assert "UDP" in text_of(PACKETS[0])
    assert esp_keys.find(7, bytes((10, 0, 0, 2))) is not None


@pytest.mark.parametrize(("secrets", "said"), [
    ("nothing", "no secret"), ("rot13:x", "no cipher"), ("x@10.0.0.1 des-cbc:1", "spi@address"),
    ("1@nowhere des-cbc:1", "spi@address"), ("des-cbc:0x123", "hexadecimal"),
    ("0x100000000@10.0.0.1 des-cbc:1", "32 bits")])
def test_errors(secrets: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        esp_keys.read_secrets(secrets)

