"""The five files that everything is measured on, the same ones every time.

    python -m benchmarks.captures NAME FILE [COUNT]

few     2,000 conversations, IPv4 and IPv6: TLS, HTTP, SSH, DNS, QUIC, ping, ARP, VLAN, fragments,
        syslog, NTP, as on the link of an office
many    200,000 short conversations of four packets, some thousand open at a time
mixed   forty protocols from the tests' packets (mixture.py), and conversations as in few
small   frames of 64 octets on the wire (60 captured: there is no frame check sequence)
bulk    segments of 1,500 octets

Link type Ethernet, microseconds, rising time stamps.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks import flows, mixture, pcap
from benchmarks.frames import ACK, over, tcp, udp

FEW = 2_000
OPEN = 4_000  # conversations of ``many`` that go on at a time
#: What ``few`` is made of: makers, how often each is drawn, and whether some have a VLAN tag.
SHARES: tuple[tuple[flows.Maker, int], ...] = (
    (flows.tls, 40), (flows.http, 10), (flows.ssh, 6), (flows.dns, 14), (flows.quic, 10),
    (flows.datagrams, 5), (flows.ping, 4), (flows.who_has, 3), (flows.fragments, 3),
    (flows.syslog, 3), (flows.ntp, 2))
TAGGED = 0.05  # of the conversations


def conversations(rng: random.Random, count: int) -> list[flows.Flow]:
    makers, weights = zip(*SHARES, strict=True)
    return [maker(rng, 7 if rng.random() < TAGGED else 0)
            for maker in rng.choices(makers, weights, k=count)]


def few(rng: random.Random) -> Iterator[bytes]:
    going_on = conversations(rng, FEW)
    while True:
        yield next(rng.choice(going_on))


def many(rng: random.Random) -> Iterator[bytes]:
    going_on = [flows.short_conversation(rng) for _ in range(OPEN)]
    while True:
        at = rng.randrange(OPEN)
        frame = next(going_on[at], None)
        if frame is None:
            going_on[at] = flows.short_conversation(rng)
        else:
            yield frame


def mixed(rng: random.Random) -> Iterator[bytes]:
    """A frame of one of the protocols as often as one of a conversation."""
    going_on = conversations(rng, FEW)
    protocols = mixture.protocols()
    while True:
        yield rng.choice(protocols)
        yield next(rng.choice(going_on))


def small(rng: random.Random) -> Iterator[bytes]:
    ends = [(flows.ends(rng)[1:], rng.getrandbits(32)) for _ in range(FEW)]
    while True:
        (client, server, port), seq = rng.choice(ends)
        if rng.random() < 0.5:
            yield over(4, 17, client, server, udp(port, 40000, rng.randbytes(18)))
        else:
            plain = tcp(port, 443, seq, 1, ACK)
            plain = plain[:12] + b"\x50" + plain[13:20]  # without options
            yield over(4, 6, client, server, plain) + bytes(6)


def bulk(rng: random.Random) -> Iterator[bytes]:
    ends = [(flows.ends(rng)[1:], rng.getrandbits(32)) for _ in range(20)]
    seqs = [0] * len(ends)
    while True:
        at = rng.randrange(len(ends))
        (client, server, port), seq = ends[at]
        yield over(4, 6, server, client, tcp(443, port, seq + seqs[at], 1, ACK,
                                             rng.randbytes(flows.SEGMENT), seqs[at] >> 12))
        seqs[at] += flows.SEGMENT


MAKERS: dict[str, Callable[[random.Random], Iterator[bytes]]] = {
    "few": few, "many": many, "mixed": mixed, "small": small, "bulk": bulk}
#: How many packets the whole file has; a task that takes long gets fewer.
PACKETS = {"few": 100_000, "many": 800_000, "mixed": 50_000, "small": 200_000, "bulk": 50_000}
DISTINCT = {"few": 60_000, "many": 800_000, "mixed": 60_000, "small": 60_000, "bulk": 20_000}


def frames(name: str, count: int) -> Iterator[bytes]:
    """``count`` frames; what was made once comes again where more are wanted."""
    made = list(islice(MAKERS[name](random.Random(1)), min(count, DISTINCT[name])))
    for number in range(count):
        yield made[number % len(made)]


def write(path: str | Path, name: str, count: int) -> None:
    """The file of that name, with ``count`` packets."""
    pcap.write(path, frames(name, count))


if __name__ == "__main__":
    write(sys.argv[2], sys.argv[1], int(sys.argv[3]) if sys.argv[3:] else PACKETS[sys.argv[1]])
