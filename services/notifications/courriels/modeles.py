"""The words of all notices, by their names: here those for the association and about webhooks."""

from collections.abc import Mapping

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
        sujet="Votre accès à l’espace Relais",
        titre="Votre espace vous attend",
        paragraphes=(
            "Un dossier est ouvert à votre attention dans Relais, sous la référence {reference}.",
            "Dans votre espace, vous suivez son avancement, vous décidez de ce qui est transmis et à qui, "
            "et vous voyez qui l’a consulté. Rien n’est transmis sans votre accord.",
        ),
        bouton="Ouvrir mon espace",
    ),
    BROUILLON: Modele(
        sujet="Reprendre votre signalement",
        titre="Votre signalement est mis de côté",
        paragraphes=(
            "Vous avez mis de côté un signalement commencé dans Relais. Vos réponses vous attendent, et personne ne les lit "
            "avant que vous les envoyiez.",
            "Passé la date ci-dessous, elles sont effacées.",
        ),
        bouton="Reprendre mon signalement",
    ),
    "signale_par_autrui": Modele(
        sujet="Un dossier est ouvert pour votre association",
        titre="Quelqu’un s’inquiète pour votre association",
        paragraphes=(
            "Un partenaire ou un proche a ouvert un dossier pour votre association dans Relais, sous la référence {reference}.",
            "Dans votre espace, vous voyez qui l’a déposé, vous suivez son avancement et vous décidez de ce qui est transmis "
            "et à qui. Rien n’est transmis sans votre accord.",
        ),
        bouton="Ouvrir mon espace",
    ),
    "invitation": Modele(
        sujet="Vous êtes invité dans l’espace de votre association",
        titre="Votre association vous invite dans son espace",
        paragraphes=(
            "La personne qui répond de votre association vous ouvre son espace dans Relais, sous la référence {reference}.",
            "Vous y lisez où en est le dossier, et vous y faites ce dont elle vous a donné le droit. "
            "Plus tard, demandez un nouveau lien avec cette référence et votre adresse.",
        ),
        bouton="Ouvrir l’espace",
    ),
    "adresse_demandee": Modele(
        sujet="Un changement de votre adresse est demandé",
        titre="Un changement de votre adresse est demandé",
        paragraphes=(
            "Pour le dossier {reference}, une personne de la cellule régionale propose de remplacer cette adresse. "
            "Rien ne change avant qu’une deuxième personne l’ait vérifié et confirmé.",
            "Si vous n’avez rien demandé, ouvrez votre espace et gardez votre adresse, ou appelez la cellule.",
        ),
        bouton="Ouvrir mon espace",
    ),
    "adresse_changee": Modele(
        sujet="Cette adresse n’ouvre plus votre espace",
        titre="Cette adresse n’ouvre plus votre espace",
        paragraphes=(
            "Pour le dossier {reference}, deux personnes de la cellule régionale ont remplacé cette adresse par une autre.",
            "Si vous n’avez rien demandé, appelez aussitôt la cellule de votre région.",
        ),
        bouton="Voir comment entrer",
    ),
    "message_recu": Modele(
        sujet="Un message vous attend dans votre espace",
        titre="Un message vous attend",
        paragraphes=(
            "La cellule de votre région vous a écrit à propos du dossier {reference}. Son message est dans votre espace.",
        ),
        bouton="Lire le message",
    ),
    "consentement_demande": Modele(
        sujet="Votre accord est demandé",
        titre="Un partenaire pourrait vous aider : à vous de décider",
        paragraphes=(
            "Une demande d’accord vous attend pour votre dossier {reference}.",
            "Vous y verrez à qui vos informations seraient transmises, lesquelles et pourquoi. "
            "Vous pouvez accepter ou refuser, et changer d’avis plus tard.",
        ),
        bouton="Voir la demande",
    ),
    "webhook_difficulte": Modele(
        sujet="Votre système ne répond plus à Relais",
        titre="Votre système ne répond plus depuis un jour",
        paragraphes=(
            "Les messages destinés à un de vos webhooks échouent depuis un jour. Relais essaie encore et garde ce qui attend.",
            "Après cinq jours d’échec, le webhook sera désactivé. Vos orientations restent accessibles dans Relais.",
        ),
        bouton="Voir le webhook",
    ),
    "webhook_desactive": Modele(
        sujet="Un de vos webhooks est désactivé",
        titre="Un de vos webhooks est désactivé",
        paragraphes=(
            "Votre système n’a plus répondu, ou a répondu que cette adresse n’existe plus. Relais ne lui envoie plus rien.",
            "Quand il sera de nouveau prêt, réactivez le webhook et rejouez ce qui a été manqué.",
        ),
        bouton="Voir le webhook",
    ),
    "webhook_retabli": Modele(
        sujet="Votre système répond de nouveau à Relais",
        titre="Votre système répond de nouveau",
        paragraphes=("Les messages destinés à votre webhook arrivent de nouveau. Ce qui attendait part maintenant.",),
        bouton="Voir le webhook",
    ),
}
