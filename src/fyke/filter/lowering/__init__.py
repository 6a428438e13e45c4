"""Syntax tree to graph of blocks: one module per family of tests. Imports links, graph, bpf."""
