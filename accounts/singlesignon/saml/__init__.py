"""SAML 2.0 as a service provider: the question by redirect, the answer by POST, signed assertions only."""
