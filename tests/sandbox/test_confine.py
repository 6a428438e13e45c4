"""fyke.confine: the box for people's own programs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import fyke

PROGRAM = """
import os, sys, threading
import fyke
source, folder = sys.argv[1:]
assert fyke.confine(read=[source], write=[folder]) == []
with fyke.write(folder + "/copy.pcapng.xz") as out:
    for packet in fyke.read(source):
        str(packet)
        out.add(packet)
os.mkdir(folder + "/sub")
os.rename(folder + "/copy.pcapng.xz", folder + "/sub/copy.pcapng.xz")
thread = threading.Thread(target=print, args=("a thread",))
thread.start()
thread.join()
for path in ("/etc/passwd", source + ".other"):
    try:
        open(path)
    except PermissionError:
        print("refused")
try:
    import socket
    socket.socket()
except PermissionError:
    print("no socket")
"""

LATE = """
import threading, time
import fyke
threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
try:
    fyke.confine()
except fyke.SandboxError as error:
    print(error)
try:
    fyke.confine(read=["/there is none"])
except fyke.UsageError as error:
    print(error)
"""


def run(program: str, *words: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True,
                          timeout=30, check=False,
                          env={**os.environ, "PYTHONPATH": str(Path(fyke.__file__).parents[1])})
    assert not done.stderr and done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_confined(tmp_path: Path) -> None:
    source, folder = tmp_path / "in.pcap", tmp_path / "out"
    folder.mkdir()
    Path(f"{source}.other").touch()
    with fyke.write(source) as file:
        file.add(bytes(60))
    told = run(PROGRAM, str(source), str(folder))
    assert sorted(told) == ["a thread", "no socket", "refused", "refused"]
    assert len(list(fyke.read(folder / "sub" / "copy.pcapng.xz"))) == 1


def test_refused() -> None:
    one, other = run(LATE)
    assert one.startswith("confine() comes before threads")
    assert other.startswith("/there is none: there is no such file")


def test_importing_confines_nobody() -> None:
    told = run("import fyke, fyke.api, fyke.cli.main, fyke.cli.rights, fyke.cli.dump\n"
               "fyke.confine\n"
               "print([row for row in open('/proc/self/status') if row.startswith('Seccomp:')])")
    assert "0" in told[0]
