"""The words for partners; those of an appointment are for either side."""

from collections.abc import Mapping

from notifications.courriels.modele import ORIENTATION, Modele

PARTENAIRES: Mapping[str, Modele] = {
    "retrait": Modele(
        sujet="Une association retire son accord : prenez-en acte",
        titre="Une association retire son accord",
        paragraphes=(
            "Cessez d’utiliser les informations reçues à ce titre, et supprimez celles que rien ne vous oblige à conserver.",
            "Dites dans Relais que vous en prenez acte.",
        ),
        bouton="Prendre acte",
    ),
    "retrait_relance": Modele(
        sujet="Rappel : prenez acte d’un accord retiré",
        titre="Un accord retiré attend que vous en preniez acte",
        paragraphes=("Sans réponse d’ici un jour ouvré, la cellule régionale vous appellera.",),
        bouton="Prendre acte",
    ),
    "orientation_envoyee": Modele(
        sujet="Une nouvelle orientation vous attend",
        titre="Une nouvelle orientation vous attend",
        paragraphes=("Une cellule régionale vous oriente une association.", "Merci de répondre avant le {echeance}."),
        bouton=ORIENTATION,
    ),
    "orientation_relancee": Modele(
        sujet="Rappel : une orientation attend votre réponse",
        titre="Une orientation attend votre réponse",
        paragraphes=(
            "Votre réponse est attendue avant le {echeance}.",
            "Si vous ne pouvez pas la suivre, déclinez-la : une autre solution sera cherchée.",
        ),
        bouton=ORIENTATION,
    ),
    "orientation_a_lire": Modele(
        sujet="Rappel : une orientation vous attend",
        titre="Une orientation attend d’être lue",
        paragraphes=("Elle n’a pas encore été ouverte.", "Votre réponse est attendue avant le {echeance}."),
        bouton=ORIENTATION,
    ),
    "orientation_retiree": Modele(
        sujet="Une orientation est retirée",
        titre="Une orientation est retirée",
        paragraphes=(
            "Une orientation qui vous avait été envoyée est retirée. Son dossier ne vous est plus accessible.",
            "Cessez d’utiliser les informations reçues à ce titre et supprimez celles que rien ne vous oblige à conserver.",
        ),
        bouton=ORIENTATION,
    ),
    "complement_fourni": Modele(
        sujet="Le complément demandé est arrivé",
        titre="Le complément demandé est arrivé",
        paragraphes=("La réponse à votre question est dans l’orientation.", "Merci de répondre avant le {echeance}."),
        bouton=ORIENTATION,
    ),
    "accompagnement_a_demarrer": Modele(
        sujet="Rappel : un accompagnement est à commencer",
        titre="Un accompagnement est à commencer",
        paragraphes=(
            "Vous avez accepté une orientation. Indiquez le début de l’accompagnement avant le {echeance}.",
            "Si vous l’avez acceptée par erreur, revenez-y : une autre solution sera cherchée.",
        ),
        bouton=ORIENTATION,
    ),
    "accompagnement_a_suivre": Modele(
        sujet="Où en est un accompagnement ?",
        titre="Donnez des nouvelles d’un accompagnement",
        paragraphes=("Dites s’il se poursuit, ou s’il est fini, avant le {echeance}. Un clic suffit.",),
        bouton=ORIENTATION,
    ),
    "orientation_confiee": Modele(
        sujet="Une orientation vous est confiée",
        titre="Une orientation vous est confiée",
        paragraphes=("Vous êtes désormais la personne qui suit cette orientation dans votre organisation.",),
        bouton=ORIENTATION,
    ),
    "orientation_perdue": Modele(
        sujet="Une orientation a expiré sans votre réponse",
        titre="Une orientation a expiré sans votre réponse",
        paragraphes=("Le délai de réponse est passé : la cellule cherche un autre appui pour l’association.",),
        bouton=ORIENTATION,
    ),
    "equipe_acceptee": Modele(
        sujet="Votre équipe a accepté une orientation",
        titre="Votre équipe a accepté une orientation",
        paragraphes=("Une personne de votre organisation prend le relais auprès de l’association.",),
        bouton=ORIENTATION,
    ),
    "equipe_declinee": Modele(
        sujet="Votre équipe a décliné une orientation",
        titre="Votre équipe a décliné une orientation",
        paragraphes=("Une personne de votre organisation n’a pas pu y donner suite ; son motif est dans l’orientation.",),
        bouton=ORIENTATION,
    ),
    "equipe_terminee": Modele(
        sujet="Votre équipe a terminé un accompagnement",
        titre="Votre équipe a terminé un accompagnement",
        paragraphes=("Son issue est dans l’orientation.",),
        bouton=ORIENTATION,
    ),
    "transfert_accepte": Modele(
        sujet="Votre proposition de transfert est acceptée",
        titre="Votre proposition de transfert est acceptée",
        paragraphes=("L’orientation est close pour vous. L’autre partenaire la recevra si l’association est d’accord.",),
        bouton=ORIENTATION,
    ),
    "transfert_refuse": Modele(
        sujet="Votre proposition de transfert est refusée",
        titre="Votre proposition de transfert est refusée",
        paragraphes=("L’orientation reste la vôtre, et votre délai court toujours.",),
        bouton=ORIENTATION,
    ),
    "rendez_vous_propose": Modele(
        sujet="Un rendez-vous est proposé",
        titre="Un rendez-vous est proposé",
        paragraphes=("Des créneaux vous sont proposés pour une orientation. Choisissez-en un, ou proposez-en d’autres.",),
        bouton=ORIENTATION,
    ),
    "rendez_vous_confirme": Modele(
        sujet="Un rendez-vous est confirmé",
        titre="Un rendez-vous est confirmé",
        paragraphes=("Le créneau retenu est dans l’orientation, avec un fichier pour votre agenda.",),
        bouton=ORIENTATION,
    ),
    "rendez_vous_annule": Modele(
        sujet="Un rendez-vous est annulé",
        titre="Un rendez-vous est annulé",
        paragraphes=("Le motif est dans l’orientation. Pensez à mettre votre agenda à jour.",),
        bouton=ORIENTATION,
    ),
}
