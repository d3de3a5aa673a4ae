"""Who is written to about what: one line for each event, readable from top to bottom.

What is not here is not mailed. A dirigeant's mails say by themselves which they are (`modele` of the event).
"""

from dataclasses import dataclass

from common.actor import Role
from common.codes import Horloge
from common.events import Event
from common.events import membres as m
from common.events import orientation as o
from common.events import rendez_vous as rv
from common.events import transferts as tr
from notifications.courriels.domain import Destinataire

PARTENAIRE = (Destinataire.partenaire, (Role.agent, Role.manager))
EMETTEUR = (Destinataire.emetteur, (Role.animateur,))


@dataclass(frozen=True, slots=True)
class Regle:
    """On an event, this template goes to the members of that side who hold one of these roles.

    `si_connue`: only when that side was written to about the referral before; one that was taken back before it was
    sent is none of the partner's business.
    """

    modele: str
    destinataire: Destinataire
    roles: tuple[Role, ...]
    si_connue: bool = False


REGLES: dict[type[Event], Regle] = {
    o.OrientationEnvoyee: Regle("orientation_envoyee", *PARTENAIRE),
    o.OrientationRelancee: Regle("orientation_relancee", *PARTENAIRE),
    o.OrientationRetiree: Regle("orientation_retiree", *PARTENAIRE, si_connue=True),
    o.OrientationComplementFourni: Regle("complement_fourni", *PARTENAIRE),
    o.OrientationComplementDemande: Regle("complement_demande", *EMETTEUR),
    o.OrientationAcceptee: Regle("orientation_acceptee", *EMETTEUR),
    o.OrientationDeclinee: Regle("orientation_declinee", *EMETTEUR),
    o.OrientationNonAboutie: Regle("orientation_non_aboutie", *EMETTEUR),
    o.OrientationEscaladee: Regle("orientation_escaladee", *EMETTEUR),
    o.OrientationExpiree: Regle("orientation_expiree", *EMETTEUR),
    o.OrientationRevenue: Regle("orientation_revenue", *EMETTEUR),
    o.OrientationRouverte: Regle("orientation_rouverte", *EMETTEUR),
    o.OrientationRenvoyee: Regle("orientation_envoyee", *PARTENAIRE),
}
# A deadline near or passed is told in the words of what it is for; of the others, in those of the table above.
PAR_HORLOGE: dict[tuple[type[Event], Horloge], Regle] = {
    (o.OrientationRelancee, Horloge.lire): Regle("orientation_a_lire", *PARTENAIRE),
    (o.OrientationRelancee, Horloge.demarrer): Regle("accompagnement_a_demarrer", *PARTENAIRE),
    (o.OrientationRelancee, Horloge.suivre): Regle("accompagnement_a_suivre", *PARTENAIRE),
    (o.OrientationEscaladee, Horloge.completer): Regle("complement_en_retard", *EMETTEUR),
    (o.OrientationEscaladee, Horloge.demarrer): Regle("accompagnement_en_retard", *EMETTEUR),
    (o.OrientationEscaladee, Horloge.suivre): Regle("accompagnement_sans_nouvelles", *EMETTEUR),
}
TOUTES = (*REGLES.values(), *PAR_HORLOGE.values())

AUTRE_PARTIE: dict[type[Event], str] = {
    rv.RendezVousPropose: "rendez_vous_propose",
    rv.RendezVousConfirme: "rendez_vous_confirme",
    rv.RendezVousAnnule: "rendez_vous_annule",
    tr.TransfertPropose: "transfert_propose",
    tr.TransfertAccepte: "transfert_accepte",
    tr.TransfertRefuse: "transfert_refuse",
    tr.TransfertRetire: "transfert_retire",
}
"""Events that either side may cause: the other one is written to, with this template."""

EQUIPE: dict[type[Event], str] = {m.AdhesionDemandee: "adhesion_demandee"}
"""What the managers of an organisation are told about its people, with this template."""

INVITATION = "invitation_equipe"
"""The template for somebody who is invited."""

WEBHOOKS = frozenset({"webhook_difficulte", "webhook_desactive", "webhook_retabli"})
"""What is told of an organisation's own endpoint."""

ROLES: dict[str, tuple[Role, ...]] = {
    **{regle.modele: regle.roles for regle in TOUTES},
    **dict.fromkeys(AUTRE_PARTIE.values(), (Role.agent, Role.manager, Role.animateur)),
    **dict.fromkeys((*EQUIPE.values(), *WEBHOOKS), (Role.manager,)),
}
"""The roles of a template's readers, when the mail leaves."""

DIRIGEANT = frozenset(
    {"acces", "signale_par_autrui", "invitation", "consentement_demande", "adresse_demandee", "adresse_changee"}
)
"""The templates that an event `courriel.demande` may name."""


def regle_de(event: Event) -> Regle:
    """The rule of an event."""
    horloge: Horloge | None = getattr(event, "horloge", None)
    return PAR_HORLOGE.get((type(event), horloge), REGLES[type(event)]) if horloge else REGLES[type(event)]
