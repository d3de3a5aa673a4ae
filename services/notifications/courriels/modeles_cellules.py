"""The words for the cells."""

from collections.abc import Mapping

from common.traduction import N_
from notifications.courriels.modele import DOSSIER, ORIENTATION, Modele

CELLULES: Mapping[str, Modele] = {
    "retrait_sans_reponse": Modele(
        sujet=N_("Un partenaire n’a pas pris acte d’un accord retiré"),
        titre=N_("Un partenaire n’a pas pris acte d’un accord retiré"),
        paragraphes=(N_("Malgré un rappel, il n’a pas dit qu’il cessait d’utiliser ce qu’il a reçu. Appelez-le."),),
        bouton=N_("Voir qui appeler"),
    ),
    "complement_demande": Modele(
        sujet=N_("Un partenaire demande un complément"),
        titre=N_("Un partenaire demande un complément"),
        paragraphes=(N_("Avant de se prononcer sur une orientation, un partenaire vous pose une question."),),
        bouton=N_("Lire la question"),
    ),
    "orientation_acceptee": Modele(
        sujet=N_("Une orientation est acceptée"),
        titre=N_("Une orientation est acceptée"),
        paragraphes=(N_("Le partenaire prend le relais auprès de l’association."),),
        bouton=ORIENTATION,
    ),
    "orientation_declinee": Modele(
        sujet=N_("Une orientation est déclinée"),
        titre=N_("Une orientation est déclinée"),
        paragraphes=(
            N_("Le partenaire ne peut pas y donner suite ; son motif est dans l’orientation."),
            N_("D’autres appuis vous y sont proposés."),
        ),
        bouton=ORIENTATION,
    ),
    "orientation_non_aboutie": Modele(
        sujet=N_("Un accompagnement s’est arrêté sans résultat"),
        titre=N_("Un accompagnement s’est arrêté sans résultat"),
        paragraphes=(
            N_("Le partenaire en a indiqué le motif dans l’orientation."),
            N_("D’autres appuis vous y sont proposés."),
        ),
        bouton=ORIENTATION,
    ),
    "orientation_escaladee": Modele(
        sujet=N_("Une orientation est sans réponse"),
        titre=N_("L’échéance d’une orientation est passée"),
        paragraphes=(N_("Le partenaire n’a pas répondu dans le délai. Appelez-le, ou cherchez une autre orientation."),),
        bouton=ORIENTATION,
    ),
    "orientation_expiree": Modele(
        sujet=N_("Une orientation a expiré sans réponse"),
        titre=N_("Une orientation a expiré sans réponse"),
        paragraphes=(N_("Le partenaire n’a pas répondu. D’autres appuis vous sont proposés dans l’orientation."),),
        bouton=ORIENTATION,
    ),
    "complement_en_retard": Modele(
        sujet=N_("La question d’un partenaire attend toujours"),
        titre=N_("La question d’un partenaire attend votre réponse"),
        paragraphes=(N_("Son délai est suspendu jusque-là, et l’association attend."),),
        bouton=N_("Lire la question"),
    ),
    "accompagnement_en_retard": Modele(
        sujet=N_("Un accompagnement n’a pas commencé"),
        titre=N_("Un accompagnement accepté n’a pas commencé"),
        paragraphes=(N_("Le partenaire n’en a pas indiqué le début. Appelez-le, ou annulez pour chercher un autre appui."),),
        bouton=ORIENTATION,
    ),
    "accompagnement_sans_nouvelles": Modele(
        sujet=N_("Un accompagnement est sans nouvelles"),
        titre=N_("Un accompagnement est sans nouvelles"),
        paragraphes=(N_("Le partenaire n’a pas dit où il en est. Appelez-le, ou annulez pour chercher un autre appui."),),
        bouton=ORIENTATION,
    ),
    "orientation_revenue": Modele(
        sujet=N_("Un partenaire revient en arrière"),
        titre=N_("Un partenaire revient en arrière"),
        paragraphes=(
            N_("Il a enregistré une étape par erreur, ou la situation a changé : l’orientation reprend à la précédente."),
        ),
        bouton=ORIENTATION,
    ),
    "orientation_rouverte": Modele(
        sujet=N_("Une orientation est rouverte"),
        titre=N_("Une orientation close est rouverte"),
        paragraphes=(N_("Le partenaire est revenu sur sa réponse ; son motif est dans l’orientation."),),
        bouton=ORIENTATION,
    ),
    "transfert_propose": Modele(
        sujet=N_("Un partenaire propose un transfert"),
        titre=N_("Un partenaire propose un transfert"),
        paragraphes=(
            N_("Un partenaire propose de passer une orientation à un autre."),
            N_("Si vous acceptez, l’accord de l’association sera demandé. Vous pouvez aussi refuser."),
        ),
        bouton=ORIENTATION,
    ),
    "transfert_retire": Modele(
        sujet=N_("Un transfert n’est plus proposé"),
        titre=N_("Un transfert n’est plus proposé"),
        paragraphes=(N_("Le partenaire garde l’orientation : vous n’avez rien à faire."),),
        bouton=ORIENTATION,
    ),
    "dossier_depose": Modele(
        sujet=N_("Un nouveau dossier est à qualifier"),
        titre=N_("Un nouveau dossier est à qualifier"),
        paragraphes=(N_("Une association de votre territoire vient d’être signalée. Elle attend votre appel."),),
        bouton=DOSSIER,
    ),
    "accord_donne": Modele(
        sujet=N_("Une association a donné son accord"),
        titre=N_("Une association a donné son accord"),
        paragraphes=(N_("Une orientation que vous préparez peut être envoyée."),),
        bouton=DOSSIER,
    ),
    "accord_refuse": Modele(
        sujet=N_("Une association n’est pas d’accord"),
        titre=N_("Une association n’est pas d’accord"),
        paragraphes=(N_("Elle refuse qu’une orientation que vous préparez soit envoyée. Échangez avec elle, ou annulez."),),
        bouton=DOSSIER,
    ),
    "accord_retire": Modele(
        sujet=N_("Une association a retiré son accord"),
        titre=N_("Une association a retiré son accord"),
        paragraphes=(N_("Ce qui reposait sur cet accord s’arrête. Les destinataires en sont prévenus."),),
        bouton=DOSSIER,
    ),
    "message_ecrit": Modele(
        sujet=N_("Une association vous a écrit"),
        titre=N_("Une association vous a écrit"),
        paragraphes=(N_("Son message vous attend dans le dossier ; il ne se lit que dans Relais."),),
        bouton=N_("Lire le message"),
    ),
    "message_suite": Modele(
        sujet=N_("Une association complète son message"),
        titre=N_("Une association complète son message, dans l’heure"),
        paragraphes=(N_("La suite de son message vous attend dans le dossier ; elle ne se lit que dans Relais."),),
        bouton=N_("Lire le message"),
    ),
    "orientation_recue": Modele(
        sujet=N_("Un partenaire a ouvert une orientation"),
        titre=N_("Un partenaire a ouvert une orientation"),
        paragraphes=(N_("Sa réponse est attendue avant le {echeance}."),),
        bouton=ORIENTATION,
    ),
    "orientation_demarree": Modele(
        sujet=N_("Un accompagnement a commencé"),
        titre=N_("Un accompagnement a commencé"),
        paragraphes=(N_("Le partenaire accompagne l’association."),),
        bouton=ORIENTATION,
    ),
    "orientation_poursuivie": Modele(
        sujet=N_("Un accompagnement se poursuit"),
        titre=N_("Un accompagnement se poursuit"),
        paragraphes=(N_("Le partenaire a donné des nouvelles : le travail continue."),),
        bouton=ORIENTATION,
    ),
    "orientation_aboutie": Modele(
        sujet=N_("Un accompagnement a abouti"),
        titre=N_("Un accompagnement a abouti"),
        paragraphes=(N_("Le partenaire a mené son appui à son terme."),),
        bouton=ORIENTATION,
    ),
    "diagnostic_valide": Modele(
        sujet=N_("Un diagnostic partagé est validé"),
        titre=N_("Un diagnostic partagé est validé"),
        paragraphes=(N_("Une des parties a validé la version en cours."),),
        bouton=N_("Ouvrir le diagnostic"),
    ),
}
