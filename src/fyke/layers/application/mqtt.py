"""MQTT 3.1, 3.1.1 and 5 (OASIS): packets of one segment.

tcpdump has no text for it: found where values are asked, printed with -T mqtt. Which version a
connection speaks is said in its CONNECT alone; what differs is read only where one version fits.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.fields import Bits, Listed, Made, Options
from fyke.layers.summary import Summarised
from fyke.wire import Record, Truncated

CONNECT, CONNACK, PUBLISH, SUBSCRIBE, SUBACK, UNSUBSCRIBE = 1, 2, 3, 8, 9, 10
TYPES = {1: "connect", 2: "connack", 3: "publish", 4: "puback", 5: "pubrec", 6: "pubrel",
         7: "pubcomp", 8: "subscribe", 9: "suback", 10: "unsubscribe", 11: "unsuback",
         12: "pingreq", 13: "pingresp", 14: "disconnect", 15: "auth"}
#: Flags that a type must have (MQTT 5 §2.1.3); a publish has any.
FLAGS = {kind: 2 if kind in (6, 8, 10) else 0 for kind in TYPES if kind != PUBLISH}
WITH_ID = (4, 5, 6, 7, 8, 9, 10, 11)
PROTOCOLS = (b"MQTT", b"MQIsdp")
CLEAN, WILL, PASSWORD, USER_NAME = 0x02, 0x04, 0x40, 0x80  # flags of a CONNECT
VERSION_5 = 5


class Control(NamedTuple):
    """A control packet."""

    type: int
    name: str
    flags: int
    length: int  #: octets behind its length


class Connect(NamedTuple):
    """What a client begins with."""

    protocol: str
    version: int
    flags: int
    keep_alive: int
    client_id: str
    will_topic: str | None
    user_name: str | None
    has_password: bool


class Filter(NamedTuple):
    """A topic filter of a subscription."""

    topic: str
    qos: int | None


def remaining(cursor: Cursor) -> int:
    """A number of one to four octets (MQTT 5 §1.5.5)."""
    value = shift = 0
    while shift < 28:
        octet = cursor.u8()
        value |= (octet & 0x7F) << shift
        if octet < 128:
            return value
        shift += 7
    raise Malformed("a length of more than four octets")


def string(cursor: Cursor) -> str:
    return cursor.raw(cursor.u16()).decode("utf-8", "backslashreplace")


def packets_of(mqtt: Mqtt) -> Options:
    """Every packet that begins in the segment; ``cut`` if the last goes on behind it."""
    found = Options()
    try:
        cursor = Cursor(mqtt.pkt, mqtt.off, mqtt.off + mqtt.size)
        while cursor.left and len(found) < MOST:
            first = cursor.u8()
            length = remaining(cursor)
            if first >> 4 not in TYPES:
                raise Malformed("no type")
            found.append(Control(first >> 4, TYPES[first >> 4], first & 15, length))
            cursor.step(length)
        found.cut = not mqtt.pkt.has(mqtt.off, mqtt.size)
    except (Malformed, Truncated):
        found.cut = True
    return found


def body(mqtt: Mqtt) -> Cursor:
    """What is behind the first packet's length."""
    cursor = Cursor(mqtt.pkt, mqtt.off + 1, mqtt.off + mqtt.size)
    length = remaining(cursor)
    cursor.stop = min(cursor.at + length, cursor.stop)
    return cursor


def of(kinds: tuple[int, ...], read: Callable[[Mqtt, Cursor], Any]) -> Callable[[Mqtt], Any]:
    """Reads something that only packets of some types have."""
    def field(mqtt: Mqtt) -> Any:
        if mqtt.type not in kinds:
            return None
        try:
            return read(mqtt, body(mqtt))
        except Malformed:
            return None
    return field


def connect(mqtt: Mqtt, cursor: Cursor) -> Connect:
    protocol, version, flags = string(cursor), cursor.u8(), cursor.u8()
    keep_alive = cursor.u16()
    if version == VERSION_5:
        cursor.step(remaining(cursor))
    client, will, user = string(cursor), None, None
    if flags & WILL:
        if version == VERSION_5:
            cursor.step(remaining(cursor))
        will = string(cursor)
        cursor.step(cursor.u16())
    if flags & USER_NAME:
        user = string(cursor)
    return Connect(protocol, version, flags, keep_alive, client, will, user,
                   bool(flags & PASSWORD))


def of_connect(name: str) -> Callable[[Mqtt], Any]:
    return of((CONNECT,), lambda mqtt, cursor: getattr(connect(mqtt, cursor), name))


def packet_id(mqtt: Mqtt) -> int | None:
    kind = mqtt.type
    if kind not in WITH_ID and not (kind == PUBLISH and mqtt.qos):
        return None
    try:
        cursor = body(mqtt)
        if kind == PUBLISH:
            string(cursor)
        return cursor.u16()
    except Malformed:
        return None


def filters(mqtt: Mqtt, cursor: Cursor) -> list[Filter] | None:
    """Of a subscription, if its octets fit version 3 or version 5."""
    cursor.u16()
    start = cursor.at
    for properties in (False, True):
        cursor.at = start
        found: list[Filter] = []
        try:
            if properties:
                cursor.step(remaining(cursor))
            while cursor.left and len(found) < MOST:
                topic = string(cursor)
                found.append(Filter(topic, cursor.u8() & 3 if mqtt.type == SUBSCRIBE else None))
        except Malformed:
            continue
        if found and all(one.topic for one in found):
            return found
    return None


class Mqtt(Summarised):
    """The packets of one segment; the fields are those of the first."""

    __slots__ = ()

    name = "mqtt"
    tag = b"mqtt"
    title = b"MQTT"
    told = ("types", "client_id", "topic", "packet_id")

    type = Bits(0, 1, 0xF0, "of packet", names=TYPES)
    types = Made("list", lambda mqtt: [one.name for one in packets_of(mqtt)], "of all packets")
    is_duplicate = Made("bool", of((PUBLISH,), lambda mqtt, cursor: bool(
        mqtt.pkt.u8(mqtt.off) & 8)), "a publish that was sent before")
    qos = Made("u8", of((PUBLISH,), lambda mqtt, cursor: mqtt.pkt.u8(mqtt.off) >> 1 & 3),
               "quality of service of a publish: 0 at most once, 1 at least once, 2 once")
    retain = Made("bool", of((PUBLISH,), lambda mqtt, cursor: bool(mqtt.pkt.u8(mqtt.off) & 1)),
                  "the server keeps it")
    length = Made("u32", lambda mqtt: packets_of(mqtt)[0].length if packets_of(mqtt) else None,
                  "behind the length itself", unit="bytes")
    protocol = Made("text", of_connect("protocol"), "of a connect")
    version = Made("u8", of_connect("version"), "of a connect: 3 (3.1), 4 (3.1.1) or 5")
    connect_flags = Made("u8", of_connect("flags"), "0x02 clean, 0x04 will, 0x80 user name")
    keep_alive = Made("u16", of_connect("keep_alive"), unit="s")
    client_id = Made("text", of_connect("client_id"))
    will_topic = Made("text", of_connect("will_topic"), "published when the client is lost")
    user_name = Made("text", of_connect("user_name"))
    return_code = Made("u8", of((CONNACK,), lambda mqtt, cursor: (cursor.u8(), cursor.u8())[1]),
                       "of the answer to a connect: 0 accepted")
    topic = Made("text", of((PUBLISH,), lambda mqtt, cursor: string(cursor)), "of a publish")
    packet_id = Made("u16", packet_id)
    filters = Made("list", of((SUBSCRIBE, UNSUBSCRIBE), filters), "of a subscription")
    packets = Listed(packets_of, "every packet that begins in the segment")

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        first = pkt.u8(at)
        kind = first >> 4
        if kind not in TYPES or FLAGS.get(kind, first & 15) != first & 15:
            return False
        try:
            cursor = Cursor(pkt, at + 1, at + size)
            length = remaining(cursor)
            if kind == CONNECT:
                return cursor.raw(cursor.u16()) in PROTOCOLS
        except Malformed:
            return False
        if kind == PUBLISH:
            return first & 6 != 6 and length >= 2
        return length >= (2 if kind in WITH_ID or kind == CONNACK else 0)

    def parse(self, pkt: Record, off: int) -> None:
        try:
            cursor = Cursor(pkt, off + 1, off + self.size)
            cursor.raw(remaining(cursor))
        except Malformed:
            raise Truncated from None
