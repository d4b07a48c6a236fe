"""Cutting a reading into chunks. Pure functions; the work grows with the length of the text and no faster.

Every strategy keeps these promises: a chunk's text is what stands at its offsets; all that is not blank is in some
chunk; chunks are in order, begin and end with something to see, and are no longer than the settings say. Tables are
chunks of their own in every strategy but `fixed`.
"""
