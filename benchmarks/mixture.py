"""Packets of some forty protocols for the file ``mixed``, chosen once from the tests' packets.

    python -m benchmarks.mixture        # chooses them anew

They lie in protocols.pcap, so that figures of different commits are of the same packets. Of each
protocol some are taken on which Debian's tcpdump and fyke write the same text in every style that
is timed: versions 4.99 and 5, which fyke follows, word some packets differently, and programs that
do different work cannot be compared. The protocols themselves are not chosen that way.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks import pcap
from benchmarks.alike import different
from benchmarks.programs import ENVIRONMENT, FYKE

FILE = Path(__file__).with_name("protocols.pcap")
TESTS = Path(__file__).parents[1] / "tests"
EACH = 6
LONGEST = 1514
#: Where the tests have them: module, name, and the port of the payloads that need one.
SOURCES = (
    ("network_traffic", "arp"), ("network_traffic", "icmp_messages"),
    ("network_traffic", "ip_options"), ("network_traffic", "igmp_messages"),
    ("network_traffic", "icmp6_messages"), ("network_traffic", "ipv6_headers"),
    ("network_traffic", "ethernet"), ("network_traffic", "others"),
    ("osi_traffic", "hellos"), ("osi_traffic", "isis_tlvs"), ("osi_traffic", "esis_packets"),
    ("osi_traffic", "clnp_packets"), ("mpls_traffic", "ldp"), ("mpls_traffic", "lsp_ping"),
    ("mpls_traffic", "reservations"), ("maintenance_traffic", "slow_frames"),
    ("maintenance_traffic", "cfm_frames"), ("maintenance_traffic", "eap_frames"),
    ("legacy_traffic", "ipx_packets"), ("legacy_traffic", "appletalk"),
    ("legacy_traffic", "decnet"), ("hncp_traffic", "alike"),
    ("transport_traffic", "dns_packets"), ("transport_traffic", "text_packets"),
    ("transport_traffic", "small_packets"), ("transport_traffic", "tcp_oddities"),
    ("test_services", "SCTP"), ("test_services", "SNMP", 161), ("test_services", "RADIUS", 1812),
    ("test_datagrams", "L2TP", 1701), ("test_datagrams", "SFLOW", 6343),
    ("test_stream_services", "PACKETS"), ("test_small_protocols", "TELNET"),
    ("test_nfs", "PACKETS"), ("test_rx", "PLAIN"), ("test_openflow", "OF10"),
    ("test_openflow", "OF13"), ("test_pgm", "PACKETS"), ("test_kerberos", "PACKETS"),
    ("test_lwapp", "PACKETS"), ("test_old_routing", "PACKETS"), ("test_ethertypes", "PACKETS"),
    ("test_datagram_services", "PACKETS"), ("test_old_services", "TIMED"),
    ("test_old_services", "LWRES"), ("test_autorp", "PACKETS"),
)
STYLES = (["-nn"], ["-nn", "-q", "-tt"], ["-nn", "-v"], ["-nn", "-vvv", "-e"])


def protocols() -> list[bytes]:
    """Every packet that was chosen."""
    return pcap.frames(FILE)


def candidates(module: str, name: str, port: int = 0) -> list[bytes]:
    """The tests' packets of a protocol, spread over all that there are."""
    found = getattr(import_module(module), name)
    packets = list(found() if callable(found) else found)
    if port:
        udp = import_module("transport_traffic").udp
        packets = [udp(octets, 40000, port) for octets in packets]
    packets = [packet for packet in packets if 34 <= len(packet) <= LONGEST]
    return packets[:: max(1, len(packets) // 24)]


def text(program: list[str], style: list[str], path: Path) -> bytes:
    return subprocess.run([*program, *style, "-r", str(path)], env=ENVIRONMENT, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def same_text(packet: bytes, path: Path) -> bool:
    pcap.write(path, [packet])
    return not any(different(text(["tcpdump"], style, path), text(FYKE, style, path))
                   for style in STYLES)


def main() -> None:
    sys.path[:0] = [str(TESTS / "layers"), str(TESTS / "live")]
    kept: list[bytes] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "one.pcap")
        for source in SOURCES:
            alike = []
            for packet in candidates(*source):
                if len(alike) < EACH and same_text(packet, path):
                    alike.append(packet)
            print(*source[:2], len(alike))
            kept += alike
    pcap.write(FILE, kept)


if __name__ == "__main__":
    main()
