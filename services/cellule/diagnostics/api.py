"""The JSON of the shared diagnostic."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from cellule.diagnostics import domain, service
from cellule.diagnostics.domain import LONGUEUR_MAX, Action, Section
from cellule.diagnostics.service import Demander
from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import EtatDiagnostic
from common.database import Transaction
from common.idempotence import Idempotent
from common.requests import ConsentementPermis, Permis, ask

router = APIRouter(prefix="/api/v1/diagnostics", tags=["diagnostics"])

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]
Auteur = Annotated[Actor, Depends(allow(Role.animateur, Role.dirigeant))]
Lecteur = Annotated[Actor, Depends(allow(Role.animateur, Role.dirigeant, Role.agent, Role.manager))]
Texte = Annotated[str, Field(max_length=LONGUEUR_MAX)]

REFUS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Personne n’est connecté."},
    403: {"description": "Votre rôle ne le permet pas."},
    404: {"description": "Rien de tel qui vous soit accessible."},
}
CONFLIT: dict[int | str, dict[str, Any]] = {409: {"description": "L’état du diagnostic, ou l’accord, ne le permet pas."}}
FERME: dict[int | str, dict[str, Any]] = {503: {"description": "L’accord n’a pas pu être vérifié : rien n’est ouvert."}}


def permis_par_nats(request: Request) -> Demander:
    """How this process asks for permits: a request to signalement over NATS."""

    async def demander(question: ConsentementPermis) -> Permis:
        return await ask(request.app.state.nats, service.SERVICE, question)

    return demander


Permission = Annotated[Demander, Depends(permis_par_nats)]


class Ouverture(BaseModel):
    """The case to open a diagnostic for."""

    dossier_id: UUID


class Sections(BaseModel):
    """The text of each section; what is left out is empty."""

    model_config = ConfigDict(extra="forbid")

    strategie: Texte = ""
    gestion: Texte = ""
    gouvernance: Texte = ""
    finances: Texte = ""
    plan: Texte = ""

    def textes(self) -> dict[Section, str]:
        """By section."""
        return {section: getattr(self, section.value) for section in Section}


class Redaction(BaseModel):
    """A whole version of the document."""

    sections: Sections


class ValidationDemandee(BaseModel):
    """The print of the version that was read."""

    empreinte: str = Field(pattern=r"^[0-9a-f]{64}$")


class EtatRendu(BaseModel):
    """Where the diagnostic stands. `numero` is the document's version, 0 before the first."""

    diagnostic_id: UUID
    etat: EtatDiagnostic
    numero: int
    empreinte: str | None
    validations: list[Role]

    @classmethod
    def of(cls, diagnostic: domain.Diagnostic) -> "EtatRendu":
        """From the domain's value."""
        return cls(
            diagnostic_id=diagnostic.id,
            etat=diagnostic.etat,
            numero=diagnostic.numero,
            empreinte=diagnostic.empreinte,
            validations=sorted(diagnostic.validations),
        )


class ValidationRendue(BaseModel):
    """Who validated the current version, by role, and when (UTC)."""

    par: Role
    at: datetime


class DiagnosticRendu(BaseModel):
    """The diagnostic with its content, and what the reader may do now."""

    diagnostic_id: UUID
    dossier_id: UUID
    reference: str
    etat: EtatDiagnostic
    numero: int
    empreinte: str | None
    sections: Sections
    validations: list[ValidationRendue]
    actions: list[Action]


class DiagnosticListe(BaseModel):
    """An entry of the list, without content."""

    diagnostic_id: UUID
    dossier_id: UUID
    reference: str
    etat: EtatDiagnostic
    numero: int
    ouvert_at: datetime
    partage_at: datetime | None


class Liste(BaseModel):
    """A page of the list; `suivant` is the cursor of the next one."""

    elements: list[DiagnosticListe]
    suivant: UUID | None


@router.post("", status_code=201, summary="Ouvrir un diagnostic (animateur du territoire)", responses=REFUS | CONFLIT)
async def ouvrir_diagnostic(
    demande: Ouverture, response: Response, session: Transaction, actor: Animateur, idem: Idempotent
) -> EtatRendu:
    """Open the shared diagnostic of a case of one's territory. The association is then asked to agree to its sharing."""
    diagnostic = await service.ouvrir(session, actor, demande.dossier_id, utc_now())
    return await idem.keep(response, 201, EtatRendu.of(diagnostic))  # type: ignore[no-any-return]


@router.get("", summary="Les diagnostics que l’on peut connaître, sans leur contenu", responses=REFUS)
async def lister_diagnostics(
    session: Transaction,
    actor: Lecteur,
    dossier_id: UUID | None = None,
    apres: UUID | None = None,
    limite: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Liste:
    """Animateur: its territory's; dirigeant: its own; agent or manager: the shared ones of its organisation's territories."""
    page, suivant = await service.lister(session, actor, dossier_id=dossier_id, apres=apres, limite=limite)
    return Liste(
        elements=[
            DiagnosticListe(
                diagnostic_id=row.id,
                dossier_id=row.dossier_id,
                reference=reference,
                etat=EtatDiagnostic(row.etat),
                numero=row.numero,
                ouvert_at=row.ouvert_at,
                partage_at=row.partage_at,
            )
            for row, reference in page
        ],
        suivant=suivant,
    )


@router.get("/{diagnostic_id}", summary="Lire un diagnostic", responses=REFUS | CONFLIT | FERME)
async def lire_diagnostic(
    diagnostic_id: UUID, response: Response, session: Transaction, actor: Lecteur, demander: Permission
) -> DiagnosticRendu:
    """The animateur of the territory and the dirigeant always; members of the cell once shared, as long as the accord holds.

    Each reading is in the log.
    """
    lecture = await service.lire(session, actor, diagnostic_id, demander, utc_now)
    etat = lecture.charge.etat
    response.headers["ETag"] = f'"{etat.numero}"'
    return DiagnosticRendu(
        diagnostic_id=etat.id,
        dossier_id=etat.dossier_id,
        reference=lecture.charge.reference,
        etat=etat.etat,
        numero=etat.numero,
        empreinte=etat.empreinte,
        sections=Sections(**{section.value: texte for section, texte in lecture.sections.items()}),
        validations=[ValidationRendue(par=par, at=at) for par, at in sorted(lecture.charge.validations.items())],
        actions=list(lecture.actions),
    )


@router.put(
    "/{diagnostic_id}",
    summary="Enregistrer une nouvelle version du document",
    responses=REFUS | CONFLIT | {412: {"description": "Une autre version a été enregistrée entre-temps."}},
)
async def enregistrer_diagnostic(
    diagnostic_id: UUID,
    redaction: Redaction,
    response: Response,
    session: Transaction,
    actor: Auteur,
    idem: Idempotent,
    if_match: Annotated[
        str, Header(pattern=r'^"?[0-9]{1,9}"?$', description="Le numéro de la version lue, 0 avant la première.")
    ],
) -> EtatRendu:
    """Add a version, written over the version that `If-Match` names. Former validations concern the former version only."""
    base = int(if_match.strip('"'))
    diagnostic = await service.enregistrer(session, actor, diagnostic_id, redaction.sections.textes(), base, utc_now())
    response.headers["ETag"] = f'"{diagnostic.numero}"'
    return await idem.keep(response, 200, EtatRendu.of(diagnostic))  # type: ignore[no-any-return]


@router.post("/{diagnostic_id}/validation", summary="Valider la version lue", responses=REFUS | CONFLIT)
async def valider_diagnostic(
    diagnostic_id: UUID,
    demande: ValidationDemandee,
    response: Response,
    session: Transaction,
    actor: Auteur,
    idem: Idempotent,
) -> EtatRendu:
    """The animateur and the dirigeant each validate one exact version; with both, the diagnostic is valid."""
    diagnostic = await service.valider(session, actor, diagnostic_id, demande.empreinte, utc_now())
    return await idem.keep(response, 200, EtatRendu.of(diagnostic))  # type: ignore[no-any-return]


@router.post("/{diagnostic_id}/partage", summary="Partager avec la cellule (animateur)", responses=REFUS | CONFLIT | FERME)
async def partager_diagnostic(
    diagnostic_id: UUID, response: Response, session: Transaction, actor: Animateur, idem: Idempotent, demander: Permission
) -> EtatRendu:
    """Open the validated diagnostic to the members of the cell. Needs the association's accord, asked for at this moment."""
    diagnostic = await service.partager(session, actor, diagnostic_id, demander, utc_now)
    return await idem.keep(response, 200, EtatRendu.of(diagnostic))  # type: ignore[no-any-return]
