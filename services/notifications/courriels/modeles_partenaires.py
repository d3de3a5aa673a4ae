"""The words for partners; those of an appointment are for either side."""

from collections.abc import Mapping

from common.traduction import N_
from notifications.courriels.modele import ORIENTATION, Modele

PARTENAIRES: Mapping[str, Modele] = {
    "retrait": Modele(
        sujet=N_("Une association retire son accord : prenez-en acte"),
        titre=N_("Une association retire son accord"),
        paragraphes=(
            N_(
                "Cessez d’utiliser les informations reçues à ce titre, et supprimez celles que rien ne vous oblige à conserver."
            ),
            N_("Dites dans Relais que vous en prenez acte."),
        ),
        bouton=N_("Prendre acte"),
    ),
    "retrait_relance": Modele(
        sujet=N_("Rappel : prenez acte d’un accord retiré"),
        titre=N_("Un accord retiré attend que vous en preniez acte"),
        paragraphes=(N_("Sans réponse d’ici un jour ouvré, la cellule régionale vous appellera."),),
        bouton=N_("Prendre acte"),
    ),
    "orientation_envoyee": Modele(
        sujet=N_("Une nouvelle orientation vous attend"),
        titre=N_("Une nouvelle orientation vous attend"),
        paragraphes=(N_("Une cellule régionale vous oriente une association."), N_("Merci de répondre avant le {echeance}.")),
        bouton=ORIENTATION,
    ),
    "orientation_relancee": Modele(
        sujet=N_("Rappel : une orientation attend votre réponse"),
        titre=N_("Une orientation attend votre réponse"),
        paragraphes=(
            N_("Votre réponse est attendue avant le {echeance}."),
            N_("Si vous ne pouvez pas la suivre, déclinez-la : une autre solution sera cherchée."),
        ),
        bouton=ORIENTATION,
    ),
    "orientation_a_lire": Modele(
        sujet=N_("Rappel : une orientation vous attend"),
        titre=N_("Une orientation attend d’être lue"),
        paragraphes=(N_("Elle n’a pas encore été ouverte."), N_("Votre réponse est attendue avant le {echeance}.")),
        bouton=ORIENTATION,
    ),
    "orientation_retiree": Modele(
        sujet=N_("Une orientation est retirée"),
        titre=N_("Une orientation est retirée"),
        paragraphes=(
            N_("Une orientation qui vous avait été envoyée est retirée. Son dossier ne vous est plus accessible."),
            N_("Cessez d’utiliser les informations reçues à ce titre et supprimez celles que rien ne vous oblige à conserver."),
        ),
        bouton=ORIENTATION,
    ),
    "complement_fourni": Modele(
        sujet=N_("Le complément demandé est arrivé"),
        titre=N_("Le complément demandé est arrivé"),
        paragraphes=(N_("La réponse à votre question est dans l’orientation."), N_("Merci de répondre avant le {echeance}.")),
        bouton=ORIENTATION,
    ),
    "accompagnement_a_demarrer": Modele(
        sujet=N_("Rappel : un accompagnement est à commencer"),
        titre=N_("Un accompagnement est à commencer"),
        paragraphes=(
            N_("Vous avez accepté une orientation. Indiquez le début de l’accompagnement avant le {echeance}."),
            N_("Si vous l’avez acceptée par erreur, revenez-y : une autre solution sera cherchée."),
        ),
        bouton=ORIENTATION,
    ),
    "accompagnement_a_suivre": Modele(
        sujet=N_("Où en est un accompagnement ?"),
        titre=N_("Donnez des nouvelles d’un accompagnement"),
        paragraphes=(N_("Dites s’il se poursuit, ou s’il est fini, avant le {echeance}. Un clic suffit."),),
        bouton=ORIENTATION,
    ),
    "orientation_confiee": Modele(
        sujet=N_("Une orientation vous est confiée"),
        titre=N_("Une orientation vous est confiée"),
        paragraphes=(N_("Vous êtes désormais la personne qui suit cette orientation dans votre organisation."),),
        bouton=ORIENTATION,
    ),
    "orientation_perdue": Modele(
        sujet=N_("Une orientation a expiré sans votre réponse"),
        titre=N_("Une orientation a expiré sans votre réponse"),
        paragraphes=(N_("Le délai de réponse est passé : la cellule cherche un autre appui pour l’association."),),
        bouton=ORIENTATION,
    ),
    "equipe_acceptee": Modele(
        sujet=N_("Votre équipe a accepté une orientation"),
        titre=N_("Votre équipe a accepté une orientation"),
        paragraphes=(N_("Une personne de votre organisation prend le relais auprès de l’association."),),
        bouton=ORIENTATION,
    ),
    "equipe_declinee": Modele(
        sujet=N_("Votre équipe a décliné une orientation"),
        titre=N_("Votre équipe a décliné une orientation"),
        paragraphes=(N_("Une personne de votre organisation n’a pas pu y donner suite ; son motif est dans l’orientation."),),
        bouton=ORIENTATION,
    ),
    "equipe_terminee": Modele(
        sujet=N_("Votre équipe a terminé un accompagnement"),
        titre=N_("Votre équipe a terminé un accompagnement"),
        paragraphes=(N_("Son issue est dans l’orientation."),),
        bouton=ORIENTATION,
    ),
    "transfert_accepte": Modele(
        sujet=N_("Votre proposition de transfert est acceptée"),
        titre=N_("Votre proposition de transfert est acceptée"),
        paragraphes=(N_("L’orientation est close pour vous. L’autre partenaire la recevra si l’association est d’accord."),),
        bouton=ORIENTATION,
    ),
    "transfert_refuse": Modele(
        sujet=N_("Votre proposition de transfert est refusée"),
        titre=N_("Votre proposition de transfert est refusée"),
        paragraphes=(N_("L’orientation reste la vôtre, et votre délai court toujours."),),
        bouton=ORIENTATION,
    ),
    "rendez_vous_propose": Modele(
        sujet=N_("Un rendez-vous est proposé"),
        titre=N_("Un rendez-vous est proposé"),
        paragraphes=(N_("Des créneaux vous sont proposés pour une orientation. Choisissez-en un, ou proposez-en d’autres."),),
        bouton=ORIENTATION,
    ),
    "rendez_vous_confirme": Modele(
        sujet=N_("Un rendez-vous est confirmé"),
        titre=N_("Un rendez-vous est confirmé"),
        paragraphes=(N_("Le créneau retenu est dans l’orientation, avec un fichier pour votre agenda."),),
        bouton=ORIENTATION,
    ),
    "rendez_vous_annule": Modele(
        sujet=N_("Un rendez-vous est annulé"),
        titre=N_("Un rendez-vous est annulé"),
        paragraphes=(N_("Le motif est dans l’orientation. Pensez à mettre votre agenda à jour."),),
        bouton=ORIENTATION,
    ),
}
