"""Numbers of system calls: on x86-64 and arm64 (arch/x86/entry/syscalls/syscall_64.tbl,
include/uapi/asm-generic/unistd.h). None: this machine has no such call.

New calls have the same number on all machines since 424 (pidfd_send_signal, Linux 5.1).
"""

from __future__ import annotations

MACHINES = ("x86_64", "aarch64")

#: AUDIT_ARCH_* (include/uapi/linux/audit.h): what seccomp calls a machine
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

#: From here on calls are younger than Linux 5.1, and have the same number on all machines. Whoever
#: tries one of them must live without.
YOUNG = 424

_TABLE = """
read 0 63               write 1 64              open 2 -                close 3 57
stat 4 -                fstat 5 80              lstat 6 -               poll 7 -
lseek 8 62              mmap 9 222              mprotect 10 226         munmap 11 215
brk 12 214              rt_sigaction 13 134     rt_sigprocmask 14 135   rt_sigreturn 15 139
ioctl 16 29             pread64 17 67           pwrite64 18 68          readv 19 65
writev 20 66            access 21 -             pipe 22 -               select 23 -
sched_yield 24 124      mremap 25 216           madvise 28 233          pause 34 -
nanosleep 35 101        getitimer 36 102        setitimer 38 103        getpid 39 172
socket 41 198           connect 42 203          sendto 44 206           recvfrom 45 207
sendmsg 46 211          recvmsg 47 212          shutdown 48 210         bind 49 200
getsockname 51 204      getpeername 52 205      socketpair 53 199       setsockopt 54 208
getsockopt 55 209       clone 56 220            fork 57 -               vfork 58 -
execve 59 221           exit 60 93              wait4 61 260            kill 62 129
uname 63 160            fcntl 72 25             fsync 74 82             fdatasync 75 83
truncate 76 45          ftruncate 77 46         getdents 78 -           getcwd 79 17
rename 82 -             mkdir 83 -              rmdir 84 -              unlink 87 -
readlink 89 -           chmod 90 -              fchmod 91 52            fchown 93 55
gettimeofday 96 169     getrlimit 97 163        getrusage 98 165        sysinfo 99 179
times 100 153           ptrace 101 117          getuid 102 174          getgid 104 176
geteuid 107 175         getegid 108 177         getppid 110 173         getpgrp 111 -
getgroups 115 158       getresuid 118 148       getresgid 120 150       rt_sigpending 127 136
rt_sigtimedwait 128 137 rt_sigsuspend 130 133   sigaltstack 131 132     statfs 137 43
fstatfs 138 44          modify_ldt 154 -        pivot_root 155 41       prctl 157 167
arch_prctl 158 -        mount 165 40            umount2 166 39          swapon 167 224
swapoff 168 225         reboot 169 142          iopl 172 -              ioperm 173 -
init_module 175 105     delete_module 176 106   gettid 186 178          time 201 -
futex 202 98            sched_getaffinity 204 123                       getdents64 217 61
restart_syscall 219 128 fadvise64 221 223       clock_gettime 228 113   clock_getres 229 114
clock_nanosleep 230 115 exit_group 231 94       epoll_wait 232 -        epoll_ctl 233 21
tgkill 234 131          kexec_load 246 104      waitid 247 95           add_key 248 217
request_key 249 218     keyctl 250 219          openat 257 56           mkdirat 258 34
newfstatat 262 79       unlinkat 263 35         renameat 264 38         readlinkat 267 78
fchmodat 268 53         faccessat 269 48        pselect6 270 72         ppoll 271 73
unshare 272 97          set_robust_list 273 99  get_robust_list 274 100 utimensat 280 88
epoll_pwait 281 22      fallocate 285 47        eventfd2 290 19         epoll_create1 291 20
dup3 292 24             pipe2 293 59            preadv 295 69           pwritev 296 70
perf_event_open 298 241 recvmmsg 299 243        prlimit64 302 261       open_by_handle_at 304 265
sendmmsg 307 269        setns 308 268           getcpu 309 168          process_vm_readv 310 270
process_vm_writev 311 271                       kcmp 312 272            finit_module 313 273
renameat2 316 276       seccomp 317 277         getrandom 318 278       kexec_file_load 320 294
bpf 321 280             execveat 322 281        userfaultfd 323 282     membarrier 324 283
preadv2 327 286         statx 332 291           rseq 334 293            open_tree 428 428
move_mount 429 429      fsopen 430 430          fsconfig 431 431        fsmount 432 432
fspick 433 433          clone3 435 435          close_range 436 436     openat2 437 437
pidfd_getfd 438 438     faccessat2 439 439      epoll_pwait2 441 441    mount_setattr 442 442
landlock_create_ruleset 444 444                 landlock_add_rule 445 445
landlock_restrict_self 446 446
"""


def numbers(machine: str) -> dict[str, int]:
    """Name → number of every call in the table that the machine has."""
    words = iter(_TABLE.split())
    column = MACHINES.index(machine)
    return {name: int(row[column]) for name, *row in zip(words, words, words, strict=True)
            if row[column] != "-"}
