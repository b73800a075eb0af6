"""Energy reports as certificate data, as a printable page, and with their band."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from fastapi.responses import HTMLResponse

from api.context import ActorDep, TwinDep, VersionDep
from api.formats.page import PAGE_HEADERS
from api.sentences import sentences_of
from twin.energy import certificate, certificate_page, read_declaration

CONFORMS_TO = ("https://www.iso.org/standard/65601.html",)  # EN ISO 52000-1
PREFIX = "/buildings/{building_id}/versions/{stage}/{number}/energy"
EXAMPLE = {
    "uses": [{"group": "apartment", "area_m2": 800.0}, {"group": "office", "area_m2": 200.0}],
    "photovoltaics": [{"peak_kw": 12.0, "azimuth_deg": 180.0, "tilt_deg": 35.0}],
    "matching_step": "month",
    "export_credit": 0.0,
}
router = APIRouter(prefix=PREFIX, tags=["energy"])


@router.get("/band", summary="Say how sure the heat need is")
def band(twin: TwinDep, version: VersionDep) -> Any:
    """Return the band in which nine of ten draws of the doubtful inputs lie, and what each doubt alone does."""
    return twin.energy.band(version)


@router.get("/certificate", summary="Give the data of an energy certificate")
def certificate_data(twin: TwinDep, version: VersionDep) -> Any:
    """Return the certificate data in the names of the register; a class only if all its inputs are official."""
    return certificate(twin.energy.report(version), version.key.building_id, twin.clock().date())


@router.post("/certificate", summary="Give the data of an energy certificate with what a person declares")
def declared_certificate(
    twin: TwinDep,
    version: VersionDep,
    _actor: ActorDep,
    declaration: Annotated[dict[str, Any], Body(examples=[EXAMPLE])],
) -> Any:
    """Return the certificate data for several uses, systems and photovoltaics; nothing is stored.

    The limits of the classes are the mean of those of the uses by area; a use below a tenth of the area goes with the
    largest. Own electricity meets use within the matching step. What was declared in place of a rule is unverified.
    """
    report = twin.energy.declared(version, read_declaration(declaration))
    return certificate(report, version.key.building_id, twin.clock().date())


@router.get("/page", summary="Print the energy report", response_class=HTMLResponse)
def page(twin: TwinDep, version: VersionDep, language: Literal["et", "en", "fr"] = "en") -> HTMLResponse:
    """Return the energy report as a page for printing, with its charts, the band and the reasons for no class."""
    report, building_id = twin.energy.report(version), version.key.building_id
    text = certificate_page(report, building_id, twin.energy.band(version), language, sentences_of(language))
    return HTMLResponse(text, headers=PAGE_HEADERS)
