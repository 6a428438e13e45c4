"""The public objects: what the verbs of ``api`` return. One file for each."""
