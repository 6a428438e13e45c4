"""What a process in the box cannot do, tried in the box; one test for each right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import fyke

BPF = {"x86_64": 321, "aarch64": 280}.get(os.uname().machine, 321)  # bpf(2)

START = """
import ctypes, errno, mmap, os, signal, socket, sys
from fyke.sandbox.box import Box
libc = ctypes.CDLL(None, use_errno=True)
folder, victim = sys.argv[1], int(sys.argv[2])
inside = open(folder + "/inside", "rb")
Box("work", "strict").enter([folder + "/inside"])
def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
try:
    %s
except OSError as error:
    print(errno.errorcode[error.errno])
else:
    print("worked")
"""


def attempt(tmp_path: Path, code: str) -> str:
    """What came of it: an error's name, "worked", or the signal that ended the process."""
    (tmp_path / "inside").write_text("inside")
    (tmp_path / "outside").write_text("outside")
    done = subprocess.run([sys.executable, "-c", START % code, str(tmp_path), str(os.getpid())],
                          capture_output=True, text=True, timeout=30, check=False,
                          env={**os.environ,
                               "PYTHONPATH": str(Path(fyke.__file__).parents[1])})
    if done.returncode < 0:
        return signal.Signals(-done.returncode).name
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(("code", "answer"), [
    ("open(folder + '/inside').read()", "worked"),
    ("inside.read()", "worked"),
    ("import json, lzma, xml.dom", "worked"),
    ("open(folder + '/outside').read()", "EACCES"),
    ("open('/etc/passwd').read()", "EACCES"),
    ("os.listdir('/etc')", "EACCES"),
    ("open(folder + '/made', 'w')", "EPERM"),
    ("open(folder + '/inside', 'r+')", "EPERM"),
    ("os.truncate(folder + '/inside', 0)", "EPERM"),
    ("os.mkdir(folder + '/made')", "EPERM"),
    ("os.unlink(folder + '/inside')", "EPERM"),
    ("os.rename(folder + '/inside', folder + '/moved')", "EPERM"),
    ("os.symlink('/etc/passwd', folder + '/link')", "EPERM"),
    ("os.chmod(folder + '/inside', 0o777)", "EPERM"),
    ("socket.socket(socket.AF_INET, socket.SOCK_STREAM)", "EPERM"),
    ("socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", "EPERM"),
    ("socket.socketpair()", "EPERM"),
    ("os.fork()", "EPERM"),
    ("import threading; threading.Thread(target=print).start()", "RuntimeError"),
    ("os.execv('/bin/true', ['true'])", "SIGSYS"),
    ("libc.ptrace(16, victim, 0, 0)", "SIGSYS"),
    ("libc.mount(b'none', b'/mnt', b'tmpfs', 0, None)", "SIGSYS"),
    ("libc.unshare(0x10000000)", "SIGSYS"),
    ("mmap.mmap(-1, 4096, prot=7)", "EPERM"),
    ("mmap.mmap(-1, 4096, prot=5)", "EPERM"),
    ("os.kill(victim, 0)", "EPERM"),
    ("os.kill(os.getpid(), 15)", "EPERM"),
    (f"call({BPF}, 0, 0, 0)", "SIGSYS"),
    ("call(425, 8, 0)", "ENOSYS"),  # io_uring_setup
    ("call(437, -100, b'/etc/passwd', bytes(24), 24)", "ENOSYS"),  # openat2
    ("os.dup(inside.fileno())", "EPERM"),
    ("os.setuid(0)", "EPERM"),
    ("os.nice(-1)", "EPERM"),
])
def test_attempt(code: str, answer: str, tmp_path: Path) -> None:
    if answer == "RuntimeError":
        code = ("import threading\n    try: threading.Thread(target=print).start()\n"
                "    except RuntimeError: raise OSError(1, 'no thread')")
        answer = "EPERM"
    assert attempt(tmp_path, code) == answer
    assert (tmp_path / "inside").read_text() == "inside"
    assert not (tmp_path / "made").exists()
