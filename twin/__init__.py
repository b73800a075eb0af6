"""Meaning: lifecycle, permit, energy, live state and district of buildings."""
