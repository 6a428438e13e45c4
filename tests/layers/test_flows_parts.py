"""What one process tells of TCP conversations, and another learns, is what one would know."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import fyke
from fyke.layers import carrying
from fyke.layers.tables import read_rooms
from fyke.layers.transport.flows import Flow, Flows
from fyke.wire import Line

#: A segment: which of few conversations, which way, its numbers, whether it begins one.
SEGMENT = st.tuples(st.integers(0, 11), st.booleans(), st.integers(0, 2**32 - 1),
                    st.integers(0, 2**32 - 1), st.booleans())
LAYERS = Path(fyke.__file__).parent / "layers"


def relate(flows: Flows, segment: tuple[int, bool, int, int, bool]) -> tuple[int, int, bool, bool]:
    number, back, seq, ack, begins = segment
    ends, ports = ((0, number), (7, 1 << 63)), (1000 + number, 80)
    (a, b), (source, target) = (ends[::-1], ports[::-1]) if back else (ends, ports)
    flow: Flow = flows.relate(*a, *b, 4 + number % 2 * 2, source, target, seq, ack, begins)
    return flow.seq, flow.ack, flows.fresh, flows.reverse


@given(st.lists(st.tuples(SEGMENT, st.booleans()), max_size=60), st.integers(4, 12))
def test_parts_know_what_the_whole_knows(
        segments: list[tuple[tuple[int, bool, int, int, bool], bool]], capacity: int) -> None:
    """Also where flows are forgotten: the table holds fewer than there are."""
    alone, ahead = Flows(capacity), Flows(capacity)
    told = Line()
    parts: list[list[tuple[int, bool, int, int, bool]]] = [[]]
    for segment, last in segments:
        parts[-1].append(segment)
        if last:
            parts.append([])
    for part in parts:
        told.text()
        ahead.begin_part(told)
        young = ahead.count
        for segment in part[:capacity]:  # a part has fewer flows than fit, or less would be known
            relate(ahead, segment)
        other = Flows(capacity, 3)
        other.learn(told.text(), young)
        for segment in part[:capacity]:
            assert relate(other, segment) == relate(alone, segment)


def test_who_remembers_is_known() -> None:
    """A protocol of layers/application that asks or tells the associations of the run."""
    found = set()
    for path in (LAYERS / "application").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (
                    node.module in ("fyke.layers.associations", "fyke.layers.application.calls")):
                found.add(path.stem)
    assert found - {"calls"} == carrying.REMEMBERING


def test_ports_that_may_lead_to_memory() -> None:
    read_rooms()
    udp, tcp = carrying.not_simple("udp"), carrying.not_simple("tcp")
    assert not udp[53] and not tcp[80] and not tcp[443] and not udp[9]
    assert udp[443] == 2 and udp[2049] and tcp[2049] and udp[4789] and udp[500] and udp[1701]
