"""The filter language: text to program. Imports bpf, linktypes and floor 0; no file, no socket."""
