"""Finding what was written: words, ranking, fusion and citations. Pure functions over the standard library."""
