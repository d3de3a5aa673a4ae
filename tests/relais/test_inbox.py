"""The development inbox: what is sent by SMTP is found by address, read safely, and quick to ask for."""

import smtplib
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from relais.hub import Hub
from relais.inbox.store import Store


def send(hub: Hub, to: str, subject: str, html: str = "", blind: str = "") -> None:
    """Send an e-mail as the notifications service does."""
    message = EmailMessage()
    message["From"] = "Relais <ne-pas-repondre@relais.example>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("Votre code est 123456.\n\nhttp://127.0.0.1:8000/signalement/espace\n")
    if html:
        message.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", hub.addresses.ports["smtp"]) as smtp:
        smtp.send_message(message, to_addrs=[to, *([blind] if blind else [])])


def test_a_mail_is_found_by_its_recipient_and_its_time(hub: Hub) -> None:
    before = datetime.now(UTC).isoformat()
    send(hub, "Éva <Eva@asso.example>".replace("Éva", "Eva"), "Vérifier votre adresse", blind="cachee@asso.example")
    send(hub, "autre@asso.example", "Autre")
    address = f"{hub.addresses.inbox}/api/messages"
    with httpx2.Client() as client:
        (mail,) = client.get(address, params={"to": "eva@asso.example", "since": before}).json()
        assert mail["subject"] == "Vérifier votre adresse"
        assert "123456" in mail["text"]
        assert len(client.get(address, params={"to": "cachee@asso.example"}).json()) == 1
        assert client.get(address, params={"to": "eva@asso.example", "since": mail["received"]}).json() == []
        assert client.get(address, params={"since": "hier"}).status_code == 422
        assert client.get(address, params={"since": "2026-01-01T00:00:00"}).status_code == 422


def test_the_pages_show_mails_in_french_and_their_html_without_scripts(hub: Hub) -> None:
    hostile = "<html><head></head><body><script>alert(1)</script><p>Bonjour</p></body></html>"
    send(hub, "page@asso.example", "<b>Relance</b> & suite", hostile)
    with httpx2.Client(base_url=hub.url) as client:
        page = client.get("/courriels/", params={"to": "page@asso.example"})
        assert "1 courriel pour « page@asso.example »" in page.text
        assert "&lt;b&gt;Relance&lt;/b&gt; &amp; suite" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        (mail,) = client.get("/courriels/api/messages", params={"to": "page@asso.example"}).json()
        shown = client.get(f"/courriels/{mail['id']}")
        assert 'sandbox="allow-popups' in shown.text
        assert "alert(1)" not in shown.text
        frame = client.get(f"/courriels/{mail['id']}/html")
        assert frame.headers["content-security-policy"].startswith("sandbox allow-popups")
        assert "allow-scripts" not in frame.headers["content-security-policy"]
        assert client.get(f"/courriels/{quote('../../secrets', safe='')}").status_code == 404


def test_the_inbox_is_emptied_on_demand_but_not_by_another_site(hub: Hub) -> None:
    send(hub, "vider@asso.example", "À effacer")
    with httpx2.Client(base_url=hub.url) as client:
        assert client.post("/courriels/vider", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert client.get("/courriels/api/messages").json() != []
        assert client.post("/courriels/vider").status_code == 303
        assert client.get("/courriels/api/messages").json() == []
        assert "Aucun courriel pour le moment." in client.get("/courriels/").text
        send(hub, "vider@asso.example", "À effacer")
        assert client.delete("/courriels/api/messages").status_code == 204
        assert client.get("/courriels/api/messages").json() == []


def test_two_thousand_mails_are_searched_in_no_time_and_read_again_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "mail")
    for number in range(2000):
        store.add(f"To: a{number}@asso.example\r\nSubject: S{number}\r\n\r\ntexte".encode(), [f"a{number}@asso.example"])
    begun = time.perf_counter()
    for number in range(100):
        assert len(store.search(f"a{number}@asso.example")) == 1
    assert (time.perf_counter() - begun) / 100 < 0.02
    again = Store(tmp_path / "mail")
    assert [mail.subject for mail in again.search(limit=2)] == [mail.subject for mail in store.search(limit=2)]
    assert len(again.search()) == 2000


@pytest.mark.parametrize("module", ["relais.inbox", "relais.idp"])
def test_the_helpers_refuse_to_run_outside_development(module: str) -> None:
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-m", module], env={"RELAIS_MODE": "production"}, capture_output=True, text=True)
    assert done.returncode == 1
    assert "belongs to development" in done.stderr
