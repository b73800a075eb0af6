"""An extract of the building register as CSV: what its certificates and entries say of the sample buildings.

The classes are those of certificates that were issued before; no model or computation of ours stands behind them.
"""

import csv
import io
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One building of the register.

    Attributes:
        ehr_code: Register code.
        address: As registered.
        year: Of first use.
        energy_class: Of the certificate in force.
        certificate: Its number.
    """

    ehr_code: str
    address: str
    year: int
    energy_class: str
    certificate: str


ENTRIES = (
    Entry("120900101", "Näidise tänav 2", 2024, "A", "2411101/20001"),
    Entry("120900102", "Näidise tänav 4", 1972, "E", "1911102/20002"),
    Entry("120900103", "Näidise tänav 6", 2016, "C", "1611103/20003"),
    Entry("120900104", "Näidise tänav 8", 1984, "D", "2011104/20004"),
    Entry("120900200", "Näidise tänav 1", 1958, "F", "2111200/20005"),
    Entry("120900201", "Näidise tänav 3", 1958, "E", "2111201/20006"),
    Entry("120900202", "Näidise tänav 5", 1961, "D", "2211202/20007"),
    Entry("120900203", "Näidise tänav 7", 1961, "G", "1811203/20008"),
    Entry("120900204", "Näidise tänav 9", 1963, "F", "1811204/20009"),
    Entry("120900205", "Näidise tänav 11", 2009, "C", "1911205/20010"),
    Entry("120900207", "Näidise tänav 15", 2012, "C", "2211207/20011"),
    Entry("120900208", "Näidise tänav 17", 2019, "B", "1911208/20012"),
)


def register_csv() -> bytes:
    """Return the extract, a header line first, UTF-8."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=";", lineterminator="\n")
    rows.writerow(["ehr_kood", "lahiaadress", "esmane_kasutus", "energiamargise_klass", "margise_number"])
    rows.writerows((e.ehr_code, e.address, e.year, e.energy_class, e.certificate) for e in ENTRIES)
    return text.getvalue().encode()
