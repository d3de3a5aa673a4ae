"""The directory as data·inclusion v1: an organisation is a structure, each dispositif that it carries is a service.

https://github.com/gip-inclusion/data-inclusion-schema. What the format has no place for (kind and family of an
organisation, delays, capacities) is left out: the CSV has it.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from data_inclusion.schema import v1
from pydantic import ValidationError

from common.territoires import departements, is_territoire
from common.traduction import _
from orientation.donnees.erreurs import Faute, ImportInvalide, fautes_de
from orientation.donnees.store import Organisation
from orientation.fiches.horaires import HorairesIllisibles, de_osm, en_osm
from orientation.fiches.schemas import Fiche
from orientation.partenaires.libelles import libelle_dispositif

SOURCE = "relais"
CONTACT = ("siret", "adresse", "code_postal", "commune", "telephone", "courriel", "site_web")
TOUTE_LA_FRANCE = frozenset({"france", "99100"})
ELEMENTS_MAX = 50_000


def structure(organisation: Organisation, url: str) -> v1.Structure:
    """An organisation. Raises ValidationError when the format has no room for it, as for a name of two letters."""
    p, fiche = organisation.partenaire, organisation.fiche
    valeurs = {
        "source": SOURCE,
        "id": _ident(p.id),
        "nom": p.libelle.rstrip(". "),
        "date_maj": max(p.modifie_at, fiche.modifiee_at if fiche else p.modifie_at).date(),
        "lien_source": f"{url}/orientation/annuaire/partenaires/{p.id}",
    }
    if fiche:
        valeurs |= {nom: getattr(fiche, nom) or None for nom in CONTACT}
        valeurs["description"] = fiche.presentation if len(fiche.presentation) >= 5 else None
        valeurs["horaires_accueil"] = fiche.horaires or None
    return v1.Structure.model_validate(valeurs, context={"ignore_warnings": False})


def services(organisation: Organisation, url: str) -> list[v1.Service]:
    """What an organisation carries, open to associations through a signalement."""
    lue, fiche = structure(organisation, url), organisation.fiche
    communs = lue.model_dump(include={"source", "date_maj", "lien_source"}) | {
        "structure_id": lue.id,
        "type": "accompagnement",
        "publics_precisions": (fiche.publics if fiche else "") or "Associations employeuses en difficulté",
        "conditions_acces": (fiche.conditions if fiche else "") or None,
        "zone_eligibilite": list(organisation.partenaire.departements) or None,
        "modes_mobilisation": ["utiliser-lien-mobilisation"],
        "mobilisable_par": ["usagers", "professionnels"],
        "lien_mobilisation": f"{url}/signalement/signaler",
    }
    return [
        v1.Service.model_validate(
            communs
            | {
                "id": f"{lue.id}--{code}",
                "nom": libelle_dispositif(code),
                "description": f"{libelle_dispositif(code)}\u00a0: appui aux associations employeuses en difficulté, "
                f"proposé par {lue.nom}. La demande passe par un signalement, que la cellule régionale qualifie avec "
                "l’association avant toute orientation. Rien n’est transmis sans l’accord de l’association.",
            },
            context={"ignore_warnings": False},
        )
        for code in organisation.partenaire.dispositifs
    ]


def ecrire(organisations: Iterable[Organisation], url: str) -> dict[str, list[dict[str, Any]]]:
    """Both lists, and what is in neither: an organisation that the format has no room for, with the reason."""
    sortie: dict[str, list[dict[str, Any]]] = {"structures": [], "services": [], "ecartees": []}
    for organisation in organisations:
        try:
            lue, portes = structure(organisation, url), services(organisation, url)
        except ValidationError as refus:
            raisons = [f"{f.colonne}\u00a0: {f.remede}" for f in fautes_de(refus, 0)]
            sortie["ecartees"].append({"id": _ident(organisation.partenaire.id), "raisons": raisons})
            continue
        sortie["structures"].append(_json(lue))
        sortie["services"] += [_json(service) for service in portes]
    return sortie


def _json(modele: v1.Structure | v1.Service) -> dict[str, Any]:
    valeurs = modele.model_dump(mode="json", exclude_none=True)
    # A set has no order of its own: the same directory gives the same file.
    return {nom: sorted(v) if isinstance(v, list) else v for nom, v in valeurs.items()}


def lire(document: dict[str, Any], connues: dict[UUID, Organisation]) -> dict[UUID, dict[str, Any]]:
    """What a document changes of organisations that the directory knows: `fiche`, and where given `dispositifs` and others.

    All of it or nothing. Raises ImportInvalide with every fault.
    """
    fautes: list[Faute] = []
    changements: dict[UUID, dict[str, Any]] = {}
    for rang, brute in enumerate(_liste(document, "structures"), 1):
        lieu = _("structures, élément {rang}, ").format(rang=rang)
        lue = _valider(v1.Structure, brute, lieu, fautes)
        if lue is None:
            continue
        organisation = connues.get(_uuid(lue.id))
        if organisation is None:
            remede = _(
                "Cette structure n’est pas dans l’annuaire. Ajoutez-la d’abord par le CSV, qui dit son type et sa famille."
            )
            fautes.append(Faute(0, f"{lieu}id", remede))
            continue
        fiche = _fiche(lue, organisation, lieu, fautes)
        changements[organisation.partenaire.id] = {"nom": _nom(lue.nom, organisation), "fiche": fiche}
    for rang, brute in enumerate(_liste(document, "services"), 1):
        lieu = _("services, élément {rang}, ").format(rang=rang)
        service = _valider(v1.Service, brute, lieu, fautes)
        if service:
            _ajouter(service, changements, lieu, fautes)
    if fautes:
        raise ImportInvalide(fautes)
    return changements


def _liste(document: dict[str, Any], nom: str) -> list[Any]:
    liste = document.get(nom, [])
    if not isinstance(liste, list) or len(liste) > ELEMENTS_MAX:
        raise ImportInvalide([Faute(0, nom, _("Donnez une liste de {n} éléments au plus.").format(n=ELEMENTS_MAX))])
    return liste


def _valider(modele: type[Any], brute: Any, lieu: str, fautes: list[Faute]) -> Any:
    try:
        return modele.model_validate(brute)
    except ValidationError as refus:
        fautes += fautes_de(refus, 0, lieu)
        return None


def _fiche(lue: v1.Structure, organisation: Organisation, lieu: str, fautes: list[Faute]) -> dict[str, Any]:
    valeurs = {nom: str(getattr(lue, nom)) for nom in CONTACT if getattr(lue, nom) is not None}
    valeurs |= {"presentation": lue.description} if lue.description else {}
    try:
        fiche = Fiche.model_validate(valeurs).model_dump(include=set(valeurs))
        horaires = en_osm(de_osm(lue.horaires_accueil)) if lue.horaires_accueil else None
    except ValidationError as refus:
        fautes += fautes_de(refus, 0, lieu)
        return {}
    except HorairesIllisibles as refus:
        fautes.append(Faute(0, f"{lieu}horaires_accueil", _(refus.remede)))
        return {}
    return fiche | ({"horaires": horaires} if horaires else {})


def _ajouter(service: v1.Service, changements: dict[UUID, dict[str, Any]], lieu: str, fautes: list[Faute]) -> None:
    changement = changements.get(_uuid(service.structure_id))
    dispositif = service.id.removeprefix(f"{service.structure_id}--")
    if changement is None or dispositif == service.id:
        fautes.append(Faute(0, f"{lieu}id", _("Ce service n’est celui d’aucune structure du fichier.")))
        return
    zone = {str(code) for code in service.zone_eligibilite or ()}
    zone = {d.code for d in departements()} if zone & TOUTE_LA_FRANCE else zone
    if not all(is_territoire(code) for code in zone):
        fautes.append(Faute(0, f"{lieu}zone_eligibilite", _("Donnez des codes de départements, ou « france ».")))
        return
    changement.setdefault("dispositifs", []).append(dispositif)
    changement["departements"] = sorted(zone | set(changement.get("departements", ())))
    changement["fiche"] |= {"conditions": service.conditions_acces} if service.conditions_acces else {}


def _nom(nom: str, organisation: Organisation) -> str:
    actuel = organisation.partenaire.libelle
    return actuel if actuel.rstrip(". ") == nom else nom


def _ident(partenaire_id: UUID) -> str:
    return f"{SOURCE}--{partenaire_id}"


def ident_de(brute: dict[str, Any]) -> UUID:
    """The directory's id of a structure, before it is checked; the nil id when it is none of ours."""
    return _uuid(str(brute.get("id", "")))


def _uuid(ident: str) -> UUID:
    try:
        return UUID(ident.removeprefix(f"{SOURCE}--"))
    except ValueError:
        return UUID(int=0)
