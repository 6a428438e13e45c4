"""A packet in a user's hands: bytes of its own, layers decoded when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from fyke import arguments, wire
from fyke.errors import NotThere, WrongType
from fyke.layers.layer import Layer, decode_chain
from fyke.layers.tables import read_rooms, table

if TYPE_CHECKING:
    from fyke.files.origin import Mark
    from fyke.linktypes import LinkType
    from fyke.owner import Process

    Octets = bytes | bytearray | memoryview

L = TypeVar("L", bound=Layer)

#: Layers decoded of one packet: one of nothing but nested headers must end somewhere.
MAX_LAYERS = 128


class Packet:
    """One captured packet.

    ``packet[fyke.Tcp]`` is its first TCP layer (LookupError if it has none), ``fyke.Tcp in
    packet`` tells whether there is one; ``packet["tcp"]`` finds a layer by its ``name`` or
    ``alias`` ("ip"). ``str(packet)`` is tcpdump's line (``-nn -S``): numbers for names, and
    sequence numbers as they stand in the packet.
    """

    __slots__ = ("_layers", "_mark", "_record")

    _mark: Mark | None  #: where it comes from, for a file that it is written to

    def __init__(self, data: Octets, *, time: int = 0, link_type: int | str | LinkType = 1,
                 wire_length: int | None = None) -> None:
        """``data`` is copied unless it is bytes; ``time`` in nanoseconds since the epoch;
        ``link_type`` a LINKTYPE number, a name or a LinkType; ``wire_length`` the octets that it
        had on the wire. Raises UsageError for what a packet cannot have.
        """
        self._record = wire.Record(arguments.octets("data", data), arguments.link_type(link_type),
                                   arguments.nanoseconds(time))
        if wire_length is not None:
            self._record.wirelen = arguments.whole("wire_length", wire_length, 0,
                                                   arguments.LARGEST_LENGTH)
        self._layers: tuple[Layer, ...] | None = None
        self._mark = None

    @classmethod
    def from_record(cls, record: wire.Record, mark: Mark | None = None) -> Packet:
        """A copy of what a source has just placed."""
        if not isinstance(record, wire.Record):
            raise WrongType(f"record must be a fyke.wire.Record, not {arguments.kind(record)}")
        return cls.copied(record, mark)

    @classmethod
    def copied(cls, record: wire.Record, mark: Mark | None) -> Packet:
        """As ``from_record``, in the hot loop: nothing is checked."""
        packet = cls.__new__(cls)
        packet._record = record.copy()
        packet._layers = None
        packet._mark = mark
        return packet

    @property
    def record(self) -> wire.Record:
        """The checked window that sinks and layers read."""
        return self._record

    @property
    def data(self) -> bytes:
        """The captured octets, link-layer header included."""
        return self._record.octets()

    @property
    def time(self) -> int:
        """When it was captured, in nanoseconds since the epoch."""
        return self._record.time

    @property
    def wire_length(self) -> int:
        """Octets that the packet had on the wire."""
        return self._record.wirelen

    @property
    def captured_length(self) -> int:
        """Octets that were captured."""
        return self._record.caplen

    @property
    def interface(self) -> int:
        """Number of the interface in its file, or the kernel's index of it."""
        return self._record.interface

    @property
    def link_type(self) -> LinkType:
        """What the first octets are (linktypes.LinkType)."""
        from fyke.linktypes import by_number
        return by_number(self._record.link_type)

    @property
    def comments(self) -> tuple[str, ...]:
        """What people wrote about it into a pcapng file; unescaped."""
        return tuple(getattr(self._record.meta, "comments", None) or ())

    @property
    def process(self) -> Process | None:
        """Whose it is (owner.Process): the process that sent it, or that it was for.

        None where nobody's is known: nobody asked when it was captured, it was forwarded, it is
        the kernel's own.
        """
        return getattr(self._record.meta, "process", None)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Every layer, the link layer first; a layer cut short is the last, with ``.short`` set."""
        if self._layers is None:
            first = first_layer(self._record)
            self._layers = () if first is None else tuple(decode_chain(first, MAX_LAYERS))
        return self._layers

    @overload
    def get(self, kind: type[L]) -> L | None: ...
    @overload
    def get(self, kind: str) -> Layer | None: ...

    def get(self, kind: type[Layer] | str) -> Layer | None:
        """The first layer of a kind, or of a name, or None."""
        if not isinstance(kind, (str, type)):
            raise WrongType("a layer is found by its class or its name, not by "
                            f"{arguments.kind(kind)}")
        for layer in self.layers:
            if (kind in layer.called() if isinstance(kind, str)
                    else isinstance(layer, kind)):
                return layer
        return None

    @overload
    def __getitem__(self, kind: type[L]) -> L: ...
    @overload
    def __getitem__(self, kind: str) -> Any: ...

    def __getitem__(self, kind: type[Layer] | str) -> Any:
        layer = self.get(kind)
        if layer is None:
            have = ", ".join(layer.name for layer in self.layers) or "none that is known"
            name = kind if isinstance(kind, str) else getattr(kind, "name", kind.__name__)
            raise NotThere(f"no {name} layer in this packet; it has {have}")
        return layer

    def __contains__(self, kind: type[Layer] | str) -> bool:
        return self.get(kind) is not None

    def __len__(self) -> int:
        return self._record.caplen

    def __bytes__(self) -> bytes:
        return self.data

    def __eq__(self, other: object) -> bool:
        """The same octets at the same time, of the same length on a wire of the same type."""
        if not isinstance(other, Packet):
            return NotImplemented
        return self.identity() == other.identity()

    def __hash__(self) -> int:
        return hash(self.identity())

    def identity(self) -> tuple[int, int, int, bytes]:
        """Link type, time, length on the wire and octets: what makes packets equal."""
        record = self._record
        return record.link_type, record.time, record.wirelen, record.octets()

    def __reduce__(self) -> tuple[Any, ...]:
        return Packet.from_record, (self._record,)  # the layers are decoded again

    def __copy__(self) -> Packet:
        return Packet.from_record(self._record, self._mark)

    def __deepcopy__(self, memo: dict[int, Any]) -> Packet:
        return Packet.from_record(self._record, self._mark)

    def __str__(self) -> str:
        from fyke.dump.text import line_of
        return line_of(self._record)

    def __repr__(self) -> str:
        names = "/".join(layer.name for layer in self.layers)
        return f"<fyke.Packet {names} {self.captured_length} of {self.wire_length} octets>"

    def to_dict(self) -> dict[str, Any]:
        """Time stamp, lengths, the owner and each layer's fields by name, for JSON."""
        process = self.process
        return {
            "time": self.time, "wire_length": self.wire_length,
            "captured_length": self.captured_length,
            **({"process": process.to_dict()} if process is not None else {}),
            "layers": [{"layer": layer.name, **layer.to_dict()} for layer in self.layers],
        }


def first_layer(record: wire.Record) -> Layer | None:
    """The link layer of a record, placed and not decoded; None for an unknown link type."""
    read_rooms()
    kind = table("link_type").find(record.link_type)
    record.widen(record.caplen)
    return None if kind is None else kind().at(record, 0, record.wirelen)
