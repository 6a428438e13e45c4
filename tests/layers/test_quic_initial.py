"""The ClientHello in a QUIC Initial: decrypted as RFC 9001 and RFC 9369 say."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import network_traffic
import pytest
import tls_traffic
import transport_traffic as transport

import fyke
from fyke.layers.application import quic_initial
from fyke.layers.application.quic_initial import VERSIONS, client_keys

ciphers = pytest.importorskip("cryptography.hazmat.primitives.ciphers")
aead = pytest.importorskip("cryptography.hazmat.primitives.ciphers.aead")
TSHARK = shutil.which("tshark")
DCID = bytes.fromhex("8394c8f03e515708")  # of RFC 9001, appendix A
HELLO = tls_traffic.client_hello(
    tls_traffic.CHROME + tls_traffic.extension(57, b"\1\2\x67\x10\4\4\x80\x10\0\0"))


def variable(number: int) -> bytes:
    return (0x4000 | number).to_bytes(2, "big")


def crypto(octets: bytes, offset: int = 0) -> bytes:
    return b"\6" + variable(offset) + variable(len(octets)) + octets


def initial(payload: bytes, *, version: int = 1, number: int = 2, dcid: bytes = DCID,
            keys_of: bytes = DCID, token: bytes = b"") -> bytes:
    """A protected Initial, padded to 1,200 octets."""
    payload = payload.ljust(1150, b"\0")
    keys = client_keys(VERSIONS[version], keys_of)
    first = VERSIONS[version].first | 3
    head = (bytes([first]) + version.to_bytes(4, "big") + bytes([len(dcid)]) + dcid + b"\0"
            + bytes([len(token)]) + token + variable(4 + len(payload) + 16))
    header = head + number.to_bytes(4, "big")
    nonce = (int.from_bytes(keys.iv, "big") ^ number).to_bytes(12, "big")
    sealed = aead.AESGCM(keys.key).encrypt(nonce, payload, header)
    mask = ciphers.Cipher(ciphers.algorithms.AES(keys.hp), ciphers.modes.ECB()).encryptor().update(
        sealed[:16])
    masked = bytes(a ^ b for a, b in zip(header[-4:], mask[1:5], strict=True))
    return bytes([first ^ mask[0] & 15]) + header[1:-4] + masked + sealed


def packet(octets: bytes, port: int = 50000) -> bytes:
    return transport.udp(octets, port, 443)


def test_the_keys_of_the_standards() -> None:
    """RFC 9001 A.1 and RFC 9369 A.1."""
    keys = client_keys(VERSIONS[1], DCID)
    assert keys.key.hex() == "1f369613dd76d5467730efcbe3b1a22d"
    assert keys.iv.hex() == "fa044b2f42a3fd3b46fb255c"
    assert keys.hp.hex() == "9f50449e04a0e810283a1e9933adedd2"
    keys = client_keys(VERSIONS[0x6B3343CF], DCID)
    assert keys.key.hex() == "8b1a0bc121284290a29e0971b5cd045d"


SAMPLES = [
    initial(crypto(HELLO)),
    initial(crypto(HELLO), version=0x6B3343CF),
    initial(crypto(HELLO), version=0xFF00001D, token=b"token"),
    initial(crypto(HELLO[100:], 100) + b"\1\0" + crypto(HELLO[:100])),
    initial(b"\2\2\0\0\2" + crypto(HELLO)),
    initial(crypto(HELLO[:150])) + initial(crypto(HELLO[150:], 150), number=3),
]


@pytest.mark.parametrize("octets", SAMPLES)
def test_a_hello(octets: bytes) -> None:
    found = fyke.Packet(packet(octets))
    assert [layer.name for layer in found.layers] == ["ether", "ip", "udp", "quic", "tls"]
    tls = found["tls"]
    assert not tls.short
    assert tls["server_name"] == "example.com"
    assert tls["alpn"] == ["h2", "http/1.1"]
    assert tls["extensions"][-1]["name"] == "quic_transport_parameters"
    assert tls["ja4"].startswith("q13d0318h2_")
    assert tls["records"] == []
    assert found["quic"]["decrypted"]


def test_a_hello_that_goes_on_in_the_next_datagram_is_short() -> None:
    tls = fyke.Packet(packet(initial(crypto(HELLO[:150]))))["tls"]
    assert tls.short
    assert tls["server_name"] == "example.com"
    assert tls["ja4"] is None


@pytest.mark.parametrize("octets", [
    initial(crypto(HELLO), keys_of=b"another"), SAMPLES[0][:700], SAMPLES[0][:-1] + b"x",
    initial(b"\6\x40"), initial(b"\x1c\0\0"), b"\xc0\0\0\0\7" + bytes(60)])
def test_others_have_no_hello(octets: bytes) -> None:
    assert "tls" not in fyke.Packet(packet(octets))


def test_every_prefix() -> None:
    for end in range(0, len(SAMPLES[0]), 9):
        fyke.Packet(packet(SAMPLES[0][:end])).to_dict()
        fyke.Packet(packet(SAMPLES[0])[:end]).to_dict()


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*arguments: object) -> None:
        raise ImportError
    monkeypatch.setattr(quic_initial, "opened", missing)
    found = fyke.Packet(packet(SAMPLES[0]))
    assert "tls" not in found
    assert not found["quic"]["decrypted"]


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_tshark_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "quic.pcap"
    path.write_bytes(network_traffic.savefile(
        [packet(initial(crypto(HELLO), version=version, dcid=bytes([count] * 8),
                        keys_of=bytes([count] * 8)), 50000 + count)
         for count, version in enumerate((1, 0x6B3343CF, 0xFF00001D, 0xFF00001B))]))
    fields = {"tls.handshake.extensions_server_name": "server_name", "tls.handshake.ja3": "ja3",
              "tls.handshake.random": "random"}
    words = [word for name in fields for word in ("-e", name)]
    done = subprocess.run([str(TSHARK), "-n", "-r", str(path), "-T", "fields", *words],
                          capture_output=True, text=True, timeout=120, check=False)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    with fyke.read(path) as packets:
        ours = [[one["tls"][name] for name in fields.values()] for one in packets]
    assert rows == ours
