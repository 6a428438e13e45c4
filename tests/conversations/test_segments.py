"""TCP put in order: every order, every overlap, wraps, gaps, captures that begin in the middle."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from talk import ACK, FIN, RST, SYN, Talk, streams, tcp, udp

import fyke

TEXT = bytes(range(65, 91)) * 4


def ordinary(talk: Talk) -> None:
    talk.say("client", b"question")
    talk.say("server", b"answer")


def out_of_order(talk: Talk) -> None:
    talk.at("client", 4, b"tion")
    talk.at("client", 0, b"ques")
    talk.next["client"] += 8
    talk.say("server", b"answer")


def three_in_reverse(talk: Talk) -> None:
    for offset in (6, 4, 2, 0):
        talk.at("client", offset, b"question"[offset:offset + 2])
    talk.next["client"] += 8
    talk.say("server", b"answer")


def retransmitted(talk: Talk) -> None:
    talk.say("client", b"question")
    talk.at("client", -8, b"question")
    talk.at("client", -4, b"tion")
    talk.say("server", b"answer")
    talk.at("server", -6, b"answer")


def kept_alive(talk: Talk) -> None:
    talk.say("client", b"question")
    talk.at("client", -1, b"\0")
    talk.at("client", -1, b"", ACK)
    talk.say("server", b"answer")


def acknowledged_too_early(talk: Talk) -> None:
    """The capture swapped the acknowledgement and what it is for."""
    talk.next["client"] += 8
    talk.say("server", b"answer")
    talk.at("client", -8, b"ques")
    talk.at("client", -4, b"tion")


def late_filling(talk: Talk) -> None:
    """Acknowledged, taken for missing, and then it comes after all."""
    talk.at("client", 4, b"tion")
    talk.next["client"] += 8
    talk.say("server", b"answer")
    talk.at("client", -8, b"ques")


def grown_again(talk: Talk) -> None:
    talk.say("client", b"ques")
    talk.at("client", -4, b"question")
    talk.next["client"] += 4
    talk.say("server", b"answer")


STORIES = (ordinary, out_of_order, three_in_reverse, retransmitted, kept_alive,
           acknowledged_too_early, late_filling, grown_again)


@pytest.mark.parametrize("isn", (1000, 0xFFFFFFFF, 0xFFFFFFFB, 0x7FFFFFFC, 0))
@pytest.mark.parametrize("overlap", ("first", "last"))
@pytest.mark.parametrize("handshake", (True, False))
@pytest.mark.parametrize("story", STORIES)
def test_both_sides_are_whole(story: Callable[[Talk], None], handshake: bool, overlap: str,
                              isn: int) -> None:
    talk = Talk(isn=isn, peer=isn ^ 0x80000000, handshake=handshake)
    if not handshake:
        talk.say("client", b"")
        talk.say("server", b"")
    story(talk)
    stream, = streams(talk.frames, overlap=overlap)
    assert (stream.data("client"), stream.data("server")) == (b"question", b"answer")
    assert stream.gaps == () and stream.counts("client").missing == 0
    assert str(stream.client) == "10.0.0.1:40000" and str(stream.server) == "10.0.0.2:80"


@pytest.mark.parametrize("overlap, first, waiting", (("first", b"aaaaaabbb", b"xxaaaabb"),
                                                     ("last", b"aaabbbbbb", b"xxabbbbb")))
def test_overlaps_by_policy(overlap: str, first: bytes, waiting: bytes) -> None:
    talk = Talk()
    talk.at("client", 0, b"aaaaaa")
    talk.at("client", 3, b"bbbbbb")
    assert streams(talk.frames, overlap=overlap)[0].data("client") == first
    talk = Talk()
    talk.at("client", 2, b"aaaa")
    talk.at("client", 3, b"bbbbb")
    talk.at("client", 0, b"xx")
    assert streams(talk.frames, overlap=overlap)[0].data("client") == waiting


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=24),
       st.sampled_from(("first", "last")), st.integers(0, 0xFFFFFFFF))
def test_any_segments(pieces: list[tuple[int, int]], overlap: str, isn: int) -> None:
    """Each byte that came is there; where bytes differ, as a table of bytes says."""
    talk = Talk(isn=isn)
    model: dict[int, int] = {}
    for number, (offset, length) in enumerate(pieces):
        data = bytes([65 + number % 26]) * length
        talk.at("client", offset, data)
        for at in range(offset, offset + length):
            if overlap == "last":
                if length > 1 or at + 1 != next_of(model):  # a keep-alive says nothing
                    model[at] = data[0]
            else:
                model.setdefault(at, data[0])
    stream, = streams(talk.frames, overlap=overlap)
    assert stream.data("client") == bytes(model[at] for at in sorted(model))
    end = max(model, default=-1) + 1
    assert sum(gap.length for gap in stream.gaps) == end - len(model)
    assert stream.counts("client").missing == end - len(model)


def next_of(model: dict[int, int]) -> int:
    """What is expected next of bytes that came."""
    at = 0
    while at in model:
        at += 1
    return at


def test_any_order_of_a_long_text() -> None:
    rng = random.Random(1)
    text = rng.randbytes(40_000)
    cuts = sorted(rng.sample(range(1, 40_000), 300))
    pieces = [(a, text[a:b]) for a, b in zip([0, *cuts], [*cuts, 40_000], strict=True)]
    rng.shuffle(pieces)
    talk = Talk(isn=0xFFFFF000)
    for offset, data in pieces:
        talk.at("server", offset, data)
    stream, = streams(talk.frames)
    assert stream.data("server") == text and stream.gaps == ()
    assert [one.side for one in stream.segments] == ["server"] * 301


def test_gaps_are_kept_as_gaps() -> None:
    talk = Talk()
    talk.say("client", b"abc")
    talk.next["client"] += 1000
    talk.say("client", b"def")
    talk.say("server", b"ok")
    talk.next["server"] += 70
    talk.at("client", 0, b"", ACK)
    stream, = streams(talk.frames)
    assert stream.data("client") == b"abcdef"
    assert stream.runs("client") == [(0, b"abc"), (1003, b"def")]
    assert stream.gaps == (("client", 3, 1000), ("server", 2, 70))
    assert stream.counts("client").missing == 1000 and stream.counts("server").missing == 70


def test_a_gap_of_two_gigabytes_is_a_number() -> None:
    talk = Talk()
    for _ in range(4):
        talk.next["client"] += 0x7FFFFF00
        talk.say("client", b"x")
        talk.say("server", b"")
    stream, = streams(talk.frames)
    assert stream.data("client") == b"xxxx"
    assert sum(gap.length for gap in stream.gaps) == 4 * 0x7FFFFF00


def test_cut_packets_leave_gaps() -> None:
    talk = Talk()
    talk.say("client", b"abcdef")
    talk.say("client", b"ghi")
    whole = talk.frames[3]
    packets = [fyke.Packet(frame) for frame in talk.frames]
    packets[3] = fyke.Packet(whole[:-2], wire_length=len(whole))
    stream, = fyke.streams(packets)
    assert stream.runs("client") == [(0, b"abcd"), (6, b"ghi")]
    assert stream.gaps == (("client", 4, 2),)


def test_what_is_closed_is_handed_out_at_once() -> None:
    talk = Talk()
    ordinary(talk)
    talk.end()
    talk.at("client", 0, b"", ACK)  # late: nothing new
    other = Talk(client=("10.0.0.3", 1))
    found = streams(talk.frames + other.frames)
    assert [(one.state, one.number) for one in found] == [("closed", 0), ("end", 1)]


def test_the_same_ports_again() -> None:
    talk, again = Talk(isn=1), Talk(isn=100_000)
    ordinary(talk)
    again.say("client", b"second")
    found = streams(talk.frames + again.frames)
    assert [(one.number, one.state, one.data("client")) for one in found] == [
        (0, "reused", b"question"), (1, "end", b"second")]


def test_a_copy_of_the_syn_begins_nothing() -> None:
    talk = Talk()
    found = streams([talk.frames[0], *talk.frames])
    assert [one.number for one in found] == [0]


def test_a_reset_is_waited_for() -> None:
    talk = Talk()
    talk.say("server", b"", RST)
    talk.say("client", b"still here")
    stream, = streams(talk.frames)
    assert stream.data("client") == b"still here"
    late = [fyke.Packet(frame, time=number) for number, frame in enumerate(talk.frames)]
    late.append(fyke.Packet(udp(("1.1.1.1", 1), ("2.2.2.2", 2), b""), time=11 * 10**9))
    assert [one.state for one in fyke.streams(late)] == ["reset", "end"]


def test_who_is_the_client() -> None:
    """Who sent the SYN; an answer to one says who that was; else the first that spoke."""
    client, server = ("10.0.0.1", 9), ("10.0.0.2", 80)
    for frames in ([tcp(client, server, 1, 0, SYN)], [tcp(server, client, 1, 2, SYN | ACK)],
                   [tcp(client, server, 1, 1, ACK)]):
        stream, = streams(frames)
        assert (stream.client, stream.server) == (client, server)


def test_who_talks_to_himself() -> None:
    me = ("127.0.0.1", 7)
    stream, = streams([tcp(me, me, 1, 0, SYN), tcp(me, me, 2, 2, ACK, b"hello")])
    assert stream.data("client") == b"hello" and stream.counts("server").packets == 0


def test_datagrams() -> None:
    here, there = ("2001:db8::1", 5), ("2001:db8::2", 6)
    stream, = streams([udp(here, there, b"one"), udp(there, here, b"two"), udp(here, there, b""),
                       udp(here, there, b"three")])
    assert stream.protocol == "udp" and str(stream.server) == "[2001:db8::2]:6"
    assert [(one.side, one.data, one.number) for one in stream.segments] == [
        ("client", b"one", 1), ("server", b"two", 2), ("client", b"", 3), ("client", b"three", 4)]
    assert stream.data("client") == b"onethree"


def test_a_fin_with_data_out_of_order() -> None:
    talk = Talk()
    talk.at("client", 3, b"end", FIN | ACK)
    talk.at("client", 0, b"the")
    stream, = streams(talk.frames)
    assert stream.data("client") == b"theend" and stream.gaps == ()


def test_arguments() -> None:
    with pytest.raises(fyke.UsageError, match="overlap must be one of first, last"):
        fyke.streams(b"", overlap="both")  # type: ignore[arg-type]
    with pytest.raises(fyke.UsageError, match="memory must be from"):
        fyke.streams(b"", memory=1)
    stream, = streams(Talk().frames)
    with pytest.raises(fyke.UsageError, match="a side is 'client' or 'server', not 'left'"):
        stream.data("left")


@pytest.mark.parametrize("port", (4789, 8472))
def test_inside_vxlan(port: int) -> None:
    """The inner conversation is a stream of its own; Linux's old port is OTV's, too."""
    talk = Talk()
    talk.say("client", b"inside")
    frames = [udp(("10.9.0.1", 40000), ("10.9.0.2", port), b"\x08\0\0\0\0\0\x05\0" + one)
              for one in talk.frames]
    found = {one.protocol: one for one in fyke.streams([fyke.Packet(one) for one in frames])}
    assert found["tcp"].data("client") == b"inside"
    assert found["udp"].server.port == port
