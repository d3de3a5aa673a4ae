"""One referral: prepared by the animateur, agreed to by the dirigeant, worked on by the partner's system."""

import time
from typing import TYPE_CHECKING, Any

from common.codes import Categorie
from relais.journey.accounts import Case, Opening, Referral
from relais.journey.client import Caller, Refused
from relais.journey.input import Etape, Issue
from relais.journey.mailbox import Dirigeant

if TYPE_CHECKING:
    from relais.journey.steps import Line

ORIENTATIONS = "/orientation/api/v1/orientations"
CONSENTS = "/signalement/api/v1/consentements"
CATEGORIES = ("identite", "contact", "situation", "finances")
CLOSED_DOOR = {"consentement-manquant", "transition-interdite"}


class ReferralSteps:
    """The way of one referral of a line, `number` counted from 0."""

    def __init__(self, line: "Line", case: Case, dirigeant: Dirigeant, number: int, etape: Etape) -> None:
        self.line = line
        self.world = line.world
        self.case = case
        self.dirigeant = dirigeant
        self.number = number
        self.etape = etape
        self.partner = line.world.directory.partner(etape.partenaire)
        self.machine = line.world.machine(self.partner)
        self.categories = line.ligne.categories(number)
        self.consent_id = ""
        self.referral = Referral("", self.partner.id, etape.dispositif)

    async def prepare(self, after: Referral | None) -> None:
        """The animateur writes the draft; for a successor, it names the declined referral before it."""
        body: dict[str, Any] = {
            "dossier_id": self.case.dossier_id,
            "partenaire_id": self.partner.id,
            "dispositif": self.etape.dispositif,
            "categories": self.categories,
            "predecesseur_id": after.id if after else None,
        }
        made = await self.world.eventually(
            lambda: self.line.post(self.line.animateur, ORIENTATIONS, body, f"{self.number}-proposer"),
            "introuvable",
            "dossier-non-qualifie",
        )
        self.referral.id = made["orientation_id"]
        self.case.referrals.append(self.referral)
        self.world.counts["referrals prepared"] += 1

    async def ask_for_consent(self) -> None:
        """The dirigeant reads the question on its page, then gives or refuses."""
        consent = await find_consent(self, self.dirigeant, self.partner.id, "orientation", self.categories)
        self.consent_id = consent["id"]
        if self.etape.issue is Issue.refusee_consentement:
            await self.line.post(self.dirigeant, f"{CONSENTS}/{self.consent_id}/refuser", None, f"{self.number}-refuser")
            self.world.counts["consents refused"] += 1
            return
        body = {"texte_version": consent["texte_version"]}
        await self.line.post(self.dirigeant, f"{CONSENTS}/{self.consent_id}/donner", body, f"{self.number}-donner")
        self.world.counts["consents given"] += 1

    async def send(self) -> None:
        """The animateur sends; without consent the hub must refuse, and the draft is given up."""
        if self.etape.issue is Issue.refusee_consentement:
            await self._must_not_leave()
            return
        sent_at = time.monotonic()
        # The consent was given a moment ago: orientation may not have heard of it yet.
        await self._act(self.line.animateur, "envoyer", "envoyee", "consentement-manquant")
        self.referral.sent = True
        self.referral.told.append("envoyee")
        heard = await self.world.receiver.wait_for(self.referral.id, "orientation.envoyee", self.world.http.patience_s)
        self.world.times.sending.append((heard - sent_at) * 1000)
        if self.number == 0:
            self.world.times.filing.append((heard - self.line.filed_at) * 1000)

    async def follow(self) -> None:
        """The partner receives, opens, and does what the input says."""
        if not self.referral.sent:
            return
        issue, motif = self.etape.issue, self.etape.motif
        if self.line.ligne.numero % 2:
            await self._partner("recevoir", "recue")
        await self._open()
        if issue is Issue.declinee:
            await self._partner("decliner", "declinee", motif=motif)
            return
        if issue is Issue.complement_puis_aboutie:
            await self._partner("complement-demander", "complement_demande", texte="Quel est votre solde de trésorerie ?")
            await self._act(self.line.animateur, "complement-fournir", "recue", texte=self.line.ligne.besoin[:2000])
            self.referral.told.append("complement_fourni")
        if issue is not Issue.retiree_consentement or self.line.ligne.numero % 2:
            await self._partner("accepter", "acceptee")
            self.referral.accepted = True
        if issue is Issue.retiree_consentement:
            await self._withdraw()
            return
        await self._partner("demarrer", "demarree")
        if issue is Issue.non_aboutie:
            await self._partner("ne-pas-aboutir", "non_aboutie", motif=motif)
        else:
            await self._partner("aboutir", "aboutie")

    async def look(self) -> None:
        """The sender looks at the state; it goes to the account."""
        seen = await self._read()
        self.referral.views.append((self.referral.etat, seen["etat"]))

    async def _open(self) -> None:
        opening = Opening(self.partner.nom, "orientation", tuple(self.categories))
        content = await self.world.http.call(
            self.machine,
            "POST",
            f"{ORIENTATIONS}/{self.referral.id}/ouverture",
            # No key: the service keeps no answer here, and the front would repeat the request unseen.
            on_retry=lambda: self.case.cut_off.append(opening),
        )
        self.case.openings.append(opening)
        self.world.counts["door openings"] += 1
        if self.referral.etat == "envoyee":
            self.referral.etat = "recue"
            self.referral.told.append("recue")
            await self.look()
        self._check(content)

    def _check(self, content: dict[str, Any]) -> None:
        """Exactly the categories consented to came, and the right association's."""
        came = {name for name in CATEGORIES if content.get(name) is not None}
        what = f"Line {self.case.numero}, {self.partner.code}"
        if came != set(self.categories):
            self.world.findings.append(f"{what}: the door gave {sorted(came)} instead of {sorted(self.categories)}.")
        identity = content.get("identite") or {}
        if Categorie.identite in self.categories and identity.get("nom") != self.line.ligne.nom:
            self.world.findings.append(f"{what}: the door gave the name of another association.")

    async def _withdraw(self) -> None:
        """The dirigeant withdraws; from then on the door is shut, and the hub takes the referral back."""
        await self.line.post(self.dirigeant, f"{CONSENTS}/{self.consent_id}/retirer", None, f"{self.number}-retirer")
        self.world.counts["consents withdrawn"] += 1
        await self._must_stay_shut()

        async def retired() -> bool | None:
            return True if (await self._read())["etat"] == "retiree" else None

        await self.world.until("the withdrawal's effect on the referral", retired)
        self._becomes("retiree", "consentement_retire")
        self.referral.told.append("retiree")
        await self.look()
        await self._must_stay_shut()

    async def _must_stay_shut(self) -> None:
        try:
            await self.world.http.call(self.machine, "POST", f"{ORIENTATIONS}/{self.referral.id}/ouverture")
        except Refused as refused:
            if refused.slug in CLOSED_DOOR:
                self.world.counts["openings refused after a withdrawal"] += 1
                return
            raise
        self.world.findings.append(f"Line {self.case.numero}: {self.partner.code} opened the case after the withdrawal.")

    async def _must_not_leave(self) -> None:
        path = f"{ORIENTATIONS}/{self.referral.id}/actions/envoyer"
        try:
            await self.world.http.call(self.line.animateur, "POST", path, json={})
        except Refused as refused:
            if refused.slug != "consentement-manquant":
                raise
        else:
            self.world.findings.append(f"Line {self.case.numero}: a referral left although its consent was refused.")
        await self._act(self.line.animateur, "annuler", "retiree", motif="annulee")

    async def _partner(self, action: str, etat: str, **body: Any) -> None:
        await self._act(self.machine, action, etat, **body)
        self.referral.told.append(etat)

    async def _act(self, caller: Caller, action: str, etat: str, *waits: str, **body: Any) -> None:
        """One action, after which the sender looks. `waits` are refusals that pass by themselves."""
        path, step = f"{ORIENTATIONS}/{self.referral.id}/actions/{action}", f"{self.number}-{action}"
        try:
            await self.world.eventually(lambda: self.line.post(caller, path, body, step), *waits)
        except Refused as refused:
            # An earlier try may have had its effect without an answer: the state says whether this one is that.
            if refused.slug != "transition-interdite" or (await self._read())["etat"] != etat:
                raise
        self._becomes(etat, body.get("motif"))
        await self.look()

    def _becomes(self, etat: str, motif: Any) -> None:
        self.referral.etat = etat
        self.referral.motif = str(motif) if motif else None

    async def _read(self) -> dict[str, Any]:
        return await self.world.http.call(self.line.animateur, "GET", f"{ORIENTATIONS}/{self.referral.id}")


async def find_consent(
    steps: "ReferralSteps | Line", dirigeant: Dirigeant, recipient: str, purpose: str, categories: tuple[str, ...]
) -> dict[str, Any]:
    """The question put to the association for this recipient, purpose and categories, once it is on its page."""

    async def asked() -> dict[str, Any] | None:
        space = await steps.world.http.call(dirigeant, "GET", "/signalement/api/v1/espace")
        for consent in space["consentements"]:
            about = (consent["destinataire_id"], consent["finalite"], set(consent["categories"]))
            if about == (recipient, purpose, set(categories)) and consent["etat"] == "demande":
                return dict(consent)
        return None

    return await steps.world.until(f"the request for consent ({purpose})", asked)
