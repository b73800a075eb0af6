"""The energy wing."""
