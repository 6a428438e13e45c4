"""Start-up is part of the interface: what four commands import, and how many instructions it is.

The lists allow; whatever else is imported fails here, and is either not needed before the first
packet or worth a line. Instructions are callgrind's, beside those of the bare interpreter.
"""

from __future__ import annotations

import compileall
import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

import fyke.wire
from fyke.files.writer import create
from fyke.wire import Record

COMPILED = fyke.wire.__file__.endswith(".so")
#: A TCP segment: Ethernet, IPv4, TCP.
SEGMENT = bytes.fromhex("020000000002020000000001080045000028000140004006"
                        "00000a0000010a0000029c4000500000000100000000500220000000" "0000")

#: Of Python itself, by what may import it: everything, and what prints or compiles.
ANYWHERE = ("__future__", "gc")
#: Not collections, functools, enum: each brings half a dozen others.
LITTLE = (*ANYWHERE, "_bisect", "_collections", "_operator", "bisect")
#: Uncompiled modules take a stand-in for Cython, where Cython itself is not installed.
STAND_IN = () if COMPILED else ("fyke.nocython",)
#: Not typing, which brings re: that was a third of a short run. Not signal, which brings enum.
PRINTING = (*LITTLE, *STAND_IN, "_struct", "struct", "select", "_signal", "_cython_*",
            "cython_runtime")
#: Not socket, threading, queue: the C halves do, and names went without the box take as long again.
NAMING = ("_socket", "_queue", "_thread")
COMMAND = ("fyke", "fyke.late", "fyke.cli", "fyke.cli.commands", "fyke.cli.main", "fyke.errors")
DUMP = (*COMMAND, "fyke.cli.dump", "fyke.cli.flags", "fyke.cli.outputs", "fyke.cli.programs",
        "fyke.cli.idle", "fyke.dump", "fyke.dump.options", "fyke.hints", "fyke.linktypes")
COMPILER = ("fyke.bpf", "fyke.bpf.instructions", "fyke.bpf.listing", "fyke.bpf.opcodes",
            "fyke.bpf.program", "fyke.filter", "fyke.filter.[!d]*")  # not describe
READER = ("fyke.bpf", "fyke.bpf.*", "fyke.cli.reading", "fyke.cli.rights", "fyke.dump.*",
          "fyke.files", "fyke.files.formats", "fyke.files.lent", "fyke.files.limits",
          "fyke.files.octets", "fyke.files.output", "fyke.files.paths", "fyke.files.pcap",
          "fyke.files.pcap_variants", "fyke.files.pseudo_headers", "fyke.files.reader",
          "fyke.arguments", "fyke.source", "fyke.style", "fyke.wire",
          "fyke.cli.inputs", "fyke.files.folder", "fyke.files.signals", "errno", "fcntl",
          "fyke.sandbox", "fyke.sandbox.*", "fyke.calls", "_ctypes", "pwd",
          "fyke.live", "fyke.live.privileges")
#: No protocol but those of the packet, and what they are made of.
LAYERS = ("fyke.layers", "fyke.layers.[!.]*", "fyke.layers.link.*", "fyke.layers.network.ip*",
          "fyke.layers.network.protocols", "fyke.layers.transport.*")
OTHERS = ("fyke.layers.application.*", "fyke.layers.routing.*")  # nothing but the rooms themselves

#: The command, what it may import, and the millions of instructions that it may take. The goal is
#: 2.5 times what ``python -c pass`` takes, which is 39.5 million: 59.3 above it.
COMMANDS = {
    "version": (["--version"], (*ANYWHERE, *COMMAND, "fyke.version"), 5),
    "listing": (["dump", "-d", "host", "1.2.3.4"], (*LITTLE, *DUMP, *COMPILER), 52),
    "one packet": (["dump", "-nr", "one.pcap"], (*PRINTING, *DUMP, *READER, *LAYERS), 59.3),
    "its names": (["dump", "-r", "one.pcap"], (*NAMING, *PRINTING, *DUMP, *READER, *LAYERS), 65),
}

IMPORTED = """
import sys
before = set(sys.modules)
from fyke.cli.main import OURS, main
OURS[0] = True  # in its box
assert main(sys.argv[1:]) == 0
sys.stdout.flush()
sys.stderr.write("\\n" + " ".join(set(sys.modules) - before))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sink = create(tmp_path / "one.pcap")
    sink.add(Record(SEGMENT))
    sink.close()
    return tmp_path


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """In an environment that changes nothing: byte code is kept, and hashes are the same."""
    environment = {name: text for name, text in os.environ.items()
                   if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")}
    environment |= {"PYTHONHASHSEED": "0", "PYTHONPATH": str(Path(fyke.__file__).parents[1])}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True,
                          check=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_imported(name: str, folder: Path) -> None:
    words, allowed, _ = COMMANDS[name]
    done = run([sys.executable, "-c", IMPORTED, *words], folder)
    found = done.stderr.splitlines()[-1].split()
    if "cython" in found:
        pytest.skip("uncompiled, with Cython installed, which imports much")
    rooms = {"fyke.layers.application", "fyke.layers.routing"}
    more = [module for module in found if module not in rooms and (
        not any(fnmatch(module, pattern) for pattern in allowed)
        or any(fnmatch(module, pattern) for pattern in OTHERS))]
    assert not more, f"{name} imports {sorted(more)}"


#: Each is a part of a short run of its own, and there is a smaller way to all that layers want.
HEAVY = ("base64", "collections", "contextlib", "dataclasses", "datetime", "enum", "functools",
         "inspect", "re", "socket", "typing")
IMPORT = """
import sys
before = set(sys.modules)
for name in sys.argv[1:]:
    __import__(name)
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.skipif(not COMPILED, reason="the stand-in for Cython may import much")
def test_no_protocol_brings_heavy_modules(folder: Path) -> None:
    """One packet of DNS took half as long again as one of TCP: for ``typing``, ``re`` and kin."""
    package = Path(fyke.__file__).parent
    names = [".".join(path.relative_to(package.parent).with_suffix("").parts)
             for path in package.glob("layers/*/*.py") if path.stem != "__init__"]
    found = run([sys.executable, "-c", IMPORT, *names], folder).stdout.split()
    assert set(names) <= set(found) and len(names) > 250
    assert not set(HEAVY) & set(found)


def instructions(words: list[str], folder: Path) -> int:
    done = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *words], folder)
    found = re.findall(r"Collected : (\d+)", done.stderr)
    assert found, done.stderr
    return max(map(int, found))  # helpers, which count what was before they were forked, have less


@pytest.mark.skipif(not COMPILED, reason="the ceiling on start-up is that of compiled modules")
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_instructions(folder: Path) -> None:
    # As pip leaves it: in the box nothing may be written, byte code neither.
    compileall.compile_dir(Path(fyke.__file__).parent, quiet=1)
    bare = instructions([sys.executable, "-c", "pass"], folder)
    command = [sys.executable, "-c", "from fyke.cli.main import command; command()"]  # as installed
    took = {name: (instructions([*command, *words], folder) - bare) / 1e6
            for name, (words, _, _) in COMMANDS.items()}
    over = {name: f"{millions:.1f} of {COMMANDS[name][2]}" for name, millions in took.items()
            if millions > COMMANDS[name][2]}
    assert not over, f"millions of instructions: {over}"
