"""/v1: the surface that any OpenAI client takes for OpenAI's own."""
