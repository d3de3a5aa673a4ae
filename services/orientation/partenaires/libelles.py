"""What people call each dispositif. Source: Avise, « Dispositifs d’accompagnement aux difficultés », and practice."""

DISPOSITIFS: dict[str, str] = {
    "ccsf": "Étalement des dettes fiscales et sociales (CCSF)",
    "cellule-occitanie": "Cellule d’appui d’Occitanie",
    "cip": "Centre d’information et de prévention",
    "codefi": "Comité départemental d’examen des difficultés (CODEFI)",
    "cress": "Appui de la chambre régionale de l’ESS",
    "crib": "Centre de ressources et d’information des bénévoles",
    "crp": "Commissaire aux restructurations et à la prévention",
    "dasess": "Dispositif d’appui aux structures de l’ESS (DASESS)",
    "dla": "Dispositif local d’accompagnement (DLA)",
    "gpa": "Groupement de prévention agréé",
    "guid-asso": "Accompagnement Guid’Asso",
    "mediation-credit": "Médiation du crédit",
    "mediation-entreprises": "Médiation des entreprises",
    "pava": "Point d’appui à la vie associative",
    "prevasso": "Prev’Asso (Le Mouvement associatif)",
    "procedures-amiables": "Procédures amiables (mandat ad hoc, conciliation)",
    "procedures-collectives": "Procédures collectives (sauvegarde, redressement)",
    "sos-employeurs-ess": "SOS Employeurs ESS",
    "trajectoire": "Trajectoire (France Active)",
}


def libelle_dispositif(code: str) -> str:
    """The name of a dispositif, or its code when the directory knows more than we do."""
    return DISPOSITIFS.get(code, code)
