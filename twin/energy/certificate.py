"""An energy report as the data of a certificate: the names of the register of buildings, its values, our reasons."""

from collections.abc import Mapping
from datetime import date
from typing import Any

FORMAT = "kaksik-energy-certificate/1"
WHOLE = "hoone"


def certificate(report: Mapping[str, Any], building_id: str, made: date) -> dict[str, Any]:
    """Return the certificate data of a report.

    The names are those in which the register stores a certificate (as its public interface shows them). What the
    register asks for and the report does not know is null. It is data for an application, not a signed certificate.

    Args:
        report: An energy report as JSON.
        building_id: Register code or temporary id.
        made: Date of the calculation.
    """
    indicator = report["indicator"]
    area = report["area_m2"]
    return {
        "format": FORMAT,
        "ehrKood": building_id if building_id.isdigit() else None,
        "energiaKlass": indicator["class"],
        "etaKekType": indicator["kind"],
        "etaKekVal": indicator["value_kwh_m2"],
        "energiaKaalKasutus": round(indicator["value_kwh_m2"] * area, 0),
        "energiaMargiseKp": made.isoformat(),
        "energiaKehtibKuniKp": None,
        "energiamargiseUlatus": WHOLE,
        "onOsaline": False,
        "energiaPuudumisePohjus": None if indicator["class"] else " ".join(indicator["class_reasons"]),
        "energiakandjad": [_carrier(name, indicator) for name in sorted(indicator["delivered_kwh"])],
        "pind": area,
        "pinnaAlus": report["area_basis"],
        "arvutus": {
            "mootor": f"{report['engine']} {report['engine_version']}",
            "kliimaaasta": report["climate"]["name"],
            "kliimaaastaAmetlik": report["climate"]["official"],
            "kliimaaastaSha256": report["climate"]["sha256"],
            "mudeliSha256": report["model_sha256"],
            "reeglid": indicator["rules"],
            "kasutusotstarbed": [{"ruhm": use["group"], "pind": use["area_m2"]} for use in indicator.get("uses", ())],
            "klassiPiirid": indicator.get("class_limits_kwh_m2"),
            "tasakaaluSamm": indicator["matching_step"],
            "ekspordiArvestus": indicator["export_credit"],
            "kohapealKasutatud": indicator["self_used_kwh"],
            "klassiPohjendused": indicator["class_reasons"],
        },
    }


def _carrier(name: str, indicator: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "energiakandja": name,
        "tarnEn": indicator["delivered_kwh"][name],
        "eksportEnergia": indicator["exported_kwh"].get(name, 0.0),
        "erikasutusKokku": None,
    }
