"""Topics: what rules have in common, for the index of their pages."""

from __future__ import annotations

from enum import Enum


class Topic(Enum):
    """A chapter of the rules' index, in its order."""

    ROW_SECURITY = "Row level security"
    POLICIES = "Policies"
    EXPOSURE = "Privileges and exposure"
    FUNCTIONS = "Functions and triggers"
    VIEWS = "Views, materialized views and foreign tables"
    AUTH = "Users and sign-in"
    STORAGE = "Storage"
    REALTIME = "Realtime and queues"
    EXTENSIONS = "Extensions and the platform"
    PERFORMANCE = "Performance"
    SECRETS = "Secrets"
    MIGRATIONS = "Migrations: what fails, loses or locks"
    PASTE = "Fit to be pasted"
    SPECIFICATION = "schema.yaml"


_BY_SUBJECT = {
    "Table": Topic.ROW_SECURITY,
    "Policy": Topic.POLICIES,
    "Function": Topic.FUNCTIONS,
    "Trigger": Topic.FUNCTIONS,
    "View": Topic.VIEWS,
    "Bucket": Topic.STORAGE,
    "Publication": Topic.REALTIME,
    "PublicationMember": Topic.REALTIME,
    "Extension": Topic.EXTENSIONS,
    "Index": Topic.PERFORMANCE,
    "Constraint": Topic.PERFORMANCE,
    "Privilege": Topic.EXPOSURE,
    "DefaultPrivilege": Topic.EXPOSURE,
    "Difference": Topic.SPECIFICATION,
    "Suppression": Topic.SPECIFICATION,
}


def topic_of(about: type) -> Topic:
    """The topic of a rule that names none: that of what it is about."""
    return _BY_SUBJECT.get(about.__name__, Topic.MIGRATIONS)
