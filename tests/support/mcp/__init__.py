"""MCP servers to talk to: one that is well-behaved, by the SDK, and one that is not."""
