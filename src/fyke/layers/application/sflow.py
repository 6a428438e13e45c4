"""sFlow version 5 (sflow.org); tcpdump: print-sflow.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.sflow_records import (
    COUNTER_NAMES,
    COUNTERS,
    DIRECTIONS,
    FLOW_NAMES,
    FLOWS,
    RAW_PROTOCOLS,
    Layout,
)
from fyke.layers.application.sflow_values import sample
from fyke.layers.fields import U32, Listed, Made, Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.plain import address
from fyke.layers.words import INVALID, named
from fyke.wire import Line, Record, Truncated

VERSION = 5
IPV4, IPV6 = 1, 2  # families of the agent's address
FLOW, COUNTER, EXPANDED_FLOW, EXPANDED_COUNTER = 1, 2, 3, 4
SAMPLE_NAMES = {FLOW: b"flow sample", COUNTER: b"counter sample",
                EXPANDED_FLOW: b"expanded flow sample",
                EXPANDED_COUNTER: b"expanded counter sample"}
MAX_SAMPLES = 4096  # that ``samples`` lists


class Invalid(Exception):
    """A length that cannot be."""


class Shape(NamedTuple):
    """The header of a kind of sample: its octets, how it is written, where its numbers stand."""

    size: int
    text: bytes
    numbers: tuple[tuple[int, int], ...]  #: (offset, octets)
    counters: bool


SHAPES = {
    FLOW: Shape(32, b" seqnum %d, type %d, idx %d, rate %d, pool %d, drops %d, input %d output %d "
                b"records %d",
                ((0, 4), (4, 1), (5, 3), (8, 4), (12, 4), (16, 4), (20, 4), (24, 4), (28, 4)),
                False),
    EXPANDED_FLOW: Shape(44, b" seqnum %d, type %d, idx %d, rate %d, pool %d, drops %d, "
                         b"input %d (%d), output %d (%d), records %d",
                         ((0, 4), (4, 4), (8, 4), (12, 4), (16, 4), (20, 4),
                          (28, 4), (24, 4), (36, 4), (32, 4), (40, 4)), False),
    COUNTER: Shape(12, b" seqnum %d, type %d, idx %d, records %d",
                   ((0, 4), (4, 1), (5, 3), (8, 4)), True),
    EXPANDED_COUNTER: Shape(16, b" seqnum %d, type %d, idx %d, records %d",
                            ((0, 4), (4, 4), (8, 4), (12, 4)), True),
}


def behind_agent(at: int) -> Callable[[Sflow], int]:
    """Reads a number behind the agent's address."""
    return lambda sflow: sflow.pkt.u32(sflow.off + sflow.header_length - 16 + at)


def samples_of(sflow: Sflow) -> Options:
    """Every sample; ``cut`` if fewer are here than the header says."""
    found, pkt = Options(), sflow.pkt
    at, stop = sflow.off + sflow.header_length, sflow.off + sflow.size
    try:
        for _ in range(min(sflow.sample_count, MAX_SAMPLES)):
            kind, size = pkt.u32(at), pkt.u32(at + 4)
            if size > stop - at - 8:
                raise Truncated
            pkt.raw(at + 8, size)
            found.append(sample(pkt, at + 8, size, kind))
            at += 8 + size
    except Truncated:
        found.cut = True
    return found


class Sflow(Layer):
    """A datagram: who sent it, and samples of flows and of counters."""

    __slots__ = ()

    name = "sflow"
    tag = b"sflow"

    version = U32(0)
    agent_family = U32(4, "1 for IPv4, 2 for IPv6")
    agent = Made("text", lambda sflow: address(sflow.pkt.raw(
        sflow.off + 8, 4 if sflow.agent_family == IPV4 else 16)), "address")
    agent_id = Made("u32", behind_agent(0), "which agent of that address")
    sequence = Made("u32", behind_agent(4))
    uptime = Made("u32", behind_agent(8), unit="ms")
    sample_count = Made("u32", behind_agent(12))
    samples = Listed(samples_of, "samples of flows and counters")

    @property
    def header_length(self) -> int:
        """Octets in front of the samples."""
        return 28 if self.agent_family == IPV4 else 40

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + self.header_length - 4)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        family = pkt.u32(off + 4)
        if family in (IPV4, IPV6) and self.size < (28 if family == IPV4 else 40):
            line.put(b"sFlowv%d [length %d < 28]" % (pkt.u32(off), self.size) + INVALID)
            return
        pkt.raw(off, 28)
        if self.version != VERSION:
            line.put(b"sFlow version %d packet not supported" % self.version)
            return
        if self.short:
            raise Truncated
        line.put(b"sFlowv%d, %s agent " % (
            self.version, b"IPv4" if family == IPV4 else b"IPv6"))
        if family == IPV4:
            line.host4(pkt.u32(off + 8))
        else:
            line.host6(pkt, off + 8)
        line.put(b", agent-id %d, " % self.agent_id)
        if not line.style.verbose:
            line.put(b"length %d" % self.size)
            return
        line.put(b"seqnum %d, uptime %d, samples %d, length %d" % (
            self.sequence, self.uptime, self.sample_count, self.size))
        try:
            self.write_samples(line)
        except Invalid as fault:
            line.put((fault.args[0] if fault.args else b"") + INVALID)
            pkt.raw(off, self.size)

    def write_samples(self, line: Line) -> None:
        pkt = self.pkt
        rest = self.size - self.header_length
        if rest < 0:
            raise Invalid(b" [%d < %d]" % (self.size, self.header_length))
        at = self.off + self.header_length
        count = self.sample_count
        while count and rest:
            kind = pkt.u32(at) & 0x0FFF
            size = pkt.u32(at + 4)
            if rest < 8:
                raise Invalid
            at += 8
            rest -= 8
            line.put(b"\n\t%s (%d), length %d," % (
                named(SAMPLE_NAMES, kind, b"Unknown"), kind, size))
            if kind == 0 or size == 0:
                return
            if rest < size:
                raise Invalid
            pkt.raw(at, size)
            shape = SHAPES.get(kind)
            if shape is not None:
                write_sample(line, pkt, at, rest, shape)
            elif line.style.verbose <= 1:
                print_unknown_data(line, pkt, at, b"\n\t    ", size)
            at += size
            rest -= size
            count -= 1


def number(pkt: Record, off: int, size: int) -> int:
    return int.from_bytes(pkt.raw(off, size), "big")


def write_sample(line: Line, pkt: Record, at: int, rest: int, shape: Shape) -> None:
    """A sample's header and records; like tcpdump they may reach into the next sample."""
    if rest < shape.size:
        raise Invalid
    values = [number(pkt, at + off, size) for off, size in shape.numbers]
    line.put(shape.text % tuple(values))
    names, records = (COUNTER_NAMES, COUNTERS) if shape.counters else (FLOW_NAMES, FLOWS)
    shift, comma = (20, b",") if shape.counters else (12, b"")
    at += shape.size
    rest -= shape.size
    for _ in range(values[-1]):
        if rest < 8:
            raise Invalid
        head, size = pkt.u32(at), pkt.u32(at + 4)
        enterprise, kind = head >> shift, head & 0x0FFF
        name = named(names, kind, b"Unknown") if enterprise == 0 else b"Unknown"
        line.put(b"\n\t    enterprise %d%s %s (%d) length %d" % (
            enterprise, comma, name, kind, size))
        at += 8
        rest -= 8
        if rest < size:
            raise Invalid
        if enterprise == 0:
            if kind in records:
                write_record(line, pkt, at, rest, records[kind])
            elif kind not in names and line.style.verbose <= 1:
                print_unknown_data(line, pkt, at, b"\n\t\t", size)
        at += size
        rest -= size


def write_record(line: Line, pkt: Record, at: int, rest: int, record: Layout) -> None:
    """The numbers of a record, each where its table says."""
    if rest < record.size:
        raise Invalid
    values: list[Any] = []
    for what in record.values:
        if what[0] == "direction":
            values.append(named(DIRECTIONS, pkt.u32(at + what[1]), b"Unknown"))
        elif what[0] == "protocol":
            values.append(named(RAW_PROTOCOLS, pkt.u32(at + what[1]), b"Unknown"))
        elif what[0] == "up":
            values.append(b"up" if pkt.u32(at + what[1]) >> what[2] & 1 else b"down")
        else:
            values.append(number(pkt, at + what[1], 8 if what[0] == "q" else 4))
    line.put(record.text % tuple(values))
