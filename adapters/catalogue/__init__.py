"""The catalogue of providers and models in TOML files."""
