"""The version: kept here so that ``--version`` imports nothing else."""

VERSION = "0.1.0"
