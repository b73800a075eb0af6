"""The live wing."""
