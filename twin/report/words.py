"""What the page says in Estonian, English and French."""

from collections.abc import Mapping

LANGUAGES = ("et", "en", "fr")
WORDS: Mapping[str, tuple[str, str, str]] = {
    "title": ("Ehitusloa eelkontroll", "Building permit check", "Contrôle du permis de construire"),
    "building": ("Ehitis", "Building", "Bâtiment"),
    "version": ("Mudeli versioon", "Version of the model", "Version du modèle"),
    "pack_version": ("Versioon", "Version", "Version"),
    "reason": ("Põhjus", "Reason", "Raison"),
    "made": ("Koostatud", "Made", "Établi le"),
    "mode": ("Kontrolli liik", "Kind of check", "Type de contrôle"),
    "pre-check": ("taotleja eelkontroll", "pre-check of the applicant", "contrôle préalable du demandeur"),
    "formal": ("ametlik kontroll", "formal check", "contrôle officiel"),
    "as-designed": ("projekteeritud", "as designed", "tel que conçu"),
    "as-built": ("ehitatud", "as built", "tel que construit"),
    "as-maintained": ("hooldatud", "as maintained", "tel que maintenu"),
    "found": ("Masina leid", "What the machine found", "Constat de la machine"),
    "summary": ("Kokkuvõte", "Summary", "Résumé"),
    "fail": ("ei vasta", "fails", "non conforme"),
    "needs_human": ("vajab inimese otsust", "needs a person", "à juger par une personne"),
    "data_missing": ("andmed puuduvad", "data missing", "données manquantes"),
    "pass": ("vastab", "passes", "conforme"),
    "not_applicable": ("ei kohaldu", "does not apply", "sans objet"),
    "measured": ("Mõõdetud", "Measured", "Mesuré"),
    "limit": ("Nõue", "Required", "Exigé"),
    "elements": ("Elemendid", "Elements", "Éléments"),
    "more": ("veel", "more", "de plus"),
    "whole": ("Kogu mudel", "The whole model", "Le modèle entier"),
    "no_picture": ("Mudelil pole geomeetriat.", "The model has no geometry.", "Le modèle n'a pas de géométrie."),
    "source": ("Allikas", "Source", "Source"),
    "verified": ("õigusaktist kontrollitud", "read in the act", "lue dans le texte officiel"),
    "secondary": ("kokkuvõttest loetud", "read in a summary", "lue dans un résumé"),
    "unverified": ("kontrollimata", "not verified", "non vérifiée"),
    "part": ("Osa aruandest, tulemused", "Part of the report, results", "Partie du rapport, résultats"),
    "packs": ("Reeglipakid", "Rule packs", "Jeux de règles"),
    "digest": ("Räsi (SHA-256)", "Digest (SHA-256)", "Empreinte (SHA-256)"),
    "others": ("Muud kontrollid", "Other checks", "Autres contrôles"),
    "advice": ("Mida teha", "What to do", "À faire"),
    "checks": ("Ehitusloa kontroll", "Permit checks", "Contrôles du permis"),
    "unmet": ("täitmata", "unmet", "non satisfaites"),
    "first_reason": ("Esimene põhjus", "First reason", "Première raison"),
    "check": ("Kontroll", "Check", "Contrôle"),
    "clause": ("Säte", "Clause", "Article"),
    "verdict": ("Tulemus", "Verdict", "Résultat"),
    "finding": ("Leid", "What was found", "Constat"),
    "gate": ("Andmenõuded (IDS)", "Data requirements (IDS)", "Exigences de données (IDS)"),
    "requirement": ("Nõue", "Requirement", "Exigence"),
    "failed": ("Ei täida", "Unmet by", "Non satisfaite par"),
    "justification": ("Taotleja põhjendus", "Justification of the applicant", "Justification du demandeur"),
    "ruling": ("Ametniku otsus", "Ruling of the officer", "Décision de l'agent"),
    "accepted": ("nõustutud", "accepted", "acceptée"),
    "upheld": ("jääb jõusse", "upheld", "maintenue"),
    "note": (
        "Masin ei anna luba ega keeldu sellest. Kontrollimata allikaga arv ei otsusta midagi.",
        "A machine neither grants nor refuses a permit. A number without a verified source decides nothing.",
        "Une machine n'accorde ni ne refuse un permis. Un nombre sans source vérifiée ne décide de rien.",
    ),
}


def word(name: str, language: str) -> str:
    """Return a word in one of `LANGUAGES`."""
    return WORDS[name][LANGUAGES.index(language)]
