"""Link, network and routing layers print what tcpdump prints, byte for byte.

Debian's tcpdump (4.99) is the judge. Version 5, which fyke follows, words some things differently:
WORDINGS turns the old words into the new ones, and packets on which the versions disagree in
substance (impossible lengths, node information, extended echo) are not among the samples.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import network_traffic as traffic
import pytest

TCPDUMP = shutil.which("tcpdump")
pytestmark = pytest.mark.skipif(TCPDUMP is None, reason="tcpdump is not installed")

OPTIONS = ["", "-e", "-q", "-v", "-vv", "-vvv", "-ev", "-evvv", "-eq", "-K -v", "-x", "-X", "-xx",
           "-XX", "-A", "-AA", "-#", "-S"]
#: What does not depend on the protocol: time stamps, counting, output.
STAMPS = ["-t", "-tt", "-ttt", "-tttt", "-ttttt", "-N", "-l", "-U", "--nano", "--micro", "--print",
          "-c 3", "-#exx", "--nano -ttt", "--count"]
#: Old text, new text, and since when or why.
WORDINGS = (
    (rb"\) payload length: (\d+)\)", rb"), payload length \1)"),  # 5.0: a comma, no colon
    (rb"next-header Options \(0\)", rb"next-header HBH (0)"),  # 5.0 names the headers
    (rb"next-header unknown \(59\)", rb"next-header No Next Header (59)"),
    (rb"next-header unknown \(60\)", rb"next-header DSTOPT (60)"),
    (rb"proto Options \(0\)", rb"proto HBH (0)"),
    (rb"\(opt_type (0x\w\w): len=(\d+)\)", rb"(unknown opt-type \1 len=\2)"),
)
#: Lines that the versions are known to write differently when a packet is cut short.
CUT_DIFFERENTLY = re.compile(
    rb"truncated-ip|bad-len|\[\||remaining|invalid|checksum 0x|\[ndp opt\]")


#: Organisations that both versions name.
OWNED = (0x00000C, 0x0004EA, 0x00120F, 0x009069, 0x00A03E, 0x00E004, 0x00E02F, 0x080009, 0x748771,
         0xD0F0DB)


def text_of(command: list[str], path: Path) -> list[bytes]:
    done = subprocess.run(
        [*command, "-r", str(path)], capture_output=True, check=False, timeout=60,
        env={**os.environ, "TZ": "UTC", "RES_OPTIONS": "timeout:1 attempts:1"})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def as_version_5(text: bytes) -> bytes:
    """Debian's line as version 5 words it."""
    for old, new in WORDINGS:
        text = re.sub(old, new, text)
    return text


def compare(path: Path, options: str) -> None:
    words = options.split()
    theirs = [as_version_5(text) for text in text_of([str(TCPDUMP), *words], path)]
    ours = text_of([sys.executable, "-m", "fyke", "dump", *words], path)
    different = [(a, b) for a, b in zip(theirs, ours, strict=False) if a != b]
    assert not different, f"{len(different)} lines differ: {different[:3]}"
    assert len(ours) == len(theirs)


def write(path: Path, frames: list[bytes], snaplen: int = 262144, link_type: int = 1) -> Path:
    path.write_bytes(traffic.savefile(frames, snaplen, link_type))
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("traffic") / "whole.pcap", traffic.samples())


@pytest.mark.parametrize("options", OPTIONS)
def test_same_text(whole: Path, options: str) -> None:
    compare(whole, f"-n {options}")


@pytest.mark.parametrize("options", STAMPS)
def test_same_text_of_any_packet(tmp_path: Path, options: str) -> None:
    compare(write(tmp_path / "few.pcap", traffic.arp()), f"-n {options}")


def test_options_that_are_newer(tmp_path: Path) -> None:
    """--skip and --lengths came with version 5: held against the text without them."""
    path = write(tmp_path / "few.pcap", traffic.arp(), snaplen=40)
    fyke = [sys.executable, "-m", "fyke", "dump", "-tn"]
    plain = text_of(fyke, path)
    assert text_of([*fyke, "--skip=2"], path) == plain[2:]
    assert text_of([*fyke, "--skip=2", "-c", "1"], path) == plain[2:3]
    assert text_of([*fyke, "--lengths"], path) == [
        b"caplen %d, len %d, %s" % (min(40, len(frame)), len(frame), text)
        for frame, text in zip(traffic.arp(), plain, strict=True)]


@pytest.mark.parametrize("options", ["", "-e", "-q", "-v", "-N"])
def test_same_text_with_names(tmp_path: Path, options: str) -> None:
    """Without -n: names of protocols, organisations and well-known ports."""
    frames = [*traffic.arp(), *traffic.igmp_messages(), *traffic.ethernet(),
              traffic.four(115, b"l2tp"), traffic.four(6, bytes(20), fragment=9),
              *(traffic.frame(0x1234, b"abc")[:6] + oui.to_bytes(3, "big") + b"\1\2\3\x12\x34abc"
                for oui in OWNED)]
    compare(write(tmp_path / "names.pcap", frames), options)


@pytest.mark.parametrize("snaplen", [13, 14, 17, 20, 33, 40, 46, 54, 62, 70, 80, 94])
def test_cut_short(tmp_path: Path, snaplen: int) -> None:
    """Of each packet, what is shown is a beginning of what tcpdump shows, or the same."""
    path = write(tmp_path / "cut.pcap", traffic.samples(), snaplen)
    theirs = [as_version_5(text) for text in text_of([str(TCPDUMP), "-tn"], path)]
    ours = text_of([sys.executable, "-m", "fyke", "dump", "-tn"], path)
    different = [(a, b) for a, b in zip(theirs, ours, strict=False)
                 if a != b and not CUT_DIFFERENTLY.search(a)]
    assert not different, f"{len(different)} lines differ: {different[:3]}"


def without_ethernet(frame: bytes) -> bytes:
    return frame[14:]


@pytest.mark.parametrize(("link_type", "head"), [
    (0, b"\2\0\0\0"), (108, b"\0\0\0\2"), (101, b""), (228, b""),
    (113, b"\0\0\0\1\0\6\0\x11\x22\x33\x44\x55\0\0\x08\0"),
    (276, b"\x08\0\0\0\0\0\xff\xff\0\1\4\6\0\x11\x22\x33\x44\x55\0\0"),
    (239, b"\2\0\0\0"),
])
@pytest.mark.parametrize("options", ["", "-e", "-q", "-v", "-x"])
def test_other_link_types(tmp_path: Path, link_type: int, head: bytes, options: str) -> None:
    packets = [without_ethernet(frame) for frame in traffic.icmp_messages()[:12]]
    if link_type == 239:
        packets = [(len(packet) + 4).to_bytes(2, "little") + b"\x09\0" + packet
                   for packet in packets]
    path = write(tmp_path / "link.pcap", [head + packet for packet in packets],
                 link_type=link_type)
    if link_type in (101, 228) and "-e" in options:
        pytest.skip("version 5 names the protocol of raw IP with -e")
    compare(path, f"-n {options}")
