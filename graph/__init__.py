"""The graph package."""
