"""The tap: packets from the Linux kernel. Imports floors 0 to 2."""
