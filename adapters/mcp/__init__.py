"""Tools of MCP servers: their processes or addresses are an operator's choice, what they say is a stranger's word."""
