"""Loading the directory: partners, their members and machine clients, as one file describes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, field_validator, model_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox, sessions_store
from common.actor import SYSTEM, Role
from common.clock import new_id
from common.codes import Famille, Periode, TypePartenaire
from common.events.orientation import PartenairePublie
from common.sessions import Fin
from common.territoires import departement
from orientation.partenaires import offres_store, store
from orientation.partenaires.models import ClientRow, MembreRow, PartenaireRow

Code = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9-]+$")]
Dispositif = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")]
# A session of these roles is somebody else's to give: the dirigeant's link, the client credentials.
ROLES_DE_MEMBRE = frozenset(Role) - {Role.dirigeant, Role.machine}


class Membre(BaseModel):
    """A person of the file."""

    model_config = ConfigDict(str_strip_whitespace=True)

    sub: str = Field(min_length=1, max_length=200)
    nom: str = Field(min_length=1, max_length=100)
    prenom: str = Field(min_length=1, max_length=100)
    courriel: EmailStr
    roles: tuple[Role, ...] = Field(min_length=1)

    @field_validator("roles")
    @classmethod
    def _de_membre(cls, roles: tuple[Role, ...]) -> tuple[Role, ...]:
        if not set(roles) <= ROLES_DE_MEMBRE:
            raise ValueError("a member is neither dirigeant nor machine")
        return roles


class Client(BaseModel):
    """A machine client of the file."""

    client_id: str = Field(min_length=1, max_length=200)


class Offre(BaseModel):
    """What a partner of the file declares about one dispositif."""

    dispositif: Dispositif
    delai_lecture: int | None = Field(default=None, ge=1, le=60)
    delai_reponse: int | None = Field(default=None, ge=1, le=60)
    capacite: int | None = Field(default=None, ge=0, le=100_000)
    periode: Periode | None = None

    @model_validator(mode="after")
    def _par_periode(self) -> "Offre":
        if (self.capacite is None) != (self.periode is None):
            raise ValueError("a capacity is declared for a period")
        return self


class Partenaire(BaseModel):
    """A partner of the file."""

    model_config = ConfigDict(str_strip_whitespace=True)

    id: UUID
    code: Code
    nom: str = Field(min_length=1, max_length=200)
    type: TypePartenaire
    famille: Famille
    departements: tuple[str, ...]
    dispositifs: tuple[Dispositif, ...] = Field(max_length=100)
    offres: tuple[Offre, ...] = ()
    delai_jours_ouvres: int = Field(ge=1, le=60)
    delai_lecture: int | None = Field(default=None, ge=1, le=60)
    actif: bool = True
    membres: tuple[Membre, ...] = ()
    clients: tuple[Client, ...] = ()

    @field_validator("departements")
    @classmethod
    def _existent(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(departement(code).code for code in codes))

    @field_validator("dispositifs")
    @classmethod
    def _distincts(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(codes))

    @model_validator(mode="after")
    def _portees(self) -> "Partenaire":
        if not {offre.dispositif for offre in self.offres} <= set(self.dispositifs):
            raise ValueError("offres: a dispositif that the partner does not carry")
        return self

    def colonnes(self) -> dict[str, Any]:
        """The columns of its row that the file alone decides, besides id and version."""
        return {
            "code": self.code,
            "libelle": self.nom,
            "type": self.type.value,
            "famille": self.famille.value,
            "departements": list(self.departements),
            "dispositifs": list(self.dispositifs),
            "actif": self.actif,
        }

    def delais(self) -> dict[str, int]:
        """The columns of its delays; a reading delay that the file does not give stays."""
        lecture = {"delai_lecture": self.delai_lecture} if self.delai_lecture else {}
        return lecture | {"delai_jours_ouvres": self.delai_jours_ouvres}


async def charger(session: AsyncSession, partenaires: Sequence[Partenaire], issuer: str, now: datetime) -> int:
    """Bring the directory to what the file says; what it does not mention stays. Returns how many partners changed.

    Each partner that is new or changed is published; loading the same file again publishes nothing. What a manager set in the
    portal stays as it is: delays, offers, members and systems. Whoever's rights change is signed out.
    """
    connus, membres, clients = await store.lock_known(session, [p.id for p in partenaires], issuer)
    cites = frozenset((membre.sub, partenaire.id) for partenaire in partenaires for membre in partenaire.membres)
    changes, touches = 0, set[str]()
    for partenaire in partenaires:
        row = connus.get(partenaire.id)
        valeurs = partenaire.colonnes() | ({} if row and row.saisi_at else partenaire.delais())
        if row is None:
            row = PartenaireRow(id=partenaire.id, version=1, modifie_at=now, **valeurs)
            session.add(row)
        elif any(getattr(row, nom) != valeur for nom, valeur in valeurs.items()):
            if any(getattr(row, nom) != valeurs[nom] for nom in ("actif", "departements")):
                await sessions_store.end_of_organisation(session, row.id, Fin.droits, SYSTEM, now)
            _prendre(row, valeurs | {"version": row.version + 1, "modifie_at": now})
        else:
            touches |= _rattacher(session, partenaire, issuer, membres, clients, cites)
            continue
        changes += 1
        await session.flush()
        touches |= _rattacher(session, partenaire, issuer, membres, clients, cites)
        outbox.record(session, _publie(row), sequence=row.version, now=now)
        await audit.write(session, "orientation", SYSTEM, "partenaire.publier", row.id, now=now)
    declarees = [{"partenaire_id": p.id, "saisie_at": None} | o.model_dump(mode="json") for p in partenaires for o in p.offres]
    await session.flush()
    await offres_store.declarer(session, declarees)
    await sessions_store.end_of_persons(session, touches, Fin.droits, SYSTEM, now)
    return changes


def _rattacher(
    session: AsyncSession,
    partenaire: Partenaire,
    issuer: str,
    membres: dict[tuple[str, UUID], MembreRow],
    clients: dict[str, ClientRow],
    cites: frozenset[tuple[str, UUID]],
) -> set[str]:
    """Take over the people and systems of a partner. Returns the ids of the people whose rights are others than before."""
    touches = set()
    for membre in partenaire.membres:
        colonnes = membre.model_dump(mode="json", exclude={"sub"}) | {"partenaire_id": partenaire.id, "actif": True}
        connu = membres.get((membre.sub, partenaire.id)) or _ailleurs(membre.sub, membres, cites)
        if connu is None:
            row = MembreRow(id=new_id(), issuer=issuer, sub=membre.sub, **colonnes)
            membres[membre.sub, partenaire.id] = row
            session.add(row)
        elif connu.saisi_at is None:
            if any(getattr(connu, nom) != colonnes[nom] for nom in ("roles", "partenaire_id", "actif")):
                touches.add(str(connu.id))
            _prendre(connu, colonnes)
    for client in partenaire.clients:
        systeme = clients.get(client.client_id)
        if systeme is None:
            systeme = ClientRow(id=new_id(), partenaire_id=partenaire.id, issuer=issuer, client_id=client.client_id)
            clients[client.client_id] = systeme
            session.add(systeme)
        elif systeme.saisi_at is None:
            _prendre(systeme, {"partenaire_id": partenaire.id, "actif": True})
    return touches


def _ailleurs(sub: str, membres: dict[tuple[str, UUID], MembreRow], cites: frozenset[tuple[str, UUID]]) -> MembreRow | None:
    """What a person is where the file does not name it any more: it has moved, unless somebody decided so in the portal."""
    autres = [row for (qui, ou), row in membres.items() if qui == sub and row.saisi_at is None and (qui, ou) not in cites]
    return autres[0] if autres else None


def _prendre(row: PartenaireRow | MembreRow | ClientRow, colonnes: dict[str, Any]) -> None:
    for nom, valeur in colonnes.items():
        setattr(row, nom, valeur)


def _publie(row: PartenaireRow) -> PartenairePublie:
    return PartenairePublie(
        partenaire_id=row.id,
        code=row.code,
        libelle=row.libelle,
        type_partenaire=TypePartenaire(row.type),
        famille=Famille(row.famille),
        departements=tuple(row.departements),
        dispositifs=tuple(row.dispositifs),
        actif=row.actif,
    )
