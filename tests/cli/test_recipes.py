"""CONTRIBUTING's recipes for a flag and a format, followed in a copy of the sources."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dump_runs import SOURCES, environment

CONTRIBUTING = SOURCES.parent / "CONTRIBUTING.md"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources alone; they run uncompiled."""
    shutil.copytree(SOURCES / "fyke", tmp_path / "src" / "fyke",
                    ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    return tmp_path


def add(path: Path, before: str, line: str) -> None:
    """One line in front of another."""
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, line + before))


def run(copy: Path, *words: str, status: int = 0) -> str:
    done = subprocess.run([sys.executable, "-m", "fyke", *words], capture_output=True, text=True,
                          env=environment() | {"PYTHONPATH": str(copy / "src")}, timeout=60,
                          check=False)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def test_a_flag_is_one_row(copy: Path) -> None:
    pytest.importorskip("shtab")
    pytest.importorskip("argparse_manpage")
    told = re.search(r"`utf8: bool = (switch\(.*?\))`", CONTRIBUTING.read_text(), re.S)
    assert told is not None
    row = " ".join(told[1].split()).replace("--utf8", "--greet").replace(
        "-A: print what is UTF-8 as it is", "greet every packet")
    add(copy / "src/fyke/dump/options.py", "    line_buffered: bool = ",
        f"    greet: bool = {row}\n")
    assert re.search(r"--greet +greet every packet", run(copy, "dump", "--help"))
    assert "greet every packet" in run(copy, "manual")
    assert "--greet" in run(copy, "completion", "bash")
    assert "--greet: about what is printed, nothing to do with -d" in run(
        copy, "dump", "-d", "--greet", "tcp")
    code = "from fyke.cli.flags import parse; print(parse(['--greet']).greet, parse([]).greet)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env=environment() | {"PYTHONPATH": str(copy / "src")})
    assert done.stdout == "True False\n"


def test_a_format_is_one_row(copy: Path, tmp_path: Path) -> None:
    """A format that is pcap with another beginning."""
    rooms = copy / "src/fyke/files"
    (rooms / "odd.py").write_text(
        "from fyke.files.pcap import PcapReader, PcapWriter\n\n\n"
        "class OddReader(PcapReader):\n    format = 'odd'\n\n"
        "    def __init__(self, octets):\n        octets.need(4)\n        octets.pos += 4\n"
        "        super().__init__(octets)\n\n\n"
        "class OddWriter(PcapWriter):\n    format = 'odd'\n\n"
        "    def __init__(self, file, name, **how):\n        file.write(b'odd!')\n"
        "        super().__init__(file, name, **how)\n")
    add(rooms / "formats.py", ")\n\nCOMPRESSIONS = (",
        '    Format("odd", (".odd",), lambda head: head[:4] == b"odd!",\n'
        '           "fyke.files.odd:OddReader", "fyke.files.odd:OddWriter", False),\n')
    from fyke.files.writer import create
    from fyke.wire import Record
    source = tmp_path / "in.pcap"
    sink = create(source)
    sink.add(Record(bytes(60), 1, 10**18))
    sink.close()
    run(copy, "slice", str(source), "-w", str(tmp_path / "out.odd.gz"))
    assert "Type:         odd, gzip" in run(copy, "info", str(tmp_path / "out.odd.gz")
                                            ).replace("compressed ", "")
    run(copy, "dump", "-r", str(tmp_path / "out.odd.gz"), "--format", "odd", "-w",
        str(tmp_path / "copy"))
    assert (tmp_path / "copy").read_bytes()[:4] == b"odd!"
    assert "1 packet" in run(copy, "dump", "-r", str(tmp_path / "copy"), "--count")
    (tmp_path / "text").write_text("none of them")
    assert "not a pcap or pcapng or odd file" in run(copy, "info", str(tmp_path / "text"),
                                                     status=1)
