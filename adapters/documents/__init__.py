"""Documents become text in a child process: who parses the bytes of strangers gets no secrets, and not all the memory.

`reader.py` runs in the server, all else in the child.
"""
