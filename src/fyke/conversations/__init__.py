"""Room conversations/: what belongs together: fragments, streams, flows."""
