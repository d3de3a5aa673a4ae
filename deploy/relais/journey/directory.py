"""Who takes part in a journey: the organisations of the directory, their people, and the secrets of their systems."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relais.binaries import DEPLOY
from relais.errors import RunnerError

DEMO = DEPLOY / "demo" / "partenaires.json"


@dataclass(frozen=True)
class Person:
    """Somebody with an account at the identity provider."""

    sub: str
    nom: str
    courriel: str
    roles: frozenset[str]


@dataclass(frozen=True)
class Organisation:
    """A partner or a cell; `client_id` is its system's, if it has one."""

    id: str
    code: str
    nom: str
    type: str
    departements: frozenset[str]
    personnes: tuple[Person, ...]
    client_id: str | None

    def someone(self, *roles: str) -> Person | None:
        """The first person who holds one of these roles."""
        return next((person for person in self.personnes if person.roles & set(roles)), None)


class Directory:
    """The organisations by code, and the secrets of their systems."""

    def __init__(self, organisations: Iterable[Organisation], secrets: dict[str, str]) -> None:
        self.by_code = {organisation.code: organisation for organisation in organisations}
        self.secrets = secrets

    @classmethod
    def load(cls, people: Path, data: Path) -> "Directory":
        """From the directory file `people` and the secrets that the runner of `data` keeps. Raises RunnerError."""
        try:
            organisations = [_organisation(entry) for entry in json.loads(people.read_text(encoding="utf-8"))]
            clients = json.loads((data / "run" / "idp.json").read_text(encoding="utf-8"))["clients"]
        except (OSError, ValueError, KeyError) as error:
            raise RunnerError(
                f"The accounts of the hub cannot be read in {data}: start it with relais up, and give the same DATA here."
            ) from error
        return cls(organisations, {client["client_id"]: client["client_secret"] for client in clients})

    def partner(self, code: str) -> Organisation:
        """The organisation of that code. Raises RunnerError when the directory has none."""
        if code not in self.by_code:
            raise RunnerError(f"The directory has no organisation {code}: the input belongs to another hub.")
        return self.by_code[code]

    def cell(self, departement: str) -> Organisation:
        """The regional cell in charge of a département. Raises RunnerError when nobody is."""
        for organisation in self.by_code.values():
            if organisation.type == "cellule" and departement in organisation.departements:
                return organisation
        raise RunnerError(f"The directory has no cell for {departement}.")

    def person(self, organisation: Organisation, *roles: str) -> Person:
        """Somebody of the organisation in one of these roles. Raises RunnerError when there is nobody."""
        found = organisation.someone(*roles)
        if found is None:
            raise RunnerError(f"{organisation.code} has nobody who is {' or '.join(roles)}.")
        return found

    def national(self) -> Person:
        """Somebody of the national cell, who reads the figures."""
        everybody = (person for organisation in self.by_code.values() for person in organisation.personnes)
        found = next((person for person in everybody if "national" in person.roles), None)
        if found is None:
            raise RunnerError("The directory has nobody in the national cell.")
        return found


def _organisation(entry: dict[str, Any]) -> Organisation:
    people = tuple(
        Person(m["sub"], f"{m['prenom']} {m['nom']}", m["courriel"], frozenset(m["roles"])) for m in entry["membres"]
    )
    return Organisation(
        id=entry["id"],
        code=entry["code"],
        nom=entry["nom"],
        type=entry["type"],
        departements=frozenset(entry["departements"]),
        personnes=people,
        client_id=entry["clients"][0]["client_id"] if entry["clients"] else None,
    )
