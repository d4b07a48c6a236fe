"""Workflows: `workflow` is where to begin, `parts` what they are made of, `definition` how they are written down."""
