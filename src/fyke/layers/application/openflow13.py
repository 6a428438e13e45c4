"""Messages of OpenFlow 1.3; tcpdump: print-openflow-1.3.c."""

from __future__ import annotations

from fyke.layers.application.openflow_body import (
    Body,
    Message,
    vendor_name,
    write_bits,
    write_error,
    write_guarded,
)
from fyke.layers.application.openflow_names import (
    ASYNC_CHANGES,
    ASYNC_REASONS,
    CAPABILITIES_13,
    ERROR_CODES_13,
    ERRORS_13,
    FEATURES_13,
    FRAGMENTS,
    HELLO_ELEMENTS,
    PORT_CONFIG_13,
    PORT_STATE_13,
    PORTS_13,
    REASONS,
    ROLES,
    SEND_LENGTHS,
    TABLES_13,
    VERSION_BITS,
)
from fyke.layers.words import named

ELEMENT_LENGTH = 4
PORT_NAME_LENGTH = 16


def hello(body: Body) -> None:
    write_guarded(hello_elements, body)


def hello_elements(body: Body) -> None:
    line = body.line
    while body.left:
        line.put(b"\n\t")
        body.at_least(b"remaining length", body.left, ELEMENT_LENGTH)
        kind = body.u16()
        line.put(b" type " + named(HELLO_ELEMENTS, kind, b"unknown (0x%04x)"))
        size = body.u16()
        line.put(b", length %d" % size)
        body.at_least(b"bitmap length", size, ELEMENT_LENGTH)
        body.at_most(b"bitmap length", size, ELEMENT_LENGTH + body.left)
        size -= ELEMENT_LENGTH
        if kind in HELLO_ELEMENTS and size == 4:
            value = body.pkt.u32(body.at)
            line.put(b", bitmap 0x%08x" % value)
            write_bits(line, VERSION_BITS, value)
        elif kind in HELLO_ELEMENTS:
            line.put(b" (bogus)")
        body.pad(size)


def error(body: Body) -> None:
    write_error(body, ERRORS_13, ERROR_CODES_13)


def experimenter(body: Body) -> None:
    who = body.u32()
    body.line.put(b"\n\t experimenter 0x%08x (%s)" % (who, vendor_name(who)))
    body.line.put(b", exp_type 0x%08x" % body.u32())
    body.data()


def features(body: Body) -> None:
    line = body.line
    line.put(b"\n\t dpid 0x%016x" % body.u64())
    line.put(b", n_buffers %d" % body.u32())
    line.put(b", n_tables %d" % body.u8())
    line.put(b", auxiliary_id %d" % body.u8())
    body.skip(2)
    body.bitmap(b"\n\t capabilities", CAPABILITIES_13)
    body.pad(4)


def switch_config(body: Body) -> None:
    body.line.put(b"\n\t flags " + named(FRAGMENTS, body.u16(), b"invalid (0x%04x)"))
    body.line.put(b", miss_send_len " + named(SEND_LENGTHS, body.u16(), b"%d"))


def port_status(body: Body) -> None:
    # the text for other reasons is tcpdump's: it lacks a percent sign
    body.line.put(b"\n\t reason " + named(REASONS, body.u8(), b"invalid (0x02x)"))
    body.skip(7)
    line = body.line
    line.put(b"\n\t  port_no " + named(PORTS_13, body.u32(), b"%d"))
    body.skip(4)
    line.put(b", hw_addr ")
    body.ether()
    body.skip(2)
    body.text(b", name", PORT_NAME_LENGTH)
    if line.style.verbose < 2:
        body.pad(32)
        return
    body.bitmap(b"\n\t   config", PORT_CONFIG_13)
    body.bitmap(b"\n\t   state", PORT_STATE_13)
    for label in (b"curr", b"advertised", b"supported", b"peer"):
        body.bitmap(b"\n\t   " + label, FEATURES_13)
    line.put(b"\n\t   curr_speed %dkbps" % body.u32())
    line.put(b"\n\t   max_speed %dkbps" % body.u32())


def port_mod(body: Body) -> None:
    line = body.line
    line.put(b"\n\t port_no " + named(PORTS_13, body.u32(), b"%d"))
    body.skip(4)
    line.put(b", hw_addr ")
    body.ether()
    body.skip(2)
    body.bitmap(b"\n\t  config", PORT_CONFIG_13)
    body.bitmap(b"\n\t  mask", PORT_CONFIG_13)
    body.bitmap(b"\n\t  advertise", FEATURES_13)
    body.pad(4)


def table_mod(body: Body) -> None:
    body.line.put(b"\n\t table_id " + named(TABLES_13, body.u8(), b"%d"))
    body.skip(3)
    body.line.put(b", config 0x%08x" % body.u32())


def queue_request(body: Body) -> None:
    body.line.put(b"\n\t port " + named(PORTS_13, body.u32(), b"%d"))
    body.pad(4)


def role(body: Body) -> None:
    body.line.put(b"\n\t role " + named(ROLES, body.u32(), b"invalid (0x%08x)"))
    body.skip(4)
    body.line.put(b", generation_id 0x%016x" % body.u64())


def async_config(body: Body) -> None:
    for name, names in ((b"packet_in", ASYNC_REASONS), (b"port_status", ASYNC_CHANGES),
                        (b"flow_removed", ASYNC_CHANGES)):
        for who in (b"EM", b"S"):  # equal or master, slave
            body.bitmap(b"\n\t %s_mask[%s]" % (name, who), names)


NOTHING = Message(None)
UNDECODED = Message(None, exact=False)
#: By type.
MESSAGES = (
    Message(hello, exact=False), Message(error, 4, exact=False),
    Message(Body.data, exact=False), Message(Body.data, exact=False),
    Message(experimenter, 8, exact=False), NOTHING, Message(features, 24), NOTHING,
    Message(switch_config, 4), Message(switch_config, 4), UNDECODED, UNDECODED,
    Message(port_status, 72), UNDECODED, UNDECODED, UNDECODED, Message(port_mod, 32),
    Message(table_mod, 8), UNDECODED, UNDECODED, NOTHING, NOTHING, Message(queue_request, 8),
    UNDECODED, Message(role, 16), Message(role, 16), NOTHING, Message(async_config, 24),
    Message(async_config, 24), UNDECODED)
