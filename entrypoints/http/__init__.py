"""The native routes: one router a capability."""
