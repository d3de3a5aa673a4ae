"""The words of the mails about the people of an organisation, and to organisations for which nobody signs in."""

from collections.abc import Mapping

from common.traduction import N_
from notifications.courriels.modele import Modele

EQUIPE: Mapping[str, Modele] = {
    "invitation_equipe": Modele(
        sujet=N_("Vous êtes invité dans Relais"),
        titre=N_("{organisation} vous invite dans Relais"),
        paragraphes=(
            N_(
                "Une personne de cette organisation vous propose d’y agir dans Relais, où des "
                "partenaires se passent le relais auprès d’associations en difficulté."
            ),
            N_(
                "Ouvrez le lien, connectez-vous avec votre compte professionnel et confirmez. Il "
                "sert une seule fois, avant le {echeance}. Ne le transmettez à personne."
            ),
            N_("Si vous n’attendiez pas ce message, ignorez-le : rien ne se passera."),
        ),
        bouton=N_("Voir l’invitation"),
    ),
    "adhesion_demandee": Modele(
        sujet=N_("Quelqu’un demande à rejoindre votre organisation"),
        titre=N_("Quelqu’un demande à rejoindre votre organisation"),
        paragraphes=(
            N_(
                "Une personne qui s’est connectée à Relais dit travailler avec "
                "vous. Vous seuls pouvez l’accepter ou la refuser."
            ),
            N_("N’acceptez que si vous la connaissez."),
        ),
        bouton=N_("Voir la demande"),
    ),
    "compte_demande": Modele(
        sujet=N_("Un compte a changé : à vérifier"),
        titre=N_("Le compte d’une personne a changé"),
        paragraphes=(
            N_(
                "Quelqu’un s’est connecté à Relais avec l’adresse d’un membre d’une "
                "organisation, mais sous un autre identifiant. Rien ne lui est ouvert."
            ),
            N_(
                "Appelez cette personne, à un numéro que vous connaissez, puis "
                "confirmez ou refusez. La demande vaut sept jours."
            ),
        ),
        bouton=N_("Vérifier ce compte"),
    ),
    "compte_change": Modele(
        sujet=N_("Votre nouveau compte est confirmé"),
        titre=N_("Vous entrez dans Relais par un nouveau compte"),
        paragraphes=(
            N_(
                "Une personne responsable a confirmé que votre compte a changé d’identifiant chez votre "
                "fournisseur. L’ancien n’ouvre plus rien, et ses sessions sont fermées."
            ),
            N_("Si vous n’avez pas changé de compte, appelez aussitôt une personne responsable de votre organisation."),
        ),
        bouton=N_("Voir mes sessions"),
    ),
    "compte_confirme": Modele(
        sujet=N_("Vous avez confirmé un compte"),
        titre=N_("Vous avez confirmé le nouveau compte d’une personne"),
        paragraphes=(
            N_(
                "Elle entre désormais dans Relais par ce compte, avec les droits "
                "qu’elle avait. Le journal garde votre décision."
            ),
            N_("Si ce n’est pas vous qui avez confirmé, fermez vos sessions et appelez l’administrateur de Relais."),
        ),
        bouton=N_("Voir mes sessions"),
    ),
    "lien_orientation": Modele(
        sujet=N_("Une orientation attend votre réponse"),
        titre=N_("Une orientation attend la réponse de {organisation}"),
        paragraphes=(
            N_(
                "Une cellule régionale pense que vous pouvez aider une association en "
                "difficulté. Elle attend une réponse de votre part avant le {echeance}."
            ),
            N_(
                "Le lien montre ce qui vous est demandé, sans nommer l’association. Pour ouvrir son dossier et "
                "répondre, vous y demanderez un code, qui arrive à cette adresse. Le lien sert pendant trente jours, "
                "tant que l’orientation est ouverte, et un message plus récent le remplace au besoin."
            ),
            N_("Si vous n’êtes pas concerné, dites-le à la cellule régionale sans transmettre ce message."),
        ),
        bouton=N_("Voir ce qui est demandé"),
    ),
    "code_de_lien": Modele(
        sujet=N_("Votre code pour répondre dans Relais"),
        titre=N_("Voici votre code"),
        paragraphes=(
            N_("Saisissez-le dans la page ouverte par le lien que {organisation} a reçu."),
            N_("Si personne chez vous ne l’a demandé, prévenez la cellule régionale : quelqu’un d’autre a ce lien."),
        ),
        bouton=N_("Comment répondre par un lien"),
    ),
}
