"""A trust service for demonstrations and tests: authority, RFC 3161 time-stamps, OCSP, trusted lists."""

from signatures.authority.certificates import Profile
from signatures.authority.pki import Authority
from signatures.authority.process import AuthorityProcess, http_post

__all__ = ["Authority", "AuthorityProcess", "Profile", "http_post"]
