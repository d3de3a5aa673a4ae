"""The words of the mails about the people of an organisation."""

from collections.abc import Mapping

from notifications.courriels.modele import Modele

EQUIPE: Mapping[str, Modele] = {
    "invitation_equipe": Modele(
        sujet="Vous êtes invité dans Relais",
        titre="{organisation} vous invite dans Relais",
        paragraphes=(
            "Une personne de cette organisation vous propose d’y agir dans Relais, où des partenaires se passent le relais "
            "auprès d’associations en difficulté.",
            "Ouvrez le lien, connectez-vous avec votre compte professionnel et confirmez. Il sert une seule fois, avant le "
            "{echeance}. Ne le transmettez à personne.",
            "Si vous n’attendiez pas ce message, ignorez-le : rien ne se passera.",
        ),
        bouton="Voir l’invitation",
    ),
    "adhesion_demandee": Modele(
        sujet="Quelqu’un demande à rejoindre votre organisation",
        titre="Quelqu’un demande à rejoindre votre organisation",
        paragraphes=(
            "Une personne qui s’est connectée à Relais dit travailler avec vous. Vous seuls pouvez l’accepter ou la refuser.",
            "N’acceptez que si vous la connaissez.",
        ),
        bouton="Voir la demande",
    ),
}
