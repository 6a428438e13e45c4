"""Room columns/: packets in, batches out: layers that are used again and again, and no Python
object for a packet or for a value of a plain field.

A column takes the first layer of its name (``#2``: the second, ``#-1``: the last), as
``tables/columns.py`` has it. Fields at a fixed offset are read from the packet while the layers are
decoded; all others (made, listed) are asked of their layer when all of them are.
"""

from __future__ import annotations

from fyke.columns.kinds import BITS, BLOCKS, FIXED, OCTETS, WORDS
from fyke.columns.late import put_late, put_of_packet
from fyke.columns.leaves import EVERYWHERE, NOWHERE, asks_beyond, leads_nowhere, spoken
from fyke.columns.schema import Wanted
from fyke.columns.tunnels import meant
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
    Listed,
    Mac,
    Number,
    fields_of,
)
from fyke.layers.layer import Layer, field_of
from fyke.layers.network.ip import IP
from fyke.layers.network.ipv6 import IPv6
from fyke.layers.tables import read_rooms, table
from fyke.packet import MAX_LAYERS, Packet
from fyke.source import Source
from fyke.wire import Record, Truncated

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]

#: How a column is filled from a layer: as U8, U16 and U32 are read; NUMBER: all other numbers.
NOTHING, OCTET, SHORT, WORD, NUMBER, ADDRESS4, ADDRESS6, HARDWARE, PROTO, LATE = range(10)
#: What a column takes of the record itself.
LAYERED, TIME, WIRE_LENGTH, CAPTURED_LENGTH, INTERFACE, OF_PACKET = range(6)
WORD_FULL = (1 << 63) - 1  # so many columns can be marked by bits
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

    __slots__ = ("bit", "column", "layer", "number", "quick", "row", "seen", "source", "vector",
                 "wanted")

    def __init__(self, wanted: Wanted) -> None:
        column = wanted.column
        self.wanted = wanted
        self.column = column
        self.number = column.number
        self.source = LAYERED if column.of_packet is None else PLAIN.get(column.path, OF_PACKET)
        self.vector: Any = None
        self.bit = 0  # of Filler.met, if it takes the first layer of its name; else:
        self.row = -1  # the packet that ``seen`` is about
        self.seen = 0  # layers of the name
        self.layer: Any = None  # the layer to be asked when all are decoded
        self.quick: Any = None  # Slot.quick for it


class Slot:
    """How one kind of layer, or the record itself, fills one column."""

    __slots__ = ("at", "bit", "cells", "field", "how", "little", "mask", "next", "quick", "reach",
                 "scale", "shift", "size", "target", "truth", "vector", "words")

    def __init__(self, target: Target, field: Field | None, layer: Any) -> None:
        self.target = target
        self.bit = self.target.bit
        self.vector: Any = None  # a new one for each batch
        self.words: Any = None
        self.bind()
        self.field = field
        self.next: Slot | None = None  # of the same kind of layer
        self.how = target.source if layer is None else NOTHING
        self.at = self.size = self.shift = self.reach = 0
        self.mask = 0
        self.scale = 1
        self.little = self.truth = False
        self.quick: Any = None  # what gives a part of a list without its records, if it can
        if field is not None:
            self.how = LATE
            self.settle(field)
            if field is PAYLOAD_PROTO and issubclass(layer, IPv6) and (
                    self.target.wanted.kind.form == FIXED):
                self.how = PROTO
                self.at = NEXT_HEADER
                self.size = 1
            self.reach = self.at + self.size  # octets of the layer that must be captured

    def bind(self) -> None:
        """A batch has begun, or was taken: the vector to be filled, or none."""
        self.vector = self.target.vector
        self.words = None
        if self.vector is not None and self.vector.form == WORDS:
            self.words = self.vector.words
        if cython.compiled:
            locate(self)  # type: ignore  # noqa: F821

    def settle(self, field: Field) -> None:
        """Find whether the field can be read at once."""
        kind = type(field)
        form = self.target.wanted.kind.form
        parts = self.target.column.parts
        if parts:
            if len(parts) == 1 and isinstance(field, Listed):
                self.quick = field.parts.get(parts[0])
            return
        self.at = field.at
        self.size = field.size
        self.little = field.little
        if kind in (U8, U16, U32, Number, Bits, Flags) and form in (FIXED, BITS):
            if self.size not in (1, 2, 4, 8) and (self.size != 3 or self.little):
                return
            self.how = {U8: OCTET, U16: SHORT, U32: WORD}.get(kind, NUMBER)
            if kind in (Bits, Flags):
                self.of_bits(field)
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
    """What is done with one kind of layer.

    ``needless``: no column wants it, and nothing that one may want comes above it. ``doubtful``
    and ``guesses``: as Layer.beyond has it; the ports at which that matters, a bit for each.
    ``bits``: the columns that it fills (Filler.met). ``spoken``: of a transport that need not be
    decoded for its own fields, the ports at which something wanted may come above it, else None;
    ``unsettled``: those of them of which it is not known yet.
    """

    __slots__ = ("bits", "doubtful", "first", "guesses", "kind", "needless", "spoken", "unsettled")

    def __init__(self, kind: Any, targets: list[Target]) -> None:
        self.kind = kind
        self.doubtful = bool(kind.doubtful)
        self.first: Slot | None = None
        called = kind.called()
        for target in reversed(targets):
            if target.source == LAYERED and target.column.layer in called:
                slot = Slot(target, field_of(kind, target.column.field), kind)
                slot.next = self.first
                self.first = slot
        names = [target.column.layer for target in targets]
        self.needless = self.first is None and leads_nowhere(kind, names)
        self.guesses = asks_beyond(kind, names)
        ports = spoken(kind, names)
        self.spoken: bytearray | None = None
        self.unsettled = NOWHERE
        if ports is not None:
            self.spoken, self.unsettled = ports
        self.bits = 0
        one = self.first
        while one is not None:
            self.bits |= one.bit
            if one.how == LATE:
                self.spoken = None
            one = one.next

    def asks(self, layer: Layer) -> bool:
        """Whether it matters what is beyond a layer of this kind."""
        if self.guesses is NOWHERE:
            return False
        return self.guesses is EVERYWHERE or between(self.guesses, layer)


def between(ports: bytearray, layer: Layer) -> bool:
    """Whether one of a transport's ports has its bit, or they were not captured."""
    record = layer.pkt
    if not record.has(layer.off, 4):
        return True
    source = record.u16(layer.off)
    target = record.u16(layer.off + 2)
    return bool(ports[source >> 3] >> (source & 7) & 1 or ports[target >> 3] >> (target & 7) & 1)


class Filler:
    """Fills vectors with rows; a row for each packet that the filter and ``where`` keep.

    ``machines`` gives the filter's Machine for a link type (None: all packets); ``test`` is asked
    for each row, with its number, whether it stays (None: all rows). ``screens`` gives the
    Machine of pushdown.py for a link type, or None. ``brief``: a call looks at some thousand
    packets at most.
    """

    __slots__ = ("all", "before", "begun", "brief", "came_from", "chain", "counted", "first",
                 "first_type", "last", "left", "link_type", "lowest", "machine", "machines", "met",
                 "origin", "packets", "pending", "plain", "plans", "positive", "record", "room",
                 "rows", "screen", "screen_type", "screens", "targets", "test", "time", "whole")

    def __init__(self, wanted: list[Wanted], machines: Any = None, test: Any = None,
                 screens: Any = None, *, brief: bool = False) -> None:
        read_rooms()
        self.targets = [Target(one) for one in wanted]
        self.machines = machines
        self.test = test
        self.machine: Any = None
        self.screens = screens
        self.brief = brief
        self.screen: Any = None
        self.screen_type = -1
        self.link_type = -1
        self.came_from: Any = None  # the source at hand, and what it says beside its packets
        self.origin: Any = None
        self.counted = self.begun = self.before = self.time = 0  # its packets, and their times
        self.record = Record()
        self.first: Any = None  # the link layer, and what is done with it
        self.lowest: Any = None
        self.first_type = -1
        self.plans: dict[Any, Plan] = {}
        self.chain: list[Layer] = []
        self.plain: Slot | None = None  # of what the record itself says
        self.whole = [target for target in self.targets if target.source == OF_PACKET]
        self.all = 0  # columns that take the first layer of their name, by bits
        self.met = 0  # those of them that have met it in the packet at hand
        self.positive = 0  # columns that take another layer, counted from the first
        self.left = 0  # those of them that have not met it
        self.last = False  # whether one counts from the last
        self.sort()
        self.pending = False
        self.packets = 0
        self.rows = 0
        self.room = 0

    def sort(self) -> None:
        """The columns by what they take."""
        for target in self.targets:
            if target.source in PLAIN.values():
                slot = Slot(target, None, None)
                slot.next = self.plain
                self.plain = slot
            elif target.source == OF_PACKET:
                continue
            elif target.number == 1 and self.all < WORD_FULL:
                target.bit = self.all + 1
                self.all |= target.bit
            elif target.number > 0:
                self.positive += 1
            else:
                self.last = True

    def begin(self, room: int) -> None:
        """New vectors for up to ``room`` rows."""
        for target in self.targets:
            target.vector = Vector(target.wanted.kind, room)
        self.bind()
        self.room = room
        self.rows = 0

    def bind(self) -> None:
        """Let every slot know the vector of its column, or that there is none."""
        bind_all(self.plain)
        for plan in self.plans.values():
            bind_all(plan.first)

    def vectors(self) -> list[Vector]:
        """The vectors that are being filled."""
        return [target.vector for target in self.targets]

    def take(self) -> list[Vector]:
        """The vectors with what was filled so far, which are the caller's from then on."""
        found = self.vectors()
        for target in self.targets:
            target.vector = None
        self.bind()
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
            self.origin = Origin(source) if self.whole else None
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
                if self.large() or self.brief:
                    self.room = self.rows  # this packet is the last
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
        slot = self.plain
        while slot is not None:
            how = slot.how
            if how == TIME:
                put_number(slot, row, record.time)
            elif how == WIRE_LENGTH:
                put_number(slot, row, record.wirelen)
            elif how == CAPTURED_LENGTH:
                put_number(slot, row, record.caplen)
            elif how == INTERFACE:
                put_number(slot, row, record.interface)
            slot = slot.next
        if self.whole:
            self.ask_packet(record, row)
        if self.all or self.positive or self.last:
            self.layers(record, row)

    def ask_packet(self, record: Record, row: int) -> None:
        """The columns that ask the packet itself."""
        whole = Packet.copied(record, self.origin and self.origin.mark,
                              (self.counted, self.begun, self.before))
        for target in self.whole:
            put_of_packet(target.vector, row, target.wanted, whole)

    def begins(self, link_type: int) -> None:
        """The layer that packets of a link type begin with."""
        kind = LINKS.find(link_type)
        self.first = self.lowest = None
        if kind is not None:
            self.first = kind()
            self.first.reused = True
            self.lowest = self.plan_of(kind)
        self.first_type = link_type

    def plan_of(self, kind: Any) -> Plan:
        """What is done with a kind of layer."""
        plan = self.plans.get(kind)
        if plan is None:
            plan = self.plans[kind] = Plan(kind, self.targets)
        return plan

    def above(self, layer: Layer) -> Plan:
        """The plan of a layer; it keeps it, if it is used again."""
        if layer.kept is None:
            layer.kept = self.plan_of(type(layer))
        plan: Plan = layer.kept
        return plan

    def layers(self, record: Record, row: int) -> int:
        """Decode the layers, and fill what they have."""
        if record.link_type != self.first_type:
            self.begins(record.link_type)
        layer: Layer = self.first
        if layer is None:
            return 0
        plan: Plan = self.lowest
        record.widen(record.caplen)
        layer.at(record, 0, record.wirelen)
        self.left = self.positive
        self.met = 0
        self.pending = False
        depth = 0
        while not plan.needless and depth < MAX_LAYERS:
            depth += 1
            if plan.spoken is not None and self.ends(plan, layer):
                self.meet(plan, layer, row)
                break
            layer.decode()
            if self.last:
                self.chain.append(layer)
            self.meet(plan, layer, row)
            if layer.short or (self.met == self.all and self.left == 0 and not self.pending
                               and not self.last):
                break
            following: Layer | None = layer.follow()
            if following is None:
                if not plan.asks(layer):
                    break
                following = layer.beyond()
                if following is None:
                    break
            above = self.above(following)
            if above.doubtful and (not above.needless or plan.asks(layer)):
                other: Layer | None = layer.beyond()  # as layers.layer.above
                if other is not None:
                    following = other
                    above = self.above(following)
            layer = following
            plan = above
        if self.pending or self.last:
            self.ask(row)
        return 0

    def ends(self, plan: Plan, layer: Layer) -> bool:
        """Whether a transport need not be decoded: nothing is wanted of what is above it."""
        if self.last or self.pending or layer.decode_as is not None:
            return False
        if self.met | plan.bits == self.all and self.left == 0:
            return True
        assert plan.spoken is not None
        if not between(plan.spoken, layer):
            return True
        if not between(plan.unsettled, layer):
            return False
        for port in (layer.off, layer.off + 2):
            if layer.pkt.has(port, 2):
                self.settle(plan, layer.pkt.u16(port))
        return not between(plan.spoken, layer)

    def settle(self, plan: Plan, port: int) -> None:
        """Find whether what a port means is wanted, or leads to what is."""
        place, bit = port >> 3, 1 << (port & 7)
        if plan.unsettled[place] & bit:
            plan.unsettled[place] &= ~bit
            assert plan.spoken is not None
            if all(isinstance(kind, type) and self.plan_of(kind).needless
                   for kind in meant(plan.kind.__name__.lower(), port)):
                plan.spoken[place] &= ~bit

    def meet(self, plan: Plan, layer: Layer, row: int) -> int:
        """A layer that columns may want: fields at a fixed offset are read, as far as captured."""
        record = layer.pkt
        off = layer.off
        room = record.end - off
        slot = plan.first
        while slot is not None:
            meant = not self.met & slot.bit if slot.bit else self.is_meant(slot.target)
            if meant:
                self.met |= slot.bit
                if slot.how == LATE:
                    slot.target.layer = layer
                    slot.target.quick = slot.quick
                    self.pending = True
                elif slot.how != NOTHING and slot.reach <= room:
                    self.read(slot, layer, record, off + slot.at, row)
            slot = slot.next
        return 0

    def is_meant(self, target: Target) -> bool:
        """Whether this layer of a name is the one that a column wants, by its number."""
        if target.row != self.packets:
            target.row = self.packets
            target.seen = 0
        target.seen += 1
        if target.seen != target.number:
            return False
        self.left -= 1
        return True

    def read(self, slot: Slot, layer: Layer, record: Record, at: int, row: int) -> int:
        """A field at a fixed offset, which was captured."""
        how = slot.how
        if how == SHORT:
            return put_number(slot, row, record.u16(at))
        if how == ADDRESS4:
            return put_address(slot, row, 4, 0, record.u32(at))
        if how == OCTET:
            return put_number(slot, row, record.u8(at))
        if how == WORD:
            return put_number(slot, row, record.u32(at))
        if how == ADDRESS6:
            return put_address(slot, row, 16, record.u64(at), record.u64(at + 8))
        if how == HARDWARE:
            return put_address(slot, row, 6, 0, record.u48(at))
        if how == NUMBER:
            return put_number(slot, row, self.number(slot, record, at))
        ip: IP = layer  # type: ignore[assignment]
        return put_number(slot, row, ip.upper)

    def number(self, slot: Slot, record: Record, at: int) -> int:
        """The number of a field, in 64 bits."""
        size = slot.size
        if slot.little and size > 1:
            value = record.le16(at) if size == 2 else record.le32(at) if size == 4 else (
                record.le64(at))
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
            if slot.truth:
                return 1 if value == 1 else 0
            return value * slot.scale
        return value

    def ask(self, row: int) -> None:
        """The columns that ask a layer itself, now that all are decoded."""
        for target in self.targets:
            layer = target.layer
            target.layer = None
            if target.number < 0 and target.source == LAYERED:
                layer = self.from_the_end(target)
            elif layer is not None and target.quick is not None:
                layer = self.ask_quickly(target, layer, row)
            if layer is not None:
                put_late(target.vector, row, target.wanted, layer)
        self.chain.clear()

    def ask_quickly(self, target: Target, layer: Layer, row: int) -> Layer | None:
        """A part of a list without its records; the layer where it must be asked for them."""
        try:
            found = target.quick(layer)
        except Truncated:
            return layer
        if found is None:
            return layer
        target.vector.put(row, found)
        return None

    def from_the_end(self, target: Target) -> Any:
        """The layer that is meant, counted from the last; None if there are not so many."""
        left = -target.number
        for layer in reversed(self.chain):
            if target.column.layer in layer.called():
                left -= 1
                if left == 0:
                    return layer
        return None


def bind_all(slot: Slot | None) -> None:
    """Let a slot and those behind it know their vectors."""
    while slot is not None:
        slot.bind()
        slot = slot.next


def put_number(slot: Slot, row: int, value: int) -> int:
    """A number to its column, compiled without a call."""
    if cython.compiled and stored(slot, row, value):  # type: ignore  # noqa: F821
        return 0
    slot.vector.put_number(row, value)
    return 0


def put_address(slot: Slot, row: int, size: int, high: int, low: int) -> int:
    """An address to its column: its upper 64 bits and its lower ones."""
    if cython.compiled and stored_word(slot, row, size, high, low):  # type: ignore  # noqa: F821
        return 0
    slot.vector.put_address(row, size, high, low)
    return 0
