"""What the tests of single protocols share: the text of a packet, and Debian's tcpdump as judge."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import network_traffic as traffic
import pytest

from fyke.layers.layer import Layer, write_packet
from fyke.layers.tables import read_rooms, table
from fyke.wire import Line, Record

TCPDUMP = shutil.which("tcpdump")
needs_tcpdump = pytest.mark.skipif(TCPDUMP is None, reason="tcpdump is not installed")
#: Options of tcpdump, and the attributes of Line that they are.
STYLES: dict[str, dict[str, Any]] = {
    "": {}, "-e": {"link_level": True}, "-v": {"verbose": 1}, "-vv": {"verbose": 2},
    "-vvv": {"verbose": 3}, "-ev": {"link_level": True, "verbose": 1},
    "-q": {"quiet": 1, "suppress_default": True}}


def text_of(octets: bytes, link_type: int = 1, wire_length: int = 0, **settings: Any) -> str:
    """The packet's text with -nn."""
    read_rooms()
    kind = table("link_type").find(link_type)
    assert kind is not None
    line = Line()
    line.style.numeric = 2
    decode_as = settings.pop("packet_type", "") or None
    for name, value in settings.items():
        setattr(line.style, name, value)
    packet = Record(octets, link_type)
    packet.wirelen = wire_length or len(octets)
    layer: Layer = kind()
    layer.decode_as = decode_as
    write_packet(layer.at(packet, 0, packet.wirelen), line)
    return bytes(line.text()).decode("latin-1")


def judged(path: Path, packets: list[bytes], options: str, link_type: int = 1,
           snaplen: int = 262144) -> list[str]:
    """tcpdump's text of each packet with -nn, without time stamps."""
    out = []
    assert TCPDUMP is not None
    path.write_bytes(traffic.savefile(packets, snaplen, link_type))
    done = subprocess.run([TCPDUMP, "-ttnn", "-r", str(path), *options.split()],
                          capture_output=True, check=False, timeout=60,
                          env={**os.environ, "TZ": "UTC"})
    assert done.returncode == 0, done.stderr
    for line in done.stdout.decode("latin-1").splitlines():
        stamp, _, text = line.partition(" ")
        if stamp == f"{len(out) + 1}.000000":
            out.append(text)
        else:
            out[-1] += "\n" + line
    return out


def assert_same(path: Path, packets: list[bytes], options: str, link_type: int = 1,
                reword: Callable[[str], str] = str, packet_type: str = "",
                snaplen: int = 262144) -> None:
    """Every packet's text is tcpdump's; ``reword`` makes version 5's of 4.99's words.

    ``packet_type`` is what -T says, ``snaplen`` where the capture cuts packets.
    """
    told = f"-S {options} -T {packet_type}" if packet_type else f"-S {options}"
    theirs = [reword(text) for text in judged(path, packets, told, link_type, snaplen)]
    ours = [text_of(octets[:snaplen], link_type, len(octets), packet_type=packet_type,
                    absolute_seq=True, **STYLES[options]) for octets in packets]
    different = [(index, a, b) for index, (a, b) in enumerate(zip(theirs, ours, strict=True))
                 if a != b]
    assert not different, f"{len(different)} differ: {different[:3]}"


def assert_prefixes_end(packets: list[bytes], link_type: int = 1) -> None:
    """Every prefix of every packet ends in text, and a fresh layer writes what a used one does."""
    for octets in packets:
        for end in range(0, len(octets), 1 if len(octets) < 200 else 5):
            for settings in ({}, {"verbose": 3, "link_level": True}):
                text_of(octets[:end], link_type, len(octets), **settings)


def mutants(packets: list[bytes], start: int = 0, count: int = 20) -> list[bytes]:
    """Every packet ``count`` times with bits flipped or its end cut off, from ``start`` on."""
    chance = random.Random(len(packets))
    out = []
    for octets in packets:
        for _ in range(count):
            changed = bytearray(octets)
            for _ in range(chance.randrange(4)):
                if len(changed) > start:
                    changed[chance.randrange(start, len(changed))] ^= 1 << chance.randrange(8)
            if len(changed) > start and chance.random() < 0.4:
                del changed[chance.randrange(start, len(changed)):]
            out.append(bytes(changed))
    return out
