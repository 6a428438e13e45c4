"""Bad input and bad ends: one line that says what and why, the right status, no traceback."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dump_runs import COMMAND, SOURCES, dump, environment

import fyke

HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
FRAME = bytes.fromhex("ffffffffffff020000000001080600010800060400010200000000010a000001"
                      "0000000000000a000002")
RECORD = struct.pack("<IIII", 1_700_000_000, 5, len(FRAME), len(FRAME)) + FRAME


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a whole capture, a torn one, an empty file and a text."""
    (tmp_path / "whole").write_bytes(HEADER + RECORD * 3)
    (tmp_path / "torn").write_bytes(HEADER + RECORD * 3 + RECORD[:30])
    (tmp_path / "many").write_bytes(HEADER + RECORD * 20000)
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_bytes(b"not a capture, only a text\n" * 9)
    (tmp_path / "list").write_bytes(b"whole\nwhole\n")
    (tmp_path / "expression").write_bytes(b"arp # the rest is a comment\n  and less 100\n")
    return tmp_path


#: Words, exit status, a part of the last line on standard error, packets printed.
CASES = [
    (["-r", "missing"], 1, "missing: No such file", 0),
    (["-r", "folder"], 1, "folder: there is no capture file in this folder", 0),
    (["-r", "text"], 1, "text: unknown file format", 0),
    (["-r", "empty"], 1, "empty: truncated dump file", 0),
    (["-r", "torn"], 1, "torn: truncated dump file", 3),
    (["-r", "torn", "-w", "out"], 1, "torn: truncated dump file", 0),
    (["-r", "whole", "-w", "missing/out"], 1, "missing/out: No such file", 0),
    (["-r", "whole", "-w", "/dev/full"], 1, "/dev/full: No space left on device; no packet "
     "is written", 0),
    (["-r", "whole", "nonsense words here"], 1, "^", 0),
    (["-r", "whole", "-F", "missing"], 1, "missing: No such file", 0),
    (["-V", "missing"], 1, "missing: No such file", 0),
    (["-V", "empty"], 1, "there is no file name in it", 0),
    (["-V", "list", "-r", "whole"], 1, "-r cannot be given besides", 0),
    (["-i", "lo", "-r", "whole"], 1, "give one of them", 0),
    (["-i", "no-such-thing"], 1, "no-such-thing", 0),
    (["-i", "lo", "-y", "IEEE802_11"], 1, "has no link type IEEE802_11", 0),
    (["-i", "lo", "-I"], 1, "lo: That device doesn't support monitor mode", 0),
    (["-i", "lo", "--netns", "no-such-thing"], 1, "no network namespace is called", 0),
    (["-f", "-r", "whole"], 1, "it cannot be used with -r", 0),
    (["-T", "nfs", "-r", "whole"], 1, "-T nfs is no packet type", 0),
    (["-T", "nonsense", "-r", "whole"], 1, "-T nonsense is no packet type", 0),
    (["-C", "1", "-r", "whole"], 1, "there is no -w", 0),
    (["-W", "3", "-w", "out", "-r", "whole"], 1, "give one of them", 0),
    (["--max-disk", "1", "-w", "out", "-r", "whole"], 1, "say with -C", 0),
    (["--max-disk", "1", "-C", "1", "-w", "out", "-r", "whole"], 1, "at least two files", 0),
    (["-w", "-", "-C", "1", "-r", "whole"], 1, "cannot go to standard output", 0),
    (["-w", "-", "--print", "-r", "whole"], 1, "would both write", 0),
    (["-s", "999999", "-r", "whole"], 1, "at most 262144", 0),
    (["-d", "-y", "NONSENSE", "ip"], 1, "NONSENSE", 0),
]


@pytest.mark.parametrize(("words", "status", "reason", "printed"), CASES,
                         ids=[" ".join(case[0]) for case in CASES])
def test_one_line(files: Path, words: list[str], status: int, reason: str, printed: int) -> None:
    done = dump("-n", *words, cwd=files)
    told = done.stderr.decode()
    assert "Traceback" not in told
    assert done.returncode == status
    rows = [row for row in told.splitlines() if not row.startswith("reading from file")]
    assert reason in rows[-1]
    assert len(rows) == (3 if reason == "^" else 1)  # a caret stands under its expression
    assert len(done.stdout.splitlines()) == printed


def test_a_reader_that_leaves(files: Path) -> None:
    command = subprocess.Popen([*COMMAND, "-nr", "many"], cwd=files, env=environment(),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert command.stdout is not None and command.stderr is not None
    assert command.stdout.readline().endswith(b"length 28\n")
    command.stdout.close()
    told = command.stderr.read().decode().splitlines()
    command.stderr.close()
    assert command.wait(20) == -signal.SIGPIPE
    assert told[1:] == []


@pytest.mark.parametrize("words", [
    ["dump", "-r", "many", "-w", "-"], ["table", "many", "-e", "time,text"],
    ["slice", "many", "-w", "-"]])
def test_every_command_ends_by_sigpipe(files: Path, words: list[str]) -> None:
    """Quietly, as ``| head`` is used to: nothing but what is said before the first packet."""
    command = subprocess.Popen([sys.executable, "-m", "fyke", *words], cwd=files,
                               env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert command.stdout is not None and command.stderr is not None
    command.stdout.read(1)
    command.stdout.close()
    told = command.stderr.read().decode().splitlines()
    command.stderr.close()
    assert command.wait(20) == -signal.SIGPIPE
    assert [row for row in told if not row.startswith("reading from file")] == []


@pytest.mark.parametrize("words", [["-nr", "many"], ["-nr", "whole"], ["-d", "ip"], ["--help"],
                                   ["-r", "whole", "--count"]])
def test_a_full_disk_under_standard_output(files: Path, words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, *words], cwd=files, env=environment(), stdout=full,
                              stderr=subprocess.PIPE, timeout=30, check=False)
    told = [row for row in done.stderr.decode().splitlines() if not row.startswith("reading")]
    assert told == ["fyke dump: standard output: No space left on device"]
    assert done.returncode == 1


def test_no_permission(tmp_path: Path) -> None:
    """An ordinary user is told which capability is missing and what grants it."""
    program = ("import os, sys\n"
               "from importlib import import_module\n"
               "import fyke.cli.main, fyke.cli.live, fyke.filter.compile, fyke.bpf.listing\n"
               "import fyke.filter.lowering.generator, ctypes, fyke.cli.dump\n"
               "fyke.filter.compile.compile('')\n"  # nobody may not be able to read the modules
               "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
               "sys.exit(fyke.cli.main.main(['dump', '-i', 'lo']))\n")
    done = subprocess.run([sys.executable, "-c", program], env=environment(), timeout=30,
                          capture_output=True, check=False)
    told = done.stderr.decode()
    if os.geteuid() and not done.returncode:
        pytest.skip("this user may capture")
    assert done.returncode == 1 and "Traceback" not in told
    assert "CAP_NET_RAW is missing" in told and "sudo setcap cap_net_raw" in told
    assert sum(row.startswith("fyke dump:") for row in told.splitlines()) == 1


def test_what_goes_well(files: Path) -> None:
    """The same options, given what they need."""
    assert len(dump("-nV", "list", cwd=files).stdout.splitlines()) == 6
    assert len(dump("-nr", "whole", "-F", "expression", cwd=files).stdout.splitlines()) == 3
    assert dump("-r", "whole", "--count", "-c", "2", cwd=files).stdout == b"2 packets\n"
    assert len(dump("-nr", "many", "--print-sampling", "1000", cwd=files
                    ).stdout.splitlines()) == 20
    again = dump("-nr", "whole", "-w", "out", "--print", cwd=files)
    assert len(again.stdout.splitlines()) == 3
    assert (files / "out").read_bytes() == HEADER + RECORD * 3
    assert dump("-nr", "whole", "-w", "-", cwd=files).stdout == HEADER + RECORD * 3
    assert dump("-nr", "-", "--count", cwd=files, input=HEADER + RECORD * 4
                ).stdout == b"4 packets\n"
    dump("-nr", "whole", "-w", "nano", "--time-stamp-precision", "nano", cwd=files)
    assert (files / "nano").read_bytes()[:4] == struct.pack("<I", 0xA1B23C4D)
    told = dump("-p", "-B", "99", "-nr", "whole", cwd=files).stderr
    assert b"-B, -p: about capturing, nothing to do with -r" in told


def test_files_follow_each_other(files: Path) -> None:
    """-C, -W, --max-disk, --atomic and -z on a file: complete files only, the oldest deleted."""
    script = files / "note"
    script.write_text("#!/bin/sh\necho $1 >> noted\n")
    script.chmod(0o755)
    size = len(RECORD)
    assert dump("-r", "many", "-c", "100", "-w", "out", "-C", "1k", "--atomic", "--max-disk",
                "5k", cwd=files).returncode == 0
    kept = sorted(files.glob("out*"), key=lambda path: path.stat().st_mtime_ns)
    assert sum(path.stat().st_size for path in kept) <= 5 * 1024
    assert len(kept) > 2 and not list(files.glob(".out*"))
    assert all(path.stat().st_size <= 1024 + size for path in kept)
    done = dump("-r", "whole", "-w", "note.pcap", "-z", "./note", cwd=files)
    assert done.returncode == 0
    for _ in range(200):
        if (files / "noted").exists() and (files / "noted").read_text():
            break
        subprocess.run(["sleep", "0.02"], check=True)
    assert (files / "noted").read_text() == "note.pcap\n"
    told = dump("-r", "whole", "-w", "x.pcap", "-z", "no-such-command", cwd=files)
    assert b"-z no-such-command: no such command" in told.stderr and told.returncode == 0


def test_it_is_this_package() -> None:
    assert (SOURCES / "fyke" / "cli" / "dump.py").exists()


def test_the_whole_packets_of_a_torn_file_are_written(files: Path) -> None:
    assert dump("-r", "torn", "-w", "out", cwd=files).returncode == 1
    assert (files / "out").read_bytes() == HEADER + RECORD * 3


def test_an_output_that_nobody_reads(files: Path) -> None:
    """The first Ctrl-C cannot end a write that waits for a reader; one more, later, does."""
    process = subprocess.Popen([*COMMAND, "-nr", "many"], cwd=files, env=environment(),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.peek(1)  # type: ignore[attr-defined]
    process.send_signal(signal.SIGINT)
    time.sleep(0.8)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    told = process.stderr.read().decode().splitlines()
    assert told[1:] == ["fyke dump: interrupted at once; what was not yet written is lost"]
    process.communicate()


def test_names_of_files_do_no_harm_to_a_terminal(tmp_path: Path) -> None:
    """In what is said before a file is read, too."""
    path = tmp_path / "a\x1b[31m\nb.pcap"
    path.write_bytes(HEADER + RECORD)
    done = dump("-r", str(path), "--count")
    assert done.returncode == 0
    assert b"a\\x1b[31m\\nb.pcap, link-type" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_a_link_type_without_a_name(files: Path) -> None:
    """Its number is told, and filters that need no knowledge of it work."""
    path = files / "nameless"
    path.write_bytes(HEADER[:20] + struct.pack("<I", 0x3FF0001) + RECORD * 3)
    done = dump("-r", str(path), "--count", "len > 0 and link[12:2] == 0x806")
    assert (done.returncode, done.stdout) == (0, b"3 packets\n")
    assert b"link-type 67043329, snapshot" in done.stderr
    assert len(list(fyke.read(path, "len > 0"))) == 3


@pytest.mark.parametrize("words", [["dump", "-r"], ["slice"], ["merge"], ["sort"], ["anonymize"]])
def test_a_second_link_type_from_a_pipe(tmp_path: Path, words: list[str]) -> None:
    """It cannot be read beforehand: what came first is written, and the command ends."""
    with fyke.write(tmp_path / "two.pcapng", link_type="EN10MB") as out:
        out.add(FRAME, time=1)
        out.add(fyke.Packet(bytes.fromhex("45000014000000004001") + bytes(10), link_type="RAW"))
    with open(tmp_path / "two.pcapng", "rb") as pipe:
        done = subprocess.run([sys.executable, "-m", "fyke", *words, "-", "-w", "out.pcap"],
                              stdin=pipe, capture_output=True, text=True, check=False, timeout=60,
                              cwd=tmp_path, env=environment())
    assert done.returncode == 1
    assert "holds one link type" in done.stderr.splitlines()[-1]
