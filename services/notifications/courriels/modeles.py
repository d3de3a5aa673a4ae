"""The words of each mail. Nothing confidential: what is awaited, until when, and a link behind which one signs in."""

from collections.abc import Mapping

from notifications.courriels.modele import Modele
from notifications.courriels.modeles_equipe import EQUIPE

_ORIENTATION = "Ouvrir l’orientation"

MODELES: Mapping[str, Modele] = {
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
    "orientation_envoyee": Modele(
        sujet="Une nouvelle orientation vous attend",
        titre="Une nouvelle orientation vous attend",
        paragraphes=("Une cellule régionale vous oriente une association.", "Merci de répondre avant le {echeance}."),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "orientation_relancee": Modele(
        sujet="Rappel : une orientation attend votre réponse",
        titre="Une orientation attend votre réponse",
        paragraphes=(
            "Votre réponse est attendue avant le {echeance}.",
            "Si vous ne pouvez pas la suivre, déclinez-la : une autre solution sera cherchée.",
        ),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "orientation_retiree": Modele(
        sujet="Une orientation est retirée",
        titre="Une orientation est retirée",
        paragraphes=(
            "Une orientation qui vous avait été envoyée est retirée. Son dossier ne vous est plus accessible.",
            "Cessez d’utiliser les informations reçues à ce titre et supprimez celles que rien ne vous oblige à conserver.",
        ),
        bouton=_ORIENTATION,
    ),
    "complement_fourni": Modele(
        sujet="Le complément demandé est arrivé",
        titre="Le complément demandé est arrivé",
        paragraphes=("La réponse à votre question est dans l’orientation.", "Merci de répondre avant le {echeance}."),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "complement_demande": Modele(
        sujet="Un partenaire demande un complément",
        titre="Un partenaire demande un complément",
        paragraphes=("Avant de se prononcer sur une orientation, un partenaire vous pose une question.",),
        bouton="Lire la question",
        informatif=True,
    ),
    "orientation_acceptee": Modele(
        sujet="Une orientation est acceptée",
        titre="Une orientation est acceptée",
        paragraphes=("Le partenaire prend le relais auprès de l’association.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "orientation_declinee": Modele(
        sujet="Une orientation est déclinée",
        titre="Une orientation est déclinée",
        paragraphes=(
            "Le partenaire ne peut pas y donner suite ; son motif est dans l’orientation.",
            "D’autres appuis vous y sont proposés.",
        ),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "orientation_non_aboutie": Modele(
        sujet="Un accompagnement s’est arrêté sans résultat",
        titre="Un accompagnement s’est arrêté sans résultat",
        paragraphes=(
            "Le partenaire en a indiqué le motif dans l’orientation.",
            "D’autres appuis vous y sont proposés.",
        ),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "orientation_escaladee": Modele(
        sujet="Une orientation est sans réponse",
        titre="L’échéance d’une orientation est passée",
        paragraphes=("Le partenaire n’a pas répondu dans le délai. Appelez-le, ou cherchez une autre orientation.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "orientation_expiree": Modele(
        sujet="Une orientation a expiré sans réponse",
        titre="Une orientation a expiré sans réponse",
        paragraphes=("Le partenaire n’a pas répondu. D’autres appuis vous sont proposés dans l’orientation.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "orientation_a_lire": Modele(
        sujet="Rappel : une orientation vous attend",
        titre="Une orientation attend d’être lue",
        paragraphes=("Elle n’a pas encore été ouverte.", "Votre réponse est attendue avant le {echeance}."),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "accompagnement_a_demarrer": Modele(
        sujet="Rappel : un accompagnement est à commencer",
        titre="Un accompagnement est à commencer",
        paragraphes=(
            "Vous avez accepté une orientation. Indiquez le début de l’accompagnement avant le {echeance}.",
            "Si vous l’avez acceptée par erreur, revenez-y : une autre solution sera cherchée.",
        ),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "accompagnement_a_suivre": Modele(
        sujet="Où en est un accompagnement ?",
        titre="Donnez des nouvelles d’un accompagnement",
        paragraphes=("Dites s’il se poursuit, ou s’il est fini, avant le {echeance}. Un clic suffit.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "complement_en_retard": Modele(
        sujet="La question d’un partenaire attend toujours",
        titre="La question d’un partenaire attend votre réponse",
        paragraphes=("Son délai est suspendu jusque-là, et l’association attend.",),
        bouton="Lire la question",
        informatif=True,
    ),
    "accompagnement_en_retard": Modele(
        sujet="Un accompagnement n’a pas commencé",
        titre="Un accompagnement accepté n’a pas commencé",
        paragraphes=("Le partenaire n’en a pas indiqué le début. Appelez-le, ou annulez pour chercher un autre appui.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "accompagnement_sans_nouvelles": Modele(
        sujet="Un accompagnement est sans nouvelles",
        titre="Un accompagnement est sans nouvelles",
        paragraphes=("Le partenaire n’a pas dit où il en est. Appelez-le, ou annulez pour chercher un autre appui.",),
        bouton=_ORIENTATION,
        informatif=True,
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
    "orientation_revenue": Modele(
        sujet="Un partenaire revient en arrière",
        titre="Un partenaire revient en arrière",
        paragraphes=(
            "Il a enregistré une étape par erreur, ou la situation a changé : l’orientation reprend à la précédente.",
        ),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "orientation_rouverte": Modele(
        sujet="Une orientation est rouverte",
        titre="Une orientation close est rouverte",
        paragraphes=("Le partenaire est revenu sur sa réponse ; son motif est dans l’orientation.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "rendez_vous_propose": Modele(
        sujet="Un rendez-vous est proposé",
        titre="Un rendez-vous est proposé",
        paragraphes=("Des créneaux vous sont proposés pour une orientation. Choisissez-en un, ou proposez-en d’autres.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "rendez_vous_confirme": Modele(
        sujet="Un rendez-vous est confirmé",
        titre="Un rendez-vous est confirmé",
        paragraphes=("Le créneau retenu est dans l’orientation, avec un fichier pour votre agenda.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "rendez_vous_annule": Modele(
        sujet="Un rendez-vous est annulé",
        titre="Un rendez-vous est annulé",
        paragraphes=("Le motif est dans l’orientation. Pensez à mettre votre agenda à jour.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "transfert_propose": Modele(
        sujet="Un partenaire propose un transfert",
        titre="Un partenaire propose un transfert",
        paragraphes=(
            "Un partenaire propose de passer une orientation à un autre.",
            "Si vous acceptez, l’accord de l’association sera demandé. Vous pouvez aussi refuser.",
        ),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "transfert_accepte": Modele(
        sujet="Votre proposition de transfert est acceptée",
        titre="Votre proposition de transfert est acceptée",
        paragraphes=("L’orientation est close pour vous. L’autre partenaire la recevra si l’association est d’accord.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "transfert_refuse": Modele(
        sujet="Votre proposition de transfert est refusée",
        titre="Votre proposition de transfert est refusée",
        paragraphes=("L’orientation reste la vôtre, et votre délai court toujours.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
    "transfert_retire": Modele(
        sujet="Un transfert n’est plus proposé",
        titre="Un transfert n’est plus proposé",
        paragraphes=("Le partenaire garde l’orientation : vous n’avez rien à faire.",),
        bouton=_ORIENTATION,
        informatif=True,
    ),
}
