"""Where the links of notices lead. Nothing else of the case is in them."""

from uuid import UUID

from notifications.regles.domain import Page

CHEMINS = {
    Page.orientation: "/orientation/orientations/{objet}",
    Page.rendez_vous: "/orientation/orientations/{objet}/rendez-vous",
    Page.transfert: "/orientation/orientations/{objet}/transfert",
    Page.dossier: "/signalement/dossiers/{dossier}",
    Page.messages: "/signalement/dossiers/{dossier}/messages#fil",
    Page.diagnostic: "/cellule/diagnostics/{objet}",
    Page.webhook: "/notifications/webhooks/{objet}",
    Page.retrait: "/notifications/retraits",
    Page.equipe: "/orientation/equipes/{organisation}",
    Page.compte: "/orientation/comptes/{objet}",
    Page.sessions: "/orientation/mes-sessions",
    Page.espace: "/signalement/espace",
    Page.lien: "/orientation/lien",
}


def chemin(page: Page, objet_id: UUID, dossier_id: UUID | None, organisation_id: UUID | None) -> str:
    """The path of a page about that object, of that case, for a member of that organisation."""
    return CHEMINS[page].format(objet=objet_id, dossier=dossier_id, organisation=organisation_id)


def cle(organisation_id: UUID | None) -> str:
    """What the bells of an organisation's members wait for."""
    return f"fil:{organisation_id}"
