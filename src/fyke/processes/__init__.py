"""Whose packet is it, and who is listening: eBPF programs, /proc, sockets and their owners."""
