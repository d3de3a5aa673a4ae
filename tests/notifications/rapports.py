"""Reports of delivery in the shapes of real servers (RFC 3464), about invented mails to invented addresses."""

POSTFIX = """\
Received: by relay.example (Postfix) id 4Wx1Yz0001; Mon,  2 Mar 2026 09:31:02 +0100 (CET)
Date: Mon,  2 Mar 2026 09:31:02 +0100 (CET)
From: MAILER-DAEMON@relay.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ne-pas-repondre@relais.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4Wx1Yz0000.1772440262/relay.example"
Content-Transfer-Encoding: 8bit
Message-Id: <4Wx1Yz0001@relay.example>

This is a MIME-encapsulated message.

--4Wx1Yz0000.1772440262/relay.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host relay.example.

<camille@partenaire.example>: host mx.partenaire.example[192.0.2.25] said: {status}
    <camille@partenaire.example>: Recipient address rejected (in reply to RCPT TO command)

--4Wx1Yz0000.1772440262/relay.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
X-Postfix-Queue-ID: 4Wx1Yz0000
X-Postfix-Sender: rfc822; ne-pas-repondre@relais.example
Arrival-Date: Mon,  2 Mar 2026 09:31:01 +0100 (CET)

Final-Recipient: rfc822; camille@partenaire.example
Original-Recipient: rfc822;camille@partenaire.example
Action: {action}
Status: {status}
Remote-MTA: dns; mx.partenaire.example
Diagnostic-Code: smtp; 550 {status} <camille@partenaire.example>: refused

--4Wx1Yz0000.1772440262/relay.example
Content-Description: Undelivered Message
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

Return-Path: <ne-pas-repondre@relais.example>
From: Relais <ne-pas-repondre@relais.example>
To: camille@partenaire.example
Subject: =?utf-8?q?Une_orientation_vous_attend?=
Message-ID: <{message_id}>
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

Bonjour,

--4Wx1Yz0000.1772440262/relay.example--
"""

EXIM = """\
Received: from Debian-exim by relay.example with local (Exim 4.96)
\tid 1rgABC-000123-2x; Mon, 02 Mar 2026 09:31:02 +0100
X-Failed-Recipients: camille@partenaire.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.example>
To: ne-pas-repondre@relais.example
References: <{message_id}>
Content-Type: multipart/report; report-type=delivery-status; boundary=1772440262-eximdsn-804289383
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1rgABC-000123-2x@relay.example>

--1772440262-eximdsn-804289383
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

--1772440262-eximdsn-804289383
Content-type: message/delivery-status

Reporting-MTA: dns; relay.example

Action: {action}
Final-Recipient: rfc822;camille@partenaire.example
Status: {status}
Remote-MTA: dns; mx.partenaire.example
Diagnostic-Code: smtp; 550-{status} The email account that you tried to reach
 does not exist.

--1772440262-eximdsn-804289383
Content-type: text/rfc822-headers

Return-path: <ne-pas-repondre@relais.example>
Received: from hub.relais.example ([198.51.100.7])
\tby relay.example with esmtps (Exim 4.96)
From: Relais <ne-pas-repondre@relais.example>
To: camille@partenaire.example
Subject: Une orientation vous attend
Message-ID: <{message_id}>

--1772440262-eximdsn-804289383--
"""

EXCHANGE = """\
From: <postmaster@partenaire.example>
To: <ne-pas-repondre@relais.example>
Date: Mon, 2 Mar 2026 08:31:02 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="d1a5c1f0-7d3e-4b0e-9d51-2f6f1d1f4a11"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: fr-FR
Message-ID: <8d1c2c1e-5b7a-4d7f-b0a5-6a1f@MX01.partenaire.example>
In-Reply-To: <{message_id}>
References: <{message_id}>
Subject: =?utf-8?B?Tm9uIHJlbWlzIDogVW5lIG9yaWVudGF0aW9uIHZvdXMgYXR0ZW5k?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--d1a5c1f0-7d3e-4b0e-9d51-2f6f1d1f4a11
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="42b0b8a6-1f54-4ef5-8c0d-08b9"

--42b0b8a6-1f54-4ef5-8c0d-08b9
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

[http://products.office.example/logo.png]
Votre message =E0 camille@partenaire.example n'a pas pu =EAtre remis.

--42b0b8a6-1f54-4ef5-8c0d-08b9
Content-Type: text/html; charset="us-ascii"

<html><body>Votre message</body></html>

--42b0b8a6-1f54-4ef5-8c0d-08b9--

--d1a5c1f0-7d3e-4b0e-9d51-2f6f1d1f4a11
Content-Type: message/delivery-status

Reporting-MTA: dns;MX01.partenaire.example
Received-From-MTA: dns;relay.example
Arrival-Date: Mon, 2 Mar 2026 08:31:01 +0000

Original-Recipient: rfc822;camille@partenaire.example
Final-Recipient: rfc822;camille@partenaire.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp;550 {status} RESOLVER.ADR.RecipNotFound; not found
X-Display-Name: camille

--d1a5c1f0-7d3e-4b0e-9d51-2f6f1d1f4a11
Content-Type: message/rfc822

Received: from relay.example (192.0.2.10) by MX01.partenaire.example
From: Relais <ne-pas-repondre@relais.example>
To: <camille@partenaire.example>
Subject: Une orientation vous attend
Message-ID:
\t<{message_id}>

--d1a5c1f0-7d3e-4b0e-9d51-2f6f1d1f4a11--
"""

FORMES = {"postfix": POSTFIX, "exim": EXIM, "exchange": EXCHANGE}
"""Each with places for `message_id`, `action` and `status`."""


def rapport(forme: str, message_id: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A report as it goes on the wire."""
    return FORMES[forme].format(message_id=message_id, status=status, action=action).replace("\n", "\r\n").encode()
