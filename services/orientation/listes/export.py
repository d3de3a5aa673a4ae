"""A whole list as a file: what the pages show of each referral, and nothing of the association's dossier.

Rows are read a thousand at a time, each thousand in a transaction of its own: memory stays the same however long the list
is, and a slow reader holds no connection.
"""

import asyncio
import csv
import io
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from typing import IO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from common.actor import Actor
from common.codes import EtatOrientation, Motif
from common.database import Database
from common.territoires import fuseau
from common.traduction import N_, _
from orientation.listes import store
from orientation.listes.domain import Filtre, Position, Tranche
from orientation.orientations.presentation import titre
from orientation.orientations.store import Vue

LOT, LIGNES_MAX = 1000, 50_000
MORCEAU = 64 * 1024
# What the name of a sheet may not hold, and its length.
HORS_DES_NOMS, NOM_MAX = re.compile(r"[\[\]:*?/\\]"), 31
BOM = "\ufeff"
# What a spreadsheet would take for a formula.
FORMULES = ("=", "+", "-", "@", "\t", "\r")

Cellule = str | int | datetime | None
Lots = AsyncIterator[list[list[Cellule]]]
Flux = AsyncIterator[bytes] | Iterator[bytes]


def _moment(nom: str) -> Callable[[Vue], Cellule]:
    """A moment of the referral on the clock of its territory, to the minute."""

    def lire(vue: Vue) -> Cellule:
        at: datetime | None = getattr(vue.orientation, nom)
        horloge = fuseau(vue.orientation.departement)
        return at and at.astimezone(horloge).replace(tzinfo=None, second=0, microsecond=0)

    return lire


COLONNES: tuple[tuple[str, Callable[[Vue], Cellule]], ...] = (
    (N_("Référence du dossier"), lambda vue: vue.dossier.reference),
    (N_("Dispositif"), titre),
    (N_("Partenaire"), lambda vue: vue.partenaire.libelle),
    (N_("Département"), lambda vue: vue.orientation.departement),
    (N_("État"), lambda vue: EtatOrientation(vue.orientation.etat).libelle),
    (N_("Motif"), lambda vue: Motif(vue.orientation.motif).libelle if vue.orientation.motif else None),
    (N_("Délai de réponse (jours ouvrés)"), lambda vue: vue.orientation.jours),
    (N_("Temps pris (jours ouvrés)"), lambda vue: vue.orientation.reponse_jours),
    (N_("Préparée le"), _moment("creee_at")),
    (N_("Envoyée le"), _moment("envoyee_at")),
    (N_("Dossier ouvert le"), _moment("recue_at")),
    (N_("Réponse le"), _moment("repondue_at")),
    (N_("Accompagnement commencé le"), _moment("demarree_at")),
    (N_("Close le"), _moment("close_at")),
    (N_("Échéance"), _moment("due_at")),
)


async def lots(database: Database, actor: Actor, tranches: Sequence[Tranche], filtre: Filtre, now: datetime) -> Lots:
    """The rows of that list, a thousand at a time, in the order of the page."""
    apres: Position | None = None
    while True:
        async with database.transaction(actor) as session:
            vues, apres = await store.page(session, actor, tranches, filtre, apres, now, LOT)
        yield [[lire(vue) for _nom, lire in COLONNES] for vue in vues]
        if apres is None:
            return


async def en_csv(lots: Lots) -> AsyncIterator[bytes]:
    """As a French spreadsheet opens it: UTF-8 with its mark, semicolons, and no cell that is taken for a formula."""
    yield (BOM + _csv([[_(nom) for nom, _lire in COLONNES]])).encode()
    async for lot in lots:
        yield _csv([[_en_texte(cellule) for cellule in ligne] for ligne in lot]).encode()


async def en_xlsx(lots: Lots) -> IO[bytes]:
    """A workbook, written row by row in a file that has no name and goes away by itself; it begins where it is read from."""
    fichier = tempfile.TemporaryFile()  # noqa: SIM115 - read by the answer, after we are done.
    classeur = xlsxwriter.Workbook(fichier, {"constant_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"})
    feuille = classeur.add_worksheet(HORS_DES_NOMS.sub("", _("Orientations"))[:NOM_MAX])
    feuille.freeze_panes(1, 0)
    feuille.set_column(0, len(COLONNES) - 1, 22)
    gras = classeur.add_format({"bold": True})
    for i, (nom, _lire) in enumerate(COLONNES):
        feuille.write_string(0, i, _(nom), gras)
    rang = 1
    async for lot in lots:
        # Writing takes processor time without await: elsewhere than on the event loop.
        await asyncio.to_thread(_ecrire, feuille, rang, lot)
        rang += len(lot)
    await asyncio.to_thread(classeur.close)
    fichier.seek(0)
    return fichier


def morceaux(fichier: IO[bytes]) -> Iterator[bytes]:
    """A file, a piece at a time."""
    with fichier:
        while morceau := fichier.read(MORCEAU):
            yield morceau


def _ecrire(feuille: Worksheet, rang: int, lot: list[list[Cellule]]) -> None:
    for i, ligne in enumerate(lot):
        for j, cellule in enumerate(ligne):
            if isinstance(cellule, str):
                # Said to be a string, so that it is never read as a formula or an address.
                feuille.write_string(rang + i, j, cellule)
            elif isinstance(cellule, datetime):
                feuille.write_datetime(rang + i, j, cellule)
            elif cellule is not None:
                feuille.write_number(rang + i, j, cellule)


def _csv(lignes: Sequence[Sequence[str]]) -> str:
    texte = io.StringIO(newline="")
    csv.writer(texte, delimiter=";", lineterminator="\r\n").writerows(lignes)
    return texte.getvalue()


def _en_texte(cellule: Cellule) -> str:
    if isinstance(cellule, datetime):
        return f"{cellule:%Y-%m-%d %H:%M}"
    texte = "" if cellule is None else str(cellule)
    return f"'{texte}" if texte.startswith(FORMULES) else texte
