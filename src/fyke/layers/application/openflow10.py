"""Messages of OpenFlow 1.0; tcpdump: print-openflow-1.0.c."""

from __future__ import annotations

from fyke.layers.application.openflow10_flow import (
    PORT_LENGTH,
    port_name,
    vendor_data,
    vendor_message,
    write_actions,
    write_match,
    write_port,
)
from fyke.layers.application.openflow_body import (
    Body,
    Message,
    write_bits,
    write_error,
    write_guarded,
)
from fyke.layers.application.openflow_names import (
    ACTION_BITS,
    ALL_QUEUES,
    CAPABILITIES_10,
    COMMANDS,
    ERROR_CODES_10,
    ERRORS_10,
    FEATURES_10,
    FLOW_FLAGS,
    FRAGMENTS,
    MORE,
    NO_BUFFER,
    PACKET_REASONS,
    PORT_CONFIG_10,
    QUEUE_PROPERTIES,
    REASONS,
    REMOVAL_REASONS,
    STATISTICS,
    TABLES_10,
    WILDCARDS,
)
from fyke.layers.layer import Layer, write_chain
from fyke.layers.tables import table
from fyke.layers.words import named

DESCRIPTION, FLOW, AGGREGATE, TABLE, PORT, QUEUE, VENDOR = 0, 1, 2, 3, 4, 5, 0xFFFF
INVALID_2, INVALID_1 = b"invalid (0x%04x)", b"invalid (0x%02x)"
#: The 1.0 specification's reserved capability is named, but not assigned.
FRAME_HEADER = 14  # octets of Ethernet's
CAPABILITIES = sum(bit for bit, _ in CAPABILITIES_10) & ~0x10
ALL_WILDCARDS = (1 << 22) - 1
QUEUE_LENGTH, PROPERTY_LENGTH, RATE_LENGTH = 8, 8, 16
FLOW_LENGTH, TABLE_LENGTH, PORT_STATISTICS, QUEUE_STATISTICS = 88, 64, 104, 32
PORT_COUNTERS = (b"rx_packets", b"tx_packets", b"rx_bytes", b"tx_bytes", b"rx_dropped",
                 b"tx_dropped", b"rx_errors", b"tx_errors", b"rx_frame_err", b"rx_over_err",
                 b"rx_crc_err", b"collisions")


def error(body: Body) -> None:
    write_error(body, ERRORS_10, ERROR_CODES_10)


def features(body: Body) -> None:
    line = body.line
    line.put(b"\n\t dpid 0x%016x" % body.u64())
    line.put(b", n_buffers %d" % body.u32())
    line.put(b", n_tables %d" % body.u8())
    body.skip(3)
    body.bitmap(b"\n\t capabilities", CAPABILITIES_10, CAPABILITIES)
    body.bitmap(b"\n\t actions", ACTION_BITS)
    write_guarded(ports, body)


def ports(body: Body) -> None:
    while body.left:
        body.at_least(b"\n\t  port def. length", body.left, PORT_LENGTH)
        write_port(body)


def switch_config(body: Body) -> None:
    body.line.put(b"\n\t flags " + named(FRAGMENTS, body.u16(), INVALID_2))
    body.line.put(b", miss_send_len %d" % body.u16())


def packet_in(body: Body) -> None:
    line = body.line
    line.put(b"\n\t buffer_id " + named(NO_BUFFER, body.u32(), b"0x%08x"))
    line.put(b", total_len %d" % body.u16())
    line.put(b", in_port " + port_name(body.u16()))
    line.put(b", reason " + named(PACKET_REASONS, body.u8(), INVALID_1))
    body.pad(1)
    packet(body)


def packet_out(body: Body) -> None:
    write_guarded(packet_out_body, body)


def packet_out_body(body: Body) -> None:
    line = body.line
    line.put(b"\n\t buffer_id 0x%08x" % body.u32())
    line.put(b", in_port " + port_name(body.u16()))
    size = body.u16()
    line.put(b", actions_len %d" % size)
    body.at_most(b"actions_len", size, body.left)
    write_actions(body.part(size), b"\n\t ")
    body.skip(size)
    packet(body)


def packet(body: Body) -> None:
    """An Ethernet frame, with -vvv decoded."""
    line, pkt = body.line, body.pkt
    if not body.left:
        return
    line.put(b"\n\t data (%d octets)" % body.left)
    ethernet = table("link_type").find(1)
    if line.style.verbose < 3 or ethernet is None:
        pkt.raw(body.at, body.left)
        return
    line.put(b", frame decoding below\n")
    if body.left < FRAME_HEADER:
        line.put(b" [|ether]")
        return
    line.style.verbose -= 3
    end = pkt.end
    pkt.narrow(min(body.at + body.left, end))
    frame: Layer = ethernet()
    try:
        write_chain(frame.at(pkt, body.at, body.left), line)
    finally:
        pkt.widen(end)
        line.style.verbose += 3
    line.protocol = b"openflow"


def flow_removed(body: Body) -> None:
    line = body.line
    write_match(body, b"\n\t ")
    line.put(b"\n\t cookie 0x%016x" % body.u64())
    optional(body, b", priority %d")
    line.put(b", reason " + named(REMOVAL_REASONS, body.u8(), b"unknown (0x%02x)"))
    body.skip(1)
    line.put(b", duration_sec %d" % body.u32())
    line.put(b", duration_nsec %d" % body.u32())
    optional(body, b", idle_timeout %d")
    body.skip(2)
    line.put(b", packet_count %d" % body.u64())
    line.put(b", byte_count %d" % body.u64())


def optional(body: Body, text: bytes) -> None:
    """A number of two octets unless it is zero."""
    value = body.u16()
    if value:
        body.line.put(text % value)


def port_status(body: Body) -> None:
    body.line.put(b"\n\t reason " + named(REASONS, body.u8(), INVALID_1))
    body.skip(7)
    write_port(body)


def flow_mod(body: Body) -> None:
    line = body.line
    write_match(body, b"\n\t ")
    line.put(b"\n\t cookie 0x%016x" % body.u64())
    command = body.u16()
    line.put(b", command " + named(COMMANDS, command, INVALID_2))
    optional(body, b", idle_timeout %d")
    optional(body, b", hard_timeout %d")
    optional(body, b", priority %d")
    if command in (0, 1, 2):
        line.put(b", buffer_id " + named(NO_BUFFER, body.pkt.u32(body.at), b"0x%08x"))
    body.skip(4)
    if command in (3, 4):
        line.put(b", out_port " + port_name(body.pkt.u16(body.at)))
    body.skip(2)
    flags = body.u16()
    line.put(b", flags 0x%04x" % flags)
    write_bits(line, FLOW_FLAGS, flags)
    write_actions(body, b"\n\t ")


def port_mod(body: Body) -> None:
    line = body.line
    line.put(b"\n\t port_no " + port_name(body.u16()))
    body.pkt.raw(body.at, 6)
    line.put(b", hw_addr ")
    body.ether()
    body.bitmap(b"\n\t  config", PORT_CONFIG_10)
    body.bitmap(b"\n\t  mask", PORT_CONFIG_10)
    body.bitmap(b"\n\t  advertise", FEATURES_10)
    body.pad(4)


def queue_request(body: Body) -> None:
    body.line.put(b"\n\t port " + port_name(body.u16()))
    body.pad(2)


def queue_reply(body: Body) -> None:
    body.line.put(b"\n\t port " + port_name(body.u16()))
    body.pad(6)
    write_guarded(queues, body)


def queues(body: Body) -> None:
    line = body.line
    while body.left:
        line.put(b"\n\t ")
        body.at_least(b"remaining length", body.left, QUEUE_LENGTH)
        line.put(b" queue_id %d" % body.u32())
        size = body.u16()
        line.put(b", len %d" % size)
        body.at_least(b"prop. desc. length", size, QUEUE_LENGTH)
        body.at_most(b"prop. desc. length", size, body.left + 6)
        body.pad(2)
        size -= QUEUE_LENGTH
        if line.style.verbose > 1:
            write_guarded(queue_properties, body.part(size))
        body.pad(size)


def queue_properties(body: Body) -> None:
    line = body.line
    while body.left:
        line.put(b"\n\t  ")
        body.at_least(b"remaining length", body.left, PROPERTY_LENGTH)
        kind = body.u16()
        line.put(b" property " + named(QUEUE_PROPERTIES, kind, INVALID_2))
        size = body.u16()
        line.put(b", len %d" % size)
        body.at_least(b"property length", size, PROPERTY_LENGTH)
        body.at_most(b"property length", size, body.left + 4)
        body.pad(4)
        right = {0: PROPERTY_LENGTH, 1: RATE_LENGTH}.get(kind, size)
        if size != right:
            line.put(b" (bogus)")
        if size == right and kind == 1:
            rate = body.u16()
            if rate > 1000:
                line.put(b", rate disabled")
            else:
                line.put(b", rate %d.%d%%" % (rate // 10, rate % 10))
            body.pad(6)
        else:
            body.pad(size - PROPERTY_LENGTH)


def statistics_request(body: Body) -> None:
    line = body.line
    kind = body.u16()
    line.put(b"\n\t type " + named(STATISTICS, kind, INVALID_2))
    flags = body.u16()
    line.put(b", flags 0x%04x" % flags)
    if flags:
        line.put(b" (bogus)")
    writer = REQUESTS.get(kind)
    if writer is not None:
        write_guarded(writer, body)


def no_request(body: Body) -> None:
    body.exactly(b"len", body.left, 0)


def flow_request(body: Body) -> None:
    body.exactly(b"len", body.left, 44)
    write_match(body, b"\n\t ")
    body.line.put(b"\n\t table_id " + named(TABLES_10, body.u8(), b"%d"))
    body.skip(1)
    body.line.put(b", out_port " + port_name(body.u16()))


def port_request(body: Body) -> None:
    body.exactly(b"len", body.left, 8)
    body.line.put(b"\n\t port_no " + port_name(body.u16()))
    body.pad(6)


def queue_statistics_request(body: Body) -> None:
    body.exactly(b"len", body.left, 8)
    body.line.put(b"\n\t port_no " + port_name(body.u16()))
    body.skip(2)
    body.line.put(b", queue_id " + named(ALL_QUEUES, body.u32(), b"%d"))


REQUESTS = {DESCRIPTION: no_request, TABLE: no_request, FLOW: flow_request,
            AGGREGATE: flow_request, PORT: port_request, QUEUE: queue_statistics_request,
            VENDOR: vendor_data}


def statistics_reply(body: Body) -> None:
    line = body.line
    kind = body.u16()
    line.put(b"\n\t type " + named(STATISTICS, kind, INVALID_2))
    flags = body.u16()
    line.put(b", flags 0x%04x" % flags)
    write_bits(line, MORE, flags)
    writer = REPLIES.get(kind)
    if writer is None:
        body.pad(body.left)
    else:
        write_guarded(writer, body)


def description(body: Body) -> None:
    body.line.put(b"\n\t ")
    body.exactly(b"len", body.left, 1056)
    body.text(b" mfr_desc", 256)
    body.text(b"\n\t  hw_desc", 256)
    body.text(b"\n\t  sw_desc", 256)
    body.text(b"\n\t  serial_num", 32)
    body.text(b"\n\t  dp_desc", 256)


def flows(body: Body) -> None:
    line = body.line
    while body.left:
        line.put(b"\n\t")
        body.at_least(b"remaining length", body.left, FLOW_LENGTH)
        size = body.pkt.u16(body.at)
        line.put(b" length %d" % size)
        body.at_least(b"entry_len", size, FLOW_LENGTH)
        body.at_most(b"entry_len", size, body.left)
        body.skip(2)
        line.put(b", table_id " + named(TABLES_10, body.u8(), b"%d"))
        body.skip(1)
        write_match(body, b"\n\t  ")
        line.put(b"\n\t  duration_sec %d" % body.u32())
        line.put(b", duration_nsec %d" % body.u32())
        line.put(b", priority %d" % body.u16())
        line.put(b", idle_timeout %d" % body.u16())
        line.put(b", hard_timeout %d" % body.u16())
        body.skip(6)
        line.put(b", cookie 0x%016x" % body.u64())
        line.put(b", packet_count %d" % body.u64())
        line.put(b", byte_count %d" % body.u64())
        write_actions(body.part(size - FLOW_LENGTH), b"\n\t  ")
        body.skip(size - FLOW_LENGTH)


def aggregate(body: Body) -> None:
    line = body.line
    line.put(b"\n\t")
    body.exactly(b"remaining length", body.left, 24)
    line.put(b" packet_count %d" % body.u64())
    line.put(b", byte_count %d" % body.u64())
    line.put(b", flow_count %d" % body.u32())
    body.pad(4)


def tables(body: Body) -> None:
    line = body.line
    while body.left:
        line.put(b"\n\t")
        body.at_least(b"remaining length", body.left, TABLE_LENGTH)
        line.put(b" table_id " + named(TABLES_10, body.u8(), b"%d"))
        body.skip(3)
        body.text(b", name", 32)
        body.bitmap(b"\n\t  wildcards", WILDCARDS, ALL_WILDCARDS)
        line.put(b"\n\t  max_entries %d" % body.u32())
        line.put(b", active_count %d" % body.u32())
        line.put(b", lookup_count %d" % body.u64())
        line.put(b", matched_count %d" % body.u64())


def port_statistics(body: Body) -> None:
    line = body.line
    while body.left:
        line.put(b"\n\t ")
        body.at_least(b"remaining length", body.left, PORT_STATISTICS)
        line.put(b" port_no " + port_name(body.u16()))
        if line.style.verbose < 2:
            body.pad(PORT_STATISTICS - 2)
            continue
        body.skip(6)
        for name in PORT_COUNTERS:
            line.put(b", %s %d" % (name, body.u64()))


def queue_statistics(body: Body) -> None:
    line = body.line
    while body.left:
        line.put(b"\n\t ")
        body.at_least(b"remaining length", body.left, QUEUE_STATISTICS)
        line.put(b" port_no " + port_name(body.u16()))
        body.skip(2)
        line.put(b", queue_id %d" % body.u32())
        for name in (b"tx_bytes", b"tx_packets", b"tx_errors"):
            line.put(b", %s %d" % (name, body.u64()))


REPLIES = {DESCRIPTION: description, FLOW: flows, AGGREGATE: aggregate, TABLE: tables,
           PORT: port_statistics, QUEUE: queue_statistics, VENDOR: vendor_data}
NOTHING = Message(None)
#: By type.
MESSAGES = (
    Message(Body.data, exact=False), Message(error, 4, exact=False),
    Message(Body.data, exact=False), Message(Body.data, exact=False),
    Message(vendor_message, 4, exact=False), NOTHING, Message(features, 24, exact=False), NOTHING,
    Message(switch_config, 4), Message(switch_config, 4), Message(packet_in, 10, exact=False),
    Message(flow_removed, 80), Message(port_status, 56), Message(packet_out, 8, exact=False),
    Message(flow_mod, 64, exact=False), Message(port_mod, 24),
    Message(statistics_request, 4, exact=False), Message(statistics_reply, 4, exact=False),
    NOTHING, NOTHING, Message(queue_request, 4), Message(queue_reply, 8, exact=False))
