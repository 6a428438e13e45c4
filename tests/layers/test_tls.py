"""TLS as values: every field is what the hello says, and what tshark says of it."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import network_traffic
import pytest
import tls_traffic as traffic
from hypothesis import given, settings
from hypothesis import strategies as st

import fyke
from fyke.layers.application.tls import Tls
from fyke.layers.fields import fields_of
from fyke.wire import Record

TSHARK = shutil.which("tshark")
#: tshark's field to ours; lists stand with semicolons there.
FIELDS = {
    "tls.record.content_type": "records.type", "tls.record.version": "records.version",
    "tls.handshake.type": "handshakes.type", "tls.handshake.version": "hello_version",
    "tls.handshake.ciphersuite": "cipher_suites", "tls.handshake.random": "random",
    "tls.handshake.session_id": "session_id", "tls.handshake.comp_method": "compression_methods",
    "tls.handshake.extension.type": "extensions.kind",
    "tls.handshake.extensions_server_name": "server_name",
    "tls.handshake.extensions_alpn_str": "alpn",
    "tls.handshake.extensions_supported_group": "groups",
    "tls.handshake.extensions.supported_version": "versions",
    "tls.handshake.extensions_ec_point_format": "point_formats",
    "tls.handshake.sig_hash_alg": "signature_algorithms",
    "tls.handshake.ja3": "ja3", "tls.handshake.ja3_full": "ja3_full",
    "tls.handshake.ja3s": "ja3s", "tls.handshake.ja3s_full": "ja3s_full",
    "tls.alert_message.level": "alert_level", "tls.alert_message.desc": "alert_description",
}


def tls_of(octets: bytes) -> Tls:
    layer = Tls()
    layer.at(Record(octets), 0, len(octets))
    layer.decode()
    return layer


def only(octets: bytes) -> dict[str, Any]:
    """What people read of a layer, without what is not there."""
    layer = tls_of(octets)
    return {name: layer[name] for name in fields_of(Tls) if layer[name] is not None}


def test_a_client_hello_as_people_read_it() -> None:
    told = only(traffic.record(traffic.client_hello(traffic.CHROME)))
    assert told["version"] == "TLS 1.3"
    assert told["hello_version"] == "TLS 1.2"
    assert told["record_type"] == "handshake"
    assert told["handshakes"] == [{"type": 1, "name": "client_hello", "length": 302}]
    assert told["server_name"] == "example.com"
    assert told["alpn"] == ["h2", "http/1.1"]
    assert told["cipher_suites"][1:] == [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]
    assert told["groups"][1:] == ["X25519MLKEM768", "x25519", "secp256r1"]
    assert told["key_shares"] == [0x4A4A, "x25519"]
    assert told["versions"] == [0x8A8A, "TLS 1.3", "TLS 1.2"]
    assert told["ja4"] == "t13d0317h2_5559582ccdc4_b1ff8ab2d16f"
    names = [one["name"] for one in told["extensions"]]
    assert names[0] == "grease"
    assert {"encrypted_client_hello", "application_settings_old", "padding"} <= set(names)
    assert "cipher_suite" not in told


#: The example of FoxIO's description of JA4: a Chrome's hello, and what each part is.
EXAMPLE = ("t13d1516h2_8daaf6152771_e5627efa2ab1",
           "002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9",
           "0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01",
           "0403,0804,0401,0503,0805,0501,0806,0601")


def test_ja4_of_its_own_description() -> None:
    _, suites, extensions, signatures = EXAMPLE
    body = traffic.name_extension(b"x") + traffic.alpn_extension(b"h2", b"http/1.1")
    for kind in reversed(extensions.split(",")):
        inside = b"\4\3\4\3\3" if kind == "002b" else b""
        if kind == "000d":
            inside = traffic.vector(bytes.fromhex(signatures.replace(",", "")), 2)
        body += traffic.extension(int(kind, 16), inside)
    hello = traffic.client_hello(body, suites=b"\x2a\x2a" + bytes.fromhex(suites.replace(",", "")))
    layer = tls_of(traffic.record(hello))
    assert layer.ja4 == EXAMPLE[0]
    assert layer.ja4_full == "_".join(("t13d1516h2", *EXAMPLE[1:]))


@pytest.mark.parametrize(("names", "letters"), [
    ((b"h2",), "h2"), ((b"http/1.1",), "h1"), ((b"x",), "xx"), ((b"\xab",), "ab"),
    ((b"\xab\xcd",), "ad"), ((b"0\xab",), "3b"), ((b"01\xab\xcd",), "3d"), ((b"0\xab\xcd1",), "01"),
    ((), "00")])
def test_the_letters_that_ja4_takes_of_alpn(names: tuple[bytes, ...], letters: str) -> None:
    extensions = traffic.alpn_extension(*names) if names else b""
    layer = tls_of(traffic.record(traffic.client_hello(extensions)))
    assert layer.ja4.split("_")[0].endswith(letters)


def test_an_alert_and_what_is_encrypted() -> None:
    assert only(traffic.record(b"\2\x28", 21))["alert_description"] == "handshake_failure"
    assert "alert_level" not in only(traffic.record(bytes(40), 21))
    assert tls_of(traffic.record(b"\xee" * 40)).handshakes == []


def test_a_hello_in_two_records_is_one_hello() -> None:
    hello = traffic.client_hello(traffic.CHROME)
    whole, parts = tls_of(traffic.record(hello)), tls_of(
        traffic.record(hello[:77]) + traffic.record(hello[77:]))
    assert parts.ja4 == whole.ja4 is not None
    assert not parts.short
    assert [one.length for one in parts.records] == [77, len(hello) - 77]


def test_a_hello_in_two_segments_is_short() -> None:
    octets = traffic.record(traffic.client_hello(traffic.CHROME))
    packet = fyke.Packet(traffic.segment(octets[:120]))
    tls = packet["tls"]
    assert tls.short
    assert tls is packet.layers[-1]
    assert tls.server_name == "example.com"  # what is here is told
    assert tls.ja3 is None
    assert tls.ja4 is None
    assert tls.extensions.cut
    assert tls.records.cut


def test_other_segments_have_no_tls() -> None:
    for octets in (b"\x16\3\1", b"GET / HTTP/1.1\r\n\r\n", b"\x16\3\5\0\1a", b"\x17\3\3\xff\xffa",
                   b"\x19\3\3\0\1a"):
        assert "tls" not in fyke.Packet(traffic.segment(octets))


def test_lines_stay_as_they_were() -> None:
    packet = fyke.Packet(traffic.segment(traffic.record(traffic.client_hello(traffic.CHROME))))
    assert "tls" in packet
    assert str(packet).endswith("length 311")


def test_every_prefix_and_changed_octets() -> None:
    chance = random.Random(5)
    for octets in traffic.MADE[:14]:
        for end in range(len(octets)):
            only(octets[:end])
        for _ in range(100):
            changed = bytearray(octets)
            changed[chance.randrange(len(octets))] = chance.choice((0, 1, 255, 22))
            only(bytes(changed))


@given(st.binary(max_size=200), st.booleans())
@settings(max_examples=200)
def test_random_octets(octets: bytes, hello: bool) -> None:
    if hello:
        octets = traffic.record(traffic.client_hello(octets))
    only(octets)


@pytest.fixture(scope="module")
def savefile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = traffic.certificate()
    if key is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "tls.pcap"
    path.write_bytes(network_traffic.savefile(traffic.segments(key)[:-1]))
    return path


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_values_are_those_of_tshark(savefile: Path) -> None:
    words = [word for name in FIELDS for word in ("-e", name)]
    done = subprocess.run(
        [str(TSHARK), "-n", "-r", str(savefile), "-T", "fields", "-E", "aggregator=;", "-o",
         "tls.desegment_ssl_application_data:FALSE", *words],
        capture_output=True, text=True, timeout=120, check=False)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    compared, wrong = 0, []
    with fyke.read(savefile) as packets:
        for count, (packet, row) in enumerate(zip(packets, rows, strict=True), 1):
            tls = packet["tls"]
            for (theirs, ours), text in zip(FIELDS.items(), row, strict=True):
                if text == "" or (theirs in DIFFERENT and DIFFERENT[theirs](tls)):
                    continue
                compared += 1
                if values(tls, ours) not in ([number(one) for one in text.split(";")], [text]):
                    wrong.append(f"packet {count} {theirs}: {text}, ours {values(tls, ours)}")
    assert not wrong, "\n".join(wrong)
    assert compared > 300


#: Where tshark means something else by a field.
DIFFERENT = {
    "tls.record.content_type":  # data has another field there
        lambda tls: any(one.type == 23 for one in tls.records),
    "tls.handshake.sig_hash_alg":  # also of a server's signature
        lambda tls: tls.handshake_type != 1,
    "tls.handshake.extensions_alpn_str":  # what is no UTF-8 is lost
        lambda tls: "\\x" in str(tls.alpn),
}


def values(tls: Any, path: str) -> list[Any]:
    name, _, part = path.partition(".")
    value = tls.to_dict()[name]
    if part:
        value = [one[part] for one in value]
    return value if isinstance(value, list) else [value]


def number(text: str) -> Any:
    try:
        return int(text, 0)
    except ValueError:
        return text
