"""What OpenFlow messages say, as values.

Version 1.0 whole (Specification 1.0.0 §5), of 1.3 what has a fixed form (1.3.5 §7.3, §7.4). A frame
in a message is a layer. A form is names and sizes in octets, ``name:2``; ``_`` is padding,
``name:mac`` and ``name:ip`` are addresses, ``name:tN`` is text of N octets.
"""

from __future__ import annotations

from fyke.hints import Any, Callable
from fyke.layers.application.openflow_names import EXPERIMENTERS
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.fields import text_of
from fyke.layers.ouis import OUI_NAMES
from fyke.layers.plain import address
from fyke.wire import Record, Truncated

ADDRESSES = {"mac": 6, "ip": 4}
HEADER_LENGTH = 8
MATCH = ("wildcards:4 in_port:2 dl_src:mac dl_dst:mac dl_vlan:2 dl_vlan_pcp:1 _:1 dl_type:2 "
         "nw_tos:1 nw_proto:1 _:2 nw_src:ip nw_dst:ip tp_src:2 tp_dst:2")
PORT = ("number:2 hw_addr:mac name:t16 config:4 state:4 current:4 advertised:4 supported:4 "
        "peer:4")
PORT_1_3 = ("number:4 _:4 hw_addr:mac _:2 name:t16 config:4 state:4 current:4 advertised:4 "
            "supported:4 peer:4 speed:4 most_speed:4")
#: Actions of version 1.0 (§5.2.4): name and form.
ACTIONS = {
    0: ("output", "port:2 max_length:2"), 1: ("set_vlan_vid", "vlan:2 _:2"),
    2: ("set_vlan_pcp", "priority:1 _:3"), 3: ("strip_vlan", "_:4"),
    4: ("set_dl_src", "address:mac _:6"), 5: ("set_dl_dst", "address:mac _:6"),
    6: ("set_nw_src", "address:ip"), 7: ("set_nw_dst", "address:ip"),
    8: ("set_nw_tos", "tos:1 _:3"), 9: ("set_tp_src", "port:2 _:2"),
    10: ("set_tp_dst", "port:2 _:2"), 11: ("enqueue", "port:2 _:6 queue:4"),
    0xFFFF: ("vendor", "vendor:4")}


def record(walk: Cursor, form: str) -> dict[str, Any]:
    """The parts of a form. Raises Malformed past the message's end."""
    found: dict[str, Any] = {}
    for part in form.split():
        name, _, kind = part.partition(":")
        if kind in ADDRESSES:
            found[name] = address(walk.raw(ADDRESSES[kind]))
        elif kind[0] == "t":
            found[name] = text_of(walk.raw(int(kind[1:])))
        elif name == "_":
            walk.step(int(kind))
        else:
            found[name] = int.from_bytes(walk.raw(int(kind)), "big")
    return found


def records(walk: Cursor, form: str) -> list[dict[str, Any]]:
    """One after the other, to the end."""
    found: list[dict[str, Any]] = []
    while walk.left and len(found) < MOST:
        found.append(record(walk, form))
    return found


def actions(walk: Cursor) -> list[dict[str, Any]]:
    """Each with its type and its own form; what has none is its octets."""
    found: list[dict[str, Any]] = []
    while walk.left and len(found) < MOST:
        kind, size = walk.u16(), walk.u16()
        one = Cursor(walk.pkt, walk.step(size - 4), walk.at)
        name, form = ACTIONS.get(kind, (f"unknown_{kind}", ""))
        told = {"type": kind, "name": name, **record(one, form)}
        if one.left:
            told["data"] = one.rest().hex()
        found.append(told)
    return found


def plain(form: str) -> Callable[[Cursor], dict[str, Any]]:
    """A reader of a message of one form; octets behind it are ``data``."""
    def read(walk: Cursor) -> dict[str, Any]:
        found = record(walk, form)
        if walk.left:
            found["data"] = walk.rest().hex()
        return found
    return read


def alone(form: str) -> Callable[[Cursor], dict[str, Any]]:
    """The same of a message that a frame ends."""
    return lambda walk: record(walk, form)


def listing(form: str, name: str, each: str) -> Callable[[Cursor], dict[str, Any]]:
    """A form, then records of another."""
    return lambda walk: {**record(walk, form), name: records(walk, each)}


def flow_mod(walk: Cursor) -> dict[str, Any]:
    return {"match": record(walk, MATCH), **record(
        walk, "cookie:8 command:2 idle_timeout:2 hard_timeout:2 priority:2 buffer_id:4 "
              "out_port:2 flags:2"), "actions": actions(walk)}


def flow_removed(walk: Cursor) -> dict[str, Any]:
    return {"match": record(walk, MATCH), **record(
        walk, "cookie:8 priority:2 reason:1 _:1 duration:4 duration_ns:4 idle_timeout:2 _:2 "
              "packets:8 bytes:8")}


def packet_out(walk: Cursor) -> dict[str, Any]:
    found = record(walk, "buffer_id:4 in_port:2")
    size = walk.u16()
    return {**found, "actions": actions(Cursor(walk.pkt, walk.step(size), walk.at))}


def port_status(walk: Cursor) -> dict[str, Any]:
    return {**record(walk, "reason:1 _:7"), "port": record(walk, PORT)}


def vendor(walk: Cursor) -> dict[str, Any]:
    """A vendor's message: by its OUI, or one of the Open Networking Foundation's numbers."""
    number = walk.u32()
    known = EXPERIMENTERS.get(number) or OUI_NAMES.get(number)
    return {"vendor": number, "vendor_name": known.decode() if known else None,
            "data": walk.rest().hex()}


def flow_statistics(walk: Cursor) -> list[dict[str, Any]]:
    """Entries behind their lengths (§5.3.5)."""
    found: list[dict[str, Any]] = []
    while walk.left and len(found) < MOST:
        size = walk.u16()
        one = Cursor(walk.pkt, walk.step(size - 2), walk.at)
        found.append({**record(one, "table:1 _:1"), "match": record(one, MATCH), **record(
            one, "duration:4 duration_ns:4 priority:2 idle_timeout:2 hard_timeout:2 _:6 "
                 "cookie:8 packets:8 bytes:8"), "actions": actions(one)})
    return found


def of(form: str) -> Callable[[Cursor], list[dict[str, Any]]]:
    return lambda walk: records(walk, form)


def flow_query(walk: Cursor) -> dict[str, Any]:
    return {"match": record(walk, MATCH), **record(walk, "table:1 _:1 out_port:2")}


PORT_COUNTERS = " ".join(f"{name}:8" for name in (
    "rx_packets tx_packets rx_bytes tx_bytes rx_dropped tx_dropped rx_errors tx_errors "
    "rx_frame_errors rx_overrun_errors rx_crc_errors collisions").split())
#: Statistics by their type: what asks for them, what answers.
QUERIES: dict[int, Callable[[Cursor], Any]] = {
    1: flow_query, 2: flow_query, 4: plain("port:2 _:6"), 5: plain("port:2 _:2 queue:4")}
STATISTICS: dict[int, Callable[[Cursor], Any]] = {
    0: plain("manufacturer:t256 hardware:t256 software:t256 serial_number:t32 datapath:t256"),
    1: flow_statistics, 2: plain("packets:8 bytes:8 flows:4 _:4"),
    3: of("table:1 _:3 name:t32 wildcards:4 most:4 active:4 lookups:8 matched:8"),
    4: of("port:2 _:6 " + PORT_COUNTERS), 5: of("port:2 _:2 queue:4 bytes:8 packets:8 errors:8")}


def statistics(readers: dict[int, Callable[[Cursor], Any]]) -> Callable[[Cursor], dict[str, Any]]:
    def read(walk: Cursor) -> dict[str, Any]:
        found = record(walk, "type:2 flags:2")
        reader = readers.get(found["type"])
        found["body"] = walk.rest().hex() if reader is None else reader(walk)
        return found
    return read


def queues(walk: Cursor) -> dict[str, Any]:
    found = {**record(walk, "port:2 _:6"), "queues": []}
    while walk.left and len(found["queues"]) < MOST:
        queue = record(walk, "queue:4 length:2 _:2")
        part = Cursor(walk.pkt, walk.step(queue.pop("length") - 8), walk.at)
        properties: list[dict[str, Any]] = []
        while part.left and len(properties) < MOST:
            kind, size = part.u16(), part.u16()
            one = Cursor(part.pkt, part.step(size - 4), part.at)
            properties.append({"type": kind, **(record(one, RATE) if kind == 1 else {})})
        found["queues"].append({**queue, "properties": properties})
    return found


RATE = "_:4 rate:2 _:6"  # the least that a queue gets, in tenths of a percent
CONFIG = plain("flags:2 miss_send_length:2")
ERROR = plain("type:2 code:2")
ECHO = plain("")
VERSION_1_0: dict[int, Callable[[Cursor], Any]] = {
    1: ERROR, 2: ECHO, 3: ECHO, 4: vendor,
    6: listing("datapath_id:8 buffers:4 tables:1 _:3 capabilities:4 actions:4", "ports", PORT),
    8: CONFIG, 9: CONFIG, 10: alone("buffer_id:4 total_length:2 in_port:2 reason:1 _:1"),
    11: flow_removed, 12: port_status, 13: packet_out, 14: flow_mod,
    15: plain("port:2 hw_addr:mac config:4 mask:4 advertise:4 _:4"),
    16: statistics(QUERIES), 17: statistics(STATISTICS), 20: plain("port:2 _:2"), 21: queues}
VERSION_1_3: dict[int, Callable[[Cursor], Any]] = {
    1: ERROR, 2: ECHO, 3: ECHO, 4: vendor,
    6: plain("datapath_id:8 buffers:4 tables:1 auxiliary:1 _:2 capabilities:4 _:4"),
    8: CONFIG, 9: CONFIG,
    10: alone("buffer_id:4 total_length:2 reason:1 table:1 cookie:8"),
    11: plain("cookie:8 priority:2 reason:1 table:1 duration:4 duration_ns:4 idle_timeout:2 "
              "hard_timeout:2 packets:8 bytes:8"),
    12: lambda walk: {**record(walk, "reason:1 _:7"), "port": record(walk, PORT_1_3)},
    13: alone("buffer_id:4 in_port:4"), 15: plain("command:2 type:1 _:1 group:4"),
    14: plain("cookie:8 cookie_mask:8 table:1 command:1 idle_timeout:2 hard_timeout:2 priority:2 "
              "buffer_id:4 out_port:4 out_group:4 flags:2 _:2"),
    16: plain("port:4 _:4 hw_addr:mac _:2 config:4 mask:4 advertise:4 _:4"),
    17: plain("table:1 _:3 config:4"), 18: plain("type:2 flags:2 _:4"),
    19: plain("type:2 flags:2 _:4"), 22: plain("port:4 _:4"), 23: plain("port:4 _:4"),
    24: plain("role:4 _:4 generation:8"), 25: plain("role:4 _:4 generation:8"),
    27: plain("packet_in_master:4 packet_in_slave:4 port_status_master:4 port_status_slave:4 "
              "flow_removed_master:4 flow_removed_slave:4"),
    29: plain("command:2 flags:2 meter:4")}
VERSION_1_3[28] = VERSION_1_3[27]
READERS = {1: VERSION_1_0, 4: VERSION_1_3}


def body(pkt: Record, at: int, version: int, kind: int, size: int) -> Any:
    """What stands behind a message's header; None of one that has nothing, or makes no sense."""
    reader = READERS.get(version, {}).get(kind)
    if reader is None or size <= HEADER_LENGTH:
        return None
    try:
        return reader(Cursor(pkt, at + HEADER_LENGTH, at + size))
    except (Malformed, Truncated):
        return None
