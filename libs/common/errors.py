"""Errors as RFC 9457 problems: a stable type, a French title, the field and the remedy."""

from collections.abc import Mapping
from typing import Any, ClassVar

from common.traduction import N_, _


class Erreur(Exception):
    """An expected refusal. `slug` is stable and public, `titre` says in French what happened, `remede` what to do.

    Never put a name, an identifier of a person or a free text in any of them: errors end in logs.
    """

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "requete-invalide"
    titre: ClassVar[str] = N_("La demande n’a pas pu être traitée.")

    def __init__(self, remede: str = "", *, champ: str | None = None, **details: Any) -> None:
        super().__init__(self.slug)
        self.remede = remede
        self.champ = champ
        self.details = details

    @property
    def phrase(self) -> str:
        """What happened and what to do, on one line, in the language of what is going on."""
        return " ".join(_(texte) for texte in (self.titre, self.remede) if texte)

    def problem(self) -> dict[str, Any]:
        """The body of the RFC 9457 answer, in the language of what is going on."""
        body: dict[str, Any] = {"type": f"urn:relais:erreur:{self.slug}", "title": _(self.titre), "status": self.status}
        if self.remede:
            body["detail"] = _(self.remede)
        if self.champ:
            body["champ"] = self.champ
        return body | self.details


class NonAuthentifie(Erreur):
    """Nobody is signed in."""

    status, slug, titre = 401, "non-authentifie", N_("Vous devez vous connecter.")


class Interdit(Erreur):
    """The signed-in actor may not do this."""

    status, slug, titre = 403, "interdit", N_("Vous n’avez pas le droit de faire cela.")


class Introuvable(Erreur):
    """Nothing by this id that the actor may see; the same answer for both, so that ids cannot be probed."""

    status, slug, titre = 404, "introuvable", N_("Cette page ou ce dossier n’existe pas, ou ne vous est pas accessible.")


class Conflit(Erreur):
    """The state of things does not allow this now. Subclasses name the reason."""

    status, slug, titre = 409, "conflit", N_("L’état actuel ne permet pas cette action.")


class TransitionInterdite(Conflit):
    """A state machine refuses the action: `etat` and `permis` tell the caller where things stand."""

    slug, titre = "transition-interdite", N_("Cette action n’est pas possible dans l’état actuel.")


class VersionPerimee(Conflit):
    """Somebody else changed it in between (If-Match)."""

    status, slug, titre = 412, "version-perimee", N_("Cet élément a été modifié entre-temps.")


class ConsentementManquant(Conflit):
    """No active consent covers this recipient, purpose and categories."""

    slug, titre = "consentement-manquant", N_("L’association n’a pas donné son accord pour ce partage, ou l’a retiré.")


class DonneeInvalide(Erreur):
    """The payload is well formed JSON but breaks a rule; `champ` names the field."""

    status, slug, titre = 422, "donnee-invalide", N_("Une information saisie n’est pas valable.")


class TropDeDemandes(Erreur):
    """A limit was reached; the answer says when to try again, in seconds."""

    status, slug, titre = 429, "trop-de-demandes", N_("Trop de demandes en peu de temps.")

    def __init__(self, attendre_secondes: int) -> None:
        remede = _("Réessayez dans {n} secondes.").format(n=attendre_secondes)
        super().__init__(remede, attendre_secondes=attendre_secondes)


class Injoignable(Erreur):
    """A part of the hub that must answer did not: the door stays shut, nothing was changed."""

    status, slug, titre = 503, "service-injoignable", N_("Le service est momentanément indisponible.")


def by_slug(refusals: Mapping[str, type[Erreur]], slug: str) -> Erreur:
    """The named error that another service answered with; an unknown slug stays shut as `Interdit`."""
    return refusals.get(slug, Interdit)()
