"""A packet in a user's hands: bytes of its own, layers decoded when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from fyke import arguments, wire
from fyke.errors import NotThere, WrongType
from fyke.layers.layer import Chain, Layer, chain_of

if TYPE_CHECKING:
    import datetime as dates
    from collections.abc import Mapping, Sequence

    from fyke.files.origin import Mark
    from fyke.linktypes import LinkType
    from fyke.owner import Process

    Octets = bytes | bytearray | memoryview

L = TypeVar("L", bound=Layer)

#: Layers decoded of one packet: one of nothing but nested headers must end somewhere.
MAX_LAYERS = 128
#: Linux cooked captures, and what their headers call a packet of this host.
COOKED, FROM_US = (113, 276), 4


class Packet:
    """One captured packet.

    ``packet[fyke.Tcp]`` is its first TCP layer (LookupError if it has none), ``fyke.Tcp in
    packet`` tells whether there is one; ``packet["tcp"]`` finds a layer by its ``name`` or
    ``alias`` ("ip"). ``str(packet)`` is tcpdump's line (``-nn -S``): numbers for names, and
    sequence numbers as they stand in the packet.
    """

    __slots__ = ("_chain", "_mark", "_place", "_record")

    _chain: Chain | None  #: its layers; None before anybody asked for one
    _mark: Mark | None  #: where it comes from, for a file that it is written to
    #: Its number in its source, the time of the source's first packet, and that of the one before.
    _place: tuple[int, int, int] | None

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
        self._chain = self._mark = self._place = None

    @classmethod
    def from_record(cls, record: wire.Record, mark: Mark | None = None,
                    place: tuple[int, int, int] | None = None) -> Packet:
        """A copy of what a source has just placed; ``place`` as the attribute says."""
        if not isinstance(record, wire.Record):
            raise WrongType(f"record must be a fyke.wire.Record, not {arguments.kind(record)}")
        return cls.copied(record, mark, place)

    @classmethod
    def copied(cls, record: wire.Record, mark: Mark | None,
               place: tuple[int, int, int] | None) -> Packet:
        """As ``from_record``, in the hot loop: nothing is checked."""
        packet = cls.__new__(cls)
        packet._record = record.copy()
        packet._chain = None
        packet._mark = mark
        packet._place = place
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
    def datetime(self) -> dates.datetime:
        """``time`` in UTC; the last three of its nine digits do not fit."""
        from datetime import UTC, datetime, timedelta
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.time // 1000)

    @property
    def number(self) -> int | None:
        """Its number in its file, also under a filter, or in its capture: 1 is the first.

        None for one that was read from nowhere.
        """
        return None if self._place is None else self._place[0]

    @property
    def time_relative(self) -> int | None:
        """Nanoseconds since the first packet of its file, also of one that a filter left out."""
        return None if self._place is None else self.time - self._place[1]

    @property
    def time_delta(self) -> int | None:
        """Nanoseconds since the packet before it in its file; 0 for the first."""
        return None if self._place is None else self.time - self._place[2]

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
    def interface_name(self) -> str | None:
        """Name of the interface, where its file or the live capture tells it; unescaped."""
        if self._mark is None:
            return None
        origin = self._mark.origin
        place = origin.described(self._record)
        return origin.interfaces[place].name or None if place >= 0 else None

    @property
    def direction(self) -> Literal["in", "out"] | None:
        """Which way it went, seen from the capturing host; None where nobody told.

        Told by a pcapng file's flags, a Linux cooked header, a capture that knows processes.
        """
        told = getattr(self._record.meta, "direction", "")
        if told:
            return "in" if told == "in" else "out"
        if self._record.link_type not in COOKED:
            return None
        kind = self.layers[0]["packet_type"]
        return None if kind is None else "out" if kind == FROM_US else "in"

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
        return tuple(self.chain().all())

    def chain(self) -> Chain:
        """Its layers, decoded as far as somebody asked."""
        chain = self._chain
        if chain is None:
            chain = self._chain = chain_of(self._record)
        return chain

    @overload
    def get(self, kind: type[L]) -> L | None: ...
    @overload
    def get(self, kind: str) -> Layer | None: ...

    def get(self, kind: type[Layer] | str) -> Layer | None:
        """The first layer of a kind, or of a name, or None."""
        chain = self._chain
        if chain is None:  # as chain() does; this is asked of every packet
            chain = self._chain = chain_of(self._record)
        if isinstance(kind, str):
            return chain.called(kind)
        if not isinstance(kind, type):
            raise WrongType("a layer is found by its class or its name, not by "
                            f"{arguments.kind(kind)}")
        return chain.of(kind)

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
        # the layers are decoded again
        return Packet.from_record, (self._record, None, self._place)

    def __copy__(self) -> Packet:
        return Packet.from_record(self._record, self._mark, self._place)

    def __deepcopy__(self, memo: dict[int, Any]) -> Packet:
        return Packet.from_record(self._record, self._mark, self._place)

    def __str__(self) -> str:
        from fyke.dump.text import line_of
        return line_of(self._record)

    def __repr__(self) -> str:
        names = "/".join(layer.name for layer in self.layers)
        return f"<fyke.Packet {names} {self.captured_length} of {self.wire_length} octets>"

    @classmethod
    def build(cls, *parts: Layer | Octets, time: int = 0, checksums: bool = True) -> Packet:
        """A packet of layers and a payload: ``Packet.build(Ethernet(src="02:00:00:00:00:01"),
        IPv4(dst="10.0.0.2"), Udp(dst_port=53), b"…")``.

        Layers of another packet are taken as they are, options included. Lengths, the numbers that
        say what comes next, and checksums are worked out, unless they are among a layer's values
        (``checksums=False`` leaves all of these). The link type is the first layer's. Raises
        UsageError for what cannot be.
        """
        from fyke.composing import compose
        octets, link_type = compose(parts, checksums)
        return cls(octets, time=time, link_type=link_type)

    def replace(self, *, time: int | None = None, comments: Sequence[str] | None = None,
                payload: Octets | None = None, checksums: bool = True,
                **layers: Mapping[str, Any]) -> Packet:
        """A new packet with other values: ``packet.replace(ip={"src": "10.0.0.9", "ttl": 3})``.

        A name is a layer's as in columns: ``ip`` the first, ``**{"ip#2": {…}}`` the second. Values
        are written as ``layer["field"]`` shows them, or numbers and octets. ``payload`` is that of
        the last header up to the transport; a layer's own is ``udp={"payload": b"…"}``, and one of
        another length drops what is behind it (padding). Lengths and checksums are mended, what is
        given stays as given, and ``checksums=False`` leaves them. ``time`` in nanoseconds.
        Raises UsageError for what this packet has not and for values that do not fit.
        """
        made = Packet.from_record(self._record, self._mark, self._place)
        if layers or payload is not None:
            from fyke.composing import replaced
            octets, wire_length = replaced(self._record, self.layers, payload, layers,
                                           bool(checksums))
            record = self._record
            made._record = wire.packet_of(octets, record.link_type, record.time, wire_length,
                                          record.fraction, record.interface, record.meta)
        if time is not None:
            made._record.time = arguments.nanoseconds(time)
        if comments is not None:
            from fyke.files.pcapng_blocks import COMMENT
            from fyke.files.pcapng_options import PacketOptions
            told = PacketOptions([one for one in getattr(self._record.meta, "options", ())
                                  if one[0] != COMMENT], self.process)
            for words in arguments.words("comments", comments):
                told.comment(words)
            made._record.meta = told
        return made

    def __replace__(self, **changes: Any) -> Packet:
        """``copy.replace(packet, …)`` of Python 3.13."""
        return self.replace(**changes)

    def to_dict(self) -> dict[str, Any]:
        """Time stamp, lengths, the owner and each layer's fields by name, for JSON.

        ``schema`` is the version of this form; ``fyke table --schema`` prints what it may hold.
        """
        process = self.process
        return {
            "schema": 1, "time": self.time, "wire_length": self.wire_length,
            "captured_length": self.captured_length,
            **({"process": process.to_dict()} if process is not None else {}),
            "layers": [{"layer": layer.name, **layer.to_dict()} for layer in self.layers],
        }
