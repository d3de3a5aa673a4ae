"""The words for the cells."""

from collections.abc import Mapping

from notifications.courriels.modele import DOSSIER, ORIENTATION, Modele

CELLULES: Mapping[str, Modele] = {
    "retrait_sans_reponse": Modele(
        sujet="Un partenaire n’a pas pris acte d’un accord retiré",
        titre="Un partenaire n’a pas pris acte d’un accord retiré",
        paragraphes=("Malgré un rappel, il n’a pas dit qu’il cessait d’utiliser ce qu’il a reçu. Appelez-le.",),
        bouton="Voir qui appeler",
    ),
    "complement_demande": Modele(
        sujet="Un partenaire demande un complément",
        titre="Un partenaire demande un complément",
        paragraphes=("Avant de se prononcer sur une orientation, un partenaire vous pose une question.",),
        bouton="Lire la question",
    ),
    "orientation_acceptee": Modele(
        sujet="Une orientation est acceptée",
        titre="Une orientation est acceptée",
        paragraphes=("Le partenaire prend le relais auprès de l’association.",),
        bouton=ORIENTATION,
    ),
    "orientation_declinee": Modele(
        sujet="Une orientation est déclinée",
        titre="Une orientation est déclinée",
        paragraphes=(
            "Le partenaire ne peut pas y donner suite ; son motif est dans l’orientation.",
            "D’autres appuis vous y sont proposés.",
        ),
        bouton=ORIENTATION,
    ),
    "orientation_non_aboutie": Modele(
        sujet="Un accompagnement s’est arrêté sans résultat",
        titre="Un accompagnement s’est arrêté sans résultat",
        paragraphes=(
            "Le partenaire en a indiqué le motif dans l’orientation.",
            "D’autres appuis vous y sont proposés.",
        ),
        bouton=ORIENTATION,
    ),
    "orientation_escaladee": Modele(
        sujet="Une orientation est sans réponse",
        titre="L’échéance d’une orientation est passée",
        paragraphes=("Le partenaire n’a pas répondu dans le délai. Appelez-le, ou cherchez une autre orientation.",),
        bouton=ORIENTATION,
    ),
    "orientation_expiree": Modele(
        sujet="Une orientation a expiré sans réponse",
        titre="Une orientation a expiré sans réponse",
        paragraphes=("Le partenaire n’a pas répondu. D’autres appuis vous sont proposés dans l’orientation.",),
        bouton=ORIENTATION,
    ),
    "complement_en_retard": Modele(
        sujet="La question d’un partenaire attend toujours",
        titre="La question d’un partenaire attend votre réponse",
        paragraphes=("Son délai est suspendu jusque-là, et l’association attend.",),
        bouton="Lire la question",
    ),
    "accompagnement_en_retard": Modele(
        sujet="Un accompagnement n’a pas commencé",
        titre="Un accompagnement accepté n’a pas commencé",
        paragraphes=("Le partenaire n’en a pas indiqué le début. Appelez-le, ou annulez pour chercher un autre appui.",),
        bouton=ORIENTATION,
    ),
    "accompagnement_sans_nouvelles": Modele(
        sujet="Un accompagnement est sans nouvelles",
        titre="Un accompagnement est sans nouvelles",
        paragraphes=("Le partenaire n’a pas dit où il en est. Appelez-le, ou annulez pour chercher un autre appui.",),
        bouton=ORIENTATION,
    ),
    "orientation_revenue": Modele(
        sujet="Un partenaire revient en arrière",
        titre="Un partenaire revient en arrière",
        paragraphes=(
            "Il a enregistré une étape par erreur, ou la situation a changé : l’orientation reprend à la précédente.",
        ),
        bouton=ORIENTATION,
    ),
    "orientation_rouverte": Modele(
        sujet="Une orientation est rouverte",
        titre="Une orientation close est rouverte",
        paragraphes=("Le partenaire est revenu sur sa réponse ; son motif est dans l’orientation.",),
        bouton=ORIENTATION,
    ),
    "transfert_propose": Modele(
        sujet="Un partenaire propose un transfert",
        titre="Un partenaire propose un transfert",
        paragraphes=(
            "Un partenaire propose de passer une orientation à un autre.",
            "Si vous acceptez, l’accord de l’association sera demandé. Vous pouvez aussi refuser.",
        ),
        bouton=ORIENTATION,
    ),
    "transfert_retire": Modele(
        sujet="Un transfert n’est plus proposé",
        titre="Un transfert n’est plus proposé",
        paragraphes=("Le partenaire garde l’orientation : vous n’avez rien à faire.",),
        bouton=ORIENTATION,
    ),
    "dossier_depose": Modele(
        sujet="Un nouveau dossier est à qualifier",
        titre="Un nouveau dossier est à qualifier",
        paragraphes=("Une association de votre territoire vient d’être signalée. Elle attend votre appel.",),
        bouton=DOSSIER,
    ),
    "accord_donne": Modele(
        sujet="Une association a donné son accord",
        titre="Une association a donné son accord",
        paragraphes=("Une orientation que vous préparez peut être envoyée.",),
        bouton=DOSSIER,
    ),
    "accord_refuse": Modele(
        sujet="Une association n’est pas d’accord",
        titre="Une association n’est pas d’accord",
        paragraphes=("Elle refuse qu’une orientation que vous préparez soit envoyée. Échangez avec elle, ou annulez.",),
        bouton=DOSSIER,
    ),
    "accord_retire": Modele(
        sujet="Une association a retiré son accord",
        titre="Une association a retiré son accord",
        paragraphes=("Ce qui reposait sur cet accord s’arrête. Les destinataires en sont prévenus.",),
        bouton=DOSSIER,
    ),
    "message_ecrit": Modele(
        sujet="Une association vous a écrit",
        titre="Une association vous a écrit",
        paragraphes=("Son message vous attend dans le dossier ; il ne se lit que dans Relais.",),
        bouton="Lire le message",
    ),
    "message_suite": Modele(
        sujet="Une association complète son message",
        titre="Une association complète son message, dans l’heure",
        paragraphes=("La suite de son message vous attend dans le dossier ; elle ne se lit que dans Relais.",),
        bouton="Lire le message",
    ),
    "orientation_recue": Modele(
        sujet="Un partenaire a ouvert une orientation",
        titre="Un partenaire a ouvert une orientation",
        paragraphes=("Sa réponse est attendue avant le {echeance}.",),
        bouton=ORIENTATION,
    ),
    "orientation_demarree": Modele(
        sujet="Un accompagnement a commencé",
        titre="Un accompagnement a commencé",
        paragraphes=("Le partenaire accompagne l’association.",),
        bouton=ORIENTATION,
    ),
    "orientation_poursuivie": Modele(
        sujet="Un accompagnement se poursuit",
        titre="Un accompagnement se poursuit",
        paragraphes=("Le partenaire a donné des nouvelles : le travail continue.",),
        bouton=ORIENTATION,
    ),
    "orientation_aboutie": Modele(
        sujet="Un accompagnement a abouti",
        titre="Un accompagnement a abouti",
        paragraphes=("Le partenaire a mené son appui à son terme.",),
        bouton=ORIENTATION,
    ),
    "diagnostic_valide": Modele(
        sujet="Un diagnostic partagé est validé",
        titre="Un diagnostic partagé est validé",
        paragraphes=("Une des parties a validé la version en cours.",),
        bouton="Ouvrir le diagnostic",
    ),
}
