"""The main job on real traffic, in two network namespaces of its own: ``make demo``.

Two hosts on a virtual cable talk ARP, IPv4 and IPv6 ping, HTTP over TCP and DNS over UDP. fyke
captures them through the kernel with a filter, prints each packet as it comes and saves it, and
reads the file back. The namespaces have no name and belong to this program and its child alone:
they vanish with the two, however they end.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # include/uapi/linux/sched.h
HERE4, THERE4 = "10.9.0.1", "10.9.0.2"
HERE6, THERE6 = "fd00:9::1", "fd00:9::2"
FILTER = "arp or icmp or icmp6 or tcp port 80 or udp port 53"
QUERY = struct.pack("!HHHHHH", 0x1234, 0x0100, 1, 0, 0, 0) + (
    b"\x03www\x07example\x03org\x00" + struct.pack("!HH", 1, 1))


def say(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


def enter_new_namespace() -> None:
    """A network namespace of our own; with a user namespace around it when we are not root."""
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.geteuid(), os.getegid()
    flags = CLONE_NEWNET | (CLONE_NEWUSER if uid else 0)
    if libc.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    if uid:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")


def routes() -> Any:
    """pyroute2's connection to the kernel; it has no types."""
    return importlib.import_module("pyroute2").IPRoute()


def configure(name: str, address4: str, address6: str) -> None:
    """Give an interface its addresses, without waiting for duplicates, and bring it up."""
    with routes() as route:
        index = route.link_lookup(ifname=name)[0]
        with suppress(OSError):
            Path(f"/proc/sys/net/ipv6/conf/{name}/accept_dad").write_text("0")
        route.addr("add", index=index, address=address4, prefixlen=24)
        route.link("set", index=index, state="up")
        route.addr("add", index=index, address=address6, prefixlen=64, flags=0x02)  # IFA_F_NODAD


def cable(pid: int) -> None:
    """A virtual cable from here ("left") to the namespace of process ``pid`` ("right")."""
    with routes() as route:
        route.link("add", ifname="left", kind="veth", peer={"ifname": "right"})
        right = route.link_lookup(ifname="right")[0]
        route.link("set", index=right, net_ns_fd=f"/proc/{pid}/ns/net")


def serve(ready: int, go: int) -> None:
    """The other host: an HTTP server for one request and a DNS server for one question."""
    enter_net_only()
    os.write(ready, b"1")
    os.read(go, 1)
    configure("right", THERE4, THERE6)
    web = socket.create_server((THERE4, 80))
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind((THERE4, 53))
    os.write(ready, b"2")

    def answer_name() -> None:
        query, client = names.recvfrom(512)
        names.sendto(query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + query[12:]
                     + struct.pack("!HHHIH4B", 0xC00C, 1, 1, 300, 4, 10, 9, 0, 2), client)

    threading.Thread(target=answer_name, daemon=True).start()
    connection, _ = web.accept()
    connection.recv(1000)
    body = b"a net that stands in the stream\n"
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    connection.close()
    os.read(go, 1)


def enter_net_only() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def ping4() -> None:
    body = struct.pack("!BBHHH", 8, 0, 0, 7, 1) + b"fyke demo echo!!"
    total = sum(struct.unpack(f"!{len(body) // 2}H", body))
    total = (total & 0xFFFF) + (total >> 16)
    body = body[:2] + struct.pack("!H", ~total & 0xFFFF) + body[4:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as sock:
        sock.settimeout(2)
        sock.sendto(body, (THERE4, 0))
        sock.recv(2000)


def ping6() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sock:
        sock.settimeout(2)
        sock.sendto(struct.pack("!BBHHH", 128, 0, 0, 7, 1) + b"fyke demo echo!!", (THERE6, 0))
        sock.recv(2000)


def ask_name() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2)
        sock.sendto(QUERY, (THERE4, 53))
        sock.recv(512)


def fetch_page() -> None:
    with socket.create_connection((THERE4, 80), timeout=2) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n")
        while sock.recv(2000):
            pass


def fyke(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "fyke", *arguments]


def capture(path: str) -> str:
    """Start the capture, make the traffic, stop with Ctrl-C's signal; the kernel's counters."""
    command = fyke("dump", "-i", "left", "-n", "--print", "-U", "-w", path, FILTER)
    say(f"fyke dump -i left -n --print -w {Path(path).name} '{FILTER}'")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            for row in process.stderr:
                print(row, end="", flush=True)
                if row.startswith("listening on"):
                    break
            for talk in (ping4, ping6, ask_name, fetch_page):
                talk()
            time.sleep(0.3)
        finally:
            process.send_signal(signal.SIGINT)
        counters = process.stderr.read()
    if process.returncode != 0:
        raise SystemExit(f"{counters}demo: the capture ended with status {process.returncode}")
    return counters


def read_back(path: str, expression: str) -> None:
    say(f"fyke dump -n -r {Path(path).name} '{expression}'")
    for words in (["-n", "-r", path, expression], ["--count", "-r", path]):
        subprocess.run(fyke("dump", *words), check=True, stderr=subprocess.DEVNULL)


def live(path: str) -> None:
    """The demo proper: two hosts, a cable, a capture."""
    enter_new_namespace()
    ready_read, ready_write = os.pipe()
    go_read, go_write = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        die_with(parent)
        try:
            serve(ready_write, go_read)
        finally:
            os._exit(0)
    try:
        os.read(ready_read, 1)
        cable(child)
        configure("left", HERE4, HERE6)
        os.write(go_write, b"1")
        os.read(ready_read, 1)
        counters = capture(path)
        read_back(path, "tcp[tcpflags] & tcp-syn != 0 or arp")
        say("what the kernel counted while we captured")
        print(counters, end="", flush=True)
    finally:
        os.write(go_write, b"2")
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


def die_with(parent: int) -> None:
    """The kernel ends this process when its parent ends, so that nothing stays behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)


def on_a_file(path: str) -> None:
    """The same job where no namespace is to be had: made packets, filtered, printed, counted."""
    sys.path.insert(0, str(Path(__file__).parent.parent))
    importlib.import_module("benchmarks.captures").write(path, "few", 200)
    read_back(path, "udp port 53 or arp")


def possible() -> str:
    """Why no namespace can be had; empty if one can."""
    child = os.fork()
    if child == 0:
        try:
            enter_new_namespace()
            enter_net_only()
        except OSError:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return "neither root nor user namespaces are to be had" if status else ""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="fyke-demo-") as folder:
        path = str(Path(folder, "demo.pcap"))
        reason = possible()
        if reason:
            say(f"No live capture here: {reason}. The same job on a file:")
            on_a_file(path)
        else:
            live(path)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
