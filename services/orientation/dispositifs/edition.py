"""Editing in the portal: a draft that keeps what was typed, a preview on the open cases, publication as the next version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor, Role
from common.codes import BandeBudget, Horizon
from common.errors import Conflit, Introuvable, VersionPerimee
from common.traduction import N_, _
from orientation.dispositifs import store
from orientation.dispositifs.coherence import constats_entre
from orientation.dispositifs.conversion import dispositif_de
from orientation.dispositifs.courant import Courant
from orientation.dispositifs.ecriture import empreinte, yaml_de
from orientation.dispositifs.format import Document, Fiche
from orientation.dispositifs.lecture import CatalogueInvalide, lire_fiche
from orientation.dispositifs.lignes import ErreurFiche
from orientation.dispositifs.models import BrouillonRow, DispositifRow, Origine
from orientation.dispositifs.service import annoncer, nouvelle
from orientation.dossiers import store as dossiers
from orientation.dossiers.models import DossierRow
from orientation.eligibilite.domain import Moteur
from orientation.eligibilite.faits import Faits, faits_du_dossier
from orientation.eligibilite.verdicts import Verdict

DOSSIERS_MAX = 5000
NOUVEAU = """\
code: {code}
libelle:
etat: {{valeur: actif, source: , passage: }}
porteurs:
  valeur: []
  source:
  passage:
specialite:
  valeur:
  source:
  passage:
statuts:
  valeur: non précisé
  source:
  passage:
territoires:
  valeur: non précisé
  source:
  passage:
criteres: []
"""


class DejaPublie(Conflit):
    """The draft says what is published already."""

    slug, titre = "dispositif-inchange", N_("Ce brouillon ne change rien à la version publiée.")


class SourceConnue(Conflit):
    """A document has this key already."""

    slug, titre = "source-connue", N_("Une source porte déjà cette clé.")


@dataclass(frozen=True, slots=True)
class Changement:
    """An open case whose verdict a draft would change."""

    dossier: DossierRow
    avant: Verdict | None
    apres: Verdict


@dataclass(frozen=True, slots=True)
class Essai:
    """A draft tried on the open cases of the actor's territory."""

    examines: int
    changements: list[Changement]

    @property
    def bilan(self) -> list[tuple[Verdict | None, Verdict, int]]:
        """How many cases go from which verdict to which."""
        compte: dict[tuple[Verdict | None, Verdict], int] = {}
        for c in self.changements:
            compte[c.avant, c.apres] = compte.get((c.avant, c.apres), 0) + 1
        return [(avant, apres, n) for (avant, apres), n in sorted(compte.items(), key=lambda ligne: -ligne[1])]


def peut_editer(actor: Actor | None) -> bool:
    """Whether the directory lets this animateur edit the catalogue."""
    return actor is not None and actor.has(Role.animateur) and actor.has(Role.catalogue)


def relire(code: str, texte: str, catalogue: Courant) -> tuple[Fiche | None, list[ErreurFiche]]:
    """Check a text by itself and against the other dispositifs."""
    lu, fiche = lire_fiche(f"{code}.yaml", texte, catalogue.documents)
    if fiche:
        autres: Mapping[str, Fiche] = {**catalogue.fiches, code: fiche}
        for autre, lieu, quoi, remede in constats_entre(autres):
            lu.noter(lu.ligne(lieu) if autre == code else 1, quoi, remede)
    return (None if lu.erreurs else fiche), sorted(lu.erreurs)


def depart(code: str, catalogue: Courant) -> str:
    """What a draft begins with: what is published, or the places to fill for a new dispositif."""
    return yaml_de(catalogue.fiches[code]) if code in catalogue.fiches else NOUVEAU.format(code=code)


async def enregistrer(
    session: AsyncSession, actor: Actor, catalogue: Courant, code: str, texte: str, version: int, now: datetime
) -> BrouillonRow:
    """Keep what was typed, right or not. Raises VersionPerimee when somebody else has changed the draft."""
    existant = await store.brouillon(session, actor, code)
    depuis = existant.depuis if existant and version else catalogue.version(code) or 0
    row = await store.enregistrer(session, code, texte, depuis=depuis, version=version, par=actor.id, now=now)
    await audit.write(session, "orientation", actor, "dispositif.preparer", code, now=now)
    return row


async def reprendre(session: AsyncSession, actor: Actor, code: str, ancienne: int, now: datetime) -> None:
    """Take an older version as the draft, to publish it again. Raises VersionPerimee when a draft is under way."""
    row = await store.find(session, code, ancienne)
    courante = (await store.versions(session, code, 1))[0]
    texte = yaml_de(Fiche.model_validate(row.contenu))
    await store.enregistrer(session, code, texte, depuis=courante.version, version=0, par=actor.id, now=now)
    await audit.write(session, "orientation", actor, "dispositif.reprendre", f"{code}@{ancienne}", now=now)


async def publier(
    session: AsyncSession, actor: Actor, catalogue: Courant, code: str, version: int, now: datetime
) -> DispositifRow:
    """Publish the draft as the next version.

    Raises Introuvable without a draft, VersionPerimee when the draft or what is published has changed since it was read,
    CatalogueInvalide when it is wrong, DejaPublie when it says nothing new.
    """
    await store.verrouiller(session)
    brouillon = await store.brouillon(session, actor, code)
    if brouillon is None:
        raise Introuvable(_("Il n’y a pas de brouillon à publier."))
    connus = await store.versions(session, code, 1)
    connu = connus[0] if connus else None
    if brouillon.version != version:
        raise VersionPerimee(_("Relisez le brouillon tel qu’il est maintenant, puis publiez-le."))
    if brouillon.depuis != (connu.version if connu else 0):
        raise VersionPerimee(_("Une autre version a été publiée depuis : comparez, enregistrez de nouveau, puis publiez."))
    fiche, erreurs = relire(code, brouillon.texte, catalogue)
    if fiche is None:
        raise CatalogueInvalide(erreurs)
    if connu and connu.empreinte == empreinte(fiche):
        raise DejaPublie(_("Modifiez le brouillon, ou abandonnez-le."))
    row = nouvelle(fiche, connu, actor, Origine.portail, now)
    await store.publier(session, [row])
    await store.jeter(session, code)
    await annoncer(session, [row], actor, now)
    return row


async def abandonner(session: AsyncSession, actor: Actor, code: str, now: datetime) -> None:
    """Throw a draft away."""
    if await store.brouillon(session, actor, code) is None:
        raise Introuvable(_("Il n’y a pas de brouillon."))
    await store.jeter(session, code)
    await audit.write(session, "orientation", actor, "dispositif.abandonner", code, now=now)


async def ajouter_source(session: AsyncSession, actor: Actor, cle: str, document: Document, now: datetime) -> None:
    """Add a source document. Raises SourceConnue: those that facts already name are corrected in their file."""
    await store.verrouiller(session)
    if cle in await store.sources(session):
        raise SourceConnue(_("Choisissez une autre clé, ou utilisez celle-ci dans les faits."), champ="cle")
    await store.prendre_sources(session, {cle: document})
    await store.publier(session, [])
    await audit.write(session, "orientation", actor, "source.ajouter", cle, now=now)


async def essayer(session: AsyncSession, actor: Actor, fiche: Fiche, catalogue: Courant) -> Essai:
    """Whose verdict would change among the open cases that the actor sees."""
    rows = await dossiers.ouverts(session, actor, DOSSIERS_MAX)
    connu = catalogue.dispositifs.get(fiche.code)
    avant = Moteur([connu]) if connu else None
    apres = Moteur([dispositif_de(fiche, (catalogue.version(fiche.code) or 0) + 1, catalogue.documents)])
    changements = []
    for row in rows:
        faits = _faits(row)
        ancien = avant.verdicts(faits)[fiche.code] if avant else None
        futur = apres.verdicts(faits)[fiche.code]
        if ancien is not futur:
            changements.append(Changement(row, ancien, futur))
    return Essai(len(rows), changements)


def _faits(row: DossierRow) -> Faits:
    return faits_du_dossier(row.departement, Horizon(row.horizon), BandeBudget(row.budget), row.emplois, row.indicateurs)
