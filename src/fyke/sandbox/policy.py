"""What a process in the box may ask the kernel for: seccomp programs, in the language of bpf_asm.

There is a program for each role. A call that is not needed gets EPERM, or ENOSYS if it is so young
that every C library can do without: lists that killed for what they did not know broke programs
whenever a C library changed. Only a call that nobody makes by accident kills the process.
``assembled.py`` holds what ``python -m fyke.sandbox.assemble`` makes of these texts.
"""

from __future__ import annotations

from fyke.sandbox.numbers import ARCHITECTURES, YOUNG, numbers

ERRNO = 0x00050000  # SECCOMP_RET_* (include/uapi/linux/seccomp.h)
KILL = 0x80000000
ALLOW = 0x7FFF0000
EPERM, ENOSYS = 1, 38
X32 = 0x40000000  # numbers of the x32 ABI, which are other calls

#: Where struct seccomp_data has the number, the machine, and the low half of each argument.
NUMBER, MACHINE = 0, 4
ARGUMENT = (16, 24, 32, 40, 48, 56)

#: To read and write what is open, to wait, to tell the time, to have memory and to end.
BASE = """
read write readv writev pread64 preadv preadv2 lseek close close_range fstat stat lstat newfstatat
statx statfs fstatfs access faccessat faccessat2 readlink readlinkat getdents64 getcwd
munmap mremap brk madvise membarrier futex sched_yield sched_getaffinity getcpu
poll ppoll select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd2
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend sigaltstack pause
restart_syscall getitimer setitimer nanosleep clock_nanosleep clock_gettime clock_getres
gettimeofday time times getrandom uname sysinfo getrusage getrlimit
getpid gettid getppid getpgrp getuid geteuid getgid getegid getresuid getresgid getgroups
set_robust_list get_robust_list rseq arch_prctl fsync fdatasync ftruncate fallocate fadvise64
pwrite64 getsockopt setsockopt bind recvfrom recvmsg getsockname getpeername shutdown
exit exit_group
"""

#: What nobody calls by accident: to become another program, to look into other processes, to
#: load code into the kernel, to change what is mounted, to get at the keys.
NEVER = """
execve execveat ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp bpf perf_event_open
userfaultfd init_module finit_module delete_module kexec_load kexec_file_load mount umount2
pivot_root open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr open_by_handle_at
unshare setns add_key request_key keyctl reboot swapon swapoff iopl ioperm modify_ldt
"""

#: What a role may do besides BASE.
MORE = {
    "work": "",
    "threads": "",
    "lead": "kill wait4 waitid",
    "files": "sendmsg rename renameat renameat2 unlink unlinkat fchown fchmod",
    "names": "socket connect sendto sendmsg sendmmsg recvmmsg",
    "ask": "socket connect sendto sendmsg sendmmsg recvmmsg setns",
    "confined": "openat2 rename renameat renameat2 unlink unlinkat mkdir mkdirat rmdir fchmod "
                "fchmodat utimensat pipe pipe2 socketpair",
}
THREADS = ("threads", "names", "ask", "confined")  #: roles that may start threads
WRITERS = ("files", "confined")  #: roles that may open files to write
ROLES = (*MORE, "command")

OPEN_TO_WRITE = 0o1 | 0o2 | 0o100 | 0o1000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
PROT_WRITE, PROT_EXEC = 2, 4
MAP_ANONYMOUS = 0x20
CLONE_THREAD = 0x10000
CLONE_NEW = 0x7E020000  # CLONE_NEW*: namespaces of one's own
F_DUPFD, F_DUPFD_CLOEXEC = 0, 1030

#: What may be asked of devices and sockets: whether it is a terminal and how wide, how much can be
#: read, close-on-exec, non-blocking, the name of an interface. Not: to type into a terminal.
IOCTLS = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451, 0x5421, 0x8910)


def text(role: str, machine: str) -> str:
    """The program of a role on a machine."""
    have = numbers(machine)
    return "\n".join(beginning(machine) + (command(have) if role == "command"
                                           else boxed(role, have)) + ENDS) + "\n"


def beginning(machine: str) -> list[str]:
    """Numbers mean something only on the machine, and in the ABI, that they are of."""
    return [f"ld [{MACHINE}]", f"jne #{ARCHITECTURES[machine]:#x}, kill", f"ld [{NUMBER}]",
            f"jge #{X32:#x}, kill"]


ENDS = [f"nosys: ret #{ERRNO | ENOSYS:#x}", f"no: ret #{ERRNO | EPERM:#x}",
        f"kill: ret #{KILL:#x}", f"allow: ret #{ALLOW:#x}"]


def boxed(role: str, have: dict[str, int]) -> list[str]:
    """Only what is allowed, some of it only with certain arguments."""
    allowed = [name for name in (BASE + MORE[role]).split() if name in have]
    killing = [name for name in NEVER.split() if name in have and name not in allowed]
    looked_at = {"openat": "open_at", "mmap": "map", "mprotect": "protect", "ioctl": "control",
                 "fcntl": "handle", "clone": "thread", "prlimit64": "limits"}
    if role in WRITERS:
        del looked_at["openat"]
        allowed += [name for name in ("open", "openat") if name in have]
    else:
        looked_at |= {"open": "open"} if "open" in have else {}
    if role not in THREADS:
        del looked_at["clone"]
    return [*(f"jeq #{have[name]}, allow" for name in allowed),
            *(f"jeq #{have[name]}, {label}" for name, label in looked_at.items()),
            *(f"jeq #{have[name]}, kill" for name in killing),
            f"jge #{YOUNG}, nosys, no",
            *(line for label in dict.fromkeys(looked_at.values()) for line in ARGUMENTS[label])]


#: How the arguments of a call decide.
ARGUMENTS = {
    "open_at": [f"open_at: ld [{ARGUMENT[2]}]", f"jset #{OPEN_TO_WRITE:#x}, no, allow"],
    "open": [f"open: ld [{ARGUMENT[1]}]", f"jset #{OPEN_TO_WRITE:#x}, no, allow"],
    # Code comes from files only: no memory is, or becomes, executable that was written.
    "map": [f"map: ld [{ARGUMENT[2]}]", f"jset #{PROT_EXEC}, code, allow",
            f"code: jset #{PROT_WRITE}, no", f"ld [{ARGUMENT[3]}]",
            f"jset #{MAP_ANONYMOUS:#x}, no, allow"],
    "protect": [f"protect: ld [{ARGUMENT[2]}]", f"jset #{PROT_EXEC}, no, allow"],
    "control": [f"control: ld [{ARGUMENT[1]}]", *(f"jeq #{one:#x}, allow" for one in IOCTLS),
                "jmp no"],
    # No second descriptor for a tap: seccomp.silent knows taps by their numbers.
    "handle": [f"handle: ld [{ARGUMENT[1]}]", f"jeq #{F_DUPFD}, no",
               f"jeq #{F_DUPFD_CLOEXEC}, no, allow"],
    # What the C library calls for getrlimit(3): one's own limits, and no new ones.
    "limits": [f"limits: ld [{ARGUMENT[0]}]", "jne #0, no", f"ld [{ARGUMENT[2]}]", "jne #0, no",
               f"ld [{ARGUMENT[2] + 4}]", "jeq #0, allow, no"],
    "thread": [f"thread: ld [{ARGUMENT[0]}]", f"jset #{CLONE_NEW:#x}, no",
               f"jset #{CLONE_THREAD:#x}, allow, no"],
}


def command(have: dict[str, int]) -> list[str]:
    """For the command of -z, which may be any: all but what no such command needs."""
    refused = [name for name in NEVER.split() if name in have and not name.startswith("exec")]
    return [*(f"jeq #{have[name]}, no" for name in refused), "jmp allow"]
