"""Room processes/: bpf(2), through ctypes: maps, programs, where programs are hooked in; and the
tree of control groups where it is not mounted.

include/uapi/linux/bpf.h. Everything raises OSError as the kernel does; a program that the verifier
refuses says the end of its log.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

NUMBER = {"x86_64": 321, "aarch64": 280}  # __NR_bpf
FSOPEN, FSCONFIG, FSMOUNT = 430, 431, 432  # the same on every processor
FSCONFIG_CMD_CREATE = 6  # include/uapi/linux/mount.h
CLOSE_ON_EXEC = 1

# Commands.
MAP_CREATE = 0
MAP_UPDATE = 2
MAP_DELETE = 3
PROG_LOAD = 5
RAW_TRACEPOINT_OPEN = 17
LINK_CREATE = 28

# Kinds of map.
HASH = 1
ARRAY = 2
LRU_HASH = 9
RING_BUFFER = 27
MMAPABLE = 1 << 10  # BPF_F_MMAPABLE

# Kinds of program, and what they are attached to.
CGROUP_SOCK = 9
TRACING = 26
TRACE_RAW_TP = 23
CGROUP_INET_SOCK_RELEASE = 34

LOG_SIZE = 1 << 18
LOG_SHOWN = 300
ATTRIBUTE_SIZE = 128


def bpf(command: int, attribute: bytes) -> int:
    """One call; what it returns."""
    number = NUMBER.get(os.uname().machine)
    if number is None:
        raise OSError(errno.ENOSYS, f"bpf(2) has no known number on {os.uname().machine}")
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(attribute, max(len(attribute), ATTRIBUTE_SIZE))
    returned = libc.syscall(ctypes.c_long(number), ctypes.c_int(command), buffer,
                            ctypes.c_uint(len(buffer)))
    if returned < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return int(returned)


def make_map(kind: int, key: int, value: int, entries: int, name: str, flags: int = 0) -> int:
    """A new map's descriptor; sizes are octets."""
    return bpf(MAP_CREATE, struct.pack("=5I4xi16s", kind, key, value, entries, flags, 0,
                                       name.encode()[:15]))


def update(table: int, key: bytes, value: bytes) -> None:
    """Put a value into a map."""
    held = ctypes.create_string_buffer(key, len(key)), ctypes.create_string_buffer(value,
                                                                                 len(value))
    bpf(MAP_UPDATE, struct.pack("=I4xQQQ", table, *map(ctypes.addressof, held), 0))


def load(kind: int, code: bytes, name: str, *, attach: int = 0, type_id: int = 0) -> int:
    """A new program's descriptor. ``type_id`` is what it is attached to, by its number in BTF."""
    try:
        return try_to_load(kind, code, name, attach, type_id, None)
    except PermissionError as error:
        refused = error
    except OSError:
        refused = None
    log = ctypes.create_string_buffer(LOG_SIZE)
    try:
        return try_to_load(kind, code, name, attach, type_id, log)
    except OSError as error:
        told = log.value.decode(errors="replace").strip().splitlines()
        if refused is not None and not told:
            raise refused from None
        raise OSError(error.errno, f"{error.strerror} ({name}: "
                      f"{' '.join(told[-4:])[-LOG_SHOWN:] or 'no reason given'})") from None


def try_to_load(kind: int, code: bytes, name: str, attach: int, type_id: int,
                log: ctypes.Array[ctypes.c_char] | None) -> int:
    instructions = ctypes.create_string_buffer(code, len(code))
    license = ctypes.create_string_buffer(b"GPL")  # the helpers that read memory ask for it
    attribute = struct.pack(
        "=IIQQIIQII16sII", kind, len(code) // 8, ctypes.addressof(instructions),
        ctypes.addressof(license), 1 if log else 0, len(log) if log else 0,
        ctypes.addressof(log) if log else 0, 0, 0, name.encode()[:15], 0, attach)
    attribute += struct.pack("=IIQIIQII", 0, 0, 0, 0, 0, 0, 0, type_id)
    return bpf(PROG_LOAD, attribute)


def hook(program: int) -> int:
    """Attach a TRACING program to its tracepoint; the descriptor that holds it there."""
    return bpf(RAW_TRACEPOINT_OPEN, struct.pack("=QI", 0, program))


def hook_cgroup(program: int, cgroup: int, attach: int) -> int:
    """Attach a program to a control group; the descriptor that holds it there."""
    return bpf(LINK_CREATE, struct.pack("=IIII", program, cgroup, attach, 0))


def unmounted(kind: str) -> int:
    """A descriptor of the top of a file system that is mounted nowhere (fsmount(2)).

    "ip netns exec" hides what is mounted below /sys.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def call(*arguments: object) -> int:
        returned = libc.syscall(*(ctypes.c_long(one) if isinstance(one, int) else one
                                  for one in arguments))
        if returned < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
        return int(returned)

    made = call(FSOPEN, kind.encode(), CLOSE_ON_EXEC)
    try:
        call(FSCONFIG, made, FSCONFIG_CMD_CREATE, None, None, 0)
        return call(FSMOUNT, made, CLOSE_ON_EXEC, 0)
    finally:
        os.close(made)
