"""Every stateful port in memory: for trying things out and for tests. It passes the suites that the databases pass."""
