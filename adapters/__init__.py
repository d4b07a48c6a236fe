"""Technology: one folder each, and none imports another. An adapter keeps the promises of its port."""
