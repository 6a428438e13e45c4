"""Room processes/: the eBPF programs that tell whose socket it is, and what becomes of processes.

They sit on tracepoints of the kernel and write events (events.py) into one ring:

sock_send_length, sock_recv_length   a call on a socket is over: current is its user
net_dev_queue                        a packet of a socket is about to be tapped. Of TCP current is
                                     the user while it holds the socket's lock (sk_lock.owned):
                                     what interrupts transmit finds it free. Of others current is
                                     the user only if a call has said so before: what waited for
                                     ARP is sent by whoever is at work when the answer comes. What
                                     does not go between its socket's own ends (a raw or packet
                                     socket, another address than the one connected to) is told
                                     with its first octets
inet_sock_set_state                  LISTEN: current listens; SYN_SENT: current connects (a SYN
                                     that waits for ARP is not tapped in its call); ESTABLISHED of
                                     a child: a new connection that nobody has used yet; CLOSE: it
                                     is over
cgroup/sock_release                  the same for UDP
sched_process_fork, _exec, _exit     of processes that are followed or have sockets

A table by the socket's address in memory (its cookie says whether it is still the same socket)
keeps what was told already, so that a connection costs some events, not each packet.
"""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.processes import instructions as i
from fyke.processes.event_layout import (
    ARGUMENTS,
    AT_ADDRESS,
    AT_ARGUMENTS,
    AT_ARGUMENTS_LENGTH,
    AT_CGROUP,
    AT_CHILD,
    AT_COOKIE,
    AT_FAMILY,
    AT_KIND,
    AT_NAME,
    AT_NETNS,
    AT_PACKET,
    AT_PARENT,
    AT_PARENT_NAME,
    AT_PID,
    AT_PORT,
    AT_PROTOCOL,
    AT_REMOTE_ADDRESS,
    AT_REMOTE_PORT,
    AT_START,
    AT_STATE,
    AT_THREAD,
    AT_TIME,
    AT_UID,
    CLOSED,
    EXEC,
    EXEC_EVENT,
    EXIT,
    FORK,
    FORK_EVENT,
    FRESH,
    MOVED,
    OWNER,
    PACKET,
    SENT,
    SENT_EVENT,
    SOCKET_EVENT,
    TCP_LISTEN,
)
from fyke.processes.instructions import FRAME, Code
from fyke.processes.kernel_layout import Layout

# The value of the table of sockets: cookie, ends, process.
KNOWN_COOKIE = 0
KNOWN_ENDS = 8  # the ports, and above them what the remote address comes to (Writer.ends)
KNOWN_PID = 16
KNOWN = 24

AF_INET = 2
AF_INET6 = 10
AF_PACKET = 17
TCP = 6
UDP = 17
ANY_PROTOCOL = 255  # IPPROTO_RAW
TCP_ESTABLISHED = 1
TCP_SYN_SENT = 2
TCP_SYN_RECV = 3
TCP_TIME_WAIT = 6
TCP_CLOSE = 7
TCP_NEW_SYN_RECV = 12
PF_KTHREAD = 0x00200000  # include/linux/sched.h
NO_EXIST = 1  # BPF_NOEXIST
ICMP = 1
ICMP6 = 58
SOCK_RAW = 3
IPV4_HEADER = 20
IPV6_HEADER = 40


class Tables(NamedTuple):
    """The maps' descriptors."""

    ring: int
    sockets: int  #: what was told of a socket, by its address
    lost: int  #: one number: events that found the ring full
    known: int  #: processes that have sockets
    followed: int  #: processes whose children are followed


class Wishes(NamedTuple):
    """What is wanted besides sockets' owners."""

    arguments: bool = False  #: exec tells the arguments
    everyone: bool = False  #: fork, exec and exit of all processes
    namespace: int = 0  #: inode of the pid namespace whose numbers are told; 0: the first


class Writer:
    """Writes the programs for one kernel and its tables.

    In all of them r9 is the context and r6 the socket or task; the event stands on the stack.
    """

    def __init__(self, layout: Layout, tables: Tables, wishes: Wishes) -> None:
        self.at = layout.members
        self.tables = tables
        self.wishes = wishes

    # What they share.

    def begin(self, size: int) -> tuple[Code, int]:
        """A program, and where on the stack its event of ``size`` octets is, all zeros."""
        code = Code()
        code.copy(9, 1)
        code.put(8, 0)
        return code, -size - 24  # 24 for keys, values and a register that is put aside

    def zero(self, code: Code, base: int, size: int) -> None:
        for at in range(base, base + size, 8):
            code.store_number(8, FRAME, at, 0)

    def unless_kernel_thread(self, code: Code, label: str) -> None:
        """Go to ``label`` if the kernel works on its own behalf; r0 is the task then."""
        code.call(i.CURRENT_TASK)
        code.load(4, 1, 0, self.at["flags"])
        code.work(1, "&", PF_KTHREAD)
        code.when(1, "!=", 0, label)

    def identity(self, code: Code, base: int, kind: int) -> None:
        """The head: who current is. Uses r0 to r5 and r7."""
        at = self.at
        code.call(i.TIME)
        code.store(8, FRAME, base + AT_TIME, 0)
        code.store_number(4, FRAME, base + AT_KIND, kind)
        code.call(i.CURRENT_UID)
        code.store(4, FRAME, base + AT_UID, 0)
        code.call(i.CGROUP)
        code.store(8, FRAME, base + AT_CGROUP, 0)
        code.call(i.CURRENT_PID)
        code.store(4, FRAME, base + AT_THREAD, 0)
        code.work(0, ">>", 32)
        code.store(4, FRAME, base + AT_PID, 0)
        code.call(i.CURRENT_TASK)
        code.load(8, 7, 0, at["leader"])
        self.name(code, base + AT_NAME, 7)
        code.load(8, 1, 7, at["start"])
        code.store(8, FRAME, base + AT_START, 1)
        if self.wishes.namespace:
            self.number_in_namespace(code, base + AT_PID, 7)
            code.load(4, 1, FRAME, base + AT_PID)
            code.store(4, FRAME, base + AT_THREAD, 1)
        code.load(8, 7, 7, at["parent"])
        none = code.new_label()
        code.when(7, "==", 0, none)
        code.load(4, 1, 7, at["tgid"])
        code.store(4, FRAME, base + AT_PARENT, 1)
        if self.wishes.namespace:
            self.number_in_namespace(code, base + AT_PARENT, 7)
        code.load(8, 7, 7, at["leader"])
        code.when(7, "==", 0, none)
        self.name(code, base + AT_PARENT_NAME, 7)
        code.label(none)

    def name(self, code: Code, to: int, task: int) -> None:
        for half in (0, 8):
            code.load(8, 1, task, self.at["name"] + half)
            code.store(8, FRAME, to + half, 1)

    def number_in_namespace(self, code: Code, to: int, task: int) -> None:
        """The number of a process's first thread in our pid namespace, 0 outside of it.

        A process has one in its own namespace and in each above (struct pid, struct upid).
        """
        at = self.at
        done = code.new_label()
        code.store_number(4, FRAME, to, 0)
        code.store(8, FRAME, -24, 8)
        code.load(8, 8, task, at["pid"])
        code.when(8, "==", 0, done)
        for level in range(8):
            for size, where in ((8, at["pid_namespace"]), (4, 0)):
                code.stack(1, -16 if where else -8)
                code.put(2, size)
                code.copy(3, 8)
                code.work(3, "+", at["numbers"] + 16 * level + where)
                code.call(i.READ_KERNEL)
            code.load(8, 3, FRAME, -16)
            code.work(3, "+", at["namespace"])
            code.stack(1, -16)
            code.put(2, 4)
            code.call(i.READ_KERNEL)
            following = code.new_label()
            code.load(4, 1, FRAME, -16)
            code.copy32(1, 1)
            code.put(2, 0)
            code.row(0xB4, 2, value=self.wishes.namespace)  # 32 bits, the high ones zero
            code.when_both(1, "!=", 2, following)
            code.load(4, 1, FRAME, -8)
            code.store(4, FRAME, to, 1)
            code.jump(done)
            code.label(following)
            code.load(4, 1, 8, at["level"])
            code.when(1, "<", level + 1, done)
        code.label(done)
        code.load(8, 8, FRAME, -24)

    def output(self, code: Code, base: int, size: int, failed: str) -> None:
        """Put the event into the ring; if that is full, count it and go to ``failed``."""
        told = code.new_label()
        code.map(1, self.tables.ring)
        code.stack(2, base)
        code.put(3, size)
        code.put(4, 0)
        code.call(i.OUTPUT)
        code.when(0, "==", 0, told)
        code.store_number(4, FRAME, -8, 0)
        code.map(1, self.tables.lost)
        code.stack(2, -8)
        code.call(i.LOOK_UP)
        code.when(0, "==", 0, failed)
        code.put(1, 1)
        code.add_atomically(0, 0, 1)
        code.jump(failed)
        code.label(told)

    def look_up_socket(self, code: Code) -> None:
        """r0: what was told of the socket r6, or 0. Its address stays at -8."""
        code.store(8, FRAME, -8, 6)
        code.map(1, self.tables.sockets)
        code.stack(2, -8)
        code.call(i.LOOK_UP)

    def remember(self, code: Code, base: int) -> None:
        """Put down what was told of the socket: r8 has the ends, r7 the process (0: none)."""
        room = base - KNOWN
        code.load(8, 1, FRAME, base + AT_COOKIE)
        code.store(8, FRAME, room + KNOWN_COOKIE, 1)
        code.store(8, FRAME, room + KNOWN_ENDS, 8)
        code.store(8, FRAME, room + KNOWN_PID, 7)
        code.store(8, FRAME, -8, 6)
        code.map(1, self.tables.sockets)
        code.stack(2, -8)
        code.stack(3, room)
        code.put(4, 0)
        code.call(i.UPDATE)

    def remember_process(self, code: Code, base: int) -> None:
        """This process has a socket: what becomes of it is told from now on."""
        self.global_pid(code)
        code.store(4, FRAME, -8, 0)
        code.store_number(4, FRAME, -16, 1)
        code.map(1, self.tables.known)
        code.stack(2, -8)
        code.stack(3, -16)
        code.put(4, NO_EXIST)
        code.call(i.UPDATE)

    def global_pid(self, code: Code) -> None:
        """r0: the number of current's process in the first pid namespace."""
        code.call(i.CURRENT_PID)
        code.work(0, ">>", 32)

    def is_internet(self, code: Code, other: str) -> None:
        """Go to ``other`` unless the socket r6 is of IPv4 or IPv6; r7 is the family."""
        yes = code.new_label()
        code.load(2, 7, 6, self.at["family"])
        code.when(7, "==", AF_INET, yes)
        code.when(7, "!=", AF_INET6, other)
        code.label(yes)

    def ends(self, code: Code) -> None:
        """r8: what identifies the socket's ends: below the local port and the remote one, above
        them 32 bits of the remote address. A UDP socket is connected anew, to the same port of
        another host. r7 is the family.
        """
        at = self.at
        code.load(4, 8, 6, at["remote"])
        if "address6" in at:
            done = code.new_label()
            code.when(7, "!=", AF_INET6, done)
            code.load(4, 8, 6, at["remote6"])
            for part in (4, 8, 12):
                code.work(8, "*", 31)
                code.load(4, 1, 6, at["remote6"] + part)
                code.combine(8, "+", 1)
            code.label(done)
        code.work(8, "<<", 16)
        code.load(2, 1, 6, at["port"])
        code.combine(8, "|", 1)
        code.work(8, "<<", 16)
        code.load(2, 1, 6, at["remote_port"])
        code.combine(8, "|", 1)

    def addresses(self, code: Code, base: int) -> None:
        """The event's part about the socket r6, but for its cookie; r8 has the ends.

        Loses r7.
        """
        at = self.at
        code.load(2, 7, 6, at["family"])
        code.store(2, FRAME, base + AT_FAMILY, 7)
        code.load(2, 1, 6, at["protocol"])
        code.store(1, FRAME, base + AT_PROTOCOL, 1)
        code.load(8, 1, 6, at["net"])
        code.load(4, 1, 1, at["inode"])
        code.store(4, FRAME, base + AT_NETNS, 1)
        code.copy(1, 8)
        code.work(1, ">>", 16)
        code.store(2, FRAME, base + AT_PORT, 1)
        code.store(2, FRAME, base + AT_REMOTE_PORT, 8)
        done = code.new_label()
        six = code.new_label()
        if "address6" in at:
            code.when(7, "==", AF_INET6, six)
        for source, to in (("address", AT_ADDRESS), ("remote", AT_REMOTE_ADDRESS)):
            code.load(4, 1, 6, at[source])
            code.store(4, FRAME, base + to, 1)
        if "address6" in at:
            code.jump(done)
            code.label(six)
            for source, to in (("address6", AT_ADDRESS), ("remote6", AT_REMOTE_ADDRESS)):
                for part in range(0, 16, 4):
                    code.load(4, 1, 6, at[source] + part)
                    code.store(4, FRAME, base + to + part, 1)
        code.label(done)

    # The programs.

    def call_on_socket(self) -> bytes:
        """sock_send_length, sock_recv_length (socket, what the call returned, flags)."""
        code, base = self.begin(SOCKET_EVENT)
        code.load(8, 6, 9, 0)
        code.load(8, 1, 9, 8)
        code.when(1, "signed <", 0, "done", low=True)
        self.is_internet(code, "done")
        self.unless_kernel_thread(code, "done")
        code.load(2, 1, 6, self.at["type"])
        code.when(1, "!=", SOCK_RAW, "not raw")
        code.load(2, 1, 6, self.at["protocol"])
        code.when(1, "==", ICMP, "has no port")
        code.when(1, "==", ICMP6, "has no port")
        for protocol in (TCP, UDP, ANY_PROTOCOL):
            code.when(1, "==", protocol, "has no ends")
        code.label("not raw")
        self.ends(code)
        code.jump("ends")
        code.label("has no ends")  # each of its packets has its own: SENT
        code.put(8, 0)
        code.jump("ends")
        code.label("has no port")  # what stands for one was in its last packet (raw_identifier)
        self.look_up_socket(code)
        code.when(0, "==", 0, "done")
        code.load(8, 8, 0, KNOWN_ENDS)
        code.label("ends")
        self.zero(code, base, SOCKET_EVENT)
        code.copy(1, 6)
        code.call(i.COOKIE)
        code.store(8, FRAME, base + AT_COOKIE, 0)
        self.own(code, base, "done")
        code.label("done")
        code.leave()
        return code.octets()

    def own(self, code: Code, base: int, done: str) -> None:
        """Tell that current is the user of the socket r6, unless that was told already."""
        self.look_up_socket(code)
        new = code.new_label()
        code.when(0, "==", 0, new)
        code.load(8, 1, 0, KNOWN_COOKIE)
        code.load(8, 2, FRAME, base + AT_COOKIE)
        code.when_both(1, "!=", 2, new)
        code.load(8, 1, 0, KNOWN_ENDS)
        code.when_both(1, "!=", 8, new)
        code.load(4, 7, 0, KNOWN_PID)
        self.global_pid(code)
        code.when_both(7, "==", 0, done)
        code.label(new)
        self.tell_owner(code, base, done)

    def tell_owner(self, code: Code, base: int, failed: str) -> None:
        """Tell that current is the user of the socket r6; r8 has the ends."""
        self.addresses(code, base)
        self.identity(code, base, OWNER)
        self.output(code, base, SOCKET_EVENT, failed)
        self.global_pid(code)
        code.copy(7, 0)
        self.remember(code, base)
        self.remember_process(code, base)

    def packet_queued(self) -> bytes:
        """net_dev_queue (packet)."""
        at = self.at
        code, base = self.begin(SENT_EVENT)
        code.load(8, 6, 9, 0)
        code.load(8, 6, 6, at["sk"])
        code.when(6, "==", 0, "done")
        self.is_internet(code, "no internet")
        code.load(1, 1, 6, at["state"])  # these two are not whole sockets
        code.when(1, "==", TCP_NEW_SYN_RECV, "done")
        code.when(1, "==", TCP_TIME_WAIT, "done")
        self.zero(code, base, SENT_EVENT)
        code.load(8, 1, 6, at["cookie"])
        code.store(8, FRAME, base + AT_COOKIE, 1)
        self.ends(code)
        code.load(2, 1, 6, at["protocol"])
        code.when(1, "!=", TCP, "not TCP")
        code.load(4, 1, 6, at["locked"])
        code.when(1, "==", 0, "by interrupt")
        self.unless_kernel_thread(code, "by interrupt")
        self.own(code, base, "done")
        code.jump("done")
        code.label("not TCP")
        self.unless_own_ends(code, base, "sent")
        self.raw_identifier(code)
        code.label("by interrupt")
        self.look_up_socket(code)
        code.put(7, 0)
        code.when(0, "==", 0, "tell")
        code.load(8, 1, 0, KNOWN_COOKIE)
        code.load(8, 2, FRAME, base + AT_COOKIE)
        code.when_both(1, "!=", 2, "tell")
        code.load(4, 7, 0, KNOWN_PID)
        code.load(8, 1, 0, KNOWN_ENDS)
        code.store(8, FRAME, -16, 1)
        self.unless_another_calls(code, "same user")
        code.put(7, 0)
        code.jump("tell")
        code.label("same user")
        code.load(8, 1, FRAME, -16)
        code.when_both(1, "==", 8, "done")
        code.label("tell")
        code.store_number(4, FRAME, base + AT_KIND, MOVED)
        code.when(7, "!=", 0, "moved")
        code.store_number(4, FRAME, base + AT_KIND, FRESH)
        code.label("moved")
        code.call(i.TIME)
        code.store(8, FRAME, base + AT_TIME, 0)
        code.store(8, FRAME, -24, 7)
        self.addresses(code, base)
        self.output(code, base, SOCKET_EVENT, "done")
        code.load(8, 7, FRAME, -24)
        self.remember(code, base)
        code.jump("done")

        code.label("no internet")
        code.when(7, "!=", AF_PACKET, "done")
        self.zero(code, base, SENT_EVENT)
        self.first_octets(code, base, "done")
        code.load(8, 1, 6, at["cookie"])
        code.store(8, FRAME, base + AT_COOKIE, 1)
        code.label("sent")
        self.tell_sent(code, base)
        code.label("done")
        code.leave()
        return code.octets()

    def first_octets(self, code: Code, base: int, none: str) -> None:
        """Put the packet's first octets into the event, from its network header on; go to ``none``
        if they are not in its first buffer (a ring of transmission has them elsewhere).
        """
        at = self.at
        code.load(8, 1, 9, 0)
        code.load(2, 2, 1, at["network"])
        code.load(4, 3, 1, at["tail"])
        code.combine(3, "-", 2)
        code.when(3, "signed <", IPV4_HEADER + 8, none)
        code.load(8, 3, 1, at["head"])
        code.combine(3, "+", 2)
        code.stack(1, base + AT_PACKET)
        code.put(2, PACKET)
        code.call(i.READ_KERNEL)

    def unless_own_ends(self, code: Code, base: int, other: str) -> None:
        """Go to ``other`` if the packet is not from and to where the socket r6 says."""
        at = self.at
        own, raw, six = (code.new_label() for _ in range(3))
        code.load(2, 1, 6, at["type"])
        code.when(1, "==", SOCK_RAW, raw)
        code.load(4, 1, 6, at["address"])
        code.load(2, 2, 6, at["remote_port"])
        code.combine(1, "|", 2)
        if "address6" in at:
            code.load(4, 2, 6, at["address6"])
            code.combine(1, "|", 2)
        code.when(1, "==", 0, own)  # it has no ends that a packet could miss
        self.first_octets(code, base, own)
        code.load(2, 1, 6, at["protocol"])
        code.store(1, FRAME, base + AT_PROTOCOL, 1)  # 0: raw
        code.load(1, 1, FRAME, base + AT_PACKET)
        code.work(1, ">>", 4)
        if "address6" in at:
            code.when(1, "==", 6, six)
        code.when(1, "!=", 4, own)
        self.compare(code, base, other, ("address", "remote"), (12, 16), 4, IPV4_HEADER + 2)
        code.jump(own)
        if "address6" in at:
            code.label(six)
            self.compare(code, base, other, ("address6", "remote6"), (8, 24), 16, IPV6_HEADER + 2)
        code.jump(own)
        code.label(raw)  # that of ICMP is known by what stands for a port
        code.load(2, 1, 6, at["protocol"])
        code.when(1, "==", ICMP, own)
        code.when(1, "==", ICMP6, own)
        self.first_octets(code, base, own)
        code.jump(other)
        code.label(own)

    def compare(self, code: Code, base: int, other: str, names: tuple[str, str],
                places: tuple[int, int], size: int, port: int) -> None:
        """Go to ``other`` if the packet in the event has not the ends that the socket r6 has."""
        at = self.at
        packet = base + AT_PACKET
        any_address, connected, same = (code.new_label() for _ in range(3))
        code.put(2, 0)
        for part in range(0, size, 4):
            code.load(4, 1, 6, at[names[0]] + part)
            code.combine(2, "|", 1)
        code.when(2, "==", 0, any_address)
        self.compare_address(code, packet + places[0], other, at[names[0]], size)
        code.label(any_address)
        code.load(2, 1, 6, at["remote_port"])
        code.when(1, "!=", 0, connected)
        code.jump(same)
        code.label(connected)
        code.load(2, 2, FRAME, packet + port)
        code.when_both(1, "!=", 2, other)
        self.compare_address(code, packet + places[1], other, at[names[1]], size)
        code.label(same)

    def compare_address(self, code: Code, packet: int, other: str, where: int, size: int) -> None:
        for part in range(0, size, 4):
            code.load(4, 1, 6, where + part)
            code.load(4, 2, FRAME, packet + part)
            code.when_both(1, "!=", 2, other)

    def tell_sent(self, code: Code, base: int) -> None:
        """Tell the packet, and who sent it if that is sure: current has used the socket before, or
        nobody has yet, or it is a packet socket, whose packets wait for nothing.
        """
        sure, unsure, tell = (code.new_label() for _ in range(3))
        code.load(8, 1, 6, self.at["net"])
        code.load(4, 1, 1, self.at["inode"])
        code.store(4, FRAME, base + AT_NETNS, 1)
        self.unless_kernel_thread(code, unsure)
        code.load(2, 1, 6, self.at["family"])
        code.when(1, "==", AF_PACKET, sure)
        code.load(8, 1, FRAME, base + AT_COOKIE)
        code.when(1, "==", 0, sure)
        self.look_up_socket(code)
        code.when(0, "==", 0, unsure)
        code.load(8, 1, 0, KNOWN_COOKIE)
        code.load(8, 2, FRAME, base + AT_COOKIE)
        code.when_both(1, "!=", 2, unsure)
        code.load(4, 7, 0, KNOWN_PID)
        self.global_pid(code)
        code.when_both(7, "!=", 0, unsure)
        code.label(sure)
        self.identity(code, base, SENT)
        code.jump(tell)
        code.label(unsure)
        code.call(i.TIME)
        code.store(8, FRAME, base + AT_TIME, 0)
        code.store_number(4, FRAME, base + AT_KIND, SENT)
        code.label(tell)
        self.output(code, base, SENT_EVENT, "done")

    def unless_another_calls(self, code: Code, other: str) -> None:
        """Go to ``other`` unless another process than r7 may be sending on the socket r6.

        If it is, the end of its call will say so: what waited for ARP has none.
        """
        code.load(2, 1, 6, self.at["protocol"])
        code.when(1, "==", TCP, other)
        code.when(7, "==", 0, other)
        self.unless_kernel_thread(code, other)
        self.global_pid(code)
        code.when_both(7, "==", 0, other)

    def raw_identifier(self, code: Code) -> None:
        """A raw socket of ICMP has no port; the identifier in its packet stands for one."""
        at = self.at
        is_icmp = code.new_label()
        other = code.new_label()
        code.load(2, 1, 6, at["protocol"])
        code.when(1, "==", ICMP, is_icmp)
        code.when(1, "!=", ICMP6, other)
        code.label(is_icmp)
        code.load(2, 1, 6, at["type"])
        code.when(1, "!=", SOCK_RAW, other)
        code.load(8, 1, 9, 0)
        code.load(8, 3, 1, at["head"])
        code.load(2, 2, 1, at["transport"])
        code.combine(3, "+", 2)
        code.work(3, "+", 4)
        code.store_number(8, FRAME, -16, 0)
        code.stack(1, -16)
        code.put(2, 2)
        code.call(i.READ_KERNEL)
        code.load(2, 8, FRAME, -16)
        code.row(0xDC, 8, value=16)  # from network byte order
        code.work(8, "<<", 16)
        code.label(other)

    def state_changed(self) -> bytes:
        """inet_sock_set_state (socket, old state, new state)."""
        code, base = self.begin(SOCKET_EVENT)
        code.load(8, 6, 9, 0)
        self.is_internet(code, "done")
        self.zero(code, base, SOCKET_EVENT)
        code.copy(1, 6)
        code.call(i.COOKIE)
        code.store(8, FRAME, base + AT_COOKIE, 0)
        self.ends(code)
        code.load(8, 1, 9, 16)
        code.when(1, "==", TCP_CLOSE, "closed")
        code.when(1, "==", TCP_LISTEN, "listens")
        code.when(1, "==", TCP_SYN_SENT, "connects")  # it may have no port yet
        code.when(1, "!=", TCP_ESTABLISHED, "done")
        code.load(8, 1, 9, 8)
        code.when(1, "!=", TCP_SYN_RECV, "done")
        code.store_number(4, FRAME, base + AT_KIND, FRESH)
        code.call(i.TIME)
        code.store(8, FRAME, base + AT_TIME, 0)
        self.addresses(code, base)
        self.output(code, base, SOCKET_EVENT, "done")
        code.put(7, 0)
        self.remember(code, base)
        code.jump("done")

        code.label("listens")
        code.store_number(1, FRAME, base + AT_STATE, TCP_LISTEN)
        code.label("connects")
        self.unless_kernel_thread(code, "done")
        self.tell_owner(code, base, "done")
        code.jump("done")

        code.label("closed")  # the local port is gone already: it is as it was told
        self.look_up_socket(code)
        code.when(0, "==", 0, "done")
        code.load(8, 1, 0, KNOWN_COOKIE)
        code.when(1, "==", 0, "same")  # it had none when it was told
        code.load(8, 2, FRAME, base + AT_COOKIE)
        code.when_both(1, "!=", 2, "done")
        code.label("same")
        code.load(8, 8, 0, KNOWN_ENDS)
        code.store_number(4, FRAME, base + AT_KIND, CLOSED)
        code.call(i.TIME)
        code.store(8, FRAME, base + AT_TIME, 0)
        self.addresses(code, base)
        self.output(code, base, SOCKET_EVENT, "done")
        code.store(8, FRAME, -8, 6)
        code.map(1, self.tables.sockets)
        code.stack(2, -8)
        code.call(i.DELETE)
        code.label("done")
        code.leave()
        return code.octets()

    def released(self) -> bytes:
        """cgroup/sock_release: of other sockets than TCP's, whose states tell it."""
        code, base = self.begin(SOCKET_EVENT)
        code.load(4, 1, 9, 8)  # struct bpf_sock: type
        code.when(1, "==", 1, "done")  # SOCK_STREAM
        self.zero(code, base, SOCKET_EVENT)
        code.load(4, 1, 9, 4)  # family
        code.store(2, FRAME, base + AT_FAMILY, 1)
        code.load(4, 1, 9, 12)  # protocol
        code.store(1, FRAME, base + AT_PROTOCOL, 1)
        code.copy(1, 9)
        code.call(i.COOKIE)
        code.store(8, FRAME, base + AT_COOKIE, 0)
        code.store_number(4, FRAME, base + AT_KIND, CLOSED)
        code.call(i.TIME)
        code.store(8, FRAME, base + AT_TIME, 0)
        self.output(code, base, SOCKET_EVENT, "done")
        code.label("done")
        code.leave(1)
        return code.octets()

    def key_of_known(self, code: Code, base: int) -> None:
        """Put current's process at -8, as the table of those with sockets knows it."""
        self.global_pid(code)
        code.store(4, FRAME, -8, 0)

    def key_of_followed(self, code: Code, base: int) -> None:
        """The same for the table of those followed: fyke fills it, by the numbers that it sees."""
        if not self.wishes.namespace:
            self.key_of_known(code, base)
            return
        code.call(i.CURRENT_TASK)
        code.load(8, 7, 0, self.at["leader"])
        self.number_in_namespace(code, base + AT_PID, 7)
        code.load(4, 1, FRAME, base + AT_PID)
        code.store(4, FRAME, -8, 1)

    def unless_wanted(self, code: Code, base: int, other: str) -> None:
        """Go to ``other`` if nobody wants to know of current's process."""
        if self.wishes.everyone:
            return
        yes = code.new_label()
        for table, put_key in ((self.tables.known, self.key_of_known),
                               (self.tables.followed, self.key_of_followed)):
            put_key(code, base)
            code.map(1, table)
            code.stack(2, -8)
            code.call(i.LOOK_UP)
            code.when(0, "!=", 0, yes)
        code.jump(other)
        code.label(yes)

    def executed(self) -> bytes:
        """sched_process_exec (task, …): it has a new name, and new arguments."""
        at = self.at
        size = EXEC_EVENT if self.wishes.arguments else AT_ARGUMENTS
        code, base = self.begin(size)
        self.unless_wanted(code, base, "done")
        self.zero(code, base, size)
        self.identity(code, base, EXEC)
        if self.wishes.arguments:
            code.load(8, 6, 9, 0)
            code.load(8, 6, 6, at["mm"])
            code.when(6, "==", 0, "tell")
            code.load(8, 3, 6, at["arguments"])
            code.load(8, 2, 6, at["arguments_end"])
            code.combine(2, "-", 3)
            code.when(2, "signed >", 0, "some")
            code.jump("tell")
            code.label("some")
            code.when(2, "<", ARGUMENTS, "fits")
            code.put(2, ARGUMENTS - 1)
            code.label("fits")
            code.store(4, FRAME, base + AT_ARGUMENTS_LENGTH, 2)
            code.stack(1, base + AT_ARGUMENTS)
            code.call(i.READ_USER)
            code.label("tell")
        self.output(code, base, size, "done")
        code.label("done")
        code.leave()
        return code.octets()

    def forked(self) -> bytes:
        """sched_process_fork (parent, child): the child of a followed process is followed."""
        at = self.at
        code, base = self.begin(FORK_EVENT)
        code.load(8, 6, 9, 8)
        code.load(4, 7, 6, at["tgid"])
        self.global_pid(code)
        code.when_both(0, "==", 7, "done")  # a thread
        self.key_of_followed(code, base)
        code.map(1, self.tables.followed)
        code.stack(2, -8)
        code.call(i.LOOK_UP)
        if self.wishes.everyone:
            code.when(0, "==", 0, "tell")
        else:
            code.when(0, "==", 0, "done")
        self.child(code, base)
        code.load(4, 1, FRAME, base + AT_CHILD)
        code.store(4, FRAME, -8, 1)
        code.store_number(4, FRAME, -16, 1)
        code.map(1, self.tables.followed)
        code.stack(2, -8)
        code.stack(3, -16)
        code.put(4, 0)
        code.call(i.UPDATE)
        code.label("tell")
        self.zero(code, base, FORK_EVENT)
        self.identity(code, base, FORK)
        self.child(code, base)
        self.output(code, base, FORK_EVENT, "done")
        code.label("done")
        code.leave()
        return code.octets()

    def child(self, code: Code, base: int) -> None:
        """Put the number of a fork's child into the event."""
        code.load(8, 6, 9, 8)
        code.load(4, 1, 6, self.at["tgid"])
        code.store(4, FRAME, base + AT_CHILD, 1)
        if self.wishes.namespace:
            code.load(8, 7, 6, self.at["leader"])
            self.number_in_namespace(code, base + AT_CHILD, 7)

    def exited(self) -> bytes:
        """sched_process_exit (task): its last thread ends."""
        at = self.at
        code, base = self.begin(AT_ARGUMENTS)
        code.call(i.CURRENT_TASK)
        code.load(8, 1, 0, at["signal"])
        code.load(4, 1, 1, at["live"])
        code.when(1, "!=", 0, "done")
        self.unless_wanted(code, base, "done")
        self.zero(code, base, AT_ARGUMENTS)
        self.identity(code, base, EXIT)
        self.output(code, base, AT_ARGUMENTS, "forget")
        code.label("forget")
        for table, put_key in ((self.tables.known, self.key_of_known),
                               (self.tables.followed, self.key_of_followed)):
            put_key(code, base)
            code.map(1, table)
            code.stack(2, -8)
            code.call(i.DELETE)
        code.label("done")
        code.leave()
        return code.octets()


def tracing(writer: Writer) -> dict[str, bytes]:
    """The programs by the tracepoint that each sits on."""
    call = writer.call_on_socket()
    return {"sock_send_length": call, "sock_recv_length": call,
            "net_dev_queue": writer.packet_queued(), "inet_sock_set_state": writer.state_changed(),
            "sched_process_exec": writer.executed(), "sched_process_fork": writer.forked(),
            "sched_process_exit": writer.exited()}
