"""Identifiers and addresses as people type them: normalised, checked, refused in French. No refusal repeats what was typed."""

import re
from collections.abc import Callable
from random import Random
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret
from stdnum.iso7064 import mod_37_36
from stdnum.util import clean

from common.errors import DonneeInvalide
from common.territoires import ALSACE_MOSELLE, departements_of_code_postal, is_territoire
from common.traduction import N_

SEPARATEURS = " .-/()"

# W, the greffe (its département, then a digit or letter: W341, W2A1, W9R1 in La Réunion), and six digits.
FORME_RNA = re.compile(r"W[0-9][0-9A-Z][0-9A-Z][0-9]{6}")

# One plan numbers mainland France and the DROM: ten digits that begin with 0 are unique in the whole of it. Abroad, 0 becomes
# +33 or the territory's own code. The Pacific collectivités have plans of their own and keep their international form.
FORME_NATIONALE = re.compile(r"0[1-9][0-9]{8}")
FORME_INTERNATIONALE = re.compile(
    r"\+(?:330?|5900?(?=590|69[01]|9)|5940?(?=594|694|9)|5960?(?=596|69[67]|9)|2620?(?=26[239]|639|69[23]|9)|5080?(?=508|708))"
    r"([1-9][0-9]{8})"
)
FORME_PACIFIQUE = re.compile(r"\+(?:687[0-9]{6}|681[0-9]{6}|689[0-9]{8})")

# The reference of a case is read aloud: Crockford's alphabet leaves out I, L and O, which look like digits, and U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CONFONDUS = str.maketrans("OIL", "011")
TIRES = 7


class IdentifiantInvalide(DonneeInvalide, ValueError):
    """What was typed is not the identifier that was asked for; `titre` is the sentence to show."""

    slug, titre = "identifiant-invalide", N_("Cet identifiant n’est pas valable.")


class SirenInvalide(IdentifiantInvalide):
    """Not nine digits with their check digit."""

    slug, titre = "siren-invalide", N_("Le numéro SIREN compte neuf chiffres ; vérifiez-les, l’un d’eux semble faux.")


class SiretInvalide(IdentifiantInvalide):
    """Not fourteen digits with their check digit."""

    slug, titre = "siret-invalide", N_("Le numéro SIRET compte quatorze chiffres ; vérifiez-les, l’un d’eux semble faux.")


class RnaInvalide(IdentifiantInvalide):
    """Not a number of the Répertoire national des associations."""

    slug, titre = "rna-invalide", N_("Le numéro RNA commence par W, suivi de neuf caractères, par exemple W341234567.")


class DepartementInvalide(IdentifiantInvalide):
    """Not the code of a département or of an overseas collectivité."""

    slug, titre = "departement-invalide", N_("Indiquez le code d’un département, par exemple 34, 2A ou 974.")


class CodePostalInvalide(IdentifiantInvalide):
    """Not a French postal code."""

    slug, titre = "code-postal-invalide", N_("Le code postal compte cinq chiffres, par exemple 34000.")


class TelephoneInvalide(IdentifiantInvalide):
    """Not a French telephone number, overseas included."""

    slug, titre = (
        "telephone-invalide",
        N_("Indiquez un numéro de téléphone français à dix chiffres, par exemple 01 99 00 12 34."),
    )


class CourrielInvalide(IdentifiantInvalide):
    """Not an e-mail address that a message can be sent to."""

    slug, titre = "courriel-invalide", N_("Indiquez une adresse électronique complète, par exemple nom@association.fr.")


class ReferenceInvalide(IdentifiantInvalide):
    """Not a reference that Relais gave: too short, a foreign letter, or a check character that does not fit."""

    slug, titre = "reference-invalide", N_("Cette référence n’est pas valable ; elle s’écrit par exemple R-7F3K-9QX8.")


def _compact(saisie: str) -> str:
    """Drop the separators that people type, unbreakable spaces and typographic dashes included, and put in upper case."""
    return clean(saisie, SEPARATEURS).strip().upper()


def siren(saisie: str) -> str:
    """Normalise a SIREN to nine digits. Raises SirenInvalide."""
    numero = _compact(saisie)
    if not stdnum_siren.is_valid(numero) or not int(numero):
        raise SirenInvalide
    return numero


def siret(saisie: str) -> str:
    """Normalise a SIRET to fourteen digits. Raises SiretInvalide.

    The establishments of La Poste have a check of their own: the sum of their digits is divisible by five.
    """
    numero = _compact(saisie)
    if not stdnum_siret.is_valid(numero) or not int(numero[:9]):
        raise SiretInvalide
    return numero


def siren_of(numero_siret: str) -> str:
    """The SIREN of the organisation that a normalised SIRET belongs to."""
    return numero_siret[:9]


def rna(saisie: str) -> str:
    """Normalise an RNA number to W and nine characters; it has no check digit. Raises RnaInvalide."""
    numero = _compact(saisie)
    if not FORME_RNA.fullmatch(numero):
        raise RnaInvalide
    return numero


def rna_attendu(departement: str) -> bool:
    """Whether associations declared in this département have an RNA number.

    Those of Alsace-Moselle are in the registers of the local courts instead (code civil local, article 21).
    """
    return departement not in ALSACE_MOSELLE


def code_departement(saisie: str) -> str:
    """Normalise the code of a département or collectivité ("1" is "01", "2a" is "2A"). Raises DepartementInvalide."""
    code = _compact(saisie).zfill(2)
    if not is_territoire(code):
        raise DepartementInvalide
    return code


def code_postal(saisie: str) -> str:
    """Normalise a postal code to five digits of a known territory. Raises CodePostalInvalide."""
    code = _compact(saisie)
    try:
        departements_of_code_postal(code)
    except ValueError as error:
        raise CodePostalInvalide from error
    return code


def telephone(saisie: str) -> str:
    """Normalise a telephone number to its ten national digits; the Pacific keeps +687, +681, +689. Raises TelephoneInvalide."""
    numero = re.sub("^00", "+", _compact(saisie))
    if FORME_NATIONALE.fullmatch(numero) or FORME_PACIFIQUE.fullmatch(numero):
        return numero
    if international := FORME_INTERNATIONALE.fullmatch(numero):
        return f"0{international[1]}"
    raise TelephoneInvalide


def courriel(saisie: str) -> str:
    """Normalise an e-mail address to lower-case ASCII, an accented domain to its xn-- form. Raises CourrielInvalide.

    The mailbox name must be ASCII, because many mail servers still refuse any other. No look-up is made.
    """
    try:
        adresse = validate_email(saisie.strip(), check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError as error:
        raise CourrielInvalide from error
    if adresse is None:
        raise CourrielInvalide
    return adresse.lower()


def reference(rng: Random) -> str:
    """Draw the reference of a case, like R-7F3K-9QX8, from `rng` (a `secrets.SystemRandom()` in service).

    There are 32 to the 7th of them: the database must still refuse a duplicate. The last character (ISO 7064 hybrid system,
    over 32 symbols) catches every single mistake and 99.8 % of swapped neighbours.
    """
    tirage = "".join(rng.choices(ALPHABET, k=TIRES))
    return _reference_ecrite(tirage + mod_37_36.calc_check_digit(tirage, ALPHABET))


def lire_reference(saisie: str) -> str:
    """Normalise a reference typed by hand: any case or separator, with or without R, O for 0, I or L for 1.

    Raises ReferenceInvalide.
    """
    symboles = _compact(saisie)
    if len(symboles) == TIRES + 2:
        symboles = symboles.removeprefix("R")
    symboles = symboles.translate(CONFONDUS)
    if len(symboles) != TIRES + 1 or set(symboles) - set(ALPHABET) or not mod_37_36.is_valid(symboles, ALPHABET):
        raise ReferenceInvalide
    return _reference_ecrite(symboles)


def _reference_ecrite(symboles: str) -> str:
    return f"R-{symboles[:4]}-{symboles[4:]}"


def _champ(normaliser: Callable[[str], str]) -> AfterValidator:
    """Run a normaliser in a pydantic model: its French sentence becomes the field's message, without pydantic's prefix."""

    def valider(saisie: str) -> str:
        try:
            return normaliser(saisie)
        except IdentifiantInvalide as error:
            raise PydanticCustomError(error.slug, error.titre) from error

    return AfterValidator(valider)


Siren = Annotated[str, _champ(siren), Field(description="SIREN, neuf chiffres", examples=["732829320"])]
Siret = Annotated[str, _champ(siret), Field(description="SIRET, quatorze chiffres", examples=["73282932000074"])]
Rna = Annotated[str, _champ(rna), Field(description="Numéro RNA, W et neuf caractères", examples=["W341234567"])]
CodeDepartement = Annotated[str, _champ(code_departement), Field(description="Code Insee du département", examples=["34"])]
CodePostal = Annotated[str, _champ(code_postal), Field(description="Code postal", examples=["34000"])]
Telephone = Annotated[str, _champ(telephone), Field(description="Téléphone français", examples=["0199001234"])]
Courriel = Annotated[str, _champ(courriel), Field(description="Adresse électronique", examples=["nom@asso.example"])]
Reference = Annotated[str, _champ(lire_reference), Field(description="Référence du dossier", examples=["R-7F3K-9QX8"])]
