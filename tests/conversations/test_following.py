"""Streams beside tshark's ``-z follow``: the same numbers, ends and bytes, or a reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import captures, pcap
from following import TSHARK, Said, by_fyke, by_tshark
from talk import Talk, save, udp
from test_segments import STORIES

pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

#: Where the two differ on purpose. A key of one's own stands for what tshark does.
DIFFERENCES = {
    "gap": "behind a gap that nobody acknowledged tshark shows nothing, fyke what came; inside the "
           "bytes tshark writes '[N bytes missing in capture file]', fyke leaves them out and says "
           "so in ``gaps``",
    "late": "what fills a gap after it was acknowledged: fyke puts it where it belongs, tshark "
            "drops it",
    "empty": "a conversation without a byte: tshark shows no ends",
    "tunnel": "inside a UDP tunnel tshark names the inner packet's addresses as the ends of the "
              "outer conversation, fyke the outer ones",
}
LATE = ("acknowledged_too_early", "late_filling")


def different(ours: Said, theirs: Said, gaps: bool) -> list[object]:
    """What is not explained."""
    found: list[object] = []
    for key in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(key, b""), theirs.get(key, b"")
        if mine != other and not (gaps and mine.startswith(other)):
            found.append((key, mine, other))
    return found


@pytest.mark.parametrize("isn", (1000, 0xFFFFFFFB))
@pytest.mark.parametrize("handshake", (True, False))
def test_stories(tmp_path: Path, handshake: bool, isn: int) -> None:
    frames = []
    for number, story in enumerate(STORIES):
        if story.__name__ in LATE:
            continue
        talk = Talk(client=("10.0.0.1", 4000 + number), isn=isn, peer=7, handshake=handshake)
        if not handshake:
            talk.say("client", b"")
            talk.say("server", b"")
        story(talk)
        frames += talk.frames
        frames.append(udp(("10.0.0.1", 4000 + number), ("10.0.0.9", 9), story.__name__.encode()))
    path = save(tmp_path / "stories.pcap", frames)
    theirs = by_tshark(path, 20)
    assert len(theirs) == 4 * (len(STORIES) - len(LATE))
    assert not different(by_fyke(path, 20), theirs, gaps=False)


def test_gaps(tmp_path: Path) -> None:
    frames = []
    for number, acknowledged in enumerate((True, False)):
        talk = Talk(client=("10.0.0.1", 4000 + number))
        talk.say("client", b"abc")
        talk.next["client"] += 100
        talk.say("client", b"def")
        if acknowledged:
            talk.say("server", b"ok")
        frames += talk.frames
    path = save(tmp_path / "gaps.pcap", frames)
    ours, theirs = by_fyke(path, 9), by_tshark(path, 9)
    assert different(ours, theirs, gaps=False) == [
        (("tcp", 1, "10.0.0.1:4001"), b"abcdef", b"abc")], DIFFERENCES["gap"]


def test_the_same_ports_again(tmp_path: Path) -> None:
    frames = []
    for isn in (1, 100_000, 200_000):
        talk = Talk(isn=isn)
        talk.say("client", b"isn %d" % isn)
        frames += talk.frames
        if isn == 100_000:
            talk.frames.clear()
            talk.end()
            frames += talk.frames + talk.frames[:1]
    path = save(tmp_path / "again.pcap", frames)
    assert not different(by_fyke(path, 9), by_tshark(path, 9), gaps=False)


def test_ordinary_traffic(tmp_path: Path) -> None:
    """Captures that begin in the middle: TLS, HTTP, SSH, DNS, QUIC, fragments, VLANs, IPv6."""
    path = tmp_path / "few.pcap"
    pcap.write(path, list(captures.frames("few", 1500)))
    theirs = by_tshark(path, 60)
    assert len(theirs) > 100
    assert not different(by_fyke(path, 60), theirs, gaps=True)
