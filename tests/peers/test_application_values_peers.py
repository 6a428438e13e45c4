"""Values of application protocols are those that tshark reads of the peers' captures."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fyke

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")


def each(name: str, part: str) -> Callable[[Any], list[Any]]:
    """A part of every record of a list."""
    return lambda layer: [getattr(one, part) for one in getattr(layer, name)]


def of_update(part: str) -> Callable[[Any], list[Any]]:
    """A part of every path attribute of every update of BGP."""
    return lambda layer: [getattr(one, part) for message in layer.messages
                          if message.type == 2 and message.body is not None
                          for one in message.body.attributes]


#: Our layer: captures, and tshark's fields to ours (a name, or what reads several).
CASES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "bgp": (["bgp-4byte-asn.pcap", "bgp-aigp.pcap", "bgp-large-community.pcap", "bgp-role.pcapng",
             "bgp-cease-hard-reset.pcap", "bgp-shutdown-msg-variations.pcap", "bgp-orf.pcapng"],
            {"bgp.type": each("messages", "type"), "bgp.length": each("messages", "length"),
             "bgp.open.myas": "my_as", "bgp.open.holdtime": "hold_time",
             "bgp.open.identifier": "bgp_id",
             "bgp.cap.type": lambda layer: [one.kind for one in layer.capabilities or ()],
             "bgp.update.path_attribute.type_code": of_update("kind"),
             "bgp.update.path_attribute.next_hop": "next_hop",
             "bgp.update.path_attribute.local_pref": "local_pref",
             "bgp.update.path_attribute.multi_exit_disc": "med"}),
    "radius": (["RADIUS-RFC4675.pcap"],
               {"radius.code": "code", "radius.id": "id", "radius.length": "packet_length",
                "radius.authenticator": "authenticator",
                "radius.avp.type": each("attributes", "kind")}),
    "dhcp6": (["dhcpv6-AFTR-Name-RFC6334.pcap", "dhcpv6-ia-pd.pcap", "dhcpv6-ia-ta.pcap",
               "dhcpv6-sip-server-d.pcap", "dhcpv6-domain-list.pcap"],
              {"dhcpv6.msgtype": "type", "dhcpv6.xid": "xid"}),
    "hsrp": (["HSRP_failover.pcap"],
             {"hsrp.version": "version", "hsrp.opcode": "operation", "hsrp.state": "state",
              "hsrp.priority": "priority", "hsrp.group": "group", "hsrp.virt_ip": "address"}),
    "isakmp": (["ISAKMP_sa_setup.pcap", "ikev2four.pcap"],
               {"isakmp.ispi": "initiator", "isakmp.rspi": "responder",
                "isakmp.nextpayload": "next_payload", "isakmp.messageid": "message_id",
                "isakmp.exchangetype": "exchange", "isakmp.length": "message_length"}),
    "olsr": (["OLSRv1_HNA_sgw_1.pcap"],
             {"olsr.packet_len": "packet_length", "olsr.packet_seq_num": "sequence",
              "olsr.message_type": each("messages", "type")}),
    "openflow": (["of10_7050q.pcapng"],
                 {"openflow.version": each("messages", "version"),
                  "openflow.length": each("messages", "length")}),
    "babel": (["babel_pad1.pcap", "babel_rtt.pcap"],
              {"babel.version": "version", "babel.bodylen": "body_length"}),
    "ntp": (["ntp-time.pcap"], {"ntp.stratum": "stratum"}),
}


def number(text: str) -> Any:
    try:
        return int(text, 0)
    except ValueError:
        return text.lower()


def values(layer: Any, ours: Any) -> list[Any]:
    """As tshark writes them: addresses as text, octets hexadecimal."""
    if callable(ours):
        return list(ours(layer))
    value = layer.to_dict()[ours]
    if ours in ("initiator", "responder"):
        return [f"{value:016x}"]
    return [value]


@pytest.mark.parametrize("name", CASES)
def test_values(name: str, peers: Path) -> None:
    captures, fields = CASES[name]
    words = [word for field in fields for word in ("-e", field)]
    compared, wrong = 0, []
    for capture in captures:
        path = peers / "tcpdump" / "inputs" / capture
        done = subprocess.run(
            [str(TSHARK), "-n", "-r", str(path), "-o", "tcp.desegment_tcp_streams:FALSE", "-T",
             "fields", "-E", "aggregator=;", *words],
            capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        with fyke.read(str(path)) as packets:
            for count, (packet, row) in enumerate(zip(
                    packets, done.stdout.splitlines(), strict=False), 1):
                layers = [layer for layer in packet.layers if layer.name == name]
                if len(layers) != 1 or layers[0].short:
                    continue
                for (field, ours), text in zip(fields.items(), row.split("\t"), strict=True):
                    if not text or (";" in text and not callable(ours)):
                        continue
                    compared += 1
                    found = values(layers[0], ours)
                    if found not in ([number(one) for one in text.split(";")], [text.lower()]):
                        wrong.append(f"{capture} {count} {field}: {text}, ours {found}")
    assert not wrong, "\n".join(wrong)
    assert compared
