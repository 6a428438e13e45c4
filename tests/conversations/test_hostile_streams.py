"""Mutants of every capture that the tests have: streams, messages and files, in bounds.

One in four is taken where fyke is not compiled; FYKE_EVERY=1 in the environment takes all.
"""

from __future__ import annotations

import os
import random
import sys
import zlib
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from test_hostile_conversations import mutants

import fyke.wire
from all_captures import paths
from fyke.conversations.extract import Extraction
from fyke.conversations.found import safe_name
from fyke.conversations.summary import line_of
from fyke.files.paths import looks_like_capture
from fyke.files.reader import open_capture

ONE_IN = 1 if os.environ.get("FYKE_EVERY") or fyke.wire.__file__.endswith(".so") else 4
MEMORY = 1 << 18
MOST = 4 << 20  # bytes of a capture: of larger ones the beginning


def chosen() -> list[Path]:
    return [path for path in paths() if zlib.crc32(path.name.encode()) % ONE_IN == 0
            and looks_like_capture(str(path)) and path.stat().st_size > 60]


@pytest.mark.parametrize("path", chosen(), ids=lambda path: "-".join(path.parts[-3:]))
def test_mutants(path: Path) -> None:
    data = path.read_bytes()[:MOST]
    for number, octets in enumerate([data, *mutants(data, random.Random(path.name))]):
        look_at_streams(octets, ("first", "last")[number & 1])
        take_files(octets)


def look_at_streams(octets: bytes, overlap: str) -> None:
    try:
        for one in fyke.streams(octets, memory=MEMORY, idle=60, overlap=overlap):  # type: ignore
            size = len(one.data("client")) + len(one.data("server"))
            assert size <= len(octets)
            assert one.to_dict()["state"] and one.messages is not None
            assert line_of(one).isprintable() or line_of(one)[:-1].isprintable()
            if one.tls is not None:
                one.tls.to_dict()
    except fyke.FykeError:
        pass  # damaged, and said so


def take_files(octets: bytes) -> None:
    missing: list[str] = []
    try:
        for one in Extraction(1 << 16, MEMORY).run(open_capture(octets), missing):
            assert len(one.data) <= 1 << 16
            assert "/" not in safe_name(one.name, one.type)
    except fyke.FykeError:
        pass
    assert not missing
