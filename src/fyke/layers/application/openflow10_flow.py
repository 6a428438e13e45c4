"""Matches, actions, ports and vendors' parts of OpenFlow 1.0; tcpdump: print-openflow-1.0.c."""

from __future__ import annotations

from fyke.layers.application.openflow_body import Body, vendor_name, write_guarded
from fyke.layers.application.openflow_names import (
    ACTIONS,
    ALL_QUEUES,
    BIG_SWITCH,
    BIG_SWITCH_ACTIONS,
    BIG_SWITCH_MESSAGES,
    FEATURES_10,
    PORT_CONFIG_10,
    PORTS_10,
    SPANNING_TREE,
)
from fyke.layers.words import named
from fyke.wire import Line

ETHERTYPE_IP, ETHERTYPE_ARP, ETHERTYPE_VLAN, ICMP = 0x0800, 0x0806, 0x8100, 1
ALL_WILDCARDS = (1 << 22) - 1
#: Bits of the wildcards: fields that are not compared.
IN_PORT, DL_VLAN, DL_SRC, DL_DST, DL_TYPE, NW_PROTO, TP_SRC, TP_DST = (1 << n for n in range(8))
DL_VLAN_PCP, NW_TOS = 1 << 20, 1 << 21
NW_SRC_SHIFT, NW_DST_SHIFT = 8, 14  # of the numbers of address bits that are not compared
NO_VLAN = 0xFFFF
LEAST_ACTION = 8
OUTPUT, SET_VLAN, SET_PRIORITY, STRIP_VLAN, SET_TOS, ENQUEUE, VENDOR = 0, 1, 2, 3, 8, 11, 0xFFFF
SET_ETHER, SET_ADDRESS, SET_PORT = (4, 5), (6, 7), (9, 10)
CONTROLLER = 0xFFFD
PORT_LENGTH, PORT_NAME_LENGTH = 48, 16
LINK_DOWN, TREE_MASK = 0x001, 0x300


def port_name(number: int) -> bytes:
    return named(PORTS_10, number, b"%d")


def vlan_name(number: int) -> bytes:
    if number == NO_VLAN:
        return b"NONE"
    return b"%d" % number if 0 < number < 0xFFF else b"%d (bogus)" % number


def priority_name(number: int) -> bytes:
    return b"%d" % number if number <= 7 else b"%d (bogus)" % number


def write_match(body: Body, before: bytes) -> None:
    """The fields that are compared, each on its line."""
    line, wild = body.line, body.u32()

    def field(name: bytes, value: bytes) -> None:
        line.put(b"%smatch %s %s" % (before, name, value))

    if wild & ~ALL_WILDCARDS:
        line.put(b"%swildcards 0x%08x (bogus)" % (before, wild))
    if not wild & IN_PORT:
        field(b"in_port", port_name(body.pkt.u16(body.at)))
    body.skip(2)
    for bit, name in ((DL_SRC, b"dl_src "), (DL_DST, b"dl_dst ")):
        if wild & bit:
            body.skip(6)
        else:
            body.pkt.raw(body.at, 6)
            line.put(before + b"match " + name)
            body.ether()
    if not wild & DL_VLAN:
        field(b"dl_vlan", vlan_name(body.pkt.u16(body.at)))
    body.skip(2)
    if not wild & DL_VLAN_PCP:
        field(b"dl_vlan_pcp", priority_name(body.pkt.u8(body.at)))
    body.skip(2)
    ethertype = body.u16()
    known = -1 if wild & DL_TYPE else ethertype
    if not wild & DL_TYPE:
        field(b"dl_type", b"0x%04x" % ethertype)
    if not wild & NW_TOS:
        field(b"nw_tos", b"0x%02x" % body.pkt.u8(body.at))
    body.skip(1)
    protocol = body.u8()
    if not wild & NW_PROTO:
        field(b"arp_opcode" if known == ETHERTYPE_ARP else b"nw_proto", b"%d" % protocol)
    body.skip(2)
    for shift, name in ((NW_SRC_SHIFT, b"nw_src "), (NW_DST_SHIFT, b"nw_dst ")):
        ignored = wild >> shift & 0x3F
        if ignored < 32:
            body.pkt.u32(body.at)
            line.put(before + b"match " + name)
            body.host()
            line.put(b"/%d" % (32 - ignored))
        else:
            body.skip(4)
    icmp = known == ETHERTYPE_IP and not wild & NW_PROTO and protocol == ICMP
    if not wild & TP_SRC:
        field(b"icmp_type" if icmp else b"tp_src", b"%d" % body.pkt.u16(body.at))
    body.skip(2)
    if not wild & TP_DST:
        field(b"icmp_code" if icmp else b"tp_dst", b"%d" % body.pkt.u16(body.at))
    body.pad(2)


def write_actions(body: Body, before: bytes) -> None:
    write_guarded(lambda part: each_action(part, before), body)


def each_action(body: Body, before: bytes) -> None:
    line = body.line
    while body.left:
        line.put(before + b"action")
        body.at_least(b"remaining length", body.left, LEAST_ACTION)
        kind = body.u16()
        line.put(b" type " + named(ACTIONS, kind, b"invalid (0x%04x)"))
        size = body.u16()
        line.put(b", len %d" % size)
        body.at_least(b"alen", size, LEAST_ACTION)
        body.at_most(b"alen", size, body.left + 4)
        if kind == VENDOR:
            right = size % 8 == 0
        else:
            right = size == (16 if kind in SET_ETHER or kind == ENQUEUE else 8)
        if kind in ACTIONS and not right:
            line.put(b" (bogus)")
        if kind not in ACTIONS or not right:
            body.pad(size - 4)
        else:
            write_action(body, kind, size - 4)


def write_action(body: Body, kind: int, size: int) -> None:
    """An action behind its length."""
    line = body.line
    if kind == OUTPUT:
        port = body.u16()
        line.put(b", port " + port_name(port))
        if port == CONTROLLER:
            line.put(b", max_len %d" % body.u16())
        else:
            body.pad(2)
    elif kind == SET_VLAN:
        line.put(b", vlan_vid " + vlan_name(body.u16()))
        body.pad(2)
    elif kind == SET_PRIORITY:
        line.put(b", vlan_pcp " + priority_name(body.u8()))
        body.pad(3)
    elif kind in SET_ETHER:
        body.pkt.raw(body.at, 6)
        line.put(b", dl_addr ")
        body.ether()
        body.pad(6)
    elif kind in SET_ADDRESS:
        body.pkt.u32(body.at)
        line.put(b", nw_addr ")
        body.host()
    elif kind == SET_TOS:
        line.put(b", nw_tos 0x%02x" % body.u8())
        body.pad(3)
    elif kind in SET_PORT:
        line.put(b", tp_port %d" % body.u16())
        body.pad(2)
    elif kind == ENQUEUE:
        line.put(b", port " + port_name(body.u16()))
        body.skip(6)
        line.put(b", queue_id " + named(ALL_QUEUES, body.u32(), b"%d"))
    elif kind == VENDOR:
        write_guarded(vendor_action, body.part(size))
        body.skip(size)
    else:
        body.pad(4)


def write_port(body: Body) -> None:
    """A physical port."""
    line = body.line
    line.put(b"\n\t  port_no " + port_name(body.u16()))
    body.pkt.raw(body.at, 6)
    line.put(b", hw_addr ")
    body.ether()
    body.text(b", name", PORT_NAME_LENGTH)
    if line.style.verbose < 2:
        body.pad(24)
        return
    body.bitmap(b"\n\t   config", PORT_CONFIG_10)
    state = body.u32()
    line.put(b"\n\t   state 0x%08x (%s%s)" % (
        state, SPANNING_TREE[state >> 8 & 3], b", LINK_DOWN" if state & LINK_DOWN else b""))
    if state & ~(TREE_MASK | LINK_DOWN):
        line.put(b" (bogus)")
    for label in (b"curr", b"advertised", b"supported", b"peer"):
        body.bitmap(b"\n\t   " + label, FEATURES_10)


def write_vendor(body: Body) -> int:
    vendor = body.u32()
    body.line.put(b", vendor 0x%08x (%s)" % (vendor, vendor_name(vendor)))
    return vendor


def vendor_data(body: Body) -> None:
    """A vendor's statistics."""
    body.at_least(b"len", body.left, 4)
    write_vendor(body)
    body.data()


def vendor_action(body: Body) -> None:
    body.at_least(b"len", body.left, 4)
    if write_vendor(body) == BIG_SWITCH:
        write_guarded(big_switch_action, body)
    else:
        body.data()


def vendor_message(body: Body) -> None:
    if write_vendor(body) == BIG_SWITCH:
        write_guarded(big_switch_message, body)
    else:
        body.data()


def big_switch_action(body: Body) -> None:
    line = body.line
    line.put(b"\n\t ")
    body.at_least(b"len", body.left, 4)
    kind = body.u32()
    line.put(b" subtype " + named(BIG_SWITCH_ACTIONS, kind, b"unknown (0x%08x)"))
    if kind != 1:
        body.pad(body.left)
        return
    body.exactly(b"len", body.left, 12)
    line.put(b", dest_port %d" % body.u32())
    tag = body.u32()
    line.put(b", vlan_tag ")
    if tag >> 16 == 0:
        line.put(b"none")
    elif tag >> 16 == ETHERTYPE_VLAN:
        line.put(b"802.1Q (")
        write_tag(line, tag & 0xFFFF)
        line.put(b")")
    else:
        line.put(b"unknown (0x%04x)" % (tag >> 16))
    line.put(b", copy_stage " + named({0: b"INGRESS", 1: b"EGRESS"}, body.u8(), b"unknown (%d)"))
    body.pad(3)


def write_tag(line: Line, tag: int) -> None:
    """A VLAN tag as -e shows it."""
    line.put(b"vlan %d, p %d%s" % (tag & 0xFFF, tag >> 13, b", DEI" if tag & 0x1000 else b""))


def big_switch_message(body: Body) -> None:
    line = body.line
    line.put(b"\n\t")
    body.at_least(b"len", body.left, 4)
    kind = body.u32()
    line.put(b" subtype " + named(BIG_SWITCH_MESSAGES, kind, b"unknown (0x%08x)"))
    size = BIG_SWITCH_SIZES.get(kind)
    if size is not None:
        body.exactly(b"len", body.left, size)
    if kind == 1:
        line.put(b", index %d" % body.u8())
        body.pad(7)
    elif kind in (0, 2):
        line.put(b", index %d" % body.u8())
        body.skip(3)
        body.pkt.u32(body.at)
        line.put(b", mask ")
        body.host()
    elif kind in (3, 4, 5):
        line.put(b", report_mirror_ports " + named({0: b"OFF", 1: b"ON"}, body.u8(),
                                                   b"bogus (%d)"))
        body.pad(3)
    elif kind == 17:
        line.put(b", vport_no %d" % body.u32())
    elif kind in (6, 7):
        if kind == 6:
            body.at_least(b"len", body.left, 4)
            line.put(b", service %d" % body.u32())
        line.put(b", data '")
        line.escaped(body.pkt, body.at, body.left)
        line.put(b"'")
    elif kind == 8:
        line.put(b", status 0x%08x" % body.u32())
    else:
        body.pad(body.left)


#: Octets behind the subtype, where they are always so many.
BIG_SWITCH_SIZES = {0: 8, 1: 8, 2: 8, 3: 4, 4: 4, 5: 4, 8: 4, 9: 0, 13: 0, 17: 4, 19: 0, 21: 0,
                    27: 0}
