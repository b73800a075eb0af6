"""The printed words of an energy page in Estonian and French; the English text is the key."""

from collections.abc import Mapping
from typing import Any

from twin.energy.sentences import Sentences

LANGUAGES = ("et", "en", "fr")

WORDS: dict[str, tuple[str, str]] = {
    "Energy performance of building": ("Hoone energiatõhusus:", "Performance énergétique du bâtiment"),
    "Calculated with": ("Arvutatud:", "Calculé avec"),
    "climate": ("kliima", "climat"),
    "version": ("versioon", "version"),
    "rules": ("reeglid", "règles"),
    "official": ("ametlik", "officiel"),
    "not official": ("mitteametlik", "non officiel"),
    "none": ("puudub", "aucune"),
    "energy class": ("energiaklass", "classe énergétique"),
    "need of heat": ("soojusvajadus", "besoin de chaleur"),
    "need of cold": ("jahutusvajadus", "besoin de froid"),
    "reference area": ("arvestuspind", "surface de référence"),
    "non-renewable primary": ("taastumatu primaarenergia", "énergie primaire non renouvelable"),
    "renewable share": ("taastuvenergia osa", "part renouvelable"),
    "hours above 27 °C without cooling": (
        "tundi üle 27 °C ilma jahutuseta",
        "heures au-dessus de 27 °C sans climatisation",
    ),
    "What the class rests on": ("Millele klass tugineb", "Sur quoi repose la classe"),
    "Why there is no energy class": ("Miks energiaklassi ei ole", "Pourquoi il n'y a pas de classe énergétique"),
    "How sure is it": ("Kui kindel see on", "Degré de certitude"),
    "Nine of ten draws of the doubtful inputs give, kWh/(m²·a) of heat:": (
        "Üheksa juhul kümnest annavad kaheldavad lähteandmed soojust, kWh/(m²·a):",
        "Neuf tirages sur dix des données incertaines donnent, en kWh/(m²·a) de chaleur :",
    ),
    "to": ("kuni", "à"),
    "Heat of the year": ("Aasta soojus", "Chaleur de l'année"),
    "kWh enter and leave": ("kWh siseneb ja väljub", "kWh entrent et sortent"),
    "Need of each month": ("Vajadus kuude kaupa", "Besoin de chaque mois"),
    "Need of heat and cold of each month in kWh": (
        "Iga kuu soojus- ja jahutusvajadus, kWh",
        "Besoin de chaleur et de froid de chaque mois, en kWh",
    ),
    "heat": ("soojus", "chaleur"),
    "cold": ("jahutus", "froid"),
    "Envelope": ("Välispiirded", "Enveloppe"),
    "Direction": ("Suund", "Orientation"),
    "Kind": ("Liik", "Type"),
    "Area m²": ("Pindala m²", "Surface m²"),
    "U from": ("U allikas", "Source de U"),
    "Delivered energy": ("Tarnitud energia", "Énergie livrée"),
    "Carrier": ("Energiakandja", "Vecteur"),
    "Delivered kWh/a": ("Tarnitud kWh/a", "Livrée kWh/an"),
    "Exported kWh/a": ("Eksporditud kWh/a", "Exportée kWh/an"),
    "What to know of it": ("Mida teada", "À savoir"),
    "Heating": ("Küte", "Chauffage"),
    "Sun through glass": ("Päike läbi klaasi", "Soleil par les vitres"),
    "People, light, appliances": ("Inimesed, valgus, seadmed", "Occupants, éclairage, appareils"),
    "Walls, windows, roof": ("Seinad, aknad, katus", "Murs, fenêtres, toit"),
    "Air": ("Õhk", "Air"),
    "Ground": ("Pinnas", "Sol"),
    "Cooling": ("Jahutus", "Climatisation"),
    "ground": ("pinnas", "sol"),
    "below": ("all", "dessous"),
    "SW": ("SW", "SO"),
    "W": ("W", "O"),
    "NW": ("NW", "NO"),
    "ifc": ("mudel", "modèle"),
    "derived": ("arvutatud", "calculé"),
    "default-table": ("vaikeväärtus", "valeur par défaut"),
    "person": ("inimene", "personne"),
    "measured": ("mõõdetud", "mesuré"),
}
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "et": ("jaan", "veebr", "märts", "apr", "mai", "juuni", "juuli", "aug", "sept", "okt", "nov", "dets"),
    "fr": ("janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc"),
}


class Say:
    """Says texts and numbers in one language; a text that is not known stays as it is.

    Args:
        language: One of `LANGUAGES`.
        catalogue: Sentences and terms of the service in this language; without it only the words of the page.
    """

    def __init__(self, language: str, catalogue: Mapping[str, Any] | None = None) -> None:
        self._place = {"et": 0, "fr": 1}.get(language)
        self._sentences = Sentences(catalogue or {})

    def __call__(self, text: str) -> str:
        """Return the text in the language."""
        if self._place is None:
            return text
        return WORDS[text][self._place] if text in WORDS else self._sentences.say(text) or text

    def number(self, value: float, decimals: int) -> str:
        """Return a number with the decimal sign and the thousands of the language."""
        text = f"{value:,.{decimals}f}".replace(",", "\u202f")
        return text if self._place is None else text.replace(".", ",")

    def foreign(self, text: str) -> bool:
        """Return whether a text stays English for a reader of another language."""
        return self._place is not None and self(text) == text
