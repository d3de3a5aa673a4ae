"""When people are written to, and who: pure planning from a fact, the table of rules, the territory's calendar and the hour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from common.actor import Role
from common.calendrier import UN_JOUR, date_locale, is_jour_ouvre
from common.codes import ORIENTATIONS_CLOSES, Code, EtatOrientation, Horloge
from common.territoires import fuseau

# Whoever reads where nobody knows is on the clock of Paris.
PAR_DEFAUT = "75"
# Whoever may be told of something, and so has a feed and chooses its mails: all members of an organisation.
PREVENUS = (Role.agent, Role.manager, Role.animateur, Role.national, Role.auditeur, Role.administrateur)
OUVERTURE, FERMETURE = time(8), time(20)


class Cadence(Code):
    """When a mail leaves, the promptest first."""

    immediat = "immediat", "Tout de suite"
    groupe = "groupe", "Dans la minute, avec ce qui arrive en même temps"
    quotidien = "quotidien", "Résumé du matin, les jours ouvrés"
    hebdomadaire = "hebdomadaire", "Résumé du premier jour ouvré de la semaine"
    jamais = "jamais", "Pas de courriel : dans le fil seulement"


class Relation(Code):
    """How those who are told stand to the case."""

    dirigeant = "dirigeant", "L’association elle-même"
    partenaire = "partenaire", "Le partenaire à qui l’association est orientée"
    emetteur = "emetteur", "La cellule qui l’oriente"
    responsable = "responsable", "La personne à qui l’orientation est confiée"
    territoire = "territoire", "La cellule du territoire de l’association"
    destinataire = "destinataire", "L’organisation que l’accord concernait"
    organisation = "organisation", "L’organisation elle-même"
    invite = "invite", "La personne invitée"
    titulaire = "titulaire", "La personne dont le compte a changé"
    decideur = "decideur", "La personne qui a décidé"
    sans_compte = "sans_compte", "Le partenaire qui n’a pas de compte, à l’adresse de sa fiche"


class Genre(Code):
    """Kinds of mail, as a member may refuse them."""

    a_traiter = "a_traiter", "Ce qui attend une action de votre part"
    rappels = "rappels", "Les rappels et les retards"
    nouvelles = "nouvelles", "Ce que deviennent les orientations"
    rendez_vous = "rendez_vous", "Les rendez-vous"
    transferts = "transferts", "Les transferts entre partenaires"
    technique = "technique", "Le fonctionnement de vos webhooks"
    obligatoire = "obligatoire", "Les messages obligatoires : accès et accords retirés"


class Page(Code):
    """Where the link of a notice leads."""

    orientation = "orientation", "L’orientation"
    rendez_vous = "rendez_vous", "Le rendez-vous"
    transfert = "transfert", "Le transfert"
    dossier = "dossier", "Le dossier"
    messages = "messages", "Les messages échangés avec l’association"
    diagnostic = "diagnostic", "Le diagnostic partagé"
    webhook = "webhook", "Le webhook"
    retrait = "retrait", "L’accord retiré"
    equipe = "equipe", "L’équipe de l’organisation"
    espace = "espace", "L’espace de l’association"
    compte = "compte", "Le compte à vérifier"
    sessions = "sessions", "Vos sessions"
    lien = "lien", "La réponse par un lien"


@dataclass(frozen=True, slots=True)
class Rythme:
    """How long what comes together is gathered. `a_toute_heure` lets mails leave at night too: for demonstrations."""

    regroupement: timedelta = timedelta(minutes=1)
    a_toute_heure: bool = False


RYTHME = Rythme()


@dataclass(frozen=True, slots=True)
class Avis:
    """What is told. Once the referral is in none of the states `tant_que`, no mail about it leaves any more.

    `urgent` leaves at night and on holidays too. `apres_cloture`: leaves though the referral or the case is closed, which ends
    any other notice about it.
    `sans_compte`: goes to the address of its sheet when nobody signs in for the organisation. `jusqu_a_l_acte`: leaves no more
    once the withdrawal has been taken note of.
    """

    nom: str
    genre: Genre
    page: Page
    urgent: bool = False
    apres_cloture: bool = False
    tant_que: frozenset[EtatOrientation] = frozenset()
    sans_compte: bool = False
    jusqu_a_l_acte: bool = False


@dataclass(frozen=True, slots=True)
class Ligne:
    """One line of a role's table: on this fact, those who stand so to the case are told this, then."""

    fait: str
    relation: Relation
    avis: str
    courriel: Cadence
    horloge: Horloge | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table: what there is to tell, and the lines of each role."""

    avis: Mapping[str, Avis]
    roles: Mapping[Role, tuple[Ligne, ...]]

    def lignes(self, fait: str, horloge: Horloge | None) -> list[tuple[Role, Ligne]]:
        """The lines for a fact: those of its clock where there are some, else those of any."""
        toutes = [(role, ligne) for role, lignes in self.roles.items() for ligne in lignes if ligne.fait == fait]
        precises = [(role, ligne) for role, ligne in toutes if horloge and ligne.horloge is horloge]
        return precises or [(role, ligne) for role, ligne in toutes if ligne.horloge is None]


@dataclass(frozen=True, slots=True)
class Fait:
    """What happened, as the table reads it: `parties` are the organisations to tell, `membre_id` the person it concerns."""

    nom: str
    parties: tuple[tuple[Relation, UUID], ...]
    objet_id: UUID
    dossier_id: UUID | None = None
    echeance: datetime | None = None
    horloge: Horloge | None = None
    acteur_id: str | None = None
    membre_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Envoi:
    """A notice for those members of an organisation who hold one of `roles` and none of `sauf`, who learn it sooner.

    `due_at` is when its mail leaves; None when it is in the feed only.
    """

    relation: Relation
    organisation_id: UUID
    avis: Avis
    cadence: Cadence
    roles: frozenset[Role]
    sauf: frozenset[Role]
    due_at: datetime | None

    def concerne(self, roles: frozenset[Role]) -> bool:
        """Whether somebody with these roles is told by this one."""
        return not self.roles.isdisjoint(roles) and self.sauf.isdisjoint(roles)


def planifier(
    fait: Fait,
    table: Table,
    now: datetime,
    departement: str | None,
    rythme: Rythme = RYTHME,
    sieges: Mapping[UUID, str] | None = None,
) -> tuple[Envoi, ...]:
    """What a fact makes of the table at `now`: nobody is told the same fact twice, whatever roles they hold.

    Of several lines that concern a person, the promptest counts. Hours are those of whoever reads: of the organisation's
    département in `sieges`; where that is not known, of the case's `departement`, and without a case of Paris.
    """
    lignes = table.lignes(fait.nom, fait.horloge)
    triees = sorted(
        (
            (str(organisation), list(Cadence).index(ligne.courriel), ligne.avis, relation, role)
            for relation, organisation in fait.parties
            for role, ligne in lignes
            if ligne.relation is relation
        ),
    )
    envois: list[Envoi] = []
    servis: dict[str, frozenset[Role]] = {}
    for (organisation, rang, nom, relation), groupe in groupby(triees, key=lambda quoi: quoi[:4]):
        cadence, avis = list(Cadence)[rang], table.avis[nom]
        roles = frozenset(role for *_, role in groupe)
        sauf = servis.get(organisation, frozenset())
        if roles <= sauf:
            continue
        lieu = (sieges or {}).get(UUID(organisation), departement)
        due_at = quand(cadence, now, lieu, rythme, urgent=avis.urgent)
        envois.append(Envoi(relation, UUID(organisation), avis, cadence, roles - sauf, sauf, due_at))
        servis[organisation] = sauf | roles
    return tuple(envois)


def quand(
    cadence: Cadence, now: datetime, departement: str | None, rythme: Rythme = RYTHME, *, urgent: bool = False
) -> datetime | None:
    """The moment at which a mail leaves that is decided on at `now`; what is urgent does not wait for the morning."""
    if cadence is Cadence.jamais:
        return None
    if cadence in (Cadence.immediat, Cadence.groupe):
        moment = now + rythme.regroupement if cadence is Cadence.groupe else now
        return moment if urgent or rythme.a_toute_heure else a_l_ouverture(moment, departement)
    lieu = departement or PAR_DEFAUT
    jour = date_locale(now, lieu)
    if cadence is Cadence.hebdomadaire:
        # The Monday to come, or the first working day after it.
        return a_l_ouverture(_a(jour + (7 - jour.weekday()) * UN_JOUR, OUVERTURE, lieu), lieu)
    demain = now > _a(jour, OUVERTURE, lieu)
    return a_l_ouverture(_a(jour + demain * UN_JOUR, OUVERTURE, lieu), lieu)


def a_l_ouverture(moment: datetime, departement: str | None) -> datetime:
    """That moment, or the next morning of a working day when it is night, week-end or a public holiday there."""
    lieu = departement or PAR_DEFAUT
    zone, jour = fuseau(lieu), date_locale(moment, lieu)
    heure = moment.astimezone(zone).time()
    if is_jour_ouvre(jour, lieu) and OUVERTURE <= heure < FERMETURE:
        return moment
    if heure >= OUVERTURE:
        jour += UN_JOUR
    while not is_jour_ouvre(jour, lieu):
        jour += UN_JOUR
    return _a(jour, OUVERTURE, lieu)


def _a(jour: date, heure: time, departement: str) -> datetime:
    return datetime.combine(jour, heure, tzinfo=fuseau(departement)).astimezone(UTC)


def sans_objet(avis: Avis, etat: EtatOrientation | None, *, clos: bool, acte: bool = False) -> bool:
    """Whether a mail that waited says nothing of use any more.

    The case or the referral is closed, or has moved on, or the recipient has taken note (`acte`) of what it would be reminded
    of. `etat` is None where the notice is about no referral, or about one of which nothing was heard.
    """
    if acte and avis.jusqu_a_l_acte:
        return True
    if avis.apres_cloture:
        return False
    return clos or etat in ORIENTATIONS_CLOSES or (etat is not None and bool(avis.tant_que) and etat not in avis.tant_que)


@dataclass(frozen=True, slots=True)
class Lecteur:
    """A member who may be told: its opaque id, its roles, and the kinds of mail that it refused."""

    id: str
    roles: frozenset[Role]
    refuses: frozenset[Genre] = frozenset()


def veut(lecteur: Lecteur, genre: Genre, acteur_id: str | None) -> bool:
    """Whether this member is written to: never of what it did itself, nor of what it refused, save what is compulsory."""
    return lecteur.id != acteur_id and (genre is Genre.obligatoire or genre not in lecteur.refuses)


def refusables() -> Iterable[Genre]:
    """The kinds that a member may refuse."""
    return (genre for genre in Genre if genre is not Genre.obligatoire)
