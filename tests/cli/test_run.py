"""``fyke run`` and ``fyke dump --process``, as programs of their own in network namespaces."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dump_runs import capture, environment, stop
from network import Network, ip

from fyke import read
from fyke.errors import CaptureError
from fyke.processes.containers import root
from fyke.processes.watch import open_watch

pytestmark = pytest.mark.live

RUN = (sys.executable, "-m", "fyke", "run")
TALK = ("import socket, os; one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
        "one.sendto(b'x', ('127.0.0.1', 9)); print(os.getpid(), flush=True)")
PYTHON = f'"{sys.executable}" -S -c "{TALK}"'


@pytest.fixture
def near(network: Network) -> str:
    try:
        open_watch(ring_size=4096).close()
    except CaptureError as error:
        pytest.skip(f"no eBPF programs here: {error}")
    return network.namespace()


def run(namespace: str, *words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["nsenter", "-t", namespace, "-n", *RUN, *words], capture_output=True,
                          text=True, timeout=60, check=False,
                          **({"env": environment()} | how))


def pids(text: str) -> set[int]:
    return {int(pid) for pid in re.findall(r"lo \S+\.(\d+) (?:Out|In )", text)}


def test_the_whole_family_and_nobody_else(near: str, tmp_path: Path) -> None:
    """Children, background jobs, double forks, other sessions: all of them, and the command's end
    is not the end."""
    script = f"{PYTHON}; $TALK & (setsid sh -c 'sleep 0.3; $TALK &' &); wait; exit 7"
    (tmp_path / "talk.py").write_text(TALK)
    told = environment() | {"TALK": f"{sys.executable} -S {tmp_path}/talk.py"}
    noise = subprocess.Popen(
        ["nsenter", "-t", near, "-n", sys.executable, "-S", "-c",
         f"import time\nfor _ in range(200):\n exec({TALK!r})\n time.sleep(0.05)"],
        stdout=subprocess.DEVNULL)
    try:
        done = run(near, "-n", "--", "sh", "-c", script, env=told)
    finally:
        noise.kill()
        noise.wait()
    assert done.returncode == 7, done.stderr
    family = {int(line) for line in done.stdout.split()}
    assert len(family) == 3
    assert pids(done.stderr) == family
    assert noise.pid not in pids(done.stderr)
    assert done.stderr.splitlines()[-1] == "fyke run: 6 packets captured, 0 dropped by kernel" or \
        "ICMP" in done.stderr


def test_exit_status(near: str, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("no program")
    script = tmp_path / "script"
    script.write_text("exit 4\n")  # without #!
    script.chmod(0o755)
    for command, status, told in (
            (("true",), 0, ""), (("sh", "-c", "exit 3"), 3, ""),
            (("sh", "-c", "kill -TERM $$"), 143, ""),
            (("no-such-command",), 127, "no-such-command: No such file or directory"),
            ((str(plain),), 126, "Permission denied"), (("\x1b[31mred",), 127, "?[31mred"),
            ((str(script),), 4, ""), (("",), 127, "'': No such file or directory")):
        done = run(near, "--", *command)
        assert done.returncode == status, (command, done.stderr)
        assert told in done.stderr and "\x1b" not in done.stderr
    for words in (("--", ), ("-r", "x", "--", "true"), ("tcp prot", "--", "true"), ("true",),
                  ("-w", "/no/such/folder/x", "--", "true"), ("--pid", "1", "--", "true")):
        done = run(near, *words)
        assert done.returncode == 125, (words, done.stderr)
        assert "Traceback" not in done.stderr


def test_the_command_has_the_signals_that_fyke_was_started_with(near: str) -> None:
    """Python ignores SIGPIPE and SIGXFSZ; who execs would pass that on."""
    read_it = "sed -n 's/^SigIgn:\\s*//p' /proc/self/status"
    done = run(near, "-q", "--", "sh", "-c", read_it)
    plain = subprocess.run(["sh", "-c", read_it], capture_output=True, text=True, check=True)
    assert done.stdout == plain.stdout, done.stderr


def test_the_command_keeps_its_streams(near: str, tmp_path: Path) -> None:
    out, saved = tmp_path / "lines", tmp_path / "saved.pcapng"
    done = run(near, "-n", "-o", str(out), "--", "sh", "-c", f"cat; {PYTHON} >/dev/null",
               input="through\n")
    assert done.stdout == "through\n"
    assert "IP 127.0.0.1" not in done.stderr and "127.0.0.1.9: UDP" in out.read_text()
    done = run(near, "-w", str(saved), "--process-arguments", "--", sys.executable, "-S", "-c",
               TALK)
    pid = int(done.stdout)
    with read(saved) as reader:
        owners = {packet.process for packet in reader if packet.process}
    assert {one.pid for one in owners} == {pid}
    assert {one.arguments[1:3] for one in owners} == {("-S", "-c")}
    assert {one.source for one in owners} == {"ebpf"}


def test_arguments_are_saved_only_where_asked_for(near: str, tmp_path: Path) -> None:
    saved = tmp_path / "saved.pcapng"
    run(near, "-w", str(saved), "--", sys.executable, "-S", "-c", TALK + "#secret")
    data = saved.read_bytes()
    assert b"secret" not in data and b"AF_INET" not in data
    assert data.count((32622).to_bytes(4, "little")) == 1


HOSTILE = ("import socket; open('/proc/self/comm', 'w').write('\\x1b[31m b\\n\\xff');"
           "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))")


def test_where_sys_is_mounted_anew(near: str) -> None:
    """As "ip netns exec" does it: the tree of control groups is mounted nowhere then."""
    done = subprocess.run(
        ["nsenter", "-t", near, "-n", "unshare", "-m", "sh", "-c",
         'mount -t sysfs none /sys && exec "$@"', "sh", *RUN, "-n", "--", "sh", "-c", PYTHON],
        capture_output=True, text=True, timeout=60, check=False, env=environment())
    assert done.returncode == 0 and pids(done.stderr) == {int(done.stdout)}
    assert "the end of UDP sockets is not told" not in done.stderr


def test_several_interfaces(near: str) -> None:
    """Each packet has its interface once, and its owner."""
    ip("-n", near, "link", "add", "one", "type", "veth", "peer", "name", "two")
    for end in ("one", "two"):
        ip("-n", near, "link", "set", end, "up")
    ip("-n", near, "addr", "add", "10.5.0.1/24", "dev", "one")
    ip("-n", near, "neigh", "add", "10.5.0.2", "lladdr", "02:00:00:00:00:02", "dev", "one")
    done = run(near, "-n", "-i", "lo", "-i", "one", "udp", "--", sys.executable, "-S", "-c",
               f"{TALK}; one.sendto(b'x', ('10.5.0.2', 9))")
    assert done.returncode == 0, done.stderr
    pid = int(done.stdout)
    assert re.findall(r"^\S+ (\S+ \S+ Out IP \S+)\.\d+ > ", done.stderr, re.M) == [
        f"lo {name()}.{pid} Out IP 127.0.0.1", f"one {name()}.{pid} Out IP 10.5.0.1"], done.stderr


LARGE = ("import socket; one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
         "one.sendto(bytes(4000), ('127.0.0.1', 9))")


def test_fragments_are_their_datagrams(near: str) -> None:
    """Also on the loopback, where each goes out and comes in; whole ones have an owner, too."""
    subprocess.run(["nsenter", "-t", near, "-n", "ip", "link", "set", "lo", "mtu", "1500"],
                   check=True)
    words = (sys.executable, "-S", "-c", LARGE)
    done = run(near, "-n", "src port 9999 or ip[6:2] & 0x3fff != 0", "--", *words)
    assert done.stderr.count(" Out IP ") == 3, done.stderr
    done = run(near, "-n", "--defragment", "udp", "--", *words)
    assert done.returncode == 0 and done.stderr.count(" Out IP ") == 1, done.stderr
    assert "UDP, length 4000" in done.stderr


def test_hostile_names_are_escaped(near: str) -> None:
    done = run(near, "-n", "-v", "--process-arguments", "--", sys.executable, "-S", "-c",
               HOSTILE + "#\x1b[2J")
    assert "\x1b" not in done.stderr
    assert r"\x1b[31m\x20b\n" in done.stderr, done.stderr


def test_in_a_pid_namespace(near: str) -> None:
    """The numbers are those that fyke itself sees."""
    done = subprocess.run(
        ["nsenter", "-t", near, "-n", "unshare", "-p", "-f", "--mount-proc", *RUN, "-n", "--",
         "sh", "-c", f"{PYTHON}; true"],
        capture_output=True, text=True, timeout=60, check=False, env=environment())
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 1000
    assert pids(done.stderr) == {int(done.stdout)}, done.stderr


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group that is named as a Kubernetes container's, in the kernel's own tree."""
    top = root()
    if top is None:
        pytest.skip("no cgroup2 file system")
    slices = Path(top, f"fyke-test-{os.getpid()}",
                  "kubepods-burstable-pod0a0b0c0d_1111_2222_3333_444455556666.slice")
    made = slices / f"cri-containerd-{'3f' * 32}.scope"
    try:
        made.mkdir(parents=True)
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    yield made
    for folder in (made, slices, slices.parent):
        folder.rmdir()


def test_a_container_is_told_and_chosen(near: str, group: Path) -> None:
    inside = ("sh", "-c", f"echo $$ > {group}/cgroup.procs; exec {PYTHON}")
    with (capture(near, "-n", "-i", "lo", "--container=3f3f", "-v", "--process", "udp") as chosen,
          capture(near, "-n", "-i", "lo", "--container=0a0b0c0d-1111", "udp") as by_pod,
          capture(near, "-n", "-i", "lo", "--container=ffff", "udp") as other):
        for words in (inside, ("sh", "-c", PYTHON)):
            subprocess.run(["nsenter", "-t", near, "-n", *words], check=True, timeout=30,
                           capture_output=True)
        out, told, _ = stop(chosen)
        assert out.count("lo ") == 1, out
        assert "pod 0a0b0c0d-1111-2222-3333-444455556666 containerd 3f3f3f3f3f3f) Out" in out, told
        assert stop(by_pod)[0].count("lo ") == 1
        assert stop(other)[0] == ""


def test_dump_shows_and_chooses(near: str) -> None:
    with (capture(near, "-n", "-i", "any", "--process-name=sh?", "-v", "udp") as chosen,
          capture(near, "-n", "-i", "lo", "--process", "udp") as every):
        done = subprocess.run(["nsenter", "-t", near, "-n", sys.executable, "-S", "-c", TALK],
                              capture_output=True, text=True, check=True, timeout=30)
        out, told, _ = stop(every)
        assert f"lo {name()}.{int(done.stdout)} Out IP 127.0.0.1." in out, told
        assert "lo - In  IP 127.0.0.1." in out  # nobody listens there
        out, told, _ = stop(chosen)
        assert out == "" and "0 packets captured" in told


def name() -> str:
    return os.path.basename(sys.executable)[:15]


def test_pid_and_forks(near: str) -> None:
    """--pid with --follow-forks: children that exist already, and those to come."""
    shell = subprocess.Popen(["nsenter", "-t", near, "-n", "sh", "-c",
                              f"read line; ({PYTHON}); {PYTHON}; read line"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert shell.stdin is not None and shell.stdout is not None
    try:
        with capture(near, "-n", "-i", "lo", f"--pid={shell.pid}", "--follow-forks",
                     "udp") as family, \
                capture(near, "-n", "-i", "lo", f"--pid={shell.pid}", "udp") as alone:
            shell.stdin.write("\n")
            shell.stdin.flush()
            children = {int(shell.stdout.readline()) for _ in range(2)}
            out, told, _ = stop(family)
            assert pids(out) == children, told
            assert stop(alone)[0] == ""
    finally:
        shell.communicate("\n", timeout=60)


def test_proc_is_marked(near: str) -> None:
    code = ("import socket, os, time; one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
            "for _ in range(20): one.sendto(b'x', ('127.0.0.1', 9)); time.sleep(0.1)")
    with capture(near, "-n", "-i", "lo", "--process=proc", "udp") as process:
        with subprocess.Popen(["nsenter", "-t", near, "-n", sys.executable, "-S", "-c",
                               code]) as talker:
            talker.wait(30)
        out, told, _ = stop(process)
    lines = [line for line in out.splitlines() if "Out IP" in line]
    assert any(f"lo {name()}.{talker.pid}? Out IP" in line for line in lines), told + out
    assert all(f".{talker.pid}?" in line or "lo - Out" in line for line in lines)


def test_without_rights_it_says_what_to_grant(near: str) -> None:
    done = subprocess.run(
        ["nsenter", "-t", near, "-n", "setpriv", "--bounding-set", "-bpf,-perfmon,-sys_admin",
         "--inh-caps", "-bpf,-perfmon,-sys_admin", *RUN, "-n", "--", "true"],
        capture_output=True, text=True, timeout=60, check=False, env=environment())
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("fyke run: the kernel lets this process load no eBPF programs; "
                                  "grant CAP_BPF and CAP_PERFMON"), done.stderr
    done = subprocess.run(
        ["nsenter", "-t", near, "-n", "setpriv", "--bounding-set", "-bpf,-perfmon,-sys_admin",
         "--inh-caps", "-bpf,-perfmon,-sys_admin", *RUN, "--process=ebpf", "--", "true"],
        capture_output=True, text=True, timeout=60, check=False, env=environment())
    assert done.returncode == 125


@pytest.mark.parametrize(("name", "saved"), [("out", True), ("out.pcapng.gz", True),
                                             ("out.pcap", False)])
def test_owners_are_saved_or_it_is_told(near: str, tmp_path: Path, name: str, saved: bool) -> None:
    path = tmp_path / name
    done = run(near, "-w", str(path), "--", sys.executable, "-S", "-c", TALK)
    with read(path) as reader:
        assert {packet.process is not None for packet in reader} == {saved}
    assert ("they are not saved" in done.stderr) is not saved


def test_forks_are_followed_in_a_file(near: str, tmp_path: Path) -> None:
    """By their parents' numbers: the child and its child, and nobody else."""
    path = tmp_path / "out.pcapng"
    script = tmp_path / "family.py"
    script.write_text(f"import os\nfor last in (0, 0, 1):\n exec({TALK!r})\n"
                      " if last or os.fork(): break\n"  # a parent's packet is before its child's
                      "try: os.wait()\nexcept ChildProcessError: pass\n")
    done = run(near, "-w", str(path), "--", "sh", "-c",
               f'{PYTHON}; "{sys.executable}" -S {script}')
    with read(path) as reader:
        parents = {packet.process.pid: packet.process.parent for packet in reader
                   if packet.process}
    first = next(pid for pid in parents if sum(one == pid for one in parents.values()) == 1
                 and parents[pid] not in parents)
    family = {first} | {pid for pid in parents if parents[pid] in parents}
    assert len(family) == 3 and len(parents) == 4, (parents, done.stdout)
    told = subprocess.run([sys.executable, "-m", "fyke", "dump", "-n", "-r", str(path), "--process",
                           "--pid", str(first), "--follow-forks"], capture_output=True, text=True,
                          timeout=60, check=True, env=environment()).stdout
    assert pids(told) == family
