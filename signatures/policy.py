"""Who may have signed, and when: small policies that the verifier, not the document, chooses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """What is known of a credential whose signatures are good.

    Attributes:
        issuer: The issuer it names.
        signers: Controllers of the keys that signed.
        signed: Earliest and latest time that the proofs claim.
        roles: Role and controller of every proof that names a role.
    """

    issuer: str
    signers: frozenset[str]
    signed: tuple[datetime, datetime]
    roles: tuple[tuple[str, str], ...] = ()


class Policy(Protocol):
    """A rule that accepts or refuses a well-signed credential."""

    def refusal(self, facts: SignatureFacts) -> str | None:
        """Return why `facts` are refused, in a sentence; None if they are accepted."""
        ...


@dataclass(frozen=True, slots=True)
class AnyIssuer:
    """Accepts every issuer: the verdict then says only that the document is whole, not that its signer is known."""

    def refusal(self, facts: SignatureFacts) -> str | None:
        """Return None."""
        return None if facts.signers else "Nobody signed."


@dataclass(frozen=True, slots=True)
class IssuerIs:
    """Accepts certain issuers.

    Attributes:
        issuers: Their identifiers.
    """

    issuers: frozenset[str]

    def refusal(self, facts: SignatureFacts) -> str | None:
        """Return a refusal unless the issuer is one of ours."""
        return None if facts.issuer in self.issuers else f"The issuer {facts.issuer} is not one that is trusted here."


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Requires certain signers, whoever else signed.

    Attributes:
        signers: Identifiers of all who must have signed.
    """

    signers: frozenset[str]

    def refusal(self, facts: SignatureFacts) -> str | None:
        """Return a refusal if a signer is missing."""
        missing = sorted(self.signers - facts.signers)
        return f"The signature of {', '.join(missing)} is missing." if missing else None


@dataclass(frozen=True, slots=True)
class RolesSigned:
    """Requires a signature in every one of certain roles, each by somebody entitled to it.

    Attributes:
        required: Role -> identifiers of those who may sign in it; None if anyone may.
    """

    required: Mapping[str, frozenset[str] | None]

    def refusal(self, facts: SignatureFacts) -> str | None:
        """Return a refusal for the first role that nobody entitled signed in."""
        for role, entitled in sorted(self.required.items()):
            holders = {controller for name, controller in facts.roles if name == role}
            if not holders:
                return f"The signature in the role {role} is missing."
            if entitled is not None and not holders & entitled:
                return f"Nobody who may sign in the role {role} has done so."
        return None


@dataclass(frozen=True, slots=True)
class SeparateRoles:
    """Refuses one person in two roles: who built may not supervise.

    Attributes:
        roles: The roles that must be in different hands; empty for all.
    """

    roles: frozenset[str] = frozenset()

    def refusal(self, facts: SignatureFacts) -> str | None:
        """Return a refusal if a controller signed in two of the roles."""
        counted = {pair for pair in facts.roles if not self.roles or pair[0] in self.roles}
        controllers = [controller for _, controller in sorted(counted)]
        double = next((one for one in controllers if controllers.count(one) > 1), None)
        return f"{double} signed in more than one role." if double else None


@dataclass(frozen=True, slots=True)
class NotBefore:
    """Refuses proofs that claim an earlier time.

    Attributes:
        moment: With time zone.
    """

    moment: datetime

    def refusal(self, facts: SignatureFacts) -> str | None:
        """Return a refusal if a proof is older."""
        early = facts.signed[0] < self.moment
        return f"A proof claims to be older than {self.moment.isoformat()}." if early else None


@dataclass(frozen=True, slots=True)
class NotAfter:
    """Refuses proofs that claim a later time, such as one in the future.

    Attributes:
        moment: With time zone.
    """

    moment: datetime

    def refusal(self, facts: SignatureFacts) -> str | None:
        """Return a refusal if a proof is younger."""
        late = facts.signed[1] > self.moment
        return f"A proof claims to be younger than {self.moment.isoformat()}." if late else None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Accepts what every one of its policies accepts.

    Attributes:
        policies: At least one.
    """

    policies: tuple[Policy, ...]

    def refusal(self, facts: SignatureFacts) -> str | None:
        """Return the first refusal."""
        if not self.policies:
            return "The policy names no rule."
        return next((text for policy in self.policies if (text := policy.refusal(facts))), None)
