"""UDP, TCP, DNS and the text protocols print what tcpdump prints, byte for byte.

Debian's tcpdump (4.99) is the judge; what version 5 words differently is left out of the traffic.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import transport_traffic as traffic

TCPDUMP = shutil.which("tcpdump")
pytestmark = pytest.mark.skipif(TCPDUMP is None, reason="tcpdump is not installed")

OPTIONS = ["", "-v", "-vv", "-vvv", "-q", "-qv", "-S", "-Sv", "-e", "-K -v", "-N", "-A", "-x", "-X",
           "-xx", "-XX", "-AA", "-t", "-#"]

#: Version 5 says more of an IPv6 header that the capture ends in.
CUT_IN_IP6 = b" [|ip6]"
#: DNS over TCP: borders of segments are none of messages (docs/differences.md).
OTHER_BORDERS = re.compile(rb" \[prefix length\(\d+\) != length\(\d+\)\]")


def text_of(command: list[str], path: Path) -> list[bytes]:
    done = subprocess.run(
        [*command, "-r", str(path)], capture_output=True, check=False, timeout=60,
        env={**os.environ, "TZ": "UTC", "RES_OPTIONS": "timeout:1 attempts:1"})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def as_version_5(text: bytes) -> bytes:
    """Debian's line as version 5 words it."""
    text = re.sub(rb"\) payload length: (\d+)\)", rb"), payload length \1)", text)
    text = re.sub(rb"\[!(RST[^]]*)\]", rb"[\1] [|tcp]", text)
    text = re.sub(rb"(\[bad hdr length \d+ - too \w+, [<>] \d+\])", rb"\1 (invalid)", text)
    text = re.sub(rb"(options \[|,)( \d+(?:\[len \d+\])?[],])", rb"\1ccecho\2", text)
    text = text.replace(b":  ripng", b": ripng").replace(b"]  ripng", b"] ripng")
    text = text.replace(b".521:  [|ripng]", b".521: ripng [|ripng]")
    return text.replace(b" [|tcp]>", b" [|tcp]")


def compare(path: Path, options: str, numeric: str = "-nn") -> None:
    options += f" {numeric}"
    theirs = [as_version_5(text) for text in text_of([str(TCPDUMP), *options.split()], path)]
    ours = text_of([sys.executable, "-m", "fyke", "dump", *options.split()], path)
    different = [(a, b) for a, b in zip(theirs, ours, strict=False)
                 if a != b and not a.endswith(CUT_IN_IP6) and not OTHER_BORDERS.search(a)]
    assert not different, f"{len(different)} lines differ: {different[:3]}"
    assert len(ours) == len(theirs)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("traffic") / "whole.pcap"
    path.write_bytes(traffic.savefile(traffic.everything()))
    return path


@pytest.mark.parametrize("options", OPTIONS)
def test_same_text(whole: Path, options: str) -> None:
    compare(whole, options)


@pytest.mark.parametrize("options", ["", "-e", "-q", "-v"])
def test_same_text_with_names(whole: Path, options: str) -> None:
    """Without -n: services by name; the hosts here have none."""
    compare(whole, options, numeric="")


@pytest.mark.parametrize("snaplen", [36, 40, 50, 55, 60, 70, 76])
def test_same_text_when_cut_short(tmp_path: Path, snaplen: int) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes(traffic.savefile(traffic.everything(), snaplen))
    compare(path, "-v")
