"""The shared diagnostic: written, validated by both sides, consented to, shared, and read by a member of the cell."""

from typing import TYPE_CHECKING, Any

from relais.journey.accounts import Case, Opening
from relais.journey.client import Refused
from relais.journey.mailbox import Dirigeant
from relais.journey.referral import CONSENTS, find_consent

if TYPE_CHECKING:
    from relais.journey.steps import Line

DIAGNOSTICS = "/cellule/api/v1/diagnostics"


async def share_diagnostic(line: "Line", case: Case, dirigeant: Dirigeant) -> None:
    """Go from the opening of the diagnostic to its reading by a partner of the territory."""
    world, animateur = line.world, line.animateur
    made = await world.eventually(
        lambda: line.post(animateur, DIAGNOSTICS, {"dossier_id": case.dossier_id}, "diagnostic-ouvrir"), "introuvable"
    )
    address = f"{DIAGNOSTICS}/{made['diagnostic_id']}"
    sections = _sections(line)
    written = await world.http.call(
        animateur,
        "PUT",
        address,
        json={"sections": sections},
        headers={"If-Match": f'"{made["numero"]}"'},
        key=line.key("diagnostic-rediger"),
    )
    seal = {"empreinte": written["empreinte"]}
    await line.post(dirigeant, f"{address}/validation", seal, "diagnostic-valider-dirigeant")
    await line.post(animateur, f"{address}/validation", seal, "diagnostic-valider-animateur")
    await _must_be_closed(line, address)
    consent = await find_consent(line, dirigeant, line.cell.id, "diagnostic", ("diagnostic", "identite"))
    body = {"texte_version": consent["texte_version"]}
    await line.post(dirigeant, f"{CONSENTS}/{consent['id']}/donner", body, "diagnostic-donner")
    world.counts["consents given"] += 1
    permit = Opening(line.cell.nom, "diagnostic", ("diagnostic",))
    await world.http.call(
        animateur,
        "POST",
        f"{address}/partage",
        json={},
        key=line.key("diagnostic-partager"),
        on_retry=lambda: case.cut_off.append(permit),
    )
    case.openings.append(permit)
    case.shared_diagnostic = True
    world.counts["diagnostics shared"] += 1
    await _read_as_member(line, case, address, sections)


def _reader(line: "Line") -> tuple[str, Any]:
    """A person of the first partner solicited: a member of the cell."""
    partner = line.world.directory.partner(line.ligne.parcours[0].partenaire)
    return partner.nom, line.world.member(line.world.directory.person(partner, "agent", "manager").sub)


async def _must_be_closed(line: "Line", address: str) -> None:
    _, reader = _reader(line)
    try:
        await line.world.http.call(reader, "GET", address)
    except Refused as refused:
        if refused.status in (403, 404, 409):
            return
        raise
    line.world.findings.append(f"Line {line.ligne.numero}: a partner read the diagnostic before it was shared.")


async def _read_as_member(line: "Line", case: Case, address: str, sections: dict[str, str]) -> None:
    organisation, reader = _reader(line)
    opening = Opening(organisation, "diagnostic", ("diagnostic",))
    read = await line.world.http.call(reader, "GET", address, on_retry=lambda: case.cut_off.append(opening))
    case.openings.append(opening)
    line.world.counts["door openings"] += 1
    if read["sections"] != sections:
        line.world.findings.append(f"Line {case.numero}: the diagnostic that a member reads is not the one validated.")


def _sections(line: "Line") -> dict[str, str]:
    ligne = line.ligne
    return {
        "strategie": f"Le projet de {ligne.nom} reste utile à son territoire, {ligne.commune}.",
        "gestion": ligne.besoin,
        "gouvernance": f"Le bureau est mobilisé autour de {ligne.contact.prenom} {ligne.contact.nom}.",
        "finances": f"Budget de {ligne.budget} €, trésorerie pour {ligne.horizon_mois} mois.",
        "plan": "Rencontrer les partenaires sollicités, puis revoir les comptes chaque mois.",
    }
