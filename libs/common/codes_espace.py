"""The closed lists of an association's own space: messages, documents, changes of a lost address. See `codes.py`."""

from common.codes import Code


class CoteMessage(Code):
    """The two sides of the thread of a case."""

    association = "association", "L’association"
    cellule = "cellule", "La cellule"


class TypeDocument(Code):
    """Kinds of file that a case takes."""

    pdf = "pdf", "PDF"
    jpeg = "jpeg", "Image JPEG"
    png = "png", "Image PNG"
    odt = "odt", "Texte OpenDocument"
    ods = "ods", "Tableur OpenDocument"
    docx = "docx", "Texte Word"
    xlsx = "xlsx", "Tableur Excel"
    csv = "csv", "Tableau CSV"


class EtatRecuperation(Code):
    """State of a change of address for somebody who lost its mailbox."""

    proposee = "proposee", "À confirmer"
    confirmee = "confirmee", "Confirmé"
    refusee = "refusee", "Refusé"
    expiree = "expiree", "Expiré"


class VerificationIdentite(Code):
    """How the cell made sure who asks for a change of address."""

    piece = "piece", "Pièce d’identité vue, sur place ou en visioconférence"
    rappel = "rappel", "Rappel au numéro de téléphone du dossier"
    rencontre = "rencontre", "Personne déjà rencontrée, et reconnue"
    acte = "acte", "Acte de l’association à son nom (procès-verbal, récépissé)"
