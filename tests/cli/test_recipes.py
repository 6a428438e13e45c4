"""CONTRIBUTING's recipes (protocol, command, flag, format), followed in a copy of the sources."""

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


def test_a_protocol_is_a_file_and_a_line(copy: Path, tmp_path: Path) -> None:
    """The class of docs/adding-a-protocol.md, in fyke itself."""
    page = (SOURCES.parent / "docs" / "adding-a-protocol.md").read_text()
    told = re.search(r"`heartbeat.py`\n\n```python\n(.*?)```", page, re.S)
    assert told is not None
    line = re.search(r"`(register\(.*?\))`", CONTRIBUTING.read_text())
    assert line is not None
    room = copy / "src/fyke/layers/application"
    ours = "from fyke.layers.layer import Layer\nfrom fyke.wire import Truncated\n"
    (room / "heartbeat.py").write_text(told[1].replace("import fyke\n", ours).replace(
        "fyke.Layer", "Layer").replace("fyke.Truncated", "Truncated"))
    with (room / "__init__.py").open("a") as file:
        file.write(line[1].replace("69", "4720").replace("tftp:Tftp", "heartbeat:Heartbeat") + "\n")
    (copy / "docs").mkdir()
    done = subprocess.run([sys.executable, "-m", "fyke.tables.reference"], check=False,
                          capture_output=True, text=True,
                          env=environment() | {"PYTHONPATH": str(copy / "src")})
    assert done.returncode == 0, done.stderr
    assert "| `beat` | integer of 32 bits | counts up |" in (
        copy / "docs" / "fields.md").read_text()
    from fyke.files.writer import create
    from fyke.wire import Record
    octets = bytes.fromhex("020000000002 020000000001 0800 4500 0022 0000 0000 4011 0000"
                           "0a000001 0a000002 c350 1270 000e 0000 0007 00000063")
    sink = create(tmp_path / "in.pcap")
    sink.add(Record(octets, 1, 10**18))
    sink.close()
    assert "4720: heartbeat 99 of station 7" in run(copy, "dump", "-nn", "-r",
                                                    str(tmp_path / "in.pcap"))
    assert "99" in run(copy, "table", str(tmp_path / "in.pcap"), "-e", "heartbeat.beat")


def test_a_command_is_a_file_and_a_line(copy: Path) -> None:
    told = re.search(r"`(def run\(.*?int)`", CONTRIBUTING.read_text())
    assert told is not None
    rooms = copy / "src/fyke/cli"
    (rooms / "greet.py").write_text(
        f"from __future__ import annotations\nfrom fyke.errors import UsageError\n{told[1]}:\n"
        "    if arguments:\n        raise UsageError('nobody is greeted by name')\n"
        "    print('good day')\n    return 0\n")
    text = (rooms / "commands.py").read_text()
    first = re.search(r'\n    "', text)
    assert first is not None
    (rooms / "commands.py").write_text(text[:first.start()] + '\n    "greet": "greet the user",'
                                       + text[first.start():])
    assert run(copy, "greet") == "good day\n"
    assert run(copy, "greet", "x", status=1) == "fyke greet: nobody is greeted by name\n"
    assert "greet      greet the user" in run(copy, "--help")


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
