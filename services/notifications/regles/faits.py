"""From an event to the fact that the table of rules reads: whom it may concern, what it is about, who did it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from common.codes_echanges import Auteur
from common.events import Event, cellule
from common.events import orientation as o
from common.events import rendez_vous as rv
from common.events import signalement as s
from common.events import transferts as tr
from common.events.comptes import CompteConfirme, CompteDemande
from common.events.membres import AdhesionDemandee
from notifications.regles.domain import Fait, Relation

ORIENTATIONS: tuple[type[o._Orientation], ...] = (
    o.OrientationEnvoyee,
    o.OrientationRecue,
    o.OrientationAcceptee,
    o.OrientationDeclinee,
    o.OrientationComplementDemande,
    o.OrientationComplementFourni,
    o.OrientationDemarree,
    o.OrientationPoursuivie,
    o.OrientationAboutie,
    o.OrientationNonAboutie,
    o.OrientationRetiree,
    o.OrientationExpiree,
    o.OrientationRelancee,
    o.OrientationEscaladee,
    o.OrientationRevenue,
    o.OrientationRouverte,
    o.OrientationRenvoyee,
    tr.OrientationAffectee,
)
ECHANGES: tuple[type[Event], ...] = (
    rv.RendezVousPropose,
    rv.RendezVousConfirme,
    rv.RendezVousAnnule,
    tr.TransfertPropose,
    tr.TransfertAccepte,
    tr.TransfertRefuse,
    tr.TransfertRetire,
)
DU_TERRITOIRE: tuple[type[Event], ...] = (
    s.SignalementDepose,
    s.ConsentementDonne,
    s.ConsentementRefuse,
    s.ConsentementRetire,
    s.MessageEcrit,
    cellule.DiagnosticValide,
)
DES_WEBHOOKS = ("webhook.difficulte", "webhook.desactive", "webhook.retabli")
DU_DIRIGEANT = tuple(
    f"courriel.{modele}"
    for modele in (
        "acces",
        "signale_par_autrui",
        "invitation",
        "consentement_demande",
        "adresse_demandee",
        "adresse_changee",
        "message_recu",
        "premier_echange",
    )
)


def nom_de(event: type[Event]) -> str:
    """The name of an event in the table: `orientation.envoyee`."""
    return f"{event.capability}.{event.fact}"


# The cell has been told within the hour, and has not answered yet.
MESSAGE_SUITE = "message.suite"
# The partner learns by another notice that the consent is withdrawn.
RETIREE_SANS_ACCORD = "orientation.retiree_sans_accord"
A_L_INVITE = "invitation.envoyee"
AU_DECLARANT = "brouillon.mis_de_cote"
AUX_ADMINISTRATEURS = "compte.demande_administrateur"
AU_SANS_COMPTE = ("lien.envoye", "lien.code_demande")
DES_RETRAITS = ("retrait.relance", "retrait.escalade")

DES_COMPTES: tuple[type[Event], ...] = (CompteDemande, CompteConfirme)
EVENEMENTS: tuple[type[Event], ...] = (*ORIENTATIONS, *ECHANGES, *DU_TERRITOIRE, AdhesionDemandee, *DES_COMPTES)
A_PART = (A_L_INVITE, AU_DECLARANT, *AU_SANS_COMPTE, AUX_ADMINISTRATEURS, RETIREE_SANS_ACCORD, MESSAGE_SUITE)
NOMS = frozenset({*map(nom_de, EVENEMENTS), *DES_WEBHOOKS, *DU_DIRIGEANT, *DES_RETRAITS, *A_PART})
"""Every fact that the table may name."""


def d_une_orientation(event: Any) -> Fait:
    """A referral's fact, for both sides, and for the person to whom it is given."""
    confiee = getattr(event, "responsable_id", None)
    return Fait(
        nom_de(type(event)),
        (
            (Relation.partenaire, event.partenaire_id),
            (Relation.emetteur, event.emetteur_id),
            *([(Relation.responsable, event.partenaire_id)] if confiee else []),
        ),
        event.orientation_id,
        event.dossier_id,
        event.due_at,
        getattr(event, "horloge", None),
        event.acteur_id,
        confiee,
    )


def d_un_echange(event: Any) -> Fait:
    """What one side does concerns the other one; what the hub does concerns both."""
    cotes = (
        (Auteur.partenaire, Relation.partenaire, event.partenaire_id),
        (Auteur.emetteur, Relation.emetteur, event.emetteur_id),
    )
    parties = tuple((relation, organisation) for cote, relation, organisation in cotes if cote is not event.par)
    debut = getattr(event, "debut", None)
    return Fait(nom_de(type(event)), parties, event.orientation_id, event.dossier_id, debut, acteur_id=event.acteur_id)


def d_une_adhesion(event: AdhesionDemandee) -> Fait:
    """Somebody asks to join an organisation, which decides."""
    return Fait(nom_de(type(event)), ((Relation.organisation, event.partenaire_id),), event.adhesion_id)


def d_un_compte(event: CompteDemande) -> Fait:
    """A member came back under another identifier: those who decide are told, the page is the team's in either case."""
    nom = AUX_ADMINISTRATEURS if event.administrateur else nom_de(type(event))
    return Fait(nom, ((Relation.organisation, event.decideur_id),), event.compte_id)


def du_territoire(event: Any, cellules: Sequence[UUID]) -> Fait:
    """What concerns the cell of the territory in which the association is; of its members, who did it is left out.

    Consents and messages are the association's own doing, whose people are in no cell.
    """
    parties = tuple((Relation.territoire, cellule_id) for cellule_id in cellules)
    objet = event.diagnostic_id if isinstance(event, cellule.DiagnosticValide) else event.dossier_id
    suite = isinstance(event, s.MessageEcrit) and event.suite
    acteur_id = getattr(event, "acteur_id", None)
    return Fait(MESSAGE_SUITE if suite else nom_de(type(event)), parties, objet, event.dossier_id, acteur_id=acteur_id)


FAIT: dict[type[Event], Callable[[Any], Fait]] = {
    **dict.fromkeys(ORIENTATIONS, d_une_orientation),
    **dict.fromkeys(ECHANGES, d_un_echange),
    AdhesionDemandee: d_une_adhesion,
    CompteDemande: d_un_compte,
}
"""How each event is read that names the organisations which it concerns."""
