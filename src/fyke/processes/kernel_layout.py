"""Room processes/: where this kernel has what the programs (programs.py) read, by its BTF."""

from __future__ import annotations

from fyke.errors import CaptureError
from fyke.hints import NamedTuple
from fyke.processes.btf import Btf

#: Members of structures that the programs read: name here, structure, path.
MEMBERS = (
    ("family", "sock_common", "skc_family"), ("state", "sock_common", "skc_state"),
    ("port", "sock_common", "skc_num"), ("remote_port", "sock_common", "skc_dport"),
    ("address", "sock_common", "skc_rcv_saddr"), ("remote", "sock_common", "skc_daddr"),
    ("address6", "sock_common", "skc_v6_rcv_saddr"), ("remote6", "sock_common", "skc_v6_daddr"),
    ("cookie", "sock_common", "skc_cookie"), ("net", "sock_common", "skc_net"),
    ("protocol", "sock", "sk_protocol"), ("type", "sock", "sk_type"),
    ("locked", "sock", "sk_lock.owned"), ("sk", "sk_buff", "sk"), ("head", "sk_buff", "head"),
    ("transport", "sk_buff", "transport_header"), ("network", "sk_buff", "network_header"),
    ("tail", "sk_buff", "tail"), ("inode", "net", "ns.inum"),
    ("flags", "task_struct", "flags"), ("tgid", "task_struct", "tgid"),
    ("leader", "task_struct", "group_leader"), ("parent", "task_struct", "real_parent"),
    ("name", "task_struct", "comm"), ("start", "task_struct", "start_boottime"),
    ("signal", "task_struct", "signal"), ("live", "signal_struct", "live"),
    ("mm", "task_struct", "mm"), ("arguments", "mm_struct", "arg_start"),
    ("arguments_end", "mm_struct", "arg_end"), ("pid", "task_struct", "thread_pid"),
    ("level", "pid", "level"), ("numbers", "pid", "numbers"), ("pid_namespace", "upid", "ns"),
    ("namespace", "pid_namespace", "ns.inum"),
)
#: Those of them that were renamed, by older names.
OLDER = {"start": ("real_start_time",), "address6": (), "remote6": ()}
WITHOUT_IPV6 = ("address6", "remote6")

#: Tracepoints, and whether fyke can do without.
TRACEPOINTS = {"sock_send_length": False, "sock_recv_length": False, "net_dev_queue": False,
               "inet_sock_set_state": False, "sched_process_exec": True,
               "sched_process_fork": True, "sched_process_exit": True}


class Layout(NamedTuple):
    """What the programs must know of a kernel: members' places, and tracepoints' type numbers."""

    members: dict[str, int]  #: octets from the structure's first
    tracepoints: dict[str, int]


def layout_of(btf: Btf) -> Layout:
    """Find everything. Raises CaptureError that names what this kernel does not have."""
    structures = btf.structures({row[1] for row in MEMBERS})
    members = {}
    for name, structure, path in MEMBERS:
        found = None
        for one in (path, *OLDER.get(name, ())):
            if structure in structures and found is None:
                found = btf.offset(structures[structure], *one.split("."))
        if found is not None:
            members[name] = found
        elif name not in WITHOUT_IPV6:
            raise CaptureError(f"this kernel has no {structure}.{path}")
    types = btf.typedefs([f"btf_trace_{name}" for name in TRACEPOINTS])
    tracepoints = {name.removeprefix("btf_trace_"): number for name, number in types.items()}
    missing = [name for name in TRACEPOINTS if name not in tracepoints]
    if missing:
        raise CaptureError(f"this kernel has no tracepoint {', '.join(missing)} "
                           "(sock_send_length came with Linux 6.3)")
    return Layout(members, tracepoints)
