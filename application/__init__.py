"""The use cases: one a file, named verb_noun, each a frozen dataclass that holds ports and is called."""
