"""Tries a wheel as a user gets it: a bare virtual environment, no compiler, real traffic.

    python tests/wheel.py WHEEL        # an environment is made for it
    python tests/wheel.py              # what is installed for this Python

Every compiled module is there and loads; the command's text of a capture is what is expected; a
capture on the loopback of a namespace of its own shows what was sent (left out, with a line that
says so, where there are no namespaces). Needs nothing but the standard library.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

SEGMENT = bytes.fromhex("020000000002020000000001080045000028000140004006"
                        "00000a0000010a0000029c4000500000000100000000500220000000" "0000")
TEXT = "IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [S], seq 1, win 8192, length 0"
CHECK = """
import importlib, sys, fyke
from pathlib import Path
room = Path(fyke.__file__).parent
compiled = [path for path in room.rglob("*.so")]
assert len(compiled) > 40, f"only {len(compiled)} compiled modules"
for path in compiled:
    name = ".".join(("fyke", *path.relative_to(room).parent.parts, path.name.split(".")[0]))
    assert importlib.import_module(name).__file__ == str(path), name
packet, = fyke.read(sys.argv[1])
assert packet["ip"]["src"] == "10.0.0.1", packet
print(len(compiled), "compiled modules")
"""
LIVE = """
ip link set lo up || python3 - <<'END'
import fcntl, socket, struct
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(one, 0x8914, struct.pack("16sH14x", b"lo", 1))
END
"$@" &
for _ in 1 2 3 4 5 6 7 8 9; do sleep 0.5; echo x > /dev/udp/127.0.0.1/9; done
wait
"""


def without_compiler() -> dict[str, str]:
    """An environment whose PATH has no compiler, and in which nothing else of fyke is found."""
    kept = {name: text for name, text in os.environ.items()
            if name not in ("PYTHONPATH", "CC", "CXX")}
    return kept | {"CC": "/nonexistent/cc", "TZ": "UTC"}


def install(wheel: str, folder: Path) -> str:
    """A bare environment with the wheel; its Python."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    "--no-index", "--only-binary", ":all:", wheel], check=True,
                   env=without_compiler())
    return python


def check(python: str, folder: Path) -> None:
    capture = folder / "one.pcap"
    capture.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1) + struct.pack(
        "<IIII", 1_700_000_000, 0, len(SEGMENT), len(SEGMENT)) + SEGMENT)
    environment = without_compiler()
    subprocess.run([python, "-I", "-c", CHECK, str(capture)], check=True, env=environment,
                   cwd=folder)
    command = [str(Path(python).with_name("fyke")), "dump"]
    for words in (["-nt"], ["-nt", "-v"], ["-nt", "-w", "copy.pcap"], ["-nt", "tcp port 80"]):
        done = subprocess.run([*command, "-r", str(capture), *words], check=True, env=environment,
                              cwd=folder, capture_output=True, text=True)
        if words == ["-nt"]:
            assert done.stdout.strip() == TEXT, done.stdout
    assert (folder / "copy.pcap").read_bytes() == capture.read_bytes()
    print("fyke dump -r, -v, -w and a filter")
    print(live(command, environment))


def live(command: list[str], environment: dict[str, str]) -> str:
    """A capture on the loopback of a namespace, or why there is none."""
    unshare = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-Urn"]
    try:
        if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
            return "no live capture: network namespaces are not to be had here"
    except FileNotFoundError:
        return "no live capture: unshare(1) is not installed"
    done = subprocess.run([*unshare, "bash", "-c", LIVE, "live", *command, "-ni", "lo", "-c", "2",
                           "udp port 9"], capture_output=True, text=True, env=environment,
                          check=False, timeout=60)
    assert done.stdout.count("> 127.0.0.1.9: UDP, length 2") == 2, done.stdout + done.stderr
    return "fyke dump -i lo"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        python = install(sys.argv[1], room / "bare") if sys.argv[1:] else sys.executable
        check(python, room)


if __name__ == "__main__":
    main()
