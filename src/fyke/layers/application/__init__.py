"""Protocols of the application room: which table entry leads to which file."""
