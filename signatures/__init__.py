"""The signatures package."""
