"""The district wing."""
