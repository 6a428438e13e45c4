"""What the tests of bpf/ ask of the running kernel: attach a program, make a private network."""

import ctypes
import errno
import fcntl
import os
import pickle
import signal
import socket
import struct
import sys

import pytest

SO_ATTACH_FILTER = 26  # include/uapi/asm-generic/socket.h
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
TIMEOUT = 60  # seconds that a child may take


def attach(sock, program):
    """Attach the program; OSError if the kernel refuses it."""
    raw = b"".join(struct.pack("=HBBI", *ins) for ins in program)
    buffer = ctypes.create_string_buffer(raw, len(raw))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                    struct.pack("@HP", len(program), ctypes.addressof(buffer)))


def kernel_takes(program):
    """Whether the kernel finds the program right (it may still find it too big for its memory)."""
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with left, right:
        try:
            attach(right, program)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOMEM):
                raise
            return error.errno == errno.ENOMEM
    return True


def require_linux():
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux takes socket filters")


def in_namespace(function, *arguments):
    """The result of ``function`` in a child with a network of its own, whose lo is up."""
    require_linux()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(TIMEOUT)
        try:
            outcome = (True, run_alone(function, arguments))
        except BaseException as error:
            outcome = (False, f"{type(error).__name__}: {error}")
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(outcome, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    assert data, "the child died"
    fine, result = pickle.loads(data)
    if not fine and result.startswith("NoNamespace"):
        pytest.skip(result)
    assert fine, result
    return result


class NoNamespace(Exception):
    """Neither root nor user namespaces are to be had."""


def run_alone(function, arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWNET | CLONE_NEWUSER
    if libc.unshare(flags):
        raise NoNamespace(f"unshare: {os.strerror(ctypes.get_errno())}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        name = struct.pack("16sH14x", b"lo", 0)
        now = struct.unpack("16sH14x", fcntl.ioctl(sock, SIOCGIFFLAGS, name))[1]
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", now | IFF_UP))
    return function(*arguments)
