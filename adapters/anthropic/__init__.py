"""The models of Anthropic, and of servers that speak its Messages API."""
