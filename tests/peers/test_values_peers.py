"""Values of link and routing protocols are those that tshark reads of the peers' captures."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import fyke

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

#: Captures of a protocol, and tshark's fields to ours.
CASES: dict[str, tuple[list[str], dict[str, str]]] = {
    "cdp": (["3560_CDP.pcap", "LLDP_and_CDP.pcap"],
            {"version": "version", "ttl": "ttl", "checksum": "checksum",
             "deviceid": "tlvs.device_id", "platform": "tlvs.platform",
             "portid": "tlvs.port_id", "native_vlan": "tlvs.native_vlan"}),
    "eigrp": (["EIGRP_adjacency.pcap", "EIGRP_subnet_up.pcap", "EIGRP_ipv6.pcap"],
              {"version": "version", "opcode": "opcode", "seq": "seq", "ack": "ack",
               "vrid": "vrid", "as": "asn", "flags": "flags"}),
    "pim": (["PIM-SM_join_prune.pcap", "PIMv2_bootstrap.pcap", "PIMv2_hellos.pcap"],
            {"version": "version", "type": "type", "cksum": "checksum"}),
    "isis": (["ISIS_level1_adjacency.pcap", "ISIS_external_lsp.pcap", "isis_cap_tlv.pcap"],
             {"hello.circuit_type": "circuit_type", "hello.source_id": "system_id",
              "hello.holding_timer": "holding_time", "hello.priority": "priority",
              "hello.lan_id": "lan_id", "lsp.lsp_id": "lsp_id",
              "lsp.sequence_number": "sequence", "lsp.remaining_life": "lifetime",
              "lsp.checksum": "checksum", "lsp.pdu_length": "pdu_length"}),
    "dccp": (["dccp_partial_csum_v4_simple.pcap"],
             {"srcport": "src_port", "dstport": "dst_port", "data_offset": "data_offset",
              "ccval": "ccval", "cscov": "coverage", "checksum": "checksum", "type": "type"}),
    "nhrp": (["nhrp.pcapng", "ios_nhrp.pcap"],
             {"hdr.afn": "family", "hdr.pro.type": "protocol", "hdr.hopcnt": "hop_count",
              "hdr.pktsz": "packet_length", "hdr.chksum": "checksum",
              "hdr.op.type": "type", "src.prot.addr": "src", "dst.prot.addr": "dst"}),
}


def same(protocol: str, theirs: str, ours: object) -> bool:
    """Whether tshark's text is this value."""
    if isinstance(ours, bool) or ours is None:
        return ours is None
    if isinstance(ours, int):
        value = int(theirs, 0)
        return ours in (value, 4 * value)  # an offset in words is shown in octets here
    return theirs.lower() == str(ours).lower()


@pytest.mark.parametrize("protocol", CASES)
def test_values(protocol: str, peers: Path) -> None:
    compared = 0
    names, fields = CASES[protocol]
    words = [word for field in fields for word in ("-e", f"{protocol}.{field}")]
    for name in names:
        path = peers / "tcpdump" / "inputs" / name
        done = subprocess.run([str(TSHARK), "-n", "-r", str(path), "-T", "fields", "-E",
                               "aggregator=;", *words],
                              capture_output=True, text=True, timeout=120, check=False)
        for number, (packet, row) in enumerate(zip(
                fyke.read(str(path)), done.stdout.splitlines(), strict=False), 1):
            layers = [layer for layer in packet.layers if layer.name == protocol]
            for (field, ours), text in zip(fields.items(), row.split("\t"), strict=True):
                if len(layers) == 1 and text and ";" not in text:
                    first, _, part = ours.partition(".")
                    value = getattr(layers[0], first)
                    value = value.get(part) if part else value
                    assert same(protocol, text, value), f"{name} {number} {field}: {text} {value}"
                    compared += 1
    assert compared > 5
