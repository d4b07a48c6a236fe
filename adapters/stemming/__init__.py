"""Word endings, by Snowball's rules."""
