"""The model agrees with the kernel: the same traffic, the same taps, the same outcome."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from network import Network, ip
from real import A, B, Model, Real, RealTap, Seen, TapSpec

from fyke.bpf import instructions as bpf
from fyke.bpf.instructions import Instruction
from fyke.bpf.program import Program
from fyke.filter.compile import compile
from fyke.kernel.fanout import Fanout
from fyke.live import constants as c


@pytest.fixture(scope="module")
def real(networks: Network) -> Iterator[Real]:
    made = Real(networks.namespace())
    try:
        yield made
    finally:
        made.close()


#: "send": device, tap that sends (-1: another socket), frame; "read": "", tap, b""
Operation = tuple[str, str, int, bytes]


def play(real: Real, specs: list[TapSpec], operations: list[Operation]) -> None:
    """Do the same on both sides and compare what every tap gives."""
    model = Model(real.indexes, real.small_head)
    story = "\n".join(f"{what} {device} {number} {frame[:40].hex()} {len(frame)}"
                      for what, device, number, frame in operations)
    read_real: list[list] = [[] for _ in specs]  # type: ignore[type-arg]
    read_model: list[list] = [[] for _ in specs]  # type: ignore[type-arg]
    try:
        for spec in specs:
            model.open(spec, real.open(spec).rcvbuf)
        for what, device, number, frame in operations:
            number = min(number, len(specs) - 1)
            if what == "send":
                by = None if number < 0 or specs[number].dgram else number
                real.send(device, frame, by)
                model.send(device, frame, by)
            elif number >= 0:
                read_real[number] += real.taps[number].read() or []
                read_model[number] += model.read(number) or []
        for number, spec in enumerate(specs):
            ring = model.taps[number].ring
            frozen = ring is not None and ring.frozen
            assert real.taps[number].state() == model.state(number), f"{spec}\n{story}"
            read_real[number] += real.taps[number].rest(frozen)
            read_model[number] += model.rest(number)
            assert read_real[number] == read_model[number], f"{spec}\n{story}"
    finally:
        real.close_taps()


def cut(expression: str, snaplen: int) -> Program:
    return compile(expression, snaplen=snaplen, linux_extensions=True)


NETWORK = Program((Instruction(bpf.LD | bpf.B | bpf.ABS, 0, 0, bpf.SKF_NET_OFF),
                   Instruction(bpf.JMP | bpf.JGT | bpf.K, 0, 1, 0x40),
                   Instruction(bpf.RET | bpf.K, 0, 0, 50), Instruction(bpf.RET | bpf.K, 0, 0, 0)))
FILTERS: list[Program | None] = [
    None, None, cut("", 96), cut("", 1), cut("", 14), cut("ether proto 0x88b5", 262144),
    cut("vlan", 60), cut("not vlan", 200), cut("inbound", 5000), cut("outbound", 64),
    cut("greater 200", 262144), cut("ether multicast", 40), cut("vlan 7 and ip", 30), NETWORK]

places = st.sampled_from(["lo", "a", "b", "any"])
tap_specs = st.builds(
    TapSpec, device=places, protocol=st.sampled_from([3, 3, 3, 0x88B5, 0x0800, 0x0004]),
    dgram=st.booleans(), program=st.sampled_from(FILTERS),
    rcvbuf=st.sampled_from([0, 0, 1, 4000, 9000]),
    ring=st.sampled_from([None, None, (4096, 2), (4096, 4), (8192, 3), (65536, 2)]),
    ignore_outgoing=st.booleans())

TYPES = [b"\x88\xb5", b"\x08\0", b"\x86\xdd", b"\0\x2e", b"\x81\0", b"\x88\xa8"]
addresses = st.sampled_from([A, B, b"\xff" * 6, bytes.fromhex("3333000000fb"), bytes(6),
                             bytes.fromhex("020000000099")])
tags = st.lists(st.tuples(st.sampled_from([b"\x81\0", b"\x88\xa8"]),
                          st.sampled_from([b"\0\7", b"\x60\0", b"\x2f\xff"])), max_size=2)
sizes = st.one_of(st.integers(0, 100), st.sampled_from([200, 686, 1400, 4060, 4082, 6000, 8980]))


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    inside = draw(st.sampled_from([b"", b"\xff\xff", b"\x45", b"\0\7\x08\0"]))
    payload = inside + bytes(range(256)) * 36
    tagged = b"".join(tpid + tci for tpid, tci in draw(tags))
    return (draw(addresses) + b"\2\0\0\0\0\1" + tagged + draw(st.sampled_from(TYPES))
            + payload[:draw(sizes)])


operations = st.tuples(st.sampled_from(["send", "send", "send", "read"]),
                       st.sampled_from(["lo", "lo", "a", "b"]), st.integers(-1, 3), frames())


@pytest.mark.live
@settings(max_examples=200, phases=[Phase.explicit, Phase.reuse, Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(specs=st.lists(tap_specs, min_size=1, max_size=4),
       operations=st.lists(operations, min_size=1, max_size=25))
def test_random_scenarios(real: Real, specs: list[TapSpec],
                          operations: list[Operation]) -> None:
    play(real, specs, operations)


def frame(number: int, size: int = 100) -> bytes:
    return b"\xff" * 6 + A + b"\x88\xb5" + number.to_bytes(4, "big") + bytes(size - 18)


@pytest.mark.live
@pytest.mark.parametrize("size", [60, 240, 600, 1514, 5000])
@pytest.mark.parametrize("rcvbuf", [1, 8000, 50000])
def test_full_queues(real: Real, size: int, rcvbuf: int) -> None:
    """Filled until packets are dropped, half emptied, and filled again."""
    specs = [TapSpec("b", rcvbuf=rcvbuf), TapSpec("b", rcvbuf=rcvbuf, program=cut("", 50)),
             TapSpec("any", rcvbuf=rcvbuf, program=cut("", 500))]
    fill = [("send", "a", -1, frame(n, size)) for n in range(120)]
    empty = [("read", "", number, b"") for number in range(3) for _ in range(9)]
    play(real, specs, fill + empty + fill + empty)


@pytest.mark.live
@pytest.mark.parametrize("size", [60, 333, 1514, 5000])
@pytest.mark.parametrize("ring", [(4096, 2), (4096, 5), (16384, 3)])
def test_full_rings(real: Real, size: int, ring: tuple[int, int]) -> None:
    """Filled until it freezes; a block is given back; filled again: drops and freezes agree."""
    specs = [TapSpec("b", ring=ring), TapSpec("b", ring=ring, program=cut("", 64)),
             TapSpec("any", ring=ring, dgram=True)]
    operations = []
    for _ in range(4):
        operations += [("send", "a", -1, frame(n, size)) for n in range(60)]
        operations += [("read", "", number, b"") for number in range(3)]
    play(real, specs, operations)


@pytest.mark.live
def test_many_taps_share_what_they_queue(real: Real) -> None:
    play(real, [TapSpec("lo", program=program, rcvbuf=20000) for program in FILTERS],
         [("send", "lo", n % 3, frame(n, 40 + 40 * n)) for n in range(60)])


@pytest.mark.live
def test_a_fanout_group_takes_turns(real: Real) -> None:
    specs = [TapSpec("lo"), TapSpec("lo"), TapSpec("lo", rcvbuf=1)]
    model = Model(real.indexes, real.small_head)
    group = Fanout(model.net, "lb")
    try:
        for number, spec in enumerate(specs):
            tap = real.open(spec)
            model.open(spec, tap.rcvbuf)
            tap.socket.setsockopt(c.SOL_PACKET, c.PACKET_FANOUT, 1 << 16 | 7)
            group.join(model.taps[number])
        for n in range(31):
            by = 1 if n % 3 == 0 else None  # a member's packet is not given to the group
            real.send("lo", frame(n), by)
            model.send("lo", frame(n), by)
        for number in range(3):
            assert real.taps[number].state() == model.state(number)
            given = model.rest(number)
            assert real.taps[number].rest(False) == given and given
    finally:
        real.close_taps()


@pytest.mark.live
def test_the_timer_hands_over_what_waits(real: Real) -> None:
    """A block with packets goes to the reader when its time is out; an empty one does not."""
    spec = TapSpec("b", ring=(8192, 4), timeout=20)
    model = Model(real.indexes, real.small_head)
    try:
        tap = real.open(spec)
        model.open(spec, tap.rcvbuf)
        ring = model.taps[0].ring
        assert ring is not None
        for burst in range(4):
            for n in range(3):
                real.send("a", frame(3 * burst + n), None)
                model.send("a", frame(3 * burst + n), None)
            ring.timer(0)
            given = model.read(0)
            assert given and len(given) == 3 and model.read(0) is None
            assert waited(tap, 3) == given  # a tick in between may have made two blocks of them
            time.sleep(0.05)
            assert tap.read() is None
    finally:
        real.close_taps()


def waited(tap: RealTap, packets: int) -> list[Seen]:
    """What a ring hands over until there are so many packets; bounded in time."""
    out: list[Seen] = []
    end = time.monotonic() + 10
    while len(out) < packets and time.monotonic() < end:
        out += tap.read() or []
        time.sleep(0.001)
    return out


@pytest.mark.live
def test_promiscuous_memberships_are_counted(real: Real) -> None:
    def promiscuity() -> int:
        shown = ip("-n", real.namespace, "-d", "-o", "link", "show", "dev", "b").split()
        return int(shown[shown.index("promiscuity") + 1])

    model = Model(real.indexes, real.small_head)
    device = model.net.devices["b"]
    taps = []
    for _ in range(2):
        tap = real.open(TapSpec("b"))
        tap.socket.setsockopt(c.SOL_PACKET, c.PACKET_ADD_MEMBERSHIP, c.PACKET_MREQ.pack(
            real.indexes["b"], c.PACKET_MR_PROMISC, 0, b""))
        model.open(TapSpec("b"), tap.rcvbuf)
        model.taps[-1].add_membership(device)
        taps.append(tap)
    try:
        for tap, modelled in zip(taps, model.taps, strict=True):
            assert promiscuity() == device.promiscuity > 0
            tap.close()
            modelled.close()
        assert promiscuity() == device.promiscuity == 0
    finally:
        real.taps.clear()


@pytest.mark.live
def test_the_test_can_fail(real: Real) -> None:
    """A model that is wrong in one number is found out."""
    small, real.small_head = real.small_head, real.small_head + 64
    try:
        with pytest.raises(AssertionError):
            play(real, [replace(TapSpec("b"), rcvbuf=3000)],
                 [("send", "a", -1, frame(n)) for n in range(30)])
    finally:
        real.small_head = small
