"""fyke: the Linux packet-capture stack in Python.

    program = fyke.compile("tcp port 80 and host 10.0.0.1")
    for packet in fyke.read("trace.pcapng", filter="udp port 53"):
        print(packet, packet[fyke.Dns].questions)
    for stream in fyke.streams("trace.pcapng"):
        print(stream.client, stream.server, stream.data("server"))
    with fyke.capture("eth0", filter="arp") as tap:
        for packet in tap: ...
    with fyke.write("out.pcap") as file:
        file.add(packet)

Every name below is imported when it is first used. Errors derive from FykeError.
"""

from __future__ import annotations

from fyke import late

TYPE_CHECKING = False  # type checkers know the name; typing itself is slow to import
if TYPE_CHECKING:
    from fyke import wire as wire
    from fyke.api import capture as capture
    from fyke.api import flows as flows
    from fyke.api import interfaces as interfaces
    from fyke.api import read as read
    from fyke.api import register as register
    from fyke.api import rows as rows
    from fyke.api import scan as scan
    from fyke.api import schema as schema
    from fyke.api import streams as streams
    from fyke.api import write as write
    from fyke.bpf.program import Program as Program
    from fyke.columns.capsules import Batch as Batch
    from fyke.columns.scan import Scan as Scan
    from fyke.conversations.flow import Flow as Flow
    from fyke.conversations.flows import Flows as Flows
    from fyke.conversations.groups import Group as Group
    from fyke.conversations.streams import Stream as Stream
    from fyke.door.capturing import Capture as Capture
    from fyke.door.reading import Reader as Reader
    from fyke.door.rows import Rows as Rows
    from fyke.door.streaming import Streams as Streams
    from fyke.door.writing import Writer as Writer
    from fyke.errors import CaptureError as CaptureError
    from fyke.errors import FilterError as FilterError
    from fyke.errors import FykeError as FykeError
    from fyke.errors import OutputError as OutputError
    from fyke.errors import ProgramError as ProgramError
    from fyke.errors import SandboxError as SandboxError
    from fyke.errors import SavefileError as SavefileError
    from fyke.errors import UsageError as UsageError
    from fyke.filter.compile import compile as compile
    from fyke.filter.describe import describe as describe
    from fyke.filter.equivalent import equivalent as equivalent
    from fyke.layers.application.dns import Dns as Dns
    from fyke.layers.application.l2tp import L2tp as L2tp
    from fyke.layers.application.ldp import Ldp as Ldp
    from fyke.layers.application.nfs import Nfs as Nfs
    from fyke.layers.application.openflow import OpenFlow as OpenFlow
    from fyke.layers.application.radius import Radius as Radius
    from fyke.layers.application.rtp import Rtp as Rtp
    from fyke.layers.application.sflow import Sflow as Sflow
    from fyke.layers.application.snmp import Snmp as Snmp
    from fyke.layers.application.telnet import Telnet as Telnet
    from fyke.layers.layer import Layer as Layer
    from fyke.layers.link.cfm import Cfm as Cfm
    from fyke.layers.link.ethernet import Ethernet as Ethernet
    from fyke.layers.link.lacp import Lacp as Lacp
    from fyke.layers.link.radiotap import Radiotap as Radiotap
    from fyke.layers.link.wlan import Wlan as Wlan
    from fyke.layers.link.wpan import Wpan as Wpan
    from fyke.layers.network.arp import Arp as Arp
    from fyke.layers.network.icmp import Icmp as Icmp
    from fyke.layers.network.icmp6 import Icmp6 as Icmp6
    from fyke.layers.network.ip import IP as IP
    from fyke.layers.network.ipv4 import IPv4 as IPv4
    from fyke.layers.network.ipv6 import IPv6 as IPv6
    from fyke.layers.routing.isis import IsIs as IsIs
    from fyke.layers.routing.rsvp import Rsvp as Rsvp
    from fyke.layers.transport.sctp import Sctp as Sctp
    from fyke.layers.transport.tcp import Tcp as Tcp
    from fyke.layers.transport.udp import Udp as Udp
    from fyke.linktypes import LinkType as LinkType
    from fyke.live.interfaces import Interface as Interface
    from fyke.packet import Packet as Packet
    from fyke.sandbox.confine import confine as confine
    from fyke.wire import Truncated as Truncated

#: Public name → "module:attribute".
_PLACES = {
    "capture": "fyke.api:capture",
    "flows": "fyke.api:flows",
    "Flow": "fyke.conversations.flow:Flow",
    "Flows": "fyke.conversations.flows:Flows",
    "Group": "fyke.conversations.groups:Group",
    "confine": "fyke.sandbox.confine:confine",
    "read": "fyke.api:read",
    "rows": "fyke.api:rows",
    "scan": "fyke.api:scan",
    "schema": "fyke.api:schema",
    "streams": "fyke.api:streams",
    "write": "fyke.api:write",
    "interfaces": "fyke.api:interfaces",
    "Batch": "fyke.columns.capsules:Batch",
    "Scan": "fyke.columns.scan:Scan",
    "Capture": "fyke.door.capturing:Capture",
    "Reader": "fyke.door.reading:Reader",
    "Rows": "fyke.door.rows:Rows",
    "Stream": "fyke.conversations.streams:Stream",
    "Streams": "fyke.door.streaming:Streams",
    "Writer": "fyke.door.writing:Writer",
    "Interface": "fyke.live.interfaces:Interface",
    "LinkType": "fyke.linktypes:LinkType",
    "Packet": "fyke.packet:Packet",
    "Layer": "fyke.layers.layer:Layer",
    "register": "fyke.api:register",
    "compile": "fyke.filter.compile:compile",
    "describe": "fyke.filter.describe:describe",
    "equivalent": "fyke.filter.equivalent:equivalent",
    "Program": "fyke.bpf.program:Program",
    "FykeError": "fyke.errors:FykeError",
    "FilterError": "fyke.errors:FilterError",
    "ProgramError": "fyke.errors:ProgramError",
    "SandboxError": "fyke.errors:SandboxError",
    "SavefileError": "fyke.errors:SavefileError",
    "CaptureError": "fyke.errors:CaptureError",
    "OutputError": "fyke.errors:OutputError",
    "UsageError": "fyke.errors:UsageError",
    "Truncated": "fyke.wire:Truncated",
    "Ethernet": "fyke.layers.link.ethernet:Ethernet",
    "Lacp": "fyke.layers.link.lacp:Lacp",
    "Cfm": "fyke.layers.link.cfm:Cfm",
    "Wlan": "fyke.layers.link.wlan:Wlan",
    "Wpan": "fyke.layers.link.wpan:Wpan",
    "Radiotap": "fyke.layers.link.radiotap:Radiotap",
    "Arp": "fyke.layers.network.arp:Arp",
    "IP": "fyke.layers.network.ip:IP",
    "IPv4": "fyke.layers.network.ipv4:IPv4",
    "IPv6": "fyke.layers.network.ipv6:IPv6",
    "Icmp": "fyke.layers.network.icmp:Icmp",
    "Icmp6": "fyke.layers.network.icmp6:Icmp6",
    "IsIs": "fyke.layers.routing.isis:IsIs",
    "Rsvp": "fyke.layers.routing.rsvp:Rsvp",
    "Udp": "fyke.layers.transport.udp:Udp",
    "Tcp": "fyke.layers.transport.tcp:Tcp",
    "Sctp": "fyke.layers.transport.sctp:Sctp",
    "Snmp": "fyke.layers.application.snmp:Snmp",
    "Radius": "fyke.layers.application.radius:Radius",
    "L2tp": "fyke.layers.application.l2tp:L2tp",
    "Rtp": "fyke.layers.application.rtp:Rtp",
    "Sflow": "fyke.layers.application.sflow:Sflow",
    "OpenFlow": "fyke.layers.application.openflow:OpenFlow",
    "Telnet": "fyke.layers.application.telnet:Telnet",
    "Nfs": "fyke.layers.application.nfs:Nfs",
    "Dns": "fyke.layers.application.dns:Dns",
    "Ldp": "fyke.layers.application.ldp:Ldp",
    "__version__": "fyke.version:VERSION",
}
__all__ = [name for name in _PLACES if not name.startswith("_")]


if not TYPE_CHECKING:  # to them every name would be there
    def __getattr__(name: str) -> object:
        if name == "wire":  # what a layer of one's own reads and writes
            return late.module("fyke.wire")
        place = _PLACES.get(name)
        if place is None:
            raise AttributeError(f"module 'fyke' has no attribute {name!r}")
        value = late.named(place)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
