"""Protocols of other packages: docs/adding-a-protocol.md is followed; what goes wrong is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fyke

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding-a-protocol.md").read_text()
FILES = dict(re.findall(r"`(\S+)`\n\n```(?:toml|python)\n(.*?)```", PAGE, re.S))
#: Ethernet, IPv4 and UDP to port 4720; 17 octets follow.
HEADERS = bytes.fromhex("020000000002 020000000001 0800 4500 002d 0000 0000 4011 0000"
                        "0a000001 0a000002 c350 1270 0019 0000")
BEAT = bytes.fromhex("0007 00000063 0102 001e 0205 6e6f727468")


def environment(folder: Path) -> dict[str, str]:
    path = os.pathsep.join([str(folder), str(ROOT / "src")])
    return os.environ | {"PYTHONPATH": path, "TZ": "UTC"}


def run(folder: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=cwd,
                          env=environment(folder), timeout=120, check=False)


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Two heartbeats, the second cut in its header."""
    whole = HEADERS + BEAT
    path = tmp_path / "beats.pcap"
    with fyke.write(path) as out:
        for end in (len(whole), len(HEADERS) + 3):
            out.add(fyke.Packet(whole[:end], wire_length=len(whole), time=0))
    return path


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The page's package, where pip puts it."""
    pytest.importorskip("setuptools")
    source, target = tmp_path / "source", tmp_path / "installed"
    source.mkdir()
    for name, text in FILES.items():
        (source / name).write_text(text)
    done = run(target, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
               "--no-build-isolation", "--disable-pip-version-check", "--target", str(target),
               str(source))
    if done.returncode:
        pytest.skip(f"no package can be built here: {done.stderr.strip().splitlines()[-1]}")
    return target


def said(folder: Path, *entries: str, module: str = "") -> Path:
    """A package as its installed files are."""
    info = folder / "strange-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text("[console_scripts]\nx = y:z\n\n[fyke.layers]\n"
                                           + "".join(f"{entry}\n" for entry in entries))
    (folder / "strange.py").write_text(module)
    return folder


def test_the_page_has_a_package() -> None:
    assert set(FILES) == {"pyproject.toml", "heartbeat.py"}


@pytest.mark.parametrize("box", ["off", "strict"])
def test_an_installed_protocol_is_printed(installed: Path, capture: Path, box: str) -> None:
    lines = re.search(r"\$ fyke dump -nn -t -r beats.pcap\n(.*?)\n\n", PAGE, re.S)
    assert lines is not None
    done = run(installed, "-m", "fyke", "dump", f"--sandbox={box}", "-nn", "-t", "-r", str(capture))
    if box == "strict" and "sandbox" in done.stderr:
        pytest.skip(done.stderr)
    assert done.stdout.rstrip("\n") == lines[1], done.stderr


def test_it_has_columns(installed: Path, capture: Path) -> None:
    told = re.search(r"\$ fyke table beats.pcap (.*?)\n(.*?)```", PAGE, re.S)
    assert told is not None
    done = run(installed, "-m", "fyke", "table", "beats.pcap", *told[1].split(),
               cwd=capture.parent)
    wanted = [line.split("\t") for line in told[2].splitlines()]
    shown = [line.split("\t") for line in done.stdout.splitlines()]
    assert [[cell.strip() for cell in row] for row in shown] == [
        [cell.strip() for cell in row] for row in wanted], done.stderr


def test_hostile_octets_as_the_page_tries_them(installed: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    assert "os.urandom" in blocks[-1]
    done = run(installed, "-c", blocks[-1])
    assert done.returncode == 0, done.stderr


PRINT = """
import fyke, sys
for packet in fyke.read(sys.argv[1]):
    print(packet)
"""


@pytest.mark.parametrize(("entry", "module", "warning"), [
    ("udp.port.4720 = nowhere:Nobody", "", "No module named 'nowhere'"),
    ("udp.port.4720 = strange:Strange", "", "AttributeError"),
    ("udp.port.4720 = strange:Strange", "raise ValueError('no')", "ValueError: no"),
    ("udp.port.4720 = strange:Strange", "class Strange: pass", "does not derive from fyke.Layer"),
    ("udp.port.4720 = strange", "", "decodes no udp.port 4720"),
    ("udp.4720 = strange:Strange", "", "no protocol reads udp 4720"),
    ("udp.port.x = strange:Strange", "", "'udp.port.x' names no table and number"),
    ("udp.port.-1 = strange:Strange", "", "'udp.port.-1' names no table and number"),
])
def test_a_plugin_that_does_not_work_is_told_once(
        tmp_path: Path, capture: Path, entry: str, module: str, warning: str) -> None:
    done = run(said(tmp_path / "site", entry, module=module), "-c", PRINT, str(capture))
    assert done.returncode == 0 and done.stdout.count("UDP, length") == 2
    assert len(done.stderr.splitlines()) == 1
    assert "plugin strange: " in done.stderr and warning in done.stderr


def test_a_broken_plugin_leaves_ours(tmp_path: Path) -> None:
    site = said(tmp_path / "site", "ip.proto.17 = nowhere:Nobody")
    code = f"import fyke; print(fyke.Packet(bytes.fromhex({(HEADERS + BEAT).hex()!r})))"
    done = run(site, "-c", code)
    assert "10.0.0.1.50000 > 10.0.0.2.4720: UDP" in done.stdout, done.stderr
    assert done.stderr.count("plugin strange") == 1


def test_two_broken_plugins_leave_ours(tmp_path: Path) -> None:
    """The later word counts; behind it is fyke's, not the other stranger's."""
    site = said(tmp_path / "site", "ip.proto.17 = nowhere:Nobody", "ip.proto.17 = nobody:Nowhere")
    code = f"import fyke; print(fyke.Packet(bytes.fromhex({(HEADERS + BEAT).hex()!r})))"
    done = run(site, "-c", code)
    assert "10.0.0.1.50000 > 10.0.0.2.4720: UDP" in done.stdout, done.stderr


def test_files_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "odd-1.dist-info" / "entry_points.txt").mkdir(parents=True)
    (site / "file-1.egg-info").parent.mkdir(exist_ok=True)
    (site / "file-1.egg-info").write_text("")
    (site / "raw-1.dist-info").mkdir()
    (site / "raw-1.dist-info" / "entry_points.txt").write_bytes(b"[fyke.layers]\n\xff\xfe=\0\n=\n")
    done = run(site, "-c", "import fyke; print(fyke.Packet(bytes(60)))")
    assert done.returncode == 0 and "Traceback" not in done.stderr
