"""The mail server: a few connections, kept open from one mail to the next."""

import asyncio
from email.message import EmailMessage
from urllib.parse import urlsplit

import aiosmtplib
from aiosmtplib import SMTP

from common.logs import get_logger
from common.tls import client_context
from notifications.courriels.domain import ACCEPTE, Echec, Remise, enhanced_code, pour_de_bon
from notifications.settings import NotificationsSettings, SmtpTls

log = get_logger(__name__)

TIMEOUT_SECONDS = 20.0
# A connection that has rested longer may have been closed by the server: it is tried before it is trusted.
RESTED_SECONDS = 1.0


class Poste:
    """Hands messages over to the mail relay, `smtp_connections` side by side."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self.settings = settings
        self.tls = None if settings.smtp_tls is SmtpTls.none else client_context()
        self.free: asyncio.LifoQueue[tuple[SMTP, float]] = asyncio.LifoQueue()
        for _ in range(settings.smtp_connections):
            self.free.put_nowait((self._new(), 0.0))

    def _new(self) -> SMTP:
        settings = self.settings
        return SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=settings.smtp_password.get_secret_value() or None,
            use_tls=settings.smtp_tls is SmtpTls.tls,
            start_tls=settings.smtp_tls is SmtpTls.starttls,
            tls_context=self.tls,
            local_hostname=urlsplit(settings.public_url).hostname,
            timeout=TIMEOUT_SECONDS,
        )

    async def remettre(self, message: EmailMessage) -> Remise:
        """Hand over one message to its one recipient. Never raises on what the server does."""
        smtp, used_at = await self.free.get()
        try:
            await self._ensure_connected(smtp, used_at)
            await smtp.send_message(message)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            smtp.close()
            remise = judge(error)
            if not remise.definitif:
                # A relay that is away or not to be trusted holds up every mail: whoever runs the hub must see why.
                log.warning("poste.postponed", error=type(error).__name__, code=remise.code)
            return remise
        except BaseException:
            smtp.close()
            raise
        else:
            return ACCEPTE
        finally:
            self.free.put_nowait((smtp, asyncio.get_running_loop().time()))

    async def _ensure_connected(self, smtp: SMTP, used_at: float) -> None:
        if smtp.is_connected and asyncio.get_running_loop().time() - used_at > RESTED_SECONDS:
            try:
                await smtp.noop()
            except (aiosmtplib.SMTPException, OSError):
                smtp.close()
        if not smtp.is_connected:
            await smtp.connect()

    async def close(self) -> None:
        """Leave the server politely."""
        while not self.free.empty():
            smtp, _ = self.free.get_nowait()
            if smtp.is_connected:
                try:
                    await smtp.quit()
                except (aiosmtplib.SMTPException, OSError):
                    smtp.close()


def judge(error: Exception) -> Remise:
    """What a failed hand-over means: only a refusal of this recipient or of this message is final (`pour_de_bon`)."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
        code = enhanced_code(error.code, error.message)
        final = pour_de_bon(code)
        return Remise(accepte=False, definitif=final, code=code, echec=Echec.refuse if final else Echec.reporte)
    # A certificate that does not hold is both: a trouble of the connection, and a `ValueError`.
    if isinstance(error, aiosmtplib.SMTPNotSupported | ValueError) and not isinstance(error, OSError):
        return Remise(accepte=False, definitif=True, code="5.6.7", echec=Echec.refuse)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return Remise(accepte=False, definitif=False, code=enhanced_code(error.code, error.message), echec=Echec.reporte)
    return Remise(accepte=False, definitif=False, echec=Echec.serveur_injoignable)
