"""Network users of many kinds, each of which writes down what it was: the truth of the live tests.

    workload.py servers LOG BASE         servers on BASE to BASE + 2 until standard input ends
    workload.py peer                     echo servers on 7000 (TCP and UDP)
    workload.py clients LOG HOST4 HOST6 ROUNDS SERVERS…    every kind of client, ROUNDS times
    workload.py burst LOG HOST4 COUNT    short-lived clients, eight at a time
    workload.py reuse LOG COUNT          addresses that one process after the other uses, on lo
    workload.py shared                   two processes on one UDP port
    workload.py neighbour INTERFACE IP   answers ARP for an address, late, until standard input ends

A line of LOG: kind, protocol, local port, remote port, pid. Kinds: T a connection or a client, L a
listener, U a UDP server, S a refused connection's process, C and P who got and gave a socket.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable

PEER = 7000
CLOSED = 9
TCP, UDP = 6, 17
LOG = ""


def say(kind: str, protocol: int, local: int, remote: int) -> None:
    handle = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(handle, f"{kind} {protocol} {local} {remote} {os.getpid()}\n".encode())
    os.close(handle)


def child(work: Callable[..., None], *arguments: object) -> int:
    """Run it in a process of its own, which ends with it."""
    pid = os.fork()
    if pid == 0:
        try:
            work(*arguments)
        except BaseException as error:
            os.write(2, f"workload {work.__name__}: {error!r}\n".encode())
        finally:
            os._exit(0)
    return pid


def listening(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET6)
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("::", port))
    made.listen(256)
    return made


def prefork(port: int, log: bool = True) -> None:
    """Three workers accept from one listener."""
    made = listening(port)
    if log:
        say("L", TCP, port, 0)
    for _ in range(3):
        child(worker, made, port, log)


def worker(made: socket.socket, port: int, log: bool) -> None:
    while True:
        one, address = made.accept()
        if log:
            say("T", TCP, port, address[1])
        data = one.recv(64)
        if data:
            one.sendall(data)
        one.close()


def udp_server(port: int, log: bool = True) -> None:
    made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    made.bind(("::", port))
    if log:
        say("U", UDP, port, 0)
    while True:
        data, address = made.recvfrom(100)
        made.sendto(data, address)


def inetd(port: int) -> None:
    """Accepts, forks and becomes another program, as inetd(8) does."""
    made = listening(port)
    say("L", TCP, port, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        one, address = made.accept()
        if os.fork() == 0:
            say("T", TCP, port, address[1])
            os.dup2(one.fileno(), 0)
            os.dup2(one.fileno(), 1)
            os.execvp("head", ["head", "-c", "1"])
        one.close()


def servers(base: int) -> None:
    prefork(base)
    child(udp_server, base + 1)
    child(inetd, base + 2)


def tcp_client(host: str, port: int) -> None:
    with socket.socket(family(host)) as one:
        try:
            one.connect((host, port))
        except OSError:
            say("S", TCP, 0, port)
            return
        say("T", TCP, one.getsockname()[1], port)
        one.sendall(b"x")
        one.settimeout(10)
        one.recv(64)


def udp_client(host: str, port: int, reply: bool = True) -> None:
    with socket.socket(family(host), socket.SOCK_DGRAM) as one:
        one.sendto(b"x", (host, port))
        say("T", UDP, one.getsockname()[1], port)
        if reply:
            one.settimeout(1)
            try:
                one.recv(64)
            except TimeoutError:
                pass


def passed(host: str, port: int) -> None:
    """Connects, and gives the socket to a child, which uses it."""
    one = socket.create_connection((host, port))
    local = one.getsockname()[1]
    here, there = socket.socketpair()
    pid = child(take, one.fileno(), there, port)
    there.close()
    say("P", TCP, local, port)
    socket.send_fds(here, [b"!"], [one.fileno()])
    one.close()
    os.waitpid(pid, 0)


def take(inherited: int, link: socket.socket, port: int) -> None:
    os.close(inherited)
    _, handles, _, _ = socket.recv_fds(link, 1, 1)
    one = socket.socket(fileno=handles[0])
    say("C", TCP, one.getsockname()[1], port)
    one.sendall(b"CHILD")
    one.recv(64)
    one.close()


def family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def clients(host4: str, host6: str, rounds: int, bases: list[int]) -> None:
    """Every kind, one after the other, so that the machine's own noise is all there is."""
    for _ in range(rounds):
        jobs: list[tuple[object, ...]] = [
            (tcp_client, host4, PEER), (tcp_client, host6, PEER), (udp_client, host4, PEER),
            (udp_client, host6, PEER), (udp_client, host4, CLOSED, False),
            (tcp_client, host4, CLOSED), (passed, host4, PEER)]
        for base in bases:
            jobs += [(tcp_client, "127.0.0.1", base), (tcp_client, "::1", base),
                     (udp_client, "127.0.0.1", base + 1), (tcp_client, "127.0.0.1", base + 2)]
        for work, *arguments in jobs:
            assert callable(work)
            os.waitpid(child(work, *arguments), 0)


def burst(host: str, count: int) -> None:
    """Short-lived clients, eight at a time, in turns."""
    jobs = [(tcp_client, host, PEER), (udp_client, host, PEER), (tcp_client, host, CLOSED),
            (udp_client, host, CLOSED, False)]
    running = 0
    for number in range(count):
        if running == 8:
            os.wait()
            running -= 1
        work, *arguments = jobs[number % len(jobs)]
        child(work, *arguments)
        running += 1
    for _ in range(running):
        os.wait()


def asks(port: int, target: int) -> None:
    """Somebody else's datagram to a port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", target + 1))
        one.sendto(b"?", ("127.0.0.1", port))


def udp_turn(port: int, sends: bool, stays: int) -> None:
    """Uses a UDP port for one datagram; the next process may come while this one lives on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", port))
        if sends:
            one.sendto(b"x", ("127.0.0.1", 7999))
        else:
            os.waitpid(child(asks, port, 7900), 0)
            one.settimeout(10)
            one.recv(10)
        say("T", UDP, port, 7999 if sends else 7901)
    if stays:
        os.write(stays, b".")
        signal.pause()


def tcp_turn(local: int, port: int) -> None:
    """A connection from a fixed port, reset at its end so that the next can have it at once."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, (1).to_bytes(4, "little") + bytes(4))
        one.bind(("127.0.0.1", local))
        one.connect(("127.0.0.1", port))
        say("T", TCP, local, port)
        one.sendall(b"x")
        one.settimeout(10)
        one.recv(10)


def reuse(count: int) -> None:
    for number in range(count):
        os.waitpid(child(udp_turn, 5555, number % 2 == 0, 0), 0)
        os.waitpid(child(tcp_turn, 5600, 7100), 0)
    here, there = os.pipe()
    waiting = []
    for number in range(count):
        waiting.append(child(udp_turn, 5556, number % 2 == 0, there))
        os.read(here, 1)
    for pid in waiting:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)


def shared() -> None:
    sockets = []
    for _ in range(2):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(("127.0.0.1", 5557))
        sockets.append(one)
    pids = [child(send_once, one) for one in sockets]
    for one in sockets:
        one.close()
    signal.sigtimedwait([signal.SIGCHLD], 0.5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 5558))
        one.sendto(b"?", ("127.0.0.1", 5557))
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)


def send_once(one: socket.socket) -> None:
    one.sendto(b"x", ("127.0.0.1", 7999))
    signal.pause()


def neighbour(interface: str, address: str) -> None:
    """Answers ARP in place of the kernel (RFC 826). What waited for the answer is sent by whoever
    is at work when it comes: this process."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806)) as one:
        one.bind((interface, 0x0806))
        ours = one.getsockname()[4] + socket.inet_aton(address)
        while True:
            asked = one.recv(60)
            if asked[20:22] != b"\0\1" or asked[38:42] != ours[6:]:
                continue
            signal.sigtimedwait([signal.SIGUSR1], 0.003)  # who asked has gone on meanwhile
            one.send(asked[6:12] + ours[:6] + asked[12:20] + b"\0\2" + ours + asked[22:32])


def main(words: list[str]) -> None:
    global LOG
    if words[0] == "neighbour":
        child(neighbour, words[1], words[2])
    elif words[0] == "peer":
        prefork(PEER, log=False)
        child(udp_server, PEER, False)
    elif words[0] == "servers":
        LOG = words[1]
        servers(int(words[2]))
    elif words[0] == "clients":
        LOG = words[1]
        clients(words[2], words[3], int(words[4]), [int(word) for word in words[5:]])
        return
    elif words[0] == "burst":
        LOG = words[1]
        burst(words[2], int(words[3]))
        return
    elif words[0] == "reuse":
        LOG = words[1]
        reuse(int(words[2]))
        return
    elif words[0] == "shared":
        shared()
        return
    print("ready", flush=True)
    sys.stdin.read()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)  # the group is this program's own


if __name__ == "__main__":
    main(sys.argv[1:])
