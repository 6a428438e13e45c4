"""Link types: where is the protocol, where does the payload begin, how is an address tested."""
