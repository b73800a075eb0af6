"""HTTP and command-line deliveries of the twin."""
