"""Room processes/: what stands where in an event, which programs.py write and events.py reads."""

from __future__ import annotations

# Kinds of event.
OWNER = 1  # the socket's user is the process
EXEC = 2
FORK = 3
EXIT = 4
MOVED = 5  # the socket has other addresses than were told; its user is the same
FRESH = 6  # a socket that nobody has used yet
CLOSED = 7
SENT = 8  # a packet that is not between its socket's own ends; pid 0: the user is not sure

# An event, octets from its first: the head, …
AT_TIME = 0  # u64, nanoseconds of CLOCK_MONOTONIC
AT_KIND = 8  # u32
AT_PID = 12  # u32, of the process
AT_THREAD = 16  # u32
AT_UID = 20  # u32
AT_CGROUP = 24  # u64
AT_NAME = 32  # 16 octets
AT_PARENT = 48  # u32
AT_NETNS = 52  # u32, inode
AT_PARENT_NAME = 56  # 16 octets
AT_START = 72  # u64, nanoseconds of CLOCK_BOOTTIME
HEAD = 80
# … of a socket, …
AT_COOKIE = 80  # u64
AT_FAMILY = 88  # u16
AT_PROTOCOL = 90  # u8
AT_STATE = 91  # u8, TCP_LISTEN or 0
TCP_LISTEN = 10  # include/net/tcp_states.h
AT_PORT = 92  # u16, host byte order
AT_REMOTE_PORT = 94  # u16, network byte order
AT_ADDRESS = 96  # 16 octets
AT_REMOTE_ADDRESS = 112
SOCKET_EVENT = 128
AT_PACKET = 128  # what was sent, from its network header on
PACKET = 64
SENT_EVENT = AT_PACKET + PACKET
# … and of a process.
AT_CHILD = 80  # u32
FORK_EVENT = 88
AT_ARGUMENTS_LENGTH = 80  # u32
AT_ARGUMENTS = 88
ARGUMENTS = 256  # octets of them that are kept
EXEC_EVENT = AT_ARGUMENTS + ARGUMENTS
