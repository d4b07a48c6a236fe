"""Models and embedders behind any OpenAI-compatible server."""
