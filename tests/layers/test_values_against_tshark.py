"""Values of the everyday layers are those that tshark reads of the same packets.

Traffic is the generators' of these tests.
A packet is compared where it has one layer of a kind only: which of several is meant is each
program's own choice.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import network_traffic
import pytest
import transport_traffic

import fyke

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

#: tshark's field to ours.
FIELDS = {
    "arp.hw.type": "arp.hardware", "arp.proto.type": "arp.protocol", "arp.opcode": "arp.operation",
    "arp.src.proto_ipv4": "arp.sender_ip", "arp.dst.proto_ipv4": "arp.target_ip",
    "vlan.id": "vlan.id", "vlan.priority": "vlan.priority", "vlan.etype": "vlan.type",
    "ip.hdr_len": "ipv4.header_length", "ip.len": "ipv4.length", "ip.id": "ipv4.id",
    "ip.dsfield": "ipv4.tos", "ip.ttl": "ipv4.ttl", "ip.proto": "ipv4.proto",
    "ip.src": "ipv4.src", "ip.dst": "ipv4.dst", "ip.checksum": "ipv4.checksum",
    "ipv6.tclass": "ip6.traffic_class", "ipv6.flow": "ip6.flow_label",
    "ipv6.plen": "ip6.stated_length", "ipv6.nxt": "ip6.next_header", "ipv6.hlim": "ip6.hop_limit",
    "ipv6.src": "ip6.src", "ipv6.dst": "ip6.dst",
    "icmp.type": "icmp.type", "icmp.code": "icmp.code", "icmp.checksum": "icmp.checksum",
    "icmpv6.type": "icmp6.type", "icmpv6.code": "icmp6.code", "icmpv6.checksum": "icmp6.checksum",
    "udp.srcport": "udp.src_port", "udp.dstport": "udp.dst_port", "udp.length": "udp.length",
    "udp.checksum": "udp.checksum",
    "tcp.srcport": "tcp.src_port", "tcp.dstport": "tcp.dst_port", "tcp.seq_raw": "tcp.seq",
    "tcp.ack_raw": "tcp.ack", "tcp.hdr_len": "tcp.header_length", "tcp.flags": "tcp.flags",
    "tcp.window_size_value": "tcp.window", "tcp.checksum": "tcp.checksum",
    "tcp.urgent_pointer": "tcp.urgent",
    "dns.id": "dns.id", "dns.flags": "dns.flags", "dns.count.queries": "dns.question_count",
    "dns.count.answers": "dns.answer_count", "dns.count.auth_rr": "dns.authority_count",
    "dns.count.add_rr": "dns.additional_count",
}
#: Why a value may differ from tshark's.
DIFFERENT = {
    "tcp.flags": "tshark shows twelve bits with the reserved ones, we the nine that have names",
}
OPTIONS = ["-n", "-o", "tcp.desegment_tcp_streams:FALSE", "-o", "ip.defragment:FALSE",
           "-o", "ipv6.defragment:FALSE", "-o", "tcp.relative_sequence_numbers:FALSE",
           "-o", "dns.desegment_dns_messages:FALSE", "-o", "tcp.analyze_sequence_numbers:FALSE",
           "-o", "udp.check_checksum:FALSE", "-o", "vlan.summary_in_tree:FALSE"]
#: Layers of ours by tshark's protocol.
LAYERS = {"arp": "arp", "vlan": "vlan", "ip": "ipv4", "ipv6": "ip6", "icmp": "icmp",
          "icmpv6": "icmp6", "udp": "udp", "tcp": "tcp", "dns": "dns"}


def theirs(path: Path) -> list[dict[str, str]]:
    """tshark's fields of every packet; several occurrences stand with a semicolon."""
    words = [word for name in FIELDS for word in ("-e", name)]
    done = subprocess.run([str(TSHARK), *OPTIONS, "-r", str(path), "-T", "fields",
                           "-E", "aggregator=;", *words],
                          capture_output=True, text=True, timeout=120, check=False)
    return [dict(zip(FIELDS, line.split("\t"), strict=True)) for line in done.stdout.splitlines()]


def number(text: str) -> Any:
    """A number in either base; other text as it is."""
    try:
        return int(text, 0)
    except ValueError:
        return text


def differences(path: Path, compared: dict[str, int]) -> Iterator[str]:
    """Every value that differs and is not explained."""
    rows = theirs(path)
    with fyke.read(path) as packets:
        for count, (packet, row) in enumerate(zip(packets, rows, strict=False), 1):
            names = [layer.name for layer in packet.layers]
            for field, text in row.items():
                prefix = field.partition(".")[0]
                name = LAYERS[prefix]
                layer_name, _, part = FIELDS[field].partition(".")
                if text == "" or ";" in text or names.count(name) != 1:
                    continue
                value = packet[name].to_dict()[part]
                if field in DIFFERENT:
                    value, text = value & 0x1FF, str(number(text) & 0x1FF)
                compared[layer_name] = compared.get(layer_name, 0) + 1
                if value is not None and value != number(text):
                    yield f"{path.name} packet {count} {field}: {text}, ours {value}"


@pytest.mark.parametrize("packets", [network_traffic.samples, transport_traffic.everything])
def test_generated_traffic(packets: Callable[[], list[bytes]], tmp_path: Path) -> None:
    path = tmp_path / "traffic.pcap"
    path.write_bytes(network_traffic.savefile(packets()))
    compared: dict[str, int] = {}
    found = list(differences(path, compared))
    assert not found, f"{len(found)} differ: {found[:5]}"
    assert sum(compared.values()) > 1000
