"""Bad input costs bounded memory and time, is counted, and raises nothing."""

from __future__ import annotations

import random
import resource
from pathlib import Path

import pytest
from talk import CLIENT, SERVER, SYN, Talk, save, tcp
from test_segments import STORIES

import fyke
from fyke.conversations.assembly import Assembler
from fyke.conversations.flow_table import FlowTable
from fyke.conversations.names import Names
from fyke.wire import Record

MAX_NAMES = 1 << 16


def table(**how: object) -> Assembler:
    return Assembler(fyke.Stream, **{"memory": 4 << 20, **how})  # type: ignore[arg-type]


def feed(into: Assembler, frame: bytes, time: int = 0) -> int:
    """One frame; how many streams left, which are forgotten."""
    into.take(Record(frame, time=time))
    gone = len(into.ready)
    into.ready = []
    return gone


def test_half_open_connections_leave_when_memory_is_full() -> None:
    into = table()
    gone = sum(feed(into, tcp((f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", 1), SERVER, n, 0, SYN))
               for n in range(60_000))
    assert into.used <= 4 << 20 and into.opened + gone == 60_000 and into.crowded == gone > 50_000


def test_half_open_connections_in_a_table_of_flows() -> None:
    flows = FlowTable(capacity=1000)
    for n in range(20_000):
        flows.add(Record(tcp((f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", 1), SERVER, n, 0, SYN)))
    assert (flows.count, flows.evicted, flows.flows) == (1000, 19_000, 20_000)


@pytest.mark.parametrize("acknowledged", (False, True))
def test_gaps_of_gigabytes(acknowledged: bool) -> None:
    """Leaps of 1 GiB, the largest window (RFC 7323): gaps are counted, nothing is laid out.

    Without acknowledgements the third is more than half of all sequence numbers away: no telling.
    """
    into = table()
    talk = Talk()
    for n in range(5):
        talk.say("client", b"%d" % n)
        talk.next["client"] += (1 << 30) - 2
        if acknowledged:
            talk.say("server", b".")
    talk.say("client", b"end")
    talk.end()
    for frame in talk.frames:
        into.take(Record(frame))
        assert into.used <= 4 << 20
    for one in into.rest():
        into.leave(one, "end")
    data = b"".join(one.data("client") for one in into.ready)
    missing = sum(gap.length for one in into.ready for gap in one.gaps)
    if acknowledged:
        assert data == b"01234end" and missing == 5 * ((1 << 30) - 2)
    else:
        assert data.startswith(b"0") and len(data) <= 8 and missing < 1 << 32
    flows = FlowTable()
    for frame in talk.frames:
        flows.add(Record(frame))
    flows.finish()
    assert flows.ended[0].sent.lost_segments >= 5


@pytest.mark.parametrize("last", (False, True))
def test_overlapping_bombs(last: bool) -> None:
    """Single bytes with holes between, and segments over all of them, again and again."""
    into = table(last=last)
    talk = Talk()
    for frame in talk.frames:
        feed(into, frame)
    talk.frames.clear()
    rng = random.Random(1)
    big = bytes(30_000)
    for _ in range(4000):
        talk.at("client", 2 * rng.randrange(1, 15_000), b"x")
        if rng.random() < 0.2:
            talk.at("client", 1 + rng.randrange(20_000), big[:rng.randrange(1, 30_000)])
    for frame in talk.frames:
        feed(into, frame)
        assert into.used <= 4 << 20


def test_what_waits_is_bounded() -> None:
    """Segments far ahead, of which the first never comes: gaps, and their bytes are handed out."""
    into = table(memory=1 << 30)
    data = bytes(60_000)
    for n in range(1200):
        feed(into, tcp(CLIENT, SERVER, 1 + 65_000 * (n + 1), 0, 16, data) if n else
             tcp(CLIENT, SERVER, 0, 0, SYN))
    half = into.rest()[0].first
    assert half.waiting <= 16 << 20 and half.missing > 4_000_000


def test_one_long_stream_comes_in_parts() -> None:
    talk = Talk()
    for n in range(400):
        talk.say("server", bytes([n & 255]) * 1400)
    found = list(fyke.streams([fyke.Packet(one) for one in talk.frames], memory=1 << 17))
    assert [one.part for one in found] == list(range(len(found))) and len(found) > 3
    assert {one.number for one in found} == {0} and found[0].state == "memory"
    assert b"".join(one.data("server") for one in found) == b"".join(
        bytes([n & 255]) * 1400 for n in range(400))
    assert all(one.gaps == () for one in found)


def test_silence_ends_a_stream() -> None:
    talk = Talk()
    packets = [fyke.Packet(one, time=10**9) for one in talk.frames]
    other = Talk(client=("10.9.9.9", 1))
    packets += [fyke.Packet(one, time=100 * 10**9) for one in other.frames]
    assert [one.state for one in fyke.streams(packets, idle=60)] == ["idle", "end"]


def test_mutants(tmp_path: Path) -> None:
    """Octets changed at random everywhere: streams, messages and files raise nothing."""
    from fyke.cli.main import main
    frames = []
    for number, story in enumerate(STORIES):
        talk = Talk(client=("10.0.0.1", 4000 + number), server=("10.0.0.2", (80, 21, 25, 53)[
            number % 4]))
        story(talk)
        frames += talk.frames
    rng = random.Random(7)
    for turn in range(60):
        mutants = []
        for frame in frames:
            octets = bytearray(frame)
            for _ in range(rng.randrange(3)):
                octets[rng.randrange(len(octets))] = rng.randrange(256)
            mutants.append(bytes(octets[:rng.randrange(1, len(octets) + 1)])
                           if rng.random() < 0.1 else bytes(octets))
        for one in fyke.streams([fyke.Packet(octets) for octets in mutants],
                                overlap=("first", "last")[turn & 1]):  # type: ignore[arg-type]
            assert one.to_dict() and one.messages is not None and (one.tls is None or one.tls)
            assert len(one.data("client")) + len(one.data("server")) < 100_000
        if turn % 10 == 0:
            path = save(tmp_path / f"{turn}.pcap", mutants)
            assert main(["extract", str(path), "-d", str(tmp_path / f"out{turn}")]) == 0
            assert main(["stream", str(path)]) == 0
    assert {one.name.rstrip("0123456789.pca") for one in tmp_path.iterdir()} <= {"", "out"}


def test_memory_of_the_process_is_bounded() -> None:
    """Conversations of a megabyte each, twenty times the budget."""
    into = table(memory=8 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for n in range(160):
        talk = Talk(client=("10.0.0.1", n + 1))
        for _ in range(100):
            talk.say("client", bytes(10_000))
        for frame in talk.frames:
            feed(into, frame)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # KiB


def test_names_that_are_too_many_are_forgotten_the_first_ones_first() -> None:
    """An eighth at once: a dict is slow to find its first entry behind many that left."""
    known = Names()
    for n in range(1, MAX_NAMES + 2):
        label = b"%08d" % n
        answer = (b"\0\1\x81\x80\0\1\0\1\0\0\0\0\x08" + label + b"\0\0\1\0\1"
                  + b"\xc0\x0c\0\1\0\1\0\0\0\x10\0\4" + n.to_bytes(4, "big"))
        known.learn(Record(answer), 0, len(answer))
    assert len(known.known) == MAX_NAMES - MAX_NAMES // 8 + 1
    assert known.of(0, MAX_NAMES + 1) == f"{MAX_NAMES + 1:08}"
    assert known.of(0, MAX_NAMES // 8 + 1) and not known.of(0, MAX_NAMES // 8)
