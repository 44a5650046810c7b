"""What the database knows: a reading of the log, made to be asked quickly.

Every row here follows from log entries and could be derived from them again (projection.py is the
only writer). So the log is the truth, the database a convenience, and the two cannot disagree for
longer than it takes to open the site. Nothing here is personal data of a subject.

What people name freely is text without a bound: an entry of the log must fit, whatever it says, or
the site could never go past it. (SQLite overlooks bounds, PostgreSQL does not.)
"""

from __future__ import annotations

from django.db import models


class Projection(models.Model):
    """One row: how many entries of the log are in this database, the root of the log at that size
    (hex), the latest time that an entry names, and the history's version.
    """

    applied = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64, default="")
    last_at = models.DateTimeField(null=True)
    history_version = models.BigIntegerField(default=0)


class Person(models.Model):
    """A person with a key and roles."""

    id = models.TextField(primary_key=True)
    organisation = models.TextField()
    roles = models.JSONField()
    key = models.JSONField()
    since = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Agreement(models.Model):
    """An adopted agreement; its document lies in `agreements/` under its digest."""

    digest = models.CharField(primary_key=True, max_length=71)
    agreement = models.TextField(db_index=True)
    adopted_at = models.DateTimeField()
    index = models.BigIntegerField()
    suspended = models.BooleanField(default=False)
    ended = models.BooleanField(default=False)
    replaces = models.CharField(max_length=71, default="")
    superseded_at = models.DateTimeField(null=True)
    # Of the first text of this term: an amendment starts no new one.
    term_from = models.DateTimeField()
    until = models.DateField(null=True)
    renewals = models.IntegerField(default=0)
    # Ground, number of the order, sealed paper; empty where it is not suspended.
    suspension = models.JSONField(default=dict)


class Delegation(models.Model):
    """A power to sign requests under an agreement, given by one person to another for a time."""

    index = models.BigIntegerField(primary_key=True)
    agreement = models.TextField(db_index=True)
    delegator = models.TextField()
    delegate = models.TextField()
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class SafeguardFact(models.Model):
    """A dated fact about a requester's safeguards."""

    index = models.BigIntegerField(primary_key=True)
    requester = models.TextField(db_index=True)
    fact = models.CharField(max_length=20)
    finding = models.CharField(max_length=40)
    on = models.DateField()
    due = models.DateField(null=True)


class Snapshot(models.Model):
    """A loaded register; the latest one is asked."""

    digest = models.CharField(max_length=71)
    people = models.BigIntegerField()
    addresses = models.BigIntegerField()
    rejected = models.BigIntegerField()
    loaded_at = models.DateTimeField()
    index = models.BigIntegerField()


class Case(models.Model):
    """A request on its way. `files` maps evidence names to the sealed files that hold them."""

    id = models.CharField(primary_key=True, max_length=20)
    state = models.CharField(max_length=20)
    request_id = models.CharField(max_length=64, db_index=True)
    requester = models.TextField()
    agreement = models.TextField()
    agreement_digest = models.CharField(max_length=71)
    received_at = models.DateTimeField(db_index=True)
    records = models.BigIntegerField()
    reasons = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    authority = models.JSONField(default=dict)
    files = models.JSONField(default=dict)
    received_index = models.BigIntegerField()
    released_index = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)


class Vote(models.Model):
    """That an officer has voted on a pair; how, only the sealed statement says."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="votes")
    row = models.BigIntegerField()
    officer = models.TextField()
    file = models.JSONField()

    class Meta:
        """One vote a pair and officer."""

        constraints = [  # noqa: RUF012  (Django's own form)
            models.UniqueConstraint(fields=["case", "row", "officer"], name="one_vote_an_officer")
        ]


class Attempts(models.Model):
    """A segment of the history of guesses: keyed pseudonyms in a sealed file of the case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT)
    agreement = models.TextField(db_index=True)
    at = models.DateTimeField()
    file = models.JSONField()


class Witnessing(models.Model):
    """One row: the witnesses named last (vkey, url), and how many of them a release needs."""

    required = models.IntegerField()
    witnesses = models.JSONField()
    index = models.BigIntegerField()
