"""Conversations as a whole, to be taken out of one Parley and moved into another."""
