"""Every command has its row of rights, and gives up all others before the first packet."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest
from dump_runs import COMMAND, environment

import fyke
import fyke.wire
from fyke.cli.commands import COMMANDS
from fyke.cli.rights import RIGHTS
from fyke.errors import FykeError
from fyke.sandbox.policy import ROLES

REFUSING = str(Path(__file__).parents[1] / "sandbox" / "refusing.py")
COMPILED = fyke.wire.__file__.endswith(".so")
EPERM, ENOSYS = 1, 38
FYKE = (sys.executable, "-m", "fyke")
TEXT = b"00:00:01.000000 IP 192.0.2.1.9 > 192.0.2.2.9: UDP, length 0\n"
DATAGRAM = bytes.fromhex("ffffffffffff020000000001080045000" + "01c00010000401100" * 1
                         + "00c0000201c0000202" + "0009000900080000")

#: A run of each command that reads something where it can.
RUNS = {
    "dump": ["-ttttnr", "in.pcap"],
    "run": ["-ni", "lo", "--process=proc", "port 9", "--", "true"],
    "filter": ["udp"], "why": ["-r", "in.pcap", "udp"],
    "flows": ["in.pcap"], "rates": ["in.pcap"],
    "same": ["ip", "ip6"], "table": ["in.pcap", "-e", "ip.src"], "info": ["in.pcap"],
    "stream": ["in.pcap"], "extract": ["in.pcap", "-d", "out-1"],
    "sql": ["select count(*) from 'in.pcap'"],
    "merge": ["in.pcap", "-w", "out.pcap"], "sort": ["in.pcap", "-w", "out.pcap"],
    "slice": ["in.pcap", "-w", "out.pcap"], "anonymize": ["in.pcap", "-w", "out.pcap"],
    "taps": [], "plan": ["-r", "in.pcap"], "path": ["-r", "in.pcap", "-N", "1"], "manual": [],
    "completion": ["bash"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with fyke.write(tmp_path / "in.pcap") as file:
        file.add(DATAGRAM, time=1_000_000_000)
    return tmp_path


def run(*words: str, refuse: tuple[int, str] | None = None,
        **how: object) -> subprocess.CompletedProcess[str]:
    before = [] if refuse is None else [sys.executable, REFUSING, str(refuse[0]), refuse[1]]
    return subprocess.run([*before, *words], capture_output=True, text=True, timeout=60,
                          check=False, env=environment() | {"TZ": "UTC"}, **how)  # type: ignore[call-overload]


def test_every_command_has_a_row() -> None:
    assert set(RIGHTS) == set(COMMANDS) == set(RUNS)
    assert all(row.role in ROLES and row.reads and row.writes and row.asks
               for row in RIGHTS.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_goes_into_its_box(name: str, folder: Path) -> None:
    """Where the kernel has no seccomp, --sandbox=strict refuses to start."""
    done = run(*FYKE, name, "--sandbox=strict", *RUNS[name], cwd=folder, refuse=(EPERM, "seccomp"))
    rows = [row for row in done.stderr.splitlines() if not row.startswith("reading from")]
    rows = [row for row in rows if not row.startswith("fyke run: owners")]
    assert done.returncode == (125 if name == "run" else 1) and len(rows) == 1, done.stderr
    assert rows[0].startswith(f"fyke {name}: --sandbox=strict: not possible here: seccomp: ")
    assert not done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_the_same_in_its_box(name: str, folder: Path) -> None:
    if name == "sql" and not COMPILED:
        pytest.skip("uncompiled, batches need memory that the box forbids")
    strict, off = (run(*FYKE, name, *words, cwd=folder) for words in (
        [*RUNS[name], "--sandbox"],
        [*(word.replace("out-1", "out-2") for word in RUNS[name]), "--sandbox=off"]))
    assert (strict.returncode, strict.stdout) == (off.returncode, off.stdout), strict.stderr
    assert strict.stderr == off.stderr


#: Runs that take an expression, which is compiled in the box.
FILTERING = {
    "filter": ["{}"], "why": ["-r", "in.pcap", "{}"], "same": ["{}", "arp"],
    "dump": ["-ttttnr", "in.pcap", "{}"],
    "dump of two": ["-ttttnr", "in.pcap", "-r", "raw.pcap", "{}"],
    "table": ["in.pcap", "-e", "ip.src", "--filter", "{}"],
    "table of jobs": ["in.pcap", "-e", "ip.src", "--jobs", "2", "--filter", "{}"],
    "flows": ["in.pcap", "raw.pcap", "--filter", "{}"], "rates": ["in.pcap", "--filter", "{}"],
    "stream": ["in.pcap", "--filter", "{}"],
    "slice": ["in.pcap", "-w", "out.pcap", "--filter", "{}"],
    "plan": ["-r", "in.pcap", "--tap", "{}"], "path": ["-r", "in.pcap", "-N", "1", "--tap", "{}"],
}


@pytest.mark.parametrize("expression", [
    "host in hosts", "host localhost or ip.src = 192.0.2.1", "host in no-file",
    "ip.ttl < 200 and host no-such-host.invalid"])
@pytest.mark.parametrize("name", FILTERING)
def test_what_an_expression_names_is_known_in_the_box(name: str, expression: str,
                                                      folder: Path) -> None:
    """Files and hosts; what is wrong with them is told in the same words, too."""
    (folder / "hosts").write_text("192.0.2.1  # one a line\n10.0.0.0/8\n")
    with fyke.write(folder / "raw.pcap", link_type="RAW") as file:
        file.add(DATAGRAM[14:], time=1_000_000_000)
    words = [expression if word == "{}" else word for word in FILTERING[name]]
    strict, off = (run(*FYKE, name.split()[0], *words, "--dialect", "fyke", how, cwd=folder)
                   for how in ("--sandbox", "--sandbox=off"))
    assert (strict.returncode, strict.stdout) == (off.returncode, off.stdout), strict.stderr
    assert strict.stderr == off.stderr and "Permission" not in strict.stderr
    told = [text for text in ("cannot read 'no-file'", "unknown host 'no-such") if
            text in strict.stderr]
    assert bool(told) == ("no-" in expression), strict.stderr
    assert not (told and name == "table" and strict.stdout)  # not even the header


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_files_of_where_are_known_in_the_box(jobs: str, folder: Path) -> None:
    (folder / "hosts").write_text("192.0.2.1\n")
    done = run(*FYKE, "table", "in.pcap", "-e", "ip.src", "--where", "ip.src in hosts", "--sandbox",
               "--jobs", jobs, cwd=folder)
    assert done.stdout == "ip.src\n192.0.2.1\n", done.stderr


#: Tells whether there is a seccomp program whenever a file is looked into for what it is.
LOOKED_INTO = """
import os
from fyke.cli.main import command
from fyke.files import reader
status, before = os.open("/proc/self/status", os.O_RDONLY), reader.first_of
def first_of(octets):
    rows = os.pread(status, 1 << 16, 0).split(b"\\n")
    os.write(2, b"looked into: %s\\n" % next(row for row in rows if row.startswith(b"Seccomp:")))
    return before(octets)
reader.first_of = first_of
command()
"""
BOXED, FREE = "looked into: Seccomp:\t2", "looked into: Seccomp:\t0"
#: Runs whose output is of the format, or only made if the input is a capture (SECURITY.md).
LOOKING_FIRST = ("merge", "sort", "slice", "anonymize", "extract")
NEEDING_A_FILE = ("filter", "same", "run", "taps", "manual", "completion")


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - set(NEEDING_A_FILE)))
@pytest.mark.parametrize("packed", [False, True])
def test_files_are_looked_into_in_the_box(name: str, packed: bool, folder: Path) -> None:
    """The order is: inputs open, all rights gone, the first octet."""
    if name == "sql" and not COMPILED:
        pytest.skip("uncompiled, batches need memory that the box forbids")
    if packed:
        (folder / "in.pcap").write_bytes(gzip.compress((folder / "in.pcap").read_bytes()))
    done = run(sys.executable, "-c", LOOKED_INTO, name, *RUNS[name], cwd=folder)
    told = [row for row in done.stderr.splitlines() if row.startswith("looked into")]
    assert done.returncode == 0 and told, done.stderr
    assert (FREE in told) == (name in LOOKING_FIRST), told
    assert set(told) <= {FREE, BOXED}


@pytest.mark.parametrize("words", [
    ["-r", "in.pcap", "--count"], ["-r", "in.pcap", "-r", "in.pcap"], ["-r", "-"], ["-r", "pipe"],
    ["-vr", "in.pcap", "udp"], ["-r", "in.pcap", "--jobs", "2"]])
def test_dump_looks_into_files_in_its_box(words: list[str], folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with subprocess.Popen(["sh", "-c", "cat in.pcap > pipe" if "pipe" in words else "true"],
                          cwd=folder), open(folder / "in.pcap", "rb") as source:
        done = run(sys.executable, "-c", LOOKED_INTO, "dump", *words, cwd=folder, stdin=source)
    told = [row for row in done.stderr.splitlines() if row.startswith("looked into")]
    assert done.returncode == 0 and told and set(told) == {BOXED}, done.stderr


def test_only_an_argument_behind_the_sign_is_one(folder: Path) -> None:
    """``--sandbox strict`` would be the word of an expression, or a file."""
    done = run(*COMMAND, "-nr", "in.pcap", "--sandbox", "udp", cwd=folder)
    assert done.returncode == 0 and "IP 192.0.2.1.9" in done.stdout
    done = run(*FYKE, "info", "--sandbox", "in.pcap", cwd=folder)
    assert done.returncode == 0 and "Packets:" in done.stdout
    for words in ([*COMMAND, "-nr", "in.pcap"], [*FYKE, "info", "in.pcap"]):
        assert run(*words, "--sandbox=perhaps", cwd=folder).returncode in (1, 2)


@pytest.mark.parametrize("number", [EPERM, ENOSYS])
@pytest.mark.parametrize("calls", [
    "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp",
    "setresuid", "setresgid", "setgroups", "capset", "prctl",
    "landlock_create_ruleset,seccomp,setresuid,setresgid,setgroups,capset,prctl"])
def test_a_container_that_forbids(calls: str, number: int, folder: Path) -> None:
    """auto goes on, and tells it with -v; strict does not start. One line each."""
    if os.geteuid():
        pytest.skip("root has more to give up")
    os.chmod(folder, 0o755)
    done = run(*COMMAND, "-ttttnr", "in.pcap", cwd=folder, refuse=(number, calls))
    assert done.returncode == 0 and "192.0.2.1.9 > 192.0.2.2.9" in done.stdout, done.stderr
    assert len(done.stderr.splitlines()) == 1  # "reading from"
    done = run(*COMMAND, "-vnr", "in.pcap", cwd=folder, refuse=(number, calls))
    *rows, last = done.stderr.splitlines()
    assert done.returncode == 0 and rows and last.startswith("reading from file")
    assert all(row.startswith("fyke dump: the box is not whole: ") for row in rows)
    if "," not in calls:
        done = run(*COMMAND, "--sandbox", "-nr", "in.pcap", cwd=folder, refuse=(number, calls))
        assert done.returncode == 1 and not done.stdout
        assert done.stderr.splitlines()[-1].startswith("fyke dump: --sandbox=strict: not possible")
    named = run(*COMMAND, "-Z", "nobody", "-nr", "in.pcap", cwd=folder, refuse=(number, calls))
    refused = any(call.startswith("setres") or call == "setgroups" for call in calls.split(","))
    assert named.returncode == refused, named.stderr
    if refused:
        assert "cannot become nobody: " in named.stderr.splitlines()[-1]


def test_fykedump_says_no_more_than_tcpdump(folder: Path) -> None:
    program = ("import sys; sys.argv[0] = '/usr/bin/fykedump'\n"
               "from fyke.cli.main import command_dump; command_dump()")
    done = run(sys.executable, "-c", program, "-vnr", "in.pcap", cwd=folder,
               refuse=(EPERM, "landlock_create_ruleset"))
    assert done.returncode == 0 and done.stdout
    assert len(done.stderr.splitlines()) == 1


def test_no_such_user(folder: Path) -> None:
    if os.geteuid():
        pytest.skip("needs root")
    done = run(*COMMAND, "-nr", "in.pcap", "-Z", "no-such-user-here", "-w", "out", cwd=folder)
    assert done.returncode == 1 and not (folder / "out").exists()
    assert done.stderr == ("fyke dump: there is no user 'no-such-user-here'; -Z names an existing "
                           "one\n")


def test_nobody_to_become(folder: Path) -> None:
    """Neither tcpdump nor nobody: root without any right is told with -v, and not strict enough."""
    if os.geteuid():
        pytest.skip("needs root")
    alone = [sys.executable, "-c", "from fyke.cli import main, rights\n"
             "rights.USERS = ('no-such-user-here', 'nor-this')\nmain.command()", "dump"]
    for words, status, count in ((["-nr", "in.pcap"], 0, 0), (["-vnr", "in.pcap"], 0, 1),
                                 (["--sandbox", "-nr", "in.pcap"], 1, 1),
                                 (["--sandbox", "-Z", "root", "-vnr", "in.pcap"], 0, 0)):
        done = run(*alone, *words, cwd=folder)
        assert done.returncode == status and bool(done.stdout) != status, done.stderr
        assert done.stderr.count("no no-such-user-here and no nor-this to become") == count


def test_sudo_of_a_user_who_is_not_here(folder: Path) -> None:
    if os.geteuid():
        pytest.skip("needs root")
    done = subprocess.run([*COMMAND, "-nr", "in.pcap", "-w", "out"], cwd=folder, timeout=60,
                          capture_output=True, text=True, check=False,
                          env=environment() | {"SUDO_USER": "no-such-user-here"})
    assert done.returncode == 1 and "no user 'no-such-user-here'" in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not (folder / "out").exists()


def test_a_command_as_a_function_keeps_all_rights(folder: Path) -> None:
    """Only a process that is the command's own gives up anything: no test's, no IDE's."""
    from fyke.cli.main import main
    assert main(["info", str(folder / "in.pcap"), "--sandbox=strict"]) == 0
    (folder / "made").write_text("still possible")
    with pytest.raises(FykeError):
        fyke.confine(["/there is none"])
