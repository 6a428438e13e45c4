"""The box around the dissectors: what a process gives up before the first packet (SECURITY.md)."""
