"""The permit wing."""
