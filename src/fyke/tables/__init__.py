"""Packets as the rows of a table. Imports the public packet and what is below it."""
