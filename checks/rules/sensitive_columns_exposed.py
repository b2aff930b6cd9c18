"""A table without row level security that the API serves has a column whose name speaks of a secret.

Passwords, tokens, card numbers, papers and health: whoever has the project's public key reads them.

Found is what the Advisor finds (splinter 0023): the tables of ``rls_disabled_in_public`` with a column that
is called as one of its list of words, letters in either case and ``-`` as good as ``_``. A name that merely
holds such a word (``password_hash``) is not found.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.table import Table
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import COMMANDS, Schema
from ..words import listed

rule = Rule(__name__, level=Level.ERROR, about=Table, splinter="0023_sensitive_columns_exposed")

_NAMES = frozenset(
    """
    password passwd pwd passphrase otp two_factor 2fa_secret 2fa_code
    secret secret_key private_key api_key apikey auth_key session_key session_secret license_key activation_key
    token access_token refresh_token oauth_token session_token bearer_token jwt session_id
    auth_code recovery_code backup_code verification_code
    pgp_key gpg_key ssh_key certificate
    ssn social_security social_security_number national_id tax_id passport_number passport_id
    driver_license drivers_license license_number
    credit_card card_number cvv cvc cvn bank_account account_number routing_number iban swift_code bic
    health_record medical_record patient_id insurance_number health_insurance medical_insurance treatment
    mac_address macaddr imei device_uuid facial_recognition
    """.split()  # noqa: SIM905 - a list of seventy strings reads worse
)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Look for such names in each table that clients can read whole."""
    if not schema.advised(table) or not table.knows("row_security") or table.row_security:
        return
    if readers := schema.served(table):
        names = [each.name for each in schema.columns(table) if each.name.lower().replace("-", "_") in _NAMES]
        if names:
            held = {role: [p for p in COMMANDS if schema.holds(role, table, p)] for role in readers}
            yield Fault(
                table,
                f"{table.identity} shows {listed(names)} to everybody: its row level security is off",
                why=schema.way(table, held),
                remedy="Switch it on, then add a policy for each role that is to see or change rows:",
                sql=f"alter table {table.identity} enable row level security;",
                cache_keys=(f"sensitive_columns_exposed_{table.schema}_{table.name}",),
            )
