"""Values of the everyday layers are those that tshark reads of the same packets.

Traffic is the generators' of these tests, and every capture that they have.
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

import all_captures
import fyke
from fyke.tables.columns import Column

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

#: tshark's field to ours.
FIELDS = {
    "eth.dst": "ether.dst", "eth.src": "ether.src", "eth.type": "ether.type",
    "vlan.dei": "vlan.dei",
    "llc.dsap": "llc.dsap", "llc.ssap": "llc.ssap", "llc.oui": "snap.oui", "llc.pid": "snap.pid",
    "sll.pkttype": "sll.packet_type", "sll.hatype": "sll.hardware",
    "sll.halen": "sll.address_length", "sll.etype": "sll.protocol",
    "null.family": "null.family", "ppp.protocol": "ppp.proto",
    "pppoe.code": "pppoe.code", "pppoe.session_id": "pppoe.session",
    "pppoe.payload_length": "pppoe.length",
    "mpls.label": "mpls.label", "mpls.exp": "mpls.traffic_class", "mpls.bottom": "mpls.bottom",
    "mpls.ttl": "mpls.ttl",
    "arp.hw.size": "arp.hardware_length", "arp.proto.size": "arp.protocol_length",
    "arp.src.hw_mac": "arp.sender_mac", "arp.dst.hw_mac": "arp.target_mac",
    "ip.version": "ipv4.version", "ip.dsfield.dscp": "ipv4.dscp", "ip.dsfield.ecn": "ipv4.ecn",
    "ip.frag_offset": "ipv4.offset",
    "ipv6.version": "ip6.version", "ipv6.tclass.dscp": "ip6.dscp", "ipv6.tclass.ecn": "ip6.ecn",
    "icmp.ident": "icmp.id", "icmp.seq": "icmp.seq", "icmp.mtu": "icmp.mtu",
    "icmp.redir_gw": "icmp.gateway", "icmp.originate_timestamp": "icmp.originate",
    "icmp.receive_timestamp": "icmp.receive", "icmp.transmit_timestamp": "icmp.transmit",
    "icmp.address_mask": "icmp.mask",
    "icmpv6.echo.identifier": "icmp6.id", "icmpv6.echo.sequence_number": "icmp6.seq",
    "icmpv6.mtu": "icmp6.mtu", "icmpv6.nd.ra.cur_hop_limit": "icmp6.hop_limit",
    "icmpv6.nd.ra.router_lifetime": "icmp6.lifetime",
    "icmpv6.nd.ra.reachable_time": "icmp6.reachable_time",
    "icmpv6.nd.ra.retrans_timer": "icmp6.retransmit_time",
    "icmpv6.nd.ns.target_address": "icmp6.target", "icmpv6.nd.na.target_address": "icmp6.target",
    "tcp.options.mss_val": "tcp.options.mss", "tcp.options.wscale.shift": "tcp.options.wscale",
    "tcp.options.timestamp.tsval": "tcp.options.timestamps.value",
    "tcp.options.timestamp.tsecr": "tcp.options.timestamps.echo_reply",
    "tcp.len": "tcp.payload_length",
    "gre.proto": "gre.proto", "gre.key": "gre.key", "gre.sequence_number": "gre.sequence",
    "gre.ack_number": "gre.ack", "gre.checksum": "gre.checksum",
    "vxlan.vni": "vxlan.vni", "geneve.vni": "geneve.vni", "geneve.proto_type": "geneve.proto",
    "dns.flags.response": "dns.is_response", "dns.flags.opcode": "dns.opcode",
    "dns.flags.authoritative": "dns.authoritative", "dns.flags.truncated": "dns.truncated",
    "dns.flags.recdesired": "dns.recursion_desired",
    "dns.flags.recavail": "dns.recursion_available",
    "dns.qry.name": "dns.questions.name",
    "dhcp.type": "dhcp.op", "dhcp.hw.type": "dhcp.hardware_type", "dhcp.hops": "dhcp.hops",
    "dhcp.id": "dhcp.xid", "dhcp.secs": "dhcp.secs", "dhcp.ip.client": "dhcp.client_ip",
    "dhcp.ip.your": "dhcp.your_ip", "dhcp.ip.server": "dhcp.server_ip",
    "dhcp.ip.relay": "dhcp.gateway_ip", "dhcp.hw.mac_addr": "dhcp.client_mac",
    "dhcp.option.dhcp": "dhcp.message_type", "dhcp.option.subnet_mask": "dhcp.options.subnet_mask",
    "dhcp.option.hostname": "dhcp.options.host_name",
    "dhcp.option.domain_name": "dhcp.options.domain_name",
    "dhcp.option.requested_ip_address": "dhcp.options.requested_ip",
    "dhcp.option.ip_address_lease_time": "dhcp.options.lease_time",
    "dhcp.option.dhcp_server_id": "dhcp.options.server_id",
    "http.request.method": "http.method", "http.request.uri": "http.target",
    "http.response.code": "http.status", "http.response.phrase": "http.reason",
    "http.host": "http.host", "http.user_agent": "http.user_agent",
    "http.server": "http.headers.server", "http.location": "http.headers.location",
    "ntp.flags.li": "ntp.leap", "ntp.flags.vn": "ntp.version", "ntp.flags.mode": "ntp.mode",
    "ntp.stratum": "ntp.stratum",
    "quic.version": "quic.version", "quic.dcid": "quic.dcid", "quic.scid": "quic.scid",
    "syslog.facility": "syslog.facility", "syslog.level": "syslog.severity",
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
Explains = Callable[[fyke.Packet, Any, Any], bool]


def plain_name(packet: fyke.Packet, ours: Any, told: Any) -> bool:
    """The same but for the dot at the end, or with octets that each program escapes its way."""
    text = ours if isinstance(ours, str) else ".".join(map(str, ours))
    return str(told) in ("<Root>", text.rstrip(".")) or "\\" in f"{text}{told}" or not text


def cisco_isl(packet: fyke.Packet, ours: Any, told: Any) -> bool:
    return packet.data[:5] in (b"\1\0\x0c\0\0", b"\3\0\x0c\0\0")


#: Why a value may differ from tshark's: the reason, and whether it is the reason here.
DIFFERENT: dict[str, tuple[str, Explains]] = {
    "tcp.flags": ("tshark shows twelve bits with the reserved ones, we the nine that have names",
                  lambda packet, ours, told: ours == told & 0x1FF),
    "ip.frag_offset": ("tshark counts eight bytes, we bytes",
                       lambda packet, ours, told: ours == 8 * told),
    "ip.len": ("0 was left to the card: tshark presumes a length",
               lambda packet, ours, told: ours == 0),
    "ip.dst": ("of a source route tshark shows the last destination, we the header's",
               lambda packet, ours, told: packet["ip"].header_length > 20),
    "tcp.len": ("a length beyond the frame: tshark takes what is there",
                lambda packet, ours, told: ours > packet.wire_length),
    "dns.qry.name": ("ours end in the root's dot, and have \\DDD as zone files do", plain_name),
    "gre.key": ("version 1: tshark calls length and call one key, we tell the call (RFC 2637 §4)",
                lambda packet, ours, told: packet["gre"].version == 1),
    "ppp.protocol": ("tshark reads no compressed address or protocol where none was agreed on, "
                     "and another HDLC where the address says so; we read what RFC 1661 allows",
                     lambda packet, ours, told: packet["ppp"].address != 0xFF or ours >> 8 & 1),
    "http.request.uri": ("a carriage return alone ends a line to tshark",
                         lambda packet, ours, told: "\r" in ours),
    "eth.dst": ("Cisco ISL is no Ethernet to tshark, which shows the frame inside", cisco_isl),
    "llc.dsap": ("classical IP over ATM: tshark guesses whether LLC comes first",
                 lambda packet, ours, told: packet.link_type.name == "ATM_RFC1483"),
    "llc.ssap": ("as llc.dsap", lambda packet, ours, told: packet.link_type.name == "ATM_RFC1483"),
}
OPTIONS = ["-n", "-o", "tcp.desegment_tcp_streams:FALSE", "-o", "ip.defragment:FALSE",
           "-o", "ipv6.defragment:FALSE", "-o", "tcp.relative_sequence_numbers:FALSE",
           "-o", "dns.desegment_dns_messages:FALSE", "-o", "tcp.analyze_sequence_numbers:FALSE",
           "-o", "udp.check_checksum:FALSE", "-o", "vlan.summary_in_tree:FALSE"]

def theirs(path: Path) -> dict[int, dict[str, str]]:
    """tshark's fields of every packet, by its number; several occurrences stand with a semicolon.
    """
    words = [word for name in ("frame.number", *FIELDS) for word in ("-e", name)]
    done = subprocess.run([str(TSHARK), *OPTIONS, "-r", str(path), "-T", "fields",
                           "-E", "aggregator=;", *words],
                          capture_output=True, text=True, errors="replace", timeout=240,
                          check=False)
    found = {}
    for line in done.stdout.split("\n"):
        number, *cells = line.split("\t")
        if number.isdigit() and len(cells) == len(FIELDS):  # a text may hold an end of line
            found[int(number)] = dict(zip(FIELDS, cells, strict=True))
    return found


def number(text: str) -> Any:
    """A number in either base; other text as it is."""
    try:
        return int(text, 0)
    except ValueError:
        return text


COLUMNS = {field: Column(name.replace("ipv4.", "ip.")) for field, name in FIELDS.items()}


def differences(path: Path, compared: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Every value that differs and is not explained: tshark's field, and both values."""
    rows = theirs(path)
    with fyke.read(path) as packets:
        for packet in packets:
            row = rows.get(packet.number or 0, {})
            names = [layer.name for layer in packet.layers]
            for field, text in row.items():
                column = COLUMNS[field]
                if text == "" or ";" in text or names.count(column.layer) != 1:
                    continue
                layer = packet[column.layer]
                if layer.name != column.layer:  # IP of the other version
                    continue
                value = column.value(packet)
                if isinstance(value, list) and len(value) == 1:
                    value = value[0]
                wanted = number(text)
                compared[field] = compared.get(field, 0) + 1
                if value is not None and value != wanted and not (
                        field in DIFFERENT and DIFFERENT[field][1](packet, value, wanted)):
                    yield field, f"{path.name} packet {packet.number}: {text}, ours {value}"


@pytest.mark.parametrize("packets", [network_traffic.samples, transport_traffic.everything])
def test_generated_traffic(packets: Callable[[], list[bytes]], tmp_path: Path) -> None:
    path = tmp_path / "traffic.pcap"
    path.write_bytes(network_traffic.savefile(packets()))
    compared: dict[str, int] = {}
    found = list(differences(path, compared))
    assert not found, f"{len(found)} differ: {found[:5]}"
    assert sum(compared.values()) > 1000


def test_every_capture(tmp_path: Path) -> None:
    """All that the tests have."""
    path = tmp_path / "all.pcapng"
    all_captures.joined(all_captures.paths(), path)
    compared: dict[str, int] = {}
    found = list(differences(path, compared))
    assert not found, f"{len(found)} differ: {found[:5]}"
    assert sum(compared.values()) > 2000
