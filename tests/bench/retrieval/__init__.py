"""How well and how fast documents are found: `python -m tests.bench.retrieval FOLDER`."""
