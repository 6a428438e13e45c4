"""Room columns/: packets in, batches out: layers that are used again and again, and no Python
object for a packet or for a value of a plain field.

A column takes the first layer of its name (``#2``: the second, ``#-1``: the last), as
``tables/columns.py`` has it. Fields at a fixed offset are read from the packet while the layers are
decoded; all others (made, listed) are asked of their layer when all of them are.
"""

from __future__ import annotations

from fyke.columns.kinds import BITS, BLOCKS, FIXED, OCTETS, WORDS
from fyke.columns.late import put_late, put_of_packet
from fyke.columns.leaves import LEADS, LEAVES
from fyke.columns.schema import Wanted
from fyke.columns.vector import Vector
from fyke.errors import UsageError
from fyke.files.origin import Origin
from fyke.hints import Any
from fyke.layers.fields import (
    U8,
    U16,
    U32,
    Bits,
    Field,
    Flags,
    Ip4,
    Ip6,
    Mac,
    Number,
    fields_of,
)
from fyke.layers.layer import Layer, decode_chain, field_of
from fyke.layers.network.ip import IP
from fyke.layers.network.ipv6 import IPv6
from fyke.layers.tables import read_rooms, table
from fyke.packet import MAX_LAYERS, Packet
from fyke.source import Source
from fyke.wire import Record

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]

#: How a column is filled from a layer.
NOTHING, NUMBER, ADDRESS4, ADDRESS6, HARDWARE, PROTO, LATE = range(7)
#: What a column takes of the record itself.
LAYERED, TIME, WIRE_LENGTH, CAPTURED_LENGTH, INTERFACE, OF_PACKET = range(6)
PLAIN = {"time": TIME, "wire_length": WIRE_LENGTH, "captured_length": CAPTURED_LENGTH,
         "interface_number": INTERFACE}
FEW = 0xFFF  # packets between two looks at signals, a mask
FULL = 16 << 20  # octets of text, or members of lists, that end a batch

LINKS = table("link_type")
#: IPv6's ``proto`` is behind the extension headers: made, but as common as any field.
PAYLOAD_PROTO = fields_of(IPv6)["proto"]
NEXT_HEADER = 6  # where IPv6 says what follows; not captured: no ``proto``


class Target:
    """A column that is being filled, and how far it is in the packet at hand."""

    __slots__ = ("column", "layer", "number", "row", "seen", "source", "vector", "wanted")

    def __init__(self, wanted: Wanted) -> None:
        column = wanted.column
        self.wanted = wanted
        self.column = column
        self.number = column.number
        self.source = LAYERED if column.of_packet is None else PLAIN.get(column.path, OF_PACKET)
        self.vector: Any = None
        self.row = -1  # the packet that ``seen`` is about
        self.seen = 0  # layers of the name
        self.layer: Any = None  # the layer to be asked when all are decoded


class Slot:
    """How one kind of layer fills one column."""

    __slots__ = ("at", "field", "how", "little", "mask", "scale", "shift", "signed", "size",
                 "target", "truth")

    def __init__(self, target: Target, field: Field | None, layer: Any) -> None:
        self.target = target
        self.field = field
        self.how = NOTHING
        self.at = self.size = self.shift = 0
        self.mask = 0
        self.scale = 1
        self.little = self.truth = self.signed = False
        if field is not None:
            self.how = LATE
            self.settle(field)
            if field is PAYLOAD_PROTO and issubclass(layer, IPv6) and self.how == LATE:
                self.how = PROTO
                self.at = NEXT_HEADER
                self.size = 1

    def settle(self, field: Field) -> None:
        """Find whether the field can be read at once."""
        kind = type(field)
        form = self.target.wanted.kind.form
        if self.target.column.parts:
            return
        self.at = field.at
        self.size = field.size
        self.little = field.little
        if kind in (U8, U16, U32, Number, Bits, Flags) and form in (FIXED, BITS):
            if self.size not in (1, 2, 4, 8) and (self.size != 3 or self.little):
                return
            self.how = NUMBER
            if kind in (Bits, Flags):
                self.of_bits(field)
            elif field.type[0] == "i":
                self.signed = True
        elif kind is Ip4 and form in (WORDS, BLOCKS, OCTETS):
            self.how = ADDRESS4
        elif kind is Ip6 and form in (WORDS, BLOCKS, OCTETS):
            self.how = ADDRESS6
        elif kind is Mac and form in (WORDS, BLOCKS):
            self.how = HARDWARE
        if form == OCTETS and self.target.wanted.kind.text:
            self.how = LATE

    def of_bits(self, field: Any) -> None:
        """Some bits of a number, times of what."""
        bits: Bits = field
        self.mask = bits.mask
        self.shift = bits.shift
        self.scale = bits.scale
        self.truth = bits.type == "bool"


class Plan:
    """What is done with one kind of layer. ``moved``: decoding alone finds what follows.

    ``needless``: no column wants it, and nothing that one may want comes above it.
    """

    __slots__ = ("moved", "needless", "slots")

    def __init__(self, kind: Any, targets: list[Target]) -> None:
        self.moved = bool(kind.moved)
        self.slots = []
        names = kind.called()
        for target in targets:
            if target.source == LAYERED and target.column.layer in names:
                self.slots.append(Slot(target, field_of(kind, target.column.field), kind))
        leads = LEADS.get(kind.__module__)
        self.needless = not self.slots and (kind.__module__ in LEAVES or (
            leads is not None and leads.isdisjoint([one.column.layer for one in targets])))


class Filler:
    """Fills vectors with rows; a row for each packet that the filter and ``where`` keep.

    ``machines`` gives the filter's Machine for a link type (None: all packets); ``test`` is asked
    for each row, with its number, whether it stays (None: all rows). ``screens`` gives the
    Machine of pushdown.py for a link type, or None.
    """

    __slots__ = ("before", "begun", "came_from", "chain", "counted", "first", "first_type", "last",
                 "left", "link_type", "machine", "machines", "origin", "packets", "pending",
                 "plain", "plans", "positive", "record", "room", "rows", "screen", "screen_type",
                 "screens", "targets", "test", "time")

    def __init__(self, wanted: list[Wanted], machines: Any = None, test: Any = None,
                 screens: Any = None) -> None:
        read_rooms()
        self.targets = [Target(one) for one in wanted]
        self.machines = machines
        self.test = test
        self.machine: Any = None
        self.screens = screens
        self.screen: Any = None
        self.screen_type = -1
        self.link_type = -1
        self.came_from: Any = None  # the source at hand, and what it says beside its packets
        self.origin: Any = None
        self.counted = self.begun = self.before = self.time = 0  # its packets, and their times
        self.record = Record()
        self.first: Any = None
        self.first_type = -1
        self.plans: dict[Any, Plan] = {}
        self.chain: list[Layer] = []
        layered = [target for target in self.targets if target.source == LAYERED]
        self.plain = [target for target in self.targets if target.source != LAYERED]
        self.positive = sum(target.number > 0 for target in layered)
        self.last = self.positive < len(layered)
        self.left = 0
        self.pending = False
        self.packets = 0
        self.rows = 0
        self.room = 0

    def begin(self, room: int) -> None:
        """New vectors for up to ``room`` rows."""
        for target in self.targets:
            target.vector = Vector(target.wanted.kind, room)
        self.room = room
        self.rows = 0

    def vectors(self) -> list[Vector]:
        """The vectors that are being filled."""
        return [target.vector for target in self.targets]

    def take(self) -> list[Vector]:
        """The vectors with what was filled so far, which are the caller's from then on."""
        found = self.vectors()
        for target in self.targets:
            target.vector = None
        self.room = 0
        return found

    def fill(self, source: Source) -> bool:
        """Rows until the vectors are full (True), or the source has none now (False).

        Raises what the source and the filter raise; whole rows stand, then.
        """
        record = self.record
        if record is None or self.room == 0:
            raise UsageError("nothing to fill; begin first")
        if source is not self.came_from:
            self.came_from = source
            self.origin = Origin(source) if OF_PACKET in [
                target.source for target in self.targets] else None
            self.counted = 0
        while self.rows < self.room:
            if not source.next(record):
                return False
            self.packets += 1
            self.before = self.time
            self.time = record.time
            if self.counted == 0:
                self.begun = self.before = record.time
            self.counted += 1
            if self.packets & FEW == 0:
                if cython.compiled:
                    PyErr_CheckSignals()  # type: ignore  # noqa: F821
                if self.large():
                    self.room = self.rows + 1
            if self.machines is not None and not self.accepts(record):
                continue
            if self.screens is not None and self.leaves_out(record):
                continue
            row = self.rows
            self.packet(record, row)
            if self.test is not None and not self.test(row):
                self.undo(row)
            else:
                self.rows = row + 1
        return True

    def accepts(self, record: Record) -> bool:
        """Whether the filter for the packet's link type keeps it. Raises FilterError."""
        if record.link_type != self.link_type:
            self.machine = self.machines(record.link_type)
            self.link_type = record.link_type
        machine = self.machine
        if machine is None:
            raise TypeError("a filter gave no machine")
        return machine.run(record) != 0  # type: ignore[no-any-return]

    def leaves_out(self, record: Record) -> bool:
        """Whether no row can come of the packet (pushdown.py); ``len`` is what was captured."""
        if record.link_type != self.screen_type:
            self.screen = self.screens(record.link_type)
            self.screen_type = record.link_type
        machine = self.screen
        wirelen = record.wirelen
        if machine is None or wirelen < record.caplen:
            return False
        record.wirelen = record.caplen
        kept = machine.run(record) != 0
        record.wirelen = wirelen
        return not kept

    def large(self) -> bool:
        """Whether texts and lists have grown so much that the batch should end."""
        for target in self.targets:
            vector = target.vector
            if vector.octets > FULL:
                return True
            if vector.child is not None and vector.child.octets > FULL:
                return True
        return False

    def undo(self, row: int) -> None:
        """The row is not wanted."""
        for target in self.targets:
            target.vector.undo(row)

    # --- a packet ---

    def packet(self, record: Record, row: int) -> None:
        """Fill a row."""
        whole = None
        for target in self.plain:
            source = target.source
            vector: Vector = target.vector
            if source == TIME:
                vector.put_number(row, record.time)
            elif source == WIRE_LENGTH:
                vector.put_number(row, record.wirelen)
            elif source == CAPTURED_LENGTH:
                vector.put_number(row, record.caplen)
            elif source == INTERFACE:
                vector.put_number(row, record.interface)
            else:
                if whole is None:
                    whole = Packet.copied(record, self.origin and self.origin.mark,
                                          (self.counted, self.begun, self.before))
                put_of_packet(vector, row, target.wanted, whole)
        if self.positive or self.last:
            self.layers(record, row)

    def layers(self, record: Record, row: int) -> None:
        """Decode the layers, and fill what they have."""
        if record.link_type != self.first_type:
            kind = LINKS.find(record.link_type)
            self.first = None if kind is None else kind()
            if self.first is not None:
                self.first.reused = True
            self.first_type = record.link_type
        layer: Layer | None = self.first
        if layer is None:
            return
        record.widen(record.caplen)
        layer.at(record, 0, record.wirelen)
        self.left = self.positive
        self.pending = False
        depth = 0
        decoded = False
        while layer is not None and depth < MAX_LAYERS:
            depth += 1
            plan = self.plans.get(type(layer))
            if plan is None:
                plan = self.plans[type(layer)] = Plan(type(layer), self.targets)
            if plan.needless:
                break
            following = None
            if not plan.moved:  # it finds out in writing what follows
                pair = decode_chain(layer, 2)
                following = pair[1] if len(pair) > 1 else None
            elif not decoded:
                layer.decode()
            if self.last:
                self.chain.append(layer)
            for slot in plan.slots:
                self.meet(slot, layer, row)
            if layer.short or (self.left == 0 and not self.pending and not self.last):
                break
            decoded = not plan.moved
            if plan.moved:
                following = layer.follow()
                if following is None or following.doubtful:  # as layers.layer.above
                    following = layer.beyond() or following
            layer = following
        if self.pending or self.last:
            self.ask(row)

    def meet(self, slot: Slot, layer: Layer, row: int) -> None:
        """A layer that a column may want."""
        target: Target = slot.target
        if target.number < 0:
            return
        if target.row != self.packets:
            target.row = self.packets
            target.seen = 0
        target.seen += 1
        if target.seen != target.number:
            return
        self.left -= 1
        if slot.how == LATE:
            target.layer = layer
            self.pending = True
        elif slot.how != NOTHING:
            self.read(slot, layer, row)

    def read(self, slot: Slot, layer: Layer, row: int) -> None:
        """A field at a fixed offset; null where it was not captured."""
        record = layer.pkt
        at = layer.off + slot.at
        how = slot.how
        vector: Vector = slot.target.vector
        if not record.has(at, slot.size):
            return
        if how == NUMBER:
            vector.put_number(row, self.number(slot, record, at))
        elif how == ADDRESS4:
            vector.put_address(row, 4, 0, record.u32(at))
        elif how == ADDRESS6:
            vector.put_address(row, 16, record.u64(at), record.u64(at + 8))
        elif how == HARDWARE:
            vector.put_address(row, 6, 0, record.u48(at))
        else:
            ip: IP = layer  # type: ignore[assignment]
            vector.put_number(row, ip.upper)

    def number(self, slot: Slot, record: Record, at: int) -> int:
        """The number of a field, in 64 bits."""
        size = slot.size
        value = 0
        if slot.little:
            if size == 2:
                value = record.le16(at)
            elif size == 4:
                value = record.le32(at)
            elif size == 8:
                value = record.le64(at)
            else:
                value = record.u8(at)
        elif size == 1:
            value = record.u8(at)
        elif size == 2:
            value = record.u16(at)
        elif size == 4:
            value = record.u32(at)
        elif size == 3:
            value = record.u24(at)
        else:
            value = record.u64(at)
        if slot.mask:
            value = (value & slot.mask) >> slot.shift
            return value == 1 if slot.truth else value * slot.scale
        return value

    def ask(self, row: int) -> None:
        """The columns that ask a layer itself, now that all are decoded."""
        for target in self.targets:
            layer = target.layer
            if target.number < 0 and target.source == LAYERED:
                layer = self.from_the_end(target)
            if layer is not None:
                target.layer = None
                put_late(target.vector, row, target.wanted, layer)
        self.chain.clear()

    def from_the_end(self, target: Target) -> Any:
        """The layer that is meant, counted from the last; None if there are not so many."""
        left = -target.number
        for layer in reversed(self.chain):
            if target.column.layer in layer.called():
                left -= 1
                if left == 0:
                    return layer
        return None
