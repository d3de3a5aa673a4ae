"""The words of the mails about the people of an organisation, and to organisations for which nobody signs in."""

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
    "compte_demande": Modele(
        sujet="Un compte a changé : à vérifier",
        titre="Le compte d’une personne a changé",
        paragraphes=(
            "Quelqu’un s’est connecté à Relais avec l’adresse d’un membre d’une organisation, mais sous un autre identifiant. "
            "Rien ne lui est ouvert.",
            "Appelez cette personne, à un numéro que vous connaissez, puis confirmez ou refusez. La demande vaut sept jours.",
        ),
        bouton="Vérifier ce compte",
    ),
    "compte_change": Modele(
        sujet="Votre nouveau compte est confirmé",
        titre="Vous entrez dans Relais par un nouveau compte",
        paragraphes=(
            "Une personne responsable a confirmé que votre compte a changé d’identifiant chez votre fournisseur. "
            "L’ancien n’ouvre plus rien, et ses sessions sont fermées.",
            "Si vous n’avez pas changé de compte, appelez aussitôt une personne responsable de votre organisation.",
        ),
        bouton="Voir mes sessions",
    ),
    "compte_confirme": Modele(
        sujet="Vous avez confirmé un compte",
        titre="Vous avez confirmé le nouveau compte d’une personne",
        paragraphes=(
            "Elle entre désormais dans Relais par ce compte, avec les droits qu’elle avait. Le journal garde votre décision.",
            "Si ce n’est pas vous qui avez confirmé, fermez vos sessions et appelez l’administrateur de Relais.",
        ),
        bouton="Voir mes sessions",
    ),
    "lien_orientation": Modele(
        sujet="Une orientation attend votre réponse",
        titre="Une orientation attend la réponse de {organisation}",
        paragraphes=(
            "Une cellule régionale pense que vous pouvez aider une association en difficulté. "
            "Elle attend une réponse de votre part avant le {echeance}.",
            "Le lien montre ce qui vous est demandé, sans nommer l’association. Pour ouvrir son dossier et répondre, vous y "
            "demanderez un code, qui arrive à cette adresse. Le lien sert pendant trente jours, tant que l’orientation est "
            "ouverte, et un message plus récent le remplace au besoin.",
            "Si vous n’êtes pas concerné, dites-le à la cellule régionale sans transmettre ce message.",
        ),
        bouton="Voir ce qui est demandé",
    ),
    "code_de_lien": Modele(
        sujet="Votre code pour répondre dans Relais",
        titre="Voici votre code",
        paragraphes=(
            "Saisissez-le dans la page ouverte par le lien que {organisation} a reçu.",
            "Si personne chez vous ne l’a demandé, prévenez la cellule régionale : quelqu’un d’autre a ce lien.",
        ),
        bouton="Comment répondre par un lien",
    ),
}
