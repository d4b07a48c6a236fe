"""What every provider that is reached over HTTP has in common: its connections, limits, retries, failures and events.

Common ground: any adapter may use it, and it knows none of them.
"""
