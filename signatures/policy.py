"""Who may have signed, and when: small policies that the verifier, not the document, chooses."""

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
    """

    issuer: str
    signers: frozenset[str]
    signed: tuple[datetime, datetime]


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
