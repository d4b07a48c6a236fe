"""JSON Schema, by the `jsonschema` package."""
