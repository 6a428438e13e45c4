"""Room tables/: what a column takes of a packet, by its name.

``time`` and the other names of OF_PACKET are about the packet. ``LAYER.FIELD`` is a field of the
first layer of that name or alias (``tcp.dst_port``, ``ip.src`` of either version), and goes on
into records and lists: ``dns.answers.data``. ``#2`` at the end takes the second such layer,
``#-1`` the last: ``ip.src#2`` inside a tunnel. Names that others or earlier releases use are taken
where they mean the same (vocabulary.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from fyke.errors import UsageError
from fyke.layers.directory import having
from fyke.layers.fields import Field, Flags, Unmoved, fields_of, within
from fyke.layers.layer import field_of
from fyke.layers.plain import iso_time
from fyke.tables.vocabulary import ours, theirs
from fyke.tables.wireshark_names import NEAR
from fyke.wire import Truncated

if TYPE_CHECKING:
    from fyke.layers.layer import Layer
    from fyke.packet import Packet


#: Columns about the packet: what they take and what they are.
OF_PACKET: dict[str, tuple[Callable[[Packet], Any], str]] = {
    "time": (lambda packet: packet.time, "nanoseconds since 1970"),
    "number": (lambda packet: packet.number, "number in its file, also under a filter"),
    "date": (lambda packet: iso_time(packet.time), "the time in UTC, ISO 8601"),
    "time_relative": (lambda packet: packet.time_relative,
                      "nanoseconds since the first packet of the file"),
    "time_delta": (lambda packet: packet.time_delta,
                   "nanoseconds since the packet before in the file"),
    "wire_length": (lambda packet: packet.wire_length, "octets on the wire"),
    "captured_length": (lambda packet: packet.captured_length, "octets captured"),
    "interface": (lambda packet: packet.interface_name, "name of the interface, where it is told"),
    "interface_number": (lambda packet: packet.interface, "number of the interface in the file"),
    "direction": (lambda packet: packet.direction, "in or out, where it is told"),
    "link_type": (lambda packet: packet.link_type.name, "link-layer header type"),
    "layers": (lambda packet: [layer.name for layer in packet.layers], "names of the layers"),
    "comments": (lambda packet: list(packet.comments), "comments in a pcapng file"),
    "text": (str, "tcpdump's line"),
}


def of_process(field: str) -> Callable[[Packet], Any]:
    """What takes a field of a packet's owner; None where nobody's is known."""
    def value(packet: Packet) -> Any:
        process = packet.process
        found = None if process is None else getattr(process, field)
        return list(found) if isinstance(found, tuple) else found
    return value


OF_PACKET.update({f"process.{name}": (of_process(name), meaning) for name, meaning in (
    ("pid", "process that sent the packet, or that it was for"), ("tid", "its thread"),
    ("name", "its name"), ("uid", "its user's number"), ("user", "its user's name"),
    ("parent", "its parent's number"), ("parent_name", "its parent's name"),
    ("start", "when it began, nanoseconds since 1970"), ("cgroup", "path of its control group"),
    ("container", "its container or systemd unit"), ("arguments", "its arguments, if saved"),
    ("source", "who said so: ebpf, shared, listener, proc"))})


class Column:
    """One column: its name, and how its value is found in a packet.

    ``notice`` is what to tell of a name that is not ours, or no longer; "" of others. Raises
    UsageError for a name that no packet can have.
    """

    __slots__ = ("field", "layer", "meant", "name", "notice", "number", "of_packet", "parts",
                 "path")

    def __init__(self, name: str) -> None:
        self.name = name
        path, hash_sign, number = name.partition("#")
        path, self.notice = ours(path, OF_PACKET)
        self.number = layer_number(name, number) if hash_sign else 1
        self.path = path
        self.layer, *rest = path.split(".")
        self.of_packet = OF_PACKET[path][0] if path in OF_PACKET and not hash_sign else None
        self.field = rest[0] if rest else ""
        self.meant: dict[type[Layer], bool] = {}  # kinds of layer that were met: is it this?
        self.parts = tuple(rest[1:])
        if self.of_packet is None:
            self.check()

    def check(self) -> None:
        """UsageError if no kind of layer has such a field."""
        part = self.parts[0] if self.parts else ""
        if self.path in NEAR or not self.field or not any(
                leads_on(field_of(kind, self.field), part)
                for kind in having(self.layer, self.field)):
            raise UsageError(f"there is no column {self.name!r}"
                             f"{theirs(self.name) or hint(self.layer, self.field)}")

    def value(self, packet: Packet) -> Any:
        """What the packet has in this column, as JSON knows it; None where it has nothing.

        Of a layer without said fields that the capture cut short, zeros count as nothing.
        """
        if self.of_packet is not None:
            return self.of_packet(packet)
        layer = self.find(packet)
        return None if layer is None else self.of_layer(layer)

    def of_layer(self, layer: Layer) -> Any:
        """What the layer that is meant has in this column, as JSON knows it."""
        value = self.raw(layer)
        if value is None:
            return None
        field = field_of(type(layer), self.field)
        assert field is not None  # raw has read it
        if not self.parts:
            return field.plain(value)
        value = field.inside(value, self.parts[0])
        for part in self.parts[1:]:
            value = within(value, part)
        return value

    def raw(self, layer: Layer) -> Any:
        """The field's value as an attribute; None where the layer or the capture has none."""
        field = field_of(type(layer), self.field)
        if field is None:
            return None
        try:
            value = field.read(layer)
        except Truncated:
            return None
        if isinstance(field, Unmoved) and layer.short and cleared(value):
            return None
        return value

    def find(self, packet: Packet) -> Layer | None:
        """The layer that is meant, of several of its name the one with the number."""
        left = abs(self.number)
        for layer in packet.layers if self.number > 0 else reversed(packet.layers):
            meant = self.meant.get(type(layer))
            if meant is None:
                meant = self.meant[type(layer)] = self.layer in layer.called()
            if meant:
                left -= 1
                if left == 0:
                    return layer
        return None


#: What a table shows where nobody says what.
USUAL = ("number", "date", "ip.src", "transport.src_port", "ip.dst", "transport.dst_port",
         "layers", "wire_length")


def leads_on(field: Field | None, part: str) -> bool:
    """Whether a field may have a part of this name; "" is the field itself."""
    if field is None or not part:
        return field is not None
    if isinstance(field, Flags):
        return part == "letters" or part in field.aliases
    if part == "name" and field.names is not None:
        return True
    return field.type in ("any", "list")


def columns(names: Iterable[str]) -> list[Column]:
    """The columns of these names. UsageError for an unknown one, or for none at all."""
    found = [Column(name) for name in names]
    if not found:
        raise UsageError("a table needs a column; time and ip.src are two")
    return found


def layer_number(name: str, text: str) -> int:
    """What stands behind ``#``: which of several layers of a name, from the end if negative."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number == 0:
        raise UsageError(f"column {name!r}: # wants the number of a layer, 1 for the first, -1 "
                         "for the last")
    return number


def cleared(value: Any) -> bool:
    """Whether an attribute may never have been read: a zero, nothing, an address of zeros."""
    return not any(value) if isinstance(value, (bytes, list, tuple)) else not value


def catalogue() -> dict[str, list[str]]:
    """The fields of every kind of layer, by its name."""
    from fyke.layers.directory import every
    found: dict[str, list[str]] = {}
    for kind in every():
        for name in kind.called():
            known = found.setdefault(name, [])
            known += [field for field in fields_of(kind) if field not in known]
    return {name: fields for name, fields in sorted(found.items()) if fields}


def hint(layer: str, field: str) -> str:
    """What may have been meant, or what there is."""
    known = catalogue()
    if layer in known:
        meant = get_close_matches(field, known[layer], 1)
        return (f"; did you mean '{layer}.{meant[0]}'?" if meant else ";"
                ) + f" {layer} has {', '.join(known[layer])}"
    near = get_close_matches(layer, [*known, *OF_PACKET], 5)
    for one in near:
        if field in known.get(one, ()):
            return f"; did you mean '{one}.{field}'?"
    return f"; did you mean {near[0]!r}?" if near else "; 'fyke table --list' tells all"
