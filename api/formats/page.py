"""Pages that the service writes for people to read and print."""

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of a page that holds everything it shows: no script runs in it and it asks nobody."""
