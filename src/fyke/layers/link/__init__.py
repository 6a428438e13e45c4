"""Protocols of the link room: which table entry leads to which file."""
