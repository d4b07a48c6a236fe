"""Conversations, messages, runs and their log in SQLite or Postgres: one schema, one set of repositories.

`sqlite.py` and `postgres.py` hold what differs. Repositories are plain synchronous SQLAlchemy Core; a backend decides
where a method runs (`session.py`): over asyncpg, on the event loop, or in a thread that waits for the disk.
"""
