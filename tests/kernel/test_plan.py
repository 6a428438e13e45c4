"""A trace through the model: readers, buffers that are found, the page, the plot, bad input."""

from __future__ import annotations

import json
import random
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fyke.bpf.instructions import RET, Instruction, K
from fyke.bpf.program import Program
from fyke.cli import path, plan, plan_plot
from fyke.errors import FilterError, SavefileError, UsageError
from fyke.files.pcapng_options import Interface
from fyke.files.writer import create
from fyke.kernel.readers import Rate
from fyke.kernel.replay import POINTS, Curve, Plan, Replay, Told
from fyke.source import Source
from fyke.wire import Record

START = 1_700_000_000_000_000_000
FRAME = b"\xff" * 6 + b"\2\0\0\0\0\1" + b"\x88\xb5"


class Trace(Source):
    """Packets from a list of (nanoseconds, octets)."""

    link_type = 1

    def __init__(self, packets: Sequence[tuple[int, int]]) -> None:
        self.left = list(reversed(packets))

    def next(self, packet: Record) -> bool:
        if not self.left:
            return False
        time, size = self.left.pop()
        packet.hold(FRAME + bytes(size - 14))
        packet.wirelen, packet.time, packet.link_type = size, START + time, 1
        packet.interface, packet.meta = 0, None
        return True


def everything(snaplen: int) -> Program:
    return Program([Instruction(RET | K, 0, 0, snaplen)])


def replayed(packets: Sequence[tuple[int, int]], snaplen: int = 262144, **settings: object) -> Told:
    made = Plan(lambda link: everything(snaplen), **settings)  # type: ignore[arg-type]
    return Replay([made], Trace(packets)).run()


def test_a_reader_without_delay_loses_nothing() -> None:
    told = replayed([(n, 1000) for n in range(1000)], ring=None, queue=2304)
    assert (told.outcomes[0].lost, told.outcomes[0].tap.tp_packets) == (0, 1000)


def test_a_slow_reader_of_a_queue() -> None:
    """10 packets at once, each charged 832: one is read at once, 3 fit in what is left."""
    told = replayed([(0, 60)] * 10, ring=None, queue=2304, drain=Rate(packets=1))
    (outcome,) = told.outcomes
    assert (outcome.seen, outcome.lost, outcome.first_loss) == (10, 6, 5)
    assert (outcome.fullest, outcome.needed) == (3 * 832, 2 * 832 + 1)
    assert outcome.done_at == START + 4 * 10**9
    assert (outcome.tap.bytes_copied, outcome.tap.bytes_referenced) == (0, 240)


def test_a_slow_reader_of_a_ring() -> None:
    """Packets of 4000 octets, one a block of 8K with two blocks and no time to read them."""
    told = replayed([(n * 1000, 7000) for n in range(10)], ring=16384, block=8192,
                    drain=Rate(packets=1))
    (outcome,) = told.outcomes
    assert (outcome.lost, outcome.first_loss) == (8, 3)
    assert outcome.tap.ring is not None and outcome.tap.ring.freezes == 1
    assert outcome.tap.bytes_copied == 14000
    assert outcome.reader.taken == 2


def test_the_timer_hands_blocks_over_while_nothing_arrives() -> None:
    """A packet a second, a ring of two blocks, a timer of 20 ms: nothing ever waits long."""
    told = replayed([(n * 10**9, 100) for n in range(20)], ring=16384, block=8192)
    (outcome,) = told.outcomes
    assert outcome.lost == 0 and outcome.reader.taken == 20
    assert outcome.fullest < 8192
    assert outcome.done_at - told.last <= 20_000_000


def test_a_pause_of_years_is_passed_over_at_once() -> None:
    told = replayed([(0, 100), (10**17, 100)], ring=16384, block=8192, timeout=1)
    assert told.outcomes[0].reader.taken == 2


def test_rates_by_octets() -> None:
    told = replayed([(0, 1000)] * 4, snaplen=500, ring=None, drain=Rate(octets=1000))
    assert told.outcomes[0].done_at == START + 2 * 10**9


packets = st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([60, 400, 1500, 6000])),
                   min_size=1, max_size=80).map(sorted)


@settings(max_examples=60)
@given(packets=packets, rate=st.sampled_from([1e3, 1e4, 1e5, 1e6]))
def test_the_queue_that_is_found_is_the_smallest(packets: list[tuple[int, int]],
                                                 rate: float) -> None:
    drain = Rate(packets=rate)
    needed = replayed(packets, ring=None, queue=1 << 40, drain=drain).outcomes[0].needed
    assert replayed(packets, ring=None, queue=needed, drain=drain).outcomes[0].lost == 0
    if needed > 1:
        assert replayed(packets, ring=None, queue=needed - 1, drain=drain).outcomes[0].lost > 0


@settings(max_examples=60)
@given(packets=packets, rate=st.sampled_from([1e3, 1e4, 1e5]),
       ring=st.sampled_from([16384, 65536, None]), queue=st.sampled_from([2304, 9000]))
def test_no_packet_is_lost_from_the_books(packets: list[tuple[int, int]], rate: float,
                                          ring: int | None, queue: int) -> None:
    told = replayed(packets, ring=ring, block=8192, queue=queue, drain=Rate(packets=rate))
    (outcome,) = told.outcomes
    assert outcome.seen == len(packets) == told.packets
    assert outcome.reader.taken == outcome.tap.tp_packets == len(packets) - outcome.lost
    assert outcome.tap.rmem_alloc == 0
    assert outcome.fullest <= max(outcome.plan.capacity, queue + 9000)
    assert max(outcome.filling.values) == outcome.fullest or not outcome.fullest


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 99)), min_size=1))
def test_a_curve_keeps_its_peak_and_its_bound(points: list[tuple[int, int]]) -> None:
    curve = Curve()
    for time, value in sorted(points):
        for moment in curve.gap(time) if curve.start >= 0 else ():
            curve.add(moment, 0)
        curve.add(time, value)
    assert max(curve.values) == max(value for _, value in points)
    assert len(curve.values) <= POINTS
    last = max(time for time, _ in points)
    assert curve.start + len(curve.values) * curve.width > last


class Frames(Trace):
    """Packets of any octets and any link type."""

    def __init__(self, frames: list[bytes], link_type: int) -> None:
        self.link_type = link_type
        self.frames = list(frames)

    def next(self, packet: Record) -> bool:
        if not self.frames:
            return False
        packet.hold(self.frames.pop())
        packet.wirelen = packet.caplen + len(self.frames) * 99
        packet.link_type, packet.time = self.link_type, START
        packet.interface = len(self.frames) % 3
        return True


headers = st.sampled_from([b"", FRAME, FRAME[:12] + b"\x81\0\0\0\x88\xa8", FRAME[:12] + b"\x08\0E"])


@settings(max_examples=150)
@given(frames=st.lists(st.builds(bytes.__add__, headers, st.binary(max_size=80)), max_size=12),
       link_type=st.sampled_from([1, 1, 101, 113, 276, 105]), ring=st.sampled_from([None, 16384]),
       dgram=st.booleans())
def test_hostile_packets(frames: list[bytes], link_type: int, ring: int | None,
                         dgram: bool) -> None:
    """Whatever comes in is counted, its buffers are given back, and nothing is raised."""
    plans = [Plan(lambda link, text=text: plan.compiled(text, link, 60, "pcap"),  # type: ignore[misc]
                  ring=ring, block=8192, dgram=dgram) for text in ("", "ip", "len > 30")]
    told = Replay(plans, Frames(frames, link_type)).run()
    assert told.packets == len(frames)
    for outcome in told.outcomes:
        assert outcome.seen <= len(frames) and outcome.tap.rmem_alloc == 0
        assert outcome.reader.taken == outcome.tap.tp_packets


# --- the commands --------------------------------------------------------------------------------

@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Bursts of UDP and TCP, some tagged, with pauses."""
    chance = random.Random(7)
    target = tmp_path / "trace.pcap"
    sink = create(target, link_type=1, snaplen=262144)
    time = START
    for _ in range(10):
        for number in range(60):
            header = bytes.fromhex("450000280000000040") + (b"\x11" if number % 3 else b"\6")
            tag = b"\x81\0\0\7" if number % 10 == 0 else b""
            data = (bytes(12) + tag + b"\x08\0" + header + bytes(2) + b"\x0a\0\0\1\x0a\0\0\2"
                    + b"\0\x35\0\x35" + bytes(chance.choice([20, 500, 1400])))
            sink.add(Record(data, 1, time))
            time += 1000
        time += 10_000_000
    sink.close()
    return target


def test_plan(trace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plot = tmp_path / "out.svg"
    words = ["-r", str(trace), "--tap", "udp,snaplen=96,ring=64K,block=16K", "--tap", "queue=16K",
             "--tap", "vlan and tcp", "--drain", "20kpps", "--find-buffer", "--plot", str(plot)]
    assert plan.run(words) == 1
    out = capsys.readouterr().out
    assert "600 packets" in out
    assert "tap 1: udp (ring of 64K: 4 blocks of 16K)\n  seen 600, refused by the filter " \
        "200, kept 400, lost 0\n" in out
    assert "tap 3: vlan and tcp" in out and "refused by the filter 580, kept 20" in out
    assert "loses nothing from a queue of" in out
    texts = [element.text for element in ET.parse(plot).iter() if element.tag.endswith("text")]
    assert any(text and text.startswith("tap 2: fullest") for text in texts)


def test_plot_as_png(trace: Path, tmp_path: Path) -> None:
    pytest.importorskip("cairosvg", exc_type=ImportError)
    assert plan.run(["-r", str(trace), "--plot", str(tmp_path / "out.png")]) == 0
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_a_plot_as_png_says_what_it_needs(trace: Path, tmp_path: Path,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(UsageError, match=r"pip install 'fyke\[plot\]'"):
        plan.run(["-r", str(trace), "--plot", str(tmp_path / "out.png")])


@pytest.mark.parametrize(("nanoseconds", "said"), [
    (0, "0"), (12, "12 ns"), (33_997_500, "34 ms"), (1500, "1.5 µs"), (61e9, "61 s")])
def test_durations(nanoseconds: float, said: str) -> None:
    assert plan_plot.duration(nanoseconds) == said


def test_the_buffer_that_is_found_loses_nothing(trace: Path,
                                                capsys: pytest.CaptureFixture[str]) -> None:
    words = ["-r", str(trace), "--drain", "20kpps", "--json"]
    assert plan.run([*words, "--find-buffer", "--tap", "ring=32K,block=8K", "--tap",
                     "queue=9K"]) == 1
    ring, queue = json.loads(capsys.readouterr().out)["taps"]
    assert ring["lost"] and queue["lost"]
    fits = [f"ring={ring['smallest_buffer']},block=8K", f"queue={queue['smallest_buffer']}"]
    for tap in fits:
        assert plan.run([*words, "--tap", tap]) == 0
    less = [f"ring={ring['smallest_buffer'] - 8192},block=8K",
            f"queue={queue['smallest_buffer'] - 1}"]
    for tap in less:
        assert plan.run([*words, "--tap", tap]) == 1


def test_path(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert path.run(["-r", str(trace), "-N", "11", "--tap", "udp and vlan,snaplen=40",
                     "--tap", "queue=64K"]) == 0
    out = capsys.readouterr().out
    functions = [line.split()[1] for line in out.splitlines()
                 if line[:3].strip().isdecimal()]
    assert functions[:3] == ["driver", "eth_type_trans", "skb_vlan_untag"]
    assert functions[-1] == "ip_rcv"
    assert "40 of" in out and "copied into block 0" in out
    assert "a clone of its own, no octets copied" in out


@pytest.mark.parametrize(("words", "kind", "reason"), [
    (["--tap", "udp,snaplen=x"], UsageError, "'x' is no size"),
    (["--tap", "ring=8M,queue=8M"], UsageError, "not both"),
    (["--tap", "ring=8K,block=1000"], UsageError, "multiple of 4K"),
    (["--tap", "ring=8K,block=8K"], UsageError, "two blocks"),
    (["--drain", "fast"], UsageError, "no rate"),
    (["--drain", "0pps"], UsageError, "no rate"),
    (["--tap", "udp and"], FilterError, "syntax error"),
    (["--plot", "a.jpg"], UsageError, "draws SVG or PNG"),
])
def test_bad_words(trace: Path, words: list[str], kind: type[Exception], reason: str) -> None:
    with pytest.raises(kind, match=reason):
        plan.run(["-r", str(trace), *words])


def test_find_buffer_does_not_read_a_pipe() -> None:
    with pytest.raises(UsageError, match="standard input"):
        plan.run(["-r", "-", "--find-buffer"])


def test_interfaces_keep_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "named.pcapng"
    sink = create(target, link_type=1, snaplen=99, format="pcapng",
                  interfaces=[Interface(1, 99, name="eth7\x1b[2J")])
    sink.add(Record(FRAME, 1, START))
    sink.close()
    assert path.run(["-r", str(target), "-N", "1"]) == 0
    assert "from the wire of eth7?[2J into" in capsys.readouterr().out


def test_bad_traces(tmp_path: Path, trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty, timeless = tmp_path / "empty.pcap", tmp_path / "timeless.pcap"
    create(empty, link_type=1, snaplen=99).close()
    sink = create(timeless, link_type=1, snaplen=99)
    sink.add(Record(FRAME, 1, 0))
    sink.close()
    with pytest.raises(UsageError, match="no packet"):
        plan.run(["-r", str(empty)])
    with pytest.raises(UsageError, match="no time stamps"):
        plan.run(["-r", str(timeless)])
    with pytest.raises(SavefileError, match="has 600 packets"):
        path.run(["-r", str(trace), "-N", "601"])
    torn = tmp_path / "torn.pcap"
    torn.write_bytes(trace.read_bytes()[:5000])
    assert plan.run(["-r", str(torn)]) == 1
    assert "partial: " in capsys.readouterr().out


def test_out_of_order_and_cut_packets_are_told(tmp_path: Path,
                                               capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "odd.pcap"
    sink = create(target, link_type=1, snaplen=99)
    for time in (5, 3, 9):
        packet = Record(FRAME, 1, START + 1000 * time)
        packet.wirelen = 900
        sink.add(packet)
    sink.close()
    assert plan.run(["-r", str(target), "--tap", "len >= 900"]) == 0
    out = capsys.readouterr().out
    assert "3 packets were cut" in out and "1 packets are earlier" in out
    assert "kept 3" in out
