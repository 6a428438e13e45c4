"""Protocols that tcpdump has no text for: found where values are asked, with tshark's values."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from hashlib import md5
from pathlib import Path
from typing import Any

import network_traffic
import pytest
import transport_traffic
import unprinted_traffic as traffic
from hypothesis import given, settings
from hypothesis import strategies as st

import fyke
from fyke.layers.fields import fields_of
from fyke.layers.layer import Layer
from fyke.layers.transport.unprinted import OVER_TCP, OVER_UDP

TSHARK = shutil.which("tshark")
KINDS = sorted({guess.kind for guess in OVER_TCP + OVER_UDP})
#: tshark's field to ours, of the layer's first message; lists stand with semicolons there.
FIELDS = {
    "stun.type": "stun.type", "stun.length": "stun.length", "stun.id": "stun.transaction_id",
    "stun.att.username": "stun.username", "stun.att.software": "stun.software",
    "dtls.record.content_type": "dtls.records.type", "dtls.record.epoch": "dtls.records.epoch",
    "dtls.record.sequence_number": "dtls.records.sequence",
    "dtls.handshake.version": "dtls.hello_version", "dtls.handshake.cookie": "dtls.cookie",
    "dtls.handshake.ciphersuite": "dtls.cipher_suites", "dtls.handshake.ja3": "dtls.ja3",
    "dtls.handshake.extensions_server_name": "dtls.server_name",
    "dtls.alert_message.desc": "dtls.alert_description",
    "wg.type": "wireguard.type", "wg.sender": "wireguard.sender",
    "wg.receiver": "wireguard.receiver", "wg.counter": "wireguard.counter",
    "wg.mac1": "wireguard.mac1",
    "wg.nonce": "wireguard.nonce", "wg.encrypted_cookie": "wireguard.encrypted_cookie",
    "gtp.message": "gtp.type", "gtp.teid": "gtp.teid",
    "gtp.seq_number": "gtp.sequence", "gtp.apn": "gtp.apn",
    "gtp.cause": "gtp.cause", "gtpv2.message_type": "gtp.type", "gtpv2.teid": "gtp.teid",
    "gtpv2.seq": "gtp.sequence", "gtpv2.apn": "gtp.apn",
    "gtpv2.ie_type": "gtp.elements.kind",
    "coap.version": "coap.version", "coap.type": "coap.type", "coap.code": "coap.code",
    "coap.mid": "coap.message_id", "coap.token": "coap.token", "coap.opt.uri_host":
        "coap.options.uri_host",
    "ldap.messageID": "ldap.messages.message_id", "ldap.protocolOp": "ldap.messages.operation",
    "ldap.baseObject": "ldap.object", "ldap.scope": "ldap.scope", "ldap.name": "ldap.object",
    "ldap.resultCode": "ldap.result", "ldap.errorMessage": "ldap.diagnostic",
    "kerberos.msg_type": "kerberos.type", "kerberos.realm": "kerberos.realm",
    "kerberos.error_code": "kerberos.error", "kerberos.ENCTYPE": "kerberos.etypes",
    "smb2.cmd": "smb2.command", "smb2.nt_status": "smb2.status", "smb2.msg_id": "smb2.message_id",
    "smb2.credits.requested": "smb2.credits", "smb2.credits.granted": "smb2.credits",
    "smb2.tid": "smb2.tree_id",
    "mqtt.msgtype": "mqtt.packets.type", "mqtt.len": "mqtt.packets.length",
    "mqtt.clientid": "mqtt.client_id", "mqtt.kalive": "mqtt.keep_alive", "mqtt.ver":
        "mqtt.version", "mqtt.username": "mqtt.user_name", "mqtt.willtopic": "mqtt.will_topic",
    "mqtt.qos": "mqtt.qos", "mqtt.conack.val": "mqtt.return_code",
    "mbtcp.trans_id": "modbus.transaction", "mbtcp.len": "modbus.length",
    "mbtcp.unit_id": "modbus.unit", "modbus.func_code": "modbus.function",
    "modbus.exception_code": "modbus.exception", "modbus.reference_num": "modbus.address",
    "modbus.word_cnt": "modbus.quantity", "modbus.regval_uint16": "modbus.registers",
    "http2.type": "http2.frames.type", "http2.flags": "http2.frames.flags",
    "http2.streamid": "http2.frames.stream", "http2.settings.id": "http2.settings.kind",
    "ssh.kex_algorithms": "ssh.kex", "ssh.server_host_key_algorithms": "ssh.host_key",
    "ssh.encryption_algorithms_client_to_server": "ssh.encryption_to_server",
    "ssh.mac_algorithms_server_to_client": "ssh.mac_to_client",
    "ssh.kex.hassh": "ssh.hassh", "ssh.kex.hasshserver": "ssh.hassh_server",
}


def packet_of(sample: traffic.Sample) -> fyke.Packet:
    return fyke.Packet(sample.packet())


def told(layer: Layer) -> dict[str, Any]:
    return {name: layer[name] for name in fields_of(type(layer)) if layer[name] is not None}


@pytest.mark.parametrize("sample", traffic.SAMPLES, ids=lambda sample: sample.name)
def test_it_is_found(sample: traffic.Sample) -> None:
    packet = packet_of(sample)
    assert sample.name in packet
    assert not packet[sample.name].short
    json.dumps(packet.to_dict())


def test_every_row_is_of_a_sample() -> None:
    found = {type(layer) for sample in traffic.SAMPLES for layer in packet_of(sample).layers}
    names = {f"{kind.__module__.rpartition('.')[2]}:{kind.__name__}" for kind in found}
    assert set(KINDS) <= names


CASES: list[tuple[int, dict[str, Any]]] = [
    (1, {"method": "binding", "message_class": "success", "mapped_ip": "192.0.2.1",
         "mapped_port": 32853, "software": "test vector"}),
    (3, {"method": "allocate", "message_class": "error", "error_code": 401}),
    (4, {"mapped_ip": "2001:db8::1", "mapped_port": 7}),
    (8, {"server_name": "example.com", "hello_version": "DTLS 1.2"}),
    (13, {"type": "data", "receiver": 9, "counter": 77, "data_length": 32}),
    (17, {"message": "create_pdp_context_request", "imsi": "001010234567890", "teid": 0,
          "apn": "internet.example", "msisdn": "44123456789"}),
    (19, {"message": "create_session_request", "apn": "internet", "imsi": "001011234567890"}),
    (20, {"type": "confirmable", "code": "GET", "path": "/a/b", "query": "x=1"}),
    (21, {"code": "2.05 Content"}),
    (23, {"operation": "search_request", "object": "dc=example", "scope": "sub",
          "attributes": ["cn"]}),
    (24, {"version": 5, "message": "as_req", "user": "user1", "realm": "EXAMPLE.COM",
          "service": "krbtgt/EXAMPLE.COM", "etypes": [18, 17, 23]}),
    (25, {"message": "krb_error", "error_name": "KDC_ERR_PREAUTH_REQUIRED"}),
    (28, {"operation": "bind_response", "result": "invalidCredentials",
          "diagnostic": "invalid pw!"}),
    (30, {"command": "session_setup", "is_response": True, "status": 0xC0000016,
          "session_id": 0x1122334455667788}),
    (31, {"kind": "encrypted", "encrypted_session_id": 99}),
    (32, {"client_id": "dev1", "user_name": "bob", "keep_alive": 60, "version": 4,
          "will_topic": "will/t"}),
    (35, {"topic": "a/b", "packet_id": 7, "qos": 1, "types": ["publish", "subscribe"]}),
    (36, {"filters": [{"topic": "a/#", "qos": 1}, {"topic": "b/+/c", "qos": 2}]}),
    (38, {"function": "read_holding_registers", "registers": [555, 0, 100]}),
    (39, {"exception": "illegal_data_address"}),
    (42, {"preface": True, "types": ["settings", "window_update", "headers"]}),
    (45, {"types": ["settings", "goaway"], "error_code": "internal_error"}),
    (46, {"software": "OpenSSH_9.2p1", "message": "kexinit",
          "kex": ["curve25519-sha256", "ext-info-c"]}),
    (49, {"hello_version": "DTLS 1.0", "cookie": "deadbeef", "cipher_suites": None, "ja3": None}),
    (50, {"message": "ap_req", "realm": "EXAMPLE.COM", "service": "http/w.example",
          "user": None}),
    (51, {"function": "read_fifo_queue", "address": 0x4DE, "quantity": None}),
    (52, {"kex": ["curve\\xff25519", "ext-info-c"], "hassh": md5(
        b"curve\xff25519,ext-info-c;aes128-ctr,chacha20-poly1305@openssh.com;hmac-sha2-256;"
        b"none,zlib").hexdigest()}),
]


@pytest.mark.parametrize(("number", "expected"), CASES)
def test_values(number: int, expected: dict[str, Any]) -> None:
    sample = traffic.SAMPLES[number]
    layer = packet_of(sample)[sample.name]
    assert {name: layer[name] for name in expected} == expected


def test_what_a_tunnel_carries_is_layers() -> None:
    inside = [layer.name for layer in packet_of(traffic.SAMPLES[14]).layers]
    assert inside[3:] == ["gtp", "ip", "udp", "dns"]
    assert packet_of(traffic.SAMPLES[15])["ip6"]["src"] == "2001:db8::1"


def test_a_message_of_gtp_behind_another_is_a_layer_too() -> None:
    """An answer with the next request behind it (3GPP TS 29.274 §5.5.1), and no third one."""
    octets = bytes.fromhex("5821000e0000000100000900" "020002001000"
                           "485f00080000000100000200")
    for behind in (b"", b"\x48\x20\0\x08" + bytes(8)):
        messages = [layer for layer in fyke.Packet(transport_traffic.udp(
            octets + behind, 50000, 2123)).layers if layer.name == "gtp"]
        assert [(one["message"], one["sequence"]) for one in messages] == [
            ("create_session_response", 9), ("create_bearer_request", 2)]
        assert messages[0]["cause"] is not None
    alone = fyke.Packet(transport_traffic.udp(octets[:18], 50000, 2123))["gtp"]
    assert alone["message"] == "create_session_response"


def test_an_element_that_cannot_be_is_no_value() -> None:
    """The APN's label goes past its element: a text made of its octets would be a wrong name."""
    good, bad = (fyke.Packet(transport_traffic.udp(
        traffic.gtp(16, b"\x83\0\4" + head + b"web"), 50000, 2123))["gtp"]
        for head in (b"\3", b"\x09"))
    assert (good["apn"], bad["apn"]) == ("web", None)
    assert [one["kind"] for one in bad.to_dict()["elements"]] == [0x83]


def test_lines_stay_as_they_were() -> None:
    """No text of these is in tcpdump's lines, and what is encrypted is no packet of theirs."""
    for sample in traffic.SAMPLES:
        packet = packet_of(sample)
        line = str(packet)
        if sample.name not in ("ssh", "kerberos") and 443 not in sample and 80 not in sample and (
                8080 not in sample):
            assert line.endswith(f"length {len(sample.octets)}"), line


def test_prefixes_and_changed_octets() -> None:
    chance = random.Random(3)
    for sample in traffic.SAMPLES:
        whole = sample.packet()
        head = len(whole) - len(sample.octets)
        ends = range(head, len(whole), 1 if len(sample.octets) < 200 else 7)
        changed = [bytearray(whole) for _ in range(40)]
        for one in changed:
            for _ in range(chance.randrange(1, 4)):
                one[chance.randrange(head, len(one))] = chance.choice((0, 1, 127, 255))
        for octets in (*(whole[:end] for end in ends), *map(bytes, changed)):
            for layer in fyke.Packet(octets, wire_length=len(whole)).layers[3:]:
                told(layer)


@given(st.sampled_from(traffic.SAMPLES), st.binary(max_size=120), st.integers(0, 12))
@settings(max_examples=400)
def test_random_octets(sample: traffic.Sample, octets: bytes, kept: int) -> None:
    """Behind the first octets of a message, so that it is claimed."""
    changed = sample._replace(octets=sample.octets[:kept] + octets)
    for layer in packet_of(changed).layers:
        told(layer)
        repr(layer)


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_values_are_those_of_tshark(tmp_path: Path) -> None:
    path = tmp_path / "unprinted.pcap"
    path.write_bytes(network_traffic.savefile(
        [sample.packet(42000 + count) for count, sample in enumerate(traffic.SAMPLES)]))
    fields = {theirs: ours for theirs, ours in FIELDS.items() if ours}
    words = [word for name in fields for word in ("-e", name)]
    done = subprocess.run(
        [str(TSHARK), "-n", "-r", str(path), "-T", "fields", "-E", "aggregator=;", "-d",
         "udp.port==4433,dtls", *words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    compared, wrong = {}, []
    with fyke.read(path) as packets:
        for count, (packet, row) in enumerate(zip(packets, rows, strict=True)):
            for (theirs, ours), text in zip(fields.items(), row, strict=True):
                layer, name, part = f"{ours}.".split(".")[:3]
                if text == "" or layer not in packet:
                    continue
                compared[layer] = compared.get(layer, 0) + 1
                value = values(packet[layer], name, part)
                if value not in ([number(one) for one in text.split(";")], [text]):
                    wrong.append(f"packet {count} {theirs}: {text}, ours {value}")
    assert not wrong, "\n".join(wrong)
    assert {sample.name for sample in traffic.SAMPLES} - {"tls"} <= set(compared)


def values(layer: Any, name: str, part: str) -> list[Any]:
    value = layer.to_dict()[name]
    if part and value is not None:
        fitting = [one for one in value if part in one]
        value = [one[part] for one in fitting] or [
            one["value"] for one in value if one["name"] == part]
    if isinstance(value, list) and value and layer.name == "ssh":
        return [",".join(value)]
    return value if isinstance(value, list) else [value]


def number(text: str) -> Any:
    try:
        return int(text, 0)
    except ValueError:
        return text
