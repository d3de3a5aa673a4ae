"""The words of all notices, by their names: here those for the association and about webhooks."""

from collections.abc import Mapping

from common.traduction import N_
from notifications.courriels.modele import Modele
from notifications.courriels.modeles_cellules import CELLULES
from notifications.courriels.modeles_equipe import EQUIPE
from notifications.courriels.modeles_partenaires import PARTENAIRES

BROUILLON = "brouillon_mis_de_cote"

MODELES: Mapping[str, Modele] = {
    **PARTENAIRES,
    **CELLULES,
    **EQUIPE,
    "acces": Modele(
        sujet=N_("Votre accès à l’espace Relais"),
        titre=N_("Votre espace vous attend"),
        paragraphes=(
            N_("Un dossier est ouvert à votre attention dans Relais, sous la référence {reference}."),
            N_(
                "Dans votre espace, vous suivez son avancement, vous décidez de ce qui est transmis et à "
                "qui, et vous voyez qui l’a consulté. Rien n’est transmis sans votre accord."
            ),
        ),
        bouton=N_("Ouvrir mon espace"),
    ),
    BROUILLON: Modele(
        sujet=N_("Reprendre votre signalement"),
        titre=N_("Votre signalement est mis de côté"),
        paragraphes=(
            N_(
                "Vous avez mis de côté un signalement commencé dans Relais. Vos réponses vous "
                "attendent, et personne ne les lit avant que vous les envoyiez."
            ),
            N_("Passé la date ci-dessous, elles sont effacées."),
        ),
        bouton=N_("Reprendre mon signalement"),
    ),
    "signale_par_autrui": Modele(
        sujet=N_("Un dossier est ouvert pour votre association"),
        titre=N_("Quelqu’un s’inquiète pour votre association"),
        paragraphes=(
            N_(
                "Un partenaire ou un proche a ouvert un dossier pour votre "
                "association dans Relais, sous la référence {reference}."
            ),
            N_(
                "Dans votre espace, vous voyez qui l’a déposé, vous suivez son avancement et vous décidez "
                "de ce qui est transmis et à qui. Rien n’est transmis sans votre accord."
            ),
        ),
        bouton=N_("Ouvrir mon espace"),
    ),
    "invitation": Modele(
        sujet=N_("Vous êtes invité dans l’espace de votre association"),
        titre=N_("Votre association vous invite dans son espace"),
        paragraphes=(
            N_("La personne qui répond de votre association vous ouvre son espace dans Relais, sous la référence {reference}."),
            N_(
                "Vous y lisez où en est le dossier, et vous y faites ce dont elle vous a donné le droit. "
                "Plus tard, demandez un nouveau lien avec cette référence et votre adresse."
            ),
        ),
        bouton=N_("Ouvrir l’espace"),
    ),
    "adresse_demandee": Modele(
        sujet=N_("Un changement de votre adresse est demandé"),
        titre=N_("Un changement de votre adresse est demandé"),
        paragraphes=(
            N_(
                "Pour le dossier {reference}, une personne de la cellule régionale propose de remplacer cette "
                "adresse. Rien ne change avant qu’une deuxième personne l’ait vérifié et confirmé."
            ),
            N_("Si vous n’avez rien demandé, ouvrez votre espace et gardez votre adresse, ou appelez la cellule."),
        ),
        bouton=N_("Ouvrir mon espace"),
    ),
    "adresse_changee": Modele(
        sujet=N_("Cette adresse n’ouvre plus votre espace"),
        titre=N_("Cette adresse n’ouvre plus votre espace"),
        paragraphes=(
            N_("Pour le dossier {reference}, deux personnes de la cellule régionale ont remplacé cette adresse par une autre."),
            N_("Si vous n’avez rien demandé, appelez aussitôt la cellule de votre région."),
        ),
        bouton=N_("Voir comment entrer"),
    ),
    "message_recu": Modele(
        sujet=N_("Un message vous attend dans votre espace"),
        titre=N_("Un message vous attend"),
        paragraphes=(
            N_("La cellule de votre région vous a écrit à propos du dossier {reference}. Son message est dans votre espace."),
        ),
        bouton=N_("Lire le message"),
    ),
    "premier_echange": Modele(
        sujet=N_("Votre premier échange avec la cellule est fixé"),
        titre=N_("Votre premier échange est fixé"),
        paragraphes=(
            N_(
                "La cellule de votre région vous appelle pour un échange de deux heures à propos du dossier {reference}. "
                "Le jour et l’heure sont dans votre espace."
            ),
            N_("Si ce moment ne vous convient pas, écrivez-le à la cellule depuis votre espace."),
        ),
        bouton=N_("Voir le jour et l’heure"),
    ),
    "consentement_demande": Modele(
        sujet=N_("Votre accord est demandé"),
        titre=N_("Un partenaire pourrait vous aider : à vous de décider"),
        paragraphes=(
            N_("Une demande d’accord vous attend pour votre dossier {reference}."),
            N_(
                "Vous y verrez à qui vos informations seraient transmises, lesquelles et "
                "pourquoi. Vous pouvez accepter ou refuser, et changer d’avis plus tard."
            ),
        ),
        bouton=N_("Voir la demande"),
    ),
    "webhook_difficulte": Modele(
        sujet=N_("Votre système ne répond plus à Relais"),
        titre=N_("Votre système ne répond plus depuis un jour"),
        paragraphes=(
            N_(
                "Les messages destinés à un de vos webhooks échouent depuis un "
                "jour ; sa page dit pourquoi. Relais essaie encore et garde ce qui attend."
            ),
            N_("Après cinq jours d’échec, le webhook sera désactivé. Vos orientations restent accessibles dans Relais."),
        ),
        bouton=N_("Voir le webhook"),
    ),
    "webhook_desactive": Modele(
        sujet=N_("Un de vos webhooks est désactivé"),
        titre=N_("Un de vos webhooks est désactivé"),
        paragraphes=(
            N_("Votre système n’a plus répondu, ou a répondu que cette adresse n’existe plus. Relais ne lui envoie plus rien."),
            N_("Quand il sera de nouveau prêt, réactivez le webhook et rejouez ce qui a été manqué."),
        ),
        bouton=N_("Voir le webhook"),
    ),
    "webhook_retabli": Modele(
        sujet=N_("Votre système répond de nouveau à Relais"),
        titre=N_("Votre système répond de nouveau"),
        paragraphes=(
            N_("Les messages destinés à votre webhook arrivent de nouveau. Ce qui attendait part maintenant."),
            N_("S’il avait été désactivé, rejouez depuis sa page ce qui est arrivé entre-temps."),
        ),
        bouton=N_("Voir le webhook"),
    ),
}
