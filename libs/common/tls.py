"""Whom this machine believes in TLS: one answer for identity providers, partners' systems and the mail relay."""

import ssl

import httpx2


def client_context() -> ssl.SSLContext:
    """For connections to others: TLS 1.2 or newer, a certificate for the name asked for, by an authority of this machine.

    The authorities are those of the file or the folder that `SSL_CERT_FILE` or `SSL_CERT_DIR` names, and no others, or else the
    system's. Reading them takes some 30 ms, in which a process answers nobody: make a context once and keep it.
    """
    return httpx2.create_ssl_context()
