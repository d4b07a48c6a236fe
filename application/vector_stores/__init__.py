"""Use cases of vector stores: named sets of documents, and searches in them."""
