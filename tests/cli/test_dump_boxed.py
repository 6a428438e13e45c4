"""``fyke dump`` in its box does what it does outside, and its helpers may fail."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dump_runs import COMMAND, SOURCES, capture, dump, environment, send_numbered, stop, udp
from network import Network, ip

import fyke

CORPUS = Path(__file__).parents[1] / "corpus" / "files"
PEERS = Path(os.environ.get("FYKE_PEERS", Path(__file__).parents[3] / "shared" / "peers"))

#: Prints every file with and without the box, in two processes: a box cannot be left.
EVERY_FILE = """
import io, os, sys
from fyke.cli.main import main
boxed, names = sys.argv[1] == "boxed", sys.stdin.read().split("\\n")
if boxed:
    from fyke.sandbox.box import Box
    Box("work", "strict").enter(names)
for name in names:
    for words in (["-nvvv", "-e", "-xx"], ["-nq"]):
        sys.stdout = io.TextIOWrapper(io.BytesIO(), write_through=True)
        status = main(["dump", *words, "-r", name])
        os.write(1, b"%s %d\\n" % (os.fsencode(name), status) + sys.stdout.buffer.getvalue())
"""


@pytest.fixture
def namespace(network: Network) -> str:
    return network.namespace()


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user may enter, which those of pytest are not."""
    folder = Path("/tmp") / f"fyke-boxed-{os.getpid()}-{time.time_ns()}"
    folder.mkdir()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def many(public: Path) -> Path:
    """A savefile with 400 numbered datagrams."""
    head = bytes.fromhex("ffffffffffff02000000000108004500003000010000401100"
                         "00c0000201c0000202000900090 01c0000".replace(" ", ""))
    with fyke.write(public / "many.pcap") as file:
        for number in range(400):
            file.add(head + number.to_bytes(8, "big") + bytes(12), time=number * 10**9)
    return public / "many.pcap"


RECORD = 16 + 62  # bytes of one packet in ``many``


def captures() -> list[str]:
    """Every capture file of the tests, and the peers' where they are."""
    found = sorted(map(str, CORPUS.iterdir()))
    if PEERS.is_dir():
        found += sorted(str(path) for path in PEERS.rglob("*")
                        if path.suffix in (".pcap", ".pcapng") and path.is_file())
    return found


def test_every_capture_gives_the_same_bytes() -> None:
    names = captures()
    assert len(names) >= 100
    boxed, free = (subprocess.run(
        [sys.executable, "-c", EVERY_FILE, how], input="\n".join(names).encode(),
        capture_output=True, timeout=300, check=True, env=environment())
        for how in ("boxed", "free"))
    assert boxed.stdout == free.stdout and len(free.stdout) > 100_000
    assert boxed.stderr == free.stderr


def without_time(data: bytes) -> bytes:
    """gzip puts the time of day into its header."""
    return data[:4] + bytes(4) + data[8:] if data[:2] == b"\x1f\x8b" else data


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz", ".zst", ".lz4"])
@pytest.mark.parametrize("words", [["-w", "o.pcap"], ["-C", "4k", "-w", "o.pcap"],
                                   ["--atomic", "-w", "o.pcap"], ["-w", "o.pcapng"]])
def test_the_same_files(words: list[str], suffix: str, many: Path) -> None:
    if suffix in (".zst", ".lz4"):
        pytest.importorskip({".zst": "zstandard", ".lz4": "lz4"}[suffix])
    made = []
    for how in ("strict", "off"):
        folder = many.parent / how
        folder.mkdir()
        done = dump("-nr", str(many), *words[:-1], words[-1] + suffix, f"--sandbox={how}",
                    cwd=folder)
        assert done.returncode == 0, done.stderr
        made.append({path.name: without_time(path.read_bytes()) for path in folder.iterdir()})
    assert made[0] == made[1] and made[0]
    whole = dump("-nr", str(many.parent / "strict"), "--count")
    assert whole.stdout == b"400 packets\n"


def test_root_only_folders_rotate(namespace: str) -> None:
    """As somebody else than root, files are made, renamed and deleted where only root may."""
    if os.geteuid():
        pytest.skip("needs root")
    folder = Path("/tmp") / f"fyke-root-{os.getpid()}-{time.time_ns()}"
    folder.mkdir(mode=0o700)
    try:
        with capture(namespace, "-ni", "lo", "-C", "10k", "--max-disk", "50k", "--atomic", "-w",
                     str(folder / "out"), "udp port 9") as process:
            rows = status_of(process.pid)
            while rows["Seccomp"] != "2":
                rows = status_of(process.pid)
            assert rows["Uid"].split()[0] != "0" and int(rows["CapEff"], 16) == 0
            send_numbered(namespace, 100, size=1000)
            _, told, _ = stop(process)
        assert process.returncode == 0 and "100 packets captured" in told
        sizes = [path.stat().st_size for path in folder.iterdir()]
        assert len(sizes) >= 3 and sum(sizes) <= 50 << 10
        assert {path.stat().st_uid for path in folder.iterdir()} == {0}
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    finally:
        shutil.rmtree(folder)


def status_of(process_id: int) -> dict[str, str]:
    rows = (row.split(":", 1) for row in Path(f"/proc/{process_id}/status").read_text().split("\n")
            if ":" in row)
    return {name: text.strip() for name, text in rows}


def children(process_id: int) -> list[int]:
    return [int(word) for word in Path(
        f"/proc/{process_id}/task/{process_id}/children").read_text().split()]


def test_workers_their_lead_and_their_helpers_are_boxed(namespace: str, tmp_path: Path) -> None:
    with capture(namespace, "-ni", "lo", "--workers", "2", "-C", "10k", "-w",
                 str(tmp_path / "out"), "udp port 9") as process:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            workers = children(process.pid)
            helpers = [one for worker in workers for one in children(worker)]
            rows = [status_of(one) for one in (process.pid, *workers, *helpers)]
            if len(rows) == 5 and all(row["Seccomp"] == "2" for row in rows):
                break
            time.sleep(0.05)
        else:
            pytest.fail(str([row["Seccomp"] for row in rows]))
        assert all(row["NoNewPrivs"] == "1" and int(row["CapEff"], 16) == 0 for row in rows)
        send_numbered(namespace, 50, size=1000)
        _, told, _ = stop(process)
    assert process.returncode == 0 and "50 packets captured" in told, told


def test_a_folder_that_a_user_may_write_is_written_as_that_user(many: Path) -> None:
    """-Z nobody: no link that he made leads root astray."""
    if os.geteuid():
        pytest.skip("needs root")
    nobody = pwd.getpwnam("nobody")
    folder = many.parent / "his"
    folder.mkdir()
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    victim = many.parent / "victim"
    victim.write_text("precious")
    for words in (["-w"], ["-C", "4k", "-w"]):
        (folder / "out").symlink_to(victim)
        done = dump("-nr", str(many), "-Z", "nobody", *words, str(folder / "out"))
        assert done.returncode == 1 and victim.read_text() == "precious"
        assert b"-Z root keeps root's rights" in done.stderr
        (folder / "out").unlink()
        done = dump("-nr", str(many), "-Z", "nobody", *words, str(folder / "out"))
        assert done.returncode == 0, done.stderr
        assert {path.stat().st_uid for path in folder.iterdir()} == {nobody.pw_uid}
        for path in folder.iterdir():
            path.unlink()


def test_a_helper_does_not_leave_its_folder(tmp_path: Path) -> None:
    """What a process asks for that was taken over from inside."""
    from fyke.sandbox import output_folder
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "victim").write_text("precious")
    asked = output_folder.start(str(inside / "out"), "auto")
    os.close(asked.open(str(inside / "out"), os.O_TRUNC))
    assert asked.size(str(inside / "out")) == 0
    for path in (tmp_path / "victim", inside / ".." / "victim", Path("/etc/passwd")):
        for attempt in (lambda path=path: asked.open(str(path), os.O_TRUNC),
                        lambda path=path: asked.delete(str(path)),
                        lambda path=path: asked.rename(str(inside / "out"), str(path)),
                        lambda path=path: asked.rename(str(path), str(inside / "new"))):
            with pytest.raises(PermissionError):
                attempt()
    (inside / "link").symlink_to(tmp_path / "victim")
    with pytest.raises(PermissionError):
        asked.open(str(inside / "link"), os.O_TRUNC)
    assert (tmp_path / "victim").read_text() == "precious"
    asked.channel.close()


@pytest.mark.parametrize("words", [["-C", "10k"], ["-C", "10k", "-z", "true"]])
def test_a_helper_that_dies(namespace: str, words: list[str], tmp_path: Path) -> None:
    """One line; what was captured is in the files or counted."""
    with capture(namespace, "-Uni", "lo", *words, "-w", str(tmp_path / "out"),
                 "udp port 9") as process:
        send_numbered(namespace, 3, size=1000)
        for helper in children(process.pid)[-1:]:
            os.kill(helper, signal.SIGKILL)
        send_numbered(namespace, 20, size=1000, first=3)
        _, told, _ = stop(process)
    rows = [row for row in told.splitlines() if row.startswith("fyke dump:")]
    assert len(rows) == 1 and "has ended" in rows[0] and "Traceback" not in told
    if "-z" in words:  # which is no reason not to go on
        assert process.returncode == 0
        assert len(list(tmp_path.iterdir())) == 3
    else:
        assert process.returncode == 1


def test_a_helper_for_names_that_dies(namespace: str) -> None:
    with capture(namespace, "-li", "lo", "udp port 9") as process:
        for helper in children(process.pid):
            os.kill(helper, signal.SIGKILL)
        send_numbered(namespace, 3)
        out, told, _ = stop(process)
    assert process.returncode == 0 and len(out.splitlines()) == 3
    assert told.count("looks up names has ended") == 1


def test_names_come_through_the_helper(many: Path) -> None:
    """127.0.0.1 has a name on every machine; ports are looked up in the box."""
    data = many.read_bytes().replace(bytes.fromhex("c0000201"), bytes([127, 0, 0, 1]))
    many.write_bytes(data)
    done = dump("-r", str(many), "-c", "1", "--sandbox")
    assert done.stdout.split()[2:3] == [b"localhost.discard"], done.stdout


@pytest.mark.parametrize("command", ["false", "/no/such/command", "/etc/passwd"])
def test_a_command_of_z_that_fails(command: str, many: Path) -> None:
    """It is told once, and the files stay."""
    done = dump("-nr", str(many), "-C", "4k", "-w", str(many.parent / "o"), "-z", command,
                "--sandbox")
    assert done.returncode == 0
    told = [row for row in done.stderr.decode().splitlines() if not row.startswith("reading")]
    assert len(told) == 1 and told[0].startswith(f"fyke dump: -z {command}: "), told
    assert dump("-nr", *[str(path) for path in sorted(many.parent.glob("o*"))[:1]],
                "--count").returncode == 0


def test_a_name_is_no_option_of_z(many: Path) -> None:
    script = many.parent / "script"
    script.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > told\n')
    script.chmod(0o755)
    done = dump("-nr", str(many), "-w", "-rf", "-C", "1m", "-z", str(script), cwd=many.parent)
    assert done.returncode == 0, done.stderr
    told = many.parent / "told"
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not (told.exists() and told.read_text()):
        time.sleep(0.02)
    assert told.read_text() == "./-rf\n"


def test_python_in_a_private_folder(many: Path) -> None:
    """What is still to be imported is found, though the new user may not go there by its name."""
    if os.geteuid():
        pytest.skip("needs root")
    private = many.parent / "private"
    shutil.copytree(SOURCES / "fyke", private / "deep" / "fyke",
                    ignore=shutil.ignore_patterns("__pycache__"))
    private.chmod(0o700)
    done = subprocess.run([*COMMAND, "-nr", str(many), "-c", "1", "--sandbox"], timeout=30,
                          capture_output=True, check=False, cwd="/",
                          env=environment() | {"PYTHONPATH": str(private / "deep")})
    assert done.returncode == 0 and b"192.0.2.1.9" in done.stdout, done.stderr


def test_modules_that_nobody_may_read(many: Path) -> None:
    """One line, before any packet."""
    if os.geteuid():
        pytest.skip("needs root")
    private = many.parent / "private"
    shutil.copytree(SOURCES / "fyke", private / "fyke",
                    ignore=shutil.ignore_patterns("__pycache__"))
    for path in private.rglob("*"):
        path.chmod(0o700)
    private.chmod(0o700)
    done = subprocess.run([*COMMAND, "-nr", str(many), "-c", "1"], timeout=30,
                          capture_output=True, check=False, cwd="/", text=True,
                          env=environment() | {"PYTHONPATH": str(private)})
    assert done.returncode == 1 and not done.stdout
    assert "may not read fyke's modules" in done.stderr.splitlines()[-1]


def test_a_named_pipe_ends_at_the_first_signal(many: Path) -> None:
    """All that was read is written; that the writer still holds the pipe changes nothing."""
    pipe, out = many.parent / "pipe", many.parent / "out"
    os.mkfifo(pipe)
    process = subprocess.Popen([*COMMAND, "-nr", str(pipe), "-w", str(out)],
                               stderr=subprocess.PIPE, env=environment())
    with open(pipe, "wb") as writer:
        writer.write(many.read_bytes()[:24 + 100 * RECORD + 10])
        writer.flush()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not out.exists():
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert dump("-nr", str(out), "--count").stdout == b"100 packets\n"


@pytest.mark.parametrize("words", [[], ["-w", "-"], ["-w", "PIPE"]])
def test_a_stalled_output_ends_at_the_first_signal(words: list[str], many: Path) -> None:
    pipe = many.parent / "pipe"
    os.mkfifo(pipe)
    words = [word.replace("PIPE", str(pipe)) for word in words]
    source = many.parent / "big.pcap"
    data = many.read_bytes()
    source.write_bytes(data + data[24:] * 99)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # who does not read
    with subprocess.Popen([*COMMAND, "-nr", str(source), *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stderr is not None
        process.stderr.readline()  # "reading from": now it fills the pipe
        time.sleep(1.5)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        assert time.monotonic() - begun < 50
        told = process.stderr.read().decode().splitlines()
    assert process.returncode == 1
    assert len(told) == 1 and "nobody reads it" in told[0]
    os.close(reader)


def test_a_slow_reader_gets_everything(many: Path) -> None:
    with subprocess.Popen([*COMMAND, "-nvr", str(many)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stderr.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        lines = 0
        while data := os.read(process.stdout.fileno(), 1024):
            lines += data.count(b"\n")
            time.sleep(0.01)
    assert process.returncode in (0, -signal.SIGTERM)  # it was over before it could be asked
    assert lines == 800 or process.returncode


def test_names_of_interfaces_are_harmless(namespace: str) -> None:
    """ESC in a name: nothing that is printed holds it."""
    name = "e\x1b[31mx"
    ip("-n", namespace, "link", "add", name, "type", "veth", "peer", "name", "other")
    ip("-n", namespace, "link", "set", name, "up")
    inside = ["nsenter", "-t", namespace, "-n"]
    texts = [subprocess.run([*inside, *COMMAND, *words], capture_output=True, timeout=30,
                            check=False, env=environment())
             for words in (["-D"], ["-L", "-i", name], ["-J", "-i", name],
                           ["-i", name + "?"], ["-i", name, "-y", "NULL"])]
    with capture(namespace, "-ni", name, "-c", "1") as process:
        told = b"".join(process.told) + stop(process)[1].encode()  # type: ignore[attr-defined]
    with capture(namespace, "-lni", "any", "-c", "1", "udp port 9") as process:
        with udp(namespace) as out:
            out.setsockopt(1, 25, name.encode() + b"\0")  # SO_BINDTODEVICE
            ip("-n", namespace, "addr", "add", "192.0.2.1/24", "dev", name)
            out.sendto(b"hello", ("192.0.2.2", 9))
            send_numbered(namespace, 1)
        shown, _, _ = stop(process)
    for text in (*(done.stdout + done.stderr for done in texts), told, shown.encode()):
        assert b"\x1b" not in text
    assert rb"e\x1b[31mx" in texts[0].stdout and rb"e\x1b[31mx" in told
