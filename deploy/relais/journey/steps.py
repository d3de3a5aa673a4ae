"""One line of the journey: the case from its filing to its closing, each thing done by whoever does it in life."""

import time
from datetime import UTC, datetime
from typing import Any

from common.codes import emplois_arrondis
from common.territoires import fuseau, region_of
from relais.journey.accounts import Case, Opening, Referral
from relais.journey.client import Caller
from relais.journey.diagnostic import share_diagnostic
from relais.journey.input import Issue, Ligne
from relais.journey.mailbox import Dirigeant
from relais.journey.referral import ReferralSteps
from relais.journey.world import World

DOSSIERS = "/signalement/api/v1/dossiers"
ALL = ("identite", "contact", "situation", "finances")


class Line:
    """An association on its way. `case` is the account of what was done, complete or not, from the filing on."""

    def __init__(self, world: World, ligne: Ligne) -> None:
        self.world = world
        self.ligne = ligne
        self.cell = world.directory.cell(ligne.departement)
        self.animateur = world.member(world.directory.person(self.cell, "animateur").sub)
        self.case: Case | None = None
        self.filed_at = 0.0

    def key(self, step: str) -> str:
        """The idempotency key of a step: the same whenever it is tried again."""
        return f"{self.world.run}-{self.ligne.numero}-{step}"

    async def post(self, caller: Caller | None, path: str, body: Any, step: str) -> dict[str, Any]:
        """One POST with the step's own key."""
        return await self.world.http.call(caller, "POST", path, json=body, key=self.key(step))

    async def travel(self) -> None:
        """Go the whole way. Raises Refused or GivenUp."""
        case, dirigeant = await self._file()
        await self._qualify(case)
        steps = [ReferralSteps(self, case, dirigeant, number, etape) for number, etape in enumerate(self.ligne.parcours)]
        await self._send(steps)
        for before, step in zip((None, *steps), steps, strict=False):
            if step.etape.apres_declin and before is not None:
                await self._send([step], before.referral)
            await step.follow()
        if self.ligne.diagnostic:
            await share_diagnostic(self, case, dirigeant)
        helped = any(step.etape.issue in (Issue.aboutie, Issue.complement_puis_aboutie) for step in steps)
        await self._close(case, "accompagnee" if helped else "sans_suite")
        for step in steps:
            await step.look()
        await self._read_the_space(case, dirigeant)
        case.complete = True

    async def _send(self, steps: list[ReferralSteps], after: Referral | None = None) -> None:
        """Prepare, have consented to and send these referrals, save those that wait for a decline which has not come."""
        ready = [step for step in steps if after is not None or not step.etape.apres_declin]
        for step in ready:
            await step.prepare(after)
        for step in ready:
            await step.ask_for_consent()
        for step in ready:
            await step.send()

    async def _file(self) -> tuple[Case, Dirigeant]:
        ligne, now = self.ligne, datetime.now(UTC)
        self.filed_at = time.monotonic()
        made = await self.post(None, "/signalement/api/v1/signalements", self._filing(), "deposer")
        self.case = Case(
            numero=ligne.numero,
            dossier_id=made["dossier_id"],
            region=region_of(ligne.departement),
            departement=ligne.departement,
            mois=now.astimezone(fuseau(ligne.departement)).strftime("%Y-%m"),
            niveau=ligne.niveau.value,
            emplois=emplois_arrondis(ligne.etp),
            etat="depose",
        )
        self.world.counts["signalements"] += 1
        dirigeant = Dirigeant(self.world.http, ligne.contact.courriel, now.isoformat(), made["reference"], made["dossier_id"])
        return self.case, dirigeant

    def _filing(self) -> dict[str, Any]:
        ligne = self.ligne
        declarant = None
        if ligne.depose_par:
            organisation = self.world.directory.partner(ligne.depose_par)
            person = self.world.directory.person(organisation, "agent", "manager")
            declarant = {"nom": person.nom, "courriel": person.courriel, "organisation": organisation.nom}
        elif ligne.origine == "tiers":
            declarant = {"nom": "Une voisine", "courriel": f"tiers-{ligne.numero}@relais.example"}
        identity = {"nom", "siren", "siret", "rna", "departement", "code_postal", "commune"}
        return {
            "origine": ligne.origine,
            "motif_tiers": ligne.motif_tiers or "",
            "declarant": declarant,
            "association": ligne.model_dump(include=identity),
            "contact": ligne.contact.model_dump(),
            "etp": ligne.etp,
            "budget": ligne.budget,
            "mois_avant_rupture": ligne.horizon_mois,
            "indicateurs": list(ligne.indicateurs),
            "besoin": ligne.besoin,
        }

    async def _qualify(self, case: Case) -> None:
        address, reading = f"{DOSSIERS}/{case.dossier_id}", Opening(self.cell.nom, "", ALL)
        read = await self.world.http.call(self.animateur, "GET", address, on_retry=lambda: case.cut_off.append(reading))
        case.openings.append(reading)
        if read["identite"]["nom"] != self.ligne.nom:
            self.world.findings.append(f"Line {case.numero}: the animateur reads the case of another association.")
        body = {"niveau": self.ligne.niveau, "horizon_mois": self.ligne.horizon_mois, "note": f"Vu avec {self.ligne.nom}."}
        await self.post(self.animateur, f"{address}/qualification", body, "qualifier")
        case.etat = "qualifie"

    async def _close(self, case: Case, issue: str) -> None:
        await self.post(self.animateur, f"{DOSSIERS}/{case.dossier_id}/cloture", {"issue": issue}, "clore")
        case.etat = "clos"

    async def _read_the_space(self, case: Case, dirigeant: Dirigeant) -> None:
        space = await self.world.http.call(dirigeant, "GET", "/signalement/api/v1/espace")
        case.listed = [Opening(o["organisation"], o["finalite"] or "", tuple(o["categories"])) for o in space["ouvertures"]]
